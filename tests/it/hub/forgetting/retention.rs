//! Batches that ended long ago: their people go, their figures stay.

use super::*;

/// Two years after the last word everybody is gone from what has ended, from what goes on nobody, and no figure has changed.
#[tokio::test]
async fn hub_people_of_batches_that_ended_long_ago_are_forgotten_and_figures_are_not() {
    let story = Story::told().await;
    let (home, store) = (story.hub.house.path(""), Arc::clone(&story.hub.house.store));
    let old = [
        "Ann Lee",
        "ann.lee@client.example",
        "Carl Weber",
        "carl@mail.example",
        "Kotlin",
        "too junior",
        CURRICULUM,
    ];
    let traces: Vec<&str> = TRACES.iter().copied().chain(old).collect();
    // Somebody who stays: her batch goes on.
    for id in [1, story.second] {
        for one in story.hub.conversation(id).submissions {
            let (ink, now) = (Arc::new(story.hub.config.ink.clone()), story.hub.house.clock.now());
            let order = Order::Withdraw { submission: one.id };
            // One of them has ended already.
            let _ended = steer(&store, &ink, ConversationId(id), "Maria Keller".to_owned(), order, now).await;
        }
    }
    story.all_letters_leave().await;
    // The mail nobody could read is a person's business until they drop it.
    let aside = store.read(|tx| tx.quarantine(10)).unwrap();
    ok(&home, &["quarantine", "drop", &aside[0].message.to_string()]).await;
    let question = || {
        let mut question = replyd::figures::Question::of_all("Europe/London".parse().unwrap(), "2026-03-04T10:00:00Z".parse().unwrap());
        question.client = Some("Northwind Logistics".to_owned());
        question
    };
    let figures = || serde_json::to_string(&store.read(|tx| tx.report(&question())).unwrap()).unwrap();
    let (report, kinds) = (figures(), story.hub.kinds(1));
    assert!(found_of(&home, &traces, &[]).len() >= traces.len());
    ok(&home, &["backup", "old.db"]).await;

    let forgotten = |id: i64| story.hub.conversation(id).batch.contact.mailbox.address.is_erased();
    // Not a day too early.
    story.hub.house.clock.push(chrono::Duration::days(729));
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert!(!forgotten(1));
    story.hub.house.clock.push(chrono::Duration::days(3));
    story.until("both are forgotten", |_| forgotten(1) && forgotten(story.second)).await;
    assert!(!forgotten(2), "Zoë's batch goes on");
    ok(&home, &["backup", "fresh.db"]).await;
    let left = found_of(&home, &traces, &["old.db", "replyd.db", "replyd.db-wal"]);
    assert_eq!(left, Vec::<String>::new(), "a fresh backup");
    let fresh = octets(&home.join("fresh.db"));
    for other in ["Zoë Müller", "zoe@mail.example", "Northwind Logistics", "Maria Keller"] {
        assert!(memchr::memmem::find(&fresh, other.as_bytes()).is_some(), "{other} is gone as well");
    }
    // In the file itself too, once what is written lies in it.
    store.compact().unwrap();
    assert_eq!(found_of(&home, &traces, &["old.db"]), Vec::<String>::new());

    assert_eq!(figures(), report);
    assert_eq!(story.hub.kinds(1), kinds, "what happened stays");
    assert_eq!(story.status(1, 1), "withdrawn");
    for page in ["", "/search?q=souza", "/search?q=northwind", "/s/1", "/outbox", "/figures"] {
        let maria = story.hub.enter(MARIA).await;
        let heard = maria.get(page).await;
        assert!(heard.status == 200 && !heard.body.contains("Souza"), "{page}: {heard:?}");
    }
    let output = replyd(&home, &["person", "export", ANA]).await;
    assert_eq!(output.status.code(), Some(65), "nothing is kept about her");
    let shown = ok(&home, &["show", "1"]).await;
    assert!(shown.contains("[erased]"), "{shown}");
    // A restored backup is forgotten by the next round.
    assert!(!found_of(&home, &["Ana Souza"], &["replyd.db"]).is_empty());
    story.hub.house.close().await;
}

/// What would go is told, and goes at once when somebody says so: here by the real clock, long after the story.
#[tokio::test]
async fn hub_retention_tells_what_goes_and_lets_it_go() {
    let story = Story::told().await;
    let home = story.hub.house.path("");
    let config = std::fs::read_to_string(home.join("config.toml")).unwrap();
    std::fs::write(
        home.join("config.toml"),
        format!("{config}[retention]\npeople_days = 30\nmail_days = 0\n"),
    )
    .unwrap();
    let none = ok(&home, &["retention", "--json"]).await;
    assert!(none.contains("\"batches\": 0"), "everything is open: {none}");
    assert!(ok(&home, &["retention"]).await.contains("next: nothing"));
    let (ink, now) = (Arc::new(story.hub.config.ink.clone()), story.hub.house.clock.now());
    for one in story.hub.conversation(story.second).submissions {
        let order = Order::Withdraw { submission: one.id };
        steer(
            &story.hub.house.store,
            &ink,
            ConversationId(story.second),
            "Maria Keller".to_owned(),
            order,
            now,
        )
        .await
        .unwrap();
    }
    story.all_letters_leave().await;
    let told = ok(&home, &["retention"]).await;
    assert!(
        told.contains("kept for ever") && told.contains("3 places in 1 batches go, with"),
        "{told}"
    );
    assert!(!story.hub.conversation(story.second).batch.contact.mailbox.address.is_erased());
    // With a longer term it is not due yet, and stands there with its day.
    std::fs::write(
        home.join("config.toml"),
        format!("{config}[retention]\npeople_days = 36500\nmail_days = 0\n"),
    )
    .unwrap();
    let next: serde_json::Value = serde_json::from_slice(&replyd(&home, &["retention", "--json"]).await.stdout).unwrap();
    let reference = story.hub.conversation(story.second).reference().to_string();
    assert_eq!(next["next"]["people"]["reference"], reference.as_str(), "{next}");
    assert!(next["next"]["people"]["at"].as_str().unwrap().starts_with("2126-02"), "{next}");
    assert!(next["next"]["mails"].is_null(), "{next}");
    let told = ok(&home, &["retention"]).await;
    assert!(
        told.contains(&format!("next: the people in {reference}, on ")) && told.contains("February 2126"),
        "{told}"
    );
    std::fs::write(
        home.join("config.toml"),
        format!("{config}[retention]\npeople_days = 30\nmail_days = 0\n"),
    )
    .unwrap();
    let told = ok(&home, &["retention", "--yes"]).await;
    assert!(told.contains("3 places in 1 batches went, with"), "{told}");
    let left = story.hub.conversation(story.second);
    assert!(left.batch.contact.mailbox.address.is_erased() && left.batch.candidates[0].summary == "[erased]");
    // Ana and Ann are in the other batch, which goes on: their rows stay. Her CV was in this one alone.
    let everybody = story.hub.house.store.read(|tx| tx.everybody()).unwrap();
    assert!(everybody.iter().any(|row| row.address == ANA) && everybody.iter().any(|row| row.address == "ann.lee@client.example"));
    ok(&home, &["backup", "fresh.db"]).await;
    assert_eq!(
        found_of(&home, &["hedgehogs", CURRICULUM], &["replyd.db", "replyd.db-wal"]),
        Vec::<String>::new()
    );
    assert!(ok(&home, &["retention"]).await.contains(" 0 batches go, with"));
    story.hub.house.close().await;
}

/// Whoever looks at pages leaves neither an address nor the name of a browser.
#[tokio::test]
async fn hub_visits_leave_no_address_and_no_browser() {
    let hub = Hub::open().await;
    let home = hub.house.path("");
    let claim = replyd::link::Claim {
        item: 1,
        addressed_to: 0,
        scope: replyd::link::Scope::Batch,
        expires_min: u32::MAX,
        generation: 1,
    };
    let url = hub.config.ink.links.to(&hub.config.ink.keyring, &claim);
    let path = url.split_once(&hub.house.address.to_string()).unwrap().1;
    let agent = [("user-agent", "Walrusbrowser/7.1 (Tusk OS)"), ("x-forwarded-for", "198.51.100.77")];
    let page = hub.house.ask("GET", path, &agent, "").await.body;
    let nonce = page.split_once("name=\"nonce\" value=\"").unwrap().1.split_once('"').unwrap().0;
    let form = [agent[0], agent[1], ("content-type", "application/x-www-form-urlencoded")];
    hub.house
        .ask("POST", path, &form, &format!("nonce={nonce}&do=batch&pick-1=pass"))
        .await;
    assert!(!hub.conversation(1).presses.is_empty(), "the press is kept");
    let left = found_of(&home, &["Walrusbrowser", "Tusk OS", "198.51.100"], &[]);
    assert_eq!(left, Vec::<String>::new());
    hub.house.close().await;
}
