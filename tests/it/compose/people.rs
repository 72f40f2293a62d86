//! The people of the example batch, and how their letters are written and read.

use std::sync::{Arc, OnceLock};

use chrono::Duration;
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
