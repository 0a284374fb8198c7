//! Models of alembic, SQLAlchemy, SQLModel and their companions.
//!
//! A migration script is evaluated against these: what it calls becomes [`limbeck_schema::Op`]s, each with the
//! place of its call.

pub(crate) mod companions;
pub(crate) mod convert;
pub(crate) mod environment;
pub(crate) mod imported;
pub(crate) mod live;
mod modules;
pub(crate) mod op;
mod options;
pub(crate) mod orm;
pub(crate) mod registry;
mod revision;
pub(crate) mod schema;
pub(crate) mod script_context;
pub(crate) mod sql;
pub(crate) mod types;
pub(crate) mod version;

pub(crate) use companions::{Model, is_model_file, is_model_part, model_file, model_of};
pub use imported::{check_comparison, convention_mentioned, is_changed, survey};
pub(crate) use live::answer::is_method_of_an_answer;
pub(crate) use live::bind::{connection, context as migration_context};
pub(crate) use live::dialect::dialect_value;
pub(crate) use live::failure::cause;
pub(crate) use modules::{module, owns};
pub(crate) use op::data::{execute as execute_operation, statement_op};
pub use revision::{
    RevisionLog, RevisionOutcome, RevisionRequest, evaluate_column, evaluate_ops_snippet,
    evaluate_revision, evaluate_type, naming_convention, probe_revision, run_revision,
};
