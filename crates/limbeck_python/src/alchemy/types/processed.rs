//! What a type written in Python makes of values: `process_bind_param`, `process_literal_param`, `process_result_value`.
//!
//! A schema knows such a type by its name and arguments only ([`CustomType`]); the instances that Python code made are remembered here,
//! so that a value which is bound to a column can be handed to the code of its type.

use std::rc::Rc;

use limbeck_diag::ErrorKind;
use limbeck_schema::{
    ColumnType, ConstraintName, CustomType, Index, IndexElement, Literal, Name, TableName,
    TypeClass,
};

use crate::alchemy::registry::alchemy;
use crate::alchemy::types::object::to_type;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::value::{Instance, Value};

/// What names a type in a schema.
fn key(custom: &CustomType) -> String {
    format!("{}.{}({})", custom.module, custom.name, custom.arguments)
}

/// Remembers the instance behind a type.
pub(crate) fn remember(ev: &Interp<'_>, custom: &CustomType, instance: &Rc<Instance>) {
    let models = alchemy(ev);
    let mut known = models.written_types.borrow_mut();
    let instances = known.entry(key(custom)).or_default();
    // A script that is evaluated again makes its classes again: the last one counts.
    instances.retain(|other| {
        !Rc::ptr_eq(other, instance) && other.class.location != instance.class.location
    });
    instances.push(Rc::clone(instance));
}

/// The instance behind a type; nothing for a type that no Python code made.
fn instance_of(ev: &Interp<'_>, custom: &CustomType) -> R<Option<Rc<Instance>>> {
    let models = alchemy(ev);
    let known = models.written_types.borrow();
    match known.get(&key(custom)).map(Vec::as_slice) {
        None | Some([]) => Ok(None),
        Some([instance]) => Ok(Some(Rc::clone(instance))),
        Some(_) => Err(ev.unreadable(format!(
            "several types are called `{}.{}`; which of them a value is bound to is not known",
            custom.module, custom.name
        ))),
    }
}

/// What a type stands for on the dialect of the migration: its variant there, then what a type written in Python decorates.
pub(crate) fn dialect_type(ev: &mut Interp<'_>, type_: &ColumnType) -> ColumnType {
    let name = ev.host().dialect_name().to_owned();
    let type_ = type_.variants.get(&name).unwrap_or(type_);
    match &type_.custom {
        Some(custom) => match custom.by_dialect.get(&name).or(custom.impl_.as_deref()) {
            Some(inner) => dialect_type(ev, &inner.clone()),
            None => type_.clone(),
        },
        None => type_.clone(),
    }
}

/// The custom type that a type is on the dialect of the migration.
fn custom_of(ev: &mut Interp<'_>, type_: &ColumnType) -> Option<CustomType> {
    let name = ev.host().dialect_name().to_owned();
    let type_ = type_.variants.get(&name).unwrap_or(type_);
    match type_.class {
        TypeClass::Custom => type_.custom.as_deref().cloned(),
        _ => None,
    }
}

fn is_written(instance: &Rc<Instance>, method: &str) -> bool {
    matches!(instance.class.lookup(method), Some(Value::Function(_)))
}

fn process(ev: &mut Interp<'_>, instance: &Rc<Instance>, method: &str, value: &Value) -> R {
    let this = Value::Instance(Rc::clone(instance));
    let method = ev.get_attr(&this, method)?;
    let dialect = crate::alchemy::live::dialect::current(ev);
    ev.call(&method, Args::positional(vec![value.clone(), dialect]))
}

/// The processor that `literal_processor(dialect)` and its like return, called with the value.
fn processor(ev: &mut Interp<'_>, instance: &Rc<Instance>, method: &str, value: &Value) -> R {
    let this = Value::Instance(Rc::clone(instance));
    let method = ev.get_attr(&this, method)?;
    let dialect = crate::alchemy::live::dialect::current(ev);
    let processor = ev.call(&method, Args::positional(vec![dialect]))?;
    if processor.is_none() {
        return Ok(value.clone());
    }
    ev.call(&processor, Args::positional(vec![value.clone()]))
}

/// A value that is bound to a column of a type, as the type hands it on, with the type that it is handed to; nothing where the type is
/// not written in Python.
pub(crate) fn bound(
    ev: &mut Interp<'_>,
    value: &Value,
    type_: &ColumnType,
) -> R<Option<(Value, ColumnType)>> {
    let Some(custom) = custom_of(ev, type_) else {
        return Ok(None);
    };
    let Some(instance) = instance_of(ev, &custom)? else {
        return Ok(None);
    };
    let name = ev.host().dialect_name().to_owned();
    let inner = match custom.by_dialect.get(&name).or(custom.impl_.as_deref()) {
        Some(inner) => inner.clone(),
        None => ColumnType::new(TypeClass::NullType),
    };
    let as_literal = ev.host().is_offline();
    // SQLAlchemy writes NULL without asking the type.
    if as_literal && value.is_none() {
        return Ok(Some((Value::None, inner)));
    }
    let value = if as_literal && is_written(&instance, "literal_processor") {
        return Err(ev.unreadable(format!(
            "how `{}` writes a value as SQL is not modelled",
            custom.name
        )));
    } else if as_literal && is_written(&instance, "process_literal_param") {
        process(ev, &instance, "process_literal_param", value)?
    } else if !as_literal && is_written(&instance, "bind_processor") {
        processor(ev, &instance, "bind_processor", value)?
    } else if is_written(&instance, "process_bind_param") {
        process(ev, &instance, "process_bind_param", value)?
    } else {
        value.clone()
    };
    Ok(Some((value, inner)))
}

/// A value that was read from a column of a type, as the type hands it to Python.
pub(crate) fn read(ev: &mut Interp<'_>, literal: &Literal, type_: &ColumnType) -> R {
    let Some(custom) = custom_of(ev, type_) else {
        let type_ = dialect_type(ev, type_);
        return crate::alchemy::live::fetched::typed_value(ev, literal, Some(&type_));
    };
    let name = ev.host().dialect_name().to_owned();
    let inner = custom.by_dialect.get(&name).or(custom.impl_.as_deref());
    let value = match inner {
        Some(inner) => {
            crate::alchemy::live::fetched::typed_value(ev, literal, Some(&inner.clone()))?
        }
        None => crate::alchemy::live::fetched::driver_value(ev, literal)?,
    };
    let Some(instance) = instance_of(ev, &custom)? else {
        return Ok(value);
    };
    if is_written(&instance, "result_processor") {
        return Ok(ev.unknown(format!(
            "how `{}` reads a value from the database is not modelled",
            custom.name
        )));
    }
    if !is_written(&instance, "process_result_value") || value.is_unknown() {
        return Ok(value);
    }
    match process(ev, &instance, "process_result_value", &value) {
        // It is an error where the value is used.
        Err(Flow::Fatal(error)) if error.kind == ErrorKind::Unreadable => {
            Ok(ev.unknown(error.diagnostic.message.clone()))
        }
        other => other,
    }
}

/// Fails for an operator on a type that brings operators of its own.
pub(crate) fn plain_operators(ev: &mut Interp<'_>, type_: Option<&ColumnType>) -> R<()> {
    let Some(custom) = type_.and_then(|type_| custom_of(ev, type_)) else {
        return Ok(());
    };
    let Some(instance) = instance_of(ev, &custom)? else {
        return Ok(());
    };
    match instance.class.lookup("comparator_factory") {
        None | Some(Value::None) => Ok(()),
        Some(_) => Err(ev.unreadable(format!(
            "operators of the type `{}` are its own, which is not modelled",
            custom.name
        ))),
    }
}

/// Fails for a column whose type selects something else than the column.
pub(crate) fn plain_column(ev: &mut Interp<'_>, type_: Option<&ColumnType>) -> R<()> {
    let Some(custom) = type_.and_then(|type_| custom_of(ev, type_)) else {
        return Ok(());
    };
    match instance_of(ev, &custom)? {
        Some(instance) if is_written(&instance, "column_expression") => {
            Err(ev.unreadable(format!(
                "a column of the type `{}` selects an expression of the type's own, which is not modelled",
                custom.name
            )))
        }
        _ => Ok(()),
    }
}

/// The index that a column gets for its type, whatever `index=` says.
pub(crate) fn implied_index(
    ev: &mut Interp<'_>,
    table: &TableName,
    column: &Name,
    type_: Option<&ColumnType>,
) -> R<Option<Index>> {
    let Some(custom) = type_.and_then(|type_| type_.custom.as_deref().cloned()) else {
        return Ok(None);
    };
    let Some(instance) = instance_of(ev, &custom)? else {
        return Ok(None);
    };
    if !is_written(&instance, "__implied_index__") {
        return Ok(None);
    }
    let this = Value::Instance(Rc::clone(&instance));
    let method = ev.get_attr(&this, "__implied_index__")?;
    let names = vec![
        Value::from(table.name.text.as_str()),
        Value::from(column.text.as_str()),
    ];
    let found = ev.call(&method, Args::positional(names))?;
    if found.is_none() {
        return Ok(None);
    }
    let mut parts = ev.iterate(&found)?.into_iter();
    let name = crate::alchemy::convert::name(ev, &parts.next().unwrap_or(Value::None), "its name")?;
    let mut extra = Vec::new();
    for (key, value) in
        crate::alchemy::convert::pairs(ev, &parts.next().unwrap_or(Value::None), "options")?
    {
        extra.push((crate::alchemy::convert::text(ev, &key, "an option")?, value));
    }
    let options = crate::alchemy::convert::options(ev, &extra, "Index")?;
    Ok(Some(Index {
        name: ConstraintName::Given(name),
        elements: vec![IndexElement::Column(column.clone())],
        unique: false,
        column_flag: true,
        options,
    }))
}

/// What stands for a type on one dialect only, given by a model that spells itself elsewhere.
pub(crate) fn postgresql_of(ev: &mut Interp<'_>, instance: &Rc<Instance>) -> R<Option<ColumnType>> {
    match instance.class.lookup("__postgresql__") {
        Some(type_) => to_type(ev, &type_, "what the type is on PostgreSQL").map(Some),
        None => Ok(None),
    }
}
