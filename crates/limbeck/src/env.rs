//! Reading `env.py` for a run.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use limbeck_config::{AlembicConfig, Origin, Url};
use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_python::env::{
    EnvConfig, EnvOutcome, EnvRequest, EnvRun, EnvTarget, UrlParts, evaluate_env,
};
use limbeck_python::{Inputs, Limits, World};

use crate::Project;
use crate::disk::Disk;
use crate::paths::io_error;

/// The configuration as env.py sees and changes it.
struct Config {
    config: Rc<RefCell<AlembicConfig>>,
    file_name: Option<String>,
}

/// Python's text of a failure, with the place in the ini file that Python does not know.
fn told<T>(result: Result<T>) -> Result<T, String> {
    result.map_err(|error| {
        let mut message = error.diagnostic.message.clone();
        // The rest of the value is shown there, which may be the rest of a password.
        if let Some(at) = message.find(", found: '%") {
            message.truncate(at);
        }
        match error.diagnostic.location() {
            Some(location) => format!("{message} ({location})"),
            None => message,
        }
    })
}

impl EnvConfig for Config {
    fn config_file_name(&self) -> Option<String> {
        self.file_name.clone()
    }

    fn main_section(&self) -> String {
        self.config.borrow().main_section().to_owned()
    }

    fn get(&self, section: &str, option: &str) -> Result<Option<String>, String> {
        told(self.config.borrow().get_section_option(section, option))
            .map(|it| it.map(|it| it.value))
    }

    fn section(&self, section: &str) -> Result<Option<Vec<(String, String)>>, String> {
        let items = told(self.config.borrow().get_section(section))?;
        Ok(items.map(|items| {
            items
                .into_iter()
                .map(|(key, setting)| (key, setting.value))
                .collect()
        }))
    }

    fn set(&self, section: &str, option: &str, value: &str) -> Result<(), String> {
        told(
            self.config
                .borrow_mut()
                .set_section_option(section, option, value),
        )
    }

    fn alembic_option(&self, option: &str) -> Result<Option<String>, String> {
        told(self.config.borrow().alembic_option(option)).map(|it| it.map(|it| it.value))
    }

    fn parse_url(&self, text: &str) -> Result<UrlParts, String> {
        let url = told(Url::parse(text))?;
        Ok(UrlParts {
            drivername: url.drivername,
            username: url.username,
            password: url.password,
            host: url.host,
            port: url.port,
            database: url.database,
            query: url.query,
        })
    }

    fn render_url(&self, parts: &UrlParts) -> String {
        let parts = parts.clone();
        Url {
            drivername: parts.drivername,
            username: parts.username,
            password: parts.password,
            host: parts.host,
            port: parts.port,
            database: parts.database,
            query: parts.query,
        }
        .render_with_password()
    }
}

impl Project {
    /// A world in which the project's Python is evaluated.
    ///
    /// # Errors
    /// A setting that cannot be read.
    pub(crate) fn world(&self) -> Result<Rc<World>> {
        let mut sys_path = self.sys_path()?;
        // As Python's own: what the environment adds, then installed packages. Its library is modelled.
        if let Some(paths) = self.environment.var("PYTHONPATH") {
            let cwd = &self.environment.cwd;
            sys_path.extend(std::env::split_paths(paths).map(|path| cwd.join(path)));
        }
        sys_path.extend(self.packages().in_place.iter().cloned());
        let now = self.environment.now.timestamp();
        let inputs = Inputs {
            env: self.environment.vars.clone(),
            cwd: self.environment.cwd.clone(),
            now: now.as_microsecond(),
            utc_offset: self.environment.now.offset().seconds(),
            sys_path,
            allow_nondeterminism: true,
            packages: self.packages().versions.clone(),
            installed: self.packages().site.clone(),
            ..Inputs::default()
        };
        Ok(World::new(Rc::new(Disk), inputs, Limits::default()))
    }

    /// Looks for what env.py, the scripts and all that they import change for every script; gives the modules whose listeners
    /// env.py needs.
    ///
    /// # Errors
    /// env.py cannot be read.
    pub(crate) fn survey(&self, world: &Rc<World>) -> Result<Vec<String>> {
        let path = self.env_path();
        let text =
            std::fs::read_to_string(&path).map_err(|error| io_error("read", &path, &error))?;
        let env = limbeck_python::Script::parse(&path, &text)?;
        let scripts = self.scripts().iter().map(crate::Script::syntax);
        Ok(limbeck_python::survey(world, &env, scripts))
    }

    /// The configuration for the evaluator.
    pub(crate) fn env_config(&self) -> Rc<dyn EnvConfig> {
        Rc::new(Config {
            config: Rc::clone(&self.config),
            file_name: self
                .ini_path
                .as_ref()
                .map(|path| path.display().to_string()),
        })
    }

    /// The path of env.py, absolute.
    pub(crate) fn env_path(&self) -> PathBuf {
        crate::paths::absolute(&self.environment.cwd, &self.directory.join("env.py"))
    }

    /// Evaluates env.py.
    ///
    /// # Errors
    /// Where it cannot be read; located, with what to do.
    pub(crate) fn read_env(&self, world: &Rc<World>, request: EnvRequest) -> Result<EnvOutcome> {
        let path = self.env_path();
        let text =
            std::fs::read_to_string(&path).map_err(|error| io_error("read", &path, &error))?;
        let request = EnvRequest {
            url: self.options.url.clone(),
            x: self.options.x.clone(),
            ..request
        };
        evaluate_env(world, &path, &text, self.env_config(), request)
    }
}

/// Where the URL of a run comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UrlOrigin {
    /// `--url`
    Option,
    /// An option of the ini file.
    Ini {
        /// Its section.
        section: String,
        /// Its line.
        location: limbeck_diag::Location,
    },
    /// A variable of the environment, which env.py reads.
    Variable(String),
    /// env.py makes it; where it is handed over, and the variables that env.py reads.
    Env {
        /// Where `context.configure()` is called.
        location: Option<limbeck_diag::Location>,
        /// Names of variables.
        variables: Vec<String>,
    },
}

impl UrlOrigin {
    /// Finds the origin of `text`, the URL of `run`.
    pub(crate) fn of(
        project: &Project,
        outcome: &EnvOutcome,
        run: &EnvRun,
        text: &str,
    ) -> UrlOrigin {
        if project.options.url.is_some() {
            return UrlOrigin::Option;
        }
        let config = project.config.borrow();
        for section in config.ini().sections() {
            let found = config.get_section_option(section, "sqlalchemy.url");
            if let Ok(Some(setting)) = found
                && setting.value == text
                && let Origin::File(location) = setting.origin
            {
                return UrlOrigin::Ini {
                    section: section.to_owned(),
                    location,
                };
            }
        }
        let mut reads = outcome.env_reads.iter();
        match reads.find(|(_, value)| value.as_deref() == Some(text)) {
            Some((name, _)) => UrlOrigin::Variable(name.clone()),
            None => UrlOrigin::Env {
                location: run.configured.clone(),
                variables: outcome.env_reads.keys().cloned().collect(),
            },
        }
    }
}

/// As in `it comes from …`. Never the line itself, which may hold a password.
impl std::fmt::Display for UrlOrigin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            UrlOrigin::Option => f.write_str("`--url`"),
            UrlOrigin::Ini { section, location } => {
                write!(f, "`sqlalchemy.url` in [{section}], {location}")
            }
            UrlOrigin::Variable(name) => {
                write!(f, "the environment variable {name}, which env.py reads")
            }
            UrlOrigin::Env {
                location,
                variables,
            } => {
                f.write_str("env.py")?;
                if let Some(location) = location {
                    write!(f, ", used at {location}")?;
                }
                if !variables.is_empty() {
                    write!(f, "; it reads the variables {}", likely(variables))?;
                }
                Ok(())
            }
        }
    }
}

/// The URL of a run.
///
/// # Errors
/// env.py does not say it in a way that can be read: where, and the three ways to give one.
pub(crate) fn url_of(target: &EnvTarget, variables: &[String]) -> Result<Url> {
    match target {
        EnvTarget::Url(text) => Url::parse(text),
        EnvTarget::Dialect(_) => Err(unreadable_url(
            "env.py gives a dialect and no URL",
            None,
            variables,
        )),
        EnvTarget::Unknown { reason, location } => {
            Err(unreadable_url(reason, location.clone(), variables))
        }
    }
}

/// The variables that env.py reads, those first that tell of a database: a settings class may have many others.
fn likely(variables: &[String]) -> String {
    const SHOWN: usize = 6;
    let tells = |name: &&String| {
        let name = name.to_ascii_uppercase();
        [
            "DATABASE", "DB", "SQL", "POSTGRES", "PG", "MARIA", "URL", "URI", "DSN",
        ]
        .iter()
        .any(|part| name.contains(part))
    };
    let (mut names, others): (Vec<&String>, Vec<&String>) = variables.iter().partition(tells);
    names.extend(others);
    let shown: Vec<&str> = names.iter().take(SHOWN).map(|name| name.as_str()).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} others", shown.join(", ")),
    }
}

fn unreadable_url(
    reason: &str,
    location: Option<limbeck_diag::Location>,
    variables: &[String],
) -> Error {
    let mut diagnostic = Diagnostic::error(
        "unreadable-url",
        "the database URL cannot be read from env.py",
    )
    .at_maybe(location, "it comes from here")
    .note(reason.to_owned())
    .help("give it with `--url`")
    .help("or set `sqlalchemy.url` in the ini file, and let env.py take it from there");
    diagnostic = match variables {
        [] => diagnostic.help(
            "or let env.py read an environment variable, as in `os.environ[\"DATABASE_URL\"]`",
        ),
        names => diagnostic.help(format!(
            "or set the variable that env.py reads: {}",
            likely(names)
        )),
    };
    Error::new(ErrorKind::Unreadable, diagnostic)
}
