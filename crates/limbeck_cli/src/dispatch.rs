//! From arguments to a command of the library.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use clap::CommandFactory;
use limbeck::commands::{compare, doctor, init, list, migrate, revise};
use limbeck::{Environment, Error, ErrorKind, Options, Project, Result};

use crate::args::{Cli, Command, Compat, Format};
use crate::console::Console;
use crate::json;

/// Runs what was asked for.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let mut console = Console::new(cli.quiet, cli.own.format);
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
    // The process ends with the command: it need not take the project apart.
    let load = || -> Result<&'static Project> {
        Ok(Box::leak(Box::new(Project::load(&environment, &options)?)))
    };
    let Some(command) = cli.command else {
        let help = Cli::command().render_help();
        crate::console::out(&help.to_string());
        return Ok(());
    };
    if cli.own.format == Format::Json {
        return answer_in_json(&command, &load, console);
    }
    match command {
        Command::Branches { verbose } => list::branches(load()?, verbose, console),
        Command::Current {
            check_heads,
            verbose,
        } => list::current(load()?, check_heads, verbose, console),
        Command::Heads {
            verbose,
            resolve_dependencies,
        } => list::heads(load()?, verbose, resolve_dependencies, console),
        Command::History {
            rev_range,
            verbose,
            indicate_current,
            graph,
        } => list::history(
            load()?,
            &list::History {
                rev_range,
                verbose,
                indicate_current,
                graph,
            },
            console,
        ),
        Command::Show { revision } => list::show(load()?, &revision, console),
        Command::Edit { revision } => revise::edit(load()?, &revision, console),
        Command::EnsureVersion { sql } => migrate::ensure_version(load()?, sql, console),
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
            migrate::upgrade(load()?, &arguments, console)
        }
        Command::Downgrade(arguments) => {
            let arguments = migrate::Migrate {
                revision: arguments.revision,
                sql: arguments.sql,
                tag: arguments.tag,
            };
            migrate::downgrade(load()?, &arguments, console)
        }
        Command::Stamp {
            revisions,
            sql,
            tag,
            purge,
        } => migrate::stamp(
            load()?,
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
            revise::merge(load()?, &arguments, console).map(drop)
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
                return compare::autogenerate_revision(load()?, &arguments, console).map(drop);
            }
            revise::revision(load()?, &arguments, console).map(drop)
        }
        Command::Check => compare::check(load()?, console),
        Command::Doctor { scripts } => {
            let report = doctor::doctor(load()?, console)?;
            crate::console::out(&crate::doctor::render_report(&report, scripts));
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

/// The commands that read, with one JSON document for an answer.
fn answer_in_json(
    command: &Command,
    load: &dyn Fn() -> Result<&'static Project>,
    console: &mut Console,
) -> Result<()> {
    let show = |document: serde_json::Value| crate::console::out(&json::render(&document));
    match command {
        Command::Branches { .. } => show(json::revisions(&list::branch_entries(load()?)?)),
        Command::Current { check_heads, .. } => {
            let states = list::current_states(load()?, console)?;
            show(json::databases(&states));
            if *check_heads && !states.iter().all(|state| state.is_at_heads) {
                console.has_answered();
                return Err(list::not_at_heads());
            }
        }
        Command::Heads {
            resolve_dependencies,
            ..
        } => show(json::revisions(&list::head_entries(
            load()?,
            *resolve_dependencies,
        ))),
        Command::History {
            rev_range,
            indicate_current,
            ..
        } => {
            let history = list::History {
                rev_range: rev_range.clone(),
                indicate_current: *indicate_current,
                ..list::History::default()
            };
            show(json::revisions(&list::history_entries(
                load()?,
                &history,
                console,
            )?));
        }
        Command::Show { revision } => {
            show(json::revisions(&list::show_entries(
                load()?,
                revision,
                console,
            )?));
        }
        Command::Check => {
            let drifts = compare::drifts(load()?, console)?;
            show(json::drifts(&drifts));
            console.has_answered();
            return compare::refuse_drifts(&drifts);
        }
        Command::ListTemplates => show(json::template_list()),
        Command::Doctor { .. } => show(json::doctor(&doctor::doctor(load()?, console)?)),
        Command::Completions { .. }
        | Command::Downgrade(_)
        | Command::Edit { .. }
        | Command::EnsureVersion { .. }
        | Command::Init { .. }
        | Command::Man { .. }
        | Command::Merge { .. }
        | Command::Revision(_)
        | Command::Stamp { .. }
        | Command::Upgrade(_) => {
            let message = "this command does not answer in JSON: only commands that read do";
            return Err(Error::message(ErrorKind::Command, "no-json", message));
        }
    }
    Ok(())
}
