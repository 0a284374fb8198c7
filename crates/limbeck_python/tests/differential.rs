//! Runs the same snippets in CPython and in the evaluator and compares what they print.
//!
//! `tests/snippets/*.py` are Python files; a line `###` starts another snippet. An uncaught exception
//! is compared by its last line.

#[path = "printed/recorder.rs"]
mod recorder;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use limbeck_python::{Inputs, Interp, Limits, NoSources, Script, World, on_deep_stack};
use recorder::Recorder;

fn evaluate(source: &str) -> String {
    on_deep_stack(|| {
        let inputs = Inputs {
            python_version: python_version(),
            ..Inputs::default()
        };
        let world = World::new(Rc::new(NoSources), inputs, Limits::default());
        let mut host = Recorder::default();
        let error = {
            let mut ev = Interp::new(&world, &mut host);
            match Script::parse("snippet.py", source) {
                Ok(script) => script.load(&mut ev).err(),
                Err(error) => Some(error),
            }
        };
        if let Some(error) = error {
            host.0
                .push_str(&format!("! {}\n", error.diagnostic.message));
        }
        host.0
    })
}

fn python() -> PathBuf {
    std::env::var_os("LIMBECK_TEST_PYTHON").map_or_else(|| PathBuf::from("python3"), PathBuf::from)
}

fn python_version() -> (u8, u8, u8) {
    (3, 11, 0)
}

const RUNNER: &str = r#"
import sys, io, contextlib, traceback
source = open(sys.argv[1]).read()
for snippet in source.split("\n###\n"):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            exec(compile(snippet, "snippet.py", "exec"), {"__name__": "snippet_py"})
        except BaseException as error:
            print("!", traceback.format_exception_only(type(error), error)[-1].rstrip("\n"))
    sys.stdout.write(out.getvalue() + "\n###\n")
"#;

#[test]
fn the_evaluator_prints_what_cpython_prints() {
    let folder = match std::env::var_os("LIMBECK_SNIPPETS") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snippets"),
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut failures = Vec::new();
    let mut count = 0;
    for file in files
        .iter()
        .filter(|file| file.extension().is_some_and(|ext| ext == "py"))
    {
        let output = Command::new(python())
            .args(["-c", RUNNER])
            .arg(file)
            .output()
            .expect("these tests need python3 (or LIMBECK_TEST_PYTHON) to compare with");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let expected = String::from_utf8(output.stdout).unwrap();
        let source = std::fs::read_to_string(file).unwrap();
        for (snippet, expected) in source.split("\n###\n").zip(expected.split("\n###\n")) {
            count += 1;
            let found = evaluate(snippet);
            if found.trim_end() != expected.trim_end() {
                failures.push(format!(
                    "{}:\n{snippet}\n--- python\n{expected}\n--- evaluator\n{found}",
                    file.display()
                ));
            }
        }
    }
    assert!(count > 0, "no snippets were found");
    assert!(
        failures.is_empty(),
        "{} of {count} differ\n\n{}",
        failures.len(),
        failures.join("\n==========\n")
    );
}
