//! `cargo xtask test`

use std::io;

use crate::process;
use crate::python::alembic_bin;
use crate::servers::Servers;

/// Runs every test, doc tests included, with servers and a real Alembic at hand. `args` go to Cargo.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let bin = alembic_bin()?;
    let servers = Servers::start()?;
    let mut command = process::cargo();
    command.arg("test");
    if !args.iter().any(|arg| arg == "-p" || arg == "--package") {
        command.arg("--workspace");
    }
    command
        .args(args)
        .env("LIMBECK_TEST_ALEMBIC", bin)
        .envs(servers.variables.iter().cloned());
    process::run(&mut command)
}
