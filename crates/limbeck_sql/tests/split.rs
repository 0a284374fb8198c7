//! Cutting scripts into statements, and reading what a statement is.

use limbeck_sql::{Dialect, SqlKind, classify, split_statements};
use proptest::prelude::*;

fn statements(script: &str, dialect: Dialect) -> Vec<String> {
    split_statements(script, dialect)
        .iter()
        .filter(|piece| !piece.is_empty())
        .map(|piece| piece.text(script).to_owned())
        .collect()
}

#[track_caller]
fn check(dialect: Dialect, script: &str, expected: &[&str]) {
    assert_eq!(statements(script, dialect), expected, "{dialect}: {script}");
}

#[test]
fn quotes_and_comments_hide_semicolons() {
    for dialect in Dialect::ALL {
        check(dialect, "select 1; select 2", &["select 1", "select 2"]);
        check(
            dialect,
            "select ';'; select 2;",
            &["select ';'", "select 2"],
        );
        check(
            dialect,
            "select 'it''s;'; -- a; b\nselect 2",
            &["select 'it''s;'", "select 2"],
        );
        check(dialect, "/* ; */ select 1 /* ; */;", &["select 1"]);
        check(dialect, "  ;;  ", &[]);
        check(dialect, "", &[]);
        check(dialect, "-- only a comment", &[]);
    }
    check(
        Dialect::Postgres,
        r#"select E'\';'; select ";"; select 1"#,
        &[r"select E'\';'", r#"select ";""#, "select 1"],
    );
    check(
        Dialect::MySql,
        r"select '\';'; select `;`; # a; b",
        &[r"select '\';'", "select `;`"],
    );
    check(
        Dialect::Sqlite,
        r"select '\'; select [;]",
        &[r"select '\'", "select [;]"],
    );
    check(
        Dialect::MsSql,
        "select [a]];] from t; select 1",
        &["select [a]];] from t", "select 1"],
    );
    check(
        Dialect::Oracle,
        "select q'[it's; fine]' from dual; select 1 from dual",
        &["select q'[it's; fine]' from dual", "select 1 from dual"],
    );
}

#[test]
fn dollar_quotes_and_nested_comments_are_postgres() {
    check(
        Dialect::Postgres,
        "create function f() returns int as $$ begin return 1; end $$ language plpgsql; select 1",
        &[
            "create function f() returns int as $$ begin return 1; end $$ language plpgsql",
            "select 1",
        ],
    );
    check(
        Dialect::Postgres,
        "do $body$ begin perform $$;$$; end $body$; select $1; select a$b;",
        &[
            "do $body$ begin perform $$;$$; end $body$",
            "select $1",
            "select a$b",
        ],
    );
    check(
        Dialect::Postgres,
        "/* a /* ; */ ; */ select 1; select 2",
        &["select 1", "select 2"],
    );
    check(
        Dialect::MySql,
        "/* a /* ; */ select 1; select 2",
        &["select 1", "select 2"],
    );
    check(
        Dialect::Postgres,
        "create procedure p() begin atomic insert into t values (1); select case when true then 1 end; end; select 2",
        &[
            "create procedure p() begin atomic insert into t values (1); select case when true then 1 end; end",
            "select 2",
        ],
    );
}

#[test]
fn bodies_are_one_statement() {
    let trigger = "CREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE t SET a = CASE WHEN 1 THEN 2 ELSE 3 END; DELETE FROM u; END";
    for dialect in [Dialect::Sqlite, Dialect::MySql, Dialect::MariaDb] {
        check(
            dialect,
            &format!("{trigger}; SELECT 1"),
            &[trigger, "SELECT 1"],
        );
    }
    let procedure = "CREATE PROCEDURE p() BEGIN IF 1 = 1 THEN SELECT 1; ELSE SELECT IF(a, 1, 2); END IF; WHILE x DO SET x = 0; END WHILE; END";
    check(
        Dialect::MySql,
        &format!("{procedure}; SELECT 2;"),
        &[procedure, "SELECT 2"],
    );
    check(
        Dialect::Sqlite,
        "BEGIN; SELECT 1; END; SELECT 2",
        &["BEGIN", "SELECT 1", "END", "SELECT 2"],
    );
}

#[test]
fn client_lines_end_statements() {
    check(
        Dialect::MySql,
        "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END //\nDELIMITER ;\nSELECT 2;",
        &["CREATE PROCEDURE p() BEGIN SELECT 1; END", "SELECT 2"],
    );
    check(
        Dialect::MsSql,
        "CREATE TABLE t (a int)\nGO\nSELECT 1\ngo 5\nSELECT 2",
        &["CREATE TABLE t (a int)", "SELECT 1", "SELECT 2"],
    );
    check(
        Dialect::Oracle,
        "BEGIN NULL; END;\n/\nSELECT 1 / 2 FROM dual",
        &["BEGIN NULL; END", "SELECT 1 / 2 FROM dual"],
    );
}

#[test]
fn kinds_and_tables_are_read() {
    for (dialect, sql, kind, object, tables) in [
        (
            Dialect::Postgres,
            "-- x\nUPDATE ONLY s.t SET a = 1 FROM u WHERE 1=1",
            SqlKind::Update,
            None,
            vec!["s.t", "u"],
        ),
        (
            Dialect::Postgres,
            "insert into \"T t\" (a) select a from b join c on true",
            SqlKind::Insert,
            None,
            vec!["T t", "b", "c"],
        ),
        (
            Dialect::Postgres,
            "with x as (select 1) delete from t",
            SqlKind::Delete,
            None,
            vec!["t"],
        ),
        (
            Dialect::Postgres,
            "CREATE UNIQUE INDEX i ON t (a)",
            SqlKind::Create,
            Some("INDEX"),
            vec!["t"],
        ),
        (
            Dialect::Postgres,
            "ALTER TABLE IF EXISTS t ADD COLUMN a int REFERENCES u (id)",
            SqlKind::Alter,
            Some("TABLE"),
            vec!["t", "u"],
        ),
        (
            Dialect::Postgres,
            "select extract(year from d) from t, u where a is distinct from b",
            SqlKind::Query,
            None,
            vec!["t", "u"],
        ),
        (
            Dialect::MySql,
            "TRUNCATE TABLE `t`",
            SqlKind::Truncate,
            Some("TABLE"),
            vec!["t"],
        ),
        (
            Dialect::MySql,
            "DROP TABLE a, b",
            SqlKind::Drop,
            Some("TABLE"),
            vec!["a", "b"],
        ),
        (
            Dialect::Sqlite,
            "PRAGMA foreign_keys=OFF",
            SqlKind::Set,
            None,
            vec![],
        ),
        (Dialect::Postgres, "  ", SqlKind::Empty, None, vec![]),
        (
            Dialect::Postgres,
            "DO $$ begin end $$",
            SqlKind::Call,
            None,
            vec![],
        ),
    ] {
        let read = classify(sql, dialect);
        assert_eq!(read.kind, kind, "{sql}");
        assert_eq!(read.object.as_deref(), object, "{sql}");
        assert_eq!(read.tables, tables, "{sql}");
    }
}

#[test]
fn transactions_are_respected() {
    for (sql, outside) in [
        ("CREATE INDEX CONCURRENTLY i ON t (a)", true),
        ("CREATE INDEX i ON t (concurrently)", false),
        ("DROP INDEX CONCURRENTLY i", true),
        ("VACUUM t", true),
        ("ALTER SYSTEM SET x = 1", true),
        ("CREATE DATABASE d", true),
        ("CREATE TABLE t (a int)", false),
        ("REINDEX TABLE CONCURRENTLY t", true),
        ("REINDEX TABLE t", false),
    ] {
        assert_eq!(
            classify(sql, Dialect::Postgres).outside_transaction,
            outside,
            "{sql}"
        );
    }
    for (sql, commits) in [
        ("CREATE TABLE t (a int)", true),
        ("CREATE TEMPORARY TABLE t (a int)", false),
        ("INSERT INTO t VALUES (1)", false),
        ("ALTER TABLE t ADD a int", true),
        ("TRUNCATE t", true),
        ("START TRANSACTION", true),
        ("SET NAMES utf8", false),
    ] {
        assert_eq!(
            classify(sql, Dialect::MySql).implicit_commit,
            commits,
            "{sql}"
        );
    }
}

proptest! {
    #[test]
    fn pieces_are_the_script(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("'"), Just("\""), Just("`"), Just("$$"), Just("$a$"), Just(";"), Just("--"), Just("\n"), Just("/*"), Just("*/"),
                Just("begin"), Just(" end "), Just(" case "), Just("create trigger "), Just("delimiter //\n"), Just("//"), Just("GO\n"),
                Just("/\n"), Just("\\"), Just("[") , Just("]"), Just("é"), Just("q'["), Just(" a1 "), Just("#"),
            ],
            0..40,
        ),
        which in 0..6usize,
    ) {
        let script = parts.concat();
        let dialect = Dialect::ALL[which];
        let pieces = split_statements(&script, dialect);
        let again: String = pieces.iter().map(|piece| &script[piece.whole.clone()]).collect();
        prop_assert_eq!(&again, &script);
        for piece in &pieces {
            prop_assert!(piece.whole.start <= piece.statement.start && piece.statement.end <= piece.whole.end);
            let _ = classify(piece.text(&script), dialect);
        }
    }
}
