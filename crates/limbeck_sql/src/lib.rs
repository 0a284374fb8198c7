//! How each database says it.
//!
//! Operations, types, expressions and statements in; SQL text out, as SQLAlchemy's and Alembic's compilers
//! write it. Everything that differs between databases is a `match` on [`Dialect`]; what SQLAlchemy takes from the server's
//! version, its own version or the driver is in the [`Target`]. Nothing here opens a connection: what only a live database
//! knows comes in through [`CompileContext::reflect`], and is an error where there is none.

mod batch;
mod bind;
pub mod caps;
pub mod classify;
pub mod compile;
mod ddl;
pub mod dialect;
pub mod expr;
pub mod literal;
mod mssql;
mod mysql;
mod oracle;
pub mod position;
mod postgres;
mod quote;
pub mod script;
pub mod split;
mod sqlite;
pub mod statement;
pub mod types;
pub mod version_table;

pub use batch::FOREIGN_KEYS_ENFORCED;
pub use caps::{Caps, CommentStyle};
pub use classify::{Classified, SqlKind, classify};
pub use compile::{
    CompileContext, SqlStatement, SqliteMaster, SqliteObject, StatementKind, compile, compile_ops,
    compile_part, render_column,
};
pub use dialect::{Compat, Dialect, ParamStyle, ServerVersion, SqlAlchemyVersion, Target};
pub use expr::{ExprContext, render_expr};
pub use literal::{render_literal, render_string};
pub use position::locate_token;
pub use split::{Piece, split_statements};
pub use statement::{Rendered, StatementMode, render_statement};
pub use types::render_type;
pub use version_table::VersionTable;
