//! A population of people in virtual time: the quiet rooms from the submission to the interview, without a network, a store or a clock.
//!
//! In: how many batches, and a seed. Out: a [`Report`], or the story of the first rule that was [`Broken`]. The same seed tells the same
//! story.
//! People write prose made of the phrases in `words/`; it is read as mail is. What they can make is known here, so that every booking is
//! held against it. Never here: a ready-made reading of prose, a letter's words.

mod act;
mod beginning;
mod case;
mod diary;
mod dice;
mod figures;
mod meet;
mod people;
mod phrases;
mod tell;
mod watch;
mod world;

use std::fmt;

use crate::conversation::Order;
use crate::model::{AddressError, Timestamp};
use figures::Figures;
use world::World;

pub use figures::Report;

/// A rule that did not hold.
#[derive(Debug)]
pub struct Broken {
    /// The run's seed.
    pub seed: u64,
    /// The batch, counted from 1.
    pub batch: u64,
    /// When, in virtual time.
    pub at: Timestamp,
    /// Which rule, in a sentence.
    pub rule: String,
    /// What happened to that batch up to then, a line each.
    pub story: Vec<String>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.story {
            writeln!(f, "{line}")?;
        }
        write!(f, "seed {}, batch {}, {}: {}", self.seed, self.batch, self.at, self.rule)
    }
}

/// Why a run did not end.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// A rule did not hold.
    #[error("{0}")]
    Broken(Box<Broken>),
    /// A name in `words/people.txt` makes no address.
    #[error("words/people.txt: {0}")]
    Name(#[from] AddressError),
}

/// What may differ from run to run beside the seed.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Who is asked for times first.
    pub order: Order,
    /// Batches of a hundred in which more than the contact talk to the candidates.
    pub panels: u64,
}

/// Lets so many batches live, one small world of them after the other. `done` hears how many are through.
///
/// # Errors
/// The first rule that did not hold.
pub fn run(batches: u64, seed: u64, setting: Setting, mut done: impl FnMut(u64)) -> Result<Report, Stopped> {
    let mut figures = Figures::default();
    let mut first = 1;
    while first <= batches {
        let count = beginning::BATCHES.min(batches + 1 - first);
        let mut world = World::new(seed, setting, first, count)?;
        world.live().map_err(|broken| Stopped::Broken(Box::new(broken)))?;
        figures.add(world.figures);
        first += count;
        done(first - 1);
    }
    Ok(figures.report(seed))
}
