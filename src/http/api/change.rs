//! `PATCH` of submissions and candidates.   RFC 7396, 9110 13.1.1
//!
//! In: a request. Out: a [`Change`] for the daemon, which knows the fields. Never here: what a field means.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use tokio::time::timeout;

use super::{Gate, Problem, client_key};

/// Octets of a change: a summary and a note are the longest things in it.
const LARGEST: usize = 64 << 10;

/// What is to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A submission.
    Submission(i64),
    /// A candidate.
    Candidate(i64),
}

/// A change that a program asks for.
#[derive(Debug, Clone)]
pub struct Change {
    /// Of what.
    pub target: Target,
    /// Who asks, by the name of the key.
    pub program: String,
    /// `Idempotency-Key`: the same key twice makes one change.
    pub key: Option<String>,
    /// `If-Match`: only one of these versions may be changed. `None`: whatever it is by now.
    pub versions: Option<Vec<String>>,
    /// The merge patch.
    pub json: Bytes,
}

impl Gate {
    pub(super) async fn change(&self, parts: &Parts, body: Body, target: Target, program: &str) -> Result<Change, Problem> {
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        if !["application/merge-patch+json", "application/json"]
            .iter()
            .any(|one| kind.eq_ignore_ascii_case(one))
        {
            let what = "A change is a JSON merge patch: send Content-Type: application/merge-patch+json.";
            return Err(Problem::new(415, "not_json", what));
        }
        let key = client_key(&parts.headers)?;
        let versions = versions(&parts.headers)?;
        let too_large = || Problem::new(413, "too_large", "A change may have 64 KiB.");
        let arrived = timeout(self.api.limits.body, to_bytes(body, LARGEST)).await;
        let json = arrived
            .map_err(|_| Problem::new(408, "too_slow", "The change did not arrive in time."))?
            .map_err(|_| too_large())?;
        Ok(Change {
            target,
            program: program.to_owned(),
            key,
            versions,
            json,
        })
    }
}

/// The entity tags of `If-Match`, without their quotes; `None` for no header and for `*`, which any version fits.
fn versions(headers: &HeaderMap) -> Result<Option<Vec<String>>, Problem> {
    let wrong = || {
        Problem::new(
            400,
            "bad_version",
            "If-Match must hold the ETag of an earlier answer, with its quotes: If-Match: \"42\".",
        )
    };
    let mut all = Vec::new();
    for value in headers.get_all(header::IF_MATCH) {
        for one in value.to_str().map_err(|_| wrong())?.split(',').map(str::trim) {
            if one == "*" {
                return Ok(None);
            }
            let bare = one.strip_prefix('"').and_then(|one| one.strip_suffix('"')).ok_or_else(wrong)?;
            all.push(bare.to_owned());
        }
    }
    Ok(Some(all).filter(|all| !all.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_holds_tags() {
        let read = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::IF_MATCH, value.parse().unwrap());
            }
            versions(&headers).map_err(|problem| problem.status)
        };
        let some = |all: &[&str]| Ok(Some(all.iter().map(|one| (*one).to_owned()).collect()));
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["*"]), Ok(None));
        assert_eq!(read(&["\"42\""]), some(&["42"]));
        assert_eq!(read(&["\"1\", \"2\"", "\"3\""]), some(&["1", "2", "3"]));
        // A weak one never matches (RFC 9110 13.1.1), and is more likely a mistake.
        for bad in ["42", "W/\"42\"", "\"42", ""] {
            assert_eq!(read(&[bad]), Err(400), "{bad:?}");
        }
    }
}
