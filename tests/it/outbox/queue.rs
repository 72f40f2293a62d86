//! A queue in memory, for the loop that sends.

use std::sync::{Arc, Mutex};

use replyd::compose::Envelope;
use replyd::daemon::sending::{Answer, Claimed, Queue, QueueError, Settled};
use replyd::model::{LetterId, Timestamp};

#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) letter: LetterId,
    pub(super) to: String,
    pub(super) bytes: Vec<u8>,
    pub(super) not_after: Option<Timestamp>,
    pub(super) due: Option<Timestamp>,
    pub(super) claimed: bool,
    pub(super) first_try: Option<Timestamp>,
    /// As the cellar counts: raised before each try, taken back when the letter is not to blame.
    pub(super) attempts: u32,
    pub(super) intents: u32,
    pub(super) history: Vec<Settled>,
}

#[derive(Debug, Default)]
pub(super) struct Inside {
    pub(super) rows: Vec<Row>,
    pub(super) pauses: Vec<Timestamp>,
    /// DOT_INTENT cannot be stored.
    pub(super) broken_intent: bool,
    /// The outcome of this letter cannot be stored.
    pub(super) broken_outcome: Option<LetterId>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct MemoryQueue(pub(super) Arc<Mutex<Inside>>);

impl MemoryQueue {
    pub(super) fn add(&self, to: &str, bytes: &[u8], due: Timestamp, not_after: Option<Timestamp>) -> LetterId {
        let mut inside = self.0.lock().unwrap();
        let letter = LetterId(inside.rows.len() as i64 + 1);
        inside.rows.push(Row {
            letter,
            to: to.to_owned(),
            bytes: bytes.to_vec(),
            not_after,
            due: Some(due),
            claimed: false,
            first_try: None,
            attempts: 0,
            intents: 0,
            history: Vec::new(),
        });
        letter
    }

    pub(super) fn row(&self, letter: LetterId) -> Row {
        self.0.lock().unwrap().rows.iter().find(|row| row.letter == letter).unwrap().clone()
    }

    fn change<T>(&self, letter: LetterId, change: impl FnOnce(&mut Row) -> T) -> T {
        change(self.0.lock().unwrap().rows.iter_mut().find(|row| row.letter == letter).unwrap())
    }
}

impl Queue for MemoryQueue {
    fn claim(&self, now: Timestamp) -> Answer<'_, Option<Claimed>> {
        let mut inside = self.0.lock().unwrap();
        let next = inside
            .rows
            .iter_mut()
            .filter(|row| !row.claimed && row.due.is_some_and(|due| due <= now))
            .min_by_key(|row| (row.due, row.letter));
        let claimed = next.map(|row| {
            row.claimed = true;
            row.attempts += 1;
            Claimed {
                letter: row.letter,
                attempt: row.attempts,
                first_try: *row.first_try.get_or_insert(now),
                not_after: row.not_after,
                envelope: Envelope {
                    from: "bot+k7@agency.example".parse().unwrap(),
                    to: row.to.parse().unwrap(),
                },
                bytes: row.bytes.clone().into(),
                repeatable: true,
            }
        });
        Box::pin(async move { Ok(claimed) })
    }

    fn put_back(&self, letters: Vec<LetterId>) -> Answer<'_, ()> {
        for letter in letters {
            self.change(letter, |row| {
                assert!(row.claimed, "what is given back was taken");
                row.claimed = false;
                row.attempts -= 1;
            });
        }
        Box::pin(async { Ok(()) })
    }

    fn dot_intent(&self, letter: LetterId, attempt: u32) -> Answer<'_, ()> {
        Box::pin(async move {
            if self.0.lock().unwrap().broken_intent {
                return Err(QueueError("the disk is full".into()));
            }
            self.change(letter, |row| {
                assert!(row.claimed && row.attempts == attempt);
                row.intents += 1;
            });
            Ok(())
        })
    }

    fn settle(&self, letter: LetterId, attempt: u32, settled: Settled) -> Answer<'_, ()> {
        if self.0.lock().unwrap().broken_outcome == Some(letter) {
            return Box::pin(async { Err(QueueError("the disk is full".into())) });
        }
        self.change(letter, |row| {
            assert!(row.claimed && row.attempts == attempt, "settled once, for its own attempt");
            row.claimed = false;
            row.due = None;
            if let Settled::Deferred { until, count_attempt, .. } = &settled {
                row.due = Some(*until);
                row.attempts -= u32::from(!count_attempt);
            }
            row.history.push(settled);
        });
        Box::pin(async { Ok(()) })
    }

    fn next_due(&self) -> Answer<'_, Option<Timestamp>> {
        let next = self
            .0
            .lock()
            .unwrap()
            .rows
            .iter()
            .filter(|row| !row.claimed)
            .filter_map(|row| row.due)
            .min();
        Box::pin(async move { Ok(next) })
    }

    fn pause(&self, until: Timestamp, _why: &str) -> Answer<'_, ()> {
        self.0.lock().unwrap().pauses.push(until);
        Box::pin(async { Ok(()) })
    }
}
