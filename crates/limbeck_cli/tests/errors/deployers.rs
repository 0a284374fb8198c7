//! Two deployers at once: both end well, and every revision is applied once.

use std::process::Stdio;

use limbeck_db::{Server, lock};
use limbeck_testkit::Database;

use crate::project::{Project, script};

/// A project whose revisions would fail if they were run twice.
fn project(name: &str, database: &Database) -> Project {
    let project = Project::on(&format!("{name}-{}", database.server().name()), database);
    let mut down = "bbbb2222".to_owned();
    for nth in 0..12 {
        let revision = format!("cccc{nth:04}");
        let upgrade = format!(
            "    op.create_table('t{nth}', sa.Column('id', sa.Integer()))\n    op.execute('INSERT INTO t{nth} VALUES (1)')\n"
        );
        project.write(
            &format!("m/versions/{revision}.py"),
            &script(&revision, &format!("'{down}'"), &upgrade),
        );
        down = revision;
    }
    project
}

fn check_deployers(server: Server) {
    let database = Database::create(server);
    let project = project("two", &database);
    let deployers: Vec<_> = (0..3)
        .map(|_| {
            let mut command = project.command();
            command
                .args(["upgrade", "head"])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for deployer in deployers {
        let output = deployer.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{text}");
    }
    assert_eq!(project.run(&["current"]).trim(), "cccc0011 (head)");
    let mut connection = database.connect();
    for nth in 0..12 {
        let rows = connection
            .execute(&format!("SELECT * FROM t{nth}"))
            .unwrap();
        assert_eq!(rows.rows.len(), 1, "t{nth}");
    }
    let rows = connection.execute("SELECT * FROM alembic_version").unwrap();
    assert_eq!(rows.rows.len(), 1);
}

/// Who waits too long for another one says so, and has changed nothing.
fn check_timeout(server: Server) {
    let database = Database::create(server);
    let project = project("timeout", &database);
    project.run(&["upgrade", "aaaa1111"]);
    let mut connection = database.connect();
    let wait = std::time::Duration::ZERO;
    let held = lock::acquire(&mut *connection, "alembic_version", wait, &mut |_| {
        lock::Waiting::Stop
    });
    let outcome = project.limbeck(&["--lock-timeout", "0.3", "upgrade", "head"]);
    let at_once = project.limbeck(&["--lock-timeout", "0", "downgrade", "base"]);
    held.unwrap().release(&mut *connection).unwrap();
    if connection.in_transaction() {
        connection.rollback().unwrap();
    }
    outcome.is_refusal(&[
        "waiting for another migration run to end",
        "another migration holds the lock; gave up after 0.",
        "wait for the other one to end",
    ]);
    at_once.is_refusal(&["another migration holds the lock; gave up after 0.0 s"]);
    assert_eq!(project.run(&["current"]).trim(), "aaaa1111");
    project.run(&["upgrade", "head"]);
}

#[test]
fn deployers_on_sqlite() {
    check_deployers(Server::Sqlite);
}

#[test]
fn deployers_on_postgresql() {
    check_deployers(Server::Postgres);
}

#[test]
fn deployers_on_mariadb() {
    check_deployers(Server::MariaDb);
}

#[test]
fn timeout_on_sqlite() {
    check_timeout(Server::Sqlite);
}

#[test]
fn timeout_on_postgresql() {
    check_timeout(Server::Postgres);
}

#[test]
fn timeout_on_mariadb() {
    check_timeout(Server::MariaDb);
}
