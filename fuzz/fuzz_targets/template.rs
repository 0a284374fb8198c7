//! Any text as `script.py.mako`: compiled or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use limbeck_diag::SourceFile;
use limbeck_python::mako::check_template;

fuzz_target!(|text: &str| {
    let _ = check_template(&SourceFile::new("script.py.mako", text));
});
