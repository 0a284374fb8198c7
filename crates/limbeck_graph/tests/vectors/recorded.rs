//! Reading the recordings, and comparing with them: sets as sets, errors by their text.

use std::path::Path;

use limbeck_diag::Error;
use limbeck_graph::{Revision, Target};
use serde_json::{Value, json};

/// One line of a recording.
pub(crate) type Case = Value;

/// An error, as it is compared.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Alembic's class, where the error has one of its own.
    pub(crate) class: Option<String>,
    pub(crate) message: String,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure {
            class: None,
            message: error.diagnostic.message,
        }
    }
}

/// Runs all cases of a file and lists those that differ.
pub(crate) fn check_file(name: &str, run: impl Fn(&Case) -> Option<Result<Value, Failure>>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join("../shared/vectors/visible").join(name);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{} is needed: {error}", path.display()));
    let wanted_differences =
        std::fs::read_to_string(root.join("DIFFERENCES.md")).unwrap_or_default();
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    let mut passed = 0;
    let mut failed = Vec::new();
    for case in &cases {
        let Some(found) = run(case) else { continue };
        let id = case["id"].as_str().unwrap();
        match explain(case, &found) {
            None => passed += 1,
            Some(_) if wanted_differences.contains(id) => {}
            Some(difference) => failed.push(format!("{id}: {difference}")),
        }
    }
    println!("{name}: {passed} pass, {} fail", failed.len());
    assert!(passed > 0, "{name}: no case was run");
    assert!(
        failed.is_empty(),
        "{} of {name} differ:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

fn explain(case: &Case, found: &Result<Value, Failure>) -> Option<String> {
    let alternatives = case["alternatives"].as_array().into_iter().flatten();
    let mut recorded = std::iter::once(case).chain(alternatives);
    if recorded.any(|expected| agrees(expected, found)) {
        return None;
    }
    let question = if case["query"].is_null() {
        case["command"].to_string()
    } else {
        case["query"].to_string()
    };
    let expected = if case["error"].is_null() {
        &case["result"]
    } else {
        &case["error"]
    };
    let rows = &case["rows_before"];
    Some(match found {
        Ok(found) => format!("{question} {rows}\n  expected {expected}\n  found    {found}"),
        Err(found) => format!("{question} {rows}\n  expected {expected}\n  found    {found:?}"),
    })
}

fn agrees(expected: &Value, found: &Result<Value, Failure>) -> bool {
    match (&expected["error"], found) {
        (Value::Null, Ok(found)) => as_sets(&expected["result"]) == as_sets(found),
        (Value::Null, Err(_)) | (Value::Object(_), Ok(_)) => false,
        (error, Err(found)) => {
            let kind = error["kind"].as_str().unwrap();
            // Of Python's own errors only the fact counts.
            if matches!(
                kind,
                "AssertionError" | "KeyError" | "TypeError" | "AttributeError"
            ) {
                return true;
            }
            let class_agrees = found.class.as_ref().is_none_or(|class| class == kind);
            class_agrees && error["message"] == found.message
        }
        (_, Ok(_)) => false,
    }
}

/// Orders what Alembic keeps in sets: dependencies in `from` and `to`, and which of several rows
/// a merge or an unmerge keeps.
fn as_sets(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(as_sets).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| {
                let value = match key.as_str() {
                    "from" | "to" | "rows_after" | "branch_labels" => sorted(strings(value)),
                    "statements" => row_effect(value),
                    _ => as_sets(value),
                };
                (key.clone(), value)
            })
            .collect(),
        _ => value.clone(),
    }
}

fn row_effect(statements: &Value) -> Value {
    let (mut gone, mut come, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    for statement in statements.as_array().unwrap() {
        for (kind, argument) in statement.as_object().unwrap() {
            kinds.push(kind.clone());
            match kind.as_str() {
                "insert" => come.push(argument.as_str().unwrap().to_owned()),
                "delete" => gone.push(argument.as_str().unwrap().to_owned()),
                _ => {
                    gone.push(argument[0].as_str().unwrap().to_owned());
                    come.push(argument[1].as_str().unwrap().to_owned());
                }
            }
        }
    }
    json!({"kinds": kinds, "gone": sorted(gone), "come": sorted(come)})
}

fn sorted(mut texts: Vec<String>) -> Value {
    texts.sort();
    json!(texts)
}

/// A JSON list of texts.
pub(crate) fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items
        .map(|item| item.as_str().unwrap().to_owned())
        .collect()
}

/// A JSON text, list or null as an argument.
pub(crate) fn target(value: &Value) -> Target {
    match value {
        Value::Null => Target::None,
        Value::String(symbol) => Target::from(symbol.as_str()),
        _ => Target::Many(strings(value)),
    }
}

/// The headers of a case, in load order.
pub(crate) fn graph(case: &Case) -> Vec<Revision> {
    let nodes = case["graph"].as_array().unwrap().iter();
    nodes
        .map(|node| Revision {
            revision: node["revision"].as_str().unwrap().to_owned(),
            down_revision: strings(&node["down_revision"]),
            depends_on: strings(&node["depends_on"]),
            branch_labels: strings(&node["branch_labels"]),
            ..Revision::default()
        })
        .collect()
}
