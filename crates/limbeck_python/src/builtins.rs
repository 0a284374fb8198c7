//! Builtin functions, and methods of builtin types.

pub(crate) mod dict;

use std::rc::Rc;

use crate::args::Args;
use crate::eval::{Interp, Types};
use crate::flow::R;
use crate::value::{Class, Module, Value};

/// The module `builtins`.
pub(crate) fn module(types: &Types) -> Rc<Module> {
    Module::native(
        "builtins",
        types
            .public()
            .map(|(name, class)| (name, Value::Class(Rc::clone(class)))),
    )
}

/// Calls a builtin type.
pub(crate) fn construct(ev: &mut Interp<'_>, name: &str, _args: Args) -> R {
    Ok(ev.unknown(format!("`{name}()` is not modelled")))
}

/// True when `value` has the modelled method `name`.
pub(crate) fn has_method(_value: &Value, _name: &str) -> bool {
    false
}

/// True when the builtin type has the modelled method `name`.
pub(crate) fn type_has_method(_type_name: &str, _name: &str) -> bool {
    false
}

/// `str.upper` and the like: a function that takes the receiver first.
pub(crate) fn unbound_method(_type_name: &str, _name: &str) -> Value {
    Value::None
}

/// True when Python has the method but it is not modelled.
pub(crate) fn is_unmodelled_method(_value: &Value, _name: &str) -> bool {
    false
}

/// Calls a method of a builtin value.
pub(crate) fn call_method(ev: &mut Interp<'_>, receiver: &Value, name: &str, _args: Args) -> R {
    Err(ev.no_attribute(receiver, name))
}

/// A data attribute of a builtin value.
pub(crate) fn data_attr(_ev: &mut Interp<'_>, _value: &Value, _name: &str) -> R<Option<Value>> {
    Ok(None)
}

/// An attribute of a builtin class that is no method: `dict.fromkeys`.
pub(crate) fn class_attr(
    _ev: &mut Interp<'_>,
    _class: &Rc<Class>,
    _name: &str,
) -> R<Option<Value>> {
    Ok(None)
}

/// What every object has.
pub(crate) fn object_attr(_ev: &mut Interp<'_>, _this: &Value, _name: &str) -> Option<Value> {
    None
}
