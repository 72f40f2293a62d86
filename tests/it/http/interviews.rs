//! The page of an interview from outside: what each side sees in each state, and which presses reach the daemon.

use replyd::conversation::Side;
use replyd::http::{Action, Chosen, Day, InterviewView, Pressed, Stage, Stretch};
use replyd::link::{Claim, Scope};
use replyd::model::{Decision, Slot};

use super::house::{ANA, House};

pub(super) fn slot(start: &str) -> Slot {
    let start: replyd::model::Timestamp = start.parse().unwrap();
    Slot {
        start,
        end: start + chrono::Duration::minutes(45),
    }
}

/// Four times in the two weeks around it, of which the clocks of London and New York show different hours.
pub(super) fn slots() -> Vec<(u8, Slot)> {
    let starts = [
        "2026-07-16T13:00:00Z",
        "2026-07-16T15:30:00Z",
        "2026-07-17T14:00:00Z",
        "2026-07-20T13:30:00Z",
    ];
    starts.into_iter().zip(4..).map(|(start, place)| (place, slot(start))).collect()
}

/// Ana's interview in London, with somebody in New York.
pub(super) fn interview(side: Side, stage: Stage) -> InterviewView {
    let (london, new_york) = ("Europe/London".parse().unwrap(), "America/New_York".parse().unwrap());
    let time = |hour| chrono::NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let days = (15..=17).chain(20..=24).chain(27..=31).map(|day| Day {
        date: chrono::NaiveDate::from_ymd_opt(2026, 7, day).unwrap(),
        parts: [(9, 11), (11, 13), (13, 15), (15, 18)]
            .map(|(from, to)| (time(from), time(to), day == 16 && from > 11))
            .to_vec(),
    });
    let (zone, other_zone, with) = match side {
        Side::Client => (london, new_york, "Ana Souza"),
        Side::Candidate => (new_york, london, "Brightwell Payments"),
        Side::Interviewer(_) => (london, new_york, "Ana Souza"),
    };
    InterviewView {
        side,
        several: false,
        with: with.to_owned(),
        zone,
        zone_assumed: side == Side::Candidate,
        other_zone,
        minutes: 45,
        linked: None,
        meant: Vec::new(),
        moved_from: None,
        pressed: None,
        needs_confirmation: false,
        other_can: if stage == Stage::Times {
            vec![slot("2026-07-16T13:00:00Z"), slot("2026-07-17T22:30:00Z")]
        } else {
            Vec::new()
        },
        days: days.collect(),
        file: if matches!(stage, Stage::Booked { .. }) {
            b"BEGIN:VCALENDAR\r\n".to_vec()
        } else {
            Vec::new()
        },
        stage,
    }
}

pub(super) fn booked(ahead: bool, confirmed: bool) -> Stage {
    Stage::Booked {
        slot: slot("2026-07-16T13:00:00Z"),
        ahead,
        confirmed,
        soon: false,
    }
}

impl House {
    pub(super) async fn about(interview: InterviewView) -> Self {
        let house = Self::open().await;
        house.put(interview);
        house
    }

    fn put(&self, interview: InterviewView) {
        let mut state = self.state.lock().unwrap();
        state.view.candidates.clear();
        state.view.interview = Some(interview);
    }

    /// A link to the page of Ana's interview, as this side has it.
    pub(super) fn arranging(&self, side: Side, scope: Scope) -> String {
        let claim = Claim {
            addressed_to: match side {
                Side::Client => 0,
                Side::Candidate => -ANA.0,
                Side::Interviewer(n) => Claim::to_interviewer(n),
            },
            ..self.claim(scope, ANA.0)
        };
        self.path(&claim)
    }

    fn pressed(&self) -> Vec<Pressed> {
        let actions = self.actions().into_iter();
        actions
            .map(|action| {
                if let Action::Interview(pressed) = action {
                    pressed
                } else {
                    panic!("{action:?}")
                }
            })
            .collect()
    }
}

#[tokio::test]
async fn a_slot_link_has_its_time_picked_and_one_press_takes_it() {
    let house = House::about(interview(Side::Client, Stage::Choice(slots()))).await;
    let path = house.arranging(Side::Client, Scope::Pick(6));
    let page = house.get(&path).await;
    page.says("Interview with Ana Souza");
    page.says("Friday 17 July, <span class=\"hours\">15:00 to 15:45");
    page.says("London, UTC+1");
    page.says("10:00 to 10:45 in New York, UTC−4");
    page.says("value=\"6\" checked");
    assert_eq!(page.body.matches(" checked").count(), 1);
    assert_eq!(house.ask("HEAD", &path, &[], "").await.status, 200);
    assert_eq!(house.presses(), [], "looking changes nothing");
    house.press(&path, &[("slot", "6"), ("do", "slot")]).await;
    assert_eq!(house.pressed(), [Pressed::Slot(6)]);
    // The link of the whole interview has none picked.
    let path = house.arranging(Side::Client, Scope::Interview);
    assert_eq!(house.get(&path).await.body.matches(" checked").count(), 0);
    house.press(&path, &[("do", "slot")]).await.says("Nothing was picked");
    assert_eq!(house.presses().len(), 1);
}

#[tokio::test]
async fn an_old_slot_link_says_that_its_time_is_gone_and_shows_what_is_offered_now() {
    let mut old = interview(Side::Client, Stage::Choice(slots()));
    old.linked = Some(slot("2026-07-15T13:00:00Z"));
    let house = House::about(old).await;
    let page = house.get(&house.arranging(Side::Client, Scope::Pick(0))).await;
    page.says("This time is no longer offered");
    page.says("Wednesday 15 July, <span class=\"hours\">14:00 to 14:45");
    page.says("Thursday 16 July, <span class=\"hours\">14:00 to 14:45");
    assert_eq!(page.body.matches(" checked").count(), 0);
    let mut taken = interview(Side::Client, booked(true, false));
    taken.linked = Some(slot("2026-07-16T15:30:00Z"));
    house.put(taken);
    let page = house.get(&house.arranging(Side::Client, Scope::Pick(5))).await;
    page.says("This time is no longer offered");
    page.says("Agreed");
}

#[tokio::test]
async fn ticked_parts_of_days_are_sent_by_the_readers_clock() {
    let house = House::about(interview(Side::Candidate, Stage::Times)).await;
    let path = house.arranging(Side::Candidate, Scope::Interview);
    let page = house.get(&path).await;
    page.says("Interview with Brightwell Payments");
    page.says("We take it that your clock is that of New York");
    page.says("Week of 13 July");
    page.says("<legend>Thursday 16 July</legend>");
    page.says_not("I am someone else");
    house.press(&path, &[("do", "times")]).await.says("Nothing was picked");
    let fields = [
        ("at", "2026-07-16 09:00-11:00"),
        ("at", "2026-07-17 15:00-18:00"),
        ("at", "2026-07-17 18:00-15:00"),
        ("at", "2026-13-17 15:00-18:00"),
        ("at", "tomorrow"),
        ("remark", "Not from the office, please."),
        ("do", "times"),
    ];
    house.press(&path, &fields).await;
    let stretch = |day, from, to| Stretch {
        date: chrono::NaiveDate::from_ymd_opt(2026, 7, day).unwrap(),
        from: chrono::NaiveTime::from_hms_opt(from, 0, 0).unwrap(),
        to: chrono::NaiveTime::from_hms_opt(to, 0, 0).unwrap(),
    };
    assert_eq!(house.pressed(), [Pressed::Times(vec![stretch(16, 9, 11), stretch(17, 15, 18)])]);
    assert_eq!(house.presses()[0].visit.remark, "Not from the office, please.");
    // A page that was open for too long keeps what was ticked.
    let page = house.post(&path, &fields).await;
    page.says("Please press once more");
    page.says("value=\"2026-07-16 09:00-11:00\" checked");
    page.says("Not from the office, please.");
}

/// Whatever ends or moves something takes two presses, and the first one is nothing.
#[tokio::test]
async fn declining_moving_and_calling_off_take_a_second_press() {
    let house = House::about(interview(Side::Client, Stage::Choice(slots()))).await;
    let path = house.arranging(Side::Client, Scope::Pick(4));
    house.press(&path, &[("do", "ask_none")]).await.says("None of these times?");
    house.press(&path, &[("do", "ask_call_off")]).await.says("Really call it off?");
    house.put(interview(Side::Client, booked(true, false)));
    house.press(&path, &[("do", "ask_move")]).await.says("Another time?");
    house.press(&path, &[("do", "ask_call_off")]).await.says("Yes, call it off");
    assert_eq!(house.presses(), []);
    house.press(&path, &[("do", "none")]).await;
    house.press(&path, &[("do", "move")]).await;
    house.press(&path, &[("do", "call_off"), ("remark", "Role is filled")]).await;
    house.press(&path, &[("do", "yes")]).await;
    house.press(&path, &[("do", "take_back")]).await.says("Taken back");
    let expected = [
        Pressed::NoneWork,
        Pressed::Move(vec![]),
        Pressed::CallOff,
        Pressed::Attends(true),
        Pressed::TakeBack,
    ];
    assert_eq!(house.pressed(), expected);
}

#[tokio::test]
async fn what_was_pressed_stands_on_the_page_and_can_be_taken_back() {
    let mut pressed = interview(Side::Client, Stage::Choice(slots()));
    pressed.pressed = Some(Chosen::Slot(slot("2026-07-16T13:00:00Z")));
    let house = House::about(pressed.clone()).await;
    let path = house.arranging(Side::Client, Scope::Pick(4));
    let page = house.get(&path).await;
    page.says("Noted: this time");
    page.says("value=\"take_back\"");
    page.says_not("value=\"slot\"");
    pressed.pressed = None;
    pressed.needs_confirmation = true;
    house.put(pressed);
    house.get(&path).await.says("Please answer once more");
    // What cannot be taken any more is said so.
    house
        .press(&path, &[("slot", "9"), ("do", "slot")])
        .await
        .says("This cannot be taken any more");
}

/// R-L: a candidate's link opens their interview and nothing else, and nobody else's.
#[tokio::test]
async fn tokens_of_one_side_do_nothing_for_the_other() {
    let house = House::about(interview(Side::Candidate, Stage::Times)).await;
    let from_candidate = |scope, item| {
        house.path(&Claim {
            addressed_to: -ANA.0,
            ..house.claim(scope, item)
        })
    };
    let foreign = [
        from_candidate(Scope::Decide(Decision::Interested), ANA.0),
        from_candidate(Scope::Undo, ANA.0),
        from_candidate(Scope::Reasons, ANA.0),
        from_candidate(Scope::Batch, 5),
        from_candidate(Scope::Look, 5),
        from_candidate(Scope::Interview, ANA.0 + 1),
        from_candidate(Scope::Pick(0), ANA.0 + 1),
    ];
    for path in foreign {
        let page = house.get(&path).await;
        assert_eq!(page.status, 410, "{path}");
        page.says_not("Ana Souza");
        for button in ["slot", "times", "call_off", "yes", "interested", "batch", "reasons"] {
            let fields = [
                (
                    "nonce",
                    page.body.split("name=\"nonce\" value=\"").nth(1).map_or("", |rest| &rest[..28]),
                ),
                ("do", button),
                ("at", "2026-07-16 09:00-11:00"),
                ("slot", "4"),
            ];
            house.post(&path, &fields).await;
        }
    }
    assert_eq!(house.presses(), []);
    // A recruiter's copy shows and refuses.
    let copy = house.path(&Claim {
        addressed_to: 1,
        ..house.claim(Scope::Pick(4), ANA.0)
    });
    let page = house.get(&copy).await;
    page.says("This page only shows where things stand");
    page.says("Interview with");
    assert!(!page.body.contains("<form"));
    house.post(&copy, &[("do", "slot"), ("slot", "4")]).await;
    assert_eq!(house.presses(), []);
}

/// C-F10.
#[tokio::test]
async fn the_calendar_file_is_a_download_and_only_where_something_is_agreed() {
    let house = House::about(interview(Side::Candidate, booked(true, false))).await;
    let path = house.arranging(Side::Candidate, Scope::Interview);
    house.get(&path).await.says("/calendar.ics\"");
    let file = house.get(&format!("{path}/calendar.ics")).await;
    assert_eq!((file.status, file.header("content-type")), (200, "text/calendar; charset=utf-8"));
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"interview.ics\"");
    assert_eq!(file.header("cache-control"), "no-store");
    assert_eq!(file.body, "BEGIN:VCALENDAR\r\n");
    assert_eq!(house.ask("POST", &format!("{path}/calendar.ics"), &[], "").await.status, 405);
    let looks = house.looks();
    assert_eq!(house.ask("HEAD", &format!("{path}/calendar.ics"), &[], "").await.status, 200);
    assert_eq!(house.looks(), looks);
    house.put(interview(Side::Candidate, Stage::CalledOff));
    assert_eq!(house.get(&format!("{path}/calendar.ics")).await.status, 404);
    let decide = house.decide(Decision::Interested, ANA);
    assert_eq!(house.get(&format!("{decide}/calendar.ics")).await.status, 404);
    let over = house.path(&Claim {
        expires_min: 1,
        addressed_to: -ANA.0,
        ..house.claim(Scope::Interview, ANA.0)
    });
    assert_eq!(house.get(&format!("{over}/calendar.ics")).await.status, 404);
    house.press(&over, &[("do", "fresh")]).await;
    assert_eq!(house.actions(), [Action::FreshLink]);
}

#[tokio::test]
async fn the_outcome_is_asked_of_the_client_and_the_end_is_said() {
    let house = House::about(interview(Side::Client, Stage::Outcome(slot("2026-07-16T13:00:00Z")))).await;
    let path = house.arranging(Side::Client, Scope::Interview);
    house.get(&path).await.says("Did it take place?");
    house.press(&path, &[("do", "no"), ("remark", "She did not call")]).await;
    assert_eq!(house.pressed(), [Pressed::Attends(false)]);
    for (stage, words) in [
        (Stage::Over(true), "It took place."),
        (Stage::Over(false), "It did not take place."),
        (Stage::CalledOff, "It was called off."),
        (Stage::Waits, "We are waiting for Ana Souza"),
        (Stage::WithRecruiter, "A recruiter arranges this"),
        (Stage::Nothing, "No interview is being arranged"),
    ] {
        house.put(interview(Side::Client, stage));
        house.get(&path).await.says(words);
    }
}

/// A visit that touched the trap is handed on as one, and has no effect there.
#[tokio::test]
async fn an_automatic_visitors_press_carries_its_mark() {
    let house = House::about(interview(Side::Client, Stage::Choice(slots()))).await;
    let path = house.arranging(Side::Client, Scope::Pick(4));
    house.get(&format!("{path}/trap")).await;
    let page = house.press(&path, &[("slot", "4"), ("do", "slot")]).await;
    page.says("This looked like an automatic visit");
    assert!(house.presses().iter().all(|press| press.visit.automated));
}
