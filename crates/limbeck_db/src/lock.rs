//! One deployer at a time.
//!
//! - PostgreSQL: a session advisory lock, taken by the connection that migrates. It outlives commits
//!   and autocommit blocks, and the server drops it when the session ends, however it ends.
//! - MySQL and MariaDB: `GET_LOCK`, likewise per session. Its names are server-wide, so the
//!   database's name is part of it.
//! - SQLite: there are no named locks. The lock is the database's own write lock, taken by
//!   `BEGIN IMMEDIATE`: [`acquire`] returns with that transaction open, and it lasts until the
//!   transaction ends. Whoever commits between two migrations takes the lock again with
//!   [`begin_immediate`] and looks at the version table again.
//!
//! A lock is never waited for inside the server: it is tried in short steps, so that the wait can be
//! shown and ended.

use std::time::{Duration, Instant};

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_schema::Literal;

use crate::connection::{Connection, Server};

/// How long to pause between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// A lock that is held. The end of the session releases it if nobody else does.
#[derive(Debug)]
#[must_use = "a lock that is not released is held until the connection closes"]
pub struct Lock {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Advisory(i64),
    Named(String),
    WriteTransaction,
}

/// Whether to go on waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// Try again.
    GoOn,
    /// Give up now.
    Stop,
}

/// Takes the lock named `key`, waiting at most `wait` (zero tries once).
///
/// `on_wait` is called before each pause with the time waited so far: it may show a message, and it
/// decides whether to go on.
///
/// # Errors
/// [`ErrorKind::LockTimeout`] if it was not obtained in time; whatever the server says otherwise.
pub fn acquire(
    connection: &mut dyn Connection,
    key: &str,
    wait: Duration,
    on_wait: &mut dyn FnMut(Duration) -> Waiting,
) -> Result<Lock> {
    let kind = match connection.server() {
        Server::Postgres => Kind::Advisory(advisory_key(key)),
        Server::MySql | Server::MariaDb => {
            let database = connection.default_schema().unwrap_or_default().to_owned();
            Kind::Named(lock_name(&database, key))
        }
        Server::Sqlite => {
            begin_immediate(connection, wait, on_wait)?;
            return Ok(Lock {
                kind: Kind::WriteTransaction,
            });
        }
    };
    wait_for(wait, on_wait, || match &kind {
        Kind::Advisory(number) => {
            let result = connection.execute(&format!("SELECT pg_try_advisory_lock({number})"))?;
            Ok(result.scalar() == Some(&Literal::Bool(true)))
        }
        Kind::Named(name) => {
            let values = [("name".to_owned(), Literal::str(name.clone()))];
            let result = connection.execute_with("SELECT GET_LOCK(:name, 0)", &values)?;
            Ok(result.scalar() == Some(&Literal::int(1)))
        }
        Kind::WriteTransaction => Ok(true),
    })?;
    Ok(Lock { kind })
}

/// SQLite: opens a transaction that holds the write lock, waiting for other writers.
///
/// # Errors
/// [`ErrorKind::LockTimeout`] if the lock was not obtained in time; whatever SQLite says otherwise.
pub fn begin_immediate(
    connection: &mut dyn Connection,
    wait: Duration,
    on_wait: &mut dyn FnMut(Duration) -> Waiting,
) -> Result<()> {
    let usual = connection.execute("PRAGMA busy_timeout")?;
    let usual = match usual.scalar() {
        Some(Literal::Int(millis)) => millis.to_string(),
        _ => "5000".to_owned(),
    };
    connection.execute("PRAGMA busy_timeout = 0")?;
    let outcome = wait_for(wait, on_wait, || {
        match connection.execute("BEGIN IMMEDIATE") {
            Ok(_) => Ok(true),
            Err(error) => match connection.take_error() {
                Some(told) if told.code.is_some_and(|code| code & 0xff == SQLITE_BUSY) => Ok(false),
                _ => Err(error),
            },
        }
    });
    connection.execute(&format!("PRAGMA busy_timeout = {usual}"))?;
    outcome
}

const SQLITE_BUSY: i64 = 5;

/// Tries until it works, the time is over, or the caller has enough.
fn wait_for(
    wait: Duration,
    on_wait: &mut dyn FnMut(Duration) -> Waiting,
    mut attempt: impl FnMut() -> Result<bool>,
) -> Result<()> {
    let start = Instant::now();
    loop {
        if attempt()? {
            return Ok(());
        }
        let waited = start.elapsed();
        if waited >= wait || on_wait(waited) == Waiting::Stop {
            return Err(timeout(waited));
        }
        std::thread::sleep(PAUSE.min(wait - waited));
    }
}

fn timeout(waited: Duration) -> Error {
    Error::new(
        ErrorKind::LockTimeout,
        Diagnostic::error(
            "lock-timeout",
            format!(
                "another migration holds the lock; gave up after {:.1} s",
                waited.as_secs_f64()
            ),
        )
        .note("only one migration may run on a database at a time")
        .help("wait for the other one to end, or end it, then run the command again"),
    )
}

impl Lock {
    /// Gives the lock back. On SQLite that is the business of the transaction.
    ///
    /// # Errors
    /// The server is gone, and the lock with it.
    pub fn release(self, connection: &mut dyn Connection) -> Result<()> {
        match self.kind {
            Kind::Advisory(number) => {
                connection.execute(&format!("SELECT pg_advisory_unlock({number})"))?;
            }
            Kind::Named(name) => {
                let values = [("name".to_owned(), Literal::str(name))];
                connection.execute_with("SELECT RELEASE_LOCK(:name)", &values)?;
            }
            Kind::WriteTransaction => {}
        }
        Ok(())
    }
}

/// A number for a name: FNV-1a, because it must be the same in every version of Limbeck.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn advisory_key(key: &str) -> i64 {
    i64::from_ne_bytes(fnv1a(&format!("limbeck:{key}")).to_ne_bytes())
}

/// At most 64 characters, which is the limit.
fn lock_name(database: &str, key: &str) -> String {
    let name = format!("limbeck:{database}:{key}");
    if name.chars().count() <= 64 {
        name
    } else {
        format!("limbeck:{:016x}", fnv1a(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit() {
        assert_eq!(
            lock_name("fees", "alembic_version"),
            "limbeck:fees:alembic_version"
        );
        assert!(lock_name(&"x".repeat(64), "alembic_version").len() <= 64);
    }

    #[test]
    fn keys_never_change() {
        assert_eq!(fnv1a("a"), 0xaf63_dc4c_8601_ec8c);
    }
}
