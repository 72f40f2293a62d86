//! The machine: scripts in `fixtures/conversations/`, and properties that hold whatever happens.

pub(crate) mod people;
mod properties;
mod scripts;
mod stored;
