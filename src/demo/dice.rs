//! The one thing in the demo that nobody may guess.

use data_encoding::BASE64URL_NOPAD;

use super::DemoError;

/// 128 random bits for an address.
pub(super) fn key() -> Result<String, DemoError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| DemoError::Unexpected(format!("no random bytes: {error}")))?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}
