//! What a refusal of the server is to a script: the exception that Python's driver and SQLAlchemy make of it.

use limbeck_db::{DatabaseError, Server};
use limbeck_python::Refusal;
use limbeck_schema::Literal;
use limbeck_sql::{SqlAlchemyVersion, SqlStatement, Target};

use super::sqlstate;

/// Python's driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Driver {
    Psycopg,
    Psycopg2,
    Asyncpg,
    PyMySql,
    Sqlite3,
    Other,
}

/// The driver of a URL, which the version of SQLAlchemy decides where it does not say one.
pub(crate) fn driver_of(server: Server, target: &Target) -> Driver {
    match (server, target.driver.as_str()) {
        (Server::Postgres, "") => match target.sqlalchemy {
            SqlAlchemyVersion::V2_0 => Driver::Psycopg2,
            SqlAlchemyVersion::V2_1 => Driver::Psycopg,
        },
        (Server::Postgres, "psycopg" | "psycopg_async") => Driver::Psycopg,
        (Server::Postgres, "psycopg2" | "psycopg2cffi") => Driver::Psycopg2,
        (Server::Postgres, "asyncpg") => Driver::Asyncpg,
        (Server::MySql | Server::MariaDb, "pymysql" | "aiomysql") => Driver::PyMySql,
        (Server::Sqlite, "" | "pysqlite" | "aiosqlite") => Driver::Sqlite3,
        _ => Driver::Other,
    }
}

/// The statement that was refused.
pub(crate) struct Shown {
    pub(crate) statement: SqlStatement,
    /// True if a directive says it, not a text of the script.
    pub(crate) is_directive: bool,
}

/// The exception for a statement that was refused.
pub(crate) fn refusal(
    error: &DatabaseError,
    server: Server,
    target: &Target,
    statement: Option<&Shown>,
) -> Refusal {
    let driver = driver_of(server, target);
    let class = class(error, server, driver);
    let driver_class = driver_class(error, server, driver);
    let statement = statement.and_then(|shown| shown.text(driver, server));
    let driver_text = driver_text(error, driver, statement.as_deref());
    let code = page(class);
    let text = match (&driver_class, &driver_text, &statement) {
        (Some((module, name)), Some(words), Some(sql)) => {
            let version = match target.sqlalchemy {
                SqlAlchemyVersion::V2_0 => "20",
                SqlAlchemyVersion::V2_1 => "21",
            };
            Some(format!(
                "({module}.{name}) {words}\n[SQL: {sql}]\n(Background on this error at: https://sqlalche.me/e/{version}/{code})"
            ))
        }
        _ => None,
    };
    let args = match driver {
        Driver::PyMySql => error
            .code
            .map(|code| vec![Literal::int(code), Literal::str(error.message.as_str())]),
        _ => driver_text
            .as_ref()
            .map(|text| vec![Literal::str(text.as_str())]),
    };
    let attribute = match driver {
        Driver::Psycopg | Driver::Asyncpg | Driver::PyMySql => "sqlstate",
        Driver::Psycopg2 | Driver::Sqlite3 | Driver::Other => "pgcode",
    };
    Refusal {
        class,
        driver_class,
        args,
        sqlstate: error.sqlstate.clone().map(|state| (attribute, state)),
        driver_text,
        text,
        statement,
        code,
    }
}

/// The class that SQLAlchemy raises.
fn class(error: &DatabaseError, server: Server, driver: Driver) -> &'static str {
    let state = error.sqlstate.as_deref().unwrap_or_default();
    let group = state.get(..2).unwrap_or_default();
    match driver {
        // psycopg 3 sorts a few groups otherwise than psycopg2.
        Driver::Psycopg => match group {
            "10" | "26" | "34" | "P0" => "ProgrammingError",
            "2F" | "38" | "39" | "3B" | "F0" => "OperationalError",
            _ => error.python_class(server),
        },
        // SQLAlchemy translates what asyncpg raises, and knows few of its classes.
        Driver::Asyncpg => match group {
            "23" => "IntegrityError",
            "42" => "ProgrammingError",
            "XX" => "InternalError",
            _ => "DBAPIError",
        },
        _ => error.python_class(server),
    }
}

/// Module and name of the class that the driver raises.
fn driver_class(error: &DatabaseError, server: Server, driver: Driver) -> Option<(String, String)> {
    let (module, name) = match driver {
        Driver::Psycopg => (
            "psycopg.errors",
            sqlstate::class_name(error.sqlstate.as_deref()?)?,
        ),
        Driver::Psycopg2 => (
            "psycopg2.errors",
            sqlstate::class_name(error.sqlstate.as_deref()?)?,
        ),
        Driver::PyMySql => ("pymysql.err", error.python_class(server)),
        Driver::Sqlite3 => ("sqlite3", error.python_class(server)),
        Driver::Asyncpg | Driver::Other => return None,
    };
    Some((module.to_owned(), name.to_owned()))
}

impl Shown {
    /// The statement as SQLAlchemy shows it: with the placeholders of the driver, which are not ours, and with
    /// the line ends that its compiler writes.
    fn text(&self, driver: Driver, server: Server) -> Option<String> {
        let doubles_percent = matches!(
            driver,
            Driver::Psycopg | Driver::Psycopg2 | Driver::PyMySql | Driver::Other
        );
        let sql = &self.statement.sql;
        if !self.statement.params.is_empty() || (doubles_percent && sql.contains('%')) {
            return None;
        }
        if !self.is_directive {
            return Some(sql.clone());
        }
        // A batch of SQLite is written by rules of its own.
        if server == Server::Sqlite && sql.contains("_alembic_tmp_") {
            return None;
        }
        if sql.starts_with("CREATE TABLE") {
            return Some(format!("\n{sql}\n\n"));
        }
        if sql.starts_with("DROP TABLE") || sql.starts_with("DROP INDEX") {
            return Some(format!("\n{sql}"));
        }
        Some(sql.clone())
    }
}

/// `str()` of the driver's exception.
fn driver_text(error: &DatabaseError, driver: Driver, sql: Option<&str>) -> Option<String> {
    match driver {
        Driver::Sqlite3 => Some(error.message.clone()),
        Driver::PyMySql => Some(format!(
            "({}, {})",
            error.code?,
            python_repr(&error.message)?
        )),
        Driver::Psycopg => libpq_text(error, sql).map(|text| text.trim_end().to_owned()),
        Driver::Psycopg2 => libpq_text(error, sql),
        Driver::Asyncpg | Driver::Other => None,
    }
}

/// The message as libpq builds it, without the severity.
fn libpq_text(error: &DatabaseError, sql: Option<&str>) -> Option<String> {
    let mut text = format!("{}\n", error.message);
    if let Some(offset) = error.offset {
        text.push_str(&pointer(sql?, offset)?);
    }
    if let Some(detail) = &error.detail {
        text.push_str(&format!("DETAIL:  {detail}\n"));
    }
    if let Some(hint) = &error.hint {
        text.push_str(&format!("HINT:  {hint}\n"));
    }
    if let Some(context) = &error.context {
        // Before CONTEXT stands QUERY, when a function's own statement is at fault: it is not known here.
        if context.starts_with("SQL statement")
            || error.offset.is_none() && context.contains("\nSQL")
        {
            return None;
        }
        text.push_str(&format!("CONTEXT:  {context}\n"));
    }
    Some(text)
}

/// libpq's `LINE n: …` and the mark below it. Wide characters are left to libpq.
fn pointer(sql: &str, offset: usize) -> Option<String> {
    const WIDTH: usize = 60;
    const RIGHT: usize = 10;
    if !sql.is_ascii() {
        return None;
    }
    let before = sql.get(..offset)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let number = before.matches('\n').count() + 1;
    let line = sql.get(start..)?.lines().next().unwrap_or_default();
    if line.contains('\r') {
        return None;
    }
    let line = line.replace('\t', " ");
    let mark = offset - start;
    let (mut from, mut to) = (0, line.len());
    let (mut cut_left, mut cut_right) = (false, false);
    if to > WIDTH {
        if WIDTH >= mark + RIGHT {
            to = WIDTH;
            cut_right = true;
        } else {
            if mark + RIGHT < to {
                to = mark + RIGHT;
                cut_right = true;
            }
            if to - from > WIDTH {
                from = to - WIDTH;
                cut_left = true;
            }
        }
    }
    let mut text = format!("LINE {number}: ");
    if cut_left {
        text.push_str("...");
    }
    let indent = text.len() + mark - from;
    text.push_str(line.get(from..to)?);
    if cut_right {
        text.push_str("...");
    }
    text.push('\n');
    text.push_str(&" ".repeat(indent));
    text.push_str("^\n");
    Some(text)
}

/// `repr()` of a plain text.
fn python_repr(text: &str) -> Option<String> {
    if text
        .chars()
        .any(|c| c == '\\' || c.is_control() || !c.is_ascii())
    {
        return None;
    }
    Some(if text.contains('\'') && !text.contains('"') {
        format!("\"{text}\"")
    } else {
        format!("'{}'", text.replace('\'', "\\'"))
    })
}

/// Where SQLAlchemy explains a class.
fn page(class: &str) -> &'static str {
    match class {
        "InterfaceError" => "rvf5",
        "DatabaseError" => "4xp6",
        "DataError" => "9h9h",
        "OperationalError" => "e3q8",
        "IntegrityError" => "gkpj",
        "InternalError" => "2j85",
        "ProgrammingError" => "f405",
        "NotSupportedError" => "tw8g",
        _ => "dbapi",
    }
}

#[cfg(test)]
mod tests {
    use super::pointer;

    #[test]
    fn the_place_is_marked_as_libpq_does() {
        let check = |sql: &str, at: &str, expected: &str| {
            let offset = sql.find(at).unwrap_or_default();
            assert_eq!(pointer(sql, offset).as_deref(), Some(expected));
        };
        check(
            "select * from nope",
            "nope",
            "LINE 1: select * from nope\n                      ^\n",
        );
        check(
            "select 1\n\tfrom x",
            "x",
            "LINE 2:  from x\n              ^\n",
        );
    }
}
