//! Types of SQL Server (`MSTypeCompiler`).

use limbeck_diag::Result;
use limbeck_schema::{ColumnType, TypeNamespace};

use crate::dialect::Target;
use crate::types::{length_word, render_visit};

/// Types written in SQL Server's own way; `None` leaves them to the common code.
pub(crate) fn render(visit: &str, type_: &ColumnType, target: &Target) -> Option<Result<String>> {
    let again = |visit: &str| Some(render_visit(visit, type_, target));
    // Without a connection the version is not known, and counts as the oldest.
    let has_date = target.is_at_least(10, 0);
    let large_types = !target.is_at_least(11, 0);
    Some(match visit {
        "double" => return again("DOUBLE_PRECISION"),
        "FLOAT" | "DATETIMEOFFSET" | "DATETIME2" => Ok(with_precision(visit, type_.precision)),
        "TIME" => Ok(with_precision("TIME", time_precision(type_))),
        "TINYINT" | "TIMESTAMP" | "ROWVERSION" | "SMALLDATETIME" | "IMAGE" | "XML" | "MONEY"
        | "SMALLMONEY" | "UNIQUEIDENTIFIER" | "SQL_VARIANT" | "BIT" => Ok(visit.to_owned()),
        "datetime" if type_.timezone => return again("DATETIMEOFFSET"),
        "datetime" => return again("DATETIME"),
        "date" => return again(if has_date { "DATE" } else { "DATETIME" }),
        "time" => return again(if has_date { "TIME" } else { "DATETIME" }),
        "unicode" => return again("NVARCHAR"),
        "text" => return again(if large_types { "TEXT" } else { "VARCHAR" }),
        "unicode_text" => return again(if large_types { "NTEXT" } else { "NVARCHAR" }),
        "large_binary" => return again(if large_types { "IMAGE" } else { "VARBINARY" }),
        "NTEXT" | "TEXT" | "CHAR" | "NCHAR" => Ok(extend(visit, type_, length_word(type_))),
        "VARCHAR" | "NVARCHAR" => Ok(extend(visit, type_, Some(length_or_max(type_)))),
        "VARBINARY" => {
            let mut text = extend("VARBINARY", type_, Some(length_or_max(type_)));
            if type_.filestream {
                text.push_str(" FILESTREAM");
            }
            Ok(text)
        }
        "JSON" => Ok(extend("NVARCHAR", type_, Some("max".to_owned()))),
        "boolean" => Ok("BIT".to_owned()),
        "uuid" if type_.native != Some(false) => Ok("UNIQUEIDENTIFIER".to_owned()),
        _ => return None,
    })
}

fn time_precision(type_: &ColumnType) -> Option<u64> {
    match type_.class.namespace() {
        TypeNamespace::Sqlalchemy => None,
        _ => type_.precision,
    }
}

fn with_precision(name: &str, precision: Option<u64>) -> String {
    match precision {
        Some(precision) => format!("{name}({precision})"),
        None => name.to_owned(),
    }
}

fn length_or_max(type_: &ColumnType) -> String {
    length_word(type_).unwrap_or_else(|| "max".to_owned())
}

fn extend(name: &str, type_: &ColumnType, length: Option<String>) -> String {
    let mut text = name.to_owned();
    if let Some(length) = length {
        text.push_str(&format!("({length})"));
    }
    if let Some(collation) = type_.collation.as_deref().filter(|it| !it.is_empty()) {
        text.push_str(&format!(" COLLATE {collation}"));
    }
    text
}
