//! Reads the sources and holds them to the shape of the house: which room may know which, what lives where,
//! and that every line of the checklist has a test with a name.

mod checklist;
mod layout;
mod plans;
mod rooms;
mod source;

use source::{Source, sources, tracked};

/// Panics with every finding at once, so that one run shows them all.
fn none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}
