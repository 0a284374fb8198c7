//! Live databases: connect, run statements, lock, and read the catalogue.
//!
//! Three servers are spoken to: SQLite (embedded), PostgreSQL, and MySQL or MariaDB. Each has a
//! folder of its own. Everything else sees one object-safe [`Connection`]. Values go in and come out
//! with the meaning that SQLAlchemy gives them over `sqlite3`, `psycopg2` and `pymysql`, because that
//! is what migration scripts were written against.
//!
//! This crate does not know what a migration is. It never reads the environment: where to connect is
//! told by [`ConnectOptions`].

mod bind;
mod connection;
mod error;
pub mod inspect;
pub mod lock;
mod mysql;
mod options;
mod postgres;
mod sqlite;
mod temporal;
mod tls;

pub use connection::{Column, Connection, Notice, ResultSet, Server, ServerVersion, connect};
pub use error::DatabaseError;
pub use inspect::{Inspection, Scope, inspect, owned_sequences};
pub use options::{ConnectOptions, SslMode};
pub use sqlite::read_sqlite_master;
