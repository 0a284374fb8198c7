//! MySQL and MariaDB.

mod literal;
mod scan;
mod value;

use ::mysql::consts::CapabilityFlags;
use ::mysql::prelude::Queryable;
use ::mysql::{Conn, OptsBuilder, SslOpts};
use limbeck_diag::Result;
use limbeck_schema::Literal;
use limbeck_sql::{Dialect, split_statements};

use crate::bind::{Bound, fill_placeholders, render_binds};
use crate::connection::{Column, Connection, Notice, ResultSet, Server, ServerVersion};
use crate::error::{DatabaseError, connection_error};
use crate::options::{ConnectOptions, SslMode};

/// A session with a MySQL or MariaDB server.
pub(crate) struct MySqlConnection {
    inner: Conn,
    server: Server,
    version: ServerVersion,
    default_schema: Option<String>,
    in_transaction: bool,
    warnings: u16,
    error: Option<DatabaseError>,
}

impl MySqlConnection {
    /// Logs in and learns what the server is.
    pub(crate) fn connect(options: &ConnectOptions) -> Result<MySqlConnection> {
        let inner =
            Conn::new(client_options(options)).map_err(|error| login_error(options, &error))?;
        let mut connection = MySqlConnection {
            inner,
            server: Server::MySql,
            version: ServerVersion::parse(""),
            default_schema: None,
            in_transaction: false,
            warnings: 0,
            error: None,
        };
        let result = connection.execute("SELECT VERSION(), DATABASE()")?;
        let mut cells = result
            .rows
            .into_iter()
            .next()
            .unwrap_or_default()
            .into_iter();
        let mut next = || match cells.next() {
            Some(Literal::Str(text)) => Some(text),
            _ => None,
        };
        let text = next().unwrap_or_default();
        if text.to_ascii_lowercase().contains("mariadb") {
            connection.server = Server::MariaDb;
        }
        // An old trick of MariaDB: its number comes after one that MySQL's replicas accept.
        connection.version = ServerVersion::parse(text.strip_prefix("5.5.5-").unwrap_or(&text));
        connection.default_schema = next();
        Ok(connection)
    }

    fn fail(&mut self, sql: &str, error: &::mysql::Error) -> limbeck_diag::Error {
        let error = database_error(sql, error);
        let told = error.to_error();
        self.error = Some(error);
        told
    }

    fn run_bound(&mut self, bound: &Bound, given: &str) -> Result<ResultSet> {
        self.run(&bound.sql).map_err(|error| {
            let mut error = database_error(&bound.sql, &error);
            error.offset = error.offset.map(|offset| bound.origin(offset));
            error.statement = given.to_owned();
            let told = error.to_error();
            self.error = Some(error);
            told
        })
    }

    /// A procedure sends several sets: the cursor of a script sees the first one.
    ///
    /// This driver lets several statements through, Python's do not. The server itself refuses them where a statement is prepared,
    /// and in the same words.
    fn run(&mut self, sql: &str) -> std::result::Result<ResultSet, ::mysql::Error> {
        let pieces = split_statements(sql, Dialect::MariaDb);
        if pieces.iter().filter(|piece| !piece.is_empty()).count() > 1 {
            let prepared = self.inner.prep(sql)?;
            self.inner.close(prepared)?;
        }
        Ok(self.run_all(sql)?.into_iter().next().unwrap_or_default())
    }

    fn run_all(&mut self, sql: &str) -> std::result::Result<Vec<ResultSet>, ::mysql::Error> {
        let mut outcome = Vec::new();
        let mut results = self.inner.query_iter(sql)?;
        while let Some(set) = results.iter() {
            let columns: Vec<Column> = set
                .columns()
                .as_ref()
                .iter()
                .map(|column| Column {
                    name: column.name_str().into_owned(),
                    type_name: value::type_name(column),
                    is_enum: false,
                })
                .collect();
            let kinds: Vec<value::Kind> = set.columns().as_ref().iter().map(value::kind).collect();
            let mut result = ResultSet {
                returns_rows: !columns.is_empty(),
                row_count: Some(set.affected_rows()),
                counted_key: i64::try_from(set.last_insert_id().unwrap_or_default()).ok(),
                columns,
                rows: Vec::new(),
            };
            for row in set {
                let cells = row?.unwrap().into_iter().zip(&kinds);
                result.rows.push(
                    cells
                        .map(|(cell, kind)| value::read_cell(*kind, cell))
                        .collect(),
                );
            }
            if result.returns_rows {
                result.row_count = u64::try_from(result.rows.len()).ok();
            }
            outcome.push(result);
        }
        drop(results);
        self.warnings = self.inner.warnings();
        Ok(outcome)
    }

    fn run_plain(&mut self, sql: &str) -> Result<()> {
        match self.inner.query_drop(sql) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.fail(sql, &error)),
        }
    }
}

/// The client's settings. Matched rows are counted, not changed ones, as SQLAlchemy asks for.
fn client_options(options: &ConnectOptions) -> OptsBuilder {
    let mut builder = OptsBuilder::new()
        .user(options.user.as_deref())
        .pass(options.password.as_deref())
        .db_name(options.database.as_deref().filter(|name| !name.is_empty()))
        .tcp_port(
            options
                .port
                .unwrap_or_else(|| options.server.default_port()),
        )
        .additional_capabilities(CapabilityFlags::CLIENT_FOUND_ROWS)
        .prefer_socket(false)
        .stmt_cache_size(0)
        .max_allowed_packet(Some(64 * 1024 * 1024))
        .tcp_connect_timeout(options.connect_timeout);
    builder = builder.ip_or_hostname(Some(options.host.as_deref().unwrap_or("localhost")));
    let socket = options
        .socket
        .as_ref()
        .map(|socket| socket.display().to_string());
    if let Some(socket) = socket.or_else(|| options.query_value("unix_socket").map(str::to_owned)) {
        builder = builder.socket(Some(socket));
    }
    let authority = options.query_value("ssl_ca");
    let disabled = options
        .query_value("ssl_disabled")
        .is_some_and(|text| text.eq_ignore_ascii_case("true"));
    if !disabled && (authority.is_some() || options.ssl_mode.is_some_and(SslMode::requires_tls)) {
        let mut tls = SslOpts::default();
        if let Some(authority) = authority {
            tls = tls.with_root_cert_path(Some(std::path::PathBuf::from(authority)));
        }
        let checks_name = options.ssl_mode == Some(SslMode::VerifyFull)
            || options
                .query_value("ssl_check_hostname")
                .is_some_and(|text| text.eq_ignore_ascii_case("true"));
        tls = tls.with_danger_skip_domain_validation(!checks_name);
        if options.ssl_mode == Some(SslMode::Require) && authority.is_none() {
            tls = tls.with_danger_accept_invalid_certs(true);
        }
        builder = builder.ssl_opts(tls);
    }
    builder
}

/// Why the login failed, by the server's error number.
fn login_error(options: &ConnectOptions, error: &::mysql::Error) -> limbeck_diag::Error {
    let ::mysql::Error::MySqlError(told) = error else {
        return connection_error(
            options,
            plain_words(error),
            &[
                "check that the server is running and that host and port in the database URL are right",
            ],
        );
    };
    let user = options.user.as_deref().unwrap_or_default();
    let database = options.database.as_deref().unwrap_or_default();
    let help = match told.code {
        1045 | 1698 => format!("check user {user:?} and its password in the database URL"),
        1044 => format!("grant {user:?} access to the database {database}"),
        1049 => format!(
            "create it first: CREATE DATABASE {database}; or correct the name in the database URL"
        ),
        1040 => "the server has no free connection; end some, or raise max_connections".to_owned(),
        _ => "check the database URL".to_owned(),
    };
    connection_error(options, told.message.clone(), &[&help])
}

/// The driver's words without the name of its variant.
fn plain_words(error: &::mysql::Error) -> String {
    match error {
        ::mysql::Error::IoError(inner) => inner.to_string(),
        ::mysql::Error::DriverError(inner) => inner.to_string(),
        ::mysql::Error::TlsError(inner) => inner.to_string(),
        other => other.to_string(),
    }
}

/// The server's words; the position is looked up from `near '…' at line n`.
fn database_error(sql: &str, error: &::mysql::Error) -> DatabaseError {
    match error {
        ::mysql::Error::MySqlError(told) => DatabaseError {
            sqlstate: Some(told.state.clone()),
            code: Some(i64::from(told.code)),
            offset: near_offset(sql, &told.message),
            disconnected: matches!(told.code, 1053 | 1927),
            ..DatabaseError::new(sql, told.message.clone())
        },
        other => DatabaseError {
            code: Some(2013),
            disconnected: other.is_connectivity_error(),
            ..DatabaseError::new(sql, plain_words(other))
        },
    }
}

/// The byte of the text that a syntax error quotes, if it is found in the line it names.
fn near_offset(sql: &str, message: &str) -> Option<usize> {
    let (_, rest) = message.split_once("near '")?;
    let (near, line) = rest.rsplit_once("' at line ")?;
    let line: usize = line.trim().parse().ok()?;
    let start = match line.checked_sub(2) {
        None => 0,
        Some(nth) => sql.match_indices('\n').nth(nth).map(|(at, _)| at + 1)?,
    };
    if near.is_empty() {
        return Some(sql.len());
    }
    sql.get(start..)?.find(near).map(|at| start + at)
}

impl Connection for MySqlConnection {
    fn server(&self) -> Server {
        self.server
    }

    fn version(&self) -> &ServerVersion {
        &self.version
    }

    fn default_schema(&self) -> Option<&str> {
        self.default_schema.as_deref()
    }

    fn ask_default_schema(&mut self) -> Result<()> {
        let found = self.execute("SELECT DATABASE()")?;
        self.default_schema = match found.scalar() {
            Some(Literal::Str(text)) => Some(text.clone()),
            _ => None,
        };
        Ok(())
    }

    fn execute(&mut self, sql: &str) -> Result<ResultSet> {
        self.run(sql).map_err(|error| self.fail(sql, &error))
    }

    fn execute_with(&mut self, sql: &str, values: &[(String, Literal)]) -> Result<ResultSet> {
        let bound = render_binds(sql, values, literal::render)?;
        self.run_bound(&bound, sql)
    }

    fn execute_params(&mut self, sql: &str, values: &[Literal]) -> Result<ResultSet> {
        let bound = fill_placeholders(sql, &scan::placeholders(sql), values, literal::render)?;
        self.run_bound(&bound, sql)
    }

    fn query_sets(&mut self, sql: &str) -> Result<Vec<ResultSet>> {
        let sets = self.run_all(sql).map_err(|error| self.fail(sql, &error))?;
        Ok(sets.into_iter().filter(|set| set.returns_rows).collect())
    }

    fn execute_script(&mut self, sql: &str) -> Result<()> {
        self.run_plain(sql)
    }

    // pymysql turns autocommit off for the whole session. What counts is seen between `begin` and
    // its end only: DDL commits, and the next statement opens a new transaction by itself.
    fn begin(&mut self) -> Result<()> {
        self.run_plain("SET autocommit = 0")?;
        self.in_transaction = true;
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        if !self.in_transaction {
            return Ok(());
        }
        self.run_plain("COMMIT")?;
        self.in_transaction = false;
        self.run_plain("SET autocommit = 1")
    }

    fn rollback(&mut self) -> Result<()> {
        if !self.in_transaction {
            return Ok(());
        }
        self.in_transaction = false;
        self.run_plain("ROLLBACK")?;
        self.run_plain("SET autocommit = 1")
    }

    fn savepoint(&mut self, name: &str) -> Result<()> {
        self.run_plain(&format!("SAVEPOINT {}", quote(name)))
    }

    fn release_savepoint(&mut self, name: &str) -> Result<()> {
        self.run_plain(&format!("RELEASE SAVEPOINT {}", quote(name)))
    }

    fn rollback_to_savepoint(&mut self, name: &str) -> Result<()> {
        self.run_plain(&format!("ROLLBACK TO SAVEPOINT {}", quote(name)))
    }

    fn in_transaction(&self) -> bool {
        self.in_transaction
    }

    fn take_notices(&mut self) -> Vec<Notice> {
        if std::mem::take(&mut self.warnings) == 0 {
            return Vec::new();
        }
        let Ok(result) = self.run("SHOW WARNINGS") else {
            return Vec::new();
        };
        let text = |cell: Option<&Literal>| match cell {
            Some(Literal::Str(text)) => text.clone(),
            _ => String::new(),
        };
        let rows = result.rows.iter();
        rows.map(|row| Notice {
            severity: text(row.first()),
            message: text(row.get(2)),
        })
        .collect()
    }

    fn last_error(&self) -> Option<&DatabaseError> {
        self.error.as_ref()
    }

    fn take_error(&mut self) -> Option<DatabaseError> {
        self.error.take()
    }
}

/// A quoted name.
pub(crate) fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_text_is_found_in_its_line() {
        let check = |sql: &str, near: &str, line, offset| {
            let message =
                format!("You have an error; check the manual near '{near}' at line {line}");
            assert_eq!(near_offset(sql, &message), offset);
        };
        check("select 1\nfrom from x", "from x", 2, Some(14));
        check("creat table t", "creat table t", 1, Some(0));
        check("create table", "", 1, Some(12));
        check("a", "zzz", 1, None);
    }
}
