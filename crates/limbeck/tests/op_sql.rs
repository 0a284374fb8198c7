//! What the directives of `op` say in SQL, against what Alembic wrote for six databases, offline.

#![expect(clippy::expect_used, reason = "a test without its data fails")]

#[path = "vectors/recording.rs"]
mod recording;

use std::cell::OnceCell;
use std::rc::Rc;

use limbeck_diag::Error;
use limbeck_python::{
    Host, Inputs, Limits, LogLevel, LogSource, NoSources, RevisionRequest, Script, World,
    on_deep_stack, run_revision,
};
use limbeck_schema::{NamingConvention, SourcedOp};
use limbeck_sql::script::{ScriptOptions, render_chunks};
use limbeck_sql::{CompileContext, Dialect, SqlAlchemyVersion, Target, compile_ops};
use recording::{error_fault, text};
use serde_json::Value;

/// The names that recorded calls may use.
const IMPORTS: &str = "import datetime, decimal, uuid\nimport sqlalchemy as sa\nfrom alembic import op\n\
    from alembic.operations import ops\n\
    from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite\n";

/// Keeps the operations that come before a failure.
struct Collector {
    dialect: Dialect,
    ops: Vec<SourcedOp>,
}

impl Host for Collector {
    fn log(&mut self, _level: LogLevel, _source: LogSource, _text: &str) {}

    fn dialect_name(&self) -> &str {
        self.dialect.name()
    }

    fn is_offline(&self) -> bool {
        true
    }

    fn emit(&mut self, op: SourcedOp) -> Result<(), Error> {
        self.ops.push(op);
        Ok(())
    }
}

/// One world for a dialect and a version of SQLAlchemy, so that the modules are made once.
#[derive(Default)]
struct Worlds {
    worlds: [OnceCell<Rc<World>>; 2],
}

impl Worlds {
    fn get(&self, version: SqlAlchemyVersion) -> &Rc<World> {
        let [older, newest] = &self.worlds;
        let (cell, number) = match version {
            SqlAlchemyVersion::V2_0 => (older, "2.0.58"),
            SqlAlchemyVersion::V2_1 => (newest, "2.1.9"),
        };
        cell.get_or_init(|| {
            let inputs = Inputs {
                packages: [("sqlalchemy".to_owned(), number.to_owned())].into(),
                ..Inputs::default()
            };
            World::new(Rc::new(NoSources), inputs, Limits::default())
        })
    }
}

fn convention(case: &Value) -> NamingConvention {
    let Some(given) = case.get("naming_convention").and_then(Value::as_object) else {
        return NamingConvention::default();
    };
    let templates = given.iter().map(|(key, template)| {
        let template = template.as_str().expect("a template");
        (key.clone(), template.to_owned())
    });
    NamingConvention {
        templates: templates.collect(),
    }
}

/// The recorded statements as the body of a function. What a string continues on a further line is not indented.
fn script_of(op: &str) -> String {
    let mut script = format!("{IMPORTS}\ndef upgrade():\n");
    let mut open: Option<&str> = None;
    for line in op.lines() {
        if open.is_none() {
            script.push_str("    ");
        }
        script.push_str(line);
        script.push('\n');
        let mut rest = line;
        loop {
            let next = match open {
                Some(quotes) => rest.find(quotes).map(|at| (at, quotes)),
                None => ["\"\"\"", "'''"]
                    .into_iter()
                    .filter_map(|quotes| Some((rest.find(quotes)?, quotes)))
                    .min(),
            };
            let Some((at, quotes)) = next else { break };
            open = if open.is_some() { None } else { Some(quotes) };
            rest = rest.get(at + quotes.len()..).unwrap_or_default();
        }
    }
    script
}

/// The script's chunks, and the failure that ends it.
fn make(case: &Value, target: &Target, world: &Rc<World>) -> (Vec<String>, Option<Error>) {
    let script = script_of(text(case, "op"));
    let mut host = Collector {
        dialect: target.dialect,
        ops: Vec::new(),
    };
    let evaluated = Script::parse("script.py", &script).and_then(|script| {
        let request = RevisionRequest {
            script: &script,
            function: "upgrade",
            dialect: target.dialect.name(),
            is_offline: true,
            kwargs: &[],
        };
        run_revision(world, &request, &mut host)
    });
    let mut context = CompileContext::offline(convention(case));
    let option = |name: &str| case.get("opts").and_then(|it| it.get(name));
    context.literal_binds = option("literal_binds").is_none_or(|it| it == true);
    let separator = match target.dialect {
        Dialect::MsSql => option("mssql_batch_separator"),
        Dialect::Oracle => option("oracle_batch_separator"),
        Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => None,
    };
    let options = ScriptOptions {
        batch_separator: separator.and_then(Value::as_str).map(str::to_owned),
    };
    let mut statements = Vec::new();
    let compiled = compile_ops(&host.ops, target, &mut context, &mut statements);
    let chunks = statements
        .iter()
        .flat_map(|statement| render_chunks(statement, target, &options));
    (chunks.collect(), compiled.and(evaluated).err())
}

/// Statements in any order, with their lines in any order.
fn sorted(chunks: &[String]) -> Vec<Vec<&str>> {
    let mut statements: Vec<Vec<&str>> = chunks
        .iter()
        .map(|chunk| {
            let lines = chunk
                .lines()
                .map(|it| it.trim().trim_end_matches([',', ';']));
            let mut lines: Vec<&str> = lines.collect();
            lines.sort_unstable();
            lines
        })
        .collect();
    statements.sort();
    statements
}

#[test]
fn operations_are_written_as_by_alembic() {
    on_deep_stack(|| {
        let worlds = Worlds::default();
        recording::check("op_sql.json", |case, dialect, version, wanted| {
            let mut target = Target::offline(dialect, version);
            if case.get("dialect_opts").is_some() {
                target = target.with_driver_paramstyle();
            }
            let (chunks, error) = make(case, &target, worlds.get(version));
            if let Some(fault) = error_fault(wanted.get("error"), error.as_ref()) {
                return Some(fault);
            }
            let written: Vec<String> = wanted
                .get("sql")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|chunk| chunk.as_str().map(str::to_owned))
                .collect();
            let unordered = case.get("unordered").is_some();
            let is_same = written == chunks || (unordered && sorted(&written) == sorted(&chunks));
            (!is_same).then(|| format!("wanted {written:#?}\nfound {chunks:#?}"))
        });
    });
}
