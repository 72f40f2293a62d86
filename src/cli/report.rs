//! `replyd report`.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::{Failure, Office, print_json, write_out};
use crate::figures::{self, By, Question};

/// Figures: how soon clients answer, what is booked without a person, and what becomes of submissions.
///
/// A submission belongs to the day on which it was handed in. Every figure says of how many it is; of fewer than five no share is given.
/// What each figure counts is written in README.md, under "Figures".
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  replyd report\n  replyd report --client Northwind --by project\n  replyd report --from 2026-01-01 --to 2026-03-31 --by recruiter --csv > q1.csv\n  replyd report --json | jq '.success[] | {key, met, change}'\n  replyd report --svg plots"
)]
pub(super) struct Report {
    /// Only projects with this in their title.
    #[arg(long, value_name = "TITLE")]
    project: Option<String>,
    /// Only clients with this in their name.
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// Only what this recruiter works on: a part of the name, or the address.
    #[arg(long, value_name = "WHO")]
    recruiter: Option<String>,
    /// Only what was handed in on this day or later, such as 2026-01-31.
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// Only what was handed in on this day or before.
    #[arg(long, value_name = "DATE")]
    to: Option<NaiveDate>,
    /// Figures for each of these as well.
    #[arg(long)]
    by: Option<Grouped>,
    /// As JSON.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// As a table (RFC 4180) with a line for each project, client or recruiter, or else each month.
    #[arg(long)]
    csv: bool,
    /// Also write plots into this directory: funnel.svg, answers.svg, reasons.svg.
    #[arg(long, value_name = "DIR")]
    svg: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Grouped {
    Project,
    Client,
    Recruiter,
    Month,
}

impl Report {
    pub(super) fn run(self, config: &Path) -> Result<(), Failure> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from > to
        {
            return Err(Failure::Input(format!(
                "--from {from} is after --to {to}; there is no day between them"
            )));
        }
        let office = Office::look(config)?;
        let by = self.by.map(|by| match by {
            Grouped::Project => By::Project,
            Grouped::Client => By::Client,
            Grouped::Recruiter => By::Recruiter,
            Grouped::Month => By::Month,
        });
        let question = Question {
            from: self.from,
            to: self.to,
            client: self.client,
            project: self.project,
            recruiter: self.recruiter,
            by,
            ..Question::of_all(office.config.zone, office.clock.now())
        };
        let report = office.store.read(|tx| tx.report(&question))?;
        if let Some(dir) = &self.svg {
            plots(dir, &report)?;
        }
        if self.json {
            return print_json(&report);
        }
        let text = if self.csv { figures::csv(&report) } else { figures::text(&report) };
        write_out(Path::new("-"), text.as_bytes())
    }
}

fn plots(dir: &Path, report: &figures::Report) -> Result<(), Failure> {
    std::fs::create_dir_all(dir).map_err(|error| Failure::at(dir, &error))?;
    let plots = [
        ("funnel.svg", figures::funnel_plot(&report.all.funnel)),
        ("answers.svg", figures::weeks_plot(&report.weeks)),
        ("reasons.svg", figures::reasons_plot(&report.all.passes)),
    ];
    for (name, svg) in plots {
        let svg = svg.map_err(|error| Failure::Broken(error.to_string()))?;
        write_out(&dir.join(name), svg.as_bytes())?;
    }
    Ok(())
}
