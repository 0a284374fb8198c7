//! `sqlalchemy.ext.compiler.compiles`: constructs with SQL of their own.

/// Attribute of a class that has a compiler function.
pub(crate) const MARK: &str = "__limbeck_compiles__";
