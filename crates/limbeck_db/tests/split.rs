//! A script is cut into statements where the server itself cuts it: as many pieces as sets of rows.

use limbeck_db::Server;
use limbeck_sql::{Dialect, split_statements};
use limbeck_testkit::Database;

const EVERYWHERE: &[&str] = &[
    "SELECT 1; SELECT 2",
    "SELECT ';'; SELECT 'it''s; fine';",
    "SELECT 1 /* ; */; -- ; SELECT 3\nSELECT 2",
    "SELECT 1;SELECT 2;",
    "SELECT CASE WHEN 1 = 1 THEN 'a;' ELSE 'b' END; SELECT 2",
    "-- only a comment\nSELECT 1 -- and one more",
    "SELECT ':name', '10:30'; SELECT 1",
    "BEGIN; SELECT 1; COMMIT; SELECT 2",
];

const POSTGRES: &[&str] = &[
    "SELECT 1;; ;SELECT 2;",
    "SELECT $$;$$; SELECT $tag$ $$ ; $tag$",
    "SELECT E'\\';'; SELECT '\\'; SELECT \";\" FROM (SELECT 1 AS \";\") q",
    "/* a /* ; */ ; */ SELECT 1; SELECT 2",
    "DO $body$ BEGIN PERFORM $$;$$; END $body$; SELECT 1::text, '2'::int; SELECT 2",
    "CREATE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1; END $$ LANGUAGE plpgsql; SELECT f()",
    "CREATE TABLE made (id int); CREATE PROCEDURE p() BEGIN ATOMIC INSERT INTO made VALUES (1); \
     INSERT INTO made VALUES (CASE WHEN true THEN 2 END); END; CALL p(); SELECT * FROM made",
    "SELECT U&'d\\0061t;'; SELECT B'1', X'1f'; SELECT 'a' -- ;\n'b;'",
    "SELECT 1 AS a$b; SELECT 1 AS \"a;\"\"b\"",
];

const MARIADB: &[&str] = &[
    "SELECT '\\';'; SELECT \"\\\";\"; SELECT `;` FROM (SELECT 1 AS `;`) q",
    "SELECT 1; # ; SELECT 3\nSELECT 2",
    "SELECT 1 --1; SELECT 2",
    "CREATE PROCEDURE p() BEGIN DECLARE i INT DEFAULT 0; WHILE i < 2 DO SET i = i + 1; END WHILE; \
     IF i = 2 THEN SELECT IF(i, 1, 2); ELSE SELECT 3; END IF; END; CALL p(); SELECT 2",
    "CREATE TABLE made (id int); CREATE TRIGGER tr BEFORE INSERT ON made FOR EACH ROW BEGIN \
     SET NEW.id = CASE WHEN NEW.id > 1 THEN 1 ELSE 0 END; END; INSERT INTO made VALUES (5); SELECT * FROM made",
    "SELECT _utf8mb4'a;'; SELECT X'1f', b'1'; SELECT N'a;'",
];

const SQLITE: &[&str] = &[
    "SELECT 1;; ;SELECT 2;",
    "SELECT '\\'; SELECT [;] FROM (SELECT 1 AS [;]); SELECT \";\" FROM (SELECT 1 AS \";\")",
    "CREATE TABLE made (id INT); CREATE TRIGGER tr AFTER INSERT ON made BEGIN \
     UPDATE made SET id = CASE WHEN id > 1 THEN 1 ELSE 0 END; DELETE FROM made WHERE id = 0; END; \
     INSERT INTO made VALUES (5); SELECT * FROM made",
    "SELECT x'1f'; SELECT `a;` FROM (SELECT 1 AS `a;`)",
];

/// Sets of rows that the pieces of a script give, one statement at a time, and that the whole gives.
fn check(server: Server, dialect: Dialect, own: &[&str]) {
    for script in EVERYWHERE.iter().chain(own) {
        let database = Database::create(server);
        let whole = database.connect().query_sets(script);
        let whole = whole.unwrap_or_else(|error| panic!("{script}: {}", error.diagnostic.message));
        let database = Database::create(server);
        let mut connection = database.connect();
        let mut sets = 0;
        for piece in split_statements(script, dialect) {
            if piece.is_empty() {
                continue;
            }
            let done = connection.query_sets(piece.text(script));
            let done = done.unwrap_or_else(|error| {
                panic!(
                    "{script}\n{}: {}",
                    piece.text(script),
                    error.diagnostic.message
                )
            });
            assert!(done.len() <= 1, "more than one: {}", piece.text(script));
            sets += done.len();
        }
        assert_eq!(sets, whole.len(), "{script}");
    }
}

#[test]
fn postgres() {
    check(Server::Postgres, Dialect::Postgres, POSTGRES);
}

#[test]
fn mariadb() {
    check(Server::MariaDb, Dialect::MariaDb, MARIADB);
}

#[test]
fn sqlite() {
    check(Server::Sqlite, Dialect::Sqlite, SQLITE);
}
