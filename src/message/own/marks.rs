//! The marks that mail programs leave in their HTML: what an element with such an id or class holds.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::tag::Attributes;

/// What a mail program meant by an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkKind {
    /// Quoted for certain: `blockquote type=cite` and its kin.
    Cite,
    /// Any other blockquote: people use it as well.
    Block,
    /// A box around the old mail; a few programs put the new text into it too.
    Container,
    /// Gmail's box: holds attribution and quote, sometimes the reply.
    GmailBox,
    /// From here to the end it is the old mail.
    CutRest,
    /// "On … wrote:".
    Attribution,
    /// Name, title, phone.
    Signature,
    /// "Get Outlook for iOS".
    Device,
    /// Written in the editor of the program, wherever it stands: what it quotes is renamed (`x_elementToProof`).
    Typed,
}

/// Where a name of a mark stands.
#[derive(Clone, Copy)]
enum In {
    Id,
    /// The whole id, whatever its case.
    WholeId,
    EndOfId,
    Class,
    /// One of the classes, as it is.
    WholeClass,
    /// An attribute of the program's own.
    Data,
    /// The whole name, whatever its case.
    Name,
}

/// The marks of the programs in use, the more telling first. Names are looked for inside the value, because other programs put prefixes
/// before them (`x_divRplyFwdMsg`, `m_123divRplyFwdMsg`, `ydp…yahoo_quoted`).
const MARKS: [(In, &str, MarkKind, &str); 37] = [
    (In::Class, "gmail_attr", MarkKind::Attribution, ".gmail_attr"),
    (In::Class, "moz-cite-prefix", MarkKind::Attribution, ".moz-cite-prefix"),
    (In::Class, "gmail_signature", MarkKind::Signature, ".gmail_signature"),
    (In::Data, "gmail_signature", MarkKind::Signature, ".gmail_signature"),
    (In::Class, "gmail_quote", MarkKind::GmailBox, ".gmail_quote"),
    (In::Class, "gmail_extra", MarkKind::GmailBox, ".gmail_quote"),
    (In::Id, "appendonsend", MarkKind::CutRest, "#appendonsend"),
    (In::Id, "divRplyFwdMsg", MarkKind::CutRest, "#divRplyFwdMsg"),
    (In::Id, "stopSpelling", MarkKind::CutRest, "#stopSpelling"),
    (In::Data, "__DIVIDER__", MarkKind::CutRest, "Zimbra divider"),
    (
        In::Id,
        "mail-editor-reference-message-container",
        MarkKind::Container,
        "#mail-editor-reference-message-container",
    ),
    (
        In::Class,
        "ms-outlook-mobile-reference-message",
        MarkKind::Container,
        ".ms-outlook-mobile-reference-message",
    ),
    (In::Id, "OLK_SRC_BODY_SECTION", MarkKind::Container, "#OLK_SRC_BODY_SECTION"),
    (In::Id, "yahoo_quoted", MarkKind::Container, "yahoo_quoted"),
    (In::Class, "yahoo_quoted", MarkKind::Container, "yahoo_quoted"),
    (In::Class, "protonmail_quote", MarkKind::Container, ".protonmail_quote"),
    (In::Class, "tutanota_quote", MarkKind::Container, ".tutanota_quote"),
    (In::Class, "zmail_extra", MarkKind::Container, ".zmail_extra"),
    (In::Class, "missive_quote", MarkKind::Container, ".missive_quote"),
    (In::Class, "freshdesk_quote", MarkKind::Container, ".freshdesk_quote"),
    (In::Class, "front-blockquote", MarkKind::Container, ".front-blockquote"),
    (In::Class, "moz-forward-container", MarkKind::Container, ".moz-forward-container"),
    (In::Id, "isReplyContent", MarkKind::Container, "#isReplyContent"),
    (In::Id, "reply139content", MarkKind::Container, "#isReplyContent"),
    (In::Id, "origbody", MarkKind::Container, "#isReplyContent"),
    (In::Name, "quote", MarkKind::Container, "[name=quote]"),
    (In::Name, "messageReplySection", MarkKind::Container, "[name=messageReplySection]"),
    (
        In::Id,
        "ms-outlook-mobile-signature",
        MarkKind::Device,
        "#ms-outlook-mobile-signature",
    ),
    (In::Id, "composer_signature", MarkKind::Device, "#composer_signature"),
    (In::Id, "AppleMailSignature", MarkKind::Signature, "#AppleMailSignature"),
    (In::Class, "moz-signature", MarkKind::Signature, ".moz-signature"),
    (
        In::Class,
        "protonmail_signature_block",
        MarkKind::Signature,
        ".protonmail_signature_block",
    ),
    (
        In::Name,
        "messageSignatureSection",
        MarkKind::Signature,
        "[name=messageSignatureSection]",
    ),
    (In::WholeId, "Zm-_Id_-Sgn", MarkKind::Signature, "#Zm-_Id_-Sgn"),
    (In::WholeId, "signature", MarkKind::Signature, "#Signature"),
    (In::EndOfId, "_Signature", MarkKind::Signature, "#Signature"),
    (In::WholeClass, "elementToProof", MarkKind::Typed, ".elementToProof"),
];

/// The classes of blockquotes that hold the old mail.
const CITES: [(&str, &str); 7] = [
    ("gmail_quote", "blockquote.gmail_quote"),
    ("iosymail", "blockquote.iosymail"),
    ("protonmail_quote", ".protonmail_quote"),
    ("tutanota_quote", ".tutanota_quote"),
    ("front-blockquote", ".front-blockquote"),
    ("missive_quote", ".missive_quote"),
    ("freshdesk_quote", ".freshdesk_quote"),
];

/// The mark that an element is, and its name.
pub(super) fn mark_of(name: &str, a: &Attributes<'_>) -> Option<(MarkKind, &'static str)> {
    if name.eq_ignore_ascii_case("blockquote") {
        if a.kind.eq_ignore_ascii_case("cite") {
            return Some((MarkKind::Cite, "blockquote[type=cite]"));
        }
        let cite = CITES.iter().find(|(class, _)| a.class.contains(class));
        return Some(cite.map_or((MarkKind::Block, "blockquote"), |(_, why)| (MarkKind::Cite, *why)));
    }
    // Most values hold none of the names: one look tells.
    static NAMES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).build(MARKS.iter().map(|mark| mark.1)).ok()
    });
    let named = |value: &&str| !value.is_empty() && NAMES.as_ref().is_none_or(|names| names.is_match(*value));
    [a.id, a.class, a.name, a.data].iter().find(|value| named(value))?;
    let here = |(place, name, _, _): &&(In, &str, MarkKind, &str)| match place {
        In::Id => a.id.contains(name),
        In::WholeId => a.id.eq_ignore_ascii_case(name),
        In::EndOfId => a.id.ends_with(name),
        In::Class => a.class.contains(name),
        In::WholeClass => a.class.split(' ').any(|class| class == *name),
        In::Data => a.data.contains(name),
        In::Name => a.name.eq_ignore_ascii_case(name),
    };
    MARKS.iter().find(here).map(|(_, _, kind, why)| (*kind, *why))
}
