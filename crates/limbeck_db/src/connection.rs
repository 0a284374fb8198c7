//! The one interface to a live database.

use std::fmt;

use limbeck_diag::Result;
use limbeck_schema::Literal;

use crate::options::ConnectOptions;
use crate::{mysql, postgres, sqlite};

/// A server that can be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Server {
    /// SQLite, linked in.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MySQL.
    MySql,
    /// MariaDB.
    MariaDb,
}

impl Server {
    /// SQLAlchemy's name of the dialect.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Server::Sqlite => "sqlite",
            Server::Postgres => "postgresql",
            Server::MySql => "mysql",
            Server::MariaDb => "mariadb",
        }
    }

    /// The server of a URL's backend name; `None` for one that Limbeck cannot connect to.
    #[must_use]
    pub fn parse(name: &str) -> Option<Server> {
        Some(match name {
            "sqlite" => Server::Sqlite,
            "postgresql" => Server::Postgres,
            "mysql" => Server::MySql,
            "mariadb" => Server::MariaDb,
            _ => return None,
        })
    }

    /// The TCP port when none is given; zero for SQLite.
    #[must_use]
    pub fn default_port(self) -> u16 {
        match self {
            Server::Sqlite => 0,
            Server::Postgres => 5432,
            Server::MySql | Server::MariaDb => 3306,
        }
    }

    /// True if `ROLLBACK` undoes DDL.
    #[must_use]
    pub fn has_transactional_ddl(self) -> bool {
        matches!(self, Server::Sqlite | Server::Postgres)
    }
}

/// The version of a server, as numbers and as it says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerVersion {
    /// Major number.
    pub major: u32,
    /// Minor number.
    pub minor: u32,
    /// Patch level.
    pub patch: u32,
    /// The text the server sent.
    pub text: String,
}

impl ServerVersion {
    /// The first three numbers of a version text; missing ones are zero.
    #[must_use]
    pub fn parse(text: &str) -> ServerVersion {
        let mut numbers = text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        let (major, minor, patch) = (next(), next(), next());
        ServerVersion {
            major,
            minor,
            patch,
            text: text.to_owned(),
        }
    }

    /// True if it is this version or a later one.
    #[must_use]
    pub fn at_least(&self, major: u32, minor: u32, patch: u32) -> bool {
        (self.major, self.minor, self.patch) >= (major, minor, patch)
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name, as the server spells it.
    pub name: String,
    /// The server's word for its type (`int4`, `VARCHAR`, …); empty if it does not say.
    pub type_name: String,
    /// True if the type is an enumeration of the database's own.
    pub is_enum: bool,
}

/// The rows a statement returned, all of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResultSet {
    /// True if the statement returns rows at all, even none (`cursor.description` is not `None`).
    pub returns_rows: bool,
    /// The columns, in order; names may repeat.
    pub columns: Vec<Column>,
    /// The rows; each as long as `columns`.
    pub rows: Vec<Vec<Literal>>,
    /// Rows that the statement changed, or returned; `None` when the driver would say -1.
    pub row_count: Option<u64>,
    /// The key that the connection counted last (SQLite), or that this statement did, 0 if none (MySQL).
    pub counted_key: Option<i64>,
}

impl ResultSet {
    /// The first cell of the first row.
    #[must_use]
    pub fn scalar(&self) -> Option<&Literal> {
        self.rows.first().and_then(|row| row.first())
    }
}

/// A message from the server beside the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `NOTICE`, `WARNING`, `Note`, …
    pub severity: String,
    /// The server's words.
    pub message: String,
}

/// A session with a database.
///
/// A new connection is in autocommit mode: each statement stands alone until [`begin`](Self::begin).
/// Text is sent as it is given; `:name` is special only where values are passed.
/// Every failure of a statement is [`limbeck_diag::ErrorKind::Database`] and can be looked into with
/// [`take_error`](Self::take_error).
pub trait Connection: Send {
    /// Which server it is. MariaDB is recognised by its version, whatever the URL said.
    fn server(&self) -> Server;

    /// The version of the server.
    fn version(&self) -> &ServerVersion;

    /// The schema that unqualified names mean: PostgreSQL's `current_schema()`, MySQL's database,
    /// SQLite's `main`. `None` if there is none.
    fn default_schema(&self) -> Option<&str>;

    /// Asks again for [`Connection::default_schema`], after a statement that may have changed it.
    ///
    /// # Errors
    /// The server is gone.
    fn ask_default_schema(&mut self) -> Result<()>;

    /// Runs statement text without values. Text of several statements is run as the driver of that
    /// server would run it under Alembic: PostgreSQL runs them all, SQLite and MySQL refuse.
    ///
    /// # Errors
    /// The server rejected it, or is gone.
    fn execute(&mut self, sql: &str) -> Result<ResultSet>;

    /// Runs one statement with named values: `:name` in `sql` as in `sqlalchemy.text()`, `\:` is a
    /// plain colon.
    ///
    /// # Errors
    /// A name has no value, a value has no form on this server, or the server rejected it.
    fn execute_with(&mut self, sql: &str, values: &[(String, Literal)]) -> Result<ResultSet>;

    /// Runs one statement with values for its placeholders: `$1`, `$2`, … on PostgreSQL, `?` elsewhere,
    /// as `limbeck_sql` writes them. Placeholders in quotes and comments are none.
    ///
    /// # Errors
    /// The counts differ, a value has no form on this server, or the server rejected it.
    fn execute_params(&mut self, sql: &str, values: &[Literal]) -> Result<ResultSet>;

    /// Runs several statements in one round trip and returns every set of rows, in order. On
    /// PostgreSQL all cells are text.
    ///
    /// # Errors
    /// The first rejected statement ends it.
    fn query_sets(&mut self, sql: &str) -> Result<Vec<ResultSet>>;

    /// Runs a whole script, statement after statement, and forgets results.
    ///
    /// # Errors
    /// The first rejected statement ends it.
    fn execute_script(&mut self, sql: &str) -> Result<()>;

    /// Opens a transaction. On SQLite a deferred one.
    ///
    /// # Errors
    /// One is open already, or the server is gone.
    fn begin(&mut self) -> Result<()>;

    /// Ends the open transaction; nothing happens if there is none.
    ///
    /// # Errors
    /// The server refuses: a deferred constraint, a busy database.
    fn commit(&mut self) -> Result<()>;

    /// Undoes the open transaction; nothing happens if there is none.
    ///
    /// # Errors
    /// The server is gone.
    fn rollback(&mut self) -> Result<()>;

    /// Sets a savepoint.
    ///
    /// # Errors
    /// No transaction is open.
    fn savepoint(&mut self, name: &str) -> Result<()>;

    /// Forgets a savepoint and keeps what was done since.
    ///
    /// # Errors
    /// There is no such savepoint.
    fn release_savepoint(&mut self, name: &str) -> Result<()>;

    /// Undoes what was done since a savepoint.
    ///
    /// # Errors
    /// There is no such savepoint.
    fn rollback_to_savepoint(&mut self, name: &str) -> Result<()>;

    /// True between [`begin`](Self::begin) and its end, as far as this side knows. MySQL's implicit
    /// commits are noticed.
    fn in_transaction(&self) -> bool;

    /// Messages of the server since the last call.
    fn take_notices(&mut self) -> Vec<Notice>;

    /// What the server said about the last failed statement, in parts; it stays for [`take_error`](Self::take_error).
    fn last_error(&self) -> Option<&crate::DatabaseError>;

    /// What the server said about the last failed statement, in parts.
    fn take_error(&mut self) -> Option<crate::DatabaseError>;
}

/// Connects.
///
/// # Errors
/// [`limbeck_diag::ErrorKind::Connection`], saying what was tried, why it failed and what to do.
pub fn connect(options: &ConnectOptions) -> Result<Box<dyn Connection>> {
    Ok(match options.server {
        Server::Sqlite => Box::new(sqlite::SqliteConnection::connect(options)?),
        Server::Postgres => Box::new(postgres::PostgresConnection::connect(options)?),
        Server::MySql | Server::MariaDb => Box::new(mysql::MySqlConnection::connect(options)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_texts() {
        let check = |text: &str, numbers: (u32, u32, u32)| {
            let version = ServerVersion::parse(text);
            assert_eq!(
                (version.major, version.minor, version.patch),
                numbers,
                "{text}"
            );
        };
        check("15.18 (Debian 15.18-0+deb12u1)", (15, 18, 15));
        check("10.11.19-MariaDB-0+deb12u1", (10, 11, 19));
        check("3.40.1", (3, 40, 1));
        check("9", (9, 0, 0));
    }
}
