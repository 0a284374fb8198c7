//! Evaluates recorded snippets or revision files, and counts why some cannot be read.
//!
//! `readable vectors.json…` takes conformance vectors; `readable --scripts dialect directory` takes a folder of scripts.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use limbeck_diag::Error;
use limbeck_python::{
    Inputs, Limits, NoSources, RevisionRequest, Script, World, evaluate_column,
    evaluate_ops_snippet, evaluate_revision, evaluate_type, on_deep_stack,
};

/// Counts, and one example a reason.
#[derive(Default)]
struct Tally {
    good: usize,
    bad: BTreeMap<String, (usize, String)>,
}

impl Tally {
    fn add<T>(&mut self, result: Result<T, Error>, example: &str, failure_expected: bool) {
        match result {
            Ok(_) if failure_expected => {
                self.reason("evaluated, but SQLAlchemy fails".to_owned(), example)
            }
            Ok(_) => self.good += 1,
            Err(_) if failure_expected => self.good += 1,
            Err(error) => {
                let message = format!("{:?}: {}", error.kind, error.diagnostic.message);
                self.reason(message, example);
            }
        }
    }

    fn reason(&mut self, reason: String, example: &str) {
        let slot = self.bad.entry(reason).or_insert((0, example.to_owned()));
        slot.0 += 1;
    }

    fn print(&self, name: &str) {
        let bad: usize = self.bad.values().map(|(count, _)| count).sum();
        let mut out = std::io::stdout();
        let _ = writeln!(out, "{name}: {} good, {bad} bad", self.good);
        let mut list: Vec<_> = self.bad.iter().collect();
        list.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        for (reason, (count, example)) in list.iter().take(60) {
            let _ = writeln!(out, "{count:6} {reason}\n         {example}");
        }
    }
}

fn world() -> Rc<World> {
    World::new(Rc::new(NoSources), Inputs::default(), Limits::default())
}

fn vectors(path: &str) {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap_or_default();
    let mut tally = Tally::default();
    for case in cases {
        let source = |key: &str| case.get(key).and_then(|it| it.as_str()).map(str::to_owned);
        // Some fail while SQL is made, which is not known here: a failure everywhere may be either.
        let fails = |_: ()| {
            case.get("result")
                .and_then(|it| it.as_object())
                .is_some_and(|results| {
                    results.values().all(|result| {
                        let kind = result
                            .get("error")
                            .and_then(|it| it.get("kind"))
                            .and_then(|it| it.as_str());
                        matches!(
                            kind,
                            Some("TypeError" | "ArgumentError" | "ValueError" | "AttributeError")
                        )
                    })
                })
        };
        if let Some(op) = source("op") {
            tally.add(
                evaluate_ops_snippet(&world(), "postgresql", &op),
                &op,
                fails(()),
            );
        } else if let Some(type_) = source("type") {
            tally.add(evaluate_type(&world(), &type_), &type_, fails(()));
        } else if let Some(column) = source("column") {
            tally.add(evaluate_column(&world(), &column), &column, fails(()));
        }
    }
    tally.print(path);
}

fn files(directory: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            out.push(path);
        }
    }
}

fn scripts(dialect: &str, directory: &str) {
    let mut paths = Vec::new();
    files(Path::new(directory), &mut paths);
    paths.sort();
    for function in ["upgrade", "downgrade"] {
        let mut tally = Tally::default();
        for path in &paths {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            if !text.contains("down_revision") || !text.contains(&format!("def {function}(")) {
                continue;
            }
            let outcome = Script::parse(path, &text).and_then(|script| {
                let request = RevisionRequest {
                    script: &script,
                    function,
                    dialect,
                    is_offline: false,
                    kwargs: &[],
                };
                evaluate_revision(&world(), &request)
            });
            tally.add(outcome, &path.to_string_lossy(), false);
        }
        tally.print(function);
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    on_deep_stack(move || match args.as_slice() {
        [flag, dialect, directory] if flag == "--scripts" => scripts(dialect, directory),
        paths => paths.iter().for_each(|path| vectors(path)),
    });
}
