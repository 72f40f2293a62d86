//! Figures: what an agency wants to know of all its submissions together.
//!
//! In: a [`Question`], and the milestones of each submission it is about, one [`Row`] after another. Out: a [`Report`] as a value, as text for
//! a terminal or a mail ([`text()`]), as a table ([`csv()`]), as JSON (the value itself), and as plots ([`funnel_plot`] and others).
//! Never here: a database, a clock, a file; a word about a single submission, except as a case that a suggestion rests on.
//!
//! # How it is counted
//!
//! - A submission belongs to the day, week and month in which it was **handed in**, by the agency's clock, in all figures: what becomes of it
//!   later is counted there too. `from` and `to` mean those days, both included. "This month" is that of the last day asked about.
//! - **A stage counts whoever came at least so far**: who decided has viewed, who is to be met was wanted.
//! - **Answered within 48 hours**, by the clock on the wall, from the server's acceptance of the letter to the first word that stood: of those
//!   sent at least 48 hours ago. Who was withdrawn, or closed, unanswered within that time is not counted.
//! - **Booked without a person**: of those whose arranging has come to an end, at a first agreed time or at a person who had to step in. A time
//!   that a recruiter or a program agreed, by whatever mouth, was arranged by them.
//! - **Days to the interview**: the client's business days from handing in to the start that is agreed, whether it is still ahead or was
//!   held; the median.
//! - **Reasons for passes**: of the passes that stand, those with a reason or words in place of one.
//! - Of a month that is still young, times are those of whoever was quick: the others are not over.
//! - Every figure has its *n*. A share of fewer than [`FEWEST`] and a median of fewer than [`FEWEST`] are not given, nor is the time within
//!   which nine in ten were done (`p90`) of fewer than [`FEWEST_P90`]: in text it says "few", in JSON `null`.
//! - A submission of several recruiters is counted for each of them, and in the whole once.
//!
//! # JSON
//!
//! The fields of [`Report`] and of what it holds, as they are named there; a share is `{"part", "of", "percent"}`, times are `{"n", "median",
//! "p90"}`. Fields may be added, none is renamed or given another meaning.

mod advice;
mod amounts;
mod counting;
mod csv;
mod days;
mod plot;
mod question;
mod report;
mod sentences;
mod success;
mod tally;
mod text;

pub use advice::{Case, Suggestion};
pub use amounts::{FEWEST, FEWEST_P90, Share, Spread};
pub use counting::{Counting, Row};
pub use csv::csv;
pub use days::{Month, Week};
pub use plot::{PlotError, funnel_plot, reasons_plot, weeks_plot};
pub use question::{By, Question};
pub use report::{Group, MonthLine, Period, Report, WeekLine};
pub use sentences::sentences;
pub use success::{InMonth, Measured, Success};
pub use tally::{Answers, Counted, Explained, Funnel, ReasonCount, Scheduling, SideCount, Stage, Wait};
pub use text::text;
