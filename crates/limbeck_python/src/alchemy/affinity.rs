//! What kind of value a type holds, as SQLAlchemy's `_type_affinity` groups types.

use limbeck_schema::{ColumnType, TypeClass};

/// A group of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Affinity {
    Null,
    String,
    Integer,
    Numeric,
    Float,
    Boolean,
    Date,
    DateTime,
    Time,
    Interval,
    Binary,
    Uuid,
    Json,
    Array,
    Hstore,
    Range,
    /// A `TypeDecorator` or `UserDefinedType`: it claims every value compared with it.
    Custom,
    Other,
}

impl Affinity {
    /// Types for which `+` is `||`.
    pub(crate) fn is_concatenable(self) -> bool {
        matches!(self, Affinity::String | Affinity::Array | Affinity::Hstore)
    }
}

/// The group of a type.
pub(crate) fn affinity(type_: Option<&ColumnType>) -> Affinity {
    use TypeClass as T;
    let Some(type_) = type_ else {
        return Affinity::Null;
    };
    match type_.class {
        T::NullType => Affinity::Null,
        T::Custom => Affinity::Custom,
        T::PickleType => Affinity::Custom,
        T::Boolean | T::SqlBoolean | T::MsBit | T::OraBoolean => Affinity::Boolean,
        T::Integer
        | T::SmallInteger
        | T::BigInteger
        | T::SqlInteger
        | T::SqlSmallint
        | T::SqlBigint
        | T::MyInteger
        | T::MySmallint
        | T::MyBigint
        | T::MyMediumint
        | T::MyTinyint
        | T::MsTinyint => Affinity::Integer,
        T::Numeric | T::SqlNumeric | T::SqlDecimal | T::MyDecimal | T::MyNumeric | T::OraNumber => {
            Affinity::Numeric
        }
        T::Float
        | T::Double
        | T::SqlFloat
        | T::SqlReal
        | T::SqlDouble
        | T::SqlDoublePrecision
        | T::MsReal
        | T::MsDoublePrecision
        | T::MyDouble
        | T::MyFloat
        | T::MyReal
        | T::OraBinaryDouble
        | T::OraBinaryFloat
        | T::OraFloat => Affinity::Float,
        T::Date | T::SqlDate | T::LiteDate => Affinity::Date,
        T::DateTime
        | T::SqlDatetime
        | T::SqlTimestamp
        | T::PgTimestamp
        | T::MyDatetime
        | T::MyTimestamp
        | T::LiteDatetime
        | T::MsDatetime2
        | T::MsDatetimeoffset
        | T::MsSmalldatetime
        | T::OraDate
        | T::OraTimestamp => Affinity::DateTime,
        T::Time | T::SqlTime | T::PgTime | T::MyTime | T::LiteTime | T::MsTime => Affinity::Time,
        T::Interval | T::PgInterval | T::OraInterval => Affinity::Interval,
        T::LargeBinary
        | T::SqlBlob
        | T::SqlBinary
        | T::SqlVarbinary
        | T::PgBytea
        | T::MyLongblob
        | T::MyMediumblob
        | T::MyTinyblob
        | T::MsImage
        | T::MsVarbinary
        | T::MsTimestamp
        | T::MsRowversion
        | T::OraRaw
        | T::OraBfile => Affinity::Binary,
        T::Uuid | T::SqlUuid | T::MsUniqueidentifier => Affinity::Uuid,
        T::Json | T::PgJson | T::PgJsonb | T::MyJson | T::LiteJson | T::MsJson => Affinity::Json,
        T::Array | T::PgArray => Affinity::Array,
        T::PgHstore => Affinity::Hstore,
        T::PgInt4Range
        | T::PgInt8Range
        | T::PgNumRange
        | T::PgDateRange
        | T::PgTsRange
        | T::PgTsTzRange
        | T::PgInt4Multirange
        | T::PgInt8Multirange
        | T::PgNumMultirange
        | T::PgDateMultirange
        | T::PgTsMultirange
        | T::PgTsTzMultirange => Affinity::Range,
        T::String
        | T::Text
        | T::Unicode
        | T::UnicodeText
        | T::Enum
        | T::SqlChar
        | T::SqlVarchar
        | T::SqlNchar
        | T::SqlNvarchar
        | T::SqlText
        | T::SqlClob
        | T::PgCitext
        | T::PgEnum
        | T::MyChar
        | T::MyEnum
        | T::MyLongtext
        | T::MyMediumtext
        | T::MyTinytext
        | T::MyText
        | T::MyVarchar
        | T::MyNchar
        | T::MyNvarchar
        | T::MySet
        | T::MsNtext
        | T::MsXml
        | T::OraLong
        | T::OraNclob
        | T::OraVarchar2
        | T::OraNvarchar2 => Affinity::String,
        _ => Affinity::Other,
    }
}

/// The type of a plain value that is compared with an expression of type `left`:
/// the value's own type, unless that is of the same kind or unknown.
pub(crate) fn coerce_compared(
    left: Option<&ColumnType>,
    natural: Option<ColumnType>,
) -> Option<ColumnType> {
    let Some(left) = left else {
        return natural;
    };
    let kind = affinity(Some(left));
    if kind == Affinity::Custom {
        return Some(left.clone());
    }
    let Some(natural) = natural else {
        return Some(left.clone());
    };
    let found = affinity(Some(&natural));
    if found == Affinity::Null
        || found == kind
        || (kind == Affinity::Binary && found == Affinity::String)
    {
        return Some(left.clone());
    }
    // A type that has no group of its own is alone in it.
    Some(natural)
}
