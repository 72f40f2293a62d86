//! Where the tag stands in an address: servers differ in what they deliver.

use crate::model::{Address, AddressError};

/// How an address carries a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressStyle(Style);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Style {
    /// `name+tag@domain`
    After(char),
    /// `tag@name.domain`
    Subdomain,
    /// `tag@host`
    Host(String),
}

/// The style's name is not one we know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no way to tag an address; write \"+\" for name+tag@domain, \"-\" for name-tag@domain, \"subdomain\" for tag@name.domain, or \"@mail.company.com\" for tag@mail.company.com"
)]
pub struct StyleError(pub String);

impl AddressStyle {
    /// Reads a style from the configuration: `+`, `-`, `_`, `=`, `subdomain`, or `@` and a host that delivers everything to us.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(text: &str) -> Result<Self, StyleError> {
        let refuse = || StyleError(text.to_owned());
        let style = match text {
            "+" => Style::After('+'),
            "-" => Style::After('-'),
            "_" => Style::After('_'),
            "=" => Style::After('='),
            "subdomain" => Style::Subdomain,
            _ => {
                let host = text.strip_prefix('@').ok_or_else(refuse)?;
                Address::parse(&format!("x@{host}")).map_err(|_| refuse())?;
                Style::Host(host.to_ascii_lowercase())
            }
        };
        Ok(Self(style))
    }

    /// `base` with the tag in it.
    ///
    /// # Errors
    /// When the result is no address, for instance because more than 64 octets stand before the `@` (RFC 5321 4.5.3.1.1).
    pub fn tagged(&self, base: &Address, tag: &str) -> Result<Address, AddressError> {
        let (local, domain) = (base.local(), base.domain());
        Address::parse(&match &self.0 {
            Style::After(separator) => format!("{local}{separator}{tag}@{domain}"),
            Style::Subdomain => format!("{tag}@{local}.{domain}"),
            Style::Host(host) => format!("{tag}@{host}"),
        })
    }

    /// The tag of an address that we could have made from `base`; whether it is genuine, the keyring says.
    #[must_use]
    pub fn tag_of(&self, base: &Address, candidate: &Address) -> Option<String> {
        let (local, domain) = (base.local(), base.domain());
        let tag = match &self.0 {
            Style::After(separator) => {
                let (head, tail) = candidate.local().split_at_checked(local.len())?;
                let ours = head.eq_ignore_ascii_case(local) && candidate.domain().eq_ignore_ascii_case(domain);
                ours.then(|| tail.strip_prefix(*separator)).flatten()?
            }
            Style::Subdomain => {
                let ours = candidate.domain().eq_ignore_ascii_case(&format!("{local}.{domain}"));
                ours.then(|| candidate.local())?
            }
            Style::Host(host) => candidate.domain().eq_ignore_ascii_case(host).then(|| candidate.local())?,
        };
        (!tag.is_empty()).then(|| tag.to_owned())
    }
}

impl Default for AddressStyle {
    fn default() -> Self {
        Self(Style::After('+'))
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::tests::ring;
    use super::*;
    use crate::model::{ConversationId, LetterKey};

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    /// C-C10.
    #[test]
    fn each_style_carries_a_tag_there_and_back() {
        let base = address("talent-desk@agency.example");
        let letter = LetterKey {
            conversation: ConversationId(4711),
            serial: 3,
        };
        let tag = ring().tag(letter);
        for (style, shape) in [
            ("+", format!("talent-desk+{tag}@agency.example")),
            ("-", format!("talent-desk-{tag}@agency.example")),
            ("subdomain", format!("{tag}@talent-desk.agency.example")),
            ("@reply.agency.example", format!("{tag}@reply.agency.example")),
        ] {
            let style = AddressStyle::parse(style).unwrap();
            let tagged = style.tagged(&base, &tag).unwrap();
            assert_eq!(tagged.as_str(), shape);
            let shouted = address(&shape.to_ascii_uppercase());
            for came_back in [&tagged, &shouted] {
                let read = style.tag_of(&base, came_back).and_then(|tag| ring().read_tag(&tag));
                assert_eq!(read, Some(letter), "{shape}");
            }
        }
    }

    #[test]
    fn other_addresses_have_no_tag() {
        let base = address("talent@agency.example");
        for style in ["+", "-", "subdomain", "@reply.agency.example"] {
            let style = AddressStyle::parse(style).unwrap();
            for other in [
                "talent@agency.example",
                "talent+@agency.example",
                "talented+x@agency.example",
                "talent+x@agency.example.org",
                "ta@agency.example",
            ] {
                assert_eq!(style.tag_of(&base, &address(other)), None, "{style:?} {other}");
            }
        }
    }

    #[test]
    fn a_local_part_over_64_octets_is_refused() {
        let tag = "a".repeat(29);
        let style = AddressStyle::default();
        assert!(style.tagged(&address(&format!("{}@a.example", "n".repeat(34))), &tag).is_ok());
        let long = address(&format!("{}@a.example", "n".repeat(35)));
        assert_eq!(style.tagged(&long, &tag), Err(AddressError::TooLong));
    }

    #[test]
    fn an_unknown_style_is_named() {
        for bad in ["", "++", "@", "@a..b", "Subdomain", "."] {
            let error = AddressStyle::parse(bad).unwrap_err().to_string();
            assert!(error.contains(&format!("{bad:?}")), "{error}");
        }
    }
}
