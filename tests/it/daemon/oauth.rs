//! An account opened with OAuth2, on a real Dovecot and a real Postfix that check the tokens, and a provider that gives them out.

use std::fs;
use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use replyd::store::{Role, Store};

use super::house::House;
use super::servers::{Lane, env};
use crate::oauth::provider::{Next, Provider};

/// The lane's agency, with tokens in place of its password.
fn with_tokens(lane: &Lane) -> (House, Arc<Provider>) {
    let house = House::new(lane);
    let provider = Provider::start(&house.bot, &env("REPLYD_TEST_JWT_KEY"));
    let path = house.path("config.toml");
    let config = fs::read_to_string(&path).unwrap().replace("password_file = \"password\"\n", "");
    let oauth = format!(
        "[oauth]\nprovider = \"custom\"\nclient_id = \"the-client\"\nscopes = \"mail\"\ntoken_endpoint = \"{}\"\ndevice_endpoint = \"{}\"\n",
        provider.endpoint("token"),
        provider.endpoint("device")
    );
    fs::write(&path, format!("{config}\n{oauth}")).unwrap();
    fs::remove_file(house.path("password")).unwrap();
    (house, provider)
}

/// Neither tokens nor codes are in any log.
fn quiet(house: &House, provider: &Provider) {
    let log = house.log();
    for secret in provider.secrets() {
        assert!(!log.contains(&secret), "{secret} is in the log");
        // Nor as they are said to servers.
        assert!(
            !log.contains(&data_encoding::BASE64.encode(secret.as_bytes())),
            "{secret} is in the log"
        );
    }
    assert!(!log.contains("auth=Bearer"), "{log}");
}

fn health(house: &House) -> String {
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", house.http_port)).unwrap();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// R-I10. Login to the end, letters out and answers in by tokens; one that the servers find to have ended costs one renewal.
#[test]
fn daemon_reads_and_sends_with_tokens() {
    let Some(lane) = Lane::take() else { return };
    let (house, provider) = with_tokens(&lane);
    house.ok(&["login"]);
    house.submit(&lane.client());
    house.until_idle();
    let letter = lane.inbox(&lane.client(), 1).remove(0);
    assert_eq!(provider.count("refresh_token"), 1, "one renewal serves both doors");

    // The next token has ended already, whatever the provider says: both servers refuse it, and one fresh one follows.
    let (to, message) = letter.answer(&lane.client(), "Yes to Ana, please.");
    lane.send(&lane.client(), &to, &message);
    lane.inbox(&house.bot, 1);
    provider.will([Next::Stale]);
    house.until_idle();
    assert_eq!(house.story().resting("Ana"), "interested");
    lane.inbox(&lane.client(), 2);
    assert_eq!(provider.count("refresh_token"), 3);
    quiet(&house, &provider);
}

/// R-I10, R-O11. The login ends while the daemon runs: one alarm, a red light, no attempt used up; somebody logs in, and it goes on.
#[test]
fn daemon_stops_with_one_alarm_until_somebody_logs_in_again() {
    let Some(lane) = Lane::take() else { return };
    let (house, provider) = with_tokens(&lane);
    house.ok(&["login"]);
    provider.does(Next::Refuse(400, "invalid_grant"));
    let _running = house.start();
    house.submit(&lane.client());
    let log = || fs::read_to_string(house.path("run.log")).unwrap();
    let wait = |what: &str, done: &dyn Fn() -> bool| {
        let began = Instant::now();
        while !done() {
            assert!(began.elapsed() < Duration::from_secs(30), "{what}\n{}", log());
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    wait("letters wait", &|| log().contains("letters wait for a login"));
    wait("mail waits", &|| log().contains("reading mail was interrupted"));
    assert_eq!(log().matches("ERROR").count(), 1, "{}", log());
    assert!(log().contains("invalid_grant"));
    assert_eq!(provider.count("refresh_token"), 1, "the provider is not asked again");
    let health = health(&house);
    assert!(health.contains("503") && health.contains("replyd login"), "{health}");
    let store = Store::open(&house.path("replyd.db"), Role::Command, chrono::Utc::now()).unwrap();
    // Said while the letters are still in hand; they are put back then.
    wait("no attempt is used up", &|| {
        let letters = store.read(|tx| tx.outbox(true, 10)).unwrap();
        !letters.is_empty() && letters.iter().all(|one| one.state == "queued" && one.attempts == 0)
    });

    provider.does(Next::Grant(3600));
    house.ok(&["login"]);
    let letter = lane.inbox(&lane.client(), 1).remove(0);
    let (to, message) = letter.answer(&lane.client(), "Yes to Ana, please.");
    lane.send(&lane.client(), &to, &message);
    wait("the answer is read", &|| house.story().resting("Ana") == "interested");
    assert_eq!(log().matches("ERROR").count(), 1, "{}", log());
    quiet(&house, &provider);
}
