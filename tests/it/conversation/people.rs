//! A batch to play with.

use replyd::calendar::Zone;
use replyd::conversation::{Batch, Candidate, Contact, Conversation, InterviewKind, Order, Policy, Project, Scheduling};
use replyd::model::{Address, ConversationId, HeaderText, Mailbox, SubmissionId};

pub(crate) fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox {
        name: HeaderText::new(name),
        address: Address::parse(address).unwrap(),
    }
}

/// The usual one, except that nobody arranges interviews until a test says who is asked first.
pub(crate) fn policy() -> Policy {
    Policy {
        scheduling: Scheduling {
            order: Order::Nobody,
            ..Scheduling::default()
        },
        ..Policy::default()
    }
}

/// Submissions 1, 2, 3 … for the given first names; the client, Ann Lee, is in `zone`.
pub(crate) fn conversation(names: &[&str], zone: &str) -> Conversation {
    let zone: Zone = zone.parse().unwrap();
    let candidate = |(index, name): (usize, &&str)| Candidate {
        submission: SubmissionId(index as i64 + 1),
        mailbox: mailbox(&format!("{name} Tester"), &format!("{}@mail.example", name.to_lowercase())),
        phone: None,
        zone,
        zone_assumed: false,
        summary: format!("{name}, ten years in the trade"),
        cv: None,
    };
    let batch = Batch {
        client: HeaderText::new("Client Ltd"),
        contact: Contact {
            mailbox: mailbox("Ann Lee", "ann.lee@client.example"),
            zone,
            zone_assumed: false,
        },
        backup: None,
        project: Project {
            title: HeaderText::new("Java developer"),
            interview: InterviewKind::Video,
            duration_min: 45,
            place: HeaderText::default(),
            directions: String::new(),
            reasons: Vec::new(),
        },
        recruiters: vec![mailbox("Rita Moss", "rita@agency.example")],
        candidates: names.iter().enumerate().map(candidate).collect(),
        interviewers: vec![],
        contact_attends: true,
        note: String::new(),
    };
    Conversation::new(ConversationId(7), batch, policy())
}
