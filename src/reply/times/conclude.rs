//! All that was read of a text → what its writer wants, and the times of it.
//!
//! In: blocks, marks, offers and the slots chosen. Out: [`Times`].
//! What is booked comes before what was offered, and slots of ours before free times.
//! Never here: reading of words.

use chrono::NaiveDate;

use super::choose::Choice;
use super::clauses::{Block, Hours, Said};
use super::clock::Clock;
use super::day::{Days, on_or_after};
use super::doubts::{self, Doubt};
use super::lex::{Item, Lex};
use super::solve::{self, Offer};
use super::{Asked, Intent, Interval, Times, Why};
use crate::calendar::{Spans, Zone};

/// All that was read of a text.
pub(super) struct Reading<'r> {
    pub(super) said: &'r Said,
    pub(super) items: &'r [Item],
    pub(super) offers: &'r [Offer],
    pub(super) choice: &'r Choice,
    pub(super) asked: &'r Asked<'r>,
    pub(super) zone: Zone,
    /// The days the answer is about before it names any.
    pub(super) spoken: &'r [NaiveDate],
}

impl Reading<'_> {
    /// What is wanted, and when.
    pub(super) fn conclude(&self) -> Times {
        let (open, intervals) = solve::instants(self.offers, self.asked.written);
        let mut times = Times {
            intent: Intent::Availability,
            open,
            intervals,
            selected: Vec::new(),
            zone: self.said.zone,
            doubts: Vec::new(),
        };
        times.doubts = doubts::find(&self.said.doubts, &self.said.blocks, self.offers, &times.open, self.asked.written);
        times.doubts.extend(doubts::signs(
            self.said,
            self.items,
            self.offers,
            self.zone.local(self.asked.written).date(),
        ));
        if self.cancels() {
            // "Please cancel Monday"
            times.doubts.retain(|doubt| doubt.why != Why::OnlyRefusals);
            return without(times, Intent::Cancel);
        }
        let times = match self.asked.booked {
            Some(_) => self.of_booked(times),
            None => self.of_offered(times),
        };
        doubts::with_readings(times, self)
    }

    fn has(&self, wanted: Lex) -> bool {
        self.said.marks.iter().any(|mark| mark.lex == wanted)
    }

    fn moves(&self) -> bool {
        [Lex::Reschedule, Lex::CannotCome, Lex::CameUp, Lex::MoveLater, Lex::MoveEarlier]
            .into_iter()
            .any(|lex| self.has(lex))
            || self.said.blocks.iter().any(shifts)
    }

    /// Calls it off, and names no other time.
    fn cancels(&self) -> bool {
        // "I have to cancel 2pm, can do 4pm instead"
        if !self.has(Lex::Cancel) || self.has(Lex::Reschedule) || self.has(Lex::Instead) {
            return false;
        }
        let timed = |block: &Block| block.clocks.iter().any(|hours| hours.clock != Clock::All);
        // "I decided yesterday for another offer"
        let today = self.zone.local(self.asked.written).date();
        let past = |block: &Block| !block.days.is_empty() && block.days.iter().all(|days| matches!(days, Days::Day(day) if *day < today));
        let other = |block: &Block| {
            !block.guessed && !past(block) && (!block.days.is_empty() || timed(block)) && !self.said.beside(Lex::Cancel, block, self.items)
        };
        let others = |booked| {
            solve::without_booked(&self.said.blocks, &self.said.marks, booked, self.zone)
                .iter()
                .any(other)
        };
        match self.asked.booked {
            Some(booked) => !others(booked) || self.said.blocks.is_empty(),
            // "I've accepted another offer this morning, please withdraw me"
            None => {
                let open = |block: &Block| block.yes && !self.said.beside(Lex::Cancel, block, self.items);
                !self.said.blocks.iter().any(open)
            }
        }
    }

    /// The interview is moved, asked about, or left as it is.
    fn of_booked(&self, mut times: Times) -> Times {
        let blocks = &self.said.blocks;
        let moves = self.moves() || self.has(Lex::Cancel);
        // "I'll be there on Friday at 10", where that was the slot offered and is the one booked
        let is_booked = |at: &usize| self.asked.options.get(*at).copied() == self.asked.booked;
        let refused = blocks.iter().any(|block| !block.yes);
        if !moves && !refused && !self.said.asks && !self.choice.taken.is_empty() && self.choice.taken.iter().all(is_booked) {
            return self.selected(times);
        }
        let offers = blocks.iter().any(|block| block.yes);
        if self.said.asks && !moves && !offers {
            return without(times, Intent::Question);
        }
        // "I finish work at 1, so that works": what is told beside a yes refuses nothing.
        let suits = self
            .said
            .marks
            .iter()
            .any(|mark| mark.yes && mark.firm && matches!(mark.lex, Lex::ThatOne | Lex::Free));
        let aside = |block: &Block| suits && block.told && block.days.is_empty();
        let refuses = blocks.iter().any(|block| !block.yes && !aside(block)) || self.has(Lex::Not);
        if !moves && !offers && !refuses {
            return without(times, if self.said.asks { Intent::Question } else { Intent::Nothing });
        }
        // The day or the hour of the interview itself is where it is moved from.
        let moved = self.moved(blocks, self.zone);
        if !moved.is_empty() {
            // What is doubted is where it is moved to.
            let other = self.beside_booked(blocks);
            let stays = |block: &&Block| !block.yes && block.guessed || other.iter().any(|other| other.bytes == block.bytes);
            let doubted: Vec<Block> = blocks.iter().filter(stays).cloned().collect();
            let (open, _) = solve::instants(&moved, self.asked.written);
            times.doubts = doubts::find(&self.said.doubts, &doubted, &moved, &open, self.asked.written);
        }
        // "Can you send me the link for Thursday again? I can't find it": no time is refused.
        let no_time_refused = self.said.asks && !refused;
        // "Confirmed for Tuesday at 10"
        if moved.is_empty() && !moves && (!refuses || no_time_refused) {
            return without(times, if self.said.asks { Intent::Question } else { Intent::Nothing });
        }
        (times.open, times.intervals) = solve::instants(&moved, self.asked.written);
        // "Great, I'm free all of Tuesday morning": at the time it is at as well.
        let holds = |(start, end)| times.open.covers(start, end);
        // "How long will it take? I need to be back by 4": what is asked proposes nothing.
        let other = self.beside_booked(blocks);
        let proposed = |block: &Block| block.yes && self.said.asking.get(block.sentence).copied().unwrap_or(false);
        if !moves && !refuses && !other.iter().any(proposed) && self.asked.booked.is_some_and(holds) {
            return without(times, if self.said.asks { Intent::Question } else { Intent::Nothing });
        }
        // "Is it 24 November or 1 December?": asked, not proposed, most likely.
        let asks = |block: &Block| {
            self.said
                .marks
                .iter()
                .any(|mark| mark.lex == Lex::Asks && mark.sentence == block.sentence)
        };
        let asked = |block: &Block| !block.yes || self.said.only_asked(block) && asks(block);
        if !moves && !self.has(Lex::Instead) && !times.open.is_empty() && other.iter().all(asked) {
            let words = other.first().map_or(0..0, |block| block.bytes.clone());
            times.doubts.push(Doubt {
                why: Why::OfferedOrRefused,
                words,
                readings: Vec::new(),
            });
        }
        times.intent = Intent::Reschedule;
        self.not_where_it_is(&mut times);
        times
    }

    /// The very time it is at is none it is moved to.
    fn not_where_it_is(&self, times: &mut Times) {
        let Some(booked) = self.asked.booked else { return };
        let stays = |interval: &Interval| (interval.start, interval.end) == booked;
        let Some(at) = times.intervals.iter().position(stays) else { return };
        let doubt = Doubt {
            why: Why::Contradiction,
            words: times.intervals.get(at).map(|interval| interval.words.clone()).unwrap_or_default(),
            readings: Vec::new(),
        };
        if times.intervals.iter().all(stays) {
            times.doubts.push(doubt);
        } else {
            times.intervals.retain(|interval| !stays(interval));
            times.open = Spans::of(times.intervals.iter().map(|interval| (interval.start, interval.end)).collect());
        }
    }

    /// The blocks that do not say when the interview is now.
    fn beside_booked(&self, blocks: &[Block]) -> Vec<Block> {
        match self.asked.booked {
            Some(booked) => solve::without_booked(blocks, &self.said.marks, booked, self.zone),
            None => blocks.to_vec(),
        }
    }

    /// The offers that an answer to a booked interview makes beside it.
    fn moved(&self, blocks: &[Block], zone: Zone) -> Vec<Offer> {
        let Some(booked) = self.asked.booked else { return Vec::new() };
        let mut other = self.beside_booked(blocks);
        // "Half an hour earlier? At 4 I have to be in town." The hours elsewhere say why.
        let moved_in = other.iter().find(|block| shifts(block)).map(|block| block.sentence);
        // "Could we bring it forward to 9? At 10 a colleague has his farewell."
        let asked_to = |mark: &super::clauses::Mark| matches!(mark.lex, Lex::Reschedule | Lex::MoveLater | Lex::MoveEarlier);
        let set_in = self
            .said
            .marks
            .iter()
            .filter(|mark| asked_to(mark))
            .map(|mark| mark.sentence)
            .find(|sentence| {
                let set =
                    |block: &Block| block.sentence == *sentence && block.clocks.iter().any(|hours| matches!(hours.clock, Clock::Point(_)));
                other.iter().any(set)
            });
        let elsewhere = |block: &Block| {
            let told = !block.firm || block.guessed;
            block.days.is_empty()
                && (told && moved_in.is_some_and(|sentence| sentence != block.sentence)
                    || block.guessed && set_in.is_some_and(|sentence| sentence < block.sentence))
        };
        other.retain(|block| !elsewhere(block));
        // "a day earlier": at the same time.
        for block in other.iter_mut().filter(|block| shifts(block) && block.clocks.is_empty()) {
            block.clocks.push(Hours {
                clock: Clock::Same,
                besides: false,
            });
        }
        // "the week after, same day and time"
        let weekday = chrono::Datelike::weekday(&zone.local(booked.0).date()).num_days_from_monday();
        let same_time = |block: &Block| matches!(block.clocks.as_slice(), [hours] if hours.clock == Clock::Same);
        for block in other
            .iter_mut()
            .filter(|block| block.days.contains(&Days::Same) || block.days.len() == 1 && same_time(block))
        {
            let week = block
                .days
                .iter()
                .find_map(|days| if let Days::Week(week) = days { Some(*week) } else { None });
            if let Some(day) = week.and_then(|week| week.monday.checked_add_days(chrono::Days::new(u64::from(weekday)))) {
                block.days = vec![Days::Day(day)];
            }
        }
        // "Friday's call would be midnight here": the day as we say it, where the writer's is another.
        let ours = self.asked.ours.local(booked.0).date();
        let named = |days: &Days| match days {
            Days::Weekday(weekday) => chrono::Datelike::weekday(&ours).number_from_monday() == *weekday,
            Days::Day(day) => *day == ours,
            _ => false,
        };
        let as_we_say = blocks.iter().flat_map(|block| &block.days).any(named);
        let spoken = if as_we_say { ours } else { zone.local(booked.0).date() };
        let offers = solve::offers(&other, self.asked, zone, &[spoken]);
        if offers.iter().any(Offer::was_said) { offers } else { Vec::new() }
    }

    /// Slots of ours are taken or refused, or other times are given.
    fn of_offered(&self, mut times: Times) -> Times {
        let flexible = self.has(Lex::Flexible) && self.said.blocks.is_empty();
        if !self.asked.options.is_empty() {
            if !self.choice.taken.is_empty() {
                return self.selected(times);
            }
            if self.choice.others.is_empty() && (self.choice.none || !self.choice.refused.is_empty() && !flexible) {
                if !self.choice.none {
                    times.doubts.push(Doubt::nothing());
                }
                return without(times, Intent::NoneWork);
            }
        }
        // "On leave next week, otherwise I'm flexible": what is left was offered in words.
        if self.has(Lex::Flexible) {
            times.doubts.retain(|doubt| doubt.why != Why::OnlyRefusals);
        }
        if flexible && times.open.is_empty() {
            let any = solve::any_time(self.asked, self.zone);
            (times.open, times.intervals) = solve::instants(&any, self.asked.written);
        }
        if times.open.is_empty() {
            if self.said.asks {
                return without(times, Intent::Question);
            }
            times.doubts.push(Doubt::nothing());
        }
        times
    }

    fn selected(&self, mut times: Times) -> Times {
        times.intent = Intent::Select;
        // "all but the Thursday": what is left was offered by us.
        times.doubts.retain(|doubt| doubt.why != Why::OnlyRefusals);
        times.selected.clone_from(&self.choice.taken);
        let slot = |at: &usize| self.asked.options.get(*at).copied();
        times.open = Spans::of(self.choice.taken.iter().filter_map(slot).collect());
        let words = |at: usize| {
            self.choice
                .words
                .iter()
                .rev()
                .find(|(slot, _)| *slot == at)
                .map(|(_, words)| words.clone())
        };
        times.intervals = self
            .choice
            .taken
            .iter()
            .filter_map(|at| {
                let (start, end) = slot(at)?;
                let words = words(*at).unwrap_or_default();
                Some(Interval { start, end, words })
            })
            .collect();
        // "the third, if it can be an hour later" moves what it takes.
        let moved = [Lex::Reschedule, Lex::MoveLater, Lex::MoveEarlier]
            .into_iter()
            .any(|lex| self.has(lex));
        if self.choice.loose || moved {
            times.doubts.push(Doubt {
                why: Why::Choice,
                ..Doubt::nothing()
            });
        }
        if let Some(other) = self.choice.others.first().and_then(|at| self.said.blocks.get(*at)) {
            times.doubts.push(Doubt {
                why: Why::Choice,
                words: other.bytes.clone(),
                readings: Vec::new(),
            });
        }
        times
    }

    /// A weekday of the week that begins with the next such day of another.
    pub(super) fn weekday_from(&self, first: &Days, weekday: u32) -> Option<NaiveDate> {
        let Days::Weekday(first) = first else { return None };
        let tomorrow = self.zone.local(self.asked.written).date().succ_opt()?;
        on_or_after(on_or_after(tomorrow, *first)?, weekday)
    }

    /// What would be open if the blocks were these.
    pub(super) fn open(&self, blocks: &[Block], zone: Zone) -> Spans {
        let offers = if self.asked.booked.is_some() {
            self.moved(blocks, zone)
        } else {
            solve::offers(blocks, self.asked, zone, self.spoken)
        };
        solve::instants(&offers, self.asked.written).0
    }
}

/// "45 minutes later", "a day earlier".
fn shifts(block: &Block) -> bool {
    block.clocks.iter().any(|hours| matches!(hours.clock, Clock::Shift(_))) || block.days.iter().any(|days| matches!(days, Days::Moved(_)))
}

fn without(times: Times, intent: Intent) -> Times {
    Times {
        intent,
        open: Spans::default(),
        intervals: Vec::new(),
        ..times
    }
}
