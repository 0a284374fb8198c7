//! What surrounds an evaluation: sources, declared inputs, limits, and effects.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use limbeck_diag::{Diagnostic, Error, ErrorKind, Location};
use limbeck_schema::{Execute, Literal, Schema, SourcedOp};

/// Where source text comes from. Paths are as found on the module search path.
pub trait Sources {
    /// The text of a file, or none when it does not exist or is not UTF-8.
    fn read(&self, path: &Path) -> Option<String>;
    /// True for an existing file.
    fn is_file(&self, path: &Path) -> bool;
    /// True for an existing directory.
    fn is_dir(&self, path: &Path) -> bool;
    /// Names in a directory, sorted.
    fn list(&self, path: &Path) -> Vec<String>;
    /// The variables of a `.env` file, in order; none for a name without a value. `known` are the variables of
    /// the environment, which the file may refer to. Nothing when there is no such file.
    fn dotenv(
        &self,
        _path: &Path,
        _known: &dyn Fn(&str) -> Option<String>,
    ) -> Vec<(String, Option<String>)> {
        Vec::new()
    }
}

/// A source tree without any file.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSources;

impl Sources for NoSources {
    fn read(&self, _path: &Path) -> Option<String> {
        None
    }

    fn is_file(&self, _path: &Path) -> bool {
        false
    }

    fn is_dir(&self, _path: &Path) -> bool {
        false
    }

    fn list(&self, _path: &Path) -> Vec<String> {
        Vec::new()
    }
}

/// Files held in memory, for tests.
#[derive(Debug, Clone, Default)]
pub struct MemorySources {
    /// Paths and their texts.
    pub files: BTreeMap<PathBuf, String>,
}

impl Sources for MemorySources {
    fn read(&self, path: &Path) -> Option<String> {
        self.files.get(path).cloned()
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.contains_key(path)
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.files
            .keys()
            .any(|file| file != path && file.starts_with(path))
    }

    fn list(&self, path: &Path) -> Vec<String> {
        let mut names: Vec<String> = self
            .files
            .keys()
            .filter_map(|file| file.strip_prefix(path).ok()?.components().next())
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        names.dedup();
        names
    }
}

/// Everything besides source text that the result of an evaluation may depend on.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// Environment variables.
    pub env: BTreeMap<String, String>,
    /// Current directory, absolute.
    pub cwd: PathBuf,
    /// Current time in microseconds since 1970-01-01 UTC.
    pub now: i64,
    /// Offset of local time from UTC, in seconds.
    pub utc_offset: i32,
    /// `sys.argv`.
    pub argv: Vec<String>,
    /// `sys.version_info`: major, minor, micro.
    pub python_version: (u8, u8, u8),
    /// `sys.platform`.
    pub platform: String,
    /// Module search path, in order.
    pub sys_path: Vec<PathBuf>,
    /// Folders of installed packages, which come after it.
    pub installed: Vec<PathBuf>,
    /// True when clocks and random numbers may be used; reading them marks the evaluation as
    /// non-deterministic. Otherwise their results are unknown.
    pub allow_nondeterminism: bool,
    /// Versions of installed distributions, such as `sqlalchemy` and `sqlmodel`, as far as they are known.
    pub packages: BTreeMap<String, String>,
}

impl Default for Inputs {
    fn default() -> Inputs {
        Inputs {
            env: BTreeMap::new(),
            cwd: PathBuf::from("/"),
            now: 0,
            utc_offset: 0,
            argv: vec!["alembic".to_owned()],
            python_version: (3, 11, 0),
            platform: "linux".to_owned(),
            sys_path: Vec::new(),
            installed: Vec::new(),
            allow_nondeterminism: false,
            packages: BTreeMap::new(),
        }
    }
}

/// Bounds of an evaluation. Reaching one is an error at the place that reached it.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Statements and expressions evaluated in one run.
    pub steps: u64,
    /// Nested Python calls; lowered on a thread whose stack is not known to be deep.
    pub depth: usize,
    /// Length of one string, bytes object, list, ... (and bits of an integer).
    pub size: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            steps: 20_000_000,
            depth: 900,
            size: 64 << 20,
        }
    }
}

/// Level of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// `logging.debug`.
    Debug,
    /// `logging.info`.
    Info,
    /// `logging.warning`, `warnings.warn`.
    Warning,
    /// `logging.error`.
    Error,
    /// `logging.critical`.
    Critical,
}

/// Where log text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogSource {
    /// `print`, to standard output; the text has its line end.
    Stdout,
    /// `print(file=sys.stderr)`.
    Stderr,
    /// A logger, by name.
    Logger(String),
    /// `warnings.warn`; the category.
    Warning(String),
}

/// Effects of an evaluation.
pub trait Host {
    /// Text that the program prints or logs.
    fn log(&mut self, level: LogLevel, source: LogSource, text: &str);

    /// Name of the dialect, such as `postgresql`.
    fn dialect_name(&self) -> &str;

    /// SQLAlchemy's name of the driver, such as `psycopg2`; empty where it is not known.
    fn driver_name(&self) -> &str {
        ""
    }

    /// The server's version: its numbers from the left; nothing where no server has been asked.
    fn server_version(&self) -> Option<[u32; 3]> {
        None
    }

    /// A name as the dialect writes it, quoted where it needs that; nothing where no dialect is at hand.
    fn quote(&self, _name: &str) -> Option<String> {
        None
    }

    /// True in `--sql` mode.
    fn is_offline(&self) -> bool;

    /// Takes an operation of the migration that runs. A host that talks to a database runs it at once, so
    /// that later queries see what it did.
    ///
    /// # Errors
    /// Where no migration runs, or where the database refuses it.
    fn emit(&mut self, op: SourcedOp) -> Result<(), Error> {
        Err(Error::new(
            ErrorKind::Unreadable,
            Diagnostic::error(
                "unreadable",
                "an operation is called where no migration runs",
            )
            .at_maybe(op.origin, ""),
        ))
    }

    /// Runs a statement at once; none where there is no database to ask.
    ///
    /// # Errors
    /// Where the database refuses it.
    fn query(
        &mut self,
        _statement: Execute,
        _origin: Option<Location>,
    ) -> Result<Option<Rows>, Error> {
        Ok(None)
    }

    /// What the database holds; none where there is no database to ask.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn inspect(&mut self, _look: &Look<'_>) -> Result<Option<Found>, Error> {
        Ok(None)
    }

    /// True when [`Host::query`] and [`Host::inspect`] have a database to ask.
    fn is_live(&self) -> bool {
        false
    }

    /// Tries an operation after whose failure the program may go on, and which is then emitted.
    ///
    /// # Errors
    /// Where it cannot be written down.
    fn check(&mut self, _op: &SourcedOp) -> Result<(), Error> {
        Ok(())
    }

    /// True when [`Host::emit`] only takes an operation down, so that a failure of it shows later, when the
    /// program can no longer catch it.
    fn defers(&self) -> bool {
        false
    }

    /// What the server said about the statement that has just failed, as Python's driver tells it; none where
    /// the failure was none of the server's.
    fn take_refusal(&mut self) -> Option<Refusal> {
        None
    }

    /// Begins, ends or undoes a part of the transaction.
    ///
    /// # Errors
    /// Where the database refuses it, or there is none.
    fn transact(&mut self, _step: Transact, origin: Option<Location>) -> Result<(), Error> {
        Err(Error::new(
            ErrorKind::NeedsDatabase,
            Diagnostic::error("data-dependent", "transactions need a database")
                .at_maybe(origin, ""),
        ))
    }
}

/// What of a database is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look<'a> {
    /// The namespace; none: the default one.
    pub schema: Option<&'a str>,
    /// Only the table of this name.
    pub table: Option<&'a str>,
    /// How much.
    pub what: LookAt,
}

/// How much of a database is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LookAt {
    /// Tables and all that belongs to them.
    #[default]
    Tables,
    /// Names of tables and views only.
    Names,
    /// Names of sequences only.
    Sequences,
}

/// What a look at a database found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Tables and types.
    pub schema: Schema,
    /// Names of views.
    pub views: Vec<String>,
    /// Names of materialised views.
    pub materialized_views: Vec<String>,
    /// Names of namespaces.
    pub schema_names: Vec<String>,
    /// Names of sequences, where they were asked for.
    pub sequences: Vec<String>,
}

/// A step of the transaction that a script takes itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transact {
    /// Sets the savepoint of this number.
    Savepoint(usize),
    /// Keeps what was done since it.
    Release(usize),
    /// Undoes what was done since it.
    RollbackTo(usize),
    /// Commits; what comes next begins another transaction.
    Commit,
    /// Begins a transaction where none has begun by itself.
    Begin,
}

/// What a server said when it refused a statement.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Refusal {
    /// The class that SQLAlchemy raises, such as `ProgrammingError`.
    pub class: &'static str,
    /// Module and name of the class that the driver raises; none where it is not known.
    pub driver_class: Option<(String, String)>,
    /// The arguments of the driver's exception, where they are known to the letter.
    pub args: Option<Vec<Literal>>,
    /// The name under which the driver's exception has its SQLSTATE, and the SQLSTATE.
    pub sqlstate: Option<(&'static str, String)>,
    /// `str()` of the driver's exception, where it is known to the letter.
    pub driver_text: Option<String>,
    /// `str()` of SQLAlchemy's exception, where it is known to the letter.
    pub text: Option<String>,
    /// The statement as SQLAlchemy shows it, where it is known to the letter.
    pub statement: Option<String>,
    /// The end of the page that explains the class, such as `f405`.
    pub code: &'static str,
}

/// The rows that a query gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// Names of the result's columns.
    pub columns: Vec<String>,
    /// Rows; each has a value for every column.
    pub rows: Vec<Vec<Literal>>,
    /// How many rows the statement touched, where the driver says so.
    pub rowcount: Option<u64>,
    /// True if the statement gives rows at all, even none.
    pub returns_rows: bool,
    /// For the columns whose values Python's driver makes objects of that are not modelled, the server's
    /// word for their type; shorter than `columns` where there are none.
    pub foreign: Vec<Option<String>>,
    /// `cursor.lastrowid`, where the driver says something by it.
    pub lastrowid: Option<i64>,
    /// True where the driver gives binary values as `memoryview`, which types of SQLAlchemy make `bytes` of.
    pub bytes_are_views: bool,
    /// True where the driver gives points in time in UTC, whatever the time zone of the session.
    pub moments_in_utc: bool,
}

/// A host without a database that drops what is logged.
#[derive(Debug, Clone, Copy, Default)]
pub struct NullHost;

impl Host for NullHost {
    fn log(&mut self, _level: LogLevel, _source: LogSource, _text: &str) {}

    fn dialect_name(&self) -> &str {
        "default"
    }

    fn is_offline(&self) -> bool {
        true
    }
}
