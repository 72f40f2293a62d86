//! OAuth2 without a mail server: the two ways to log in, by the real binary, and the keeping of tokens. With mail servers:
//! `daemon/oauth.rs`.

mod keeping;
mod login;
mod words;

pub(crate) mod provider;
