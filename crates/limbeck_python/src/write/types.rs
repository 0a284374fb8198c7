//! Column types, as `repr()` of SQLAlchemy's classes says them.
//!
//! SQLAlchemy prints a type by the signature of its constructor: every argument whose value differs
//! from the default, in the order of the signature. Which signature counts is each class's affair
//! ([`arguments`]).

use limbeck_diag::Error;
use limbeck_schema::{ColumnType, CustomType, TypeClass, TypeNamespace};

use super::repr::{py_bool, py_str};
use super::{ExprPlace, Writer};

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
        T::Boolean | T::SqlBoolean | T::MsBit | T::OraBoolean => BOOLEAN,
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
        T::Json | T::MyJson | T::LiteJson | T::MsJson => &[Arg::NoneAsNull],
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

/// The Python module of the class, `None` for SQLAlchemy's own.
fn dialect_module(class: TypeClass) -> Option<&'static str> {
    match class {
        TypeClass::OraNvarchar2 | TypeClass::OraBoolean => return None,
        _ => {}
    }
    match class.namespace() {
        TypeNamespace::Sqlalchemy | TypeNamespace::Custom => None,
        TypeNamespace::Postgresql => Some("postgresql"),
        TypeNamespace::Mysql => Some("mysql"),
        TypeNamespace::Sqlite => Some("sqlite"),
        TypeNamespace::Mssql => Some("mssql"),
        TypeNamespace::Oracle => Some("oracle"),
    }
}

/// How a type that stands inside another is written: Alembic qualifies it only in places it knows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inner {
    /// `sa.Text()`
    Qualified,
    /// `Text()`, as `repr()` has it.
    Bare,
}

impl Writer<'_> {
    /// Alembic's `_repr_type`.
    pub(super) fn type_text(&mut self, type_: &ColumnType) -> Result<String, Error> {
        if type_.variants.is_empty() {
            return self.type_without_variants(type_);
        }
        let mut text = self.type_without_variants(type_)?;
        let mut variants: Vec<(&String, &ColumnType)> = type_.variants.iter().collect();
        variants.sort_by_key(|(dialect, _)| *dialect);
        for (dialect, variant) in variants {
            let variant = self.type_without_variants(variant)?;
            text.push_str(&format!(".with_variant({variant}, {})", py_str(dialect)));
        }
        Ok(text)
    }

    fn type_without_variants(&mut self, type_: &ColumnType) -> Result<String, Error> {
        if let Some(custom) = &type_.custom {
            return self.custom_type(custom);
        }
        let Some(module) = dialect_module(type_.class) else {
            let inner = if type_.class == TypeClass::Array {
                Inner::Qualified
            } else {
                Inner::Bare
            };
            let text = self.type_repr(type_, inner)?;
            return Ok(format!("{}{text}", self.sa()));
        };
        self.imports
            .insert(format!("from sqlalchemy.dialects import {module}"));
        if module == "postgresql" && self.ddl.dialect_name() == "postgresql" {
            if type_.class == TypeClass::PgDomain {
                return self.domain(type_);
            }
            let text = self.type_repr(type_, Inner::Qualified)?;
            return Ok(format!("{module}.{text}"));
        }
        let text = self.type_repr(type_, Inner::Bare)?;
        Ok(format!("{module}.{text}"))
    }

    fn custom_type(&mut self, custom: &CustomType) -> Result<String, Error> {
        let prefix = match &self.options.user_module_prefix {
            Some(prefix) => prefix.clone(),
            None => format!("{}.", custom.module),
        };
        Ok(format!("{prefix}{}", self.custom_repr(custom)?))
    }

    /// A `TypeDecorator` prints the arguments of what it stands for.
    fn custom_repr(&mut self, custom: &CustomType) -> Result<String, Error> {
        let arguments = match &custom.impl_ {
            Some(impl_) => match &impl_.custom {
                Some(inner) => {
                    let text = self.custom_repr(inner)?;
                    text.strip_prefix(inner.name.as_str())
                        .and_then(|it| it.strip_prefix('('))
                        .and_then(|it| it.strip_suffix(')'))
                        .unwrap_or_default()
                        .to_owned()
                }
                None => self.type_arguments(impl_, Inner::Bare)?.join(", "),
            },
            None => custom.arguments.clone(),
        };
        Ok(format!("{}({arguments})", custom.name))
    }

    /// `repr(type)`.
    fn type_repr(&mut self, type_: &ColumnType, inner: Inner) -> Result<String, Error> {
        if let Some(custom) = &type_.custom {
            return self.custom_repr(custom);
        }
        let arguments = self.type_arguments(type_, inner)?;
        Ok(format!(
            "{}({})",
            class_name(type_.class),
            arguments.join(", ")
        ))
    }

    fn inner_type(&mut self, type_: &ColumnType, inner: Inner) -> Result<String, Error> {
        match inner {
            Inner::Qualified => self.type_text(type_),
            Inner::Bare => self.type_repr(type_, Inner::Bare),
        }
    }

    fn type_arguments(&mut self, type_: &ColumnType, inner: Inner) -> Result<Vec<String>, Error> {
        let mut out = Vec::new();
        for argument in arguments(type_.class) {
            out.extend(self.argument(*argument, type_, inner)?);
        }
        match type_.class {
            TypeClass::OraNumber => {
                let asdecimal = type_
                    .asdecimal
                    .unwrap_or_else(|| type_.scale.is_some_and(|scale| scale > 0));
                out.push(format!("asdecimal={}", py_bool(asdecimal)));
            }
            TypeClass::PgDomain => {
                if let Some(name) = &type_.name {
                    out.push(py_str(&name.text));
                }
                if let Some(item) = &type_.item {
                    out.push(self.type_repr(item, Inner::Bare)?);
                }
            }
            _ => {}
        }
        Ok(out)
    }

    fn argument(
        &mut self,
        argument: Arg,
        type_: &ColumnType,
        inner: Inner,
    ) -> Result<Vec<String>, Error> {
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
            type_
                .extra
                .get(name)
                .map(|source| format!("{name}={source}"))
        };
        let [ascii, unicode, binary, national] = type_.text_flags;
        let one = match argument {
            // `VARCHAR("max")` of SQL Server keeps its word there.
            Arg::Length => number("length", type_.length).or_else(|| extra("length")),
            Arg::Precision => number("precision", type_.precision),
            Arg::Scale => number("scale", type_.scale),
            Arg::AsDecimal { hidden } => {
                let value = type_
                    .asdecimal
                    .unwrap_or_else(|| default_asdecimal(type_.class));
                (value != hidden).then(|| format!("asdecimal={}", py_bool(value)))
            }
            Arg::BinaryPrecision => number("binary_precision", type_.binary_precision),
            Arg::Timezone => flag("timezone", type_.timezone),
            Arg::LocalTimezone => flag("local_timezone", type_.local_timezone),
            Arg::Collation => text("collation", type_.collation.as_deref()),
            Arg::Charset => text("charset", type_.charset.as_deref()),
            Arg::Unsigned => flag("unsigned", type_.unsigned),
            Arg::Zerofill => flag("zerofill", type_.zerofill),
            Arg::DisplayWidth => number("display_width", type_.display_width),
            Arg::Fsp => number("fsp", type_.fsp),
            Arg::Ascii => flag("ascii", ascii),
            Arg::Binary => flag("binary", binary),
            Arg::Unicode => flag("unicode", unicode),
            Arg::National => flag("national", national),
            Arg::Fields => text("fields", type_.fields.as_deref()),
            Arg::DayPrecision => number("day_precision", type_.day_precision),
            Arg::SecondPrecision => number("second_precision", type_.second_precision),
            Arg::AsUuid => (type_.as_uuid == Some(false)).then(|| "as_uuid=False".to_owned()),
            Arg::Native(name) => (type_.native == Some(false)).then(|| format!("{name}=False")),
            Arg::CreateConstraint => flag("create_constraint", type_.create_constraint),
            Arg::Name => text("name", type_.name.as_ref().map(|name| name.as_str())),
            Arg::Schema => text("schema", type_.schema.as_ref().map(|name| name.as_str())),
            Arg::Labels => {
                let labels = type_.labels.iter().flat_map(|it| &it.labels);
                return Ok(labels.map(|label| py_str(label)).collect());
            }
            Arg::Item => match &type_.item {
                Some(item) => Some(self.inner_type(item, inner)?),
                None => None,
            },
            Arg::AsTuple => flag("as_tuple", type_.as_tuple),
            Arg::Dimensions => number("dimensions", type_.dimensions),
            Arg::NoneAsNull => flag("none_as_null", type_.none_as_null),
            Arg::AstextType | Arg::TextType => {
                let name = if matches!(argument, Arg::TextType) {
                    "text_type"
                } else {
                    "astext_type"
                };
                let text_type = type_
                    .astext_type
                    .as_deref()
                    .cloned()
                    .unwrap_or_else(|| ColumnType::new(TypeClass::Text));
                Some(format!("{name}={}", self.inner_type(&text_type, inner)?))
            }
            Arg::Varying => flag("varying", type_.varying),
            Arg::Filestream => flag("filestream", type_.filestream),
            Arg::Extra(name) => extra(name),
        };
        Ok(one.into_iter().collect())
    }

    /// `postgresql.DOMAIN(…)`, which Alembic writes by itself.
    fn domain(&mut self, type_: &ColumnType) -> Result<String, Error> {
        let mut args = Vec::new();
        if let Some(name) = &type_.name {
            args.push(py_str(&name.text));
        }
        if let Some(item) = &type_.item {
            args.push(self.type_text(item)?);
        }
        if let Some(collation) = &type_.collation {
            args.push(format!("collation={}", py_str(collation)));
        }
        if let Some(source) = type_.extra.get("collation_schema") {
            args.push(format!("collation_schema={source}"));
        }
        if let Some(default) = &type_.domain_default {
            let text = self.expr_element(default, ExprPlace::Other)?;
            args.push(format!("default={text}"));
        }
        if let Some(name) = &type_.domain_constraint_name {
            args.push(format!("constraint_name={}", py_str(name)));
        }
        if type_.domain_not_null == Some(true) {
            args.push("not_null=True".to_owned());
        }
        if let Some(check) = &type_.domain_check {
            let text = self.ddl.render_ddl_sql_expr(check, ExprPlace::Other)?;
            args.push(format!("check={}", py_str(&text)));
        }
        if let Some(schema) = &type_.schema {
            args.push(format!("schema={}", py_str(&schema.text)));
        }
        if type_.create_type == Some(false) {
            args.push("create_type=False".to_owned());
        }
        Ok(format!("postgresql.DOMAIN({})", args.join(", ")))
    }
}
