//! A project of each of Alembic's templates runs unchanged.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a command that must succeed; what it writes.
#[track_caller]
fn limbeck(folder: &Path, words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_limbeck"))
        .arg("--no-python")
        .args(words)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned();
    assert!(output.status.success(), "limbeck {words:?}: {text}");
    text
}

/// Number of tables of that name in a database file.
fn tables(path: &Path, name: &str) -> i64 {
    let database = rusqlite::Connection::open(path).unwrap();
    let count = "select count(*) from sqlite_master where type = 'table' and name = ?";
    database.query_row(count, [name], |row| row.get(0)).unwrap()
}

/// Makes a project, and a revision that creates `t` in the first of its databases.
#[track_caller]
fn check(template: &str, driver: &str, databases: &[&str]) {
    let folder: PathBuf =
        std::env::temp_dir().join(format!("limbeck-{template}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    limbeck(&folder, &["init", "-t", template, "m"]);
    let ini = folder.join("alembic.ini");
    let mut text = std::fs::read_to_string(&ini).unwrap();
    // The longer name first: one is the beginning of the other.
    for (nth, database) in databases.iter().enumerate().rev() {
        let suffix = if nth == 0 {
            String::new()
        } else {
            (nth + 1).to_string()
        };
        let placeholder = format!("driver://user:pass@localhost/dbname{suffix}");
        assert!(text.contains(&placeholder), "{text}");
        text = text.replace(&placeholder, &format!("{driver}:///{database}"));
    }
    std::fs::write(&ini, text).unwrap();
    limbeck(&folder, &["revision", "-m", "one", "--rev-id", "a1"]);
    let script = folder.join("m/versions/a1_one.py");
    let text = std::fs::read_to_string(&script).unwrap();
    let table = "    op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True))";
    std::fs::write(&script, text.replacen("    pass", table, 1)).unwrap();

    let sql = limbeck(&folder, &["upgrade", "head", "--sql"]);
    // The template for several databases writes a file for each.
    let file = std::fs::read_to_string(folder.join("engine1.sql")).unwrap_or_default();
    assert!(
        sql.contains("CREATE TABLE t") || file.contains("CREATE TABLE t"),
        "{sql}"
    );
    limbeck(&folder, &["upgrade", "head"]);
    assert!(limbeck(&folder, &["current"]).contains("a1 (head)"));
    for (nth, database) in databases.iter().enumerate() {
        let path = folder.join(database);
        assert_eq!(tables(&path, "alembic_version"), 1, "{database}");
        assert_eq!(tables(&path, "t"), i64::from(nth == 0), "{database}");
    }
    limbeck(&folder, &["downgrade", "-1"]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn generic() {
    check("generic", "sqlite", &["x.db"]);
}

#[test]
fn asynchronous() {
    check("async", "sqlite+aiosqlite", &["x.db"]);
}

#[test]
fn several_databases() {
    check("multidb", "sqlite", &["x.db", "y.db"]);
}

#[test]
fn pyproject() {
    check("pyproject", "sqlite", &["x.db"]);
}

#[test]
fn asynchronous_pyproject() {
    check("pyproject_async", "sqlite+aiosqlite", &["x.db"]);
}
