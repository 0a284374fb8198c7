//! What stands beside SQLAlchemy in migration scripts: the SQL of the scripts in `companions/` equals what real Alembic with the real
//! packages wrote (`companions/recorded.jsonl`, made by `cargo xtask record-oracle companions`), and what Alembic refuses is refused.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::{Path, PathBuf};
use std::rc::Rc;

use limbeck_diag::Result;
use limbeck_python::{
    Inputs, Limits, NoSources, RevisionRequest, Script, World, evaluate_revision, on_deep_stack,
};
use limbeck_schema::NamingConvention;
use limbeck_sql::script::{ScriptOptions, render_chunks};
use limbeck_sql::{CompileContext, Dialect, SqlAlchemyVersion, Target, compile_ops};
use serde_json::Value;

fn sql(path: &Path, dialect: Dialect, function: &str) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let world = World::new(Rc::new(NoSources), Inputs::default(), Limits::default());
    let request = RevisionRequest {
        script: &Script::parse(path, &text)?,
        function,
        dialect: dialect.name(),
        is_offline: true,
        kwargs: &[],
    };
    let ops = evaluate_revision(&world, &request)?.ops;
    let target = Target::offline(dialect, SqlAlchemyVersion::V2_1);
    let mut context = CompileContext::offline(NamingConvention::default());
    let mut statements = Vec::new();
    compile_ops(&ops, &target, &mut context, &mut statements)?;
    let options = ScriptOptions::default();
    let chunks = statements
        .iter()
        .flat_map(|statement| render_chunks(statement, &target, &options));
    Ok(chunks.map(|chunk| chunk.trim().to_owned()).collect())
}

/// One line of the recording, compared; nothing when it is equal.
fn difference(folder: &Path, line: &str) -> Option<String> {
    let row: Value = serde_json::from_str(line).unwrap();
    let text = |key: &str| row.get(key).unwrap().as_str().unwrap().to_owned();
    let (file, dialect, direction) = (text("file"), text("dialect"), text("direction"));
    let dialect = match dialect.as_str() {
        "postgresql" => Dialect::Postgres,
        "mysql" => Dialect::MySql,
        _ => Dialect::Sqlite,
    };
    let found = sql(&folder.join(&file), dialect, &direction);
    let case = format!("{file} {} {direction}", dialect.name());
    let script = std::fs::read_to_string(folder.join(&file)).unwrap();
    let only_on = script
        .lines()
        .find_map(|line| line.strip_prefix("# Limbeck reads it on: "));
    if only_on.is_some_and(|names| names.split(", ").all(|name| name != dialect.name())) {
        return found
            .is_ok()
            .then(|| format!("{case}: Limbeck reads it, and says that it does not"));
    }
    match (row.get("sql").and_then(Value::as_array), found) {
        (Some(expected), Ok(found)) => {
            let expected: Vec<&str> = expected
                .iter()
                .map(|chunk| chunk.as_str().unwrap().trim())
                .collect();
            (expected != found)
                .then(|| format!("{case}\n  alembic: {expected:#?}\n  limbeck: {found:#?}"))
        }
        (Some(_), Err(error)) => Some(format!("{case}: {}", error.diagnostic.message)),
        (None, Ok(found)) => Some(format!(
            "{case}: Alembic refuses it ({}), Limbeck writes {found:#?}",
            text("error")
        )),
        (None, Err(_)) => None,
    }
}

#[test]
fn scripts_with_companion_packages_give_the_sql_that_alembic_gives() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/companions"));
    let recorded = std::fs::read_to_string(folder.join("recorded.jsonl")).unwrap();
    let differences = on_deep_stack(move || {
        let differences = recorded.lines().map(|line| difference(&folder, line));
        differences.flatten().collect::<Vec<String>>()
    });
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
