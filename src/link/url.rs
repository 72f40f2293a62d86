//! URLs around tokens: short enough to survive every mail client.

use super::{Claim, Keyring, Scope, TOKEN_LEN};

/// The longest URL: quoted-printable, plain text and link rewriters leave it whole.
const LONGEST: usize = 120;

/// Makes URLs under the agency's public address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    base: String,
}

/// Why links cannot stand under a public address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinksError {
    /// Not http or https, or it has a query, a fragment, a user name or characters that mail clients break.
    #[error("the public address {0:?} must look like https://replies.company.com, with nothing after it but a plain path")]
    Shape(String),
    /// Links would be longer than mail clients keep whole.
    #[error("the public address {0:?} is too long: links have at most 120 characters, 63 of them before the slash")]
    TooLong(String),
}

impl Links {
    /// Checks the public address once.
    ///
    /// # Errors
    /// When links under it would not survive a mail.
    pub fn new(public_url: &str) -> Result<Self, LinksError> {
        let base = public_url.trim().trim_end_matches('/');
        let rest = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '/' | '[' | ']');
        if !rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[') && rest.chars().all(plain)) {
            return Err(LinksError::Shape(public_url.to_owned()));
        }
        if base.len() + "/d/".len() + TOKEN_LEN > LONGEST {
            return Err(LinksError::TooLong(public_url.to_owned()));
        }
        Ok(Self { base: base.to_owned() })
    }

    /// The URL of a token.
    #[must_use]
    pub fn url(&self, scope: Scope, token: &str) -> String {
        format!("{}/{}/{token}", self.base, prefix(scope))
    }

    /// Signs a claim and makes its URL.
    #[must_use]
    pub fn to(&self, keyring: &Keyring, claim: &Claim) -> String {
        self.url(claim.scope, &keyring.token(claim))
    }

    /// The public address, without a slash at its end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }
}

/// The first part of the path: one letter for each kind of page.
#[must_use]
pub const fn prefix(scope: Scope) -> &'static str {
    match scope {
        Scope::Decide(_) => "d",
        Scope::Undo => "u",
        Scope::Reasons => "f",
        Scope::Batch => "b",
        Scope::Confirm => "c",
        Scope::Look => "l",
        Scope::GoOn => "g",
        Scope::Pick(_) | Scope::Meant(_) | Scope::Interview => "i",
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::tests::ring;
    use super::*;
    use crate::model::Decision;

    /// R-L10.
    #[test]
    fn urls_are_short_and_plain() {
        let longest = format!("https://{}.example.com/", "a".repeat(43));
        for base in [
            "https://replies.agency.example",
            "http://127.0.0.1:8080/",
            "http://[::1]:8080",
            "https://a.example/replies/",
            &longest,
        ] {
            let links = Links::new(base).unwrap();
            for decision in Decision::ALL {
                let claim = Claim {
                    item: 1 << 40,
                    addressed_to: 0,
                    scope: Scope::Decide(decision),
                    expires_min: 29_000_000,
                    generation: 1,
                };
                let url = links.to(&ring(), &claim);
                assert!(url.len() <= 120, "{url}");
                let token = url.rsplit('/').next().unwrap();
                assert_eq!(token.len(), TOKEN_LEN);
                assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
                assert!(!url.contains(['=', '?', '&', '%', '+']), "{url}");
            }
        }
    }

    #[test]
    fn a_public_address_that_breaks_links_is_refused() {
        for bad in [
            "",
            "replies.agency.example",
            "ftp://a.example",
            "https://",
            "https:///x",
            "https://a.example/?x=1",
            "https://user@a.example",
            "https://a.example/#x",
            "https://a b.example",
            "https://ä.example",
        ] {
            assert!(matches!(Links::new(bad), Err(LinksError::Shape(_))), "{bad}");
        }
        let long = format!("https://{}.example.com", "a".repeat(44));
        assert!(matches!(Links::new(&long), Err(LinksError::TooLong(_))));
    }
}
