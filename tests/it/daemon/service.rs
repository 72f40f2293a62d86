//! As a service manager sees the daemon: ready, alive, stopping, and a new configuration without an end.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use super::house::House;
use super::road::sent_to_the_client;
use super::servers::Lane;

#[test]
fn sighup_takes_a_new_configuration_and_a_wrong_one_changes_nothing() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let letter = sent_to_the_client(&house, &lane);
    let mut running = house.start();
    let config = fs::read_to_string(house.path("config.toml")).unwrap();

    fs::write(house.path("config.toml"), config.replace("[agency]", "[agency]\nmotto = \"\"")).unwrap();
    running.signal("-HUP");
    wait_for("the wrong configuration to be refused", || house.log().contains("is not reloaded"));
    assert!(serves(house.http_port), "{}", house.log());

    // As wrong as that: a page that is no template, and an address that somebody else has.
    let pages = house.path("looks/pages");
    fs::create_dir_all(&pages).unwrap();
    fs::write(pages.join("decide.html"), "{% if %}").unwrap();
    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = config.replace(
        &format!("listen = \"127.0.0.1:{}\"", house.http_port),
        &format!("listen = \"{}\"", elsewhere.local_addr().unwrap()),
    );
    for (n, wrong) in [format!("{config}\n[templates]\ndirectory = \"looks\"\n"), taken]
        .iter()
        .enumerate()
    {
        fs::write(house.path("config.toml"), wrong).unwrap();
        running.signal("-HUP");
        wait_for("the wrong configuration to be refused", || {
            house.log().matches("is not reloaded").count() == n + 2
        });
        wait_for("it goes on", || serves(house.http_port));
        assert!(running.ends_within(Duration::ZERO).is_none(), "{}", house.log());
    }

    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let moved = config.replace(
        &format!("listen = \"127.0.0.1:{}\"", house.http_port),
        &format!("listen = \"127.0.0.1:{other}\""),
    );
    fs::write(house.path("config.toml"), moved).unwrap();
    running.signal("-HUP");
    wait_for("the pages to move", || serves(other));
    assert!(!serves(house.http_port), "the old address still answers");

    // The mailbox is watched on, by the same process.
    let (to, message) = letter.answer(&lane.client(), "Yes to Ana, please.");
    lane.send(&lane.client(), &to, &message);
    lane.inbox(&lane.client(), 2);
    assert_eq!(house.story().resting("Ana"), "interested");
    running.signal("-TERM");
    let (status, _) = running.ends_within(Duration::from_secs(10)).expect("SIGTERM was not heard");
    assert!(status.success(), "{status}");
}

#[test]
fn service_manager_hears_ready_alive_and_stopping() {
    let Some(lane) = Lane::take() else { return };
    let house = House::new(&lane);
    let socket = UnixDatagram::bind(house.path("notify")).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut running = house.start_with(&[
        ("NOTIFY_SOCKET", house.path("notify").to_str().unwrap()),
        ("WATCHDOG_USEC", "400000"),
    ]);
    let hear = || {
        let mut told = [0; 256];
        let length = socket.recv(&mut told).expect("nothing was told");
        String::from_utf8_lossy(&told[..length]).into_owned()
    };
    assert_eq!(hear().trim(), "READY=1");
    assert_eq!(hear().trim(), "WATCHDOG=1");
    assert_eq!(hear().trim(), "WATCHDOG=1", "one sign of life is not enough");
    let news = || loop {
        let told = hear();
        if told.trim() != "WATCHDOG=1" {
            return told;
        }
    };
    // A manager that hears STOPPING waits for the end, and brings it about when it does not come.
    running.signal("-HUP");
    let told = news();
    assert!(told.starts_with("RELOADING=1\nMONOTONIC_USEC="), "{told}");
    assert_eq!(news().trim(), "READY=1");
    running.signal("-TERM");
    assert_eq!(news().trim(), "STOPPING=1");
    running.ends_within(Duration::from_secs(10)).expect("SIGTERM was not heard");
}

fn serves(port: u16) -> bool {
    std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
}

fn wait_for(what: &str, there: impl Fn() -> bool) {
    let from = Instant::now();
    while !there() {
        assert!(from.elapsed() < Duration::from_secs(20), "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
