//! PostgreSQL.
//!
//! The synchronous client runs a small tokio runtime of its own and panics when it is called inside
//! another one. It therefore lives on a thread of its own, whoever calls.

mod literal;
mod scan;
mod value;

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use ::postgres::error::ErrorPosition;
use ::postgres::{Client, Config, NoTls, SimpleQueryMessage};
use limbeck_diag::Result;
use limbeck_schema::Literal;
use rustls::ClientConfig;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::bind::{Bound, fill_placeholders, render_binds};
use crate::connection::{Column, Connection, Notice, ResultSet, Server, ServerVersion};
use crate::error::{DatabaseError, connection_error, lost_connection};
use crate::options::{ConnectOptions, SslMode};
use crate::tls;

type Job = Box<dyn FnOnce(&mut Client) + Send>;
type Notices = Arc<Mutex<Vec<Notice>>>;

/// A session with a PostgreSQL server.
pub(crate) struct PostgresConnection {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    version: ServerVersion,
    default_schema: Option<String>,
    in_transaction: bool,
    notices: Notices,
    error: Option<DatabaseError>,
}

impl PostgresConnection {
    /// Logs in and learns what the session is like.
    pub(crate) fn connect(options: &ConnectOptions) -> Result<PostgresConnection> {
        let notices = Notices::default();
        let attempts = attempts(options, &notices)?;
        let (jobs, inbox) = channel::<Job>();
        let (outcome, connected) = channel();
        let thread = std::thread::Builder::new()
            .name("limbeck-postgres".to_owned())
            .spawn(move || {
                let mut client = match log_in(&attempts) {
                    Ok(client) => client,
                    Err(error) => {
                        let _gone = outcome.send(Err(error));
                        return;
                    }
                };
                if outcome.send(Ok(())).is_err() {
                    return;
                }
                while let Ok(job) = inbox.recv() {
                    job(&mut client);
                }
                let _unsent = client.close();
            })
            .map_err(|error| connection_error(options, error.to_string(), &[]))?;
        match connected.recv() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(login_error(options, &error)),
            Err(_) => return Err(lost_connection()),
        }
        let mut connection = PostgresConnection {
            jobs: Some(jobs),
            thread: Some(thread),
            version: ServerVersion::parse(""),
            default_schema: None,
            in_transaction: false,
            notices,
            error: None,
        };
        connection.read_session()?;
        Ok(connection)
    }

    /// Version and default schema; and the date style that values are read in.
    fn read_session(&mut self) -> Result<()> {
        let result = self.execute(
            "SELECT current_setting('server_version_num'), current_setting('server_version'), \
             current_schema(), current_setting('DateStyle')",
        )?;
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
        let number: u32 = next()
            .and_then(|text| text.parse().ok())
            .unwrap_or_default();
        self.version = ServerVersion {
            major: number / 10_000,
            minor: number / 100 % 100,
            patch: number % 100,
            text: next().unwrap_or_default(),
        };
        if self.version.major >= 10 {
            (self.version.minor, self.version.patch) = (number % 10_000, 0);
        }
        self.default_schema = next();
        if next().is_some_and(|style| !style.starts_with("ISO")) {
            self.execute("SET datestyle TO 'ISO'")?;
        }
        Ok(())
    }

    /// Runs something on the client's thread and waits for it.
    fn call<R: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Client) -> R + Send + 'static,
    ) -> Result<R> {
        let (reply, answer) = channel();
        let job: Job = Box::new(move |client| {
            let _gone = reply.send(job(client));
        });
        let jobs = self.jobs.as_ref().ok_or_else(lost_connection)?;
        jobs.send(job).map_err(|_| lost_connection())?;
        answer.recv().map_err(|_| lost_connection())
    }

    fn fail(&mut self, error: DatabaseError) -> limbeck_diag::Error {
        let told = error.to_error();
        self.error = Some(error);
        told
    }

    /// Runs text; the last statement's rows come back with their types.
    fn run(&mut self, sql: &str) -> Result<ResultSet, DatabaseError> {
        let (head, last) = scan::split_last(sql);
        let start = sql.len() - last.len();
        let sets = if scan::may_return_rows(last) {
            if !head.trim().is_empty() {
                self.run_piece(head, 0, false, sql)?;
            }
            self.run_piece(last, start, true, sql)?
        } else {
            self.run_piece(sql, 0, false, sql)?
        };
        // psycopg2's cursor shows the last result of several statements.
        Ok(sets.into_iter().next_back().unwrap_or_default())
    }

    fn run_piece(
        &mut self,
        piece: &str,
        start: usize,
        with_types: bool,
        whole: &str,
    ) -> Result<Vec<ResultSet>, DatabaseError> {
        let text = piece.to_owned();
        let outcome = self
            .call(move |client| run_on_client(client, &text, with_types))
            .map_err(|_| DatabaseError {
                disconnected: true,
                ..DatabaseError::new(whole, "the connection is closed")
            })?;
        outcome.map_err(|error| {
            let mut told = database_error(piece, &error);
            told.offset = told.offset.map(|offset| offset + start);
            told.statement = whole.to_owned();
            told
        })
    }

    fn run_bound(&mut self, bound: &Bound, given: &str) -> Result<ResultSet> {
        self.run(&bound.sql).map_err(|mut error| {
            error.offset = error.offset.map(|offset| bound.origin(offset));
            error.statement = given.to_owned();
            self.fail(error)
        })
    }

    fn run_plain(&mut self, sql: &str) -> Result<()> {
        self.execute(sql).map(|_| ())
    }
}

impl Drop for PostgresConnection {
    fn drop(&mut self) {
        // The thread says goodbye to the server when the last job is done; a dropped connection is gone.
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

/// Runs one message of the simple protocol: values are already in the text, results come as text.
fn run_on_client(
    client: &mut Client,
    sql: &str,
    with_types: bool,
) -> Result<Vec<ResultSet>, ::postgres::Error> {
    let types: Vec<(u32, String, bool)> = if with_types {
        let statement = client.prepare(sql)?;
        let columns = statement.columns().iter();
        columns
            .map(|column| {
                let type_ = column.type_();
                let is_enum = matches!(type_.kind(), ::postgres::types::Kind::Enum(_));
                (type_.oid(), type_.name().to_owned(), is_enum)
            })
            .collect()
    } else {
        Vec::new()
    };
    let mut sets = Vec::new();
    let mut current = ResultSet::default();
    for message in client.simple_query(sql)? {
        match message {
            SimpleQueryMessage::RowDescription(columns) => {
                let column = |idx: usize, name: &str| Column {
                    name: name.to_owned(),
                    type_name: types
                        .get(idx)
                        .map(|(_, name, _)| name.clone())
                        .unwrap_or_default(),
                    is_enum: types.get(idx).is_some_and(|(_, _, is_enum)| *is_enum),
                };
                current.returns_rows = true;
                current.columns = columns
                    .iter()
                    .enumerate()
                    .map(|(idx, it)| column(idx, it.name()))
                    .collect();
            }
            SimpleQueryMessage::Row(row) => {
                let cell = |idx: usize| match row.try_get(idx) {
                    Ok(Some(text)) => value::read_cell(
                        types.get(idx).map_or(value::TEXT, |(oid, _, _)| *oid),
                        text,
                    ),
                    _ => Literal::Null,
                };
                current.rows.push((0..row.len()).map(cell).collect());
            }
            SimpleQueryMessage::CommandComplete(count) => {
                current.row_count = Some(count);
                sets.push(std::mem::take(&mut current));
            }
            _ => {}
        }
    }
    Ok(sets)
}

/// One way to log in.
struct Attempt {
    config: Config,
    tls: Option<ClientConfig>,
}

/// What `sslmode` allows, in the order libpq tries it.
fn attempts(options: &ConnectOptions, notices: &Notices) -> Result<Vec<Attempt>> {
    use ::postgres::config::SslMode as Driver;
    // libpq never encrypts what goes through a unix socket.
    let is_local = options.socket.is_some()
        || options
            .host
            .as_deref()
            .is_some_and(|host| host.starts_with('/'));
    let plan: &[Driver] = match options.ssl_mode {
        Some(SslMode::Disable) => &[Driver::Disable],
        _ if is_local => &[Driver::Disable],
        Some(SslMode::Allow) => &[Driver::Disable, Driver::Require],
        None | Some(SslMode::Prefer) => &[Driver::Prefer, Driver::Disable],
        Some(SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull) => &[Driver::Require],
    };
    let attempt = |mode: &Driver| {
        let tls = match mode {
            Driver::Disable => None,
            _ => Some(tls::client_config(options)?),
        };
        Ok(Attempt {
            config: client_config(options, *mode, Arc::clone(notices)),
            tls,
        })
    };
    plan.iter().map(attempt).collect()
}

/// Tries one after the other, as long as another kind of encryption may be what the server wants.
fn log_in(attempts: &[Attempt]) -> Result<Client, ::postgres::Error> {
    let mut attempts = attempts.iter().peekable();
    loop {
        let Some(attempt) = attempts.next() else {
            // There is always one attempt, and the last one returns.
            return Config::new().connect(NoTls);
        };
        let outcome = match &attempt.tls {
            None => attempt.config.connect(NoTls),
            Some(tls) => attempt.config.connect(MakeRustlsConnect::new(tls.clone())),
        };
        match outcome {
            Err(error) if attempts.peek().is_some() && may_want_other_encryption(&error) => {}
            other => return other,
        }
    }
}

/// True if the handshake failed, or the server has no rule for a login of this kind.
fn may_want_other_encryption(error: &::postgres::Error) -> bool {
    match error.as_db_error() {
        Some(error) => error.code().code() == "28000",
        None => error
            .to_string()
            .starts_with("error performing TLS handshake"),
    }
}

/// The client's settings, by setters: its own URL reader does not know what libpq knows.
fn client_config(
    options: &ConnectOptions,
    ssl_mode: ::postgres::config::SslMode,
    notices: Notices,
) -> Config {
    let mut config = Config::new();
    config.ssl_mode(ssl_mode);
    let mut hosts = false;
    if let Some(socket) = &options.socket {
        config.host_path(socket);
        hosts = true;
    } else if let Some(host) = &options.host {
        add_host(&mut config, host);
        hosts = true;
    }
    if let Some(port) = options.port {
        config.port(port);
    }
    for (key, value) in &options.query {
        match key.as_str() {
            "host" => {
                for place in value.split(',') {
                    let (host, port) = match place.rsplit_once(':') {
                        Some((host, port)) if !place.starts_with('/') => (host, port.parse().ok()),
                        _ => (place, None),
                    };
                    add_host(&mut config, host);
                    hosts = true;
                    if let Some(port) = port {
                        config.port(port);
                    }
                }
            }
            "port" => {
                for port in value.split(',').filter_map(|port| port.parse().ok()) {
                    config.port(port);
                }
            }
            "application_name" => {
                config.application_name(value);
            }
            "options" => {
                config.options(value);
            }
            "connect_timeout" => {
                if let Ok(seconds) = value.parse() {
                    config.connect_timeout(Duration::from_secs(seconds));
                }
            }
            "target_session_attrs" => {
                config.target_session_attrs(match value.as_str() {
                    "read-write" | "primary" => ::postgres::config::TargetSessionAttrs::ReadWrite,
                    "read-only" | "standby" => ::postgres::config::TargetSessionAttrs::ReadOnly,
                    _ => ::postgres::config::TargetSessionAttrs::Any,
                });
            }
            _ => {}
        }
    }
    if !hosts {
        // libpq's default: the local socket where there is one.
        let folder = ["/var/run/postgresql", "/tmp"].into_iter().find(|folder| {
            let port = options.port.unwrap_or(5432);
            std::path::Path::new(&format!("{folder}/.s.PGSQL.{port}")).exists()
        });
        add_host(&mut config, folder.unwrap_or("localhost"));
    }
    if let Some(user) = options
        .user
        .as_deref()
        .or_else(|| options.query_value("user"))
    {
        config.user(user);
    }
    if let Some(password) = options
        .password
        .as_deref()
        .or_else(|| options.query_value("password"))
    {
        config.password(password);
    }
    let database = options.database.as_deref().filter(|name| !name.is_empty());
    if let Some(database) = database.or_else(|| options.query_value("dbname")) {
        config.dbname(database);
    }
    if let Some(timeout) = options.connect_timeout {
        config.connect_timeout(timeout);
    }
    config.notice_callback(move |notice| {
        let notice = Notice {
            severity: notice.severity().to_owned(),
            message: notice.message().to_owned(),
        };
        notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(notice);
    });
    config
}

fn add_host(config: &mut Config, host: &str) {
    if host.starts_with('/') {
        config.host_path(host)
    } else {
        config.host(host)
    };
}

/// Why the login failed, told by SQLSTATE where the server answered at all.
fn login_error(options: &ConnectOptions, error: &::postgres::Error) -> limbeck_diag::Error {
    let Some(db_error) = error.as_db_error() else {
        return connection_error(
            options,
            render_chain(error),
            &[
                "check that the server is running and that host and port in the database URL are right",
            ],
        );
    };
    let user = options.user.as_deref().unwrap_or_default();
    let help = match db_error.code().code() {
        "28P01" | "28000" => format!("check user {user:?} and its password in the database URL"),
        "3D000" => {
            let database = options.database.as_deref().unwrap_or_default();
            format!("create it first: createdb {database}; or correct the name in the database URL")
        }
        "53300" => {
            "the server has no free connection; end some, or raise max_connections".to_owned()
        }
        "57P03" => "the server is starting up or shutting down; try again in a moment".to_owned(),
        _ => "check the database URL".to_owned(),
    };
    connection_error(options, db_error.message(), &[&help])
}

/// An error and what caused it, in one line.
fn render_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}

/// What the server said, with its position as a byte of `sql`.
fn database_error(sql: &str, error: &::postgres::Error) -> DatabaseError {
    let Some(db_error) = error.as_db_error() else {
        return DatabaseError {
            disconnected: error.is_closed() || error.code().is_none(),
            ..DatabaseError::new(sql, render_chain(error))
        };
    };
    let offset = match db_error.position() {
        Some(ErrorPosition::Original(position)) => {
            let nth = usize::try_from(*position)
                .unwrap_or_default()
                .saturating_sub(1);
            Some(
                sql.char_indices()
                    .nth(nth)
                    .map_or(sql.len(), |(offset, _)| offset),
            )
        }
        _ => None,
    };
    DatabaseError {
        sqlstate: Some(db_error.code().code().to_owned()),
        detail: db_error.detail().map(str::to_owned),
        hint: db_error.hint().map(str::to_owned),
        context: db_error.where_().map(str::to_owned),
        offset,
        disconnected: error.is_closed() || db_error.code().code().starts_with("57P0"),
        ..DatabaseError::new(sql, db_error.message())
    }
}

impl Connection for PostgresConnection {
    fn server(&self) -> Server {
        Server::Postgres
    }

    fn version(&self) -> &ServerVersion {
        &self.version
    }

    fn default_schema(&self) -> Option<&str> {
        self.default_schema.as_deref()
    }

    fn ask_default_schema(&mut self) -> Result<()> {
        let found = self.execute("SELECT current_schema()")?;
        self.default_schema = match found.scalar() {
            Some(Literal::Str(text)) => Some(text.clone()),
            _ => None,
        };
        Ok(())
    }

    fn execute(&mut self, sql: &str) -> Result<ResultSet> {
        self.run(sql).map_err(|error| self.fail(error))
    }

    fn execute_with(&mut self, sql: &str, values: &[(String, Literal)]) -> Result<ResultSet> {
        let bound: Bound = render_binds(sql, values, literal::render)?;
        self.run_bound(&bound, sql)
    }

    fn execute_params(&mut self, sql: &str, values: &[Literal]) -> Result<ResultSet> {
        let bound = fill_placeholders(sql, &scan::placeholders(sql), values, literal::render)?;
        self.run_bound(&bound, sql)
    }

    fn query_sets(&mut self, sql: &str) -> Result<Vec<ResultSet>> {
        let sets = self
            .run_piece(sql, 0, false, sql)
            .map_err(|error| self.fail(error))?;
        Ok(sets.into_iter().filter(|set| set.returns_rows).collect())
    }

    fn execute_script(&mut self, sql: &str) -> Result<()> {
        self.run_piece(sql, 0, false, sql)
            .map(|_| ())
            .map_err(|error| self.fail(error))
    }

    fn begin(&mut self) -> Result<()> {
        self.run_plain("BEGIN")?;
        self.in_transaction = true;
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        if !self.in_transaction {
            return Ok(());
        }
        self.in_transaction = false;
        self.run_plain("COMMIT")
    }

    fn rollback(&mut self) -> Result<()> {
        if !self.in_transaction {
            return Ok(());
        }
        self.in_transaction = false;
        self.run_plain("ROLLBACK")
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
        std::mem::take(&mut self.notices.lock().unwrap_or_else(PoisonError::into_inner))
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
