//! Headers, threads, envelopes, `mailto:` answers, and the recruiters' copies.

use replyd::conversation::{Content, Party};
use replyd::link::{AddressStyle, Claim, Scope, Verdict};
use replyd::model::*;

use super::letters::{client_letters, notices};
use super::people::*;

fn claims(letter: &Read) -> Vec<Claim> {
    let minute = Claim::minute(now());
    let pages = letter.links().into_iter().filter(|link| link.starts_with("https://answers"));
    pages
        .map(|link| match ink().keyring.read_token(link.split('/').nth(4).unwrap(), minute) {
            Verdict::Good(claim) => claim,
            Verdict::Expired(_) | Verdict::Unknown => panic!("{link}"),
        })
        .collect()
}

/// `mailto:` links, taken apart: address, subject, body.
pub(super) fn mail_links(letter: &Read) -> Vec<(String, String, String)> {
    let decode = |text: &str| {
        let bytes = text.as_bytes();
        let (mut out, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            if bytes[at] == b'%' {
                out.push(u8::from_str_radix(&text[at + 1..at + 3], 16).unwrap());
                at += 3;
            } else {
                out.push(bytes[at]);
                at += 1;
            }
        }
        String::from_utf8(out).unwrap()
    };
    let found = letter.links().into_iter().filter(|link| link.starts_with("mailto:"));
    found
        .map(|link| {
            assert!(link.len() < 500, "{}", link.len());
            assert!(
                link.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"[]{}|\\^`".contains(&b)),
                "{link}"
            );
            let (to, query) = link["mailto:".len()..].split_once('?').unwrap();
            let (subject, body) = query.split_once('&').unwrap();
            (
                decode(to),
                decode(subject.strip_prefix("subject=").unwrap()),
                decode(body.strip_prefix("body=").unwrap()),
            )
        })
        .collect()
}

/// C-C4, C-C8: each letter carries three keys of its own, and From, Reply-To and the envelope sender the same tag.
#[test]
fn compose_every_letter_carries_three_keys() {
    let ink = ink();
    for (name, letter) in client_letters().into_iter().chain(notices()) {
        for one in write(&letter, &conversation()).unwrap() {
            let read = read(&one.bytes);
            let tagged = ink.style.tagged(&ink.bot.address, &ink.keyring.tag(one.key)).unwrap();
            let mailbox = format!("\"Harbor Line Recruiting\" <{tagged}>");
            assert_eq!(read.header("From"), Some(mailbox.as_str()), "{name}");
            assert_eq!(read.header("Reply-To"), Some(mailbox.as_str()), "{name}");
            assert_eq!(one.envelope.from, tagged, "{name}");
            let back = ink
                .style
                .tag_of(&ink.bot.address, &one.envelope.from)
                .and_then(|tag| ink.keyring.read_tag(&tag));
            assert_eq!(back, Some(one.key), "{name}");
            assert_eq!(ink.keyring.read_message_id(&one.message_id), Some(one.key), "{name}");
            assert_eq!(read.header("Message-ID"), Some(one.message_id.to_string().as_str()), "{name}");
            assert!(
                one.subject.ends_with("[REF-SVMR]") && read.subject == one.subject,
                "{name}: {}",
                one.subject
            );
            assert_eq!(read.header("X-Replyd-Id"), Some(ink.keyring.tag(one.key).as_str()), "{name}");
            assert_eq!(read.header("Date"), Some("Mon, 23 Nov 2026 09:30:00 +0000"), "{name}");
        }
    }
}

/// C-C7, C-C1: the subject never changes but for one "Re: ", and follow-ups name their reader's first letter.
#[test]
fn compose_follow_ups_stay_in_the_thread() {
    let first = write(&client_letters()[0].1, &conversation()).unwrap();
    assert_eq!(first[0].subject, "Three candidates for Senior Java developer [REF-SVMR]");
    assert_eq!(read(&first[0].bytes).header("References"), None);
    for (name, letter) in client_letters().into_iter().skip(1).chain(notices()) {
        for one in write(&letter, &conversation()).unwrap() {
            assert_eq!(one.subject, format!("Re: {}", first[0].subject), "{name}");
            let root = match one.to {
                Party::Client | Party::Candidate(_) | Party::Interviewer(_) => &first[0],
                Party::Recruiter(n) => &first[usize::from(n) + 1],
            };
            let read = read(&one.bytes);
            let root = root.message_id.to_string();
            // Only the reader of the letter has seen the message it answers.
            match letter.answers.as_ref().filter(|_| one.kind != "copy") {
                Some(answered) => {
                    assert_eq!(read.header("In-Reply-To"), Some(answered.to_string().as_str()), "{name}");
                    assert_eq!(read.header("References"), Some(format!("{root} {answered}").as_str()), "{name}");
                }
                None => {
                    assert_eq!(read.header("In-Reply-To"), Some(root.as_str()), "{name}");
                    assert_eq!(read.header("References"), Some(root.as_str()), "{name}");
                }
            }
        }
    }
}

/// A Message-ID from outside that is not one goes nowhere near a header.
#[test]
fn compose_odd_message_ids_are_left_out() {
    for odd in ["a b@c", "x@y>\r\nBcc: z@z", "", "<x@y>", "ü@y"] {
        let mut letter = client_letters()[1].1.clone();
        letter.answers = Some(MessageId(odd.to_owned()));
        let read = read(&write(&letter, &conversation()).unwrap()[0].bytes);
        assert!(
            !read.head.contains("Bcc") && read.header("References").unwrap().matches('@').count() == 1,
            "{odd}"
        );
    }
}

/// C-C9: Reply-To is never the reader's, and we never write to ourselves.
#[test]
fn compose_reply_to_is_never_the_reader() {
    for (_, letter) in client_letters() {
        for one in write(&letter, &conversation()).unwrap() {
            assert!(!read(&one.bytes).header("Reply-To").unwrap().contains(one.envelope.to.as_str()));
        }
    }
    let mut own = conversation();
    own.batch.contact.mailbox.address = Address::parse("TALENT@harborline.example").unwrap();
    assert!(write(&client_letters()[0].1, &own).unwrap_err().to_string().contains("own mailbox"));
}

/// C-C10: the tag stands where the agency's mail server wants it.
#[test]
fn compose_tags_addresses_in_the_configured_style() {
    for (style, shape) in [
        ("+", "<talent+TAG@harborline.example>"),
        ("-", "<talent-TAG@harborline.example>"),
        ("subdomain", "<TAG@talent.harborline.example>"),
    ] {
        let ink = replyd::compose::Ink {
            style: AddressStyle::parse(style).unwrap(),
            ..ink()
        };
        let finished = write_with(&client_letters()[0].1, &conversation(), &ink).unwrap();
        let read = read(&finished[0].bytes);
        let from = shape.replace("TAG", &ink.keyring.tag(key(1)));
        assert!(read.header("From").unwrap().ends_with(&from), "{:?}", read.header("From"));
        assert!(mail_links(&read).iter().all(|(to, ..)| format!("<{to}>") == from));
        // C-A12: aligned, as DMARC wants it.
        let from_domain = finished[0].envelope.from.domain().to_owned();
        assert!(from_domain.ends_with("harborline.example") && from.contains(&from_domain));
    }
}

/// C-A11: answers by mail, for all candidates and decisions, also with long and foreign names.
#[test]
fn compose_mail_answers_say_everything_in_the_subject() {
    let letter = read(&write(&client_letters()[0].1, &conversation()).unwrap()[0].bytes);
    let links = mail_links(&letter);
    assert_eq!(links.len(), 9);
    let tagged = ink().style.tagged(&ink().bot.address, &ink().keyring.tag(key(1))).unwrap();
    let mut expected = Vec::new();
    for name in ["Ana Souza", "Carl Jensen", "Ben Whitaker"] {
        for decision in ["Interested", "Maybe", "Pass"] {
            expected.push((
                tagged.to_string(),
                format!("{decision}: {name} [REF-SVMR]"),
                format!("{decision}: {name}\r\n"),
            ));
        }
    }
    assert_eq!(links, expected);
    assert!(
        letter
            .html
            .contains("?subject=Interested%3A%20Ana%20Souza%20%5BREF-SVMR%5D&amp;body=")
    );

    let mut odd = conversation();
    odd.batch.candidates[0].mailbox.name = HeaderText::new("Zoë & \"Ó\" <b>Ni+chols</b> 100%");
    odd.batch.candidates[1].mailbox.name = HeaderText::new(&"प्रियंका ".repeat(30));
    let links = mail_links(&read(&write(&client_letters()[0].1, &odd).unwrap()[0].bytes));
    assert_eq!(links[0].1, "Interested: Zoë & \"Ó\" <b>Ni+chols</b> 100% [REF-SVMR]");
    assert!(
        links[3].1.starts_with("Interested: प्रियं") && links[3].1.ends_with("[REF-SVMR]"),
        "{}",
        links[3].1
    );
}

fn read(bytes: &[u8]) -> Read {
    super::people::read(bytes)
}

/// C-A13, C-A14, C-A15: nothing that marks bulk mail; reactions and pointless automatic answers are asked not to come.
#[test]
fn compose_headers_keep_out_of_office_notices_coming() {
    for (name, letter) in client_letters().into_iter().chain(notices()) {
        for one in write(&letter, &conversation()).unwrap() {
            let read = read(&one.bytes);
            let lower = read.head.to_lowercase();
            for banned in [
                "precedence:",
                "list-",
                "\nbcc:",
                "feedback-id",
                "x-campaign",
                "disposition-notification-to",
            ] {
                assert!(!lower.contains(banned), "{name}: {banned}");
            }
            assert_eq!(read.header("X-Auto-Response-Suppress"), Some("DR, RN, NRN, AutoReply"), "{name}");
            let is_notice = matches!(letter.says, Content::Notice(_));
            assert_eq!(read.header("x-ms-reactions").is_some(), !is_notice, "{name}");
        }
    }
    assert_eq!(
        read(&write(&client_letters()[0].1, &conversation()).unwrap()[0].bytes).header("x-ms-reactions"),
        Some("disallow")
    );
}

/// C-A16.
#[test]
fn compose_only_answers_are_marked_as_automatic() {
    for (name, letter) in client_letters().into_iter().chain(notices()) {
        let finished = &write(&letter, &conversation()).unwrap()[0];
        let marked = read(&finished.bytes).header("Auto-Submitted").map(str::to_owned);
        assert_eq!(marked.as_deref(), letter.says.is_answer().then_some("auto-replied"), "{name}");
        assert!(!(finished.unprompted && letter.says.is_answer()));
    }
}

/// One letter per recipient: the client's first, then a copy for each recruiter with the serials after it.
#[test]
fn compose_recruiters_get_a_letter_of_their_own() {
    for (name, letter) in client_letters() {
        let finished = write(&letter, &conversation()).unwrap();
        let first = finished[0].key.serial;
        let who: Vec<_> = finished
            .iter()
            .map(|one| (one.key.serial - first, one.kind, one.to, one.envelope.to.as_str()))
            .collect();
        assert_eq!(
            who,
            [
                (0, letter.says.kind(), Party::Client, "ann.lee@northwind.example"),
                (1, "copy", Party::Recruiter(0), "maria.keller@harborline.example"),
                (2, "copy", Party::Recruiter(1), "tom.okafor@harborline.example"),
            ],
            "{name}"
        );
        assert!(
            claims(&read(&finished[0].bytes))
                .iter()
                .all(|claim| claim.addressed_to == 0 && claim.scope != Scope::Look),
            "{name}"
        );
        for (n, one) in finished.iter().enumerate().skip(1) {
            let copy = read(&one.bytes);
            assert_eq!(copy.header("To"), Some("\"Ann Lee\" <ann.lee@northwind.example>"), "{name}");
            assert!(
                copy.html.contains("Copy of what went to Ann Lee") && copy.text.contains("Copy of what went to Ann Lee"),
                "{name}"
            );
            // A recruiter's links only show, and are the recruiter's own.
            let claims = claims(&copy);
            assert!(!claims.is_empty(), "{name}");
            for claim in claims {
                assert_eq!(
                    (claim.scope, claim.item, claim.addressed_to),
                    (Scope::Look, 1207, i64::try_from(n).unwrap()),
                    "{name}"
                );
            }
            assert!(mail_links(&copy).is_empty() && !copy.html.contains("mailto:"), "{name}");
            for token in read(&finished[0].bytes).links() {
                assert!(
                    token == "https://harborline.example" || !copy.html.contains(&token),
                    "{name}: the client's {token} in a copy"
                );
            }
        }
    }
    let notice = write(&notices()[0].1, &conversation()).unwrap();
    assert_eq!(notice.len(), 1);
    assert_eq!(notice[0].envelope.to.as_str(), "maria.keller@harborline.example");
}

/// CVs go out as they came, in multipart/mixed, with the submission only.
#[test]
fn compose_attaches_cvs_as_given() {
    for (name, letter) in client_letters() {
        let finished = write(&letter, &conversation()).unwrap();
        for one in &finished {
            let read = read(&one.bytes);
            if name == "submission" {
                assert!(read.head.contains("multipart/mixed"));
                assert_eq!(
                    read.files,
                    [("ana-souza-cv.pdf".to_owned(), "application/pdf".to_owned(), CV.to_vec())]
                );
            } else {
                assert!(read.head.contains("multipart/alternative") && read.files.is_empty(), "{name}");
            }
        }
    }
    let mut lost = conversation();
    lost.batch.candidates[0].cv.as_mut().unwrap().sha256 = "gone".to_owned();
    let refusal = write(&client_letters()[0].1, &lost).unwrap_err().to_string();
    assert!(refusal.contains("ana-souza-cv.pdf") && refusal.contains("Ana Souza"), "{refusal}");
}
