//! One POST of a form, one answer.

use std::path::Path;
use std::time::Duration;

use super::{Refusal, form};
use crate::net::Reach;
use crate::net::http::{self, Ask, Cost, NoAnswer};

/// How long an endpoint may take, from the first packet to the last byte.
const WITHIN: Duration = Duration::from_secs(30);
/// Longest answer read.
const LARGEST: usize = 64 * 1024;

/// An answer: who gave it, its status, its body.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) endpoint: String,
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// Posts a form.
pub(super) async fn post(endpoint: &str, pairs: &[(&str, &str)], ca_file: Option<&Path>) -> Result<Answer, Refusal> {
    let wrong = || Refusal::Address(endpoint.to_owned());
    let host = http::host(endpoint).ok_or_else(wrong)?;
    let body = form::encode(pairs);
    let asked = Ask {
        method: "POST",
        url: endpoint,
        headers: &[
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "application/json"),
        ],
        body: body.as_bytes(),
    };
    let cost = Cost {
        within: WITHIN,
        largest: LARGEST,
        // It stands in our own configuration.
        reach: Reach::Anywhere,
        ca_file,
    };
    match http::ask(asked, cost).await {
        Ok(answer) => Ok(Answer {
            endpoint: host,
            status: answer.status,
            body: answer.body.to_vec(),
        }),
        Err(NoAnswer::Address) => Err(wrong()),
        Err(error @ (NoAnswer::TooLarge(_) | NoAnswer::Failed(_))) => Err(Refusal::Unreachable {
            endpoint: host,
            why: error.to_string(),
        }),
    }
}
