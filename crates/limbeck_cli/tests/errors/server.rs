//! Servers that are not there, refuse the login, or reject a statement.

use limbeck_db::Server;
use limbeck_testkit::Database;

use crate::project::{Project, SECRET};

const ORIGIN: &str = "the URL comes from `sqlalchemy.url` in [alembic], alembic.ini:5";

/// Neither command gets through to the database.
#[track_caller]
fn check_url(name: &str, url: &str, expected: &[&str]) {
    let project = Project::with_url(name, url);
    for words in [
        &["upgrade", "head"][..],
        &["downgrade", "base"],
        &["stamp", "head"],
        &["current"],
        &["check"],
    ] {
        project.refuses(words, &[expected, &[ORIGIN]].concat());
    }
    let option = ["--url", url, "current"];
    project.refuses(&option, &["the URL comes from `--url`"]);
}

/// The URL of a database with another login.
fn with_login(database: &Database, login: &str) -> String {
    let url = database.url();
    let (scheme, rest) = url.split_once("://").unwrap();
    let (_, place) = rest.split_once('@').unwrap();
    format!("{scheme}://{login}@{place}")
}

#[test]
fn wrong_password_on_postgresql() {
    let database = Database::create(Server::Postgres);
    let url = with_login(&database, &format!("limbeck:{SECRET}"));
    let words = "password authentication failed for user \"limbeck\"";
    check_url(
        "pg-password",
        &url,
        &[
            words,
            "check user \"limbeck\" and its password in the database URL",
        ],
    );
}

#[test]
fn wrong_password_on_mariadb() {
    let database = Database::create(Server::MariaDb);
    let url = with_login(&database, &format!("root:{SECRET}"));
    check_url(
        "mariadb-password",
        &url,
        &["Access denied for user 'root'@", "check user \"root\""],
    );
}

#[test]
fn server_that_is_down() {
    // Nobody listens on port 1.
    for scheme in [
        "postgresql",
        "postgresql+psycopg2",
        "mariadb",
        "mysql+pymysql",
    ] {
        let url = format!("{scheme}://someone:{SECRET}@127.0.0.1:1/app");
        let expected = [
            "cannot connect to",
            "127.0.0.1:1/app",
            "Connection refused",
            "check that the server is running",
        ];
        check_url(&format!("down-{scheme}"), &url, &expected);
    }
}

#[test]
fn host_that_is_not_there() {
    let url = format!("postgresql://someone:{SECRET}@host.invalid/app");
    check_url(
        "host",
        &url,
        &["cannot connect to postgresql at host.invalid"],
    );
}

#[test]
fn missing_database() {
    for (server, words) in [
        (Server::Postgres, "database \"no_such_one\" does not exist"),
        (Server::MariaDb, "Unknown database 'no_such_one'"),
    ] {
        let database = Database::create(server);
        let url = database.url().replace(database.name(), "no_such_one");
        let name = format!("missing-{}", server.name());
        check_url(&name, &url, &[words, "create it first"]);
    }
    check_url(
        "missing-folder",
        "sqlite:///nowhere/app.db",
        &["cannot connect to sqlite", "nowhere"],
    );
}

/// A statement that the server rejects: its words, the line of the script, and what is left behind.
#[track_caller]
fn check_rejected(server: Server, words: &str, left: &str) {
    let database = Database::create(server);
    let project = Project::on(&format!("rejected-{}", server.name()), &database);
    project.second("op.add_column('nonesuch', sa.Column('x', sa.Integer()))");
    let outcome = project.limbeck(&["upgrade", "head"]);
    outcome.is_refusal(&[
        words,
        "bbbb2222_second.py:10:5",
        "op.add_column('nonesuch'",
        "the statement: ALTER TABLE nonesuch ADD COLUMN x INTEGER",
    ]);
    assert_eq!(project.run(&["current"]).trim(), left, "{}", outcome.text);
    project.second("op.execute('this is no SQL')");
    let outcome = project.limbeck(&["upgrade", "head"]);
    outcome.is_refusal(&["bbbb2222_second.py:10:5", "the statement: this is no SQL"]);
    assert_eq!(project.run(&["current"]).trim(), left, "{}", outcome.text);
}

#[test]
fn rejected_by_sqlite() {
    check_rejected(Server::Sqlite, "no such table: nonesuch", "aaaa1111");
}

#[test]
fn rejected_by_postgresql() {
    // One transaction for the whole run: the first revision is undone with the second.
    check_rejected(Server::Postgres, "relation \"nonesuch\" does not exist", "");
}

#[test]
fn rejected_by_mariadb() {
    check_rejected(Server::MariaDb, "nonesuch' doesn't exist", "aaaa1111");
}
