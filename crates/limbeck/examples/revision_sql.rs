//! What Limbeck makes of single revision files: the counterpart of `xtask/corpus/per_file.py`, which records what
//! Alembic makes of them. `cargo xtask corpus` compares the two.
//!
//! `revision_sql SYS_PATH PACKAGES FILE…` prints one JSON line for each file, dialect and direction. SYS_PATH is
//! separated by `:`, PACKAGES (`sqlalchemy=2.1.9,sqlmodel=0.0.50`) are the versions that the project has installed.
//!
//! A line has `sql`, the chunks of the `--sql` script, or `error` with its `kind`. How scripts are read on a connection, `limbeck
//! doctor --scripts` tells.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use limbeck::Disk;
use limbeck_diag::Result;
use limbeck_python::{
    Host, Inputs, Limits, LogLevel, LogSource, RevisionRequest, Script, World, on_deep_stack,
    run_revision,
};
use limbeck_schema::{NamingConvention, SourcedOp};
use limbeck_sql::script::{ScriptOptions, render_chunks};
use limbeck_sql::{CompileContext, Dialect, SqlAlchemyVersion, Target, compile_ops};
use serde_json::{Map, Value, json};

const DIALECTS: [Dialect; 3] = [Dialect::Postgres, Dialect::MySql, Dialect::Sqlite];

/// One function of one script, for one dialect.
struct Subject<'a> {
    inputs: &'a Inputs,
    sqlalchemy: SqlAlchemyVersion,
    path: &'a Path,
    text: &'a str,
    dialect: Dialect,
    function: &'a str,
    /// All scripts of the project.
    siblings: &'a [Script],
    /// True if importing them changes SQLAlchemy or Alembic.
    is_changed: bool,
}

/// Looks through all scripts, which the recorder imports before it records any of them.
fn survey(world: &Rc<World>, scripts: &[Script]) -> Result<()> {
    let env = Script::parse("env.py", "")?;
    let _connecting = limbeck_python::survey(world, &env, scripts.iter());
    Ok(())
}

/// The Python files beside the given ones.
fn siblings(files: &[PathBuf]) -> Vec<Script> {
    let mut folders: Vec<&Path> = files.iter().filter_map(|it| it.parent()).collect();
    folders.sort_unstable();
    folders.dedup();
    let entries = folders
        .into_iter()
        .filter_map(|it| std::fs::read_dir(it).ok());
    let mut paths: Vec<PathBuf> = entries.flatten().flatten().map(|it| it.path()).collect();
    paths.retain(|it| it.extension().is_some_and(|it| it == "py"));
    paths.sort();
    let scripts = paths.into_iter().filter_map(|path| {
        let text = std::fs::read_to_string(&path).ok()?;
        Script::parse(path, &text).ok()
    });
    scripts.collect()
}

/// The operations of a script. One that the database cannot say raises an exception in the script, which may catch it.
struct Taken<'t> {
    target: &'t Target,
    ops: Vec<SourcedOp>,
}

fn offline() -> CompileContext<'static> {
    CompileContext::offline(NamingConvention::default())
}

impl Host for Taken<'_> {
    fn log(&mut self, _level: LogLevel, _source: LogSource, _text: &str) {}

    fn dialect_name(&self) -> &str {
        self.target.dialect.name()
    }

    fn driver_name(&self) -> &str {
        self.target.driver_name()
    }

    fn quote(&self, name: &str) -> Option<String> {
        Some(self.target.quote_text(name))
    }

    fn is_offline(&self) -> bool {
        true
    }

    fn check(&mut self, op: &SourcedOp) -> Result<()> {
        let ops = std::slice::from_ref(op);
        compile_ops(ops, self.target, &mut offline(), &mut Vec::new())
    }

    fn emit(&mut self, op: SourcedOp) -> Result<()> {
        self.ops.push(op);
        Ok(())
    }
}

impl Subject<'_> {
    fn chunks(&self) -> Result<Vec<String>> {
        // A world of its own: no script sees what another has done to a module.
        let world = World::new(Rc::new(Disk), self.inputs.clone(), Limits::default());
        let request = RevisionRequest {
            script: &Script::parse(self.path, self.text)?,
            function: self.function,
            dialect: self.dialect.name(),
            is_offline: true,
            kwargs: &[],
        };
        let target = Target::offline(self.dialect, self.sqlalchemy);
        let mut taken = Taken {
            target: &target,
            ops: Vec::new(),
        };
        if self.is_changed {
            survey(&world, self.siblings)?;
        }
        run_revision(&world, &request, &mut taken)?;
        let mut context = offline();
        let mut statements = Vec::new();
        compile_ops(&taken.ops, &target, &mut context, &mut statements)?;
        let options = ScriptOptions::default();
        let chunks = statements
            .iter()
            .flat_map(|statement| render_chunks(statement, &target, &options));
        Ok(chunks.collect())
    }

    fn row(&self) -> Value {
        let mut row = Map::new();
        row.insert("file".to_owned(), json!(self.path));
        row.insert("dialect".to_owned(), json!(self.dialect.name()));
        row.insert("direction".to_owned(), json!(self.function));
        match self.chunks() {
            Ok(chunks) => {
                row.insert("sql".to_owned(), json!(chunks));
            }
            Err(error) => {
                row.insert("error".to_owned(), json!(error.diagnostic.message));
                row.insert("kind".to_owned(), json!(format!("{:?}", error.kind)));
            }
        }
        Value::Object(row)
    }
}

fn packages(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .collect()
}

fn main() {
    let mut words = std::env::args().skip(1);
    let mut next = || words.next().unwrap_or_default();
    let (sys_path, versions) = (next(), next());
    let files: Vec<PathBuf> = words.map(PathBuf::from).collect();
    let packages = packages(&versions);
    let sqlalchemy = match packages.get("sqlalchemy") {
        Some(version) if version.starts_with("2.0") => SqlAlchemyVersion::V2_0,
        _ => SqlAlchemyVersion::V2_1,
    };
    let folders = sys_path.split(':').map(PathBuf::from);
    let (installed, sys_path) = folders.partition(|folder| folder.ends_with("site-packages"));
    let inputs = Inputs {
        sys_path,
        installed,
        allow_nondeterminism: true,
        packages,
        ..Inputs::default()
    };
    on_deep_stack(move || {
        let siblings = siblings(&files);
        let world = World::new(Rc::new(Disk), inputs.clone(), Limits::default());
        let is_changed = survey(&world, &siblings).is_ok() && limbeck_python::is_changed(&world);
        for path in &files {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            for dialect in DIALECTS {
                for function in ["upgrade", "downgrade"] {
                    let subject = Subject {
                        inputs: &inputs,
                        sqlalchemy,
                        path,
                        text: &text,
                        dialect,
                        function,
                        siblings: &siblings,
                        is_changed,
                    };
                    let line = format!("{}\n", subject.row());
                    let _ = std::io::Write::write_all(&mut std::io::stdout(), line.as_bytes());
                }
            }
        }
    });
}
