//! When people are taken by interviews of other batches: looked up for what is ahead, with the way there and back.

use chrono::Duration;
use replyd::calendar::Spans;
use replyd::conversation::{Interview, InterviewKind, InterviewStatus};
use replyd::model::{ConversationId, Slot, Timestamp};
use replyd::store::{NewBatch, Tx};

use super::{home, new_batch};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn slot(start: &str) -> Slot {
    Slot {
        start: at(start),
        end: at(start) + Duration::minutes(45),
    }
}

fn spans(slot: Slot, around: i64) -> Spans {
    let around = Duration::minutes(around);
    Spans::of(vec![(slot.start - around, slot.end + around)])
}

/// A batch whose first interview is agreed for this time, or looked for.
async fn arranged(store: &replyd::store::Store, kind: InterviewKind, booked: Option<Slot>) -> ConversationId {
    let mut new: NewBatch = new_batch(None);
    new.batch.project.interview = kind;
    store
        .write(move |tx: &Tx<'_>| {
            let before = tx.hand_in(new, at("2026-11-18T10:00:00Z"))?;
            let mut after = before.clone();
            let mut interview = Interview::new();
            if booked.is_some() {
                interview.status = InterviewStatus::Scheduled;
            }
            interview.booked = booked;
            after.submissions[0].interview = Some(interview);
            tx.save_after(&before, &after)?;
            Ok(after.id)
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn what_is_over_takes_nobodys_time_and_the_way_to_an_office_does() {
    let home = home();
    let store = home.open();
    let (over, ahead) = (slot("2026-11-19T09:00:00Z"), slot("2026-11-24T09:00:00Z"));
    arranged(&store, InterviewKind::Video, Some(over)).await;
    arranged(&store, InterviewKind::OnSite, Some(ahead)).await;
    // What is kept free around an interview on site lies around it for one that keeps nothing free by itself.
    for (kind, around) in [(InterviewKind::Video, 60), (InterviewKind::Phone, 60), (InterviewKind::OnSite, 0)] {
        let id = arranged(&store, kind, None).await;
        let now = at("2026-11-21T10:00:00Z");
        let conversation = store.read(|tx| tx.conversation(id)).unwrap().unwrap();
        let elsewhere = store.read(|tx| tx.elsewhere(&conversation, now)).unwrap();
        assert_eq!(elsewhere.client, spans(ahead, around), "{kind:?}: the contact");
        let submission = conversation.submissions[0].id;
        assert_eq!(elsewhere.candidate(submission), spans(ahead, around), "{kind:?}: Ana");
        assert!(elsewhere.candidate(conversation.submissions[1].id).is_empty(), "{kind:?}: Ben");
        // On the page and when a slot is taken the same counts.
        let mut asked = conversation.clone();
        asked.elsewhere = elsewhere;
        let just_after = slot("2026-11-24T10:00:00Z");
        assert!(asked.is_taken(submission, just_after), "{kind:?}: on the way back");
        assert!(!asked.is_taken(submission, slot("2026-11-24T10:45:00Z")), "{kind:?}: back again");
    }
}
