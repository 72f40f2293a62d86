//! Where somebody's calendar is read.

use std::fmt;

/// An address on the web where somebody's calendar is, and how it is asked.
///
/// Whoever knows it can often read the calendar: `Debug` shows the host only, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Feed {
    kind: FeedKind,
    url: String,
}

/// How a calendar is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedKind {
    /// A file of events, fetched whole (RFC 5545).
    Ics,
    /// A collection on a server that answers questions (RFC 4791).
    Caldav,
}

impl FeedKind {
    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ics => "ics",
            Self::Caldav => "caldav",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        [Self::Ics, Self::Caldav].into_iter().find(|kind| kind.name() == name)
    }
}

/// Text that is no address of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// Another scheme, or none.
    #[error("must begin with https:// (or webcal://, which means the same)")]
    Scheme,
    /// Space, control or other characters that must be escaped; no host; too long.
    #[error("is not the address of a calendar: copy it from the calendar's settings as it is")]
    Text,
    /// A login before the host.
    #[error("holds a login before the @: list the calendar in config.toml under [[calendars.person]], with user and password_file")]
    Login,
}

/// Longest address: as long as browsers take them.
const LONGEST: usize = 2_000;

impl Feed {
    /// Checks an address. What calendars call `webcal` is fetched over TLS; what goes without TLS never leaves this machine.
    ///
    /// # Errors
    /// See [`FeedError`].
    pub fn parse(kind: FeedKind, text: &str) -> Result<Self, FeedError> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").ok_or(FeedError::Scheme)?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "https" | "webcal" | "webcals" => "https",
            "http" => "http",
            _ => return Err(FeedError::Scheme),
        };
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let host = rest.split(['/', '?']).next().unwrap_or_default();
        if host.contains('@') {
            return Err(FeedError::Login);
        }
        let named = host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[');
        if !named || text.len() > LONGEST || !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(FeedError::Text);
        }
        Ok(Self {
            kind,
            url: format!("{scheme}://{rest}"),
        })
    }

    /// How it is asked.
    #[must_use]
    pub const fn kind(&self) -> FeedKind {
        self.kind
    }

    /// The whole address, for the one place that asks there and the one that keeps it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Enough of it to tell it from others, with its port.
    #[must_use]
    pub fn host(&self) -> &str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        rest.split(['/', '?']).next().unwrap_or_default()
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Feed({} at {})", self.kind.name(), self.host())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_calendars_give_them() {
        for (text, url) in [
            (
                " https://calendar.example/ical/a%40b/private-1f/basic.ics ",
                "https://calendar.example/ical/a%40b/private-1f/basic.ics",
            ),
            ("webcal://p12.calendar.example/x?y=z#top", "https://p12.calendar.example/x?y=z"),
            ("HTTPS://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
            ("http://127.0.0.1:5232/ann/", "http://127.0.0.1:5232/ann/"),
        ] {
            assert_eq!(Feed::parse(FeedKind::Ics, text).unwrap().url(), url);
        }
        let long = format!("https://a.example/{}", "x".repeat(2_000));
        for (text, error) in [
            ("calendar.example/x", FeedError::Scheme),
            ("file:///etc/passwd", FeedError::Scheme),
            ("https://ann:secret@calendar.example/x", FeedError::Login),
            ("https://", FeedError::Text),
            ("https:///x", FeedError::Text),
            ("https://a.example/x y", FeedError::Text),
            ("https://a.example/x\r\nHost: b", FeedError::Text),
            ("https://bücher.example/", FeedError::Text),
            (long.as_str(), FeedError::Text),
        ] {
            assert_eq!(Feed::parse(FeedKind::Caldav, text), Err(error), "{text}");
        }
    }

    #[test]
    fn what_opens_a_calendar_is_not_shown() {
        let feed = Feed::parse(FeedKind::Ics, "https://calendar.example/private-1f/basic.ics").unwrap();
        assert_eq!(format!("{feed:?}"), "Feed(ics at calendar.example)");
    }
}
