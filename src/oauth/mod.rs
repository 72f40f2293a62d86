//! OAuth2: access tokens in, for the doors that log in with them.   RFC 6749, 7636, 8252, 8628
//!
//! In: [`Settings`], and the refresh token that a person's login left in a file. Out: access tokens, fresh when they are used
//! ([`Keeper`]); and the two ways in which a person logs in ([`Device`], [`Browser`]).
//! Never here: a mail protocol; a token or secret in an error, a log or `Debug`; a redirect followed.

mod answer;
mod browser;
mod device;
mod file;
mod form;
mod keep;
mod post;

pub use answer::Refusal;
pub use browser::{Browser, Dice};
pub use device::{Code, Device};
pub use file::store;
pub use keep::Keeper;

use std::path::PathBuf;

use crate::model::Secret;

/// An application registered with a provider, and what it may ask for.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its public name.
    pub client_id: String,
    /// Its secret, when the provider gave one.
    pub client_secret: Option<Secret>,
    /// Where tokens are given out.
    pub token_endpoint: String,
    /// What is asked for, separated by spaces.
    pub scopes: String,
    /// Whose right it is.
    pub right: Right,
    /// PEM file with further trusted CAs.
    pub ca_file: Option<PathBuf>,
}

/// Whose right tokens stand for.
#[derive(Debug, Clone)]
pub enum Right {
    /// A person's, who logged in. The refresh token lies in this file.
    Person(PathBuf),
    /// The application's own (client credentials, RFC 6749 4.4).
    Application,
}

/// A grant, as an endpoint gives it. Tokens are not shown by `Debug`.
#[derive(Debug, Clone)]
pub struct Grant {
    /// What mail servers are shown.
    pub access: Secret,
    /// How long that holds.
    pub lifetime: std::time::Duration,
    /// What fetches the next one.
    pub refresh: Option<Secret>,
}
