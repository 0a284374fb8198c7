//! Servers that are not there, refuse the login, or reject a statement.

use limbeck_db::Server;
use limbeck_testkit::Database;

use crate::project::{Project, SECRET, script};

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
    outcome.is_refusal(&["bbbb2222_second.py:10:17", "the statement: this is no SQL"]);
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

/// Where in a script a server's error is told.
#[track_caller]
fn check_place(project: &Project, body: &str, expected: &[&str]) {
    let text = script("bbbb2222", "'aaaa1111'", body);
    project.write("m/versions/bbbb2222_second.py", &text);
    let outcome = project.limbeck(&["upgrade", "head"]);
    outcome.is_refusal(expected);
}

const LINES: &str = "    op.execute(\"\"\"\n        SELECT id,\n               missing\n        FROM t\n    \"\"\")\n";
const PIECES: &str = "    op.execute(\n        'SELECT id '\n        'FRM t'\n    )\n";
const FORMATTED: &str = "    table = 'nonesuch'\n    op.execute(f'''\n        SELECT id\n        FROM {table}\n    ''')\n";

#[test]
fn an_error_is_told_at_the_very_word() {
    for server in [Server::Postgres, Server::MariaDb, Server::Sqlite] {
        let database = Database::create(server);
        let project = Project::on(&format!("place-{}", server.name()), &database);
        // MariaDB names no place of a column that is not there.
        let lines = match server {
            Server::MariaDb | Server::MySql => "bbbb2222_second.py:10:5",
            Server::Postgres | Server::Sqlite => "bbbb2222_second.py:12:16",
        };
        check_place(&project, LINES, &["missing", lines]);
        // `FRM` is a name for the column; the next word cannot be.
        check_place(
            &project,
            PIECES,
            &["bbbb2222_second.py:12:14", "the server points here"],
        );
        // The word is not written there: the call is.
        check_place(
            &project,
            FORMATTED,
            &["bbbb2222_second.py:11:5", "FROM nonesuch"],
        );
    }
}

/// A revision of two statements in one string, as each of Python's drivers takes it.
#[test]
fn several_statements_in_one_string() {
    const BODY: &str =
        "    op.execute(\"CREATE TABLE first (id INTEGER); CREATE TABLE other (id INTEGER)\")\n";
    for (server, words) in [
        (
            Server::MariaDb,
            "for the right syntax to use near 'CREATE TABLE other (id INTEGER)' at line 1",
        ),
        (
            Server::Sqlite,
            "You can only execute one statement at a time.",
        ),
    ] {
        let database = Database::create(server);
        let project = Project::on(&format!("several-{}", server.name()), &database);
        check_place(&project, BODY, &[words]);
        let found = database.connect().execute("SELECT * FROM first");
        assert!(found.is_err(), "nothing has been done");
    }
    let database = Database::create(Server::Postgres);
    let project = Project::on("several-postgresql", &database);
    let text = script("bbbb2222", "'aaaa1111'", BODY);
    project.write("m/versions/bbbb2222_second.py", &text);
    project.run(&["upgrade", "head"]);
    let mut connection = database.connect();
    connection.execute("SELECT * FROM first, other").unwrap();
}

/// MariaDB cannot undo DDL: what is left is what Alembic leaves, and is told.
#[test]
fn what_stays_of_a_revision_on_mariadb_is_told() {
    const BODY: &str = "    op.create_table('one', sa.Column('id', sa.Integer(), primary_key=True))\n    \
                        op.execute(\"INSERT INTO one VALUES (1)\")\n    \
                        op.add_column('one', sa.Column('x', sa.Integer()))\n    \
                        op.execute(\"INSERT INTO one VALUES (2, 2)\")\n    \
                        op.execute(\"INSERT INTO nonesuch VALUES (1)\")\n    \
                        op.create_table('two', sa.Column('id', sa.Integer(), primary_key=True))\n";
    let database = Database::create(Server::MariaDb);
    let project = Project::on("stays", &database);
    check_place(
        &project,
        BODY,
        &[
            "nonesuch' doesn't exist",
            "bbbb2222_second.py:14",
            "mariadb cannot undo DDL: of this revision, which is not marked as applied, stays done:",
            "CREATE TABLE one ( id INTEGER NOT NULL AUTO_INCREMENT, PRIMARY KEY (id",
            "(line 10)",
            "INSERT INTO one VALUES (1) (line 11)",
            "ALTER TABLE one ADD COLUMN x INTEGER (line 12)",
            "the statements after these are undone",
            "undo these by hand before the revision is run again",
        ],
    );
    assert_eq!(project.run(&["current"]).trim(), "aaaa1111");
    let mut connection = database.connect();
    let rows = connection.execute("SELECT id, x FROM one").unwrap().rows;
    assert_eq!(rows.len(), 1, "the second INSERT is undone: {rows:?}");
    assert!(connection.execute("SELECT * FROM two").is_err());
}
