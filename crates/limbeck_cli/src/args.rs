//! What can be typed. Alembic's words and shapes, plus Limbeck's own options, which may stand before
//! or after the command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Schema migrations for Alembic projects, without Python in the common case.
#[derive(Debug, Parser)]
#[command(
    name = "limbeck",
    version,
    infer_long_args = true,
    args_override_self = true,
    subcommand_required = false,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    /// Config file; may be given twice, once for an ini file and once for pyproject.toml. Defaults
    /// to ALEMBIC_CONFIG, or else both of "alembic.ini" and "pyproject.toml"
    #[arg(short = 'c', long = "config", value_name = "CONFIG")]
    pub(crate) config: Vec<PathBuf>,

    /// Section of the ini file to read the configuration from
    #[arg(
        short = 'n',
        long = "name",
        alias = "n",
        default_value = "alembic",
        hide_default_value = true
    )]
    pub(crate) name: String,

    /// Argument for env.py scripts, such as -x setting=value; repeatable
    #[arg(short = 'x', value_name = "X", allow_negative_numbers = true)]
    pub(crate) x: Vec<String>,

    /// On an error exit 1 instead of 255 and say everything that is known about it
    #[arg(long)]
    pub(crate) raiseerr: bool,

    /// Do not write status lines to standard output
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Limbeck's own options.
    #[command(flatten)]
    pub(crate) own: Own,

    /// The command.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Options that Alembic does not have.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limbeck")]
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

    /// Form of the answer of commands that read
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
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
#[command(rename_all = "snake_case")]
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
        /// Exit with an error code if not all head revisions are applied
        #[arg(short = 'c', long)]
        check_heads: bool,
        /// Use more verbose output
        #[arg(short, long)]
        verbose: bool,
    },
    /// Say what of this project is read natively, what is not and why, and which settings are in force
    Doctor {
        /// List every revision with what it takes to read it
        #[arg(long)]
        scripts: bool,
    },
    /// Revert to a previous version
    Downgrade(Migrate),
    /// Edit revision script(s) using $EDITOR
    Edit {
        /// revision identifier
        #[arg(allow_negative_numbers = true)]
        revision: String,
    },
    /// Create the alembic version table if it doesn't exist already
    EnsureVersion {
        /// Write the SQL to standard output instead of running it
        #[arg(long)]
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
        /// Revision range; format is [start]:[end]
        #[arg(short, long, value_name = "REV_RANGE")]
        rev_range: Option<String>,
        /// Use more verbose output
        #[arg(short, long)]
        verbose: bool,
        /// Indicate the current revision
        #[arg(short, long)]
        indicate_current: bool,
        /// Draw the graph with lanes
        #[arg(long)]
        graph: bool,
    },
    /// Initialize a new scripts directory
    Init {
        /// location of scripts directory
        directory: String,
        /// Setup template
        #[arg(short, long, default_value = "generic")]
        template: String,
        /// Write empty __init__.py files to the environment and version locations
        #[arg(long)]
        package: bool,
    },
    /// List available templates
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
        /// Message string
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
        /// revision identifier
        #[arg(allow_negative_numbers = true)]
        revision: String,
    },
    /// 'stamp' the revision table with the given revision; don't run any migrations
    Stamp {
        /// one or more revisions, or 'heads' for all heads
        #[arg(required = true, allow_negative_numbers = true)]
        revisions: Vec<String>,
        /// Write the SQL to standard output instead of running it
        #[arg(long)]
        sql: bool,
        /// Arbitrary 'tag' name, for env.py scripts
        #[arg(long)]
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
    /// Write the SQL to standard output instead of running it
    #[arg(long)]
    pub(crate) sql: bool,
    /// Arbitrary 'tag' name, for env.py scripts
    #[arg(long)]
    pub(crate) tag: Option<String>,
}

/// Arguments of `revision`.
#[derive(Debug, Args)]
pub(crate) struct NewRevision {
    /// Message string
    #[arg(short, long, allow_negative_numbers = true)]
    pub(crate) message: Option<String>,
    /// Populate the script from a comparison of the database with the models
    #[arg(long)]
    pub(crate) autogenerate: bool,
    /// Write the SQL to standard output instead of running it
    #[arg(long)]
    pub(crate) sql: bool,
    /// Head revision or <branchname>@head to base the new revision on
    #[arg(
        long,
        default_value = "head",
        hide_default_value = true,
        allow_negative_numbers = true
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
    /// Revision identifier which this revision should depend on; repeatable
    #[arg(long, allow_negative_numbers = true)]
    pub(crate) depends_on: Vec<String>,
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    fn parse(words: &[&str]) -> Cli {
        Cli::try_parse_from([&["limbeck"], words].concat()).expect("accepted")
    }

    #[test]
    fn definitions_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn argparse_shapes_are_accepted() {
        let cli = parse(&[
            "--n",
            "other",
            "-c",
            "a.ini",
            "-c",
            "pyproject.toml",
            "-xa=b",
            "heads",
        ]);
        assert_eq!(cli.name, "other");
        assert_eq!(cli.config.len(), 2);
        assert_eq!(cli.x, ["a=b"]);
        let cli = parse(&["downgrade", "-1"]);
        assert!(
            matches!(cli.command, Some(Command::Downgrade(Migrate { revision, .. })) if revision == "-1")
        );
        let cli = parse(&["upgrade", "--s", "--", "head"]);
        assert!(matches!(
            cli.command,
            Some(Command::Upgrade(Migrate { sql: true, .. }))
        ));
        for range in [&["history", "-r=-2:"], &["history", "-r-2:"]] {
            let cli = parse(range);
            assert!(
                matches!(cli.command, Some(Command::History { rev_range: Some(range), .. }) if range == "-2:")
            );
        }
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
        let Some(Command::Revision(revision)) = parse(&words).command else {
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
        ] {
            let words = [&["limbeck"], words].concat();
            let error = Cli::try_parse_from(&words).expect_err("refused");
            assert_eq!(error.exit_code(), 2, "{words:?}");
        }
    }
}
