//! What an account is logged in with: a password, or OAuth2 tokens that somebody keeps fresh.
//!
//! Never here: where a token comes from; a user, password or token in `Debug`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::model::Secret;

/// A user, and what proves that it is this user.
#[derive(Clone)]
pub struct Login {
    /// Account name.
    pub user: String,
    /// What a server is shown.
    pub proof: Proof,
}

/// What a server is shown.
#[derive(Clone, Debug)]
pub enum Proof {
    /// The same at every login.
    Password(Secret),
    /// An access token, asked for at every login.
    Tokens(Arc<dyn Tokens>),
}

impl Proof {
    /// Ends when somebody logged in after [`NoToken::LoginNeeded`]; never with a password.
    pub async fn restored(&self) {
        match self {
            Self::Password(_) => std::future::pending().await,
            Self::Tokens(tokens) => tokens.restored().await,
        }
    }
}

/// Whoever keeps the tokens of an account. Doors that share an account share it.
pub trait Tokens: Send + Sync + fmt::Debug {
    /// An access token that is good now.
    fn token(&self) -> BoxFuture<'_, Result<Secret, NoToken>>;
    /// A server refused a token that should have been good. It is not handed out again.
    fn refused(&self, token: &Secret);
    /// Ends when somebody logged in after [`NoToken::LoginNeeded`].
    fn restored(&self) -> BoxFuture<'_, ()>;
}

/// There is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoToken {
    /// It cannot be had now.
    #[error("no access token: {why}")]
    Later {
        /// What happened.
        why: String,
        /// Asking before that is of no use.
        wait: Duration,
    },
    /// Only a person can help.
    #[error("no access token: {why}; run: replyd login")]
    LoginNeeded {
        /// What happened.
        why: String,
    },
}

/// The account's name is an address more often than not, so it is masked like one.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("user", &"***").field("proof", &self.proof).finish()
    }
}

impl Login {
    /// What is said in XOAUTH2, before Base64: `user=USER^Aauth=Bearer TOKEN^A^A`.
    #[must_use]
    pub fn xoauth2(&self, token: &Secret) -> Secret {
        Secret::new(format!("user={}\u{1}auth=Bearer {}\u{1}\u{1}", self.user, token.expose()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_prints_nothing() {
        let login = Login {
            user: "bot@agency.example".into(),
            proof: Proof::Password(Secret::new("hunter2".into())),
        };
        let printed = format!("{login:?}");
        assert!(!printed.contains("bot") && !printed.contains("hunter2"), "{printed}");
    }

    #[test]
    fn what_is_said_in_xoauth2_is_as_providers_write_it() {
        let login = Login {
            user: "someuser@example.com".into(),
            proof: Proof::Password(Secret::new(String::new())),
        };
        assert_eq!(
            login.xoauth2(&Secret::new("ya29.abc".into())).expose(),
            "user=someuser@example.com\x01auth=Bearer ya29.abc\x01\x01"
        );
    }
}
