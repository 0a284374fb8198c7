//! Revisions that cannot be read are run by the project's own `python -m alembic`, one at a time.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_graph::{Direction, RevisionStep};

use crate::interpreter::find_python;
use crate::paths::{absolute, io_error};
use crate::{Event, Project, Reporter};

/// Alembic in the project's own Python.
pub(crate) struct Delegate {
    python: PathBuf,
}

impl Delegate {
    /// Finds the interpreter and Alembic in it.
    ///
    /// # Errors
    /// There is no interpreter, there is no Alembic in it, or `--no-python` or `--url` stand in the
    /// way. The diagnostic of `reason`, why a revision could not be read, is kept as a note.
    pub(crate) fn find(project: &Project, reason: &Error) -> Result<Delegate> {
        let refuse = |diagnostic: Diagnostic| Err(Error::new(ErrorKind::Unreadable, diagnostic));
        if !project.options.allow_python {
            let diagnostic = reason.diagnostic.clone();
            return refuse(
                diagnostic.help(
                    "without `--no-python`, the project's own Python would run this revision",
                ),
            );
        }
        if project.options.url.is_some() {
            let diagnostic = reason.diagnostic.clone();
            return refuse(diagnostic.help(
                "the project's own Python could run this revision, but env.py knows nothing of `--url`: \
                 set the URL where env.py takes it from",
            ));
        }
        // The place that could not be read comes first: whoever can change it needs no Python.
        let with_reason = |error: Error| {
            let mut diagnostic = *reason.diagnostic.clone();
            diagnostic.notes.push(format!(
                "the project's own Python would have to run this revision, but {}",
                error.diagnostic.message
            ));
            diagnostic.notes.extend(error.diagnostic.notes);
            diagnostic.help.extend(error.diagnostic.help);
            Error::new(ErrorKind::Unreadable, diagnostic)
        };
        let python = find_python(
            &project.environment,
            &absolute(&project.environment.cwd, &project.directory),
        )
        .map_err(with_reason)?;
        let found = Command::new(&python)
            .args(["-c", "import alembic"])
            .current_dir(&project.environment.cwd)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| io_error("run", &python, &error))?;
        if !found.status.success() {
            let message = format!("there is no Alembic in {}", python.display());
            let diagnostic = Diagnostic::error("no-alembic", message)
                .help("activate the project's virtual environment, or install Alembic in it with `pip install alembic`");
            return Err(with_reason(Error::new(ErrorKind::State, diagnostic)));
        }
        Ok(Delegate { python })
    }

    /// Runs exactly one step: the version table must be where the step begins, and nobody may hold
    /// a lock on the database. Alembic logs `announced` as well, which is told already.
    ///
    /// # Errors
    /// Alembic fails: its last words.
    pub(crate) fn run(
        &self,
        project: &Project,
        step: &RevisionStep,
        announced: &str,
        reporter: &mut dyn Reporter,
    ) -> Result<()> {
        let revision = project.map().node(step.revision).revision();
        let mut command = Command::new(&self.python);
        command.args(["-m", "alembic"]);
        for config in &project.options.config {
            command.arg("-c").arg(config);
        }
        command.arg("-n").arg(&project.options.section);
        for x in &project.options.x {
            command.arg("-x").arg(x);
        }
        command.args(target_of(project, step));
        command
            .current_dir(&project.environment.cwd)
            .env_clear()
            .envs(&project.environment.vars);
        match relay(command, &self.python, announced, reporter)? {
            None => Ok(()),
            Some(words) => {
                let script = project.script(step.revision);
                let diagnostic = Diagnostic::error(
                    "delegated-failed",
                    format!("Alembic failed in revision {revision}: {words}"),
                )
                .note(format!("the script is {}", script.path.display()));
                Err(Error::new(ErrorKind::Database, diagnostic))
            }
        }
    }
}

/// `upgrade X`, or a `downgrade` that goes back over this revision and no other.
fn target_of(project: &Project, step: &RevisionStep) -> [String; 2] {
    let node = project.map().node(step.revision);
    let revision = node.revision().to_owned();
    match step.direction {
        Direction::Upgrade => ["upgrade".to_owned(), revision],
        Direction::Downgrade => {
            // In front of the `@`, Alembic takes the branch that the revision is on: siblings stay.
            let down = node
                .down_revisions()
                .first()
                .map_or("base", |id| project.map().node(*id).revision());
            ["downgrade".to_owned(), format!("{revision}@{down}")]
        }
    }
}

/// Runs a command, passes on what it says while it runs, save the line that is `announced`, and gives the last line of its complaint if
/// it failed.
fn relay(
    mut command: Command,
    program: &Path,
    announced: &str,
    reporter: &mut dyn Reporter,
) -> Result<Option<String>> {
    let failed = |error: &std::io::Error| io_error("run", program, error);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&error))?;
    let stdout = child.stdout.take();
    let collect = std::thread::spawn(move || {
        let mut text = Vec::new();
        stdout
            .map_or(Ok(0), |mut stdout| stdout.read_to_end(&mut text))
            .map(|_| text)
    });
    let mut last = String::new();
    if let Some(stderr) = child.stderr.take() {
        let mut stderr = BufReader::new(stderr);
        let mut line = Vec::new();
        while stderr
            .read_until(b'\n', &mut line)
            .map_err(|error| failed(&error))?
            > 0
        {
            let text = String::from_utf8_lossy(&line).into_owned();
            if !text.trim_end().ends_with(announced) {
                reporter.report(Event::ScriptStderr(&text));
            }
            if !text.trim().is_empty() {
                text.trim().clone_into(&mut last);
            }
            line.clear();
        }
    }
    if let Ok(Ok(text)) = collect.join() {
        let text = String::from_utf8_lossy(&text);
        reporter.report(Event::Static(&text));
        if last.is_empty() {
            text.trim()
                .lines()
                .last()
                .unwrap_or_default()
                .clone_into(&mut last);
        }
    }
    let status = child.wait().map_err(|error| failed(&error))?;
    Ok(if status.success() {
        None
    } else {
        Some(if last.is_empty() {
            status.to_string()
        } else {
            last
        })
    })
}
