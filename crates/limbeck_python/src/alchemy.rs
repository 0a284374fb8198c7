//! Models of alembic, SQLAlchemy, SQLModel and their companions.
//!
//! A migration script is evaluated against these: what it calls becomes [`limbeck_schema::Op`]s, each with the
//! place of its call.

mod affinity;
mod answer;
mod batch;
mod bind;
mod clause;
mod column;
mod companions;
mod compiles;
mod constraint;
mod constructs;
mod convert;
mod custom;
mod ddl;
mod defaults;
mod derived;
mod dialect;
mod dml;
mod emit;
mod functions;
mod inspector;
mod json;
mod literal;
mod metadata;
mod modules;
mod names;
mod op;
mod op_constraint;
mod op_data;
mod operators;
mod options;
mod orm;
mod registry;
mod result;
mod revision;
mod schema_items;
mod select;
mod table;
mod table_methods;
mod temporal;
mod type_class;
mod type_construct;
mod type_object;
mod version;

pub(crate) use answer::is_method_of_an_answer;
pub(crate) use modules::{module, owns};
pub use revision::{
    RevisionOutcome, RevisionRequest, evaluate_column, evaluate_ops_snippet, evaluate_revision,
    evaluate_type, naming_convention, probe_revision, run_revision,
};
