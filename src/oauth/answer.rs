//! What an endpoint answered: a grant, or why not.   RFC 6749 5.1, 5.2

use std::time::Duration;

use serde::Deserialize;

use super::Grant;
use crate::model::Secret;

/// Why there is no grant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The login is no longer valid, or the application is not what the provider expects. Only a person can help.
    #[error("{endpoint}: the provider answered {code}: {why}")]
    Refused {
        /// The endpoint's host.
        endpoint: String,
        /// The error code, such as `invalid_grant`.
        code: String,
        /// The provider's words, shortened.
        why: String,
    },
    /// Worth another try later.
    #[error("{endpoint}: {why}")]
    Unreachable {
        /// The endpoint's host.
        endpoint: String,
        /// What happened.
        why: String,
    },
    /// An endpoint that cannot be asked at all.
    #[error("{0}: not the address of an endpoint: write https://HOST/PATH (http:// for loopback only)")]
    Address(String),
}

impl Refusal {
    /// The provider's error code, if it gave one.
    pub(super) fn code(&self) -> &str {
        match self {
            Self::Refused { code, .. } => code,
            Self::Unreachable { .. } | Self::Address(_) => "",
        }
    }
}

/// An access token whose lifetime is not said is taken for one of an hour, as providers use.
const USUAL: u64 = 3600;
/// What a long-lived one is taken for at most.
const LONGEST: u64 = 24 * 3600;

#[derive(Deserialize)]
struct Success {
    access_token: String,
    expires_in: Option<serde_json::Value>,
    refresh_token: Option<String>,
}

#[derive(Deserialize, Default)]
struct Failure {
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
}

/// Reads an answer of the token endpoint.
pub(super) fn grant(endpoint: &str, status: u16, body: &[u8]) -> Result<Grant, Refusal> {
    if status != 200 {
        return Err(refusal(endpoint, status, body));
    }
    let success: Success = parsed(endpoint, body)?;
    // The token goes into a SASL word: RFC 6750 2.1 says what it is made of.
    let good = |token: &str| !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
    if !good(&success.access_token) || success.refresh_token.as_deref().is_some_and(|token| !good(token)) {
        return Err(Refusal::Unreachable {
            endpoint: endpoint.to_owned(),
            why: "the answer holds no usable token".to_owned(),
        });
    }
    // Some providers write the number as text.
    let seconds = success
        .expires_in
        .and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
    Ok(Grant {
        access: Secret::new(success.access_token),
        lifetime: Duration::from_secs(seconds.unwrap_or(USUAL).min(LONGEST)),
        refresh: success.refresh_token.map(Secret::new),
    })
}

/// Reads any other JSON answer. The body is never quoted: it may hold tokens.
pub(super) fn parsed<T: serde::de::DeserializeOwned>(endpoint: &str, body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::Unreachable {
        endpoint: endpoint.to_owned(),
        why: "the answer is not the JSON that was expected".to_owned(),
    })
}

/// Reads an answer that is no success.
pub(super) fn refusal(endpoint: &str, status: u16, body: &[u8]) -> Refusal {
    let failure: Failure = serde_json::from_slice(body).unwrap_or_default();
    let endpoint = endpoint.to_owned();
    let passing = matches!(failure.error.as_str(), "" | "temporarily_unavailable" | "server_error");
    if passing || status == 429 || status >= 500 {
        return Refusal::Unreachable {
            endpoint,
            why: format!("the provider answered {status} {}", tame(&failure.error)),
        };
    }
    Refusal::Refused {
        endpoint,
        code: tame(&failure.error),
        why: tame(&failure.error_description),
    }
}

/// One short printable line without addresses; from the provider's first sentence, which says it.
fn tame(words: &str) -> String {
    let line = words.lines().next().unwrap_or_default();
    let words = line.split_whitespace().map(|word| if word.contains('@') { "***" } else { word });
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_as_providers_write_them() {
        let grant = |text: &str| grant("login.example", 200, text.as_bytes());
        let one = grant(r#"{"token_type":"Bearer","expires_in":3599,"access_token":"at","refresh_token":"rt","scope":"x"}"#).unwrap();
        assert_eq!((one.access.expose(), one.lifetime.as_secs()), ("at", 3599));
        assert_eq!(one.refresh.unwrap().expose(), "rt");
        assert_eq!(
            grant(r#"{"expires_in":"3599","access_token":"at"}"#).unwrap().lifetime.as_secs(),
            3599
        );
        assert_eq!(grant(r#"{"access_token":"at"}"#).unwrap().lifetime.as_secs(), 3600);
        for broken in [
            "",
            "{}",
            "[]",
            r#"{"access_token":""}"#,
            r#"{"access_token":"a\u0001b"}"#,
            r#"{"access_token":"a","refresh_token":"x y"}"#,
        ] {
            assert!(matches!(grant(broken), Err(Refusal::Unreachable { .. })), "{broken}");
        }
    }

    #[test]
    fn what_only_a_person_can_mend_is_told_from_what_passes() {
        for (status, body, code) in [
            (
                400,
                r#"{"error":"invalid_grant","error_description":"AADSTS70008: expired for bot@agency.example.\r\nTrace ID: 1"}"#,
                "invalid_grant",
            ),
            (401, r#"{"error":"invalid_client"}"#, "invalid_client"),
            (400, r#"{"error":"authorization_pending"}"#, "authorization_pending"),
            (400, r#"{"error":"temporarily_unavailable"}"#, ""),
            (400, "", ""),
            (429, r#"{"error":"invalid_request"}"#, ""),
            (503, "<html>", ""),
            (500, r#"{"error":"invalid_grant"}"#, ""),
            (302, "", ""),
        ] {
            let refused = refusal("login.example", status, body.as_bytes());
            assert_eq!(refused.code(), code, "{status} {body}");
            assert!(
                !refused.to_string().contains("bot@") && !refused.to_string().contains("Trace"),
                "{refused}"
            );
        }
    }
}
