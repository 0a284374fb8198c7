//! The fees project end to end on three databases, by `limbeck` alone and in turns with Alembic, and
//! a revision that only Python can run.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed test is the right end"
)]

use std::path::Path;
use std::process::Command;

use limbeck_db::Server;
use limbeck_testkit::{Database, Folder, alembic_bin};

const LIMBECK: &str = env!("CARGO_BIN_EXE_limbeck");

/// A copy of a project that goes away at the end.
struct Copy {
    path: Folder,
}

impl Copy {
    fn empty(name: &str) -> Copy {
        Copy {
            path: Folder::new(&format!("project-{name}")),
        }
    }

    fn fees(name: &str) -> Copy {
        let fees = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/fees");
        Copy {
            path: Folder::copy_of(&fees, &format!("project-{name}")),
        }
    }

    /// Runs a program in the project and gives what it says on standard output.
    fn run(&self, program: &str, url: &str, words: &str) -> String {
        let mut command = Command::new(program);
        command
            .args(words.split_whitespace())
            .current_dir(&self.path)
            .env("DATABASE_URL", url);
        if let Some(bin) = alembic_bin() {
            command.env("VIRTUAL_ENV", bin.parent().unwrap());
        }
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(
            output.status.success(),
            "{program} {words}: {}\n{}",
            output.status,
            text(&output.stderr)
        );
        text(&output.stdout)
    }
}

fn check_fees(server: Server, name: &str) {
    let database = Database::create(server);
    let url = database.sqlalchemy_url();
    let fees = Copy::fees(name);
    fees.run(LIMBECK, &url, "upgrade head");
    assert_eq!(
        fees.run(LIMBECK, &url, "current").trim(),
        "72bc0e6d94f1 (head)"
    );
    fees.run(LIMBECK, &url, "downgrade -1");
    fees.run(LIMBECK, &url, "downgrade base");
    assert_eq!(fees.run(LIMBECK, &url, "current"), "");
    let Some(bin) = alembic_bin() else { return };
    let alembic = bin.join("alembic").to_string_lossy().into_owned();
    for (first, second) in [(alembic.as_str(), LIMBECK), (LIMBECK, alembic.as_str())] {
        fees.run(first, &url, "upgrade +2");
        fees.run(second, &url, "upgrade head");
        assert_eq!(
            fees.run(first, &url, "current").trim(),
            "72bc0e6d94f1 (head)"
        );
        fees.run(first, &url, "downgrade -3");
        fees.run(second, &url, "downgrade base");
    }
}

#[test]
fn fees_on_sqlite() {
    check_fees(Server::Sqlite, "sqlite");
}

#[test]
fn fees_on_postgresql() {
    check_fees(Server::Postgres, "postgresql");
}

#[test]
fn fees_on_mariadb() {
    check_fees(Server::MariaDb, "mariadb");
}

#[test]
fn a_revision_that_cannot_be_read_is_run_by_python() {
    let project = Copy::empty("delegated");
    project.run(LIMBECK, "", "init migrations");
    let ini = project.path.join("alembic.ini");
    let text = std::fs::read_to_string(&ini).unwrap();
    let text = text.replace(
        "driver://user:pass@localhost/dbname",
        "sqlite:///%(here)s/app.db",
    );
    std::fs::write(&ini, text).unwrap();
    for id in ["r1", "r2", "r3"] {
        project.run(LIMBECK, "", &format!("revision -m {id} --rev-id {id}"));
    }
    let script = project.path.join("migrations/versions/r2_r2.py");
    let text = std::fs::read_to_string(&script).unwrap();
    let body = "    import socket\n    assert socket.gethostname()\n";
    std::fs::write(&script, text.replace("    pass\n", body)).unwrap();
    let refused = Command::new(LIMBECK)
        .args(["--no-python", "upgrade", "head"])
        .current_dir(&project.path)
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("r2_r2.py:"));
    // Nothing is begun that cannot be ended.
    assert_eq!(project.run(LIMBECK, "", "current").trim(), "");
    if alembic_bin().is_some() {
        let upgraded = Command::new(LIMBECK)
            .args(["upgrade", "head"])
            .current_dir(&project.path)
            .env("VIRTUAL_ENV", alembic_bin().unwrap().parent().unwrap())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&upgraded.stderr);
        for step in [" -> r1", "r1 -> r2", "r2 -> r3"] {
            let step = format!("Running upgrade {step}");
            assert_eq!(told.matches(&step).count(), 1, "{step}: {told}");
        }
        assert_eq!(project.run(LIMBECK, "", "current").trim(), "r3 (head)");
        project.run(LIMBECK, "", "downgrade base");
        assert_eq!(project.run(LIMBECK, "", "current"), "");
        // Where a script commits, Alembic forgets the rest of it, and that it has run.
        let body = format!("{body}    op.get_bind().commit()\n");
        std::fs::write(&script, text.replace("    pass\n", &body)).unwrap();
        let stopped = Command::new(LIMBECK)
            .args(["upgrade", "head"])
            .current_dir(&project.path)
            .env("VIRTUAL_ENV", alembic_bin().unwrap().parent().unwrap())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&stopped.stderr);
        assert_eq!(stopped.status.code(), Some(255), "{told}");
        assert!(
            told.contains("has run revision r2, but the version table"),
            "{told}"
        );
        assert_eq!(project.run(LIMBECK, "", "current").trim(), "r1");
    }
}

/// env.py of a project whose deployers wait for each other.
const LOCKING: &str = "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine, text\n\
    with create_engine(os.environ['DATABASE_URL']).connect() as connection:\n    \
    context.configure(connection=connection)\n    with context.begin_transaction():\n        \
    context.get_context()._ensure_version_table()\n        \
    connection.execute(text('LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE'))\n        \
    connection.execute(text(\"SET LOCAL lock_timeout TO '3s'\"))\n        context.run_migrations()\n";

#[test]
fn what_env_py_sets_for_a_transaction_holds_in_that_of_the_migrations() {
    let database = Database::create(Server::Postgres);
    let url = database.sqlalchemy_url();
    let project = Copy::empty("locking");
    std::fs::create_dir_all(project.path.join("m/versions")).unwrap();
    let script = "from alembic import op\nrevision = 'a1'\ndown_revision = None\ndef upgrade():\n    \
        op.execute(\"CREATE TABLE kept AS SELECT current_setting('lock_timeout') AS it\")\n";
    for (path, text) in [
        ("alembic.ini", "[alembic]\nscript_location = %(here)s/m\n"),
        ("m/env.py", LOCKING),
        ("m/versions/a1.py", script),
    ] {
        std::fs::write(project.path.join(path), text).unwrap();
    }
    project.run(LIMBECK, &url, "--no-python upgrade head");
    let current = project.run(LIMBECK, &url, "--no-python current");
    assert_eq!(current.trim(), "a1 (head)");
    let kept = database.connect().execute("SELECT it FROM kept").unwrap();
    assert_eq!(
        kept.scalar(),
        Some(&limbeck_schema::Literal::Str("3s".into()))
    );
}
