//! Zones, local times and business hours; free slots; invitations and the answers to them; busy times.   RFC 5545, 5546, 7986
//!
//! In: names of zones, instants, working hours, what people gave, calendars that strangers wrote, interviews as one person is to see them.
//! Out: local times, "the next moment somebody may be written to", slots, finished calendar files, what an answer says, when somebody is taken.
//! Never here: the machine's own zone, a clock, a UID made up; fetching a calendar; which interview an answer is about.
//!
//! What others wrote is read by parsers of this room, line by line and without recursion, and never by the crate that writes our own files:
//! so each invitation can be read back by somebody who did not write it.

mod answer;
mod blocks;
mod busy;
mod check;
mod free;
mod hours;
mod invitation;
mod lines;
mod moment;
mod named;
mod repeat;
mod rules;
mod slots;
mod spans;
mod zone;

pub use answer::{Answer, NoAnswer, PartStat, Proposal, answer};
pub use blocks::method;
pub use busy::{Busy, Doubt, LARGEST_CALENDAR, NoCalendar, Owner, busy};
pub use check::{Mismatch, check};
pub use hours::{Hours, OpenDays};
pub use invitation::{Invitation, Method};
pub use moment::{Moment, Span};
pub use slots::{Party, Search, slots};
pub use spans::Spans;
pub use zone::{LocalTime, Zone, ZoneError, zone_data};
