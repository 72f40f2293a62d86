//! What must not leave: letters that give away the other side, and letters to the wrong reader.

use replyd::compose::Refusal;
use replyd::conversation::{Content, Conversation, Letter, Party};
use replyd::model::*;

use super::letters::{client_letters, notices};
use super::people::*;

#[track_caller]
fn refused(change: impl Fn(&mut Conversation)) -> String {
    let mut conversation = conversation();
    change(&mut conversation);
    match write(&client_letters()[0].1, &conversation) {
        Err(refusal @ Refusal::Leak { .. }) => refusal.to_string(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it went out"),
    }
}

/// Privacy: a candidate's address or phone in any field stops the letter, and the error names whose it is and the field to change.
#[test]
fn compose_refuses_to_show_how_to_reach_a_candidate() {
    let summary = refused(|c| c.batch.candidates[0].summary.push_str("\nCall me: 00351 (912) 555-014"));
    assert!(
        summary.contains("the phone number of Ana Souza, from the summary of Ana Souza"),
        "{summary}"
    );
    let other = refused(|c| {
        c.batch.candidates[2]
            .summary
            .push_str(" Knows Carl well, CARL.JENSEN@mailbox.example.")
    });
    assert!(
        other.contains("the mail address of Carl Jensen, from the summary of Ben Whitaker"),
        "{other}"
    );
    let note = refused(|c| c.batch.note = "Reach Carl on 20550138.".to_owned());
    assert!(note.contains("the phone number of Carl Jensen, from note"), "{note}");
    let title = refused(|c| c.batch.project.title = HeaderText::new("Developer (ana.souza@mailbox.example)"));
    assert!(title.contains("from project.title"), "{title}");
    let name = refused(|c| c.batch.candidates[0].mailbox.name = HeaderText::new("Ana Souza <ana.souza@mailbox.example>"));
    assert!(name.contains("from the name of"), "{name}");
    let file = refused(|c| c.batch.candidates[0].cv.as_mut().unwrap().name = HeaderText::new("cv-ana.souza@mailbox.example"));
    assert!(file.contains("from the file name of the CV of Ana Souza"), "{file}");
    let contact = refused(|c| c.batch.contact.mailbox.name = HeaderText::new("Ann, for ana.souza@mailbox.example"));
    assert!(contact.contains("from client.contact.name"), "{contact}");
    for text in [summary, other, note] {
        assert!(text.contains("take it out"), "{text}");
        assert!(!text.contains("912") && !text.contains('@'), "the error repeats it: {text}");
    }
}

/// The quoted words of an answer are looked at as well.
#[test]
fn compose_refuses_leaks_in_quoted_words() {
    let letter = to_client(Content::DidYouMean {
        about: vec![(ANA, None)],
        words: "I rang her on +351 912-555-014 already".to_owned(),
        said: None,
    });
    let refusal = write(&letter, &conversation()).unwrap_err().to_string();
    assert!(refusal.contains("from the quoted words of an answer"), "{refusal}");
}

/// Privacy, in every letter: no client's letter and no copy of it holds a candidate's address or phone, in any encoding.
#[test]
fn compose_no_letter_holds_a_candidates_address_or_phone() {
    let mut looked = 0;
    for (name, letter) in client_letters() {
        for one in write(&letter, &conversation()).unwrap() {
            let read = read(&one.bytes);
            let all = [read.text, read.html, read.head, read.subject].join("\n").to_lowercase();
            for secret in [
                "@mailbox.example",
                "%40mailbox",
                "912 555 014",
                "912555014",
                "20 55 01 38",
                "20550138",
            ] {
                assert!(!all.contains(secret), "{name}: {secret}");
            }
            looked += 1;
        }
    }
    assert!(looked > 30);
}

/// A letter for the client goes to nobody else, and a notice to recruiters only: a candidate never gets the client's links.
#[test]
fn compose_refuses_the_wrong_reader() {
    for (name, letter) in client_letters() {
        for to in [Party::Candidate(ANA), Party::Recruiter(0)] {
            let wrong = Letter { to, ..letter.clone() };
            assert!(matches!(write(&wrong, &conversation()), Err(Refusal::WrongReader { .. })), "{name}");
        }
    }
    for (name, letter) in notices() {
        for to in [Party::Client, Party::Candidate(ANA)] {
            let wrong = Letter { to, ..letter.clone() };
            assert!(matches!(write(&wrong, &conversation()), Err(Refusal::WrongReader { .. })), "{name}");
        }
    }
    let stranger = to_client(Content::FollowUp {
        submission: SubmissionId(999),
    });
    assert!(matches!(write(&stranger, &conversation()), Err(Refusal::Nobody(_))));
    let nobody = Letter {
        to: Party::Recruiter(9),
        ..notices()[0].1.clone()
    };
    assert!(matches!(write(&nobody, &conversation()), Err(Refusal::Nobody(_))));
}

/// R-O10: CRLF everywhere, no bare CR or LF, no line over 998 octets, also with texts that have all of these.
#[test]
fn compose_stored_bytes_have_crlf_and_short_lines() {
    let mut rough = conversation();
    rough.batch.note = format!("one\rtwo\nthree\r\nfour {}\r", "x".repeat(5_000));
    rough.batch.candidates[0].summary = format!("{}\n.\n..\r\rFrom here\n", "ü".repeat(3_000));
    rough.batch.client = HeaderText::new(&"long ".repeat(100));
    for letter in client_letters().into_iter().chain(notices()).map(|(_, letter)| letter) {
        for one in write(&letter, &rough).unwrap() {
            let text = String::from_utf8_lossy(&one.bytes).into_owned();
            assert!(text.ends_with("\r\n"));
            assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "a bare CR or LF");
            assert!(text.split("\r\n").all(|line| line.len() <= 998));
            assert!(one.bytes.is_ascii());
        }
    }
}
