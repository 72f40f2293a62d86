//! The machine: what a conversation is, what can happen to it, and what follows.
//!
//! In: a [`Conversation`], an [`Event`], the time. Out: the conversation after it, and [`Effect`]s.
//! Never here: I/O, a clock, dice, an error: every stage meets every event, and "nothing to do" is an answer.

mod batch;
mod deadline;
mod event;
mod letter;
mod standing;
mod state;

pub use batch::{Attachment, Batch, Candidate, Contact, InterviewKind, Project};
pub use deadline::{Deadline, Deadlines};
pub use event::{Command, Event, Via, Visit};
pub use letter::{Content, Letter, Notice, Party, Understood};
pub use standing::{Evidence, Standing};
pub use state::{Chase, Conversation, Driver, Policy, Press, Proxy, Resting, Status, Submission};
