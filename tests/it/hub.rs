//! The hub over a real daemon: who gets in, what they see, what they do, and what nobody can make them do.

mod browser;
mod drafts;
mod entry;
mod forgetting;
mod guard;
mod house;
mod look;
mod steer;
