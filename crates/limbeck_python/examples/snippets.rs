//! Evaluates the snippets of files (each with a function `upgrade`), separated by lines
//! `###`, and prints what each prints, separated in the same way.
//!
//! `cargo run -p limbeck_python --example snippets -- FILE…`, to compare with what CPython prints. An error of Python's is
//! shown as `! Type: text`, what is not read as `? reason`.

use std::io::Write;
use std::rc::Rc;

use limbeck_diag::ErrorKind;
use limbeck_python::{
    Args, Host, Inputs, Interp, Limits, LogLevel, LogSource, NoSources, Script, World,
    on_deep_stack,
};

#[derive(Default)]
struct Recorder(String);

impl Host for Recorder {
    fn log(&mut self, _level: LogLevel, source: LogSource, text: &str) {
        if source == LogSource::Stdout {
            self.0.push_str(text);
        }
    }

    fn dialect_name(&self) -> &str {
        "default"
    }

    fn is_offline(&self) -> bool {
        false
    }
}

fn evaluate(source: &str) -> String {
    let inputs = Inputs {
        python_version: (3, 11, 7),
        allow_nondeterminism: true,
        ..Inputs::default()
    };
    let limits = Limits {
        steps: 3_000_000,
        ..Limits::default()
    };
    let world = World::new(Rc::new(NoSources), inputs, limits);
    let mut host = Recorder::default();
    let error = {
        let mut ev = Interp::new(&world, &mut host);
        match Script::parse("snippet.py", source) {
            Ok(script) => match script.load(&mut ev) {
                Ok(module) => Script::run_function(&mut ev, &module, "upgrade", Args::none()).err(),
                Err(error) => Some(error),
            },
            Err(error) => Some(error),
        }
    };
    if let Some(error) = error {
        let mark = if error.kind == ErrorKind::Python {
            '!'
        } else {
            '?'
        };
        host.0
            .push_str(&format!("{mark} {}\n", error.diagnostic.message));
    }
    host.0
}

fn main() {
    on_deep_stack(|| {
        let mut out = std::io::stdout().lock();
        for path in std::env::args().skip(1) {
            let source = std::fs::read_to_string(&path).unwrap_or_default();
            for snippet in source.split("\n###\n") {
                let written = out.write_all(format!("{}\n###\n", evaluate(snippet)).as_bytes());
                if written.is_err() {
                    return;
                }
            }
        }
    });
}
