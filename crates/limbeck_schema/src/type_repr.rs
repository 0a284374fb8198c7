//! Column types, as `repr()` of SQLAlchemy's classes says them.
//!
//! SQLAlchemy prints a type by the signature of its constructor: every argument whose value differs
//! from the default, in the order of the signature. Which signature counts is each class's affair
//! ([`arguments`]).

use std::convert::Infallible;
use std::fmt;

use crate::repr::{py_bool, py_str};
use crate::{ColumnType, CustomType, TypeClass, TypeNamespace};

/// One argument of a constructor. A number or flag behind it is the default that is not printed.
#[derive(Clone, Copy)]
enum Arg {
    Length,
    Precision,
    Scale,
    AsDecimal {
        hidden: bool,
    },
    BinaryPrecision,
    Timezone,
    LocalTimezone,
    Collation,
    Charset,
    Unsigned,
    Zerofill,
    DisplayWidth,
    Fsp,
    Ascii,
    Binary,
    Unicode,
    National,
    Fields,
    DayPrecision,
    SecondPrecision,
    AsUuid,
    Native(&'static str),
    CreateConstraint,
    CreateType,
    Name,
    Schema,
    Labels,
    Item,
    AsTuple,
    Dimensions,
    NoneAsNull,
    AstextType,
    TextType,
    Varying,
    Filestream,
    /// Kept as Python source in `ColumnType::extra`.
    Extra(&'static str),
}

const STRING: &[Arg] = &[Arg::Length, Arg::Collation, Arg::Extra("collation_schema")];
const NUMERIC: &[Arg] = &[
    Arg::Precision,
    Arg::Scale,
    Arg::Extra("decimal_return_scale"),
    Arg::AsDecimal { hidden: true },
];
const FLOAT: &[Arg] = &[
    Arg::Precision,
    Arg::AsDecimal { hidden: false },
    Arg::Extra("decimal_return_scale"),
];
const BOOLEAN: &[Arg] = &[Arg::CreateConstraint, Arg::Name];
const ENUM: &[Arg] = &[
    Arg::Labels,
    Arg::Name,
    Arg::CreateType,
    Arg::Native("native_enum"),
    Arg::CreateConstraint,
    Arg::Length,
    Arg::Schema,
];
const MY_INTEGER: &[Arg] = &[Arg::DisplayWidth, Arg::Unsigned, Arg::Zerofill];
const MY_NUMERIC: &[Arg] = &[
    Arg::Unsigned,
    Arg::Zerofill,
    Arg::Precision,
    Arg::Scale,
    Arg::Extra("decimal_return_scale"),
    Arg::AsDecimal { hidden: true },
];
const MY_FLOAT: &[Arg] = &[
    Arg::Precision,
    Arg::Scale,
    Arg::AsDecimal { hidden: false },
    Arg::Unsigned,
    Arg::Zerofill,
    Arg::Extra("decimal_return_scale"),
];
const MY_STRING: &[Arg] = &[
    Arg::Charset,
    Arg::Collation,
    Arg::Ascii,
    Arg::Binary,
    Arg::Unicode,
    Arg::National,
    Arg::Length,
    Arg::Extra("collation_schema"),
];
const MY_ENUM: &[Arg] = &[
    Arg::Labels,
    Arg::Charset,
    Arg::Collation,
    Arg::Ascii,
    Arg::Binary,
    Arg::Unicode,
    Arg::National,
];
const MY_SET: &[Arg] = &[
    Arg::Labels,
    Arg::Charset,
    Arg::Collation,
    Arg::Ascii,
    Arg::Binary,
    Arg::Unicode,
    Arg::National,
    Arg::Extra("retrieve_as_bitwise"),
];
const ARRAY: &[Arg] = &[
    Arg::Item,
    Arg::AsTuple,
    Arg::Dimensions,
    Arg::Extra("zero_indexes"),
];

/// What `repr()` prints of a class, in order.
fn arguments(class: TypeClass) -> &'static [Arg] {
    use TypeClass as T;
    match class {
        T::String
        | T::Text
        | T::Unicode
        | T::UnicodeText
        | T::SqlChar
        | T::SqlVarchar
        | T::SqlNchar
        | T::SqlNvarchar
        | T::SqlText
        | T::SqlClob
        | T::PgCitext
        | T::MsNtext
        | T::MsXml
        | T::OraLong
        | T::OraNclob
        | T::OraVarchar2
        | T::OraNvarchar2 => STRING,
        T::Numeric | T::SqlNumeric | T::SqlDecimal => NUMERIC,
        T::Float
        | T::Double
        | T::SqlFloat
        | T::SqlReal
        | T::SqlDouble
        | T::SqlDoublePrecision
        | T::OraBinaryDouble
        | T::OraBinaryFloat => FLOAT,
        T::Boolean | T::MatchType | T::SqlBoolean | T::MsBit | T::OraBoolean => BOOLEAN,
        T::DateTime
        | T::Time
        | T::SqlDatetime
        | T::SqlTimestamp
        | T::SqlTime
        | T::MsSmalldatetime
        | T::OraDate => &[Arg::Timezone],
        T::LargeBinary
        | T::SqlBlob
        | T::SqlBinary
        | T::SqlVarbinary
        | T::PickleType
        | T::PgBytea
        | T::MyBit
        | T::MyLongblob
        | T::MyMediumblob
        | T::MyTinyblob
        | T::MsImage
        | T::OraBfile
        | T::OraRaw => &[Arg::Length],
        T::Enum | T::PgEnum => ENUM,
        T::Uuid => &[Arg::AsUuid, Arg::Native("native_uuid")],
        T::SqlUuid | T::MsUniqueidentifier => &[Arg::AsUuid],
        T::Json | T::MyJson | T::LiteJson | T::LiteJsonb | T::MsJson => &[Arg::NoneAsNull],
        T::OraJson => &[Arg::NoneAsNull, Arg::Extra("use_blob")],
        T::Array | T::PgArray => ARRAY,
        T::PgBit => &[Arg::Length, Arg::Varying],
        T::PgHstore => &[Arg::TextType],
        T::PgInterval => &[Arg::Precision, Arg::Fields],
        T::PgJson | T::PgJsonb => &[Arg::NoneAsNull, Arg::AstextType],
        T::PgTime | T::PgTimestamp => &[Arg::Timezone, Arg::Precision],
        T::MyBigint | T::MyInteger | T::MyMediumint | T::MySmallint | T::MyTinyint => MY_INTEGER,
        T::MyDecimal | T::MyNumeric => MY_NUMERIC,
        T::MyDouble | T::MyFloat | T::MyReal => MY_FLOAT,
        T::MyChar
        | T::MyNchar
        | T::MyNvarchar
        | T::MyVarchar
        | T::MyText
        | T::MyTinytext
        | T::MyMediumtext
        | T::MyLongtext => MY_STRING,
        T::MyEnum => MY_ENUM,
        T::MySet => MY_SET,
        T::MyDatetime | T::MyTime | T::MyTimestamp => &[Arg::Timezone, Arg::Fsp],
        T::MyYear => &[Arg::DisplayWidth],
        T::MsDatetime2 | T::MsDatetimeoffset | T::MsTime => &[Arg::Precision],
        T::MsRowversion | T::MsTimestamp => &[Arg::Extra("convert_int")],
        T::MsVarbinary => &[Arg::Length, Arg::Filestream],
        T::OraFloat => &[
            Arg::BinaryPrecision,
            Arg::AsDecimal { hidden: false },
            Arg::Extra("decimal_return_scale"),
        ],
        T::OraInterval => &[Arg::DayPrecision, Arg::SecondPrecision],
        T::OraTimestamp => &[Arg::Timezone, Arg::LocalTimezone],
        T::OraVector => &[
            Arg::Extra("dim"),
            Arg::Extra("storage_format"),
            Arg::Extra("storage_type"),
        ],
        // `asdecimal` of NUMBER is computed; see `Writer::type_arguments`.
        T::OraNumber => &[Arg::Precision, Arg::Scale],
        T::Integer
        | T::SmallInteger
        | T::BigInteger
        | T::Date
        // `Interval` prints the arguments of its implementation, which has none of its own.
        | T::Interval
        | T::NullType
        | T::TupleType
        | T::SqlInteger
        | T::SqlSmallint
        | T::SqlBigint
        | T::SqlDate
        | T::PgCidr
        | T::PgDomain
        | T::PgInet
        | T::PgJsonpath
        | T::PgMacaddr
        | T::PgMacaddr8
        | T::PgMoney
        | T::PgOid
        | T::PgRegclass
        | T::PgRegconfig
        | T::PgTsquery
        | T::PgTsvector
        | T::PgInt4Range
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
        | T::PgTsTzMultirange
        | T::MyInet4
        | T::MyInet6
        | T::LiteDate
        | T::LiteDatetime
        | T::LiteTime
        | T::MsDoublePrecision
        | T::MsMoney
        | T::MsReal
        | T::MsSmallmoney
        | T::MsSqlVariant
        | T::MsTinyint
        | T::OraRowid
        | T::Custom => &[],
    }
}

/// What `asdecimal` is when it was not given.
fn default_asdecimal(class: TypeClass) -> bool {
    matches!(
        class,
        TypeClass::Numeric
            | TypeClass::SqlNumeric
            | TypeClass::SqlDecimal
            | TypeClass::MyDecimal
            | TypeClass::MyNumeric
            | TypeClass::MyDouble
            | TypeClass::MyReal
    )
}

/// The class name that Python prints; some dialects only re-export a class under a second name.
fn class_name(class: TypeClass) -> &'static str {
    match class {
        TypeClass::OraNvarchar2 => "NVARCHAR",
        TypeClass::TupleType => "TupleType",
        class => class.py_name(),
    }
}

impl TypeClass {
    /// The dialect module that a script imports for the class; `None` for SQLAlchemy's own classes, also where a
    /// dialect only re-exports them.
    #[must_use]
    pub fn dialect_module(self) -> Option<&'static str> {
        if matches!(self, TypeClass::OraNvarchar2 | TypeClass::OraBoolean) {
            return None;
        }
        match self.namespace() {
            TypeNamespace::Sqlalchemy | TypeNamespace::Custom => None,
            TypeNamespace::Postgresql => Some("postgresql"),
            TypeNamespace::Mysql => Some("mysql"),
            TypeNamespace::Sqlite => Some("sqlite"),
            TypeNamespace::Mssql => Some("mssql"),
            TypeNamespace::Oracle => Some("oracle"),
        }
    }
}

impl CustomType {
    /// `repr()`: a `TypeDecorator` prints the arguments of what it stands for.
    #[must_use]
    pub fn repr(&self) -> String {
        format!("{}({})", self.name, self.repr_arguments())
    }

    fn repr_arguments(&self) -> String {
        match &self.impl_ {
            Some(impl_) => match &impl_.custom {
                Some(inner) => inner.repr_arguments(),
                None => impl_.bare_arguments().join(", "),
            },
            None => self.arguments.clone(),
        }
    }
}

impl fmt::Display for ColumnType {
    /// `repr()` of the type: no module, no variants.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.repr_with(&mut |inner| Ok::<_, Infallible>(inner.to_string())) {
            Ok(text) => f.write_str(&text),
            Err(never) => match never {},
        }
    }
}

impl ColumnType {
    /// `repr()` of the type, with the types inside it written by `inner`.
    ///
    /// # Errors
    /// Those of `inner`.
    pub fn repr_with<E>(
        &self,
        inner: &mut dyn FnMut(&ColumnType) -> Result<String, E>,
    ) -> Result<String, E> {
        if let Some(custom) = &self.custom {
            return Ok(custom.repr());
        }
        let arguments = self.repr_arguments(inner)?;
        Ok(format!(
            "{}({})",
            class_name(self.class),
            arguments.join(", ")
        ))
    }

    fn bare_arguments(&self) -> Vec<String> {
        match self.repr_arguments(&mut |inner| Ok::<_, Infallible>(inner.to_string())) {
            Ok(arguments) => arguments,
            Err(never) => match never {},
        }
    }

    fn repr_arguments<E>(
        &self,
        inner: &mut dyn FnMut(&ColumnType) -> Result<String, E>,
    ) -> Result<Vec<String>, E> {
        let mut out = Vec::new();
        for argument in arguments(self.class) {
            match argument {
                Arg::Labels => {
                    let labels = self.labels.iter().flat_map(|it| &it.labels);
                    out.extend(labels.map(|label| py_str(label)));
                }
                Arg::Item => {
                    if let Some(item) = &self.item {
                        out.push(inner(item)?);
                    }
                }
                Arg::AstextType | Arg::TextType => {
                    let name = match argument {
                        Arg::TextType => "text_type",
                        _ => "astext_type",
                    };
                    let text = match &self.astext_type {
                        Some(type_) => inner(type_)?,
                        None => inner(&ColumnType::new(TypeClass::Text))?,
                    };
                    out.push(format!("{name}={text}"));
                }
                argument => out.extend(self.plain_argument(*argument)),
            }
        }
        match self.class {
            TypeClass::OraNumber => {
                let asdecimal = self
                    .asdecimal
                    .unwrap_or_else(|| self.scale.is_some_and(|scale| scale > 0));
                out.push(format!("asdecimal={}", py_bool(asdecimal)));
            }
            TypeClass::PgDomain => {
                if let Some(name) = &self.name {
                    out.push(py_str(&name.text));
                }
                if let Some(item) = &self.item {
                    out.push(inner(item)?);
                }
            }
            _ => {}
        }
        Ok(out)
    }

    fn plain_argument(&self, argument: Arg) -> Option<String> {
        fn number<T: ToString>(name: &str, value: Option<T>) -> Option<String> {
            value.map(|value| format!("{name}={}", value.to_string()))
        }
        fn text(name: &str, value: Option<&str>) -> Option<String> {
            value.map(|value| format!("{name}={}", py_str(value)))
        }
        fn flag(name: &str, value: bool) -> Option<String> {
            value.then(|| format!("{name}=True"))
        }
        let extra = |name: &str| {
            self.extra
                .get(name)
                .map(|source| format!("{name}={source}"))
        };
        let [ascii, unicode, binary, national] = self.text_flags;
        match argument {
            // `VARCHAR("max")` of SQL Server keeps its word there.
            Arg::Length => extra("length").or_else(|| number("length", self.length)),
            Arg::Precision => number("precision", self.precision),
            Arg::Scale => number("scale", self.scale),
            Arg::AsDecimal { hidden } => {
                let value = self
                    .asdecimal
                    .unwrap_or_else(|| default_asdecimal(self.class));
                (value != hidden).then(|| format!("asdecimal={}", py_bool(value)))
            }
            Arg::BinaryPrecision => number("binary_precision", self.binary_precision),
            Arg::Timezone => flag("timezone", self.timezone),
            Arg::LocalTimezone => flag("local_timezone", self.local_timezone),
            Arg::Collation => text("collation", self.collation.as_deref()),
            Arg::Charset => text("charset", self.charset.as_deref()),
            Arg::Unsigned => flag("unsigned", self.unsigned),
            Arg::Zerofill => flag("zerofill", self.zerofill),
            Arg::DisplayWidth => number("display_width", self.display_width),
            Arg::Fsp => number("fsp", self.fsp),
            Arg::Ascii => flag("ascii", ascii),
            Arg::Binary => flag("binary", binary),
            Arg::Unicode => flag("unicode", unicode),
            Arg::National => flag("national", national),
            Arg::Fields => text("fields", self.fields.as_deref()),
            Arg::DayPrecision => number("day_precision", self.day_precision),
            Arg::SecondPrecision => number("second_precision", self.second_precision),
            Arg::AsUuid => (self.as_uuid == Some(false)).then(|| "as_uuid=False".to_owned()),
            Arg::Native(name) => (self.native == Some(false)).then(|| format!("{name}=False")),
            Arg::CreateType => {
                (self.create_type == Some(false)).then(|| "create_type=False".to_owned())
            }
            Arg::CreateConstraint => flag("create_constraint", self.create_constraint),
            Arg::Name => text("name", self.name.as_ref().map(|name| name.as_str())),
            Arg::Schema => text("schema", self.schema.as_ref().map(|name| name.as_str())),
            Arg::AsTuple => flag("as_tuple", self.as_tuple),
            Arg::Dimensions => number("dimensions", self.dimensions),
            Arg::NoneAsNull => flag("none_as_null", self.none_as_null),
            Arg::Varying => flag("varying", self.varying),
            Arg::Filestream => flag("filestream", self.filestream),
            Arg::Extra(name) => extra(name),
            Arg::Labels | Arg::Item | Arg::AstextType | Arg::TextType => None,
        }
    }
}
