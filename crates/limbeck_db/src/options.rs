//! Where and how to connect.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::connection::Server;

/// Where and how to connect; the parts of an SQLAlchemy URL after its reader has decoded them.
///
/// `Debug` never shows the password.
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectOptions {
    /// Which server is spoken to. `MySql` and `MariaDb` are told apart by the server itself.
    pub server: Server,
    /// Host name or address; `None` is the local default of the server.
    pub host: Option<String>,
    /// TCP port; `None` is the default of the server.
    pub port: Option<u16>,
    /// Unix socket: for PostgreSQL the folder, for MySQL the file.
    pub socket: Option<PathBuf>,
    /// Login name; `None` is `postgres` or `root`, whichever the server has.
    pub user: Option<String>,
    /// Password in clear.
    pub password: Option<String>,
    /// Database name; for SQLite the path of the file, `None` or `:memory:` for a database in memory.
    pub database: Option<String>,
    /// TLS policy, with libpq's meaning. `None` is `prefer`.
    pub ssl_mode: Option<SslMode>,
    /// How long to try; `None` is the driver's default.
    pub connect_timeout: Option<Duration>,
    /// The other query arguments of the URL, decoded, in order (`application_name`, `options`,
    /// `charset`, `timeout`, `mode`, …). Unknown ones are ignored.
    pub query: Vec<(String, String)>,
}

/// TLS policy, by libpq's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    /// Never encrypt.
    Disable,
    /// Encrypt only if the server insists.
    Allow,
    /// Encrypt if the server can.
    Prefer,
    /// Encrypt, whoever the server is.
    Require,
    /// Encrypt, and the certificate must be signed by a known authority.
    VerifyCa,
    /// Encrypt, and the certificate must also name the host.
    VerifyFull,
}

impl SslMode {
    /// Reads libpq's `sslmode`.
    #[must_use]
    pub fn parse(text: &str) -> Option<SslMode> {
        Some(match text {
            "disable" => SslMode::Disable,
            "allow" => SslMode::Allow,
            "prefer" => SslMode::Prefer,
            "require" => SslMode::Require,
            "verify-ca" => SslMode::VerifyCa,
            "verify-full" => SslMode::VerifyFull,
            _ => return None,
        })
    }

    /// True if an unencrypted connection is not acceptable.
    #[must_use]
    pub fn requires_tls(self) -> bool {
        matches!(
            self,
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull
        )
    }
}

impl ConnectOptions {
    /// Options with nothing set but the server.
    #[must_use]
    pub fn new(server: Server) -> ConnectOptions {
        ConnectOptions {
            server,
            host: None,
            port: None,
            socket: None,
            user: None,
            password: None,
            database: None,
            ssl_mode: None,
            connect_timeout: None,
            query: Vec::new(),
        }
    }

    /// A SQLite file.
    #[must_use]
    pub fn sqlite(path: impl Into<String>) -> ConnectOptions {
        ConnectOptions {
            database: Some(path.into()),
            ..ConnectOptions::new(Server::Sqlite)
        }
    }

    /// A SQLite database in memory.
    #[must_use]
    pub fn sqlite_memory() -> ConnectOptions {
        ConnectOptions::new(Server::Sqlite)
    }

    /// The last value of a query argument.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Where it goes, for messages: no password.
    #[must_use]
    pub fn render_place(&self) -> String {
        let database = self.database.as_deref().unwrap_or_default();
        if self.server == Server::Sqlite {
            return if database.is_empty() {
                ":memory:".to_owned()
            } else {
                database.to_owned()
            };
        }
        let place = match (&self.socket, &self.host, self.port) {
            (Some(socket), _, _) => socket.display().to_string(),
            (None, host, port) => format!(
                "{}:{}",
                host.as_deref().unwrap_or("localhost"),
                port.unwrap_or_else(|| self.server.default_port())
            ),
        };
        format!("{place}/{database}")
    }
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("server", &self.server)
            .field("place", &self.render_place())
            .field("user", &self.user)
            .field("password", &self.password.as_ref().map(|_| "***"))
            .field("ssl_mode", &self.ssl_mode)
            .field("connect_timeout", &self.connect_timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_password() {
        let options = ConnectOptions {
            password: Some("sesame".to_owned()),
            ..ConnectOptions::new(Server::Postgres)
        };
        assert!(!format!("{options:?}").contains("sesame"));
    }
}
