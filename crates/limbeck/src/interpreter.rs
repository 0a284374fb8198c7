//! The project's own Python, for the few things that need one.

use std::path::{Path, PathBuf};

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};

use crate::Environment;

/// Finds the interpreter: the active virtual environment, one beside the project, then the PATH.
///
/// # Errors
/// There is none.
pub(crate) fn find_python(environment: &Environment, project: &Path) -> Result<PathBuf> {
    let (folder, names) = if cfg!(windows) {
        ("Scripts", &["python.exe"][..])
    } else {
        ("bin", &["python3", "python"][..])
    };
    let active = ["VIRTUAL_ENV", "CONDA_PREFIX"]
        .into_iter()
        .filter_map(|name| environment.var(name));
    let nearby = project
        .ancestors()
        .take(4)
        .flat_map(|directory| [".venv", "venv"].map(|name| directory.join(name)));
    let environments = active
        .map(PathBuf::from)
        .chain(nearby)
        .map(|path| path.join(folder));
    let path = environment
        .var("PATH")
        .map(std::env::split_paths)
        .into_iter()
        .flatten();
    environments
        .chain(path)
        .flat_map(|directory| names.iter().map(move |name| directory.join(name)))
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| {
            Error::new(
                ErrorKind::State,
                Diagnostic::error("no-python", "no Python interpreter found")
                    .note("looked in VIRTUAL_ENV, in .venv and venv beside the project, and on the PATH")
                    .help("activate the project's virtual environment, or create one with `python -m venv .venv`"),
            )
        })
}

/// Finds a program on the PATH, or at the path it is.
pub(crate) fn find_program(environment: &Environment, name: &str) -> Option<PathBuf> {
    if name.contains(std::path::is_separator) {
        let path = environment.cwd.join(name);
        return path.is_file().then_some(path);
    }
    std::env::split_paths(environment.var("PATH")?)
        .map(|directory| directory.join(name))
        .find(|candidate| candidate.is_file())
}
