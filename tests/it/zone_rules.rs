//! Clocks that are changed by law while an interview is ahead: the next start of the daemon tells both sides, once.

use chrono::Duration;
use replyd::calendar::zone_data;
use replyd::conversation::{Clocks, Conversation, Interview, InterviewStatus, Party, Side, Status};
use replyd::daemon::{Clock, Daemon};
use replyd::model::{ConversationId, Slot, Timestamp};
use replyd::store::Tx;

use crate::conversation::people;
use crate::desk::new_batch;
use crate::senders::config;

fn now() -> Timestamp {
    "2026-11-18T14:05:00Z".parse().unwrap()
}

/// Ana's interview in London is agreed, by rules under which London's clocks were so far ahead of UTC at that time.
async fn agreed(daemon: &Daemon, clocks: Option<Clocks>) -> ConversationId {
    let before = people::conversation(&["Ana", "Ben"], "Europe/London");
    let new = new_batch(before);
    let id = daemon.submit(new).await.unwrap();
    let arrange = move |tx: &Tx<'_>| {
        let before = tx.conversation(id)?.unwrap();
        let mut after = before.clone();
        let start: Timestamp = "2026-11-24T15:00:00Z".parse().unwrap();
        let slot = Slot {
            start,
            end: start + Duration::minutes(45),
        };
        let mut interview = Interview::new();
        interview.status = InterviewStatus::Scheduled;
        (interview.booked, interview.sequence, interview.clocks) = (Some(slot), 1, clocks);
        for side in Side::ALL {
            interview.attendee_mut(side).invited = Some(slot);
        }
        after.submissions[0].status = Status::InterviewScheduled;
        after.submissions[0].interview = Some(interview);
        tx.save_after(&before, &after)
    };
    daemon.store().write(arrange).await.unwrap();
    id
}

fn rules(zone_data: &str, client: i64) -> Option<Clocks> {
    Some(Clocks {
        zone_data: zone_data.to_owned(),
        ahead: vec![client, 0],
    })
}

#[tokio::test]
async fn zone_rules_that_move_an_hour_send_corrected_invitations() {
    // In winter London keeps UTC.
    for (what, clocks, looked_at, corrected) in [
        ("the rules built in", rules(zone_data(), 0), 0, false),
        ("older rules, the same hour", rules("2019a", 0), 1, false),
        ("stored before rules were noted", None, 1, false),
        ("older rules, another hour", rules("2019a", 3600), 1, true),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let daemon = Daemon::new(config(dir.path()), Clock::set_to(now())).unwrap();
        let id = agreed(&daemon, clocks).await;
        assert_eq!(daemon.heed_zone_rules().await.unwrap(), looked_at, "{what}");
        assert_eq!(daemon.heed_zone_rules().await.unwrap(), 0, "{what}: once");
        let store = daemon.store();
        let after: Conversation = store.read(|tx| tx.conversation(id)).unwrap().unwrap();
        let interview = after.submissions[0].interview.as_ref().unwrap();
        assert_eq!(
            interview.clocks.as_ref().map(|clocks| clocks.zone_data.as_str()),
            Some(zone_data()),
            "{what}"
        );
        assert_eq!(interview.sequence, if corrected { 2 } else { 1 }, "{what}");
        let letters = store.read(|tx| tx.letters_of(id)).unwrap();
        let mut invited: Vec<Party> = letters.iter().filter(|one| one.kind == "invitation").map(|one| one.to).collect();
        invited.sort_unstable();
        let both = vec![Party::Client, Party::Candidate(after.submissions[0].id)];
        assert_eq!(invited, if corrected { both } else { Vec::new() }, "{what}");
        for letter in letters.iter().filter(|one| one.kind == "invitation") {
            let bytes = store.read(|tx| tx.letter_bytes(letter.id)).unwrap();
            let seen = replyd::message::read(&bytes, &replyd::message::Border::default()).unwrap();
            let text = seen.body.text.unwrap();
            assert!(text.contains("Clocks were changed by law") && text.contains("15:00"), "{text}");
        }
    }
}
