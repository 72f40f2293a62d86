//! Tags of addresses and Message-IDs: which letter is this an answer to?
//!
//! ```text
//! tag:          kid:1 | conversation:4 | serial:3 | MAC:10                     18 bytes, 29 characters
//! Message-ID:   kid:1 | conversation:7 | serial:4 | MAC:16 @ domain            28 bytes, 45 characters
//! ```
//! Lower-case base32 (RFC 4648 6), because mail systems may fold the case of a local part.

use data_encoding::{BASE32_NOPAD, Encoding};

use super::Keyring;
use super::key::{mac, verify};
use crate::model::{ConversationId, LetterKey, MessageId};

const TAG: &str = "replyd/address/v1";
const MESSAGE_ID: &str = "replyd/message-id/v1";

impl Keyring {
    /// The tag of a letter's address: 29 characters of `[a-z2-7]`, 80 bits of MAC.
    ///
    /// Conversations from 2^32 - 1 on and serials beyond 2^24 are cut to the greatest number there is room for, which names no letter of theirs.
    #[must_use]
    pub fn tag(&self, letter: LetterKey) -> String {
        self.sign(TAG, letter, Widths::TAG, "")
    }

    /// The letter that a tag names, whatever its case. A retired key's tags say nothing any more.
    #[must_use]
    pub fn read_tag(&self, tag: &str) -> Option<LetterKey> {
        self.read(TAG, tag, Widths::TAG, "")
    }

    /// The Message-ID of a letter. It counts as a token when it comes back (In-Reply-To, References), so it cannot be guessed.
    #[must_use]
    pub fn message_id(&self, letter: LetterKey, domain: &str) -> MessageId {
        let domain = domain.to_ascii_lowercase();
        let left = self.sign(MESSAGE_ID, letter, Widths::MESSAGE_ID, &domain);
        MessageId(format!("{left}@{domain}"))
    }

    /// The letter that a Message-ID names, if it is one of ours.
    #[must_use]
    pub fn read_message_id(&self, id: &MessageId) -> Option<LetterKey> {
        let (left, domain) = id.0.trim().trim_start_matches('<').trim_end_matches('>').rsplit_once('@')?;
        self.read(MESSAGE_ID, left, Widths::MESSAGE_ID, &domain.to_ascii_lowercase())
    }

    fn sign(&self, context: &str, letter: LetterKey, widths: Widths, domain: &str) -> String {
        let key = self.newest();
        let mut bytes = vec![key.id];
        push(&mut bytes, widths.written(letter.conversation), widths.conversation);
        push(&mut bytes, u64::from(letter.serial), widths.serial);
        let tag = mac(context, &key.secret, &[&bytes, domain.as_bytes()].concat());
        bytes.extend(tag.iter().take(widths.mac));
        BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()
    }

    fn read(&self, context: &str, text: &str, widths: Widths, domain: &str) -> Option<LetterKey> {
        let bytes = decode(&BASE32_NOPAD, text, widths.total())?;
        let (payload, tag) = bytes.split_at_checked(widths.total() - widths.mac)?;
        let (id, rest) = payload.split_first()?;
        let key = self.key(*id).filter(|key| !key.retired)?;
        if !verify(context, &key.secret, &[payload, domain.as_bytes()].concat(), tag) {
            return None;
        }
        let (conversation, serial) = rest.split_at_checked(widths.conversation)?;
        Some(LetterKey {
            conversation: widths.read(number(conversation))?,
            serial: u32::try_from(number(serial)).ok()?,
        })
    }
}

/// Bytes of each part.
#[derive(Clone, Copy)]
struct Widths {
    conversation: usize,
    serial: usize,
    mac: usize,
}

impl Widths {
    const TAG: Self = Self {
        conversation: 4,
        serial: 3,
        mac: 10,
    };
    const MESSAGE_ID: Self = Self {
        conversation: 7,
        serial: 4,
        mac: 16,
    };

    /// The greatest number there is room for stands for the desk.
    const fn desk(self) -> u64 {
        (1 << (8 * self.conversation)) - 1
    }

    fn written(self, conversation: ConversationId) -> u64 {
        match conversation.is_desk() {
            true => self.desk(),
            false => u64::try_from(conversation.0).unwrap_or(0).min(self.desk() - 1),
        }
    }

    fn read(self, number: u64) -> Option<ConversationId> {
        match number == self.desk() {
            true => Some(ConversationId::DESK),
            false => i64::try_from(number).ok().map(ConversationId),
        }
    }

    const fn total(self) -> usize {
        1 + self.conversation + self.serial + self.mac
    }
}

pub(super) fn decode(encoding: &Encoding, text: &str, bytes: usize) -> Option<Vec<u8>> {
    // Looked at before it is copied: what stands in a header can be long.
    if text.len() != encoding.encode_len(bytes) {
        return None;
    }
    encoding.decode(text.to_ascii_uppercase().as_bytes()).ok()
}

pub(super) fn push(to: &mut Vec<u8>, value: u64, width: usize) {
    let value = value.min((1 << (8 * width)) - 1);
    to.extend(value.to_be_bytes().iter().skip(8 - width));
}

pub(super) fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::super::key::tests::{key, ring};
    use super::super::{Key, Keyring};
    use super::*;

    fn letter(conversation: i64, serial: u32) -> LetterKey {
        LetterKey {
            conversation: ConversationId(conversation),
            serial,
        }
    }

    /// C-C6.
    #[test]
    fn tags_come_back_whatever_their_case_and_are_short() {
        for letter in [letter(1, 1), letter(4711, 12), letter((1 << 32) - 2, (1 << 24) - 1), letter(-1, 3)] {
            let tag = ring().tag(letter);
            assert_eq!(tag.len(), 29);
            assert!(tag.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
            assert_eq!(ring().read_tag(&tag), Some(letter));
            assert_eq!(ring().read_tag(&tag.to_ascii_uppercase()), Some(letter));
        }
    }

    /// C-C6.
    #[test]
    fn any_changed_character_of_a_tag_or_message_id_says_nothing() {
        let tag = ring().tag(letter(4711, 2));
        let id = ring().message_id(letter(4711, 2), "agency.example");
        let mut tried = 0;
        for at in 0..tag.len() {
            for byte in (0..=127_u8).filter(|byte| !byte.eq_ignore_ascii_case(&tag.as_bytes()[at])) {
                let mut other = tag.clone().into_bytes();
                other[at] = byte;
                assert_eq!(ring().read_tag(&String::from_utf8(other).unwrap()), None, "{at} {byte}");
                tried += 1;
            }
        }
        for at in 0..id.0.len() {
            for byte in (0..=127_u8).filter(|byte| !byte.eq_ignore_ascii_case(&id.0.as_bytes()[at])) {
                let mut other = id.0.clone().into_bytes();
                other[at] = byte;
                let other = MessageId(String::from_utf8(other).unwrap());
                // A changed domain is caught too: it is part of what is signed.
                assert_eq!(ring().read_message_id(&other), None, "{at} {byte}");
                tried += 1;
            }
        }
        assert!(tried > 10_000);
        for odd in ["", "a", "ä", tag.get(1..).unwrap(), &format!("{tag}a"), &"a".repeat(1 << 20)] {
            assert_eq!(ring().read_tag(odd), None);
        }
    }

    #[test]
    fn message_ids_come_back_with_or_without_brackets() {
        let id = ring().message_id(letter(4711, 2), "Agency.example");
        assert!(id.0.ends_with("@agency.example"), "{id}");
        assert_eq!(ring().read_message_id(&id), Some(letter(4711, 2)));
        assert_eq!(ring().read_message_id(&MessageId(id.to_string())), Some(letter(4711, 2)));
        assert_eq!(ring().read_message_id(&MessageId("CAF=x@mail.gmail.com".into())), None);
        assert_eq!(ring().read_message_id(&MessageId("no at".into())), None);
    }

    #[test]
    fn tags_of_the_old_key_are_read_until_it_is_retired() {
        let old = Keyring::new(vec![key(1)]).unwrap();
        let (tag, id) = (old.tag(letter(7, 1)), old.message_id(letter(7, 1), "a.example"));
        assert_eq!(ring().read_tag(&tag), Some(letter(7, 1)));
        let retired = Key { retired: true, ..key(1) };
        let after = Keyring::new(vec![retired, key(2)]).unwrap();
        assert_eq!(after.read_tag(&tag), None);
        assert_eq!(after.read_message_id(&id), None);
    }
}
