//! Visitors that are no persons.

use replyd::http::{Action, Answer, Confirm};
use replyd::link::{Claim, Key, Scope};
use replyd::model::Decision;

use super::forms::forms;
use super::house::{ANA, CARL, House, Plan, key};

const SCANNERS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1)",
    "WhatsApp/2.23.20.0",
];

/// R-L1, C-B2.
#[tokio::test]
async fn head_get_options_and_prefetch_of_every_link_change_nothing() {
    let house = House::open().await;
    let mut asked = 0;
    for round in 0..3 {
        for path in house.links() {
            for method in ["HEAD", "GET", "OPTIONS", "GET", "PUT", "DELETE", "PATCH", "TRACE"] {
                for agent in SCANNERS {
                    let headers = [
                        ("user-agent", agent),
                        ("sec-purpose", "prefetch"),
                        ("x-http-method-override", "POST"),
                        ("x-method-override", "POST"),
                    ];
                    let path = if round == 2 {
                        format!("{path}?_method=POST&do=pass")
                    } else {
                        path.clone()
                    };
                    let heard = house.ask(method, &path, &headers, "").await;
                    let expected = match method {
                        "HEAD" | "GET" => 200,
                        "OPTIONS" => 204,
                        _ => 405,
                    };
                    assert_eq!(heard.status, expected, "{method} {path}");
                    if method == "HEAD" {
                        assert_eq!(heard.body, "");
                    }
                    asked += 1;
                }
            }
        }
    }
    assert_eq!(asked, 3 * 11 * 8 * 3);
    assert_eq!(house.presses(), []);
}

/// C-B1, C-B3: the fixture I9.
#[tokio::test]
async fn a_scanner_opens_both_links_then_a_person_presses_and_there_is_one_decision() {
    let house = House::open().await;
    let links = [house.decide(Decision::Interested, ANA), house.decide(Decision::Pass, ANA)];
    for path in &links {
        for agent in SCANNERS {
            for method in ["HEAD", "GET"] {
                house.ask(method, path, &[("user-agent", agent)], "").await;
            }
        }
    }
    assert_eq!(house.presses(), []);
    house.push_clock(180);
    house.press(&links[0], &[("do", "interested")]).await.says("Takes effect");
    assert_eq!(house.actions(), [Action::Decide(vec![(ANA, Decision::Interested)])]);
    assert!(!house.presses()[0].visit.automated);
}

/// A link that is opened is reported at most once in ten minutes, and not by HEAD.
#[tokio::test]
async fn an_opened_link_is_reported_once_in_ten_minutes() {
    let house = House::open().await;
    let path = house.decide(Decision::Pass, ANA);
    house.ask("HEAD", &path, &[], "").await;
    assert_eq!(house.state.lock().unwrap().seen.len(), 0);
    for _ in 0..5 {
        house.get(&path).await;
    }
    assert_eq!(house.state.lock().unwrap().seen.len(), 1);
    house.push_clock(11);
    house.get(&path).await;
    assert_eq!(house.state.lock().unwrap().seen.len(), 2);
}

/// R-L3: whoever submits every form starts with the one that people do not see.
#[tokio::test]
async fn a_client_that_submits_every_form_has_no_effect() {
    let house = House::open().await;
    house.state.lock().unwrap().view.candidates[1].decision = Some(Decision::Pass);
    let mut submitted = 0;
    let mut links = house.links();
    let over = Claim {
        expires_min: 5,
        ..house.claim(Scope::Decide(Decision::Pass), ANA.0)
    };
    links.push(house.path(&over));
    for path in links {
        let page = house.get(&path).await;
        for form in forms(&page.body) {
            for button in &form.buttons {
                let mut fields: Vec<(&str, &str)> = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                fields.push((button.0.as_str(), button.1.as_str()));
                let to = if form.action.is_empty() {
                    path.clone()
                } else {
                    format!("{}/{}", path.rsplit_once('/').unwrap().0, form.action)
                };
                let heard = house.post(&to, &fields).await;
                assert!(matches!(heard.status, 200 | 410), "{to} {}", heard.status);
                submitted += 1;
            }
        }
    }
    assert!(submitted > 30, "{submitted}");
    let presses = house.presses();
    assert!(presses.len() > 15, "presses of decisions are handed on, with their mark");
    for press in presses {
        assert!(press.visit.automated, "{press:?}");
        // These have no visit to carry the mark further.
        assert!(
            !matches!(press.action, Action::Confirm(_) | Action::FreshLink | Action::View),
            "{press:?}"
        );
    }
    assert_eq!(house.state.lock().unwrap().view.candidates[0].decision, None);
}

#[tokio::test]
async fn the_hidden_link_marks_its_visitor_for_this_link_and_ten_minutes() {
    let house = House::open().await;
    let (path, other) = (house.decide(Decision::Pass, ANA), house.decide(Decision::Pass, CARL));
    house.get(&format!("{path}/trap")).await.says("for programs");
    house.press(&path, &[("do", "pass")]).await.says("looked like an automatic visit");
    assert!(house.presses()[0].visit.automated);
    house.press(&other, &[("do", "pass")]).await.says("Recorded");
    assert!(!house.presses()[1].visit.automated, "another link");
    let nonce = house.get(&path).await.nonce();
    let body = super::house::encode(&[("nonce", &nonce), ("do", "pass")]);
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("user-agent", "another browser"),
    ];
    house.ask("POST", &path, &headers, &body).await;
    assert!(!house.presses()[2].visit.automated, "another visitor");
    house.push_clock(11);
    house.press(&path, &[("do", "pass")]).await.says("Recorded");
    assert!(!house.presses()[3].visit.automated, "later");
}

/// R-L5.
#[tokio::test]
async fn ten_thousand_altered_tokens_get_one_body_and_leave_no_trace() {
    let written = Written::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer({
            let written = written.clone();
            move || written.clone()
        })
        .finish();
    let _quiet = tracing::subscriber::set_default(subscriber);
    // With a single subscriber, tracing asks only the thread that reaches a log line first; tests run on many.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let house = House::open().await;
    let path = house.decide(Decision::Interested, ANA);
    let (kind, token) = path.rsplit_once('/').unwrap();
    let unknown = house.get("/nowhere").await;
    assert_eq!(unknown.status, 404);
    let alphabet: Vec<char> = ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain(['-', '_', '=', '.', '~', '/'])
        .collect();
    let mut altered = Vec::new();
    for at in 0..token.len() {
        altered.push(format!("{kind}/{}", &token[..at]));
        for c in &alphabet {
            let other: String = token.char_indices().map(|(i, old)| if i == at { *c } else { old }).collect();
            if other != token {
                altered.push(format!("{kind}/{other}"));
            }
        }
        // Percent signs do not make a second spelling.
        let spelled = format!("%{:02X}", token.as_bytes()[at]);
        altered.push(format!("{kind}/{}{spelled}{}", &token[..at], &token[at + 1..]));
    }
    altered.push(format!("/b/{token}"));
    altered.push(format!("{path}/other"));
    altered.push(format!("{path}/"));
    altered.push(format!("/{token}"));
    let mut line = house.line().await;
    let mut asked = 0;
    for path in altered.iter().cycle().take(10_000) {
        let method = if asked % 3 == 0 { "POST" } else { "GET" };
        let heard = line.ask(method, path).await;
        assert_eq!((heard.status, &heard.body), (404, &unknown.body), "{path}");
        asked += 1;
    }
    assert_eq!(asked, 10_000);
    assert_eq!((house.looks(), house.presses().len()), (0, 0));
    // Nobody is locked out.
    house.press(&path, &[("do", "interested")]).await.says("Recorded");
    let log = written.text();
    assert!(log.contains("a link was pressed"), "the log was caught");
    assert!(!log.contains(token), "the log holds a token");
    assert!(!log.contains("brightwell"), "the log holds an address");
    let loud = log
        .lines()
        .filter(|line| [" INFO ", " WARN ", "ERROR "].iter().any(|level| line.contains(level)));
    assert_eq!(loud.count(), 1, "only the press is worth a line");
}

#[derive(Clone, Default)]
struct Written(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl Written {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// R-L8.
#[tokio::test]
async fn links_of_the_old_key_work_until_it_is_retired_then_they_are_expired_at_once() {
    let before = House::with(Plan {
        keys: vec![key(1)],
        ..Plan::default()
    })
    .await;
    let path = before.decide(Decision::Pass, ANA);
    let rotated = House::open().await;
    rotated.press(&path, &[("do", "pass")]).await.says("Recorded");
    assert_eq!(rotated.presses().len(), 1);
    let retired = Key { retired: true, ..key(1) };
    let after = House::with(Plan {
        keys: vec![retired, key(2)],
        ..Plan::default()
    })
    .await;
    let page = after.get(&path).await;
    assert_eq!(page.status, 410);
    page.says("This link has ended");
    page.says_not("Ana Souza");
    after.press(&path, &[("do", "pass")]).await.says("This link has ended");
    assert_eq!(after.presses(), [], "nothing but a fresh link may follow");
    after.press(&path, &[("do", "fresh")]).await.says("Look into your mail");
    assert_eq!(after.actions(), [Action::FreshLink]);
}

/// An expired link, and one of an older generation, look the same.
#[tokio::test]
async fn an_expired_link_offers_a_fresh_one_and_nothing_else() {
    let house = House::open().await;
    let path = house.decide(Decision::Interested, ANA);
    house.state.lock().unwrap().look = Some(Answer::Expired { client: None });
    house.get(&path).await.says("Mail me a fresh link");
    house.state.lock().unwrap().look = None;
    house.push_clock(31 * 24 * 60);
    let page = house.get(&path).await;
    assert_eq!(page.status, 410);
    page.says_not("Ana Souza");
    // Without a nonce the page comes again.
    house.post(&path, &[("do", "fresh")]).await.says("Please press once more");
    assert_eq!(house.presses(), []);
    for button in ["interested", "undo", "reasons", "later", "yes"] {
        house.press(&path, &[("do", button)]).await.says("This link has ended");
    }
    assert_eq!(house.presses(), []);
    house
        .press(&path, &[("do", "fresh")])
        .await
        .says("A fresh link goes to <strong>j***@brightwell.example");
    assert_eq!(house.actions(), [Action::FreshLink]);
}

#[tokio::test]
async fn immediate_records_on_get_of_a_decide_link_and_nowhere_else() {
    let house = House::with(Plan {
        confirm: Confirm::Immediate,
        ..Plan::default()
    })
    .await;
    for path in house.links() {
        house.ask("HEAD", &path, &[], "").await;
        house.ask("OPTIONS", &path, &[], "").await;
        house.ask("GET", &path, &[("sec-purpose", "prefetch;prerender")], "").await;
        if !path.starts_with("/d/") {
            house.get(&path).await;
        }
    }
    assert_eq!(house.presses(), []);
    let recruiters = Claim {
        addressed_to: 1,
        ..house.claim(Scope::Decide(Decision::Pass), ANA.0)
    };
    house.get(&house.path(&recruiters)).await;
    assert_eq!(house.presses(), []);
    house.get(&house.decide(Decision::Maybe, CARL)).await.says("Takes effect");
    assert_eq!(house.actions(), [Action::Decide(vec![(CARL, Decision::Maybe)])]);
}
