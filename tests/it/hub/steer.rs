//! What recruiters do in the hub: each act is an event of theirs, done once, and never on what they have not seen.

use replyd::conversation::{Driver, Status};
use replyd::model::{ConversationId, Decision, Reason};

use super::house::{Hub, LEAD, MARIA, said};

#[tokio::test]
async fn hub_takes_over_and_hands_back_in_ones_own_name() {
    let hub = Hub::open().await;
    let maria = hub.enter(MARIA).await;
    let heard = maria.press("/s/1", "take", &[]).await;
    assert_eq!((heard.status, heard.header("location")), (303, "/answers/hub/s/1?done=take"));
    assert_eq!(hub.conversation(1).driver, Driver::Recruiter);
    let page = maria.get("/s/1?done=take").await;
    for words in [
        "You drive now",
        "Maria Keller drives",
        "In the hub",
        "Hand back",
        "A recruiter drives",
    ] {
        assert!(said(&page).contains(words), "{words}: {}", said(&page));
    }
    let board = maria.get("").await;
    assert!(said(&board).contains("On the desk 2"), "{}", said(&board));
    assert_eq!(maria.press("/s/1", "release", &[]).await.status, 303);
    assert_eq!(hub.conversation(1).driver, Driver::Bot);
    assert_eq!(maria.press("/s/1", "everything", &[]).await.status, 422);
    hub.house.close().await;
}

#[tokio::test]
async fn hub_decides_and_notes() {
    let hub = Hub::open().await;
    let maria = hub.enter(MARIA).await;
    let (ana, carl) = (hub.conversation(1).submissions[0].id, hub.conversation(1).submissions[1].id);
    let fields = [("decision", "pass"), ("reason", "salary"), ("reason", "skills")];
    assert_eq!(maria.press(&format!("/s/{carl}"), "decide", &fields).await.status, 303);
    let kept = hub.conversation(1).submission(carl).unwrap().clone();
    assert_eq!(
        (kept.decision(), kept.reasons),
        (Some(Decision::Pass), vec![Reason::Skills, Reason::Salary])
    );
    let wrong = [("decision", "interested"), ("reason", "salary")];
    let heard = maria.press(&format!("/s/{ana}"), "decide", &wrong).await;
    assert_eq!(heard.status, 422);
    assert!(
        said(&heard).contains("Reasons go with a pass.") && heard.body.contains("value=\"salary\" checked"),
        "what was filled in stays"
    );
    assert_eq!(
        maria
            .press(&format!("/s/{ana}"), "decide", &[("decision", "interested")])
            .await
            .status,
        303
    );
    assert_eq!(hub.conversation(1).submission(ana).unwrap().decision(), Some(Decision::Interested));
    let note = [("text", "Ann called: <b>Monday</b>\r\n& more")];
    assert_eq!(maria.press(&format!("/s/{ana}"), "note", &note).await.status, 303);
    let page = maria.get(&format!("/s/{ana}")).await;
    assert!(
        page.body.contains("Ann called: &lt;b&gt;Monday&lt;&#x2f;b&gt;\n&amp; more"),
        "{}",
        page.body
    );
    assert_eq!(maria.press(&format!("/s/{ana}"), "note", &[("text", " \r\n ")]).await.status, 422);
    hub.house.close().await;
}

#[tokio::test]
async fn hub_books_calls_off_and_withdraws() {
    let hub = Hub::open().await;
    let maria = hub.enter(MARIA).await;
    let ana = hub.conversation(1).submissions[0].id;
    let path = format!("/s/{ana}");
    // The clock of the house shows March 2026.
    for (at, why) in [
        ("", "Choose a day and a time."),
        ("2026-03-29T01:30", "clocks jump"),
        ("2025-03-05T10:00", "past"),
    ] {
        let heard = maria.press(&path, "book", &[("at", at)]).await;
        assert_eq!(heard.status, 422, "{at}");
        assert!(said(&heard).contains(why), "{at}: {}", said(&heard));
    }
    assert_eq!(maria.press(&path, "book", &[("at", "2026-03-05T10:00")]).await.status, 303);
    let booked = |hub: &Hub| {
        hub.conversation(1)
            .submission(ana)
            .unwrap()
            .interview
            .clone()
            .and_then(|one| one.booked)
    };
    assert_eq!(booked(&hub).unwrap().start.to_rfc3339(), "2026-03-05T10:00:00+00:00");
    let page = maria.get(&path).await;
    assert!(
        said(&page).contains("Move the interview") && page.body.contains("value=\"2026-03-05T10:00\""),
        "{}",
        said(&page)
    );
    assert_eq!(
        maria.press(&path, "cancel", &[]).await.status,
        422,
        "only when they say that they are sure"
    );
    assert_eq!(maria.press(&path, "cancel", &[("sure", "yes")]).await.status, 303);
    assert_eq!(booked(&hub), None);
    assert_eq!(maria.press(&path, "withdraw", &[("sure", "yes")]).await.status, 303);
    assert_eq!(hub.conversation(1).submission(ana).unwrap().status, Status::Withdrawn);
    // What has ended is not decided, and nobody is told that it was.
    let kinds = hub.kinds(1);
    let late = maria.press(&path, "decide", &[("decision", "maybe")]).await;
    assert_eq!(late.status, 422);
    assert!(said(&late).contains("the submission has ended"), "{}", said(&late));
    assert_eq!(hub.kinds(1), kinds, "nothing is kept of it");
    hub.house.close().await;
}

/// What the client asked stands on the page until somebody presses that it is answered.
#[tokio::test]
async fn hub_a_question_that_is_answered_waits_no_more() {
    let hub = Hub::open().await;
    let maria = hub.enter(MARIA).await;
    hub.receives("Ann Lee <ann.lee@client.example>", "What notice period does Ana have?")
        .await;
    let ana = hub.conversation(1).submissions[0].id;
    let path = format!("/s/{ana}");
    assert!(hub.conversation(1).waits_for_recruiter());
    let page = maria.get(&path).await;
    assert!(
        said(&page).contains("waits for your answer to: “What notice period does Ana have?”") && said(&page).contains("I answered Ann Lee"),
        "{}",
        said(&page)
    );
    assert_eq!(maria.press(&path, "answered", &[]).await.status, 303);
    assert!(!hub.conversation(1).waits_for_recruiter());
    assert!(!said(&maria.get(&path).await).contains("I answered Ann Lee"));
    hub.house.close().await;
}

/// A pass that the client gave is not turned round by a form that was filled in without knowing of it.
#[tokio::test]
async fn hub_against_a_pass_only_all_the_same() {
    let hub = Hub::open().await;
    let maria = hub.enter(MARIA).await;
    hub.receives("Ann Lee <ann.lee@client.example>", "Pass on Carl, too junior.").await;
    let carl = hub.conversation(1).submissions[1].id;
    let path = format!("/s/{carl}");
    let book = [("at", "2026-03-25T10:00")];
    for (name, fields) in [("book", &book[..]), ("decide", &[("decision", "interested")])] {
        let heard = maria.press(&path, name, fields).await;
        assert_eq!(heard.status, 422, "{name}");
        assert!(said(&heard).contains("Ann Lee passed on Carl"), "{name}: {}", said(&heard));
        assert_eq!(hub.conversation(1).submission(carl).unwrap().decision(), Some(Decision::Pass));
    }
    let page = maria.get(&path).await;
    assert!(said(&page).contains("All the same"), "{}", said(&page));
    let all_the_same = [book[0], ("despite", "yes")];
    assert_eq!(maria.press(&path, "book", &all_the_same).await.status, 303);
    let kept = hub.conversation(1).submission(carl).unwrap().clone();
    assert!(kept.interview.unwrap().booked.is_some());
    hub.house.close().await;
}

#[tokio::test]
async fn hub_a_misread_mail_decides_nothing_any_more() {
    let hub = Hub::open().await;
    let maria = hub.enter(MARIA).await;
    let mail = hub
        .receives("Ann Lee <ann.lee@client.example>", "Yes to Ana. Pass on Carl, too junior.")
        .await;
    let carl = hub.conversation(1).submissions[1].id;
    assert_eq!(hub.conversation(1).submission(carl).unwrap().decision(), Some(Decision::Pass));
    let who = carl.to_string();
    let right = [("submission", who.as_str()), ("right", "nothing")];
    assert_eq!(maria.press(&format!("/mail/m{mail}"), "correct", &right).await.status, 303);
    let kept = hub.conversation(1).submission(carl).unwrap().clone();
    assert_eq!((kept.decision(), kept.reasons.len()), (None, 0));
    assert!(kept.is_open(), "they are waited for again");
    hub.house.close().await;
}

#[tokio::test]
async fn hub_figures_are_of_what_their_reader_sees() {
    let hub = Hub::open().await;
    let (maria, lead) = (hub.enter(MARIA).await, hub.enter(LEAD).await);
    let (hers, theirs) = (maria.get("/figures").await, lead.get("/figures").await);
    assert!(
        said(&hers).contains("2 submissions until") && said(&hers).contains("your own"),
        "{}",
        said(&hers)
    );
    assert!(
        !said(&hers).contains("Brightwell") && said(&theirs).contains("Brightwell"),
        "{}",
        said(&theirs)
    );
    for words in ["answered within 48 hours", "booked without a person", "How long each stage takes"] {
        assert!(said(&theirs).contains(words), "{words}: {}", said(&theirs));
    }
    assert!(theirs.body.contains("<svg") && !theirs.body.contains("<script>"));
    assert!(said(&lead.get("/figures?client=brightwell&by=month").await).contains("For each month"));
    let none = lead.get("/figures?client=%3Cb%3Enobody").await;
    assert!(none.status == 200 && none.body.contains("&lt;b&gt;nobody") && !none.body.contains("<b>nobody"));
    hub.house.close().await;
}

#[tokio::test]
async fn hub_two_people_at_once_the_second_sees_what_changed_and_nothing_is_done_twice() {
    let hub = Hub::open().await;
    let (maria, lead) = (hub.enter(MARIA).await, hub.enter(LEAD).await);
    let (hers, theirs) = (maria.get("/s/1").await, lead.get("/s/1").await);
    assert_eq!(maria.press_on(&hers, "/s/1", "take", &[]).await.status, 303);
    let decided = [("decision", "pass"), ("reason", "location")];
    let late = lead.press_on(&theirs, "/s/1", "decide", &decided).await;
    assert_eq!(late.status, 409);
    for words in ["nothing was done", "What happened meanwhile", "Maria Keller drives"] {
        assert!(said(&late).contains(words), "{words}: {}", said(&late));
    }
    assert!(late.body.contains("value=\"location\" checked") && late.body.contains("value=\"pass\" selected"));
    assert_eq!(hub.conversation(1).submissions[0].decision(), None);
    // Pressed again on the page that shows it, it is done.
    assert_eq!(lead.press_on(&late, "/s/1", "decide", &decided).await.status, 303);
    assert_eq!(hub.conversation(1).submissions[0].decision(), Some(Decision::Pass));
    let kinds = hub.kinds(1);
    // The same form once more, and the same once more: nothing happens, and it looks as if it had.
    for _ in 0..2 {
        assert_eq!(lead.press_on(&late, "/s/1", "decide", &decided).await.status, 303);
        assert_eq!(maria.press_on(&hers, "/s/1", "take", &[]).await.status, 303);
    }
    assert_eq!(hub.kinds(1), kinds);
    // A note is taken whatever happened meanwhile, and twice is once.
    for _ in 0..2 {
        assert_eq!(maria.press_on(&hers, "/s/1", "note", &[("text", "called")]).await.status, 303);
    }
    assert_eq!(hub.kinds(1).iter().filter(|kind| *kind == "note").count(), 1);
    hub.house.close().await;
}

#[tokio::test]
async fn hub_a_reading_is_corrected_and_kept_as_a_label() {
    let hub = Hub::open().await;
    let maria = hub.enter(MARIA).await;
    let mail = hub
        .receives(
            "Ann Lee <ann.lee@client.example>",
            "Yes to Ana. Pass on Carl, too junior.\n\nOn Mon, Ann wrote:\n> nothing",
        )
        .await;
    let (ana, carl) = (hub.conversation(1).submissions[0].id, hub.conversation(1).submissions[1].id);
    let path = format!("/mail/m{mail}");
    let page = maria.get(&path).await;
    for words in [
        "What replyd reads in it",
        "Ana Souza : Interested",
        "Carl Weber : Pass",
        "too junior",
        "Written by a person",
    ] {
        assert!(said(&page).contains(words), "{words}: {}", said(&page));
    }
    assert!(
        page.body.contains("class=\"span own\"") && page.body.contains("class=\"span attribution\""),
        "{}",
        page.body
    );
    let timeline = maria.get(&format!("/s/{ana}")).await;
    assert!(timeline.body.contains(&format!("/hub{path}\"")) && said(&timeline).contains("Mail received"));
    let (who, reasons) = (carl.to_string(), ["location"]);
    let right = [("submission", who.as_str()), ("right", "maybe")];
    assert_eq!(maria.press(&path, "correct", &right).await.status, 303);
    assert_eq!(hub.conversation(1).submission(carl).unwrap().decision(), Some(Decision::Maybe));
    let again = [("submission", who.as_str()), ("right", "pass"), ("reason", reasons[0])];
    assert_eq!(maria.press(&path, "correct", &again).await.status, 303);
    let labels = hub.house.store.read(|tx| tx.labels_of(mail)).unwrap();
    let told: Vec<_> = labels
        .iter()
        .map(|one| (one.submission, one.is_right.as_str(), one.reasons.as_str(), one.by.as_str()))
        .collect();
    assert_eq!(
        told,
        [(carl, "maybe", "", "Maria Keller"), (carl, "pass", "location", "Maria Keller")]
    );
    assert!(
        labels[0].was.contains("too junior") || labels[0].was.to_lowercase().contains("pass"),
        "{}",
        labels[0].was
    );
    assert!(said(&maria.get(&path).await).contains("Carl Weber: it says pass (location), says Maria Keller"));
    // A stranger to the batch, and somebody who is not on it.
    assert_eq!(
        maria
            .press(&path, "correct", &[("submission", "999"), ("right", "pass")])
            .await
            .status,
        422
    );
    hub.house.close().await;
}

#[tokio::test]
async fn hub_what_was_set_aside_is_looked_at_saved_and_read_again() {
    let hub = Hub::open().await;
    let lead = hub.enter(LEAD).await;
    // More parts than are read.
    let parts = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n".repeat(1_500);
    let head = "From: ann.lee@client.example\r\nContent-Type: multipart/mixed; boundary=b\r\n";
    let message = hub.receives_raw(head, &format!("{parts}--b--")).await;
    let list = lead.get("/quarantine").await;
    assert!(list.body.contains(&format!("/hub/quarantine/{message}\"")), "{}", said(&list));
    let page = lead.get(&format!("/quarantine/{message}")).await;
    assert!(said(&page).contains("How it begins") && page.body.contains("multipart&#x2f;mixed"));
    let raw = lead.get(&format!("/mail/m{message}/raw")).await;
    assert_eq!(raw.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(raw.header("content-disposition"), "attachment; filename=\"mail.txt\"");
    assert_eq!(raw.header("x-content-type-options"), "nosniff");
    assert!(raw.header("content-security-policy").contains("sandbox"));
    let maria = hub.enter(MARIA).await;
    assert_eq!(
        maria.get(&format!("/mail/m{message}/raw")).await.status,
        404,
        "it belongs to nobody's batch"
    );
    assert_eq!(lead.press(&format!("/quarantine/{message}"), "drop", &[]).await.status, 303);
    assert!(hub.house.store.read(|tx| tx.quarantine(10)).unwrap().is_empty());
    assert_eq!(lead.get(&format!("/quarantine/{message}")).await.status, 404);
    hub.house.close().await;
}

#[tokio::test]
async fn hub_the_outbox_sends_a_failed_letter_again() {
    let hub = Hub::open().await;
    let maria = hub.enter(MARIA).await;
    let letter = hub.house.store.read(|tx| tx.letters_of(ConversationId(1))).unwrap()[0].id;
    let now = hub.house.clock.now();
    assert!(said(&maria.get("/outbox").await).contains("Submission to client"));
    let cancelled = hub.house.store.write(move |tx| tx.cancel_letter(letter, "somebody", now)).await;
    cancelled.unwrap();
    let page = maria.get("/outbox").await;
    assert!(
        said(&page).contains("cancelled") && said(&page).contains("Send again"),
        "{}",
        said(&page)
    );
    let form = super::house::value(&page, "form");
    let fields = [("form", form.as_str()), ("do", "resend"), ("once", "k1")];
    assert_eq!(maria.send(&format!("/outbox/{letter}"), &fields).await.status, 303);
    let state = hub.house.store.read(|tx| tx.letter_facts(letter)).unwrap().state;
    assert_ne!(state, "cancelled");
    hub.house.close().await;
}
