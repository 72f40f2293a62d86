//! An invented letter of each kind, to try replaced templates on.

use std::sync::Arc;

use chrono::Duration;

use super::links::Desk;
use super::view::Scene;
use super::{Agency, Colour, Ink, TemplateError, Templates};
use crate::calendar::Zone;
use crate::compose::words;
use crate::conversation::{
    Also, Attachment, Batch, Candidate, Contact, Content, Conversation, InterviewKind, Notice, Party, Policy, Project, Side, Understood,
};
use crate::link::{AddressStyle, Key, Keyring, Links};
use crate::model::{Address, ConversationId, Decision, HeaderText, Mailbox, Reason, Slot, SubmissionId, Timestamp};

/// Renders every kind of letter, and a recruiter's copy of it, from these templates.
pub(super) fn try_all(templates: &Templates) -> Result<(), TemplateError> {
    let Some((ink, conversation, tagged)) = invented() else {
        return Ok(());
    };
    super::desk::try_one(templates, &ink)?;
    let now = Timestamp::UNIX_EPOCH + Duration::days(20_000);
    let name = HeaderText::new("Kim Example");
    for says in contents(now) {
        let readers: &[(Party, Option<&HeaderText>)] = match says {
            Content::Notice(_) => &[(Party::Recruiter(0), None)],
            Content::Submission
            | Content::Receipt { .. }
            | Content::DidYouMean { .. }
            | Content::ConfirmSender { .. }
            | Content::ConfirmDeputy { .. }
            | Content::Nudge { .. }
            | Content::FollowUp { .. }
            | Content::Withdrawn { .. }
            | Content::AskReasons { .. }
            | Content::FreshLink
            | Content::CvCode { .. }
            | Content::AskOutcome { .. } => &[(Party::Client, None), (Party::Recruiter(0), Some(&name))],
            Content::Feedback { .. } => &[(Party::Candidate(SubmissionId(1)), None), (Party::Recruiter(0), Some(&name))],
            Content::AskTimes { .. }
            | Content::OfferTimes { .. }
            | Content::Invitation { .. }
            | Content::CalledOff { .. }
            | Content::Reminder { .. }
            | Content::StaysAsIs { .. }
            | Content::NotHeld { .. } => &[
                (Party::Client, None),
                (Party::Candidate(SubmissionId(1)), None),
                (Party::Recruiter(0), Some(&name)),
            ],
        };
        for (reader, copy_of) in readers {
            let addressee = if copy_of.is_some() { Party::Client } else { *reader };
            let subject = words::subject(&conversation.batch, &conversation.reference(), addressee, false);
            let scene = Scene {
                ink: &ink,
                conversation: &conversation,
                addressee,
                copy_of: *copy_of,
                reader: *reader,
                desk: Desk::new(&ink, &conversation, *reader, &tagged, now),
                subject: &subject,
                now,
                summary_limit: usize::MAX,
            };
            let Ok(view) = scene.view(&says) else { continue };
            for ending in ["html", "txt"] {
                templates.render(&format!("{}.{ending}", super::template(&says)), &view)?;
            }
        }
    }
    Ok(())
}

fn contents(now: Timestamp) -> Vec<Content> {
    let submission = SubmissionId(1);
    let understood = |decision, until| Understood {
        submission,
        decision,
        reasons: vec![Reason::Skills],
        words: "no Kubernetes".to_owned(),
        condition: Some("if she can start in May".to_owned()),
        until,
    };
    let would = vec![understood(Decision::Pass, None)];
    let words = "Looks fine,\nbut who is it?".to_owned();
    let mut all = about_interviews(submission, now);
    all.extend([
        Content::Submission,
        Content::Receipt {
            decided: vec![understood(Decision::Interested, Some(now)), understood(Decision::Pass, None)],
            rest_unclear: true,
        },
        Content::DidYouMean {
            about: vec![(submission, Some(Decision::Maybe)), (SubmissionId(2), None)],
            words: words.clone(),
            said: None,
        },
        Content::ConfirmSender {
            message: 1,
            would: would.clone(),
            words: words.clone(),
        },
        Content::ConfirmDeputy {
            message: 1,
            deputy: "Sam Example".to_owned(),
            would,
            words: words.clone(),
        },
        Content::Nudge {
            round: 1,
            open: vec![submission, SubmissionId(2)],
            also: Vec::new(),
        },
        Content::Nudge {
            round: 2,
            open: vec![submission],
            also: vec![Also {
                conversation: ConversationId(2),
                round: 1,
                open: vec![submission, SubmissionId(2)],
            }],
        },
        Content::FollowUp { submission },
        Content::Withdrawn { submission },
        Content::AskReasons {
            submission,
            known: vec![Reason::Skills],
            words: words.clone(),
            again: false,
        },
        Content::AskReasons {
            submission,
            known: Vec::new(),
            words: String::new(),
            again: true,
        },
        Content::Feedback {
            submission,
            body: "They chose somebody else.\n\nWe stay in touch.".to_owned(),
        },
        Content::FreshLink,
        Content::CvCode {
            code: "123456".to_owned(),
            until: now,
        },
        Content::Notice(Notice::NotUnderstood {
            why: "Not clear".to_owned(),
            words: words.clone(),
            about: vec![(submission, Some(Decision::Maybe)), (SubmissionId(2), None)],
        }),
        Content::Notice(Notice::NeedsPerson {
            why: "A question".to_owned(),
            words,
        }),
    ]);
    all
}

/// Each letter about an interview, with everything it can say and with nothing that it need not.
fn about_interviews(submission: SubmissionId, now: Timestamp) -> Vec<Content> {
    let slot = |hours| Slot {
        start: now + Duration::hours(hours),
        end: now + Duration::hours(hours + 1),
    };
    let mut all = vec![
        Content::AskOutcome {
            submission,
            slot: slot(-2),
        },
        Content::Notice(Notice::ArrangeYourself {
            submission,
            why: "Nothing fits".to_owned(),
            words: "A word".to_owned(),
        }),
        Content::Notice(Notice::GoOnWithout {
            submission,
            silent: vec![Side::Client],
            why: String::new(),
        }),
    ];
    let unclear = || Some("Some day soon,\nor later".to_owned());
    let ways = [(1, None, None), (2, None, None), (1, unclear(), None), (1, None, Some(slot(20)))];
    for (round, unclear, instead_of) in ways {
        all.extend([
            Content::AskTimes {
                submission,
                round,
                unclear: unclear.clone(),
                other_can: if round == 1 { vec![slot(50), slot(80)] } else { Vec::new() },
                instead_of,
            },
            Content::OfferTimes {
                submission,
                round,
                first: 0,
                slots: vec![slot(50), slot(80)],
                unclear,
                instead_of,
                several: round == 2,
            },
            Content::Invitation {
                submission,
                slot: slot(50),
                sequence: 0,
                instead_of,
                corrected: round == 2,
            },
        ]);
    }
    for by in [None, Some(Side::Client), Some(Side::Candidate)] {
        all.extend([
            Content::CalledOff {
                submission,
                slot: slot(50),
                sequence: 1,
                by,
                without_you: by == Some(Side::Client),
            },
            Content::Reminder {
                submission,
                slot: slot(20),
                asks: by.is_some(),
            },
            Content::StaysAsIs {
                submission,
                slot: slot(1),
                sequence: 1,
                counter: by.is_some(),
            },
            Content::NotHeld {
                submission,
                slot: slot(-2),
            },
        ]);
    }
    all
}

/// `None` cannot happen: all of this is well-formed.
fn invented() -> Option<(Ink, Conversation, Address)> {
    let mut secret = [7; 32];
    secret[0] = 1;
    let key = Key {
        id: 0,
        secret,
        retired: false,
    };
    let ink = Ink {
        agency: Agency {
            name: HeaderText::new("Example Agency"),
            signature: vec![HeaderText::new("Example Agency")],
            colour: Colour::DEFAULT,
            website: Some("https://agency.example".to_owned()),
            logo: None,
        },
        brands: Vec::new(),
        bot: mailbox("Example Agency", "bot@agency.example")?,
        style: AddressStyle::default(),
        links: Links::new("https://agency.example").ok()?,
        keyring: Arc::new(Keyring::new(vec![key]).ok()?),
        templates: Arc::new(Templates::builtin().ok()?),
        message_id_domain: "agency.example".to_owned(),
        dkim: None,
    };
    let tagged = Address::parse("bot+tag@agency.example").ok()?;
    Some((ink, conversation()?, tagged))
}

fn conversation() -> Option<Conversation> {
    let candidate = |id: i64, name: &str, cv: Option<Attachment>| {
        Some(Candidate {
            submission: SubmissionId(id),
            mailbox: mailbox(name, "someone@mail.example")?,
            phone: None,
            zone: "Asia/Kolkata".parse().ok()?,
            zone_assumed: true,
            summary: "A headline\n\nSome text\nin two lines".to_owned(),
            cv,
        })
    };
    let cv = Attachment {
        name: HeaderText::new("cv.pdf"),
        media_type: "application/pdf".to_owned(),
        sha256: String::new(),
        size: 0,
    };
    let batch = Batch {
        client: HeaderText::new("Example Company"),
        contact: Contact {
            mailbox: mailbox("Kim Example", "kim@client.example")?,
            zone: Zone::UTC,
            zone_assumed: true,
        },
        backup: Some(Contact {
            mailbox: mailbox("Lee Backup", "lee@client.example")?,
            zone: Zone::UTC,
            zone_assumed: true,
        }),
        project: Project {
            title: HeaderText::new("Example role"),
            interview: InterviewKind::Video,
            duration_min: 45,
            place: HeaderText::default(),
            directions: String::new(),
            reasons: Vec::new(),
        },
        recruiters: vec![mailbox("Robin Example", "robin@agency.example")?],
        candidates: vec![candidate(1, "Jo First", Some(cv))?, candidate(2, "Al Second", None)?],
        interviewers: Vec::new(),
        contact_attends: true,
        note: "A note\nin two lines".to_owned(),
    };
    let mut conversation = Conversation::new(ConversationId(1), batch.clone(), Policy::default());
    conversation.elsewhere.waiting = vec![Conversation::new(ConversationId(2), batch, Policy::default())];
    Some(conversation)
}

fn mailbox(name: &str, address: &str) -> Option<Mailbox> {
    Some(Mailbox {
        name: HeaderText::new(name),
        address: Address::parse(address).ok()?,
    })
}
