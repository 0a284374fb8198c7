//! Reads Python: migration scripts, models and `env.py`, by partial evaluation.
//!
//! Source is parsed and evaluated by an interpreter of the part of Python that schema code is written
//! in, over values some of which may be unknown ([`Value::Unknown`]). Nothing is imported or run
//! outside of it: no file is read except through [`Sources`], no environment except through
//! [`Inputs`], no effect except through [`Host`].

pub mod alchemy;
mod args;
mod builtins;
mod deep;
pub mod env;
mod eval;
mod flow;
mod host;
pub mod mako;
pub mod models;
mod modules;
mod parse;
mod plain;
mod pydantic;
mod script;
mod value;
pub mod write;

pub use alchemy::{
    RevisionLog, RevisionOutcome, RevisionRequest, check_comparison, convention_mentioned,
    evaluate_column, evaluate_ops_snippet, evaluate_revision, evaluate_type, is_changed,
    naming_convention, probe_revision, run_revision, survey,
};
pub use args::{Args, Bindings};
pub use deep::on_deep_stack;
pub use eval::{GeneratorControl, Interp, Types, World};
pub use flow::{Flow, R, Raised};
pub use host::{
    Found, Host, Inputs, Limits, LogLevel, LogSource, Look, LookAt, MemorySources, NoSources,
    NullHost, Refusal, Rows, Sources, Transact,
};
pub use modules::ModuleBuilder;
pub use parse::{Parsed, parse_module};
pub use plain::is_plain_script;
pub use script::{Header, Script, evaluate_header};
pub use value::*;
