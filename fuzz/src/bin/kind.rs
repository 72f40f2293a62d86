//! What kind of mail a raw mail is.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| replyd_fuzz::kind(bytes));
