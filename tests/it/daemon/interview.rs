//! From "interested" to one interview in both calendars: New York is five hours behind Berlin in the week before Europe's clocks change,
//! and six in the week after.
//!
//! C-F4 to C-F6, C-F9, C-F17, C-F18, C-F22, C-H3, C-H5: nobody needs a calendar to say that it holds, and who has one is followed by it.
//! After each step what calendar programs hold is held against what replyd itself says.

use std::cell::Cell;

use base64::Engine;
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use replyd::calendar::Zone;

use super::house::Slot;
use super::meeting::{Entry, Meeting, Person, value};
use super::servers::{Lane, Mail};

/// The two who are to meet.
#[derive(Clone, Copy, Debug)]
enum Who {
    Client,
    Candidate,
}

impl Person for Who {
    fn address(self, lane: &Lane) -> String {
        match self {
            Self::Client => lane.client(),
            Self::Candidate => lane.candidate(),
        }
    }

    fn zone(self) -> Zone {
        match self {
            Self::Client => "Europe/Berlin".parse().unwrap(),
            Self::Candidate => "America/New_York".parse().unwrap(),
        }
    }
}

impl Who {
    /// Their zone as Windows calls it, and the hours it was ahead of UTC in both halves of the year, as Outlook describes them.
    fn outlook_zone(self) -> (&'static str, [&'static str; 2]) {
        match self {
            Self::Client => ("W. Europe Standard Time", ["+0100", "+0200"]),
            Self::Candidate => ("Eastern Standard Time", ["-0500", "-0400"]),
        }
    }

    /// The other one, as their letters name them.
    fn other(self) -> (Self, &'static str) {
        match self {
            Self::Client => (Self::Candidate, "Ana"),
            Self::Candidate => (Self::Client, "Northwind Logistics"),
        }
    }
}

impl Meeting {
    /// Somebody's Outlook answers an invitation.
    fn outlook(&self, who: Who, invitation: &Mail, method: &str, part_stat: &str, slot: Slot) {
        let from = self.address(who);
        let calendar = invitation.calendar().unwrap();
        let to = value(&calendar, "ORGANIZER");
        let answer = outlook_answer(who, &from, &calendar, method, part_stat, slot);
        let message = format!(
            "From: {from}\nTo: {to}\nSubject: Neuer Termin: {}\nThread-Topic: Interview\nDate: {}\nMessage-ID: <{method}{}@{}>\n\
             MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=\"_000_b\"\n\n--_000_b\nContent-Type: text/plain; charset=\"us-ascii\"\n\n\n\
             --_000_b\nContent-Type: text/calendar; charset=\"utf-8\"; method={method}\nContent-Transfer-Encoding: base64\n\n{}\n--_000_b--\n",
            value(&calendar, "SUMMARY"),
            self.date(),
            value(&calendar, "SEQUENCE"),
            from.rsplit('@').next().unwrap(),
            base64::engine::general_purpose::STANDARD.encode(answer),
        );
        self.receives(&from, &to, &message);
    }

    /// The interview stands like this, and both calendars hold just that. They show an interview at the time they were told last while
    /// another one is looked for.
    fn stands(&self, status: &str, sequence: u64, agreed: Option<Slot>, shown: Option<Slot>) {
        let story = self.house.story();
        let expected = (status.to_owned(), agreed, sequence);
        assert_eq!(story.interview("Ana"), expected, "{:#?}", story.lines());
        let kept = if status == "cancelled" { "CANCELLED" } else { "CONFIRMED" };
        let entry = shown.map(|slot| Entry {
            slot,
            status: kept,
            sequence,
        });
        self.calendars_hold(&[(Who::Client, entry), (Who::Candidate, entry)]);
    }

    /// The times in a letter, which shows the clocks of both.
    fn offered(&self, who: Who, letter: &Mail) -> Vec<Slot> {
        let (other, name) = who.other();
        let text = letter.text();
        let lines: Vec<&str> = text.lines().collect();
        let mut slots = Vec::new();
        for pair in lines.windows(2) {
            let Some((number, time)) = pair[0].split_once(". ") else { continue };
            let Some((from, till)) = time.split_once(" to ").filter(|_| number.parse::<u8>().is_ok()) else {
                continue;
            };
            let start = NaiveDateTime::parse_from_str(from, "%A %d %B %Y, %H:%M").unwrap();
            let end = start.date().and_time(till[..5].parse().unwrap());
            let slot = (
                who.zone().at_or_after(start.date(), start.time()),
                who.zone().at_or_after(end.date(), end.time()),
            );
            let theirs = other.zone().local(slot.0).format("%H:%M").to_string();
            assert!(pair[1].starts_with(&format!("   For {name}: {theirs} to ")), "{text}");
            assert!(pair[0].ends_with(&format!("({})", who.zone().shown(slot.0))), "{text}");
            assert!(pair[1].ends_with(&format!("({})", other.zone().shown(slot.0))), "{text}");
            slots.push(slot);
        }
        slots
    }
}

#[test]
fn daemon_arranges_an_interview_that_every_calendar_shows() {
    let Some(meeting) = Meeting::new() else { return };
    let (client, candidate) = (Who::Client, Who::Candidate);
    let at = |who, day, clock: &str| meeting.at(who, day, clock);
    let shown = Cell::new(None);
    let stands = |status: &str, sequence, agreed: Option<Slot>| {
        shown.set(agreed.or(shown.get()));
        meeting.stands(status, sequence, agreed, shown.get());
    };

    meeting.house.clock_shows(at(client, 0, "09:30:00"));
    meeting
        .house
        .submit_ana(&meeting.lane.client(), "Europe/Berlin", "America/New_York");
    meeting.house.until_idle();
    meeting.answers(client, &meeting.letter(client, 1), "We'd love to meet Ana.");
    assert_eq!(meeting.house.story().resting("Ana"), "interested");

    // In New York it is night when the yes takes effect: Ana is asked at eight.
    meeting.clock(at(client, 0, "10:00:00"));
    assert!(meeting.letters(candidate).is_empty());
    meeting.clock(at(candidate, 0, "08:01:00"));
    let asked = meeting.letter(candidate, 1);
    stands("proposed", 0, None);

    meeting.clock(at(candidate, 0, "09:00:00"));
    meeting.answers(
        candidate,
        &asked,
        "Tuesday between 9 and 11 or Thursday after 10am would be great.\n\nBest,\nAna",
    );
    let offer = meeting.letter(client, 3);
    let slots = meeting.offered(client, &offer);
    // Thursday after ten in New York is after three in Berlin, where they go home at six.
    let given = [
        (at(candidate, 1, "09:00:00"), at(candidate, 1, "11:00:00")),
        (at(candidate, 3, "10:00:00"), at(client, 3, "18:00:00")),
    ];
    let fits = |slot: &Slot| given.iter().any(|one| one.0 <= slot.0 && slot.1 <= one.1);
    assert!(slots.len() >= 2 && slots.iter().all(fits), "{slots:?}");
    stands("proposed", 0, None);

    meeting.clock(at(client, 0, "15:30:00"));
    meeting.answers(client, &offer, "The second one works for us, thank you.");
    stands("scheduled", 0, Some(slots[1]));
    let invitation = meeting.letter(candidate, 2);
    meeting.letter(client, 4);

    // Ana's Outlook proposes Friday at ten, by her clock. What was agreed is given up, and the entries stay until there is another time.
    let friday = (at(candidate, 4, "10:00:00"), at(candidate, 4, "10:45:00"));
    meeting.outlook(candidate, &invitation, "COUNTER", "TENTATIVE", friday);
    stands("rescheduled", 0, None);
    // The client got two letters today that nobody asked for: this one waits for the morning.
    meeting.letter(client, 4);
    meeting.clock(at(client, 1, "09:45:00"));
    let offer = meeting.letter(client, 5);
    assert_eq!(meeting.offered(client, &offer), [friday]);
    stands("rescheduled", 0, None);

    // In New York it is five in the morning: she hears of it at eight.
    meeting.answers(client, &offer, "Yes, that works.");
    meeting.letter(client, 6);
    meeting.letter(candidate, 2);
    meeting.clock(at(candidate, 1, "08:01:00"));
    let moved = meeting.letter(candidate, 3);
    stands("scheduled", 1, Some(friday));

    // An answer to the first invitation changes nothing any more; one to the second does.
    meeting.outlook(candidate, &invitation, "REPLY", "DECLINED", slots[1]);
    stands("scheduled", 1, Some(friday));
    meeting.outlook(candidate, &moved, "REPLY", "ACCEPTED", friday);
    assert_eq!(meeting.house.story().count("still_on"), 1, "{:#?}", meeting.house.story().lines());
    stands("scheduled", 1, Some(friday));

    // The client moves it, in words, behind the change of the clocks in Berlin.
    meeting.clock(at(client, 1, "14:00:00"));
    let words = "I am sorry, something came up. Could we move it to Wednesday next week, between 9:00 and 17:00?";
    meeting.answers(client, &meeting.letter(client, 6), words);
    let offer = meeting.letter(candidate, 4);
    let slots = meeting.offered(candidate, &offer);
    let given = (at(candidate, 9, "09:00:00"), at(client, 9, "17:00:00"));
    assert!(
        !slots.is_empty() && slots.iter().all(|one| given.0 <= one.0 && one.1 <= given.1),
        "{slots:?}"
    );
    stands("rescheduled", 1, None);
    meeting.answers(candidate, &offer, "The first one is fine for me.");
    meeting.letter(candidate, 5);
    meeting.letter(client, 7);
    let wednesday = slots[0];
    stands("scheduled", 2, Some(wednesday));

    // Nothing happens on Friday. The day before both are asked whether it holds, and say so.
    meeting.clock(friday.1 + Duration::hours(2));
    meeting.letter(client, 7);
    meeting.clock(wednesday.0 - Duration::hours(24) + Duration::minutes(1));
    meeting.answers(candidate, &meeting.letter(candidate, 6), "Yes, see you tomorrow!");
    meeting.answers(client, &meeting.letter(client, 8), "Yes, still on.");
    stands("confirmed", 2, Some(wednesday));
    meeting.clock(wednesday.0 - Duration::minutes(59));
    let reminder = meeting.letter(candidate, 7);
    meeting.letter(client, 9);
    stands("confirmed", 2, Some(wednesday));

    meeting.answers(
        candidate,
        &reminder,
        "I'm so sorry, I have to cancel the interview: I have just accepted another offer.",
    );
    meeting.letter(candidate, 8);
    meeting.letter(client, 10);
    stands("cancelled", 3, None);
    // Neither reminders nor questions afterwards.
    meeting.clock(wednesday.1 + Duration::days(2));
    meeting.letter(candidate, 8);
    meeting.letter(client, 10);

    // Invitations come from the mailbox they answer, which answers are sent to; neither side ever learned the other's address.
    for who in [client, candidate] {
        let (other, _) = who.other();
        for letter in meeting.letters(who) {
            if let Some(calendar) = letter.calendar() {
                assert!(
                    letter.header("From").unwrap().contains(&format!("<{}>", meeting.house.bot)),
                    "{}",
                    letter.raw
                );
                assert_eq!(value(&calendar, "ORGANIZER"), meeting.house.bot);
                assert_eq!(value(&calendar, "ATTENDEE"), meeting.address(who));
            }
            let all = [
                letter.raw.clone(),
                letter.text(),
                letter.html(),
                letter.calendar().unwrap_or_default(),
            ];
            assert!(
                !all.iter().any(|text| text.replace("\r\n ", "").contains(&meeting.address(other))),
                "{}",
                letter.raw
            );
        }
    }
}

/// A calendar part as Exchange writes it: no organizer, a zone by its Windows name with rules from the year 1601, and the old time beside
/// the one that is proposed.
fn outlook_answer(who: Who, from: &str, invitation: &str, method: &str, part_stat: &str, slot: Slot) -> String {
    let (zone, [winter, summer]) = who.outlook_zone();
    let (standard, daylight) = match who {
        Who::Client => (
            "16010101T030000\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
            "16010101T020000\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3",
        ),
        Who::Candidate => (
            "16010101T020000\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11",
            "16010101T020000\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3",
        ),
    };
    let local = |at: DateTime<Utc>| format!("TZID={zone}:{}", who.zone().local(at).format("%Y%m%dT%H%M%S"));
    let written = |name: &str| {
        NaiveDateTime::parse_from_str(&value(invitation, name), "%Y%m%dT%H%M%SZ")
            .unwrap()
            .and_utc()
    };
    let old = match method {
        "COUNTER" => format!(
            "X-MS-OLK-ORIGINALSTART;{}\r\nX-MS-OLK-ORIGINALEND;{}\r\n",
            local(written("DTSTART")),
            local(written("DTEND"))
        ),
        _ => String::new(),
    };
    format!(
        "BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nPRODID:Microsoft Exchange Server 2010\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:{zone}\r\n\
         BEGIN:STANDARD\r\nDTSTART:{standard}\r\nTZOFFSETFROM:{summer}\r\nTZOFFSETTO:{winter}\r\nEND:STANDARD\r\n\
         BEGIN:DAYLIGHT\r\nDTSTART:{daylight}\r\nTZOFFSETFROM:{winter}\r\nTZOFFSETTO:{summer}\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n\
         BEGIN:VEVENT\r\nATTENDEE;PARTSTAT={part_stat};CN=Somebody:mailto:{from}\r\nCOMMENT;LANGUAGE=en-US:\\n\r\nUID:{uid}\r\n\
         SUMMARY;LANGUAGE=en-US:{part_stat}: {summary}\r\nDTSTART;{start}\r\nDTEND;{end}\r\nCLASS:PUBLIC\r\nPRIORITY:5\r\nDTSTAMP:{stamp}\r\n\
         TRANSP:OPAQUE\r\nSTATUS:CONFIRMED\r\nSEQUENCE:{sequence}\r\n{old}X-MICROSOFT-CDO-APPT-SEQUENCE:{sequence}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        uid = value(invitation, "UID"),
        summary = value(invitation, "SUMMARY"),
        start = local(slot.0),
        end = local(slot.1),
        stamp = value(invitation, "DTSTAMP"),
        sequence = value(invitation, "SEQUENCE"),
    )
}
