//! Declared types of SQLite, which keeps whatever text a column was made with.

use limbeck_schema::TypeClass;

/// The class that SQLAlchemy reflects a declaration such as `VARCHAR(30)` as: its own names first, then SQLite's affinity rules.
#[must_use]
pub fn declared_class(declared: &str) -> TypeClass {
    let end = declared
        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ' '))
        .unwrap_or(declared.len());
    let name = declared.get(..end).unwrap_or_default().to_uppercase();
    named(&name).unwrap_or_else(|| by_affinity(&name))
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
        "JSONB" => TypeClass::LiteJsonb,
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
