//! Which part of a displayed body its sender wrote.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| replyd_fuzz::own(bytes));
