//! What can be typed. Alembic's words and shapes, plus Limbeck's own options, which may stand before
//! or after the command.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::argparse::{self, OWN, Outcome};

/// Schema migrations for Alembic projects, without Python in the common case.
#[derive(Debug, Parser)]
#[command(
    name = "limbeck",
    version,
    args_override_self = true,
    subcommand_required = false,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    /// Alternate config file; defaults to value of ALEMBIC_CONFIG environment variable, or "alembic.ini". May also refer to pyproject.toml file. May be specified twice to reference both files separately
    #[arg(short = 'c', long = "config", value_name = "CONFIG")]
    pub(crate) config: Vec<PathBuf>,

    /// Name of section in .ini file to use for Alembic config (only applies to configparser config, not toml)
    #[arg(
        short = 'n',
        long = "name",
        default_value = "alembic",
        hide_default_value = true
    )]
    pub(crate) name: String,

    /// Additional arguments consumed by custom env.py scripts, e.g. -x setting1=somesetting -x setting2=somesetting
    #[arg(short = 'x', value_name = "X", allow_negative_numbers = true)]
    pub(crate) x: Vec<String>,

    /// Raise a full stack trace on error
    #[arg(long)]
    pub(crate) raiseerr: bool,

    /// Do not log to std output.
    #[arg(short, long, help = "Do not log to std output.")]
    pub(crate) quiet: bool,

    /// Limbeck's own options.
    #[command(flatten)]
    pub(crate) own: Own,

    /// The command.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Reads the words after the program's name `prog`, by argparse's rules.
///
/// # Errors
/// What to do instead of running a command: print a text and end well, or refuse.
pub(crate) fn parse(prog: &str, words: &[String], columns: usize) -> Result<Cli, Outcome> {
    match argparse::read(&Cli::command(), prog, words, columns) {
        Outcome::Run(words) => Cli::try_parse_from(words).map_err(|error| {
            // Only values of Limbeck's own options get this far.
            let text = error.to_string();
            let what = text
                .lines()
                .next()
                .unwrap_or_default()
                .trim_start_matches("error: ");
            Outcome::Refuse(format!("{prog}: error: {what}\n"))
        }),
        other => Err(other),
    }
}

/// Options that Alembic does not have.
#[derive(Debug, Args)]
#[command(next_help_heading = OWN)]
pub(crate) struct Own {
    /// Database URL, in SQLAlchemy's form; wins over every other source
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) url: Option<String>,

    /// Never start Python: a revision that cannot be read is an error
    #[arg(long, global = true)]
    pub(crate) no_python: bool,

    /// Seconds to wait for another migration run to finish; 0 fails at once
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 600.0)]
    pub(crate) lock_timeout: f64,

    /// Whose SQL to write where Alembic's loses something
    #[arg(long, global = true, value_enum, default_value_t = Compat::Limbeck)]
    pub(crate) compat: Compat,

    /// Form of the answer of commands that read
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// Whose side to take where Alembic loses something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Compat {
    /// What the migration says.
    Limbeck,
    /// What Alembic writes.
    Alembic,
}

/// Form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Alembic's text.
    Text,
    /// One JSON document.
    Json,
}

/// The commands, in alphabetical order as Alembic lists them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show current branch points
    Branches {
        /// Use more verbose output
        #[arg(short, long)]
        verbose: bool,
    },
    /// Check if revision command with autogenerate has pending upgrade ops
    Check,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: String,
    },
    /// Display the current revision for a database
    Current {
        /// Check if all head revisions are applied to the database. Exit with an error code if this is not the case.
        #[arg(
            short = 'c',
            long,
            help = "Check if all head revisions are applied to the database. Exit with an error code if this is not the case."
        )]
        check_heads: bool,
        /// Use more verbose output
        #[arg(short, long)]
        verbose: bool,
    },
    /// Say what of this project is read natively, what is not and why, and which settings are in force
    Doctor {
        /// List every revision with what it takes to read it
        #[arg(long, help_heading = OWN)]
        scripts: bool,
    },
    /// Revert to a previous version
    Downgrade(Migrate),
    /// Edit revision script(s) using $EDITOR
    Edit {
        /// The revision
        #[arg(id = "rev", help = "", allow_negative_numbers = true)]
        revision: String,
    },
    /// Create the alembic version table if it doesn't exist already
    #[command(about = "Create the alembic version table if it doesn't exist already ")]
    #[command(name = "ensure_version")]
    EnsureVersion {
        /// Don't emit SQL to database - dump to standard output/file instead. See docs on offline mode.
        #[arg(
            long,
            help = "Don't emit SQL to database - dump to standard output/file instead. See docs on offline mode."
        )]
        sql: bool,
    },
    /// Show current available heads in the script directory
    Heads {
        /// Use more verbose output
        #[arg(short, long)]
        verbose: bool,
        /// Treat dependency versions as down revisions
        #[arg(long)]
        resolve_dependencies: bool,
    },
    /// List changeset scripts in chronological order
    History {
        #[arg(
            short,
            long,
            value_name = "REV_RANGE",
            help = "Specify a revision range; format is [start]:[end]"
        )]
        rev_range: Option<String>,
        /// Use more verbose output
        #[arg(short, long)]
        verbose: bool,
        /// Indicate the current revision
        #[arg(short, long)]
        indicate_current: bool,
        /// Draw the graph with lanes
        #[arg(long, help_heading = OWN)]
        graph: bool,
    },
    /// Initialize a new scripts directory
    Init {
        /// location of scripts directory
        directory: String,
        /// Setup template for use with 'init'
        #[arg(short, long, default_value = "generic")]
        template: String,
        /// Write empty __init__.py files to the environment and version locations
        #[arg(long)]
        package: bool,
    },
    /// List available templates
    #[command(name = "list_templates")]
    ListTemplates,
    /// Write the manual pages into a directory
    Man {
        /// The directory; it must exist
        directory: PathBuf,
    },
    /// Merge two revisions together. Creates a new migration file
    Merge {
        /// one or more revisions, or 'heads' for all heads
        #[arg(required = true, allow_negative_numbers = true)]
        revisions: Vec<String>,
        /// Message string to use with 'revision'
        #[arg(short, long, allow_negative_numbers = true)]
        message: Option<String>,
        /// Specify a branch label to apply to the new revision
        #[arg(long)]
        branch_label: Option<String>,
        /// Specify a hardcoded revision id instead of generating one
        #[arg(long, allow_negative_numbers = true)]
        rev_id: Option<String>,
        /// Allow a non-head revision as the 'head' to splice onto
        #[arg(long)]
        splice: bool,
    },
    /// Create a new revision file
    Revision(Box<NewRevision>),
    /// Show the revision(s) denoted by the given symbol
    Show {
        /// The revision
        #[arg(id = "rev", help = "", allow_negative_numbers = true)]
        revision: String,
    },
    /// 'stamp' the revision table with the given revision; don't run any migrations
    Stamp {
        /// one or more revisions, or 'heads' for all heads
        #[arg(required = true, allow_negative_numbers = true)]
        revisions: Vec<String>,
        /// Don't emit SQL to database - dump to standard output/file instead. See docs on offline mode.
        #[arg(
            long,
            help = "Don't emit SQL to database - dump to standard output/file instead. See docs on offline mode."
        )]
        sql: bool,
        /// Arbitrary 'tag' name - can be used by custom env.py scripts.
        #[arg(
            long,
            help = "Arbitrary 'tag' name - can be used by custom env.py scripts."
        )]
        tag: Option<String>,
        /// Unconditionally erase the version table before stamping
        #[arg(long)]
        purge: bool,
    },
    /// Upgrade to a later version
    Upgrade(Migrate),
}

/// Arguments of `upgrade` and `downgrade`.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// revision identifier
    #[arg(allow_negative_numbers = true)]
    pub(crate) revision: String,
    /// Don't emit SQL to database - dump to standard output/file instead. See docs on offline mode.
    #[arg(
        long,
        help = "Don't emit SQL to database - dump to standard output/file instead. See docs on offline mode."
    )]
    pub(crate) sql: bool,
    /// Arbitrary 'tag' name - can be used by custom env.py scripts.
    #[arg(
        long,
        help = "Arbitrary 'tag' name - can be used by custom env.py scripts."
    )]
    pub(crate) tag: Option<String>,
}

/// Arguments of `revision`.
#[derive(Debug, Args)]
pub(crate) struct NewRevision {
    /// Message string to use with 'revision'
    #[arg(short, long, allow_negative_numbers = true)]
    pub(crate) message: Option<String>,
    /// Populate revision script with candidate migration operations, based on comparison of database to model.
    #[arg(
        long,
        help = "Populate revision script with candidate migration operations, based on comparison of database to model."
    )]
    pub(crate) autogenerate: bool,
    /// Don't emit SQL to database - dump to standard output/file instead. See docs on offline mode.
    #[arg(
        long,
        help = "Don't emit SQL to database - dump to standard output/file instead. See docs on offline mode."
    )]
    pub(crate) sql: bool,
    #[arg(
        help = "Specify head revision or <branchname>@head to base new revision on.",
        long,
        default_value = "head",
        hide_default_value = true,
        allow_negative_numbers = true,
        help = "Specify head revision or <branchname>@head to base new revision on."
    )]
    pub(crate) head: String,
    /// Allow a non-head revision as the 'head' to splice onto
    #[arg(long)]
    pub(crate) splice: bool,
    /// Specify a branch label to apply to the new revision
    #[arg(long)]
    pub(crate) branch_label: Option<String>,
    /// Specify specific path from config for version file
    #[arg(long)]
    pub(crate) version_path: Option<String>,
    /// Specify a hardcoded revision id instead of generating one
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) rev_id: Option<String>,
    /// Specify one or more revision identifiers which this revision should depend on.
    #[arg(
        long,
        allow_negative_numbers = true,
        help = "Specify one or more revision identifiers which this revision should depend on."
    )]
    pub(crate) depends_on: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[&str]) -> Result<Cli, Outcome> {
        let words: Vec<String> = line.iter().map(ToString::to_string).collect();
        parse("limbeck", &words, 80)
    }

    fn accepted(line: &[&str]) -> Cli {
        read(line).unwrap_or_else(|outcome| panic!("{line:?}: {outcome:?}"))
    }

    #[test]
    fn definitions_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn argparse_shapes_are_accepted() {
        let cli = accepted(&[
            "--n",
            "other",
            "-c",
            "a.ini",
            "-c",
            "pyproject.toml",
            "-xa=b",
            "-qx",
            "=1",
            "heads",
        ]);
        assert_eq!(cli.name, "other");
        assert_eq!(cli.config.len(), 2);
        assert_eq!(cli.x, ["a=b", "=1"]);
        assert!(cli.quiet);
        let cli = accepted(&["downgrade", "-1"]);
        assert!(
            matches!(cli.command, Some(Command::Downgrade(Migrate { revision, .. })) if revision == "-1")
        );
        let cli = accepted(&["upgrade", "--s", "--", "head"]);
        assert!(matches!(
            cli.command,
            Some(Command::Upgrade(Migrate { sql: true, .. }))
        ));
        for range in [&["history", "-r=-2:"], &["history", "-r-2:"]] {
            let cli = accepted(range);
            assert!(
                matches!(cli.command, Some(Command::History { rev_range: Some(range), .. }) if range == "-2:")
            );
        }
        let cli = accepted(&["history", "-vir", "a:b", "--no-python"]);
        assert!(cli.own.no_python);
        assert!(matches!(
            cli.command,
            Some(Command::History {
                verbose: true,
                indicate_current: true,
                ..
            })
        ));
        let words = [
            "revision",
            "-mTEXT",
            "--auto",
            "--head",
            "a",
            "--head=b",
            "--depends-on",
            "c",
            "--dep=d",
        ];
        let Some(Command::Revision(revision)) = accepted(&words).command else {
            panic!()
        };
        assert_eq!(revision.message.as_deref(), Some("TEXT"));
        assert!(revision.autogenerate);
        assert_eq!(revision.head, "b");
        assert_eq!(revision.depends_on, ["c", "d"]);
    }

    #[test]
    fn argparse_refusals_are_refusals() {
        for words in [
            &["history", "-r", "-2:"][..],
            &["nosuch"],
            &["upgrade"],
            &["heads", "extra"],
            &["heads", "-c", "x.ini", "y"],
            &["merge"],
            &["revision", "--ver"],
            &["--format", "xml", "heads"],
            &["--lock-timeout", "soon", "heads"],
            &[],
        ] {
            assert!(matches!(read(words), Err(Outcome::Refuse(_))), "{words:?}");
        }
    }

    #[test]
    fn a_slip_of_the_finger_is_named() {
        for (words, meant) in [
            (&["upgarde", "head"][..], "did you mean 'upgrade'?"),
            (&["heads", "--verbos-e"], "did you mean '--verbose'?"),
            (
                &["--lock-timout", "3", "heads"],
                "did you mean '--lock-timeout'?",
            ),
        ] {
            let Err(Outcome::Refuse(text)) = read(words) else {
                panic!("{words:?} is accepted")
            };
            assert!(text.contains(meant), "{text}");
        }
    }
}
