//! How an agency writes: its name and colours, its addresses, its links, its templates.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::Templates;
use super::dkim::Signer;
use crate::link::{AddressStyle, Keyring, Links};
use crate::model::{HeaderText, Mailbox};

/// Everything a letter needs that does not change from letter to letter.
#[derive(Clone)]
pub struct Ink {
    /// Who writes.
    pub agency: Agency,
    /// Name and address the letters come from; each letter tags the address.
    pub bot: Mailbox,
    /// How a tag is put into the address.
    pub style: AddressStyle,
    /// Where the pages are.
    pub links: Links,
    /// Signs links, tags and Message-IDs.
    pub keyring: Arc<Keyring>,
    /// What the letters look like.
    pub templates: Arc<Templates>,
    /// The part of a Message-ID after its `@`.
    pub message_id_domain: String,
    /// Signs each letter, when a key is configured (RFC 6376).
    pub dkim: Option<Arc<Signer>>,
}

/// The agency as its letters show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// Its name.
    pub name: HeaderText,
    /// Lines below "Kind regards"; the agency's name alone when there are none.
    pub signature: Vec<HeaderText>,
    /// The colour of the first button and of the strip above the letter.
    pub colour: Colour,
    /// Shown below the signature.
    pub website: Option<String>,
}

/// A colour as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(u8, u8, u8);

/// The text is not a colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a colour; write six hexadecimal digits after a #, such as #1f5fbf")]
pub struct ColourError(pub String);

impl Colour {
    /// A quiet blue that bears white text.
    pub const DEFAULT: Self = Self(0x1f, 0x55, 0xa5);

    /// Black or white, whichever reads better on this colour.
    #[must_use]
    pub fn on_it(self) -> &'static str {
        if self.reads_on_white() { "#ffffff" } else { "#1c2024" }
    }

    /// The colour itself where it can be read on white, else the colour of text.
    #[must_use]
    pub fn as_text(self) -> String {
        if self.reads_on_white() {
            self.to_string()
        } else {
            "#1c2024".to_owned()
        }
    }

    /// Contrast with white of at least 4.5 to 1 (WCAG 2.1, 1.4.3).
    fn reads_on_white(self) -> bool {
        let channel = |value: u8| {
            let share = f64::from(value) / 255.0;
            if share <= 0.040_45 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        let luminance = 0.2126 * channel(self.0) + 0.7152 * channel(self.1) + 0.0722 * channel(self.2);
        1.05 / (luminance + 0.05) >= 4.5
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl FromStr for Colour {
    type Err = ColourError;

    fn from_str(text: &str) -> Result<Self, ColourError> {
        let wrong = || ColourError(text.to_owned());
        let digits = text.trim().strip_prefix('#').ok_or_else(wrong)?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| wrong())?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self(red, green, blue))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_on_a_button_is_readable() {
        for (colour, text) in [
            ("#1f55a5", "#ffffff"),
            ("#ffe08a", "#1c2024"),
            ("#000000", "#ffffff"),
            ("#ffffff", "#1c2024"),
        ] {
            let colour: Colour = colour.parse().unwrap();
            assert_eq!(colour.on_it(), text, "{colour}");
        }
        for bad in ["", "blue", "#12345", "#12345g", "#1234567", "#é23"] {
            assert!(bad.parse::<Colour>().is_err(), "{bad}");
        }
    }
}
