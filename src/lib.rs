//! replyd: an email-first daemon for recruiting agencies.

pub mod model;

pub mod calendar;

pub mod message;

pub mod reply;

pub mod link;

pub mod conversation;

pub mod compose;

pub mod store;

pub mod net;

pub mod inbox;

pub mod http;

pub mod outbox;

pub mod daemon;

pub mod cli;

pub mod config;

#[cfg(feature = "demo")]
pub mod demo;

pub mod lab;
