//! `init` and `list_templates`: a new environment directory.

use std::path::{Path, PathBuf};

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result, closest};

use crate::events::with_status;
use crate::paths::{absolute, io_error, normal, relative, write_file};
use crate::{Environment, Event, Reporter};

/// A template of Alembic's: a name and its files, in the order in which they are written.
struct Template {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
}

macro_rules! template {
    ($name:literal: $($file:literal),+) => {
        Template {
            name: $name,
            files: &[$(($file, include_str!(concat!("../../templates/", $name, "/", $file)))),+],
        }
    };
}

const TEMPLATES: [Template; 5] = [
    template!("generic": "script.py.mako", "README", "env.py", "alembic.ini.mako"),
    template!("async": "script.py.mako", "README", "env.py", "alembic.ini.mako"),
    template!("multidb": "script.py.mako", "README", "env.py", "alembic.ini.mako"),
    template!("pyproject": "script.py.mako", "README", "env.py", "pyproject.toml.mako", "alembic.ini.mako"),
    template!("pyproject_async": "script.py.mako", "README", "env.py", "pyproject.toml.mako", "alembic.ini.mako"),
];

/// What to make and where.
#[derive(Debug, Clone)]
pub struct Init {
    /// The environment directory, as the user wrote it.
    pub directory: PathBuf,
    /// Name of the template.
    pub template: String,
    /// Add `__init__.py` files.
    pub package: bool,
    /// The ini file.
    pub ini: PathBuf,
    /// The `pyproject.toml`.
    pub toml: PathBuf,
}

/// The names of the templates with the first line of what they say about themselves.
pub fn templates() -> impl Iterator<Item = (&'static str, &'static str)> {
    TEMPLATES.iter().map(|template| {
        let readme = template.files.iter().find(|(name, _)| *name == "README");
        let synopsis = readme
            .and_then(|(_, text)| text.lines().next())
            .unwrap_or_default();
        (template.name, synopsis.trim_end())
    })
}

/// `list_templates`
pub fn list_templates(reporter: &mut dyn Reporter) {
    reporter.report(Event::Output("Available templates:\n"));
    for (name, synopsis) in templates() {
        reporter.report(Event::Output(&format!("{name} - {synopsis}")));
    }
    reporter.report(Event::Output(
        "\nTemplates are used via the 'init' command, e.g.:",
    ));
    reporter.report(Event::Output(
        "\n  limbeck init --template generic ./scripts",
    ));
}

/// `init`
///
/// # Errors
/// The directory is not empty, there is no such template, or a file cannot be written.
pub fn init(environment: &Environment, init: &Init, reporter: &mut dyn Reporter) -> Result<()> {
    let directory = normal(&init.directory);
    let absolute_directory = absolute(&environment.cwd, &directory);
    if std::fs::read_dir(&absolute_directory).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::message(
            ErrorKind::Command,
            "directory-not-empty",
            format!(
                "Directory {} already exists and is not empty",
                directory.display()
            ),
        ));
    }
    let template = find_template(&init.template)?;

    if !absolute_directory.exists() {
        make_directory(&absolute_directory, reporter)?;
    }
    let versions = absolute_directory.join("versions");
    make_directory(&versions, reporter)?;

    let ini = absolute(&environment.cwd, &init.ini);
    let toml = absolute(&environment.cwd, &init.toml);
    let location_for = |config: &Path| {
        if directory.is_absolute() {
            return directory.display().to_string();
        }
        let from = config.parent().unwrap_or(config);
        let way = relative(&absolute_directory, from);
        Path::new("%(here)s")
            .join(way)
            .components()
            .collect::<PathBuf>()
            .display()
            .to_string()
    };
    let mut has_toml = false;
    for (name, text) in template.files {
        match *name {
            "alembic.ini.mako" if ini.exists() => {
                let text = format!("File {} already exists, skipping", ini.display());
                reporter.report(Event::Message(&text));
            }
            "alembic.ini.mako" => {
                generate(
                    &ini,
                    &text.replace(SCRIPT_LOCATION, &location_for(&ini)),
                    reporter,
                )?;
            }
            "pyproject.toml.mako" => {
                has_toml = true;
                write_toml(
                    &toml,
                    &text.replace(SCRIPT_LOCATION, &location_for(&toml)),
                    reporter,
                )?;
            }
            name => generate(&absolute_directory.join(name), text, reporter)?,
        }
    }
    if init.package {
        for path in [
            absolute_directory.join("__init__.py"),
            versions.join("__init__.py"),
        ] {
            with_status(reporter, &format!("Adding {}", path.display()), |_| {
                write_file(&path, b"")
            })?;
        }
    }
    let text = if has_toml {
        format!(
            "Please edit configuration settings in {} and configuration/connection/logging \
             settings in {} before proceeding.",
            toml.display(),
            ini.display()
        )
    } else {
        format!(
            "Please edit configuration/connection/logging settings in {} before proceeding.",
            ini.display()
        )
    };
    reporter.report(Event::Message(&text));
    Ok(())
}

/// The one expression in the templates of configuration files.
const SCRIPT_LOCATION: &str = "${script_location}";

fn find_template(name: &str) -> Result<&'static Template> {
    TEMPLATES
        .iter()
        .find(|template| template.name == name)
        .ok_or_else(|| {
            let names = TEMPLATES.iter().map(|template| template.name);
            let mut diagnostic =
                Diagnostic::error("no-such-template", format!("No such template {name}"));
            diagnostic = match closest(name, names.clone()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => {
                    diagnostic.help(format!("one of: {}", names.collect::<Vec<_>>().join(", ")))
                }
            };
            Error::new(ErrorKind::Command, diagnostic)
        })
}

fn make_directory(path: &Path, reporter: &mut dyn Reporter) -> Result<()> {
    with_status(
        reporter,
        &format!("Creating directory {}", path.display()),
        |_| {
            std::fs::create_dir_all(path)
                .map_err(|error| io_error("create the directory", path, &error))
        },
    )
}

fn generate(path: &Path, text: &str, reporter: &mut dyn Reporter) -> Result<()> {
    // Told with `-q`, too, as Alembic tells it.
    reporter.report(Event::Static(&format!("Generating {} ...", path.display())));
    let written = write_file(path, text.as_bytes());
    let end = if written.is_ok() {
        "  done\n"
    } else {
        "  FAILED\n"
    };
    reporter.report(Event::Static(end));
    written
}

/// Makes `pyproject.toml`, or adds a section to it, or leaves it alone if it has one.
fn write_toml(path: &Path, text: &str, reporter: &mut dyn Reporter) -> Result<()> {
    if !path.exists() {
        return generate(path, text, reporter);
    }
    let previous = std::fs::read_to_string(path).map_err(|error| io_error("read", path, &error))?;
    if has_tool_alembic(path, &previous)? {
        let text = format!(
            "File {} already exists and already has a [tool.alembic] section, skipping",
            path.display()
        );
        reporter.report(Event::Message(&text));
        return Ok(());
    }
    with_status(
        reporter,
        &format!("Appending to existing {}", path.display()),
        |_| write_file(path, format!("{previous}\n\n{text}").as_bytes()),
    )
}

/// True if the file has a section for Alembic.
fn has_tool_alembic(path: &Path, text: &str) -> Result<bool> {
    let file = limbeck_diag::SourceFile::new(path.display().to_string(), text);
    let toml = limbeck_config::Pyproject::parse(&file, limbeck_config::ProgramDefaults::new())?;
    Ok(!toml.is_empty())
}
