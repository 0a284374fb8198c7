//! From arguments to a command of the library.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use clap::CommandFactory;
use limbeck::commands::{compare, doctor, init, list, migrate, revise};
use limbeck::{Environment, Error, ErrorKind, Options, Project, Result};

use crate::args::{Cli, Command, Compat, Format};
use crate::console::Console;
use limbeck_diag::render_text;

/// Runs what was asked for.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let mut console = Console::new(cli.quiet);
    let raise = cli.raiseerr;
    match dispatch(cli, &mut console) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => ExitCode::from(console.fail(&error, raise)),
    }
}

fn environment() -> Result<Environment> {
    let cwd = std::env::current_dir().map_err(|error| {
        Error::message(
            ErrorKind::Io,
            "cwd",
            format!("the current folder cannot be read: {error}"),
        )
    })?;
    let vars: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    Ok(Environment::at_this_moment(vars, cwd))
}

fn dispatch(cli: Cli, console: &mut Console) -> Result<()> {
    let environment = environment()?;
    let options = Options {
        config: cli.config,
        section: cli.name,
        x: cli.x,
        url: cli.own.url,
        allow_python: !cli.own.no_python,
        lock_timeout: Duration::try_from_secs_f64(cli.own.lock_timeout).unwrap_or(Duration::ZERO),
        compat: match cli.own.compat {
            Compat::Limbeck => limbeck::Compat::Limbeck,
            Compat::Alembic => limbeck::Compat::Alembic,
        },
    };
    let load = || Project::load(&environment, &options);
    let Some(command) = cli.command else {
        let help = Cli::command().render_help();
        crate::console::out(&help.to_string());
        return Ok(());
    };
    if cli.own.format == Format::Json && !matches!(command, Command::Doctor { .. }) {
        let message = "of all commands, only `doctor` answers in JSON";
        return Err(Error::message(ErrorKind::Command, "no-json", message));
    }
    match command {
        Command::Branches { verbose } => list::branches(&load()?, verbose, console),
        Command::Current {
            check_heads,
            verbose,
        } => list::current(&load()?, check_heads, verbose, console),
        Command::Heads {
            verbose,
            resolve_dependencies,
        } => list::heads(&load()?, verbose, resolve_dependencies, console),
        Command::History {
            rev_range,
            verbose,
            indicate_current,
            graph,
        } => list::history(
            &load()?,
            &list::History {
                rev_range,
                verbose,
                indicate_current,
                graph,
            },
            console,
        ),
        Command::Show { revision } => list::show(&load()?, &revision, console),
        Command::Edit { revision } => revise::edit(&load()?, &revision, console),
        Command::EnsureVersion { sql } => migrate::ensure_version(&load()?, sql, console),
        Command::Init {
            directory,
            template,
            package,
        } => {
            let (ini, toml) = limbeck::config_names(&environment, &options)?;
            let init = init::Init {
                directory: directory.into(),
                template,
                package,
                ini,
                toml,
            };
            init::init(&environment, &init, console)
        }
        Command::ListTemplates => {
            init::list_templates(console);
            Ok(())
        }
        Command::Upgrade(arguments) => {
            let arguments = migrate::Migrate {
                revision: arguments.revision,
                sql: arguments.sql,
                tag: arguments.tag,
            };
            migrate::upgrade(&load()?, &arguments, console)
        }
        Command::Downgrade(arguments) => {
            let arguments = migrate::Migrate {
                revision: arguments.revision,
                sql: arguments.sql,
                tag: arguments.tag,
            };
            migrate::downgrade(&load()?, &arguments, console)
        }
        Command::Stamp {
            revisions,
            sql,
            tag,
            purge,
        } => migrate::stamp(
            &load()?,
            &migrate::Stamp {
                revisions,
                sql,
                tag,
                purge,
            },
            console,
        ),
        Command::Merge {
            revisions,
            message,
            branch_label,
            rev_id,
            splice,
        } => {
            let arguments = revise::NewRevision {
                message,
                heads: revisions,
                splice,
                branch_label,
                rev_id,
                ..revise::NewRevision::default()
            };
            revise::merge(&load()?, &arguments, console).map(drop)
        }
        Command::Revision(arguments) => {
            let autogenerate = arguments.autogenerate;
            let arguments = revise::NewRevision {
                message: arguments.message,
                sql: arguments.sql,
                heads: vec![arguments.head],
                splice: arguments.splice,
                branch_label: arguments.branch_label,
                version_path: arguments.version_path,
                rev_id: arguments.rev_id,
                depends_on: arguments.depends_on,
            };
            if autogenerate {
                return compare::autogenerate_revision(&load()?, &arguments, console).map(drop);
            }
            revise::revision(&load()?, &arguments, console).map(drop)
        }
        Command::Check => compare::check(&load()?, console),
        Command::Doctor { scripts } => {
            let project = load()?;
            let reports = doctor::doctor(&project, console)?;
            let sqlalchemy = project.packages().version("sqlalchemy");
            show_reports(&reports, sqlalchemy, scripts, cli.own.format);
            Ok(())
        }
        Command::Completions { shell } => {
            let script = crate::completions::render_completions(&shell)
                .map_err(|message| Error::message(ErrorKind::Command, "unknown-shell", message))?;
            crate::console::out(&String::from_utf8_lossy(&script));
            Ok(())
        }
        Command::Man { directory } => crate::completions::write_manual(&directory)
            .map(drop)
            .map_err(|error| {
                let message = format!("cannot write to {}: {error}", directory.display());
                Error::message(ErrorKind::Io, "manual", message)
            }),
    }
}

/// The answer of `doctor`: whose SQL is written, how many scripts are read natively, and what stands in the way of the
/// others.
fn show_reports(
    reports: &[doctor::ScriptReport],
    sqlalchemy: Option<&str>,
    all: bool,
    format: Format,
) {
    if format == Format::Json {
        let scripts: Vec<serde_json::Value> = reports
            .iter()
            .map(|report| {
                let obstacle = report.obstacle.as_ref();
                serde_json::json!({
                    "revision": report.revision,
                    "path": report.path,
                    "native": obstacle.is_none(),
                    "reason": obstacle.map(|it| it.message.as_str()),
                })
            })
            .collect();
        let answer = serde_json::json!({ "sqlalchemy": sqlalchemy, "scripts": scripts });
        crate::console::out(&format!("{answer}\n"));
        return;
    }
    let native = reports.iter().filter(|it| it.obstacle.is_none()).count();
    for report in reports {
        match &report.obstacle {
            Some(reason) => {
                let text = format!("{} is not read natively:\n", report.revision);
                crate::console::out(&format!("{text}{}\n", render_text(reason, false)));
            }
            None if all => crate::console::out(&format!("{} is read natively\n", report.revision)),
            None => {}
        }
    }
    crate::console::out(&match sqlalchemy {
        Some(version) => format!("the project's environment has SQLAlchemy {version}\n"),
        None => "no SQLAlchemy is found in the project's environment; the SQL of 2.1 is written\n"
            .to_owned(),
    });
    let total = reports.len();
    crate::console::out(&format!(
        "{native} of {total} revisions are read natively\n"
    ));
}
