//! Any text as a `.env` file, and as the options of a hook.
#![no_main]

use libfuzzer_sys::fuzz_target;
use limbeck_config::{parse_dotenv, split_shell};
use limbeck_diag::SourceFile;

fuzz_target!(|text: &str| {
    for variable in parse_dotenv(&SourceFile::new(".env", text), |_| None) {
        assert!(variable.location.span.end as usize <= text.len());
    }
    let _ = split_shell(text);
});
