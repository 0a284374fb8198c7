//! Builtin functions, and methods of builtin types.

pub(crate) mod bytes;
mod casing;
pub(crate) mod construct;
pub(crate) mod counter;
pub(crate) mod dict;
pub(crate) mod functions;
pub(crate) mod iter;
pub(crate) mod list;
pub(crate) mod number;
pub(crate) mod object;
pub(crate) mod set;
pub(crate) mod sort;
pub(crate) mod text;

use std::rc::Rc;

use crate::args::Args;
use crate::eval::{Interp, Types};
use crate::flow::R;
use crate::value::{Class, Module, Value};

pub(crate) use construct::construct;

/// The implementation of a builtin function.
pub(crate) type Builtin = fn(&mut Interp<'_>, Args) -> R;

/// The module `builtins`.
pub(crate) fn module(types: &Types) -> Rc<Module> {
    let classes = types
        .public()
        .map(|(name, class)| (name, Value::Class(Rc::clone(class))));
    let functions = functions::ALL
        .iter()
        .map(|(name, function)| (*name, Value::native(*name, *function)));
    let aliases = [("EnvironmentError", "OSError"), ("IOError", "OSError")]
        .map(|(name, class)| (name, Value::Class(types.exception(class))));
    let constants = [
        ("__debug__", Value::Bool(true)),
        ("NotImplemented", Value::NotImplemented),
        ("Ellipsis", Value::Ellipsis),
    ];
    // What Python has besides.
    let others = [
        "BaseExceptionGroup",
        "ExceptionGroup",
        "TabError",
        "__build_class__",
        "aiter",
        "anext",
        "breakpoint",
        "help",
    ]
    .map(|name| {
        (
            name,
            Value::foreign(format!("`{name}` is not modelled"), None),
        )
    });
    Module::native(
        "builtins",
        classes
            .chain(functions)
            .chain(aliases)
            .chain(constants)
            .chain(others),
    )
}

/// True for the name of a builtin function.
pub(crate) fn is_function(name: &str) -> bool {
    functions::ALL.iter().any(|(known, _)| *known == name)
}

/// Names of the modelled methods of a builtin type.
fn methods(type_name: &str) -> &'static [&'static str] {
    match type_name {
        "str" => text::METHODS,
        "bytes" => bytes::METHODS,
        "list" => list::METHODS,
        "tuple" | "range" => list::TUPLE_METHODS,
        "dict" | "defaultdict" => dict::METHODS,
        "OrderedDict" => dict::ORDERED_METHODS,
        "Counter" => dict::COUNTER_METHODS,
        "set" => set::METHODS,
        "frozenset" => set::FROZEN_METHODS,
        "int" | "bool" => number::INT_METHODS,
        "float" => number::FLOAT_METHODS,
        "slice" => &["indices"],
        "generator" => &["send", "throw", "close", "__next__", "__iter__"],
        "iterator" => &["__next__", "__iter__"],
        _ => &[],
    }
}

/// True when one of the builtin types that a database's answer may have has the modelled method `name`.
pub(crate) fn is_method_of_data(name: &str) -> bool {
    ["str", "bytes", "list", "dict", "int", "float", "set"]
        .iter()
        .any(|type_name| methods(type_name).contains(&name))
}

/// The builtin type whose methods a value has.
fn method_type(value: &Value) -> &'static str {
    match value {
        Value::Iter(iter) if iter.kind == "generator" => "generator",
        Value::Iter(_) => "iterator",
        other => crate::eval::builtin_type_name(other),
    }
}

/// Special methods that every container answers when they are called by name.
const PROTOCOL: &[&str] = &[
    "__len__",
    "__getitem__",
    "__contains__",
    "__iter__",
    "__eq__",
    "__ne__",
    "__str__",
    "__repr__",
];

/// True when `value` has the modelled method `name`.
pub(crate) fn has_method(value: &Value, name: &str) -> bool {
    let type_name = method_type(value);
    let is_set = matches!(value, Value::Set(_) | Value::FrozenSet(_));
    methods(type_name).contains(&name)
        || (name.starts_with("__")
            && !(is_set && name == "__getitem__")
            && PROTOCOL.contains(&name)
            && matches!(
                value,
                Value::Str(_)
                    | Value::Bytes(_)
                    | Value::List(_)
                    | Value::Tuple(_)
                    | Value::Dict(_)
                    | Value::Set(_)
                    | Value::FrozenSet(_)
                    | Value::Range(_)
            ))
}

/// True when the builtin type has the modelled method `name`.
pub(crate) fn type_has_method(type_name: &str, name: &str) -> bool {
    methods(type_name).contains(&name)
        || matches!(
            name,
            "__init__"
                | "__new__"
                | "__setattr__"
                | "__getattribute__"
                | "__str__"
                | "__repr__"
                | "__eq__"
                | "__hash__"
                | "__setitem__"
                | "__getitem__"
        )
}

/// `str.upper` and the like: a function that takes the receiver first.
pub(crate) fn unbound_method(type_name: &str, name: &str) -> Value {
    let method = name.to_owned();
    let type_name = type_name.to_owned();
    if name.starts_with("__") {
        return object::special_method(&type_name, name);
    }
    let function = Value::native(name, move |ev, mut args| {
        if args.positional.is_empty() {
            return Err(ev.raise(
                "TypeError",
                format!("unbound method {type_name}.{method}() needs an argument"),
            ));
        }
        let receiver = args.positional.remove(0);
        if receiver.is_unknown() {
            return Ok(receiver);
        }
        let plain = receiver.unwrap_payload();
        if !methods(method_type(&plain)).contains(&&*method) {
            let kind = ev.type_name(&receiver);
            return Err(ev.raise(
                "TypeError",
                format!("descriptor '{method}' for '{type_name}' objects doesn't apply to a '{kind}' object"),
            ));
        }
        call_method(ev, &plain, &method, args)
    });
    // In the body of a class it becomes a method: `push = list.append`.
    Value::object(crate::modules::descriptors::NativeMethod(function))
}

/// Methods that Python has but that are not modelled: reading one gives an unknown.
pub(crate) fn is_unmodelled_method(value: &Value, name: &str) -> bool {
    match value {
        Value::Str(_) => matches!(name, "__sizeof__" | "__hash__"),
        Value::Bytes(_) => matches!(
            name,
            "maketrans"
                | "translate"
                | "expandtabs"
                | "swapcase"
                | "istitle"
                | "capitalize"
                | "center"
                | "isalnum"
                | "isalpha"
                | "isascii"
                | "isdigit"
                | "islower"
                | "isspace"
                | "isupper"
                | "ljust"
                | "lstrip"
                | "partition"
                | "removeprefix"
                | "removesuffix"
                | "rindex"
                | "rjust"
                | "rpartition"
                | "rsplit"
                | "rstrip"
                | "splitlines"
                | "title"
                | "zfill"
        ),
        _ => matches!(
            name,
            "__hash__" | "__sizeof__" | "__reduce__" | "__dir__" | "__doc__"
        ),
    }
}

/// How many steps a method of a large value counts for.
fn cost(receiver: &Value, name: &str) -> usize {
    let is_whole = matches!(
        name,
        "copy"
            | "index"
            | "count"
            | "remove"
            | "insert"
            | "reverse"
            | "sort"
            | "union"
            | "intersection"
            | "difference"
            | "symmetric_difference"
            | "issubset"
            | "issuperset"
            | "isdisjoint"
            | "update"
    );
    match receiver {
        Value::Str(text) => text.len() / 64,
        Value::Bytes(bytes) => bytes.len() / 64,
        Value::List(items) if is_whole => items.borrow().len() / 2,
        Value::Tuple(items) if is_whole => items.len() / 2,
        Value::Dict(dict) if is_whole => dict.borrow().len(),
        Value::Set(set) if is_whole => set.borrow().len(),
        Value::FrozenSet(set) if is_whole => set.len(),
        _ => 0,
    }
}

/// Calls a method of a builtin value.
pub(crate) fn call_method(ev: &mut Interp<'_>, receiver: &Value, name: &str, args: Args) -> R {
    if name.starts_with("__")
        && let Some(result) = object::protocol_method(ev, receiver, name, &args)?
    {
        return Ok(result);
    }
    ev.charge(cost(receiver, name));
    match receiver {
        Value::Str(this) => text::call(ev, this, name, args),
        Value::Bytes(this) => bytes::call(ev, this, name, args),
        Value::List(this) => list::call(ev, this, receiver, name, args),
        Value::Tuple(_) | Value::Range(_) => list::call_tuple(ev, receiver, name, args),
        Value::Dict(this) => dict::call(ev, this, name, args),
        Value::Set(this) => set::call(ev, this, receiver, name, args),
        Value::FrozenSet(_) => set::call_frozen(ev, receiver, name, args),
        Value::Int(_) | Value::Bool(_) => number::call_int(ev, receiver, name, args),
        Value::Float(this) => number::call_float(ev, *this, name, args),
        Value::Iter(cell) => iter::call(ev, cell, receiver, name, args),
        Value::Slice(slice) => {
            let length = args
                .get(0)
                .and_then(Value::as_i64)
                .and_then(|length| usize::try_from(length).ok());
            let (start, stop, step) = ev.slice_bounds(slice, length.unwrap_or(0))?;
            Ok(Value::tuple(vec![
                Value::from(start),
                Value::from(stop),
                Value::from(step),
            ]))
        }
        _ => Err(ev.no_attribute(receiver, name)),
    }
}

/// A data attribute of a builtin value.
pub(crate) fn data_attr(ev: &mut Interp<'_>, value: &Value, name: &str) -> R<Option<Value>> {
    Ok(match (value, name) {
        (Value::Int(_) | Value::Bool(_), "real" | "numerator") => value.as_int().map(Value::Int),
        (Value::Int(_) | Value::Bool(_), "imag") => Some(Value::int(0_i64)),
        (Value::Int(_) | Value::Bool(_), "denominator") => Some(Value::int(1_i64)),
        (Value::Float(_), "real") => Some(value.clone()),
        (Value::Float(_), "imag") => Some(Value::Float(0.0)),
        (Value::Range(range), "start") => Some(Value::from(range.start)),
        (Value::Range(range), "stop") => Some(Value::from(range.stop)),
        (Value::Range(range), "step") => Some(Value::from(range.step)),
        (Value::Slice(slice), "start") => Some(slice.start.clone()),
        (Value::Slice(slice), "stop") => Some(slice.stop.clone()),
        (Value::Slice(slice), "step") => Some(slice.step.clone()),
        (Value::Dict(dict), "default_factory") if ev.type_name(value) == "defaultdict" => {
            Some(dict.borrow().default_factory.clone().unwrap_or(Value::None))
        }
        _ => None,
    })
}

/// An attribute of a builtin class that is no method: `dict.fromkeys`.
pub(crate) fn class_attr(ev: &mut Interp<'_>, class: &Rc<Class>, name: &str) -> R<Option<Value>> {
    if class.kind == crate::value::ClassKind::Exception {
        return Ok(match name {
            "__init__" | "__new__" | "__str__" | "__repr__" => {
                Some(object::special_method("BaseException", name))
            }
            _ => None,
        });
    }
    let builtin = match class.kind {
        crate::value::ClassKind::Builtin(name) => Some(name),
        _ => class.builtin_base(),
    };
    Ok(match (builtin, name) {
        (Some("dict" | "OrderedDict" | "defaultdict" | "Counter"), "fromkeys") => {
            Some(Value::native("fromkeys", dict::from_keys))
        }
        (Some("str"), "maketrans") => Some(Value::native("maketrans", text::make_trans)),
        (Some("bytes"), "fromhex") => Some(Value::native("fromhex", bytes::from_hex)),
        (Some("int" | "bool"), "from_bytes") => {
            Some(Value::native("from_bytes", number::from_bytes))
        }
        (Some("float"), "fromhex") => Some(ev.unknown("`float.fromhex` is not modelled")),
        (
            _,
            "__init__" | "__new__" | "__setattr__" | "__getattribute__" | "__init_subclass__"
            | "__eq__" | "__hash__" | "__str__" | "__repr__",
        ) if class.unknown_base.is_none() && class.find_hooks().is_none() => {
            Some(object::special_method(builtin.unwrap_or("object"), name))
        }
        (None, "__subclasses__") => Some(ev.unknown("`__subclasses__` is not modelled")),
        (_, "mro") => {
            let mro = ev.class_attr(class, "__mro__")?.unwrap_or(Value::None);
            Some(Value::native("mro", move |ev, _| {
                ev.iterate(&mro).map(Value::list)
            }))
        }
        _ => None,
    })
}

/// What every object has.
pub(crate) fn object_attr(_ev: &mut Interp<'_>, this: &Value, name: &str) -> Option<Value> {
    match name {
        "__setattr__" | "__getattribute__" | "__init__" | "__str__" | "__repr__" | "__eq__"
        | "__ne__" | "__format__" | "__hash__" => {
            let method = object::special_method("object", name);
            Some(crate::eval::bound_callable(this, &method))
        }
        "__doc__" => Some(Value::None),
        _ => None,
    }
}

/// The first argument that is unknown: a pure function passes it on.
pub(crate) fn first_unknown(args: &Args) -> Option<Value> {
    args.values().find(|value| value.is_unknown()).cloned()
}

/// Reads an argument as an integer, or raises as CPython does.
pub(crate) fn to_index(ev: &mut Interp<'_>, value: &Value) -> R<i64> {
    ev.need_known(value, "an integer argument")?;
    match value.as_int() {
        Some(int) => match int.to_i64() {
            Some(small) => Ok(small),
            None => Err(ev.raise(
                "OverflowError",
                "Python int too large to convert to C ssize_t",
            )),
        },
        None => {
            if let Value::Instance(instance) = value
                && let Some(method) = instance.class.lookup("__index__")
            {
                let bound = ev.bind_to(&method, value.clone())?;
                let result = ev.call(&bound, Args::none())?;
                return to_index(ev, &result);
            }
            let kind = ev.type_name(value);
            Err(ev.raise(
                "TypeError",
                format!("'{kind}' object cannot be interpreted as an integer"),
            ))
        }
    }
}
