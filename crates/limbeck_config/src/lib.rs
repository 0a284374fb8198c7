//! The settings of a project: `alembic.ini` by the rules of Python's `configparser`,
//! `pyproject.toml`, `.env` files, SQLAlchemy URLs, and the names of new revision files.
//!
//! Text in, data out: nothing here opens a file, looks at the clock or reads the environment. Every
//! value knows where it comes from ([`Origin`]), so that a message can point at the line to change.

mod config;
mod dotenv;
mod file_name;
mod hooks;
mod ini;
mod interpolation;
mod list;
mod log_format;
mod logging;
mod origin;
mod percent;
mod pyproject;
mod python_text;
mod url;
mod word;

pub use config::{AlembicConfig, ConfigSources, LocationSpec, PathSeparator};
pub use dotenv::{Variable, parse_dotenv};
pub use file_name::{CivilDateTime, FileTokens, render_file_name, render_slug};
pub use hooks::{HookKind, PostWriteHook, REVISION_SCRIPT_TOKEN, split_shell};
pub use ini::{Ini, IniValue, ProgramDefaults};
pub use log_format::Style;
pub use logging::{Handler, Logger, Logging, Record, Stream, level_number};
pub use origin::{Origin, Setting};
pub use pyproject::{Pyproject, TomlValue, has_tool_alembic};
pub use url::Url;
