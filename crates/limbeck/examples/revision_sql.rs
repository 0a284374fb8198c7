//! What Limbeck writes for single revision files, offline: the counterpart of `xtask/record/corpus_offline.py`, which
//! records what Alembic writes for them. Compare the two with `xtask/record/corpus_compare.py`.
//!
//! `revision_sql SYS_PATH FILE…` prints one JSON line for each file, dialect and direction.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use limbeck_diag::Result;
use limbeck_python::{
    Inputs, Limits, RevisionRequest, Sources, World, evaluate_revision, on_deep_stack,
};
use limbeck_schema::NamingConvention;
use limbeck_sql::script::{ScriptOptions, render_chunks};
use limbeck_sql::{CompileContext, Dialect, SqlAlchemyVersion, Target, compile_ops};
use serde_json::json;

const DIALECTS: [Dialect; 3] = [Dialect::Postgres, Dialect::MySql, Dialect::Sqlite];

struct Disk;

impl Sources for Disk {
    fn read(&self, path: &Path) -> Option<String> {
        std::fs::read_to_string(path).ok()
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn list(&self, _path: &Path) -> Vec<String> {
        Vec::new()
    }
}

fn sql(world: &Rc<World>, path: &Path, dialect: Dialect, function: &str) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let request = RevisionRequest {
        path,
        text: &text,
        function,
        dialect: dialect.name(),
        is_offline: true,
        kwargs: &[],
    };
    let ops = evaluate_revision(world, &request)?.ops;
    let target = Target::offline(dialect, SqlAlchemyVersion::V2_1);
    let mut context = CompileContext::offline(NamingConvention::default());
    let mut statements = Vec::new();
    compile_ops(&ops, &target, &mut context, &mut statements)?;
    let options = ScriptOptions::default();
    let chunks = statements
        .iter()
        .flat_map(|statement| render_chunks(statement, &target, &options));
    Ok(chunks.collect())
}

fn main() {
    let mut words = std::env::args().skip(1);
    let sys_path: Vec<PathBuf> = words
        .next()
        .unwrap_or_default()
        .split(':')
        .map(PathBuf::from)
        .collect();
    let files: Vec<PathBuf> = words.map(PathBuf::from).collect();
    let rows = on_deep_stack(move || {
        let mut rows = Vec::new();
        for file in &files {
            for dialect in DIALECTS {
                for direction in ["upgrade", "downgrade"] {
                    let inputs = Inputs {
                        sys_path: sys_path.clone(),
                        ..Inputs::default()
                    };
                    let world = World::new(Rc::new(Disk), inputs, Limits::default());
                    let (key, value) = match sql(&world, file, dialect, direction) {
                        Ok(chunks) => ("sql", json!(chunks)),
                        Err(error) => {
                            let text = format!("{:?}: {}", error.kind, error.diagnostic.message);
                            ("error", json!(text))
                        }
                    };
                    let row = json!({
                        "file": file,
                        "dialect": dialect.name(),
                        "direction": direction,
                        key: value,
                    });
                    rows.push(row.to_string());
                }
            }
        }
        rows
    });
    let text = rows.join("\n") + "\n";
    let _ = std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes());
}
