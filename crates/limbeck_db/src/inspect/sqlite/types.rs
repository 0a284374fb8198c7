//! Declared types of SQLite: SQLAlchemy's names first, then SQLite's affinity rules.

use limbeck_schema::{ColumnType, TypeClass};

use crate::inspect::text::{find, find_all, group, pattern};

/// The type of a declaration in capitals, such as `VARCHAR(30)`.
pub(super) fn resolve(declared: &str, warnings: &mut Vec<String>) -> ColumnType {
    let it = find(&pattern(r"^([\w ]+)(\(.*?\))?"), declared);
    let name = it.as_ref().and_then(|it| group(it, 1)).unwrap_or_default();
    let class = named(name).unwrap_or_else(|| by_affinity(name));
    let args = it.as_ref().and_then(|it| group(it, 2));
    let numbers: Vec<u64> = find_all(&pattern(r"\d+"), args.unwrap_or_default())
        .iter()
        .filter_map(|it| group(it, 0)?.parse().ok())
        .collect();
    let mut type_ = ColumnType::new(class);
    if !take_numbers(&mut type_, &numbers) {
        let shown: Vec<String> = numbers.iter().map(|it| format!("'{it}'")).collect();
        warnings.push(format!(
            "Could not instantiate type {} with reflected arguments [{}]; using no arguments.",
            class.py_name(),
            shown.join(", ")
        ));
    }
    type_
}

fn named(name: &str) -> Option<TypeClass> {
    Some(match name {
        "BIGINT" => TypeClass::SqlBigint,
        "BLOB" => TypeClass::SqlBlob,
        "BOOL" | "BOOLEAN" => TypeClass::SqlBoolean,
        "CHAR" => TypeClass::SqlChar,
        "DATE" | "DATE_CHAR" => TypeClass::SqlDate,
        "DATETIME" | "DATETIME_CHAR" => TypeClass::SqlDatetime,
        "DOUBLE" => TypeClass::SqlDouble,
        "DECIMAL" => TypeClass::SqlDecimal,
        "FLOAT" => TypeClass::SqlFloat,
        "INT" | "INTEGER" => TypeClass::SqlInteger,
        "JSON" => TypeClass::LiteJson,
        "NUMERIC" => TypeClass::SqlNumeric,
        "REAL" => TypeClass::SqlReal,
        "SMALLINT" => TypeClass::SqlSmallint,
        "TEXT" => TypeClass::SqlText,
        "TIME" | "TIME_CHAR" => TypeClass::SqlTime,
        "TIMESTAMP" => TypeClass::SqlTimestamp,
        "VARCHAR" => TypeClass::SqlVarchar,
        "NVARCHAR" => TypeClass::SqlNvarchar,
        "NCHAR" => TypeClass::SqlNchar,
        _ => return None,
    })
}

fn by_affinity(name: &str) -> TypeClass {
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if has(&["INT"]) {
        TypeClass::SqlInteger
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        TypeClass::SqlText
    } else if has(&["BLOB"]) || name.is_empty() {
        TypeClass::NullType
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        TypeClass::SqlReal
    } else {
        TypeClass::SqlNumeric
    }
}

/// Gives the numbers to the arguments of the Python constructor, in its order; false if it has not that many.
fn take_numbers(type_: &mut ColumnType, numbers: &[u64]) -> bool {
    let first = numbers.first().copied();
    let second = numbers.get(1).copied();
    match type_.class {
        TypeClass::SqlChar
        | TypeClass::SqlVarchar
        | TypeClass::SqlNchar
        | TypeClass::SqlNvarchar
        | TypeClass::SqlText => {
            if numbers.len() > 2 {
                return false;
            }
            type_.length = first;
            // `String(length, collation)`: the second number lands there.
            type_.collation = second.map(|it| it.to_string());
        }
        TypeClass::SqlBlob => {
            if numbers.len() > 1 {
                return false;
            }
            type_.length = first;
        }
        TypeClass::SqlNumeric | TypeClass::SqlDecimal => {
            if numbers.len() > 4 {
                return false;
            }
            type_.precision = first;
            type_.scale = second.and_then(|it| it.try_into().ok());
        }
        TypeClass::SqlFloat | TypeClass::SqlDouble | TypeClass::SqlReal => {
            if numbers.len() > 3 {
                return false;
            }
            type_.precision = first;
            type_.asdecimal = second.map(|it| it != 0);
        }
        TypeClass::SqlDatetime | TypeClass::SqlTimestamp | TypeClass::SqlTime => {
            if numbers.len() > 1 {
                return false;
            }
            type_.timezone = first.is_some_and(|it| it != 0);
        }
        TypeClass::SqlBoolean => return numbers.len() <= 2,
        TypeClass::LiteJson => return numbers.len() <= 1,
        _ => return numbers.is_empty(),
    }
    true
}
