//! What the rules of expressions make of the kind of a type.

use limbeck_schema::{Affinity, ColumnType, Literal, TypeClass};

use crate::dialect::{Dialect, Target};

/// The type that speaks for a type on a dialect: a variant, or what a decorator stands for.
pub(crate) fn resolve_type(type_: &ColumnType, dialect: Dialect) -> &ColumnType {
    let mut current = type_;
    // A decorator of a decorator of … ends somewhere; the bound is for input that does not.
    for _ in 0..16 {
        let names: &[&str] = match dialect {
            Dialect::MariaDb => &["mariadb", "mysql"],
            Dialect::Postgres
            | Dialect::MySql
            | Dialect::Sqlite
            | Dialect::MsSql
            | Dialect::Oracle => &[dialect.name()],
        };
        if let Some(variant) = names.iter().find_map(|name| current.variants.get(*name)) {
            current = variant;
            continue;
        }
        let Some(custom) = &current.custom else {
            break;
        };
        match names
            .iter()
            .find_map(|name| custom.by_dialect.get(*name))
            .or(custom.impl_.as_deref())
        {
            Some(next) => current = next,
            None => break,
        }
    }
    current
}

/// What a decorator stands for where the dialect does not matter.
fn plain(type_: &ColumnType) -> &ColumnType {
    let mut current = type_;
    for _ in 0..16 {
        match current
            .custom
            .as_ref()
            .and_then(|custom| custom.impl_.as_deref())
        {
            Some(next) => current = next,
            None => break,
        }
    }
    current
}

/// The kind of a type; `None` is `NullType`.
pub(crate) fn affinity(type_: Option<&ColumnType>) -> Affinity {
    type_.map_or(Affinity::Null, |type_| plain(type_).class.affinity())
}

/// The type SQLAlchemy gives a plain Python value.
pub(crate) fn type_of_value(value: &Literal) -> Option<ColumnType> {
    let class = match value {
        Literal::Null | Literal::Array(_) | Literal::Json(_) => return None,
        Literal::Bool(_) => TypeClass::Boolean,
        Literal::Int(_) => TypeClass::Integer,
        Literal::Float(_) => TypeClass::Double,
        Literal::Decimal(_) => TypeClass::Numeric,
        Literal::Str(text) if !text.is_ascii() => TypeClass::Unicode,
        Literal::Str(_) => TypeClass::String,
        Literal::Bytes(_) => TypeClass::LargeBinary,
        Literal::Date(_) => TypeClass::Date,
        Literal::Time(time) => {
            return Some(ColumnType {
                timezone: time.utc_offset.is_some(),
                ..ColumnType::new(TypeClass::Time)
            });
        }
        Literal::DateTime(value) => {
            return Some(ColumnType {
                timezone: value.time.utc_offset.is_some(),
                ..ColumnType::new(TypeClass::DateTime)
            });
        }
        Literal::Interval(_) => TypeClass::Interval,
        Literal::Uuid(_) => TypeClass::Uuid,
        Literal::EnumMember { .. } => TypeClass::Enum,
    };
    Some(ColumnType::new(class))
}

/// The type of a value that stands beside an expression of `type_` (`coerce_compared_value`).
pub(crate) fn type_of_compared(type_: Option<&ColumnType>, value: &Literal) -> Option<ColumnType> {
    let Some(type_) = type_ else {
        return type_of_value(value);
    };
    let of_value = type_of_value(value);
    let own = affinity(Some(type_));
    let keeps = match own {
        Affinity::Binary | Affinity::Uuid => {
            matches!(value, Literal::Str(_)) || affinity(of_value.as_ref()) == own
        }
        _ => type_.custom.is_some() || of_value.is_none() || affinity(of_value.as_ref()) == own,
    };
    if keeps { Some(type_.clone()) } else { of_value }
}

/// Whether the type is one that `+` joins.
pub(crate) fn is_concatenable(type_: Option<&ColumnType>) -> bool {
    match affinity(type_) {
        Affinity::String | Affinity::Array => true,
        Affinity::Own(class) => {
            matches!(class, TypeClass::PgHstore | TypeClass::PgCitext)
        }
        _ => false,
    }
}

/// Whether `class` is one that SQLAlchemy writes with a `::type` cast on psycopg.
pub(crate) fn renders_bind_cast(class: TypeClass) -> bool {
    if matches!(
        class,
        TypeClass::Interval | TypeClass::Enum | TypeClass::PgEnum | TypeClass::MyEnum
    ) {
        return false;
    }
    match class.affinity() {
        Affinity::Integer
        | Affinity::Date
        | Affinity::DateTime
        | Affinity::Time
        | Affinity::Interval
        | Affinity::Json
        | Affinity::Array
        | Affinity::Uuid
        | Affinity::String => true,
        Affinity::Own(class) => class == TypeClass::PgRegconfig || class.is_range(),
        Affinity::Null
        | Affinity::Numeric
        | Affinity::Float
        | Affinity::Binary
        | Affinity::Boolean => false,
    }
}

/// Whether the server has a boolean that needs no `= 1`.
pub(crate) fn has_native_boolean(target: &Target) -> bool {
    target.caps.native_boolean
}
