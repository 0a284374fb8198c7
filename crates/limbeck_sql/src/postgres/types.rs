//! Types of PostgreSQL (`PGTypeCompiler`).

use limbeck_diag::Result;
use limbeck_schema::{ColumnType, TypeClass, TypeNamespace};

use crate::dialect::Target;
use crate::types::{compile_error, is_from, render_type, render_visit, unsupported};

/// Names that `CREATE TYPE` cannot take without a namespace: a built-in type would hide it.
const BUILT_IN: &[&str] = &[
    "\"char\"",
    "_array",
    "bigint",
    "bit",
    "bit varying",
    "boolean",
    "bytea",
    "character",
    "character varying",
    "cidr",
    "citext",
    "date",
    "datemultirange",
    "daterange",
    "double precision",
    "float",
    "hstore",
    "inet",
    "int4multirange",
    "int4range",
    "int8multirange",
    "int8range",
    "integer",
    "interval",
    "json",
    "jsonb",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "numeric",
    "nummultirange",
    "numrange",
    "oid",
    "real",
    "regclass",
    "regconfig",
    "smallint",
    "text",
    "time",
    "time with time zone",
    "time without time zone",
    "timestamp",
    "timestamp with time zone",
    "timestamp without time zone",
    "tsmultirange",
    "tsquery",
    "tsrange",
    "tstzmultirange",
    "tstzrange",
    "tsvector",
    "uuid",
];

/// Types written in PostgreSQL's own way; `None` leaves them to the common code.
pub(crate) fn render(visit: &str, type_: &ColumnType, target: &Target) -> Option<Result<String>> {
    Some(match visit {
        "TSVECTOR" | "TSQUERY" | "INET" | "CIDR" | "CITEXT" | "MACADDR" | "MACADDR8" | "MONEY"
        | "OID" | "REGCONFIG" | "REGCLASS" | "HSTORE" | "JSON" | "JSONB" | "JSONPATH" | "BYTEA"
        | "INT4MULTIRANGE" | "INT8MULTIRANGE" | "NUMMULTIRANGE" | "DATEMULTIRANGE"
        | "TSMULTIRANGE" | "TSTZMULTIRANGE" | "INT4RANGE" | "INT8RANGE" | "NUMRANGE"
        | "DATERANGE" | "TSRANGE" | "TSTZRANGE" => Ok(visit.to_owned()),
        "FLOAT" => Ok(match type_.precision {
            None | Some(0) => "FLOAT".to_owned(),
            Some(precision) => format!("FLOAT({precision})"),
        }),
        "double" => Ok("DOUBLE PRECISION".to_owned()),
        "datetime" => render_visit("TIMESTAMP", type_, target),
        "TIMESTAMP" if type_.class == TypeClass::MsTimestamp => Err(unsupported(type_, target)),
        "TIMESTAMP" | "TIME" => Ok(render_time(visit, type_)),
        "time" => Ok(render_time("TIME", type_)),
        "enum" if type_.class == TypeClass::Enum && type_.native == Some(false) => return None,
        "enum" | "ENUM" | "DOMAIN" => format_type(type_, target),
        "INTERVAL" if is_from(type_, TypeNamespace::Postgresql) => Ok(render_interval(type_)),
        "BIT" if is_from(type_, TypeNamespace::Postgresql) => Ok(render_bit(type_)),
        "BIT" | "INTERVAL" => Err(unsupported(type_, target)),
        "uuid" if type_.native != Some(false) => Ok("UUID".to_owned()),
        "large_binary" => Ok("BYTEA".to_owned()),
        "ARRAY" => render_array(type_, target),
        _ => return None,
    })
}

fn render_time(name: &str, type_: &ColumnType) -> String {
    // Only PostgreSQL's own classes have a precision.
    let precision = match type_.class.namespace() {
        TypeNamespace::Sqlalchemy => None,
        _ => type_.precision,
    };
    format!(
        "{name}{} {} TIME ZONE",
        precision.map_or_else(String::new, |precision| format!("({precision})")),
        if type_.timezone { "WITH" } else { "WITHOUT" },
    )
}

fn render_interval(type_: &ColumnType) -> String {
    let mut text = "INTERVAL".to_owned();
    if let Some(fields) = &type_.fields {
        text.push_str(&format!(" {fields}"));
    }
    if let Some(precision) = type_.precision {
        text.push_str(&format!(" ({precision})"));
    }
    text
}

fn render_bit(type_: &ColumnType) -> String {
    match (type_.varying, type_.length) {
        (true, None) => "BIT VARYING".to_owned(),
        (true, Some(length)) => format!("BIT VARYING({length})"),
        (false, length) => format!("BIT({})", length.unwrap_or(1)),
    }
}

fn render_array(type_: &ColumnType, target: &Target) -> Result<String> {
    let Some(item) = &type_.item else {
        return Err(unsupported(type_, target));
    };
    let inner = render_type(item, target)?;
    let dimensions = type_.dimensions.unwrap_or(1);
    let brackets = "[]".repeat(usize::try_from(dimensions).unwrap_or(1));
    Ok(match inner.find(" COLLATE") {
        Some(at) => {
            let (name, collation) = inner.split_at(at);
            format!("{name}{brackets}{collation}")
        }
        None => format!("{inner}{brackets}"),
    })
}

/// The name of an enumerated type or domain.
pub(crate) fn format_type(type_: &ColumnType, target: &Target) -> Result<String> {
    let class = type_.class.py_name();
    let Some(name) = type_.name.as_ref().filter(|name| !name.text.is_empty()) else {
        return Err(compile_error(format!(
            "PostgreSQL {class} type requires a name."
        )));
    };
    match &type_.schema {
        None if BUILT_IN.binary_search(&name.text.as_str()).is_ok() => Err(compile_error(format!(
            "{} has name '{name}' that matches an existing type, and requires an explicit schema name in order to be rendered in DDL.",
            describe(type_),
        ))),
        None => Ok(target.quote(name)),
        Some(schema) => Ok(format!(
            "{}.{}",
            target.quote_schema(schema),
            target.quote(name)
        )),
    }
}

/// Python's `repr` of an enumerated type, as far as its usual arguments go.
fn describe(type_: &ColumnType) -> String {
    let mut arguments: Vec<String> = type_
        .labels
        .iter()
        .flat_map(|labels| &labels.labels)
        .map(|label| format!("'{label}'"))
        .collect();
    if let Some(name) = &type_.name {
        arguments.push(format!("name='{name}'"));
    }
    format!("{}({})", type_.class.py_name(), arguments.join(", "))
}
