//! `cargo xtask corpus [--only NAME] [--per-file]`

use std::io;
use std::process::Command;

use crate::process::{self, cargo, root, target};
use crate::python::interpreter;
use crate::servers::Servers;

/// Runs the public projects of `xtask/corpus/projects.toml` with Alembic and with Limbeck, and writes
/// `docs/compatibility.md`. A different result is a failure. `args` go to `xtask/corpus/corpus.py`.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    process::run(cargo().args(["build", "--quiet", "--package", "limbeck_cli"]))?;
    process::run(cargo().args([
        "build",
        "--quiet",
        "--package",
        "limbeck",
        "--example",
        "revision_sql",
    ]))?;
    let servers = Servers::start()?;
    let built = target().join("debug");
    let mut command = Command::new(interpreter()?);
    command
        .arg(root().join("xtask/corpus/corpus.py"))
        .arg("--limbeck")
        .arg(built.join("limbeck"))
        .arg("--reader")
        .arg(built.join("examples/revision_sql"))
        .arg("--cache")
        .arg(target().join("corpus"))
        .arg("--page")
        .arg(root().join("docs/compatibility.md"))
        .args(args)
        // Nothing is left beside the sources.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs(servers.variables.iter().cloned());
    process::run(&mut command)
}
