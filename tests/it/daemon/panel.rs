//! Several interviewers over real servers: each is asked by their own clock and answers in their own way, one is not needed and stays
//! away, another one moves it. After each invitation what other people's calendar programs hold is what replyd says.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use replyd::calendar::Zone;
use serde_json::{Value, json};

use super::house::{House, Slot};
use super::interview::{held_after, value, week_of_change};
use super::servers::{Lane, Mail};
use super::storage::press;

/// Everybody with a mailbox, what their letters call them, and their clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Who {
    /// The contact, who comes as well.
    Ann,
    /// Must be there.
    Jo,
    /// Comes if he can.
    Max,
    /// The candidate.
    Ana,
}

const ALL: [Who; 4] = [Who::Ann, Who::Jo, Who::Max, Who::Ana];

impl Who {
    fn zone(self) -> Zone {
        let name = match self {
            Self::Ann | Self::Jo => "Europe/Berlin",
            Self::Max => "America/New_York",
            Self::Ana => "Europe/Lisbon",
        };
        name.parse().unwrap()
    }
}

struct Story {
    lane: Lane,
    house: House,
    monday: NaiveDate,
}

impl Story {
    fn new() -> Option<Self> {
        let lane = Lane::take()?;
        let house = House::new(&lane);
        let monday = week_of_change();
        Some(Self { lane, house, monday })
    }

    fn address(&self, who: Who) -> String {
        match who {
            Who::Ann => self.lane.client(),
            Who::Jo => self.lane.address("other", "client.test"),
            Who::Max => self.lane.address("colleague", "client.test"),
            Who::Ana => self.lane.candidate(),
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

    fn letters(&self, who: Who) -> Vec<Mail> {
        self.lane.settle();
        self.lane.mail(&self.address(who), "INBOX")
    }

    /// The newest letter of somebody who has got so many.
    fn letter(&self, who: Who, nth: usize) -> Mail {
        let letters = self.letters(who);
        let subjects: Vec<_> = letters.iter().map(|one| one.header("Subject").unwrap()).collect();
        assert_eq!(letters.len(), nth, "{who:?}: {subjects:#?}\n{:#?}", self.house.story().lines());
        letters.last().unwrap().clone()
    }

    fn date(&self) -> String {
        DateTime::from_timestamp(self.house.now(), 0).unwrap().to_rfc2822()
    }

    fn answers(&self, who: Who, letter: &Mail, words: &str) {
        let from = self.address(who);
        let (to, message) = letter.answer_of(&self.date(), &from, words);
        self.receives(&from, &to, &message);
    }

    /// Somebody's calendar at Google says no to an invitation.
    fn declines(&self, who: Who, invitation: &Mail) {
        let (from, calendar) = (self.address(who), invitation.calendar().unwrap());
        let of = |name: &str| value(&calendar, name);
        let reply = format!(
            "BEGIN:VCALENDAR\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\nVERSION:2.0\r\nCALSCALE:GREGORIAN\r\nMETHOD:REPLY\r\n\
             BEGIN:VEVENT\r\nDTSTART:{}\r\nDTEND:{}\r\nDTSTAMP:{}\r\nORGANIZER;CN=Harbour:mailto:{}\r\nUID:{}\r\n\
             ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED;X-NUM-GUESTS=0:mailto:{from}\r\n\
             SEQUENCE:{}\r\nSTATUS:CONFIRMED\r\nSUMMARY:{}\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            of("DTSTART"),
            of("DTEND"),
            of("DTSTAMP"),
            of("ORGANIZER"),
            of("UID"),
            of("SEQUENCE"),
            of("SUMMARY"),
        );
        let to = of("ORGANIZER");
        let message = format!(
            "From: {from}\nTo: {to}\nSubject: Declined: {}\nDate: {}\nMessage-ID: <calendar-declined@client.test>\nMIME-Version: 1.0\n\
             Content-Type: text/calendar; charset=utf-8; method=REPLY\n\n{}",
            of("SUMMARY"),
            self.date(),
            reply.replace("\r\n", "\n"),
        );
        self.receives(&from, &to, &message);
    }

    fn receives(&self, from: &str, to: &str, message: &str) {
        let before = self.lane.mail(&self.house.bot, "INBOX").len();
        self.lane.send(from, to, message);
        self.lane.inbox(&self.house.bot, before + 1);
        self.house.until_idle();
    }

    /// Agreed for this time, and everybody's calendar holds what their letters brought: status and SEQUENCE of each.
    fn calendars_show(&self, agreed: Slot, held: [(Who, &str, u64); 4]) {
        let told = self.house.story();
        let lines = told.lines();
        assert_eq!(told.interview("Ana").1, Some(agreed), "{lines:#?}");
        let folder = tempfile::TempDir::new().unwrap();
        let mut expected: BTreeMap<String, Value> = BTreeMap::new();
        for (who, status, sequence) in held {
            let calendars: Vec<String> = self.letters(who).iter().filter_map(Mail::calendar).collect();
            for (n, calendar) in calendars.iter().enumerate() {
                std::fs::write(folder.path().join(format!("{who:?}-{n:02}.ics")), calendar).unwrap();
                assert_eq!(value(calendar, "ATTENDEE"), self.address(who), "one invitation each");
            }
            let shown = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
            let entry = json!({"start": shown(agreed.0), "end": shown(agreed.1), "status": status, "sequence": sequence});
            expected.insert(value(calendars.last().unwrap(), "UID"), entry);
        }
        assert_eq!(expected.len(), 4, "everybody has an entry of their own: {expected:#?}");
        for (program, entries) in held_after(folder.path()) {
            let mut expected = expected.clone();
            if program == "khal" {
                expected
                    .values_mut()
                    .for_each(|one| drop(one.as_object_mut().unwrap().remove("sequence")));
            }
            assert_eq!(entries, json!(expected), "what {program} holds, and what replyd says:\n{lines:#?}");
        }
    }
}

/// The links of an offer, in the order of its times.
fn slots(letter: &Mail) -> Vec<String> {
    let text = letter.text();
    let starts = text.match_indices("/i/").map(|(at, _)| at);
    starts.map(|at| text[at..].split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn daemon_arranges_an_interview_with_several_interviewers() {
    let Some(story) = Story::new() else { return };
    let at = |who, day, clock: &str| story.at(who, day, clock);
    let seat = |name: &str, who: Who, required: bool| {
        format!(
            "\n[[interviewers]]\nname = \"{name}\"\nemail = \"{}\"\nzone = \"{}\"\nrequired = {required}\n",
            story.address(who),
            who.zone().name()
        )
    };
    let seats = seat("Jo Park", Who::Jo, true) + &seat("Max Bauer", Who::Max, false);

    story.house.clock_shows(at(Who::Ann, 0, "09:30:00"));
    story
        .house
        .submit_ana_with(&story.lane.client(), "Europe/Berlin", "Europe/Lisbon", &seats);
    story.house.until_idle();
    story.answers(Who::Ann, &story.letter(Who::Ann, 1), "We'd love to meet Ana.");
    story.clock(at(Who::Ann, 0, "10:00:00"));
    let asked = story.letter(Who::Ana, 1);
    let words = "I could do Wednesday between 14:00 and 17:00, or Thursday from 14:00 to 17:00.\n\nBest,\nAna";
    story.answers(Who::Ana, &asked, words);

    // Ann and Jo are asked at once. In New York it is night: Max is asked at eight, by his clock.
    let to_ann = story.letter(Who::Ann, 3);
    let to_jo = story.letter(Who::Jo, 1);
    assert!(story.letters(Who::Max).is_empty());
    story.clock(at(Who::Max, 0, "08:01:00"));
    let to_max = story.letter(Who::Max, 1);
    assert!(to_max.text().contains("(New York, UTC-4)") && to_jo.text().contains("(Berlin, UTC+1)"));
    assert!(to_jo.text().contains("Ann Lee and Max Bauer"), "{}", to_jo.text());

    // One by prose, one by a link, one not at all: he is not waited for, and invited.
    story.answers(Who::Ann, &to_ann, "1 and 2 work for me, 3 does not.");
    assert_eq!(story.house.story().interview("Ana").1, None);
    let running = story.house.start();
    // The link of each time in the letter has that time ticked: its place is the button's.
    let link = slots(&to_jo).swap_remove(1);
    let page = press(&story.house, &link, "slots&slot=1");
    assert!(page.contains("Noted: this time"), "{page}");
    drop(running);
    story.house.later(1);
    story.house.until_idle();
    let (status, agreed, _) = story.house.story().interview("Ana");
    let agreed = agreed.unwrap_or_else(|| panic!("{status}: {:#?}", story.house.story().lines()));
    assert!(at(Who::Ana, 2, "14:00:00") <= agreed.0 && agreed.1 <= at(Who::Ana, 3, "17:00:00"));
    for (who, nth) in [(Who::Ann, 4), (Who::Jo, 2), (Who::Max, 2), (Who::Ana, 2)] {
        story.letter(who, nth);
    }
    story.calendars_show(agreed, ALL.map(|who| (who, "CONFIRMED", 0)));

    // Max cannot, and is not needed: his entry goes, the others' stay, and the recruiters hear of it.
    story.declines(Who::Max, &story.letter(Who::Max, 2));
    assert_eq!(story.house.story().count("not_coming"), 1, "{:#?}", story.house.story().lines());
    assert!(story.letter(Who::Max, 3).text().contains("takes place without you"));
    let of = |who| {
        if who == Who::Max {
            (who, "CANCELLED", 1)
        } else {
            (who, "CONFIRMED", 0)
        }
    };
    story.calendars_show(agreed, ALL.map(of));
    let told = story.lane.mail(&story.house.recruiter, "INBOX");
    assert!(
        told.iter().any(|one| one.text().contains("Max Bauer is not coming")),
        "nobody told the recruiter"
    );

    // Without Jo there is no interview: what she can instead goes to Ana, and what Ana can of it to the others.
    story.clock(at(Who::Jo, 1, "09:00:00"));
    let words = "I'm sorry, something came up. Could we move it to Friday between 15:00 and 17:00?";
    story.answers(Who::Jo, &story.letter(Who::Jo, 2), words);
    assert_eq!(story.house.story().interview("Ana").0, "rescheduled");
    story.clock(at(Who::Ana, 1, "10:00:00"));
    let asked = story.letter(Who::Ana, 3);
    assert!(asked.text().contains("Friday"), "{}", asked.text());
    story.answers(Who::Ana, &asked, "Friday at 14:30 works for me.");
    story.clock(at(Who::Max, 1, "09:30:00"));
    story.answers(Who::Ann, &story.letter(Who::Ann, 5), "Yes, that works.");
    let told = story.house.story();
    let (_, moved, _) = told.interview("Ana");
    let start = at(Who::Ana, 4, "14:30:00");
    assert_eq!(moved.map(|one| one.0), Some(start), "{:#?}", told.lines());
    // He has not said of this time that he cannot: he is asked to it again.
    let of = |who| (who, "CONFIRMED", if who == Who::Max { 2 } else { 1 });
    story.clock(at(Who::Max, 2, "09:30:00"));
    story.calendars_show(moved.unwrap(), ALL.map(of));

    // Nobody ever read how to reach another of them.
    for who in ALL {
        for letter in story.letters(who) {
            let calendar = letter.calendar().unwrap_or_default().replace("\r\n ", "");
            let text = [letter.raw.clone(), letter.text(), letter.html(), calendar].concat();
            let others = ALL.into_iter().filter(|one| *one != who).map(|one| story.address(one));
            assert!(
                !others.into_iter().any(|address| text.contains(&address)),
                "{who:?}: {}",
                letter.raw
            );
        }
    }
}
