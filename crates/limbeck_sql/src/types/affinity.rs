//! SQLAlchemy's type affinities: which types count as the same kind of thing.

use limbeck_schema::{Affinity as Kind, ColumnType, TypeClass};

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
        TypeClass::PgCitext => Affinity::String,
        TypeClass::PgDomain | TypeClass::PgEnum => Affinity::Named,
        TypeClass::MyEnum => Affinity::Class(TypeClass::MyEnum),
        // A number with digits behind the point is a decimal one.
        TypeClass::OraNumber => match type_.scale {
            Some(scale) if scale > 0 => Affinity::Numeric,
            _ => Affinity::Integer,
        },
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
        class => match class.affinity() {
            Kind::Null => Affinity::NullType,
            Kind::Integer => Affinity::Integer,
            Kind::Numeric => Affinity::Numeric,
            Kind::Float => match sqlalchemy {
                SqlAlchemyVersion::V2_0 => Affinity::Numeric,
                SqlAlchemyVersion::V2_1 => Affinity::Float,
            },
            Kind::String => Affinity::String,
            Kind::Binary => Affinity::Binary,
            Kind::Boolean => Affinity::Boolean,
            Kind::Date => Affinity::Date,
            Kind::DateTime => Affinity::DateTime,
            Kind::Time => Affinity::Time,
            Kind::Interval => Affinity::Interval,
            Kind::Json => Affinity::Json,
            Kind::Array => Affinity::Array,
            Kind::Uuid => Affinity::Uuid,
            Kind::Own(class) if class.is_range() => Affinity::Range,
            Kind::Own(class) => Affinity::Class(class),
        },
    }
}
