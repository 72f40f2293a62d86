//! The hallway: carries things between doors, cellar and rooms. Every spawn and the only clock live here.

mod clock;
pub mod mailbox;
pub mod sending;

pub use clock::Clock;
