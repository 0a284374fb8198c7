//! The life of PostgreSQL's named types: `CREATE TYPE … AS ENUM`, `CREATE DOMAIN`.

use limbeck_diag::Result;
use limbeck_schema::{ColumnType, Name, TypeClass};

use super::{Writer, compile_error};
use crate::dialect::{Dialect, SqlAlchemyVersion, Target};
use crate::literal::render_string;
use crate::postgres::types::format_type;
use crate::types::{render_type, resolve_variant};

/// The named type that a column's type stands for on PostgreSQL, if it is one that can be created.
pub(crate) fn named_type<'a>(type_: &'a ColumnType, target: &Target) -> Option<&'a ColumnType> {
    let type_ = resolve_variant(type_, target.dialect);
    match type_.class {
        TypeClass::PgEnum | TypeClass::PgDomain => Some(type_),
        TypeClass::Enum if type_.native != Some(false) => Some(type_),
        TypeClass::MyEnum => Some(type_),
        TypeClass::Array | TypeClass::PgArray => named_type(type_.item.as_deref()?, target),
        TypeClass::Custom => {
            let custom = type_.custom.as_deref()?;
            let inner = custom
                .by_dialect
                .get(target.dialect.name())
                .or(custom.impl_.as_deref())?;
            named_type(inner, target)
        }
        _ => None,
    }
}

/// Gives a type that asks for it (`inherit_schema=True`) the schema of its table.
pub(crate) fn inherit_schema(type_: &mut ColumnType, schema: &Name) {
    if type_.inherit_schema && type_.schema.is_none() {
        type_.schema = Some(schema.clone());
    }
    if let Some(item) = &mut type_.item {
        inherit_schema(item, schema);
    }
}

/// Whether creating a table creates the type as well (`create_type=`).
pub(crate) fn creates_with_table(type_: &ColumnType) -> bool {
    type_.create_type != Some(false)
}

/// `CREATE TYPE`, `CREATE DOMAIN`; `None` where the database has no such types.
///
/// # Errors
/// PostgreSQL's own classes have no words on other dialects.
pub(crate) fn create_type(writer: &Writer<'_>, type_: &ColumnType) -> Result<Option<String>> {
    let target = writer.target;
    match type_.class {
        TypeClass::PgDomain => create_domain(writer, type_).map(Some),
        _ if target.dialect == Dialect::Postgres => {
            let labels: Vec<String> = type_
                .labels
                .iter()
                .flat_map(|labels| &labels.labels)
                .map(|label| render_string(label, target))
                .collect();
            Ok(Some(format!(
                "CREATE TYPE {} AS ENUM ({})",
                format_type(type_, target)?,
                labels.join(", ")
            )))
        }
        // MySQL has native enumerations, and SQLAlchemy lets PostgreSQL's class through to its compiler.
        TypeClass::PgEnum if target.caps.native_enum => Err(super::unsupported_construct(
            "sqlalchemy.dialects.postgresql.named_types.CreateEnumType",
            target,
        )),
        _ => Ok(None),
    }
}

/// `DROP TYPE`, `DROP DOMAIN`; `None` where the database has no such types.
///
/// # Errors
/// PostgreSQL's own classes have no words on other dialects.
pub(crate) fn drop_type(writer: &Writer<'_>, type_: &ColumnType) -> Result<Option<String>> {
    let target = writer.target;
    match type_.class {
        TypeClass::PgDomain if target.dialect == Dialect::Postgres => {
            Ok(Some(format!("DROP DOMAIN {}", format_type(type_, target)?)))
        }
        TypeClass::PgDomain => Err(super::unsupported_construct(
            "sqlalchemy.dialects.postgresql.named_types.DropDomainType",
            target,
        )),
        _ if target.dialect == Dialect::Postgres => {
            Ok(Some(format!("DROP TYPE {}", format_type(type_, target)?)))
        }
        TypeClass::PgEnum if target.caps.native_enum => Err(super::unsupported_construct(
            "sqlalchemy.dialects.postgresql.named_types.DropEnumType",
            target,
        )),
        _ => Ok(None),
    }
}

fn create_domain(writer: &Writer<'_>, type_: &ColumnType) -> Result<String> {
    let target = writer.target;
    if target.dialect != Dialect::Postgres {
        return Err(super::unsupported_construct(
            "sqlalchemy.dialects.postgresql.named_types.CreateDomainType",
            target,
        ));
    }
    let Some(base) = &type_.item else {
        return Err(compile_error("a DOMAIN has a data type"));
    };
    let mut options = Vec::new();
    if let Some(collation) = &type_.collation {
        let schema = match crate::types::extra_word(type_, "collation_schema") {
            Some(schema) if target.sqlalchemy >= SqlAlchemyVersion::V2_1 => {
                format!("{}.", target.quote_text(schema))
            }
            _ => String::new(),
        };
        options.push(format!("COLLATE {schema}{}", target.quote_text(collation)));
    }
    if let Some(default) = &type_.domain_default {
        options.push(format!("DEFAULT {}", writer.expr(default)?));
    }
    if let Some(name) = &type_.domain_constraint_name {
        options.push(format!("CONSTRAINT {}", target.quote_text(name)));
    }
    if type_.domain_not_null == Some(true) {
        options.push("NOT NULL".to_owned());
    }
    if let Some(check) = &type_.domain_check {
        options.push(format!("CHECK ({})", writer.expr(check)?));
    }
    Ok(format!(
        "CREATE DOMAIN {} AS {} {}",
        format_type(type_, target)?,
        render_type(base, target)?,
        options.join(" ")
    ))
}
