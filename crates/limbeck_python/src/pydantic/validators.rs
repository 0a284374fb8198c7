//! Validators of a model.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::modules::descriptors::ClassMethod;
use crate::value::{Class, Dict, Instance, NativeObject, Str, Value};

/// A function that a decorator has marked.
struct Validator {
    /// Names of fields; `*` is all. None for a validator of the whole model.
    fields: Option<Vec<Str>>,
    is_before: bool,
    /// Version 1 hands over the values so far, version 2 an object with them.
    is_version_1: bool,
    /// True when it also runs on defaults.
    is_always: bool,
    /// A mode that is not modelled.
    unreadable: Option<String>,
    function: Value,
}

impl NativeObject for Validator {
    fn type_name(&self) -> String {
        "PydanticDescriptorProxy".to_owned()
    }
}

/// `info` of a validator of version 2.
struct ValidationInfo {
    data: Value,
    field_name: Str,
}

impl NativeObject for ValidationInfo {
    fn type_name(&self) -> String {
        "ValidationInfo".to_owned()
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "data" => Some(self.data.clone()),
            "field_name" => Some(Value::Str(Str::clone(&self.field_name))),
            _ => None,
        })
    }
}

/// The decorators, by name.
pub(super) fn decorators() -> Vec<(&'static str, Value)> {
    let pass = |name: &'static str| {
        // `@computed_field` and `@computed_field(…)`, `@field_serializer("field")`: the function stays what it is.
        let value = Value::native(name, |_ev, args| match args.get(0) {
            Some(function) if function.as_str().is_none() => Ok(function.clone()),
            _ => Ok(Value::native("decorator", |_ev, args| {
                Ok(args.get(0).cloned().unwrap_or(Value::None))
            })),
        });
        (name, value)
    };
    vec![
        (
            "field_validator",
            Value::native("field_validator", field_validator),
        ),
        ("validator", Value::native("validator", validator)),
        (
            "model_validator",
            Value::native("model_validator", model_validator),
        ),
        (
            "root_validator",
            Value::native("root_validator", root_validator),
        ),
        pass("computed_field"),
        pass("field_serializer"),
        pass("model_serializer"),
        pass("validate_call"),
    ]
}

fn names(args: &Args) -> Vec<Str> {
    args.positional.iter().filter_map(Value::as_str).collect()
}

fn marking(make: impl Fn(Value) -> Validator + 'static) -> Value {
    Value::native("decorator", move |_ev, args| {
        Ok(Value::object(make(
            args.get(0).cloned().unwrap_or(Value::None),
        )))
    })
}

fn field_validator(_ev: &mut Interp<'_>, args: Args) -> R {
    let mode = args
        .keyword("mode")
        .and_then(Value::as_str)
        .unwrap_or_else(|| Str::from("after"));
    let fields = names(&args);
    Ok(marking(move |function| Validator {
        fields: Some(fields.clone()),
        is_before: &*mode == "before",
        is_version_1: false,
        is_always: true,
        unreadable: (!matches!(&*mode, "before" | "after"))
            .then(|| format!("a validator of mode `{mode}` is not modelled")),
        function,
    }))
}

fn validator(ev: &mut Interp<'_>, args: Args) -> R {
    let mut flags = Vec::new();
    for name in ["pre", "always", "each_item"] {
        let value = args.keyword(name).cloned().unwrap_or(Value::Bool(false));
        flags.push(ev.truth(&value, "an argument of `validator`")?);
    }
    let fields = names(&args);
    let (is_before, is_always, each) = (
        flags.first() == Some(&true),
        flags.get(1) == Some(&true),
        flags.get(2) == Some(&true),
    );
    Ok(marking(move |function| Validator {
        fields: Some(fields.clone()),
        is_before,
        is_version_1: true,
        is_always,
        unreadable: each.then(|| "a validator of each item is not modelled".to_owned()),
        function,
    }))
}

fn model_validator(_ev: &mut Interp<'_>, args: Args) -> R {
    let mode = args
        .keyword("mode")
        .and_then(Value::as_str)
        .unwrap_or_else(|| Str::from("before"));
    Ok(marking(move |function| Validator {
        fields: None,
        is_before: &*mode == "before",
        is_version_1: false,
        is_always: true,
        unreadable: (!matches!(&*mode, "before" | "after"))
            .then(|| format!("a validator of mode `{mode}` is not modelled")),
        function,
    }))
}

fn root_validator(_ev: &mut Interp<'_>, args: Args) -> R {
    let make = |function| Validator {
        fields: None,
        is_before: false,
        is_version_1: true,
        is_always: true,
        unreadable: Some("a root validator is not modelled".to_owned()),
        function,
    };
    match args.get(0) {
        Some(function) => Ok(Value::object(make(function.clone()))),
        None => Ok(marking(make)),
    }
}

/// The validators of a class, those of its bases first.
fn validators(class: &Rc<Class>) -> Vec<Rc<Validator>> {
    let classes: Vec<_> = class.mro().cloned().collect();
    classes
        .iter()
        .rev()
        .flat_map(|owner| {
            owner
                .attrs
                .borrow()
                .values()
                .filter_map(Value::downcast::<Validator>)
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Why the fields of a class cannot be known, if a validator of the whole model changes them.
pub(super) fn unreadable(class: &Rc<Class>) -> Option<String> {
    validators(class)
        .iter()
        .filter(|it| it.fields.is_none())
        .find_map(|it| it.unreadable.clone())
}

pub(super) fn run_before(
    ev: &mut Interp<'_>,
    class: &Rc<Class>,
    instance: &Rc<Instance>,
    field: &Str,
    value: Value,
    is_default: bool,
) -> R {
    run(ev, class, instance, field, value, is_default, true)
}

pub(super) fn run_after(
    ev: &mut Interp<'_>,
    class: &Rc<Class>,
    instance: &Rc<Instance>,
    field: &Str,
    value: Value,
    is_default: bool,
) -> R {
    run(ev, class, instance, field, value, is_default, false)
}

fn run(
    ev: &mut Interp<'_>,
    class: &Rc<Class>,
    instance: &Rc<Instance>,
    field: &Str,
    mut value: Value,
    is_default: bool,
    is_before: bool,
) -> R {
    for validator in validators(class) {
        let Some(fields) = &validator.fields else {
            continue;
        };
        let is_for_field = fields.iter().any(|it| it == field || &**it == "*");
        if !is_for_field || validator.is_before != is_before || (is_default && !validator.is_always)
        {
            continue;
        }
        if let Some(why) = &validator.unreadable {
            return Ok(ev.unknown(why.clone()));
        }
        if value.is_unknown() {
            return Ok(value);
        }
        let function = match validator.function.downcast::<ClassMethod>() {
            Some(method) => method.0.clone(),
            None => validator.function.clone(),
        };
        let data = Value::dict(Dict::from_pairs(
            instance
                .attrs
                .borrow()
                .iter()
                .map(|(name, value)| (Str::clone(name), value.clone())),
        ));
        let context = if validator.is_version_1 {
            data
        } else {
            Value::object(ValidationInfo {
                data,
                field_name: Str::clone(field),
            })
        };
        let takes = parameter_count(&function);
        let mut arguments = vec![Value::Class(Rc::clone(class)), value];
        if takes.is_none_or(|takes| takes > 2) {
            arguments.push(context);
        }
        value = ev.call(&function, Args::positional(arguments))?;
    }
    Ok(value)
}

/// How many positional parameters a function written in Python has.
fn parameter_count(function: &Value) -> Option<usize> {
    match function {
        Value::Function(function) => Some(function.parameter_count()),
        _ => None,
    }
}

/// True where a validator of the whole model looks at what is given for its fields.
pub(super) fn has_before_model(class: &Rc<Class>) -> bool {
    validators(class)
        .iter()
        .any(|it| it.fields.is_none() && it.is_before)
}

/// Runs `@model_validator(mode="before")`.
pub(super) fn run_before_model(ev: &mut Interp<'_>, class: &Rc<Class>, mut data: Value) -> R {
    for validator in validators(class) {
        if validator.fields.is_some() || !validator.is_before {
            continue;
        }
        let function = match validator.function.downcast::<ClassMethod>() {
            Some(method) => method.0.clone(),
            None => validator.function.clone(),
        };
        let mut arguments = vec![Value::Class(Rc::clone(class)), data];
        if parameter_count(&function).is_some_and(|takes| takes > 2) {
            arguments.push(ev.unknown("the context of a validation is not modelled"));
        }
        data = ev.call(&function, Args::positional(arguments))?;
    }
    Ok(data)
}

/// Runs `@model_validator(mode="after")`.
pub(super) fn run_after_model(ev: &mut Interp<'_>, class: &Rc<Class>, mut value: Value) -> R {
    for validator in validators(class) {
        if validator.fields.is_some() || validator.is_before || validator.unreadable.is_some() {
            continue;
        }
        value = ev.call(&validator.function, Args::positional(vec![value]))?;
    }
    Ok(value)
}
