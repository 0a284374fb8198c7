//! Post-write hooks: what the project runs on a new revision file.

use std::path::Path;
use std::process::Command;

use limbeck_config::{HookKind, PostWriteHook};
use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_schema::py_str;

use crate::events::with_status_line;
use crate::interpreter::{find_program, find_python};
use crate::paths::io_error;
use crate::{Environment, Event, Reporter};

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
    hooks: &[PostWriteHook],
    reporter: &mut dyn Reporter,
) -> Result<()> {
    for hook in hooks {
        hook.type_name()?;
        let name = &hook.name;
        let title = format!("Running post write hook {}", py_str(name));
        let status = with_status_line(reporter, &title, |_| {
            let command = command_of(environment, project, hook)?;
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

fn command_of(environment: &Environment, project: &Path, hook: &PostWriteHook) -> Result<Command> {
    match hook.kind()? {
        HookKind::Exec { executable } => {
            let program = find_program(environment, &executable).ok_or_else(|| {
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
        HookKind::Module { module } => {
            let mut command = Command::new(find_python(environment, project)?);
            command.args(["-m", &module]);
            Ok(command)
        }
        HookKind::ConsoleScripts { entrypoint } => {
            let python = find_python(environment, project)?;
            let found = Command::new(&python)
                .args(["-c", FIND_ENTRY_POINT, &entrypoint])
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
        HookKind::Custom(other) => Err(Error::new(
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
    hook: &PostWriteHook,
    mut command: Command,
) -> Result<std::process::ExitStatus> {
    command.args(hook.arguments(&path.display().to_string())?);
    let cwd = hook
        .cwd()
        .map_or_else(|| environment.cwd.clone(), |cwd| environment.cwd.join(cwd));
    command.current_dir(cwd);
    let program = command.get_program().to_owned();
    command
        .status()
        .map_err(|error| io_error("run", Path::new(&program), &error))
}
