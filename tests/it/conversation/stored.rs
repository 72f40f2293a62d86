//! Conversations that an earlier version stored: what it did not know yet is read as nobody having agreed to it.

use replyd::conversation::{Order, Policy};

use super::people;

/// Before interviews were arranged by themselves, a recruiter did it: for such a batch that stays so.
#[test]
fn a_policy_stored_without_scheduling_leaves_interviews_to_the_recruiter() {
    let mut stored = serde_json::to_value(people::policy()).unwrap();
    assert!(stored.as_object_mut().unwrap().remove("scheduling").is_some());
    let policy: Policy = serde_json::from_value(stored).unwrap();
    assert_eq!(policy.scheduling.order, Order::Nobody);
}

#[test]
fn a_batch_that_turned_to_another_contact_is_still_told_as_it_was_handed_in() {
    for note in ["", "Both can start in May."] {
        let mut c = people::conversation(&["Ana", "Ben"], "Europe/London");
        c.batch.note = note.to_owned();
        let mut backup = c.batch.contact.clone();
        backup.mailbox = replyd::model::Mailbox {
            name: "Kim Vale".into(),
            address: "kim@client.example".parse().unwrap(),
        };
        c.batch.backup = Some(backup);
        let handed_in = c.batch.clone();
        c.turn_to_backup();
        assert_eq!(c.batch.contact.mailbox.name.as_str(), "Kim Vale");
        assert!(c.batch.note.contains("so we turn to you"), "{}", c.batch.note);
        assert_eq!(c.as_handed_in(), handed_in);
        // Without the other one there is nobody whose name it tells.
        c.forget_other_contact();
        assert!(c.as_handed_in().contact.mailbox.address.is_erased());
    }
}
