//! When a person is free.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| replyd_fuzz::times(bytes));
