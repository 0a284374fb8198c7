//! Private database servers from Debian's packages.
//!
//! Each runs in a temporary folder, on a free port of 127.0.0.1, as an ordinary user, without fsync.
//! It is stopped when its value is dropped; and if this process dies in any other way, by a watchdog
//! that waits for the end of a pipe. A server that was not started here is never touched.

mod mariadb;
mod postgres;
mod process;

pub use mariadb::MariaDbServer;
pub use postgres::PostgresServer;
