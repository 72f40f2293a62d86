//! What the words of a person say.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| replyd_fuzz::decide(bytes));
