//! A calendar: an answer to an invitation, or when somebody is busy.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| replyd_fuzz::itip(bytes));
