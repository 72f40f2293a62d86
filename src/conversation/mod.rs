//! The machine: what a conversation is, what can happen to it, and what follows.
//!
//! In: a [`Conversation`], an [`Event`], the time. Out: the conversation after it, and [`Effect`]s.
//! Never here: I/O, a clock, dice, an error: every stage meets every event, and "nothing to do" is an answer.

mod author;
mod backup;
mod batch;
mod command;
mod deadline;
mod desk;
mod effect;
mod elsewhere;
mod event;
mod forget;
mod governor;
mod interview;
mod letter;
mod merged;
mod milestones;
mod notice;
mod offered;
mod pick;
mod policy;
mod public;
mod said;
mod side;
mod standing;
mod state;
mod step;
mod submission;
mod taken;
mod told;
mod waits;

pub use author::Author;
pub use batch::{Attachment, Batch, Candidate, Contact, InterviewKind, Interviewer, MOST_INTERVIEWERS, Project};
pub use command::{BeforePause, Command, Correction, Ordered, Proposed, Stood};
pub use deadline::{Deadline, Deadlines};
pub use desk::{FromDesk, Inquiry, Opened, from_desk};
pub use effect::{Effect, Entry, Transition};
pub use elsewhere::{Elsewhere, Unread};
pub use event::{Event, Via, Visit};
pub use governor::{Because, Ruling, Urge};
pub use interview::{Clocks, Interview, InterviewStatus, TOLD};
pub use letter::{Confirmation, Content, Letter, Party, Understood};
pub use merged::{Also, MOST_ALSO};
pub use milestones::{Ended, Milestones, Outcome, Reasons, Told};
pub use notice::Notice;
pub use offered::{BETWEEN, MOST_REASONS, Offered, OwnReason, Ticked, holds};
pub use pick::{Pick, takes_back};
pub use policy::{Order, Policy, Proxy, Scheduling, Share};
pub use public::{Happening, LetterEnd, PublicEvent, event_id, event_number, is_named, letter_sent, names, public_events};
pub use said::{Entered, Objection, Said, Stands, entered_by};
pub use side::{Ask, Asking, Attendee, Side};
pub use standing::{Evidence, Standing};
pub use state::{AskedBack, Chase, Conversation, Driver, GoesOn, NamedZone, Parked, Press, Unheard, Wanted, Written};
pub use step::step;
pub use submission::{Guess, Resting, Status, Submission};
pub use waits::{Lane, WaitsFor};
