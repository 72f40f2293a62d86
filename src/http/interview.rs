//! An [`InterviewView`] → the values of its page.

use chrono::{Datelike, NaiveDate, Weekday};
use minijinja::context;
use minijinja::value::Value;

use super::form::Step;
use super::show::Shown;
use super::{Chosen, Day, InterviewView, Stage, Stretch};
use crate::calendar::Zone;
use crate::conversation::Side;
use crate::model::Slot;

/// Weeks of the grid that are open when the page is; the others open with a tap.
const OPEN_WEEKS: usize = 2;

/// What the template sees beside what every page does.
pub(super) fn values(interview: &InterviewView, shown: &Shown<'_>) -> Value {
    let clock = Clock {
        own: interview.zone,
        other: interview.other_zone,
    };
    let picked = shown.kept.slot.or(shown.claim.scope.pick());
    let (slots, booked) = match &interview.stage {
        Stage::Choice(slots) => (slots.as_slice(), None),
        Stage::Booked { slot, .. } | Stage::Outcome(slot) | Stage::WithoutYou(slot) => (&[][..], Some(*slot)),
        Stage::Times | Stage::Waits | Stage::WithRecruiter | Stage::CalledOff | Stage::Over(_) | Stage::Nothing => (&[][..], None),
    };
    let offered = slots.iter().enumerate().map(|(nth, (place, slot))| {
        context! { number => nth + 1, place, picked => picked == Some(*place) || shown.kept.slots.contains(place), ..clock.time(slot) }
    });
    let (ahead, confirmed, soon) = match interview.stage {
        Stage::Booked {
            ahead, confirmed, soon, ..
        } => (ahead, confirmed, soon),
        Stage::Times
        | Stage::Choice(_)
        | Stage::Waits
        | Stage::Outcome(_)
        | Stage::WithRecruiter
        | Stage::CalledOff
        | Stage::WithoutYou(_)
        | Stage::Over(_)
        | Stage::Nothing => (false, false, false),
    };
    let there = |slot: &Slot| booked == Some(*slot) || slots.iter().any(|(_, one)| one == slot);
    context! {
        side => match interview.side {
            Side::Client => "client",
            Side::Candidate => "candidate",
            Side::Interviewer(_) => "interviewer",
        },
        several => interview.several && interview.side != Side::Candidate,
        with => &interview.with,
        minutes => interview.minutes,
        zone => interview.zone.name().rsplit('/').next().unwrap_or_default().replace('_', " "),
        zone_assumed => interview.zone_assumed,
        stage => name(&interview.stage),
        took_place => interview.stage == Stage::Over(true),
        times => offered.collect::<Vec<_>>(),
        booked => booked.map(|slot| clock.time(&slot)),
        ahead,
        confirmed,
        soon,
        gone => interview.linked.filter(|slot| !there(slot)).map(|slot| clock.time(&slot)),
        moved_from => interview.moved_from.map(|slot| clock.time(&slot)),
        pressed => interview.pressed.as_ref().map(|one| chosen(one, clock)),
        asks_again => interview.needs_confirmation,
        step => shown.kept.step.map(|step| match step {
            Step::NoneWork => "none",
            Step::Move => "move",
            Step::CallOff => "call_off",
        }),
        meant => interview.meant.iter().map(|slot| clock.time(slot)).collect::<Vec<_>>(),
        other_can => interview.other_can.iter().map(|slot| clock.time(slot)).collect::<Vec<_>>(),
        weeks => weeks(&interview.days, &shown.kept.stretches),
        fits => interview.days.iter().flat_map(|day| &day.parts).any(|(.., fits)| *fits),
        here => shown.token,
    }
}

/// Where an interview stands, in one sentence.
pub(super) fn line(interview: &InterviewView) -> String {
    let when = |slot: &Slot| {
        let day = interview.zone.local(slot.start).format("%A %-d %B %Y");
        format!("{day}, {} ({})", hours(interview.zone, slot), interview.zone.shown(slot.start))
    };
    let stands = match &interview.stage {
        Stage::Times => "the client is asked for times".to_owned(),
        Stage::Choice(_) => "the client has times to choose from".to_owned(),
        Stage::Waits => "waiting for the candidate".to_owned(),
        Stage::Booked { slot, .. } => format!("agreed for {}", when(slot)),
        Stage::Outcome(slot) => format!("was agreed for {}; the client is asked whether it took place", when(slot)),
        Stage::WithRecruiter => "a recruiter arranges it".to_owned(),
        Stage::CalledOff => "called off".to_owned(),
        Stage::WithoutYou(slot) => format!("agreed for {}, without the reader", when(slot)),
        Stage::Over(true) => "it took place".to_owned(),
        Stage::Over(false) => "it did not take place".to_owned(),
        Stage::Nothing => "none is being arranged".to_owned(),
    };
    format!("Interview with {}: {stands}.", interview.with)
}

/// The clocks of both sides.
#[derive(Clone, Copy)]
struct Clock {
    own: Zone,
    other: Zone,
}

impl Clock {
    /// A time as the reader's clock shows it, and as the other side's does where it shows something else.
    fn time(self, slot: &Slot) -> Value {
        let (start, other) = (self.own.local(slot.start), self.other.local(slot.start));
        let beside = (start != other).then(|| {
            let day = if start.date() == other.date() {
                String::new()
            } else {
                other.format("%A, ").to_string()
            };
            format!("{day}{} in {}", hours(self.other, slot), shown_in(self.other, slot))
        });
        context! {
            day => start.format("%A %-d %B").to_string(),
            year => start.format("%Y").to_string(),
            hours => hours(self.own, slot),
            zone => shown_in(self.own, slot),
            beside,
        }
    }
}

/// `New York, UTC−4`: with a minus sign, at which no line breaks.
fn shown_in(zone: Zone, slot: &Slot) -> String {
    zone.shown(slot.start).replace("UTC-", "UTC\u{2212}")
}

/// `10:00 to 10:45`.
fn hours(zone: Zone, slot: &Slot) -> String {
    let (start, end) = (zone.local(slot.start), zone.local(slot.end));
    let till = if start.date() == end.date() {
        end.format("%H:%M")
    } else {
        end.format("%A %H:%M")
    };
    format!("{} to {till}", start.format("%H:%M"))
}

fn chosen(chosen: &Chosen, clock: Clock) -> Value {
    let (name, time) = match chosen {
        Chosen::Slot(slot) => ("slot", Some(clock.time(slot))),
        Chosen::Slots(slots) => {
            let times = slots.iter().map(|slot| clock.time(slot)).collect::<Vec<_>>();
            return context! { name => "slots", time => None::<Value>, times };
        }
        Chosen::Times => ("times", None),
        Chosen::NoneWork => ("none", None),
        Chosen::Move => ("move", None),
        Chosen::CallOff => ("call_off", None),
        Chosen::Attends(true) => ("yes", None),
        Chosen::Attends(false) => ("no", None),
        Chosen::Words => ("words", None),
    };
    context! { name, time, times => Vec::<Value>::new() }
}

/// The days by weeks, each part with what its box sends.
fn weeks(days: &[Day], ticked: &[Stretch]) -> Vec<Value> {
    let monday = |day: NaiveDate| day.week(Weekday::Mon).first_day();
    let mut weeks: Vec<(NaiveDate, Vec<&Day>)> = Vec::new();
    for day in days {
        match weeks.last_mut().filter(|(first, _)| *first == monday(day.date)) {
            Some((_, days)) => days.push(day),
            None => weeks.push((monday(day.date), vec![day])),
        }
    }
    let values = weeks.into_iter().enumerate().map(|(nth, (first, days))| {
        let has_ticked = days.iter().any(|day| ticked.iter().any(|one| one.date == day.date));
        context! {
            from => first.format("%-d %B").to_string(),
            is_open => nth < OPEN_WEEKS || has_ticked,
            days => days.into_iter().map(|day| one_day(day, ticked)).collect::<Vec<_>>(),
        }
    });
    values.collect()
}

fn one_day(day: &Day, ticked: &[Stretch]) -> Value {
    let part = |(from, to, fits): &(chrono::NaiveTime, chrono::NaiveTime, bool)| {
        let stretch = Stretch {
            date: day.date,
            from: *from,
            to: *to,
        };
        let (from, to) = (from.format("%H:%M").to_string(), to.format("%H:%M").to_string());
        let short = |time: &str| time.trim_end_matches(":00").trim_start_matches('0').to_owned();
        context! {
            value => format!("{} {from}-{to}", day.date),
            from => short(&from),
            to => short(&to),
            fits,
            ticked => ticked.contains(&stretch),
        }
    };
    context! {
        name => day.date.format("%A %-d %B").to_string(),
        weekday => day.date.format("%a").to_string(),
        day => day.date.day(),
        parts => day.parts.iter().map(part).collect::<Vec<_>>(),
    }
}

fn name(stage: &Stage) -> &'static str {
    match stage {
        Stage::Times => "times",
        Stage::Choice(_) => "choice",
        Stage::Waits => "waits",
        Stage::Booked { .. } => "booked",
        Stage::Outcome(_) => "outcome",
        Stage::WithRecruiter => "with_recruiter",
        Stage::CalledOff => "called_off",
        Stage::WithoutYou(_) => "without_you",
        Stage::Over(_) => "over",
        Stage::Nothing => "nothing",
    }
}

/// An invented interview in each stage, and with each answer just pressed: for trying the page.
pub(super) fn examples() -> Vec<InterviewView> {
    let slot = |hour: i64| {
        let start = crate::model::Timestamp::UNIX_EPOCH + chrono::Duration::hours(hour);
        Slot {
            start,
            end: start + chrono::Duration::minutes(45),
        }
    };
    let time = |hour| chrono::NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
    let date = NaiveDate::default();
    let plain = InterviewView {
        side: Side::Client,
        several: false,
        with: "Ana Souza".to_owned(),
        zone: Zone::UTC,
        zone_assumed: false,
        other_zone: Zone::UTC,
        minutes: 45,
        stage: Stage::Nothing,
        linked: Some(slot(9)),
        meant: vec![slot(12)],
        moved_from: Some(slot(10)),
        pressed: None,
        needs_confirmation: true,
        other_can: vec![slot(11)],
        days: vec![Day {
            date,
            parts: vec![(time(9), time(11), true), (time(11), time(13), false)],
        }],
        file: Vec::new(),
    };
    let booked = |ahead, confirmed| Stage::Booked {
        slot: slot(9),
        ahead,
        confirmed,
        soon: ahead && confirmed,
    };
    let stages = [
        Stage::Times,
        Stage::Choice(vec![(0, slot(9)), (1, slot(35))]),
        Stage::Waits,
        booked(true, false),
        booked(true, true),
        booked(false, false),
        Stage::Outcome(slot(9)),
        Stage::WithRecruiter,
        Stage::CalledOff,
        Stage::WithoutYou(slot(9)),
        Stage::Over(true),
        Stage::Over(false),
        Stage::Nothing,
    ];
    let pressed = [
        Chosen::Slot(slot(9)),
        Chosen::Slots(vec![slot(9), slot(35)]),
        Chosen::Times,
        Chosen::NoneWork,
        Chosen::Move,
        Chosen::CallOff,
        Chosen::Attends(true),
        Chosen::Attends(false),
        Chosen::Words,
    ];
    let for_one = stages.iter().map(|stage| InterviewView {
        stage: stage.clone(),
        ..plain.clone()
    });
    let for_several = stages.iter().map(|stage| InterviewView {
        stage: stage.clone(),
        side: Side::Interviewer(0),
        several: true,
        ..plain.clone()
    });
    let mut all: Vec<InterviewView> = for_one.chain(for_several).collect();
    all.extend(pressed.into_iter().map(|one| InterviewView {
        stage: Stage::Times,
        side: Side::Candidate,
        pressed: Some(one),
        zone_assumed: true,
        needs_confirmation: false,
        ..plain.clone()
    }));
    all
}
