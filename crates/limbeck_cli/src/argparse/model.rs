//! What argparse would know of a parser: its options, its positional, its name.

use clap::{Arg, ArgAction, Command};

/// The heading under which options stand that Alembic does not have. They are no part of a usage
/// line, and a prefix means one of them only if Alembic has no option that it could mean.
pub(crate) const OWN: &str = "Limbeck";

/// Commands that Alembic does not have.
pub(crate) const OWN_COMMANDS: [&str; 3] = ["completions", "doctor", "man"];

/// One parser: the top or a command's.
pub(super) struct Parser {
    /// What stands in front of its errors.
    pub(super) prog: String,
    /// Its options, in order.
    pub(super) options: Vec<Opt>,
    /// Its one positional.
    pub(super) positional: Kind,
    /// The commands of the top parser with their help.
    pub(super) subs: Vec<(String, String)>,
}

/// An option.
pub(super) struct Opt {
    /// clap's name for it.
    pub(super) id: String,
    /// `-m`, `--message`.
    pub(super) spellings: Vec<String>,
    /// The word that stands for its value.
    pub(super) metavar: String,
    /// Whether it takes a value.
    pub(super) takes_value: bool,
    /// Its help.
    pub(super) help: String,
    /// The only values it takes; empty means any.
    pub(super) choices: Vec<String>,
    /// Alembic does not have it.
    pub(super) own: bool,
    /// It may stand before or after the command.
    pub(super) global: bool,
}

/// A positional.
pub(super) enum Kind {
    /// There is none.
    None,
    /// One word.
    One { name: String, help: String },
    /// One or more words.
    Many { name: String, help: String },
    /// A command and all that follows.
    Commands,
}

impl Opt {
    /// The name in errors: `-m/--message`.
    pub(super) fn name(&self) -> String {
        self.spellings.join("/")
    }

    fn of(arg: &Arg) -> Opt {
        let spellings = arg
            .get_short()
            .map(|short| format!("-{short}"))
            .into_iter()
            .chain(arg.get_long().map(|long| format!("--{long}")))
            .collect();
        let metavar = arg
            .get_value_names()
            .and_then(|names| names.first().map(ToString::to_string))
            .unwrap_or_else(|| arg.get_id().as_str().to_uppercase());
        let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
        let choices = if takes_value {
            arg.get_possible_values()
                .iter()
                .map(|value| value.get_name().to_owned())
                .collect()
        } else {
            Vec::new()
        };
        Opt {
            id: arg.get_id().to_string(),
            spellings,
            metavar,
            takes_value,
            help: arg.get_help().map(ToString::to_string).unwrap_or_default(),
            choices,
            own: arg.get_help_heading() == Some(OWN),
            global: arg.is_global_set(),
        }
    }

    fn flag(id: &str, spellings: &[&str], help: &str) -> Opt {
        Opt {
            id: id.to_owned(),
            spellings: spellings.iter().map(ToString::to_string).collect(),
            metavar: String::new(),
            takes_value: false,
            help: help.to_owned(),
            choices: Vec::new(),
            own: false,
            global: false,
        }
    }
}

impl Parser {
    /// The parser of the options in front of the command.
    pub(super) fn top(command: &Command, prog: &str) -> Parser {
        let mut options = vec![
            Opt::flag("help", &["-h", "--help"], "show this help message and exit"),
            Opt::flag(
                "version",
                &["--version"],
                "show program's version number and exit",
            ),
        ];
        options.extend(command.get_arguments().map(Opt::of));
        let subs = command
            .get_subcommands()
            .map(|sub| {
                (
                    sub.get_name().to_owned(),
                    sub.get_about().map(ToString::to_string).unwrap_or_default(),
                )
            })
            .collect();
        Parser {
            prog: prog.to_owned(),
            options,
            positional: Kind::Commands,
            subs,
        }
    }

    /// The parser of what follows `command`.
    pub(super) fn sub(top: &Command, command: &Command, prog: &str) -> Parser {
        let mut options = vec![Opt::flag(
            "help",
            &["-h", "--help"],
            "show this help message and exit",
        )];
        options.extend(
            command
                .get_arguments()
                .filter(|arg| !arg.is_positional())
                .map(Opt::of),
        );
        options.extend(
            top.get_arguments()
                .filter(|arg| arg.is_global_set())
                .map(Opt::of),
        );
        let positional = command.get_positionals().next().map_or(Kind::None, |arg| {
            let name = arg.get_id().to_string();
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            match arg.get_action() {
                ArgAction::Append => Kind::Many { name, help },
                _ => Kind::One { name, help },
            }
        });
        Parser {
            prog: format!("{prog} {}", command.get_name()),
            options,
            positional,
            subs: Vec::new(),
        }
    }

    /// The option with exactly this spelling.
    pub(super) fn option(&self, spelled: &str) -> Option<&Opt> {
        self.options
            .iter()
            .find(|option| option.spellings.iter().any(|known| known == spelled))
    }

    /// The options that `prefix` could mean, with their spelling.
    pub(super) fn starting_with(&self, prefix: &str) -> Vec<(String, &Opt)> {
        let of = |own: bool| -> Vec<(String, &Opt)> {
            let options = self.options.iter().filter(|option| option.own == own);
            options
                .flat_map(|option| {
                    option
                        .spellings
                        .iter()
                        .map(move |spelled| (spelled.clone(), option))
                })
                .filter(|(spelled, _)| spelled.starts_with(prefix))
                .collect()
        };
        let found = of(false);
        if found.is_empty() { of(true) } else { found }
    }

    /// The commands that Alembic has.
    pub(super) fn commands(&self) -> Vec<String> {
        let names = self.subs.iter().map(|(name, _)| name);
        names
            .filter(|name| !OWN_COMMANDS.contains(&name.as_str()))
            .cloned()
            .collect()
    }

    /// The long spelling of every option.
    pub(super) fn long_options(&self) -> Vec<String> {
        let spelled = self
            .options
            .iter()
            .flat_map(|option| option.spellings.iter());
        spelled
            .filter(|spelled| spelled.starts_with("--"))
            .cloned()
            .collect()
    }
}
