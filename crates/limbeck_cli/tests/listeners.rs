//! Listeners of the engine, which are called when a connection is made: what they execute holds for the migrations, as with Alembic.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::Path;
use std::process::Command;

use limbeck_testkit::{Folder, alembic_bin};

/// A parent whose rows are deleted: with keys enforced, those of the child go with them.
const SCRIPT: &str = "\
from alembic import op
import sqlalchemy as sa
revision = 'a1'
down_revision = None
def upgrade():
    op.execute('CREATE TABLE parent (id INTEGER PRIMARY KEY)')
    op.execute('CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id) ON DELETE CASCADE)')
    op.execute('INSERT INTO parent VALUES (1), (2)')
    op.execute('INSERT INTO child VALUES (10, 1), (20, 2)')
    op.execute('DELETE FROM parent WHERE id = 1')
def downgrade():
    pass
";

struct Project {
    folder: Folder,
}

impl Project {
    /// `listener` stands in the application's module, before (`{engine}` made) the engine is used.
    fn new(name: &str, scheme: &str, listener: &str) -> Project {
        let folder = Folder::new(&format!("listeners-{name}"));
        let database = format!(
            "import sqlite3\nfrom sqlalchemy import create_engine, event, text\nfrom sqlalchemy.engine import Engine\n\
             from sqlalchemy.ext.asyncio import create_async_engine\nfrom sqlalchemy.pool import Pool\n\
             url = '{scheme}:///app.db'\n\
             is_async = 'aiosqlite' in url\n\
             engine = create_async_engine(url) if is_async else create_engine(url)\n\
             sync_engine = engine.sync_engine if is_async else engine\n\
             other = create_engine('sqlite:///other.db')\n{listener}\n"
        );
        let env = "\
import asyncio
from alembic import context
from database import engine, is_async
def work(connection):
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
async def online():
    async with engine.connect() as connection:
        await connection.run_sync(work)
if is_async:
    asyncio.run(online())
else:
    with engine.connect() as connection:
        work(connection)
";
        for (path, text) in [
            (
                "alembic.ini",
                "[alembic]\nscript_location = m\nprepend_sys_path = .\npath_separator = os\n",
            ),
            ("database.py", &database),
            ("m/env.py", env),
            ("m/versions/a1_.py", SCRIPT),
        ] {
            folder.write(path, text);
        }
        Project { folder }
    }

    /// The streams, and the rows that are left of the child, or what went wrong.
    fn upgrade(&self, program: &Path, words: &[&str]) -> (String, Vec<i64>) {
        let path = self.folder.join("app.db");
        let _none = std::fs::remove_file(&path);
        let output = Command::new(program)
            .args(words)
            .args(["upgrade", "head"])
            .current_dir(&*self.folder)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let database = rusqlite::Connection::open(path).unwrap();
        let rows = database
            .prepare("SELECT id FROM child ORDER BY id")
            .and_then(|mut query| query.query_map([], |row| row.get(0))?.collect())
            .unwrap_or_default();
        (text, rows)
    }
}

/// Alembic and Limbeck leave the same rows: `expected`.
#[track_caller]
fn check_on(scheme: &str, name: &str, listener: &str, expected: &[i64]) {
    let Some(bin) = alembic_bin() else { return };
    let project = Project::new(name, scheme, listener);
    let (text, rows) = project.upgrade(&bin.join("alembic"), &[]);
    assert_eq!(rows, expected, "alembic: {text}");
    let limbeck = Path::new(env!("CARGO_BIN_EXE_limbeck"));
    let (text, rows) = project.upgrade(limbeck, &["--no-python"]);
    assert_eq!(rows, expected, "limbeck: {text}");
}

#[track_caller]
fn check(name: &str, listener: &str, expected: &[i64]) {
    check_on("sqlite", name, listener, expected);
}

/// Refused, in these words.
#[track_caller]
fn refuses(name: &str, listener: &str, expected: &[&str]) {
    let project = Project::new(name, "sqlite", listener);
    let limbeck = Path::new(env!("CARGO_BIN_EXE_limbeck"));
    let (text, rows) = project.upgrade(limbeck, &["--no-python"]);
    assert_eq!(rows, [0; 0], "{text}");
    for words in expected {
        assert!(text.contains(words), "no {words:?} in: {text}");
    }
}

const ENFORCED: [i64; 1] = [20];
const LEFT: [i64; 2] = [10, 20];

#[test]
fn without_listeners_sqlite_enforces_no_keys() {
    check("none", "", &LEFT);
}

#[test]
fn a_listener_of_every_engine_is_called() {
    let listener = "\
@event.listens_for(Engine, 'connect')
def enforce(dbapi_connection, connection_record):
    if isinstance(dbapi_connection, sqlite3.Connection):
        cursor = dbapi_connection.cursor()
        cursor.execute('PRAGMA foreign_keys=ON')
        cursor.execute('PRAGMA journal_mode=WAL').fetchone()
        cursor.close()
";
    check("every", listener, &ENFORCED);
}

#[test]
fn a_listener_of_one_engine_is_called_for_that_one() {
    let listener = "\
def enforce(connection, record):
    connection.execute('PRAGMA foreign_keys=ON')
event.listen(NAME, 'connect', enforce)
";
    check("one", &listener.replace("NAME", "engine"), &ENFORCED);
    check("pool", &listener.replace("NAME", "engine.pool"), &ENFORCED);
    check("pools", &listener.replace("NAME", "Pool"), &ENFORCED);
    check("other", &listener.replace("NAME", "other"), &LEFT);
}

#[test]
fn an_adapted_connection_is_none_of_sqlite3() {
    let listener = "\
@event.listens_for(sync_engine, 'connect')
def enforce(dbapi_connection, connection_record):
    if CONDITION:
        cursor = dbapi_connection.cursor()
        cursor.execute('PRAGMA foreign_keys=ON')
        cursor.close()
";
    let with = |condition: &str| listener.replace("CONDITION", condition);
    let asynchronous = "sqlite+aiosqlite";
    let is_sqlite3 = "isinstance(dbapi_connection, sqlite3.Connection)";
    check_on(asynchronous, "adapted", &with(is_sqlite3), &LEFT);
    let by_name = "'aiosqlite' in type(dbapi_connection).__module__";
    check_on(asynchronous, "by-name", &with(by_name), &ENFORCED);
    check_on(asynchronous, "any", &with("True"), &ENFORCED);
}

#[test]
fn later_listeners_come_later() {
    let listener = "\
@event.listens_for(engine, 'connect')
def first(connection, record):
    connection.isolation_level = None
    connection.execute('PRAGMA foreign_keys=ON')
@event.listens_for(Engine, 'connect')
def of_the_class(connection, record):
    connection.execute('PRAGMA foreign_keys=OFF')
@event.listens_for(engine, 'begin')
def begin(connection):
    connection.exec_driver_sql('BEGIN')
";
    check("order", listener, &ENFORCED);
    let inserted = listener.replace("(Engine, 'connect')", "(engine, 'checkout')");
    let inserted = inserted.replace("connection, record", "connection, record, *proxy");
    check("checkout", &inserted, &LEFT);
}

#[test]
fn what_changes_more_than_the_session_is_refused() {
    let connect = "@event.listens_for(Engine, 'do_connect')\ndef f(*args):\n    pass\n";
    let words = "the listener of the event `do_connect` is not modelled";
    refuses("do-connect", connect, &[words, "database.py"]);
    let statement = "@event.listens_for(engine, 'before_cursor_execute', retval=True)\n\
                     def f(c, cursor, statement, parameters, context, many):\n    return statement, parameters\n";
    let words = "it changes statements before they are executed";
    refuses("statement", statement, &[words, "database.py"]);
    let session = "@event.listens_for(engine, 'engine_connect')\ndef f(connection):\n    \
                   connection.execute(text('PRAGMA foreign_keys=ON'))\n";
    refuses(
        "engine-connect",
        session,
        &["it begins a transaction", "database.py"],
    );
    let function = "@event.listens_for(engine, 'connect')\ndef f(connection, record):\n    \
                    connection.create_function('lower', 1, str)\n";
    let words = "a listener changes what SQLite can do";
    refuses("function", function, &[words, "database.py"]);
}
