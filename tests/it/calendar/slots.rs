//! Finding slots, against somebody who looks at every five minutes.

use chrono::{Datelike, Duration, Timelike, Weekday};
use replyd::calendar::{Hours, LocalTime, OpenDays, Party, Search, Spans, Zone, slots};
use replyd::model::Timestamp;

use crate::roundtrip::dice::Dice;

use super::{utc, zone};

const ZONES: [&str; 9] = [
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "America/St_Johns",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
];

fn party(zone_name: &str, given: Option<&[(&str, &str)]>) -> Party {
    Party {
        zone: zone(zone_name),
        hours: Hours::of(9, 18, OpenDays::Weekdays),
        given: given.map(spans),
        busy: Spans::default(),
    }
}

fn spans(all: &[(&str, &str)]) -> Spans {
    Spans::of(all.iter().map(|(from, to)| (utc(from), utc(to))).collect())
}

fn search<'a>(now: &str, required: &'a [Party], past: &'a Spans) -> Search<'a> {
    Search {
        now: utc(now),
        required,
        optional: &[],
        several: (&[], 0),
        duration: Duration::minutes(45),
        before: Duration::zero(),
        after: Duration::zero(),
        notice: Duration::hours(12),
        horizon: Duration::days(14),
        past,
        count: 4,
    }
}

fn starts(search: &Search<'_>) -> Vec<String> {
    let found = slots(search);
    assert!(found.iter().all(|(start, end)| *end - *start == search.duration));
    found.iter().map(|(start, _)| start.format("%a %d %H:%M").to_string()).collect()
}

#[test]
fn slots_are_soon_spread_round_and_kind_to_both() {
    let none = Spans::default();
    // Monday morning; the working hours of both are 14:00 to 17:00 UTC.
    let people = [party("Europe/London", None), party("America/New_York", None)];
    let found = starts(&search("2026-07-06T08:00:00Z", &people, &none));
    assert_eq!(found, ["Tue 07 15:00", "Wed 08 14:00", "Thu 09 14:30", "Fri 10 15:30"]);
    // Alone: mornings and afternoons in turn.
    let found = starts(&search("2026-07-06T08:00:00Z", &people[..1], &none));
    assert_eq!(found, ["Tue 07 10:00", "Wed 08 12:00", "Thu 09 13:00", "Fri 10 09:00"]);
}

#[test]
fn what_was_offered_is_not_offered_again() {
    let people = [party("Europe/London", Some(&[("2026-07-08T09:00:00Z", "2026-07-08T12:00:00Z")]))];
    let mut past = Spans::default();
    let mut all = Vec::new();
    for _ in 0..4 {
        let found = slots(&Search {
            count: 1,
            ..search("2026-07-06T08:00:00Z", &people, &past)
        });
        past = past.union(&Spans::of(found.clone()));
        all.extend(found);
    }
    assert_eq!(all.len(), 3, "full hours first, and then there is no room for a fourth: {all:?}");
    assert_eq!(past.length(), Duration::minutes(3 * 45));
}

#[test]
fn optional_people_break_ties_only() {
    let people = [party("Europe/London", None)];
    let none = Spans::default();
    let plain = search("2026-07-06T08:00:00Z", &people, &none);
    let first = slots(&Search { count: 1, ..plain.clone() })[0];
    // Away at the very best time, there an hour later.
    let mut busy = party("Europe/London", None);
    busy.busy = Spans::of(vec![first]);
    let optional = [busy];
    let with = Search {
        optional: &optional,
        count: 1,
        ..plain.clone()
    };
    let second = slots(&with)[0];
    assert_ne!(first, second);
    assert_eq!(second.0.date_naive(), first.0.date_naive(), "as good but for the hour");
    // Never there: nothing changes.
    let never = [party("Europe/London", Some(&[]))];
    assert_eq!(
        slots(&Search {
            optional: &never,
            ..plain.clone()
        }),
        slots(&plain)
    );
}

#[test]
fn odd_times_are_taken_when_nothing_else_fits() {
    let none = Spans::default();
    for (given, expected) in [
        (("2026-07-08T09:10:00Z", "2026-07-08T10:00:00Z"), vec!["Wed 08 09:15"]),
        (("2026-07-08T09:05:00Z", "2026-07-08T09:50:00Z"), vec!["Wed 08 09:05"]),
        (("2026-07-08T09:05:00Z", "2026-07-08T09:45:00Z"), vec![]),
        (("2026-07-08T09:02:30Z", "2026-07-08T10:30:00Z"), vec!["Wed 08 09:30"]),
    ] {
        let people = [party("Europe/London", Some(&[given]))];
        assert_eq!(starts(&search("2026-07-06T08:00:00Z", &people, &none)), expected, "{given:?}");
    }
    // On the wall of Kathmandu, a quarter of an hour beside everybody else's half.
    let people = [party("Asia/Kathmandu", Some(&[("2026-07-08T05:00:00Z", "2026-07-08T06:15:00Z")]))];
    assert_eq!(starts(&search("2026-07-06T08:00:00Z", &people, &none)), ["Wed 08 05:15"]);
}

#[test]
fn nothing_is_offered_in_the_hour_that_a_clock_shows_twice() {
    // 2026-10-25: from 01:00 to 02:00 UTC Berlin's clocks show 02:00 to 03:00 for the second time.
    let none = Spans::default();
    let people = [party("Europe/Berlin", Some(&[("2026-10-25T00:00:00Z", "2026-10-25T03:00:00Z")]))];
    let found = starts(&search("2026-10-23T08:00:00Z", &people, &none));
    assert_eq!(found, ["Sun 25 02:00"], "02:00 UTC is 03:00, once");
}

/// A case with everything in steps of five minutes, and what is open and busy at each.
struct Case {
    now: Timestamp,
    first: Timestamp,
    parties: Vec<Party>,
    past: Spans,
    duration: i64,
    before: i64,
    after: i64,
    notice: i64,
    horizon: i64,
    count: usize,
}

const STEP: i64 = 5;

impl Case {
    fn thrown(dice: &mut Dice) -> Self {
        let days = [
            "2026-03-05T00:00:00Z",
            "2026-03-26T00:00:00Z",
            "2026-07-06T00:00:00Z",
            "2026-10-22T00:00:00Z",
            "2026-10-30T00:00:00Z",
        ];
        let first = utc(dice.one_of::<&str>(&days));
        let now = first + Duration::seconds(dice.below(86_400) as i64);
        let length = |dice: &mut Dice, most: usize| STEP * dice.below(most) as i64;
        let some = |dice: &mut Dice, count: usize, most: usize| {
            let one = |_| {
                let start = first + Duration::minutes(length(dice, 12 * 24 * 12));
                (start, start + Duration::minutes(length(dice, most)))
            };
            Spans::of((0..count).map(one).collect())
        };
        let mut parties = Vec::new();
        for _ in 0..=dice.below(3) {
            let given = match dice.below(3) {
                0 => None,
                1 => {
                    let n = dice.below(6);
                    Some(some(dice, n, 60))
                }
                _ => Some(some(dice, 12, 150)),
            };
            let busy = dice.below(30);
            let from = 5 + dice.below(7) as u32;
            parties.push(Party {
                zone: zone(dice.one_of::<&str>(&ZONES)),
                hours: Hours::of(from, from + 1 + dice.below(11) as u32, OpenDays::Weekdays),
                given,
                busy: some(dice, busy, 40),
            });
        }
        let before = if dice.percent(40) { length(dice, 18) } else { 0 };
        Self {
            now,
            first,
            parties,
            past: some(dice, 3, 20),
            duration: STEP * (3 + dice.below(16)) as i64,
            before,
            after: if dice.percent(50) { before } else { length(dice, 6) },
            notice: dice.below(2_000) as i64,
            horizon: 60 * (6 + dice.below(280)) as i64,
            count: dice.below(7),
        }
    }

    fn search(&self) -> Search<'_> {
        Search {
            now: self.now,
            required: &self.parties,
            optional: &[],
            several: (&[], 0),
            duration: Duration::minutes(self.duration),
            before: Duration::minutes(self.before),
            after: Duration::minutes(self.after),
            notice: Duration::minutes(self.notice),
            horizon: Duration::minutes(self.horizon),
            past: &self.past,
            count: self.count,
        }
    }

    /// Whether a slot may begin there, by going through it in steps.
    fn may(&self, start: Timestamp) -> bool {
        let end = start + Duration::minutes(self.duration);
        if start < self.now + Duration::minutes(self.notice) || end > self.now + Duration::minutes(self.horizon) {
            return false;
        }
        let steps = |from: Timestamp, to: Timestamp| {
            (0..)
                .map(move |n| from + Duration::minutes(n * STEP))
                .take_while(move |at| *at < to)
        };
        let open = |at: Timestamp| {
            !inside(&self.past, at)
                && self.parties.iter().all(|party| match &party.given {
                    Some(given) => inside(given, at),
                    None => working(party.zone, party.hours, at),
                })
        };
        let around = (start - Duration::minutes(self.before), end + Duration::minutes(self.after));
        steps(start, end).all(open)
            && steps(around.0, around.1).all(|at| !self.parties.iter().any(|party| inside(&party.busy, at)))
            && self
                .parties
                .iter()
                .all(|party| matches!(party.zone.instant(party.zone.local(start)), LocalTime::One(_)))
    }
}

fn inside(spans: &Spans, at: Timestamp) -> bool {
    spans.iter().any(|(start, end)| start <= at && at < end)
}

fn working(zone: Zone, hours: Hours, at: Timestamp) -> bool {
    let local = zone.local(at);
    let weekend = matches!(local.weekday(), Weekday::Sat | Weekday::Sun);
    !weekend && local.time() >= hours.from && local.time() < hours.to
}

/// Every slot is one that somebody who looks at each five minutes would allow, and where there are fewer than wanted there is no more room
/// at any full or half hour.
#[test]
fn slots_are_those_that_a_patient_person_finds() {
    let (mut some, mut none, mut few) = (0, 0, 0);
    for seed in 1..=600 {
        let case = Case::thrown(&mut Dice::new(seed));
        let found = slots(&case.search());
        assert_eq!(found, slots(&case.search()), "seed {seed}: not the same twice");
        assert!(found.len() <= case.count, "seed {seed}");
        for (start, end) in &found {
            assert_eq!((*end - *start).num_minutes(), case.duration, "seed {seed}");
            assert!(
                start.minute().is_multiple_of(5) && start.second() == 0 && case.may(*start),
                "seed {seed}: {start} may not be"
            );
        }
        assert!(
            found.windows(2).all(|two| two[0].1 <= two[1].0),
            "seed {seed}: out of order, or overlapping"
        );
        match found.len() {
            0 => none += 1,
            n if n < case.count => few += 1,
            _ => some += 1,
        }
        if found.len() == case.count {
            continue;
        }
        let own = case.parties[0].zone;
        let end = case.now + Duration::minutes(case.horizon);
        let mut at = case.first;
        while at < end {
            // Where nothing was found any five minutes would have done, else the half hours of the first.
            if found.is_empty() || own.local(at).minute().is_multiple_of(30) {
                let until = at + Duration::minutes(case.duration);
                let free = found.iter().all(|(start, end)| until <= *start || *end <= at);
                assert!(!(free && case.may(at)), "seed {seed}: {at} was overlooked, found {found:?}");
            }
            at += Duration::minutes(STEP);
        }
    }
    assert!(some > 150 && none > 30 && few > 30, "{some} {none} {few}");
}
