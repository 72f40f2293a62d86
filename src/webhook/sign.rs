//! Signatures of Standard Webhooks 1.0.0: `v1,` and the HMAC-SHA256 of id, timestamp and body.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::link::plain_mac;

/// What signs: `whsec_` and 24 to 64 bytes in base64. `Debug` shows `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

/// Text that is no secret. Says nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must hold whsec_ and 24 to 64 random bytes in base64; make one: echo \"whsec_$(openssl rand -base64 32)\"")]
pub struct BadSecret;

impl FromStr for SigningSecret {
    type Err = BadSecret;

    fn from_str(text: &str) -> Result<Self, BadSecret> {
        let coded = text.trim().strip_prefix("whsec_").ok_or(BadSecret)?;
        let bytes = BASE64.decode(coded).map_err(|_| BadSecret)?;
        if (24..=64).contains(&bytes.len()) {
            Ok(Self(bytes))
        } else {
            Err(BadSecret)
        }
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// `webhook-signature`: one for each secret, separated by spaces.
pub(super) fn header(secrets: &[SigningSecret], id: &str, at: &str, body: &[u8]) -> String {
    let signed = [id.as_bytes(), b".", at.as_bytes(), b".", body].concat();
    let one = |secret: &SigningSecret| format!("v1,{}", BASE64.encode(plain_mac(&secret.0, &signed)));
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn the_example_of_the_specification() {
        let secret: SigningSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let body = br#"{"test": 2432232314}"#;
        let signature = header(std::slice::from_ref(&secret), "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let other: SigningSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".parse().unwrap();
        let both = header(&[secret, other], "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body);
        assert!(both.starts_with(&format!("{signature} v1,")), "{both}");
    }

    #[test]
    fn secrets_are_long_enough_and_never_shown() {
        let of = |bytes: usize| format!("whsec_{}", BASE64.encode(vec![7; bytes])).parse::<SigningSecret>();
        assert!(of(24).is_ok() && of(64).is_ok());
        assert!(of(23).is_err() && of(65).is_err());
        for wrong in [
            "",
            "whsec_",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_not base64 at all, is it? no",
        ] {
            assert!(wrong.parse::<SigningSecret>().is_err(), "{wrong}");
        }
        assert_eq!(format!("{:?}", of(24).unwrap()), "***");
    }
}
