//! Any text as a migration script: read to its end, or an error with a place; never a panic and never endless.
#![no_main]

use std::path::Path;
use std::rc::Rc;

use libfuzzer_sys::fuzz_target;
use limbeck_python::{Inputs, Limits, NoSources, RevisionRequest, World, evaluate_revision, on_deep_stack};

fuzz_target!(|text: &str| {
    on_deep_stack(|| {
        let limits = Limits { steps: 20_000, ..Limits::default() };
        let world = World::new(Rc::new(NoSources), Inputs::default(), limits);
        for function in ["upgrade", "downgrade"] {
            let request = RevisionRequest {
                path: Path::new("script.py"),
                text,
                function,
                dialect: "postgresql",
                is_offline: true,
                kwargs: &[],
            };
            let _ = evaluate_revision(&world, &request);
        }
    });
});
