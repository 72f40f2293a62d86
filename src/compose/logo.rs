//! A logo file: checked once, when the configuration is read.

use std::fmt;

use crate::link::sha256_hex;

/// Each HTML letter carries the logo, so it is small.
const LARGEST: usize = 32 * 1024;
/// How large it is shown at the most, in CSS pixels.
const SHOWN: (u32, u32) = (200, 40);

/// A picture as it goes into letters and pages.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    /// The file.
    pub bytes: Vec<u8>,
    /// `image/png` or `image/jpeg`.
    pub media_type: &'static str,
    /// How wide it is shown.
    pub width: u32,
    /// How high it is shown.
    pub height: u32,
    /// Changes when the file does: the last part of its address.
    pub id: String,
}

/// The file is no logo that every mail program shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoError {
    /// Gmail and Outlook show nothing else.
    #[error("is neither a PNG nor a JPEG picture; mail programs show no other, so convert it")]
    Kind,
    /// Larger than a logo may be.
    #[error("is larger than 32 KiB, and every letter carries it; 400 by 80 pixels are enough, so save it smaller")]
    Size,
}

impl Logo {
    /// Checks a file.
    ///
    /// # Errors
    /// When mail programs would not show it, or letters would become heavy.
    pub fn read(bytes: Vec<u8>) -> Result<Self, LogoError> {
        if bytes.len() > LARGEST {
            return Err(LogoError::Size);
        }
        let (media_type, size) = match png(&bytes) {
            Some(size) => ("image/png", size),
            None => ("image/jpeg", jpeg(&bytes).ok_or(LogoError::Kind)?),
        };
        let (width, height) = shown(size).ok_or(LogoError::Kind)?;
        let id = sha256_hex(&bytes).chars().take(16).collect();
        Ok(Self {
            bytes,
            media_type,
            width,
            height,
            id,
        })
    }
}

impl fmt::Debug for Logo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Logo({} {}, {} octets)", self.media_type, self.id, self.bytes.len())
    }
}

/// Fits the picture into [`SHOWN`], never larger than it is.
fn shown((width, height): (u32, u32)) -> Option<(u32, u32)> {
    if width == 0 || height == 0 {
        return None;
    }
    let scale = |value: u32, by: u32, of: u32| u32::try_from((u64::from(value) * u64::from(by)).div_ceil(u64::from(of))).ok();
    let (mut w, mut h) = (width, height);
    if h > SHOWN.1 {
        (w, h) = (scale(w, SHOWN.1, h)?, SHOWN.1);
    }
    if w > SHOWN.0 {
        (w, h) = (SHOWN.0, scale(h, SHOWN.0, w)?);
    }
    Some((w, h))
}

/// Width and height of a PNG: its first chunk says them.
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let rest = rest.get(4..)?.strip_prefix(b"IHDR")?;
    let number = |at: usize| Some(u32::from_be_bytes(rest.get(at..at + 4)?.try_into().ok()?));
    Some((number(0)?, number(4)?))
}

/// Width and height of a JPEG: segment by segment up to the one that begins the frame.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8")?;
    loop {
        let (marker, after) = match rest {
            [0xff, 0xff, ..] => {
                rest = rest.get(1..)?;
                continue;
            }
            [0xff, marker, after @ ..] => (*marker, after),
            _ => return None,
        };
        let number = |at: usize| Some(u16::from_be_bytes(after.get(at..at + 2)?.try_into().ok()?));
        // Start of frame, but not the tables that have numbers between (C4, C8, CC).
        if (0xc0..=0xcf).contains(&marker) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            return Some((number(5)?.into(), number(3)?.into()));
        }
        rest = after.get(usize::from(number(0)?)..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes
    }

    #[test]
    fn pictures_are_shown_small_and_never_enlarged() {
        for (size, shown) in [
            ((400, 80), (200, 40)),
            ((120, 30), (120, 30)),
            ((1000, 50), (200, 10)),
            ((64, 640), (4, 40)),
        ] {
            let logo = Logo::read(a_png(size.0, size.1)).unwrap();
            assert_eq!((logo.width, logo.height, logo.media_type), (shown.0, shown.1, "image/png"));
        }
        let jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc4\x00\x02\xff\xc2\x00\x0b\x08\x00\x20\x00\x60\x03";
        let logo = Logo::read(jpeg.to_vec()).unwrap();
        assert_eq!((logo.width, logo.height, logo.media_type), (96, 32, "image/jpeg"));
    }

    #[test]
    fn other_files_are_refused_with_the_fix() {
        for bad in [
            &b""[..],
            b"<svg/>",
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff\xc0\x00",
            b"\xff\xd8\xff\xe0\xff\xff",
            &a_png(0, 5),
        ] {
            assert_eq!(Logo::read(bad.to_vec()), Err(LogoError::Kind), "{bad:?}");
        }
        let mut large = a_png(10, 10);
        large.resize(LARGEST + 1, 0);
        assert_eq!(Logo::read(large), Err(LogoError::Size));
    }
}
