//! SQL expressions: what SQLAlchemy Core builds, and text.

use indexmap::IndexMap;

use crate::{ColumnType, Literal, Name, Select, SelectSet, TableName};

/// `sa.text("…")`: SQL with `:name` parameters.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Text {
    /// The SQL as written, `:name` and `\:` included.
    pub sql: String,
    /// Parameters that were given a value or a type by `bindparams()`.
    pub binds: Vec<Bind>,
}

impl Text {
    /// Text without bound parameters.
    pub fn new(sql: impl Into<String>) -> Text {
        Text {
            sql: sql.into(),
            binds: Vec::new(),
        }
    }
}

/// A bind parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Bind {
    /// Its key; `None` for a literal that SQLAlchemy names by itself.
    pub name: Option<String>,
    /// Its value; `None` when the value comes with the execution (`bindparam("x")`).
    pub value: Option<Literal>,
    /// Its type; decides how the value is written.
    pub type_: Option<Box<ColumnType>>,
    /// `op.inline_literal`, `literal_execute=True`: written into the SQL in every mode.
    pub literal_execute: bool,
    /// `expanding=True`.
    pub expanding: bool,
}

impl Bind {
    /// An anonymous parameter with a value.
    #[must_use]
    pub fn value(value: Literal, type_: Option<ColumnType>) -> Bind {
        Bind {
            name: None,
            value: Some(value),
            type_: type_.map(Box::new),
            literal_execute: false,
            expanding: false,
        }
    }
}

/// A column of some table, or a bare `column("x")`.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnRef {
    /// The table it belongs to (its alias, where it has one); `None` for a bare column.
    pub table: Option<TableName>,
    /// The column.
    pub name: Name,
    /// Its type, if known.
    pub type_: Option<Box<ColumnType>>,
}

/// Operators with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `NOT x`
    Not,
    /// `-x`
    Neg,
    /// `~x` on numbers.
    BitNot,
    /// `DISTINCT x`
    Distinct,
    /// `x ASC`
    Asc,
    /// `x DESC`
    Desc,
    /// `x NULLS FIRST`
    NullsFirst,
    /// `x NULLS LAST`
    NullsLast,
    /// `ANY (x)`
    Any,
    /// `ALL (x)`
    All,
}

/// Where `startswith`, `endswith` and `contains` look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Substring {
    /// `x.startswith(y)`: `x LIKE y || '%'`
    Start,
    /// `x.endswith(y)`: `x LIKE '%' || y`
    End,
    /// `x.contains(y)`: `x LIKE '%' || y || '%'`
    Anywhere,
}

/// Operators with two operands.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    missing_docs,
    reason = "each variant is the SQL operator of the same name"
)]
pub enum BinaryOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Is,
    IsNot,
    IsDistinctFrom,
    IsNotDistinctFrom,
    Like {
        escape: Option<String>,
    },
    NotLike {
        escape: Option<String>,
    },
    ILike {
        escape: Option<String>,
    },
    NotILike {
        escape: Option<String>,
    },
    RegexpMatch {
        flags: Option<String>,
    },
    NotRegexpMatch {
        flags: Option<String>,
    },
    /// `x.regexp_replace(pattern, replacement)`; the right side is the pattern.
    RegexpReplace {
        replacement: Box<Expr>,
        flags: Option<String>,
    },
    /// `startswith`, `istartswith`, `contains`, …; with `autoescape` the value is escaped already.
    Substring {
        place: Substring,
        ignore_case: bool,
        escape: Option<String>,
    },
    Add,
    Sub,
    Mul,
    /// Python's `/`.
    TrueDiv,
    /// Python's `//`.
    FloorDiv,
    Mod,
    /// `||`, or `concat()` where the dialect has no operator.
    Concat,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    /// `->`, or the dialect's JSON access; the right side is the key or index.
    JsonGet,
    /// `->>`
    JsonGetText,
    /// `#>`
    JsonPath,
    /// `#>>`
    JsonPathText,
    /// Array element `a[1]`.
    ArrayGet,
    /// `@>`
    Contains,
    /// `<@`
    ContainedBy,
    /// `&&`
    Overlap,
    /// `?`
    HasKey,
    /// `@@` or `MATCH`
    Match,
    /// `expr.op("…")`: the operator, its precedence and whether it yields a boolean.
    Custom {
        op: String,
        precedence: i32,
        is_comparison: bool,
    },
}

/// `AND` and `OR` of any number of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListOp {
    /// `AND`
    And,
    /// `OR`
    Or,
}

/// The right side of `IN`.
#[derive(Debug, Clone, PartialEq)]
pub enum InItems {
    /// Values or expressions.
    List(Vec<Expr>),
    /// A subquery.
    Select(Box<SelectSet>),
    /// One expanding parameter.
    Bind(Bind),
}

/// A SQL expression.
///
/// It says what the Python code did and no more. SQLAlchemy's rules of construction are the compiler's affair
/// (`limbeck_sql`): parentheses by operator precedence, `x == None` to `IS NULL`, `~(a == b)` to `!=`, `+` of strings to
/// concatenation, the type and name of an anonymous [`Bind`] from the column it stands beside, flattening of AND and OR,
/// anonymous labels.
/// A typed JSON access (`data["k"].as_integer()`) is a [`Expr::TypeCoerce`] around [`BinaryOp::JsonGet`].
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// `sa.text("…")`
    Text(Text),
    /// `literal_column("…")`
    LiteralColumn {
        /// The SQL.
        sql: String,
        /// Its type, if given.
        type_: Option<Box<ColumnType>>,
    },
    /// A column.
    Column(ColumnRef),
    /// A parameter or literal value.
    Bind(Bind),
    /// `null()`
    Null,
    /// `true()`
    True,
    /// `false()`
    False,
    /// One operand.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        operand: Box<Expr>,
    },
    /// Two operands.
    Binary {
        /// Left operand.
        left: Box<Expr>,
        /// The operator.
        op: BinaryOp,
        /// Right operand.
        right: Box<Expr>,
    },
    /// `and_`, `or_`.
    List {
        /// AND or OR.
        op: ListOp,
        /// At least one.
        items: Vec<Expr>,
    },
    /// `x BETWEEN a AND b`
    Between {
        /// Tested value.
        expr: Box<Expr>,
        /// Lower bound.
        low: Box<Expr>,
        /// Upper bound.
        high: Box<Expr>,
        /// `NOT BETWEEN`
        negated: bool,
        /// `BETWEEN SYMMETRIC`
        symmetric: bool,
    },
    /// `x IN (…)`
    In {
        /// Tested value.
        expr: Box<Expr>,
        /// Members.
        items: InItems,
        /// `NOT IN`
        negated: bool,
    },
    /// `func.a.b.name(args)`
    Function {
        /// Dotted name; the last is the function.
        path: Vec<Name>,
        /// Arguments.
        args: Vec<Expr>,
        /// Result type, if known.
        type_: Option<Box<ColumnType>>,
    },
    /// `expr OVER (…)`
    Over {
        /// The window function.
        func: Box<Expr>,
        /// `PARTITION BY`
        partition_by: Vec<Expr>,
        /// `ORDER BY`
        order_by: Vec<Expr>,
        /// Frame clause as SQL text (`ROWS BETWEEN …`).
        frame: Option<String>,
    },
    /// `func FILTER (WHERE …)`
    Filter {
        /// The aggregate.
        func: Box<Expr>,
        /// The condition.
        criterion: Box<Expr>,
    },
    /// `func WITHIN GROUP (ORDER BY …)`
    WithinGroup {
        /// The aggregate.
        func: Box<Expr>,
        /// Order.
        order_by: Vec<Expr>,
    },
    /// `CAST(x AS t)`
    Cast {
        /// The value.
        expr: Box<Expr>,
        /// Target type.
        type_: Box<ColumnType>,
        /// `try_cast`.
        try_: bool,
    },
    /// `type_coerce`: no SQL of its own, only a type.
    TypeCoerce {
        /// The value.
        expr: Box<Expr>,
        /// The type.
        type_: Box<ColumnType>,
    },
    /// `CASE`
    Case {
        /// `CASE value WHEN …`
        value: Option<Box<Expr>>,
        /// Condition and result.
        whens: Vec<(Expr, Expr)>,
        /// `ELSE`
        else_: Option<Box<Expr>>,
    },
    /// `EXTRACT(field FROM x)`
    Extract {
        /// Field.
        field: String,
        /// Value.
        expr: Box<Expr>,
    },
    /// `x COLLATE c`
    Collate {
        /// Value.
        expr: Box<Expr>,
        /// Collation.
        collation: String,
    },
    /// A row of values, `(a, b)`.
    Tuple(Vec<Expr>),
    /// `ARRAY[…]`
    Array(Vec<Expr>),
    /// A subquery as a value.
    Subquery(Box<SelectSet>),
    /// `EXISTS (…)`
    Exists(Box<SelectSet>),
    /// `x AS name`
    Label {
        /// Value.
        expr: Box<Expr>,
        /// Alias.
        name: Name,
    },
    /// Parentheses that were asked for (`self_group`, `grouping`).
    Grouping(Box<Expr>),
    /// `nextval('seq')`, `next_value`.
    NextValue(TableName),
    /// `*`, or `table.*`.
    Star(Option<TableName>),
    /// A plain string given to `order_by`, `group_by`, `desc` or `asc`: the name of a label or column of the query.
    LabelReference(String),
}

impl Expr {
    /// True for an item of a JSON value, `data["k"]`, that no type has been given.
    #[must_use]
    pub fn is_json_item(&self) -> bool {
        matches!(
            self,
            Expr::Binary {
                op: BinaryOp::JsonGet | BinaryOp::JsonPath,
                ..
            }
        )
    }

    /// `sa.text("…")` without parameters.
    pub fn text(sql: impl Into<String>) -> Expr {
        Expr::Text(Text::new(sql))
    }

    /// A bare column.
    pub fn column(name: impl Into<Name>) -> Expr {
        Expr::Column(ColumnRef {
            table: None,
            name: name.into(),
            type_: None,
        })
    }
}

/// A table in a FROM clause, or as the target of a change.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRef {
    /// The table.
    pub name: TableName,
    /// `AS alias`
    pub alias: Option<Name>,
    /// Its known columns, in order, with their types (for INSERT and SELECT of the whole table).
    pub columns: Vec<(Name, Option<ColumnType>)>,
    /// Its primary key; empty for a `sa.table()` and where no key is known. INSERT asks for it back.
    pub primary_key: Vec<Name>,
    /// The key column that counts by itself (SQLAlchemy's `_autoincrement_column`).
    pub autoincrement: Option<Name>,
    /// Python-side `default=` of columns, as far as they are known: a value, or a SQL expression.
    pub defaults: IndexMap<Name, Expr>,
    /// Python-side `onupdate=` of columns.
    pub onupdates: IndexMap<Name, Expr>,
}

impl TableRef {
    /// A table of which only the name is known.
    #[must_use]
    pub fn new(name: TableName) -> TableRef {
        TableRef {
            name,
            alias: None,
            columns: Vec::new(),
            primary_key: Vec::new(),
            autoincrement: None,
            defaults: IndexMap::new(),
            onupdates: IndexMap::new(),
        }
    }
}

/// How two sources are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// `JOIN`
    Inner,
    /// `LEFT OUTER JOIN`
    LeftOuter,
    /// `FULL OUTER JOIN`
    FullOuter,
}

/// Something a SELECT reads from.
#[derive(Debug, Clone, PartialEq)]
pub enum FromClause {
    /// A table.
    Table(TableRef),
    /// A join.
    Join {
        /// Left side.
        left: Box<FromClause>,
        /// Right side.
        right: Box<FromClause>,
        /// `ON`
        on: Box<Expr>,
        /// Kind.
        kind: JoinKind,
    },
    /// A subquery with an alias.
    Subquery {
        /// The query.
        select: Box<SelectSet>,
        /// `AS alias`
        alias: Option<Name>,
        /// `LATERAL`
        lateral: bool,
    },
    /// The name of a common table expression defined in the statement's `ctes`.
    Cte {
        /// Its name.
        name: Name,
        /// `AS alias`
        alias: Option<Name>,
    },
    /// A table-valued function, `unnest(…) AS x`.
    Function {
        /// The call.
        func: Box<Expr>,
        /// Alias.
        alias: Option<Name>,
    },
    /// SQL text.
    Text(Text),
}

impl From<Select> for SelectSet {
    fn from(select: Select) -> SelectSet {
        SelectSet::Select(Box::new(select))
    }
}
