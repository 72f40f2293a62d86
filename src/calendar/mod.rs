//! Zones, local times and business hours; answers to invitations (RFC 5545, 5546); later free slots and invitations (RFC 6047).
//!
//! In: names of zones, instants, working hours, calendar parts. Out: local times, "the next moment somebody may be written to", what an
//! answer says.
//! Never here: the machine's own zone, a clock.

mod answer;
mod hours;
mod lines;
mod spans;
mod windows;
mod zone;

pub use answer::{Answer, Moment, PartStat, Span, answer};
pub use hours::{Hours, OpenDays};
pub use spans::Spans;
pub use zone::{LocalTime, Zone, ZoneError, zone_data};
