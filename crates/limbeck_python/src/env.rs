//! Reads `env.py`: not to run migrations, but to learn how it would run them.
//!
//! The file is evaluated like any other Python, with `alembic.context` and SQLAlchemy's engines
//! replaced by recorders: each `context.run_migrations()` becomes an [`EnvRun`] that says which
//! database it was about and what `context.configure()` was told. Nothing is connected to.

mod config;
mod configure;
mod context;
mod driver;
mod engine;
mod engine_options;
pub mod hook;
pub(crate) mod listener;
mod recorder;
mod url;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use limbeck_diag::{Error, Location};

use crate::eval::World;
use crate::host::{LogLevel, LogSource};
use crate::value::Value;

/// The configuration as env.py sees it through `context.config`.
pub trait EnvConfig {
    /// Absolute path of the ini file; none when there is only a `pyproject.toml`.
    fn config_file_name(&self) -> Option<String>;
    /// Name of the main section (`alembic`, or what `-n` said).
    fn main_section(&self) -> String;
    /// A value after interpolation; none where there is no such option. The error is the text of the
    /// exception that configparser raises.
    ///
    /// # Errors
    /// Where the value cannot be interpolated.
    fn get(&self, section: &str, option: &str) -> Result<Option<String>, String>;
    /// All options of a section after interpolation, those of `[DEFAULT]` included; none for a section that is not there.
    ///
    /// # Errors
    /// Where a value cannot be interpolated.
    fn section(&self, section: &str) -> Result<Option<Vec<(String, String)>>, String>;
    /// Sets an option; the value may use `%(…)s` and must double other percent signs.
    ///
    /// # Errors
    /// Where configparser refuses the value.
    fn set(&self, section: &str, option: &str, value: &str) -> Result<(), String>;
    /// `config.get_alembic_option`: from the ini file, else from `pyproject.toml`.
    ///
    /// # Errors
    /// Where the value cannot be interpolated.
    fn alembic_option(&self, option: &str) -> Result<Option<String>, String>;
    /// The parts of a URL, as `sqlalchemy.make_url` finds them; the error is its message.
    ///
    /// # Errors
    /// Where the text is no URL.
    fn parse_url(&self, text: &str) -> Result<UrlParts, String>;
    /// The URL with these parts, password included.
    fn render_url(&self, parts: &UrlParts) -> String;
}

/// The parts of a SQLAlchemy URL, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UrlParts {
    /// `postgresql+psycopg2`
    pub drivername: String,
    /// User.
    pub username: Option<String>,
    /// Password.
    pub password: Option<String>,
    /// Host, without brackets.
    pub host: Option<String>,
    /// Port.
    pub port: Option<u16>,
    /// Database, or the path of a SQLite file.
    pub database: Option<String>,
    /// Query arguments, each with its values.
    pub query: Vec<(String, Vec<String>)>,
}

/// What a run of `env.py` is for.
#[derive(Debug, Clone, Default)]
pub struct EnvRequest {
    /// `--sql`.
    pub offline: bool,
    /// Wins over every URL that env.py comes to.
    pub url: Option<String>,
    /// `-x` arguments, in order.
    pub x: Vec<String>,
    /// `--tag`
    pub tag: Option<String>,
    /// The revision argument of the command, as given (`get_revision_argument()`).
    pub revision_argument: Option<String>,
    /// The start of an offline range (`get_starting_revision_argument()`).
    pub starting_revision: Option<String>,
    /// Head revisions of the project (`get_head_revision(s)()`).
    pub heads: Vec<String>,
    /// True for `revision --autogenerate` and `check`: nothing of the models may be skipped.
    pub autogenerate: bool,
    /// `config.cmd_opts.autogenerate`; only `revision` has it.
    pub autogenerate_option: Option<bool>,
    /// Modules that are read before env.py connects, though it may need nothing of them: they have listeners of every engine.
    pub imports: Vec<String>,
}

/// A setting that is a flag or a Python function.
#[derive(Debug, Clone, PartialEq)]
pub enum Flag {
    /// Not given.
    Default,
    /// `True` or `False`.
    Given(bool),
    /// A function, which is not run.
    Callable,
}

/// A Python function among the arguments of `context.configure()`.
#[derive(Debug, Clone)]
pub struct Callable {
    /// The name of the argument.
    pub argument: String,
    /// The function; valid in the world that env.py was evaluated in.
    pub function: Value,
    /// Where it is handed over.
    pub location: Option<Location>,
}

/// What `context.configure()` was told, as far as it matters to Limbeck. Fields have Alembic's names.
#[derive(Debug, Clone)]
#[expect(
    missing_docs,
    reason = "each field is the argument of context.configure of the same name"
)]
pub struct ConfigureOptions {
    pub transactional_ddl: Option<bool>,
    pub transaction_per_migration: bool,
    pub starting_rev: Option<String>,
    pub tag: Option<String>,
    pub literal_binds: bool,
    /// `dialect_opts={"paramstyle": …}`
    pub paramstyle: Option<String>,
    pub version_table: String,
    pub version_table_schema: Option<String>,
    pub version_table_pk: bool,
    pub render_as_batch: bool,
    pub include_schemas: bool,
    pub compare_type: Flag,
    pub compare_server_default: Flag,
    pub alembic_module_prefix: String,
    pub sqlalchemy_module_prefix: String,
    /// `None` prints the full module path of user types.
    pub user_module_prefix: Option<String>,
    pub upgrade_token: String,
    pub downgrade_token: String,
    pub output_encoding: Option<String>,
    pub mssql_batch_separator: Option<String>,
    pub oracle_batch_separator: Option<String>,
    /// Arguments that are Python functions (`include_object`, `process_revision_directives`, …): name and place.
    pub callables: Vec<Callable>,
    /// Any other argument.
    pub other: Vec<String>,
    /// The arguments that were given, with the place of the call.
    pub given: Vec<(String, Option<Location>)>,
}

impl ConfigureOptions {
    /// The arguments that decide how migrations are run and written: name, value in words, and where it was given; no
    /// place means Alembic's default.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String, Option<Location>)> {
        let flag = |value: bool| if value { "True" } else { "False" }.to_owned();
        let compare = |value: &Flag, default: bool| match value {
            Flag::Default => flag(default),
            Flag::Given(value) => flag(*value),
            Flag::Callable => "a function".to_owned(),
        };
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "None".to_owned());
        let values = [
            ("version_table", self.version_table.clone()),
            ("version_table_schema", text(&self.version_table_schema)),
            ("version_table_pk", flag(self.version_table_pk)),
            (
                "transactional_ddl",
                self.transactional_ddl
                    .map_or_else(|| "by dialect".to_owned(), flag),
            ),
            (
                "transaction_per_migration",
                flag(self.transaction_per_migration),
            ),
            ("render_as_batch", flag(self.render_as_batch)),
            ("include_schemas", flag(self.include_schemas)),
            ("compare_type", compare(&self.compare_type, true)),
            (
                "compare_server_default",
                compare(&self.compare_server_default, false),
            ),
            ("literal_binds", flag(self.literal_binds)),
            ("user_module_prefix", text(&self.user_module_prefix)),
        ];
        let place = |name: &str| self.given.iter().rev().find(|(given, _)| given == name);
        let known = values.into_iter().map(|(name, value)| {
            (
                name,
                value,
                place(name).and_then(|(_, place)| place.clone()),
            )
        });
        let functions = self.callables.iter().filter_map(|it| {
            let name = configure::HOOKS.iter().find(|name| **name == it.argument)?;
            Some((*name, "a function".to_owned(), it.location.clone()))
        });
        known.chain(functions).collect()
    }
}

impl Default for ConfigureOptions {
    fn default() -> ConfigureOptions {
        ConfigureOptions {
            transactional_ddl: None,
            transaction_per_migration: false,
            starting_rev: None,
            tag: None,
            literal_binds: false,
            paramstyle: None,
            version_table: "alembic_version".to_owned(),
            version_table_schema: None,
            version_table_pk: true,
            render_as_batch: false,
            include_schemas: false,
            compare_type: Flag::Default,
            compare_server_default: Flag::Default,
            alembic_module_prefix: "op.".to_owned(),
            sqlalchemy_module_prefix: "sa.".to_owned(),
            user_module_prefix: None,
            upgrade_token: "upgrades".to_owned(),
            downgrade_token: "downgrades".to_owned(),
            output_encoding: None,
            mssql_batch_separator: None,
            oracle_batch_separator: None,
            callables: Vec::new(),
            other: Vec::new(),
            given: Vec::new(),
        }
    }
}

/// Which database a run is about.
#[derive(Debug, Clone, PartialEq)]
pub enum EnvTarget {
    /// A URL, in SQLAlchemy's form, password included.
    Url(String),
    /// Only a dialect (`dialect_name=`), offline.
    Dialect(String),
    /// It could not be read; why and where.
    Unknown {
        /// Why.
        reason: String,
        /// Where.
        location: Option<Location>,
    },
}

/// A statement that env.py itself runs on the connection, before or after the migrations.
#[derive(Debug, Clone)]
pub struct EnvStatement {
    /// The statement.
    pub statement: EnvSql,
    /// Where env.py says it.
    pub location: Option<Location>,
}

/// What env.py executes.
#[derive(Debug, Clone)]
pub enum EnvSql {
    /// A statement, with its parameters.
    Op(Box<limbeck_schema::Op>),
    /// `context.get_context()._ensure_version_table()`: the version table is made if it is not there.
    EnsureVersionTable,
    /// Something that could not be read; why.
    Unknown(String),
}

impl EnvStatement {
    /// True for `BEGIN` and its like.
    fn is_begin(&self) -> bool {
        let EnvSql::Op(op) = &self.statement else {
            return false;
        };
        let limbeck_schema::Op::Execute(execute) = &**op else {
            return false;
        };
        let sql = match &execute.statement {
            limbeck_schema::Statement::Driver { sql, .. } => sql,
            limbeck_schema::Statement::Text(text) => &text.sql,
            _ => return false,
        };
        let words: Vec<String> = sql.split_whitespace().map(str::to_uppercase).collect();
        words
            .first()
            .is_some_and(|word| word.trim_end_matches(';') == "BEGIN")
            && words.len() <= 3
    }
}

/// A line that env.py logs or prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvLog {
    /// Its level.
    pub level: LogLevel,
    /// Its source.
    pub source: LogSource,
    /// Its text.
    pub text: String,
}

/// What is known of `target_metadata`.
#[derive(Debug, Clone)]
pub enum TargetMetadata {
    /// Not given, or `None`.
    None,
    /// The evaluated value: a `MetaData`, or a list of them.
    Known(Value),
    /// It could not be read; why and where.
    Unknown {
        /// Why.
        reason: String,
        /// Where.
        location: Option<Location>,
    },
}

/// One `context.run_migrations()`.
#[derive(Debug, Clone)]
pub struct EnvRun {
    /// Which database.
    pub target: EnvTarget,
    /// What `context.configure()` was told.
    pub options: ConfigureOptions,
    /// `target_metadata=`
    pub target_metadata: TargetMetadata,
    /// `template_args=`, and the variables it adds to templates.
    pub template_args: Vec<(String, Value)>,
    /// Arguments of `run_migrations()`, handed to `upgrade()` and `downgrade()`.
    pub run_kwargs: Vec<(String, Value)>,
    /// What listeners of the engine execute on the connection when it is made.
    pub on_connect: Vec<EnvStatement>,
    /// How many of them come before SQLAlchemy has asked for the default schema.
    pub on_connect_early: usize,
    /// What env.py executes on the connection before.
    pub before: Vec<EnvStatement>,
    /// What it executes afterwards.
    pub after: Vec<EnvStatement>,
    /// A file that the SQL goes to instead of standard output (`output_buffer=open(…)`).
    pub output_file: Option<PathBuf>,
    /// What env.py logged since the run before.
    pub logs: Vec<EnvLog>,
    /// Where `context.configure()` is called.
    pub configured: Option<Location>,
    /// Where `run_migrations()` is called.
    pub location: Option<Location>,
}

/// What evaluating `env.py` came to.
#[derive(Debug, Clone, Default)]
pub struct EnvOutcome {
    /// The runs, in order. Usually one.
    pub runs: Vec<EnvRun>,
    /// True when env.py configured Python's logging from the ini file.
    pub logging_configured: bool,
    /// What env.py logged after the last run.
    pub logs: Vec<EnvLog>,
    /// Environment variables that were read, with what was found.
    pub env_reads: BTreeMap<String, Option<String>>,
}

/// Evaluates `env.py`, whose text is `text`.
///
/// # Errors
/// Where it cannot be read to its end, raises an exception, or never runs migrations; located.
pub fn evaluate_env(
    world: &Rc<World>,
    path: &Path,
    text: &str,
    config: Rc<dyn EnvConfig>,
    request: EnvRequest,
) -> Result<EnvOutcome, Error> {
    recorder::evaluate(world, path, text, config, request)
}

/// `config` as a template sees it.
pub(crate) fn template_config(config: Rc<dyn EnvConfig>) -> Value {
    recorder::config_for_template(config)
}
