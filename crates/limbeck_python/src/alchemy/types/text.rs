//! `str()` of a type: what SQLAlchemy's compiler of no dialect in particular writes.

use limbeck_schema::{ColumnType, TypeClass, TypeNamespace};

/// `str(type)`; nothing where that is not known.
pub(crate) fn type_text(type_: &ColumnType) -> Option<String> {
    use TypeClass as T;
    let name = type_.class.py_name();
    if type_.class.namespace() == TypeNamespace::Sqlalchemy || type_.labels.is_some() {
        return Some(match type_.class {
            T::String | T::Unicode => sized("VARCHAR", type_),
            T::Text | T::UnicodeText => sized("TEXT", type_),
            T::Integer => "INTEGER".to_owned(),
            T::SmallInteger => "SMALLINT".to_owned(),
            T::BigInteger => "BIGINT".to_owned(),
            T::Boolean => "BOOLEAN".to_owned(),
            T::Date => "DATE".to_owned(),
            T::Time => "TIME".to_owned(),
            T::DateTime | T::Interval => "DATETIME".to_owned(),
            T::LargeBinary => "BLOB".to_owned(),
            T::Float => "FLOAT".to_owned(),
            T::Double => "DOUBLE".to_owned(),
            T::Numeric => numeric("NUMERIC", type_),
            T::Json => "JSON".to_owned(),
            T::Uuid => "CHAR(32)".to_owned(),
            T::Enum | T::PgEnum => {
                let labels = type_.labels.as_ref()?;
                let longest = labels.labels.iter().map(|it| it.chars().count()).max()?;
                format!("VARCHAR({})", type_.length.unwrap_or(longest as u64))
            }
            T::MyEnum => "ENUM".to_owned(),
            T::NullType => "NULL".to_owned(),
            _ => return upper(name, type_),
        });
    }
    upper(name, type_)
}

/// The types that are spelled as SQL spells them.
fn upper(name: &str, type_: &ColumnType) -> Option<String> {
    Some(match name {
        "VARCHAR" | "CHAR" | "NVARCHAR" | "NCHAR" | "TEXT" => sized(name, type_),
        "NUMERIC" | "DECIMAL" => numeric(name, type_),
        "DOUBLE_PRECISION" => "DOUBLE PRECISION".to_owned(),
        "BINARY" | "VARBINARY" => match type_.length {
            Some(length) => format!("{name}({length})"),
            None => name.to_owned(),
        },
        "DOMAIN" | "INTERVAL" | "ARRAY" => return None,
        // What the compiler has no words for it calls by its class.
        name if name
            .bytes()
            .all(|it| it.is_ascii_uppercase() || it.is_ascii_digit()) =>
        {
            name.to_owned()
        }
        _ => return None,
    })
}

fn sized(name: &str, type_: &ColumnType) -> String {
    let mut text = name.to_owned();
    if let Some(length) = type_.length {
        text.push_str(&format!("({length})"));
    }
    if let Some(collation) = &type_.collation {
        text.push_str(&format!(" COLLATE \"{collation}\""));
    }
    text
}

fn numeric(name: &str, type_: &ColumnType) -> String {
    match (type_.precision, type_.scale) {
        (None, _) => name.to_owned(),
        (Some(precision), None) => format!("{name}({precision})"),
        (Some(precision), Some(scale)) => format!("{name}({precision}, {scale})"),
    }
}

/// The class of Python's values of a type: module and name.
pub(crate) fn python_type(type_: &ColumnType) -> Option<(&'static str, &'static str)> {
    use limbeck_schema::Affinity as A;
    Some(
        match crate::alchemy::types::affinity::affinity(Some(type_)) {
            A::String => ("builtins", "str"),
            A::Integer => ("builtins", "int"),
            A::Boolean => ("builtins", "bool"),
            A::Float => ("builtins", "float"),
            A::Numeric if type_.asdecimal == Some(false) => ("builtins", "float"),
            A::Numeric => ("decimal", "Decimal"),
            A::Date => ("datetime", "date"),
            A::DateTime => ("datetime", "datetime"),
            A::Time => ("datetime", "time"),
            A::Interval => ("datetime", "timedelta"),
            A::Binary => ("builtins", "bytes"),
            A::Json => ("builtins", "object"),
            A::Array => ("builtins", "list"),
            A::Uuid if type_.as_uuid != Some(false) => ("uuid", "UUID"),
            A::Uuid => ("builtins", "str"),
            A::Null | A::Own(_) => return None,
        },
    )
}
