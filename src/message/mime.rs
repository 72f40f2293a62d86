//! Raw bytes → mail-parser's message, without decoding what nobody reads.   RFC 2045, 2046
//!
//! mail-parser reads the headers, and mends whatever is not as it should be. Only the way from part to part is our own, because mail-parser
//! decodes pictures and attachments as it goes, a byte at a time. It is taken for messages that follow the RFC to the letter; at the first
//! doubt (a boundary that never comes, an encoding with a hole in it, a message inside the message) mail-parser reads the whole.

use std::borrow::Cow;
use std::sync::LazyLock;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::parsers::MessageStream;
use mail_parser::{ContentType, Encoding, GetHeader, Header, HeaderName, HeaderValue, Message, MessageParser, MessagePart, PartType};
use memchr::memmem;

use super::encoding;

/// Parses a message. The parts of [`is_read`] and all displayed ones are decoded; the others hold their bytes as they came.
pub(super) fn parse(raw: &[u8]) -> Option<Message<'_>> {
    sound(raw).or_else(|| MessageParser::default().parse(raw).map(mended))
}

/// The fields somebody reads as more than their bytes.
static FIELDS: LazyLock<MessageParser> = LazyLock::new(|| {
    MessageParser::new()
        .header_address(HeaderName::From)
        .header_address(HeaderName::ReplyTo)
        .header_address(HeaderName::To)
        .header_address(HeaderName::Cc)
        .header_text(HeaderName::Subject)
        .header_date(HeaderName::Date)
        .header_content_type(HeaderName::ContentType)
        .header_content_type(HeaderName::ContentDisposition)
        .header_text(HeaderName::ContentTransferEncoding)
        .default_header_ignore()
});

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Alternative,
    Related,
    Digest,
    /// Any other multipart, and the message itself.
    Mixed,
    Plain,
    Html,
    /// Pictures, sounds, films.
    Media,
    Other,
}

/// A multipart whose end has not come yet, or the message itself.
struct Open {
    kind: Kind,
    boundary: Vec<u8>,
    /// How many parts have begun in it.
    begun: usize,
    in_alternative: bool,
    /// Which bodies are still looked for.
    need_text: bool,
    need_html: bool,
    /// How many bodies there were when it began.
    texts: usize,
    htmls: usize,
}

/// The way through a sound message; `None` for any other.
fn sound(raw: &[u8]) -> Option<Message<'_>> {
    let mut stream = MessageStream::new(raw);
    let mut message = Message::default();
    let mut outer: Vec<Open> = Vec::new();
    let mut open = Open {
        kind: Kind::Mixed,
        boundary: Vec::new(),
        begun: 0,
        in_alternative: false,
        need_text: true,
        need_html: true,
        texts: 0,
        htmls: 0,
    };
    'parts: loop {
        let mut headers = Vec::new();
        if !stream.parse_headers(&FIELDS, &mut headers) {
            break;
        }
        open.begun += 1;
        let content_type = headers
            .header_value(&HeaderName::ContentType)
            .and_then(HeaderValue::as_content_type);
        let (kind, multipart) = kind(content_type, open.kind)?;
        if multipart {
            let boundary = content_type?.attribute("boundary")?.as_bytes().to_vec();
            let (_, behind) = next_boundary(raw, stream.offset(), &boundary)?;
            stream.skip_bytes(behind - stream.offset());
            stream.skip_crlf();
            let inner = Open {
                kind,
                boundary,
                begun: 0,
                in_alternative: open.in_alternative || kind == Kind::Alternative,
                need_text: open.need_text,
                need_html: open.need_html,
                texts: message.text_body.len(),
                htmls: message.html_body.len(),
            };
            message.parts.push(part(headers, Encoding::None, PartType::default()));
            outer.push(std::mem::replace(&mut open, inner));
            continue;
        }
        let start = stream.offset();
        let (end, behind) = if outer.is_empty() {
            (raw.len(), raw.len())
        } else {
            next_boundary(raw, start, &open.boundary)?
        };
        let body = Body {
            bytes: raw.get(start..end)?,
            bounded: !outer.is_empty(),
        };
        let content = leaf(&mut message, &mut open, &headers, kind, &body, outer.is_empty())?;
        message.parts.push(part(headers, Encoding::None, content));
        if outer.is_empty() {
            break;
        }
        stream.skip_bytes(behind - start);
        while stream.is_multipart_end() {
            close(&mut message, &open);
            open = outer.pop()?;
            if outer.is_empty() {
                break 'parts;
            }
            // What stands between the end of a multipart and the next boundary is shown nowhere.
            let Some((_, behind)) = next_boundary(raw, stream.offset(), &open.boundary) else {
                break 'parts;
            };
            stream.skip_bytes(behind - stream.offset());
        }
    }
    message.raw_message = raw.into();
    (!message.parts.is_empty()).then_some(message)
}

fn part<'x>(headers: Vec<Header<'x>>, encoding: Encoding, body: PartType<'x>) -> MessagePart<'x> {
    MessagePart {
        headers,
        is_encoding_problem: false,
        body,
        encoding,
        offset_header: 0,
        offset_body: 0,
        offset_end: 0,
    }
}

/// What a part is, and whether it holds parts; `None` for a message inside the message.
fn kind(content_type: Option<&ContentType<'_>>, around: Kind) -> Option<(Kind, bool)> {
    let Some(content_type) = content_type else {
        return (around != Kind::Digest).then_some((Kind::Plain, false));
    };
    Some(match (content_type.ctype(), content_type.subtype()) {
        ("multipart", Some("alternative")) => (Kind::Alternative, true),
        ("multipart", Some("related")) => (Kind::Related, true),
        ("multipart", Some("digest")) => (Kind::Digest, true),
        ("multipart", _) => (Kind::Mixed, true),
        ("text", Some("plain")) => (Kind::Plain, false),
        ("text", Some("html")) => (Kind::Html, false),
        ("image" | "audio" | "video", _) => (Kind::Media, false),
        ("message", Some("rfc822" | "global")) => return None,
        _ => (Kind::Other, false),
    })
}

/// Where the next `--boundary` begins and ends, from `from` on: at the start of a line, with nothing but blanks or `--` behind it.
fn next_boundary(raw: &[u8], from: usize, boundary: &[u8]) -> Option<(usize, usize)> {
    let line = [b"--", boundary].concat();
    let starts = |at: usize| {
        at.checked_sub(1)
            .is_none_or(|before| matches!(raw.get(before), Some(b'\n' | b'\r')))
    };
    let ends = |at: usize| {
        let behind = raw.get(at..).unwrap_or_default();
        behind.starts_with(b"--") || matches!(behind.first(), None | Some(b' ' | b'\t' | b'\r' | b'\n'))
    };
    let mut found = memmem::find_iter(raw.get(from..)?, &line).map(|at| (from + at, from + at + line.len()));
    found
        .find(|(start, end)| starts(*start) && ends(*end))
        .filter(|_| !boundary.is_empty())
}

/// A body as it came.
struct Body<'x> {
    /// Up to the boundary behind it: the last line break belongs to the boundary (RFC 2046 5.1.1).
    bytes: &'x [u8],
    bounded: bool,
}

impl<'x> Body<'x> {
    fn plain(&self) -> &'x [u8] {
        let Some(rest) = self.bytes.strip_suffix(b"\n").filter(|_| self.bounded) else {
            return self.bytes;
        };
        rest.strip_suffix(b"\r").unwrap_or(rest)
    }
}

/// Enters a part into the lists of bodies, and decodes it when it is read.
fn leaf<'x>(
    message: &mut Message<'x>,
    open: &mut Open,
    headers: &Vec<Header<'x>>,
    kind: Kind,
    body: &Body<'x>,
    alone: bool,
) -> Option<PartType<'x>> {
    let id = u32::try_from(message.parts.len()).ok()?;
    let content_type = headers
        .header_value(&HeaderName::ContentType)
        .and_then(HeaderValue::as_content_type);
    let disposition = headers
        .header_value(&HeaderName::ContentDisposition)
        .and_then(HeaderValue::as_content_type);
    let inline = matches!(kind, Kind::Plain | Kind::Html | Kind::Media)
        && !disposition.is_some_and(ContentType::is_attachment)
        && (open.begun == 1
            || open.kind != Kind::Related && (kind == Kind::Media || !content_type.is_some_and(|one| one.has_attribute("name"))));
    if alone && !inline && kind == Kind::Plain {
        // Whether this is shown depends on what mail-parser thinks of its encoding.
        return None;
    }
    let (as_html, as_text) = if open.kind == Kind::Alternative {
        (kind == Kind::Html, kind == Kind::Plain)
    } else if inline {
        if open.in_alternative && (open.need_text || open.need_html) {
            open.need_text &= kind != Kind::Html;
            open.need_html &= kind != Kind::Plain;
        }
        (open.need_html, open.need_text)
    } else {
        (false, false)
    };
    if as_html {
        message.html_body.push(id);
    }
    if as_text {
        message.text_body.push(id);
    }
    if !is_read(content_type, disposition) {
        return Some(PartType::Binary(Cow::Borrowed(body.plain())));
    }
    let encoding = headers
        .header_value(&HeaderName::ContentTransferEncoding)
        .and_then(HeaderValue::as_text);
    let bytes = decoded(body, encoding.unwrap_or_default())?;
    let is_text = content_type.is_none_or(|one| one.ctype() == "text");
    Some(if kind == Kind::Html {
        PartType::Html(text(bytes, content_type))
    } else if is_text {
        PartType::Text(text(bytes, content_type))
    } else {
        PartType::Binary(bytes)
    })
}

/// False for parts in which nobody here looks for anything.
fn is_read(content_type: Option<&ContentType<'_>>, disposition: Option<&ContentType<'_>>) -> bool {
    // An emoji may come as any part (RFC 9078 2).
    if disposition.is_some_and(|one| one.ctype().eq_ignore_ascii_case("reaction")) {
        return true;
    }
    content_type.is_none_or(|one| match one.ctype() {
        "image" | "audio" | "video" | "font" => false,
        "application" => one.subtype() == Some("ics"),
        _ => true,
    })
}

/// What stands in a body that keeps to its encoding.
fn decoded<'x>(body: &Body<'x>, encoding: &str) -> Option<Cow<'x, [u8]>> {
    if encoding.eq_ignore_ascii_case("base64") {
        encoding::base64(body.plain()).map(Cow::Owned)
    } else if encoding.eq_ignore_ascii_case("quoted-printable") {
        encoding::quoted_printable(body.bytes, body.bounded).map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(body.plain()))
    }
}

/// Bytes as text, by the charset they came with; without one that is known they are UTF-8.
fn text<'x>(bytes: Cow<'x, [u8]>, content_type: Option<&ContentType<'_>>) -> Cow<'x, str> {
    let charset = content_type.and_then(|one| one.attribute("charset")).unwrap_or_default();
    let decoder = charset_decoder(charset.as_bytes()).filter(|_| !(charset.is_empty() || bytes.is_ascii() && holds_ascii(charset)));
    match (decoder, bytes) {
        (Some(decoder), bytes) => Cow::Owned(decoder(&bytes)),
        (None, Cow::Borrowed(bytes)) => std::str::from_utf8(bytes).map_or_else(|_| Cow::Owned(mixed(bytes)), Cow::Borrowed),
        (None, Cow::Owned(bytes)) => Cow::Owned(String::from_utf8(bytes).unwrap_or_else(|error| mixed(error.as_bytes()))),
    }
}

/// Bytes that are not UTF-8 though nothing else is said of them: what is no character of it is one of windows-1252, which broken programs
/// send so. Text of one of them has hardly ever characters of the other by accident.
fn mixed(bytes: &[u8]) -> String {
    let western = charset_decoder(b"windows-1252");
    let mut out = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        match western {
            Some(western) => out.push_str(&western(chunk.invalid())),
            None => out.push_str(&String::from_utf8_lossy(chunk.invalid())),
        }
    }
    out
}

/// The same for what mail-parser has read: where it put signs for bytes that it could not read, they are read anew.
fn mended(mut message: Message<'_>) -> Message<'_> {
    let raw = std::mem::take(&mut message.raw_message);
    for part in &mut message.parts {
        let (PartType::Text(content) | PartType::Html(content)) = &part.body else {
            continue;
        };
        let place = usize::try_from(part.offset_body).ok().zip(usize::try_from(part.offset_end).ok());
        let Some(bytes) = place
            .and_then(|(start, end)| raw.get(start..end))
            .filter(|_| content.contains('\u{FFFD}'))
        else {
            continue;
        };
        let bytes = match part.encoding {
            Encoding::None => Some(Cow::Borrowed(bytes)),
            Encoding::QuotedPrintable => quoted_printable_decode(bytes).map(Cow::Owned),
            Encoding::Base64 => base64_decode(bytes).map(Cow::Owned),
        };
        let content_type = part
            .headers
            .header_value(&HeaderName::ContentType)
            .and_then(HeaderValue::as_content_type);
        let Some(content) = bytes.map(|bytes| text(bytes, content_type).into_owned()) else {
            continue;
        };
        part.body = if matches!(part.body, PartType::Html(_)) {
            PartType::Html(content.into())
        } else {
            PartType::Text(content.into())
        };
    }
    message.raw_message = raw;
    message
}

/// ASCII means itself in these charsets.
fn holds_ascii(charset: &str) -> bool {
    let begins = |name: &str| charset.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
    ["us-ascii", "iso-8859-", "windows-125"].into_iter().any(begins)
}

/// At the end of an alternative that came in one form only, that form stands for both.
fn close(message: &mut Message<'_>, open: &Open) {
    if open.kind != Kind::Alternative || !(open.need_text && open.need_html) {
        return;
    }
    let (texts, htmls) = (message.text_body.len() > open.texts, message.html_body.len() > open.htmls);
    if htmls && !texts {
        let only = message.html_body.get(open.htmls..).unwrap_or_default();
        message.text_body.extend_from_slice(only);
    }
    if texts && !htmls {
        let only = message.text_body.get(open.texts..).unwrap_or_default();
        message.html_body.extend_from_slice(only);
    }
}
