//! The four figures by which replyd is measured, with their targets and trends.

use serde::Serialize;

use super::amounts::tenths;
use super::{Counted, Month, MonthLine, Share, Spread};

/// One of the four.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Success {
    /// `answers_within_48h`, `booked_without_a_person`, `business_days_to_interview`, `reasons_for_passes`.
    pub key: &'static str,
    /// For people.
    pub label: &'static str,
    /// What it should be, such as `> 80%`.
    pub target: &'static str,
    /// Of everything that was asked about.
    pub all: Measured,
    /// Whether that reaches the target; `None` of too few.
    pub met: Option<bool>,
    /// The month of the last day that was asked about.
    pub this_month: InMonth,
    /// The one before.
    pub last_month: InMonth,
    /// By how much this month is above the last, in points or days; `None` when one of them is of too few.
    pub change: Option<f64>,
}

/// A figure of one month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InMonth {
    /// Which.
    pub month: Month,
    /// Its figure.
    pub figure: Measured,
}

/// A share, or a time of which the median counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Measured {
    /// In percent.
    Share(Share),
    /// In business days.
    Days(Spread),
}

impl Measured {
    /// Percent, or days; `None` of too few.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        match self {
            Self::Share(share) => share.percent(),
            Self::Days(spread) => spread.median,
        }
    }
}

type Pick = fn(&Counted) -> Measured;
type Holds = fn(f64) -> bool;

/// Key, label, target, where it is found, and whether a value reaches the target.
const FOUR: [(&str, &str, &str, Pick, Holds); 4] = [
    (
        "answers_within_48h",
        "answered within 48 hours",
        "> 80%",
        |of| Measured::Share(of.answers.within_48h),
        |percent| percent > 80.0,
    ),
    (
        "booked_without_a_person",
        "booked without a person",
        "> 90%",
        |of| Measured::Share(of.scheduling.without_a_person),
        |percent| percent > 90.0,
    ),
    (
        "business_days_to_interview",
        "business days to the interview",
        "< 5",
        |of| Measured::Days(of.scheduling.business_days_to_interview),
        |days| days < 5.0,
    ),
    (
        "reasons_for_passes",
        "reasons for passes",
        "> 60%",
        |of| Measured::Share(of.passes.with_reason),
        |percent| percent > 60.0,
    ),
];

pub(super) fn figures(all: &Counted, months: &[MonthLine], this: Month) -> Vec<Success> {
    let nothing = Counted::default();
    let figures_of = |month: Month| {
        months
            .iter()
            .find(|line| line.month == month)
            .map_or(&nothing, |line| &line.figures)
    };
    let in_month = |month: Month, pick: Pick| InMonth {
        month,
        figure: pick(figures_of(month)),
    };
    let figure = |(key, label, target, pick, holds): (_, _, _, Pick, Holds)| {
        let (this_month, last_month) = (in_month(this, pick), in_month(this.before(), pick));
        let both = this_month.figure.value().zip(last_month.figure.value());
        Success {
            key,
            label,
            target,
            all: pick(all),
            met: pick(all).value().map(holds),
            change: both.map(|(this, last)| tenths(this - last)),
            this_month,
            last_month,
        }
    };
    FOUR.into_iter().map(figure).collect()
}
