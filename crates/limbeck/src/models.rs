//! What the models of a project say: the tables of its `MetaData`.
//!
//! They are read natively (`native.rs`); models that cannot be read are imported by the project's own Python, which prints them as JSON
//! ([`DUMP`]); [`parse_dump`] reads that.

mod delegate;
mod dump;
mod dump_type;
mod native;

pub(crate) use delegate::import_models;
pub use dump::{parse_dump, parse_env_dump};
pub(crate) use native::{can_read_models, read_models};

/// A Python program that prints the tables of `MetaData` objects as JSON on its last line. It is run by the project's own
/// interpreter with SQLAlchemy's name of the dialect and one `module:attribute` for each `MetaData`.
pub const DUMP: &str = include_str!("models/dump.py");
