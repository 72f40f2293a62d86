//! The population of `replyd simulate`: the rules hold, interviews come about, and the same seed tells the same story.

use replyd::conversation::Order;
use replyd::simulate::{Report, Setting, run};

const PLAIN: Setting = Setting {
    order: Order::Candidate,
    panels: 0,
};

fn lived(batches: u64, seed: u64) -> Report {
    lived_with(batches, seed, PLAIN)
}

fn lived_with(batches: u64, seed: u64, setting: Setting) -> Report {
    run(batches, seed, setting, |_| {}).unwrap_or_else(|stopped| panic!("{stopped}"))
}

#[test]
fn a_population_keeps_the_rules_and_gets_its_interviews() {
    let report = lived(96, 11);
    assert_eq!(report.batches, 96);
    assert!(report.bookable > 40, "{report:?}");
    assert!(report.booked_share > 0.85, "{report:?}");
    assert!(report.letters_to_client <= 4 && report.letters_to_candidate <= 4, "{report:?}");
    assert_eq!(report.decisions_misread, 0, "{report:?}");
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let told = |seed| serde_json::to_string(&lived(16, seed)).unwrap();
    assert_eq!(told(3), told(3));
    assert_ne!(told(3), told(4));
}

#[test]
fn progress_reaches_the_end() {
    let mut seen = Vec::new();
    run(11, 5, PLAIN, |done| seen.push(done)).unwrap_or_else(|stopped| panic!("{stopped}"));
    assert_eq!(seen, [8, 11]);
}

/// Whoever is asked first, the rules hold and most interviews come about.
#[test]
fn the_client_or_both_are_asked_first() {
    for order in [Order::Client, Order::Both] {
        let report = lived_with(48, 7, Setting { order, ..PLAIN });
        assert!(report.bookable > 20, "{order:?}: {report:?}");
        assert!(report.booked_share > 0.8, "{order:?}: {report:?}");
    }
}

/// A second and a third interviewer make an agreement rarer, and break no rule.
#[test]
fn several_interviewers_agree() {
    let report = lived_with(48, 7, Setting { panels: 100, ..PLAIN });
    assert!(report.bookable > 20, "{report:?}");
    assert!(report.booked_share > 0.6, "{report:?}");
}
