//! Drafts in the hub: what waits for a word is looked at, put right, sent and discarded there, each once and by whom it waits for.

use replyd::handin::State;
use replyd::model::ConversationId;

use super::house::{Hub, LEAD, MARIA, said};
use crate::desk::stored;

const SHARING: &str =
    "[feedback]\nshare = \"draft\"\n[[recruiters]]\naddress = \"lena@agency.example\"\nname = \"Lena Lead\"\nlead = true\n";

/// Maria hands somebody in by mail.
async fn handed_in(hub: &Hub, uid: u32, contact: &str) {
    let raw = format!(
        "Return-Path: <{MARIA}>\r\nAuthentication-Results: mx.agency.example; dmarc=pass header.from=agency.example\r\n\
         Received: from mail.example by mx.agency.example; Tue, 3 Mar 2026 10:00:01 +0000\r\nMessage-ID: <{uid}@agency.example>\r\n\
         Date: Tue, 3 Mar 2026 10:00:00 +0000\r\nTo: bot@agency.example\r\nMIME-Version: 1.0\r\nFrom: Maria Keller <{MARIA}>\r\n\
         Subject: One for Norrland\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         Client: Norrland Forge\r\nContact: {contact}\r\nRole: Farrier\r\nCandidates:\r\n\
         - Ida Moor <ida@mail.example>: shoes horses.\r\n- Olle Berg <olle@mail.example>: has shod for six years.\r\n"
    );
    stored(&hub.house.store, uid, raw, hub.house.clock.now()).await;
    hub.house.bell.look_around();
    for _ in 0..1_000 {
        if !hub.house.store.read(|tx| tx.any_waiting()).unwrap() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the mail was not read");
}

fn state(hub: &Hub, id: i64) -> State {
    let letter = hub.house.store.read(|tx| tx.letter_draft(id)).unwrap();
    let handed_in = || hub.house.store.read(|tx| tx.draft(id)).unwrap();
    letter.map_or_else(|| handed_in().unwrap().draft.state, |kept| kept.draft.state)
}

/// Mails about drafts, so far.
fn told(hub: &Hub) -> usize {
    let letters = hub.house.store.read(|tx| tx.outbox_in("queued", 100)).unwrap();
    letters.iter().filter(|one| one.batch < 0).count()
}

#[tokio::test]
async fn hub_a_draft_is_changed_and_sent_by_whom_it_waits_for() {
    let hub = Hub::open().await;
    handed_in(&hub, 70, "Petra Quist <petra@norrland.example>").await;
    let (maria, lena) = (hub.enter(MARIA).await, hub.enter(LEAD).await);
    let list = maria.get("/drafts").await;
    assert!(list.body.contains("/answers/hub/drafts/1\""), "{}", list.body);
    let page = maria.get("/drafts/1").await;
    for words in ["Ida Moor", "Olle Berg", "Norrland Forge", "Send it", "Discard it", "Hi Petra"] {
        assert!(said(&page).contains(words), "{words}: {}", said(&page));
    }
    assert!(
        !said(&page).contains("Answer \"send\""),
        "what is pressed here is not answered: {}",
        said(&page)
    );
    // Nobody else's, not even a lead's.
    assert_eq!(lena.get("/drafts/1").await.status, 404);
    assert_eq!(
        lena.press_on(&page, "/drafts/1", "send", &[]).await.status,
        403,
        "another session's form"
    );
    let own_page = lena.get("/s/1").await;
    assert_eq!(
        lena.press_on(&own_page, "/drafts/1", "send", &[]).await.status,
        404,
        "her own form, his draft"
    );
    assert_eq!(maria.get("/drafts/99").await.status, 404);

    // What is not understood changes nothing, and stays in the field.
    let mails = told(&hub);
    let odd = [(
        "text",
        "Ida's email is ida.moor@mail.example\r\nThe moon is made of cheese, mostly.",
    )];
    let heard = maria.press("/drafts/1", "change", &odd).await;
    assert_eq!(heard.status, 422);
    assert!(
        said(&heard).contains("Nothing was changed") && said(&heard).contains("made of cheese"),
        "{}",
        said(&heard)
    );
    assert!(
        heard.body.contains("The moon is made of cheese, mostly.</textarea>"),
        "{}",
        heard.body
    );
    assert!(!said(&maria.get("/drafts/1").await).contains("ida.moor@"));
    // A field has no farewell and no name below it: each line counts.
    for text in [
        "leave out Olle\r\nHammers and tongs",
        "leave out Olle\r\nThanks!\r\nSay nothing of the salary",
    ] {
        let heard = maria.press("/drafts/1", "change", &[("text", text)]).await;
        assert_eq!(heard.status, 422, "{text}");
    }
    let heard = maria.press("/drafts/1", "change", &[("text", "leave out Olle. Send it.")]).await;
    assert!(said(&heard).contains("To send or discard it, use its button"), "{}", said(&heard));
    let long = "a".repeat(4_001);
    assert_eq!(maria.press("/drafts/1", "change", &[("text", &long)]).await.status, 422);
    let heard = maria.press("/drafts/1", "change", &[("text", "leave out Olle")]).await;
    assert_eq!(
        (heard.status, heard.header("location")),
        (303, "/answers/hub/drafts/1?done=change"),
        "{heard:?}"
    );
    let changed = maria.get("/drafts/1").await;
    assert!(!said(&changed).contains("has shod for six years"), "{}", said(&changed));
    // A page that was opened before sends nothing.
    let heard = maria.press_on(&page, "/drafts/1", "change", &[("text", "leave out Ida")]).await;
    assert_eq!(heard.status, 409);
    assert!(said(&heard).contains("What you had typed leave out Ida"), "{}", said(&heard));
    assert!(!heard.body.contains("leave out Ida</textarea>"), "{}", heard.body);
    assert_eq!(maria.press_on(&page, "/drafts/1", "send", &[]).await.status, 409);
    assert_eq!(state(&hub, 1), State::Open);

    let heard = maria.press_on(&changed, "/drafts/1", "send", &[]).await;
    assert_eq!(
        (heard.status, heard.header("location")),
        (303, "/answers/hub/drafts?done=send"),
        "{heard:?}"
    );
    assert_eq!(state(&hub, 1), State::Sent);
    let batch = hub.conversation(3);
    assert_eq!(batch.batch.client.as_str(), "Norrland Forge");
    assert_eq!(batch.batch.candidates.len(), 1);
    // The same press once more hands nobody in twice, and nothing is left to press.
    assert_eq!(maria.press_on(&changed, "/drafts/1", "send", &[]).await.status, 303);
    assert!(hub.house.store.read(|tx| tx.conversation(ConversationId(4))).unwrap().is_none());
    let over = maria.get("/drafts/1").await;
    assert!(
        said(&over).contains("sent") && !said(&over).contains("Discard it"),
        "{}",
        said(&over)
    );
    assert_eq!(told(&hub), mails, "whoever presses sees it there: no mail tells them");
    hub.house.close().await;
}

#[tokio::test]
async fn hub_a_draft_that_lacks_something_is_put_right_before_it_can_go() {
    let hub = Hub::open().await;
    handed_in(&hub, 71, "Petra Quist").await;
    let maria = hub.enter(MARIA).await;
    let page = maria.get("/drafts/1").await;
    assert!(!said(&page).contains("Send it"), "{}", said(&page));
    assert_eq!(maria.press_on(&page, "/drafts/1", "send", &[]).await.status, 422);
    let heard = maria
        .press("/drafts/1", "change", &[("text", "Petra's email is petra@norrland.example")])
        .await;
    assert_eq!(heard.status, 303, "{heard:?}");
    assert!(said(&maria.get("/drafts/1").await).contains("Send it"));
    assert_eq!(
        maria.press("/drafts/1", "discard", &[]).await.status,
        422,
        "one press too many is quickly made"
    );
    assert_eq!(maria.press("/drafts/1", "discard", &[("sure", "yes")]).await.status, 303);
    assert_eq!(state(&hub, 1), State::Discarded);
    assert!(said(&maria.get("/drafts").await).contains("No draft waits for you."));
    hub.house.close().await;
}

#[tokio::test]
async fn hub_a_letter_that_tells_why_leaves_in_the_recruiters_words() {
    let hub = Hub::with_more(9, SHARING).await;
    let (maria, lena) = (hub.enter(MARIA).await, hub.enter(LEAD).await);
    for one in hub.conversation(1).submissions {
        let fields = [("decision", "pass"), ("reason", "salary")];
        assert_eq!(maria.press(&format!("/s/{}", one.id), "decide", &fields).await.status, 303);
    }
    let list = maria.get("/drafts").await;
    assert!(
        list.body.contains("/drafts/1\"") && list.body.contains("/drafts/2\""),
        "{}",
        list.body
    );
    let page = maria.get("/drafts/1").await;
    assert!(
        said(&page).contains("Ana Souza") && page.body.contains("<textarea"),
        "{}",
        page.body
    );
    assert_eq!(lena.get("/drafts/1").await.status, 404);

    let mails = told(&hub);
    let mine = [("body", "They went with somebody cheaper, and thought you too old for the team.")];
    let heard = maria.press("/drafts/1", "tell", &mine).await;
    assert_eq!(heard.status, 422);
    assert!(
        said(&heard).contains("too old") && said(&heard).contains("It was not sent"),
        "{}",
        said(&heard)
    );
    assert!(heard.body.contains("somebody cheaper"), "what was typed stays: {}", heard.body);
    assert_eq!(state(&hub, 1), State::Open);
    assert_eq!(maria.press("/drafts/1", "tell", &[("body", "  ")]).await.status, 422);
    let mine = [(
        "body",
        "They found somebody whose salary fits their budget better.\r\n\r\nI will keep looking for you.",
    )];
    let heard = maria.press("/drafts/1", "tell", &mine).await;
    assert_eq!(
        (heard.status, heard.header("location")),
        (303, "/answers/hub/drafts?done=tell"),
        "{heard:?}"
    );
    assert_eq!(state(&hub, 1), State::Sent);
    assert_eq!(maria.press("/drafts/2", "discard", &[("sure", "yes")]).await.status, 303);
    assert_eq!(state(&hub, 2), State::Discarded);
    assert!(told(&hub) <= mails, "whoever presses sees it there: no mail tells them");
    // It leaves at the candidate's own time of day.
    hub.house.clock.push(chrono::Duration::days(1));
    hub.house.bell.look_around();
    let mut letters = Vec::new();
    for _ in 0..500 {
        let waiting = hub.house.store.read(|tx| tx.outbox_in("queued", 100)).unwrap();
        let bytes = waiting
            .iter()
            .map(|one| hub.house.store.read(|tx| tx.letter_bytes(replyd::model::LetterId(one.id))).unwrap());
        letters = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
        if letters.iter().any(|one| one.contains("fits their budget better")) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let ours: Vec<&String> = letters.iter().filter(|one| one.contains("fits their budget better")).collect();
    assert!(
        !ours.is_empty() && ours.iter().all(|one| one.contains("keep looking for you")),
        "{letters:?}"
    );
    hub.house.close().await;
}

#[tokio::test]
async fn hub_a_letter_that_tells_why_is_never_sent_as_it_was_before() {
    let hub = Hub::with_more(9, SHARING).await;
    let maria = hub.enter(MARIA).await;
    let ana = hub.conversation(1).submissions[0].id;
    let pass = [("decision", "pass"), ("reason", "salary")];
    assert_eq!(maria.press(&format!("/s/{ana}"), "decide", &pass).await.status, 303);
    let page = maria.get("/drafts/1").await;
    let pass = [("decision", "pass"), ("reason", "skills")];
    assert_eq!(maria.press(&format!("/s/{ana}"), "decide", &pass).await.status, 303);
    // What was shown is not what would leave now: the old words stand beside the form, not in it.
    let old = [("body", "Your salary expectation and their budget for the role do not meet.")];
    let heard = maria.press_on(&page, "/drafts/1", "tell", &old).await;
    assert_eq!(heard.status, 409);
    assert!(said(&heard).contains("What you had typed Your salary"), "{}", said(&heard));
    assert!(
        !heard.body.contains("do not meet.</textarea>") && heard.body.contains("<textarea"),
        "{}",
        heard.body
    );
    assert_eq!(state(&hub, 1), State::Open);
    // Whoever means it says so.
    let mine = [("body", "They wanted somebody younger than you for the team."), ("anyway", "yes")];
    assert_eq!(maria.press("/drafts/1", "tell", &mine[..1]).await.status, 422);
    assert_eq!(maria.press("/drafts/1", "tell", &mine).await.status, 303);
    assert_eq!(state(&hub, 1), State::Sent);
    hub.house.close().await;
}
