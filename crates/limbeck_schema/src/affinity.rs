//! What kind of value a type holds: SQLAlchemy's `_type_affinity`, which groups types.

use crate::TypeClass;

/// A group of types that hold the same kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each variant is the SQLAlchemy class of the same name"
)]
pub enum Affinity {
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

impl TypeClass {
    /// The group of the class, where neither the arguments of the type nor the version of SQLAlchemy matter.
    #[must_use]
    pub fn affinity(self) -> Affinity {
        use TypeClass as C;
        match self {
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
            C::Numeric
            | C::SqlNumeric
            | C::SqlDecimal
            | C::MyDecimal
            | C::MyNumeric
            | C::OraNumber => Affinity::Numeric,
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
            C::Boolean | C::MatchType | C::SqlBoolean | C::MsBit | C::OraBoolean => {
                Affinity::Boolean
            }
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
            C::Time | C::SqlTime | C::PgTime | C::MyTime | C::LiteTime | C::MsTime => {
                Affinity::Time
            }
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
            | C::Custom => Affinity::Own(self),
        }
    }

    /// A range or a multirange of PostgreSQL.
    #[must_use]
    pub fn is_range(self) -> bool {
        matches!(
            self,
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
                | TypeClass::PgTsTzMultirange
        )
    }
}
