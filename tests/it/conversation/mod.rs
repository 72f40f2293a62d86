//! The machine: scripts in `fixtures/conversations/`, and properties that hold whatever happens.

mod people;
mod properties;
mod scripts;
