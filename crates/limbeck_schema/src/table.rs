//! Tables and what belongs to them.

use indexmap::IndexMap;

use crate::{ColumnType, ConstraintName, Expr, Literal, Name, NamingConvention, TableName};

/// The value of a dialect option such as `mysql_engine="InnoDB"`.
#[derive(Debug, Clone, PartialEq)]
pub enum OptionValue {
    /// A plain value.
    Literal(Literal),
    /// A SQL expression (`postgresql_where=sa.text(…)`).
    Expr(Expr),
    /// A list (`postgresql_include=["a"]`): names or expressions.
    List(Vec<OptionValue>),
    /// A map (`postgresql_ops={"a": "text_pattern_ops"}`).
    Map(IndexMap<String, OptionValue>),
}

/// Dialect options by their full keyword (`postgresql_using`), in the order given.
pub type DialectOptions = IndexMap<String, OptionValue>;

/// `Computed(…)`
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// The expression.
    pub sqltext: Expr,
    /// `persisted=`
    pub persisted: Option<bool>,
}

/// `Identity(…)`, and the options of a `Sequence`.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(
    missing_docs,
    reason = "each field is the SQLAlchemy argument of the same name"
)]
pub struct Identity {
    pub always: bool,
    pub on_null: Option<bool>,
    pub start: Option<i128>,
    pub increment: Option<i128>,
    pub minvalue: Option<i128>,
    pub maxvalue: Option<i128>,
    pub nominvalue: bool,
    pub nomaxvalue: bool,
    pub cycle: Option<bool>,
    pub cache: Option<i128>,
    pub order: Option<bool>,
}

/// `Sequence(…)`
#[derive(Debug, Clone, PartialEq)]
pub struct Sequence {
    /// Its name.
    pub name: TableName,
    /// Start, increment and so on (`always` and `on_null` do not apply).
    pub options: Identity,
    /// `data_type=`
    pub data_type: Option<ColumnType>,
    /// `optional=True`
    pub optional: bool,
}

/// What the server fills in.
#[derive(Debug, Clone, PartialEq)]
pub enum ServerDefault {
    /// `server_default="x"`: a string literal, always quoted.
    Text(String),
    /// `server_default=sa.text("…")`, `func.now()`, `false()`.
    Expr(Expr),
    /// `Computed(…)`
    Computed(Computed),
    /// `Identity(…)`
    Identity(Identity),
    /// `FetchedValue()`: something that the DDL does not show.
    Fetched,
}

/// `autoincrement=`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Autoincrement {
    /// Not given: `"auto"`.
    #[default]
    Auto,
    /// `True`
    True,
    /// `False`
    False,
    /// `"ignore_fk"`
    IgnoreFk,
}

/// `ForeignKey("table.column")` on a column.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnForeignKey {
    /// Constraint, whose `columns` is this one column.
    pub constraint: Constraint,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: Name,
    /// `key=`, where it differs from the name.
    pub key: Option<String>,
    /// Its type; `None` where none was given (taken from the foreign key's target, or NullType).
    pub type_: Option<ColumnType>,
    /// Whether NULL is allowed, after SQLAlchemy's rule (`not primary_key` unless given).
    pub nullable: bool,
    /// Whether `nullable=` was given.
    pub nullable_given: bool,
    /// `primary_key=True`
    pub primary_key: bool,
    /// What the server fills in.
    pub server_default: Option<ServerDefault>,
    /// `Sequence(…)` as the column's default.
    pub sequence: Option<Sequence>,
    /// Whether there is a Python-side default (`default=`); its value never reaches the DDL.
    pub has_python_default: bool,
    /// The Python-side default where it is a plain value: `insert()` uses it.
    pub python_default: Option<Literal>,
    /// `autoincrement=`
    pub autoincrement: Autoincrement,
    /// `comment=`
    pub comment: Option<String>,
    /// `unique=`
    pub unique: Option<bool>,
    /// `index=`
    pub index: Option<bool>,
    /// `ForeignKey(…)` arguments.
    pub foreign_keys: Vec<ColumnForeignKey>,
    /// `CheckConstraint(…)` arguments.
    pub checks: Vec<Constraint>,
    /// `system=True`
    pub system: bool,
    /// `server_onupdate=FetchedValue()`; MySQL reflection's `ON UPDATE` is part of the default's text.
    pub server_onupdate: bool,
    /// Dialect options (`mssql_identity_start`, `sqlite_on_conflict_not_null`).
    pub options: DialectOptions,
}

impl Column {
    /// A nullable column of a type.
    pub fn new(name: impl Into<Name>, type_: Option<ColumnType>) -> Column {
        Column {
            name: name.into(),
            key: None,
            type_,
            nullable: true,
            nullable_given: false,
            primary_key: false,
            server_default: None,
            sequence: None,
            has_python_default: false,
            python_default: None,
            autoincrement: Autoincrement::Auto,
            comment: None,
            unique: None,
            index: None,
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            system: false,
            server_onupdate: false,
            options: DialectOptions::new(),
        }
    }
}

/// `PRIMARY KEY`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PrimaryKeyConstraint {
    /// Columns.
    pub columns: Vec<Name>,
}

/// `UNIQUE`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UniqueConstraint {
    /// Columns.
    pub columns: Vec<Name>,
}

/// `FOREIGN KEY`
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignKeyConstraint {
    /// Referring columns.
    pub columns: Vec<Name>,
    /// Referred table.
    pub referred_table: TableName,
    /// Referred columns; empty where only the table was given.
    pub referred_columns: Vec<Name>,
    /// `ON UPDATE`, as written.
    pub onupdate: Option<String>,
    /// `ON DELETE`, as written.
    pub ondelete: Option<String>,
    /// `MATCH`, as written.
    pub match_: Option<String>,
    /// `use_alter=True`
    pub use_alter: bool,
}

/// `CHECK`
#[derive(Debug, Clone, PartialEq)]
pub struct CheckConstraint {
    /// The condition.
    pub sqltext: Expr,
    /// Made for a `Boolean` or `Enum` column, not written by the user: the column it belongs to.
    pub type_bound: Option<Name>,
}

/// One element of `EXCLUDE`.
#[derive(Debug, Clone, PartialEq)]
pub struct ExcludeElement {
    /// A column or expression.
    pub expr: Expr,
    /// Operator (`&&`).
    pub operator: String,
    /// Operator class.
    pub opclass: Option<String>,
}

/// `EXCLUDE`, PostgreSQL only.
#[derive(Debug, Clone, PartialEq)]
pub struct ExcludeConstraint {
    /// Elements.
    pub elements: Vec<ExcludeElement>,
    /// `USING`; SQLAlchemy's default is `gist`.
    pub using: String,
    /// `WHERE`
    pub where_: Option<Expr>,
}

/// What a constraint says.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    missing_docs,
    reason = "each variant is the constraint of the same name"
)]
pub enum ConstraintBody {
    PrimaryKey(PrimaryKeyConstraint),
    Unique(UniqueConstraint),
    ForeignKey(ForeignKeyConstraint),
    Check(CheckConstraint),
    Exclude(ExcludeConstraint),
}

/// A constraint of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraint {
    /// Its name.
    pub name: ConstraintName,
    /// What it says.
    pub body: ConstraintBody,
    /// `DEFERRABLE` or `NOT DEFERRABLE`.
    pub deferrable: Option<bool>,
    /// `INITIALLY …`, as written.
    pub initially: Option<String>,
    /// `comment=`
    pub comment: Option<String>,
    /// Dialect options.
    pub options: DialectOptions,
}

impl Constraint {
    /// A constraint with a name and nothing else.
    #[must_use]
    pub fn new(name: ConstraintName, body: ConstraintBody) -> Constraint {
        Constraint {
            name,
            body,
            deferrable: None,
            initially: None,
            comment: None,
            options: DialectOptions::new(),
        }
    }
}

/// One element of an index.
#[derive(Debug, Clone, PartialEq)]
pub enum IndexElement {
    /// A column.
    Column(Name),
    /// An expression, direction included.
    Expr(Expr),
}

/// An index.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// Its name.
    pub name: ConstraintName,
    /// Its elements.
    pub elements: Vec<IndexElement>,
    /// `UNIQUE`
    pub unique: bool,
    /// Made by `index=True` on a column.
    pub column_flag: bool,
    /// Dialect options (`postgresql_using`, `mysql_length`).
    pub options: DialectOptions,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Columns, in order.
    pub columns: Vec<Column>,
    /// Table-level constraints, in the order given. Those of columns (`ForeignKey`, `unique=True`) stay on the columns.
    pub constraints: Vec<Constraint>,
    /// Indexes that were given as such; `index=True` stays on the column.
    pub indexes: Vec<Index>,
    /// `comment=`
    pub comment: Option<String>,
    /// `info=`, as Python shows the dictionary; none if it is empty. For scripts only, no database knows it.
    pub info: Option<String>,
    /// `prefixes=["TEMPORARY"]`
    pub prefixes: Vec<String>,
    /// Dialect options.
    pub options: DialectOptions,
}

impl Table {
    /// An empty table.
    #[must_use]
    pub fn new(name: TableName) -> Table {
        Table {
            name,
            columns: Vec::new(),
            constraints: Vec::new(),
            indexes: Vec::new(),
            comment: None,
            info: None,
            prefixes: Vec::new(),
            options: DialectOptions::new(),
        }
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.text == name)
    }
}

/// An enumerated type of the database itself (PostgreSQL).
#[derive(Debug, Clone, PartialEq)]
pub struct EnumType {
    /// Its name.
    pub name: TableName,
    /// Its labels, in order.
    pub labels: Vec<String>,
}

/// A database as a whole: what a `MetaData` holds, or what introspection found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schema {
    /// Tables, in the order of definition (metadata) or sorted by name (introspection).
    pub tables: Vec<Table>,
    /// Sequences that belong to no column.
    pub sequences: Vec<Sequence>,
    /// Enumerated types.
    pub enums: Vec<EnumType>,
    /// The metadata's naming convention.
    pub naming_convention: NamingConvention,
    /// The namespace that unqualified names mean, if known (introspection).
    pub default_schema: Option<String>,
}

impl Schema {
    /// The table of that name.
    #[must_use]
    pub fn table(&self, name: &TableName) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == *name)
    }
}
