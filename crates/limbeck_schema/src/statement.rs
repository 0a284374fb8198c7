//! Statements: queries and changes of rows.

use indexmap::IndexMap;

use crate::{Expr, FromClause, Literal, Name, TableRef, Text};

/// A common table expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Cte {
    /// Its name.
    pub name: Name,
    /// The query.
    pub select: Statement,
    /// `RECURSIVE`
    pub recursive: bool,
    /// `MATERIALIZED` (true) or `NOT MATERIALIZED` (false), where written.
    pub materialized: Option<bool>,
}

/// One item of ORDER BY; direction is part of the expression (`Expr::Unary`).
pub type OrderBy = Expr;

/// `SELECT …`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Select {
    /// `WITH`
    pub ctes: Vec<Cte>,
    /// `DISTINCT`
    pub distinct: bool,
    /// `DISTINCT ON (…)`
    pub distinct_on: Vec<Expr>,
    /// Result columns.
    pub columns: Vec<Expr>,
    /// `FROM`, explicit and implied ones, in order.
    pub from: Vec<FromClause>,
    /// `WHERE`, joined by AND.
    pub where_: Vec<Expr>,
    /// `GROUP BY`
    pub group_by: Vec<Expr>,
    /// `HAVING`, joined by AND.
    pub having: Vec<Expr>,
    /// `ORDER BY`
    pub order_by: Vec<OrderBy>,
    /// `LIMIT`
    pub limit: Option<Box<Expr>>,
    /// `OFFSET`
    pub offset: Option<Box<Expr>>,
    /// `FOR UPDATE` clause: `(read, nowait, skip_locked)`.
    pub for_update: Option<(bool, bool, bool)>,
    /// Prefixes and suffixes as SQL text.
    pub prefixes: Vec<String>,
    /// Tables of an enclosing query that this one refers to and does not list in FROM (correlation).
    pub correlate: Vec<Name>,
}

/// How two queries are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each variant is the SQL keyword of the same name"
)]
pub enum SetOp {
    Union,
    UnionAll,
    Intersect,
    IntersectAll,
    Except,
    ExceptAll,
}

/// A query: one SELECT, several combined, or text.
#[derive(Debug, Clone, PartialEq)]
pub enum SelectSet {
    /// One SELECT.
    Select(Box<Select>),
    /// Several, combined.
    Compound {
        /// How.
        op: SetOp,
        /// At least two.
        selects: Vec<SelectSet>,
        /// `ORDER BY` of the whole.
        order_by: Vec<OrderBy>,
        /// `LIMIT` of the whole.
        limit: Option<Box<Expr>>,
        /// `OFFSET` of the whole.
        offset: Option<Box<Expr>>,
    },
    /// `text("…")` used as a query.
    Text(Text),
}

/// Where the rows of an INSERT come from.
#[derive(Debug, Clone, PartialEq)]
pub enum InsertSource {
    /// `.values(…)`: rows of column and value. No row means the parameters of the execution decide.
    Values(Vec<IndexMap<Name, Expr>>),
    /// `.from_select([…], select)`
    Select {
        /// Target columns.
        columns: Vec<Name>,
        /// The query.
        select: Box<SelectSet>,
    },
    /// `DEFAULT VALUES`
    Default,
}

/// What to do with a row that is there already.
#[derive(Debug, Clone, PartialEq)]
pub enum ConflictAction {
    /// `DO NOTHING`, `INSERT IGNORE`.
    Nothing,
    /// `DO UPDATE SET`, `ON DUPLICATE KEY UPDATE`.
    Update {
        /// Assignments; `excluded.x` is a [`crate::ColumnRef`] of a table named `excluded`.
        set: IndexMap<Name, Expr>,
        /// `WHERE`
        where_: Option<Box<Expr>>,
    },
}

/// `ON CONFLICT …`
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// `ON CONFLICT (elements)`
    pub elements: Vec<Expr>,
    /// `ON CONFLICT ON CONSTRAINT name`
    pub constraint: Option<Name>,
    /// `WHERE` of the index.
    pub index_where: Option<Box<Expr>>,
    /// The action.
    pub action: ConflictAction,
}

/// `INSERT …`
#[derive(Debug, Clone, PartialEq)]
pub struct Insert {
    /// `WITH`
    pub ctes: Vec<Cte>,
    /// Target.
    pub table: TableRef,
    /// Rows.
    pub source: InsertSource,
    /// `.inline()`: no implicit RETURNING.
    pub inline: bool,
    /// `RETURNING`
    pub returning: Vec<Expr>,
    /// `ON CONFLICT`, `ON DUPLICATE KEY`.
    pub conflict: Option<Conflict>,
    /// Prefixes as SQL text (`OR IGNORE`, `IGNORE`).
    pub prefixes: Vec<String>,
}

/// `UPDATE …`
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// `WITH`
    pub ctes: Vec<Cte>,
    /// Target.
    pub table: TableRef,
    /// `SET`; empty means the parameters of the execution decide.
    pub set: IndexMap<Name, Expr>,
    /// `ordered_values`: keep the order given (else the table's column order).
    pub ordered: bool,
    /// Further tables (`UPDATE … FROM`).
    pub from: Vec<FromClause>,
    /// `WHERE`, joined by AND.
    pub where_: Vec<Expr>,
    /// `RETURNING`
    pub returning: Vec<Expr>,
}

/// `DELETE …`
#[derive(Debug, Clone, PartialEq)]
pub struct Delete {
    /// `WITH`
    pub ctes: Vec<Cte>,
    /// Target.
    pub table: TableRef,
    /// Further tables (`DELETE … USING`).
    pub using: Vec<FromClause>,
    /// `WHERE`, joined by AND.
    pub where_: Vec<Expr>,
    /// `RETURNING`
    pub returning: Vec<Expr>,
}

/// One statement that reads or changes rows, or any SQL as text.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `text("…")`, a plain string given to `op.execute` (which is the same), with its parameters.
    Text(Text),
    /// `exec_driver_sql("…")`, `sa.DDL("…")`: SQL in the driver's own words, no `:name` parameters.
    Driver {
        /// The SQL, as the driver gets it.
        sql: String,
        /// Positional or named parameters, if any.
        params: Vec<Literal>,
    },
    /// A query.
    Select(SelectSet),
    /// `INSERT`
    Insert(Box<Insert>),
    /// `UPDATE`
    Update(Box<Update>),
    /// `DELETE`
    Delete(Box<Delete>),
    /// An expression executed by itself (`func.setval(…)`): `SELECT expr`.
    Expr(Box<Expr>),
}
