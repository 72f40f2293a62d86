//! Invitations: a REQUEST, its change, its CANCEL, a DECLINECOUNTER, and a file for adding an interview to a calendar.   RFC 5545, 5546, 7986
//!
//! In: an interview as one person is to see it. Out: the bytes of a calendar file, lines ended by CRLF and folded at 75 octets, times in UTC.
//! Never here: a clock, a UID made up, the name or address of anybody but the one it is for; a line or parameter that a text brought in.

use chrono::Duration;
use icalendar::Property;

use crate::model::{Mailbox, Timestamp, is_printed};

/// What a calendar file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Invites, or changes what was invited to: the same UID, a higher SEQUENCE, a later stamp.
    Request,
    /// Takes an invitation back: the same UID and organizer, a higher SEQUENCE.
    Cancel,
    /// The answer to a COUNTER that is not accepted: what was invited to stands (RFC 5546 3.2.8).
    DeclineCounter,
    /// Is added by whoever opens it; nobody is invited and nobody answers. It carries no METHOD, as PUBLISH would want an ORGANIZER.
    Add,
}

/// An interview in one person's calendar. Texts may be any; what cannot stand in a calendar is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// What it is for.
    pub method: Method,
    /// Stable for the interview and the person, and not to be guessed: printable ASCII without spaces.
    pub uid: String,
    /// 0, and one more with each change.
    pub sequence: u32,
    /// DTSTAMP: when this version was made.
    pub stamp: Timestamp,
    /// The mailbox that reads the answers; also the From of the mail.
    pub organizer: Mailbox,
    /// Whom the mail goes to.
    pub attendee: Mailbox,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// The title.
    pub summary: String,
    /// The text, of several lines.
    pub description: String,
    /// Where: an address, a number, or the URL of the meeting, which is all that most programs show.
    pub location: String,
    /// URI of the meeting: `https:…`, `tel:…`.
    pub conference: Option<String>,
    /// How long before the start a calendar is to remind; programs may ignore it.
    pub alarms: Vec<Duration>,
    /// Whether Outlook may offer "propose a new time".
    pub may_counter: bool,
}

/// What the program calls itself.
pub(super) const PRODUCT: &str = "-//replyd//replyd//EN";
/// The longest title or place, in characters.
const LINE: usize = 1_000;
/// The longest text.
const TEXT: usize = 8_000;

impl Invitation {
    /// The file. The same invitation gives the same bytes.
    ///
    /// Parse it back with [`check`](super::check) before it leaves.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = String::with_capacity(2_048);
        out.push_str("BEGIN:VCALENDAR\r\n");
        for (name, value) in [("VERSION", "2.0"), ("PRODID", PRODUCT), ("CALSCALE", "GREGORIAN")] {
            write(&mut out, Property::new(name, value));
        }
        if let Some(method) = self.method.written() {
            write(&mut out, Property::new("METHOD", method));
        }
        out.push_str("BEGIN:VEVENT\r\n");
        self.properties().into_iter().for_each(|property| write(&mut out, property));
        for before in self.reminders() {
            out.push_str("BEGIN:VALARM\r\n");
            write(&mut out, Property::new("ACTION", "DISPLAY"));
            write(&mut out, Property::new("DESCRIPTION", self.title()));
            write(&mut out, Property::new("TRIGGER", format!("-PT{}M", before.num_minutes())));
            out.push_str("END:VALARM\r\n");
        }
        out.push_str("END:VEVENT\r\nEND:VCALENDAR\r\n");
        out.into_bytes()
    }

    fn properties(&self) -> Vec<Property> {
        let time = |at: Timestamp| at.format("%Y%m%dT%H%M%SZ").to_string();
        let mut all = vec![
            Property::new("UID", word(&self.uid)),
            Property::new("DTSTAMP", time(self.stamp)),
            Property::new("SEQUENCE", self.sequence.to_string()),
            Property::new("DTSTART", time(self.start)),
            Property::new("DTEND", time(self.end)),
            Property::new("SUMMARY", self.title()),
        ];
        let texts = [("LOCATION", self.place()), ("DESCRIPTION", self.text())];
        let there = texts.into_iter().filter(|(_, text)| !text.is_empty());
        all.extend(there.map(|(name, text)| Property::new(name, text)));
        if let Some(uri) = self.meeting() {
            let feature = if uri.starts_with("tel:") { "PHONE" } else { "VIDEO" };
            let property = Property::new("CONFERENCE", uri)
                .add_parameter("VALUE", "URI")
                .add_parameter("FEATURE", feature)
                .done();
            all.push(property);
        }
        let (status, busy) = match self.method {
            Method::Request | Method::DeclineCounter | Method::Add => ("CONFIRMED", "OPAQUE"),
            Method::Cancel => ("CANCELLED", "TRANSPARENT"),
        };
        all.push(Property::new("STATUS", status));
        all.push(Property::new("TRANSP", busy));
        if self.method == Method::Add {
            return all;
        }
        all.push(person("ORGANIZER", &self.organizer).done());
        let mut attendee = person("ATTENDEE", &self.attendee);
        attendee
            .add_parameter("CUTYPE", "INDIVIDUAL")
            .add_parameter("ROLE", "REQ-PARTICIPANT");
        if self.method == Method::Request {
            attendee.add_parameter("PARTSTAT", "NEEDS-ACTION").add_parameter("RSVP", "TRUE");
        }
        all.push(attendee);
        if self.method == Method::Request && !self.may_counter {
            all.push(Property::new("X-MICROSOFT-DISALLOW-COUNTER", "TRUE"));
        }
        all
    }

    /// SUMMARY as it is written: nothing, and Outlook shows an entry without a name.
    pub(super) fn title(&self) -> String {
        let title = line(&self.summary);
        if title.is_empty() { "Interview".to_owned() } else { title }
    }

    /// LOCATION as it is written.
    pub(super) fn place(&self) -> String {
        line(&self.location)
    }

    /// DESCRIPTION as it is written.
    pub(super) fn text(&self) -> String {
        let text = self
            .description
            .replace("\r\n", "\n")
            .replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
        let spaced = text.chars().map(|c| if c == '\t' { ' ' } else { c });
        let kept: String = spaced.filter(|c| *c == '\n' || is_printed(*c)).take(TEXT).collect();
        kept.trim().to_owned()
    }

    /// CONFERENCE as it is written; one that is no URI is left out.
    pub(super) fn meeting(&self) -> Option<&str> {
        let uri = self.conference.as_deref()?.trim();
        let (scheme, rest) = uri.split_once(':')?;
        let good = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}');
        let is_uri = matches!(scheme, "https" | "http" | "tel" | "sip" | "sips" | "xmpp") && !rest.is_empty() && uri.bytes().all(good);
        (is_uri && uri.len() <= LINE).then_some(uri)
    }

    /// The alarms as they are written: before the start, the earliest first; none on what is taken back.
    pub(super) fn reminders(&self) -> Vec<Duration> {
        if matches!(self.method, Method::Cancel | Method::DeclineCounter) {
            return Vec::new();
        }
        let mut all: Vec<Duration> = self.alarms.iter().map(|alarm| Duration::minutes(alarm.num_minutes())).collect();
        all.retain(|alarm| *alarm > Duration::zero() && *alarm <= Duration::days(28));
        all.sort_unstable_by(|a, b| b.cmp(a));
        all.dedup();
        all
    }
}

impl Method {
    /// METHOD, also for the `method` parameter of the mail's part; none for a file that is added.
    #[must_use]
    pub fn written(self) -> Option<&'static str> {
        match self {
            Self::Request => Some("REQUEST"),
            Self::Cancel => Some("CANCEL"),
            Self::DeclineCounter => Some("DECLINECOUNTER"),
            Self::Add => None,
        }
    }
}

/// One line. The writer escapes values of type TEXT and lets anything else through, so those are clean before.
fn write(out: &mut String, property: Property) {
    // It fails only where writing into memory fails.
    let line: Result<String, std::fmt::Error> = property.try_into();
    // Its last fold can be 76 octets long; there are no other line breaks in it.
    fold(out, &line.unwrap_or_default().replace("\r\n ", ""));
}

/// RFC 5545 3.1: at most 75 octets in a line, the space that begins a further one among them. No character is cut in two.
fn fold(out: &mut String, line: &str) {
    let (mut rest, mut most) = (line.trim_end_matches("\r\n"), 75);
    while rest.len() > most {
        let at = rest.floor_char_boundary(most);
        let (head, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(head);
        out.push_str("\r\n ");
        (rest, most) = (tail, 74);
    }
    out.push_str(rest);
    out.push_str("\r\n");
}

fn person(name: &str, who: &Mailbox) -> Property {
    let mut property = Property::new(name, format!("mailto:{}", who.address));
    let shown = common_name(who);
    if !shown.is_empty() {
        property.add_parameter("CN", &shown);
    }
    property
}

/// CN as it is written. Quotation marks cannot stand in a parameter, and `^` begins what stands for one (RFC 6868).
pub(super) fn common_name(who: &Mailbox) -> String {
    let name = who.name.as_str().replace('"', "'").replace('^', " ");
    line(&name)
}

/// UID as it is written.
pub(super) fn word(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_ascii_graphic() && !matches!(c, '\\' | ',' | ';'))
        .take(200)
        .collect()
}

/// One line of what can be seen, with single spaces.
fn line(text: &str) -> String {
    let mut out = String::new();
    for part in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let mut printed = part.chars().filter(|c| is_printed(*c)).peekable();
        if printed.peek().is_some() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(printed);
    }
    if out.chars().nth(LINE).is_some() {
        out = out.chars().take(LINE).collect();
    }
    out.trim_end().to_owned()
}
