//! A rebuild of a table on SQLite keeps everything that it does not change.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test is the right end"
)]
#![expect(
    clippy::unwrap_used,
    reason = "a step of a test that fails must end it"
)]

use limbeck_db::{Connection, Server, read_sqlite_master};
use limbeck_diag::Result;
use limbeck_schema::{
    AlterColumn, BatchAlterTable, Change, ColumnType, ConstraintName, DropColumn, DropConstraint,
    Literal, MssqlDropColumn, Name, NamingConvention, Op, Recreate, ServerDefault, SourcedOp,
    TableName, TypeClass,
};
use limbeck_sql::{CompileContext, Dialect, ServerVersion, SqlAlchemyVersion, Target, compile};
use limbeck_testkit::Database;

const SET_UP: &[&str] = &[
    "CREATE TABLE o (id INTEGER PRIMARY KEY)",
    "CREATE TABLE log (t_id INTEGER, what TEXT)",
    "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE NOT NULL DEFAULT 'x, y', \
     n INT, twice INT GENERATED ALWAYS AS (n * 2) STORED, o_id INTEGER CONSTRAINT fk_o REFERENCES o (id) ON DELETE SET NULL, \
     CONSTRAINT ck_n CHECK (n >= 0), CHECK (length(name) < 20), CONSTRAINT uq_n UNIQUE (n)) STRICT",
    "CREATE INDEX ix_desc ON t (name DESC)",
    "CREATE INDEX ix_expr ON t (lower(name))",
    "CREATE UNIQUE INDEX ix_partial ON t (name, n) WHERE n > 10",
    "CREATE TABLE child (id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES t (id) ON DELETE CASCADE)",
    "CREATE TRIGGER t_ai AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id, 'in'); END",
    "CREATE VIEW v AS SELECT id, name FROM t",
];

fn scalar(connection: &mut dyn Connection, sql: &str) -> String {
    match connection.execute(sql).unwrap().scalar().unwrap() {
        Literal::Int(value) => value.to_string(),
        Literal::Str(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

fn target() -> Target {
    // STRICT wants 3.37; the linked one is newer.
    Target::online(
        Dialect::Sqlite,
        ServerVersion::new(3, 45, 0),
        SqlAlchemyVersion::V2_1,
    )
}

fn batch(connection: &mut dyn Connection, recreate: Recreate, ops: Vec<Op>) -> Result<()> {
    let mut batch = BatchAlterTable::new(TableName::new("t"));
    batch.recreate = recreate;
    batch.naming_convention = NamingConvention {
        templates: Default::default(),
    };
    batch.ops = ops.into_iter().map(SourcedOp::unsourced).collect();
    let master = read_sqlite_master(connection, None)?;
    let read = |_: Option<&str>| Ok(master.clone());
    let mut context = CompileContext::online(NamingConvention::default(), None);
    context.sqlite_master = Some(&read);
    let op = SourcedOp::unsourced(Op::BatchAlterTable(Box::new(batch)));
    let statements = compile(&op, &target(), &mut context)?;
    connection.begin()?;
    for statement in statements {
        connection.execute(&statement.sql)?;
    }
    connection.commit()
}

fn prepare(database: &Database, rows: u32) -> Box<dyn Connection> {
    let mut connection = database.connect();
    for sql in SET_UP {
        connection.execute(sql).unwrap();
    }
    connection.execute("INSERT INTO o VALUES (1)").unwrap();
    connection
        .execute(&format!(
            "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {rows}) \
             INSERT INTO t (name, n, o_id) SELECT 'n' || i, i, 1 FROM c"
        ))
        .unwrap();
    connection
        .execute("INSERT INTO child SELECT id, id FROM t")
        .unwrap();
    // The counter stands behind the last row.
    connection
        .execute(&format!("DELETE FROM t WHERE id = {rows}"))
        .unwrap();
    connection.execute("DELETE FROM log").unwrap();
    connection
}

fn alter(column: &str, change: impl FnOnce(&mut AlterColumn)) -> Op {
    let mut op = AlterColumn::new(TableName::new("t"), Name::new(column));
    change(&mut op);
    Op::AlterColumn(Box::new(op))
}

#[test]
fn a_rebuild_loses_nothing() {
    let database = Database::create(Server::Sqlite);
    let mut connection = prepare(&database, 100_000);
    let connection = &mut *connection;
    let ops = vec![
        alter("n", |op| op.nullable = Some(false)),
        alter("name", |op| op.new_name = Some(Name::new("title"))),
        Op::DropConstraint(DropConstraint {
            name: ConstraintName::Given(Name::new("uq_n")),
            table: TableName::new("t"),
            type_: Some("unique".to_owned()),
            if_exists: false,
            dropped: None,
        }),
    ];
    batch(connection, Recreate::Auto, ops).unwrap();
    let mut check =
        |sql: &str, expected: &str| assert_eq!(scalar(connection, sql), expected, "{sql}");
    check("SELECT count(*) FROM t", "99999");
    check("SELECT sum(twice) FROM t", "9999900000");
    check("SELECT count(*) FROM child", "100000");
    check("SELECT count(*) FROM log", "0");
    check(
        "SELECT count(*) FROM sqlite_master WHERE name LIKE '\\_alembic%' ESCAPE '\\'",
        "0",
    );
    check(
        "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND tbl_name = 't' AND sql IS NOT NULL",
        "3",
    );
    check(
        "SELECT sql FROM sqlite_master WHERE name = 'ix_desc'",
        "CREATE INDEX ix_desc ON t (title DESC)",
    );
    check(
        "SELECT sql FROM sqlite_master WHERE name = 'ix_expr'",
        "CREATE INDEX ix_expr ON t (lower(title))",
    );
    check("SELECT seq FROM sqlite_sequence WHERE name = 't'", "100000");
    check("SELECT count(*) FROM v", "99999");
    check("SELECT count(*) FROM t WHERE title = 'N5'", "1");
    check("SELECT count(*) FROM pragma_foreign_key_list('t')", "1");
    check(
        "SELECT \"table\" FROM pragma_foreign_key_list('child')",
        "t",
    );
    check("SELECT strict FROM pragma_table_list WHERE name = 't'", "1");
    connection.execute("INSERT INTO t (n) VALUES (5)").unwrap();
    let mut check =
        |sql: &str, expected: &str| assert_eq!(scalar(connection, sql), expected, "{sql}");
    check("SELECT max(id) FROM t", "100001");
    check("SELECT count(*) FROM log", "1");
    check("SELECT title FROM t WHERE id = 100001", "x, y");
    for refused in [
        "INSERT INTO t (n) VALUES (-1)",
        "INSERT INTO t (n, title) VALUES (1, 'xxxxxxxxxxxxxxxxxxxxxxxxx')",
        "INSERT INTO t (n) VALUES (NULL)",
    ] {
        assert!(connection.execute(refused).is_err(), "{refused}");
    }
}

#[test]
fn a_leftover_of_a_killed_rebuild_is_cleaned() {
    let database = Database::create(Server::Sqlite);
    let mut connection = prepare(&database, 10);
    connection
        .execute("CREATE TABLE _alembic_tmp_t (id INTEGER)")
        .unwrap();
    let ops = vec![alter("n", |op| {
        op.type_ = Some(ColumnType::new(TypeClass::SqlText));
        op.server_default = Change::Set(ServerDefault::Text("7".to_owned()));
    })];
    batch(&mut *connection, Recreate::Auto, ops).unwrap();
    let kind = scalar(&mut *connection, "SELECT typeof(n) FROM t WHERE id = 3");
    assert_eq!(kind, "text");
    let columns = scalar(
        &mut *connection,
        "SELECT dflt_value FROM pragma_table_info('t') WHERE name = 'n'",
    );
    assert_eq!(columns, "'7'");
}

#[test]
fn sqlite_alters_what_it_can() {
    let database = Database::create(Server::Sqlite);
    let mut connection = prepare(&database, 10);
    let before = scalar(
        &mut *connection,
        "SELECT rootpage FROM sqlite_master WHERE name = 't'",
    );
    connection
        .execute("ALTER TABLE t ADD COLUMN spare INTEGER")
        .unwrap();
    let ops = vec![
        Op::DropColumn(DropColumn {
            table: TableName::new("t"),
            column: Name::new("spare"),
            if_exists: false,
            mssql: MssqlDropColumn::default(),
            dropped: None,
        }),
        alter("n", |op| op.new_name = Some(Name::new("number"))),
    ];
    batch(&mut *connection, Recreate::Auto, ops).unwrap();
    let after = scalar(
        &mut *connection,
        "SELECT rootpage FROM sqlite_master WHERE name = 't'",
    );
    assert_eq!(before, after, "the table was not rebuilt");
    assert_eq!(scalar(&mut *connection, "SELECT sum(number) FROM t"), "45");
}

#[test]
fn enforced_keys_stop_a_rebuild_before_it_begins() {
    let database = Database::create(Server::Sqlite);
    let mut connection = prepare(&database, 10);
    connection.execute("PRAGMA foreign_keys=ON").unwrap();
    let ops = vec![alter("n", |op| op.nullable = Some(false))];
    let error = batch(&mut *connection, Recreate::Auto, ops).unwrap_err();
    assert_eq!(error.diagnostic.code, "foreign-keys-enforced");
    assert_eq!(scalar(&mut *connection, "SELECT count(*) FROM child"), "10");
}
