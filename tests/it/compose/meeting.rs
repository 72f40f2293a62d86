//! Ana is in New York, Ann in London, and in London the clocks change between the times they speak of.

use super::people::*;
use replyd::calendar::Spans;
use replyd::compose::{Finished, Refusal};
use replyd::conversation::*;
use replyd::model::*;

/// A Wednesday. New York has changed its clocks, London will on Sunday.
pub(super) fn now() -> Timestamp {
    at("2026-03-25T09:30:00Z")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn slot(start: &str) -> Slot {
    let start = at(start);
    Slot {
        start,
        end: start + chrono::Duration::minutes(45),
    }
}

/// Before and after the change.
pub(super) fn friday() -> Slot {
    slot("2026-03-27T14:00:00Z")
}

pub(super) fn monday() -> Slot {
    slot("2026-03-30T14:00:00Z")
}

fn tuesday() -> Slot {
    slot("2026-03-31T15:30:00Z")
}

pub(super) fn conversation() -> Conversation {
    let mut batch = batch();
    batch.candidates[0].zone = "America/New_York".parse().unwrap();
    let mut conversation = conversation_of(batch);
    conversation.submissions[0].interview = Some(Interview::new());
    conversation
}

pub(super) fn write(letter: &Letter, conversation: &Conversation) -> Result<Vec<Finished>, Refusal> {
    write_at(now(), letter, conversation, &ink())
}

pub(super) const BOTH: [Party; 2] = [Party::Client, Party::Candidate(ANA)];

/// Every letter about an interview, to both sides, by the name of its golden file.
pub(super) fn letters() -> Vec<(String, Letter)> {
    let unclear = Some("Some time next week is fine,\nor the week after.".to_owned());
    let ask = |round, unclear, other_can, instead_of| Content::AskTimes {
        submission: ANA,
        round,
        unclear,
        other_can,
        instead_of,
    };
    let offer = |round, slots, unclear, instead_of| Content::OfferTimes {
        submission: ANA,
        round,
        first: 4,
        slots,
        unclear,
        instead_of,
        several: false,
    };
    let invite = |slot, sequence, instead_of| Content::Invitation {
        submission: ANA,
        slot,
        sequence,
        instead_of,
        corrected: false,
    };
    let off = |by| Content::CalledOff {
        submission: ANA,
        slot: monday(),
        sequence: 2,
        by,
        without_you: false,
    };
    let remind = |asks| Content::Reminder {
        submission: ANA,
        slot: friday(),
        asks,
    };
    let stays = |counter| Content::StaysAsIs {
        submission: ANA,
        slot: friday(),
        sequence: 1,
        counter,
    };
    let corrected = Content::Invitation {
        submission: ANA,
        slot: friday(),
        sequence: 2,
        instead_of: None,
        corrected: true,
    };
    let three = || vec![friday(), monday(), tuesday()];
    let long = Slot {
        start: at("2026-03-30T13:00:00Z"),
        end: at("2026-03-30T17:00:00Z"),
    };
    let all = [
        ("ask-times", ask(1, None, vec![], None)),
        ("ask-times-reminder", ask(2, None, vec![], None)),
        ("ask-times-other-can", ask(1, None, vec![friday(), long], None)),
        ("ask-times-unclear", ask(1, unclear.clone(), vec![], None)),
        ("ask-times-moved", ask(1, None, vec![], Some(friday()))),
        ("offer-times", offer(1, three(), None, None)),
        ("offer-times-reminder", offer(2, vec![monday()], None, None)),
        ("offer-times-unclear", offer(1, three(), unclear, None)),
        ("offer-times-moved", offer(1, vec![monday(), tuesday()], None, Some(friday()))),
        ("invitation", invite(friday(), 0, None)),
        ("invitation-moved", invite(monday(), 1, Some(friday()))),
        ("called-off", off(None)),
        ("called-off-by-client", off(Some(Side::Client))),
        ("reminder", remind(true)),
        ("reminder-hour", remind(false)),
        ("stays-as-is", stays(false)),
        ("stays-as-is-counter", stays(true)),
        ("invitation-corrected", corrected),
        (
            "not-held",
            Content::NotHeld {
                submission: ANA,
                slot: friday(),
            },
        ),
    ];
    let mut letters: Vec<_> = all
        .into_iter()
        .flat_map(|(name, says)| {
            BOTH.map(|to| {
                let reader = if to == Party::Client { "client" } else { "candidate" };
                (format!("{name}-{reader}"), letter(to, says.clone()))
            })
        })
        .collect();
    let outcome = Content::AskOutcome {
        submission: ANA,
        slot: friday(),
    };
    letters.push(("ask-outcome".to_owned(), letter(Party::Client, outcome)));
    letters
}

/// Letters that need another story, by the name of their golden file.
pub(super) fn others() -> Vec<(&'static str, Letter, Conversation)> {
    let invited = |to| {
        letter(
            to,
            Content::Invitation {
                submission: ANA,
                slot: friday(),
                sequence: 0,
                instead_of: None,
                corrected: false,
            },
        )
    };
    let held = |how| {
        let mut conversation = conversation();
        conversation.batch.project.interview = how;
        conversation
    };
    let held_at = |how, place: &str, directions: &str| {
        let mut conversation = held(how);
        conversation.batch.project.place = HeaderText::new(place);
        directions.clone_into(&mut conversation.batch.project.directions);
        conversation
    };
    let call = || {
        held_at(
            InterviewKind::Video,
            "https://meet.harborline.example/java-1",
            "The room opens ten minutes before.",
        )
    };
    let office = held_at(
        InterviewKind::OnSite,
        "12 Quay Street, London SE1 2AB",
        "Ring at the side door and ask for Ann.\nVisitors may park in the yard.",
    );
    let (_, reminder) = letters().into_iter().find(|(name, _)| name == "reminder-candidate").unwrap();
    let (_, ask) = letters().into_iter().find(|(name, _)| name == "ask-times-candidate").unwrap();
    let mut assumed = conversation();
    assumed.batch.candidates[0].zone_assumed = true;
    let mut taken_over = conversation();
    let interview = taken_over.submissions[0].interview.as_mut().unwrap();
    interview.candidate.can = Some(Spans::of(vec![(monday().start, monday().start + chrono::Duration::hours(3))]));
    interview.slots = vec![monday()];
    interview.with_recruiter = true;
    let notice = Notice::ArrangeYourself {
        submission: ANA,
        why: "The client does not answer about the interview (Ana Souza).".to_owned(),
        words: String::new(),
    };
    let asked = |to, round| {
        letter(
            to,
            Content::OfferTimes {
                submission: ANA,
                round,
                first: 4,
                slots: vec![friday(), monday(), tuesday()],
                unclear: None,
                instead_of: None,
                several: true,
            },
        )
    };
    let off = |by, without_you| {
        letter(
            Party::Interviewer(0),
            Content::CalledOff {
                submission: ANA,
                slot: friday(),
                sequence: 1,
                by,
                without_you,
            },
        )
    };
    let remind = Content::Reminder {
        submission: ANA,
        slot: friday(),
        asks: true,
    };
    let unclear = |name: &str| {
        let letters = letters().into_iter();
        let (_, letter) = letters.into_iter().find(|(one, _)| one == name).unwrap();
        (letter, in_doubt())
    };
    let (ask_meant, asked_in_doubt) = unclear("ask-times-unclear-candidate");
    let (offer_meant, offered_in_doubt) = unclear("offer-times-unclear-client");
    let outcome = Content::AskOutcome {
        submission: ANA,
        slot: friday(),
    };
    let go_on = Notice::GoOnWithout {
        submission: ANA,
        silent: vec![Side::Interviewer(0)],
        why: String::new(),
    };
    vec![
        ("ask-times-zone-assumed-candidate", ask, assumed),
        ("invitation-phone-client", invited(Party::Client), held(InterviewKind::Phone)),
        ("invitation-on-site-client", invited(Party::Client), held(InterviewKind::OnSite)),
        (
            "invitation-on-site-candidate",
            invited(Party::Candidate(ANA)),
            held(InterviewKind::OnSite),
        ),
        ("invitation-link-client", invited(Party::Client), call()),
        ("reminder-link-candidate", reminder, call()),
        ("invitation-address-candidate", invited(Party::Candidate(ANA)), office),
        (
            "notice-arrange-yourself",
            letter(Party::Recruiter(0), Content::Notice(notice)),
            taken_over,
        ),
        ("panel-offer-contact", asked(Party::Client, 1), panel()),
        ("panel-offer-interviewer", asked(Party::Interviewer(0), 1), panel()),
        ("panel-offer-reminder-interviewer", asked(Party::Interviewer(1), 2), panel()),
        ("panel-invitation-contact", invited(Party::Client), panel()),
        ("panel-invitation-interviewer", invited(Party::Interviewer(0)), panel()),
        ("panel-reminder-interviewer", letter(Party::Interviewer(0), remind), panel()),
        ("ask-times-meant-candidate", ask_meant, asked_in_doubt),
        ("offer-times-meant-client", offer_meant, offered_in_doubt),
        ("panel-invitation-candidate", invited(Party::Candidate(ANA)), panel()),
        ("panel-without-you-interviewer", off(None, true), panel()),
        ("panel-called-off-by-client-interviewer", off(Some(Side::Client), false), panel()),
        ("panel-outcome-contact-stays-away", letter(Party::Client, outcome), {
            let mut conversation = panel();
            conversation.batch.contact_attends = false;
            conversation
        }),
        ("panel-notice-go-on", letter(Party::Recruiter(0), Content::Notice(go_on)), panel()),
    ]
}

/// The same story, in which an answer of each side can be read in two ways.
fn in_doubt() -> Conversation {
    let mut conversation = conversation();
    let interview = conversation.submissions[0].interview.as_mut().unwrap();
    let week = |hours: &[(&str, &str)]| Spans::of(hours.iter().map(|(from, to)| (at(from), at(to))).collect());
    interview.readings = vec![
        week(&[("2026-04-02T13:00:00Z", "2026-04-02T16:00:00Z")]),
        week(&[
            ("2026-04-09T13:00:00Z", "2026-04-09T16:00:00Z"),
            ("2026-04-10T13:00:00Z", "2026-04-10T14:30:00Z"),
        ]),
    ];
    (interview.candidate.meant, interview.client.meant) = (vec![0, 1], vec![0, 1]);
    conversation
}

/// The same story with two interviewers beside the contact.
pub(super) fn panel() -> Conversation {
    let mut conversation = conversation();
    let seat = |name: &str, address: &str, zone: &str, required| Interviewer {
        mailbox: mailbox(name, address),
        zone: zone.parse().unwrap(),
        zone_assumed: false,
        required,
    };
    conversation.batch.interviewers = vec![
        seat("Jo Park", "jo.park@northwind.example", "Europe/Berlin", true),
        seat("Max Bauer", "max.bauer@northwind.example", "Europe/London", false),
    ];
    conversation
}

pub(super) fn letter(to: Party, says: Content) -> Letter {
    let answers = says.is_answer().then(|| MessageId("CAF3n1@mail.example".to_owned()));
    Letter {
        to,
        says,
        answers,
        not_after: None,
    }
}
