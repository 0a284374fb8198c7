//! Starts a private PostgreSQL and MariaDB, prints their URLs, and stops them when its input ends.
//! `cargo xtask test` is its only user.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program, and this is its interface"
)]

use std::io::Read;
use std::process::ExitCode;

use limbeck_testkit::server::{MariaDbServer, PostgresServer};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> std::io::Result<()> {
    let postgres = PostgresServer::start()?;
    let mariadb = MariaDbServer::start()?;
    println!("LIMBECK_TEST_PG={}", postgres.url());
    println!("LIMBECK_TEST_MARIADB={}", mariadb.url());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    postgres.stop();
    mariadb.stop();
    Ok(())
}
