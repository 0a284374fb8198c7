//! Which SQLAlchemy type a Python type stands for.

use std::rc::Rc;

use limbeck_schema::{ColumnType, TypeClass};

use super::annotation::without_none;
use super::registry::Registry;
use crate::alchemy::types::object::{TypeObj, to_type};
use crate::alchemy::version::sqlalchemy_known_at_least;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::modules::typing::{GenericAlias, NewType, SpecialForm, TypeAlias};
use crate::value::{Class, ClassKind, Str, Value};

/// Marks a type that was made or copied with a namespace of its own, even if that is none: it does not take the metadata's.
pub(crate) const SCHEMA_GIVEN: &str = " schema";

/// True for types that `type_annotation_map` holds to be the same.
pub(crate) fn same_type(left: &Value, right: &Value) -> bool {
    if left.is_same(right) {
        return true;
    }
    match (
        left.downcast_ref::<GenericAlias>(),
        right.downcast_ref::<GenericAlias>(),
    ) {
        (Some(left), Some(right)) => {
            left.name == right.name
                && left.args.len() == right.args.len()
                && left
                    .args
                    .iter()
                    .zip(&right.args)
                    .all(|(left, right)| same_type(left, right))
        }
        (None, None) => match (
            left.downcast_ref::<SpecialForm>(),
            right.downcast_ref::<SpecialForm>(),
        ) {
            (Some(left), Some(right)) => left.0 == right.0,
            _ => false,
        },
        _ => false,
    }
}

/// What a `type X = …` alias stands for.
pub(crate) fn aliased(value: &Value) -> Option<Value> {
    value.downcast_ref::<TypeAlias>().map(TypeAlias::value)
}

/// A type in a map, with the Python type that led to it.
struct Match {
    /// What was looked for.
    python_type: Value,
    /// What was found in the map: the type itself or one it derives from.
    matched_on: Value,
    /// True when the SQL type is for exactly the class that was looked for.
    is_exact: bool,
}

/// The SQL type of a Python type, by the registry's map, then by SQLAlchemy's own.
pub(crate) fn find(
    ev: &mut Interp<'_>,
    registry: &Registry,
    python_type: &Value,
) -> R<Option<ColumnType>> {
    for found in search(ev, python_type) {
        let own = lookup(ev, registry, &found.matched_on);
        let template = match own {
            Some(value) => Some(value),
            None => {
                if let Some(unknown) = registry.unknown_types.borrow().clone() {
                    ev.need_known(&unknown, "`type_annotation_map`")?;
                }
                builtin(ev, &found.matched_on)?
            }
        };
        let Some(template) = template else { continue };
        if let Some(type_) = resolve(ev, &template, &found)? {
            return Ok(Some(type_));
        }
    }
    Ok(None)
}

/// The types that are looked for, in order.
fn search(ev: &mut Interp<'_>, python_type: &Value) -> Vec<Match> {
    let found = |matched_on: Value, is_exact: bool| Match {
        python_type: python_type.clone(),
        matched_on,
        is_exact,
    };
    if let Some(alias) = python_type.downcast_ref::<GenericAlias>() {
        let mut list = vec![found(python_type.clone(), true)];
        if alias.name == "Literal" {
            let form = Value::object(SpecialForm("Literal".to_owned()));
            list.push(found(form, true));
        }
        return list;
    }
    if let Some(new_type) = python_type.downcast_ref::<NewType>() {
        let mut list = vec![found(python_type.clone(), true)];
        // SQLAlchemy 2.0 falls back to what the new type is made of.
        if sqlalchemy_known_at_least(ev, 2, 1) == Some(false) {
            let mut inner = new_type.supertype.clone();
            while let Some(next) = inner.downcast_ref::<NewType>() {
                inner = next.supertype.clone();
            }
            list.push(Match {
                python_type: inner.clone(),
                matched_on: inner,
                is_exact: true,
            });
        }
        return list;
    }
    match python_type {
        Value::Class(class) => class
            .mro()
            .map(|base| found(Value::Class(Rc::clone(base)), Rc::ptr_eq(base, class)))
            .collect(),
        _ => vec![found(python_type.clone(), true)],
    }
}

fn lookup(ev: &mut Interp<'_>, registry: &Registry, key: &Value) -> Option<Value> {
    let types = registry.types.borrow().clone();
    types
        .iter()
        .rev()
        .find(|(known, _)| {
            let known = without_none(ev, known);
            same_type(&known, key)
        })
        .map(|(_, type_)| type_.clone())
}

/// SQLAlchemy's own map.
fn builtin(ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
    let class = match key {
        Value::Class(class) => class,
        _ => {
            let is_literal = key
                .downcast_ref::<SpecialForm>()
                .is_some_and(|form| form.0 == "Literal");
            return Ok(is_literal.then(|| template(ev)));
        }
    };
    let type_class = match (&class.kind, &*class.module, &*class.name) {
        (ClassKind::Builtin("int"), ..) => TypeClass::Integer,
        (ClassKind::Builtin("bool"), ..) => TypeClass::Boolean,
        (ClassKind::Builtin("str"), ..) => TypeClass::String,
        (ClassKind::Builtin("bytes"), ..) => TypeClass::LargeBinary,
        (ClassKind::Builtin("float"), ..) => match sqlalchemy_known_at_least(ev, 2, 1) {
            Some(true) => TypeClass::Double,
            Some(false) => TypeClass::Float,
            None => {
                return Err(ev.unreadable(
                    "`float` is FLOAT up to SQLAlchemy 2.0 and DOUBLE since 2.1, and the project's version is not known",
                ));
            }
        },
        (_, "datetime", "datetime") => TypeClass::DateTime,
        (_, "datetime", "date") => TypeClass::Date,
        (_, "datetime", "time") => TypeClass::Time,
        (_, "datetime", "timedelta") => TypeClass::Interval,
        (_, "decimal", "Decimal") => TypeClass::Numeric,
        (_, "uuid", "UUID") => TypeClass::Uuid,
        (ClassKind::Enum, "enum", "Enum") => return Ok(Some(template(ev))),
        _ => return Ok(None),
    };
    let type_ = ColumnType::new(type_class);
    Ok(Some(TypeObj::value(ev, type_)))
}

/// `Enum(enum.Enum)`
fn template(ev: &mut Interp<'_>) -> Value {
    let class = Rc::clone(&crate::modules::enum_::classes(ev).enum_);
    let mut object = TypeObj::new(ColumnType::new(TypeClass::Enum));
    object.template = Some(Args::positional(vec![Value::Class(class)]));
    Value::object(object)
}

/// `TypeEngine._resolve_for_python_type`
fn resolve(ev: &mut Interp<'_>, value: &Value, found: &Match) -> R<Option<ColumnType>> {
    let template = value
        .downcast_ref::<TypeObj>()
        .and_then(|object| object.template.clone());
    let type_ = to_type(ev, value, "a type of `type_annotation_map`")?;
    let is_enum = matches!(
        type_.class,
        TypeClass::Enum | TypeClass::PgEnum | TypeClass::MyEnum
    );
    if !is_enum {
        return Ok(found.is_exact.then_some(type_));
    }
    let is_literal = found
        .python_type
        .downcast_ref::<GenericAlias>()
        .is_some_and(|alias| alias.name == "Literal");
    let enum_class = match &found.python_type {
        Value::Class(class) if class.is_enum() => Some(Rc::clone(class)),
        _ => None,
    };
    let mut made = match template {
        Some(args) if is_literal => {
            let labels = literal_labels(ev, &found.python_type)?;
            let native = Value::Bool(false);
            instantiate(ev, &args, labels, Some(native))?
        }
        Some(args) => match enum_class {
            Some(class) => instantiate(ev, &args, vec![Value::Class(class)], None)?,
            None => {
                return Err(ev.unreadable("`Enum(enum.Enum)` is used for a type that is no enum"));
            }
        },
        None if same_type(&found.python_type, &found.matched_on) => {
            let mut made = type_;
            made.class = TypeClass::Enum;
            made
        }
        None => {
            return Err(ev.unreadable(
                "an `Enum` of `type_annotation_map` with labels of its own is used for another type",
            ));
        }
    };
    made.extra.insert(SCHEMA_GIVEN.to_owned(), String::new());
    Ok(Some(made))
}

/// Makes an `Enum` like the template, of other members.
fn instantiate(
    ev: &mut Interp<'_>,
    template: &Args,
    members: Vec<Value>,
    native: Option<Value>,
) -> R<ColumnType> {
    let mut args = Args::positional(members);
    args.keywords.clone_from(&template.keywords);
    if let Some(native) = native {
        args.take_keyword("native_enum");
        args.keywords.push((Str::from("native_enum"), native));
    }
    crate::alchemy::types::construct::construct(ev, TypeClass::Enum, args)
}

fn literal_labels(ev: &mut Interp<'_>, literal: &Value) -> R<Vec<Value>> {
    let mut labels = Vec::new();
    let Some(alias) = literal.downcast_ref::<GenericAlias>() else {
        return Ok(labels);
    };
    for arg in &alias.args {
        match arg {
            Value::Str(_) => labels.push(arg.clone()),
            _ => {
                return Err(
                    ev.unreadable("Can't create string-based Enum datatype from non-string values")
                );
            }
        }
    }
    Ok(labels)
}

/// True for the class of enums itself.
pub(crate) fn is_enum_base(class: &Rc<Class>) -> bool {
    class.is_enum() && &*class.module == "enum"
}
