//! CVs behind a code: a real daemon, its pages over HTTP, and the letters it keeps.

use replyd::config::Config;
use replyd::conversation::{Command, Conversation, Party};
use replyd::daemon::steer;
use replyd::link::{Claim, Scope};
use replyd::model::{ConversationId, SubmissionId};
use replyd::store::LetterRow;
use serde_json::json;
use std::sync::Arc;

use crate::api::house::{Heard, House, Plan, batch};
use crate::pages::Desk;

const PDF: &str = "%PDF-1.4\n";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

struct Shelf {
    house: House,
    config: Config,
}

/// A browser: it keeps the cookie.
#[derive(Default)]
struct Device(Option<String>);

impl Shelf {
    async fn open(more: &'static str) -> Self {
        let plan = Plan { more, ..Plan::default() };
        let house = House::with(plan).await;
        let mut batch = batch();
        batch["candidates"][1]["cv"] = json!({ "name": "carl.pdf", "content": "JVBERi0xLjQK" });
        assert_eq!(house.hand_in("/v1/batches", None, &batch).await.status, 201);
        let config = Config::load(&house.path("config.toml")).unwrap();
        Self { house, config }
    }

    async fn behind_a_code() -> Self {
        Self::open("[privacy]\ncv_code = true").await
    }

    fn conversation(&self) -> Conversation {
        self.house.store.read(|tx| tx.conversation(ConversationId(1))).unwrap().unwrap()
    }

    fn link(&self, addressed_to: i64, days: i64) -> String {
        let claim = Claim {
            item: 1,
            addressed_to,
            scope: Scope::Batch,
            expires_min: Claim::minute(self.house.clock.now() + chrono::Duration::days(days)),
            generation: self.conversation().generation,
        };
        let url = self.config.ink.links.to(&self.config.ink.keyring, &claim);
        url.strip_prefix(&format!("http://{}", self.house.address)).unwrap().to_owned()
    }

    fn page(&self) -> String {
        format!("{}/cv", self.link(0, 30))
    }

    fn codes(&self) -> Vec<LetterRow> {
        let mut letters = self.house.store.read(|tx| tx.letters_of(ConversationId(1))).unwrap();
        letters.retain(|one| one.kind == "cv_code");
        letters.sort_by_key(|one| one.key.serial);
        letters
    }

    /// What stands in the newest letter with a code.
    fn code(&self) -> String {
        let id = self.codes().last().unwrap().id;
        let text = self.text(id.0);
        let code = text
            .lines()
            .map(str::trim)
            .find(|line| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit()));
        code.unwrap_or_else(|| panic!("no code in {text}")).to_owned()
    }

    fn text(&self, letter: i64) -> String {
        let found = self.house.store.read(|tx| tx.letters_after(letter - 1, 1)).unwrap();
        found[0].texts[0].clone()
    }

    fn kinds(&self) -> Vec<String> {
        let lines = self.house.store.read(|tx| tx.timeline(ConversationId(1), None)).unwrap();
        lines.into_iter().map(|line| line.kind).collect()
    }

    fn count(&self, kind: &str) -> usize {
        self.kinds().iter().filter(|one| *one == kind).count()
    }

    fn minutes(&self, minutes: i64) {
        self.house.clock.push(chrono::Duration::minutes(minutes));
    }
}

impl Device {
    async fn ask(&mut self, shelf: &Shelf, method: &str, path: &str, body: &str) -> Heard {
        let cookie = self.0.clone().unwrap_or_default();
        let mut headers = vec![FORM];
        if !cookie.is_empty() {
            headers.push(("cookie", cookie.as_str()));
        }
        let heard = shelf.house.ask(method, path, &headers, body).await;
        if let Some((pair, rest)) = heard.header("set-cookie").split_once(';') {
            assert!(rest.contains("HttpOnly") && rest.contains("SameSite=Lax"), "{rest}");
            self.0 = Some(pair.to_owned());
        }
        heard
    }

    async fn get(&mut self, shelf: &Shelf) -> String {
        self.ask(shelf, "GET", &shelf.page(), "").await.body
    }

    async fn press(&mut self, shelf: &Shelf, fields: &str) -> String {
        let nonce = nonce(&self.get(shelf).await);
        self.ask(shelf, "POST", &shelf.page(), &format!("nonce={nonce}&{fields}"))
            .await
            .body
    }

    async fn type_in(&mut self, shelf: &Shelf, code: &str) -> String {
        self.press(shelf, &format!("do=open&code={code}")).await
    }

    async fn file(&mut self, shelf: &Shelf, of: SubmissionId) -> Heard {
        self.ask(shelf, "GET", &format!("{}/{of}", shelf.page()), "").await
    }
}

/// The key of a form on a page; of one without a form there is none.
fn nonce(page: &str) -> String {
    let found = page
        .split_once("name=\"nonce\" value=\"")
        .and_then(|(_, rest)| rest.split_once('"'));
    found.map_or_else(|| "none".to_owned(), |(nonce, _)| nonce.to_owned())
}

/// Another six digits.
fn not(code: &str) -> String {
    let first = if code.starts_with('1') { '2' } else { '1' };
    format!("{first}{}", &code[1..])
}

#[tokio::test]
async fn cvs_a_mailed_code_opens_them_on_the_device_that_asked() {
    let shelf = Shelf::behind_a_code().await;
    let (ana, carl) = (shelf.conversation().submissions[0].id, shelf.conversation().submissions[1].id);
    // The letter names them and does not hold them.
    let letters = shelf.house.store.read(|tx| tx.letters_after(0, 10)).unwrap();
    let first = String::from_utf8(letters[0].bytes.clone()).unwrap();
    assert!(
        !first.contains("Content-Disposition: attachment") && !first.contains("JVBERi0xLjQK"),
        "{first}"
    );
    let text = &letters[0].texts[0];
    assert!(
        text.contains("CV: ana.pdf, opened with a code that we mail you") && text.contains("/cv\n"),
        "{text}"
    );
    assert!(!text.contains("CV attached"), "{text}");
    // The batch page leads there, and looking changes nothing.
    let mut device = Device::default();
    let everything = device.ask(&shelf, "GET", &shelf.link(0, 30), "").await.body;
    assert!(everything.contains("&#x2f;cv\"") && everything.contains("ana.pdf"), "{everything}");
    for method in ["GET", "HEAD", "OPTIONS", "GET"] {
        device.ask(&shelf, method, &shelf.page(), "").await;
        device.ask(&shelf, method, &format!("{}/{ana}", shelf.page()), "").await;
    }
    assert!(shelf.codes().is_empty() && device.0.is_some());
    assert!(device.get(&shelf).await.contains("the mail of a***@client.example"));

    // One press, sent twice.
    let nonce = nonce(&device.get(&shelf).await);
    for _ in 0..2 {
        let page = device
            .ask(&shelf, "POST", &shelf.page(), &format!("nonce={nonce}&do=code"))
            .await
            .body;
        assert!(page.contains("We have mailed a code to a***@client.example"), "{page}");
    }
    let codes = shelf.codes();
    assert_eq!((codes.len(), codes[0].to), (1, Party::Client), "and no copy of it");
    let to = shelf.house.store.read(|tx| tx.recipient(codes[0].id)).unwrap();
    assert_eq!(to.as_str(), "ann.lee@client.example");
    let code = shelf.code();
    assert_eq!(device.file(&shelf, ana).await.status, 303, "not yet");
    let page = device.type_in(&shelf, &not(&code)).await;
    assert!(page.contains("That is not the code") && page.contains("one-time-code"), "{page}");

    // On another device it is not the code.
    let mut other = Device::default();
    assert!(other.type_in(&shelf, &code).await.contains("This code does not work any more"));
    assert_eq!(other.file(&shelf, ana).await.status, 303);

    // As people copy it; and the same form once more.
    let spaced = format!("{}+{}", &code[..3], &code[3..]);
    for _ in 0..2 {
        let page = device
            .ask(&shelf, "POST", &shelf.page(), &format!("nonce={nonce}&do=open&code={spaced}"))
            .await
            .body;
        for words in ["The CVs", "Ana Souza", "ana.pdf", "Carl Weber", "carl.pdf", "1 KB"] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }
    assert_eq!((shelf.count("cv_code"), shelf.count("cvs_opened")), (1, 1));
    assert!(
        shelf.conversation().submissions.iter().all(|one| one.status.name() != "sent"),
        "a person was there"
    );
    for (who, name) in [(ana, "ana.pdf"), (carl, "carl.pdf")] {
        let file = device.file(&shelf, who).await;
        assert_eq!(
            (file.status, file.body.as_str(), file.header("content-type")),
            (200, PDF, "application/pdf")
        );
        assert!(
            file.header("content-disposition")
                .starts_with(&format!("attachment; filename=\"{name}\"")),
            "{file:?}"
        );
        assert_eq!(
            (file.header("cache-control"), file.header("x-content-type-options")),
            ("no-store", "nosniff")
        );
    }
    assert_eq!(device.file(&shelf, SubmissionId(99)).await.status, 303);
    assert_eq!(other.file(&shelf, ana).await.status, 303, "the other device is still out");
    assert!(other.type_in(&shelf, &code).await.contains("does not work"));

    // Whoever has withdrawn is on the page no more.
    let (ink, now) = (Arc::new(shelf.config.ink.clone()), shelf.house.clock.now());
    let withdraw = Command::Withdraw { submission: carl };
    steer(&shelf.house.store, &ink, ConversationId(1), "Maria".into(), withdraw, now)
        .await
        .unwrap();
    assert!(!device.get(&shelf).await.contains("carl.pdf"));
    assert_eq!(device.file(&shelf, carl).await.status, 303);
    // Half a day later the device is out.
    shelf.minutes(12 * 60 + 1);
    assert_eq!(device.file(&shelf, ana).await.status, 303);
    assert!(device.get(&shelf).await.contains("A code opens the CVs"));

    // The code stands in the letter, and nowhere else.
    let Shelf { house, .. } = shelf;
    let kept: Vec<String> = house
        .store
        .read(|tx| tx.letters_of(ConversationId(1)))
        .unwrap()
        .into_iter()
        .map(|one| format!("{one:?}"))
        .chain(
            house
                .store
                .read(|tx| tx.timeline(ConversationId(1), None))
                .unwrap()
                .into_iter()
                .map(|one| format!("{one:?}")),
        )
        .chain([format!("{:?}", house.store.read(|tx| tx.conversation(ConversationId(1))).unwrap())])
        .collect();
    assert!(kept.iter().all(|text| !text.contains(&code)), "{code} in {kept:#?}");
    house.close().await;
}

#[tokio::test]
async fn cvs_a_code_ends_with_its_time_and_its_tries() {
    let shelf = Shelf::behind_a_code().await;
    let mut device = Device::default();
    device.press(&shelf, "do=code").await;
    let first = shelf.code();
    let left = ["tried 4 more times", "tried 3 more times", "tried 2 more times", "tried once more"];
    for (typed, left) in ["", "12", "1234567", &not(&first)].into_iter().zip(left) {
        let page = device.type_in(&shelf, typed).await;
        assert!(page.contains("That is not the code") && page.contains(left), "{typed}: {page}");
    }
    assert!(
        device.type_in(&shelf, &not(&first)).await.contains("does not work any more"),
        "the fifth was the last"
    );
    assert!(
        device.type_in(&shelf, &first).await.contains("does not work any more"),
        "the right one as well"
    );
    // A new one, at once: the other is not outstanding.
    let page = device.press(&shelf, "do=code").await;
    assert!(page.contains("We have mailed a code"), "{page}");
    assert_eq!(shelf.codes().len(), 2);
    let second = shelf.code();
    shelf.minutes(9);
    assert!(device.get(&shelf).await.contains("The six digits"));
    shelf.minutes(1);
    assert!(device.type_in(&shelf, &second).await.contains("does not work any more"));
    // A third one takes the place of the second, and opens.
    device.press(&shelf, "do=code").await;
    shelf.minutes(2);
    device.press(&shelf, "do=code").await;
    assert_eq!(shelf.codes().len(), 4, "asked for again after a minute");
    assert!(device.type_in(&shelf, &shelf.code()).await.contains("ana.pdf"));
    assert_eq!(shelf.count("cvs_opened"), 1);
    shelf.house.close().await;
}

/// Whoever holds the link and nothing else can neither fill the mailbox nor guess.
#[tokio::test]
async fn cvs_five_codes_an_hour_and_twenty_a_day_are_mailed_whoever_asks() {
    let shelf = Shelf::behind_a_code().await;
    let mut mailed = Vec::new();
    for _ in 0..6 {
        for _ in 0..8 {
            Device::default().press(&shelf, "do=code").await;
        }
        mailed.push(shelf.codes().len());
        shelf.minutes(61);
    }
    assert_eq!(mailed, [5, 10, 15, 20, 20, 20]);
    let page = Device::default().press(&shelf, "do=code").await;
    assert!(page.contains("No more codes for a while"), "{page}");
    shelf.minutes(24 * 60);
    Device::default().press(&shelf, "do=code").await;
    assert_eq!(shelf.codes().len(), 21);
    shelf.house.close().await;
}

#[tokio::test]
async fn cvs_machines_other_sites_and_browsers_without_cookies_cause_no_mail() {
    let shelf = Shelf::behind_a_code().await;
    let page = shelf.page();
    // Without the nonce of this page, and without the cookie.
    let mut device = Device::default();
    let seen = device.get(&shelf).await;
    let heard = device.ask(&shelf, "POST", &page, "do=code").await;
    assert!(heard.body.contains("Please press once more"), "{heard:?}");
    let nonce = nonce(&seen);
    let heard = Device::default()
        .ask(&shelf, "POST", &page, &format!("nonce={nonce}&do=code"))
        .await;
    assert!(heard.body.contains("This browser keeps no cookies"), "{heard:?}");
    // Of another shape than ours.
    let mut odd = Device(Some("replyd-cvs=x".to_owned()));
    let heard = odd.ask(&shelf, "POST", &page, &format!("nonce={nonce}&do=code")).await;
    assert!(heard.body.contains("keeps no cookies"), "{heard:?}");
    // Whatever submits every form meets the trap first.
    let trap = page.replace("/cv", "/trap");
    assert!(seen.contains("action=\"trap\""), "{seen}");
    device.ask(&shelf, "POST", &trap, "website=x").await;
    let heard = device.ask(&shelf, "POST", &page, &format!("nonce={nonce}&do=code")).await;
    assert!(heard.body.contains("automatic visit"), "{heard:?}");
    assert!(shelf.codes().is_empty());
    shelf.minutes(11);
    device.press(&shelf, "do=code").await;
    assert_eq!(shelf.codes().len(), 1, "ten minutes later it is a person again");
    shelf.house.close().await;
}

/// Links of others, ended links, and batches whose CVs came with the letter.
#[tokio::test]
async fn cvs_a_page_is_there_for_the_contact_alone() {
    let shelf = Shelf::behind_a_code().await;
    let mut device = Device::default();
    for (link, status) in [
        (shelf.link(1, 30), 404),
        (shelf.link(-1, 30), 404),
        (shelf.link(Claim::to_interviewer(0), 30), 404),
        (shelf.link(0, -1), 303),
    ] {
        for method in ["GET", "POST"] {
            let heard = device.ask(&shelf, method, &format!("{link}/cv"), "do=code").await;
            assert_eq!(heard.status, status, "{link} {heard:?}");
            let heard = device.ask(&shelf, method, &format!("{link}/cv/1"), "do=code").await;
            assert!(heard.status >= 300, "{link} {heard:?}");
        }
    }
    let odd = device.ask(&shelf, "GET", &format!("{}/x", shelf.page()), "").await;
    assert_eq!(odd.status, 404);
    // A recruiter drives: nothing goes to the client, and the page says so.
    let (ink, now) = (Arc::new(shelf.config.ink.clone()), shelf.house.clock.now());
    steer(&shelf.house.store, &ink, ConversationId(1), "Maria".into(), Command::Take, now)
        .await
        .unwrap();
    let page = device.press(&shelf, "do=code").await;
    assert!(page.contains("No code was mailed"), "{page}");
    assert_eq!((shelf.codes().len(), shelf.count("cv_code_withheld")), (0, 1));
    shelf.house.close().await;

    let open = Shelf::open("").await;
    let letters = open.house.store.read(|tx| tx.letters_after(0, 10)).unwrap();
    assert!(String::from_utf8_lossy(&letters[0].bytes).contains("JVBERi0xLjQK"), "attached");
    let heard = Device::default().ask(&open, "GET", &open.page(), "").await;
    assert_eq!((heard.status, heard.header("location")), (303, open.link(0, 30).as_str()));
    let everything = Device::default().ask(&open, "GET", &open.link(0, 30), "").await.body;
    assert!(!everything.contains("ana.pdf"), "{everything}");
    open.house.close().await;
}

/// On a phone: from the batch page to the field for the digits, and on from a slip of the finger.
async fn on_a_phone(mode: &'static str) {
    let plan = Plan {
        more: "[privacy]\ncv_code = true",
        ..Plan::default()
    };
    let Some(desk) = Desk::open_house(mode, plan, &batch()).await else {
        return;
    };
    let pages = desk
        .play(&[
            ["open", &desk.link_for(0, Scope::Batch, 1, 30), ""],
            ["press", "a[href$='/cv']", ""],
            ["press", "button[value=code]", ""],
            ["type", "#code", "12"],
            ["press", "button[value=open]", ""],
            ["press", "a[href^='../']", ""],
        ])
        .await;
    pages[0]
        .says("CV of Ana Souza")
        .says("ana.pdf")
        .says("opens with a code that we mail to a***@client.example");
    pages[1].says("A code opens the CVs").says("the mail of a***@client.example");
    pages[2].says("We have mailed a code to a***@client.example").says("The six digits");
    pages[3]
        .says("That is not the code")
        .says("4 more times")
        .says("Mail me a new code");
    pages[4].says("Send my answers");
    let letters = desk.house.store.read(|tx| tx.letters_of(ConversationId(1))).unwrap();
    assert_eq!(letters.iter().filter(|one| one.kind == "cv_code").count(), 1);
    desk.house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cvs_on_a_phone_with_scripts() {
    on_a_phone("scripts").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cvs_on_a_phone_without_scripts() {
    on_a_phone("plain").await;
}
