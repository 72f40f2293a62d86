//! Figures in the hub: the four that replyd is measured by, how far submissions came, why clients pass, and what passes have in common.
//!
//! In: what a reader asks for. Out: a page's values, plots among them. Never here: a figure of what its reader does not see.

use super::Reader;
use crate::calendar::Zone;
use crate::figures::{self, By, Counted, InMonth, Measured, Question, Report, Share, Spread, Success, Suggestion};
use crate::http::hub::{CaseView, FigureView, FiguresAsked, FiguresView, GroupView, SuggestionView};
use crate::store::{StoreError, Tx};

/// Projects, clients or recruiters on a page, those with most submissions first.
const MOST_GROUPS: usize = 50;

/// The page. Leads hear of everybody's, others of their own.
pub(super) fn page(tx: &Tx<'_>, reader: &Reader, agency: Zone, asked: FiguresAsked) -> Result<FiguresView, StoreError> {
    let wanted = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let question = Question {
        client: wanted(&asked.client),
        project: wanted(&asked.project),
        recruiter: (!reader.lead).then(|| reader.who.mailbox.address.to_string()),
        by: Some(asked.by.parse().unwrap_or(By::Project)),
        ..Question::of_all(agency, reader.now)
    };
    match tx.report(&question) {
        Ok(report) => Ok(view(&report, asked)),
        Err(StoreError::NoSuch(what)) => Ok(FiguresView {
            asked,
            nothing: what,
            ..FiguresView::default()
        }),
        Err(error) => Err(error),
    }
}

fn view(report: &Report, asked: FiguresAsked) -> FiguresView {
    let all = &report.all;
    let submitted = all.funnel.submitted;
    FiguresView {
        asked,
        nothing: if submitted == 0 {
            "Nothing was handed in there yet.".to_owned()
        } else {
            String::new()
        },
        counted: format!(
            "{submitted} submission{} until {}",
            if submitted == 1 { "" } else { "s" },
            report.period.to.format("%-d %B %Y")
        ),
        success: report.success.iter().map(success).collect(),
        suggestions: report.suggestions.iter().map(suggestion).collect(),
        plots: plots(report),
        waiting: all
            .waiting
            .iter()
            .map(|one| FigureView {
                label: one.stage.label().replace("->", "→"),
                value: spread(one.hours, "h"),
                ..FigureView::default()
            })
            .collect(),
        groups: report
            .groups
            .iter()
            .take(MOST_GROUPS)
            .map(|one| group(&one.name, &one.figures))
            .collect(),
        months: report.months.iter().map(|one| group(&one.month.label(), &one.figures)).collect(),
    }
}

fn success(one: &Success) -> FigureView {
    let in_month = |month: &InMonth| format!("{} {}", month.month.label(), measured(month.figure));
    let unit = match one.all {
        Measured::Share(_) => " points",
        Measured::Days(_) => " days",
    };
    let change = one.change.map(|change| format!(" ({change:+.1}{unit})")).unwrap_or_default();
    FigureView {
        label: one.label.to_owned(),
        value: measured(one.all),
        target: one.target.to_owned(),
        met: one.met,
        trend: format!("{} → {}{change}", in_month(&one.last_month), in_month(&one.this_month)),
    }
}

fn measured(figure: Measured) -> String {
    match figure {
        Measured::Share(share) => shared(share),
        Measured::Days(days) => spread(days, "days"),
    }
}

fn shared(share: Share) -> String {
    match (share.of, share.percent()) {
        (0, _) => "none yet".to_owned(),
        (of, Some(percent)) => format!("{percent:.0}% of {of}"),
        (of, None) => format!("{} of {of}", share.part),
    }
}

fn spread(of: Spread, unit: &str) -> String {
    match (of.n, of.median) {
        (0, _) => "none yet".to_owned(),
        (n, Some(median)) => format!("{median:.1} {unit} (median of {n})"),
        (n, None) => format!("too few ({n})"),
    }
}

fn suggestion(one: &Suggestion) -> SuggestionView {
    SuggestionView {
        says: format!(
            "{} of {} passes with a reason on {} say {}.",
            one.say,
            one.of,
            one.project,
            one.reason.label().to_lowercase()
        ),
        cases: one
            .cases
            .iter()
            .map(|case| CaseView {
                id: case.submission.0,
                name: case.candidate.clone(),
                reference: case.reference.clone(),
            })
            .collect(),
    }
}

fn group(name: &str, of: &Counted) -> GroupView {
    let funnel = &of.funnel;
    GroupView {
        name: name.to_owned(),
        counts: [
            funnel.submitted,
            funnel.viewed,
            funnel.decided,
            funnel.interested,
            funnel.interview,
            funnel.held,
        ]
        .into(),
        within_48h: shared(of.answers.within_48h),
        reasons: shared(of.passes.with_reason),
    }
}

/// Those that show something; one that cannot be drawn is left out, which the log says.
fn plots(report: &Report) -> Vec<String> {
    let (answered, passes) = (report.weeks.iter().any(|one| one.within_48h.of > 0), &report.all.passes);
    let all = [
        Some(figures::funnel_plot(&report.all.funnel)),
        answered.then(|| figures::weeks_plot(&report.weeks)),
        (passes.with_reason.part > 0).then(|| figures::reasons_plot(passes)),
    ];
    let drawn = all
        .into_iter()
        .flatten()
        .filter_map(|plot| plot.map_err(|error| tracing::warn!(%error, "a plot is left out")).ok());
    // Within a page the name of its vocabulary is known.
    drawn.map(|svg| svg.replace(" xmlns=\"http://www.w3.org/2000/svg\"", "")).collect()
}
