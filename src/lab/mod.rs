//! Beside the house: reading measured on files, without a mailbox and without a database; and a database filled for measuring.
//!
//! In: directories of mails, with or without the expected reading. Out: lines of JSON, a score, or a rate.
//! Never here: a decision about how to read; the rooms are called as the daemon calls them.

pub mod availability;
pub mod bench;
pub mod decide;
pub mod decisions;
mod fill;
pub mod handin;
mod kind;
pub mod lean;
pub mod orders;
mod readings;
mod reply;
mod score;

pub use fill::{Filling, fill};
pub use kind::kind_dir;
pub use readings::readings;
pub use reply::{kind_name, reply_dir, reply_stdin};
pub use score::{Counts, Report, Verdict, score};
