//! Types of MySQL and MariaDB (`MySQLTypeCompiler`).

use limbeck_diag::Result;
use limbeck_schema::{ColumnType, TypeClass, TypeNamespace};

use crate::ddl::python_error;
use crate::dialect::{Dialect, SqlAlchemyVersion, Target};
use crate::types::common::render_precision_scale;
use crate::types::{compile_error, length_word, render_visit, string_length, unsupported};

/// Types written in MySQL's own way; `None` leaves them to the common code.
pub(crate) fn render(visit: &str, type_: &ColumnType, target: &Target) -> Option<Result<String>> {
    Some(match visit {
        "NUMERIC" | "DECIMAL" => Ok(extend_numeric(type_, render_precision_scale(visit, type_))),
        "DOUBLE" | "REAL" => Ok(extend_numeric(
            type_,
            match (type_.precision, type_.scale) {
                (Some(precision), Some(scale)) => format!("{visit}({precision}, {scale})"),
                _ => visit.to_owned(),
            },
        )),
        "FLOAT" => Ok(extend_numeric(
            type_,
            match (type_.precision, type_.scale.filter(|_| is_mysql(type_))) {
                (Some(precision), Some(scale)) => format!("FLOAT({precision}, {scale})"),
                (Some(precision), None) => format!("FLOAT({precision})"),
                (None, _) => "FLOAT".to_owned(),
            },
        )),
        "INTEGER" | "BIGINT" | "SMALLINT" | "MEDIUMINT" | "TINYINT" => {
            if visit == "TINYINT" && type_.class.namespace() == TypeNamespace::Mssql {
                return Some(Ok("TINYINT".to_owned()));
            }
            Ok(extend_numeric(
                type_,
                match type_.display_width {
                    Some(width) => format!("{visit}({width})"),
                    None => visit.to_owned(),
                },
            ))
        }
        "BIT" => Ok(with_number(
            "BIT",
            match type_.class {
                TypeClass::MsBit => return Some(Err(unsupported(type_, target))),
                _ => type_.length,
            },
        )),
        "DATETIME" | "TIME" | "TIMESTAMP" => {
            Ok(with_number(visit, type_.fsp.filter(|fsp| *fsp != 0)))
        }
        "YEAR" => Ok(with_number("YEAR", type_.display_width)),
        "VARCHAR" | "TEXT" | "large_binary" | "BLOB" | "VARBINARY"
            if type_.extra.contains_key("length") =>
        {
            Err(python_error(format!(
                "{visit} has a number as its length on dialect {}",
                target.dialect
            )))
        }
        "TEXT" => Ok(extend_string(
            type_,
            false,
            with_number("TEXT", type_.length),
        )),
        "TINYTEXT" | "MEDIUMTEXT" | "LONGTEXT" => Ok(extend_string(type_, false, visit.to_owned())),
        "VARCHAR" | "NVARCHAR" => match exact_length(type_) {
            Some(length) => Ok(extend_string(
                type_,
                visit == "NVARCHAR",
                format!("VARCHAR({length})"),
            )),
            None => Err(compile_error(format!(
                "{visit} requires a length on dialect {}",
                target.dialect
            ))),
        },
        "CHAR" | "NCHAR" => Ok(extend_string(
            type_,
            visit == "NCHAR",
            match length_word(type_) {
                Some(length) => format!("CHAR({length})"),
                None => with_number("CHAR", type_.length),
            },
        )),
        "VARBINARY" => match type_.length {
            Some(length) => Ok(format!("VARBINARY({length})")),
            None => Err(compile_error(format!(
                "VARBINARY requires a length on dialect {}",
                target.dialect
            ))),
        },
        "INET4" | "INET6"
            if target.dialect == Dialect::MySql && target.sqlalchemy == SqlAlchemyVersion::V2_0 =>
        {
            Err(unsupported(type_, target))
        }
        "UUID" | "JSON" | "INET4" | "INET6" | "TINYBLOB" | "MEDIUMBLOB" | "LONGBLOB" => {
            Ok(visit.to_owned())
        }
        "large_binary" | "BLOB" => Ok(with_number("BLOB", type_.length)),
        "enum" if type_.class == TypeClass::Enum && type_.native == Some(false) => {
            render_visit("VARCHAR", type_, target)
        }
        "enum" | "ENUM" => Ok(enumerated("ENUM", type_, target)),
        "SET" => Ok(enumerated("SET", type_, target)),
        "BOOLEAN" => Ok("BOOL".to_owned()),
        _ => return None,
    })
}

/// The length as it was given, zero included.
fn exact_length(type_: &ColumnType) -> Option<String> {
    string_length(type_)
        .map(|length| length.to_string())
        .or_else(|| length_word(type_))
}

fn is_mysql(type_: &ColumnType) -> bool {
    type_.class.namespace() == TypeNamespace::Mysql
}

fn with_number(name: &str, number: Option<u64>) -> String {
    match number {
        Some(number) => format!("{name}({number})"),
        None => name.to_owned(),
    }
}

fn extend_numeric(type_: &ColumnType, mut spec: String) -> String {
    if is_mysql(type_) {
        if type_.unsigned {
            spec.push_str(" UNSIGNED");
        }
        if type_.zerofill {
            spec.push_str(" ZEROFILL");
        }
    }
    spec
}

/// Character set, collation and the flags of the string types.
fn extend_string(type_: &ColumnType, national: bool, spec: String) -> String {
    let [ascii, unicode, binary, national_flag] = type_.text_flags;
    let national = national || national_flag;
    let charset = match &type_.charset {
        Some(charset) if !charset.is_empty() => Some(format!("CHARACTER SET {charset}")),
        _ if ascii => Some("ASCII".to_owned()),
        _ if unicode => Some("UNICODE".to_owned()),
        _ => None,
    };
    let collation = match &type_.collation {
        Some(collation) if !collation.is_empty() => Some(format!("COLLATE {collation}")),
        _ if binary => Some("BINARY".to_owned()),
        _ => None,
    };
    // NATIONAL trumps character sets.
    let parts = if national {
        [Some("NATIONAL".to_owned()), Some(spec), collation]
    } else {
        [Some(spec), charset, collation]
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn enumerated(name: &str, type_: &ColumnType, target: &Target) -> String {
    let labels: Vec<String> = type_
        .labels
        .iter()
        .flat_map(|labels| &labels.labels)
        .map(|label| {
            let label = label.replace('\'', "''").replace('\\', "\\\\");
            format!("'{}'", target.double_percents(&label))
        })
        .collect();
    extend_string(type_, false, format!("{name}({})", labels.join(",")))
}
