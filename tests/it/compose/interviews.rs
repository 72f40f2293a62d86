//! Letters about an interview: what each side reads, what each side's calendar gets, and what neither may learn.

use chrono::Duration;
use mail_parser::{MessageParser, MimeHeaders, PartType};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use replyd::compose::{Finished, Refusal};
use replyd::conversation::*;
use replyd::message::OwnText;
use replyd::model::*;
use replyd::reply::{Says, read_interview};

use super::hostile::hostile;
use super::meeting::{BOTH, conversation, friday, letter, letters, monday, now, write};
use super::people::{ANA, Read, ink, read};

/// A letter's calendar parts as a mail program finds them: content type, and bytes.
fn calendars(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let message = MessageParser::default().parse(bytes).unwrap();
    let parts = message.parts.iter().filter(|part| !matches!(part.body, PartType::Multipart(_)));
    let mut found = Vec::new();
    for part in parts {
        let kind = part.content_type().unwrap();
        let subtype = kind.subtype().unwrap_or_default();
        if ["calendar", "ics"].contains(&subtype) {
            let method = kind.attribute("method").unwrap_or_default();
            found.push((format!("{}/{subtype} {method}", kind.ctype()), part.contents().to_vec()));
        }
    }
    found
}

/// The lines of a calendar file, unfolded and unescaped.
fn unfolded(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).unwrap().replace("\r\n ", "");
    text.replace("\\n", "\n")
        .replace("\\,", ",")
        .replace("\\;", ";")
        .replace("\\\\", "\\")
}

fn value<'a>(calendar: &'a str, name: &str) -> &'a str {
    let line = calendar
        .lines()
        .find(|line| line.starts_with(name))
        .unwrap_or_else(|| panic!("no {name}"));
    line.split_once(':').unwrap().1
}

fn invitation(slot: Slot, sequence: u32) -> Content {
    Content::Invitation {
        submission: ANA,
        slot,
        sequence,
        instead_of: None,
        corrected: false,
    }
}

fn cancel(slot: Slot, sequence: u32) -> Content {
    Content::CalledOff {
        submission: ANA,
        slot,
        sequence,
        by: None,
        without_you: false,
    }
}

fn first(to: Party, says: Content) -> Finished {
    write(&letter(to, says), &conversation()).unwrap().remove(0)
}

/// All that can be read out of a letter: head, text, HTML, and its calendar parts.
fn everything(one: &Finished) -> String {
    let Read {
        text, html, head, subject, ..
    } = read(&one.bytes);
    let parts: Vec<String> = calendars(&one.bytes).iter().map(|(_, bytes)| unfolded(bytes)).collect();
    [text, html, head, subject, parts.join("\n")].join("\n")
}

/// Neither side's letter or calendar entry says how to reach the other, and a candidate learns nothing of other candidates.
#[test]
fn compose_an_interview_shows_nobody_how_to_reach_the_other_side() {
    let mut parts = 0;
    for (name, letter) in letters() {
        for one in write(&letter, &conversation()).unwrap().iter().filter(|one| one.kind != "copy") {
            let all = everything(one).to_lowercase();
            let hidden: &[&str] = match letter.to {
                Party::Client => &["@mailbox.example", "%40mailbox", "912 555 014", "912555014", "carl.jensen"],
                _ => &[
                    "@northwind.example",
                    "%40northwind",
                    "carl",
                    "whitaker",
                    "three candidates",
                    "20 55 01 38",
                    "20550138",
                ],
            };
            for hidden in hidden {
                assert!(!all.contains(hidden), "{name}: {hidden}");
            }
            parts += calendars(&one.bytes).len();
        }
    }
    assert!(parts >= 16, "{parts} calendar parts");
}

/// What comes in by a field of the batch is found in text and calendar, and the field is named.
#[test]
fn compose_refuses_to_show_the_other_side_in_an_invitation() {
    for (to, title) in [
        (Party::Candidate(ANA), "Java, ask ann.lee@northwind.example"),
        (Party::Client, "Java, call 912 555 014"),
    ] {
        let mut conversation = conversation();
        conversation.batch.project.title = HeaderText::new(title);
        let refusal = write(&letter(to, invitation(friday(), 0)), &conversation).unwrap_err();
        assert!(
            matches!(&refusal, Refusal::Leak { what } if what.ends_with("from project.title")),
            "{refusal}"
        );
    }
}

/// C-F1, C-F2, C-F3, C-F4: the invitation is the last form of the text and an attachment, the same bytes, for one attendee, and the
/// organizer is who wrote.
#[test]
fn compose_an_invitation_has_the_shape_that_shows_buttons() {
    for (to, address) in [
        (Party::Client, "ann.lee@northwind.example"),
        (Party::Candidate(ANA), "ana.souza@mailbox.example"),
    ] {
        for (says, method) in [(invitation(friday(), 0), "REQUEST"), (cancel(friday(), 1), "CANCEL")] {
            let one = first(to, says);
            let shape = shape(&one.bytes);
            assert_eq!(
                shape,
                "multipart/mixed(multipart/alternative(text/plain,text/html,text/calendar),application/ics)"
            );
            let found = calendars(&one.bytes);
            assert_eq!(found[0].0, format!("text/calendar {method}"));
            assert_eq!(found[0].1, found[1].1, "not the same bytes");
            let calendar = unfolded(&found[0].1);
            assert_eq!(value(&calendar, "METHOD"), method);
            assert_eq!(value(&calendar, "ATTENDEE"), format!("mailto:{address}"));
            assert_eq!(calendar.matches("ATTENDEE").count(), 1);
            assert_eq!(value(&calendar, "ORGANIZER"), "mailto:talent@harborline.example");
            let read = read(&one.bytes);
            assert_eq!(read.header("From"), Some("\"Harbor Line Recruiting\" <talent@harborline.example>"));
            let tagged = ink().style.tagged(&ink().bot.address, &ink().keyring.tag(one.key)).unwrap();
            assert_eq!(
                read.header("Reply-To"),
                Some(format!("\"Harbor Line Recruiting\" <{tagged}>").as_str())
            );
            assert_eq!(one.envelope.from, tagged);
            assert!(read.files.iter().any(|(name, ..)| name == "invite.ics"));
        }
    }
}

fn shape(bytes: &[u8]) -> String {
    fn of(message: &mail_parser::Message<'_>, at: u32) -> String {
        let part = &message.parts[at as usize];
        let kind = part.content_type().unwrap();
        let kind = format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default());
        match &part.body {
            PartType::Multipart(inner) => {
                let inner: Vec<String> = inner.iter().map(|at| of(message, *at)).collect();
                format!("{kind}({})", inner.join(","))
            }
            _ => kind,
        }
    }
    of(&MessageParser::default().parse(bytes).unwrap(), 0)
}

/// C-F7, C-F9: one entry from the invitation to its end: the same UID and organizer, later versions, of each side its own.
#[test]
fn compose_an_entry_keeps_its_uid() {
    let uid = |to, says| value(&unfolded(&calendars(&first(to, says).bytes)[0].1), "UID").to_owned();
    let mut uids = Vec::new();
    for to in BOTH {
        let one = uid(to, invitation(friday(), 0));
        assert_eq!(one, uid(to, invitation(monday(), 1)));
        assert_eq!(one, uid(to, cancel(monday(), 2)));
        assert_eq!(ink().keyring.read_uid(&one), Some((ANA, u8::from(to != Party::Client))));
        uids.push(one);
    }
    assert_ne!(uids[0], uids[1]);
    let calendar = unfolded(&calendars(&first(Party::Client, invitation(monday(), 3)).bytes)[0].1);
    for (name, expected) in [
        ("SEQUENCE", "3"),
        ("DTSTAMP", "20260325T093000Z"),
        ("DTSTART", "20260330T140000Z"),
        ("DTEND", "20260330T144500Z"),
        ("SUMMARY", "Interview: Ana Souza, Senior Java developer"),
    ] {
        assert_eq!(value(&calendar, name), expected);
    }
}

/// C-F11: who has only the entry at hand finds both clocks, the page, and whom to ask.
#[test]
fn compose_an_entry_says_what_there_is_to_know() {
    for (to, both) in [
        (
            Party::Client,
            [
                "Monday 30 March 2026, 15:00 to 15:45 (London, UTC+1)",
                "For Ana: 10:00 to 10:45 (New York, UTC-4)",
            ],
        ),
        (
            Party::Candidate(ANA),
            [
                "Monday 30 March 2026, 10:00 to 10:45 (New York, UTC-4)",
                "For Northwind Logistics: 15:00 to 15:45 (London, UTC+1)",
            ],
        ),
    ] {
        let one = first(to, invitation(monday(), 0));
        let calendar = unfolded(&calendars(&one.bytes)[0].1);
        let (text, html) = (read(&one.bytes).text, read(&one.bytes).html);
        for clock in both {
            assert!(calendar.contains(clock), "{clock}: {calendar}");
            assert!(text.contains(clock), "{clock}: {text}");
        }
        let page = read(&one.bytes).links().into_iter().find(|link| link.contains("/i/")).unwrap();
        assert!(calendar.contains(&page) && html.contains(&page));
        assert!(calendar.contains("Maria Keller, maria.keller@harborline.example"));
        assert!(calendar.contains("BEGIN:VALARM"));
    }
}

/// A copy invites nobody: a press in the recruiter's calendar would answer for somebody else.
#[test]
fn compose_copies_invite_nobody() {
    for to in BOTH {
        let all = write(&letter(to, invitation(friday(), 0)), &conversation()).unwrap();
        assert_eq!(all.len(), 3);
        for copy in &all[1..] {
            assert_eq!(copy.kind, "copy");
            assert!(calendars(&copy.bytes).is_empty());
            assert!(read(&copy.bytes).text.contains("is agreed"));
        }
    }
}

/// In the week in which London changes its clocks, and New York has: each time with its own offset, and the other's beside it.
#[test]
fn compose_times_stand_in_both_zones() {
    for (name, letter) in letters() {
        let text = read(&write(&letter, &conversation()).unwrap()[0].bytes).text;
        let (own, other) = match letter.to {
            Party::Client => ("(London, UTC", "For Ana:"),
            _ => ("(New York, UTC-4)", "For Northwind Logistics:"),
        };
        let is_open = name.starts_with("ask-times") && !name.contains("other-can") && !name.contains("moved");
        assert_eq!(text.contains(own), !is_open, "{name}: {text}");
        assert_eq!(text.contains(other), !is_open, "{name}: {text}");
    }
    let offer = letters().into_iter().find(|(name, _)| name == "offer-times-client").unwrap().1;
    let text = read(&write(&offer, &conversation()).unwrap()[0].bytes).text;
    for line in [
        "1. Friday 27 March 2026, 14:00 to 14:45 (London, UTC)\n   For Ana: 10:00 to 10:45 (New York, UTC-4)",
        "2. Monday 30 March 2026, 15:00 to 15:45 (London, UTC+1)\n   For Ana: 10:00 to 10:45 (New York, UTC-4)",
    ] {
        assert!(text.contains(line), "{text}");
    }
    // Where the clocks show the same there is nothing beside.
    let mut near = conversation();
    near.batch.candidates[0].zone = "Europe/Lisbon".parse().unwrap();
    let text = read(&write(&offer, &near).unwrap()[0].bytes).text;
    assert!(!text.contains("For Ana"), "{text}");
    // And where the other's day is another one, it is named.
    near.batch.candidates[0].zone = "Pacific/Auckland".parse().unwrap();
    let text = read(&write(&offer, &near).unwrap()[0].bytes).text;
    assert!(
        text.contains("For Ana: Saturday 28 March 2026, 03:00 to 03:45 (Auckland, UTC+13)"),
        "{text}"
    );
}

/// Whose zone nobody gave is told once which one we take.
#[test]
fn compose_an_assumed_zone_is_told_once() {
    let mut conversation = conversation();
    conversation.batch.candidates[0].zone_assumed = true;
    conversation.batch.contact.zone_assumed = true;
    let assumed = |conversation: &Conversation, to, name: &str| {
        let (_, letter) = letters()
            .into_iter()
            .find(|(one, one_letter)| one.starts_with(name) && one_letter.to == to)
            .unwrap();
        let read = read(&write(&letter, conversation).unwrap()[0].bytes);
        let told = |text: &str| text.contains("We assume that you are on New York time");
        assert_eq!(told(&read.text), told(&read.html));
        told(&read.text)
    };
    for written in 1..4 {
        let interview = conversation.submissions[0].interview.as_mut().unwrap();
        interview.candidate.written = vec![now(); written];
        for name in ["ask-times", "offer-times"] {
            assert_eq!(assumed(&conversation, Party::Candidate(ANA), name), written == 1);
            // The client was told with the candidates.
            assert!(!assumed(&conversation, Party::Client, name));
        }
    }
}

/// C-C7: a candidate's letters stay together by subject and by a root of their own, which is no letter of the client's.
#[test]
fn compose_a_candidates_letters_are_a_thread() {
    let client_root = ink().keyring.message_id(super::people::key(1), "harborline.example").to_string();
    let mut roots = Vec::new();
    for (name, letter) in letters() {
        let one = write(&letter, &conversation()).unwrap().remove(0);
        let read = read(&one.bytes);
        let references = read.header("References").unwrap();
        let root = references.split(' ').next().unwrap();
        if letter.to == Party::Client {
            assert_eq!(root, client_root, "{name}");
            continue;
        }
        assert_eq!(one.subject, "Interview with Northwind Logistics: Senior Java developer [REF-SVMR]");
        assert_ne!(root, client_root, "{name}");
        roots.push(root.to_owned());
    }
    roots.dedup();
    assert_eq!(roots.len(), 1, "{roots:?}");
}

/// The examples of a letter are understood as they are meant: whoever copies one is not asked back.
#[test]
fn compose_examples_of_replies_are_understood() {
    let mut tried = 0;
    for (name, letter) in letters() {
        if !(name.starts_with("ask-times") || name.starts_with("offer-times")) {
            continue;
        }
        let side = if letter.to == Party::Client {
            Side::Client
        } else {
            Side::Candidate
        };
        let conversation = conversation();
        let interview = conversation.submissions[0].interview.clone().unwrap();
        let asked = interview.asked(&conversation, ANA, side, Some(&letter.says), now());
        let text = read(&write(&letter, &conversation).unwrap()[0].bytes).text;
        let examples = text.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix('"'));
        for example in examples {
            let own = OwnText {
                text: example.to_owned(),
                ..OwnText::default()
            };
            let reply = read_interview(&own, "", &asked);
            let understood = reply.findings.iter().any(|one| match &one.says {
                Says::Times { said, .. } => !(said.ask || said.open.is_empty() && said.taken.is_empty()),
                _ => false,
            });
            assert!(understood, "{name}: {example}: {reply:?}");
            tried += 1;
        }
    }
    assert!(tried >= 30, "{tried}");
}

/// R-S5 (compose): any text in any name: the letter and its calendar part are sound, or refused by name.
#[test]
fn compose_an_invitation_takes_any_name() {
    let mut runner = TestRunner::deterministic();
    let mut written = 0;
    for _ in 0..super::hostile::cases() / 5 {
        let mut text = || hostile().new_tree(&mut runner).unwrap().current();
        let mut conversation = conversation();
        conversation.batch.recruiters.truncate(1);
        conversation.batch.client = HeaderText::new(&text());
        conversation.batch.project.title = HeaderText::new(&text());
        conversation.batch.contact.mailbox.name = HeaderText::new(&text());
        conversation.batch.candidates[0].mailbox.name = HeaderText::new(&text());
        conversation.batch.recruiters[0].name = HeaderText::new(&text());
        for to in BOTH {
            let one = match write(&letter(to, invitation(friday(), 0)), &conversation) {
                Ok(mut all) => all.remove(0),
                Err(Refusal::Leak { .. }) => continue,
                Err(other) => panic!("{other}"),
            };
            let found = calendars(&one.bytes);
            assert_eq!(found.len(), 2);
            let lines = std::str::from_utf8(&found[0].1).unwrap().split("\r\n");
            assert!(lines.clone().all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])));
            let calendar = String::from_utf8_lossy(&found[0].1).replace("\r\n ", "");
            let attendees: Vec<&str> = calendar.lines().filter(|line| line.starts_with("ATTENDEE")).collect();
            let address = if to == Party::Client {
                "ann.lee@northwind.example"
            } else {
                "ana.souza@mailbox.example"
            };
            assert!(
                matches!(attendees[..], [one] if one.ends_with(&format!(":mailto:{address}"))),
                "{attendees:?}"
            );
            assert!(String::from_utf8_lossy(&one.bytes).split("\r\n").all(|line| line.len() <= 998));
            assert!(!read(&one.bytes).html.contains("<script"));
            written += 1;
        }
    }
    assert!(written > 50, "{written}");
}

/// A candidate gets letters about their own interview only, and is not asked how it went.
#[test]
fn compose_a_letter_about_an_interview_goes_to_whom_it_concerns() {
    let other = super::people::BEN;
    let outcome = Content::AskOutcome {
        submission: ANA,
        slot: friday(),
    };
    for (to, says) in [(Party::Candidate(other), invitation(friday(), 0)), (Party::Candidate(ANA), outcome)] {
        let refused = write(&letter(to, says), &conversation());
        assert!(matches!(refused, Err(Refusal::WrongReader { .. })));
    }
    let backwards = Slot {
        start: friday().end,
        end: friday().start,
    };
    let refused = write(&letter(Party::Client, invitation(backwards, 0)), &conversation());
    assert!(matches!(refused, Err(Refusal::Calendar(_))), "{refused:?}");
}

/// A recruiter who takes an interview over reads what is known, and finds a letter for whoever has to speak next.
#[test]
fn compose_a_handover_tells_the_story_and_has_a_draft() {
    use replyd::calendar::Spans;
    let text = |conversation: &Conversation| {
        let notice = Notice::ArrangeYourself {
            submission: ANA,
            why: "The client does not answer about the interview (Ana Souza).".to_owned(),
            words: String::new(),
        };
        let written = write(&letter(Party::Recruiter(0), Content::Notice(notice)), conversation).unwrap();
        read(&written[0].bytes).text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let mut told = conversation();
    let monday = (monday().start, monday().start + Duration::hours(3));
    told.submissions[0].interview.as_mut().unwrap().candidate.can = Some(Spans::of(vec![monday]));
    let client = text(&told);
    for part in [
        "Ana Souza can: Monday 30 March 2026, 10:00 to 13:00 (New York, UTC-4)",
        "Below is a draft for Ann Lee.",
        "Hi Ann,",
        "- Monday 30 March 2026, 15:00 to 18:00 (London, UTC+1)",
        "Kind regards Maria Keller",
    ] {
        assert!(client.contains(part), "{part}: {client}");
    }
    told.submissions[0].interview.as_mut().unwrap().status = InterviewStatus::NoShow;
    assert!(text(&told).contains("Below is a draft for Ana Souza."), "{}", text(&told));
    told.submissions[0].interview.as_mut().unwrap().status = InterviewStatus::Cancelled;
    assert!(!text(&told).contains("draft"), "{}", text(&told));
    // Nobody said anything yet.
    told.submissions[0].interview = Some(Interview::new());
    assert!(
        text(&told).contains("Hi Ana, We would like to arrange your interview with Northwind Logistics"),
        "{}",
        text(&told)
    );
}
