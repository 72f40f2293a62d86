//! Fetching a calendar, without a daemon: what servers answer, and what they may not do.

use std::time::{Duration, Instant};

use replyd::feed::{Client, Fetched, Login, Trouble, Version};
use replyd::model::{Feed, FeedKind, Secret};

use super::at;
use super::server::{Response, Server};

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";

fn client() -> Client {
    Client {
        private: vec!["127.0.0.1".parse().unwrap()],
        ca_file: None,
        within: Duration::from_secs(5),
    }
}

fn login() -> Login {
    Login {
        user: "ann".to_owned(),
        password: Secret::new("öpen sesame".to_owned()),
    }
}

async fn fetch(client: &Client, kind: FeedKind, url: &str, login: Option<&Login>, last: Option<&Version>) -> Result<Fetched, Trouble> {
    let feed = Feed::parse(kind, url).unwrap();
    client
        .fetch(&feed, login, last, at("2026-11-18T00:00:00Z"), at("2027-01-01T00:00:00Z"))
        .await
}

async fn trouble(url: &str) -> String {
    fetch(&client(), FeedKind::Ics, url, None, None).await.unwrap_err().to_string()
}

#[tokio::test]
async fn busy_versions_are_given_back_and_what_did_not_change_is_not_fetched_again() {
    let server = Server::start(|asked| {
        let version = [
            ("ETag", "\"v1\"".to_owned()),
            ("Last-Modified", "Tue, 17 Nov 2026 10:00:00 GMT".to_owned()),
        ];
        match asked.headers.get("if-none-match").map(String::as_str) {
            Some("\"v1\"") => Response::Whole(304, version.to_vec(), String::new()),
            _ => Response::Whole(200, version.to_vec(), CALENDAR.to_owned()),
        }
    });
    let url = server.url("/private-1f/basic.ics?x=1");
    let Fetched::Calendar { bytes, version } = fetch(&client(), FeedKind::Ics, &url, None, None).await.unwrap() else {
        panic!()
    };
    assert_eq!(bytes, CALENDAR.as_bytes());
    let again = fetch(&client(), FeedKind::Ics, &url, None, Some(&version)).await.unwrap();
    assert_eq!(again, Fetched::Unchanged);
    let asked = server.asked();
    assert_eq!(asked[0].path, "/private-1f/basic.ics?x=1");
    assert!(!asked[0].headers.contains_key("if-none-match") && !asked[0].headers.contains_key("authorization"));
    assert_eq!(asked[1].headers["if-modified-since"], "Tue, 17 Nov 2026 10:00:00 GMT");
    assert_eq!(asked[1].headers["host"], format!("127.0.0.1:{}", server.port));
    // Nobody said which version we have: then that it has not changed is no answer.
    server.answers(|_| Response::status(304));
    assert!(fetch(&client(), FeedKind::Ics, &url, None, None).await.is_err());
}

/// R-S7: however a server answers, it costs some seconds and some megabytes, and says why there is no calendar.
#[tokio::test]
async fn busy_servers_that_do_not_answer_well_cost_little() {
    let cases: [(Response, &str); 9] = [
        (Response::Silence, "no answer"),
        (Response::Drip, "no answer"),
        (Response::Endless, "gives more than 8388608 bytes"),
        (
            Response::Whole(200, Vec::new(), "x".repeat(9 << 20)),
            "gives more than 8388608 bytes",
        ),
        (Response::Garbage, "invalid HTTP"),
        (Response::status(401), "127.0.0.1 refuses the login (401)"),
        (Response::status(404), "127.0.0.1 knows no calendar at this address (404)"),
        (Response::status(500), "127.0.0.1 answers 500"),
        (Response::Whole(302, Vec::new(), String::new()), "leads nowhere"),
    ];
    let hasty = Client {
        within: Duration::from_secs(2),
        ..client()
    };
    for (response, says) in cases {
        let told = response.clone();
        let server = Server::start(move |_| told.clone());
        let began = Instant::now();
        let error = fetch(&hasty, FeedKind::Ics, &server.url("/secret-path"), None, None)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(says), "{says}: {error}");
        assert!(!error.contains("secret-path"), "{error}");
        assert!(began.elapsed() < Duration::from_secs(10), "{says}");
    }
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = trouble(&format!("http://{nobody}/x")).await;
    assert!(error.contains("no connection"), "{error}");
}

/// The rules against being sent to places inside: a name may lead nowhere but to the public Internet and to networks that were allowed, at
/// first and with every redirect, and plain text never leaves this machine.
#[tokio::test]
async fn busy_addresses_inside_are_not_asked_whoever_leads_there() {
    let inside = "not on the public Internet";
    let server = Server::start(|_| Response::calendar(CALENDAR));
    let closed = Client {
        private: Vec::new(),
        ..client()
    };
    for url in [
        server.url("/x"),
        format!("http://localhost:{}/x", server.port),
        "https://10.0.0.1/x".to_owned(),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "https://[::ffff:192.168.0.1]/x".to_owned(),
        "https://[fd00::1]/x".to_owned(),
    ] {
        let error = fetch(&closed, FeedKind::Ics, &url, None, None).await.unwrap_err().to_string();
        assert!(error.contains(inside), "{url}: {error}");
    }
    assert!(server.asked().is_empty());
    // The same by way of one that may be asked.
    for place in ["http://127.0.0.2/x", "https://10.0.0.1/x", "http://[::1]/x", "//169.254.169.254/"] {
        let leading = Server::start(move |_| Response::leads_to(place.to_owned()));
        let error = trouble(&leading.url("/x")).await;
        assert!(error.contains(inside), "{place}: {error}");
    }
    let leading = Server::start(|_| Response::leads_to("file:///etc/passwd".to_owned()));
    assert!(trouble(&leading.url("/x")).await.contains("leads nowhere that may be asked"));
    // Allowed, but without TLS.
    let open = Client {
        private: vec!["192.0.2.0/24".parse().unwrap()],
        ..client()
    };
    let error = fetch(&open, FeedKind::Ics, "http://192.0.2.1/x", None, None)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("loopback"), "{error}");
}

#[tokio::test]
async fn busy_redirects_are_followed_a_few_times_and_logins_stay_where_they_belong() {
    let end = Server::start(|_| Response::calendar(CALENDAR));
    let place = end.url("/end");
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/1" => Response::leads_to("2".to_owned()),
        "/2" => Response::leads_to(place.clone()),
        other => Response::leads_to(format!("{other}x")),
    });
    let login = login();
    let fetched = fetch(&client(), FeedKind::Ics, &server.url("/1"), Some(&login), None)
        .await
        .unwrap();
    assert!(matches!(fetched, Fetched::Calendar { .. }));
    let shown: Vec<_> = server.asked().iter().map(|one| one.headers.get("authorization").cloned()).collect();
    let basic = Some("Basic YW5uOsO2cGVuIHNlc2FtZQ==".to_owned());
    assert_eq!(shown, [basic.clone(), basic]);
    assert_eq!(
        end.asked()[0].headers.get("authorization"),
        None,
        "another server is not shown the login"
    );
    let error = trouble(&server.url("/round")).await;
    assert!(error.contains("leads on more than 3 times"), "{error}");
    assert_eq!(server.asked().len(), 2 + 4);
}

#[tokio::test]
async fn busy_caldav_is_asked_for_busy_times_and_else_for_events() {
    let free_busy = "BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\nFREEBUSY:20261119T100000Z/PT1H\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n";
    let server = Server::start(move |_| Response::calendar(free_busy));
    let url = server.url("/ann/diary/");
    let login = login();
    let fetched = fetch(&client(), FeedKind::Caldav, &url, Some(&login), None).await.unwrap();
    let Fetched::Calendar { bytes, .. } = fetched else { panic!() };
    assert_eq!(bytes, free_busy.as_bytes());
    let asked = &server.asked()[0];
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str(), asked.headers["depth"].as_str()),
        ("REPORT", "/ann/diary/", "1")
    );
    assert!(
        asked
            .body
            .contains(r#"<C:time-range start="20261118T000000Z" end="20270101T000000Z"/>"#),
        "{}",
        asked.body
    );
    assert!(asked.headers["authorization"].starts_with("Basic "));

    // It will not say: then the events are asked for.
    let events = "<?xml version=\"1.0\"?><D:multistatus xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><D:response><D:href>/a</D:href>\
                  <D:propstat><D:prop><C:calendar-data>BEGIN:VCALENDAR&#13;\nBEGIN:VEVENT&#13;\nUID:a&amp;b&#13;\nEND:VEVENT&#13;\nEND:VCALENDAR&#13;\n\
                  </C:calendar-data></D:prop></D:propstat></D:response></D:multistatus>";
    for refusal in [Response::status(403), Response::status(501), Response::status(200)] {
        let server = Server::start(move |asked| match asked.body.contains("free-busy-query") {
            true => refusal.clone(),
            false => Response::Whole(207, Vec::new(), events.to_owned()),
        });
        let fetched = fetch(&client(), FeedKind::Caldav, &server.url("/"), None, None).await.unwrap();
        let Fetched::Calendar { bytes, .. } = fetched else { panic!() };
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with("BEGIN:VCALENDAR") && text.contains("\r\nUID:a&b\r\n"), "{text}");
    }
    // Nor will it give events; or what it gives is no list of them.
    for (status, says) in [
        (401, "refuses the login"),
        (403, "refuses the login"),
        (404, "knows no calendar"),
        (500, "answers 500"),
    ] {
        let server = Server::start(move |_| Response::status(status));
        let error = fetch(&client(), FeedKind::Caldav, &server.url("/"), None, None).await.unwrap_err();
        assert!(error.to_string().contains(says), "{status}: {error}");
    }
    let server = Server::start(|_| Response::Whole(207, Vec::new(), "<html/>".to_owned()));
    let error = fetch(&client(), FeedKind::Caldav, &server.url("/"), None, None).await.unwrap_err();
    assert!(error.to_string().contains("no list of events"), "{error}");
}
