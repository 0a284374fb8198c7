//! Core statements on six dialects, beside what SQLAlchemy wrote for them.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a recording that cannot be read is a broken test"
)]

#[path = "core/build.rs"]
mod build;

use build::Build;
use indexmap::IndexMap;
use limbeck_sql::{Compat, Dialect, SqlAlchemyVersion, StatementMode, Target, render_statement};
use serde_json::Value;

const RECORDINGS: [(SqlAlchemyVersion, &str); 2] = [
    (
        SqlAlchemyVersion::V2_1,
        include_str!("core_statements_2_1.json"),
    ),
    (
        SqlAlchemyVersion::V2_0,
        include_str!("core_statements_2_0.json"),
    ),
];

/// Cases where Limbeck does not do what SQLAlchemy does, and why.
///
/// A part of the case, the dialects, the modes.
const DIFFERENT: &[(&str, &[&str], &[&str])] = &[
    // A placeholder stands in the script where SQLAlchemy forgets that values are to be written out.
    (
        r#"["$distinctfrom",["$col","t.id"],3]"#,
        &["mysql", "mariadb", "sqlite", "mssql", "oracle"],
        &["literal", "driver"],
    ),
    (
        r#"{"dialect":"mysql","set":{"name":"y"}}"#,
        &["mysql", "mariadb"],
        &["literal", "driver"],
    ),
    (r#""offset":3"#, &["sqlite"], &["literal", "driver"]),
    (r#"{"insert":"t"}"#, ALL, &["literal", "driver"]),
    (r#"{"update":"u"}"#, ALL, &["literal", "driver"]),
    // Whether a value came through `literal()` or stands there by itself is not told apart: only the name of the placeholder shows it.
    (r#"["$==",["$col","t.n"],["$lit","x"]]"#, ALL, &["named"]),
    (r#"["$==",["$col","t.x"],["$lit",5]]"#, ALL, &["named"]),
    (
        r#"["$op","@>",["$col","t.jb"],["$lit","x"]]"#,
        ALL,
        &["named"],
    ),
    // SQLAlchemy takes a SQL Server that it is not connected to for one before 2012.
    (r#""offset":3"#, &["mssql"], &["literal", "named", "driver"]),
];

const ALL: &[&str] = &[
    "postgresql",
    "mysql",
    "mariadb",
    "sqlite",
    "mssql",
    "oracle",
];

fn expected(results: &Value, dialect: Dialect) -> &Value {
    results.get(dialect.name()).unwrap_or(&results["*"])
}

#[test]
fn statements_are_sqlalchemys() {
    for (version, recording) in RECORDINGS {
        check(version, recording);
    }
}

fn check(version: SqlAlchemyVersion, recording: &str) {
    let recording: Value = serde_json::from_str(recording).unwrap();
    let tables = &recording["header"]["tables"];
    let mut checked = 0;
    let mut faults = Vec::new();
    for entry in recording["cases"].as_array().unwrap() {
        let case = &entry["case"];
        let only: Option<Vec<&str>> = entry.get("dialects").map(|names| {
            names
                .as_array()
                .unwrap()
                .iter()
                .filter_map(Value::as_str)
                .collect()
        });
        for dialect in Dialect::ALL {
            if only
                .as_ref()
                .is_some_and(|only| !only.contains(&dialect.name()))
            {
                continue;
            }
            let statement = Build::new(tables).statement(case);
            let mut named = Target::offline(dialect, version);
            named.compat = Compat::Alembic;
            let driver = named.clone().with_driver_paramstyle();
            let literal = expected(&entry["literal"], dialect);
            let doubled = entry
                .get("driver")
                .and_then(|it| it.get(dialect.name()))
                .unwrap_or(literal);
            for (which, mode, target, expected) in [
                ("literal", StatementMode::LiteralBinds, &named, literal),
                (
                    "named",
                    StatementMode::Placeholders,
                    &named,
                    expected(&entry["named"], dialect),
                ),
                ("driver", StatementMode::LiteralBinds, &driver, doubled),
            ] {
                checked += 1;
                let got = render_statement(&statement, &IndexMap::new(), target, mode);
                let (fits, text) = match (&got, expected) {
                    (Ok(got), Value::String(text)) => (got.sql == *text, got.sql.clone()),
                    (Err(error), Value::Object(error_)) => {
                        let message = error_["message"].as_str().unwrap();
                        // Only the errors of the compiler have words to keep.
                        let keeps = error_["error"] == "CompileError";
                        (!keeps || error.to_string() == message, error.to_string())
                    }
                    (Ok(got), _) => (false, got.sql.clone()),
                    (Err(error), _) => (false, format!("error: {error}")),
                };
                let written = case.to_string();
                let listed = DIFFERENT.iter().any(|(part, dialects, modes)| {
                    written.contains(part)
                        && dialects.contains(&dialect.name())
                        && modes.contains(&which)
                });
                // With a limit, SQLite needs none of its own.
                let listed =
                    listed && !(dialect == Dialect::Sqlite && written.contains("\"limit\""));
                if fits == listed {
                    faults.push(format!(
                        "{dialect} {which} {case}\n   want {expected}\n   got  {text:?}"
                    ));
                }
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{version:?}: {} of {checked} differ:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
