//! A fresh database for one test.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use limbeck_db::{ConnectOptions, Connection, Server, connect};

use crate::server::{MariaDbServer, PostgresServer};

/// A fresh, empty database that goes away with this value.
#[derive(Debug)]
pub struct Database {
    server: Server,
    name: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    File(PathBuf),
    Tcp(Login),
}

/// How to log in to a test server.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Login {
    user: String,
    host: String,
    port: u16,
}

impl Database {
    /// A new database on `server` (MySQL means MariaDB here: it is the server that Debian has).
    ///
    /// The servers are those of `LIMBECK_TEST_PG` and `LIMBECK_TEST_MARIADB`; without them a private
    /// one is started for this process.
    ///
    /// # Panics
    /// The server cannot be started or reached, and the test with it cannot run.
    #[must_use]
    pub fn create(server: Server) -> Database {
        let name = unique_name();
        let place = match server {
            Server::Sqlite => {
                let folder = std::env::temp_dir().join(format!("limbeck-{name}"));
                std::fs::create_dir_all(&folder).expect("a folder for the test's database");
                Place::File(folder.join("test.db"))
            }
            Server::Postgres => Place::Tcp(postgres_login().clone()),
            Server::MySql | Server::MariaDb => Place::Tcp(mariadb_login().clone()),
        };
        let database = Database {
            server,
            name,
            place,
        };
        database.administer(&format!("CREATE DATABASE {}", database.name));
        database
    }

    /// Which server it is on.
    #[must_use]
    pub fn server(&self) -> Server {
        self.server
    }

    /// Its name on the server.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How to connect to it.
    #[must_use]
    pub fn options(&self) -> ConnectOptions {
        self.options_of(&self.name)
    }

    /// A connection to it.
    ///
    /// # Panics
    /// The server refuses.
    #[must_use]
    pub fn connect(&self) -> Box<dyn Connection> {
        connect(&self.options()).expect("a connection to the test's database")
    }

    /// Its URL without a driver, as Limbeck's users write it.
    #[must_use]
    pub fn url(&self) -> String {
        self.render_url(self.server.name())
    }

    /// Its URL with the driver that the recordings were made with, for SQLAlchemy.
    #[must_use]
    pub fn sqlalchemy_url(&self) -> String {
        self.render_url(match self.server {
            Server::Sqlite => "sqlite",
            Server::Postgres => "postgresql+psycopg2",
            Server::MySql => "mysql+pymysql",
            Server::MariaDb => "mariadb+pymysql",
        })
    }

    fn render_url(&self, scheme: &str) -> String {
        match &self.place {
            Place::File(path) => format!("{scheme}:///{}", path.display()),
            Place::Tcp(Login { user, host, port }) => {
                format!("{scheme}://{user}@{host}:{port}/{}", self.name)
            }
        }
    }

    fn options_of(&self, database: &str) -> ConnectOptions {
        match &self.place {
            Place::File(path) => ConnectOptions::sqlite(path.display().to_string()),
            Place::Tcp(Login { user, host, port }) => ConnectOptions {
                host: Some(host.clone()),
                port: Some(*port),
                user: Some(user.clone()),
                database: Some(database.to_owned()),
                ..ConnectOptions::new(self.server)
            },
        }
    }

    fn administer(&self, sql: &str) {
        let database = match self.server {
            Server::Sqlite => return,
            Server::Postgres => "postgres",
            Server::MySql | Server::MariaDb => "mysql",
        };
        let mut connection =
            connect(&self.options_of(database)).expect("a connection to the test server");
        connection
            .execute(sql)
            .expect("a statement for the test server");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Place::File(path) = &self.place {
            let _gone = path.parent().map(std::fs::remove_dir_all);
            return;
        }
        let force = if self.server == Server::Postgres {
            " WITH (FORCE)"
        } else {
            ""
        };
        let database = if self.server == Server::Postgres {
            "postgres"
        } else {
            "mysql"
        };
        // A test that has failed must not fail again here.
        if let Ok(mut connection) = connect(&self.options_of(database)) {
            let _left = connection.execute(&format!("DROP DATABASE {}{force}", self.name));
        }
    }
}

/// A name that no other test has, in this process or another.
fn unique_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let nanos = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |it| it.subsec_nanos());
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("t_{}_{nanos}_{count}", std::process::id())
}

fn postgres_login() -> &'static Login {
    static LOGIN: OnceLock<Login> = OnceLock::new();
    LOGIN.get_or_init(|| {
        login_from("LIMBECK_TEST_PG").unwrap_or_else(|| {
            static SERVER: OnceLock<PostgresServer> = OnceLock::new();
            let server = SERVER.get_or_init(|| {
                PostgresServer::start().unwrap_or_else(|error| panic!("PostgreSQL: {error}"))
            });
            Login {
                user: "postgres".to_owned(),
                host: "127.0.0.1".to_owned(),
                port: server.port(),
            }
        })
    })
}

fn mariadb_login() -> &'static Login {
    static LOGIN: OnceLock<Login> = OnceLock::new();
    LOGIN.get_or_init(|| {
        login_from("LIMBECK_TEST_MARIADB").unwrap_or_else(|| {
            static SERVER: OnceLock<MariaDbServer> = OnceLock::new();
            let server = SERVER.get_or_init(|| {
                MariaDbServer::start().unwrap_or_else(|error| panic!("MariaDB: {error}"))
            });
            Login {
                user: "root".to_owned(),
                host: "127.0.0.1".to_owned(),
                port: server.port(),
            }
        })
    })
}

/// User, host and port from `scheme://user@host:port/…` in an environment variable.
///
/// In CI the variable must be there: `cargo xtask test` sets it, and a test that starts a server of
/// its own would hide that it does not.
fn login_from(variable: &str) -> Option<Login> {
    let Ok(url) = std::env::var(variable) else {
        assert!(
            std::env::var_os("CI").is_none(),
            "{variable} is not set: run the tests with `cargo xtask test`, which starts the servers"
        );
        return None;
    };
    let login = parse_login(&url);
    Some(
        login
            .unwrap_or_else(|| panic!("{variable} must look like scheme://user@host:port/: {url}")),
    )
}

fn parse_login(url: &str) -> Option<Login> {
    let (_, rest) = url.split_once("://")?;
    let rest = rest.split('/').next()?;
    let (user, place) = rest.split_once('@')?;
    let (host, port) = place.rsplit_once(':')?;
    Some(Login {
        user: user.to_owned(),
        host: host.to_owned(),
        port: port.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins() {
        let login = parse_login("postgresql://postgres@127.0.0.1:5433/").unwrap();
        assert_eq!(
            (login.user.as_str(), login.host.as_str(), login.port),
            ("postgres", "127.0.0.1", 5433)
        );
        assert_eq!(parse_login("postgresql://127.0.0.1"), None);
    }
}
