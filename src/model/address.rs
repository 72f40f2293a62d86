//! Mail addresses (RFC 5321 4.1.2), stricter than the standard, and masked wherever they are printed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::HeaderText;

/// An address that may stand in an envelope: `local@domain`, ASCII, no quoted local part, no address literal.
///
/// Compares without regard to case, as all mail systems in use do. `Debug` masks it; `Display` shows it whole.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    text: String,
    at: usize,
}

/// No mail ever gets there.
const ERASED_DOMAIN: &str = "erased.invalid";

/// Why a text is not an address we send to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// There is no `@`, or nothing on one side of it.
    #[error("an address looks like name@company.com")]
    Shape,
    /// Quoted local parts, literals, spaces, controls, non-ASCII.
    #[error("{0:?} may not stand in an address")]
    Character(char),
    /// RFC 5321 4.5.3.1: 64 octets before the `@`, 254 in all.
    #[error("too long: 64 characters before the @, 254 in all")]
    TooLong,
    /// Empty or overlong labels, leading or trailing hyphens.
    #[error("the part after the @ is not a domain name")]
    Domain,
}

impl Address {
    /// Parses a bare address (no display name, no angle brackets).
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::Shape)?;
        if local.is_empty() || domain.is_empty() {
            return Err(AddressError::Shape);
        }
        if local.len() > 64 || text.len() > 254 {
            return Err(AddressError::TooLong);
        }
        let atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        if let Some(bad) = local.chars().find(|c| !atext(*c)) {
            return Err(AddressError::Character(bad));
        }
        if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return Err(AddressError::Shape);
        }
        if let Some(bad) = domain.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))) {
            return Err(AddressError::Character(bad));
        }
        let label_ok = |label: &str| !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-');
        if !domain.split('.').all(label_ok) {
            return Err(AddressError::Domain);
        }
        Ok(Self {
            text: text.to_owned(),
            at: local.len(),
        })
    }

    /// The whole address as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// What stands after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.text.get(self.at + 1..).unwrap_or_default()
    }

    /// What stands in the place of an address of somebody who was erased: nobody has it, and nothing is ever sent to it (RFC 2606 2).
    #[must_use]
    pub fn of_erased(kind: &str, row: i64) -> Self {
        let text = format!("erased-{kind}{row}@{ERASED_DOMAIN}");
        let at = text.len() - ERASED_DOMAIN.len() - 1;
        Self { text, at }
    }

    /// It stands in the place of an address of somebody who was erased.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.domain().eq_ignore_ascii_case(ERASED_DOMAIN)
    }

    /// `j***@company.com`: for pages and logs.
    #[must_use]
    pub fn masked(&self) -> String {
        let first = self.local().chars().next().unwrap_or('*');
        format!("{first}***@{}", self.domain())
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.text.eq_ignore_ascii_case(&other.text)
    }
}

impl Eq for Address {}

impl std::hash::Hash for Address {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.to_ascii_lowercase().hash(state);
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.text
    }
}

/// A display name and an address (RFC 5322 3.4 `mailbox`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mailbox {
    /// The display name; may be empty.
    #[serde(default)]
    pub name: HeaderText,
    /// The address.
    pub address: Address,
}

impl Mailbox {
    /// The name, or the masked address when there is none.
    #[must_use]
    pub fn shown(&self) -> String {
        if self.name.is_empty() {
            self.address.masked()
        } else {
            self.name.to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_and_odd_addresses_are_refused() {
        for bad in [
            "",
            "a",
            "@b.c",
            "a@",
            "\"a> SIZE=1\"@x.com",
            "a b@x.com",
            "a@[127.0.0.1]",
            "a\r\nb@x.com",
            "a@x..com",
            "ü@x.com",
            ".a@x.com",
            "a@-x.com",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Address::parse(&format!("{}@x.com", "a".repeat(65))).is_err());
    }

    #[test]
    fn case_does_not_matter_and_debug_masks() {
        let (a, b) = (
            Address::parse("Ann.Lee@Client.example").unwrap(),
            Address::parse("ann.lee@client.EXAMPLE").unwrap(),
        );
        assert_eq!(a, b);
        assert_eq!(format!("{a:?}"), "A***@Client.example");
    }
}
