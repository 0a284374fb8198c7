//! Column types, as SQLAlchemy names them.
//!
//! A type is a class (SQLAlchemy's own Python class, told apart by namespace) and its arguments.
//! The arguments are one flat record because most classes share the same few; which ones a class
//! has is SQLAlchemy's affair, and an argument that was not given stays `None`.

use indexmap::IndexMap;

use crate::{Expr, Name};

/// The Python module a type class comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TypeNamespace {
    /// `sqlalchemy`: generic ("CamelCase") and SQL-standard ("UPPERCASE") types.
    Sqlalchemy,
    /// `sqlalchemy.dialects.postgresql`
    Postgresql,
    /// `sqlalchemy.dialects.mysql`
    Mysql,
    /// `sqlalchemy.dialects.sqlite`
    Sqlite,
    /// `sqlalchemy.dialects.mssql`
    Mssql,
    /// `sqlalchemy.dialects.oracle`
    Oracle,
    /// Anything else: see [`CustomType`].
    Custom,
}

macro_rules! type_classes {
    ($($namespace:ident { $($variant:ident = $name:literal),* $(,)? })*) => {
        /// Every type class that is modelled. Variants of a dialect start with its short name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each variant is the SQLAlchemy class of the same name")]
        pub enum TypeClass { $($($variant,)*)* }

        impl TypeClass {
            /// Every class.
            pub const ALL: &'static [TypeClass] = &[$($(TypeClass::$variant,)*)*];

            /// The Python module it comes from.
            #[must_use]
            pub fn namespace(self) -> TypeNamespace {
                match self { $($(TypeClass::$variant => TypeNamespace::$namespace,)*)* }
            }

            /// The Python class name inside its module.
            #[must_use]
            pub fn py_name(self) -> &'static str {
                match self { $($(TypeClass::$variant => $name,)*)* }
            }
        }
    };
}

type_classes! {
    Sqlalchemy {
        String = "String", Text = "Text", Unicode = "Unicode", UnicodeText = "UnicodeText",
        Integer = "Integer", SmallInteger = "SmallInteger", BigInteger = "BigInteger",
        Numeric = "Numeric", Float = "Float", Double = "Double", Boolean = "Boolean",
        Date = "Date", DateTime = "DateTime", Time = "Time", Interval = "Interval",
        LargeBinary = "LargeBinary", Enum = "Enum", Uuid = "Uuid", Json = "JSON", Array = "ARRAY",
        MatchType = "MatchType", PickleType = "PickleType", NullType = "NullType", TupleType = "TupleType",
        SqlChar = "CHAR", SqlVarchar = "VARCHAR", SqlNchar = "NCHAR", SqlNvarchar = "NVARCHAR",
        SqlText = "TEXT", SqlClob = "CLOB", SqlInteger = "INTEGER", SqlSmallint = "SMALLINT",
        SqlBigint = "BIGINT", SqlNumeric = "NUMERIC", SqlDecimal = "DECIMAL", SqlFloat = "FLOAT", SqlReal = "REAL",
        SqlDouble = "DOUBLE", SqlDoublePrecision = "DOUBLE_PRECISION", SqlBoolean = "BOOLEAN",
        SqlDate = "DATE", SqlDatetime = "DATETIME", SqlTimestamp = "TIMESTAMP", SqlTime = "TIME",
        SqlBlob = "BLOB", SqlBinary = "BINARY", SqlVarbinary = "VARBINARY", SqlUuid = "UUID",
    }
    Postgresql {
        PgBit = "BIT", PgBytea = "BYTEA", PgCidr = "CIDR", PgCitext = "CITEXT", PgDomain = "DOMAIN", PgEnum = "ENUM",
        PgHstore = "HSTORE", PgInet = "INET", PgInterval = "INTERVAL", PgJson = "JSON", PgJsonb = "JSONB",
        PgJsonpath = "JSONPATH", PgMacaddr = "MACADDR", PgMacaddr8 = "MACADDR8", PgMoney = "MONEY", PgOid = "OID",
        PgRegclass = "REGCLASS", PgRegconfig = "REGCONFIG", PgTime = "TIME", PgTimestamp = "TIMESTAMP",
        PgTsquery = "TSQUERY", PgTsvector = "TSVECTOR", PgArray = "ARRAY",
        PgInt4Range = "INT4RANGE", PgInt8Range = "INT8RANGE", PgNumRange = "NUMRANGE", PgDateRange = "DATERANGE",
        PgTsRange = "TSRANGE", PgTsTzRange = "TSTZRANGE", PgInt4Multirange = "INT4MULTIRANGE",
        PgInt8Multirange = "INT8MULTIRANGE", PgNumMultirange = "NUMMULTIRANGE", PgDateMultirange = "DATEMULTIRANGE",
        PgTsMultirange = "TSMULTIRANGE", PgTsTzMultirange = "TSTZMULTIRANGE",
    }
    Mysql {
        MyBigint = "BIGINT", MyBit = "BIT", MyChar = "CHAR", MyDatetime = "DATETIME", MyDecimal = "DECIMAL",
        MyDouble = "DOUBLE", MyEnum = "ENUM", MyFloat = "FLOAT", MyInteger = "INTEGER", MyJson = "JSON",
        MyLongblob = "LONGBLOB", MyLongtext = "LONGTEXT", MyMediumblob = "MEDIUMBLOB", MyMediumint = "MEDIUMINT",
        MyMediumtext = "MEDIUMTEXT", MyNchar = "NCHAR", MyNumeric = "NUMERIC", MyNvarchar = "NVARCHAR", MyReal = "REAL",
        MySet = "SET", MySmallint = "SMALLINT", MyText = "TEXT", MyTime = "TIME", MyTimestamp = "TIMESTAMP",
        MyTinyblob = "TINYBLOB", MyTinyint = "TINYINT", MyTinytext = "TINYTEXT", MyVarchar = "VARCHAR", MyYear = "YEAR",
        MyInet4 = "INET4", MyInet6 = "INET6",
    }
    Sqlite { LiteDate = "DATE", LiteDatetime = "DATETIME", LiteTime = "TIME", LiteJson = "JSON", LiteJsonb = "JSONB" }
    Mssql {
        MsBit = "BIT", MsDatetime2 = "DATETIME2", MsDatetimeoffset = "DATETIMEOFFSET", MsDoublePrecision = "DOUBLE_PRECISION",
        MsImage = "IMAGE", MsJson = "JSON", MsMoney = "MONEY", MsNtext = "NTEXT", MsReal = "REAL", MsRowversion = "ROWVERSION",
        MsSmalldatetime = "SMALLDATETIME", MsSmallmoney = "SMALLMONEY", MsSqlVariant = "SQL_VARIANT", MsTime = "TIME",
        MsTimestamp = "TIMESTAMP", MsTinyint = "TINYINT", MsUniqueidentifier = "UNIQUEIDENTIFIER",
        MsVarbinary = "VARBINARY", MsXml = "XML",
    }
    Oracle {
        OraBfile = "BFILE", OraBinaryDouble = "BINARY_DOUBLE", OraBinaryFloat = "BINARY_FLOAT", OraBoolean = "BOOLEAN",
        OraDate = "DATE", OraFloat = "FLOAT", OraInterval = "INTERVAL", OraJson = "JSON", OraLong = "LONG", OraNclob = "NCLOB",
        OraNumber = "NUMBER", OraRaw = "RAW", OraRowid = "ROWID", OraTimestamp = "TIMESTAMP", OraVarchar2 = "VARCHAR2",
        OraNvarchar2 = "NVARCHAR2", OraVector = "VECTOR",
    }
    Custom { Custom = "" }
}

/// The labels of an enumerated type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EnumLabels {
    /// The stored labels, in order.
    pub labels: Vec<String>,
    /// The Python enum class, if the labels came from one: its dotted path is only for messages.
    pub enum_class: Option<String>,
}

/// A type from outside SQLAlchemy: a `TypeDecorator`, a `UserDefinedType`, a companion library's type.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomType {
    /// Dotted Python module, such as `sqlmodel.sql.sqltypes`.
    pub module: String,
    /// Class name in that module.
    pub name: String,
    /// The arguments as Python source, for scripts that are written again (`length=30`); empty if none.
    pub arguments: String,
    /// What a `TypeDecorator` stands for.
    pub impl_: Option<Box<ColumnType>>,
    /// What it stands for on certain dialects (`load_dialect_impl`), by SQLAlchemy dialect name.
    pub by_dialect: IndexMap<String, ColumnType>,
    /// A type that spells itself (`get_col_spec`): its DDL on every dialect.
    pub col_spec: Option<String>,
}

/// A column type: its class and the arguments given to it.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnType {
    /// SQLAlchemy's class.
    pub class: TypeClass,
    /// `length`; for `Enum` the explicit length.
    pub length: Option<u64>,
    /// `precision` (numbers; seconds fraction of PostgreSQL times; day precision is [`ColumnType::day_precision`]).
    pub precision: Option<u64>,
    /// `scale` of numbers.
    pub scale: Option<i64>,
    /// `binary_precision` (Oracle FLOAT, BINARY types), in bits.
    pub binary_precision: Option<u64>,
    /// `decimal_return_scale`, `asdecimal` and the like never reach the DDL; `asdecimal` is kept for rendering.
    pub asdecimal: Option<bool>,
    /// `timezone=True`.
    pub timezone: bool,
    /// Oracle `TIMESTAMP(local_timezone=True)`.
    pub local_timezone: bool,
    /// `collation`.
    pub collation: Option<String>,
    /// MySQL `charset`.
    pub charset: Option<String>,
    /// MySQL `unsigned`.
    pub unsigned: bool,
    /// MySQL `zerofill`.
    pub zerofill: bool,
    /// MySQL `display_width`.
    pub display_width: Option<u64>,
    /// MySQL fractional seconds, `fsp`.
    pub fsp: Option<u64>,
    /// MySQL `ascii`, `unicode`, `binary`, `national` flags in that order.
    pub text_flags: [bool; 4],
    /// PostgreSQL `INTERVAL(fields=…)`; Oracle has its own precisions.
    pub fields: Option<String>,
    /// `day_precision` (Oracle INTERVAL, `Interval`).
    pub day_precision: Option<u64>,
    /// `second_precision` (Oracle INTERVAL, `Interval`).
    pub second_precision: Option<u64>,
    /// `Interval(native=False)`, `Enum(native_enum=False)`, `Uuid(native_uuid=False)`: `Some(false)`.
    pub native: Option<bool>,
    /// `Uuid(as_uuid=…)`.
    pub as_uuid: Option<bool>,
    /// `create_constraint=True` (`Boolean`, `Enum`).
    pub create_constraint: bool,
    /// `create_type=False` of PostgreSQL enums and domains: `Some(false)`.
    pub create_type: Option<bool>,
    /// Name of an enumerated type, a domain, or the constraint of a `Boolean`.
    pub name: Option<Name>,
    /// Whether the name of the type's constraint is final (`op.f`, or already made by a convention).
    pub name_is_final: bool,
    /// Namespace of an enumerated type or domain (`schema=`).
    pub schema: Option<Name>,
    /// `inherit_schema=True`.
    pub inherit_schema: bool,
    /// Labels of `Enum`, `ENUM`, `SET`.
    pub labels: Option<EnumLabels>,
    /// Element type of an array; data type of a domain; `pickler`'s impl.
    pub item: Option<Box<ColumnType>>,
    /// `dimensions` of an array.
    pub dimensions: Option<u64>,
    /// `as_tuple`, `zero_indexes`: kept for rendering only.
    pub as_tuple: bool,
    /// `JSON(none_as_null=True)`.
    pub none_as_null: bool,
    /// `JSONB(astext_type=…)`.
    pub astext_type: Option<Box<ColumnType>>,
    /// `varying=True` of PostgreSQL BIT.
    pub varying: bool,
    /// MSSQL `VARBINARY(filestream=True)`.
    pub filestream: bool,
    /// SQLite `DATETIME(storage_format=…, regexp=…)` and other arguments that matter only for rendering, as Python source.
    pub extra: IndexMap<String, String>,
    /// Domain: collation in `collation`; the rest here.
    pub domain_default: Option<Box<Expr>>,
    /// Domain: `not_null`.
    pub domain_not_null: Option<bool>,
    /// Domain: check expression.
    pub domain_check: Option<Box<Expr>>,
    /// Domain: constraint name.
    pub domain_constraint_name: Option<String>,
    /// `with_variant(type, "dialect")`, by SQLAlchemy dialect name.
    pub variants: IndexMap<String, ColumnType>,
    /// What [`TypeClass::Custom`] is.
    pub custom: Option<Box<CustomType>>,
    /// How the project writes it in SQL (`@compiles` on SQLAlchemy's own class), for the dialect that it was read for.
    pub compiled: Option<CompiledType>,
}

/// What a function of the project, registered with `@compiles`, writes for a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompiledType {
    /// This text.
    Text(String),
    /// What the dialect's type compiler writes under a visitor's name: `JSON` of `compiler.visit_JSON(type_)`.
    Visit(String),
}

impl ColumnType {
    /// The class with no arguments.
    #[must_use]
    pub fn new(class: TypeClass) -> ColumnType {
        ColumnType {
            class,
            length: None,
            precision: None,
            scale: None,
            binary_precision: None,
            asdecimal: None,
            timezone: false,
            local_timezone: false,
            collation: None,
            charset: None,
            unsigned: false,
            zerofill: false,
            display_width: None,
            fsp: None,
            text_flags: [false; 4],
            fields: None,
            day_precision: None,
            second_precision: None,
            native: None,
            as_uuid: None,
            create_constraint: false,
            create_type: None,
            name: None,
            name_is_final: false,
            schema: None,
            inherit_schema: false,
            labels: None,
            item: None,
            dimensions: None,
            as_tuple: false,
            none_as_null: false,
            astext_type: None,
            varying: false,
            filestream: false,
            extra: IndexMap::new(),
            domain_default: None,
            domain_not_null: None,
            domain_check: None,
            domain_constraint_name: None,
            variants: IndexMap::new(),
            custom: None,
            compiled: None,
        }
    }

    /// `String(length)`.
    #[must_use]
    pub fn string(length: Option<u64>) -> ColumnType {
        ColumnType {
            length,
            ..ColumnType::new(TypeClass::String)
        }
    }

    /// A type from outside SQLAlchemy.
    #[must_use]
    pub fn custom(custom: CustomType) -> ColumnType {
        ColumnType {
            custom: Some(Box::new(custom)),
            ..ColumnType::new(TypeClass::Custom)
        }
    }
}
