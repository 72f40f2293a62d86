//! One reminder for several batches of a reader.

use super::people::*;
use replyd::conversation::{Content, Party};
use replyd::link::{Scope, unverified};
use replyd::model::{ConversationId, HeaderText, LetterKey, SubmissionId};

/// Every button is about its own candidate and its own batch, for the contact; an answer by mail goes to that batch's first letter.
#[test]
fn compose_several_roles_keep_their_own_buttons() {
    let (letter, conversation) = with_another_batch();
    let finished = write(&letter, &conversation).unwrap();
    let ink = ink();
    let read = read(&finished[0].bytes);
    let tokens = read
        .text
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("https://answers.harborline.example/"));
    let claims: Vec<_> = tokens
        .filter_map(|path| path.split_once('/'))
        .filter_map(|(_, token)| unverified(token))
        .collect();
    let decided = |id: i64| {
        claims
            .iter()
            .filter(|one| matches!(one.scope, Scope::Decide(_)) && one.item == id && one.addressed_to == 0)
            .count()
    };
    assert_eq!([41, 42, 43, 61, 62].map(decided), [3, 0, 3, 3, 3], "{}", read.text);
    let pages: Vec<i64> = claims.iter().filter(|one| one.scope == Scope::Batch).map(|one| one.item).collect();
    assert_eq!(pages, [1207, 1311]);
    let first = ink.keyring.tag(LetterKey {
        conversation: ConversationId(1311),
        serial: 1,
    });
    assert!(read.html.contains(&first), "no button leads to the other batch by mail");
    for name in [
        "Ana Souza",
        "Ben Whitaker",
        "Dora Lind",
        "Emil Novak",
        "Senior Java developer",
        "Head of data",
    ] {
        assert!(read.text.contains(name) && read.html.contains(name), "{name}");
    }
    assert!(!read.text.contains("Carl Jensen"), "nobody asks about Carl");
}

/// The other batch's candidates are guarded as its own letters guard them, and a batch that cannot be shown stops the letter.
#[test]
fn compose_several_roles_give_nobody_away() {
    let (letter, conversation) = with_another_batch();
    let mut leaks = conversation.clone();
    leaks.elsewhere.waiting[0].batch.candidates[0].summary = "Write to her: dora.lind@mailbox.example".to_owned();
    assert!(write(&letter, &leaks).unwrap_err().to_string().contains("Dora Lind"));
    let mut gone = conversation.clone();
    gone.elsewhere.waiting.clear();
    assert!(write(&letter, &gone).is_err());
    // Nor does a copy hold a button that decides, in whatever order the batches name their recruiters.
    for copy in &write(&letter, &conversation).unwrap()[1..] {
        let text = read(&copy.bytes).text;
        assert!(matches!(copy.to, Party::Recruiter(_)) && !text.contains("/d/"), "{text}");
    }
}

/// An agency's own template of the reminder knows one role: several have another one.
#[test]
fn compose_several_roles_are_not_lost_by_a_template() {
    let (letter, mut conversation) = with_another_batch();
    conversation.elsewhere.waiting[0].batch.project.title = HeaderText::new("Lead <b>tester</b>");
    let read = read(&write(&letter, &conversation).unwrap()[0].bytes);
    assert!(
        read.text.contains("Lead <b>tester</b>") && read.html.contains("Lead &lt;b&gt;tester&lt;/b&gt;"),
        "{}",
        read.html
    );
    let Content::Nudge { also, .. } = &letter.says else { panic!() };
    assert_eq!(also[0].open, [SubmissionId(61), SubmissionId(62)]);
}
