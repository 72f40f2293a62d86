//! How time passes in the demo: as on the wall, N times as fast, or at once to what comes next.
//!
//! In: a speed, and holds while somebody writes or has a page open. Out: pushes of the one clock.
//! Never here: a push past something that is due. The daemon does everything at its own time, however fast the hours go by.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::demo::DemoError;
use crate::demo::house::House;
use crate::model::Timestamp;

/// How often the clock is pushed while time runs fast.
const TICK: Duration = Duration::from_millis(50);
/// How long the daemon may take for what is due before time goes on without it.
const PATIENCE: Duration = Duration::from_secs(15);
/// As fast as time runs: a day in a second.
pub const FASTEST: f64 = 86_400.0;

/// The pace of time.
#[derive(Debug)]
pub(super) struct Flow {
    pace: Mutex<Pace>,
    /// Held by whoever pushes the clock.
    hand: Mutex<()>,
}

#[derive(Debug)]
struct Pace {
    speed: f64,
    held_until: Option<Instant>,
    /// Since when the daemon has been busy while time should run.
    busy_since: Option<Instant>,
}

impl Flow {
    pub(super) fn new(speed: f64) -> Self {
        let pace = Pace {
            speed: sane(speed),
            held_until: None,
            busy_since: None,
        };
        Self {
            pace: Mutex::new(pace),
            hand: Mutex::default(),
        }
    }

    /// The chosen speed.
    pub(super) fn speed(&self) -> f64 {
        self.pace().speed
    }

    /// Whether time runs as on the wall for a moment, although a higher speed is chosen.
    pub(super) fn is_held(&self) -> bool {
        self.pace().held_until.is_some_and(|until| Instant::now() < until)
    }

    /// Chooses a speed.
    pub(super) fn run_at(&self, speed: f64) {
        let mut pace = self.pace();
        pace.speed = sane(speed);
        pace.held_until = None;
    }

    /// Time runs as on the wall for so long, because somebody is busy with a page or a reply.
    pub(super) fn hold(&self, time: Duration) {
        let mut pace = self.pace();
        let until = Instant::now() + time;
        pace.held_until = Some(pace.held_until.map_or(until, |before| before.max(until)));
    }

    /// Ends what [`Flow::hold`] began.
    pub(super) fn release(&self) {
        self.pace().held_until = None;
    }

    /// Lets time run fast whenever it should. Never returns.
    pub(super) async fn run(&self, house: &House) {
        let mut last = Instant::now();
        loop {
            tokio::time::sleep(TICK).await;
            let real = last.elapsed();
            last = Instant::now();
            let faster = self.speed() - 1.0;
            if faster <= 0.0 || self.is_held() {
                continue;
            }
            let micros = real.as_secs_f64() * faster * 1e6;
            self.pass(house, chrono::Duration::microseconds(micros as i64)).await;
        }
    }

    /// Pushes the clock from one due thing to the next; stops early when the daemon needs longer than a tick.
    async fn pass(&self, house: &House, time: chrono::Duration) {
        let end = house.clock.now() + time;
        let began = Instant::now();
        while house.clock.now() < end {
            if self.push(house, end) {
                continue;
            }
            if began.elapsed() > TICK {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// True when nothing is due, or has been for so long that waiting for it does not help.
    fn daemon_rests(&self, house: &House) -> bool {
        let rests = is_quiet(house);
        let mut pace = self.pace();
        if rests {
            pace.busy_since = None;
            return true;
        }
        pace.busy_since.get_or_insert_with(Instant::now).elapsed() > PATIENCE
    }

    /// Moves the clock to what comes next, and waits until it has happened. False when nothing is scheduled.
    pub(super) async fn jump(&self, house: &House) -> Result<bool, DemoError> {
        quiet(house).await;
        let Some(at) = next(house) else { return Ok(false) };
        self.push(house, at);
        quiet(house).await;
        Ok(true)
    }

    /// Pushes the clock towards `end`, but no further than just behind what comes next. False while the daemon has something to do.
    /// Whoever jumps while time runs fast waits for their turn: two that looked at the same time would push twice as far.
    fn push(&self, house: &House, end: Timestamp) -> bool {
        let _turn = self.hand.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.daemon_rests(house) {
            return false;
        }
        let now = house.clock.now();
        let stop = next(house).filter(|at| *at > now).map_or(end, |at| at.min(end));
        if stop > now {
            house.clock.push(stop - now + chrono::Duration::milliseconds(1));
        }
        true
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sane(speed: f64) -> f64 {
    if speed.is_finite() { speed.clamp(1.0, FASTEST) } else { 1.0 }
}

/// When the next thing happens by itself: a deadline, or a letter that waits for its time.
fn next(house: &House) -> Option<Timestamp> {
    let looked = house.store.read(|tx| Ok((tx.next_deadline()?, tx.next_letter()?)));
    let (deadline, letter) = looked.unwrap_or_default();
    deadline.into_iter().chain(letter).min()
}

/// Whether the daemon has done all that is due.
fn is_quiet(house: &House) -> bool {
    let waiting = house.store.read(|tx| tx.any_waiting()).unwrap_or(false);
    !waiting && next(house).is_none_or(|at| at > house.clock.now())
}

/// Waits until the daemon has done all that is due, and a moment longer: a message may be on its way through IMAP.
pub(super) async fn quiet(house: &House) {
    let began = Instant::now();
    let mut resting = 0;
    while resting < 10 && began.elapsed() < PATIENCE {
        resting = if is_quiet(house) { resting + 1 } else { 0 };
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
