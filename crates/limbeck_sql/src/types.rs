//! Column types as DDL text.
//!
//! A type is written by the name its class has for visitors in SQLAlchemy (`visit_name`): each dialect
//! answers for the names it treats in its own way, and the rest is common.

mod affinity;
pub(crate) mod common;
mod declared;

use std::borrow::Cow;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_schema::{ColumnType, CompiledType, CustomType, TypeClass, TypeNamespace};

use crate::dialect::{Dialect, Target};
use crate::{mssql, mysql, oracle, postgres, sqlite};

pub use affinity::{Affinity, type_affinity};
pub use declared::declared_class;

/// The DDL text of a type (`VARCHAR(30)`), as SQLAlchemy's type compiler of the dialect writes it.
///
/// # Errors
/// A type that the dialect cannot write, in SQLAlchemy's words.
pub fn render_type(type_: &ColumnType, target: &Target) -> Result<String> {
    let type_ = resolve_variant(type_, target.dialect);
    match &type_.compiled {
        Some(CompiledType::Text(text)) => return Ok(text.clone()),
        Some(CompiledType::Visit(visit)) => return render_visit(visit, type_, target),
        None => {}
    }
    match type_.class {
        TypeClass::Custom => match &type_.custom {
            Some(custom) => render_custom(custom, target),
            None => Err(unsupported(type_, target)),
        },
        TypeClass::Interval => render_type(&interval_impl(type_, target.dialect), target),
        TypeClass::PickleType => match &type_.item {
            Some(item) => render_type(item, target),
            None => render_type(&ColumnType::new(TypeClass::LargeBinary), target),
        },
        _ => render_visit(visit_name(type_.class), type_, target),
    }
}

/// What the type is on this dialect after `with_variant`.
#[must_use]
pub fn resolve_variant(type_: &ColumnType, dialect: Dialect) -> &ColumnType {
    type_.variants.get(dialect.name()).unwrap_or(type_)
}

/// What a type is on this dialect below its decorators: variants, `TypeDecorator`, `Interval`, `PickleType`.
/// A type that spells itself stays as it is.
#[must_use]
pub fn unwrap_type(type_: &ColumnType, dialect: Dialect) -> Cow<'_, ColumnType> {
    let type_ = resolve_variant(type_, dialect);
    match type_.class {
        TypeClass::Custom => match type_
            .custom
            .as_deref()
            .and_then(|it| custom_impl(it, dialect))
        {
            Some(inner) => unwrap_type(inner, dialect),
            None => Cow::Borrowed(type_),
        },
        TypeClass::Interval => Cow::Owned(interval_impl(type_, dialect)),
        TypeClass::PickleType => match &type_.item {
            Some(item) => unwrap_type(item, dialect),
            None => Cow::Owned(ColumnType::new(TypeClass::LargeBinary)),
        },
        _ => Cow::Borrowed(type_),
    }
}

fn custom_impl(custom: &CustomType, dialect: Dialect) -> Option<&ColumnType> {
    custom
        .by_dialect
        .get(dialect.name())
        .or(custom.impl_.as_deref())
}

fn render_custom(custom: &CustomType, target: &Target) -> Result<String> {
    match (custom_impl(custom, target.dialect), &custom.col_spec) {
        (Some(inner), _) => render_type(inner, target),
        (None, Some(spec)) => Ok(spec.clone()),
        (None, None) => Err(Error::new(
            ErrorKind::Compile,
            Diagnostic::error(
                "unknown-type",
                format!(
                    "Can't generate DDL for type {}.{}: what it stands for is not known",
                    custom.module, custom.name
                ),
            ),
        )),
    }
}

/// `Interval` is a native type on PostgreSQL and Oracle, and a date elsewhere.
fn interval_impl(type_: &ColumnType, dialect: Dialect) -> ColumnType {
    let native = type_.native != Some(false);
    match dialect {
        Dialect::Postgres if native => ColumnType {
            precision: type_.second_precision,
            ..ColumnType::new(TypeClass::PgInterval)
        },
        Dialect::Oracle if native => ColumnType {
            day_precision: type_.day_precision,
            second_precision: type_.second_precision,
            ..ColumnType::new(TypeClass::OraInterval)
        },
        Dialect::Postgres
        | Dialect::Oracle
        | Dialect::MySql
        | Dialect::MariaDb
        | Dialect::Sqlite
        | Dialect::MsSql => ColumnType::new(TypeClass::DateTime),
    }
}

/// Writes a type under a visitor's name, which need not be its own (`visit_datetime` falls back on `visit_DATE`).
pub(crate) fn render_visit(visit: &str, type_: &ColumnType, target: &Target) -> Result<String> {
    let special = match target.dialect {
        Dialect::Postgres => postgres::types::render(visit, type_, target),
        Dialect::MySql | Dialect::MariaDb => mysql::types::render(visit, type_, target),
        Dialect::Sqlite => sqlite::types::render(visit, type_, target),
        Dialect::MsSql => mssql::types::render(visit, type_, target),
        Dialect::Oracle => oracle::types::render(visit, type_, target),
    };
    match special {
        Some(result) => result,
        None => common::render(visit, type_, target),
    }
}

/// SQLAlchemy's `UnsupportedCompilationError`.
pub(crate) fn unsupported(type_: &ColumnType, target: &Target) -> Error {
    let name = type_.class.py_name();
    Error::new(
        ErrorKind::Compile,
        Diagnostic::error(
            "unsupported-type",
            format!("Compiler <compiler> can't render element of type {name}"),
        )
        .note(format!("{} has no type {name}", target.dialect)),
    )
}

/// SQLAlchemy's `CompileError`.
pub(crate) fn compile_error(message: impl Into<String>) -> Error {
    Error::message(ErrorKind::Compile, "compile-error", message)
}

/// The name a class has for visitors (`__visit_name__`).
pub(crate) fn visit_name(class: TypeClass) -> &'static str {
    match class {
        TypeClass::String => "string",
        TypeClass::Text => "text",
        TypeClass::Unicode => "unicode",
        TypeClass::UnicodeText => "unicode_text",
        TypeClass::Integer => "integer",
        TypeClass::SmallInteger => "small_integer",
        TypeClass::BigInteger => "big_integer",
        TypeClass::Numeric => "numeric",
        TypeClass::Float => "float",
        TypeClass::Double => "double",
        TypeClass::Boolean | TypeClass::MatchType => "boolean",
        TypeClass::Date | TypeClass::LiteDate => "date",
        TypeClass::DateTime | TypeClass::LiteDatetime => "datetime",
        TypeClass::Time | TypeClass::LiteTime => "time",
        TypeClass::LargeBinary => "large_binary",
        TypeClass::Enum | TypeClass::PgEnum => "enum",
        TypeClass::Uuid => "uuid",
        TypeClass::NullType => "null",
        TypeClass::OraNvarchar2 => "NVARCHAR",
        _ => class.py_name(),
    }
}

/// Length of a string type: for an `Enum` without one, that of its longest label.
pub(crate) fn string_length(type_: &ColumnType) -> Option<u64> {
    if type_.length.is_some() {
        return type_.length;
    }
    match type_.class {
        TypeClass::Enum | TypeClass::PgEnum | TypeClass::MyEnum => {
            Some(longest_label(type_) as u64)
        }
        _ => None,
    }
}

/// Characters of the longest label of an enumerated type.
pub(crate) fn longest_label(type_: &ColumnType) -> usize {
    type_
        .labels
        .iter()
        .flat_map(|labels| &labels.labels)
        .map(|label| label.chars().count())
        .max()
        .unwrap_or(0)
}

/// An argument that only one dialect has, kept as Python source: its last dotted part without quotes.
pub(crate) fn extra_word<'a>(type_: &'a ColumnType, key: &str) -> Option<&'a str> {
    let source = type_.extra.get(key)?.trim();
    let unquoted = source.trim_matches(['\'', '"']);
    if unquoted != source {
        return Some(unquoted);
    }
    match source.rsplit('.').next() {
        Some("None") | None => None,
        word => word,
    }
}

/// `length`, which on SQL Server may be the word `max`.
pub(crate) fn length_word(type_: &ColumnType) -> Option<String> {
    match string_length(type_) {
        Some(length) => (length != 0).then(|| length.to_string()),
        None => extra_word(type_, "length").map(str::to_owned),
    }
}

/// Whether the class comes from a dialect's own module and carries that dialect's arguments.
pub(crate) fn is_from(type_: &ColumnType, namespace: TypeNamespace) -> bool {
    type_.class.namespace() == namespace
}

/// `str(type)`: the type as SQLAlchemy's default dialect writes it, for messages.
pub(crate) fn generic_name(type_: &ColumnType) -> String {
    let target = Target::offline(Dialect::Sqlite, crate::dialect::SqlAlchemyVersion::V2_1);
    render_type(type_, &target).unwrap_or_else(|_| type_.class.py_name().to_uppercase())
}
