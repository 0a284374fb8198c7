//! Recorded cases by dialect: reading them, and judging what is made of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use indexmap::IndexMap;
use limbeck_diag::Error;
use limbeck_sql::{Dialect, SqlAlchemyVersion};
use serde_json::Value;

/// The text of a member of a case; empty if there is none.
pub(crate) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The recorded cases of a file; those of another folder where `LIMBECK_VECTORS` names one.
pub(crate) fn cases(file: &str) -> Vec<Value> {
    let folder = match std::env::var_os("LIMBECK_VECTORS") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/vectors/visible"
        )),
    };
    let text = std::fs::read_to_string(folder.join(file)).expect("the recorded cases");
    serde_json::from_str(&text).expect("JSON")
}

/// The ids in the first column of the tables of `DIFFERENCES.md`, and how often they stand there.
fn differences() -> BTreeMap<String, usize> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../DIFFERENCES.md");
    let text = std::fs::read_to_string(path).expect("the differences");
    let mut ids = BTreeMap::new();
    let cells = text
        .lines()
        .filter_map(|line| line.strip_prefix('|')?.split('|').next());
    for id in cells.flat_map(|cell| cell.split(',')) {
        *ids.entry(id.trim().to_owned()).or_default() += 1;
    }
    ids
}

/// What is recorded for a dialect under a version of SQLAlchemy.
fn recorded(case: &Value, dialect: Dialect, version: SqlAlchemyVersion) -> Option<&Value> {
    let name = dialect.name();
    let newest = || {
        let results = case.get("result")?;
        results.get(name).or_else(|| results.get("*"))
    };
    match version {
        SqlAlchemyVersion::V2_1 => newest(),
        SqlAlchemyVersion::V2_0 => {
            let older = case.get("result_sqlalchemy_2_0");
            older
                .and_then(|it| it.get(name).or_else(|| it.get("*")))
                .or_else(newest)
        }
    }
}

/// Why a failure is not the recorded one. Messages count where Alembic or a compiler words them.
pub(crate) fn error_fault(recorded: Option<&Value>, made: Option<&Error>) -> Option<String> {
    let show = |error: &Error| format!("{:?}: {}", error.kind, error.diagnostic.message);
    match (recorded, made) {
        (None, None) => None,
        (None, Some(error)) => Some(format!("fails with {}", show(error))),
        (Some(wanted), None) => Some(format!("does not fail with {wanted}")),
        (Some(wanted), Some(error)) => {
            let counts = matches!(
                text(wanted, "kind"),
                "CommandError" | "CompileError" | "UnsupportedCompilationError"
            );
            let is_same = text(wanted, "message") == error.diagnostic.message;
            (counts && !is_same).then(|| format!("fails with {}\nnot {wanted}", show(error)))
        }
    }
}

/// Compares every case for every dialect and both versions of SQLAlchemy.
///
/// A case of `DIFFERENCES.md` must differ, in the dialects of its `bug` only where it names them and where no other line of
/// that page has the case, too.
pub(crate) fn check(
    file: &str,
    mut compare: impl FnMut(&Value, Dialect, SqlAlchemyVersion, &Value) -> Option<String>,
) {
    let listed = differences();
    let mut reports: BTreeMap<String, IndexMap<String, Vec<String>>> = BTreeMap::new();
    let mut sources: BTreeMap<String, String> = BTreeMap::new();
    let (mut equal, mut total) = (0, 0);
    for case in cases(file) {
        let id = text(&case, "id");
        let bugs = case.get("bug_dialects").and_then(Value::as_array);
        let mut differs = false;
        for version in [SqlAlchemyVersion::V2_1, SqlAlchemyVersion::V2_0] {
            for dialect in Dialect::ALL {
                let Some(wanted) = recorded(&case, dialect, version) else {
                    continue;
                };
                total += 1;
                let Some(fault) = compare(&case, dialect, version, wanted) else {
                    equal += 1;
                    continue;
                };
                differs = true;
                let is_bug = bugs.is_none_or(|it| it.iter().any(|bug| bug == dialect.name()));
                let is_wanted = listed.get(id).is_some_and(|rows| is_bug || *rows > 1);
                if !is_wanted {
                    let report = reports.entry(id.to_owned()).or_default();
                    let places = report.entry(fault).or_default();
                    places.push(format!("{} {version:?}", dialect.name()));
                }
            }
        }
        if listed.contains_key(id) && !differs {
            let fault = "stands in DIFFERENCES.md and does not differ".to_owned();
            let report = reports.entry(id.to_owned()).or_default();
            report.insert(fault, Vec::new());
        }
        if reports.contains_key(id) {
            let source = ["op", "type", "column"].map(|key| text(&case, key));
            sources.insert(id.to_owned(), source.concat());
        }
    }
    assert!(total > 0, "no case ran");
    let faults: Vec<String> = reports
        .iter()
        .map(|(id, report)| {
            let source = sources.get(id).map_or("", String::as_str);
            let lines = report
                .iter()
                .map(|(fault, places)| format!("\n[{}] {fault}", places.join(", ")));
            format!("{id}: {source}{}", lines.collect::<String>())
        })
        .collect();
    assert!(
        faults.is_empty(),
        "{equal} of {total} results are equal; {} cases are not:\n\n{}",
        faults.len(),
        faults.join("\n\n")
    );
}
