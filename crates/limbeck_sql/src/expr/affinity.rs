//! What kind of type a type is: SQLAlchemy's `_type_affinity`, and what operators make of it.

use limbeck_schema::{ColumnType, Literal, TypeClass};

use crate::dialect::{Dialect, Target};

/// The kinds that the rules of expressions tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Affinity {
    Null,
    Integer,
    Numeric,
    Float,
    String,
    Binary,
    Boolean,
    Date,
    DateTime,
    Time,
    Interval,
    Json,
    Array,
    Uuid,
    /// A type that is only like itself.
    Own(TypeClass),
}

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
    type_.map_or(Affinity::Null, |type_| class_affinity(plain(type_).class))
}

/// The kind of a class.
pub(crate) fn class_affinity(class: TypeClass) -> Affinity {
    use TypeClass as C;
    match class {
        C::NullType => Affinity::Null,
        C::Integer
        | C::SmallInteger
        | C::BigInteger
        | C::SqlInteger
        | C::SqlSmallint
        | C::SqlBigint
        | C::MyBigint
        | C::MyInteger
        | C::MyMediumint
        | C::MySmallint
        | C::MyTinyint
        | C::MsTinyint => Affinity::Integer,
        C::Numeric | C::SqlNumeric | C::SqlDecimal | C::MyDecimal | C::MyNumeric | C::OraNumber => {
            Affinity::Numeric
        }
        C::Float
        | C::Double
        | C::SqlFloat
        | C::SqlReal
        | C::SqlDouble
        | C::SqlDoublePrecision
        | C::MyDouble
        | C::MyFloat
        | C::MyReal
        | C::MsDoublePrecision
        | C::MsReal
        | C::OraBinaryDouble
        | C::OraBinaryFloat
        | C::OraFloat => Affinity::Float,
        C::String
        | C::Text
        | C::Unicode
        | C::UnicodeText
        | C::Enum
        | C::SqlChar
        | C::SqlVarchar
        | C::SqlNchar
        | C::SqlNvarchar
        | C::SqlText
        | C::SqlClob
        | C::PgEnum
        | C::MyChar
        | C::MyEnum
        | C::MyLongtext
        | C::MyMediumtext
        | C::MyNchar
        | C::MyNvarchar
        | C::MySet
        | C::MyText
        | C::MyTinytext
        | C::MyVarchar
        | C::MsNtext
        | C::MsXml
        | C::OraLong
        | C::OraNclob
        | C::OraVarchar2
        | C::OraNvarchar2 => Affinity::String,
        C::LargeBinary
        | C::PickleType
        | C::SqlBlob
        | C::SqlBinary
        | C::SqlVarbinary
        | C::PgBytea
        | C::MyLongblob
        | C::MyMediumblob
        | C::MyTinyblob
        | C::MsImage
        | C::MsTimestamp
        | C::MsRowversion
        | C::MsVarbinary
        | C::OraBfile
        | C::OraRaw => Affinity::Binary,
        C::Boolean | C::MatchType | C::SqlBoolean | C::MsBit | C::OraBoolean => Affinity::Boolean,
        C::Date | C::SqlDate | C::LiteDate => Affinity::Date,
        C::DateTime
        | C::SqlDatetime
        | C::SqlTimestamp
        | C::PgTimestamp
        | C::MyDatetime
        | C::MyTimestamp
        | C::LiteDatetime
        | C::MsDatetime2
        | C::MsDatetimeoffset
        | C::MsSmalldatetime
        | C::OraDate
        | C::OraTimestamp => Affinity::DateTime,
        C::Time | C::SqlTime | C::PgTime | C::MyTime | C::LiteTime | C::MsTime => Affinity::Time,
        C::Interval | C::PgInterval | C::OraInterval => Affinity::Interval,
        C::Json
        | C::PgJson
        | C::PgJsonb
        | C::MyJson
        | C::LiteJson
        | C::LiteJsonb
        | C::MsJson
        | C::OraJson => Affinity::Json,
        C::Array | C::PgArray => Affinity::Array,
        C::Uuid | C::SqlUuid | C::MsUniqueidentifier => Affinity::Uuid,
        C::TupleType
        | C::PgBit
        | C::PgCidr
        | C::PgCitext
        | C::PgDomain
        | C::PgHstore
        | C::PgInet
        | C::PgJsonpath
        | C::PgMacaddr
        | C::PgMacaddr8
        | C::PgMoney
        | C::PgOid
        | C::PgRegclass
        | C::PgRegconfig
        | C::PgTsquery
        | C::PgTsvector
        | C::PgInt4Range
        | C::PgInt8Range
        | C::PgNumRange
        | C::PgDateRange
        | C::PgTsRange
        | C::PgTsTzRange
        | C::PgInt4Multirange
        | C::PgInt8Multirange
        | C::PgNumMultirange
        | C::PgDateMultirange
        | C::PgTsMultirange
        | C::PgTsTzMultirange
        | C::MyBit
        | C::MyYear
        | C::MyInet4
        | C::MyInet6
        | C::MsMoney
        | C::MsSmallmoney
        | C::MsSqlVariant
        | C::OraRowid
        | C::OraVector
        | C::Custom => Affinity::Own(class),
    }
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
    match class_affinity(class) {
        Affinity::Integer
        | Affinity::Date
        | Affinity::DateTime
        | Affinity::Time
        | Affinity::Interval
        | Affinity::Json
        | Affinity::Array
        | Affinity::Uuid
        | Affinity::String => true,
        Affinity::Own(class) => matches!(
            class,
            TypeClass::PgRegconfig
                | TypeClass::PgInt4Range
                | TypeClass::PgInt8Range
                | TypeClass::PgNumRange
                | TypeClass::PgDateRange
                | TypeClass::PgTsRange
                | TypeClass::PgTsTzRange
                | TypeClass::PgInt4Multirange
                | TypeClass::PgInt8Multirange
                | TypeClass::PgNumMultirange
                | TypeClass::PgDateMultirange
                | TypeClass::PgTsMultirange
                | TypeClass::PgTsTzMultirange
        ),
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
