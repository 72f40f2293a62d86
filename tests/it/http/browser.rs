//! The same pages in headless Chromium, by `tests/browser/drive.py`.

use std::path::Path;

use replyd::conversation::Side;
use replyd::http::{Action, Chosen, InterviewView, SilentView, Stage};
use replyd::link::{Claim, Scope};
use replyd::model::{Decision, Reason};
use tokio::process::Command;

use super::house::{ANA, CARL, House, MAI, decided};
use super::interviews::{booked, interview, slot, slots};

/// What the browser prints; `None` where there is no browser, unless this run must have one.
async fn drive(arguments: &[String]) -> Option<serde_json::Value> {
    let browsers = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|dir| browsers.iter().any(|name| dir.join(name).is_file()));
    if !found {
        assert!(std::env::var_os("REPLYD_TEST_REQUIRED").is_none(), "no Chromium");
        println!("not run: the pages in a browser (no Chromium)");
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/drive.py");
    let ran = Command::new("python3").arg(script).args(arguments).output().await.unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    Some(serde_json::from_slice(&ran.stdout).unwrap())
}

impl House {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// R-L4.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_tap_records_in_a_browser_without_scripts_and_cookies() {
    let house = House::open().await;
    let url = house.url(&house.decide(Decision::Interested, ANA));
    let arguments = ["tap".to_owned(), "button.big".to_owned(), url];
    let Some(page) = drive(&arguments).await else { return };
    assert!(page.as_str().unwrap().contains("Takes effect Tue 14 July 2026"), "{page}");
    assert_eq!(house.actions(), [Action::Decide(vec![(ANA, Decision::Interested)])]);
    assert!(!house.presses()[0].visit.automated, "the trap catches no person");
}

/// R-L2.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_runs_scripts_and_follows_all_links_changes_nothing() {
    let house = House::open().await;
    let links = house.links();
    let urls = links.iter().map(|path| house.url(path));
    let arguments: Vec<String> = std::iter::once("follow".to_owned()).chain(urls).collect();
    let Some(opened) = drive(&arguments).await else { return };
    // Ten pages with a hidden link each, and the one that only shows.
    assert!(opened.as_array().unwrap().len() >= links.len() + 10, "{opened}");
    assert!(house.looks() >= links.len());
    assert_eq!(house.presses(), []);
}

/// Each page is measured at the width of a desk and of a phone, light and dark: nothing sticks out, controls can be hit with a thumb,
/// fields have labels, and text stands out from what is behind it (WCAG 2.2, 1.4.3 and 2.5.8). `REPLYD_SCREENSHOTS` keeps the pictures.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_fit_and_can_be_read_at_every_width_and_in_the_dark() {
    let house = House::open().await;
    decided(&house, CARL, Decision::Pass, true, &[Reason::Experience]);
    decided(&house, MAI, Decision::Interested, false, &[]);
    let over = Claim {
        expires_min: 1,
        ..house.claim(Scope::Batch, 5)
    };
    let ana = house.decide(Decision::Interested, ANA);
    let pages = [
        ("decide", ana.clone()),
        ("decide-maybe", house.decide(Decision::Maybe, ANA)),
        ("decide-pass", house.decide(Decision::Pass, ANA)),
        ("recorded-pass", house.decide(Decision::Pass, CARL)),
        ("recorded-interested", house.decide(Decision::Interested, MAI)),
        ("change", house.decide(Decision::Interested, CARL)),
        ("undo", house.path(&house.claim(Scope::Undo, CARL.0))),
        ("taken-back", house.path(&house.claim(Scope::Undo, ANA.0))),
        ("reasons", house.path(&house.claim(Scope::Reasons, CARL.0))),
        ("batch", house.path(&house.claim(Scope::Batch, 5))),
        ("confirm", house.path(&house.claim(Scope::Confirm, 3))),
        ("look", house.path(&house.claim(Scope::Look, 5))),
        ("expired", house.path(&over)),
        ("not-found", "/nowhere".to_owned()),
        ("trap", format!("{}/trap", house.path(&house.claim(Scope::Batch, 5)))),
    ];
    let named = pages.iter().map(|(name, path)| format!("{name}={}", house.url(path)));
    measured(named.collect()).await;
}

/// The page of an interview in each state, measured in the same way: as its links open it, and what a first press leads to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_interviews_fit_and_can_be_read_at_every_width_and_in_the_dark() {
    let of = |side, stage| interview(side, stage);
    let again = InterviewView {
        linked: Some(slot("2026-07-15T13:00:00Z")),
        moved_from: Some(slot("2026-07-14T13:00:00Z")),
        needs_confirmation: true,
        ..of(Side::Client, Stage::Choice(slots()))
    };
    let noted = InterviewView {
        pressed: Some(Chosen::Slot(slot("2026-07-16T13:00:00Z"))),
        ..of(Side::Client, Stage::Choice(slots()))
    };
    let meant = InterviewView {
        meant: vec![slot("2026-07-16T13:00:00Z"), slot("2026-07-17T14:00:00Z")],
        ..of(Side::Candidate, Stage::Times)
    };
    let booked = |side| of(side, booked(true, false));
    let pages = [
        ("i-choice", of(Side::Client, Stage::Choice(slots())), None),
        ("i-none", of(Side::Client, Stage::Choice(slots())), Some("ask_none")),
        ("i-again", again, None),
        ("i-noted", noted, None),
        ("i-times", of(Side::Candidate, Stage::Times), None),
        ("i-meant", meant, None),
        ("i-booked", booked(Side::Candidate), None),
        ("i-move", booked(Side::Candidate), Some("ask_move")),
        ("i-call-off", booked(Side::Client), Some("ask_call_off")),
        ("i-holds", of(Side::Client, super::interviews::booked(true, true)), None),
        ("i-outcome", of(Side::Client, Stage::Outcome(slot("2026-07-16T13:00:00Z"))), None),
        ("i-waits", of(Side::Client, Stage::Waits), None),
        ("i-with-recruiter", of(Side::Client, Stage::WithRecruiter), None),
        ("i-called-off", of(Side::Client, Stage::CalledOff), None),
    ];
    fit(pages).await;
}

/// The same for one of several interviewers, and the page on which a recruiter says whether it goes on without a silent one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_panels_fit_and_can_be_read_at_every_width_and_in_the_dark() {
    let of = |stage| InterviewView {
        several: true,
        ..interview(Side::Interviewer(0), stage)
    };
    let noted = InterviewView {
        pressed: Some(Chosen::Slots(vec![slot("2026-07-16T13:00:00Z"), slot("2026-07-17T14:00:00Z")])),
        ..of(Stage::Choice(slots()))
    };
    let pages = [
        ("p-choice", of(Stage::Choice(slots())), None),
        ("p-none", of(Stage::Choice(slots())), Some("ask_none")),
        ("p-noted", noted, None),
        ("p-times", of(Stage::Times), None),
        ("p-booked", of(booked(true, false)), None),
        ("p-cannot", of(booked(true, false)), Some("ask_move")),
        ("p-waits", of(Stage::Waits), None),
        ("p-without-you", of(Stage::WithoutYou(slot("2026-07-16T13:00:00Z"))), None),
    ];
    fit(pages).await;
    let (asked, settled) = (House::open().await, House::open().await);
    asked.state.lock().unwrap().view.silent = silent(&["Jo Park", "Max Bauer"]);
    settled.state.lock().unwrap().view.silent = silent(&[]);
    let link = |house: &House| {
        let claim = house.claim(Scope::GoOn, ANA.0);
        house.url(&house.path(&Claim { addressed_to: 1, ..claim }))
    };
    let pages = [("go-on", &asked), ("go-on-settled", &settled)];
    measured(pages.iter().map(|(name, house)| format!("{name}={}", link(house))).collect()).await;
}

fn silent(names: &[&str]) -> Option<SilentView> {
    Some(SilentView {
        with: "Ana Souza".to_owned(),
        names: names.iter().map(|&name| name.to_owned()).collect(),
        sides: (0..).zip(names).map(|(n, _)| Side::Interviewer(n)).collect(),
        said: None,
        booked: None,
    })
}

/// Renders the page of each interview, some after a first press.
async fn fit(pages: impl IntoIterator<Item = (&'static str, InterviewView, Option<&'static str>)>) {
    let mut houses = Vec::new();
    let mut named = Vec::new();
    for (name, view, press) in pages {
        let side = view.side;
        let house = House::about(view).await;
        let press = press.map(|button| format!(" button[value={button}]")).unwrap_or_default();
        named.push(format!("{name}={}{press}", house.url(&house.arranging(side, Scope::Pick(4)))));
        houses.push(house);
    }
    measured(named).await;
}

/// Opens each page at both widths, light and dark, and finds nothing to complain of.
async fn measured(named: Vec<String>) {
    let kept = std::env::var("REPLYD_SCREENSHOTS").ok();
    let scratch = tempfile::tempdir().unwrap();
    let directory = kept.unwrap_or_else(|| scratch.path().to_string_lossy().into_owned());
    let pages = named.len();
    let arguments: Vec<String> = ["look".to_owned(), directory].into_iter().chain(named).collect();
    let Some(found) = drive(&arguments).await else { return };
    let found = found.as_object().unwrap();
    assert_eq!(found.len(), pages * 4);
    for (page, measured) in found {
        let nothing = serde_json::json!({"wide": false, "small": [], "bare": [], "pale": []});
        assert_eq!(*measured, nothing, "{page}");
    }
}
