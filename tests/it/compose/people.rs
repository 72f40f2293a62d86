//! The people of the example batch, and every letter that is written to them.

use std::sync::{Arc, OnceLock};

use chrono::{Duration, NaiveDate};
use replyd::calendar::Zone;
use replyd::compose::{Agency, Brand, Colour, Finished, Ink, Logo, Refusal, Templates, compose};
use replyd::conversation::*;
use replyd::link::{AddressStyle, Key, Keyring, Links};
use replyd::model::*;

pub(super) const CV: &[u8] = include_bytes!("../../../fixtures/batches/ana-souza-cv.pdf");

pub(super) const ANA: SubmissionId = SubmissionId(41);
pub(super) const CARL: SubmissionId = SubmissionId(42);
pub(super) const BEN: SubmissionId = SubmissionId(43);

pub(super) fn now() -> Timestamp {
    "2026-11-23T09:30:00Z".parse().unwrap()
}

pub(super) fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox {
        name: HeaderText::new(name),
        address: Address::parse(address).unwrap(),
    }
}

fn templates() -> Arc<Templates> {
    static BUILT_IN: OnceLock<Arc<Templates>> = OnceLock::new();
    BUILT_IN.get_or_init(|| Arc::new(Templates::builtin().unwrap())).clone()
}

pub(super) fn ink() -> Ink {
    let secret = std::array::from_fn(|n| u8::try_from(n * 7 % 251).unwrap());
    let keyring = Keyring::new(vec![Key {
        id: 1,
        secret,
        retired: false,
    }]);
    Ink {
        agency: Agency {
            name: HeaderText::new("Harbor Line Recruiting"),
            signature: ["Maria Keller and Tom Okafor", "Harbor Line Recruiting"]
                .map(HeaderText::new)
                .to_vec(),
            colour: Colour::DEFAULT,
            website: Some("https://harborline.example".to_owned()),
            logo: None,
        },
        brands: Vec::new(),
        bot: mailbox("Harbor Line Recruiting", "talent@harborline.example"),
        style: AddressStyle::default(),
        links: Links::new("https://answers.harborline.example").unwrap(),
        keyring: Arc::new(keyring.unwrap()),
        templates: templates(),
        message_id_domain: "harborline.example".to_owned(),
        dkim: None,
    }
}

/// The same agency, which shows itself to this client under a name, a logo and a colour of its own.
pub(super) fn ink_with_a_brand() -> Ink {
    let logo = Logo::read(include_bytes!("../../../fixtures/brands/quayside.png").to_vec()).unwrap();
    let ink = ink();
    let shown = Agency {
        name: HeaderText::new("Quayside Search"),
        signature: vec![HeaderText::new("Maria Keller"), HeaderText::new("Keller & Sons <Quayside>")],
        colour: "#ffe08a".parse().unwrap(),
        website: Some("https://quayside.example".to_owned()),
        logo: Some(Arc::new(logo)),
    };
    Ink {
        brands: vec![Brand {
            client: HeaderText::new("northwind LOGISTICS"),
            agency: shown,
        }],
        ..ink
    }
}

fn candidate(submission: SubmissionId, name: &str, address: &str, phone: Option<&str>, summary: &str) -> Candidate {
    Candidate {
        submission,
        mailbox: mailbox(name, address),
        phone: phone.map(HeaderText::new),
        zone: Zone::UTC,
        zone_assumed: false,
        summary: summary.to_owned(),
        cv: None,
    }
}

pub(super) fn batch() -> Batch {
    let mut ana = candidate(
        ANA,
        "Ana Souza",
        "ana.souza@mailbox.example",
        Some("+351 912 555 014"),
        "Ten years of Java, the last five in payments\n\
         Led a team of six that moved a settlement system from a mainframe to Spring services without a day of downtime.\n\
         Knows Kafka, PostgreSQL and AWS well; speaks English and Portuguese.\n\
         Wants: hands-on work, three days a week from home.",
    );
    ana.cv = Some(Attachment {
        name: HeaderText::new("ana-souza-cv.pdf"),
        media_type: "application/pdf".to_owned(),
        sha256: "ana".to_owned(),
        size: CV.len() as u64,
    });
    let carl = candidate(
        CARL,
        "Carl Jensen",
        "carl.jensen@mailbox.example",
        Some("+45 20 55 01 38"),
        "Four years of Java and Kotlin at a card issuer\n\
         Built the fraud rules engine and its test bench; on call for it for two years.\n\
         Writes well, explains well, has mentored two juniors.\n\
         Wants: a bigger team, and to stay in backend work.",
    );
    let ben = candidate(
        BEN,
        "Ben Whitaker",
        "ben.whitaker@mailbox.example",
        None,
        "Freelance for eight years, mostly logistics and customs\n\
         Three long projects with warehouse software, the last one as architect.\n\
         Looking for a permanent place in London, on site if wanted.",
    );
    Batch {
        client: HeaderText::new("Northwind Logistics"),
        contact: Contact {
            mailbox: mailbox("Ann Lee", "ann.lee@northwind.example"),
            zone: "Europe/London".parse().unwrap(),
            zone_assumed: false,
        },
        backup: None,
        project: Project {
            title: HeaderText::new("Senior Java developer"),
            interview: InterviewKind::Video,
            duration_min: 45,
            place: HeaderText::default(),
            directions: String::new(),
            reasons: Vec::new(),
        },
        recruiters: vec![
            mailbox("Maria Keller", "maria.keller@harborline.example"),
            mailbox("Tom Okafor", "tom.okafor@harborline.example"),
        ],
        candidates: vec![ana, carl, ben],
        interviewers: vec![],
        contact_attends: true,
        note: "All three could start within six weeks.\nAna and Carl have worked with payment systems like yours.".to_owned(),
    }
}

/// The example with another batch of the same reader, whose reminder is due as well: another role, and Dora and Emil for it.
pub(super) fn with_another_batch() -> (Letter, Conversation) {
    let mut other = batch();
    other.project = Project {
        title: HeaderText::new("Head of data"),
        duration_min: 60,
        ..other.project
    };
    other.recruiters.reverse();
    other.candidates = vec![
        candidate(
            SubmissionId(61),
            "Dora Lind",
            "dora.lind@mailbox.example",
            Some("+46 70 555 01 92"),
            "Built a data team of nine from nothing\nSpark, dbt and a lot of patience with source systems.",
        ),
        candidate(
            SubmissionId(62),
            "Emil Novak",
            "emil.novak@mailbox.example",
            None,
            "Statistician turned engineer\nSix years in insurance; wants to lead.",
        ),
    ];
    let other = Conversation {
        id: ConversationId(1311),
        ..conversation_of(other)
    };
    let mut conversation = conversation();
    conversation.elsewhere.waiting = vec![other];
    let says = Content::Nudge {
        round: 1,
        open: vec![ANA, BEN],
        also: vec![Also {
            conversation: ConversationId(1311),
            round: 2,
            open: vec![SubmissionId(61), SubmissionId(62)],
        }],
    };
    (to_client(says), conversation)
}

/// The finished bytes of a first letter with other candidates (name and summary) and another note.
pub(crate) fn submission_with(note: &str, people: &[(&str, &str)]) -> Vec<u8> {
    let mut batch = batch();
    let numbered = people.iter().zip(41..);
    batch.candidates = numbered
        .map(|((name, summary), id)| candidate(SubmissionId(id), name, &format!("c{id}@mailbox.example"), None, summary))
        .collect();
    batch.note = note.to_owned();
    let written = write(&to_client(Content::Submission), &conversation_of(batch)).unwrap();
    written.into_iter().next().unwrap().bytes
}

pub(super) fn conversation() -> Conversation {
    conversation_of(batch())
}

pub(super) fn conversation_of(batch: Batch) -> Conversation {
    let policy = Policy {
        scheduling: Scheduling {
            order: Order::Nobody,
            ..Scheduling::default()
        },
        ..Policy::default()
    };
    let mut conversation = Conversation::new(ConversationId(1207), batch, policy);
    for one in &mut conversation.submissions {
        one.status = Status::Sent;
    }
    conversation.chase.since = Some(now() - Duration::days(3));
    conversation
}

pub(super) fn key(serial: u32) -> LetterKey {
    LetterKey {
        conversation: ConversationId(1207),
        serial,
    }
}

pub(super) fn to_client(says: Content) -> Letter {
    let answers = says.is_answer().then(|| MessageId("CAF3n1@mail.northwind.example".to_owned()));
    Letter {
        to: Party::Client,
        says,
        answers,
        not_after: None,
    }
}

pub(super) fn to_recruiter(notice: Notice) -> Letter {
    Letter {
        to: Party::Recruiter(0),
        says: Content::Notice(notice),
        answers: None,
        not_after: None,
    }
}

/// Writes with the example's ink; the submission has serial 1, all else a later one.
pub(super) fn write(letter: &Letter, conversation: &Conversation) -> Result<Vec<Finished>, Refusal> {
    write_with(letter, conversation, &ink())
}

pub(super) fn write_with(letter: &Letter, conversation: &Conversation, ink: &Ink) -> Result<Vec<Finished>, Refusal> {
    write_at(now(), letter, conversation, ink)
}

pub(super) fn write_at(now: Timestamp, letter: &Letter, conversation: &Conversation, ink: &Ink) -> Result<Vec<Finished>, Refusal> {
    let first = if matches!(letter.says, Content::Submission) {
        key(1)
    } else {
        key(7)
    };
    let files = |hash: &str| (hash == "ana").then(|| CV.to_vec());
    compose(letter, conversation, first, now, ink, &files)
}

pub(super) fn understood(submission: SubmissionId, decision: Decision, reasons: &[Reason], minutes: Option<i64>) -> Understood {
    Understood {
        submission,
        decision,
        reasons: reasons.to_vec(),
        words: String::new(),
        condition: None,
        until: minutes.map(|minutes| now() + Duration::minutes(minutes)),
    }
}

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

/// A letter as another program reads it.
pub(super) struct Read {
    pub(super) text: String,
    pub(super) html: String,
    pub(super) subject: String,
    pub(super) head: String,
    pub(super) files: Vec<(String, String, Vec<u8>)>,
}

pub(super) fn read(bytes: &[u8]) -> Read {
    use mail_parser::{MessageParser, MimeHeaders};
    let message = MessageParser::default().parse(bytes).unwrap();
    let raw = String::from_utf8_lossy(bytes);
    let head = raw.split_once("\r\n\r\n").unwrap().0.replace("\r\n ", " ").replace("\r\n\t", " ");
    let files = message.attachments().map(|part| {
        let kind = part.content_type().unwrap();
        let kind = format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default());
        (
            part.attachment_name().unwrap_or_default().to_owned(),
            kind,
            part.contents().to_vec(),
        )
    });
    Read {
        text: message.body_text(0).unwrap().replace("\r\n", "\n"),
        html: message.body_html(0).unwrap().replace("\r\n", "\n"),
        subject: message.subject().unwrap().to_owned(),
        head,
        files: files.collect(),
    }
}

impl Read {
    /// The value of a header, unfolded; `None` when it is not there.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .head
            .lines()
            .find(|line| line.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)));
        found.and_then(|line| line.get(name.len()..)?.strip_prefix(": "))
    }

    /// All links of the HTML part, with `&amp;` resolved.
    pub(super) fn links(&self) -> Vec<String> {
        let href = regex::Regex::new(r#"href="([^"]+)""#).unwrap();
        href.captures_iter(&self.html).map(|hit| hit[1].replace("&amp;", "&")).collect()
    }
}
