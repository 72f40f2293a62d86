//! The population: who they are, when they are awake, and how they go about their mail.

use chrono::Duration;

use super::diary::Diary;
use super::dice::Dice;
use super::phrases::{File, phrase, section};
use crate::calendar::{Hours, OpenDays, Zone};
use crate::model::{Address, AddressError, HeaderText, Mailbox, Timestamp};

/// How somebody goes about their mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Temper {
    /// Answers within hours.
    Prompt,
    /// Answers within days.
    Slow,
    /// Never answers.
    Silent,
    /// Says nothing at first that anybody could act on.
    Vague,
    /// Is out of the office, and answers then.
    Away,
    /// Answers, and then wants something else.
    Fickle,
}

impl Temper {
    /// In percent, of a hundred people.
    const SHARES: [(Self, u64); 6] = [
        (Self::Prompt, 20),
        (Self::Slow, 30),
        (Self::Silent, 15),
        (Self::Vague, 15),
        (Self::Away, 10),
        (Self::Fickle, 10),
    ];

    fn draw(dice: &mut Dice) -> Self {
        let mut at = dice.below(100);
        for (temper, share) in Self::SHARES {
            if at < share {
                return temper;
            }
            at -= share;
        }
        Self::Prompt
    }
}

/// How somebody writes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// "14:00", "2pm", "2 pm", or "2" where it can only be one.
    pub(super) clock: u64,
    /// "Tuesday", "Tue", "Tuesday 24 November", "24/11".
    pub(super) day: u64,
    /// Below one another.
    pub(super) list: bool,
    /// Presses buttons rather than to write, so many times of a hundred.
    pub(super) presses: u64,
}

/// A client's contact, or a candidate.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) number: u64,
    pub(super) mailbox: Mailbox,
    pub(super) zone: Zone,
    pub(super) temper: Temper,
    pub(super) style: Style,
    pub(super) diary: Diary,
    awake: Hours,
    /// Out of the office until this instant, from the first letter on.
    pub(super) away_until: Option<Timestamp>,
    /// Has been vague, or has changed their mind, so often.
    pub(super) odd: u8,
}

impl Person {
    /// Somebody new. `with` is where those live whom they will meet.
    pub(super) fn new(number: u64, works: bool, zone: Zone, with: Zone, dice: &mut Dice) -> Result<Self, AddressError> {
        let first = phrase(dice, File::People, "first");
        let last = phrase(dice, File::People, "last");
        let address = format!("{first}.{last}{number}@people.example").to_ascii_lowercase();
        let awake = if works {
            Hours::of(8, 18, OpenDays::Weekdays)
        } else {
            Hours::of(8, 22, OpenDays::Every)
        };
        Ok(Self {
            number,
            mailbox: Mailbox {
                name: HeaderText::new(&format!("{first} {last}")),
                address: Address::parse(&address)?,
            },
            zone,
            temper: Temper::draw(dice),
            style: Style {
                clock: dice.below(4),
                day: dice.below(5),
                list: dice.percent(20),
                presses: if dice.percent(50) { 70 } else { 10 },
            },
            diary: Diary::new(zone, with, dice.next()),
            awake,
            away_until: None,
            odd: 0,
        })
    }

    pub(super) fn first_name(&self) -> String {
        self.mailbox.name.as_str().split(' ').next().unwrap_or_default().to_owned()
    }

    /// When this person answers a letter that came now; `None` for never.
    pub(super) fn answers_at(&mut self, now: Timestamp, dice: &mut Dice) -> Option<Timestamp> {
        let wait = match self.temper {
            Temper::Silent => return None,
            Temper::Prompt => Duration::minutes(dice.between(4, 180)),
            Temper::Fickle => Duration::minutes(dice.between(10, 240)),
            Temper::Vague => Duration::minutes(dice.between(60, 600)),
            Temper::Slow => Duration::minutes(dice.between(8 * 60, 30 * 60)),
            Temper::Away => Duration::minutes(dice.between(20, 240)),
        };
        let from = self.away_until.map_or(now, |until| until.max(now));
        Some(self.awake.after(from, wait, self.zone))
    }

    /// Goes on leave when the first letter comes. True when it begins now.
    pub(super) fn leaves(&mut self, now: Timestamp, dice: &mut Dice) -> bool {
        let goes = self.temper == Temper::Away && self.away_until.is_none();
        if goes {
            let back = self.zone.local(now).date() + Duration::days(dice.between(2, 8));
            self.away_until = Some(self.awake.opening_on_or_after(back, self.zone));
        }
        goes
    }
}

/// Where somebody lives: mostly near `near`, sometimes anywhere.
pub(super) fn zone(dice: &mut Dice, near: Option<usize>) -> (usize, Zone) {
    let all = section(File::People, "zones");
    let last = i64::try_from(all.len().saturating_sub(1)).unwrap_or(0);
    let at = match near.and_then(|near| i64::try_from(near).ok()) {
        Some(near) if dice.percent(50) => near,
        Some(near) if dice.percent(85) => near + dice.between(-3, 3),
        Some(_) | None => dice.between(0, last),
    };
    let at = usize::try_from(at.clamp(0, last)).unwrap_or(0);
    let zone = all.get(at).and_then(|name| name.parse().ok()).unwrap_or(Zone::UTC);
    (at, zone)
}
