//! Types of SQLite (`SQLiteTypeCompiler`).

use limbeck_diag::Result;
use limbeck_schema::{ColumnType, TypeNamespace};

use crate::dialect::{SqlAlchemyVersion, Target};

/// Types written in SQLite's own way; `None` leaves them to the common code.
pub(crate) fn render(visit: &str, type_: &ColumnType, target: &Target) -> Option<Result<String>> {
    Some(match visit {
        "JSON" => Ok("JSON".to_owned()),
        "JSONB" if target.sqlalchemy >= SqlAlchemyVersion::V2_1 => Ok("JSONB".to_owned()),
        "DATE" | "DATETIME" | "TIME" if is_stored_as_digits(type_) => Ok(format!("{visit}_CHAR")),
        _ => return None,
    })
}

/// A `storage_format` of digits alone would be kept as a number: the name of the type makes it text.
fn is_stored_as_digits(type_: &ColumnType) -> bool {
    if type_.class.namespace() != TypeNamespace::Sqlite {
        return false;
    }
    let Some(source) = type_.extra.get("storage_format") else {
        return false;
    };
    let mut rest = source.trim().trim_matches(['\'', '"']);
    while let Some((before, after)) = rest.split_once("%(") {
        if before.chars().any(|c| !c.is_ascii_digit()) {
            return false;
        }
        rest = after.split_once(')').map_or("", |(_, spec)| {
            spec.split_once('d').map_or("", |(_, rest)| rest)
        });
    }
    rest.chars().all(|c| c.is_ascii_digit())
}
