//! From "interested" to one interview in everybody's calendar, in the two weeks around the day on which Europe's clocks change and
//! America's changed already: New York is five hours behind Berlin in the first one and six in the second.
//!
//! C-F4 to C-F6, C-F9, C-F17, C-F18, C-F22, C-H3, C-H5: nobody needs a calendar to say that it holds, and who has one is followed by it.
//! After each step what other people's calendar programs hold after all invitations so far (`tests/judges/agenda.py`) is held against what
//! replyd itself says.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::process::Command;

use base64::Engine;
use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use replyd::calendar::Zone;
use serde_json::{Value, json};

use super::house::{House, Slot};
use super::root;
use super::servers::{Lane, Mail};

/// The two who are to meet, and what their calendars were told so far.
struct Meeting {
    lane: Lane,
    house: House,
    /// Monday of the week at whose end Europe's clocks change.
    monday: NaiveDate,
    /// The time that calendars show, kept while another one is looked for.
    shown: RefCell<Option<Slot>>,
    /// How many invitations came in when the calendar programs were looked at last, and what they held.
    agendas: RefCell<(usize, Vec<(String, Value)>)>,
}

/// Somebody with a mailbox and a clock.
#[derive(Clone, Copy)]
enum Who {
    Client,
    Candidate,
}

impl Who {
    fn zone(self) -> Zone {
        match self {
            Self::Client => "Europe/Berlin".parse().unwrap(),
            Self::Candidate => "America/New_York".parse().unwrap(),
        }
    }

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
    fn new() -> Option<Self> {
        let lane = Lane::take()?;
        let house = House::new(&lane);
        Some(Self {
            lane,
            house,
            monday: week_of_change(),
            shown: RefCell::new(None),
            agendas: RefCell::new((usize::MAX, Vec::new())),
        })
    }

    fn address(&self, who: Who) -> String {
        match who {
            Who::Client => self.lane.client(),
            Who::Candidate => self.lane.candidate(),
        }
    }

    /// An instant by somebody's clock; days count from the Monday.
    fn at(&self, who: Who, day: u64, clock: &str) -> DateTime<Utc> {
        let time: NaiveTime = clock.parse().unwrap();
        who.zone().at_or_after(self.monday + Days::new(day), time)
    }

    /// The clock moves on, and what is due is done.
    fn clock(&self, at: DateTime<Utc>) {
        self.house.clock_shows(at);
        self.house.until_idle();
    }

    /// The newest letter of somebody who has got so many.
    fn letter(&self, who: Who, nth: usize) -> Mail {
        let letters = self.letters(who);
        let subjects: Vec<_> = letters.iter().map(|one| one.header("Subject").unwrap()).collect();
        assert_eq!(letters.len(), nth, "{subjects:#?}\n{:#?}", self.house.story().lines());
        letters.last().unwrap().clone()
    }

    fn letters(&self, who: Who) -> Vec<Mail> {
        self.lane.settle();
        self.lane.mail(&self.address(who), "INBOX")
    }

    /// Somebody answers a letter in words of theirs, and replyd reads it.
    fn answers(&self, who: Who, letter: &Mail, words: &str) {
        let from = self.address(who);
        let (to, message) = letter.answer_of(&self.date(), &from, words);
        self.receives(&from, &to, &message);
    }

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

    fn receives(&self, from: &str, to: &str, message: &str) {
        let before = self.lane.mail(&self.house.bot, "INBOX").len();
        self.lane.send(from, to, message);
        self.lane.inbox(&self.house.bot, before + 1);
        self.house.until_idle();
    }

    /// A Date field of now, by replyd's clock.
    fn date(&self) -> String {
        DateTime::from_timestamp(self.house.now(), 0).unwrap().to_rfc2822()
    }

    /// The interview stands like this, and everybody's calendar holds just that.
    fn stands(&self, status: &str, sequence: u64, agreed: Option<Slot>) {
        let interview = self.house.story().interview("Ana");
        let lines = self.house.story().lines();
        assert_eq!(interview, (status.to_owned(), agreed, sequence), "{lines:#?}");
        if agreed.is_some() {
            *self.shown.borrow_mut() = agreed;
        }
        let entry = self.shown.borrow().map(|(start, end)| {
            let shown = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
            let kept = if status == "cancelled" { "CANCELLED" } else { "CONFIRMED" };
            json!({"start": shown(start), "end": shown(end), "status": kept, "sequence": sequence})
        });
        let folder = tempfile::TempDir::new().unwrap();
        let mut expected: BTreeMap<String, Value> = BTreeMap::new();
        let mut count = 0;
        for (who, name) in [(Who::Client, "client"), (Who::Candidate, "candidate")] {
            for calendar in self.letters(who).into_iter().filter_map(|one| one.calendar()) {
                count += 1;
                std::fs::write(folder.path().join(format!("{name}-{count:02}.ics")), &calendar).unwrap();
                expected.insert(value(&calendar, "UID"), entry.clone().expect("an invitation without an interview"));
            }
        }
        // Each side has one entry, and nobody sees the other's.
        assert_eq!(expected.len(), if entry.is_some() { 2 } else { 0 }, "{expected:#?}");
        let mut agendas = self.agendas.borrow_mut();
        if agendas.0 != count {
            *agendas = (count, held_after(folder.path()));
        }
        for (program, held) in &agendas.1 {
            let mut expected = expected.clone();
            if program == "khal" {
                expected
                    .values_mut()
                    .for_each(|one| drop(one.as_object_mut().unwrap().remove("sequence")));
            }
            assert_eq!(*held, json!(expected), "what {program} holds, and what replyd says:\n{lines:#?}");
        }
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
    meeting.stands("proposed", 0, None);

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
    meeting.stands("proposed", 0, None);

    meeting.clock(at(client, 0, "15:30:00"));
    meeting.answers(client, &offer, "The second one works for us, thank you.");
    meeting.stands("scheduled", 0, Some(slots[1]));
    let invitation = meeting.letter(candidate, 2);
    meeting.letter(client, 4);

    // Ana's Outlook proposes Friday at ten, by her clock. What was agreed is given up, and the entries stay until there is another time.
    let friday = (at(candidate, 4, "10:00:00"), at(candidate, 4, "10:45:00"));
    meeting.outlook(candidate, &invitation, "COUNTER", "TENTATIVE", friday);
    meeting.stands("rescheduled", 0, None);
    // The client got two letters today that nobody asked for: this one waits for the morning.
    meeting.letter(client, 4);
    meeting.clock(at(client, 1, "09:45:00"));
    let offer = meeting.letter(client, 5);
    assert_eq!(meeting.offered(client, &offer), [friday]);
    meeting.stands("rescheduled", 0, None);

    // In New York it is five in the morning: she hears of it at eight.
    meeting.answers(client, &offer, "Yes, that works.");
    meeting.letter(client, 6);
    meeting.letter(candidate, 2);
    meeting.clock(at(candidate, 1, "08:01:00"));
    let moved = meeting.letter(candidate, 3);
    meeting.stands("scheduled", 1, Some(friday));

    // An answer to the first invitation changes nothing any more; one to the second does.
    meeting.outlook(candidate, &invitation, "REPLY", "DECLINED", slots[1]);
    meeting.stands("scheduled", 1, Some(friday));
    meeting.outlook(candidate, &moved, "REPLY", "ACCEPTED", friday);
    assert_eq!(meeting.house.story().count("still_on"), 1, "{:#?}", meeting.house.story().lines());
    meeting.stands("scheduled", 1, Some(friday));

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
    meeting.stands("rescheduled", 1, None);
    meeting.answers(candidate, &offer, "The first one is fine for me.");
    meeting.letter(candidate, 5);
    meeting.letter(client, 7);
    let wednesday = slots[0];
    meeting.stands("scheduled", 2, Some(wednesday));

    // Nothing happens on Friday. The day before both are asked whether it holds, and say so.
    meeting.clock(friday.1 + Duration::hours(2));
    meeting.letter(client, 7);
    meeting.clock(wednesday.0 - Duration::hours(24) + Duration::minutes(1));
    meeting.answers(candidate, &meeting.letter(candidate, 6), "Yes, see you tomorrow!");
    meeting.answers(client, &meeting.letter(client, 8), "Yes, still on.");
    meeting.stands("confirmed", 2, Some(wednesday));
    meeting.clock(wednesday.0 - Duration::minutes(59));
    let reminder = meeting.letter(candidate, 7);
    meeting.letter(client, 9);
    meeting.stands("confirmed", 2, Some(wednesday));

    meeting.answers(
        candidate,
        &reminder,
        "I'm so sorry, I have to cancel the interview: I have just accepted another offer.",
    );
    meeting.letter(candidate, 8);
    meeting.letter(client, 10);
    meeting.stands("cancelled", 3, None);
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

/// Each program that is there, and the entries it holds after these invitations.
pub(super) fn held_after(folder: &std::path::Path) -> Vec<(String, Value)> {
    let output = Command::new("python3")
        .arg(root().join("tests/judges/agenda.py"))
        .arg(folder)
        .env(
            "CARGO_TARGET_DIR",
            std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap(),
        )
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "tests/judges/agenda.py: {told}");
    let programs: serde_json::Map<String, Value> = serde_json::from_slice(&output.stdout).unwrap();
    for line in told.lines() {
        println!("{line}");
    }
    let all = programs.len() == 3;
    assert!(
        all || std::env::var_os("REPLYD_TEST_REQUIRED").is_none(),
        "a calendar program is missing: {told}"
    );
    programs.into_iter().collect()
}

/// Monday of the next week at whose end Europe's clocks change in spring.
pub(super) fn week_of_change() -> NaiveDate {
    let today = Utc::now().date_naive();
    let of = |year| {
        let last = NaiveDate::from_ymd_opt(year, 3, 31).unwrap();
        last - Days::new(u64::from(last.weekday().num_days_from_sunday()) + 6)
    };
    [today.year(), today.year() + 1]
        .map(of)
        .into_iter()
        .find(|monday| *monday > today)
        .unwrap()
}

/// The value of the first property of this name; of people the address.
pub(super) fn value(calendar: &str, name: &str) -> String {
    let unfolded = calendar.replace("\r\n ", "");
    let line = unfolded
        .lines()
        .find(|line| line.starts_with(name))
        .unwrap_or_else(|| panic!("no {name}: {calendar}"));
    let at = line.rfind(":mailto:").unwrap_or_else(|| line.find(':').unwrap());
    line[at + 1..].trim_start_matches("mailto:").to_owned()
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
