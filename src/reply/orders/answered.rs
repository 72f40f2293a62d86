//! "I answered Petra.": the recruiter has seen to what the client asked.
//!
//! In: own text, and who the contact is. Out: whether all of it says so, and nothing else. Never here: whether anything waits.

use super::super::frame;
use super::super::sentences::fold;
use super::{FEW, about, plain, table};
use crate::message::OwnText;

/// It says that the client has their answer, or that it is done, and nothing beside.
#[must_use]
pub fn says_answered(own: &OwnText, contact: &str) -> bool {
    if own.uncertain || own.text.len() > FEW {
        return false;
    }
    let shown = own.text.as_str();
    let Some(body) = shown.get(frame::body(shown)).filter(|body| !body.contains('?')) else {
        return false;
    };
    let names: Vec<String> = contact.split_whitespace().map(|part| fold(part).into_owned()).collect();
    let mut words: Vec<String> = about::folded(&plain::level(body));
    for word in &mut words {
        if names.contains(word) {
            "&".clone_into(word);
        }
    }
    words.dedup_by(|one, other| one == "&" && other == "&");
    table::is("answered", &words.join(" "))
}
