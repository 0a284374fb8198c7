//! Schema migrations for Alembic projects: the library behind the `limbeck` binary.
//!
//! A [`Project`] is an `alembic.ini` or `pyproject.toml`, an environment directory and its revision
//! files, loaded once. Each command of the command line is a function in [`commands`] that takes a
//! project, returns data, and tells a [`Reporter`] what happens meanwhile.
//!
//! Nothing here prints, exits, or reads the process environment: variables, current directory and
//! clock come in through [`Environment`], text goes out through [`Event`]s.

pub mod autogenerate;
pub mod commands;
mod disk;
mod editor;
mod entry;
mod env;
mod environment;
mod events;
mod hooks;
mod interpreter;
mod listing;
pub mod models;
mod packages;
mod paths;
mod project;
mod run;

pub use disk::Disk;
pub use entry::{DatabaseState, Entry};
pub use environment::{Environment, Options, local_time_text};
pub use events::{Event, Level, Reporter, Silent};
pub use limbeck_config::{Logging, Record, Stream};
pub use limbeck_diag::{Diagnostic, Error, ErrorKind, Location, Result, SourceFile, Span};
pub use limbeck_python::on_deep_stack;
pub use limbeck_sql::Compat;
pub use packages::Packages;
pub use project::{Project, Script, config_names};
pub use run::level::ScriptLevel;
