//! How an agency writes: its name and colours, its addresses, its links, its templates.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::dkim::Signer;
use super::{Logo, Templates};
use crate::link::{AddressStyle, Keyring, Links};
use crate::model::{HeaderText, Mailbox};

/// Everything a letter needs that does not change from letter to letter.
#[derive(Clone)]
pub struct Ink {
    /// Who writes.
    pub agency: Agency,
    /// Clients to whom the agency shows itself otherwise.
    pub brands: Vec<Brand>,
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

/// How the agency shows itself to one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// The client company, as in its batches; upper and lower case are the same.
    pub client: HeaderText,
    /// What stands in place of the agency's own.
    pub agency: Agency,
}

impl Brand {
    /// The one that is meant for this client.
    #[must_use]
    pub fn of<'a>(brands: &'a [Self], client: &str) -> Option<&'a Self> {
        let client = client.to_lowercase();
        brands.iter().find(|one| one.client.as_str().to_lowercase() == client)
    }
}

/// The agency as its letters and pages show it.
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
    /// Shown in place of the name at the top.
    pub logo: Option<Arc<Logo>>,
}

/// A colour as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(u8, u8, u8);

/// The least contrast of text with its ground (WCAG 2.1, 1.4.3).
const READABLE: f64 = 4.5;

/// The text is not a colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a colour; write six hexadecimal digits after a #, such as #1f5fbf")]
pub struct ColourError(pub String);

impl Colour {
    /// A quiet blue that bears white text.
    pub const DEFAULT: Self = Self(0x1f, 0x55, 0xa5);

    /// White, the colour of text, or black: the first that can be read on this colour. One of them always can.
    #[must_use]
    pub fn on_it(self) -> &'static str {
        let text = Self(0x1c, 0x20, 0x24);
        if self.contrast(Self::WHITE) >= READABLE {
            "#ffffff"
        } else if self.contrast(text) >= READABLE {
            "#1c2024"
        } else {
            "#000000"
        }
    }

    /// The colour itself where it can be read on `ground`, else the nearest shade of it that can.
    #[must_use]
    pub fn readable_on(self, ground: Self) -> Self {
        let toward = if ground.luminance() > 0.18 { Self::BLACK } else { Self::WHITE };
        let mix = |from: u8, to: u8, part: u16| {
            let mixed = (u16::from(from) * (20 - part) + u16::from(to) * part) / 20;
            u8::try_from(mixed).unwrap_or(to)
        };
        let shade = |part| {
            Self(
                mix(self.0, toward.0, part),
                mix(self.1, toward.1, part),
                mix(self.2, toward.2, part),
            )
        };
        (0..=20).map(shade).find(|one| one.contrast(ground) >= READABLE).unwrap_or(toward)
    }

    /// The colour itself where it can be read on white, else the colour of text.
    #[must_use]
    pub fn as_text(self) -> String {
        if self.contrast(Self::WHITE) >= READABLE {
            self.to_string()
        } else {
            "#1c2024".to_owned()
        }
    }

    /// The ground of letters and of pages in the light.
    pub const WHITE: Self = Self(0xff, 0xff, 0xff);
    /// The ground of pages in the dark.
    pub const DARK_CARD: Self = Self(0x1f, 0x22, 0x27);
    const BLACK: Self = Self(0, 0, 0);

    /// From 1 to 21 (WCAG 2.1, "contrast ratio").
    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(two) / one.min(two)
    }

    fn luminance(self) -> f64 {
        let channel = |value: u8| {
            let share = f64::from(value) / 255.0;
            if share <= 0.040_45 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(self.0) + 0.7152 * channel(self.1) + 0.0722 * channel(self.2)
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
            ("#0a84ff", "#000000"),
        ] {
            let colour: Colour = colour.parse().unwrap();
            assert_eq!(colour.on_it(), text, "{colour}");
        }
        for (red, green, blue) in (0..=255)
            .step_by(15)
            .flat_map(|r| (0..=255).step_by(15).map(move |g| (r, g, r ^ g)))
        {
            let colour = Colour(red, green, blue);
            let on: Colour = colour.on_it().parse().unwrap();
            assert!(on.contrast(colour) >= READABLE, "{on} on {colour}");
            for ground in [Colour::WHITE, Colour::DARK_CARD] {
                let shade = colour.readable_on(ground);
                assert!(shade.contrast(ground) >= READABLE, "{shade} on {ground}");
                assert!(
                    colour.contrast(ground) < READABLE || shade == colour,
                    "{colour} was readable as it is"
                );
            }
        }
        for bad in ["", "blue", "#12345", "#12345g", "#1234567", "#é23"] {
            assert!(bad.parse::<Colour>().is_err(), "{bad}");
        }
    }
}
