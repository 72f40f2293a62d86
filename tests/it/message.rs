//! Reading of whole mails: every case, and what holds for all of them.

mod cases;
mod hostile;
mod lab;
mod machines;
mod quotes;

use replyd::message::{Label, LetterText, Unreadable, own_text, read};

use cases::{border, cases, check, letter};

#[test]
fn every_case_reads_as_expected() {
    check(&[]);
}

/// At least five answers of each of the seven programs.
#[test]
fn each_client_has_its_cases() {
    for client in [
        "gmail-",
        "outlook-desktop-",
        "outlook-web-",
        "outlook-mobile-",
        "apple-mail-",
        "ios-",
        "thunderbird-",
    ] {
        let all = cases(&[client]);
        let people = all
            .iter()
            .filter(|(_, _, e)| e.kind == "person" && e.letter.is_some() && e.reply.is_some());
        assert!(people.count() >= 5, "{client}");
    }
}

/// Our own letter, quoted in every way at hand, with nothing typed: no word of it is an answer.
#[test]
fn our_own_words_quoted_back_are_no_answer() {
    let ours = letter("two-profiles");
    let lines: Vec<&str> = ours.text.lines().collect();
    let header = "From: Sam Porter <talent@agency.example>\nSent: Tuesday, 7 July 2026\nTo: Ann\nSubject: Two profiles\n\n";
    let prefixed = |prefix: &str| lines.iter().map(|line| format!("{prefix}{line}\n")).collect::<String>();
    let bodies = [
        ours.text.clone(),
        ours.html_text.clone(),
        prefixed("> "),
        prefixed(">> "),
        prefixed("    "),
        format!("{header}{}", ours.text),
        format!("{header}{}", ours.html_text.to_uppercase()),
        format!(
            "On Tue, 7 Jul 2026 at 10:02, Sam Porter <talent@agency.example> wrote:\n{}",
            ours.text
        ),
        format!("{}\n\n{}", ours.text, ours.html_text),
        lines.join("\r\n\r\n"),
    ];
    for body in bodies {
        let raw = format!("From: ann.lee@client.example\nContent-Type: text/plain; charset=utf-8\n\n{body}");
        let own = own_text(&read(raw.as_bytes(), &border()).unwrap(), std::slice::from_ref(&ours));
        assert_eq!(own.text, "", "{body}");
        let typed = format!("From: ann.lee@client.example\nContent-Type: text/plain; charset=utf-8\n\nInterested\n\n{body}");
        let own = own_text(&read(typed.as_bytes(), &border()).unwrap(), std::slice::from_ref(&ours));
        assert_eq!(own.text, "Interested", "{body}");
    }
}

#[test]
fn every_span_has_a_reason() {
    let mut labels = std::collections::HashSet::new();
    for (_, raw, expected) in cases(&[]) {
        let thread: Vec<LetterText> = expected.letter.iter().map(|name| letter(name)).collect();
        for span in own_text(&read(&raw, &border()).unwrap(), &thread).spans {
            assert!(!span.why.is_empty());
            labels.insert(span.label);
        }
    }
    for label in [
        Label::Own,
        Label::QuotedOurs,
        Label::Attribution,
        Label::Signature,
        Label::Device,
        Label::Disclaimer,
        Label::Banner,
    ] {
        assert!(labels.contains(&label), "{label:?}");
    }
}

#[test]
fn bytes_without_a_header_are_quarantined() {
    for raw in [&b""[..], b"\n\n", b"hello", b"\0\0\0"] {
        assert_eq!(read(raw, &border()).unwrap_err(), Unreadable::NoHeader, "{raw:?}");
    }
}

#[test]
fn forged_results_do_not_authenticate() {
    check(&["forged-results-below-the-border", "two-from-fields", "gmail-yes-and-no"]);
}

#[test]
fn ids_are_found_in_either_header() {
    check(&["ids-in-either-header", "ios-parent-id-only", "bcc-found-by-delivered-to", "mailto-"]);
}

#[test]
fn rewritten_links_do_not_hide_our_letter() {
    check(&["outlook-web-", "plain-buttons-by-rewritten-links", "plain-buttons-quoted"]);
}

#[test]
fn a_list_that_rewrites_from_is_seen() {
    check(&["google-groups-rewrites-from", "mailman-rewrites-from", "person-on-a-list"]);
}
