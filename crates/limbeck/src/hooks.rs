//! Post-write hooks: what the project runs on a new revision file.

use std::path::Path;
use std::process::Command;

use indexmap::IndexMap;
use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};

use crate::events::with_status_line;
use crate::interpreter::{find_program, find_python};
use crate::paths::io_error;
use crate::{Environment, Event, Reporter, shell_words};

/// A hook as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hook {
    /// Its name.
    pub(crate) name: String,
    /// Its settings: `type`, `options`, `cwd`, …
    pub(crate) settings: IndexMap<String, String>,
}

const TOKEN: &str = "REVISION_SCRIPT_FILENAME";

/// Python that finds an entry point and prints where it is, or exits with 3.
const FIND_ENTRY_POINT: &str = "\
import sys
from importlib.metadata import entry_points
for entry in entry_points(group='console_scripts'):
    if entry.name == sys.argv[1]:
        print(entry.module, entry.attr)
        break
else:
    sys.exit(3)";

/// Runs all hooks on the file at `path`, in order.
///
/// A hook that ends with a status other than zero is reported and does not stop the others: Alembic
/// ignores it, and formatters use it to say that they changed the file.
///
/// # Errors
/// A hook is not configured rightly, or cannot be started.
pub(crate) fn run_hooks(
    environment: &Environment,
    project: &Path,
    path: &Path,
    hooks: &[Hook],
    reporter: &mut dyn Reporter,
) -> Result<()> {
    for hook in hooks {
        let name = &hook.name;
        let Some(type_) = hook.settings.get("type") else {
            return Err(Error::new(
                ErrorKind::Command,
                Diagnostic::error(
                    "hook-without-type",
                    format!(
                        "Key '{name}.type' (or 'type' in toml) is required for post write hook {}",
                        python_repr(name)
                    ),
                )
                .help("one of: exec, module, console_scripts"),
            ));
        };
        let title = format!("Running post write hook {}", python_repr(name));
        let status = with_status_line(reporter, &title, |_| {
            let command = command_of(environment, project, hook, type_)?;
            run(environment, path, hook, command)
        })?;
        if !status.success() {
            let code = status
                .code()
                .map_or_else(|| status.to_string(), |code| format!("exit status {code}"));
            let warning = Diagnostic::warning(
                "hook-failed",
                format!("post write hook '{name}' failed: {code}"),
            )
            .note(format!("the file is kept: {}", path.display()));
            reporter.report(Event::Warning(&warning));
        }
    }
    Ok(())
}

fn command_of(
    environment: &Environment,
    project: &Path,
    hook: &Hook,
    type_: &str,
) -> Result<Command> {
    let required = |key: &str| {
        hook.settings.get(key).ok_or_else(|| {
            Error::message(
                ErrorKind::Command,
                "hook-without-option",
                format!(
                    "Key {0}.{key} is required for post write hook {1}",
                    hook.name,
                    python_repr(&hook.name)
                ),
            )
        })
    };
    match type_ {
        "exec" => {
            let executable = required("executable")?;
            let program = find_program(environment, executable).ok_or_else(|| {
                Error::new(
                    ErrorKind::Io,
                    Diagnostic::error(
                        "hook-executable-not-found",
                        format!("No such file or directory: '{executable}'"),
                    )
                    .note(format!("post write hook '{}' runs it", hook.name)),
                )
            })?;
            Ok(Command::new(program))
        }
        "module" => {
            let module = required("module")?;
            let mut command = Command::new(find_python(environment, project)?);
            command.args(["-m", module]);
            Ok(command)
        }
        "console_scripts" => {
            let entrypoint = required("entrypoint")?;
            let python = find_python(environment, project)?;
            let found = Command::new(&python)
                .args(["-c", FIND_ENTRY_POINT, entrypoint])
                .output()
                .map_err(|error| io_error("run", &python, &error))?;
            let found = String::from_utf8_lossy(&found.stdout).into_owned();
            let Some((module, attr)) = found.trim().split_once(' ') else {
                return Err(Error::message(
                    ErrorKind::Command,
                    "hook-entrypoint-not-found",
                    format!("Could not find entrypoint console_scripts.{entrypoint}"),
                ));
            };
            let mut command = Command::new(python);
            command.args(["-c", &format!("import {module}; {module}.{attr}()")]);
            Ok(command)
        }
        other => Err(Error::new(
            ErrorKind::Command,
            Diagnostic::error(
                "unknown-hook-type",
                format!("No formatter with name '{other}' registered"),
            )
            .note("hooks registered by env.py need Python; Limbeck runs exec, module and console_scripts"),
        )),
    }
}

fn run(
    environment: &Environment,
    path: &Path,
    hook: &Hook,
    mut command: Command,
) -> Result<std::process::ExitStatus> {
    let options = hook.settings.get("options").map_or("", String::as_str);
    let options = if options.contains(TOKEN) {
        options.to_owned()
    } else {
        format!("{TOKEN} {options}")
    };
    let words = shell_words::split(&options).map_err(|reason| {
        Error::message(
            ErrorKind::Config,
            "hook-options",
            format!("options of post write hook '{}': {reason}", hook.name),
        )
    })?;
    command.args(
        words
            .iter()
            .map(|word| word.replace(TOKEN, &path.display().to_string())),
    );
    let cwd = hook
        .settings
        .get("cwd")
        .map_or_else(|| environment.cwd.clone(), |cwd| environment.cwd.join(cwd));
    command.current_dir(cwd);
    let program = command.get_program().to_owned();
    command
        .status()
        .map_err(|error| io_error("run", Path::new(&program), &error))
}

/// `repr` of a short text.
pub(crate) fn python_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut repr = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => repr.push_str("\\\\"),
            '\n' => repr.push_str("\\n"),
            '\r' => repr.push_str("\\r"),
            '\t' => repr.push_str("\\t"),
            c if c == quote => {
                repr.push('\\');
                repr.push(c);
            }
            c => repr.push(c),
        }
    }
    repr.push(quote);
    repr
}
