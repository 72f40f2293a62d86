//! The files that a message brings, decoded.

use mail_parser::{MessageParser, MimeHeaders, PartType};

/// Files that are taken out of one message; nobody attaches more by hand.
const MOST: usize = 100;

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedFile {
    /// As the sender's program calls it; empty without a name. It may look like a path.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The files of a message in their order, without pictures that the text shows and without what other parts hold anyway: the bodies,
/// calendar entries, keys and signatures. Decodes everything: for the few messages whose files somebody wants.
#[must_use]
pub fn files(raw: &[u8]) -> Vec<AttachedFile> {
    let Some(parsed) = MessageParser::default().parse(raw) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for part in parsed.attachments() {
        let kind = part.content_type().map(|kind| {
            let subtype = kind.subtype().unwrap_or_default();
            (kind.ctype().to_ascii_lowercase(), subtype.to_ascii_lowercase())
        });
        let name = part.attachment_name().unwrap_or_default().to_owned();
        let shown = part.content_id().is_some() && kind.as_ref().is_some_and(|(kind, _)| kind == "image");
        let aside = matches!(
            kind.as_ref().map(|(kind, subtype)| (kind.as_str(), subtype.as_str())),
            Some(
                ("text", "calendar")
                    | (
                        "application",
                        "ics" | "pgp-signature" | "pgp-keys" | "pkcs7-signature" | "x-pkcs7-signature"
                    )
            )
        );
        if shown || aside || name.is_empty() && matches!(part.body, PartType::Text(_) | PartType::Html(_)) {
            continue;
        }
        let bytes = match &part.body {
            PartType::Message(_) | PartType::Multipart(_) => Vec::new(),
            PartType::Text(text) | PartType::Html(text) => text.as_bytes().to_vec(),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes.to_vec(),
        };
        all.push(AttachedFile { name, bytes });
        if all.len() == MOST {
            break;
        }
    }
    all
}
