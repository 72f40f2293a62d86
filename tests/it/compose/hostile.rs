//! Any text in any field: the letter reads back as the sanitised text, or is refused by name.

use proptest::prelude::*;
use replyd::compose::Refusal;
use replyd::conversation::{Content, Conversation};
use replyd::model::*;

use super::letters::client_letters;
use super::people::*;

/// How many strings each field gets; `tests/hostile` asks for more.
pub(crate) fn cases() -> u32 {
    let asked = std::env::var("REPLYD_HOSTILE_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(200)
}

/// Strings that break mail: controls, line ends, encoded words, header lines, markup, bidirectional and other scripts.
pub(crate) fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("\r\nBcc: victim@example.com".to_owned()),
        Just("=?utf-8?q?=0D=0ABcc:_x?=".to_owned()),
        Just("\0".to_owned()),
        Just("\u{202e}gnp.exe".to_owned()),
        Just("</td></table><script>alert(1)</script>".to_owned()),
        Just("{{ agency.name }}{% for x in y %}".to_owned()),
        Just("&amp;&#64;&lt;".to_owned()),
        Just("\" <x@y.example>, (".to_owned()),
        Just("\\\"\\".to_owned()),
        Just("\n.\n".to_owned()),
        Just("\r\n--=_a_aeaaabfxaaaadjbvuwj34jiw5fkha--\r\n".to_owned()),
        Just(" ".repeat(300)),
        Just("🙂👩‍💻ß漢字العربية".to_owned()),
        Just("Donaudampfschifffahrt".repeat(60)),
        Just("e\u{301}\u{308}\u{327}".repeat(40)),
        Just("\u{1b}[31m\u{7f}\u{85}\u{2028}".to_owned()),
        "[ -~]{0,40}",
        "\\PC{0,20}",
        any::<String>(),
    ];
    prop::collection::vec(pieces, 1..6).prop_map(|all| all.concat())
}

/// Lines of a text as a letter shows them.
fn shown(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn check(change: impl FnOnce(&mut Conversation) -> String) -> Result<(), TestCaseError> {
    let mut conversation = conversation();
    // Copies are the same letter; without recruiters there is one to look at.
    conversation.batch.recruiters.clear();
    let expected = change(&mut conversation);
    let finished = match write(&client_letters()[0].1, &conversation) {
        Ok(finished) => finished,
        // Somebody's number or address by chance, or a name of nothing.
        Err(Refusal::Leak { .. }) => return Ok(()),
        Err(other) => return Err(TestCaseError::fail(other.to_string())),
    };
    let read = read(&finished[0].bytes);
    let names: Vec<&str> = read
        .head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    prop_assert_eq!(names.join(" "), HEADERS);
    prop_assert_eq!(&read.subject, &finished[0].subject);
    prop_assert!(!read.html.contains("<script"));
    prop_assert!(
        shown(&read.text).contains(&shown(&expected)),
        "{:?} not in {:?}",
        expected,
        read.text
    );
    prop_assert_eq!(read.files.len(), 1);
    Ok(())
}

const HEADERS: &str =
    "From Reply-To To Subject Date Message-ID X-Replyd-Id X-Auto-Response-Suppress x-ms-reactions MIME-Version Content-Type";

/// The text a reader can see of a multi-line field.
fn visible(raw: &str) -> String {
    raw.chars()
        .map(|c| if c.is_control() && !c.is_whitespace() { '\u{0}' } else { c })
        .filter(|c| {
            let hidden = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}');
            *c != '\0' && !hidden
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    /// R-S5 (compose): names of candidates.
    #[test]
    fn compose_any_candidate_name_reads_back(raw in hostile()) {
        check(|c| {
            let name = HeaderText::new(&raw);
            c.batch.candidates[1].mailbox.name = name.clone();
            name.to_string()
        })?;
    }

    /// R-S5 (compose): the role stands in the subject.
    #[test]
    fn compose_any_title_reads_back(raw in hostile()) {
        check(|c| {
            let title = HeaderText::new(&raw);
            c.batch.project.title = title.clone();
            title.to_string()
        })?;
    }

    /// R-S5 (compose): the client's name stands in To.
    #[test]
    fn compose_any_contact_name_reads_back(raw in hostile()) {
        check(|c| {
            c.batch.contact.mailbox.name = HeaderText::new(&raw);
            c.batch.client = HeaderText::new(&raw);
            HeaderText::new(&raw).to_string()
        })?;
    }

    /// R-S5 (compose): summaries and notes have many lines.
    #[test]
    fn compose_any_summary_reads_back(raw in hostile()) {
        check(|c| {
            c.batch.candidates[1].summary = raw.clone();
            c.batch.note = raw.clone();
            visible(&raw)
        })?;
    }

    /// R-S5 (compose): file names.
    #[test]
    fn compose_any_file_name_is_safe(raw in hostile()) {
        check(|c| {
            let name = HeaderText::new(&raw);
            c.batch.candidates[0].cv.as_mut().unwrap().name = name.clone();
            name.to_string()
        })?;
    }
}

/// A letter with words from outside in it: it reads back, and shows them.
fn check_letter(letter: &replyd::conversation::Letter, ink: &replyd::compose::Ink, expected: &str) -> Result<(), TestCaseError> {
    let mut conversation = conversation();
    if matches!(letter.to, replyd::conversation::Party::Client) {
        conversation.batch.recruiters.clear();
    }
    let finished = match write_with(letter, &conversation, ink) {
        Ok(finished) => finished,
        Err(Refusal::Leak { .. }) => return Ok(()),
        Err(other) => return Err(TestCaseError::fail(other.to_string())),
    };
    let read = read(&finished[0].bytes);
    prop_assert_eq!(&read.subject, &finished[0].subject);
    prop_assert!(!read.html.contains("<script"));
    prop_assert!(!read.head.lines().any(|line| line.to_lowercase().starts_with("bcc:")));
    // Words of somebody stand behind a bar. A bar that opens a line is a name of one.
    let unbarred = read.text.lines().map(|line| match line {
        "   |" => "",
        line => line.strip_prefix("   | ").unwrap_or(line),
    });
    let (text, expected) = (shown(&unbarred.collect::<Vec<_>>().join("\n")), shown(expected));
    prop_assert!(text.contains(&expected), "{:?} not in {:?}", expected, text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    /// R-S5 (compose): what somebody wrote, quoted back or told to a recruiter.
    #[test]
    fn compose_any_quoted_words_read_back(raw in hostile()) {
        let words = visible(&raw);
        let about = vec![(ANA, None)];
        check_letter(&to_client(Content::DidYouMean { about, words: raw.clone(), said: None }), &ink(), first_words(&words))?;
        let why = "A remark.".to_owned();
        check_letter(&to_recruiter(replyd::conversation::Notice::NeedsPerson { why, words: raw }), &ink(), first_words(&words))?;
    }

    /// R-S5 (compose): the name under "I am someone else", and a condition.
    #[test]
    fn compose_any_deputy_and_condition_read_back(raw in hostile()) {
        let line = HeaderText::new(&raw).to_string();
        let would = vec![understood(ANA, Decision::Interested, &[], None)];
        let words = String::new();
        check_letter(&to_client(Content::ConfirmDeputy { message: 1, deputy: raw.clone(), would, words }), &ink(), &line)?;
        let decided = vec![replyd::conversation::Understood {
            condition: Some(raw),
            ..understood(ANA, Decision::Interested, &[], Some(10))
        }];
        check_letter(&to_client(Content::Receipt { decided, rest_unclear: false }), &ink(), &line)?;
    }

    /// R-S5 (compose): the agency's own name, sender and signature.
    #[test]
    fn compose_any_agency_reads_back(raw in hostile()) {
        let line = HeaderText::new(&raw);
        let mut ink = ink();
        ink.agency.name = line.clone();
        ink.bot.name = line.clone();
        ink.agency.signature = vec![line.clone()];
        check_letter(&client_letters()[1].1, &ink, line.as_str())?;
    }
}

/// The part of a text that is surely quoted: long words of somebody are cut.
fn first_words(text: &str) -> &str {
    let end = text.char_indices().nth(100).map_or(text.len(), |(at, _)| at);
    let cut = if end < text.len() {
        text[..end].rfind(char::is_whitespace).unwrap_or(0)
    } else {
        end
    };
    &text[..cut]
}

/// R-S5 (compose): what marks quoted words, in a place where no words are quoted.
#[test]
fn compose_a_bar_for_a_name_reads_back() {
    let says = Content::ConfirmDeputy {
        message: 1,
        deputy: "|".to_owned(),
        would: vec![understood(ANA, Decision::Interested, &[], None)],
        words: String::new(),
    };
    check_letter(&to_client(says), &ink(), "| answered for you").unwrap();
}

/// R-S5 (compose): a megabyte in each field.
#[test]
fn compose_takes_a_megabyte_in_any_field() {
    let mega = "Line of words\n".repeat(1 << 16);
    let mut conversation = conversation();
    conversation.batch.note.clone_from(&mega);
    conversation.batch.candidates[0].summary.clone_from(&mega);
    conversation.batch.project.title = HeaderText::new(&mega);
    // A note is never cut: it is the recruiter's own, and the recruiter is told.
    let refusal = write(&client_letters()[0].1, &conversation).unwrap_err();
    assert!(matches!(refusal, Refusal::TooLong { .. }), "{refusal}");
    conversation.batch.note.clear();
    assert!(write(&client_letters()[0].1, &conversation).is_ok());
    let unclear = to_client(Content::DidYouMean {
        about: vec![(ANA, None)],
        words: mega,
        said: None,
    });
    assert!(write(&unclear, &conversation).is_ok());
}
