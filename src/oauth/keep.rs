//! Keeps the access token of an account: one for all doors, renewed before it ends, one renewal at a time.
//!
//! A rotated refresh token is stored before the access token that came with it is handed out. What passes (the endpoint is away) is
//! tried again later, with the old access token as long as that holds. What does not pass (`invalid_grant`) is said once, and
//! then nothing is asked until the file with the refresh token is another one.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex as Plain, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use super::file::{self, Stamp};
use super::{Grant, Refusal, Right, Settings, answer, post::post};
use crate::model::Secret;
use crate::net::{NoToken, Tokens};

/// An access token is renewed so long before its end.
const EARLY: Duration = Duration::from_secs(5 * 60);
/// The first wait after a failed renewal, doubled with each, and the longest.
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(5 * 60);
/// How often the file is looked at while a login is waited for.
const LOOK: Duration = Duration::from_secs(2);

/// The tokens of one account.
pub struct Keeper {
    settings: Settings,
    /// Held while a token is fetched, so that whoever comes meanwhile gets the same one.
    state: Mutex<State>,
    /// A token that a server refused, and why the account stands still. Apart, because neither waits for a renewal.
    seen: Plain<Seen>,
}

#[derive(Default)]
struct State {
    access: Option<Access>,
    refresh: Option<Secret>,
    /// The refresh token is newer than the file: it could not be stored.
    unsaved: bool,
    /// The file as it was when it was read or written last.
    stamp: Option<Stamp>,
    failures: u32,
    not_before: Option<Instant>,
}

struct Access {
    token: Secret,
    renew: Instant,
    ends: Instant,
}

#[derive(Default)]
struct Seen {
    refused: Option<Secret>,
    stopped: Option<Stopped>,
}

struct Stopped {
    why: String,
    /// The file that did not help.
    stamp: Option<Stamp>,
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Keeper {
    /// Nothing is asked before the first token is wanted.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            state: Mutex::default(),
            seen: Plain::default(),
        }
    }

    /// Why a login is needed, when one is.
    #[must_use]
    pub fn stopped(&self) -> Option<String> {
        self.seen(|seen| seen.stopped.as_ref().map(|stopped| stopped.why.clone()))
    }

    async fn good_token(&self) -> Result<Secret, NoToken> {
        let mut state = self.state.lock().await;
        if let Some(refused) = self.seen(|seen| seen.refused.take())
            && state.access.as_ref().is_some_and(|access| access.token == refused)
        {
            state.access = None;
        }
        if state.unsaved {
            self.save(&mut state)?;
            state.failures = 0;
            state.not_before = None;
        }
        let now = Instant::now();
        let current = state
            .access
            .as_ref()
            .filter(|access| now < access.ends)
            .map(|access| access.token.clone());
        let fresh = state.access.as_ref().is_some_and(|access| now < access.renew);
        let resting = state.not_before.is_some_and(|until| now < until);
        match current {
            Some(token) if fresh || resting => Ok(token),
            _ if resting => Err(NoToken::Later {
                why: "the last try failed a moment ago".to_owned(),
                wait: state.not_before.map_or(FIRST, |until| until - now),
            }),
            current => match self.renew(&mut state).await {
                Ok(token) => Ok(token),
                Err(NoToken::Later { why, .. }) if current.is_some() => {
                    tracing::warn!(
                        why,
                        "the access token of the mail account cannot be renewed now; the old one still holds"
                    );
                    current.ok_or(NoToken::Later { why, wait: FIRST })
                }
                Err(none) => Err(none),
            },
        }
    }

    /// Fetches a new access token, and stores a new refresh token before it hands that out.
    async fn renew(&self, state: &mut State) -> Result<Secret, NoToken> {
        if let Right::Person(path) = &self.settings.right {
            self.take_up(state, path)?;
        }
        let granted = match self.ask(state.refresh.as_ref()).await {
            // Another replyd may have used this refresh token up and stored the next one.
            Err(Refusal::Refused { .. }) if self.is_replaced(state) => {
                if let Right::Person(path) = &self.settings.right {
                    self.take_up(state, path)?;
                }
                self.ask(state.refresh.as_ref()).await
            }
            answered => answered,
        };
        let grant = match granted {
            Ok(grant) => grant,
            Err(refusal @ Refusal::Unreachable { .. }) => return Err(later(state, refusal.to_string())),
            Err(refusal @ (Refusal::Refused { .. } | Refusal::Address(_))) => return Err(self.stop(state, refusal.to_string())),
        };
        let Grant { access, lifetime, refresh } = grant;
        let now = Instant::now();
        state.access = Some(Access {
            token: access.clone(),
            renew: now + fresh_for(lifetime),
            ends: now + lifetime,
        });
        if let (Right::Person(_), Some(refresh)) = (&self.settings.right, refresh)
            && state.refresh.as_ref() != Some(&refresh)
        {
            state.refresh = Some(refresh);
            state.unsaved = true;
        }
        self.save(state)?;
        state.failures = 0;
        state.not_before = None;
        if self.seen(|seen| seen.stopped.take()).is_some() {
            tracing::info!("the login of the mail account is valid again");
        }
        Ok(access)
    }

    /// Reads the refresh token, when there is none yet or the file holds another one.
    fn take_up(&self, state: &mut State, path: &Path) -> Result<(), NoToken> {
        let lies_there = file::stamp(path);
        if state.refresh.is_some() && lies_there == state.stamp {
            let spent = self.seen(|seen| seen.stopped.as_ref().map(|stopped| (stopped.why.clone(), stopped.stamp)));
            return match spent {
                Some((why, stamp)) if stamp == lies_there => Err(NoToken::LoginNeeded { why }),
                Some(_) | None => Ok(()),
            };
        }
        match file::load(path) {
            Ok(Some((refresh, stamp))) => {
                state.refresh = Some(refresh);
                state.stamp = Some(stamp);
                Ok(())
            }
            Ok(None) => Err(self.stop(state, "nobody has logged in yet".to_owned())),
            Err(why) => Err(self.stop(state, why)),
        }
    }

    fn is_replaced(&self, state: &State) -> bool {
        match &self.settings.right {
            Right::Person(path) => file::stamp(path).is_some_and(|stamp| Some(stamp) != state.stamp),
            Right::Application => false,
        }
    }

    /// Stores the refresh token if it is newer than the file.
    fn save(&self, state: &mut State) -> Result<(), NoToken> {
        let (Right::Person(path), true, Some(refresh)) = (&self.settings.right, state.unsaved, &state.refresh) else {
            return Ok(());
        };
        if file::stamp(path).is_some_and(|lies_there| Some(lies_there) != state.stamp) {
            // Somebody has logged in meanwhile: theirs is the newer one, and is read when the next is needed.
            state.unsaved = false;
            state.refresh = None;
            return Ok(());
        }
        if let Err(error) = file::store(path, refresh) {
            tracing::error!(%error, file = %path.display(), "the new refresh token cannot be stored; it is kept until it can");
            return Err(later(state, format!("{}: {error}", path.display())));
        }
        state.unsaved = false;
        state.stamp = file::stamp(path);
        Ok(())
    }

    async fn ask(&self, refresh: Option<&Secret>) -> Result<Grant, Refusal> {
        let settings = &self.settings;
        let mut form = vec![("client_id", settings.client_id.as_str())];
        if let Some(secret) = &settings.client_secret {
            form.push(("client_secret", secret.expose()));
        }
        match (&settings.right, refresh) {
            (Right::Person(_), refresh) => {
                form.push(("grant_type", "refresh_token"));
                form.push(("refresh_token", refresh.map_or("", Secret::expose)));
            }
            (Right::Application, _) => {
                form.push(("grant_type", "client_credentials"));
                form.push(("scope", &settings.scopes));
            }
        }
        let got = post(&settings.token_endpoint, &form, settings.ca_file.as_deref()).await?;
        answer::grant(&got.endpoint, got.status, &got.body)
    }

    /// The account stands still until somebody logs in. Said once for each login that turned out to be no good.
    fn stop(&self, state: &mut State, why: String) -> NoToken {
        state.access = None;
        let stamp = match &self.settings.right {
            Right::Person(path) => file::stamp(path),
            Right::Application => None,
        };
        let news = self.seen(|seen| {
            let news = seen.stopped.as_ref().is_none_or(|stopped| stopped.stamp != stamp);
            seen.stopped = Some(Stopped { why: why.clone(), stamp });
            news
        });
        if news {
            tracing::error!(
                why,
                "the login of the mail account is not valid: nothing is read or sent until somebody runs: replyd login"
            );
        }
        NoToken::LoginNeeded { why }
    }

    /// Ends when there is another file, or when somebody else has found the login to be good.
    async fn another_login(&self) {
        loop {
            let now = match &self.settings.right {
                Right::Person(path) => file::stamp(path),
                Right::Application => None,
            };
            if self.seen(|seen| seen.stopped.as_ref().is_none_or(|stopped| stopped.stamp != now)) {
                return;
            }
            sleep(LOOK).await;
        }
    }

    fn seen<T>(&self, work: impl FnOnce(&mut Seen) -> T) -> T {
        work(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Tokens for Keeper {
    fn token(&self) -> BoxFuture<'_, Result<Secret, NoToken>> {
        self.good_token().boxed()
    }

    fn refused(&self, token: &Secret) {
        self.seen(|seen| seen.refused = Some(token.clone()));
    }

    fn restored(&self) -> BoxFuture<'_, ()> {
        self.another_login().boxed()
    }
}

fn later(state: &mut State, why: String) -> NoToken {
    let wait = FIRST.saturating_mul(2_u32.saturating_pow(state.failures)).min(LONGEST);
    state.failures = state.failures.saturating_add(1);
    state.not_before = Some(Instant::now() + wait);
    NoToken::Later { why, wait }
}

/// Five minutes less than it lives; a token that lives shorter than ten is used for half its life.
fn fresh_for(lifetime: Duration) -> Duration {
    lifetime.saturating_sub(EARLY).max(lifetime / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_five_minutes_before_its_end() {
        let fresh = |seconds| fresh_for(Duration::from_secs(seconds)).as_secs();
        assert_eq!((fresh(3600), fresh(3599), fresh(601)), (3300, 3299, 301));
        assert_eq!((fresh(600), fresh(300), fresh(1), fresh(0)), (300, 150, 0, 0));
    }
}
