//! Subjects without the prefixes that answering and forwarding put before them.

use super::words::{Words, head};

/// Answer prefixes, lower case.
static REPLY: Words = Words::new("re|r|rif|aw|sv|vs|antw|ref|odp|res|ynt|vá|απ|σχετ|השב|回复|答复|回覆|bls|tl|atb");
/// Forward prefixes, lower case.
static FORWARD: Words = Words::new("fw|fwd|wg|tr|i|rv|enc|vb|vl|doorst|pd|redir|i̇lt|ilt|转发|轉寄");
/// Labels that gateways put before a subject, lower case.
static TAGS: Words = Words::new("[external]|[ext]|[extern]|***spam***|[spam]|[suspected spam]|[externe]|[externo]");

/// The subject without repeated reply and forward prefixes (also counted ones such as `Re[2]:` and `RE^3:`) and gateway labels.
#[must_use]
pub fn strip_subject(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some(shorter) = strip_once(rest) {
        rest = shorter;
    }
    rest
}

fn strip_once(subject: &str) -> Option<&str> {
    // The longest label has 16 characters; a prefix with its counter fits into that as well.
    let head = head(subject, 24).to_lowercase();
    if let Some(tag) = TAGS.each().find(|tag| head.starts_with(tag)) {
        let skip = tag.chars().count();
        return Some(after(subject, skip).trim_start());
    }
    let colon = subject.char_indices().take(16).find(|(_, c)| matches!(c, ':' | '：'))?;
    let name = subject.get(..colon.0)?.trim_end();
    let bare = name
        .trim_end_matches(['[', ']', '(', ')', '^', '*'])
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end_matches(['[', '(', '^', '*'])
        .trim_end()
        .to_lowercase();
    let known = REPLY.has(&bare) || FORWARD.has(&bare);
    known.then(|| subject.get(colon.0 + colon.1.len_utf8()..).unwrap_or_default().trim_start())
}

fn after(text: &str, characters: usize) -> &str {
    text.char_indices()
        .nth(characters)
        .and_then(|(at, _)| text.get(at..))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reply_and_forward_prefixes_are_stripped() {
        for prefixed in [
            "Re: Two profiles",
            "RE: re: AW: Two profiles",
            "Re[2]: Two profiles",
            "RE^3: Two profiles",
            "Re(4): Two profiles",
            "SV: VS: Antw: RIF: Two profiles",
            "Vá: Two profiles",
            "ΑΠ: ΣΧΕΤ: Two profiles",
            "回复：Two profiles",
            "答复: Two profiles",
            "[EXTERNAL] Re: [EXT] Two profiles",
            "***SPAM*** FW: WG: TR: Two profiles",
            "İLT: Two profiles",
            "YNT : Two profiles",
        ] {
            assert_eq!(strip_subject(prefixed), "Two profiles", "{prefixed}");
        }
    }

    #[test]
    fn ordinary_words_stay() {
        for plain in [
            "Two profiles",
            "Interview: Ana",
            "Reference: 7",
            "[REF-7K3Q] Two profiles",
            "Resume: Ana",
            "",
        ] {
            assert_eq!(strip_subject(plain), plain);
        }
    }
}
