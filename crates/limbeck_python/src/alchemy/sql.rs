//! Expressions and statements of SQLAlchemy Core.

pub(crate) mod clause;
pub(crate) mod compiles;
pub(crate) mod constructs;
pub(crate) mod cte;
pub(crate) mod derived;
pub(crate) mod dml;
pub(crate) mod functions;
pub(crate) mod items;
pub(crate) mod join;
pub(crate) mod operators;
pub(crate) mod select;
