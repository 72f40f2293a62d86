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

/// What the programs and their machines are called.
static DEVICES: LazyLock<Words> = LazyLock::new(|| section("device name"));

/// "Sent from my iPhone", "Get Outlook for iOS". A sentence that begins like one goes on.
pub(super) fn is_device(line: &str) -> bool {
    static STARTS: LazyLock<Words> = LazyLock::new(|| section("device"));
    let trimmed = |text: &str| text.trim().trim_matches(['-', '*', '_', ' ', '—', '–', '[', ']']).to_lowercase();
    static SLOGANS: LazyLock<Words> = LazyLock::new(|| section("slogan"));
    if SLOGANS.any_begins(head(line, 60)) && line.split_whitespace().count() <= 8 {
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
    if rule < 10 || paragraph.len() >= 1_000 {
        return false;
    }
    let (link, lower) = (paragraph.contains("://"), paragraph.to_lowercase());
    link && (lower.contains("/listinfo/") || lower.contains("/options/"))
        || lower.contains("unsubscribe") && (link || lower.contains("mailto:") || lower.contains('@'))
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

/// `-- ` (RFC 3676 4.3), also as re-encoding leaves it; or another row of dashes that people set above their names.
pub(super) fn is_signature_mark(line: &str) -> bool {
    matches!(line.trim_end(), "--" | "---" | "-- --" | "––" | "—")
}

/// What stands below the mark of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Below {
    /// A name, a title, a firm, where somebody can be reached.
    Card {
        /// Whose it is, or how to reach them.
        told: bool,
    },
    /// A few words that are neither.
    Words,
    /// Something that could be said to the reader of the mail.
    Sentences,
}

/// Tells what stands below the mark of a signature, by its lines with words; `is_name` knows a line with the author's name.
pub(super) fn below_mark<'l>(lines: impl Iterator<Item = &'l str>, is_name: impl Fn(&str) -> bool) -> Below {
    /// No card has more lines.
    const MOST: usize = 24;
    let (mut told, mut card) = (false, true);
    let mut lines = lines.enumerate().peekable();
    while let Some((n, line)) = lines.next() {
        // What firms put below their people's cards is long at times.
        if n >= MOST {
            return if card { Below::Words } else { Below::Sentences };
        }
        let legal = || legal(line) != Legal::None;
        // "Secured with this program:", and its page below.
        let is_label = {
            line.ends_with(':')
                && lines
                    .peek()
                    .is_some_and(|(_, next)| next.starts_with("http") && !next.contains(' '))
        };
        if is_label || is_of_program(line) {
            continue;
        }
        if reaches(line) || is_named_link(line) || is_picture(line) || is_rule(line) || is_device(line) {
            // A sentence may name a page, too.
            told |= !is_sentence(line);
            card &= !is_sentence(line) && !is_afterthought(line);
        } else if n == 0 && is_name(line) && can_be_on_card(line) {
            told = true;
        } else if is_afterthought(line) || is_sentence(line) && !legal() || line.contains(": ") {
            return Below::Sentences;
        } else {
            card &= is_closing(line) || is_titled(line) || legal();
        }
    }
    if card { Below::Card { told } } else { Below::Words }
}

/// "This message was sent from my Android device with …", whatever follows.
fn is_of_program(line: &str) -> bool {
    static THIS: LazyLock<Words> = LazyLock::new(|| section("this message"));
    let lower = lower(line);
    THIS.any_starts(&lower) && DEVICES.any_in(&lower)
}

/// Each of its few words is written as in a name or a title.
fn is_titled(line: &str) -> bool {
    static SMALL: LazyLock<Words> = LazyLock::new(|| section("on cards"));
    let mut words = line
        .split_whitespace()
        .map(|word| word.trim_matches(['*', '_', '(', ')', ',', '"']));
    line.chars().count() <= 60
        && !line.ends_with(['?', '!', ':'])
        && words.all(|word| word.is_empty() || !word.starts_with(char::is_lowercase) || SMALL.has(word))
}

/// Four words or more that end as a sentence does, and not what somebody else said: a motto in quotes.
pub(super) fn is_sentence(line: &str) -> bool {
    const LEAST: usize = 4;
    let bare = line.trim_end_matches([')', '*', '_', ' ']);
    bare.ends_with(['.', '?', '!'])
        && !line.starts_with(['"', '“', '„', '«', '‘', '\''])
        && line
            .split_whitespace()
            .filter(|word| word.starts_with(char::is_alphabetic))
            .nth(LEAST - 1)
            .is_some()
        && line
            .split_whitespace()
            .filter(|word| word.starts_with(char::is_lowercase))
            .nth(1)
            .is_some()
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
            .has_in_any_case(line.trim_end_matches([',', '.', '!', ' ']))
}

/// "PS: Carl is a no."
pub(super) fn is_afterthought(line: &str) -> bool {
    static OPENINGS: LazyLock<Words> = LazyLock::new(|| section("afterthought"));
    OPENINGS.any_begins(line)
}

/// "via mobile", which some programs put under the name.
pub(super) fn is_via(line: &str) -> bool {
    static PLACES: LazyLock<Words> = LazyLock::new(|| section("via"));
    PLACES.has_in_any_case(line)
}

/// What stands above legal text, alone in its line.
pub(super) fn is_legal_heading(paragraph: &str) -> bool {
    static HEADINGS: LazyLock<Words> = LazyLock::new(|| section("legal heading"));
    HEADINGS.has_in_any_case(paragraph.trim().trim_matches(['*', ':', ' ']))
}

/// The lines of a visiting card below a rule: all short, none a sentence, at least two with a number or an address to reach somebody.
pub(super) fn is_card<'l>(mut lines: impl Iterator<Item = &'l str>) -> bool {
    /// A card has no more lines.
    const MOST: usize = 16;
    let rule = lines
        .next()
        .is_some_and(|line| line.len() >= 8 && line.chars().all(|c| matches!(c, '-' | '_' | '=' | '–' | '—' | '─')));
    if !rule {
        return false;
    }
    let mut reached = 0;
    // Of a page of rules each is asked: no further than a card goes.
    for (n, line) in lines.enumerate() {
        if n >= MOST || line.chars().count() > 60 || line.ends_with(['?', '!', '.', ':']) {
            return false;
        }
        reached += usize::from(reaches(line));
    }
    reached >= 2
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

/// How much of a paragraph is legal text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Legal {
    None,
    /// Below legal text it goes on with that.
    More,
    /// It is legal text by itself.
    Text,
}

/// Tells legal text: two or more of its words in one paragraph of some length, of which one is none that people use in an answer.
pub(super) fn legal(paragraph: &str) -> Legal {
    static STRONG: LazyLock<Words> = LazyLock::new(|| section("legal"));
    static WEAK: LazyLock<Words> = LazyLock::new(|| section("legal word"));
    static GROUP: LazyLock<Words> = LazyLock::new(|| section("group footer"));
    static GREEN: LazyLock<Words> = LazyLock::new(|| section("before printing"));
    let lower = paragraph.trim().to_lowercase();
    if GROUP.any_starts(&lower) {
        return Legal::Text;
    }
    if !STRONG.any_in(&lower) && !WEAK.any_in(&lower) && !GREEN.any_in(&lower) {
        return Legal::None;
    }
    let count = |words: &Words| words.each().filter(|word| lower.contains(word)).take(3).count();
    let (strong, weak) = (count(&STRONG), count(&WEAK));
    let length = lower.chars().count();
    let green = || GREEN.any_in(&lower) && asks_to_save_paper(&lower, &GREEN, weak >= 2);
    if length >= 60 && (strong >= 1 && strong + weak >= 2 || weak >= 3) || green() {
        Legal::Text
    } else if strong >= 1 || weak >= 2 || length >= 80 {
        Legal::More
    } else {
        Legal::None
    }
}

/// "Please consider the environment before printing this e-mail": all of it, or, below other legal words, its end.
fn asks_to_save_paper(lower: &str, words: &Words, legal: bool) -> bool {
    let ends = |behind: &str| {
        let mail = || ["mail", "message", "nachricht"].iter().any(|mail| behind.contains(mail));
        behind.chars().count() <= 40 && (behind.trim_matches(['.', '!', ' ']).is_empty() || mail())
    };
    let asks = |word: &str| {
        let (before, behind) = lower.split_at_checked(lower.rfind(word)?)?;
        let alone = before.chars().count() <= 60 && !before.contains(['.', ':', '!', '?']);
        ((alone || legal) && ends(behind.strip_prefix(word)?)).then_some(())
    };
    words.each().any(|word| asks(word).is_some())
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
    fn legal_text_is_told_by_words_that_people_do_not_use() {
        for text in [
            "This email message is strictly confidential and intended solely for the addressee. If you are not the intended recipient, delete it.",
            "Ce message est confidentiel et réservé à son destinataire. Si vous le recevez par erreur, merci de le détruire.",
            "Please consider the environment before printing this e-mail.",
            "What you send us is kept confidential by the whole of our house. Please consider the environment before printing.",
            "Northwind GmbH, Geschäftsführer: Lea Vogt, Amtsgericht Hamburg, Handelsregister HRB 4711",
        ] {
            assert_eq!(legal(text), Legal::Text, "{text}");
        }
        for text in [
            "The salary is confidential, please do not share it with the team before Thursday, thanks a lot.",
            "Our Geschäftsführer wants this handled vertraulich, and in the team nobody else should hear of it.",
            "Treat this as confidential, and delete the notes on Omar from your files: he is not for us.",
            "Yes to Lena. Please consider the environment before printing this e-mail.",
            "Please consider the environment before printing her CV, it has forty pages, and invite her.",
        ] {
            assert_ne!(legal(text), Legal::Text, "{text}");
        }
    }

    #[test]
    fn a_list_footer_has_an_address() {
        let rule = "_".repeat(20);
        assert!(is_list_footer(&format!(
            "{rule} staff mailing list https://x.example/mailman/listinfo/staff"
        )));
        assert!(is_list_footer(&format!("{rule} To unsubscribe write to staff-leave@x.example")));
        assert!(!is_list_footer(&format!("{rule} Omar: unsubscribe him please, he is not for us")));
    }

    #[test]
    fn below_the_mark_of_a_signature_stands_a_card_or_something_said() {
        let below = |text: &str| below_mark(text.lines(), |line| line.contains("Lee"));
        let (told, card) = (Below::Card { told: true }, Below::Card { told: false });
        for (text, expected) in [
            ("Ann Lee\nHead of Data", told),
            ("Roman", card),
            ("Head of Data\nNorthwind Ltd", card),
            ("Northwind\nwww.northwind.example", told),
            ("Best regards,\nRoman", card),
            ("Kept safe by our own Mail:\nhttps://mail.example/free", told),
            ("This message was sent from my Android phone with Some Mail.", card),
            ("have a look at my new book", Below::Words),
            ("Omar: no, too junior.", Below::Sentences),
            ("PS: Omar is a no", Below::Sentences),
            ("Ann Lee\nAnd we do not want to see Omar.", Below::Sentences),
        ] {
            assert_eq!(below(text), expected, "{text}");
        }
    }
}
