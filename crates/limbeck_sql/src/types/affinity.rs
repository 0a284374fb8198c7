//! SQLAlchemy's type affinities: which types count as the same kind of thing.

use limbeck_schema::{ColumnType, TypeClass};

use crate::dialect::SqlAlchemyVersion;

/// `TypeEngine._type_affinity`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each variant is the SQLAlchemy class of the same name"
)]
pub enum Affinity {
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
    NullType,
    Named,
    Range,
    /// The class is a kind of its own.
    Class(TypeClass),
    /// A type from outside SQLAlchemy that spells itself, by its dotted name.
    Custom(String),
}

/// The affinity of a type; that of what it stands for, if it is a `TypeDecorator`.
#[must_use]
pub fn type_affinity(type_: &ColumnType, sqlalchemy: SqlAlchemyVersion) -> Affinity {
    match type_.class {
        TypeClass::String
        | TypeClass::Text
        | TypeClass::Unicode
        | TypeClass::UnicodeText
        | TypeClass::Enum
        | TypeClass::SqlChar
        | TypeClass::SqlVarchar
        | TypeClass::SqlNchar
        | TypeClass::SqlNvarchar
        | TypeClass::SqlText
        | TypeClass::SqlClob
        | TypeClass::PgCitext
        | TypeClass::MyChar
        | TypeClass::MyLongtext
        | TypeClass::MyMediumtext
        | TypeClass::MyNchar
        | TypeClass::MyNvarchar
        | TypeClass::MySet
        | TypeClass::MyText
        | TypeClass::MyTinytext
        | TypeClass::MyVarchar
        | TypeClass::MsNtext
        | TypeClass::MsXml
        | TypeClass::OraLong
        | TypeClass::OraNclob
        | TypeClass::OraVarchar2
        | TypeClass::OraNvarchar2 => Affinity::String,
        TypeClass::Integer
        | TypeClass::SmallInteger
        | TypeClass::BigInteger
        | TypeClass::SqlInteger
        | TypeClass::SqlSmallint
        | TypeClass::SqlBigint
        | TypeClass::MyBigint
        | TypeClass::MyInteger
        | TypeClass::MyMediumint
        | TypeClass::MySmallint
        | TypeClass::MyTinyint
        | TypeClass::MsTinyint => Affinity::Integer,
        // A number with digits behind the point is a decimal one.
        TypeClass::OraNumber => match type_.scale {
            Some(scale) if scale > 0 => Affinity::Numeric,
            _ => Affinity::Integer,
        },
        TypeClass::Numeric
        | TypeClass::SqlNumeric
        | TypeClass::SqlDecimal
        | TypeClass::MyDecimal
        | TypeClass::MyNumeric => Affinity::Numeric,
        TypeClass::Float
        | TypeClass::Double
        | TypeClass::SqlFloat
        | TypeClass::SqlReal
        | TypeClass::SqlDouble
        | TypeClass::SqlDoublePrecision
        | TypeClass::MyDouble
        | TypeClass::MyFloat
        | TypeClass::MyReal
        | TypeClass::MsDoublePrecision
        | TypeClass::MsReal
        | TypeClass::OraBinaryDouble
        | TypeClass::OraBinaryFloat
        | TypeClass::OraFloat => match sqlalchemy {
            SqlAlchemyVersion::V2_0 => Affinity::Numeric,
            SqlAlchemyVersion::V2_1 => Affinity::Float,
        },
        TypeClass::Boolean
        | TypeClass::MatchType
        | TypeClass::SqlBoolean
        | TypeClass::MsBit
        | TypeClass::OraBoolean => Affinity::Boolean,
        TypeClass::Date | TypeClass::SqlDate | TypeClass::LiteDate => Affinity::Date,
        TypeClass::DateTime
        | TypeClass::SqlDatetime
        | TypeClass::SqlTimestamp
        | TypeClass::PgTimestamp
        | TypeClass::MyDatetime
        | TypeClass::MyTimestamp
        | TypeClass::LiteDatetime
        | TypeClass::MsDatetime2
        | TypeClass::MsDatetimeoffset
        | TypeClass::MsSmalldatetime
        | TypeClass::OraDate
        | TypeClass::OraTimestamp => Affinity::DateTime,
        TypeClass::Time
        | TypeClass::SqlTime
        | TypeClass::PgTime
        | TypeClass::MyTime
        | TypeClass::LiteTime
        | TypeClass::MsTime => Affinity::Time,
        TypeClass::Interval | TypeClass::PgInterval | TypeClass::OraInterval => Affinity::Interval,
        TypeClass::LargeBinary
        | TypeClass::SqlBlob
        | TypeClass::SqlBinary
        | TypeClass::SqlVarbinary
        | TypeClass::PgBytea
        | TypeClass::MyLongblob
        | TypeClass::MyMediumblob
        | TypeClass::MyTinyblob
        | TypeClass::MsImage
        | TypeClass::MsRowversion
        | TypeClass::MsTimestamp
        | TypeClass::MsVarbinary
        | TypeClass::OraBfile
        | TypeClass::OraRaw => Affinity::Binary,
        TypeClass::Uuid | TypeClass::SqlUuid | TypeClass::MsUniqueidentifier => Affinity::Uuid,
        TypeClass::Json
        | TypeClass::PgJson
        | TypeClass::PgJsonb
        | TypeClass::MyJson
        | TypeClass::LiteJson
        | TypeClass::LiteJsonb
        | TypeClass::OraJson
        | TypeClass::MsJson => Affinity::Json,
        TypeClass::Array | TypeClass::PgArray => Affinity::Array,
        TypeClass::NullType => Affinity::NullType,
        TypeClass::PgDomain | TypeClass::PgEnum => Affinity::Named,
        TypeClass::PgInt4Range
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
        | TypeClass::PgTsTzMultirange => Affinity::Range,
        TypeClass::TupleType
        | TypeClass::PgBit
        | TypeClass::MyBit
        | TypeClass::PgCidr
        | TypeClass::PgHstore
        | TypeClass::PgInet
        | TypeClass::PgJsonpath
        | TypeClass::PgMacaddr
        | TypeClass::PgMacaddr8
        | TypeClass::PgMoney
        | TypeClass::MsMoney
        | TypeClass::PgOid
        | TypeClass::PgRegclass
        | TypeClass::PgRegconfig
        | TypeClass::PgTsquery
        | TypeClass::PgTsvector
        | TypeClass::MyEnum
        | TypeClass::MyYear
        | TypeClass::MyInet4
        | TypeClass::MyInet6
        | TypeClass::MsSmallmoney
        | TypeClass::MsSqlVariant
        | TypeClass::OraRowid
        | TypeClass::OraVector => Affinity::Class(type_.class),
        TypeClass::PickleType => match &type_.item {
            Some(item) => type_affinity(item, sqlalchemy),
            None => Affinity::Binary,
        },
        TypeClass::Custom => match type_.custom.as_deref() {
            Some(custom) => match &custom.impl_ {
                Some(inner) => type_affinity(inner, sqlalchemy),
                None => Affinity::Custom(format!("{}.{}", custom.module, custom.name)),
            },
            None => Affinity::NullType,
        },
    }
}
