//! What an escalation brings along: a letter to the contact that is ready to be sent, and orders that are one press away.
//!
//! In: a conversation in which nobody answers. Out: a draft, [`Order`]s, and the letter to the leads. Never here: an order that is carried out
//! by a link: it is a mail to replyd that its reader sends, which is vouched for like any other.

use chrono::Duration;
use serde::Serialize;

use super::links::order_mail;
use super::{DeskLetter, DeskLine, DeskPart, Ink, notice, words};
use crate::conversation::{Conversation, Driver};
use crate::model::{Address, Timestamp};

/// An order that is written already.
#[derive(Serialize)]
pub(super) struct Order {
    label: &'static str,
    /// `mailto:`
    link: String,
}

/// How long "wait" waits.
const A_WEEK: Duration = Duration::days(7);

/// The orders that make sense while nobody answers, as mails to this address.
pub(super) fn orders(conversation: &Conversation, to: &Address, now: Timestamp) -> Vec<Order> {
    let week = conversation.batch.contact.zone.local(now + A_WEEK).date();
    let mut lines = vec![("Take it over", "take over".to_owned())];
    if !conversation.chase.stopped {
        lines.push(("No more reminders", "stop chasing".to_owned()));
    }
    if conversation.driver == Driver::Bot {
        lines.push(("Wait a week", format!("pause until {}", week.format("%-d %B %Y"))));
    }
    let subject = conversation.reference().to_string();
    let mail = |(label, body): (&'static str, String)| Order {
        label,
        link: order_mail(to, &subject, &body),
    };
    lines.into_iter().map(mail).collect()
}

/// A letter to the contact, as a person could send it.
pub(super) fn draft(conversation: &Conversation) -> Vec<String> {
    let batch = &conversation.batch;
    let open = conversation.open_ids();
    let names: Vec<String> = open
        .iter()
        .filter_map(|id| Some(conversation.candidate(*id)?.mailbox.name.to_string()))
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    vec![
        format!("Hi {},", words::first_name(&batch.contact.mailbox.name)),
        String::new(),
        format!(
            "I wanted to ask about {}: have you had a chance to look at {}?",
            batch.project.title,
            words::list(&names)
        ),
        "A yes or a no for each is all we need; if the role has changed or is on hold, please tell me, and I will let them know."
            .to_owned(),
        "If a call is easier, when would suit you?".to_owned(),
    ]
}

/// What follows by itself when nobody does anything; empty when nothing does.
pub(super) fn follows(conversation: &Conversation) -> String {
    let (Some(backup), Some(at)) = (conversation.backup(), conversation.backup_due()) else {
        return String::new();
    };
    let zone = conversation.batch.contact.zone;
    format!(
        " If you do nothing, we write to {}, whom the batch names as backup, on {}; \"stop chasing\" or taking over prevents it.",
        backup.mailbox.shown(),
        zone.spelled(at)
    )
}

/// What the leads are told when nobody answers and the recruiters have been told before.
#[must_use]
pub fn to_leads(conversation: &Conversation, hours: u32, now: Timestamp, ink: &Ink) -> DeskLetter {
    let contact = conversation.batch.contact.mailbox.shown();
    let lines = |all: Vec<String>| all.into_iter().map(DeskLine::from).collect();
    let recruiters: Vec<String> = conversation.batch.recruiters.iter().map(crate::model::Mailbox::shown).collect();
    let told = match recruiters.is_empty() {
        true => "The batch names no recruiter.".to_owned(),
        false => format!("{} know.", words::list(&recruiters)),
    };
    let (headline, todo) = if conversation.waits_for_recruiter() {
        (
            format!(
                "{contact} has been waiting for an answer of ours for {}",
                notice::working_time(hours)
            ),
            format!("{told} We do not remind {contact} meanwhile. Somebody should answer them."),
        )
    } else {
        (
            format!("Still no answer from {contact} after {}", notice::working_time(hours)),
            format!("{told} We send no more reminders.{}", follows(conversation)),
        )
    };
    let mut parts = vec![DeskPart {
        heading: "The story".to_owned(),
        lines: lines(notice::story(conversation, now)),
        as_is: false,
    }];
    let draft = draft(conversation);
    if !draft.is_empty() {
        parts.push(DeskPart {
            heading: "A letter that is ready".to_owned(),
            lines: lines(draft),
            as_is: true,
        });
    }
    let orders = orders(conversation, &ink.bot.address, now).into_iter().map(|one| DeskLine {
        text: one.label.to_owned(),
        link: one.link,
    });
    parts.push(DeskPart {
        heading: "One press writes the order; send it as it is".to_owned(),
        lines: orders.collect(),
        as_is: false,
    });
    DeskLetter {
        headline,
        intro: Vec::new(),
        parts,
        todo,
    }
}
