//! A report as text, for a terminal of eighty columns or a mail: the four figures first.

use std::fmt::Write as _;

use super::{By, Counted, Funnel, Measured, Report, Share, Spread, Stage, Success};
use crate::model::is_printed;

/// Columns of a line.
const WIDTH: usize = 80;
/// Columns of a name in a table.
const NAME: usize = 36;
/// Lines of a table of projects, clients or recruiters; the rest is in JSON and CSV.
const GROUPS: usize = 20;
/// Months shown without asking for them.
const MONTHS: usize = 6;
/// Cases named with a suggestion.
const CASES: usize = 8;
/// The longest bar of the funnel.
const BAR: usize = 40;

/// The report, ending with a line break.
#[must_use]
pub fn text(report: &Report) -> String {
    let mut out = heading(report);
    if report.all.funnel.submitted == 0 {
        out.push_str("\nNothing was handed in there, so there is nothing to count.\n");
        return out;
    }
    // Writing to a string cannot fail.
    let _ = success(&mut out, &report.success);
    let _ = funnel(&mut out, &report.all);
    let _ = waiting(&mut out, &report.all);
    let _ = reasons(&mut out, &report.all);
    let _ = tables(&mut out, report);
    let _ = suggestions(&mut out, report);
    out
}

pub(super) fn heading(report: &Report) -> String {
    let period = &report.period;
    let n = report.all.funnel.submitted;
    let day = |day: chrono::NaiveDate| day.format("%-d %b %Y").to_string();
    let from = period.from.map(|from| format!("from {} ", day(from))).unwrap_or_default();
    let mut out = format!(
        "{n} submission{} handed in {from}until {} ({})\n",
        if n == 1 { "" } else { "s" },
        day(period.to),
        period.zone
    );
    for (what, names) in [
        ("client", &report.clients),
        ("project", &report.projects),
        ("recruiter", &report.recruiters),
    ] {
        match names.as_slice() {
            [] => {}
            [one] => _ = writeln!(out, "{}", cut(&format!("only {what} {one}"), WIDTH)),
            many => _ = writeln!(out, "{}", cut(&format!("only {} {what}s: {}", many.len(), many.join(", ")), WIDTH)),
        }
    }
    out
}

fn success(out: &mut String, four: &[Success]) -> std::fmt::Result {
    out.push('\n');
    for one in four {
        let met = match one.met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        let all = measured(one.all);
        writeln!(
            out,
            "{}",
            format!("{:<32}{all:<24}target {:<7}{met}", one.label, one.target).trim_end()
        )?;
        let (this, last) = (&one.this_month, &one.last_month);
        let unit = match one.all {
            Measured::Share(_) => " points",
            Measured::Days(_) => "",
        };
        let change = one.change.map(|change| format!(": {change:+.1}{unit}")).unwrap_or_default();
        writeln!(
            out,
            "  {} {}, {} {}{change}",
            last.month.label(),
            measured(last.figure),
            this.month.label(),
            measured(this.figure)
        )?;
    }
    Ok(())
}

pub(super) fn measured(figure: Measured) -> String {
    match figure {
        Measured::Share(share) => exact(share),
        Measured::Days(Spread { n, median, .. }) => match (n, median) {
            (0, _) => "none yet".to_owned(),
            (_, Some(days)) => format!("{days:.1} of {n}"),
            (_, None) => format!("too few ({n})"),
        },
    }
}

/// With a decimal, beside a target.
fn exact(share: Share) -> String {
    match (share.of, share.percent()) {
        (0, _) => "none yet".to_owned(),
        (of, Some(percent)) => format!("{percent:.1}% of {of}"),
        (of, None) => format!("too few ({} of {of})", share.part),
    }
}

/// For a table.
fn short(share: Share) -> String {
    match (share.of, share.percent()) {
        (0, _) => "-".to_owned(),
        (_, Some(percent)) => format!("{percent:.0}%"),
        (of, None) => format!("{}/{of}", share.part),
    }
}

fn funnel(out: &mut String, all: &Counted) -> std::fmt::Result {
    writeln!(out, "\nHow far they came")?;
    let stages = all.funnel.stages();
    for (name, n) in stages {
        let share = Share {
            part: n,
            of: all.funnel.submitted,
        };
        let bar = usize::try_from(n).unwrap_or(0) * BAR / usize::try_from(share.of).unwrap_or(1).max(1);
        writeln!(
            out,
            "{}",
            format!("  {name:<12}{n:>9} {:>7}  {}", short(share), "#".repeat(bar)).trim_end()
        )?;
    }
    let told = also(&all.funnel);
    if !told.is_empty() {
        wrapped(out, "  also: ", &told)?;
    }
    Ok(())
}

/// What became of them otherwise, as far as it happened.
pub(super) fn also(funnel: &Funnel) -> Vec<String> {
    let others = [
        (funnel.maybe, "first said maybe"),
        (funnel.passed, "in a pass that stands"),
        (funnel.no_show, "where somebody did not come"),
        (funnel.called_off, "called off after a time was agreed"),
        (funnel.withdrawn, "withdrawn"),
        (funnel.closed, "closed undecided"),
    ];
    others
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{n} {what}"))
        .collect()
}

/// "also: a, b, c", in as many lines as it takes.
fn wrapped(out: &mut String, opening: &str, parts: &[String]) -> std::fmt::Result {
    let mut line = opening.to_owned();
    for (at, part) in parts.iter().enumerate() {
        let comma = if at + 1 < parts.len() { ", " } else { "" };
        if line.chars().count() + part.chars().count() + 1 > WIDTH && line.trim() != opening.trim() {
            writeln!(out, "{}", line.trim_end())?;
            line = " ".repeat(opening.chars().count());
        }
        line.push_str(part);
        line.push_str(comma);
    }
    writeln!(out, "{}", line.trim_end())
}

fn waiting(out: &mut String, all: &Counted) -> std::fmt::Result {
    writeln!(out, "\n{:<40}{:>9}{:>12}{:>10}", "Hours they waited", "half", "9 in 10", "n")?;
    let line = |out: &mut String, label: &str, spread: Spread| {
        let hours = |value: Option<f64>| match (value, spread.n) {
            (Some(hours), _) => format!("{hours:.1}"),
            (None, 0) => "-".to_owned(),
            (None, _) => "few".to_owned(),
        };
        writeln!(
            out,
            "  {label:<38}{:>9}{:>12}{:>10}",
            hours(spread.median),
            hours(spread.p90),
            spread.n
        )
    };
    line(out, "letter -> answer", all.answers.hours)?;
    line(out, "  in the client's business hours", all.answers.business_hours)?;
    for wait in &all.waiting {
        line(out, Stage::label(wait.stage), wait.hours)?;
    }
    Ok(())
}

fn reasons(out: &mut String, all: &Counted) -> std::fmt::Result {
    let explained = &all.passes;
    if explained.with_reason.of == 0 {
        return Ok(());
    }
    writeln!(
        out,
        "
{:<40}{:>9}{:>21}",
        "Reasons for passes", "passes", "of those explained"
    )?;
    for one in &explained.reasons {
        let share = Share {
            part: one.passes,
            of: explained.with_reason.part,
        };
        writeln!(out, "  {:<38}{:>9}{:>21}", one.reason.label(), one.passes, short(share))?;
    }
    let sides: Vec<String> = explained.sides.iter().map(|one| format!("{} {}", one.side, one.passes)).collect();
    if !sides.is_empty() {
        writeln!(out, "  They speak of: {}", sides.join(", "))?;
    }
    writeln!(
        out,
        "  {} of {} passes explained, {} asked why",
        explained.with_reason.part, explained.with_reason.of, explained.asked
    )
}

fn tables(out: &mut String, report: &Report) -> std::fmt::Result {
    let all_months = report.by == Some(By::Month);
    let skipped = if all_months {
        0
    } else {
        report.months.len().saturating_sub(MONTHS)
    };
    let title = match skipped {
        0 => "By month of handing in".to_owned(),
        more => format!("By month ({more} before)"),
    };
    head(out, &title)?;
    for line in report.months.iter().skip(skipped) {
        row(out, &line.month.label(), &line.figures)?;
    }
    let Some(by) = report.by.filter(|by| *by != By::Month) else {
        return Ok(());
    };
    head(out, &format!("By {}", by.name()))?;
    for group in report.groups.iter().take(GROUPS) {
        row(out, &group.name, &group.figures)?;
    }
    if let Some(more) = report.groups.len().checked_sub(GROUPS).filter(|more| *more > 0) {
        writeln!(out, "  and {more} with fewer submissions: --csv and --json have all")?;
    }
    Ok(())
}

fn head(out: &mut String, title: &str) -> std::fmt::Result {
    writeln!(
        out,
        "\n{title:<NAME$}{:>8}{:>7}{:>8}{:>6}{:>7}{:>8}",
        "handed", "<48 h", "wanted", "held", "alone", "reasons"
    )
}

fn row(out: &mut String, name: &str, of: &Counted) -> std::fmt::Result {
    let funnel = &of.funnel;
    writeln!(
        out,
        "  {:<name$}{:>8}{:>7}{:>8}{:>6}{:>7}{:>8}",
        cut(name, NAME - 3),
        funnel.submitted,
        short(of.answers.within_48h),
        funnel.interested,
        funnel.held,
        short(of.scheduling.without_a_person),
        short(of.passes.with_reason),
        name = NAME - 2,
    )
}

fn suggestions(out: &mut String, report: &Report) -> std::fmt::Result {
    if report.suggestions.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nWorth a word")?;
    for one in &report.suggestions {
        writeln!(out, "  {}", cut(&one.project, WIDTH - 2))?;
        writeln!(
            out,
            "    {} of {} passes that name a reason say {} ({} passes in 90 days)",
            one.say,
            one.of,
            one.reason.label(),
            one.passes
        )?;
        let newest = one.cases.iter().rev().take(CASES);
        let mut cases: Vec<String> = newest
            .map(|case| format!("s{} {}", case.submission, cut(&case.candidate, NAME)))
            .collect();
        if let Some(more) = one.cases.len().checked_sub(CASES).filter(|more| *more > 0) {
            cases.push(format!("{more} more"));
        }
        wrapped(out, "    ", &cases)?;
    }
    Ok(())
}

/// At most so many characters, with a mark where some are left out.
fn cut(text: &str, most: usize) -> String {
    let shown: String = text.chars().filter(|c| is_printed(*c)).collect();
    if shown.chars().count() <= most {
        return shown;
    }
    let kept: String = shown.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
