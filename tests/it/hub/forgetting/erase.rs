//! `person erase` and `person export`: whoever goes is in no file any more.

use super::*;

/// R-D5.
#[tokio::test]
async fn hub_whoever_is_erased_is_in_no_file_any_more_and_no_backup_brings_them_back() {
    let story = Story::told().await;
    let home = story.hub.house.path("");
    let maria = story.hub.enter(MARIA).await;
    assert!(said(&maria.get("/search?q=souza").await).contains("Ana Souza"));
    let before = found(&home, &[]);
    for trace in TRACES {
        assert!(before.iter().any(|hit| hit.contains(trace)), "{trace} was nowhere: {before:#?}");
    }
    ok(&home, &["backup", "old.db"]).await;

    // What would go is shown, and nothing is gone.
    let tried = ok(&home, &["person", "erase", ANA]).await;
    assert!(
        tried.contains("candidate s1 of batch 1") && tried.contains("nothing was changed"),
        "{tried}"
    );
    let exported = ok(&home, &["person", "export", ANA, "--files", "hers"]).await;
    assert!(exported.contains("quetzal") && exported.contains("Ten years of Java"), "{exported}");
    assert!(!exported.contains("http://") && !exported.contains("bot+"), "{exported}");
    let files: Vec<String> = std::fs::read_dir(home.join("hers"))
        .unwrap()
        .map(|one| std::fs::read_to_string(one.unwrap().path()).unwrap())
        .collect();
    assert!(files.iter().any(|text| text == CURRICULUM), "{files:?}");
    std::fs::remove_dir_all(home.join("hers")).unwrap();
    assert!(found(&home, &["old.db"]).len() >= TRACES.len());

    let carl = (story.status(1, 1), story.hub.kinds(1).len());
    let done = ok(&home, &["person", "erase", ANA, "--yes"]).await;
    assert!(done.contains("erased:") && done.contains("backups made before"), "{done}");
    assert_eq!(found(&home, &["old.db"]), Vec::<String>::new());
    ok(&home, &["backup", "fresh.db"]).await;
    assert_eq!(found(&home, &["old.db"]), Vec::<String>::new(), "a fresh backup");

    // What is not hers stays, and goes on.
    assert_eq!((story.status(1, 0), story.status(story.second, 0)), ("withdrawn", "withdrawn"));
    assert_eq!(story.status(1, 1), carl.0);
    assert!(story.hub.kinds(1).len() > carl.1, "nothing is taken out of a timeline");
    let kept = octets(&home.join("replyd.db"));
    for other in [
        "Carl Weber",
        "carl@mail.example",
        "Four years of Kotlin",
        "Pass on Carl: too junior for us",
    ] {
        assert!(memchr::memmem::find(&kept, other.as_bytes()).is_some(), "{other} is gone as well");
    }
    assert!(story.hub.kinds(1).iter().any(|kind| kind == "erased"), "the recruiters are told");
    let page = said(&maria.get("/search?q=souza").await);
    assert!(!page.contains("Ana"), "{page}");
    assert!(said(&maria.get("/search?q=carl").await).contains("Carl Weber"));
    let again = ok(&home, &["person", "erase", ANA, "--yes"]).await;
    assert!(again.contains("erased before"), "{again}");

    // Nothing is sent to her again, whoever hands her in.
    let mut anew = batch();
    anew["project"]["title"] = "Something else".into();
    assert_eq!(story.hub.house.hand_in("/v1/batches", None, &anew).await.status, 201);
    let address = replyd::model::Address::parse(ANA).unwrap();
    assert!(story.hub.house.store.read(|tx| tx.is_suppressed(&address)).unwrap());

    // Her backup is put in place: by the command for it, and by hand.
    let other = TempDir::new().unwrap();
    for name in [
        "config.toml",
        "password",
        "key",
        "old-key",
        "hook",
        "old-hook",
        "replyd.keys",
        "replyd.db.erased",
        "old.db",
    ] {
        std::fs::write(other.path().join(name), octets(&home.join(name))).unwrap();
        std::fs::set_permissions(other.path().join(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    story.hub.house.close().await;
    let told = ok(other.path(), &["restore", "old.db", "--dry-run"]).await;
    assert!(told.contains("would be erased again: 1"), "{told}");
    let told = ok(other.path(), &["restore", "old.db"]).await;
    assert!(told.contains("were erased again: 1"), "{told}");
    assert_eq!(found(other.path(), &["old.db"]), Vec::<String>::new(), "after a restore");
    std::fs::copy(other.path().join("old.db"), other.path().join("replyd.db")).unwrap();
    assert!(!found(other.path(), &["old.db"]).is_empty());
    // There is no mailbox to read, which it says at the end.
    replyd(other.path(), &["run", "--until-idle"]).await;
    assert_eq!(found(other.path(), &["old.db"]), Vec::<String>::new(), "after a daemon's start");
}

/// Killed at any moment it is finished by doing it again.
#[tokio::test]
async fn hub_erasing_that_was_killed_is_finished_by_the_next() {
    let story = Story::told().await;
    let home = story.hub.house.path("");
    for fault in ["person.in_transaction", "person.erased"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replyd"));
        command
            .current_dir(&home)
            .env("REPLYD_FAULT", fault)
            .args(["person", "erase", ANA, "--yes"]);
        let died = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert_eq!(died.status.code(), None, "{fault}: {}", String::from_utf8_lossy(&died.stderr));
    }
    let done = ok(&home, &["person", "erase", ANA, "--yes"]).await;
    assert!(done.contains("erased"), "{done}");
    assert_eq!(found(&home, &[]), Vec::<String>::new());
    story.hub.house.close().await;
}

/// The contact goes: candidates and recruiters stay, and nobody at the client is written to.
#[tokio::test]
async fn hub_a_contact_is_erased_and_the_candidates_stay() {
    let story = Story::told().await;
    let home = story.hub.house.path("");
    ok(&home, &["person", "erase", "ann.lee@client.example", "--yes"]).await;
    let kept = octets(&home.join("replyd.db")).to_ascii_lowercase();
    for trace in ["ann.lee@client.example", "ann lee", "too junior for us"] {
        assert!(memchr::memmem::find(&kept, trace.as_bytes()).is_none(), "{trace} is still there");
    }
    assert!(memchr::memmem::find(&kept, b"ana@mail.example").is_some() && memchr::memmem::find(&kept, b"quetzal").is_some());
    assert_eq!(story.status(1, 1), "withdrawn");
    let waiting = story.hub.house.store.read(|tx| tx.outbox(false, 1_000)).unwrap();
    assert!(
        waiting.iter().all(|one| one.party != "client" || one.state == "cancelled"),
        "{waiting:?}"
    );
    story.hub.house.close().await;
}

/// Somebody at the client who decides in one batch, stands in for somebody in another, and talks to candidates in a third; with a draft, an
/// order that rests, and another system that hears of everything.
#[tokio::test]
async fn hub_a_contact_who_is_everything_else_too_is_in_no_file_any_more() {
    let (port, _taken) = server().await;
    // Another system that does not answer: what it is to hear waits.
    let more = "[[webhook]]\nname = \"ats\"\nurl = \"http://127.0.0.1:9/x\"\nsecret_files = [\"hook\"]\n[[recruiters]]\naddress = \"maria@agency.example\"\n";
    let hub = Hub::with_more(port, more).await;
    let home = hub.house.path("");
    let petra = "petra.quist@client.example";
    let traces = [petra, "Petra Quist", "Quist", "walrus", "petra.two", "Petra"];
    let people = |title: &str| {
        let mut one = batch();
        one["project"]["title"] = title.into();
        one["client"]["contact"]["email"] = format!("{}@client.example", title.to_lowercase()).into();
        one["client"]["contact"]["name"] = format!("Kim {title}").into();
        one
    };
    let theirs = json!({ "name": "Petra Quist", "email": petra, "zone": "Europe/London" });
    let mut first = people("Miller");
    first["client"]["contact"] = theirs.clone();
    first["note"] = "Petra asked for these.".into();
    let mut second = people("Weaver");
    second["client"]["backup"] = theirs.clone();
    let mut third = people("Cooper");
    third["interviewers"] = json!([{ "name": "Petra Quist", "email": petra, "zone": "Europe/London", "required": true },
                                    { "name": "Otto Hahn", "email": "otto@client.example", "zone": "Europe/London", "required": false }]);
    let mut ids = Vec::new();
    for one in [first, second, third] {
        let heard = hub
            .house
            .hand_in("/v1/batches", Some(&format!("{petra}-{}", ids.len())), &one)
            .await;
        assert_eq!(heard.status, 201, "{heard:?}");
        let submission = SubmissionId(heard.json()["submissions"][0]["id"].as_i64().unwrap());
        ids.push(hub.house.store.read(|tx| tx.conversation_of(submission)).unwrap().unwrap());
    }
    let (ink, now) = (Arc::new(hub.config.ink.clone()), hub.house.clock.now());
    let note = |text: &str| Order::Note { text: text.to_owned() };
    for (id, order) in [
        (ids[0], note("Petra would rather be called")),
        (ids[1], note("Asked Petra Quist (petra.quist@client.example) as well")),
        (ids[2], note("Quist likes mornings")),
    ] {
        steer(&hub.house.store, &ink, id, "Maria Keller".to_owned(), order, now)
            .await
            .unwrap();
    }
    // They wrote, and a recruiter ordered something about them that still rests.
    let reference = hub.conversation(ids[0].0).reference();
    let mail = |from: &str, domain: &str, subject: &str, text: &str| {
        format!(
            "Return-Path: <x@{domain}>\r\nAuthentication-Results: mx.agency.example; dmarc=pass header.from={domain}\r\n\
             Received: from mail.example by mx.agency.example; Tue, 3 Mar 2026 10:00:01 +0000\r\nMessage-ID: <{}@{domain}>\r\n\
             Date: Tue, 3 Mar 2026 10:00:00 +0000\r\nTo: bot@agency.example\r\nMIME-Version: 1.0\r\nFrom: {from}\r\n\
             Subject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n",
            subject.len() + text.len()
        )
    };
    let (of_theirs, maria) = (format!("Petra Quist <{petra}>"), format!("Maria Keller <{MARIA}>"));
    let subject = format!("Re: {reference}");
    let hand_in = format!(
        "Client: Norrland Forge\r\nContact: Petra Quist <{petra}>\r\nRole: Farrier\r\nCandidates:\r\n- Ida Moor <ida@mail.example>: shoes horses.\r\n"
    );
    for (uid, raw) in [
        (
            901,
            mail(
                &of_theirs,
                "client.example",
                &subject,
                "Interested in Ana. My walrus sends regards.\r\n\r\nPetra",
            ),
        ),
        (
            902,
            mail(
                &maria,
                "agency.example",
                &subject,
                "New address for Petra: petra.two@client.example",
            ),
        ),
        (903, mail(&maria, "agency.example", "One for Petra", &hand_in)),
    ] {
        stored(&hub.house.store, uid, raw, now).await;
        hub.house.bell.look_around();
        while hub.house.store.read(|tx| tx.any_waiting()).unwrap() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
    let kinds = hub.kinds(ids[0].0);
    assert!(kinds.iter().any(|kind| kind == "decided"), "{kinds:?}");
    assert!(!hub.conversation(ids[0].0).ordered.is_empty(), "the order rests: {kinds:?}");
    let texts = |place: Place| hub.house.store.read(|tx| tx.texts_after(place, 0, 1_000)).unwrap();
    assert!(
        texts(Place::Drafts)
            .iter()
            .any(|row| row.texts.iter().any(|text| text.contains("Quist"))),
        "a draft"
    );
    assert!(!texts(Place::Deliveries).is_empty() && texts(Place::Feed).iter().any(|row| row.texts[0].contains("Quist")));
    let before = found_of(&home, &traces, &[]);
    for trace in traces {
        assert!(before.iter().any(|hit| hit.contains(trace)), "{trace} was nowhere: {before:#?}");
    }
    let shown = ok(&home, &["person", "erase", petra]).await;
    assert!(shown.contains(&format!("contact of batch {}", ids[0])), "{shown}");
    assert!(shown.contains(&format!("interviewer of batch {}", ids[2])), "{shown}");
    let export = ok(&home, &["person", "export", petra]).await;
    assert!(export.contains("walrus"), "{export}");

    ok(&home, &["person", "erase", petra, "--yes"]).await;
    ok(&home, &["backup", "fresh.db"]).await;
    assert_eq!(found_of(&home, &traces, &[]), Vec::<String>::new());
    // The batch they decided has ended; the others go on, without a second contact and without an interviewer who must be there.
    let statuses = |id: ConversationId| -> Vec<&str> { hub.conversation(id.0).submissions.iter().map(|one| one.status.name()).collect() };
    assert_eq!(statuses(ids[0]), ["withdrawn", "withdrawn"]);
    for id in [ids[1], ids[2]] {
        assert!(statuses(id).iter().all(|status| *status != "withdrawn"), "{id}");
    }
    assert!(hub.conversation(ids[1].0).batch.backup.is_none());
    let page = hub.house.get("/v1/events?after=0").await;
    assert!(
        page.status == 200 && !page.body.contains("Petra") && page.body.contains("Kim Weaver"),
        "{}",
        page.body
    );
    let again = ok(&home, &["person", "erase", petra, "--yes"]).await;
    assert!(again.contains("erased before"), "{again}");
    hub.house.close().await;
}

/// Who stands in config.toml is refused, with what to do. Another recruiter goes, and which batches have nobody then is said.
#[tokio::test]
async fn hub_a_recruiter_is_erased_when_config_toml_names_them_no_more() {
    let (port, _taken) = server().await;
    let hub = Hub::with(port).await;
    let home = hub.house.path("");
    let mut shared = batch();
    shared["recruiters"] = json!([{ "name": "Maria Keller", "email": MARIA }, { "name": "Lena Lead", "email": "lena@agency.example" }]);
    shared["project"]["title"] = "Shared".into();
    assert_eq!(hub.house.hand_in("/v1/batches", None, &shared).await.status, 201);
    for arguments in [
        &["person", "erase", "lena@agency.example"][..],
        &["person", "erase", "lena@agency.example", "--yes"],
    ] {
        let output = replyd(&home, arguments).await;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(65), "{text}");
        assert!(
            text.contains("stands under [[recruiters]] in config.toml; take them out there"),
            "{text}"
        );
    }
    let session = hub.enter(MARIA).await;
    assert_eq!(session.get("").await.status, 200);
    let alone = hub.conversation(1).reference().to_string();
    for arguments in [&["person", "erase", MARIA][..], &["person", "erase", MARIA, "--yes"]] {
        let told = ok(&home, arguments).await;
        assert!(told.contains("have no other recruiter") && told.contains(&alone), "{told}");
        assert!(
            !told.contains(&hub.conversation(3).reference().to_string()),
            "Lena is there: {told}"
        );
    }
    ok(&home, &["backup", "fresh.db"]).await;
    assert_eq!(found_of(&home, &[MARIA, "Maria Keller", "Keller"], &[]), Vec::<String>::new());
    // Her session is over, her batch goes on, and what she would have been told is written to nobody.
    assert!(session.get("").await.body.contains("sign-in"));
    hub.receives("Ann Lee <ann.lee@client.example>", "Could somebody call me about your terms?")
        .await;
    assert_eq!(hub.conversation(1).submissions[0].status.name(), "viewed");
    let letters = hub.house.store.read(|tx| tx.outbox(true, 1_000)).unwrap();
    let hers: Vec<_> = letters.iter().filter(|one| one.batch == 1 && one.party == "recruiter 1").collect();
    assert!(hers.iter().any(|one| one.outcome == "whom it was for was erased"), "{hers:?}");
    assert!(
        hers.iter().all(|one| ["sent", "cancelled"].contains(&one.state.as_str())),
        "{hers:?}"
    );
    hub.house.close().await;
}

#[tokio::test]
async fn hub_nobody_is_erased_who_is_not_known() {
    let hub = Hub::open().await;
    let home = hub.house.path("");
    for (arguments, code, why) in [
        (
            &["person", "erase", "nobody@mail.example", "--yes"][..],
            65,
            "nothing is kept about n***@mail.example",
        ),
        (&["person", "erase", "nobody@mail.example"], 65, "nothing is kept about"),
        (&["person", "export", "nobody@mail.example"], 65, "nothing is kept about"),
        (&["person", "erase", "bot@agency.example"], 65, "replyd's own address"),
        (&["person", "erase", "no address"], 2, "an address looks like"),
    ] {
        let output = replyd(&home, arguments).await;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.code() == Some(code) && text.contains(why),
            "{arguments:?}: {:?} {text}",
            output.status
        );
    }
    assert!(!home.join("replyd.db.erased").exists());
    hub.house.close().await;
}

/// Names are written in many ways, the file of a CV is called by hers, and others' drafts and previews call her by her first name.
#[tokio::test]
async fn hub_whoever_is_erased_is_gone_however_their_name_is_written() {
    const CURRICULUM_OF_HERS: &str = "Ships in bottles, and one bottle in a ship.";
    let (port, _taken) = server().await;
    let hub = Hub::with_more(port, "[feedback]\nshare = \"draft\"\n").await;
    let (home, store) = (hub.house.path(""), Arc::clone(&hub.house.store));
    let hers = "ana.k@mail.example";
    let mut handed = batch();
    handed["client"] = json!({ "name": "Norrland Data", "contact": { "name": "Petra Vogel", "email": "petra@norrland.example", "zone": "Europe/London" } });
    handed["project"]["title"] = "Database keeper".into();
    let cv = |text: &str| BASE64.encode(text.as_bytes());
    handed["candidates"] = json!([
        { "name": "Ana Kovač", "email": hers, "zone": "Europe/Zagreb", "summary": "Keeps databases.", "cv": { "name": "Ana Kovac CV.txt", "content": cv(CURRICULUM_OF_HERS) } },
        { "name": "Ben Okafor", "email": "ben.o@mail.example", "zone": "Europe/London", "summary": "Tends networks.", "cv": { "name": "Ben Okafor CV.txt", "content": cv("Networks.") } },
        { "name": "Jürgen Größler", "email": "jg@mail.example", "zone": "Europe/Berlin", "summary": "Writes queries." },
    ]);
    let heard = hub.house.hand_in("/v1/batches", None, &handed).await;
    assert_eq!(heard.status, 201, "{heard:?}");
    let id = store
        .read(|tx| tx.conversation_of(SubmissionId(heard.json()["submissions"][0]["id"].as_i64().unwrap())))
        .unwrap()
        .unwrap();
    let reference = hub.conversation(id.0).reference();
    let until = async |what: &str, holds: &dyn Fn() -> bool| {
        for _ in 0..1_000 {
            if holds() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("still not so: {what}");
    };
    let sent = || hub.conversation(id.0).submissions.iter().all(|one| one.status.name() != "queued");
    until("the letter is sent", &sent).await;
    let brings = async |uid: u32, from: &str, domain: &str, body: &str| {
        let raw = format!(
            "Return-Path: <x@{domain}>\r\nAuthentication-Results: mx.agency.example; dmarc=pass header.from={domain}\r\n\
             Received: from mail.example by mx.agency.example; Tue, 3 Mar 2026 10:00:01 +0000\r\nMessage-ID: <{uid}@{domain}>\r\n\
             Date: Tue, 3 Mar 2026 10:00:00 +0000\r\nTo: bot@agency.example\r\nMIME-Version: 1.0\r\nFrom: {from}\r\n\
             Subject: Re: {reference}\r\n{body}\r\n"
        );
        stored(&store, uid, raw, hub.house.clock.now()).await;
        hub.house.bell.look_around();
        until("the mail is read", &|| !store.read(|tx| tx.any_waiting()).unwrap()).await;
    };
    let plain = "Content-Type: text/plain; charset=utf-8\r\n\r\n";
    let words = format!("{plain}Yes to Ana, pass on Ben, too junior.");
    brings(801, "Petra Vogel <petra@norrland.example>", "norrland.example", &words).await;
    // A recruiter sends the file along, with its name as mail programs code it, and writes her name as keyboards have it.
    let coded = format!(
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n{plain}Note: Kovac Ana called, see Ana%20Kova%C4%8D.\r\n--x\r\n\
         Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*0*=UTF-8''Ana%20; filename*1*=Kova%C4%8D.bin\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--x--",
        cv("Something else.")
    );
    brings(802, "Maria Keller <maria@agency.example>", "agency.example", &coded).await;
    let note = |text: &str| Order::Note { text: text.to_owned() };
    let (ink, now) = (Arc::new(hub.config.ink.clone()), hub.house.clock.now());
    for text in ["KOVAČ likes mornings", "Juergen Groessler and Ana met"] {
        steer(&store, &ink, id, "Maria Keller".to_owned(), note(text), now).await.unwrap();
    }
    // The pass takes effect: a letter to Ben waits for a word.
    let drafted = || {
        let drafts = store.read(|tx| tx.texts_after(Place::Drafts, 0, 100)).unwrap();
        drafts.iter().any(|row| row.texts[0].contains("Ben Okafor"))
    };
    for _ in 0..10 {
        hub.house.clock.push(chrono::Duration::minutes(16));
        hub.house.bell.ring();
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    until("a letter to Ben is drafted", &drafted).await;
    let traces = [
        hers,
        "Ana Kova",
        "Kovač",
        "Kovac",
        "Yes to Ana, pass on Ben",
        "Ana_Kova",
        "Kova%C4%8D",
        CURRICULUM_OF_HERS,
    ];
    let before = found_of(&home, &traces, &[]);
    for trace in traces.iter().filter(|one| **one != "Ana_Kova") {
        assert!(before.iter().any(|hit| hit.contains(trace)), "{trace} was nowhere: {before:#?}");
    }

    let export: serde_json::Value = {
        let output = replyd(&home, &["person", "export", hers]).await;
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let count = |of: &serde_json::Value| of.as_array().unwrap().len();
    let kinds: Vec<&str> = export["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["kind"].as_str())
        .collect();
    assert!(kinds.contains(&"submitted") && kinds.contains(&"sent"), "{kinds:?}");
    assert!(!export["events"].to_string().contains("Okafor"), "{}", export["events"]);
    let tried: serde_json::Value = {
        let output = replyd(&home, &["person", "erase", hers, "--json"]).await;
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let told_of = |what: &str| {
        export["told_of"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["what"] == what)
            .count()
    };
    let dated = |one: &serde_json::Value| !one["at"].as_str().unwrap().is_empty() && !one["subject"].as_str().unwrap().is_empty();
    assert!(export["told_of"].as_array().unwrap().iter().all(dated), "{}", export["told_of"]);
    assert!(told_of("letter") > 0 && told_of("mail") > 0);
    assert_eq!(tried["letters"], count(&export["letters"]) + told_of("letter"), "{tried}");
    assert_eq!(tried["messages"], count(&export["messages"]) + told_of("mail"), "{tried}");
    assert!(
        tried["drafts"][0]["stays"] == true && tried["drafts"][0]["title"].to_string().contains("Ben"),
        "{tried}"
    );
    let done: serde_json::Value = {
        let output = replyd(&home, &["person", "erase", hers, "--yes", "--json"]).await;
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
    };
    assert_eq!((&done["letters"], &done["messages"]), (&tried["letters"], &tried["messages"]));

    ok(&home, &["backup", "fresh.db"]).await;
    assert_eq!(found_of(&home, &traces, &[]), Vec::<String>::new());
    // The others stay, and the letter to Ben waits on.
    let kept = octets(&home.join("replyd.db"));
    for other in [
        "Ben Okafor CV.txt",
        "Jürgen Größler",
        "pass on Ben, too junior",
        "Juergen Groessler",
    ] {
        assert!(memchr::memmem::find(&kept, other.as_bytes()).is_some(), "{other} is gone as well");
    }
    let drafts = ok(&home, &["drafts"]).await;
    assert!(drafts.contains("Ben Okafor"), "{drafts}");
    let shown = ok(&home, &["drafts", "show", "1"]).await;
    assert!(shown.contains("[erased], pass on Ben"), "{shown}");
    // The client hears which one it was, without a name, when they are written to; the recruiter what was done, and not who asked for it.
    let first = hub.conversation(id.0).submissions[0].id;
    if let Some(due) = hub.conversation(id.0).deadlines.get(Deadline::Gone(first)) {
        hub.house.clock.push(due - hub.house.clock.now() + chrono::Duration::minutes(1));
        hub.house.bell.ring();
    }
    let texts = || -> Vec<String> {
        let letters = store.read(|tx| tx.letters_after(0, 1_000)).unwrap();
        let texts = letters
            .into_iter()
            .map(|one| one.texts[0].split_whitespace().collect::<Vec<_>>().join(" "));
        texts.collect()
    };
    let says = |words: &str| texts().iter().any(|text| text.contains(words));
    until("the client is told", &|| {
        says("The first candidate of our letter of 3 March is no longer available")
    })
    .await;
    assert!(says("somebody used \"replyd person erase\""), "{:#?}", texts());
    assert!(!says("asked to be erased") && !says("[erased] is no longer"), "{:#?}", texts());
    hub.house.close().await;
}
