//! `cargo xtask record-oracle [name]`

use std::io;
use std::process::Command;

use crate::process::{render, root};
use crate::python::alembic_bin;
use crate::servers::Servers;

/// Runs the recorders (`xtask/record/*.py`), all or the named ones, with real Alembic and both servers.
/// Each writes its own files; nothing else does.
pub(crate) fn run(names: &[String]) -> io::Result<()> {
    let folder = root().join("xtask/record");
    let mut scripts: Vec<_> = std::fs::read_dir(&folder)?
        .filter_map(|entry| entry.ok().map(|it| it.path()))
        .filter(|path| path.extension().is_some_and(|it| it == "py"))
        .collect();
    scripts.sort();
    let is_named = |path: &std::path::PathBuf| {
        let stem = path.file_stem().map(|it| it.to_string_lossy().into_owned());
        stem.is_some_and(|it| names.is_empty() || names.contains(&it))
    };
    let chosen: Vec<_> = scripts.into_iter().filter(is_named).collect();
    if chosen.is_empty() {
        return Err(io::Error::other(format!(
            "no such recorder in {}",
            folder.display()
        )));
    }
    let bin = alembic_bin()?;
    let servers = Servers::start()?;
    for script in chosen {
        println!("{}", script.display());
        let mut command = Command::new(bin.join("python"));
        command
            .arg(&script)
            .current_dir(root())
            .envs(servers.variables.iter().cloned());
        command
            .env("LIMBECK_TEST_ALEMBIC", &bin)
            .env("PYTHONHASHSEED", "0");
        if !command.status()?.success() {
            return Err(io::Error::other(format!("{} failed", render(&command))));
        }
    }
    Ok(())
}
