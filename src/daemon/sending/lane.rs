//! One worker of the outbox. While the server thinks about a letter, the next one is taken and its DOT_INTENT noted, and the outcome of
//! the one before is stored: a lane waits for the server or for the disk, not for one after the other.
//!
//! Only while many letters wait: a few are sent one after the other. A crash leaves in doubt what had been announced and not settled,
//! for each lane: the letter at the server, the one before it and the one after it at the most.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use super::{CELLAR, Claimed, GLANCE, QueueError, Sending, Settled, is_stopped, pause_or_stop, stopped};
use crate::model::LetterId;

/// Letters in hand and not yet tried.
const MOST_IN_HAND: u32 = 64;
/// A claim that was used up sooner than this is followed by a larger one.
const SOON: Duration = Duration::from_secs(1);

/// How long an outcome waits for a commit to share. It is the time in which a crash would leave it in doubt.
const COMPANY: Duration = Duration::from_millis(20);

/// How far an attempt has come, for the work that goes on beside it.
#[derive(Debug, Default)]
pub(super) struct Progress {
    intended: AtomicBool,
    /// Rings when the dot comes next, and when the attempt has ended.
    moved: Notify,
}

impl Progress {
    /// From here on the dot may have been written.
    pub(super) fn intend(&self) {
        self.intended.store(true, Ordering::SeqCst);
    }

    /// It surely was not.
    pub(super) fn take_back(&self) {
        self.intended.store(false, Ordering::SeqCst);
    }

    /// The dot is written now, and its answer will take a while.
    pub(super) fn at_the_dot(&self) {
        self.moved.notify_one();
    }

    pub(super) fn is_intended(&self) -> bool {
        self.intended.load(Ordering::SeqCst)
    }
}

/// A letter to be tried next.
#[derive(Debug)]
pub(super) struct Next {
    pub(super) claimed: Claimed,
    /// Its DOT_INTENT is noted already.
    pub(super) announced: bool,
}

/// What became of an attempt and is not stored yet.
struct Ended {
    letter: LetterId,
    attempt: u32,
    settled: Settled,
}

/// How letters were claimed last.
#[derive(Debug, Default)]
pub(super) struct Claiming {
    most: u32,
    at: Option<Instant>,
}

impl Sending {
    /// Takes letters until `stop`, and rests when none is due.
    pub(super) async fn lane(&self, wake: &Notify, mut stop: watch::Receiver<bool>) {
        let mut complained = false;
        while !is_stopped(&stop) {
            if let Some(until) = self.paused() {
                self.put_all_back().await;
                tokio::select! {
                    () = self.clock.sleep_until(until) => {}
                    () = self.restored() => self.with(|desk| desk.pause = None),
                    () = stopped(&mut stop) => {}
                }
                continue;
            }
            match self.take().await {
                Ok(Some(claimed)) => {
                    complained = false;
                    self.more.notify_one();
                    // With a stop to listen for it tries until everything is stored.
                    let _ = self.work(claimed, Some(&stop)).await;
                }
                Ok(None) => {
                    complained = false;
                    self.rest(wake, &mut stop).await;
                }
                Err(error) => {
                    if !complained {
                        tracing::error!(%error, "letters cannot be claimed; trying on");
                    }
                    complained = true;
                    pause_or_stop(CELLAR, &mut stop).await;
                }
            }
        }
    }

    /// Takes letters until none is due. Without a stop to listen for, the cellar's first error ends it.
    pub(super) async fn lane_until_idle(&self) -> Result<(), QueueError> {
        while self.paused().is_none() {
            match self.take().await? {
                Some(claimed) => self.work(claimed, None).await?,
                None => break,
            }
        }
        Ok(())
    }

    /// Tries a letter, and those that are taken meanwhile, one after the other.
    async fn work(&self, first: Claimed, stop: Option<&watch::Receiver<bool>>) -> Result<(), QueueError> {
        let mut next = Some(Next {
            claimed: first,
            announced: false,
        });
        let mut ended = None;
        while let Some(one) = next.take() {
            let progress = Progress::default();
            let attempt = async {
                let settled = self.attempt_until(&one, &progress, stop).await;
                progress.moved.notify_one();
                settled
            };
            let (settled, (ahead, stored)) = tokio::join!(attempt, self.meanwhile(&progress, ended.take(), stop));
            ended = Some(Ended {
                letter: one.claimed.letter,
                attempt: one.claimed.attempt,
                settled,
            });
            next = ahead;
            let halt = stored.is_err() || self.paused().is_some() || stop.is_some_and(is_stopped);
            if let Some(unwanted) = next.take_if(|_| halt) {
                self.put_back(vec![unwanted.claimed]).await;
            }
            if stored.is_err() {
                // Each outcome is known here alone: one that cannot be stored takes no other along.
                return self.store(ended, stop).await.and(stored);
            }
        }
        self.store(ended, stop).await
    }

    /// One attempt. A stop lets it end within the grace time, then drops it at whatever point it is.
    async fn attempt_until(&self, one: &Next, progress: &Progress, stop: Option<&watch::Receiver<bool>>) -> Settled {
        let Some(stop) = stop else {
            return self.attempt(one, progress).await;
        };
        let mut stop = stop.clone();
        let overtime = async {
            stopped(&mut stop).await;
            tokio::time::sleep(self.options.grace).await;
        };
        tokio::select! {
            settled = self.attempt(one, progress) => settled,
            () = overtime => self.cut_short(progress.is_intended()),
        }
    }

    /// What is done while the server has a letter: the outcome of the one before is stored, and as soon as the dot is on its way the
    /// next one is taken and announced. The first waits a little for the second, so that both share a commit.
    async fn meanwhile(
        &self,
        progress: &Progress,
        before: Option<Ended>,
        stop: Option<&watch::Receiver<bool>>,
    ) -> (Option<Next>, Result<(), QueueError>) {
        let at_once = tokio::time::timeout(COMPANY, progress.moved.notified()).await.is_ok();
        if at_once {
            return tokio::join!(self.announce_next(progress), self.store(before, stop));
        }
        let stored = self.store(before, stop).await;
        progress.moved.notified().await;
        (self.announce_next(progress).await, stored)
    }

    async fn announce_next(&self, progress: &Progress) -> Option<Next> {
        // A few letters are sent one after the other: then a crash leaves no more in doubt than the one at the server.
        if !progress.is_intended() || self.paused().is_some() || !self.with(|desk| desk.backlog || !desk.in_hand.is_empty()) {
            return None;
        }
        // Whatever is wrong with the cellar is met again, and told, when the letter's own turn comes.
        let claimed = self.take().await.ok().flatten()?;
        let announced = self.queue.dot_intent(claimed.letter, claimed.attempt).await.is_ok();
        Some(Next { claimed, announced })
    }

    /// Stores what became of an attempt.
    async fn store(&self, ended: Option<Ended>, stop: Option<&watch::Receiver<bool>>) -> Result<(), QueueError> {
        let Some(Ended { letter, attempt, settled }) = ended else {
            return Ok(());
        };
        let mut wait = CELLAR;
        loop {
            let stored = self.queue.settle(letter, attempt, settled.clone()).await;
            let (Err(error), Some(stop)) = (&stored, stop) else { return stored };
            // What happened is known here alone: giving up would leave the letter ambiguous.
            tracing::error!(letter.id = %letter, %error, "the outcome of a letter cannot be stored; trying on");
            if is_stopped(stop) {
                return stored;
            }
            pause_or_stop(wait, &mut stop.clone()).await;
            wait = (wait * 2).min(GLANCE);
        }
    }

    /// The letter that has been due longest. Letters are claimed several at a time, so that they share a commit; the faster they go,
    /// the more, so that none stays in hand for long.
    async fn take(&self) -> Result<Option<Claimed>, QueueError> {
        if let Some(one) = self.with(|desk| desk.in_hand.pop_front()) {
            return Ok(Some(one));
        }
        let mut claiming = self.claiming.lock().await;
        if let Some(one) = self.with(|desk| desk.in_hand.pop_front()) {
            return Ok(Some(one));
        }
        let quick = claiming.at.is_some_and(|at| at.elapsed() < SOON);
        let lanes = u32::try_from(self.lanes()).unwrap_or(MOST_IN_HAND);
        claiming.most = if quick { (claiming.most * 2).min(MOST_IN_HAND) } else { lanes };
        let claimed = self.queue.claim_some(self.clock.now(), claiming.most).await?;
        claiming.at = Some(Instant::now());
        Ok(self.with(|desk| {
            desk.backlog = claiming.most > lanes && claimed.len() >= claiming.most as usize;
            desk.in_hand.extend(claimed);
            desk.in_hand.pop_front()
        }))
    }

    /// Gives back what was taken and will not be tried now.
    pub(super) async fn put_all_back(&self) {
        let in_hand = self.with(|desk| std::mem::take(&mut desk.in_hand));
        if !in_hand.is_empty() {
            self.put_back(in_hand.into()).await;
        }
    }

    async fn put_back(&self, unwanted: Vec<Claimed>) {
        let letters = unwanted.iter().map(|one| one.letter).collect();
        if let Err(error) = self.queue.put_back(letters).await {
            tracing::error!(%error, "letters that were not tried cannot be given back; they stay in hand");
            self.with(|desk| desk.in_hand.extend(unwanted));
        }
    }
}
