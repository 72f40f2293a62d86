//! Whatever happens, in whatever order, however often, wherever the clock jumps: no panic, and these hold.

use chrono::{Duration, NaiveDate};
use proptest::prelude::*;
use replyd::conversation::{
    Command, Content, Conversation, Deadline, Driver, Effect, Event, Party, Side, Standing, Status, Via, Visit, step,
};
use replyd::model::{Decision, Reason, SubmissionId, Timestamp};
use replyd::reply::{Band, Doubt, DoubtKind, Finding, Reply, Says, Words};

use super::people;

fn submission() -> impl Strategy<Value = SubmissionId> {
    // One too many: a submission that is not of this batch.
    (1..=4_i64).prop_map(SubmissionId)
}

fn decision() -> impl Strategy<Value = Decision> {
    prop::sample::select(&Decision::ALL)
}

fn says() -> impl Strategy<Value = Says> {
    let day = (0..400_u64).prop_map(|days| NaiveDate::from_ymd_opt(2026, 10, 1).unwrap() + chrono::Days::new(days));
    prop_oneof![
        6 => (submission(), decision(), prop::option::of(day.clone())).prop_map(|(submission, decision, follow_up)| Says::Decide {
            submission,
            decision,
            condition: None,
            follow_up
        }),
        2 => (submission(), prop::sample::select(&Reason::ALL)).prop_map(|(submission, reason)| Says::Because { submission, reason }),
        1 => any::<bool>().prop_map(Says::Confirm),
        1 => Just(Says::Question),
        1 => Just(Says::WrongPerson),
        1 => Just(Says::Stop),
        1 => prop::option::of(day).prop_map(|on| Says::Later { on }),
        1 => Just(Says::Thanks),
    ]
}

fn reply() -> impl Strategy<Value = Reply> {
    let words = || Words {
        text: "words".into(),
        range: 0..5,
    };
    let band = prop::sample::select(vec![Band::Act, Band::Act, Band::Ask, Band::Human]);
    let finding = (says(), band).prop_map(move |(says, band)| Finding {
        says,
        words: words(),
        band,
    });
    let kind = prop::sample::select(vec![
        DoubtKind::Whom,
        DoubtKind::What,
        DoubtKind::Unclear,
        DoubtKind::Empty,
        DoubtKind::Unreadable,
    ]);
    let doubt = kind.prop_map(move |kind| Doubt { kind, words: words() });
    (prop::collection::vec(finding, 0..4), prop::collection::vec(doubt, 0..2)).prop_map(|(findings, doubts)| Reply {
        findings,
        doubts,
        homeless: None,
    })
}

fn visit() -> impl Strategy<Value = Visit> {
    (0..3_u64, prop::bool::weighted(0.2), any::<bool>()).prop_map(|(visitor, automated, whole_batch)| Visit {
        visitor,
        automated,
        whole_batch,
        someone_else: None,
        remark: String::new(),
    })
}

fn event() -> impl Strategy<Value = Event> {
    let standing = prop::sample::select(vec![
        Standing::Full,
        Standing::Full,
        Standing::Unvouched,
        Standing::Deputy,
        Standing::Stranger,
        Standing::Threadless,
        Standing::Unmatched,
    ]);
    let mail = (0..6_i64).prop_map(|message| Via::Mail {
        message,
        message_id: None,
        name: "Priya".into(),
        confirms: None,
        of: None,
    });
    let to = prop_oneof![
        Just(Party::Client),
        submission().prop_map(Party::Candidate),
        Just(Party::Recruiter(0))
    ];
    let deadline = prop_oneof![
        submission().prop_map(Deadline::TakeEffect),
        Just(Deadline::Chase),
        submission().prop_map(Deadline::FollowUp),
        submission().prop_map(Deadline::AskReasons),
        Just(Deadline::Receipt),
        Just(Deadline::AskedBack),
    ];
    let command = prop_oneof![
        Just(Command::Take),
        Just(Command::Release),
        Just(Command::Reach),
        (submission(), decision()).prop_map(|(submission, decision)| Command::Decide {
            submission,
            decision,
            reasons: vec![]
        }),
        Just(Command::Note { text: "note".into() }),
    ];
    prop_oneof![
        1 => Just(Event::Submitted),
        2 => Just(Event::SubmissionSent),
        1 => prop::option::of(submission()).prop_map(|submission| Event::Viewed { submission }),
        6 => (standing, reply(), mail).prop_map(|(standing, reply, via)| Event::Replied { by: Side::Client, standing, reply, via }),
        6 => (reply(), visit()).prop_map(|(reply, visit)| Event::Replied { by: Side::Client, standing: Standing::Full, reply, via: Via::Link(visit) }),
        2 => (submission(), visit()).prop_map(|(submission, visit)| Event::Undone { submission, visit }),
        2 => (0..6_i64, any::<bool>()).prop_map(|(message, yes)| Event::Confirmed { message, yes }),
        1 => any::<bool>().prop_map(|gone| Event::AutoReplied { until: None, substitute: None, gone }),
        1 => to.clone().prop_map(|who| Event::Erased { who }),
        1 => Just(Event::NeedsPerson { why: "why".into(), words: "words".into(), owed_to_client: true }),
        1 => (to.clone(), any::<bool>()).prop_map(|(to, address_is_bad)| Event::Undeliverable { to, status: "5.1.1".into(), address_is_bad }),
        1 => (to, any::<bool>()).prop_map(|(to, refused)| Event::LetterDied { to, why: "why".into(), refused }),
        1 => Just(Event::FreshLinkAsked),
        1 => Just(Event::CvsOpened),
        1 => Just(Event::CvCodeAsked { code: "123456".to_owned(), until: Timestamp::UNIX_EPOCH + Duration::days(40_000) }),
        2 => command.prop_map(|command| Event::Steered { by: "rita".into(), command }),
        8 => deadline.prop_map(Event::DeadlinePassed),
    ]
}

/// Minutes until the next event; sometimes the clock jumps a year, either way.
fn pause() -> impl Strategy<Value = i64> {
    prop_oneof![8 => 0..90_i64, 4 => 0..3000_i64, 1 => Just(525_600_i64), 1 => Just(-525_600_i64), 1 => -60..0_i64]
}

fn check(before: &Conversation, event: &Event, after: &Conversation, effects: &[Effect], now: Timestamp) {
    let letters: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send(letter) => Some(letter),
            Effect::Record(_) | Effect::Escalate { .. } | Effect::Draft(_) | Effect::DropDraft(_) => None,
        })
        .collect();
    for one in &after.submissions {
        let due = after.deadlines.get(Deadline::TakeEffect(one.id));
        assert_eq!(
            one.resting.as_ref().map(|resting| resting.until),
            due,
            "a resting decision and its deadline belong together"
        );
        let old = before.submission(one.id).unwrap();
        if one.settled != old.settled {
            let took_effect = matches!(event, Event::DeadlinePassed(Deadline::TakeEffect(id)) if *id == one.id);
            let by_hand = matches!(event, Event::Steered { command: Command::Decide { submission, .. }, .. } if *submission == one.id);
            assert!(
                took_effect || by_hand,
                "only the end of the grace period or a recruiter lets a decision take effect: {event:?}"
            );
            assert!(
                by_hand || old.resting.as_ref().is_some_and(|resting| resting.until <= now),
                "not before its time"
            );
        }
        // Whoever is out keeps the decision that was in effect before.
        if let Some(settled) = one.settled.filter(|_| one.status != Status::Withdrawn) {
            let shown = match one.status {
                Status::Interested => Some(Decision::Interested),
                Status::Maybe => Some(Decision::Maybe),
                Status::Rejected => Some(Decision::Pass),
                _ => None,
            };
            assert_eq!(shown, Some(settled), "the status shows the decision in effect");
        }
        let order = |status: Status| matches!(status, Status::Viewed | Status::Interested | Status::Maybe | Status::Rejected);
        assert!(
            !(order(old.status) && matches!(one.status, Status::Queued | Status::Sent)),
            "nothing goes back to unseen"
        );
    }
    for letter in &letters {
        let outside = !matches!(letter.to, Party::Recruiter(_));
        // Taking over and handing back happen in the same step; who drives afterwards counts.
        assert!(!outside || after.driver == Driver::Bot, "a recruiter drives: {letter:?}");
        assert!(
            letter.to != Party::Client || !after.client_unreachable,
            "the address is dead: {letter:?}"
        );
        let unprompted = matches!(
            letter.says,
            Content::Nudge { .. } | Content::FollowUp { .. } | Content::AskReasons { .. }
        );
        let local = after.batch.contact.zone.local(now).time();
        let polite = local >= after.policy.polite.from && local < after.policy.polite.to;
        assert!(!unprompted || polite, "quiet hours: {letter:?} at {local}");
    }
    assert!(after.chase.nudges <= after.policy.nudge_limit);
    assert!(
        after.parked.len() <= 20 && after.presses.len() <= 10 && after.written.answers.len() <= 10 && after.written.unprompted.len() <= 10
    );
    if let Event::Replied {
        via: Via::Link(Visit { automated: true, .. }),
        ..
    }
    | Event::Undone {
        visit: Visit { automated: true, .. },
        ..
    } = event
    {
        assert_eq!(before, after, "an automated visit changes nothing");
        assert!(letters.is_empty());
    }
    if let Event::Replied {
        standing: Standing::Stranger | Standing::Unmatched | Standing::Threadless,
        via: Via::Mail { .. },
        ..
    } = event
    {
        assert_eq!(before.submissions, after.submissions, "no standing, no effect");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn invariants_hold_in_any_order(events in prop::collection::vec((event(), pause(), any::<bool>()), 1..60), zone in prop::sample::select(vec!["Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Apia"])) {
        let mut c = people::conversation(&["Ana", "Ben", "Carl"], zone);
        let mut now: Timestamp = "2026-10-20T09:00:00Z".parse().unwrap();
        for (event, minutes, twice) in events {
            now += Duration::minutes(minutes);
            for _ in 0..=usize::from(twice) {
                let transition = step(&c, event.clone(), now);
                check(&c, &event, &transition.conversation, &transition.effects, now);
                c = transition.conversation;
            }
        }
        // The state survives being stored.
        let stored = serde_json::to_string(&c).unwrap();
        prop_assert_eq!(serde_json::from_str::<Conversation>(&stored).unwrap(), c);
    }

    /// A clock that jumps back or a year ahead lets nothing happen early: a deadline event before its time is nothing.
    #[test]
    fn early_deadlines_do_nothing(decisions in prop::collection::vec((submission(), decision()), 1..4), early in 1..9_i64) {
        let mut c = people::conversation(&["Ana", "Ben", "Carl"], "Europe/London");
        let now: Timestamp = "2026-11-18T10:00:00Z".parse().unwrap();
        for (submission, decision) in decisions {
            let says = Says::Decide { submission, decision, condition: None, follow_up: None };
            let reply = Reply { findings: vec![Finding { says, words: Words::default(), band: Band::Act }], ..Reply::default() };
            let via = Via::Mail { message: 1, message_id: None, name: "Ann".into(), confirms: None, of: None };
            c = step(&c, Event::Replied { by: Side::Client, standing: Standing::Full, reply, via }, now).conversation;
        }
        for one in c.submissions.clone() {
            let transition = step(&c, Event::DeadlinePassed(Deadline::TakeEffect(one.id)), now + Duration::minutes(early));
            prop_assert_eq!(&transition.conversation, &c);
            prop_assert!(transition.effects.is_empty());
        }
    }
}
