//! Which database, which version of it, and whose words.

use std::fmt;

use crate::caps::Caps;

/// A kind of database. The set is closed: everything that differs is a `match` on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// PostgreSQL.
    Postgres,
    /// MySQL.
    MySql,
    /// MariaDB, where the URL says `mariadb`; a MariaDB server behind a `mysql` URL is [`Dialect::MySql`] to SQLAlchemy
    /// until it has connected.
    MariaDb,
    /// SQLite.
    Sqlite,
    /// Microsoft SQL Server.
    MsSql,
    /// Oracle Database.
    Oracle,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Dialect; 6] = [
        Dialect::Postgres,
        Dialect::MySql,
        Dialect::MariaDb,
        Dialect::Sqlite,
        Dialect::MsSql,
        Dialect::Oracle,
    ];

    /// SQLAlchemy's name of it (`dialect.name`).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Postgres => "postgresql",
            Dialect::MySql => "mysql",
            Dialect::MariaDb => "mariadb",
            Dialect::Sqlite => "sqlite",
            Dialect::MsSql => "mssql",
            Dialect::Oracle => "oracle",
        }
    }

    /// The dialect SQLAlchemy calls `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Dialect> {
        Dialect::ALL
            .into_iter()
            .find(|dialect| dialect.name() == name)
    }

    /// Whether it is MySQL or MariaDB.
    #[must_use]
    pub fn is_mysql_family(self) -> bool {
        matches!(self, Dialect::MySql | Dialect::MariaDb)
    }

    /// Whether a keyword argument or a `with_variant` of SQLAlchemy name `name` speaks to this dialect.
    /// MariaDB also listens to `mysql` for types, but not for table options: that is the caller's affair.
    #[must_use]
    pub fn is_named(self, name: &str) -> bool {
        self.name() == name
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Version of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerVersion {
    /// 15 of 15.18, 10 of 10.11.19.
    pub major: u32,
    /// 18 of 15.18, 11 of 10.11.19.
    pub minor: u32,
    /// 19 of 10.11.19.
    pub patch: u32,
}

impl ServerVersion {
    /// A version of three parts.
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32) -> ServerVersion {
        ServerVersion {
            major,
            minor,
            patch,
        }
    }
}

/// The SQLAlchemy of the project: its text differs between the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum SqlAlchemyVersion {
    /// 2.0
    V2_0,
    /// 2.1
    #[default]
    V2_1,
}

/// How parameters are written that are not part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParamStyle {
    /// `:name`
    Named,
    /// `?`
    Qmark,
    /// `%s`; `%` doubles everywhere.
    Format,
    /// `%(name)s`; `%` doubles everywhere.
    Pyformat,
    /// `$1`
    NumericDollar,
}

impl ParamStyle {
    /// Whether every other `%` of a statement is written twice.
    #[must_use]
    pub fn doubles_percent(self) -> bool {
        match self {
            ParamStyle::Format | ParamStyle::Pyformat => true,
            ParamStyle::Named | ParamStyle::Qmark | ParamStyle::NumericDollar => false,
        }
    }
}

/// Whose side to take where Alembic loses something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Compat {
    /// Do it right.
    #[default]
    Limbeck,
    /// Alembic's text, whatever it loses (`--compat=alembic`).
    Alembic,
}

/// What SQL is written for.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The kind of database.
    pub dialect: Dialect,
    /// The server's version; `None` offline.
    pub version: Option<ServerVersion>,
    /// What it can do, and how it wants to be spoken to.
    pub caps: Caps,
    /// The project's SQLAlchemy.
    pub sqlalchemy: SqlAlchemyVersion,
    /// The driver of the URL (`psycopg2`, `pymysql`), without the dialect; empty where none is known.
    pub driver: String,
    /// The namespace that unqualified names mean; `None` offline.
    pub default_schema: Option<String>,
    /// How parameters are written.
    pub paramstyle: ParamStyle,
    /// Whose side to take where Alembic loses something.
    pub compat: Compat,
}

impl Target {
    /// A database that is not there: offline, with the stock `env.py`'s `paramstyle="named"`.
    #[must_use]
    pub fn offline(dialect: Dialect, sqlalchemy: SqlAlchemyVersion) -> Target {
        Target {
            dialect,
            version: None,
            caps: Caps::of(dialect, None, sqlalchemy),
            sqlalchemy,
            driver: String::new(),
            default_schema: None,
            paramstyle: ParamStyle::Named,
            compat: Compat::Limbeck,
        }
    }

    /// The driver that SQLAlchemy takes: that of the URL, else its default one; empty where neither is known.
    #[must_use]
    pub fn driver_name(&self) -> &str {
        match (self.driver.as_str(), self.dialect, self.sqlalchemy) {
            ("", Dialect::Postgres, SqlAlchemyVersion::V2_0) => "psycopg2",
            ("", Dialect::Postgres, SqlAlchemyVersion::V2_1) => "psycopg",
            ("", Dialect::Sqlite, _) => "pysqlite",
            ("", Dialect::MySql | Dialect::MariaDb, _) => "mysqldb",
            (driver, _, _) => driver,
        }
    }

    /// A server of a known version, with the parameter style of our own drivers.
    #[must_use]
    pub fn online(
        dialect: Dialect,
        version: ServerVersion,
        sqlalchemy: SqlAlchemyVersion,
    ) -> Target {
        Target {
            version: Some(version),
            caps: Caps::of(dialect, Some(version), sqlalchemy),
            paramstyle: match dialect {
                Dialect::Postgres => ParamStyle::NumericDollar,
                Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => ParamStyle::Qmark,
                Dialect::MsSql | Dialect::Oracle => ParamStyle::Named,
            },
            ..Target::offline(dialect, sqlalchemy)
        }
    }

    /// The same target with the parameter style that the dialect's default driver has, as Alembic uses
    /// it offline when `env.py` gives no `dialect_opts`.
    #[must_use]
    pub fn with_driver_paramstyle(mut self) -> Target {
        self.paramstyle = match self.dialect {
            Dialect::Postgres => ParamStyle::Pyformat,
            Dialect::MySql | Dialect::MariaDb => ParamStyle::Format,
            Dialect::Sqlite => ParamStyle::Qmark,
            Dialect::MsSql | Dialect::Oracle => ParamStyle::Named,
        };
        self
    }

    /// Whether the server is known and at least that version.
    #[must_use]
    pub fn is_at_least(&self, major: u32, minor: u32) -> bool {
        self.version
            .is_some_and(|version| (version.major, version.minor) >= (major, minor))
    }

    /// Writes `%` twice where the parameter style asks for it.
    #[must_use]
    pub fn double_percents(&self, text: &str) -> String {
        if self.paramstyle.doubles_percent() {
            text.replace('%', "%%")
        } else {
            text.to_owned()
        }
    }
}
