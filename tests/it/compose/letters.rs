//! A letter of every kind, by the name of its golden file.

use chrono::NaiveDate;
use replyd::conversation::*;
use replyd::model::*;

use super::people::*;

/// Every kind of letter to the client, by the name of its golden file.
pub(super) fn client_letters() -> Vec<(&'static str, Letter)> {
    let conditional = Understood {
        condition: Some("if she can start in January".to_owned()),
        ..understood(ANA, Decision::Interested, &[], Some(10))
    };
    let pass = understood(CARL, Decision::Pass, &[Reason::Experience], Some(60));
    let all = vec![
        ("submission", Content::Submission),
        (
            "receipt-reason-read",
            Content::Receipt {
                decided: vec![Understood {
                    words: "Not Carl, he has not worked on payments yet.".to_owned(),
                    ..pass.clone()
                }],
                rest_unclear: false,
            },
        ),
        (
            "receipt",
            Content::Receipt {
                decided: vec![
                    understood(ANA, Decision::Interested, &[], Some(10)),
                    pass.clone(),
                    understood(BEN, Decision::Maybe, &[], Some(10)),
                ],
                rest_unclear: false,
            },
        ),
        (
            "receipt-condition-and-rest",
            Content::Receipt {
                decided: vec![
                    conditional,
                    understood(CARL, Decision::Pass, &[Reason::Experience, Reason::Salary], None),
                ],
                rest_unclear: true,
            },
        ),
        (
            "did-you-mean",
            Content::DidYouMean {
                about: vec![(ANA, Some(Decision::Interested)), (BEN, None)],
                words: "Looks good to me, the first one.\nWhat about the other one?".to_owned(),
                said: None,
            },
        ),
        (
            "did-you-mean-whom",
            Content::DidYouMean {
                about: vec![(ANA, None), (BEN, None)],
                words: "Yes please, let's meet.".to_owned(),
                said: Some(Decision::Interested),
            },
        ),
        (
            "confirm-sender",
            Content::ConfirmSender {
                message: 311,
                would: vec![understood(ANA, Decision::Interested, &[], None), pass.clone()],
                words: "Yes to Ana, pass on Carl: too junior.".to_owned(),
            },
        ),
        (
            "confirm-deputy",
            Content::ConfirmDeputy {
                message: 312,
                deputy: "Priya Nair".to_owned(),
                would: vec![pass],
                words: "Ann is travelling. We pass on Carl, he has not enough experience.".to_owned(),
            },
        ),
        (
            "confirm-deputy-pressed",
            Content::ConfirmDeputy {
                message: Parked::pressed(ConversationId(1207), 9),
                deputy: "Priya Nair".to_owned(),
                would: vec![understood(ANA, Decision::Interested, &[], None)],
                words: String::new(),
            },
        ),
        (
            "nudge-first",
            Content::Nudge {
                round: 1,
                open: vec![ANA, BEN],
                also: vec![],
            },
        ),
        (
            "nudge-second",
            Content::Nudge {
                round: 2,
                open: vec![CARL],
                also: vec![],
            },
        ),
        ("follow-up", Content::FollowUp { submission: BEN }),
        (
            "ask-reasons",
            Content::AskReasons {
                submission: CARL,
                known: vec![],
                words: String::new(),
                again: false,
            },
        ),
        (
            "ask-reasons-again",
            Content::AskReasons {
                submission: CARL,
                known: vec![],
                words: String::new(),
                again: true,
            },
        ),
        (
            "ask-reasons-known",
            Content::AskReasons {
                submission: CARL,
                known: vec![Reason::Experience, Reason::Salary],
                words: "Carl is somewhat above our range, and on the junior side.".to_owned(),
                again: false,
            },
        ),
        ("fresh-link", Content::FreshLink),
    ];
    all.into_iter().map(|(name, says)| (name, to_client(says))).collect()
}

/// Why not, as a recruiter released it.
pub(super) fn feedback() -> Letter {
    Letter {
        to: Party::Candidate(CARL),
        says: Content::Feedback {
            submission: CARL,
            body: "Thank you for letting us put you forward for the role Senior Java developer.\n\nThey look for another kind or length of experience.\n\nWe keep you \
                   in mind."
                .to_owned(),
        },
        answers: None,
        not_after: None,
    }
}

/// Every kind of notice.
pub(super) fn notices() -> Vec<(&'static str, Letter)> {
    let words = "Could you send me her salary expectation first?".to_owned();
    let all = vec![
        (
            "notice-interested",
            Notice::Interested {
                submission: ANA,
                condition: Some("if she can start in January".to_owned()),
                arranged: false,
                entered: None,
            },
        ),
        (
            "notice-passed",
            Notice::Passed {
                submission: CARL,
                reasons: vec![Reason::Experience],
                words: String::new(),
                entered: None,
            },
        ),
        (
            "notice-booked-by-hand",
            Notice::Interested {
                submission: BEN,
                condition: None,
                arranged: true,
                entered: Some(Entered {
                    by: "Maria Keller".to_owned(),
                    booked: Some(Slot {
                        start: "2026-11-24T14:00:00Z".parse().unwrap(),
                        end: "2026-11-24T14:45:00Z".parse().unwrap(),
                    }),
                    although: Some(Stands {
                        decision: Decision::Pass,
                        at: Some("2026-11-20T10:00:00Z".parse().unwrap()),
                        by: None,
                    }),
                }),
            },
        ),
        (
            "notice-passed-as-entered",
            Notice::Passed {
                submission: CARL,
                reasons: vec![Reason::Salary],
                words: String::new(),
                entered: Some(Entered {
                    by: "api:ats".to_owned(),
                    booked: None,
                    although: None,
                }),
            },
        ),
        (
            "notice-not-understood",
            Notice::NotUnderstood {
                why: "Answers could not be understood several times running".to_owned(),
                words: words.clone(),
                about: vec![(ANA, Some(Decision::Interested)), (CARL, None), (BEN, None)],
            },
        ),
        (
            "notice-needs-person",
            Notice::NeedsPerson {
                why: "The client asks a question".to_owned(),
                words: words.clone(),
            },
        ),
        (
            "notice-candidate-erased",
            Notice::Erased {
                who: Party::Candidate(CARL),
                ended: true,
                told: true,
            },
        ),
        (
            "notice-contact-erased",
            Notice::Erased {
                who: Party::Client,
                ended: true,
                told: false,
            },
        ),
        (
            "notice-someone-else",
            Notice::SomeoneElse {
                name: "Priya Nair".to_owned(),
                by_link: true,
                asked: true,
                would: vec![
                    understood(ANA, Decision::Interested, &[], None),
                    understood(CARL, Decision::Pass, &[Reason::Experience], None),
                ],
                words: String::new(),
            },
        ),
        (
            "notice-someone-else-refused",
            Notice::SomeoneElse {
                name: String::new(),
                by_link: false,
                asked: false,
                would: Vec::new(),
                words: words.clone(),
            },
        ),
        (
            "notice-stale",
            Notice::Stale {
                hours: 48,
                escalated: false,
            },
        ),
        (
            "notice-escalated",
            Notice::Stale {
                hours: 96,
                escalated: true,
            },
        ),
        (
            "notice-away",
            Notice::Away {
                until: NaiveDate::from_ymd_opt(2026, 12, 1),
                substitute: Some("In urgent cases please contact Priya Nair.".to_owned()),
            },
        ),
        (
            "notice-away-who-stands-in",
            Notice::Away {
                until: NaiveDate::from_ymd_opt(2026, 12, 7),
                substitute: Some("In urgent cases contact Priya Nair at priya.nair@northwind.example.".to_owned()),
            },
        ),
        (
            "notice-undeliverable",
            Notice::Undeliverable {
                to: Party::Client,
                status: "5.1.1 unknown user".to_owned(),
            },
        ),
        (
            "notice-letter-refused",
            Notice::LetterRefused {
                to: Party::Client,
                why: "the letter holds the phone number of Ana Souza, from the summary of Ana Souza".to_owned(),
            },
        ),
        (
            "notice-letter-failed",
            Notice::LetterFailed {
                to: Party::Candidate(ANA),
                why: "552 message too big".to_owned(),
            },
        ),
        (
            "notice-while-you-drive",
            Notice::WhileYouDrive {
                what: "Pass on Carl Jensen".to_owned(),
                words,
            },
        ),
        ("notice-taken", Notice::Driver { taken: true }),
        ("notice-handed-back", Notice::Driver { taken: false }),
    ];
    all.into_iter().map(|(name, notice)| (name, to_recruiter(notice))).collect()
}
