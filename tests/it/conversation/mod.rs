//! The machine: scripts in `fixtures/conversations/`, and properties that hold whatever happens.

pub(crate) mod people;
mod properties;
pub(crate) mod scripts;
mod stored;
