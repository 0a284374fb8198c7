//! The classes of types: how they derive from each other and how they are called.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::LazyLock;

use limbeck_schema::{TypeClass, TypeNamespace};

use crate::alchemy::types::object::TypeObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, ClassHooks, Value};

/// A base of a type class.
pub(crate) enum TypeBase {
    /// Another concrete type.
    Type(TypeClass),
    /// A class that only groups types.
    Abstract(&'static str),
}

/// Classes that only group types, with their bases, bases first.
pub(crate) const ABSTRACT: &[(&str, &[&str])] = &[
    ("TypeEngine", &[]),
    ("TypeEngineMixin", &[]),
    ("SchemaType", &["TypeEngineMixin"]),
    ("Concatenable", &["TypeEngineMixin"]),
    ("Indexable", &["TypeEngineMixin"]),
    ("UserDefinedType", &["TypeEngine"]),
    ("TypeDecorator", &["TypeEngine"]),
    ("_Binary", &["TypeEngine"]),
    ("NumericCommon", &["TypeEngine"]),
    ("_AbstractInterval", &["TypeEngine"]),
    ("AbstractRange", &["TypeEngine"]),
    ("AbstractSingleRange", &["AbstractRange"]),
    ("AbstractMultiRange", &["AbstractRange"]),
    ("NamedType", &["SchemaType", "TypeEngine"]),
    ("_NetworkAddressTypeMixin", &["TypeEngine"]),
];

macro_rules! bases {
    ($($list:expr),*) => { &[$($list),*] };
}

/// The bases of a type class, as SQLAlchemy derives them.
pub(crate) fn base_of(class: TypeClass) -> &'static [TypeBase] {
    use TypeBase::{Abstract, Type};
    use TypeClass as T;
    const ENGINE: TypeBase = Abstract("TypeEngine");
    match class {
        T::String => bases![Abstract("Concatenable"), ENGINE],
        T::Text | T::Unicode | T::SqlChar | T::SqlVarchar => bases![Type(T::String)],
        T::UnicodeText | T::SqlText | T::SqlClob | T::MsXml | T::OraLong | T::OraNclob => {
            bases![Type(T::Text)]
        }
        T::SqlNchar | T::SqlNvarchar | T::OraNvarchar2 => bases![Type(T::Unicode)],
        T::MsNtext => bases![Type(T::UnicodeText)],
        T::OraVarchar2 => bases![Type(T::SqlVarchar)],
        T::PgCitext => bases![Type(T::SqlText)],
        T::MyLongtext | T::MyMediumtext | T::MyTinytext | T::MySet => bases![Type(T::String)],
        T::MyText => bases![Type(T::SqlText)],
        T::MyVarchar => bases![Type(T::SqlVarchar)],
        T::MyChar => bases![Type(T::SqlChar)],
        T::MyNchar => bases![Type(T::SqlNchar)],
        T::MyNvarchar => bases![Type(T::SqlNvarchar)],
        T::Enum => bases![Type(T::String), Abstract("SchemaType")],
        T::PgEnum => bases![Abstract("NamedType"), Type(T::Enum)],
        T::MyEnum => bases![Type(T::Enum)],
        T::PgDomain => bases![Abstract("NamedType")],
        T::Integer => bases![ENGINE],
        T::SmallInteger
        | T::BigInteger
        | T::SqlInteger
        | T::MyMediumint
        | T::MyTinyint
        | T::MsTinyint => {
            bases![Type(T::Integer)]
        }
        T::SqlSmallint => bases![Type(T::SmallInteger)],
        T::SqlBigint => bases![Type(T::BigInteger)],
        T::MyInteger => bases![Type(T::SqlInteger)],
        T::MySmallint => bases![Type(T::SqlSmallint)],
        T::MyBigint => bases![Type(T::SqlBigint)],
        T::Numeric | T::Float => bases![Abstract("NumericCommon")],
        T::SqlNumeric | T::SqlDecimal => bases![Type(T::Numeric)],
        T::OraNumber => bases![Type(T::Numeric), Type(T::Integer)],
        T::Double | T::SqlFloat | T::SqlReal | T::OraBinaryFloat => bases![Type(T::Float)],
        T::SqlDouble | T::SqlDoublePrecision | T::OraBinaryDouble => bases![Type(T::Double)],
        T::MsDoublePrecision => bases![Type(T::SqlDoublePrecision)],
        T::MsReal | T::MyReal => bases![Type(T::SqlReal)],
        T::MyDecimal => bases![Type(T::SqlDecimal)],
        T::MyNumeric => bases![Type(T::SqlNumeric)],
        T::MyDouble => bases![Type(T::SqlDouble)],
        T::MyFloat | T::OraFloat => bases![Type(T::SqlFloat)],
        T::Boolean => bases![Abstract("SchemaType"), ENGINE],
        T::SqlBoolean | T::MsBit | T::MatchType => bases![Type(T::Boolean)],
        T::OraBoolean => bases![Type(T::SqlBoolean)],
        T::Date | T::DateTime | T::Time => bases![ENGINE],
        T::SqlDate | T::LiteDate => bases![Type(T::Date)],
        T::SqlDatetime
        | T::SqlTimestamp
        | T::LiteDatetime
        | T::MsDatetime2
        | T::MsDatetimeoffset
        | T::MsSmalldatetime
        | T::OraDate => bases![Type(T::DateTime)],
        T::MyDatetime => bases![Type(T::SqlDatetime)],
        T::PgTimestamp | T::MyTimestamp | T::OraTimestamp => bases![Type(T::SqlTimestamp)],
        T::SqlTime | T::LiteTime => bases![Type(T::Time)],
        T::PgTime | T::MyTime | T::MsTime => bases![Type(T::SqlTime)],
        T::Interval => bases![Abstract("_AbstractInterval"), Abstract("TypeDecorator")],
        T::PgInterval | T::OraInterval => bases![Abstract("_AbstractInterval")],
        T::LargeBinary
        | T::SqlBinary
        | T::SqlVarbinary
        | T::MyLongblob
        | T::MyMediumblob
        | T::MyTinyblob
        | T::MsTimestamp
        | T::OraRaw => bases![Abstract("_Binary")],
        T::SqlBlob | T::PgBytea | T::MsImage | T::OraBfile => bases![Type(T::LargeBinary)],
        T::MsRowversion => bases![Type(T::MsTimestamp)],
        T::MsVarbinary => bases![Type(T::SqlVarbinary), Type(T::LargeBinary)],
        T::Uuid => bases![ENGINE],
        T::SqlUuid | T::MsUniqueidentifier => bases![Type(T::Uuid)],
        T::Json => bases![Abstract("Indexable"), ENGINE],
        T::PgJson | T::MyJson | T::LiteJson | T::MsJson | T::OraJson => bases![Type(T::Json)],
        T::LiteJsonb => bases![Type(T::LiteJson)],
        T::PgJsonb => bases![Type(T::PgJson)],
        T::Array => bases![Abstract("Indexable"), Abstract("Concatenable"), ENGINE],
        T::PgArray => bases![Type(T::Array)],
        T::PgHstore => bases![Abstract("Indexable"), Abstract("Concatenable"), ENGINE],
        T::PickleType => bases![Abstract("TypeDecorator")],
        T::PgCidr | T::PgInet | T::PgMacaddr | T::PgMacaddr8 => {
            bases![Abstract("_NetworkAddressTypeMixin")]
        }
        T::PgInt4Range
        | T::PgInt8Range
        | T::PgNumRange
        | T::PgDateRange
        | T::PgTsRange
        | T::PgTsTzRange => {
            bases![Abstract("AbstractSingleRange")]
        }
        T::PgInt4Multirange
        | T::PgInt8Multirange
        | T::PgNumMultirange
        | T::PgDateMultirange
        | T::PgTsMultirange
        | T::PgTsTzMultirange => bases![Abstract("AbstractMultiRange")],
        T::Custom => bases![ENGINE],
        _ => bases![ENGINE],
    }
}

/// The dotted module a type class is defined in, as `type(x).__module__` shows it.
pub(crate) fn module_of(class: TypeClass) -> &'static str {
    use TypeClass as T;
    match class {
        T::PgArray => "sqlalchemy.dialects.postgresql.array",
        T::PgDomain | T::PgEnum => "sqlalchemy.dialects.postgresql.named_types",
        T::PgHstore => "sqlalchemy.dialects.postgresql.hstore",
        T::PgJson | T::PgJsonb | T::PgJsonpath => "sqlalchemy.dialects.postgresql.json",
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
        | T::PgTsTzMultirange => "sqlalchemy.dialects.postgresql.ranges",
        T::MyEnum | T::MySet => "sqlalchemy.dialects.mysql.enumerated",
        T::MyInet4 | T::MyInet6 => "sqlalchemy.dialects.mysql.mariadb",
        T::MyJson => "sqlalchemy.dialects.mysql.json",
        T::LiteJson | T::LiteJsonb => "sqlalchemy.dialects.sqlite.json",
        T::MsJson => "sqlalchemy.dialects.mssql.json",
        T::OraJson => "sqlalchemy.dialects.oracle.json",
        T::OraVector => "sqlalchemy.dialects.oracle.vector",
        _ => match class.namespace() {
            TypeNamespace::Sqlalchemy | TypeNamespace::Custom => "sqlalchemy.sql.sqltypes",
            TypeNamespace::Postgresql => "sqlalchemy.dialects.postgresql.types",
            TypeNamespace::Mysql => "sqlalchemy.dialects.mysql.types",
            TypeNamespace::Sqlite => "sqlalchemy.dialects.sqlite.base",
            TypeNamespace::Mssql => "sqlalchemy.dialects.mssql.base",
            TypeNamespace::Oracle => "sqlalchemy.dialects.oracle.types",
        },
    }
}

/// `__visit_name__`, by which SQLAlchemy's compilers know a type.
pub(crate) fn visit_name(class: TypeClass) -> &'static str {
    use TypeClass as T;
    match class {
        T::BigInteger => "big_integer",
        T::Boolean | T::MatchType => "boolean",
        T::Date | T::LiteDate => "date",
        T::DateTime | T::LiteDatetime => "datetime",
        T::Double => "double",
        T::Enum | T::PgEnum => "enum",
        T::Float => "float",
        T::Integer => "integer",
        T::Interval | T::PickleType => "type_decorator",
        T::LargeBinary => "large_binary",
        T::NullType => "null",
        T::Numeric => "numeric",
        T::SmallInteger => "small_integer",
        T::String => "string",
        T::Text => "text",
        T::Time | T::LiteTime => "time",
        T::Unicode => "unicode",
        T::UnicodeText => "unicode_text",
        T::Uuid => "uuid",
        _ => class.py_name(),
    }
}

/// Calls a type class.
pub(crate) struct TypeHooks {
    pub(crate) class: TypeClass,
}

impl ClassHooks for TypeHooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        let native = crate::alchemy::registry::alchemy(ev).type_class(self.class);
        if Rc::ptr_eq(&native, class) {
            if let Some(unknown) = crate::alchemy::convert::first_unknown(&args) {
                return Ok(Ok(unknown));
            }
            let of_enums = match args.get(0) {
                Some(Value::Class(first)) => crate::models::type_map::is_enum_base(first),
                _ => false,
            };
            let template = of_enums.then(|| args.clone());
            let mut object = TypeObj::new(crate::alchemy::types::construct::construct(
                ev, self.class, args,
            )?);
            object.template = template;
            return Ok(Ok(Value::object(object)));
        }
        crate::alchemy::types::custom::construct_subclass(ev, class, Some(self.class), args).map(Ok)
    }

    fn class_attr(&self, _ev: &mut Interp<'_>, _class: &Rc<Class>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "__visit_name__" if !matches!(self.class, TypeClass::Custom | TypeClass::TupleType) => {
                Some(Value::from(visit_name(self.class)))
            }
            "__init__" => Some(Value::native(
                "__init__",
                crate::alchemy::types::custom::base_init,
            )),
            _ => None,
        })
    }

    fn is_partial(&self) -> bool {
        true
    }
}

/// The type that stands in a dialect module under a name, re-exports of generic types included.
pub(crate) fn dialect_type(module: &str, name: &str) -> Option<TypeClass> {
    let namespace = match module {
        "postgresql" => TypeNamespace::Postgresql,
        "mysql" => TypeNamespace::Mysql,
        "sqlite" => TypeNamespace::Sqlite,
        "mssql" => TypeNamespace::Mssql,
        "oracle" => TypeNamespace::Oracle,
        _ => return None,
    };
    let own = TypeClass::ALL
        .iter()
        .copied()
        .find(|class| class.namespace() == namespace && class.py_name() == name);
    let again: &str = match module {
        "postgresql" => {
            "BIGINT BOOLEAN CHAR DATE DOUBLE_PRECISION FLOAT INTEGER NUMERIC REAL SMALLINT TEXT UUID VARCHAR"
        }
        "mysql" => "BINARY BLOB BOOLEAN DATE VARBINARY",
        "sqlite" => {
            "BLOB BOOLEAN CHAR DECIMAL FLOAT INTEGER NUMERIC REAL SMALLINT TEXT TIMESTAMP VARCHAR"
        }
        "mssql" => {
            "BIGINT BINARY CHAR DATE DATETIME DECIMAL FLOAT INTEGER NCHAR NUMERIC NVARCHAR SMALLINT TEXT VARCHAR"
        }
        "oracle" => "BLOB CHAR CLOB DOUBLE_PRECISION NCHAR NVARCHAR REAL VARCHAR",
        _ => "",
    };
    own.or_else(|| {
        again
            .split(' ')
            .any(|word| word == name)
            .then(|| generic_type(name))?
    })
}

/// Whether a type came with SQLAlchemy 2.1.
pub(crate) fn is_since_2_1(class: TypeClass) -> bool {
    matches!(
        class,
        TypeClass::OraBoolean | TypeClass::OraJson | TypeClass::LiteJsonb
    )
}

/// The generic or SQL-standard type of that name.
pub(crate) fn generic_type(name: &str) -> Option<TypeClass> {
    let name = if name == "INT" { "INTEGER" } else { name };
    static TYPES: LazyLock<BTreeMap<&str, TypeClass>> = LazyLock::new(|| {
        let all = TypeClass::ALL.iter().rev().copied();
        all.filter(|class| class.namespace() == TypeNamespace::Sqlalchemy)
            .map(|class| (class.py_name(), class))
            .collect()
    });
    TYPES.get(name).copied()
}
