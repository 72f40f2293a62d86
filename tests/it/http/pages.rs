//! What a person sees and what their presses say.

use replyd::compose::{Brand, Logo};
use replyd::conversation::{Proxy, Ticked};
use replyd::http::{Action, Answer, ParkedState};
use replyd::link::{Claim, Scope};
use replyd::model::{Decision, Reason};

use super::house::{ANA, CARL, House, MAI, Plan, agency, decided};

/// C-B5.
#[tokio::test]
async fn the_page_names_candidate_client_and_choice_and_needs_one_press() {
    let house = House::open().await;
    for (decision, button) in [
        (Decision::Interested, "Interested in Ana Souza</button>"),
        (Decision::Maybe, "Maybe on Ana Souza</button>"),
        (Decision::Pass, "Pass on Ana Souza</button>"),
    ] {
        let page = house.get(&house.decide(decision, ANA)).await;
        page.says("Senior Java developer at Brightwell Payments");
        page.says("Ten years of payment back ends");
        page.says("This link was sent to j***@brightwell.example");
        page.says(&format!(
            "class=\"big {decision}\" type=\"submit\" name=\"do\" value=\"{decision}\">{button}"
        ));
        page.says_not("Carl Meyer");
        page.says_not("<script");
    }
    let answer = house
        .press(&house.decide(Decision::Pass, ANA), &[("do", "pass"), ("remark", "too\r\njunior")])
        .await;
    answer.says("Takes effect Tue 14 July 2026, 14:10 (UTC+1)");
    let presses = house.presses();
    assert_eq!(presses.len(), 1);
    assert_eq!(presses[0].action, Action::Decide(vec![(ANA, Decision::Pass)]));
    assert_eq!(presses[0].visit.remark, "too\njunior");
    assert!(!presses[0].visit.whole_batch && !presses[0].visit.automated);
}

/// C-B4.
#[tokio::test]
async fn a_link_can_be_pressed_again_and_a_change_of_mind_is_handed_on() {
    let house = House::open().await;
    let path = house.decide(Decision::Interested, ANA);
    let first = house.press(&path, &[("do", "interested")]).await;
    let second = house.press(&path, &[("do", "interested")]).await;
    assert_eq!(first.status, 200);
    assert_eq!(first.body.replace(&first.nonce(), ""), second.body.replace(&second.nonce(), ""));
    // The other link of the same letter asks before it changes anything.
    let other = house.decide(Decision::Pass, ANA);
    house.get(&other).await.says("Change to Pass");
    house.press(&other, &[("do", "pass")]).await.says("mark pass\">Recorded: Pass");
    let decide = |decision| Action::Decide(vec![(ANA, decision)]);
    assert_eq!(
        house.actions(),
        [decide(Decision::Interested), decide(Decision::Interested), decide(Decision::Pass)]
    );
}

/// R-L6, the page's half of it.
#[tokio::test]
async fn a_resting_decision_can_be_taken_back_or_changed_from_its_page() {
    let house = House::open().await;
    let path = house.decide(Decision::Interested, ANA);
    let recorded = house.press(&path, &[("do", "interested")]).await;
    recorded.says("Take it back");
    recorded.says("Change my answer");
    house.press(&path, &[("do", "undo")]).await.says("Taken back");
    house.press(&path, &[("do", "maybe")]).await.says("mark maybe\">Recorded: Maybe");
    let undo = house.path(&house.claim(Scope::Undo, ANA.0));
    house.get(&undo).await.says("Take back “Maybe”");
    house.press(&undo, &[("do", "undo")]).await.says("Taken back");
    assert_eq!(
        house.actions(),
        [
            Action::Decide(vec![(ANA, Decision::Interested)]),
            Action::Undo(ANA),
            Action::Decide(vec![(ANA, Decision::Maybe)]),
            Action::Undo(ANA),
        ]
    );
}

#[tokio::test]
async fn a_form_that_comes_too_late_is_shown_again_with_what_was_picked() {
    let house = House::open().await;
    let path = house.decide(Decision::Interested, ANA);
    let nonce = house.get(&path).await.nonce();
    house.push_clock(31);
    let fields = [
        ("nonce", nonce.as_str()),
        ("do", "pass"),
        ("remark", "too <junior>"),
        ("someone_else", "Bo Lindqvist"),
    ];
    let again = house.post(&path, &fields).await;
    assert_eq!((again.status, house.presses().len()), (200, 0));
    again.says("Please press once more");
    again.says("Pass on Ana Souza</button>");
    again.says("too &lt;junior&gt;</textarea>");
    again.says("value=\"Bo Lindqvist\"");
    // A nonce of another link, a made-up one and none at all are no better.
    let other = house.get(&house.decide(Decision::Interested, CARL)).await.nonce();
    for nonce in [other.as_str(), "AAAAAAAAAAAAAAAAAAAAAAAAAAAA", ""] {
        house
            .post(&path, &[("nonce", nonce), ("do", "pass")])
            .await
            .says("Please press once more");
    }
    house.post(&path, &[("do", "pass")]).await.says("Please press once more");
    assert_eq!(house.presses(), []);
    let fresh = again.nonce();
    house
        .post(&path, &[("nonce", &fresh), ("do", "pass"), ("someone_else", "Bo Lindqvist")])
        .await
        .says("not counted yet");
    assert_eq!(house.presses()[0].visit.someone_else.as_deref(), Some("Bo Lindqvist"));

    let batch = house.path(&house.claim(Scope::Batch, 5));
    let kept = house.post(&batch, &[("do", "batch"), ("pick-12", "maybe")]).await;
    kept.says("name=\"pick-12\" value=\"maybe\" checked");
    decided(&house, CARL, Decision::Pass, true, &[]);
    let why = house.path(&house.claim(Scope::Reasons, CARL.0));
    let kept = house
        .post(&why, &[("do", "reasons"), ("reason", "salary"), ("remark", "a lot")])
        .await;
    kept.says("value=\"salary\" checked");
    kept.says("a lot</textarea>");
    assert_eq!(house.presses().len(), 1);
}

#[tokio::test]
async fn the_batch_page_is_one_press_of_what_changed() {
    let house = House::open().await;
    decided(&house, CARL, Decision::Pass, true, &[]);
    let path = house.path(&house.claim(Scope::Batch, 5));
    let page = house.get(&path).await;
    for name in ["Ana Souza", "Carl Meyer", "Nguyễn Thị Mai"] {
        page.says(&format!("<legend>{name}</legend>"));
    }
    page.says("name=\"pick-12\" value=\"pass\" checked");
    // What nobody has filled in is empty: it is sent along with the rest.
    page.says("rows=\"2\"></textarea>");
    page.says("name=\"was-11\" value=\"\"");
    page.says_not("None");
    house
        .press(&path, &[("do", "batch"), ("was-12", "pass"), ("pick-12", "pass")])
        .await
        .says("Nothing was picked");
    assert_eq!(house.presses(), []);
    let fields = [
        ("do", "batch"),
        ("was-11", ""),
        ("pick-11", "interested"),
        ("was-12", "pass"),
        ("pick-12", "pass"),
        ("was-13", ""),
        ("pick-13", "maybe"),
        // Somebody who is not in this batch.
        ("pick-99", "interested"),
    ];
    house.press(&path, &fields).await.says("Recorded");
    let presses = house.presses();
    assert_eq!(presses.len(), 1);
    assert_eq!(
        presses[0].action,
        Action::Decide(vec![(ANA, Decision::Interested), (MAI, Decision::Maybe)])
    );
    assert!(presses[0].visit.whole_batch);
    // Taken back on a page of its own, which a machine that presses everything contradicts itself on.
    let page = house.get(&path).await;
    let undo = page.body.split("href=\"..&#x2f;u&#x2f;").nth(1).unwrap().split('"').next().unwrap();
    house.press(&format!("/u/{undo}"), &[("do", "undo")]).await.says("Taken back");
    assert_eq!(house.actions()[1..], [Action::Undo(ANA)]);
}

#[tokio::test]
async fn reasons_may_be_several_and_in_own_words() {
    let house = House::open().await;
    decided(&house, CARL, Decision::Pass, true, &[Reason::Experience]);
    let path = house.path(&house.claim(Scope::Reasons, CARL.0));
    let page = house.get(&path).await;
    page.says("Why not Carl Meyer?");
    page.says("value=\"experience\" checked");
    for reason in Reason::ALL {
        page.says(reason.label());
    }
    house.press(&path, &[("do", "reasons")]).await.says("Nothing was picked");
    // A letter's link may name one reason; what was known stays ticked, and the trap is where it was.
    let named = house.get(&format!("{path}/salary")).await;
    named.says("value=\"salary\" checked");
    named.says("value=\"experience\" checked");
    named.says(&format!("\"..&#x2f;{}&#x2f;trap\"", path.rsplit('/').next().unwrap()));
    house.get(&format!("{path}/nonsense")).await.says("There is nothing here");
    assert!(house.presses().is_empty());
    let fields = [
        ("do", "reasons"),
        ("reason", "salary"),
        ("reason", "experience"),
        ("remark", "three years only"),
    ];
    house.press(&path, &fields).await.says("Thank you, that helps");
    let presses = house.presses();
    assert_eq!(presses.len(), 1);
    assert_eq!(
        presses[0].action,
        Action::Reasons(CARL, vec![Ticked::Reason(Reason::Experience), Ticked::Reason(Reason::Salary)])
    );
    assert_eq!(presses[0].visit.remark, "three years only");
    // Who passes on the page itself is asked there.
    house
        .press(&house.decide(Decision::Pass, ANA), &[("do", "pass")])
        .await
        .says("Would you tell us why?");
}

#[tokio::test]
async fn words_on_single_candidates_are_handed_on_with_the_batch_or_without_a_choice() {
    let house = House::open().await;
    let path = house.path(&house.claim(Scope::Batch, 5));
    let fields = [
        ("do", "batch"),
        ("pick-11", "interested"),
        ("note-11", "  mornings\r\nonly\u{202e} "),
        ("note-12", ""),
        ("note-99", "nobody here"),
        ("remark", "all good people"),
    ];
    house.press(&path, &fields).await.says("Recorded");
    house
        .press(&path, &[("do", "batch"), ("note-13", "Which team was that?")])
        .await
        .says("The recruiter sees your words");
    house
        .press(&path, &[("do", "batch"), ("note-99", "nobody here")])
        .await
        .says("we have got it");
    let presses = house.presses();
    assert_eq!(presses[0].action, Action::Decide(vec![(ANA, Decision::Interested)]));
    assert_eq!(presses[0].notes, [(ANA, "mornings\nonly".to_owned())]);
    assert_eq!(presses[0].visit.remark, "all good people");
    assert_eq!(
        (&presses[1].action, &presses[1].notes[..]),
        (&Action::Decide(vec![]), &[(MAI, "Which team was that?".to_owned())][..])
    );
    assert_eq!(presses[2].notes, [], "somebody who is not in this batch");
    // A note that came too late is still there.
    let kept = house.post(&path, &[("do", "batch"), ("note-13", "still <here>")]).await;
    kept.says("still &lt;here&gt;</textarea>");
}

#[tokio::test]
async fn the_batch_page_says_where_each_stands_and_leads_to_the_reasons_of_a_pass() {
    let house = House::open().await;
    decided(&house, CARL, Decision::Pass, true, &[]);
    decided(&house, MAI, Decision::Pass, false, &[Reason::Salary]);
    house.state.lock().unwrap().view.candidates[0].waiting = Some(Decision::Interested);
    let page = house.get(&house.path(&house.claim(Scope::Batch, 5))).await;
    page.says("2 answered, 1 open.");
    page.says("takes effect Tue 14 July 2026");
    page.says("has taken effect");
    page.says("Reason: Salary");
    page.says("Interested, not counted yet");
    let links = regex::Regex::new(r#"href="\.\.&#x2f;f&#x2f;([A-Za-z0-9_-]+)""#).unwrap();
    let links: Vec<String> = links.captures_iter(&page.body).map(|hit| format!("/f/{}", &hit[1])).collect();
    assert_eq!(links.len(), 1, "only the pass that holds no reason");
    house.get(&links[0]).await.says("Why not Carl Meyer?");
}

#[tokio::test]
async fn the_reasons_page_says_what_is_known_and_wants_a_pass() {
    let house = House::open().await;
    let path = house.path(&house.claim(Scope::Reasons, CARL.0));
    let page = house.get(&path).await;
    page.says("There is no pass on Carl Meyer to give reasons for");
    assert!(!page.body.contains("name=\"reason\""));
    decided(&house, CARL, Decision::Interested, true, &[]);
    house.get(&path).await.says("Your answer: Interested");
    decided(&house, CARL, Decision::Pass, false, &[Reason::Experience, Reason::Salary]);
    house.state.lock().unwrap().view.candidates[1].reason_words = "too junior <3".to_owned();
    let known = house.get(&path).await;
    known.says("We know: Experience, Salary");
    known.says("“too junior &lt;3”");
    // One more, one less.
    house
        .press(&path, &[("do", "reasons"), ("reason", "salary"), ("reason", "location")])
        .await
        .says("Thank you, that helps");
    assert_eq!(
        house.actions(),
        [Action::Reasons(
            CARL,
            vec![Ticked::Reason(Reason::Salary), Ticked::Reason(Reason::Location)]
        )]
    );
    // Whoever ticks everything says nothing.
    let mut all = vec![("do", "reasons")];
    all.extend(Reason::ALL.iter().map(|reason| ("reason", reason.name())));
    house.press(&path, &all).await.says("Please tick fewer reasons");
    assert_eq!(house.presses().len(), 1);
}

#[tokio::test]
async fn somebody_else_is_told_what_their_answer_is_worth() {
    let house = House::open().await;
    let name = ("someone_else", "Bo Lindqvist");
    for (proxy, before, after) in [
        (
            Proxy::Confirm,
            "we ask them by mail whether your answer shall count",
            "not counted yet",
        ),
        (Proxy::Accept, "your answer counts as theirs", "Recorded"),
        (Proxy::Refuse, "only they can answer", "This answer does not count"),
    ] {
        house.state.lock().unwrap().view.proxy = proxy;
        for (path, button) in [
            (house.decide(Decision::Interested, ANA), [("do", "interested"), name]),
            (house.path(&house.claim(Scope::Batch, 5)), [("do", "batch"), name]),
        ] {
            house.state.lock().unwrap().view.candidates[0].decision = None;
            let page = house.get(&path).await;
            page.says(before);
            assert_eq!(page.body.contains("name=\"someone_else\""), proxy != Proxy::Refuse, "{proxy:?}");
            let mut fields = button.to_vec();
            fields.push(("pick-11", "interested"));
            let answer = house.press(&path, &fields).await;
            answer.says(after);
            answer.says("j***@brightwell.example");
        }
    }
    assert!(
        house
            .presses()
            .iter()
            .all(|press| press.visit.someone_else.as_deref() == Some("Bo Lindqvist"))
    );
}

#[tokio::test]
async fn a_page_wears_what_the_agency_shows_to_its_client() {
    let mut picture = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x78\0\0\0\x1e".to_vec();
    picture.resize(400, 7);
    let logo = std::sync::Arc::new(Logo::read(picture.clone()).unwrap());
    let mut shown = agency("Brightwell Bridge", "#ffe08a".parse().unwrap());
    shown.logo = Some(logo.clone());
    let house = House::with(Plan {
        brands: vec![Brand {
            client: "BRIGHTWELL payments".into(),
            agency: shown,
        }],
        ..Plan::default()
    })
    .await;
    let path = house.decide(Decision::Interested, ANA);
    let page = house.get(&path).await;
    page.says("alt=\"Brightwell Bridge\" width=\"120\" height=\"30\"");
    page.says("--brand:#ffe08a;--on-brand:#1c2024");
    page.says("· Brightwell Bridge</title>");
    page.says_not("Northwind Talent");
    let served = house.get(&format!("/logo/{}", logo.id)).await;
    assert_eq!((served.status, served.header("content-type")), (200, "image/png"));
    assert_eq!(served.header("content-length"), "400");
    assert_eq!(house.get("/logo/0123456789abcdef").await.status, 404);
    // Also where the link's time is over, or the batch is closed, and where a fresh one is on its way.
    let over = house.path(&Claim {
        expires_min: 1,
        ..house.claim(Scope::Batch, 5)
    });
    let ended = house.get(&over).await;
    ended.says("This link has ended");
    let fresh = house.press(&over, &[("do", "fresh")]).await;
    fresh.says("Look into your mail");
    let client = house.state.lock().unwrap().view.client.clone();
    house.state.lock().unwrap().look = Some(Answer::Expired { client: Some(client) });
    let closed = house.get(&path).await;
    closed.says("This link has ended");
    for page in [ended, fresh, closed] {
        page.says("· Brightwell Bridge</title>");
        page.says_not("Northwind Talent");
    }
    house.state.lock().unwrap().look = None;
    // Another client, and pages that know of no client, see the agency itself.
    house.state.lock().unwrap().view.client = "Somebody Else".to_owned();
    for path in [path.as_str(), "/nowhere"] {
        let page = house.get(path).await;
        page.says("· Northwind Talent</title>");
        page.says_not("Brightwell");
    }
}

#[tokio::test]
async fn a_parked_answer_is_confirmed_or_set_aside() {
    let house = House::open().await;
    let path = house.path(&house.claim(Scope::Confirm, 3));
    let page = house.get(&path).await;
    for words in ["Bo Lindqvist", "Yes to Ana please", "Ana Souza", "mark interested", "mark pass"] {
        page.says(words);
    }
    let page = house.press(&path, &[("do", "no")]).await;
    page.says("Set aside");
    page.says("Nothing follows from the answer");
    assert_eq!(house.actions(), [Action::Confirm(false)]);
    house.press(&house.decide(Decision::Pass, ANA), &[("do", "yes")]).await;
    assert_eq!(house.presses().len(), 1, "a decide link confirms nothing");
}

/// Whoever says yes reads what was recorded, and finds the way back on the page and later on the very same one.
#[tokio::test]
async fn a_confirmed_answer_says_what_it_was_and_how_to_take_it_back() {
    let house = House::open().await;
    let path = house.path(&house.claim(Scope::Confirm, 3));
    let page = house.press(&path, &[("do", "yes")]).await;
    for words in [
        "Recorded",
        "mark interested",
        "mark pass",
        "Ana Souza",
        "Carl Meyer",
        "A receipt is on its way",
    ] {
        page.says(words);
    }
    let link = |claim: Claim| format!("href=\"..{}\"", house.path(&claim).replace('/', "&#x2f;"));
    page.says(&link(house.claim(Scope::Batch, 5)));
    // Later: the yes to Ana rests, Carl's pass has taken effect.
    decided(&house, ANA, Decision::Interested, true, &[]);
    decided(&house, CARL, Decision::Pass, false, &[]);
    house.state.lock().unwrap().view.parked.as_mut().unwrap().state = ParkedState::Settled;
    let page = house.get(&path).await;
    for words in ["this is settled", "Interested", "takes effect", "has taken effect"] {
        page.says(words);
    }
    page.says(&link(house.claim(Scope::Undo, ANA.0)));
    page.says_not(&link(house.claim(Scope::Undo, CARL.0)));
    page.says(&link(house.claim(Scope::Batch, 5)));
}

#[tokio::test]
async fn a_recruiters_link_shows_and_never_decides() {
    let house = House::open().await;
    decided(&house, CARL, Decision::Pass, true, &[Reason::Salary]);
    let scopes = [
        Scope::Decide(Decision::Interested),
        Scope::Undo,
        Scope::Reasons,
        Scope::Batch,
        Scope::Look,
    ];
    for scope in scopes {
        for addressed_to in [1, 2] {
            let claim = Claim {
                addressed_to,
                ..house.claim(scope, ANA.0)
            };
            let path = house.path(&claim);
            let page = house.get(&path).await;
            page.says("No answer yet");
            page.says("This page only shows where things stand");
            assert!(!page.body.contains("<form"), "{scope:?}");
            let nonce = house
                .keyring
                .nonce(path.rsplit('/').next().unwrap(), Claim::minute(house.state.lock().unwrap().now));
            for button in ["interested", "pass", "undo", "reasons", "batch", "later", "yes"] {
                house
                    .post(
                        &path,
                        &[("nonce", &nonce), ("do", button), ("pick-11", "pass"), ("reason", "salary")],
                    )
                    .await;
            }
        }
    }
    assert_eq!(house.presses(), []);
}

#[tokio::test]
async fn somebody_may_read_and_decide_later() {
    let house = House::open().await;
    let path = house.decide(Decision::Interested, ANA);
    house.press(&path, &[("do", "later")]).await.says("you have seen this");
    assert_eq!(house.actions(), [Action::View]);
    // What they typed meanwhile is not lost.
    house
        .press(&path, &[("do", "later"), ("remark", "Is she free in May?")])
        .await
        .says("The recruiter sees your words");
    assert_eq!(house.actions()[1..], [Action::Decide(vec![])]);
    assert_eq!(house.presses()[1].visit.remark, "Is she free in May?");
}

#[tokio::test]
async fn contradicting_presses_are_asked_to_decide_once_more() {
    let house = House::open().await;
    house.state.lock().unwrap().view.candidates[0].needs_confirmation = true;
    let page = house.get(&house.decide(Decision::Interested, ANA)).await;
    page.says("Please decide once more");
    page.says("Interested in Ana Souza</button>");
}

#[tokio::test]
async fn what_cannot_be_recorded_is_503_with_a_mail_address() {
    let house = House::open().await;
    let path = house.decide(Decision::Interested, ANA);
    house.state.lock().unwrap().press = Some(Answer::Busy);
    let busy = house.press(&path, &[("do", "interested")]).await;
    assert_eq!(busy.status, 503);
    busy.says("mailto:talent+abc@northwind.example");
    // When nothing can be read either, the agency's own mailbox stands in.
    house.state.lock().unwrap().look = Some(Answer::Busy);
    let busy = house.get(&path).await;
    assert_eq!(busy.status, 503);
    busy.says("mailto:talent@northwind.example");
}

#[tokio::test]
async fn health_and_robots_are_told() {
    let house = House::open().await;
    let green = house.get("/healthz").await;
    assert_eq!((green.status, green.header("content-type")), (200, "application/json"));
    let json: serde_json::Value = serde_json::from_str(&green.body).unwrap();
    assert_eq!(json["ok"], true);
    assert_eq!(json["checks"][0]["name"], "imap");
    house.state.lock().unwrap().healthy = false;
    assert_eq!(house.get("/healthz").await.status, 503);
    let robots = house.get("/robots.txt").await;
    assert_eq!((robots.status, robots.body.as_str()), (200, "User-agent: *\nDisallow: /\n"));
}
