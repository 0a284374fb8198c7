//! Types of Oracle (`OracleTypeCompiler`).

use limbeck_diag::Result;
use limbeck_schema::{ColumnType, TypeClass, TypeNamespace};

use crate::dialect::{SqlAlchemyVersion, Target};
use crate::types::{compile_error, extra_word, is_from, length_word, render_visit, unsupported};

/// Types written in Oracle's own way; `None` leaves them to the common code.
pub(crate) fn render(visit: &str, type_: &ColumnType, target: &Target) -> Option<Result<String>> {
    let again = |visit: &str| Some(render_visit(visit, type_, target));
    Some(match visit {
        // DATE holds a time of day; there is no TIME.
        "datetime" => return again("DATE"),
        "double" => return again("DOUBLE_PRECISION"),
        "INTERVAL" if is_from(type_, TypeNamespace::Oracle) => Ok(render_interval(type_)),
        "INTERVAL" => Err(unsupported(type_, target)),
        "LONG" | "ROWID" if is_from(type_, TypeNamespace::Oracle) => Ok(visit.to_owned()),
        // A version number of SQL Server has no time zone to ask for.
        "TIMESTAMP" if is_from(type_, TypeNamespace::Mssql) => Err(unsupported(type_, target)),
        "TIMESTAMP" => Ok(if type_.local_timezone {
            "TIMESTAMP WITH LOCAL TIME ZONE"
        } else if type_.timezone {
            "TIMESTAMP WITH TIME ZONE"
        } else {
            "TIMESTAMP"
        }
        .to_owned()),
        "DOUBLE_PRECISION" => Ok(numeric("DOUBLE PRECISION", type_.precision, type_.scale)),
        "BINARY_DOUBLE" | "BINARY_FLOAT" | "NUMBER" => {
            Ok(numeric(visit, type_.precision, type_.scale))
        }
        "FLOAT" => render_float(type_),
        "big_integer" => Ok("NUMBER(19)".to_owned()),
        "string" | "unicode" => return again("VARCHAR2"),
        "VARCHAR2" => Ok(varchar("VARCHAR2", type_, true)),
        "VARCHAR" => Ok(varchar("VARCHAR", type_, true)),
        "NVARCHAR2" | "NVARCHAR" => Ok(varchar("NVARCHAR2", type_, false)),
        "text" | "unicode_text" => return again("CLOB"),
        "boolean" if !target.caps.native_boolean => return again("SMALLINT"),
        "RAW" => Ok(match type_.length {
            Some(length) if length != 0 => format!("RAW({length})"),
            _ => "RAW".to_owned(),
        }),
        "VECTOR" => Ok(render_vector(type_)),
        "JSON" => render_json(type_, target),
        _ => return None,
    })
}

fn render_interval(type_: &ColumnType) -> String {
    let precision =
        |value: Option<u64>| value.map_or_else(String::new, |value| format!("({value})"));
    format!(
        "INTERVAL DAY{} TO SECOND{}",
        precision(type_.day_precision),
        precision(type_.second_precision)
    )
}

fn numeric(name: &str, precision: Option<u64>, scale: Option<i64>) -> String {
    match (precision, scale) {
        (None, _) => name.to_owned(),
        (Some(precision), None) => format!("{name}({precision})"),
        (Some(precision), Some(scale)) => format!("{name}({precision}, {scale})"),
    }
}

/// FLOAT counts binary digits, and SQLAlchemy refuses to guess them from decimal ones.
fn render_float(type_: &ColumnType) -> Result<String> {
    match (type_.precision, type_.binary_precision) {
        (Some(precision), None) if precision != 0 => {
            let class = type_.class.py_name();
            // int(precision / 0.30103), as SQLAlchemy proposes it.
            let binary = precision.saturating_mul(100_000) / 30_103;
            Err(compile_error(format!(
                "Oracle Database FLOAT types use 'binary precision', which does not convert cleanly from decimal 'precision'.  Please specify this type with a separate Oracle Database variant, such as {class}(precision={precision}).with_variant(oracle.FLOAT(binary_precision={binary}), 'oracle'), so that the Oracle Database specific 'binary_precision' may be specified accurately."
            )))
        }
        (_, binary) => Ok(numeric("FLOAT", binary, type_.scale)),
    }
}

fn varchar(name: &str, type_: &ColumnType, chars: bool) -> String {
    match length_word(type_) {
        None => name.to_owned(),
        Some(length) if chars => format!("{name}({length} CHAR)"),
        Some(length) => format!("{name}({length})"),
    }
}

fn render_vector(type_: &ColumnType) -> String {
    let dimension = extra_word(type_, "dim").unwrap_or("*");
    let format = extra_word(type_, "storage_format").unwrap_or("*");
    let storage = extra_word(type_, "storage_type").unwrap_or("*");
    format!("VECTOR({dimension},{format},{storage})")
}

fn render_json(type_: &ColumnType, target: &Target) -> Result<String> {
    if target.sqlalchemy < SqlAlchemyVersion::V2_1 {
        return Err(unsupported(type_, target));
    }
    let use_blob = match extra_word(type_, "use_blob") {
        Some(word) if type_.class != TypeClass::Json => word == "True",
        _ => target.version.is_some_and(|version| version.major < 21),
    };
    Ok(if use_blob { "BLOB" } else { "JSON" }.to_owned())
}
