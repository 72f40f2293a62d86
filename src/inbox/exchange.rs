//! Judging answers: within their deadline, good or bad, and what went wrong.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::timeout;

use super::answer::{Answer, Status};
use super::guard::Overrun;
use super::{Limits, Trouble};

/// Whether an answer is the good end of a command. Its bad ends are errors.
pub(super) fn ends(command: &'static str, tag: &str, answer: &Answer) -> Result<bool, Trouble> {
    match answer {
        Answer::Done { tag: ended, status, words } => match status {
            // No other command is under way: an OK to something else is out of step.
            Status::Ok if ended == tag => Ok(true),
            Status::Ok | Status::PreAuth => Err(Trouble::Unparsable { command }),
            Status::No => Err(Trouble::refused(command, "NO", words)),
            Status::Bad => Err(Trouble::refused(command, "BAD", words)),
            Status::Bye => Err(Trouble::refused(command, "BYE", words)),
        },
        Answer::Remark { .. }
        | Answer::Continue
        | Answer::Changed
        | Answer::Found(_)
        | Answer::Message(_)
        | Answer::Offers(_)
        | Answer::Other => Ok(false),
    }
}

/// Gives up after a while, and takes a panic of the parser for an answer it cannot read: it panics on an INTERNALDATE of NIL,
/// for instance.
pub(super) async fn bounded<T>(
    command: &'static str,
    within: Duration,
    work: impl Future<Output = Result<T, Trouble>>,
) -> Result<T, Trouble> {
    match timeout(within, AssertUnwindSafe(work).catch_unwind()).await {
        Err(_elapsed) => Err(Trouble::Silent { command, within }),
        Ok(Err(_panic)) => Err(Trouble::Unparsable { command }),
        Ok(Ok(answer)) => answer,
    }
}

/// What a reading brought. A goodbye is an error at any time.
pub(super) fn judged(command: &'static str, read: std::io::Result<Option<Answer>>, limits: Limits) -> Result<Answer, Trouble> {
    match read {
        Err(error) => Err(io_trouble(command, &error, limits)),
        Ok(None) => Err(Trouble::Closed { command }),
        Ok(Some(Answer::Remark {
            status: Status::Bye,
            words,
            ..
        })) => Err(Trouble::refused(command, "BYE", &words)),
        Ok(Some(answer)) => Ok(answer),
    }
}

pub(super) fn error_trouble(command: &'static str, error: async_imap::error::Error, limits: Limits) -> Trouble {
    use async_imap::error::Error;
    match error {
        Error::No(words) => Trouble::refused(command, "NO", &words),
        Error::Bad(words) => Trouble::refused(command, "BAD", &words),
        Error::Io(error) => io_trouble(command, &error, limits),
        Error::ConnectionLost => Trouble::Closed { command },
        Error::Validate(_) => Trouble::Unsendable { what: "a command" },
        Error::Parse(_) | Error::Append | _ => Trouble::Unparsable { command },
    }
}

/// The error's own text is not kept: a parser's error quotes the server, and that may be somebody's mail.
fn io_trouble(command: &'static str, error: &std::io::Error, limits: Limits) -> Trouble {
    if let Some(Overrun { announced, limit }) = error.get_ref().and_then(|inner| inner.downcast_ref::<Overrun>()) {
        return Trouble::TooLarge {
            command,
            announced: *announced,
            limit: *limit,
        };
    }
    if error.kind() == std::io::ErrorKind::TimedOut {
        return Trouble::Silent {
            command,
            within: limits.silence,
        };
    }
    if error.kind() == std::io::ErrorKind::Other {
        return Trouble::Unparsable { command };
    }
    Trouble::Closed { command }
}
