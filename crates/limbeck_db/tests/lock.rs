//! Two deployers at once.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test is the right end"
)]

use std::time::Duration;

use limbeck_db::lock::{self, Waiting};
use limbeck_db::{Connection, Server};
use limbeck_diag::ErrorKind;
use limbeck_testkit::Database;

const SERVERS: [Server; 3] = [Server::Sqlite, Server::Postgres, Server::MariaDb];
const KEY: &str = "alembic_version";

fn try_once(connection: &mut dyn Connection) -> limbeck_diag::Result<lock::Lock> {
    lock::acquire(connection, KEY, Duration::ZERO, &mut |_| Waiting::GoOn)
}

#[test]
fn the_second_waits_until_the_first_has_released() {
    for server in SERVERS {
        let database = Database::create(server);
        let (mut first, mut second) = (database.connect(), database.connect());
        let held = try_once(&mut *first).unwrap();
        assert_eq!(
            try_once(&mut *second).unwrap_err().kind,
            ErrorKind::LockTimeout,
            "{server:?}"
        );

        let mut held = Some(held);
        let mut waits = 0;
        let taken = lock::acquire(&mut *second, KEY, Duration::from_secs(20), &mut |_| {
            waits += 1;
            if let Some(held) = held.take() {
                held.release(&mut *first).unwrap();
                first.commit().unwrap();
            }
            Waiting::GoOn
        });
        taken.unwrap().release(&mut *second).unwrap();
        assert!(waits > 0);
    }
}

#[test]
fn a_lock_survives_a_commit_where_it_is_a_session_lock() {
    for server in [Server::Postgres, Server::MariaDb] {
        let database = Database::create(server);
        let (mut first, mut second) = (database.connect(), database.connect());
        let held = try_once(&mut *first).unwrap();
        first.begin().unwrap();
        first.commit().unwrap();
        try_once(&mut *second).unwrap_err();
        held.release(&mut *first).unwrap();
    }
}

#[test]
fn a_dead_session_holds_nothing() {
    for server in SERVERS {
        let database = Database::create(server);
        let mut first = database.connect();
        let _held = try_once(&mut *first).unwrap();
        drop(first);
        let mut second = database.connect();
        let taken = lock::acquire(&mut *second, KEY, Duration::from_secs(20), &mut |_| {
            Waiting::GoOn
        });
        taken.unwrap().release(&mut *second).unwrap();
    }
}

#[test]
fn the_wait_can_be_ended() {
    let database = Database::create(Server::Postgres);
    let (mut first, mut second) = (database.connect(), database.connect());
    let held = try_once(&mut *first).unwrap();
    let wait = Duration::from_secs(600);
    let error = lock::acquire(&mut *second, KEY, wait, &mut |_| Waiting::Stop).unwrap_err();
    assert_eq!(error.kind, ErrorKind::LockTimeout);
    held.release(&mut *first).unwrap();
}
