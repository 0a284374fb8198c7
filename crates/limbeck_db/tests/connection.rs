//! Values, transactions and errors on the three servers.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test is the right end"
)]

use limbeck_db::{ConnectOptions, Connection, Server, connect};
use limbeck_diag::ErrorKind;
use limbeck_schema::{Date, DateTime, Interval, Literal, Time};
use limbeck_testkit::Database;
use limbeck_testkit::server::PostgresServer;

const SERVERS: [Server; 3] = [Server::Sqlite, Server::Postgres, Server::MariaDb];

fn scalar(connection: &mut dyn Connection, sql: &str) -> Literal {
    connection.execute(sql).unwrap().scalar().unwrap().clone()
}

fn moment(microsecond: u32, utc_offset: Option<i32>) -> DateTime {
    DateTime {
        date: Date {
            year: 2024,
            month: 2,
            day: 29,
        },
        time: Time {
            hour: 12,
            minute: 30,
            second: 1,
            microsecond,
            utc_offset,
        },
    }
}

#[test]
fn postgres_values_are_read_as_psycopg2_reads_them() {
    let database = Database::create(Server::Postgres);
    let mut connection = database.connect();
    let mut check = |sql: &str, expected: Literal| {
        assert_eq!(scalar(&mut *connection, sql), expected, "{sql}");
    };
    check("SELECT 1", Literal::int(1));
    check("SELECT 9223372036854775807", Literal::int(i64::MAX));
    check("SELECT NULL", Literal::Null);
    check("SELECT true", Literal::Bool(true));
    check("SELECT 1.50", Literal::Decimal("1.50".into()));
    check("SELECT 0.1::float8", Literal::Float(0.1));
    check("SELECT 'ü'", Literal::str("ü"));
    check("SELECT '\\x00ff'::bytea", Literal::Bytes(vec![0, 255]));
    check(
        "SELECT '2024-02-29'::date",
        Literal::Date(moment(0, None).date),
    );
    check(
        "SELECT '2024-02-29 12:30:01'::timestamp",
        Literal::DateTime(moment(0, None)),
    );
    check(
        "SELECT '2024-02-29 12:30:01.5+00'::timestamptz",
        Literal::DateTime(moment(500_000, Some(0))),
    );
    check(
        "SELECT interval '1 day 2 hours'",
        Literal::Interval(Interval {
            days: 1,
            seconds: 7200,
            microseconds: 0,
        }),
    );
    check(
        "SELECT '{\"a\": 1}'::jsonb",
        Literal::Json("{\"a\": 1}".into()),
    );
    check("SELECT '00000000-0000-0000-0000-000000000001'::uuid", {
        let mut bytes = [0; 16];
        bytes[15] = 1;
        Literal::Uuid(bytes)
    });
    check(
        "SELECT ARRAY[1, NULL]",
        Literal::Array(vec![Literal::int(1), Literal::Null]),
    );
    check(
        "SELECT ARRAY['a b', 'c\"d']",
        Literal::Array(vec![Literal::str("a b"), Literal::str("c\"d")]),
    );
    check("SELECT int4range(1, 5)", Literal::str("[1,5)"));
    check("SELECT 'x;y'; -- done", Literal::str("x;y"));
    check("CREATE TABLE t (a int); SELECT 2", Literal::int(2));
    check("INSERT INTO t VALUES (7) RETURNING a", Literal::int(7));
    check("SHOW standard_conforming_strings", Literal::str("on"));
}

#[test]
fn mariadb_values_are_read_as_pymysql_reads_them() {
    let database = Database::create(Server::MariaDb);
    let mut connection = database.connect();
    let mut check = |sql: &str, expected: Literal| {
        assert_eq!(scalar(&mut *connection, sql), expected, "{sql}");
    };
    check("SELECT 1", Literal::int(1));
    check("SELECT TRUE", Literal::int(1));
    check("SELECT 18446744073709551615", Literal::int(u64::MAX));
    check("SELECT 1.50", Literal::Decimal("1.50".into()));
    check("SELECT 1.5e0", Literal::Float(1.5));
    check("SELECT 'ü'", Literal::str("ü"));
    check("SELECT NULL", Literal::Null);
    check("SELECT X'00ff'", Literal::Bytes(vec![0, 255]));
    check(
        "SELECT DATE '2024-02-29'",
        Literal::Date(moment(0, None).date),
    );
    check(
        "SELECT TIMESTAMP '2024-02-29 12:30:01'",
        Literal::DateTime(moment(0, None)),
    );
    check(
        "SELECT TIME '-01:00:00'",
        Literal::Interval(Interval {
            days: -1,
            seconds: 82_800,
            microseconds: 0,
        }),
    );
    check("SELECT JSON_OBJECT('a', 1)", Literal::str("{\"a\": 1}"));
    check(
        "SELECT CAST('2024-02-29 12:30:01.5' AS DATETIME(6))",
        Literal::DateTime(moment(500_000, None)),
    );
}

#[test]
fn sqlite_values_are_read_by_storage_class() {
    let mut connection = connect(&ConnectOptions::sqlite_memory()).unwrap();
    let mut check = |sql: &str, expected: Literal| {
        assert_eq!(scalar(&mut *connection, sql), expected, "{sql}");
    };
    check("SELECT 1", Literal::int(1));
    check("SELECT 1.5", Literal::Float(1.5));
    check("SELECT 'a'", Literal::str("a"));
    check("SELECT x'00ff'", Literal::Bytes(vec![0, 255]));
    check("SELECT NULL", Literal::Null);
    check("SELECT CURRENT_TIMESTAMP > '2000'", Literal::int(1));
}

#[test]
fn values_go_in_and_come_back() {
    for server in SERVERS {
        let database = Database::create(server);
        let mut connection = database.connect();
        let text = "it's \\ \"ü\" :a % \n end";
        let values = [
            ("a".to_owned(), Literal::str(text)),
            ("b".to_owned(), Literal::int(-3)),
            ("c".to_owned(), Literal::Bytes(vec![0, 39, 92, 255])),
            ("d".to_owned(), Literal::Null),
        ];
        let result = connection
            .execute_with("SELECT :a, 1 - :b, :c, :d", &values)
            .unwrap();
        assert_eq!(
            result.rows,
            [[
                Literal::str(text),
                Literal::int(4),
                Literal::Bytes(vec![0, 39, 92, 255]),
                Literal::Null
            ]],
            "{server:?}"
        );
    }
}

#[test]
fn row_counts_are_matched_rows() {
    for server in SERVERS {
        let database = Database::create(server);
        let mut connection = database.connect();
        let created = connection.execute("CREATE TABLE t (a INTEGER)").unwrap();
        assert!(!created.returns_rows);
        let count =
            |sql: &str, connection: &mut dyn Connection| connection.execute(sql).unwrap().row_count;
        assert_eq!(
            count("INSERT INTO t VALUES (1), (2)", &mut *connection),
            Some(2),
            "{server:?}"
        );
        assert_eq!(
            count("UPDATE t SET a = 1 WHERE a = 1", &mut *connection),
            Some(1),
            "{server:?}"
        );
        assert_eq!(
            count("DELETE FROM t WHERE a = 9", &mut *connection),
            Some(0),
            "{server:?}"
        );
        let empty = connection.execute("SELECT a FROM t WHERE a = 9").unwrap();
        assert!(empty.returns_rows && empty.rows.is_empty());
        assert_eq!(empty.columns[0].name, "a");
    }
}

#[test]
fn rollback_undoes() {
    for server in SERVERS {
        let database = Database::create(server);
        let mut connection = database.connect();
        connection.execute("CREATE TABLE t (a INTEGER)").unwrap();
        connection.begin().unwrap();
        assert!(connection.in_transaction());
        connection.execute("INSERT INTO t VALUES (1)").unwrap();
        connection.savepoint("s").unwrap();
        connection.execute("INSERT INTO t VALUES (2)").unwrap();
        connection.rollback_to_savepoint("s").unwrap();
        connection.release_savepoint("s").unwrap();
        connection.commit().unwrap();
        connection.begin().unwrap();
        connection.execute("INSERT INTO t VALUES (3)").unwrap();
        connection.rollback().unwrap();
        assert!(!connection.in_transaction());
        connection.execute("INSERT INTO t VALUES (4)").unwrap();
        let mut other = database.connect();
        let rows = other.execute("SELECT a FROM t ORDER BY a").unwrap().rows;
        assert_eq!(rows, [[Literal::int(1)], [Literal::int(4)]], "{server:?}");
    }
}

#[test]
fn errors_carry_the_servers_words_and_the_place() {
    let cases = [
        (
            Server::Sqlite,
            "SELECT nope FROM sqlite_master",
            "no such column: nope",
            Some(7),
            None,
        ),
        (
            Server::Postgres,
            "SELECT 'ü', nope",
            "column \"nope\" does not exist",
            Some(13),
            Some("42703"),
        ),
        (
            Server::Postgres,
            "SELECT 1; SELECT nope",
            "column \"nope\" does not exist",
            Some(17),
            Some("42703"),
        ),
        (
            Server::MariaDb,
            "SELECT 1 FROM FROM x",
            "You have an error in your SQL syntax",
            Some(14),
            Some("42000"),
        ),
    ];
    for (server, sql, words, offset, sqlstate) in cases {
        let database = Database::create(server);
        let mut connection = database.connect();
        let error = connection.execute(sql).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Database);
        assert!(error.to_string().starts_with(words), "{error}");
        let told = connection.take_error().unwrap();
        assert_eq!(
            (told.offset, told.sqlstate.as_deref()),
            (offset, sqlstate),
            "{sql}"
        );
        assert_eq!(told.statement, sql);
    }
}

#[test]
fn an_error_behind_a_value_points_into_the_given_text() {
    let database = Database::create(Server::Postgres);
    let mut connection = database.connect();
    let sql = "SELECT :a, nope";
    let values = [(
        "a".to_owned(),
        Literal::str("a long value that moves things"),
    )];
    connection.execute_with(sql, &values).unwrap_err();
    assert_eq!(connection.take_error().unwrap().offset, sql.find("nope"));
}

#[test]
fn sqlite_refuses_two_statements() {
    let mut connection = connect(&ConnectOptions::sqlite_memory()).unwrap();
    let error = connection.execute("SELECT 1; SELECT 2").unwrap_err();
    assert_eq!(
        error.to_string(),
        "You can only execute one statement at a time."
    );
    connection
        .execute_script("CREATE TABLE t (a); INSERT INTO t VALUES (1);")
        .unwrap();
    assert_eq!(
        scalar(&mut *connection, "SELECT count(*) FROM t"),
        Literal::int(1)
    );
}

#[test]
fn notices_are_kept() {
    let database = Database::create(Server::Postgres);
    let mut connection = database.connect();
    connection.execute("DROP TABLE IF EXISTS nope").unwrap();
    let notices = connection.take_notices();
    assert_eq!(
        notices[0].message,
        "table \"nope\" does not exist, skipping"
    );
    assert!(connection.take_notices().is_empty());

    let database = Database::create(Server::MariaDb);
    let mut connection = database.connect();
    connection.execute("DROP TABLE IF EXISTS nope").unwrap();
    assert!(
        connection.take_notices()[0]
            .message
            .starts_with("Unknown table")
    );
}

#[test]
fn failed_connections_say_why() {
    let check = |options: &ConnectOptions, why: &str| {
        let Err(error) = connect(options) else {
            panic!("{options:?} connected")
        };
        assert_eq!(error.kind, ErrorKind::Connection);
        let notes = error.diagnostic.notes.join("\n");
        assert!(notes.contains(why), "{notes}");
        assert!(!error.diagnostic.help.is_empty());
        assert!(!format!("{error:?}").contains("wrong-password"));
    };
    for (server, missing, denied) in [
        (
            Server::Postgres,
            "database \"nope\" does not exist",
            "password authentication failed",
        ),
        (
            Server::MariaDb,
            "Unknown database 'nope'",
            "Access denied for user 'limbeck'",
        ),
    ] {
        let database = Database::create(server);
        let options = database.options();
        check(
            &ConnectOptions {
                database: Some("nope".into()),
                ..options.clone()
            },
            missing,
        );
        let wrong = ConnectOptions {
            user: Some("limbeck".into()),
            password: Some("wrong-password".into()),
            database: Some(
                if server == Server::Postgres {
                    "postgres"
                } else {
                    "mysql"
                }
                .into(),
            ),
            ..options.clone()
        };
        check(&wrong, denied);
        check(
            &ConnectOptions {
                port: Some(1),
                ..options
            },
            "refused",
        );
    }
    check(
        &ConnectOptions::sqlite("/nope/nope/a.db"),
        "the folder /nope/nope does not exist",
    );
    check(&ConnectOptions::sqlite("/"), "it is a folder");
    check(
        &ConnectOptions::sqlite(
            file!()
                .rsplit_once('/')
                .map_or("Cargo.toml", |_| "Cargo.toml"),
        ),
        "not a database",
    );
}

#[test]
fn a_password_opens_the_door() {
    let database = Database::create(Server::Postgres);
    let options = ConnectOptions {
        user: Some("limbeck".into()),
        password: Some(PostgresServer::PASSWORD.into()),
        database: Some("postgres".into()),
        ..database.options()
    };
    connect(&options).unwrap();
}

#[test]
fn mysql_ddl_commits_and_the_next_statement_opens_a_transaction() {
    let database = Database::create(Server::MariaDb);
    let mut connection = database.connect();
    connection.begin().unwrap();
    connection.execute("CREATE TABLE t (a INTEGER)").unwrap();
    connection.execute("INSERT INTO t VALUES (1)").unwrap();
    connection.rollback().unwrap();
    assert_eq!(
        scalar(&mut *connection, "SELECT count(*) FROM t"),
        Literal::int(0)
    );
}

#[test]
fn placeholders_are_filled() {
    for (server, sql) in [
        (Server::Sqlite, "SELECT ?, '?', ?"),
        (Server::Postgres, "SELECT $1, '$1', $2"),
        (Server::MariaDb, "SELECT ?, '?', ?"),
    ] {
        let database = Database::create(server);
        let mut connection = database.connect();
        let values = [Literal::str("it's"), Literal::int(5)];
        let row = connection
            .execute_params(sql, &values)
            .unwrap()
            .rows
            .remove(0);
        assert_eq!((&row[0], &row[2]), (&values[0], &values[1]), "{server:?}");
        assert!(connection.execute_params(sql, &values[..1]).is_err() || server == Server::Sqlite);
    }
}

#[test]
fn every_set_of_a_script_comes_back() {
    for server in SERVERS {
        let database = Database::create(server);
        let mut connection = database.connect();
        let sets = connection
            .query_sets("SELECT 1; CREATE TABLE t (a INTEGER); SELECT 'b', 'c'")
            .unwrap();
        assert_eq!(sets.len(), 2, "{server:?}");
        assert_eq!(sets[1].rows, [[Literal::str("b"), Literal::str("c")]]);
    }
}
