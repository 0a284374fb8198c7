//! What a database looks like, and the operations that change it.
//!
//! Everything in the workspace meets in these types: what a migration script, a model, a SQL file or
//! a live database says becomes a [`Schema`] or a list of [`Op`]s, and every consumer (the SQL
//! compiler, the runner, the linter, the script writer) starts from them. The words are
//! SQLAlchemy's and Alembic's. Nothing here knows how a dialect spells anything, and nothing does IO.

mod affinity;
mod convention;
mod expr;
mod flatten;
mod literal;
mod name;
mod op;
mod repr;
mod reverse;
mod script;
mod statement;
mod table;
mod type_repr;
mod types;

pub use affinity::Affinity;
pub use convention::{ConstraintKind, ConventionError, NamingConvention, truncate_name};
pub use expr::{
    BinaryOp, Bind, ColumnRef, Expr, FromClause, InItems, JoinKind, ListOp, Substring, TableRef,
    Text, UnaryOp,
};
pub use literal::{Date, DateTime, Interval, Literal, Time};
pub use name::{ConstraintName, Name, TableName};
pub use op::{
    AddColumn, AddConstraint, AlterColumn, BatchAlterTable, BulkInsert, Change, ColumnPosition,
    CreateIndex, CreateSchema, CreateTable, CreateTableComment, DropColumn, DropConstraint,
    DropIndex, DropSchema, DropTable, DropTableComment, EnumOp, Execute, ExecuteVia,
    MssqlDropColumn, Op, Recreate, RenameTable, SequenceOp, SourcedOp,
};
pub use repr::{
    is_py_printable, push_py_escape, py_bool, py_literal, py_opt_str, py_str, py_str_list,
    py_str_tuple,
};
pub use reverse::IrreversibleOp;
pub use script::{ScriptOp, reverse_script};
pub use statement::{
    Conflict, ConflictAction, Cte, Delete, Insert, InsertSource, OrderBy, Select, SelectSet, SetOp,
    Statement, Update,
};
pub use table::{
    Autoincrement, CheckConstraint, Column, ColumnForeignKey, Computed, Constraint, ConstraintBody,
    DialectOptions, EnumType, ExcludeConstraint, ExcludeElement, ForeignKeyConstraint, Identity,
    Index, IndexElement, OptionValue, PrimaryKeyConstraint, Schema, Sequence, ServerDefault, Table,
    UniqueConstraint,
};
pub use types::{ColumnType, CompiledType, CustomType, EnumLabels, TypeClass, TypeNamespace};
