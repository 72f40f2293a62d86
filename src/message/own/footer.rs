//! What programs and lawyers put around the words of a person: warnings above, device lines and signatures below, legal text at the end.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memchr3;

use super::phrases::section;
use crate::message::tables::{Section, TABLES};
use crate::message::words::{Words, head, lower};

/// A warning or a sensitivity label that a gateway put above the text.
pub(super) fn is_banner(paragraph: &str) -> bool {
    static MAIL: LazyLock<Words> = LazyLock::new(|| section("mail"));
    static OUTSIDE: LazyLock<Words> = LazyLock::new(|| section("outside"));
    static CARE: LazyLock<Words> = LazyLock::new(|| section("care"));
    let lower = paragraph.trim().to_lowercase();
    if lower.len() > 1_500 {
        return false;
    }
    let warns = || MAIL.any_in(&lower) && OUTSIDE.any_in(&lower) && CARE.any_in(&lower);
    lower.contains(SENDER_HELP) || is_sensitivity(&lower) || (shouts(&lower) && warns())
}

/// False when neither this paragraph nor any beginning of it is a banner.
pub(super) fn can_be_banner(paragraph: &str) -> bool {
    let lower = paragraph.trim().to_lowercase();
    opens_label(&lower) || shouts(&lower) || lower.contains(SENDER_HELP)
}

/// The line holds a word that warnings hold.
pub(super) fn warns(line: &str) -> bool {
    static WARNINGS: LazyLock<Words> = LazyLock::new(|| section("warning word"));
    WARNINGS.any_in(&lower(line))
}

/// The page that Outlook explains its warning with.
const SENDER_HELP: &str = "aka.ms/learnaboutsenderidentification";

fn shouts(lower: &str) -> bool {
    static SHOUTS: LazyLock<Words> = LazyLock::new(|| section("warning"));
    SHOUTS.any_starts(lower.trim_start_matches(['*', '-', '_', '=', ' ', '[', '!', '#', '<', '|', '\t']))
}

/// `[Public]`, `[Company Official Use Only - General]`, `Classification: Internal`.
fn is_sensitivity(lower: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| section("sensitivity"));
    let bare = lower.trim_matches(['*', ' ', '_', '|', '\t']);
    let whole = !bare.starts_with('[') || bare.ends_with(']');
    opens_label(lower) && whole && bare.chars().count() <= 70 && WORDS.any_in(bare)
}

fn opens_label(lower: &str) -> bool {
    let bare = lower.trim_start_matches(['*', ' ', '_', '|', '\t']);
    static LABELS: LazyLock<Words> = LazyLock::new(|| section("label"));
    bare.starts_with('[') || LABELS.any_starts(bare)
}

/// "Sent from my iPhone", "Get Outlook for iOS". A sentence that begins like one goes on.
pub(super) fn is_device(line: &str) -> bool {
    static STARTS: LazyLock<Words> = LazyLock::new(|| section("device"));
    static DEVICES: LazyLock<Words> = LazyLock::new(|| section("device name"));
    let trimmed = |text: &str| text.trim().trim_matches(['-', '*', '_', ' ', '—', '–', '[', ']']).to_lowercase();
    static SLOGANS: LazyLock<Words> = LazyLock::new(|| section("slogan"));
    if SLOGANS.any_starts(&lower(head(line, 60))) && line.split_whitespace().count() <= 8 {
        return true;
    }
    // Most lines are told by their first letters; what stands in front of a link may be the link's name.
    let first = head(line, 60);
    if !first.contains(['<', '>']) && !first.contains("  ") {
        let bare = first.trim_start_matches(['-', '*', '_', ' ', '—', '–', '[', ']']);
        let lower = lower(bare);
        if !STARTS.any_starts(&lower) && !sent_by_phone(&lower) {
            return false;
        }
    }
    let lower = if memchr3(b'<', b'>', b':', line.as_bytes()).is_none() {
        // Most lines are told by their first words: no beginning has more than four.
        let lower = trimmed(head(line, 600));
        let first: Vec<&str> = lower.split_whitespace().take(4).collect();
        if !STARTS.any_starts(&first.join(" ")) {
            return sent_by_phone(&lower);
        }
        lower
    } else {
        trimmed(&outside_links(head(line, 600)))
    };
    let lower = lower
        .split_whitespace()
        .filter(|word| !word.contains("://"))
        .collect::<Vec<_>>()
        .join(" ");
    let name = lower.starts_with("sent from my") && lower.ends_with("smartphone");
    let goes_on = !name && [", ", "; ", ": ", " - ", "? ", "! "].iter().any(|sign| lower.contains(sign))
        || (lower.contains(". ") && !lower.starts_with("virus"));
    let known = DEVICES.any_in(&lower) || named_like_one(line);
    STARTS.any_starts(&lower) && known && !goes_on && lower.split_whitespace().count() <= 14
}

/// "Az iPhone-omról küldve": the languages that name the phone first.
fn sent_by_phone(lower: &str) -> bool {
    static PHONES: LazyLock<Words> = LazyLock::new(|| section("phone"));
    static SENT: LazyLock<Words> = LazyLock::new(|| section("sent"));
    PHONES.any_in(lower) && SENT.any_in(lower) && lower.split_whitespace().count() <= 7 && !lower.ends_with(['.', '?', '!'])
}

/// "Sent from my Wiko RIDGE 4G": what follows "my" is written as a name.
fn named_like_one(line: &str) -> bool {
    static OPENINGS: LazyLock<Words> = LazyLock::new(|| section("device of mine"));
    static PROGRAMS: LazyLock<Words> = LazyLock::new(|| section("sent with"));
    let (line, lower) = (line.trim(), lower(line.trim()));
    let behind = |openings: &Words, is_name: fn(&str) -> bool| {
        openings.each().any(|opening| {
            let rest = lower.strip_prefix(opening).map_or(0, str::len);
            let name = line.len().checked_sub(rest).and_then(|at| line.get(at..));
            rest > 0 && name.is_some_and(|name| is_name(name.trim_start()))
        })
    };
    // A program has a name of a word or two.
    behind(&OPENINGS, is_capital)
        || behind(&PROGRAMS, |name| {
            name.split(' ').take(3).count() <= 2 && name.split(' ').all(is_capital)
        })
}

fn is_capital(word: &str) -> bool {
    word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
}

/// What a mailing list puts below all: a rule, then its name, address and page.
pub(super) fn is_list_footer(paragraph: &str) -> bool {
    let rule = paragraph
        .trim_start()
        .bytes()
        .take_while(|b| matches!(b, b'_' | b'-' | b'='))
        .count();
    let lower = || paragraph.to_lowercase();
    rule >= 10
        && (paragraph.contains("/listinfo/") || paragraph.contains("/options/") || lower().contains("unsubscribe"))
        && paragraph.len() < 1_000
}

/// The link behind a name is not part of the sentence.
fn outside_links(line: &str) -> Cow<'_, str> {
    if !line.contains(['<', '>']) {
        return Cow::Borrowed(line);
    }
    let mut bare = String::with_capacity(line.len());
    let mut inside = 0_usize;
    for c in line.chars() {
        match c {
            '<' => inside += 1,
            '>' => inside = inside.saturating_sub(1),
            _ if inside == 0 => bare.push(c),
            _ => {}
        }
    }
    Cow::Owned(bare)
}

/// `-- ` (RFC 3676 4.3), also as re-encoding leaves it.
pub(super) fn is_signature_mark(line: &str) -> bool {
    matches!(line.trim_end(), "--" | "---" | "-- --" | "––" | "—")
}

/// A row of the same sign: "_____", "* * *", ". . . . .".
pub(super) fn is_rule(line: &str) -> bool {
    let mut signs = line.trim_matches('*').chars().filter(|c| !c.is_whitespace());
    let Some(sign) = signs.next().or(line.contains("* *").then_some('*')) else {
        return false;
    };
    matches!(sign, '-' | '_' | '=' | '–' | '—' | '─' | '.' | '·' | '•' | '*' | '~')
        && signs.all(|c| c == sign)
        && line.chars().filter(|c| *c == sign).count() >= if line.contains(' ') { 3 } else { 5 }
}

/// A picture and nothing else, as text shows it.
pub(super) fn is_picture(line: &str) -> bool {
    let framed = |open: &str, close: char| line.starts_with(open) && line.ends_with(close) && line.matches(['[', '!']).count() <= 2;
    framed("![", ')') || framed("[cid:", ']') || framed("[image:", ']')
}

/// "Kind regards", alone in its line.
pub(super) fn is_closing(line: &str) -> bool {
    line.len() <= 60
        && TABLES
            .list(Section::Closing)
            .has(lower(line).trim_end_matches([',', '.', '!', ' ']))
}

/// "PS: Carl is a no."
pub(super) fn is_afterthought(line: &str) -> bool {
    static OPENINGS: LazyLock<Words> = LazyLock::new(|| section("afterthought"));
    OPENINGS.any_starts(&lower(line))
}

/// "via mobile", which some programs put under the name.
pub(super) fn is_via(line: &str) -> bool {
    static PLACES: LazyLock<Words> = LazyLock::new(|| section("via"));
    PLACES.has(&lower(line))
}

/// What stands above legal text, alone in its line.
pub(super) fn is_legal_heading(paragraph: &str) -> bool {
    static HEADINGS: LazyLock<Words> = LazyLock::new(|| section("legal heading"));
    HEADINGS.has(lower(paragraph.trim()).trim_matches(['*', ':', ' ']))
}

/// The lines of a visiting card below a rule: all short, none a sentence, at least two with a number or an address to reach somebody.
pub(super) fn is_card<'l>(mut lines: impl Iterator<Item = &'l str> + Clone) -> bool {
    let rule = lines
        .next()
        .is_some_and(|line| line.len() >= 8 && line.chars().all(|c| matches!(c, '-' | '_' | '=' | '–' | '—' | '─')));
    let reached = |line: &&str| reaches(line);
    let sentence = |line: &str| line.chars().count() > 60 || line.ends_with(['?', '!', '.', ':']);
    rule && lines.clone().count() <= 16 && lines.clone().filter(reached).count() >= 2 && !lines.any(sentence)
}

/// A line that can stand on a visiting card: short, and no sentence.
pub(super) fn can_be_on_card(line: &str) -> bool {
    let goes_on = || line.starts_with(char::is_lowercase) || line.ends_with('.');
    line.chars().count() <= 90 && !line.ends_with(['?', '!', ':']) && (line.split_whitespace().count() <= 5 || !goes_on())
}

/// The end of a sentence that began on the line above.
pub(super) fn ends_sentence(line: &str) -> bool {
    let words = line.strip_suffix(['.', '!', '?']);
    words.is_some_and(|words| words.starts_with(char::is_lowercase) && words.chars().all(|c| c.is_alphabetic() || c == ' '))
}

/// A line with one link behind a name, "Join us on 3 December - register here<https://…>": what firms put below their people's cards.
pub(super) fn is_named_link(line: &str) -> bool {
    line.len() <= 300 && line.ends_with('>') && line.contains("<http") && line.matches("://").count() == 1 && !is_afterthought(line)
}

/// Where somebody can be reached.
pub(super) fn reaches(line: &str) -> bool {
    line.contains('@') || line.contains("www.") || line.contains("://") || line.bytes().filter(u8::is_ascii_digit).count() >= 7
}

/// Legal text: two or more of its words in one paragraph of some length.
pub(super) fn is_disclaimer(paragraph: &str) -> bool {
    static WORDS: LazyLock<Words> = LazyLock::new(|| section("legal"));
    let lower = paragraph.trim().to_lowercase();
    static GROUP: LazyLock<Words> = LazyLock::new(|| section("group footer"));
    static GREEN: LazyLock<Words> = LazyLock::new(|| section("before printing"));
    if GROUP.any_starts(&lower) {
        return true;
    }
    let green = || GREEN.any_in(&lower);
    let legal = || WORDS.any_in(&lower) && WORDS.each().filter(|word| lower.contains(word)).take(2).count() == 2;
    let length = lower.chars().count();
    (length >= 60 && legal()) || (length < 250 && green())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_lines_and_sentences_that_begin_like_them() {
        for line in [
            "Sent from my iPhone",
            "Get Outlook for iOS<https://aka.ms/o0ukef>",
            "Von meinem iPhone gesendet",
            "Envoyé de mon iPhone",
            "Enviado desde mi Samsung Galaxy",
            "Inviato da iPhone",
            "Verstuurd vanaf mijn iPhone",
            "Skickat från min iPhone",
            "Sendt fra min iPhone",
            "Sent from Yahoo Mail for iPhone",
            "Sent from Outlook for Android",
        ] {
            assert!(is_device(line), "{line}");
        }
        for line in [
            "Sent from my desk, so please excuse typos: yes to Ana",
            "Sent the contract yesterday",
            "Interested",
            "Sent from heaven",
            "Sent from my phone - yes to both",
        ] {
            assert!(!is_device(line), "{line}");
        }
    }

    #[test]
    fn banners_and_labels() {
        for banner in [
            "CAUTION: This email originated from outside of the organization. Do not click links or open attachments.",
            "EXTERNAL EMAIL: Be careful with links.",
            "[Company Official Use Only - General]",
            "[Public]",
            "You don't often get email from a@b.example. Learn why this is important<https://aka.ms/LearnAboutSenderIdentification>",
            "ACHTUNG: Diese E-Mail stammt von außerhalb. Klicken Sie nicht auf Links.",
        ] {
            assert!(is_banner(banner), "{banner}");
        }
        for text in [
            "Yes please",
            "[Ana] yes",
            "We only use external recruiters by mail",
            "Attention to detail is what we miss in Carl",
        ] {
            assert!(!is_banner(text), "{text}");
        }
    }

    #[test]
    fn disclaimers() {
        assert!(is_disclaimer(
            "This email message is strictly confidential and intended solely for the addressee. If you are not the intended recipient, delete it."
        ));
        assert!(!is_disclaimer(
            "The salary is confidential, please do not share it with the team before Thursday, thanks a lot."
        ));
    }
}
