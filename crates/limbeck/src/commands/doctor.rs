//! `doctor`: what of the project is read natively, and what is not and why; the settings in force and their origin.

use limbeck_config::Origin;
use limbeck_diag::{Diagnostic, Error, Result};
use limbeck_graph::Direction;
use limbeck_python::env::{EnvRequest, EnvRun, EnvTarget, TargetMetadata};

use crate::env::UrlOrigin;
use crate::models::can_read_models;
use crate::run::Env;
use crate::run::evaluate::Evaluation;
use crate::run::level::{ScriptLevel, read_level};
use crate::{Project, Reporter, Script};

/// What a project is made of, and how it is read.
#[derive(Debug)]
pub struct Report {
    /// The settings in force.
    pub settings: Vec<SettingReport>,
    /// The version of SQLAlchemy in the project's environment, whose SQL is written; `None` if there is none.
    pub sqlalchemy: Option<String>,
    /// How env.py is read.
    pub env: EnvReport,
    /// How every revision is read; in load order.
    pub scripts: Vec<ScriptReport>,
}

/// A setting in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingReport {
    /// Its name.
    pub name: String,
    /// Its value, in words.
    pub value: String,
    /// Where it comes from: `alembic.ini:3`, `default`, ….
    pub origin: String,
}

/// How env.py is read.
#[derive(Debug)]
pub struct EnvReport {
    /// The file.
    pub path: String,
    /// What stands in the way; `None` if it is read natively.
    pub obstacle: Option<Diagnostic>,
    /// The databases that it connects to.
    pub databases: Vec<DatabaseReport>,
    /// Variables of the environment that it reads, and whether they are set.
    pub variables: Vec<(String, bool)>,
}

/// One run of env.py.
#[derive(Debug)]
pub struct DatabaseReport {
    /// The URL without its password; `None` if it cannot be read.
    pub url: Option<String>,
    /// Where the URL comes from.
    pub origin: String,
    /// SQLAlchemy's name of the dialect.
    pub dialect: Option<String>,
    /// Why the URL is none.
    pub obstacle: Option<Diagnostic>,
    /// What env.py tells `context.configure()`.
    pub settings: Vec<SettingReport>,
    /// How the models are read.
    pub models: ModelsReport,
}

/// How the models are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelsReport {
    /// env.py names none.
    None,
    /// They are read natively.
    Read,
    /// The project's own Python imports them; why.
    Imported(String),
}

/// How one revision is read.
#[derive(Debug)]
pub struct ScriptReport {
    /// The revision.
    pub revision: String,
    /// The script, as Alembic shows its path.
    pub path: String,
    /// How far it is read: the worse of its two directions.
    pub level: ScriptLevel,
    /// True if Limbeck runs it on this database; otherwise the project's own Python does.
    pub is_native: bool,
    /// The first thing that is not understood, or that must be asked of the database.
    pub obstacle: Option<Diagnostic>,
}

/// Reads everything there is to read; nothing is connected to.
///
/// # Errors
/// A setting that cannot be read.
pub fn doctor(project: &Project, reporter: &mut dyn Reporter) -> Result<Report> {
    let env = match Env::read(project, EnvRequest::default(), reporter) {
        Ok(env) => env,
        Err(error) => {
            return Ok(Report {
                settings: settings(project)?,
                sqlalchemy: sqlalchemy(project),
                env: EnvReport {
                    path: env_path(project),
                    obstacle: Some(*error.diagnostic),
                    databases: Vec::new(),
                    variables: Vec::new(),
                },
                scripts: unknown_scripts(project),
            });
        }
    };
    let runs = &env.outcome.runs;
    let models = can_read_models(project, &env);
    let report = |run| database_report(project, &env, run, &models);
    let databases = runs.iter().map(report);
    let reads = env.outcome.env_reads.iter();
    Ok(Report {
        settings: settings(project)?,
        sqlalchemy: sqlalchemy(project),
        env: EnvReport {
            path: env_path(project),
            obstacle: None,
            databases: databases.collect(),
            variables: reads
                .map(|(name, value)| (name.clone(), value.is_some()))
                .collect(),
        },
        scripts: match runs.first() {
            Some(run) => script_reports(project, &env, run),
            None => unknown_scripts(project),
        },
    })
}

fn sqlalchemy(project: &Project) -> Option<String> {
    project.packages().version("sqlalchemy").map(str::to_owned)
}

fn env_path(project: &Project) -> String {
    project.directory.join("env.py").display().to_string()
}

fn setting(name: &str, value: impl Into<String>, origin: &Origin) -> SettingReport {
    SettingReport {
        name: name.to_owned(),
        value: value.into(),
        origin: origin.to_string(),
    }
}

/// Settings of the ini file and of `pyproject.toml`.
fn settings(project: &Project) -> Result<Vec<SettingReport>> {
    let config = project.config.borrow();
    let joined = |paths: Vec<String>| paths.join(", ");
    let flag = |value: bool| if value { "true" } else { "false" }.to_owned();
    let locations = project.version_locations.iter();
    let locations = locations.map(|path| path.display().to_string()).collect();
    let file_template = config.file_template()?;
    let encoding = config.output_encoding()?;
    let timezone = config.timezone()?;
    let hooks = config.post_write_hooks()?;
    let hooks: Vec<String> = hooks.into_iter().map(|hook| hook.name).collect();
    let separator = config.alembic_option("path_separator").ok().flatten();
    let values = [
        ("script_location", project.directory.display().to_string()),
        ("version_locations", joined(locations)),
        (
            "recursive_version_locations",
            flag(config.exact_flag("recursive_version_locations")?),
        ),
        ("prepend_sys_path", joined(config.prepend_sys_path()?)),
        (
            "path_separator",
            separator.map_or_else(|| "spaces and commas".to_owned(), |it| it.value),
        ),
        ("file_template", file_template.value),
        (
            "timezone",
            timezone.map_or_else(|| "local time".to_owned(), |it| it.value),
        ),
        (
            "truncate_slug_length",
            config.truncate_slug_length()?.to_string(),
        ),
        ("output_encoding", encoding.value),
        ("revision_environment", flag(config.revision_environment()?)),
        ("sourceless", flag(config.exact_flag("sourceless")?)),
    ];
    let mut settings: Vec<SettingReport> = values
        .into_iter()
        .map(|(name, value)| setting(name, value, &config.origin(name)))
        .collect();
    if !hooks.is_empty() {
        let section = config.ini().section_location("post_write_hooks").cloned();
        let origin = section.map_or_else(|| config.origin("post_write_hooks"), Origin::File);
        settings.push(setting("post_write_hooks", joined(hooks), &origin));
    }
    Ok(settings)
}

fn database_report(
    project: &Project,
    env: &Env,
    run: &EnvRun,
    models: &Result<()>,
) -> DatabaseReport {
    let (url, dialect, obstacle) = match env.url(project, run) {
        Ok((url, dialect)) => (Some(url.to_string()), Some(dialect.name().to_owned()), None),
        Err(error) => (None, None, Some(*error.diagnostic)),
    };
    let origin = match &run.target {
        EnvTarget::Url(text) => UrlOrigin::of(project, &env.outcome, run, text).to_string(),
        EnvTarget::Dialect(_) | EnvTarget::Unknown { .. } => "env.py".to_owned(),
    };
    let settings = run.options.settings();
    let settings = settings.into_iter().map(|(name, value, location)| {
        let origin = location.map_or(Origin::Default, Origin::File);
        setting(name, value, &origin)
    });
    DatabaseReport {
        url,
        origin,
        dialect,
        obstacle,
        settings: settings.collect(),
        models: models_report(run, models),
    }
}

fn models_report(run: &EnvRun, read: &Result<()>) -> ModelsReport {
    match (&run.target_metadata, read) {
        (TargetMetadata::None, _) => ModelsReport::None,
        (_, Ok(())) => ModelsReport::Read,
        (_, Err(error)) => {
            let place = error.diagnostic.location();
            let place = place.map(|it| format!(" ({it})")).unwrap_or_default();
            ModelsReport::Imported(format!("{}{place}", error.diagnostic.message))
        }
    }
}

/// How the scripts are read for the database of a run of env.py.
fn script_reports(project: &Project, env: &Env, run: &EnvRun) -> Vec<ScriptReport> {
    // A script can be read without knowing the database, as far as it does not ask for it.
    let dialect = env.url(project, run).map(|(_, dialect)| dialect).ok();
    let evaluation = Evaluation {
        project,
        world: &env.world,
        dialect: dialect.map_or("postgresql", limbeck_sql::Dialect::name),
        is_offline: false,
        kwargs: &run.run_kwargs,
    };
    let can_undo = dialect.is_none_or(|dialect| crate::run::can_undo(dialect, run));
    let report = |script: &Script| script_report(project, &evaluation, script, can_undo);
    project.scripts().iter().map(report).collect()
}

fn script_report(
    project: &Project,
    evaluation: &Evaluation<'_>,
    script: &Script,
    can_undo: bool,
) -> ScriptReport {
    let syntax = script.for_evaluation(&project.environment.cwd);
    let mut level = match limbeck_python::is_plain_script(&syntax.parsed) {
        true => ScriptLevel::Plain,
        false => ScriptLevel::Evaluated,
    };
    let (mut obstacle, mut is_native) = (None, true);
    for direction in [Direction::Upgrade, Direction::Downgrade] {
        let (found, mut error) = read_level(evaluation, script, direction);
        is_native &= found != ScriptLevel::Unread;
        if matches!(found, ScriptLevel::Inspects | ScriptLevel::Reads)
            && let Err(unread) = evaluation.probe(script, direction)
        {
            // Where it can be undone, it is tried: the way that is not understood may not be gone.
            is_native &= can_undo;
            error = Some(unread);
        }
        if found > level || obstacle.is_none() {
            obstacle = error.map(|error: Error| *error.diagnostic).or(obstacle);
        }
        level = level.max(found);
    }
    ScriptReport {
        revision: script.revision.clone(),
        path: script.path.display().to_string(),
        level,
        is_native,
        obstacle,
    }
}

/// Without env.py nothing is known of how a script would be run.
fn unknown_scripts(project: &Project) -> Vec<ScriptReport> {
    let report = |script: &Script| ScriptReport {
        revision: script.revision.clone(),
        path: script.path.display().to_string(),
        level: ScriptLevel::Unread,
        is_native: false,
        obstacle: None,
    };
    project.scripts().iter().map(report).collect()
}
