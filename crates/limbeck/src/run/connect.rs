//! From a URL to a connection.

use std::path::PathBuf;
use std::time::Duration;

use limbeck_config::Url;
use limbeck_db::{ConnectOptions, Connection, Server, SslMode, connect};
use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_sql::Dialect;

/// Connects to the database of a URL.
pub(crate) fn connect_to(url: &Url, cwd: &std::path::Path) -> Result<Box<dyn Connection>> {
    connect(&options_of(url, cwd)?)
}

fn options_of(url: &Url, cwd: &std::path::Path) -> Result<ConnectOptions> {
    let dialect = super::dialect_of(url.backend_name())?;
    let server = match dialect {
        Dialect::Postgres => Server::Postgres,
        Dialect::MySql => Server::MySql,
        Dialect::MariaDb => Server::MariaDb,
        Dialect::Sqlite => Server::Sqlite,
        Dialect::MsSql | Dialect::Oracle => {
            let message = format!("Limbeck cannot connect to {dialect}");
            let diagnostic = Diagnostic::error("offline-only", message)
                .help("write a script with `--sql` and run it with the database's own client");
            return Err(Error::new(ErrorKind::Connection, diagnostic));
        }
    };
    let mut options = ConnectOptions::new(server);
    options.host = url.host.clone();
    options.port = url.port;
    options.user = url.username.clone();
    options.password = url.password.clone();
    options.database = url.database.clone().filter(|it| !it.is_empty());
    for (key, values) in &url.query {
        let Some(value) = values.last() else { continue };
        match (server, key.as_str()) {
            (Server::Postgres, "host") if value.starts_with('/') => {
                options.socket = Some(PathBuf::from(value))
            }
            (Server::Postgres, "host") => options.host = Some(value.clone()),
            (Server::Postgres, "port") => options.port = value.parse().ok(),
            (Server::Postgres, "user") => options.user = Some(value.clone()),
            (Server::Postgres, "password") => options.password = Some(value.clone()),
            (Server::Postgres, "dbname" | "database") => options.database = Some(value.clone()),
            (Server::Postgres, "sslmode" | "ssl") => options.ssl_mode = Some(ssl_mode(key, value)?),
            (Server::MySql | Server::MariaDb, "unix_socket") => {
                options.socket = Some(PathBuf::from(value))
            }
            (_, "connect_timeout") => {
                options.connect_timeout = value.parse().ok().map(Duration::from_secs)
            }
            _ => options.query.push((key.clone(), value.clone())),
        }
    }
    if server == Server::Sqlite
        && let Some(path) = options.database.as_mut()
        && path != ":memory:"
        && !path.starts_with("file:")
    {
        *path = cwd.join(&*path).display().to_string();
    }
    Ok(options)
}

/// libpq's `sslmode`, and asyncpg's `ssl`. What is not known is refused: whoever asks for TLS must get it.
fn ssl_mode(key: &str, value: &str) -> Result<SslMode> {
    let known = match (key, value) {
        ("ssl", "true" | "True" | "1") => Some(SslMode::VerifyFull),
        ("ssl", "false" | "False" | "0") => Some(SslMode::Disable),
        _ => SslMode::parse(value),
    };
    known.ok_or_else(|| {
        let diagnostic = Diagnostic::error(
            "sslmode",
            format!("`{key}={value}` of the database URL is not known"),
        )
        .help("one of: disable, allow, prefer, require, verify-ca, verify-full");
        Error::new(ErrorKind::Config, diagnostic)
    })
}
