//! Several interviewers over real servers: each is asked by their own clock and answers in their own way, one is not needed and stays
//! away, another one moves it. After each invitation what other people's calendar programs hold is what replyd says.

use replyd::calendar::Zone;

use super::house::Slot;
use super::meeting::{Entry, Meeting, Person, value};
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

impl Person for Who {
    fn address(self, lane: &Lane) -> String {
        match self {
            Self::Ann => lane.client(),
            Self::Jo => lane.address("other", "client.test"),
            Self::Max => lane.address("colleague", "client.test"),
            Self::Ana => lane.candidate(),
        }
    }

    fn zone(self) -> Zone {
        let name = match self {
            Self::Ann | Self::Jo => "Europe/Berlin",
            Self::Max => "America/New_York",
            Self::Ana => "Europe/Lisbon",
        };
        name.parse().unwrap()
    }
}

impl Meeting {
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

    /// Agreed for this time, and everybody's calendar holds what their letters brought: status and SEQUENCE of each.
    fn calendars_show(&self, agreed: Slot, held: [(Who, &'static str, u64); 4]) {
        let told = self.house.story();
        assert_eq!(told.interview("Ana").1, Some(agreed), "{:#?}", told.lines());
        let entry = |(who, status, sequence)| {
            let slot = agreed;
            (who, Some(Entry { slot, status, sequence }))
        };
        self.calendars_hold(&held.map(entry));
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
    let Some(meeting) = Meeting::new() else { return };
    let at = |who, day, clock: &str| meeting.at(who, day, clock);
    let seat = |name: &str, who: Who, required: bool| {
        format!(
            "\n[[interviewers]]\nname = \"{name}\"\nemail = \"{}\"\nzone = \"{}\"\nrequired = {required}\n",
            meeting.address(who),
            who.zone().name()
        )
    };
    let seats = seat("Jo Park", Who::Jo, true) + &seat("Max Bauer", Who::Max, false);

    meeting.house.clock_shows(at(Who::Ann, 0, "09:30:00"));
    meeting
        .house
        .submit_ana_with(&meeting.lane.client(), "Europe/Berlin", "Europe/Lisbon", &seats);
    meeting.house.until_idle();
    meeting.answers(Who::Ann, &meeting.letter(Who::Ann, 1), "We'd love to meet Ana.");
    meeting.clock(at(Who::Ann, 0, "10:00:00"));
    let asked = meeting.letter(Who::Ana, 1);
    let words = "I could do Wednesday between 14:00 and 17:00, or Thursday from 14:00 to 17:00.\n\nBest,\nAna";
    meeting.answers(Who::Ana, &asked, words);

    // Ann and Jo are asked at once. In New York it is night: Max is asked at eight, by his clock.
    let to_ann = meeting.letter(Who::Ann, 3);
    let to_jo = meeting.letter(Who::Jo, 1);
    assert!(meeting.letters(Who::Max).is_empty());
    meeting.clock(at(Who::Max, 0, "08:01:00"));
    let to_max = meeting.letter(Who::Max, 1);
    assert!(to_max.text().contains("(New York, UTC-4)") && to_jo.text().contains("(Berlin, UTC+1)"));
    assert!(to_jo.text().contains("Ann Lee and Max Bauer"), "{}", to_jo.text());

    // One by prose, one by a link, one not at all: he is not waited for, and invited.
    meeting.answers(Who::Ann, &to_ann, "1 and 2 work for me, 3 does not.");
    assert_eq!(meeting.house.story().interview("Ana").1, None);
    let running = meeting.house.start();
    // The link of each time in the letter has that time ticked: its place is the button's.
    let link = slots(&to_jo).swap_remove(1);
    let page = press(&meeting.house, &link, "slots&slot=1");
    assert!(page.contains("Noted: this time"), "{page}");
    drop(running);
    meeting.house.later(1);
    meeting.house.until_idle();
    let (status, agreed, _) = meeting.house.story().interview("Ana");
    let agreed = agreed.unwrap_or_else(|| panic!("{status}: {:#?}", meeting.house.story().lines()));
    assert!(at(Who::Ana, 2, "14:00:00") <= agreed.0 && agreed.1 <= at(Who::Ana, 3, "17:00:00"));
    for (who, nth) in [(Who::Ann, 4), (Who::Jo, 2), (Who::Max, 2), (Who::Ana, 2)] {
        meeting.letter(who, nth);
    }
    meeting.calendars_show(agreed, ALL.map(|who| (who, "CONFIRMED", 0)));

    // Max cannot, and is not needed: his entry goes, the others' stay, and the recruiters hear of it.
    meeting.declines(Who::Max, &meeting.letter(Who::Max, 2));
    assert_eq!(meeting.house.story().count("not_coming"), 1, "{:#?}", meeting.house.story().lines());
    assert!(meeting.letter(Who::Max, 3).text().contains("takes place without you"));
    let of = |who| {
        if who == Who::Max {
            (who, "CANCELLED", 1)
        } else {
            (who, "CONFIRMED", 0)
        }
    };
    meeting.calendars_show(agreed, ALL.map(of));
    let told = meeting.lane.mail(&meeting.house.recruiter, "INBOX");
    assert!(
        told.iter().any(|one| one.text().contains("Max Bauer is not coming")),
        "nobody told the recruiter"
    );

    // Without Jo there is no interview: what she can instead goes to Ana, and what Ana can of it to the others.
    meeting.clock(at(Who::Jo, 1, "09:00:00"));
    let words = "I'm sorry, something came up. Could we move it to Friday between 15:00 and 17:00?";
    meeting.answers(Who::Jo, &meeting.letter(Who::Jo, 2), words);
    assert_eq!(meeting.house.story().interview("Ana").0, "rescheduled");
    meeting.clock(at(Who::Ana, 1, "10:00:00"));
    let asked = meeting.letter(Who::Ana, 3);
    assert!(asked.text().contains("Friday"), "{}", asked.text());
    meeting.answers(Who::Ana, &asked, "Friday at 14:30 works for me.");
    meeting.clock(at(Who::Max, 1, "09:30:00"));
    meeting.answers(Who::Ann, &meeting.letter(Who::Ann, 5), "Yes, that works.");
    let told = meeting.house.story();
    let (_, moved, _) = told.interview("Ana");
    let start = at(Who::Ana, 4, "14:30:00");
    assert_eq!(moved.map(|one| one.0), Some(start), "{:#?}", told.lines());
    // He has not said of this time that he cannot: he is asked to it again.
    let of = |who| (who, "CONFIRMED", if who == Who::Max { 2 } else { 1 });
    meeting.clock(at(Who::Max, 2, "09:30:00"));
    meeting.calendars_show(moved.unwrap(), ALL.map(of));

    // Nobody ever read how to reach another of them.
    for who in ALL {
        for letter in meeting.letters(who) {
            let calendar = letter.calendar().unwrap_or_default().replace("\r\n ", "");
            let text = [letter.raw.clone(), letter.text(), letter.html(), calendar].concat();
            let others = ALL.into_iter().filter(|one| *one != who).map(|one| meeting.address(one));
            assert!(
                !others.into_iter().any(|address| text.contains(&address)),
                "{who:?}: {}",
                letter.raw
            );
        }
    }
}
