//! SQLite, linked in.

mod master;
mod value;

pub use master::read_sqlite_master;

use std::path::Path;
use std::time::Duration;

use limbeck_diag::Result;
use limbeck_sql::{Dialect, split_statements};
use rusqlite::OpenFlags;
use rusqlite::fallible_iterator::FallibleIterator;

use crate::bind::render_binds;
use crate::connection::{Column, Connection, Notice, ResultSet, Server, ServerVersion};
use crate::error::{DatabaseError, connection_error};
use crate::options::ConnectOptions;
use limbeck_schema::Literal;

/// How long a statement waits for another writer, as Python's `sqlite3` does.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A session with a SQLite database.
pub(crate) struct SqliteConnection {
    inner: rusqlite::Connection,
    version: ServerVersion,
    error: Option<DatabaseError>,
}

impl SqliteConnection {
    /// Opens the file, creating it if it is not there, as `sqlite3.connect` does.
    pub(crate) fn connect(options: &ConnectOptions) -> Result<SqliteConnection> {
        let database = options.database.as_deref().unwrap_or_default();
        let is_uri = options.query_value("uri").is_some_and(is_true);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = if database.is_empty() || database == ":memory:" {
            rusqlite::Connection::open_in_memory_with_flags(flags)
        } else if is_uri {
            rusqlite::Connection::open_with_flags(
                render_uri(database, options),
                flags | OpenFlags::SQLITE_OPEN_URI,
            )
        } else {
            rusqlite::Connection::open_with_flags(database, flags)
        };
        let inner = opened.map_err(|error| open_error(options, database, is_uri, &error))?;
        let timeout = options
            .query_value("timeout")
            .and_then(|text| text.parse::<f64>().ok())
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .unwrap_or(BUSY_TIMEOUT);
        inner
            .busy_timeout(timeout)
            .map_err(|error| connection_error(options, error.to_string(), &[]))?;
        // Python's SQLite does not enforce keys unless it is told to; the linked one would.
        inner
            .pragma_update(None, "foreign_keys", false)
            .map_err(|error| connection_error(options, error.to_string(), &[]))?;
        // The file is first read here: what is not a database is refused now, not in mid-run.
        inner
            .query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))
            .map_err(|error| open_error(options, database, is_uri, &error))?;
        let version = ServerVersion::parse(rusqlite::version());
        Ok(SqliteConnection {
            inner,
            version,
            error: None,
        })
    }

    fn fail(&mut self, sql: &str, error: rusqlite::Error) -> limbeck_diag::Error {
        let error = database_error(sql, error);
        let told = error.to_error();
        self.error = Some(error);
        told
    }

    fn run(&mut self, sql: &str, values: &[value::BoundValue]) -> Result<ResultSet> {
        run_statement(&self.inner, sql, values).map_err(|error| self.fail(sql, error))
    }

    fn run_plain(&mut self, sql: &str) -> Result<()> {
        self.inner
            .execute_batch(sql)
            .map_err(|error| self.fail(sql, error))
    }
}

/// SQLAlchemy's reading of a boolean in a URL.
fn is_true(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "1" | "true" | "yes" | "on" | "y" | "t"
    )
}

/// The `file:` URI with the arguments that are SQLite's own.
fn render_uri(database: &str, options: &ConnectOptions) -> String {
    const PYTHONS: [&str; 6] = [
        "uri",
        "timeout",
        "isolation_level",
        "detect_types",
        "check_same_thread",
        "cached_statements",
    ];
    let mut uri = database.to_owned();
    for (key, value) in options
        .query
        .iter()
        .filter(|(key, _)| !PYTHONS.contains(&key.as_str()))
    {
        uri.push(if uri.contains('?') { '&' } else { '?' });
        uri.push_str(&format!("{key}={value}"));
    }
    uri
}

/// Why a file did not open, with what can be seen from outside.
fn open_error(
    options: &ConnectOptions,
    database: &str,
    is_uri: bool,
    error: &rusqlite::Error,
) -> limbeck_diag::Error {
    let told = match error {
        rusqlite::Error::SqliteFailure(_, Some(text)) => text.clone(),
        other => other.to_string(),
    };
    let path = Path::new(database);
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !is_uri && !folder.is_dir()) {
        return connection_error(
            options,
            format!("the folder {} does not exist", folder.display()),
            &[
                "create the folder, or correct the path in the database URL",
                URL_HELP,
            ],
        );
    }
    if !is_uri && path.is_dir() {
        return connection_error(options, "it is a folder, not a file", &[URL_HELP]);
    }
    let help = match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => "the file is something else, or it is encrypted",
        Some(rusqlite::ErrorCode::DatabaseBusy) => {
            "another program is using the database; end it and try again"
        }
        _ => "check that you may read and write the file and its folder",
    };
    connection_error(options, told, &[help])
}

const URL_HELP: &str =
    "sqlite:///relative/path.db has three slashes, sqlite:////absolute/path.db has four";

/// Every set of rows of a text of several statements.
fn read_sets(inner: &rusqlite::Connection, sql: &str) -> rusqlite::Result<Vec<ResultSet>> {
    let mut sets = Vec::new();
    let mut batch = rusqlite::Batch::new(inner, sql);
    while let Some(statement) = batch.next()? {
        let result = run_prepared(inner, statement, &[])?;
        if result.returns_rows {
            sets.push(result);
        }
    }
    Ok(sets)
}

/// Runs one statement to its end.
fn run_statement(
    inner: &rusqlite::Connection,
    sql: &str,
    values: &[value::BoundValue],
) -> rusqlite::Result<ResultSet> {
    let pieces = split_statements(sql, Dialect::Sqlite);
    let mut statements = pieces.iter().filter(|piece| !piece.is_empty());
    match (statements.next(), statements.next()) {
        // Python's driver does nothing then.
        (None, _) => Ok(ResultSet::default()),
        (Some(_), None) => run_prepared(inner, inner.prepare(sql)?, values),
        // As there, a fault of the first one comes first.
        (Some(first), Some(_)) => {
            inner.prepare(first.text(sql))?;
            Err(rusqlite::Error::MultipleStatement)
        }
    }
}

fn run_prepared(
    inner: &rusqlite::Connection,
    mut statement: rusqlite::Statement<'_>,
    values: &[value::BoundValue],
) -> rusqlite::Result<ResultSet> {
    let columns: Vec<Column> = statement
        .column_names()
        .map(|name| Column {
            name: name.to_owned(),
            type_name: String::new(),
            is_enum: false,
        })
        .collect();
    for (idx, bound) in values.iter().enumerate() {
        statement.raw_bind_parameter(idx + 1, bound)?;
    }
    let writes = !statement.readonly();
    let before = inner.total_changes();
    let mut rows = Vec::new();
    let mut cursor = statement.raw_query();
    while let Some(row) = cursor.next()? {
        let cells: rusqlite::Result<Vec<Literal>> = (0..columns.len())
            .map(|idx| Ok(value::read_cell(row.get_ref(idx)?)))
            .collect();
        rows.push(cells?);
    }
    drop(cursor);
    // `changes()` keeps the number of an earlier statement, so the total tells whether this one did any.
    let changed = if inner.total_changes() == before {
        0
    } else {
        inner.changes()
    };
    Ok(ResultSet {
        returns_rows: !columns.is_empty(),
        row_count: writes.then_some(changed),
        counted_key: writes.then(|| inner.last_insert_rowid()),
        columns,
        rows,
    })
}

/// SQLite's words and where they point.
fn database_error(sql: &str, error: rusqlite::Error) -> DatabaseError {
    match error {
        rusqlite::Error::SqlInputError {
            error, msg, offset, ..
        } => DatabaseError {
            code: Some(i64::from(error.extended_code)),
            offset: usize::try_from(offset).ok(),
            ..DatabaseError::new(sql, msg)
        },
        rusqlite::Error::SqliteFailure(error, text) => DatabaseError {
            code: Some(i64::from(error.extended_code)),
            hint: (error.code == rusqlite::ErrorCode::ReadOnly).then(|| {
                "make the database file and its folder writable for the user that runs this"
                    .to_owned()
            }),
            ..DatabaseError::new(sql, text.unwrap_or_else(|| error.to_string()))
        },
        rusqlite::Error::MultipleStatement => DatabaseError {
            code: Some(21),
            ..DatabaseError::new(sql, "You can only execute one statement at a time.")
        },
        other => DatabaseError::new(sql, other.to_string()),
    }
}

impl Connection for SqliteConnection {
    fn server(&self) -> Server {
        Server::Sqlite
    }

    fn version(&self) -> &ServerVersion {
        &self.version
    }

    fn default_schema(&self) -> Option<&str> {
        Some("main")
    }

    fn ask_default_schema(&mut self) -> Result<()> {
        Ok(())
    }

    fn execute(&mut self, sql: &str) -> Result<ResultSet> {
        self.run(sql, &[])
    }

    fn execute_with(&mut self, sql: &str, values: &[(String, Literal)]) -> Result<ResultSet> {
        let mut cells = Vec::new();
        let bound = render_binds(sql, values, |literal| {
            cells.push(value::bind(literal)?);
            Ok("?".to_owned())
        })?;
        run_statement(&self.inner, &bound.sql, &cells).map_err(|error| {
            let mut error = database_error(&bound.sql, error);
            error.offset = error.offset.map(|offset| bound.origin(offset));
            error.statement = sql.to_owned();
            let told = error.to_error();
            self.error = Some(error);
            told
        })
    }

    fn execute_params(&mut self, sql: &str, values: &[Literal]) -> Result<ResultSet> {
        let cells: Result<Vec<value::BoundValue>> = values.iter().map(value::bind).collect();
        self.run(sql, &cells?)
    }

    fn query_sets(&mut self, sql: &str) -> Result<Vec<ResultSet>> {
        read_sets(&self.inner, sql).map_err(|error| self.fail(sql, error))
    }

    fn execute_script(&mut self, sql: &str) -> Result<()> {
        self.run_plain(sql)
    }

    fn begin(&mut self) -> Result<()> {
        self.run_plain("BEGIN")
    }

    fn commit(&mut self) -> Result<()> {
        if self.in_transaction() {
            self.run_plain("COMMIT")
        } else {
            Ok(())
        }
    }

    fn rollback(&mut self) -> Result<()> {
        if self.in_transaction() {
            self.run_plain("ROLLBACK")
        } else {
            Ok(())
        }
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
        !self.inner.is_autocommit()
    }

    fn take_notices(&mut self) -> Vec<Notice> {
        Vec::new()
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
    format!("\"{}\"", name.replace('"', "\"\""))
}
