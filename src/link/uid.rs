//! UIDs of calendar entries: whose entry for which interview is this an answer about?   RFC 5545 3.8.4.7, RFC 7986 5.3
//!
//! ```text
//! UID:  kid:1 | submission:7 | whose:1 | MAC:16 @ domain            25 bytes, 40 characters
//! ```
//! A calendar knows an entry again by its UID alone, so it stays the same however often the entry is changed and whatever becomes of the
//! keys: the first key makes it, also when it is retired. A UID says which entry is meant; it is not a permission to do anything.

use data_encoding::BASE32_NOPAD;

use super::Keyring;
use super::key::{mac, verify};
use super::tag::{decode, number, push};
use crate::model::SubmissionId;

const CONTEXT: &str = "replyd/uid/v1";
const SUBMISSION: usize = 7;
const PAYLOAD: usize = 1 + SUBMISSION + 1;
const MAC: usize = 16;

impl Keyring {
    /// The UID of an entry for a submission's interview. `whose` is 0 for the client's, 1 for the candidate's, from 2 on an interviewer's.
    #[must_use]
    pub fn uid(&self, submission: SubmissionId, whose: u8, domain: &str) -> String {
        let (key, domain) = (self.oldest(), domain.to_ascii_lowercase());
        let mut bytes = vec![key.id];
        push(&mut bytes, u64::try_from(submission.0).unwrap_or(0), SUBMISSION);
        bytes.push(whose);
        let tag = mac(CONTEXT, &key.secret, &[&bytes, domain.as_bytes()].concat());
        bytes.extend(tag.iter().take(MAC));
        format!("{}@{domain}", BASE32_NOPAD.encode(&bytes).to_ascii_lowercase())
    }

    /// The submission whose interview a UID names, whatever its case, and whose entry it is.
    #[must_use]
    pub fn read_uid(&self, uid: &str) -> Option<(SubmissionId, u8)> {
        let (left, domain) = uid.trim().rsplit_once('@')?;
        let bytes = decode(&BASE32_NOPAD, left, PAYLOAD + MAC)?;
        let (payload, tag) = bytes.split_at_checked(PAYLOAD)?;
        let (id, rest) = payload.split_first()?;
        let key = self.key(*id)?;
        let signed_text = [payload, domain.to_ascii_lowercase().as_bytes()].concat();
        if !verify(CONTEXT, &key.secret, &signed_text, tag) {
            return None;
        }
        let (submission, whose) = rest.split_at_checked(SUBMISSION)?;
        Some((SubmissionId(i64::try_from(number(submission)).ok()?), *whose.first()?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::tests::{key, ring};
    use super::super::{Key, Keyring};
    use super::*;

    #[test]
    fn uids_come_back_and_nobody_else_makes_one() {
        for (submission, whose) in [(1, 0), (41, 1), (41, 2), ((1 << 40) + 7, u8::MAX)] {
            let uid = ring().uid(SubmissionId(submission), whose, "Agency.example");
            let (left, domain) = uid.split_once('@').unwrap();
            assert_eq!((left.len(), domain), (40, "agency.example"));
            for written in [&uid, &uid.to_ascii_uppercase(), &format!(" {uid}\r\n")] {
                assert_eq!(ring().read_uid(written), Some((SubmissionId(submission), whose)), "{written}");
            }
        }
        let uid = ring().uid(SubmissionId(41), 0, "agency.example");
        assert_ne!(uid, ring().uid(SubmissionId(41), 1, "agency.example"));
        let mut tried = 0;
        for at in 0..uid.len() {
            for byte in (33..127_u8).filter(|byte| !byte.eq_ignore_ascii_case(&uid.as_bytes()[at])) {
                let mut other = uid.clone().into_bytes();
                other[at] = byte;
                assert_eq!(ring().read_uid(&String::from_utf8(other).unwrap()), None, "{at} {byte}");
                tried += 1;
            }
        }
        assert!(tried > 3_500);
        // A Message-ID is no UID.
        let letter = crate::model::LetterKey {
            conversation: crate::model::ConversationId(41),
            serial: 1,
        };
        assert_eq!(ring().read_uid(&ring().message_id(letter, "agency.example").0), None);
        for odd in ["", "@", "a@agency.example", &"a".repeat(1 << 20), &format!("{}@a", "a".repeat(40))] {
            assert_eq!(ring().read_uid(odd), None);
        }
    }

    /// A moved interview would stand twice in a calendar.
    #[test]
    fn a_uid_stays_the_same_whatever_becomes_of_the_keys() {
        let uid = |keys| Keyring::new(keys).unwrap().uid(SubmissionId(41), 0, "agency.example");
        let first = uid(vec![key(1)]);
        let retired = Key { retired: true, ..key(1) };
        assert_eq!(uid(vec![key(1), key(2)]), first);
        assert_eq!(uid(vec![retired.clone(), key(2)]), first);
        let after = Keyring::new(vec![retired, key(2)]).unwrap();
        assert_eq!(after.read_uid(&first), Some((SubmissionId(41), 0)));
    }
}
