//! Models of alembic, SQLAlchemy, SQLModel and their companions.
//!
//! A migration script is evaluated against these: what it calls becomes [`limbeck_schema::Op`]s, each with the
//! place of its call.

mod adapted;
mod affinity;
mod answer;
mod batch;
pub(crate) mod bind;
pub(crate) mod clause;
pub(crate) mod column;
pub(crate) mod companions;
mod compiles;
pub(crate) mod constraint;
mod constructs;
pub(crate) mod convert;
pub(crate) mod custom;
mod ddl;
mod defaults;
mod derived;
mod dialect;
mod dml;
mod emit;
pub(crate) mod environment;
mod failure;
mod fetched;
mod flush;
mod functions;
mod inspector;
mod json;
mod literal;
mod mapped;
pub(crate) mod metadata;
mod modules;
mod names;
mod op;
mod op_constraint;
mod op_custom;
mod op_data;
mod op_spatial;
mod operation;
mod operators;
mod options;
mod oracle;
pub(crate) mod orm;
mod processed;
mod query;
mod reflected;
pub(crate) mod registry;
mod result;
mod revision;
mod row;
mod schema_items;
mod script_context;
mod select;
pub(crate) mod session;
pub(crate) mod table;
mod table_methods;
mod temporal;
mod transaction;
pub(crate) mod type_class;
pub(crate) mod type_construct;
pub(crate) mod type_object;
mod type_text;
pub(crate) mod version;

pub(crate) use answer::is_method_of_an_answer;
pub(crate) use bind::{connection, context as migration_context};
pub(crate) use companions::{Model, is_model_file, is_model_part, model_file, model_of};
pub(crate) use dialect::dialect_value;
pub(crate) use failure::cause;
pub(crate) use modules::{module, owns};
pub(crate) use op_data::{execute as execute_operation, statement_op};
pub use revision::{
    RevisionOutcome, RevisionRequest, evaluate_column, evaluate_ops_snippet, evaluate_revision,
    evaluate_type, naming_convention, probe_revision, run_revision,
};
