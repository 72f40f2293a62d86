//! DKIM: signs a finished message for our domain.   RFC 6376, 8463
//!
//! In: complete bytes with CRLF line ends, and the time to state. Out: the same bytes behind one more header field.
//! Never here: a clock; a changed byte of the message; a key shorter than RFC 8301 allows.
//!
//! Canonicalisation is relaxed/relaxed and the signatures are deterministic: the same arguments give the same bytes.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;

use crate::model::Timestamp;

/// Why there is no signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DkimError {
    /// The domain or the selector could not stand in a DNS name.
    #[error("{0:?} is not a domain name or selector: letters, digits, hyphens and dots")]
    Name(String),
    /// No private key in the file.
    #[error("not a PEM file with a private key: {0}")]
    Pem(String),
    /// A key that is neither RSA of 2048 to 4096 bits nor Ed25519.
    #[error("the key is neither RSA of 2048 to 4096 bits nor Ed25519 ({0}); make one with `openssl genrsa 2048`")]
    Key(String),
    /// The signature itself failed.
    #[error("signing failed")]
    Signing,
}

/// A domain, a selector, and the private key whose public half stands in DNS under both.
pub struct Signer {
    domain: String,
    selector: String,
    key: Key,
}

enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

/// The key is never printed.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("domain", &self.domain)
            .field("selector", &self.selector)
            .field("algorithm", &self.key.algorithm())
            .finish_non_exhaustive()
    }
}

/// Fields that are signed wherever they occur, beside all that begin with `List-`. What relays add or change is not among them.
const SIGNED: [&str; 11] = [
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
];

impl Signer {
    /// Where the public key stands in DNS (RFC 6376 3.6.2.1).
    #[must_use]
    pub fn record(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// Reads the private key: PEM, PKCS#8 or PKCS#1.
    ///
    /// # Errors
    /// Says what is wrong with the names or the key.
    pub fn from_pem(domain: &str, selector: &str, pem: &str) -> Result<Self, DkimError> {
        for name in [domain, selector] {
            let label = |label: &str| {
                (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            };
            if name.len() > 253 || !name.split('.').all(label) {
                return Err(DkimError::Name(name.to_owned()));
            }
        }
        Ok(Self {
            domain: domain.to_owned(),
            selector: selector.to_owned(),
            key: Key::from_pem(pem)?,
        })
    }

    /// Puts a DKIM-Signature field before the message. `at` becomes the `t=` tag.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn sign(&self, bytes: &[u8], at: Timestamp) -> Result<Vec<u8>, DkimError> {
        let message = Split::of(bytes);
        let names = message.to_sign();
        let field = self.unsigned_field(&names, &message.body_hash(), at);
        let signature = self.key.sign(&message.signing_input(&names, &field))?;

        let mut out = Vec::with_capacity(bytes.len() + field.len() + 512);
        out.extend_from_slice(field.as_bytes());
        for (index, line) in BASE64.encode(signature).as_bytes().chunks(72).enumerate() {
            if index > 0 {
                out.extend_from_slice(b"\r\n ");
            }
            out.extend_from_slice(line);
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(bytes);
        Ok(out)
    }

    /// The field up to and including `b=`, folded.
    fn unsigned_field(&self, names: &[String], body_hash: &str, at: Timestamp) -> String {
        let mut field = format!(
            "DKIM-Signature: v=1; a={}; c=relaxed/relaxed; t={};\r\n d={};\r\n s={};\r\n h=",
            self.key.algorithm(),
            at.timestamp(),
            self.domain,
            self.selector
        );
        let mut width = 3;
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                field.push(':');
                width += 1;
            }
            if width + name.len() > 72 {
                field.push_str("\r\n ");
                width = 1;
            }
            field.push_str(name);
            width += name.len();
        }
        field.push_str(&format!(";\r\n bh={body_hash};\r\n b="));
        field
    }
}

impl Key {
    fn from_pem(pem: &str) -> Result<Self, DkimError> {
        let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|error| DkimError::Pem(error.to_string()))?;
        let rsa = |pair: Result<RsaKeyPair, ring::error::KeyRejected>| {
            pair.map(|pair| Self::Rsa(Box::new(pair)))
                .map_err(|error| DkimError::Key(error.to_string()))
        };
        match &der {
            PrivateKeyDer::Pkcs1(der) => rsa(RsaKeyPair::from_der(der.secret_pkcs1_der())),
            // OpenSSL writes Ed25519 keys without their public half, which ring calls unchecked.
            PrivateKeyDer::Pkcs8(der) => match Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der()) {
                Ok(pair) => Ok(Self::Ed25519(Box::new(pair))),
                Err(_not_ed25519) => rsa(RsaKeyPair::from_pkcs8(der.secret_pkcs8_der())),
            },
            // Elliptic curves of NIST are not in DKIM (RFC 8463); the enum is open.
            PrivateKeyDer::Sec1(_) | _ => Err(DkimError::Key("another kind of key".into())),
        }
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "rsa-sha256",
            Self::Ed25519(_) => "ed25519-sha256",
        }
    }

    fn sign(&self, input: &[u8]) -> Result<Vec<u8>, DkimError> {
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                // The randomness blinds the computation against observers; the signature does not depend on it.
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input, &mut signature)
                    .map_err(|_unspecified| DkimError::Signing)?;
                Ok(signature)
            }
            // RFC 8463 section 3: what is signed is the hash.
            Self::Ed25519(pair) => Ok(pair.sign(digest(&SHA256, input).as_ref()).as_ref().to_vec()),
        }
    }
}

/// A message as DKIM sees it.
struct Split<'a> {
    /// Name and whole field with its folds, without the last CRLF.
    fields: Vec<(&'a [u8], &'a [u8])>,
    body: &'a [u8],
}

impl<'a> Split<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let (head, body) = match bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            Some(at) => (bytes.get(..at).unwrap_or_default(), bytes.get(at + 4..).unwrap_or_default()),
            None => (bytes, &[][..]),
        };
        let mut fields = Vec::new();
        let mut rest = head;
        while !rest.is_empty() {
            // A field ends at a CRLF that no white space follows (RFC 5322 2.2.3).
            let ends = |three: &[u8]| matches!(three, [b'\r', b'\n', next] if !matches!(next, b' ' | b'\t'));
            let end = rest.windows(3).position(ends).unwrap_or(rest.len());
            let (field, tail) = rest.split_at(end);
            let field = field.strip_suffix(b"\r\n").unwrap_or(field);
            let name = field.split(|b| *b == b':').next().unwrap_or_default().trim_ascii();
            fields.push((name, field));
            rest = tail.strip_prefix(b"\r\n").unwrap_or_default();
        }
        Self { fields, body }
    }

    /// The names for `h=`: each as often as it occurs, From once more, so that nobody can add a second one unnoticed.
    fn to_sign(&self) -> Vec<String> {
        let mut names = vec!["From".to_owned()];
        for wanted in SIGNED {
            let times = self
                .fields
                .iter()
                .filter(|(name, _)| name.eq_ignore_ascii_case(wanted.as_bytes()))
                .count();
            names.extend(std::iter::repeat_n(wanted.to_owned(), times));
        }
        for (name, _) in &self.fields {
            if name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"List-")) {
                names.push(String::from_utf8_lossy(name).into_owned());
            }
        }
        names
    }

    /// RFC 6376 3.4.4 and 3.7.
    fn body_hash(&self) -> String {
        BASE64.encode(digest(&SHA256, &relaxed_body(self.body)))
    }

    /// RFC 6376 3.7: the named fields, each name taking the lowest field not taken yet (5.4.2), then our own without its signature.
    fn signing_input(&self, names: &[String], own: &str) -> Vec<u8> {
        let mut input = Vec::new();
        let mut taken = vec![false; self.fields.len()];
        for wanted in names {
            let lowest = self
                .fields
                .iter()
                .zip(&mut taken)
                .rev()
                .find(|((name, _), taken)| !**taken && name.eq_ignore_ascii_case(wanted.as_bytes()));
            // A name that occurs no more stands for an empty string.
            if let Some(((_, field), taken)) = lowest {
                *taken = true;
                relaxed_field(field, &mut input);
                input.extend_from_slice(b"\r\n");
            }
        }
        relaxed_field(own.as_bytes(), &mut input);
        input
    }
}

/// RFC 6376 3.4.2: the name in lower case, one line, single spaces.
fn relaxed_field(field: &[u8], out: &mut Vec<u8>) {
    let colon = field.iter().position(|b| *b == b':').unwrap_or(field.len());
    let (name, value) = field.split_at(colon);
    out.extend(name.trim_ascii_end().to_ascii_lowercase());
    out.push(b':');
    let words = value.strip_prefix(b":").unwrap_or(value);
    let words = words
        .split(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
        .filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
}

/// RFC 6376 3.4.4: single spaces, none at line ends, no empty lines at the end.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 2);
    let mut whole = 0;
    for line in body.split_inclusive(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut gap = false;
        for b in line {
            if matches!(b, b' ' | b'\t') {
                gap = true;
            } else {
                if gap {
                    out.push(b' ');
                }
                gap = false;
                out.push(*b);
                whole = 0;
            }
        }
        out.extend_from_slice(b"\r\n");
        whole += 2;
    }
    // All line ends after the last character but one; all of them when there is no character.
    let keep = if out.len() == whole { 0 } else { out.len() + 2 - whole };
    out.truncate(keep);
    out
}

#[cfg(test)]
mod tests {
    use ring::signature::{ED25519, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey, VerificationAlgorithm};

    use super::*;

    /// RFC 8463 appendix A.3.
    const EXAMPLE: &str = "\
DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
";
    /// RFC 8463 appendix A.2.
    const ED25519_PUBLIC: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    const ED25519_SECRET: &str = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    const RSA_PUBLIC: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB";

    fn crlf(text: &str) -> Vec<u8> {
        text.replace('\n', "\r\n").into_bytes()
    }

    fn at() -> Timestamp {
        Timestamp::from_timestamp(1_528_637_909, 0).unwrap()
    }

    fn ed25519_pem() -> String {
        let mut der = vec![0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
        der.extend(BASE64.decode(ED25519_SECRET).unwrap());
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64.encode(der))
    }

    fn public_key(algorithm: &str) -> UnparsedPublicKey<Vec<u8>> {
        if algorithm == "ed25519-sha256" {
            return UnparsedPublicKey::new(&ED25519 as &dyn VerificationAlgorithm, BASE64.decode(ED25519_PUBLIC).unwrap());
        }
        // ring wants the key inside the SubjectPublicKeyInfo: its last 140 octets.
        let der = BASE64.decode(RSA_PUBLIC).unwrap();
        UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, der[der.len() - 140..].to_vec())
    }

    /// Verifies the nth field of a message, if that is a signature.
    fn verifies(bytes: &[u8], nth: usize) -> bool {
        let message = Split::of(bytes);
        let field = String::from_utf8(message.fields[nth].1.to_vec()).unwrap();
        let (unsigned, signature) = field.split_at(field.rfind(" b=").unwrap() + 3);
        let tag = |name: &str| {
            let value = unsigned.split_once(name).unwrap().1.split(';').next().unwrap();
            value.split_whitespace().collect::<String>()
        };
        let names: Vec<String> = tag(" h=").split(':').map(str::to_owned).collect();
        let signature = BASE64.decode(signature.split_whitespace().collect::<String>()).unwrap();
        let (mut input, algorithm) = (message.signing_input(&names, unsigned), tag(" a="));
        if algorithm == "ed25519-sha256" {
            input = digest(&SHA256, &input).as_ref().to_vec();
        }
        tag(" bh=") == message.body_hash() && public_key(&algorithm).verify(&input, &signature).is_ok()
    }

    #[test]
    fn the_signatures_of_rfc_8463_verify() {
        let example = crlf(EXAMPLE);
        assert!(verifies(&example, 0), "ed25519");
        assert!(verifies(&example, 1), "rsa");
        let relaxed = crlf(
            &EXAMPLE
                .replace("lost the game.  Are", "lost the game. \t Are  ")
                .replace("Subject:", "SUBJECT:\n   "),
        );
        assert!(verifies(&relaxed, 0) && verifies(&relaxed, 1), "white space does not matter");
        for (old, new) in [
            ("lost", "won"),
            ("Suzie", "Susie"),
            ("dinner", "breakfast"),
            ("t=1528637909", "t=1528637900"),
        ] {
            let changed = crlf(&EXAMPLE.replace(old, new));
            assert!(!verifies(&changed, 0) && !verifies(&changed, 1), "{old}");
        }
    }

    #[test]
    fn what_we_sign_verifies_until_it_is_changed() {
        let signer = Signer::from_pem("football.example.com", "brisbane", &ed25519_pem()).unwrap();
        let (_, plain) = EXAMPLE.split_at(EXAMPLE.find("From:").unwrap());
        let plain = plain.replace(
            "To:",
            "List-Id: <x.example>\nReply-To: a@b.example,\n\tc@d.example\nX-Other: 1\nTo:",
        );
        let signed = signer.sign(&crlf(&plain), at()).unwrap();
        assert_eq!(
            signed,
            signer.sign(&crlf(&plain), at()).unwrap(),
            "the same arguments, the same bytes"
        );
        assert!(signed.ends_with(&crlf(&plain)));
        assert!(verifies(&signed, 0));
        let text = String::from_utf8(signed).unwrap();
        assert!(text.contains(" h=From:From:To:Subject:Date:Message-ID:Reply-To:List-Id;"), "{text}");
        assert!(text.lines().all(|line| line.len() <= 78), "{text}");
        for (old, new) in [
            ("From: Joe", "From: Eve <eve@evil.example>\r\nFrom: Joe"),
            ("\nMessage-ID:", "\nFrom: Eve <eve@evil.example>\r\nMessage-ID:"),
            ("<x.example>", "<y.example>"),
            ("Joe.", "Eve."),
        ] {
            assert!(!verifies(text.replacen(old, new, 1).as_bytes(), 0), "{old}");
        }
        assert!(verifies(text.replace("X-Other: 1", "X-Other: 2").as_bytes(), 0));
        assert!(
            verifies(format!("{text}\r\n\r\n").as_bytes(), 0),
            "empty lines at the end do not matter"
        );
    }

    #[test]
    fn bodies_are_relaxed() {
        for (body, relaxed) in [
            ("", ""),
            ("\r\n\r\n", ""),
            (" \r\n\t\r\n", ""),
            ("a", "a\r\n"),
            ("a\r\n", "a\r\n"),
            (" a\t b \r\n\r\n c \r\n \r\n\r\n", " a b\r\n\r\n c\r\n"),
        ] {
            assert_eq!(relaxed_body(body.as_bytes()), relaxed.as_bytes(), "{body:?}");
        }
    }

    #[test]
    fn any_bytes_can_be_signed() {
        let signer = Signer::from_pem("a.example", "s", &ed25519_pem()).unwrap();
        for odd in [
            &b""[..],
            b"\r\n",
            b"\r\n\r\n",
            b"no colon",
            b"a: b",
            b"\0\xff:\r\n \r\n\r\n\xff",
            b"From\r\n\r\nFrom: x",
        ] {
            assert!(signer.sign(odd, at()).unwrap().ends_with(odd), "{odd:?}");
        }
    }

    #[test]
    fn wrong_names_and_keys_are_named() {
        for name in ["", "a..b", "a;b", "a b", "ü.example"] {
            assert_eq!(
                Signer::from_pem(name, "s", &ed25519_pem()).unwrap_err(),
                DkimError::Name(name.to_owned())
            );
            assert!(Signer::from_pem("a.example", name, &ed25519_pem()).is_err());
        }
        assert!(matches!(Signer::from_pem("a.example", "s", "no key"), Err(DkimError::Pem(_))));
        let short = "-----BEGIN PRIVATE KEY-----\nMAMCAQA=\n-----END PRIVATE KEY-----\n";
        assert!(matches!(Signer::from_pem("a.example", "s", short), Err(DkimError::Key(_))));
        let printed = format!("{:?}", Signer::from_pem("a.example", "s", &ed25519_pem()).unwrap());
        assert!(printed.contains("ed25519-sha256") && !printed.contains("nWGx"), "{printed}");
    }
}
