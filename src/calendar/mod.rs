//! Zones, local times and business hours; later free slots and iTIP (RFC 5545, 5546, 6047).
//!
//! In: names of zones, instants, working hours. Out: local times and "the next moment somebody may be written to".
//! Never here: the machine's own zone, a clock.

mod hours;
mod zone;

pub use hours::{Hours, OpenDays};
pub use zone::{LocalTime, Zone, ZoneError, zone_data};
