//! Models imported by the project's own Python.

use std::process::Command;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_schema::Schema;

use super::{DUMP, parse_env_dump};
use crate::interpreter::find_python;
use crate::{Event, Level, Project, Reporter};

/// The metadata of each run of env.py, which is run offline by the project's own Python.
///
/// # Errors
/// `--no-python`, no interpreter, or models that cannot be imported: Python's own words.
pub(crate) fn import_models(
    project: &Project,
    reporter: &mut dyn Reporter,
) -> Result<Vec<Vec<Schema>>> {
    if !project.options.allow_python {
        return Err(Error::new(
            ErrorKind::Unreadable,
            Diagnostic::error("no-python", "the models cannot be read without Python")
                .help("leave out --no-python: the project's own interpreter imports them then"),
        ));
    }
    let environment = &project.environment;
    let python = find_python(environment, &project.directory)?;
    reporter.report(Event::Log {
        level: Level::Info,
        logger: "limbeck.models",
        message: &format!("Importing the models with {}", python.display()),
    });
    let ini = project
        .ini_path
        .as_ref()
        .map(|path| path.display().to_string())
        .unwrap_or_default();
    let toml = crate::project::config_names(environment, &project.options)
        .map(|(_, toml)| environment.cwd.join(toml))
        .ok()
        .filter(|path| path.is_file())
        .map(|path| path.display().to_string())
        .unwrap_or_default();
    let output = Command::new(&python)
        .args(["-c", DUMP, "--env", &ini, &toml, &project.options.section])
        .args(&project.options.x)
        .current_dir(&environment.cwd)
        .env_clear()
        .envs(&environment.vars)
        .output()
        .map_err(|error| crate::paths::io_error("run", &python, &error))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let last = text.lines().rev().find(|line| !line.trim().is_empty());
        return Err(Error::new(
            ErrorKind::Python,
            Diagnostic::error(
                "models-import",
                "the project's Python cannot import the models",
            )
            .note(last.unwrap_or("it said nothing").to_owned()),
        ));
    }
    parse_env_dump(&String::from_utf8_lossy(&output.stdout))
}
