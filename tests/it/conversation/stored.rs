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
