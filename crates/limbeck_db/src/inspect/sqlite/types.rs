//! Declared types of SQLite with their arguments.

use limbeck_schema::{ColumnType, TypeClass};
use limbeck_sql::types::declared_class;

use crate::inspect::text::{find, find_all, group, pattern};

/// The type of a declaration in capitals, such as `VARCHAR(30)`.
pub(super) fn resolve(declared: &str, warnings: &mut Vec<String>) -> ColumnType {
    let class = declared_class(declared);
    let it = find(&pattern(r"^([\w ]+)(\(.*?\))?"), declared);
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
        TypeClass::LiteJson | TypeClass::LiteJsonb => return numbers.len() <= 1,
        _ => return numbers.is_empty(),
    }
    true
}
