//! `revision`, `merge`, `edit`: new scripts, and looking at old ones.

use std::path::{Path, PathBuf};

use limbeck_config::{CivilDateTime, FileTokens, render_file_name, render_slug};
use limbeck_diag::{Diagnostic, Error, ErrorKind, Result, SourceFile};
use limbeck_graph::{Place, RevisionId, Target, Wording, verify_rev_id};
use limbeck_python::World;
use limbeck_python::env::EnvRequest;
use limbeck_python::mako::{ScriptVariables, render_script};

use crate::events::with_status;
use crate::paths::{absolute, io_error, write_file};
use crate::run::{Env, graph_error};
use crate::{Project, Reporter};

/// Arguments of `revision`, and of `merge` as far as it has them.
#[derive(Debug, Clone, Default)]
pub struct NewRevision {
    /// `-m`
    pub message: Option<String>,
    /// `--sql`
    pub sql: bool,
    /// `--head`, or what is merged.
    pub heads: Vec<String>,
    /// `--splice`
    pub splice: bool,
    /// `--branch-label`
    pub branch_label: Option<String>,
    /// `--version-path`
    pub version_path: Option<String>,
    /// `--rev-id`
    pub rev_id: Option<String>,
    /// `--depends-on`
    pub depends_on: Vec<String>,
}

fn command(message: impl Into<String>) -> Error {
    Error::message(ErrorKind::Command, "revision", message)
}

/// What the functions of a new script do, as the template gets it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bodies {
    pub(crate) bodies: Vec<(String, String)>,
    pub(crate) imports: String,
}

/// `revision`, without `--autogenerate`.
///
/// # Errors
/// A head that is not there, a name that is taken, a file that cannot be written.
pub fn revision(
    project: &Project,
    arguments: &NewRevision,
    reporter: &mut dyn Reporter,
) -> Result<PathBuf> {
    let runs_environment = project.config.borrow().revision_environment()?;
    if arguments.sql && !runs_environment {
        return Err(command(
            "Using --sql with the revision command when revision_environment is not configured does not make any sense",
        ));
    }
    let mut bodies = Bodies {
        bodies: vec![
            ("upgrades".to_owned(), "pass".to_owned()),
            ("downgrades".to_owned(), "pass".to_owned()),
        ],
        imports: String::new(),
    };
    let mut template_args = Vec::new();
    let world = if runs_environment {
        let env = Env::read(
            project,
            EnvRequest {
                offline: arguments.sql,
                ..EnvRequest::default()
            },
            reporter,
        )?;
        bodies.bodies.clear();
        for run in &env.outcome.runs {
            bodies
                .bodies
                .push((run.options.upgrade_token.clone(), "pass".to_owned()));
            bodies
                .bodies
                .push((run.options.downgrade_token.clone(), "pass".to_owned()));
            template_args.extend(run.template_args.iter().cloned());
        }
        env.world
    } else {
        project.world()?
    };
    write_revision(project, &world, arguments, bodies, template_args, reporter)
}

/// `merge`
///
/// # Errors
/// As [`revision`].
pub fn merge(
    project: &Project,
    arguments: &NewRevision,
    reporter: &mut dyn Reporter,
) -> Result<PathBuf> {
    let world = if project.config.borrow().revision_environment()? {
        Env::read(project, EnvRequest::default(), reporter)?.world
    } else {
        project.world()?
    };
    // Alembic gives a merge no bodies: Mako's names without a value count as false.
    let bodies = Bodies {
        bodies: ["upgrades", "downgrades"]
            .map(|name| (name.to_owned(), String::new()))
            .into(),
        imports: String::new(),
    };
    write_revision(project, &world, arguments, bodies, Vec::new(), reporter)
}

/// Writes a new script from the project's template.
pub(crate) fn write_revision(
    project: &Project,
    world: &std::rc::Rc<World>,
    arguments: &NewRevision,
    bodies: Bodies,
    template_args: Vec<(String, limbeck_python::Value)>,
    reporter: &mut dyn Reporter,
) -> Result<PathBuf> {
    let rev_id = match &arguments.rev_id {
        Some(given) => given.clone(),
        None => random_id()?,
    };
    verify_rev_id(&rev_id)?;
    let map = project.map();
    let wording = Wording {
        multiple_heads: Some(
            "Multiple heads are present; please specify the head revision on which the new revision should be based, or \
             perform a merge.",
        ),
        ..Wording::default()
    };
    let symbols = match arguments.heads.as_slice() {
        [] => Target::from("head"),
        [one] => Target::from(one.as_str()),
        many => Target::many(many.iter().cloned()),
    };
    let places = map
        .get_revisions(&symbols)
        .map_err(|error| error.into_error(&wording))?;
    let heads: Vec<RevisionId> = places.into_iter().filter_map(Place::revision).collect();
    let mut unique = heads.clone();
    unique.sort();
    unique.dedup();
    if unique.len() != heads.len() {
        return Err(command("Duplicate head revisions specified"));
    }
    let folder = version_folder(project, arguments, &heads)?;
    let now = creation_time(project)?;
    let path = file_path(
        project,
        &folder,
        &rev_id,
        arguments.message.as_deref(),
        &now,
    )?;
    if !arguments.splice
        && let Some(head) = heads.iter().find(|head| !map.node(**head).is_head())
    {
        return Err(command(format!(
            "Revision {} is not a head revision; please specify --splice to create a new branch from this revision",
            map.node(*head).revision()
        )));
    }
    if let Some(label) = &arguments.branch_label
        && let Some(taken) = map
            .iter()
            .find(|node| node.header().branch_labels.contains(label))
    {
        let message = format!(
            "Branch name '{label}' in revision {rev_id} already used by revision {}",
            taken.revision()
        );
        return Err(Error::message(ErrorKind::Graph, "label-taken", message));
    }
    let mut depends_on = Vec::new();
    for symbol in &arguments.depends_on {
        let target = Target::from(symbol.as_str());
        let found = map.get_revision(&target).map_err(graph_error)?;
        let node = found.map(|id| map.node(id));
        depends_on.push(match node {
            Some(node) if !node.branch_labels().contains(symbol) => node.revision().to_owned(),
            _ => symbol.clone(),
        });
    }
    let template_path = project.directory.join("script.py.mako");
    let real_template = absolute(&project.environment.cwd, &template_path);
    let text = std::fs::read_to_string(&real_template)
        .map_err(|error| io_error("read", &template_path, &error))?;
    let template = SourceFile::new(template_path.display().to_string(), text);
    let variables = ScriptVariables {
        up_revision: rev_id,
        down_revision: heads
            .iter()
            .map(|head| map.node(*head).revision().to_owned())
            .collect(),
        branch_labels: arguments.branch_label.iter().cloned().collect(),
        depends_on,
        message: arguments
            .message
            .clone()
            .unwrap_or_else(|| "empty message".to_owned()),
        create_date: now.text.clone(),
        imports: bodies.imports,
        bodies: bodies.bodies,
        template_args,
    };
    let text = render_script(world, &template, project.env_config(), variables)?;
    let real = absolute(&project.environment.cwd, &path);
    if let Some(parent) = real.parent()
        && !parent.exists()
    {
        let title = format!("Creating directory {}", parent.display());
        with_status(reporter, &title, |_| {
            std::fs::create_dir_all(parent)
                .map_err(|error| io_error("create the directory", parent, &error))
        })?;
    }
    with_status(reporter, &format!("Generating {}", real.display()), |_| {
        write_file(&real, text.as_bytes())
    })?;
    let hooks = project.config.borrow().post_write_hooks()?;
    crate::hooks::run_hooks(
        &project.environment,
        &project.directory,
        &real,
        &hooks,
        reporter,
    )?;
    Ok(real)
}

/// Twelve random hexadecimal digits, as Alembic takes them from a UUID.
fn random_id() -> Result<String> {
    let mut bytes = [0u8; 6];
    getrandom::fill(&mut bytes).map_err(|error| {
        Error::message(
            ErrorKind::Io,
            "random",
            format!("the system gives no random numbers: {error}"),
        )
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn version_folder(
    project: &Project,
    arguments: &NewRevision,
    heads: &[RevisionId],
) -> Result<PathBuf> {
    let locations = &project.version_locations;
    let folder = match (&arguments.version_path, locations.as_slice()) {
        (Some(path), _) => PathBuf::from(path),
        (None, [one]) => one.clone(),
        (None, _) => match heads.first() {
            Some(head) => project
                .script(*head)
                .path
                .parent()
                .unwrap_or(Path::new(""))
                .to_path_buf(),
            None => {
                return Err(command(
                    "Multiple version locations present, please specify --version-path",
                ));
            }
        },
    };
    let cwd = &project.environment.cwd;
    if locations
        .iter()
        .all(|known| absolute(cwd, known) != absolute(cwd, &folder))
    {
        let message = format!(
            "Path {} is not represented in current version locations",
            folder.display()
        );
        let mut diagnostic = Diagnostic::error("version-path", message);
        for known in locations {
            diagnostic = diagnostic.note(format!("a version location is {}", known.display()));
        }
        return Err(Error::new(ErrorKind::Command, diagnostic));
    }
    Ok(folder)
}

/// The time of creation, and how `Create Date` shows it.
struct Creation {
    zoned: jiff::Zoned,
    text: String,
}

fn creation_time(project: &Project) -> Result<Creation> {
    let now = &project.environment.now;
    let Some(setting) = project.config.borrow().timezone()? else {
        let text = format!("{}", now.datetime().strftime("%Y-%m-%dT%H:%M:%S%.6f"));
        return Ok(Creation {
            zoned: now.clone(),
            text,
        });
    };
    let name = setting.value.clone();
    let zone = jiff::tz::TimeZone::get(&name)
        .or_else(|_| jiff::tz::TimeZone::get(&name.to_uppercase()))
        .map_err(|_| {
            let message = format!("Can't locate timezone: {name}");
            let diagnostic = Diagnostic::error("timezone", message)
                .at_maybe(setting.origin.location().cloned(), "");
            Error::new(ErrorKind::Command, diagnostic)
        })?;
    let zoned = now.with_time_zone(zone);
    let seconds = zoned.offset().seconds();
    let (sign, size) = if seconds < 0 {
        ('-', -seconds)
    } else {
        ('+', seconds)
    };
    let offset = format!("{sign}{:02}:{:02}", size / 3600, size / 60 % 60);
    let text = format!(
        "{}{offset}",
        zoned.datetime().strftime("%Y-%m-%dT%H:%M:%S%.6f")
    );
    Ok(Creation { zoned, text })
}

fn file_path(
    project: &Project,
    folder: &Path,
    rev_id: &str,
    message: Option<&str>,
    now: &Creation,
) -> Result<PathBuf> {
    let config = project.config.borrow();
    let template = config.file_template()?;
    let slug = render_slug(message.unwrap_or_default(), config.truncate_slug_length()?);
    let zoned = &now.zoned;
    let tokens = FileTokens {
        rev: rev_id,
        slug: &slug,
        create_date: CivilDateTime {
            year: i32::from(zoned.year()),
            month: zoned.month().unsigned_abs(),
            day: zoned.day().unsigned_abs(),
            hour: zoned.hour().unsigned_abs(),
            minute: zoned.minute().unsigned_abs(),
            second: zoned.second().unsigned_abs(),
            epoch: zoned.timestamp().as_second(),
        },
    };
    let name = render_file_name(&template.value, &tokens).map_err(|error| {
        error.map_diagnostic(|diagnostic| {
            diagnostic.at_maybe(
                template.origin.location().cloned(),
                "`file_template` is here",
            )
        })
    })?;
    Ok(folder.join(name))
}

/// `edit`
///
/// # Errors
/// A revision that is not there, an editor that cannot be started.
pub fn edit(project: &Project, revision: &str, reporter: &mut dyn Reporter) -> Result<()> {
    let target = match revision {
        "current" => {
            let rows = super::list::current_rows(project, reporter)?;
            if rows.is_empty() {
                return Err(command("No current revisions"));
            }
            Target::many(rows)
        }
        symbol => Target::from(symbol),
    };
    let ids = super::list::revisions(project, &target)?;
    if ids.is_empty() {
        return Err(command(format!(
            "No revision files indicated by symbol '{revision}'"
        )));
    }
    for id in ids {
        crate::editor::open_in_editor(&project.environment, &project.script(id).path)?;
    }
    Ok(())
}
