//! A project of each of Alembic's templates runs unchanged.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::Path;
use std::process::Command;

use limbeck_testkit::{Folder, alembic_bin};

/// Runs a program that must succeed; what it writes.
#[track_caller]
fn run(program: &Path, folder: &Path, words: &[&str]) -> String {
    let output = Command::new(program)
        .args(words)
        .current_dir(folder)
        .env("PATH", alembic_bin().unwrap_or_default())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned();
    let program = program.display();
    assert!(output.status.success(), "{program} {words:?}: {text}");
    text
}

/// The same of `limbeck`, without Python.
#[track_caller]
fn limbeck(folder: &Path, words: &[&str]) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_limbeck"));
    run(program, folder, &[&["--no-python"], words].concat())
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
    let folder = Folder::new(template);
    // The project is Alembic's own where there is one; what Limbeck makes is compared with it elsewhere.
    match alembic_bin() {
        Some(bin) => run(
            &bin.join("alembic"),
            &folder,
            &["init", "-t", template, "m"],
        ),
        None => limbeck(&folder, &["init", "-t", template, "m"]),
    };
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
    limbeck(&folder, &["revision", "-m", "two", "--rev-id", "b2"]);
    assert!(limbeck(&folder, &["history", "-i"]).contains("<base> -> a1 (current), one"));
    assert!(limbeck(&folder, &["history"]).contains("a1 -> b2 (head), two"));
    assert!(limbeck(&folder, &["heads"]).contains("b2 (head)"));
    limbeck(&folder, &["upgrade", "+1"]);
    limbeck(&folder, &["current", "--check-heads"]);
    let (undone, file) = (
        limbeck(&folder, &["downgrade", "b2:base", "--sql"]),
        std::fs::read_to_string(folder.join("engine1.sql")).unwrap_or_default(),
    );
    let delete = "DELETE FROM alembic_version WHERE alembic_version.version_num = 'a1'";
    assert!(undone.contains(delete) || file.contains(delete), "{undone}");
    limbeck(&folder, &["downgrade", "-1"]);
    assert!(limbeck(&folder, &["current"]).contains("a1"));
    limbeck(&folder, &["downgrade", "base"]);
    limbeck(&folder, &["stamp", "heads"]);
    assert!(limbeck(&folder, &["show", "current"]).contains("Rev: b2 (head)"));
    limbeck(&folder, &["ensure_version"]);
    compare(&folder, databases);
}

/// `check` and `revision --autogenerate` against models of the first database.
fn compare(folder: &Path, databases: &[&str]) {
    let Some(bin) = alembic_bin() else { return };
    let env = folder.join("m/env.py");
    let text = std::fs::read_to_string(&env).unwrap();
    let metadata =
        "sa.MetaData()\nsa.Table('u', METADATA, sa.Column('id', sa.Integer(), primary_key=True))";
    let models = if databases.len() > 1 {
        let models = metadata.replace("METADATA", "metadata");
        let both = "target_metadata = {'engine1': metadata, 'engine2': sa.MetaData()}";
        text.replace(
            "target_metadata = {}",
            &format!("import sqlalchemy as sa\nmetadata = {models}\n{both}"),
        )
    } else {
        let models = metadata.replace("METADATA", "target_metadata");
        text.replace(
            "target_metadata = None",
            &format!("import sqlalchemy as sa\ntarget_metadata = {models}"),
        )
    };
    assert_ne!(models, text);
    std::fs::write(&env, models).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_limbeck"));
    let check = Command::new(program)
        .arg("check")
        .current_dir(folder)
        .env("PATH", &bin)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&check.stdout).into_owned();
    assert_eq!(check.status.code(), Some(255), "{text}");
    assert!(text.contains("New upgrade operations detected: "), "{text}");
    let written = |program: &Path| {
        let words = [
            "revision",
            "--autogenerate",
            "-m",
            "three",
            "--rev-id",
            "c3",
        ];
        run(program, folder, &words);
        let path = folder.join("m/versions/c3_three.py");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with("Create Date"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(written(&bin.join("alembic")), written(program));
    run(
        program,
        folder,
        &[
            "revision",
            "--autogenerate",
            "-m",
            "three",
            "--rev-id",
            "c3",
        ],
    );
    run(program, folder, &["upgrade", "head"]);
    assert_eq!(tables(&folder.join(databases.first().unwrap()), "u"), 1);
    assert!(run(program, folder, &["check"]).contains("No new upgrade operations detected."));
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
