//! What a person sees and what their presses say.

use replyd::http::{Action, Answer};
use replyd::link::{Claim, Scope};
use replyd::model::{Decision, Reason};

use super::house::{ANA, CARL, House, MAI, decided};

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
        .says("Recorded");
    assert_eq!(house.presses()[0].visit.someone_else.as_deref(), Some("Bo Lindqvist"));

    let batch = house.path(&house.claim(Scope::Batch, 5));
    let kept = house.post(&batch, &[("do", "batch"), ("pick-12", "maybe")]).await;
    kept.says("name=\"pick-12\" value=\"maybe\" checked");
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
    house.press(&path, &[("do", "undo-11")]).await.says("Taken back");
    house.press(&path, &[("do", "undo-99")]).await;
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
    assert_eq!(presses[0].action, Action::Reasons(CARL, vec![Reason::Experience, Reason::Salary]));
    assert_eq!(presses[0].visit.remark, "three years only");
    // Who passes on the page itself is asked there.
    house
        .press(&house.decide(Decision::Pass, ANA), &[("do", "pass")])
        .await
        .says("Would you tell us why?");
}

#[tokio::test]
async fn a_parked_answer_is_confirmed_or_set_aside() {
    let house = House::open().await;
    let path = house.path(&house.claim(Scope::Confirm, 3));
    let page = house.get(&path).await;
    for words in ["Bo Lindqvist", "Yes to Ana please", "Ana Souza", "mark interested", "mark pass"] {
        page.says(words);
    }
    house.press(&path, &[("do", "no")]).await.says("this is settled");
    assert_eq!(house.actions(), [Action::Confirm(false)]);
    house.press(&house.decide(Decision::Pass, ANA), &[("do", "yes")]).await;
    assert_eq!(house.presses().len(), 1, "a decide link confirms nothing");
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
        for addressed_to in [1, -11] {
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
            for button in ["interested", "pass", "undo", "undo-12", "reasons", "batch", "later", "yes"] {
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
