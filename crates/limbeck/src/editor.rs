//! Opening a file in the user's editor.

use std::path::{Path, PathBuf};
use std::process::Command;

use limbeck_diag::{Error, ErrorKind, Result};

use crate::Environment;

/// Opens `path` and waits until the editor is closed.
///
/// # Errors
/// There is no editor, or it fails.
pub(crate) fn open_in_editor(environment: &Environment, path: &Path) -> Result<()> {
    let failed = |reason: String| {
        Error::message(
            ErrorKind::Command,
            "editor",
            format!("Error executing editor ({reason})"),
        )
    };
    let editor = find_editor(environment).ok_or_else(|| {
        failed(
            "No suitable editor found. Please set the \"EDITOR\" or \"VISUAL\" environment variables"
                .to_owned(),
        )
    })?;
    let status = Command::new(&editor)
        .arg(path)
        .status()
        .map_err(|error| failed(error.to_string()))?;
    if status.success() {
        return Ok(());
    }
    let command = format!("['{}', '{}']", editor.display(), path.display());
    Err(failed(match status.code() {
        Some(code) => format!("Command '{command}' returned non-zero exit status {code}."),
        None => format!("Command '{command}' died: {status}"),
    }))
}

/// Alembic's order: `$EDITOR`, `$VISUAL`, then the usual ones.
fn find_editor(environment: &Environment) -> Option<PathBuf> {
    let mut candidates: Vec<&str> = if cfg!(windows) {
        vec!["code.exe", "notepad++.exe", "notepad.exe"]
    } else {
        vec!["sensible-editor", "editor", "nano", "vim", "code"]
    };
    for (at, name) in ["EDITOR", "VISUAL"].into_iter().enumerate() {
        if let Some(choice) = environment.var(name) {
            if environment.cwd.join(choice).exists() {
                return Some(environment.cwd.join(choice));
            }
            if !choice.contains(std::path::MAIN_SEPARATOR) {
                candidates.insert(at.min(candidates.len()), choice);
            }
        }
    }
    candidates
        .into_iter()
        .find_map(|name| crate::interpreter::find_program(environment, name))
}
