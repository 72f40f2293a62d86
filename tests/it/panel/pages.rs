//! Pages of an interview with several interviewers, over HTTP: the recruiter's about who does not answer, and the candidate's.

use std::time::{Duration, Instant};

use replyd::calendar::Spans;
use replyd::config::Config;
use replyd::conversation::{Ask, Asking, Interview, Side, Status};
use replyd::link::{Claim, Scope};
use replyd::model::{ConversationId, Slot, Timestamp};
use serde_json::json;

use crate::api::house::{House, batch};

const BATCH: ConversationId = ConversationId(1);

fn span(from: &str, to: &str) -> (Timestamp, Timestamp) {
    (from.parse().unwrap(), to.parse().unwrap())
}

/// A house with a batch whose first candidate's interview, with Ann, Jo and Kim, is as `arranged` leaves it.
async fn house(arranged: impl FnOnce(&mut Interview) + Send + 'static) -> (House, Config) {
    let house = House::open().await;
    let mut batch = batch();
    batch["interviewers"] = json!([
        { "name": "Jo Park", "email": "jo.park@client.example" },
        { "name": "Kim Ross", "email": "kim.ross@client.example" },
    ]);
    assert_eq!(house.hand_in("/v1/batches", None, &batch).await.status, 201);
    change(&house, arranged).await;
    let config = Config::load(&house.path("config.toml")).unwrap();
    (house, config)
}

async fn change(house: &House, arranged: impl FnOnce(&mut Interview) + Send + 'static) {
    let put = move |tx: &replyd::store::Tx<'_>| {
        let before = tx.conversation(BATCH)?.unwrap();
        let mut after = before.clone();
        let ana = &mut after.submissions[0];
        ana.status = Status::Interested;
        arranged(ana.interview.get_or_insert_with(|| Interview {
            panel: vec![Default::default(); 2],
            ..Interview::new()
        }));
        tx.save_after(&before, &after)
    };
    house.store.write(put).await.unwrap();
}

fn interview(house: &House) -> Interview {
    let conversation = house.store.read(|tx| tx.conversation(BATCH)).unwrap().unwrap();
    conversation.submissions[0].interview.clone().unwrap()
}

/// The path of a link about Ana's interview.
fn path(house: &House, config: &Config, addressed_to: impl Fn(i64) -> i64, scope: Scope) -> String {
    let conversation = house.store.read(|tx| tx.conversation(BATCH)).unwrap().unwrap();
    let item = conversation.submissions[0].id.0;
    let claim = Claim {
        item,
        addressed_to: addressed_to(item),
        scope,
        expires_min: Claim::minute(house.clock.now() + chrono::Duration::days(30)),
        generation: conversation.generation,
    };
    let url = config.ink.links.to(&config.ink.keyring, &claim);
    url.strip_prefix(&format!("http://{}", house.address)).unwrap().to_owned()
}

/// The seconds pass in which presses wait.
async fn wait(house: &House) {
    house.clock.push(chrono::Duration::seconds(20));
    let began = Instant::now();
    while !house.store.read(|tx| tx.conversation(BATCH)).unwrap().unwrap().unheard.is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20), "what was pressed is not heard");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

const JO: Side = Side::Interviewer(0);
const KIM: Side = Side::Interviewer(1);

/// A press waits some seconds, in which one of the other button contradicts it, and is about those whom the page named.
#[tokio::test]
async fn panel_page_of_the_silent_is_about_those_it_names() {
    let (house, config) = house(|interview| {
        let (start, end) = span("2026-03-05T10:00:00Z", "2026-03-05T10:45:00Z");
        interview.slots = vec![Slot { start, end }];
        interview.client.can = Some(Spans::of(vec![(start, end)]));
        for side in [JO, KIM] {
            interview.attendee_mut(side).asked = Some(Asking {
                what: Ask::Choice,
                letters: 2,
            });
        }
        interview.attendee_mut(JO).put_to_lead = true;
    })
    .await;
    let path = path(&house, &config, |_| 1, Scope::GoOn);
    let page = house.ask("GET", &path, &[], "").await.body;
    let field = |name: &str| {
        let (_, value) = page.split_once(&format!("name=\"{name}\" value=\"")).expect("a field");
        value.split_once('"').unwrap().0.to_owned()
    };
    assert_eq!(page.matches("name=\"silent\"").count(), 1, "{page}");
    let fields = format!("nonce={}&silent={}", field("nonce"), field("silent"));
    let press = async |button: &str| {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        house.ask("POST", &path, &[kind], &format!("{fields}&do={button}")).await.body
    };
    // A machine presses all there is.
    assert!(press("yes").await.contains("goes on without Jo Park"));
    assert!(press("no").await.contains("Go on without Jo Park?"), "both are no answer");
    wait(&house).await;
    assert!(!interview(&house).attendee(JO).excused);
    assert!(interview(&house).attendee(JO).put_to_lead, "still asked");
    // Kim falls silent while the recruiter looks at the page.
    change(&house, |interview| interview.attendee_mut(KIM).put_to_lead = true).await;
    press("yes").await;
    assert!(!interview(&house).attendee(JO).excused, "it waits");
    wait(&house).await;
    let after = interview(&house);
    assert!(after.attendee(JO).excused);
    assert!(
        !after.attendee(KIM).excused && after.attendee(KIM).put_to_lead,
        "nobody was asked about Kim"
    );
    house.close().await;
}

/// The candidate's page tells when all of them can, as the letter does.
#[tokio::test]
async fn panel_page_of_the_candidate_tells_what_the_letter_tells() {
    let (house, config) = house(|interview| {
        interview.rounds = 1;
        interview.candidate.asked = Some(Asking {
            what: Ask::Times,
            letters: 1,
        });
        interview.client.can = Some(Spans::of(vec![span("2026-03-05T09:00:00Z", "2026-03-05T11:00:00Z")]));
        interview.attendee_mut(JO).names = Some(Spans::of(vec![span("2026-03-06T13:20:00Z", "2026-03-06T14:50:00Z")]));
    })
    .await;
    let page = house
        .ask("GET", &path(&house, &config, |item| -item, Scope::Interview), &[], "")
        .await
        .body;
    let told = house.store.read(|tx| tx.conversation(BATCH)).unwrap().unwrap();
    let told = told.told_of_other(told.submissions[0].id, Side::Candidate, house.clock.now());
    let times: Vec<_> = told.iter().collect();
    assert_eq!(times, [span("2026-03-06T13:20:00Z", "2026-03-06T14:50:00Z")]);
    assert!(page.contains("13:20") && page.contains("14:50"), "{page}");
    house.close().await;
}
