//! A target of `cargo fuzz`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| limbeck_fuzz::template(text));
