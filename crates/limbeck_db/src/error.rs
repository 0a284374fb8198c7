//! What a server says when it refuses, and how that is told.

use limbeck_diag::{Diagnostic, Error, ErrorKind};

use crate::connection::Server;
use crate::options::ConnectOptions;

/// What the server said about a statement, in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseError {
    /// The server's own words.
    pub message: String,
    /// SQLSTATE, where the server has it.
    pub sqlstate: Option<String>,
    /// MySQL's error number or SQLite's extended result code.
    pub code: Option<i64>,
    /// PostgreSQL's DETAIL.
    pub detail: Option<String>,
    /// PostgreSQL's HINT.
    pub hint: Option<String>,
    /// PostgreSQL's QUERY, where the fault is inside a function, and CONTEXT.
    pub context: Option<String>,
    /// Where in `statement` the fault is, in bytes; the start of the faulty token.
    pub offset: Option<usize>,
    /// The statement as the caller gave it.
    pub statement: String,
    /// True if the connection is gone.
    pub disconnected: bool,
}

impl DatabaseError {
    /// Only words.
    pub(crate) fn new(statement: &str, message: impl Into<String>) -> DatabaseError {
        DatabaseError {
            message: message.into(),
            sqlstate: None,
            code: None,
            detail: None,
            hint: None,
            context: None,
            offset: None,
            statement: statement.to_owned(),
            disconnected: false,
        }
    }

    /// The class that Python's driver would raise (`OperationalError`, `ProgrammingError`,
    /// `IntegrityError`, `DataError`, `InternalError`, `NotSupportedError`, `DatabaseError`), by the
    /// same rules. `InterfaceError` never comes from a server.
    #[must_use]
    pub fn python_class(&self, server: Server) -> &'static str {
        match server {
            Server::Postgres => postgres_class(self.sqlstate.as_deref(), self.disconnected),
            Server::MySql | Server::MariaDb => mysql_class(self.code.unwrap_or_default()),
            Server::Sqlite => sqlite_class(self.code.unwrap_or(1)),
        }
    }

    /// The statement's failure as an error for the caller.
    pub(crate) fn to_error(&self) -> Error {
        let mut diagnostic = Diagnostic::error("database-error", self.message.clone());
        if let Some(detail) = &self.detail {
            diagnostic = diagnostic.note(detail.clone());
        }
        let mut numbers = Vec::new();
        if let Some(sqlstate) = &self.sqlstate {
            numbers.push(format!("SQLSTATE {sqlstate}"));
        }
        if let Some(code) = self.code {
            numbers.push(format!("code {code}"));
        }
        if !numbers.is_empty() {
            diagnostic = diagnostic.note(format!("the server says {}", numbers.join(", ")));
        }
        if let Some(hint) = &self.hint {
            diagnostic = diagnostic.help(hint.clone());
        }
        let kind = if self.disconnected {
            ErrorKind::Connection
        } else {
            ErrorKind::Database
        };
        Error::new(kind, diagnostic)
    }
}

/// psycopg2 chooses the class by the first two characters of SQLSTATE.
fn postgres_class(sqlstate: Option<&str>, disconnected: bool) -> &'static str {
    let Some(state) = sqlstate else {
        return if disconnected {
            "OperationalError"
        } else {
            "DatabaseError"
        };
    };
    match state.get(..2).unwrap_or_default() {
        "0A" => "NotSupportedError",
        "20" | "21" | "3D" | "3F" | "42" | "44" => "ProgrammingError",
        "22" => "DataError",
        "23" => "IntegrityError",
        "24" | "25" | "2B" | "2D" | "2F" | "38" | "39" | "3B" | "F0" | "P0" | "XX" => {
            "InternalError"
        }
        "08" | "26" | "27" | "28" | "34" | "40" | "53" | "54" | "55" | "57" | "58" | "HV" => {
            "OperationalError"
        }
        _ => "DatabaseError",
    }
}

/// pymysql's table of error numbers.
fn mysql_class(code: i64) -> &'static str {
    match code {
        1007 | 1064 | 1102 | 1103 | 1110..=1113 | 1146 | 1149 | 1166 | 1179 => "ProgrammingError",
        1171 | 1230 | 1263..=1265 | 1366 | 1367 | 1406 | 1441 => "DataError",
        1048 | 1062 | 1215..=1217 | 1451 | 1452 => "IntegrityError",
        1196 | 1235 | 1286 | 1289 => "NotSupportedError",
        code if code < 1000 => "InternalError",
        _ => "OperationalError",
    }
}

/// CPython's `sqlite3` chooses by the primary result code.
fn sqlite_class(code: i64) -> &'static str {
    match code & 0xff {
        2 | 12 => "InternalError",
        1 | 3..=6 | 8..=10 | 13..=17 => "OperationalError",
        11 => "DatabaseError",
        18 => "DataError",
        19 | 20 => "IntegrityError",
        21 => "InterfaceError",
        _ => "DatabaseError",
    }
}

/// A connection that was not made: what, why, help.
pub(crate) fn connection_error(
    options: &ConnectOptions,
    why: impl Into<String>,
    help: &[&str],
) -> Error {
    let message = format!(
        "cannot connect to {} at {}",
        options.server.name(),
        options.render_place()
    );
    let mut diagnostic = Diagnostic::error("connection-failed", message).note(why);
    for line in help {
        diagnostic = diagnostic.help(*line);
    }
    Error::new(ErrorKind::Connection, diagnostic)
}

/// A connection whose other end went away, or whose thread ended.
pub(crate) fn lost_connection() -> Error {
    Error::new(
        ErrorKind::Connection,
        Diagnostic::error(
            "connection-lost",
            "the connection to the database is closed",
        )
        .help("check that the server is running, then run the command again"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_classes() {
        let check = |server, sqlstate: Option<&str>, code, class: &str| {
            let error = DatabaseError {
                sqlstate: sqlstate.map(str::to_owned),
                code,
                ..DatabaseError::new("", "")
            };
            assert_eq!(error.python_class(server), class);
        };
        check(Server::Postgres, Some("42P01"), None, "ProgrammingError");
        check(Server::Postgres, Some("23505"), None, "IntegrityError");
        check(Server::Postgres, Some("25P02"), None, "InternalError");
        check(Server::Postgres, Some("40P01"), None, "OperationalError");
        check(Server::Postgres, Some("38000"), None, "InternalError");
        check(
            Server::MariaDb,
            Some("23000"),
            Some(1364),
            "OperationalError",
        );
        check(
            Server::MariaDb,
            Some("42S02"),
            Some(1146),
            "ProgrammingError",
        );
        check(
            Server::MariaDb,
            Some("42S21"),
            Some(1060),
            "OperationalError",
        );
        check(Server::Sqlite, None, Some(1), "OperationalError");
        check(Server::Sqlite, None, Some(1555), "IntegrityError");
    }
}
