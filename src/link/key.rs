//! Keys, and the one place where a MAC is computed.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// One signing key.
#[derive(Clone)]
pub struct Key {
    /// Names the key inside every text it signs.
    pub id: u8,
    /// 32 random bytes.
    pub secret: [u8; 32],
    /// Revoked: its links show the expired page, its tags and Message-IDs say nothing any more.
    pub retired: bool,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key {{ id: {}, secret: ***, retired: {} }}", self.id, self.retired)
    }
}

/// All keys that ever signed something that may still come back. Clones are one ring: what [`Keyring::replace`] puts in, all of them use.
#[derive(Debug, Clone)]
pub struct Keyring {
    keys: Arc<RwLock<Keys>>,
}

#[derive(Debug)]
struct Keys {
    all: Vec<Key>,
    newest: Key,
}

/// Why a list of keys cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// Nothing to sign with.
    #[error("no key to sign with: every key is retired or there is none; add one")]
    NoneActive,
    /// Two keys under one number.
    #[error("two keys have the number {0}; give the newer one a number of its own")]
    Twice(u8),
    /// A key of one repeated byte was never random.
    #[error("key {0} is not random: make it from 32 random bytes")]
    Weak(u8),
}

impl Keyring {
    /// Takes the keys, oldest first: the last one that is not retired signs, all that are not retired verify.
    ///
    /// # Errors
    /// When there is nothing to sign with, a number stands twice, or a secret cannot have been random.
    pub fn new(keys: Vec<Key>) -> Result<Self, KeyringError> {
        Keys::checked(keys).map(|keys| Self {
            keys: Arc::new(RwLock::new(keys)),
        })
    }

    /// Puts other keys in, for every clone of this ring, from the next signature or verification on.
    ///
    /// # Errors
    /// As [`Keyring::new`]; the ring stays as it was.
    pub fn replace(&self, keys: Vec<Key>) -> Result<(), KeyringError> {
        let keys = Keys::checked(keys)?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// The key that signs.
    pub(super) fn newest(&self) -> Key {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).newest.clone()
    }

    /// The first key, retired or not: what must be the same for ever is made with it.
    pub(super) fn oldest(&self) -> Key {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.all.first().unwrap_or(&keys.newest).clone()
    }

    /// A key by its number, retired or not.
    pub(super) fn key(&self, id: u8) -> Option<Key> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.all.iter().find(|key| key.id == id).cloned()
    }

    /// A MAC with the newest key, for hashes that only this installation can make (addresses in logs, tombstones).
    #[must_use]
    pub fn mac(&self, context: &str, bytes: &[u8]) -> [u8; 32] {
        mac(context, &self.newest().secret, bytes)
    }
}

impl Keys {
    fn checked(all: Vec<Key>) -> Result<Self, KeyringError> {
        let mut seen = [false; 256];
        for key in &all {
            if let Some(taken) = seen.get_mut(usize::from(key.id))
                && std::mem::replace(taken, true)
            {
                return Err(KeyringError::Twice(key.id));
            }
            if key.secret.iter().all(|byte| Some(byte) == key.secret.first()) {
                return Err(KeyringError::Weak(key.id));
            }
        }
        let newest = all.iter().rev().find(|key| !key.retired).cloned();
        newest.map(|newest| Self { all, newest }).ok_or(KeyringError::NoneActive)
    }
}

/// HMAC-SHA-256 (RFC 2104) of `bytes` in a named context. Texts of different contexts never have the same MAC.
#[must_use]
pub fn mac(context: &str, key: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    start(context, key, bytes).finalize().into_bytes().into()
}

/// Whether `tag` is the beginning of the MAC, compared in constant time.
pub(super) fn verify(context: &str, key: &[u8; 32], bytes: &[u8], tag: &[u8]) -> bool {
    start(context, key, bytes).verify_truncated_left(tag).is_ok()
}

/// Whether two secrets are the same. How long that takes says nothing about where they differ.
#[must_use]
pub fn same_secret(one: &str, other: &str) -> bool {
    const CONTEXT: &str = "replyd/same-secret/v1";
    let key = [0; 32];
    verify(CONTEXT, &key, one.as_bytes(), &mac(CONTEXT, &key, other.as_bytes()))
}

/// HMAC-SHA-256 (RFC 2104) under somebody else's key and of nothing but `bytes`, for protocols that want it so.
#[must_use]
pub fn plain_mac(key: &[u8], bytes: &[u8]) -> [u8; 32] {
    let hashed = sha256(key);
    let key = if key.len() > 64 { &hashed[..] } else { key };
    let mut hmac = Hmac::<Sha256>::new(&block(key).into());
    hmac.update(bytes);
    hmac.finalize().into_bytes().into()
}

/// HMAC itself fills a short key with zeros up to its block (RFC 2104 2); doing it here makes the constructor infallible.
fn block(key: &[u8]) -> [u8; 64] {
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    block
}

fn start(context: &str, key: &[u8; 32], bytes: &[u8]) -> Hmac<Sha256> {
    let mut hmac = Hmac::<Sha256>::new(&block(key).into());
    hmac.update(context.as_bytes());
    // No context holds a NUL, so none can be the beginning of another one's input.
    hmac.update(&[0]);
    hmac.update(bytes);
    hmac
}

/// SHA-256 of some bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 in lower-case hexadecimal: the name under which the store keeps attachments and messages.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&sha256(bytes))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A ring of an old and a new key.
    pub(in crate::link) fn ring() -> Keyring {
        Keyring::new(vec![key(1), key(2)]).unwrap()
    }

    pub(in crate::link) fn key(id: u8) -> Key {
        Key {
            id,
            secret: sha256(&[id]),
            retired: false,
        }
    }

    #[test]
    fn a_ring_needs_an_active_key_and_distinct_numbers() {
        assert_eq!(Keyring::new(vec![]).unwrap_err(), KeyringError::NoneActive);
        let retired = Key { retired: true, ..key(1) };
        assert_eq!(Keyring::new(vec![retired]).unwrap_err(), KeyringError::NoneActive);
        assert_eq!(Keyring::new(vec![key(1), key(1)]).unwrap_err(), KeyringError::Twice(1));
        let zero = Key { secret: [0; 32], ..key(3) };
        assert_eq!(Keyring::new(vec![zero]).unwrap_err(), KeyringError::Weak(3));
        assert_eq!(ring().newest().id, 2);
    }

    #[test]
    fn what_is_put_into_a_ring_is_in_all_its_clones() {
        let ring = ring();
        let clone = ring.clone();
        ring.replace(vec![key(1), key(2), key(3)]).unwrap();
        assert_eq!(clone.newest().id, 3);
        assert_eq!(ring.replace(vec![]).unwrap_err(), KeyringError::NoneActive);
        assert_eq!(clone.newest().id, 3, "a list that cannot be used changes nothing");
    }

    #[test]
    fn hashes_are_the_published_ones() {
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        // The same as HMAC with a key that was not padded by hand.
        let mut plain = Hmac::<Sha256>::new_from_slice(&key(1).secret).unwrap();
        plain.update(b"c\0x");
        assert_eq!(mac("c", &key(1).secret, b"x"), <[u8; 32]>::from(plain.finalize().into_bytes()));
        assert_ne!(mac("c", &key(1).secret, b"x"), mac("d", &key(1).secret, b"x"));
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", key(7)), "Key { id: 7, secret: ***, retired: false }");
    }
}
