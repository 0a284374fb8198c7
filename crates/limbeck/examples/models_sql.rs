//! What Limbeck reads of models, as the statements that create their tables; compare with what SQLAlchemy writes.
//!
//! `models_sql SYS_PATH SQLALCHEMY SQLMODEL MODULE[,MODULE…]:ATTRIBUTE` prints one JSON object: statements by dialect and table,
//! or the reason why the models cannot be read.

use std::path::PathBuf;
use std::rc::Rc;

use limbeck::Disk;
use limbeck_diag::{Result, render_text};
use limbeck_python::models::read_modules;
use limbeck_python::{Inputs, Limits, World, on_deep_stack};
use limbeck_schema::{CreateTable, NamingConvention, Op, SourcedOp, Table};
use limbeck_sql::{CompileContext, Dialect, SqlAlchemyVersion, Target, compile};
use serde_json::{Map, Value, json};

const DIALECTS: [Dialect; 3] = [Dialect::Postgres, Dialect::Sqlite, Dialect::MySql];

fn create(table: &Table, dialect: Dialect, version: SqlAlchemyVersion) -> Result<Vec<String>> {
    let op = SourcedOp {
        op: Op::CreateTable(Box::new(CreateTable {
            table: table.clone(),
            if_not_exists: false,
            metadata: Some(NamingConvention::default()),
        })),
        origin: None,
    };
    let target = Target::offline(dialect, version);
    let mut context = CompileContext::offline(NamingConvention::default());
    let statements = compile(&op, &target, &mut context)?;
    Ok(statements.into_iter().map(|it| it.sql).collect())
}

fn read(words: &[String]) -> Result<Value> {
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let cwd = std::env::current_dir().unwrap_or_default();
    let version = if word(1).starts_with("2.0") {
        SqlAlchemyVersion::V2_0
    } else {
        SqlAlchemyVersion::V2_1
    };
    let mut out = Map::new();
    let (modules, attribute) = word(3).split_once(':').unwrap_or((word(3), "metadata"));
    let modules: Vec<&str> = modules.split(',').collect();
    for dialect in DIALECTS {
        let inputs = Inputs {
            env: std::env::vars().collect(),
            sys_path: word(0).split(':').map(PathBuf::from).collect(),
            cwd: cwd.clone(),
            allow_nondeterminism: true,
            packages: [("sqlalchemy", word(1)), ("sqlmodel", word(2))]
                .map(|(name, version)| (name.to_owned(), version.to_owned()))
                .into(),
            ..Inputs::default()
        };
        let world = World::new(Rc::new(Disk), inputs, Limits::default());
        let mut tables = Map::new();
        for schema in read_modules(&world, &modules, attribute, dialect.name())? {
            for table in &schema.tables {
                let statements = match create(table, dialect, version) {
                    Ok(statements) => json!(statements),
                    Err(error) => json!({ "error": error.diagnostic.message }),
                };
                tables.insert(table.name.to_string(), statements);
            }
        }
        out.insert(dialect.name().to_owned(), Value::Object(tables));
    }
    Ok(Value::Object(out))
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let value = on_deep_stack(move || match read(&words) {
        Ok(value) => value,
        Err(error) => json!({ "error": render_text(&error.diagnostic, false) }),
    });
    let text = format!("{value}\n");
    let _ = std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes());
}
