//! `GET /v1/events?after=…&limit=…`: what happened, oldest first.

use axum::http::StatusCode;
use axum::response::Response;

use super::{Problem, text};
use crate::conversation::{event_id, event_number};

/// Events in one answer, when nobody says how many.
const USUAL: u32 = 100;
/// And at the most.
const MOST: u32 = 1000;

/// A page of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events {
    /// Each as it was written when it happened.
    pub bodies: Vec<String>,
    /// The number of the last of them, or the one that was asked with.
    pub last: i64,
    /// There are more.
    pub more: bool,
}

impl Events {
    pub(super) fn answer(self) -> Response {
        // They are JSON as they are.
        let body = format!(
            "{{\"events\":[{}],\"next\":\"{}\",\"more\":{}}}",
            self.bodies.join(","),
            event_id(self.last),
            self.more
        );
        text(StatusCode::OK, "application/json", body)
    }
}

/// After which event, and how many.
pub(super) fn asked(query: Option<&str>) -> Result<(i64, u32), Problem> {
    let wrong = |what: &str| Problem::new(400, "bad_query", what);
    let (mut after, mut limit) = (None, None);
    for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("after", id)) if after.is_none() => {
                let number = event_number(id).ok_or_else(|| {
                    wrong("after must be the `next` of an earlier answer or an event's id, such as evt_42; without it the feed begins at its beginning.")
                })?;
                after = Some(number);
            }
            Some(("limit", text)) if limit.is_none() => {
                let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
                limit = Some(number.ok_or_else(|| wrong("limit must be a whole number from 1 to 1000."))?);
            }
            Some(_) | None => return Err(wrong("Only ?after=ID and &limit=N, once each, may stand behind this address.")),
        }
    }
    Ok((after.unwrap_or(0), limit.unwrap_or(USUAL)))
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn a_cursor_and_a_limit() {
        let read = |query: &str| asked(Some(query)).map_err(|problem| problem.status);
        assert_eq!(asked(None).ok(), Some((0, 100)));
        assert_eq!(read(""), Ok((0, 100)));
        assert_eq!(read("after=evt_42"), Ok((42, 100)));
        assert_eq!(read("limit=1000&after=0"), Ok((0, 1000)));
        for bad in [
            "after=",
            "after=-1",
            "after=evt_x",
            "after=+1",
            "limit=0",
            "limit=1001",
            "limit=ten",
            "limit",
            "since=3",
            "after=1&after=2",
            "after=99999999999999999999",
        ] {
            assert_eq!(read(bad), Err(400), "{bad}");
        }
    }
}
