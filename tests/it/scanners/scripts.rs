//! The twelve. Each visits every link of every letter, always from another network; how often by default stands beside its name,
//! and `REPLYD_SCANNER_RUNS` says otherwise.

use std::collections::BTreeSet;
use std::path::Path;

use super::house::{Batch, House, open};
use super::web::{Page, Web, resolved};

fn runs(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|runs| runs.parse().ok()).unwrap_or(default)
}

/// Visits each batch in turn; one network for each letter of each run. Counts what was asked.
macro_rules! scanner {
    ($(#[$doc:meta])* $name:ident, $runs:literal, $visit:expr) => {
        $(#[$doc])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let house = House::open().await;
            house.stand_still();
            let before = house.all_said();
            let mut asked = 0;
            let all = runs("REPLYD_SCANNER_RUNS", $runs);
            for run in 0..all {
                let batch = &house.batches[run % house.batches.len()];
                for (nth, letter) in batch.letters.iter().enumerate() {
                    let from = format!("10.{}.{}.7", run % 250, nth);
                    let mut web = Web::to(house.port, &from);
                    asked += $visit(&mut web, letter, batch).await;
                }
            }
            assert!(asked >= all * 4, "{asked} requests in {all} runs");
            house.nothing_followed(&before, stringify!($name)).await;
            println!("{}: {all} runs, {asked} requests, 0 outward effects", stringify!($name));
            house.close().await;
        }
    };
}

const AGENT: (&str, &str) = (
    "user-agent",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36",
);

scanner!(
    /// 1: right after delivery.
    scanner_heads_everything,
    25,
    async |web: &mut Web, links: &[String], _: &Batch| {
        for path in links {
            assert_eq!(web.ask("HEAD", path, &[AGENT], "").await.status, 200);
        }
        links.len()
    }
);

scanner!(
    /// 2: and whatever links the pages have, hidden ones too.
    scanner_gets_everything,
    15,
    async |web: &mut Web, links: &[String], _: &Batch| {
        let mut asked = 0;
        for path in links {
            let page = web.ask("GET", path, &[AGENT], "").await;
            assert_eq!(page.status, 200);
            for link in page.links(path) {
                web.ask("GET", &link, &[AGENT], "").await;
                asked += 1;
            }
        }
        asked + links.len()
    }
);

/// Pages that one browser opens, beside those they lead to.
const AT_A_TIME: usize = 10;

/// 3: a browser that runs scripts, moves over everything and follows every link. Few runs here; `tests/scanners` does them all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scanner_is_a_browser() {
    let browsers = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|dir| browsers.iter().any(|name| dir.join(name).is_file())) {
        assert!(std::env::var_os("REPLYD_TEST_REQUIRED").is_none(), "no Chromium");
        println!("not run: links in a browser (no Chromium)");
        return;
    }
    let house = House::open().await;
    house.stand_still();
    let before = house.all_said();
    let all = runs("REPLYD_BROWSER_RUNS", 1);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/drive.py");
    for run in 0..all {
        let batch = &house.batches[run % house.batches.len()];
        let urls = batch
            .letters
            .iter()
            .flatten()
            .map(|path| format!("http://127.0.0.1:{}{path}", house.port));
        let urls: Vec<String> = urls.collect::<BTreeSet<_>>().into_iter().collect();
        let mut opened = 0;
        // A browser for each few of them: none has more to do than it has time for.
        for some in urls.chunks(AT_A_TIME) {
            let mut command = tokio::process::Command::new("python3");
            let ran = command.arg(&script).arg("follow").args(some).output().await.unwrap();
            assert!(ran.status.success(), "{:?}: {}", ran.status, String::from_utf8_lossy(&ran.stderr));
            let all: Vec<String> = serde_json::from_slice(&ran.stdout).unwrap();
            opened += all.len();
        }
        assert!(opened > urls.len(), "hidden links were followed");
    }
    house.nothing_followed(&before, "a browser").await;
    println!("scanner_is_a_browser: {all} runs, 0 outward effects");
    house.close().await;
}

scanner!(
    /// 4: one character changed, cut off or added. No page, no lock.
    scanner_alters_tokens,
    20,
    async |web: &mut Web, links: &[String], _: &Batch| {
        let mut asked = 0;
        for path in links {
            let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
            let token = parts[2].clone();
            let at = (asked * 7) % token.len();
            let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
            let altered = [
                format!("{}{other}{}", &token[..at], &token[at + 1..]),
                token[..at].to_owned(),
                format!("{token}="),
                token.to_uppercase(),
            ];
            for altered in altered {
                parts[2] = altered;
                let path = parts.join("/");
                for (method, body) in [("GET", ""), ("POST", "do=pass&nonce=x")] {
                    let kind = ("content-type", "application/x-www-form-urlencoded");
                    assert_eq!(web.ask(method, &path, &[AGENT, kind], body).await.status, 404, "{path}");
                    asked += 1;
                }
            }
        }
        asked
    }
);

/// Submits one form with one button.
async fn submit(web: &mut Web, page: &str, action: &str, fields: &[(String, String)], button: &(String, String)) -> Page {
    let mut all: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.push((button.0.as_str(), button.1.as_str()));
    let to = if action.is_empty() {
        page.to_owned()
    } else {
        resolved(page, action)
    };
    web.post(&to, &all).await
}

scanner!(
    /// 5: every form of every page, in the order of the page.
    scanner_submits_every_form,
    5,
    async |web: &mut Web, links: &[String], _: &Batch| {
        let mut asked = 0;
        for path in links {
            for form in open(web, path).await.forms() {
                for button in &form.buttons {
                    submit(web, path, &form.action, &form.fields, button).await;
                    asked += 1;
                }
            }
        }
        asked
    }
);

scanner!(
    /// 6: what a person sees, and every button of it, one after the other.
    scanner_presses_every_visible_button,
    5,
    async |web: &mut Web, links: &[String], _: &Batch| {
        let mut asked = 0;
        for path in links {
            for form in open(web, path).await.forms().iter().filter(|form| !form.hidden) {
                for button in &form.buttons {
                    let page = submit(web, path, &form.action, &form.fields, button).await;
                    // Too many within a minute are turned away.
                    assert!(matches!(page.status, 200 | 429), "{path} {}", page.status);
                    asked += 1;
                }
            }
        }
        asked
    }
);

scanner!(
    /// 7: other methods, and requests that say they are only looking ahead or that they are something else.
    scanner_asks_by_other_methods,
    10,
    async |web: &mut Web, links: &[String], _: &Batch| {
        let mut asked = 0;
        for path in links {
            for method in ["OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "PROPFIND", "GET", "HEAD"] {
                let headers = [
                    AGENT,
                    ("sec-purpose", "prefetch;prerender"),
                    ("purpose", "prefetch"),
                    ("x-moz", "prefetch"),
                    ("x-http-method-override", "POST"),
                ];
                let status = web.ask(method, path, &headers, "").await.status;
                assert!(matches!(status, 200 | 204 | 405), "{method} {status}");
                asked += 1;
            }
        }
        asked
    }
);

scanner!(
    /// 8: links as Safe Links, URL Defense and their kind give them back: wrapped, re-encoded, with a query behind.
    scanner_rewrites_links,
    10,
    async |web: &mut Web, links: &[String], _: &Batch| {
        let mut asked = 0;
        for path in links {
            let percent: String = path.bytes().map(|b| format!("%{b:02X}")).collect();
            let shapes = [
                (path.clone(), 200),
                (format!("{path}?url=https%3A%2F%2Fa.example&data=05%7C01&sdata=x%3D&reserved=0"), 200),
                (format!("{path}?do=pass&nonce=x"), 200),
                (format!("http://127.0.0.1:1{path}"), 200),
                (format!("{path}="), 404),
                (format!("/{percent}"), 404),
                (path.to_lowercase(), 404),
                (format!("/?url={percent}"), 404),
                (format!("/v3/__https://a.example{path}__;!!x$"), 404),
            ];
            for (shape, status) in shapes {
                assert_eq!(web.ask("GET", &shape, &[AGENT], "").await.status, status, "{shape}");
                asked += 1;
            }
        }
        asked
    }
);

scanner!(
    /// 9: partly, conditionally, and GET with a form in its body.
    scanner_asks_in_odd_ways,
    10,
    async |web: &mut Web, links: &[String], _: &Batch| {
        let mut asked = 0;
        for path in links {
            let nonce = open(web, path).await.nonce().unwrap_or_default();
            let body = format!("nonce={nonce}&do=pass");
            let kind = ("content-type", "application/x-www-form-urlencoded");
            for headers in [
                [("range", "bytes=0-99"), kind],
                [("if-none-match", "*"), kind],
                [("if-modified-since", "Tue, 24 Nov 2026 10:00:00 GMT"), kind],
            ] {
                assert_eq!(web.ask("GET", path, &headers, &body).await.status, 200);
                asked += 1;
            }
        }
        asked
    }
);

scanner!(
    /// 10: everything at the same time.
    scanner_comes_in_a_burst,
    20,
    async |web: &mut Web, links: &[String], _: &Batch| {
        let visits = links.iter().flat_map(|path| {
            ["GET", "HEAD"].map(|method| {
                let mut one = web.another();
                async move { one.ask(method, path, &[AGENT], "").await.status }
            })
        });
        let statuses = futures_util::future::join_all(visits).await;
        assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
        statuses.len()
    }
);

scanner!(
    /// 11: every field there is filled in, every box ticked, also where people see none.
    scanner_fills_everything_in,
    10,
    async |web: &mut Web, links: &[String], _: &Batch| {
        let mut asked = 0;
        for path in links {
            let forms = open(web, path).await.forms();
            let mut all: Vec<(String, String)> = forms.iter().flat_map(|form| form.all.clone()).collect();
            all.dedup();
            for form in &forms {
                for button in &form.buttons {
                    submit(web, path, &form.action, &all, button).await;
                    asked += 1;
                }
            }
        }
        asked
    }
);

scanner!(
    /// 12: without a nonce, with a wrong one, with one of another link, in a query, by an override.
    scanner_posts_without_having_looked,
    10,
    async |web: &mut Web, links: &[String], batch: &Batch| {
        let mut asked = 0;
        let other = open(web, &batch.letters[0][9]).await.nonce().unwrap();
        for path in links.iter().filter(|path| *path != &batch.letters[0][9]) {
            for (nonce, button) in [("", "pass"), ("AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "interested"), (other.as_str(), "yes")] {
                let page = web.post(path, &[("nonce", nonce), ("do", button), ("pick-1", "pass")]).await;
                assert!(matches!(page.status, 200 | 429), "{}", page.status);
                asked += 1;
            }
            let query = format!("{path}?_method=POST&do=pass&nonce={other}");
            web.ask("GET", &query, &[("x-http-method-override", "POST")], "do=pass").await;
            asked += 1;
        }
        asked
    }
);
