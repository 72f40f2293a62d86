//! What people do on the pages, from the first tap to what the database holds: a real daemon, and a phone 390 pixels wide
//! (`tests/browser/drive.py`), with scripts and cookies off and with both on.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use replyd::config::Config;
use replyd::conversation::{Command, Conversation, Party};
use replyd::daemon::steer;
use replyd::link::{Claim, Scope};
use replyd::model::{ConversationId, Decision, Reason, SubmissionId};
use serde_json::{Value, json};

use crate::api::house::{House, Plan, batch};

pub(crate) struct Desk {
    pub(crate) house: House,
    pub(crate) config: Config,
    mode: &'static str,
}

/// A page as it was shown.
pub(crate) struct Page(Value);

impl Page {
    pub(crate) fn says(&self, words: &str) -> &Self {
        let said = self.0["said"].as_str().unwrap();
        assert!(said.contains(words), "{words:?} is not on the page: {said}");
        self
    }
}

impl Desk {
    /// A daemon with one batch, seen by a browser in this mode. `None` where there is no browser, unless this run must have one.
    pub(crate) async fn open(mode: &'static str) -> Option<Self> {
        Self::open_with(mode, &batch()).await
    }

    /// The same with a batch of this kind.
    async fn open_with(mode: &'static str, batch: &Value) -> Option<Self> {
        Self::open_house(mode, Plan::default(), batch).await
    }

    /// The same in a house of this kind.
    pub(crate) async fn open_house(mode: &'static str, plan: Plan, batch: &Value) -> Option<Self> {
        let browsers = ["chromium", "chromium-browser", "google-chrome"];
        let path = std::env::var_os("PATH").unwrap_or_default();
        if !std::env::split_paths(&path).any(|dir| browsers.iter().any(|name| dir.join(name).is_file())) {
            assert!(std::env::var_os("REPLYD_TEST_REQUIRED").is_none(), "no Chromium");
            println!("not run: the pages in a browser (no Chromium)");
            return None;
        }
        let house = House::with(plan).await;
        assert_eq!(house.hand_in("/v1/batches", None, batch).await.status, 201);
        let config = Config::load(&house.path("config.toml")).unwrap();
        Some(Self { house, config, mode })
    }

    pub(crate) fn conversation(&self) -> Conversation {
        self.house.store.read(|tx| tx.conversation(ConversationId(1))).unwrap().unwrap()
    }

    fn ana(&self) -> SubmissionId {
        self.conversation().submissions[0].id
    }

    fn carl(&self) -> SubmissionId {
        self.conversation().submissions[1].id
    }

    fn decision(&self, who: SubmissionId) -> Option<Decision> {
        self.conversation().submission(who).unwrap().decision()
    }

    /// A link as letters to the client have it; `days` from now it ends.
    fn link(&self, scope: Scope, item: i64, days: i64) -> String {
        self.link_for(0, scope, item, days)
    }

    pub(crate) fn link_for(&self, addressed_to: i64, scope: Scope, item: i64, days: i64) -> String {
        let claim = Claim {
            item,
            addressed_to,
            scope,
            expires_min: Claim::minute(self.house.clock.now() + chrono::Duration::days(days)),
            generation: self.conversation().generation,
        };
        self.config.ink.links.to(&self.config.ink.keyring, &claim)
    }

    /// Does these steps, and gives the page after each one that leads to another. Each page fits a phone and can be read and hit.
    pub(crate) async fn play(&self, steps: &[[&str; 3]]) -> Vec<Page> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/drive.py");
        let mut command = tokio::process::Command::new("python3");
        command.arg(script).args(["play", self.mode, &json!(steps).to_string()]);
        let ran = command.output().await.unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let pages: Vec<Value> = serde_json::from_slice(&ran.stdout).unwrap();
        for page in &pages {
            let nothing = json!({"wide": false, "small": [], "bare": [], "pale": []});
            assert_eq!(page["measured"], nothing, "{page}");
            assert_eq!(page["lang"], "en");
        }
        pages.into_iter().map(Page).collect()
    }

    async fn receipt(&self) {
        receipt(&self.house).await;
    }

    fn letters(&self, kind: &str) -> usize {
        let letters = self.house.store.read(|tx| tx.letters_of(ConversationId(1))).unwrap();
        letters.iter().filter(|one| one.kind == kind && one.to == Party::Client).count()
    }
}

/// On one page: yes to one, no to the other with a word why; then other reasons; then the yes is taken back.
async fn a_batch_is_answered(mode: &'static str) {
    let Some(desk) = Desk::open(mode).await else { return };
    let (ana, carl) = (desk.ana(), desk.carl());
    let yes = format!("input[name=pick-{ana}][value=interested]");
    let no = format!("input[name=pick-{carl}][value=pass]");
    let note = format!("note-{carl}");
    let pages = desk
        .play(&[
            ["open", &desk.link(Scope::Batch, 1, 30), ""],
            ["tap", &yes, ""],
            ["tap", &no, ""],
            ["tap", &format!("details:has(#{note}) > summary"), ""],
            ["type", &format!("#{note}"), "Too junior\nfor this team"],
            ["press", "button[value=batch]", ""],
        ])
        .await;
    pages[0]
        .says("Senior Java developer")
        .says("2 candidates.")
        .says("Ana Souza")
        .says("Carl Weber");
    pages[1]
        .says("A receipt is on its way to a***@client.example")
        .says("All answered.");
    assert_eq!(pages[1].0["focus"], "notice ", "a screen reader begins with what came of it");
    assert_eq!(
        (desk.decision(ana), desk.decision(carl)),
        (Some(Decision::Interested), Some(Decision::Pass))
    );
    assert_eq!(desk.letters("receipt"), 0, "nothing leaves at once");
    desk.receipt().await;
    assert_eq!(desk.letters("receipt"), 1);
    let kept = desk.conversation().submission(carl).unwrap().clone();
    assert_eq!(
        (kept.reasons, kept.reason_words.as_str()),
        (vec![Reason::Other], "Too junior\nfor this team")
    );

    let pages = desk
        .play(&[
            ["open", &desk.link(Scope::Reasons, carl.0, 30), ""],
            ["tap", "input[name=reason][value=other]", ""],
            ["tap", "input[name=reason][value=experience]", ""],
            ["press", "button[value=reasons]", ""],
        ])
        .await;
    pages[0].says("Why not Carl Weber?").says("We know: Other").says("Too junior");
    pages[1].says("Thank you, that helps").says("We know: Experience");
    desk.receipt().await;
    assert_eq!(desk.conversation().submission(carl).unwrap().reasons, [Reason::Experience]);

    let pages = desk
        .play(&[["open", &desk.link(Scope::Undo, ana.0, 30), ""], ["press", "button.big", ""]])
        .await;
    pages[0].says("Interested").says("Takes effect");
    pages[1].says("Taken back");
    assert_eq!((desk.decision(ana), desk.decision(carl)), (None, Some(Decision::Pass)));
    desk.house.close().await;
}

/// A project's own reasons stand on the page, and each is kept as one of the twelve and in its own words; what was read is confirmed by one press.
async fn reasons_are_those_of_the_project(mode: &'static str) {
    let mut batch = batch();
    batch["project"]["reasons"] = json!([
        {"label": "Has not led a team", "counts_as": "experience"},
        {"label": "Never worked in payments", "counts_as": "experience"},
        {"label": "Above our band", "counts_as": "salary"},
        {"label": "Something else", "counts_as": "other"},
    ]);
    let Some(desk) = Desk::open_with(mode, &batch).await else { return };
    let carl = desk.carl();
    let pass = Command::Decide {
        submission: carl,
        decision: Decision::Pass,
        reasons: vec![],
    };
    let (store, ink) = (&desk.house.store, Arc::new(desk.config.ink.clone()));
    steer(store, &ink, ConversationId(1), "rita".into(), pass, desk.house.clock.now())
        .await
        .unwrap();
    let link = desk.link(Scope::Reasons, carl.0, 30);
    let pages = desk
        .play(&[
            // As the letter's link for the first of them.
            ["open", &format!("{link}/2"), ""],
            ["tap", "input[name=reason][value='3']", ""],
            ["press", "button[value=reasons]", ""],
        ])
        .await;
    pages[0].says("Has not led a team").says("Above our band");
    pages[1].says("We know: Experience, Salary");
    desk.receipt().await;
    let kept = desk.conversation().submission(carl).unwrap().clone();
    assert_eq!(kept.reasons, [Reason::Experience, Reason::Salary]);
    assert_eq!(kept.reason_words, "Never worked in payments … Above our band");
    // What is not ticked any more holds no longer, in its own words neither.
    let pages = desk
        .play(&[
            ["open", &link, ""],
            ["tap", "input[name=reason][value='2']", ""],
            ["press", "button[value=reasons]", ""],
        ])
        .await;
    pages[1].says("We know: Salary");
    desk.receipt().await;
    let kept = desk.conversation().submission(carl).unwrap().clone();
    assert_eq!(
        (kept.reasons.as_slice(), kept.reason_words.as_str()),
        (&[Reason::Salary][..], "Above our band")
    );
    // A list that cannot be offered is refused, by its field.
    batch["project"]["reasons"] = json!([{"label": "", "counts_as": "salary"}]);
    let refused = desk.house.hand_in("/v1/batches", None, &batch).await;
    assert_eq!(refused.status, 422, "{refused:?}");
    desk.house.close().await;
}

/// A colleague answers under a name of their own: it counts when the contact says so on the page they were mailed, and not before.
async fn somebody_else_answers(mode: &'static str) {
    let Some(desk) = Desk::open(mode).await else { return };
    let ana = desk.ana();
    let pages = desk
        .play(&[
            ["open", &desk.link(Scope::Decide(Decision::Interested), ana.0, 30), ""],
            ["tap", "details:has(#someone_else) > summary", ""],
            ["type", "#someone_else", "Bo Lindqvist"],
            ["press", "button.big", ""],
        ])
        .await;
    pages[0]
        .says("Interested in Ana Souza")
        .says("This link was sent to a***@client.example");
    pages[1]
        .says("Interested, not counted yet")
        .says("It counts when a***@client.example says yes by mail");
    desk.receipt().await;
    assert_eq!(
        (desk.decision(ana), desk.letters("confirm_deputy"), desk.letters("receipt")),
        (None, 1, 0)
    );
    let parked = desk.conversation().parked[0].message;
    let pages = desk
        .play(&[
            ["open", &desk.link(Scope::Confirm, parked, 30), ""],
            ["press", "button[value=yes]", ""],
        ])
        .await;
    pages[0].says("It came under the name Bo Lindqvist").says("Ana Souza");
    pages[1].says("Thank you, this counts").says("Recorded").says("Interested");
    desk.receipt().await;
    assert_eq!((desk.decision(ana), desk.letters("receipt")), (Some(Decision::Interested), 1));
    // The same page leads back.
    let pages = desk
        .play(&[
            ["open", &desk.link(Scope::Confirm, parked, 30), ""],
            ["press", "a.quiet", ""],
            ["press", "button.big", ""],
        ])
        .await;
    pages[0].says("this is settled").says("takes effect").says("Take it back");
    pages[2].says("Taken back");
    assert_eq!(desk.decision(ana), None);
    desk.house.close().await;
}

/// What the contact says yes to is said back at once, on its own page and on that of the batch.
#[tokio::test]
async fn pages_a_confirmation_says_what_was_recorded() {
    let house = House::open().await;
    let config = Config::load(&house.path("config.toml")).unwrap();
    assert_eq!(house.hand_in("/v1/batches", None, &batch()).await.status, 201);
    let now = || house.store.read(|tx| tx.conversation(ConversationId(1))).unwrap().unwrap();
    let ana = now().submissions[0].id;
    let decide = path(&house, &config, Scope::Decide(Decision::Interested), ana.0, 30);
    press(&house, &decide, "do=interested&someone_else=Bo+Lindqvist").await;
    let everything = path(&house, &config, Scope::Batch, 1, 30);
    let page = house.ask("GET", &everything, &[], "").await.body;
    assert!(page.contains("Interested, not counted yet"), "{page}");
    receipt(&house).await;
    let confirm = path(&house, &config, Scope::Confirm, now().parked[0].message, 30);
    // A yes is taken back on the page it leads to, at once; nothing has happened then.
    let page = press(&house, &confirm, "do=yes").await;
    assert!(page.contains("value=\"no\">Take it back"), "{page}");
    let page = press(&house, &confirm, "do=no").await;
    assert!(page.contains("Shall this answer count?"), "{page}");
    receipt(&house).await;
    assert_eq!((now().parked.len(), now().submissions[0].decision()), (1, None));
    let page = press(&house, &confirm, "do=yes").await;
    for words in [
        "Thank you, this counts",
        "Ana Souza",
        "mark interested",
        "A receipt is on its way",
        "href=\"..&#x2f;b&#x2f;",
    ] {
        assert!(page.contains(words), "{words:?} is not in {page}");
    }
    let page = house.ask("GET", &everything, &[], "").await.body;
    assert!(page.contains("Interested, recorded") && !page.contains("not counted yet"), "{page}");
    receipt(&house).await;
    let page = house.ask("GET", &confirm, &[], "").await.body;
    for words in ["Where it stands now", "takes effect", "href=\"..&#x2f;u&#x2f;"] {
        assert!(page.contains(words), "{words:?} is not in {page}");
    }
    house.close().await;
}

/// From a link that has ended nothing follows but a fresh one to the address on file, once however often somebody presses.
async fn a_link_has_ended(mode: &'static str) {
    let Some(desk) = Desk::open(mode).await else { return };
    let over = desk.link(Scope::Batch, 1, -1);
    let pages = desk
        .play(&[
            ["open", &over, ""],
            ["press", "button[value=fresh]", ""],
            ["open", &over, ""],
            ["press", "button[value=fresh]", ""],
        ])
        .await;
    for page in [&pages[0], &pages[2]] {
        page.says("This link has ended")
            .says("to the address this one was sent to, and to no other");
    }
    for page in [&pages[1], &pages[3]] {
        page.says("A fresh link goes to a***@client.example");
    }
    assert_eq!(desk.letters("fresh_link"), 1);
    let letters = desk.house.store.read(|tx| tx.letters_of(ConversationId(1))).unwrap();
    let fresh = letters
        .iter()
        .find(|one| one.kind == "fresh_link" && one.to == Party::Client)
        .unwrap();
    let to = desk.house.store.read(|tx| tx.recipient(fresh.id)).unwrap();
    assert_eq!(to.as_str(), "ann.lee@client.example");
    assert_eq!(desk.decision(desk.ana()), None);
    desk.house.close().await;
}

/// The seconds pass in which presses are gathered.
async fn receipt(house: &House) {
    house.clock.push(chrono::Duration::seconds(20));
    let waits = || {
        let conversation = house.store.read(|tx| tx.conversation(ConversationId(1))).unwrap().unwrap();
        !conversation.unheard.is_empty() || !conversation.unacknowledged.is_empty()
    };
    let began = Instant::now();
    while waits() {
        assert!(began.elapsed() < Duration::from_secs(20), "no receipt");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Opens a page as a browser does and presses a button on it.
pub(crate) async fn press(house: &House, path: &str, fields: &str) -> String {
    let page = house.ask("GET", path, &[], "").await.body;
    let (_, nonce) = page.split_once("name=\"nonce\" value=\"").expect("a page with a form");
    let (nonce, _) = nonce.split_once('"').unwrap();
    let kind = ("content-type", "application/x-www-form-urlencoded");
    house.ask("POST", path, &[kind], &format!("nonce={nonce}&{fields}")).await.body
}

/// The path of a link in a batch of this house.
fn path(house: &House, config: &Config, scope: Scope, item: i64, days: i64) -> String {
    let claim = Claim {
        item,
        addressed_to: 0,
        scope,
        expires_min: Claim::minute(house.clock.now() + chrono::Duration::days(days)),
        generation: house
            .store
            .read(|tx| tx.conversation(ConversationId(1)))
            .unwrap()
            .unwrap()
            .generation,
    };
    let url = config.ink.links.to(&config.ink.keyring, &claim);
    url.strip_prefix(&format!("http://{}", house.address)).unwrap().to_owned()
}

/// Whoever holds ended links of many batches cannot fill the contact's mailbox, from whatever network and however often.
#[tokio::test]
async fn pages_ended_links_of_many_batches_mail_three_fresh_ones_in_an_hour() {
    let house = House::open().await;
    let config = Config::load(&house.path("config.toml")).unwrap();
    for _ in 0..6 {
        assert_eq!(house.hand_in("/v1/batches", None, &batch()).await.status, 201);
    }
    let fresh = || {
        let all = (1..=6).flat_map(|id| house.store.read(|tx| tx.letters_of(ConversationId(id))).unwrap());
        all.filter(|one| one.kind == "fresh_link" && one.to == Party::Client).count()
    };
    for expected in [3, 6] {
        for _ in 0..2 {
            for id in 1..=6 {
                let page = press(&house, &path(&house, &config, Scope::Batch, id, -1), "do=fresh").await;
                // Whether one was mailed says nothing about what others asked for.
                assert!(page.contains("A fresh link goes to <strong>a***@client.example</strong>"), "{page}");
            }
        }
        assert_eq!(fresh(), expected);
        house.clock.push(chrono::Duration::minutes(61));
    }
    house.close().await;
}

/// A link says which batch it is about; whatever its form names besides is not touched.
#[tokio::test]
async fn pages_a_link_reaches_its_own_batch_only() {
    let house = House::open().await;
    let config = Config::load(&house.path("config.toml")).unwrap();
    for _ in 0..2 {
        assert_eq!(house.hand_in("/v1/batches", None, &batch()).await.status, 201);
    }
    let of = |id: i64| house.store.read(|tx| tx.conversation(ConversationId(id))).unwrap().unwrap();
    let (mine, theirs) = (of(1).submissions[0].id, of(2).submissions[0].id);
    let untouched = of(2);
    let all = format!("do=batch&pick-{mine}=maybe&pick-{theirs}=interested&note-{theirs}=hello");
    press(&house, &path(&house, &config, Scope::Batch, 1, 30), &all).await;
    press(
        &house,
        &path(&house, &config, Scope::Decide(Decision::Pass), mine.0, 30),
        &format!("do=pass&pick-{theirs}=pass"),
    )
    .await;
    assert_eq!(of(1).submission(mine).unwrap().decision(), Some(Decision::Pass));
    // The nonce of one link does not open another.
    let page = house.ask("GET", &path(&house, &config, Scope::Batch, 1, 30), &[], "").await.body;
    let nonce = page.split_once("name=\"nonce\" value=\"").unwrap().1.split_once('"').unwrap().0;
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let body = format!("nonce={nonce}&do=batch&pick-{theirs}=pass");
    let other = house.ask("POST", &path(&house, &config, Scope::Batch, 2, 30), &[kind], &body).await;
    assert!(other.body.contains("Please press once more"), "{}", other.body);
    assert_eq!(of(2), untouched);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_a_batch_is_answered_explained_and_taken_back_without_scripts() {
    a_batch_is_answered("plain").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_a_batch_is_answered_explained_and_taken_back_with_scripts() {
    a_batch_is_answered("scripts").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_somebody_elses_answer_waits_for_the_contact_without_scripts() {
    somebody_else_answers("plain").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_somebody_elses_answer_waits_for_the_contact_with_scripts() {
    somebody_else_answers("scripts").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_an_ended_link_mails_one_fresh_one_without_scripts() {
    a_link_has_ended("plain").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_an_ended_link_mails_one_fresh_one_with_scripts() {
    a_link_has_ended("scripts").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_reasons_are_those_of_the_project_without_scripts() {
    reasons_are_those_of_the_project("plain").await;
}

/// The page of a recruiter's copy names whom its link went to, and says of whoever withdrew that they did.
#[tokio::test]
async fn a_recruiters_copy_says_whose_link_it_is_and_who_withdrew() {
    let house = House::with(Plan::default()).await;
    assert_eq!(house.hand_in("/v1/batches", None, &batch()).await.status, 201);
    let config = Config::load(&house.path("config.toml")).unwrap();
    let read = || house.store.read(|tx| tx.conversation(ConversationId(1))).unwrap().unwrap();
    let out = Command::Withdraw {
        submission: read().submissions[0].id,
    };
    let ink = Arc::new(config.ink.clone());
    steer(&house.store, &ink, ConversationId(1), "rita".into(), out, house.clock.now())
        .await
        .unwrap();
    let claim = Claim {
        item: 1,
        addressed_to: 1,
        scope: Scope::Look,
        expires_min: Claim::minute(house.clock.now() + chrono::Duration::days(30)),
        generation: read().generation,
    };
    let url = config.ink.links.to(&config.ink.keyring, &claim);
    let path = url.strip_prefix(&format!("http://{}", house.address)).unwrap();
    let page = house.ask("GET", path, &[], "").await.body;
    assert!(page.contains("Withdrawn") && page.matches("No answer yet").count() == 1, "{page}");
    assert!(page.contains("This link was sent to m***@agency.example."), "{page}");
    house.close().await;
}
