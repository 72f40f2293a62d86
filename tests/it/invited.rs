//! What calendars answer to an invitation, and what follows: each mail is stored and read by the daemon as if it had been fetched. Ana's
//! interview is agreed for Tuesday, three o'clock in London; its entries were changed once.

use std::cell::Cell;

use base64::Engine;
use chrono::Duration;
use replyd::calendar::Spans;
use replyd::conversation::{Interview, InterviewStatus, Side, Status};
use replyd::daemon::{Clock, Daemon};
use replyd::model::{ConversationId, Decision, Slot, Timestamp};
use replyd::store::Tx;
use tempfile::TempDir;

use crate::conversation::people;
use crate::desk::{new_batch, reads};
use crate::senders::config;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn slot(start: &str) -> Slot {
    Slot {
        start: at(start),
        end: at(start) + Duration::minutes(45),
    }
}

fn agreed() -> Slot {
    slot("2026-11-24T15:00:00Z")
}

/// A daemon with Ana's interview.
struct Desk {
    _dir: TempDir,
    daemon: Daemon,
    id: ConversationId,
    /// UIDs of the client's entry and of Ana's.
    uids: [String; 2],
    mails: Cell<u32>,
}

/// What a calendar writes.
#[derive(Clone)]
struct Answer {
    from: &'static str,
    attendee: &'static str,
    uid: String,
    method: &'static str,
    part_stat: &'static str,
    sequence: u32,
    stamp: &'static str,
    /// DTSTART and DTEND.
    time: [&'static str; 2],
    /// COMMENT.
    note: &'static str,
}

impl Desk {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = config(dir.path());
        let (keyring, domain) = (config.ink.keyring.clone(), config.ink.message_id_domain.clone());
        let daemon = Daemon::new(config, Clock::set_to(at("2026-11-18T14:05:00Z"))).unwrap();
        let before = people::conversation(&["Ana", "Ben"], "Europe/London");
        let id = daemon.submit(new_batch(before)).await.unwrap();
        let arrange = move |tx: &Tx<'_>| {
            let before = tx.conversation(id)?.unwrap();
            let mut after = before.clone();
            let mut interview = Interview::new();
            interview.status = InterviewStatus::Scheduled;
            (interview.booked, interview.sequence) = (Some(agreed()), 1);
            for side in Side::ALL {
                interview.attendee_mut(side).invited = Some(agreed());
            }
            after.submissions[0].status = Status::InterviewScheduled;
            after.submissions[0].settled = Some(Decision::Interested);
            after.submissions[0].interview = Some(interview);
            tx.save_after(&before, &after)?;
            Ok(after.submissions[0].id)
        };
        let submission = daemon.store().write(arrange).await.unwrap();
        Self {
            _dir: dir,
            daemon,
            id,
            uids: [0, 1].map(|whose| keyring.uid(submission, whose, &domain)),
            mails: Cell::new(0),
        }
    }

    /// Ana accepts, as Outlook writes it.
    fn ana(&self) -> Answer {
        Answer {
            from: "ana@mail.example",
            attendee: "ana@mail.example",
            uid: self.uids[1].clone(),
            method: "REPLY",
            part_stat: "ACCEPTED",
            sequence: 1,
            stamp: "20261118T140100Z",
            time: ["20261124T150000", "20261124T154500"],
            note: "",
        }
    }

    fn client(&self) -> Answer {
        Answer {
            from: "ann.lee@client.example",
            attendee: "ann.lee@client.example",
            uid: self.uids[0].clone(),
            ..self.ana()
        }
    }

    /// The daemon reads a mail.
    async fn reads(&self, raw: String) {
        self.mails.set(self.mails.get() + 1);
        let raw = raw.replace('\n', "\r\n");
        reads(&self.daemon, self.mails.get(), raw, at("2026-11-18T14:05:00Z")).await;
    }

    async fn hears(&self, answer: &Answer) {
        self.reads(answer.mail(self.mails.get())).await;
    }

    fn interview(&self) -> Interview {
        let after = self.daemon.store().read(|tx| tx.conversation(self.id)).unwrap().unwrap();
        after.submissions[0].interview.clone().unwrap()
    }

    /// Lines of this kind in the timeline.
    fn told(&self, kind: &str) -> usize {
        let lines = self.daemon.store().read(|tx| tx.timeline(self.id, None)).unwrap();
        lines.iter().filter(|line| line.kind == kind).count()
    }

    /// What the recruiter was told, first lines of the letters.
    fn notices(&self) -> usize {
        let letters = self.daemon.store().read(|tx| tx.letters_of(self.id)).unwrap();
        letters.iter().filter(|one| one.kind == "notice").count()
    }

    /// Letters that say that the time stands, each with whether it is a DECLINECOUNTER.
    fn stays_as_is(&self) -> Vec<bool> {
        let letters = self.daemon.store().read(|tx| tx.letters_of(self.id)).unwrap();
        let stays = letters.iter().filter(|one| one.kind == "stays_as_is");
        let bytes = stays.map(|one| self.daemon.store().read(|tx| tx.letter_bytes(one.id)).unwrap());
        bytes
            .map(|bytes| String::from_utf8(bytes).unwrap().contains("method=DECLINECOUNTER"))
            .collect()
    }

    /// The interview is at another time, which all entries show.
    async fn is_agreed_for(&self, slot: Slot) {
        let id = self.id;
        let change = move |tx: &Tx<'_>| {
            let before = tx.conversation(id)?.unwrap();
            let mut after = before.clone();
            let interview = after.submissions[0].interview.as_mut().unwrap();
            interview.booked = Some(slot);
            for side in Side::ALL {
                interview.attendee_mut(side).invited = Some(slot);
            }
            tx.save_after(&before, &after)
        };
        self.daemon.store().write(change).await.unwrap();
    }

    /// Nothing followed, and a person was asked to look so many times.
    fn is_unchanged(&self, notices: usize, what: &str) {
        let interview = self.interview();
        assert_eq!(
            (interview.booked, interview.status),
            (Some(agreed()), InterviewStatus::Scheduled),
            "{what}"
        );
        assert!(!interview.client.confirmed && !interview.candidate.confirmed, "{what}");
        assert_eq!(self.notices(), notices, "{what}: notices");
    }
}

impl Answer {
    fn calendar(&self) -> String {
        let [start, end] = self.time;
        format!(
            "BEGIN:VCALENDAR\r\nMETHOD:{}\r\nPRODID:Microsoft Exchange Server 2010\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n\
             ATTENDEE;PARTSTAT={}:mailto:{}\r\nUID:{}\r\nDTSTART;TZID=GMT Standard Time:{start}\r\nDTEND;TZID=GMT Standard Time:{end}\r\n\
             DTSTAMP:{}\r\nSEQUENCE:{}\r\nCOMMENT:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            self.method, self.part_stat, self.attendee, self.uid, self.stamp, self.sequence, self.note
        )
    }

    fn part(&self, class: &str) -> String {
        let calendar = base64::engine::general_purpose::STANDARD.encode(self.calendar());
        format!(
            "Content-Type: {class}; charset=\"utf-8\"; method={}; name=\"invite.ics\"\nContent-Transfer-Encoding: base64\n\n{calendar}\n",
            self.method
        )
    }

    /// A mail without a thread, with these parts.
    fn around(&self, n: u32, parts: &[String]) -> String {
        let parts: String = parts.iter().map(|part| format!("--b\n{part}\n")).collect();
        format!(
            "From: {}\nTo: bot@agency.example\nSubject: Zugesagt: Termin {n}\nDate: Wed, 18 Nov 2026 14:0{n}:00 +0000\nMessage-ID: <{n}@client.example>\n\
             MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\n{parts}--b--\n",
            self.from
        )
    }

    fn mail(&self, n: u32) -> String {
        let text = "Content-Type: text/plain; charset=\"us-ascii\"\n\n\n".to_owned();
        self.around(n, &[text, self.part("text/calendar")])
    }
}

/// C-F19, C-F20: the calendar inside the text, as a file, both of them, or as the whole mail; each counts, and once.
#[tokio::test]
async fn invited_answers_count_once_in_whatever_part_they_come() {
    type Shape = fn(&Answer) -> String;
    let shapes: [(&str, Shape); 5] = [
        ("only text/calendar", |one| one.around(0, &[one.part("text/calendar")])),
        ("only a file", |one| {
            one.around(
                0,
                &["Content-Type: text/plain\n\nAccepted\n".to_owned(), one.part("application/ics")],
            )
        }),
        ("both", |one| {
            one.around(0, &[one.part("text/calendar"), one.part("application/ics")])
        }),
        ("7bit", |one| {
            let bare = format!(
                "Content-Type: text/calendar; method=REPLY\n\n{}",
                one.calendar().replace("\r\n", "\n")
            );
            one.around(0, &[bare])
        }),
        ("the whole mail", |one| {
            let head = format!(
                "From: {}\nTo: bot@agency.example\nSubject: Accepted\nMessage-ID: <w@client.example>\nMIME-Version: 1.0\n",
                one.from
            );
            format!("{head}{}", one.part("text/calendar"))
        }),
    ];
    for (name, shape) in shapes {
        let desk = Desk::new().await;
        desk.reads(shape(&desk.ana())).await;
        let interview = desk.interview();
        assert!(interview.candidate.confirmed && !interview.client.confirmed, "{name}");
        assert_eq!((desk.told("still_on"), desk.notices()), (1, 0), "{name}");
    }
    let desk = Desk::new().await;
    desk.hears(&desk.client()).await;
    desk.hears(&desk.ana()).await;
    assert_eq!(desk.interview().status, InterviewStatus::Confirmed);
}

/// C-F13, C-F14: whose entry it is and who is named in it decide, not the account it comes from. What stands beside it in the mail is not read.
#[tokio::test]
async fn invited_answers_go_by_uid_and_attendee() {
    let desk = Desk::new().await;
    let answer = Answer {
        from: "ana.private@icloud.example",
        attendee: "Ana@Mail.Example",
        ..desk.ana()
    };
    let text = "Content-Type: text/plain\n\nAna Tester has declined this invitation. Pass on Ana, yes to Ben.\n".to_owned();
    let mail = answer.around(1, &[text, answer.part("text/calendar")]);
    let google = "Sender: Google Calendar <calendar-notification@google.com>\nAuto-Submitted: auto-generated\n\
                  Authentication-Results: mx.agency.example; dmarc=fail header.from=icloud.example\n";
    desk.reads(format!("{google}{mail}")).await;
    assert!(desk.interview().candidate.confirmed);
    assert_eq!((desk.told("decided"), desk.notices()), (0, 0));
}

/// C-F21: whoever was not invited moves nothing, whether they were forwarded the invitation, were named by the one who hands it on, or
/// hold the other side's.
#[tokio::test]
async fn invited_answers_of_strangers_are_for_a_person() {
    let desk = Desk::new().await;
    let declined = Answer {
        part_stat: "DECLINED",
        ..desk.ana()
    };
    for (n, attendee) in [(1, "tom@elsewhere.example"), (2, "ann.lee@client.example"), (3, "nobody")] {
        desk.hears(&Answer {
            attendee,
            ..declined.clone()
        })
        .await;
        desk.is_unchanged(n, attendee);
    }
    for (n, part_stat) in [(4, "DELEGATED"), (5, "TENTATIVE"), (6, "NEEDS-ACTION")] {
        desk.hears(&Answer { part_stat, ..desk.ana() }).await;
        desk.is_unchanged(n, part_stat);
    }
    // A UID that is none of ours finds nothing at all.
    desk.hears(&Answer {
        uid: format!("x{}", desk.uids[1]),
        from: "ana@elsewhere.example",
        ..declined
    })
    .await;
    desk.is_unchanged(6, "a UID made up");
}

/// C-F16: an answer to the time before does not count; of two to the same one the one that was written later does, whichever comes first.
#[tokio::test]
async fn invited_answers_count_by_sequence_then_by_stamp() {
    let desk = Desk::new().await;
    let declined = Answer {
        part_stat: "DECLINED",
        ..desk.ana()
    };
    desk.hears(&Answer {
        sequence: 0,
        ..declined.clone()
    })
    .await;
    desk.is_unchanged(0, "an answer to the first invitation");
    desk.hears(&desk.ana()).await;
    desk.hears(&Answer {
        stamp: "20261118T140000Z",
        ..declined.clone()
    })
    .await;
    let interview = desk.interview();
    assert_eq!(
        (interview.booked, interview.candidate.confirmed),
        (Some(agreed()), true),
        "overtaken on its way"
    );
    let later = Answer {
        stamp: "20261118T140200Z",
        ..declined
    };
    for _ in 0..2 {
        desk.hears(&later).await;
        assert_eq!(desk.interview().status, InterviewStatus::Rescheduled);
        assert_eq!((desk.told("moved"), desk.notices()), (1, 0), "the same once more");
    }
}

/// The words beside a no reach the recruiter, and nobody else.
#[tokio::test]
async fn invited_a_note_beside_a_no_is_told() {
    let desk = Desk::new().await;
    desk.hears(&Answer {
        part_stat: "DECLINED",
        note: "My train was cancelled",
        ..desk.ana()
    })
    .await;
    assert_eq!(desk.interview().status, InterviewStatus::Rescheduled);
    assert_eq!((desk.told("moved"), desk.notices()), (1, 1));
}

/// C-F17: a COUNTER gives the old time up and offers the other one to the other side; one that names no time to come asks for times.
#[tokio::test]
async fn invited_counters_propose_a_time_to_the_other_side() {
    for (name, time, expected) in [
        (
            "an hour later",
            ["20261124T160000", "20261124T164500"],
            Some("2026-11-24T16:00:00Z"),
        ),
        // The interview does not get shorter.
        (
            "half an hour only",
            ["20261124T160000", "20261124T163000"],
            Some("2026-11-24T16:00:00Z"),
        ),
        ("now", ["20261118T140500", "20261118T145000"], None),
    ] {
        let desk = Desk::new().await;
        desk.hears(&Answer {
            method: "COUNTER",
            part_stat: "TENTATIVE",
            time,
            ..desk.client()
        })
        .await;
        let interview = desk.interview();
        match expected {
            Some(start) => {
                assert_eq!((interview.booked, interview.status), (None, InterviewStatus::Rescheduled), "{name}");
                let proposed = slot(start);
                assert_eq!(
                    interview.client.can,
                    Some(Spans::of(vec![(proposed.start, proposed.end)])),
                    "{name}"
                );
                assert_eq!(interview.held(), [proposed], "{name}: offered to the candidate");
                assert_eq!(interview.sequence, 1, "{name}: entries stay until there is another time");
            }
            // RFC 5546 3.2.8: the calendar that proposed it is told that it was not accepted.
            None => {
                desk.is_unchanged(1, name);
                assert_eq!(desk.stays_as_is(), [true], "{name}");
            }
        }
    }
}

/// RFC 5546 3.2.8: a DECLINECOUNTER answers a COUNTER. Who only says no, too late for another time, is told so in a letter without one.
#[tokio::test]
async fn invited_a_no_too_late_to_move_is_answered_by_no_calendar() {
    let soon = ["20261118T150000", "20261118T154500"];
    for (method, part_stat, time, declined) in [
        ("REPLY", "DECLINED", soon, false),
        ("COUNTER", "TENTATIVE", ["20261118T160000", "20261118T164500"], true),
    ] {
        let desk = Desk::new().await;
        desk.is_agreed_for(slot("2026-11-18T15:00:00Z")).await;
        desk.hears(&Answer {
            method,
            part_stat,
            time,
            ..desk.client()
        })
        .await;
        assert_eq!(desk.stays_as_is(), [declined], "{method}");
        assert_eq!(desk.interview().booked, Some(slot("2026-11-18T15:00:00Z")), "{method}");
    }
}
