//! What machines write: calendars, reports, automatic replies, receipts, challenges. None of it is a person's word.

use replyd::lab::kind_dir;
use replyd::message::{Kind, ReturnPath, read};

use super::cases::{border, cases, check, dir};

#[test]
fn calendar_answers_go_before_everything() {
    check(&[
        "google-accepted-auto-submitted",
        "outlook-proposes-new-time",
        "calendar-invitation",
        "person-attaches-a-calendar",
    ]);
    let (_, raw, _) = cases(&["google-accepted"]).remove(0);
    let Kind::Calendar { method, bytes, .. } = read(&raw, &border()).unwrap().kind else {
        panic!()
    };
    assert_eq!(method, "REPLY");
    assert!(String::from_utf8(bytes).unwrap().contains("PARTSTAT=ACCEPTED"));
}

#[test]
fn an_exchange_answer_has_its_note_and_its_windows_zone() {
    check(&["calendar-exchange-accepted"]);
}

#[test]
fn a_google_answer_has_the_note_of_its_parameter() {
    check(&["calendar-google-tentative"]);
}

#[test]
fn a_counter_proposes_a_time_and_keeps_the_old_one() {
    check(&["calendar-outlook-counter", "calendar-apple-declined"]);
}

/// What calendar software writes into the body is no word of the person: only their note is.
#[test]
fn the_body_of_a_calendar_answer_is_no_reply() {
    let mut out = Vec::new();
    kind_dir(&dir(), &mut out, |_, _| ()).unwrap();
    let mut seen = 0;
    for line in String::from_utf8(out).unwrap().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let reply = line["reply"].as_str().unwrap();
        match line["file"].as_str().unwrap() {
            "calendar-google-tentative-note.eml" => assert_eq!(reply, "It's after 5"),
            "calendar-exchange-accepted-windows-zone.eml" => assert_eq!(reply, "See you, thanks"),
            file if file.starts_with("calendar-outlook-counter") || file.starts_with("google-accepted") => assert_eq!(reply, "", "{file}"),
            _ => continue,
        }
        seen += 1;
    }
    assert_eq!(seen, 4);
}

#[test]
fn delivery_reports_are_read() {
    check(&[
        "postfix-",
        "exchange-without-delivery-status",
        "gmail-old-plain",
        "gmail-delay",
        "yahoo-failure",
        "bounce-",
    ]);
}

#[test]
fn a_bounce_without_a_report_part_is_read_from_its_words() {
    check(&[
        "exchange-without-delivery-status",
        "bounce-exchange-online-html-only",
        "bounce-qmail",
        "bounce-gmail-old",
    ]);
}

#[test]
fn an_exchange_notice_without_its_usual_marks_is_no_bounce_and_no_answer() {
    check(&["exchange-out-of-office-bare"]);
}

#[test]
fn a_delay_is_not_a_failure() {
    check(&[
        "postfix-delay",
        "gmail-delay-plain",
        "bounce-gmail-delay",
        "bounce-exim-warning",
        "bounce-exchange-delayed-fr",
    ]);
}

#[test]
fn reactions_are_no_answers() {
    check(&[
        "gmail-reaction",
        "rfc9078-reaction",
        "outlook-reaction",
        "person-writes-about-reacting",
        "reaction-",
    ]);
}

#[test]
fn automatic_replies_are_told_by_their_marks() {
    check(&[
        "ticket-system",
        "gmail-vacation",
        "icloud-vacation",
        "exchange-out-of-office",
        "ticket-",
        "away-precedence-bulk-alone",
        "away-unmarked",
    ]);
}

#[test]
fn mail_for_many_is_told_from_answers() {
    check(&[
        "newsletter-",
        "precedence-bulk",
        "spam-flag",
        "person-precedence-bulk",
        "person-list-unsubscribe",
    ]);
}

#[test]
fn a_mark_that_proves_nothing_leaves_a_person() {
    check(&[
        "suppress-header-alone",
        "answers-an-automatic-reply",
        "null-return-path-alone",
        "person-away-",
        "person-writes-about-an-automatic-reply",
        "person-read-in-the-subject",
    ]);
}

#[test]
fn absence_notices_name_return_and_substitute() {
    check(&["exchange-out-of-office", "gmail-vacation", "away-"]);
    let languages = ["en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "nb", "fi", "pl"];
    for language in languages {
        assert!(cases(&[&format!("away-{language}-")]).len() >= 2, "{language}");
    }
}

#[test]
fn somebody_who_left_is_told_apart() {
    check(&[
        "auto-reply-no-longer-here",
        "gone-",
        "bounce-exchange-de-gone",
        "person-says-somebody-left",
    ]);
}

#[test]
fn read_receipts_and_recalls_are_no_answers() {
    check(&[
        "exchange-read-receipt",
        "exchange-not-read",
        "outlook-recall",
        "abuse-report",
        "receipt-",
        "recall-",
    ]);
}

#[test]
fn challenges_are_recognised() {
    check(&["spamarrest-challenge", "challenge-"]);
}

#[test]
fn machine_mail_is_never_a_person() {
    let mut seen = 0;
    for (name, raw, expected) in cases(&[]) {
        let message = read(&raw, &border()).unwrap();
        let text = String::from_utf8_lossy(&raw).to_lowercase();
        let machine = message.return_path == ReturnPath::Null
            || text.contains("multipart/report")
            || (text.contains("\nauto-submitted:") && !text.contains("\nauto-submitted: no\n"));
        if machine {
            seen += 1;
            assert_ne!(message.kind, Kind::Person, "{name}");
            assert_ne!(expected.kind, "person", "{name}");
        }
    }
    assert!(seen >= 10);
}
