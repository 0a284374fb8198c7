//! Models read without Python: the statements for the tables of the models in `models/` equal those that real SQLAlchemy wrote
//! (`models/recorded.json`, made by `cargo xtask record-oracle models`).

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::{Path, PathBuf};
use std::rc::Rc;

use limbeck_diag::{Error, ErrorKind, render_text};
use limbeck_python::models::read_module;
use limbeck_python::{Inputs, Limits, MemorySources, World, on_deep_stack};
use limbeck_schema::{CreateTable, NamingConvention, Op, Schema, SourcedOp, Table};
use limbeck_sql::{CompileContext, Dialect, SqlAlchemyVersion, Target, compile};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models")
}

fn read(file: &str, dialect: Dialect) -> Result<Vec<Schema>, String> {
    let text = std::fs::read_to_string(folder().join(file)).unwrap();
    read_text(file, &text, dialect).map_err(|error| render_text(&error.diagnostic, false))
}

fn read_text(file: &str, text: &str, dialect: Dialect) -> Result<Vec<Schema>, Error> {
    let sources = MemorySources {
        files: [(PathBuf::from("/case").join(file), text.to_owned())].into(),
    };
    let inputs = Inputs {
        sys_path: vec!["/case".into()],
        packages: [("sqlalchemy", "2.1.9"), ("sqlmodel", "0.0.50")]
            .map(|(name, version)| (name.to_owned(), version.to_owned()))
            .into(),
        ..Inputs::default()
    };
    let module = file.trim_end_matches(".py").to_owned();
    on_deep_stack(move || {
        let world = World::new(Rc::new(sources), inputs, Limits::default());
        read_module(&world, &module, "metadata", dialect.name())
    })
}

fn statements(table: &Table, dialect: Dialect) -> Result<Vec<String>, String> {
    let op = SourcedOp {
        op: Op::CreateTable(Box::new(CreateTable {
            table: table.clone(),
            if_not_exists: false,
            metadata: Some(NamingConvention::default()),
        })),
        origin: None,
    };
    let target = Target::offline(dialect, SqlAlchemyVersion::V2_1);
    let mut context = CompileContext::offline(NamingConvention::default());
    let compiled =
        compile(&op, &target, &mut context).map_err(|error| error.diagnostic.message.clone())?;
    let texts = compiled.into_iter().map(|statement| statement.sql);
    // The types of columns are made before their table; SQLAlchemy's `CreateTable` alone does not say so.
    Ok(texts
        .filter(|sql| !sql.starts_with("CREATE TYPE"))
        .collect())
}

/// The lines of statements; those of constraints, whose order is SQLAlchemy's order of creation, are sorted.
fn lines(statements: &[String]) -> Vec<String> {
    const CONSTRAINTS: [&str; 5] = [
        "CONSTRAINT",
        "PRIMARY KEY",
        "UNIQUE",
        "FOREIGN KEY",
        "CHECK",
    ];
    let mut out = Vec::new();
    let mut constraints = Vec::new();
    for line in statements.iter().flat_map(|sql| sql.trim().lines()) {
        let line = line.trim().trim_end_matches(',').to_owned();
        if CONSTRAINTS.iter().any(|word| line.starts_with(word)) {
            constraints.push(line);
        } else {
            out.push(line);
        }
    }
    constraints.sort();
    out.append(&mut constraints);
    out
}

fn differences(file: &str, dialect: Dialect, recorded: &Value) -> Vec<String> {
    let schemas = match read(file, dialect) {
        Ok(schemas) => schemas,
        Err(error) => return vec![format!("{file} {}: {error}", dialect.name())],
    };
    let tables: Vec<&Table> = schemas.iter().flat_map(|schema| &schema.tables).collect();
    let wanted = recorded.as_object().unwrap();
    let mut out = Vec::new();
    let names: Vec<String> = tables.iter().map(|table| table.name.to_string()).collect();
    let expected: Vec<&String> = wanted.keys().collect();
    if names.iter().collect::<Vec<_>>() != expected {
        out.push(format!("{file}: tables {names:?}, wanted {expected:?}"));
    }
    for table in tables {
        let Some(wanted) = wanted.get(&table.name.to_string()) else {
            continue;
        };
        let found = statements(table, dialect);
        let same = match (&found, wanted.as_array()) {
            (Ok(found), Some(wanted)) => {
                let texts: Vec<String> = wanted
                    .iter()
                    .map(|text| text.as_str().unwrap().to_owned())
                    .collect();
                lines(found) == lines(&texts)
            }
            (Err(_), None) => true,
            _ => false,
        };
        if !same {
            out.push(format!(
                "{file} {} {}\n  wanted: {wanted:#}\n  found: {found:#?}",
                dialect.name(),
                table.name
            ));
        }
    }
    out
}

#[test]
fn tables_equal_those_of_sqlalchemy() {
    let text = std::fs::read_to_string(folder().join("recorded.json")).unwrap();
    let recorded: Value = serde_json::from_str(&text).unwrap();
    let mut failed = Vec::new();
    let mut files = 0;
    for (file, dialects) in recorded.as_object().unwrap() {
        files += 1;
        for dialect in [Dialect::Postgres, Dialect::MySql, Dialect::Sqlite] {
            failed.extend(differences(
                file,
                dialect,
                dialects.get(dialect.name()).unwrap(),
            ));
        }
    }
    assert!(files > 2, "nothing is recorded");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn what_is_not_understood_is_refused_with_its_place() {
    let text = include_str!("models/refused.md");
    let mut blocks = text.split("\n## ").skip(1).map(|section| {
        let (name, rest) = section.split_once('\n').unwrap();
        let code = rest.split("```python\n").nth(1).unwrap();
        (name, code.split("```").next().unwrap())
    });
    let (_, beginning) = blocks.next().unwrap();
    let mut failed = Vec::new();
    let mut refused = 0;
    for (name, code) in blocks {
        let source = format!("{beginning}{code}");
        match read_text("case.py", &source, Dialect::Postgres) {
            Err(error) if error.kind == ErrorKind::Unreadable => {
                if error.diagnostic.location().is_none() {
                    failed.push(format!("{name}: no place: {}", error.diagnostic.message));
                }
                refused += 1;
            }
            Err(error) => failed.push(format!("{name}: {}", error.diagnostic.message)),
            Ok(schemas) => failed.push(format!("{name}: read as {schemas:?}")),
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(refused > 30, "only {refused} cases");
}
