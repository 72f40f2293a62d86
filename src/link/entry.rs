//! Links that let a recruiter into the hub, and what its forms carry.
//!
//! ```text
//! link: kid:1 | minute it ends:4 | recruiter:7 | number:12 | MAC:16      40 bytes, 54 characters
//! ```
//! A link says whose it is and until when. That it opens one device only, the database sees to, by its number.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};

use super::Keyring;
use super::key::{mac, same_secret, verify};
use super::tag::{number, push};

/// How long a link lets somebody in.
pub const ENTRY_MINUTES: u32 = 15;

const ENTRY: &str = "replyd/hub/entry/v1";
const FORM: &str = "replyd/hub/form/v1";
const RECRUITER: usize = 7;
const NUMBER: usize = 12;
const PAYLOAD: usize = 1 + 4 + RECRUITER + NUMBER;
const MAC: usize = 16;

/// What a link into the hub says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The recruiter's row.
    pub recruiter: i64,
    /// Tells the link from every other one.
    pub number: String,
    /// Its time is over.
    pub over: bool,
}

impl Keyring {
    /// A link for a recruiter. `number` is random.
    #[must_use]
    pub fn entry(&self, recruiter: i64, number: [u8; NUMBER], now_min: u32) -> String {
        let key = self.newest();
        let mut bytes = vec![key.id];
        bytes.extend(now_min.saturating_add(ENTRY_MINUTES).to_be_bytes());
        push(&mut bytes, u64::try_from(recruiter).unwrap_or(0), RECRUITER);
        bytes.extend(number);
        let tag = mac(ENTRY, &key.secret, &bytes);
        bytes.extend(tag.iter().take(MAC));
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Reads a link; `None` when it is not one of ours, or its key is retired.
    #[must_use]
    pub fn read_entry(&self, token: &str, now_min: u32) -> Option<Entry> {
        let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let (payload, tag) = bytes.split_at_checked(PAYLOAD)?;
        let (id, rest) = payload.split_first()?;
        let key = self.key(*id).filter(|key| !key.retired)?;
        if tag.len() != MAC || !verify(ENTRY, &key.secret, payload, tag) {
            return None;
        }
        let (ends, rest) = rest.split_at_checked(4)?;
        let (recruiter, unique) = rest.split_at_checked(RECRUITER)?;
        Some(Entry {
            recruiter: i64::try_from(number(recruiter)).ok()?,
            number: HEXLOWER.encode(unique),
            over: now_min >= u32::from_be_bytes(ends.try_into().ok()?),
        })
    }

    /// What every form shown in a session sends back: whoever does not hold the session's secret cannot make it.
    #[must_use]
    pub fn form_token(&self, session_secret: &str) -> String {
        let tag = mac(FORM, &self.oldest().secret, session_secret.as_bytes());
        BASE64URL_NOPAD.encode(tag.get(..MAC).unwrap_or(&tag))
    }

    /// Whether a form was shown in this session.
    #[must_use]
    pub fn check_form_token(&self, token: &str, session_secret: &str) -> bool {
        same_secret(token, &self.form_token(session_secret))
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::tests::{key, ring};
    use super::super::{Key, TOKEN_LEN};
    use super::*;

    #[test]
    fn a_link_into_the_hub_comes_back_and_ends() {
        for recruiter in [1, 4711, (1 << 55) - 1] {
            let token = ring().entry(recruiter, [7; 12], 100);
            assert_eq!(token.len(), TOKEN_LEN);
            let read = ring().read_entry(&token, 114).unwrap();
            assert_eq!((read.recruiter, read.over, read.number.len()), (recruiter, false, 24));
            assert!(ring().read_entry(&token, 115).unwrap().over);
        }
        assert_ne!(ring().entry(1, [7; 12], 100), ring().entry(1, [8; 12], 100));
    }

    #[test]
    fn nobody_else_makes_a_link_into_the_hub() {
        let token = ring().entry(5, [9; 12], 100);
        let mut tried = 0;
        for at in 0..token.len() {
            for byte in 33..127_u8 {
                let mut other = token.clone().into_bytes();
                if std::mem::replace(&mut other[at], byte) == byte {
                    continue;
                }
                assert_eq!(ring().read_entry(&String::from_utf8(other).unwrap(), 100), None);
                tried += 1;
            }
        }
        assert!(tried > 4_900);
        for end in 0..token.len() {
            assert_eq!(ring().read_entry(token.get(..end).unwrap(), 100), None);
        }
        // A link of another kind, a nonce, a form's token.
        for other in [ring().nonce(&token, 100), ring().form_token(&token), "A".repeat(TOKEN_LEN)] {
            assert_eq!(ring().read_entry(&other, 100), None);
        }
        let retired = Key { retired: true, ..key(2) };
        assert_eq!(Keyring::new(vec![key(1), retired]).unwrap().read_entry(&token, 100), None);
    }

    #[test]
    fn a_form_belongs_to_one_session_whatever_becomes_of_the_keys() {
        let token = ring().form_token("secret");
        assert!(ring().check_form_token(&token, "secret"));
        for other in ["", "secreu", "secret2"] {
            assert!(!ring().check_form_token(&token, other));
        }
        assert!(!ring().check_form_token("", "secret"));
        let rotated = Keyring::new(vec![key(1), key(2), key(3)]).unwrap();
        assert!(rotated.check_form_token(&token, "secret"));
    }
}
