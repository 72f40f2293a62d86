//! A report as a table: one line of names, then a line for each group, or for each month when none were asked for.   RFC 4180

use super::{By, Counted, Report, Share, Spread, Stage};
use crate::model::Reason;

/// The table, with CRLF at the end of each line.
///
/// Shares of too few and times of too few are empty; the counts beside them are not. A name that a spreadsheet would take for a formula has an
/// apostrophe before it.
#[must_use]
pub fn csv(report: &Report) -> String {
    let kind = report.by.unwrap_or(By::Month);
    let mut out = line(&names());
    match kind {
        By::Month => {
            for month in &report.months {
                out += &line(&values(kind, "", &month.month.to_string(), &month.figures));
            }
        }
        By::Project | By::Client | By::Recruiter => {
            for group in &report.groups {
                out += &line(&values(kind, &group.id.to_string(), &group.name, &group.figures));
            }
        }
    }
    out
}

fn names() -> Vec<String> {
    let fixed = [
        "by",
        "id",
        "name",
        "submitted",
        "sent",
        "viewed",
        "decided",
        "interested",
        "interview",
        "held",
        "maybe",
        "passed",
        "no_show",
        "called_off",
        "withdrawn",
        "closed",
        "answered_48h",
        "answered_48h_of",
        "answered_48h_percent",
        "answers",
        "answer_hours_median",
        "answer_hours_p90",
        "answer_business_hours_median",
        "answer_business_hours_p90",
        "booked_alone",
        "booked_alone_of",
        "booked_alone_percent",
        "interviews",
        "business_days_to_interview_median",
        "business_days_to_interview_p90",
        "explained",
        "explained_of",
        "explained_percent",
        "asked_why",
    ];
    let waits = Stage::ALL.into_iter().flat_map(|stage| {
        let name = serde_json::to_value(stage).ok();
        let name = name.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        [format!("{name}_n"), format!("{name}_hours_median")]
    });
    let reasons = Reason::ALL.into_iter().map(|reason| format!("reason_{}", reason.name()));
    fixed.into_iter().map(str::to_owned).chain(waits).chain(reasons).collect()
}

fn values(kind: By, id: &str, name: &str, of: &Counted) -> Vec<String> {
    let mut out = vec![kind.name().to_owned(), id.to_owned(), harmless(name)];
    let funnel = &of.funnel;
    out.extend(funnel.stages().iter().map(|(_, n)| n.to_string()));
    let others = [
        funnel.maybe,
        funnel.passed,
        funnel.no_show,
        funnel.called_off,
        funnel.withdrawn,
        funnel.closed,
    ];
    out.extend(others.map(|n| n.to_string()));
    let value = |value: Option<f64>| value.map(|value| format!("{value:.1}")).unwrap_or_default();
    let share = |share: Share| [share.part.to_string(), share.of.to_string(), value(share.percent())];
    let times = |spread: Spread| [value(spread.median), value(spread.p90)];
    out.extend(share(of.answers.within_48h));
    out.push(of.answers.hours.n.to_string());
    out.extend(times(of.answers.hours));
    out.extend(times(of.answers.business_hours));
    out.extend(share(of.scheduling.without_a_person));
    out.push(of.scheduling.business_days_to_interview.n.to_string());
    out.extend(times(of.scheduling.business_days_to_interview));
    out.extend(share(of.passes.with_reason));
    out.push(of.passes.asked.to_string());
    for wait in &of.waiting {
        out.extend([wait.hours.n.to_string(), value(wait.hours.median)]);
    }
    for reason in Reason::ALL {
        let given = of.passes.reasons.iter().find(|one| one.reason == reason);
        out.push(given.map_or(0, |one| one.passes).to_string());
    }
    out
}

/// A name that is no formula to any spreadsheet: those begin with one of these.
fn harmless(name: &str) -> String {
    let formula = name
        .trim_start_matches([' ', '\u{a0}'])
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if formula { format!("'{name}") } else { name.to_owned() }
}

fn line(fields: &[String]) -> String {
    let quoted = fields.iter().map(|field| {
        if field.contains(['"', ',', '\r', '\n']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            field.clone()
        }
    });
    quoted.collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_many_as_values() {
        let counted = super::super::tally::Tally::default().end();
        assert_eq!(names().len(), values(By::Client, "1", "a", &counted).len());
    }

    #[test]
    fn fields_are_quoted_and_no_formulas() {
        assert_eq!(line(&["a".to_owned(), "b, \"c\"\nd".to_owned()]), "a,\"b, \"\"c\"\"\nd\"\r\n");
        for formula in ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"] {
            assert!(harmless(formula).starts_with('\''), "{formula:?}");
        }
        assert_eq!(harmless("Smith & Sons (1=1)"), "Smith & Sons (1=1)");
    }
}
