//! What people do on the page of an interview, from the first tap to what the database holds: a real daemon, and a phone 390 pixels
//! wide (`tests/browser/drive.py`), with scripts and cookies off and with both on. Ana is in Lisbon, the contact in London, Carl in Berlin.

use std::time::{Duration, Instant};

use replyd::calendar::Spans;
use replyd::conversation::{Ask, Asking, Interview, InterviewStatus, Side, Status};
use replyd::link::Scope;
use replyd::message::OwnText;
use replyd::model::{ConversationId, Slot, SubmissionId, Timestamp};
use replyd::reply::read_interview;

use crate::pages::{Desk, press};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn slot(start: &str) -> Slot {
    Slot {
        start: at(start),
        end: at(start) + chrono::Duration::minutes(45),
    }
}

/// Waits for the client's choice among four times; four others were offered before.
fn to_choose() -> Interview {
    let mut interview = Interview::new();
    interview.candidate.can = Some(Spans::of(vec![(at("2026-03-05T09:00:00Z"), at("2026-03-06T17:00:00Z"))]));
    interview.slots = [
        "2026-03-04T15:00:00Z",
        "2026-03-05T10:00:00Z",
        "2026-03-05T14:00:00Z",
        "2026-03-06T10:00:00Z",
        "2026-03-06T15:30:00Z",
    ]
    .map(slot)
    .to_vec();
    interview.offered_from = 1;
    interview.refused = 1;
    interview.client.asked = asks(Ask::Choice);
    interview
}

fn asks(what: Ask) -> Option<Asking> {
    Some(Asking { what, letters: 1 })
}

fn agreed() -> Interview {
    let mut interview = to_choose();
    interview.client.asked = None;
    interview.booked = Some(slot("2026-03-05T14:00:00Z"));
    interview.status = InterviewStatus::Scheduled;
    for side in Side::ALL {
        interview.attendee_mut(side).invited = Some(slot("2026-03-05T14:00:00Z"));
    }
    interview
}

fn times_asked() -> Interview {
    let mut interview = Interview::new();
    interview.candidate.asked = asks(Ask::Times);
    interview
}

impl Desk {
    /// The first candidate's interview is as far as this.
    async fn arranged(mode: &'static str, interview: Interview) -> Option<Self> {
        let desk = Self::open(mode).await?;
        let arrange = move |tx: &replyd::store::Tx<'_>| {
            let before = tx.conversation(ConversationId(1))?.unwrap();
            let mut after = before.clone();
            after.submissions[0].status = Status::Interested;
            after.submissions[0].settled = Some(replyd::model::Decision::Interested);
            after.submissions[0].interview = Some(interview);
            tx.save_after(&before, &after)
        };
        desk.house.store.write(arrange).await.unwrap();
        Some(desk)
    }

    fn whose(&self) -> SubmissionId {
        self.conversation().submissions[0].id
    }

    fn interview(&self) -> Interview {
        self.conversation().submissions[0].interview.clone().unwrap()
    }

    fn page_of(&self, side: Side, scope: Scope, days: i64) -> String {
        let id = self.whose().0;
        let addressed_to = match side {
            Side::Client => 0,
            Side::Candidate => -id,
            Side::Interviewer(n) => replyd::link::Claim::to_interviewer(n),
        };
        self.link_for(addressed_to, scope, id, days)
    }

    /// Without optimisation, the tables for reading words take longer to build than a page waits.
    fn read_once(&self) {
        let own = OwnText {
            text: "Friday at 3pm".to_owned(),
            ..OwnText::default()
        };
        let asked = self
            .interview()
            .asked(&self.conversation(), self.whose(), Side::Candidate, None, self.house.clock.now());
        assert!(!read_interview(&own, "", &asked).findings.is_empty());
    }

    /// The seconds pass in which presses wait.
    async fn seconds_pass(&self) {
        assert!(!self.interview().picked.is_empty(), "nothing was pressed");
        self.house.clock.push(chrono::Duration::seconds(20));
        let began = Instant::now();
        while !self.interview().picked.is_empty() {
            assert!(began.elapsed() < Duration::from_secs(20), "nothing follows");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// One tap on the picked time; the same link then shows what is agreed, and other old links as well.
async fn the_client_takes_a_time(mode: &'static str) {
    let Some(desk) = Desk::arranged(mode, to_choose()).await else {
        return;
    };
    let second = desk.page_of(Side::Client, Scope::Pick(2), 30);
    let pages = desk.play(&[["open", &second, ""], ["press", "button[value=slot]", ""]]).await;
    pages[0].says("Interview with Ana Souza").says("Thursday 5 March, 14:00 to 14:45");
    pages[1].says("Noted: this time").says("Take it back");
    assert_eq!(desk.interview().booked, None, "nothing follows at once");
    desk.seconds_pass().await;
    let after = desk.interview();
    assert_eq!(
        (after.booked, after.status),
        (Some(slot("2026-03-05T14:00:00Z")), InterviewStatus::Scheduled)
    );
    let pages = desk
        .play(&[
            ["open", &second, ""],
            ["open", &desk.page_of(Side::Client, Scope::Pick(1), 30), ""],
            ["open", &desk.page_of(Side::Client, Scope::Pick(0), 30), ""],
            ["open", &desk.page_of(Side::Candidate, Scope::Interview, 30), ""],
            ["press", "button[value=yes]", ""],
        ])
        .await;
    pages[0].says("Agreed").says("Add it to my calendar");
    for old in &pages[1..3] {
        old.says("This time is no longer offered").says("Agreed");
    }
    pages[3].says("Interview with Northwind Logistics");
    desk.seconds_pass().await;
    assert!(desk.interview().candidate.confirmed);
    desk.house.close().await;
}

/// A candidate ticks parts of two days; the client is offered times cut from them.
async fn a_candidate_ticks_times(mode: &'static str) {
    let Some(desk) = Desk::arranged(mode, times_asked()).await else {
        return;
    };
    let page = desk.page_of(Side::Candidate, Scope::Interview, 30);
    let pages = desk
        .play(&[
            ["open", &page, ""],
            ["tap", "input[value='2026-03-05 09:00-11:00']", ""],
            ["tap", "input[value='2026-03-05 11:00-13:00']", ""],
            ["tap", "input[value='2026-03-09 15:00-18:00']", ""],
            ["press", "button[value=times]", ""],
        ])
        .await;
    pages[0].says("When can you?").says("Week of 2 March").says("Thursday 5 March");
    pages[1].says("Noted: your times");
    desk.seconds_pass().await;
    let after = desk.interview();
    let expected = Spans::of(vec![
        (at("2026-03-05T09:00:00Z"), at("2026-03-05T13:00:00Z")),
        (at("2026-03-09T15:00:00Z"), at("2026-03-09T18:00:00Z")),
    ]);
    assert_eq!(after.candidate.can, Some(expected));
    assert_eq!(after.client.asked.map(|asked| asked.what), Some(Ask::Choice));
    desk.house.close().await;
}

/// Another time, in words of their own, takes two presses; so does calling off, and a press can be taken back.
async fn a_candidate_moves_and_the_client_calls_off(mode: &'static str) {
    let Some(desk) = Desk::arranged(mode, agreed()).await else { return };
    desk.read_once();
    let page = desk.page_of(Side::Candidate, Scope::Interview, 30);
    let pages = desk
        .play(&[
            ["open", &page, ""],
            ["press", "button[value=ask_move]", ""],
            ["type", "#remark", "Friday 6 March between 2pm and 5pm"],
            ["press", "button[value=move]", ""],
        ])
        .await;
    pages[1].says("Another time?").says("This time is given up at once");
    pages[2].says("Noted: another time, please");
    desk.seconds_pass().await;
    let after = desk.interview();
    assert_eq!((after.status, after.booked), (InterviewStatus::Rescheduled, None));
    let friday = Spans::of(vec![(at("2026-03-06T14:00:00Z"), at("2026-03-06T17:00:00Z"))]);
    assert_eq!(after.candidate.can, Some(friday));

    let page = desk.page_of(Side::Client, Scope::Interview, 30);
    let path = path(&desk, &page);
    let shown = press(&desk.house, &path, "do=ask_call_off").await;
    assert!(shown.contains("Really call it off?"), "{shown}");
    let shown = press(&desk.house, &path, "do=call_off&remark=The+role+is+filled").await;
    assert!(shown.contains("Noted: no interview"), "{shown}");
    let shown = press(&desk.house, &path, "do=take_back").await;
    assert!(shown.contains("Taken back"), "{shown}");
    desk.seconds_pass().await;
    assert_eq!(
        desk.interview().status,
        InterviewStatus::Rescheduled,
        "what was taken back does not count"
    );
    press(&desk.house, &path, "do=call_off").await;
    desk.seconds_pass().await;
    assert_eq!(desk.interview().status, InterviewStatus::Cancelled);
    let pages = desk
        .play(&[
            ["open", &page, ""],
            ["open", &desk.page_of(Side::Candidate, Scope::Interview, 30), ""],
        ])
        .await;
    for page in &pages {
        page.says("It was called off");
    }
    desk.house.close().await;
}

/// The letter asked which of two: the link of one shows it, a press says so, and a machine that opens both links says nothing.
#[tokio::test]
async fn interviews_a_reading_is_answered_with_one_press() {
    let mut asked = times_asked();
    let reading = |start: &str| Spans::of(vec![(at(start), at(start) + chrono::Duration::hours(2))]);
    asked.readings = vec![reading("2026-03-05T10:00:00Z"), reading("2026-03-12T10:00:00Z")];
    asked.candidate.meant = vec![0, 1];
    let Some(desk) = Desk::arranged("plain", asked.clone()).await else {
        return;
    };
    let links = [0, 1].map(|place| path(&desk, &desk.page_of(Side::Candidate, Scope::Meant(place), 30)));
    for (link, day) in links.iter().zip(["Thursday 5 March", "Thursday 12 March"]) {
        let shown = desk.house.ask("GET", link, &[], "").await.body;
        assert!(shown.contains("Did you mean this?") && shown.contains(day), "{shown}");
    }
    assert_eq!(desk.interview(), asked, "a look says nothing");
    let shown = press(&desk.house, &links[1], "do=meant").await;
    assert!(shown.contains("Noted: your times"), "{shown}");
    desk.seconds_pass().await;
    assert_eq!(desk.interview().candidate.can, Some(reading("2026-03-12T10:00:00Z")));
    // The client's page has no readings of the candidate's, and a place without one shows none.
    for (side, place) in [(Side::Client, 0), (Side::Candidate, 4)] {
        let link = path(&desk, &desk.page_of(side, Scope::Meant(place), 30));
        let shown = desk.house.ask("GET", &link, &[], "").await.body;
        assert!(!shown.contains("Did you mean this?"), "{shown}");
    }
    desk.house.close().await;
}

/// The path of a link, for asking without a browser.
fn path(desk: &Desk, url: &str) -> String {
    url.strip_prefix(&format!("http://{}", desk.house.address)).unwrap().to_owned()
}

/// An ended link of a candidate mails the candidate, once an hour, and nobody else.
#[tokio::test]
async fn interviews_an_ended_link_of_a_candidate_mails_the_candidate() {
    let Some(desk) = Desk::arranged("plain", times_asked()).await else {
        return;
    };
    let over = path(&desk, &desk.page_of(Side::Candidate, Scope::Interview, -1));
    for _ in 0..2 {
        let shown = press(&desk.house, &over, "do=fresh").await;
        assert!(shown.contains("<strong>a***@mail.example</strong>"), "{shown}");
    }
    let after = desk.conversation();
    assert_eq!(after.submissions[0].interview.as_ref().unwrap().candidate.written.len(), 1);
    assert!(after.written.fresh_links.is_empty());
    let shown = press(&desk.house, &over, "do=times&at=2026-03-05+09%3A00-11%3A00").await;
    assert!(shown.contains("This link has ended"), "{shown}");
    assert!(desk.interview().picked.is_empty());
    desk.house.close().await;
}

/// Neither side's pages hold anything of the other's address, and a candidate's nothing of other candidates.
#[tokio::test]
async fn interviews_pages_show_neither_addresses_nor_other_candidates() {
    for interview in [to_choose(), agreed(), times_asked()] {
        let Some(desk) = Desk::arranged("plain", interview).await else {
            return;
        };
        for (side, never) in [
            (Side::Client, ["mail.example", "ana@"]),
            (Side::Candidate, ["client.example", "Carl"]),
        ] {
            let of_page = path(&desk, &desk.page_of(side, Scope::Interview, 30));
            let mut texts = vec![desk.house.ask("GET", &of_page, &[], "").await.body];
            texts.push(desk.house.ask("GET", &format!("{of_page}/calendar.ics"), &[], "").await.body);
            for button in ["ask_move", "ask_call_off", "ask_none"] {
                texts.push(press(&desk.house, &of_page, &format!("do={button}")).await);
            }
            for text in texts {
                for word in never {
                    assert!(!text.contains(word), "{side:?} reads {word}: {text}");
                }
            }
        }
        desk.house.close().await;
    }
}

/// C-F10: who adds it by hand invites nobody, and answers to nobody.
#[tokio::test]
async fn interviews_the_calendar_file_names_nobody_to_answer() {
    let Some(desk) = Desk::arranged("plain", agreed()).await else {
        return;
    };
    let of_page = path(&desk, &desk.page_of(Side::Candidate, Scope::Interview, 30));
    let file = desk.house.ask("GET", &format!("{of_page}/calendar.ics"), &[], "").await;
    assert_eq!(file.status, 200);
    for word in ["METHOD", "ORGANIZER", "ATTENDEE"] {
        assert!(!file.body.contains(word), "{word}: {}", file.body);
    }
    let unfolded = file.body.replace("\r\n ", "");
    for line in [
        "DTSTART:20260305T140000Z",
        "DTEND:20260305T144500Z",
        "SUMMARY:Interview: Northwind Logistics",
    ] {
        assert!(unfolded.contains(line), "{line}: {unfolded}");
    }
    desk.house.close().await;
}

/// What a program presses one after the other is nobody's answer: three times, or things that contradict each other.
#[tokio::test]
async fn interviews_presses_that_contradict_each_other_do_not_count() {
    let Some(desk) = Desk::arranged("plain", to_choose()).await else {
        return;
    };
    for place in [1, 2, 3] {
        let of_page = path(&desk, &desk.page_of(Side::Client, Scope::Pick(place), 30));
        press(&desk.house, &of_page, &format!("do=slot&slot={place}")).await;
    }
    desk.seconds_pass().await;
    let of_page = path(&desk, &desk.page_of(Side::Client, Scope::Interview, 30));
    let shown = desk.house.ask("GET", &of_page, &[], "").await.body;
    assert!(shown.contains("Please answer once more"), "{shown}");
    press(&desk.house, &of_page, "do=slot&slot=1").await;
    press(&desk.house, &of_page, "do=call_off").await;
    desk.seconds_pass().await;
    let after = desk.interview();
    assert_eq!((after.booked, after.status), (None, InterviewStatus::Proposed));
    // A change of mind is the last word.
    press(&desk.house, &of_page, "do=slot&slot=1").await;
    press(&desk.house, &of_page, "do=slot&slot=2").await;
    desk.seconds_pass().await;
    assert_eq!(desk.interview().booked, Some(slot("2026-03-05T14:00:00Z")));
    assert!(!desk.interview().client.needs_confirmation);
    desk.house.close().await;
}

/// Somebody else's answer waits for the contact, as on the other pages.
#[tokio::test]
async fn interviews_somebody_elses_choice_waits_for_the_contact() {
    let Some(desk) = Desk::arranged("plain", to_choose()).await else {
        return;
    };
    let of_page = path(&desk, &desk.page_of(Side::Client, Scope::Pick(1), 30));
    let shown = press(&desk.house, &of_page, "do=slot&slot=1&someone_else=Bo+Lindqvist").await;
    assert!(shown.contains("Noted under your name, and not counted yet"), "{shown}");
    assert!(desk.interview().picked.is_empty());
    desk.house.clock.push(chrono::Duration::seconds(20));
    let began = Instant::now();
    while desk.conversation().parked.is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20), "nothing waits");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(desk.interview().booked, None);
    let row = desk.conversation().parked[0].message;
    let confirm = path(&desk, &desk.link_for(0, Scope::Confirm, row, 30));
    let shown = desk.house.ask("GET", &confirm, &[], "").await.body;
    assert!(shown.contains("Thu 5 March 2026, 10:00"), "{shown}");
    press(&desk.house, &confirm, "do=yes").await;
    desk.house.clock.push(chrono::Duration::seconds(20));
    while desk.interview().booked.is_none() {
        assert!(began.elapsed() < Duration::from_secs(20), "a confirmed choice books nothing");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(desk.interview().booked, Some(slot("2026-03-05T10:00:00Z")));
    desk.house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interviews_the_client_takes_a_time_without_scripts() {
    the_client_takes_a_time("plain").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interviews_the_client_takes_a_time_with_scripts() {
    the_client_takes_a_time("scripts").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interviews_a_candidate_ticks_times_without_scripts() {
    a_candidate_ticks_times("plain").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interviews_a_candidate_ticks_times_with_scripts() {
    a_candidate_ticks_times("scripts").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interviews_are_moved_and_called_off_without_scripts() {
    a_candidate_moves_and_the_client_calls_off("plain").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interviews_are_moved_and_called_off_with_scripts() {
    a_candidate_moves_and_the_client_calls_off("scripts").await;
}
