//! A report as sentences, for a mail: what a table of figures says needs columns, which a mail does not keep.

use super::text::{also, heading, measured};
use super::{Report, Success};

/// The report, a sentence or a line each.
#[must_use]
pub fn sentences(report: &Report) -> Vec<String> {
    let mut all: Vec<String> = heading(report).lines().map(str::to_owned).collect();
    if report.all.funnel.submitted == 0 {
        all.push("Nothing was handed in there, so there is nothing to count.".to_owned());
        return all;
    }
    all.extend(report.success.iter().map(figure));
    let stages: Vec<String> = report
        .all
        .funnel
        .stages()
        .iter()
        .map(|(name, n)| format!("{n} {}", name.to_lowercase()))
        .collect();
    all.push(format!("How far they came: {}", stages.join(", ")));
    let others = also(&report.all.funnel);
    if !others.is_empty() {
        all.push(format!("Of these: {}", others.join(", ")));
    }
    if let Some(hours) = report.all.answers.hours.median {
        all.push(format!(
            "From the letter to the answer: {hours:.1} hours or less for half of {}",
            report.all.answers.hours.n
        ));
    }
    let passes = &report.all.passes;
    if passes.with_reason.of > 0 {
        let reasons: Vec<String> = passes
            .reasons
            .iter()
            .map(|one| format!("{} {}", one.reason.label(), one.passes))
            .collect();
        let reasons = if reasons.is_empty() {
            String::new()
        } else {
            format!(": {}", reasons.join(", "))
        };
        all.push(format!(
            "{} of {} passes explained{reasons}",
            passes.with_reason.part, passes.with_reason.of
        ));
    }
    for one in &report.suggestions {
        all.push(format!(
            "{}: {} of {} passes that name a reason say {}",
            one.project,
            one.say,
            one.of,
            one.reason.label()
        ));
    }
    all
}

/// One of the four, beside its target and how it went lately.
fn figure(one: &Success) -> String {
    let met = match one.met {
        Some(true) => ", reached",
        Some(false) => ", missed",
        None => "",
    };
    let mut label = one.label.to_owned();
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!(
        "{label}: {} (target {}{met}); {}: {}; {}: {}",
        measured(one.all),
        one.target,
        one.last_month.month.label(),
        measured(one.last_month.figure),
        one.this_month.month.label(),
        measured(one.this_month.figure)
    )
}
