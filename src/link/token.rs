//! Tokens of links.
//!
//! ```text
//! ver:1 | kid:1 | item:7 | addressed_to:6 | scope:1 | expires_min:4 | generation:4 | MAC:16     40 bytes, 54 characters
//! ```
//! All numbers big-endian, `item` and `addressed_to` signed. The MAC is the left half of HMAC-SHA-256 (RFC 2104 5 asks for no less).

use data_encoding::BASE64URL_NOPAD;

use super::READINGS;
use super::key::{mac, sha256, verify};
use super::{Claim, Keyring, Scope};
use crate::model::Decision;

/// Characters of a token, all of `[A-Za-z0-9_-]`.
pub const TOKEN_LEN: usize = 54;

const CONTEXT: &str = "replyd/link/v1";
const VERSION: u8 = 1;
const PAYLOAD: usize = 24;
const TOKEN_BYTES: usize = PAYLOAD + 16;
/// The scopes of the first and the last way to read an answer.
const MEANT: u8 = 10;
const LAST_MEANT: u8 = MEANT + READINGS - 1;
/// The scope of what an interview goes on without.
const GO_ON: u8 = 15;
/// The scope of the first slot that was offered.
const PICK: u8 = 16;

/// What a token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Ours, and valid.
    Good(Claim),
    /// Ours, but its time is over or its key is retired: only a fresh link may follow from it.
    Expired(Claim),
    /// Not ours. Says nothing about why.
    Unknown,
}

impl Keyring {
    /// The token of a claim. Row ids beyond 2^55 (2^47 for `addressed_to`) are cut to that number, which names no row.
    #[must_use]
    pub fn token(&self, claim: &Claim) -> String {
        let key = self.newest();
        let mut bytes = Vec::with_capacity(TOKEN_BYTES);
        bytes.extend([VERSION, key.id]);
        push_signed(&mut bytes, claim.item, 7);
        push_signed(&mut bytes, claim.addressed_to, 6);
        bytes.push(scope_byte(claim.scope));
        bytes.extend(claim.expires_min.to_be_bytes());
        bytes.extend(claim.generation.to_be_bytes());
        let mac = mac(CONTEXT, &key.secret, &bytes);
        bytes.extend(mac.iter().take(16));
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Reads a token. The MAC is checked, in constant time, before anything in it is looked at but the number of its key.
    #[must_use]
    pub fn read_token(&self, token: &str, now_min: u32) -> Verdict {
        if token.len() != TOKEN_LEN {
            return Verdict::Unknown;
        }
        // Strict: the four bits that the last character has too many must be zero, so each token has one spelling.
        let Ok(bytes) = BASE64URL_NOPAD.decode(token.as_bytes()) else {
            return Verdict::Unknown;
        };
        let Some((payload, tag)) = bytes.split_at_checked(PAYLOAD) else {
            return Verdict::Unknown;
        };
        let found = payload.get(1).and_then(|id| self.key(*id));
        let known = found.is_some();
        // A number we never used costs as much as a wrong MAC.
        let key = found.unwrap_or_else(|| self.newest());
        if !verify(CONTEXT, &key.secret, payload, tag) || !known {
            return Verdict::Unknown;
        }
        match read_payload(payload) {
            None => Verdict::Unknown,
            Some(claim) if key.retired || claim.is_over(now_min) => Verdict::Expired(claim),
            Some(claim) => Verdict::Good(claim),
        }
    }
}

/// What a token says, without a look at its MAC: anybody may have written it. Only for showing what a letter at hand is about.
#[must_use]
pub fn unverified(token: &str) -> Option<Claim> {
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    if bytes.len() != TOKEN_BYTES {
        return None;
    }
    read_payload(bytes.get(..PAYLOAD)?)
}

/// Names a token in logs: a hash that leads nowhere.
#[must_use]
pub fn token_id(token: &str) -> String {
    let hash = sha256(token.as_bytes());
    data_encoding::HEXLOWER.encode(hash.get(..6).unwrap_or_default())
}

fn read_payload(payload: &[u8]) -> Option<Claim> {
    let mut rest = payload;
    let mut take = |n: usize| {
        let (head, tail) = rest.split_at_checked(n)?;
        rest = tail;
        Some(head)
    };
    if take(1)? != [VERSION] {
        return None;
    }
    let _kid = take(1)?;
    Some(Claim {
        item: signed(take(7)?),
        addressed_to: signed(take(6)?),
        scope: scope_of(*take(1)?.first()?)?,
        expires_min: u32::from_be_bytes(take(4)?.try_into().ok()?),
        generation: u32::from_be_bytes(take(4)?.try_into().ok()?),
    })
}

fn push_signed(to: &mut Vec<u8>, value: i64, width: usize) {
    let limit = 1_i64 << (8 * width - 1);
    let value = value.clamp(-limit, limit - 1);
    to.extend(value.to_be_bytes().iter().skip(8 - width));
}

fn signed(bytes: &[u8]) -> i64 {
    let start = if bytes.first().is_some_and(|first| *first >= 0x80) { -1 } else { 0 };
    bytes.iter().fold(start, |value, byte| (value << 8) | i64::from(*byte))
}

const fn scope_byte(scope: Scope) -> u8 {
    match scope {
        Scope::Decide(Decision::Interested) => 1,
        Scope::Decide(Decision::Maybe) => 2,
        Scope::Decide(Decision::Pass) => 3,
        Scope::Undo => 4,
        Scope::Reasons => 5,
        Scope::Batch => 6,
        Scope::Confirm => 7,
        Scope::Look => 8,
        Scope::Interview => 9,
        Scope::GoOn => GO_ON,
        Scope::Meant(place) if place < READINGS => MEANT + place,
        // There is no reading at that place; the page of the interview is there.
        Scope::Meant(_) => 9,
        // The last bytes name the last slots that a link can; nobody is offered so many.
        Scope::Pick(place) => PICK.saturating_add(place),
    }
}

const fn scope_of(byte: u8) -> Option<Scope> {
    Some(match byte {
        1 => Scope::Decide(Decision::Interested),
        2 => Scope::Decide(Decision::Maybe),
        3 => Scope::Decide(Decision::Pass),
        4 => Scope::Undo,
        5 => Scope::Reasons,
        6 => Scope::Batch,
        7 => Scope::Confirm,
        8 => Scope::Look,
        9 => Scope::Interview,
        MEANT..=LAST_MEANT => Scope::Meant(byte - MEANT),
        GO_ON => Scope::GoOn,
        PICK.. => Scope::Pick(byte - PICK),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::key::tests::{key, ring};
    use super::super::{Key, NONCE_MINUTES};
    use super::*;

    fn claim() -> Claim {
        Claim {
            item: 4711,
            addressed_to: 0,
            scope: Scope::Decide(Decision::Pass),
            expires_min: 1000,
            generation: 3,
        }
    }

    #[test]
    fn every_claim_comes_back() {
        let scopes = (0..=u8::MAX).filter_map(scope_of);
        let mut count = 0;
        for scope in scopes {
            for (item, addressed_to) in [(1, 0), (0, -1), (-5, 3), ((1 << 55) - 1, -(1 << 47)), (-(1 << 55), (1 << 47) - 1)] {
                let claim = Claim {
                    item,
                    addressed_to,
                    scope,
                    expires_min: u32::MAX,
                    generation: u32::MAX,
                };
                let token = ring().token(&claim);
                assert_eq!(token.len(), TOKEN_LEN);
                assert_eq!(ring().read_token(&token, 5), Verdict::Good(claim));
                count += 1;
            }
        }
        assert_eq!(count, 5 * (15 + 240), "fifteen scopes, and a slot for each byte left");
    }

    #[test]
    fn an_id_too_wide_becomes_no_other_row() {
        let wide = Claim { item: i64::MAX, ..claim() };
        let Verdict::Good(read) = ring().read_token(&ring().token(&wide), 0) else {
            panic!("not read");
        };
        assert_eq!(read.item, (1 << 55) - 1);
    }

    /// R-L5, R-L10.
    #[test]
    fn any_changed_character_or_bit_of_a_token_is_unknown() {
        let token = ring().token(&claim());
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
        let mut tried = 0;
        for at in 0..token.len() {
            for byte in 0..=127_u8 {
                let mut other = token.clone().into_bytes();
                if other[at] == byte {
                    continue;
                }
                other[at] = byte;
                let other = String::from_utf8(other).unwrap();
                assert_eq!(ring().read_token(&other, 0), Verdict::Unknown, "{at} {byte}");
                tried += 1;
            }
        }
        assert_eq!(tried, 54 * 127);
        let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut other = bytes.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(ring().read_token(&BASE64URL_NOPAD.encode(&other), 0), Verdict::Unknown, "bit {bit}");
        }
    }

    #[test]
    fn a_cut_or_longer_token_is_unknown() {
        let token = ring().token(&claim());
        for end in 0..token.len() {
            assert_eq!(ring().read_token(token.get(..end).unwrap(), 0), Verdict::Unknown);
        }
        for more in ["A", "=", "==", " ", "\n", "%3D", "/"] {
            assert_eq!(ring().read_token(&format!("{token}{more}"), 0), Verdict::Unknown);
            assert_eq!(ring().read_token(&format!("{more}{token}"), 0), Verdict::Unknown);
        }
        assert_eq!(ring().read_token(&"ü".repeat(27), 0), Verdict::Unknown);
    }

    #[test]
    fn a_mac_of_another_context_or_key_is_unknown() {
        let token = ring().token(&claim());
        let payload = BASE64URL_NOPAD.decode(token.as_bytes()).unwrap()[..PAYLOAD].to_vec();
        for (context, secret) in [
            ("replyd/nonce/v1", key(2).secret),
            (CONTEXT, key(1).secret),
            (CONTEXT, key(9).secret),
        ] {
            let mut forged = payload.clone();
            forged.extend(&mac(context, &secret, &payload)[..16]);
            assert_eq!(ring().read_token(&BASE64URL_NOPAD.encode(&forged), 0), Verdict::Unknown);
        }
        // Signed properly, but of a version or scope that does not exist.
        for (at, byte) in [(0, 2), (15, 0)] {
            let mut odd = payload.clone();
            odd[at] = byte;
            let tag = mac(CONTEXT, &key(2).secret, &odd);
            odd.extend(&tag[..16]);
            assert_eq!(ring().read_token(&BASE64URL_NOPAD.encode(&odd), 0), Verdict::Unknown);
        }
        let nonce = ring().nonce(&token, NONCE_MINUTES);
        assert_eq!(ring().read_token(&nonce, 0), Verdict::Unknown);
    }

    /// R-L8.
    #[test]
    fn an_old_key_verifies_until_it_is_retired_then_its_tokens_are_expired() {
        let old = Keyring::new(vec![key(1)]).unwrap();
        let token = old.token(&claim());
        assert_eq!(ring().read_token(&token, 0), Verdict::Good(claim()));
        assert_ne!(ring().token(&claim()), token, "the newest key signs");
        let retired = Key { retired: true, ..key(1) };
        let after = Keyring::new(vec![retired, key(2)]).unwrap();
        assert_eq!(after.read_token(&token, 0), Verdict::Expired(claim()));
        let gone = Keyring::new(vec![key(2)]).unwrap();
        assert_eq!(gone.read_token(&token, 0), Verdict::Unknown);
    }

    #[test]
    fn a_token_ends_with_its_minute() {
        let token = ring().token(&claim());
        assert_eq!(ring().read_token(&token, 999), Verdict::Good(claim()));
        assert_eq!(ring().read_token(&token, 1000), Verdict::Expired(claim()));
    }
}
