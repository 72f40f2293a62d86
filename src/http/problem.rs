//! Errors of the API as programs read them.   RFC 9457

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;

/// What is wrong with a request, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The answer's status.
    pub status: u16,
    /// A name that does not change, for programs.
    pub code: &'static str,
    /// A sentence for a person.
    pub detail: String,
    /// The field that is wrong, as a JSON pointer (RFC 6901) with what is wrong with it.
    pub field: Option<(String, String)>,
}

impl Problem {
    /// A problem with the request as a whole.
    #[must_use]
    pub fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            field: None,
        }
    }

    pub(super) fn answer(self) -> Response {
        #[derive(Serialize)]
        struct Written<'a> {
            title: &'a str,
            status: u16,
            code: &'a str,
            detail: &'a str,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            errors: Vec<Fault<'a>>,
        }
        #[derive(Serialize)]
        struct Fault<'a> {
            pointer: String,
            detail: &'a str,
        }
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let written = Written {
            title: status.canonical_reason().unwrap_or("Error"),
            status: self.status,
            code: self.code,
            detail: &self.detail,
            errors: self
                .field
                .iter()
                .map(|(pointer, detail)| Fault {
                    pointer: format!("#{pointer}"),
                    detail,
                })
                .collect(),
        };
        let json = serde_json::to_string(&written).unwrap_or_default();
        let mut answer = Response::new(Body::from(json));
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            // RFC 6750 3: no error code is said to who sent no key at all.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"replyd\""));
        }
        if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        answer
    }
}
