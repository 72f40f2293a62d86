//! Nonces of forms, and the hash that tells visitors apart.

use std::net::IpAddr;

use data_encoding::BASE64URL_NOPAD;

use super::Keyring;
use super::key::{mac, verify};

/// How long a form can be sent after it was shown.
pub const NONCE_MINUTES: u32 = 30;

const NONCE: &str = "replyd/nonce/v1";
const VISITOR: &str = "replyd/visitor/v1";

impl Keyring {
    /// What a form must send back: `kid:1 | minute:4 | MAC:16` over the token it was shown for, 28 characters.
    ///
    /// It is no secret from whoever holds the link. It makes a POST prove that the page was loaded, and lately.
    #[must_use]
    pub fn nonce(&self, token: &str, minute: u32) -> String {
        let key = self.newest();
        let mut bytes = vec![key.id];
        bytes.extend(minute.to_be_bytes());
        let tag = mac(NONCE, &key.secret, &[&bytes, token.as_bytes()].concat());
        bytes.extend(tag.iter().take(16));
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Whether a nonce was made for this token not more than [`NONCE_MINUTES`] ago.
    #[must_use]
    pub fn check_nonce(&self, nonce: &str, token: &str, now_min: u32) -> bool {
        self.read_nonce(nonce, token, now_min).unwrap_or(false)
    }

    fn read_nonce(&self, nonce: &str, token: &str, now_min: u32) -> Option<bool> {
        if nonce.len() != 28 {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(nonce.as_bytes()).ok()?;
        let (payload, tag) = bytes.split_at_checked(5)?;
        let (id, minute) = payload.split_first()?;
        let key = self.key(*id).filter(|key| !key.retired)?;
        let genuine = verify(NONCE, &key.secret, &[payload, token.as_bytes()].concat(), tag);
        let made = u32::from_be_bytes(minute.try_into().ok()?);
        Some(genuine && now_min.checked_sub(made)? <= NONCE_MINUTES)
    }

    /// Tells visitors apart without keeping who they are: a keyed hash of their network (/24 or /48) and browser.
    #[must_use]
    pub fn visitor(&self, address: IpAddr, user_agent: &str) -> u64 {
        let mut bytes = network(address).to_vec();
        bytes.extend(user_agent.as_bytes());
        let hash = self.mac(VISITOR, &bytes);
        hash.iter().take(8).fold(0, |value, byte| (value << 8) | u64::from(*byte))
    }
}

/// The network of an address: six octets of IPv6, or the first three of IPv4 (mapped ones too), told apart by zeros no IPv6 network has.
#[must_use]
pub fn network(address: IpAddr) -> [u8; 6] {
    let of_four = |[a, b, c, _]: [u8; 4]| [0, 0, 0, a, b, c];
    match address {
        IpAddr::V4(four) => of_four(four.octets()),
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => of_four(four.octets()),
            None => {
                let [a, b, c, d, e, f, ..] = six.octets();
                [a, b, c, d, e, f]
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::tests::{key, ring};
    use super::super::{Key, Keyring};

    #[test]
    fn a_nonce_holds_for_its_token_and_thirty_minutes() {
        let nonce = ring().nonce("token", 1000);
        assert!(ring().check_nonce(&nonce, "token", 1000));
        assert!(ring().check_nonce(&nonce, "token", 1030));
        assert!(!ring().check_nonce(&nonce, "token", 1031), "stale");
        assert!(!ring().check_nonce(&nonce, "token", 999), "from the future");
        assert!(!ring().check_nonce(&nonce, "other", 1000));
        for odd in [
            "",
            "x",
            nonce.get(1..).unwrap(),
            &format!("{nonce}A"),
            &"A".repeat(28),
            &"ü".repeat(14),
        ] {
            assert!(!ring().check_nonce(odd, "token", 1000), "{odd}");
        }
        for at in 0..nonce.len() {
            let mut other = nonce.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            assert!(!ring().check_nonce(&String::from_utf8(other).unwrap(), "token", 1000));
        }
    }

    #[test]
    fn a_nonce_of_a_retired_key_is_stale() {
        let nonce = Keyring::new(vec![key(1)]).unwrap().nonce("token", 5);
        assert!(ring().check_nonce(&nonce, "token", 5));
        let retired = Key { retired: true, ..key(1) };
        assert!(!Keyring::new(vec![retired, key(2)]).unwrap().check_nonce(&nonce, "token", 5));
    }

    #[test]
    fn visitors_are_their_network_and_browser() {
        let visitor = |address: &str, agent: &str| ring().visitor(address.parse().unwrap(), agent);
        assert_eq!(visitor("192.0.2.1", "A"), visitor("192.0.2.254", "A"));
        assert_eq!(visitor("192.0.2.1", "A"), visitor("::ffff:192.0.2.9", "A"));
        assert_ne!(visitor("192.0.2.1", "A"), visitor("192.0.3.1", "A"));
        assert_ne!(visitor("192.0.2.1", "A"), visitor("192.0.2.1", "B"));
        assert_eq!(visitor("2001:db8:1::1", "A"), visitor("2001:db8:1:ff::2", "A"));
        assert_ne!(visitor("2001:db8:1::1", "A"), visitor("2001:db8:2::1", "A"));
    }
}
