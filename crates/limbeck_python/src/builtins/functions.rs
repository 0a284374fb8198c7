//! Builtin functions.

use std::cmp::Ordering;
use std::rc::Rc;

use super::{Builtin, first_unknown, iter, list, sort, to_index};
use crate::args::Args;
use crate::eval::{Interp, plain_float, plain_int};
use crate::flow::{Flow, R};
use crate::host::{LogLevel, LogSource};
use crate::value::{BinOp, Int, Str, Value};

/// All builtin functions.
pub(crate) const ALL: &[(&str, Builtin)] = &[
    ("abs", abs),
    ("all", all),
    ("any", any),
    ("ascii", ascii),
    ("bin", bin),
    ("callable", callable),
    ("chr", chr),
    ("compile", code),
    ("delattr", delattr),
    ("dir", dir),
    ("divmod", divmod),
    ("eval", code),
    ("exec", code),
    ("format", format_),
    ("getattr", getattr),
    ("globals", globals),
    ("hasattr", hasattr),
    ("hash", hash),
    ("hex", hex),
    ("id", id),
    ("exit", exit),
    ("input", input),
    ("isinstance", isinstance),
    ("issubclass", issubclass),
    ("iter", iter_),
    ("len", len),
    ("locals", locals),
    ("max", max),
    ("min", min),
    ("next", next),
    ("oct", oct),
    ("open", crate::modules::files::open),
    ("ord", ord),
    ("pow", pow),
    ("print", print),
    ("quit", exit),
    ("repr", repr),
    ("round", round),
    ("setattr", setattr),
    ("sorted", sorted),
    ("sum", sum),
    ("vars", vars),
    ("__import__", import),
];

/// `sys.exit(code)`, and `exit(code)`, which a Python that is started as usual has: a `raise` in other words.
pub(crate) fn exit(ev: &mut Interp<'_>, args: Args) -> R {
    let class = ev.types().exception("SystemExit");
    let mut flow = ev.raise_class(&class, args.positional);
    if let Flow::Raise(raised) = &mut flow {
        raised.is_stated = true;
    }
    Err(flow)
}

/// The only argument; an inner error is an unknown.
fn one(ev: &mut Interp<'_>, args: Args, name: &str) -> R<Result<Value, Value>> {
    let value = args.bind(ev, name, "object, /")?.take_or_none("object");
    Ok(if value.is_unknown() {
        Err(value)
    } else {
        Ok(value)
    })
}

macro_rules! known {
    ($ev:expr, $args:expr, $name:literal) => {
        match one($ev, $args, $name)? {
            Ok(value) => value,
            Err(unknown) => return Ok(unknown),
        }
    };
}

fn abs(ev: &mut Interp<'_>, args: Args) -> R {
    let value = known!(ev, args, "abs");
    if let Value::Instance(instance) = &value
        && let Some(method) = instance.class.lookup("__abs__")
    {
        let bound = ev.bind_to(&method, value.clone())?;
        return ev.call(&bound, Args::none());
    }
    let plain = value.unwrap_payload();
    if let Value::Float(float) = plain {
        return Ok(Value::Float(float.abs()));
    }
    if let Some(int) = plain_int(&plain) {
        return Ok(Value::Int(int.abs()));
    }
    if let Value::Object(object) = &plain
        && object.methods().contains(&"__abs__")
    {
        return ev.call_native_method(&plain, "__abs__", Args::none());
    }
    let kind = ev.type_name(&value);
    Err(ev.raise("TypeError", format!("bad operand type for abs(): '{kind}'")))
}

fn all_or_any(ev: &mut Interp<'_>, args: Args, stop_at: bool, name: &'static str) -> R {
    let value = args.bind(ev, name, "iterable, /")?.take_or_none("iterable");
    if value.is_unknown() {
        return Ok(value);
    }
    let mut iter = ev.get_iter(&value)?;
    let mut unknown = None;
    while let Some(item) = ev.next(&mut iter)? {
        if item.is_unknown() {
            unknown = unknown.or(Some(item));
            continue;
        }
        if ev.truth(&item, "an element")? == stop_at {
            return Ok(Value::Bool(stop_at));
        }
    }
    Ok(unknown.unwrap_or(Value::Bool(!stop_at)))
}

fn all(ev: &mut Interp<'_>, args: Args) -> R {
    all_or_any(ev, args, false, "all")
}

fn any(ev: &mut Interp<'_>, args: Args) -> R {
    all_or_any(ev, args, true, "any")
}

fn ascii(ev: &mut Interp<'_>, args: Args) -> R {
    let value = known!(ev, args, "ascii");
    ev.to_ascii(&value).map(Value::from)
}

fn repr(ev: &mut Interp<'_>, args: Args) -> R {
    let value = known!(ev, args, "repr");
    ev.to_repr(&value).map(Value::from)
}

fn radix(ev: &mut Interp<'_>, args: Args, name: &'static str, prefix: &str, radix: u32) -> R {
    let value = args.bind(ev, name, "number, /")?.take_or_none("number");
    if value.is_unknown() {
        return Ok(value);
    }
    match ev.index_opt(&value)? {
        Some(int) => {
            let sign = if int.is_negative() { "-" } else { "" };
            let digits = int.abs().to_big().to_str_radix(radix);
            Ok(Value::from(format!("{sign}{prefix}{digits}")))
        }
        None => {
            let kind = ev.type_name(&value);
            Err(ev.raise(
                "TypeError",
                format!("'{kind}' object cannot be interpreted as an integer"),
            ))
        }
    }
}

fn bin(ev: &mut Interp<'_>, args: Args) -> R {
    radix(ev, args, "bin", "0b", 2)
}

fn oct(ev: &mut Interp<'_>, args: Args) -> R {
    radix(ev, args, "oct", "0o", 8)
}

fn hex(ev: &mut Interp<'_>, args: Args) -> R {
    radix(ev, args, "hex", "0x", 16)
}

fn callable(ev: &mut Interp<'_>, args: Args) -> R {
    let value = known!(ev, args, "callable");
    Ok(match &value {
        Value::Function(_) | Value::Native(_) | Value::Bound(_) | Value::Class(_) => {
            Value::Bool(true)
        }
        Value::Object(object) => Value::Bool(object.is_callable()),
        Value::Instance(instance) => match instance.class.find_unknown_base() {
            Some(unknown) if instance.class.lookup("__call__").is_none() => Value::Unknown(unknown),
            _ => Value::Bool(instance.class.lookup("__call__").is_some()),
        },
        Value::Opaque(opaque) => ev.unknown(format!("{} is not modelled", opaque.what)),
        _ => Value::Bool(false),
    })
}

fn chr(ev: &mut Interp<'_>, args: Args) -> R {
    let value = known!(ev, args, "chr");
    let code = to_index(ev, &value)?;
    match u32::try_from(code).ok().and_then(char::from_u32) {
        Some(char) => Ok(Value::from(char.to_string())),
        None if (0xd800..0xe000).contains(&code) => {
            Ok(ev.unknown("a lone surrogate is not modelled"))
        }
        None => Err(ev.raise("ValueError", "chr() arg not in range(0x110000)")),
    }
}

fn ord(ev: &mut Interp<'_>, args: Args) -> R {
    let value = known!(ev, args, "ord");
    if let Value::Bytes(bytes) = &value
        && let [byte] = &**bytes
    {
        return Ok(Value::from(i64::from(*byte)));
    }
    let Some(text) = value.as_str() else {
        let kind = ev.type_name(&value);
        return Err(ev.raise(
            "TypeError",
            format!("ord() expected string of length 1, but {kind} found"),
        ));
    };
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(char), None) => Ok(Value::from(i64::from(char as u32))),
        _ => {
            let count = text.chars().count();
            Err(ev.raise(
                "TypeError",
                format!("ord() expected a character, but string of length {count} found"),
            ))
        }
    }
}

fn code(ev: &mut Interp<'_>, _args: Args) -> R {
    Err(ev.unreadable("code that is made at run time (`eval`, `exec`, `compile`) is not read"))
}

fn input(ev: &mut Interp<'_>, _args: Args) -> R {
    Err(ev.unreadable("`input()` asks a person"))
}

fn no_arguments(ev: &Interp<'_>, name: &str, args: &Args) -> R<()> {
    match args.values().count() {
        0 => Ok(()),
        count => Err(ev.raise(
            "TypeError",
            format!("{name}() takes no arguments ({count} given)"),
        )),
    }
}

fn globals(ev: &mut Interp<'_>, args: Args) -> R {
    no_arguments(ev, "globals", &args)?;
    ev.globals()
}

fn locals(ev: &mut Interp<'_>, args: Args) -> R {
    no_arguments(ev, "locals", &args)?;
    ev.locals()
}

fn import(ev: &mut Interp<'_>, args: Args) -> R {
    match args.get(0).and_then(Value::as_str) {
        Some(name) => {
            let top = name.split('.').next().unwrap_or_default().to_owned();
            ev.import(&name)?;
            ev.import(&top)
        }
        None => Err(ev.unreadable("the name of an import is not known")),
    }
}

fn getattr(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(name @ Value::Unknown(_)) = args.get(1) {
        return Ok(name.clone());
    }
    let mut args = args.bind(ev, "getattr", "object, name, default=, /")?;
    let object = args.take_or_none("object");
    let name = attribute_name(ev, &args.take_or_none("name"))?;
    match ev.get_attr_opt(&object, &name) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => match args.take("default") {
            Some(default) => Ok(default),
            None => Err(ev.no_attribute(&object, &name)),
        },
        Err(Flow::Raise(raised)) if ev.is_exception(&raised.value, "AttributeError") => {
            match args.take("default") {
                Some(default) => Ok(default),
                None => Err(Flow::Raise(raised)),
            }
        }
        Err(flow) => Err(flow),
    }
}

fn hasattr(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(unknown) = first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "hasattr", "object, name, /")?;
    let object = args.take_or_none("object");
    let name = attribute_name(ev, &args.take_or_none("name"))?;
    match ev.get_attr_opt(&object, &name) {
        Ok(Some(value)) if value.is_unknown() && !ev.surely_has(&object, &name) => Ok(value),
        Ok(None) if !name.starts_with("__") && crate::eval::is_of_modelled_class(&object) => {
            let kind = ev.type_name(&object);
            Ok(ev.unknown(format!("`{kind}.{name}` is not modelled")))
        }
        Ok(found) => Ok(Value::Bool(found.is_some())),
        Err(Flow::Raise(raised)) if ev.is_exception(&raised.value, "AttributeError") => {
            Ok(Value::Bool(false))
        }
        Err(flow) => Err(flow),
    }
}

fn attribute_name(ev: &mut Interp<'_>, name: &Value) -> R<Str> {
    ev.need_known(name, "the name of an attribute")?;
    match name.as_str() {
        Some(name) => Ok(name),
        None => {
            let kind = ev.type_name(name);
            Err(ev.raise(
                "TypeError",
                format!("attribute name must be string, not '{kind}'"),
            ))
        }
    }
}

fn setattr(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "setattr", "object, name, value, /")?;
    let object = args.take_or_none("object");
    let name = attribute_name(ev, &args.take_or_none("name"))?;
    let value = args.take_or_none("value");
    ev.set_attr(&object, &name, value)?;
    Ok(Value::None)
}

fn delattr(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "delattr", "object, name, /")?;
    let object = args.take_or_none("object");
    let name = attribute_name(ev, &args.take_or_none("name"))?;
    ev.del_attr(&object, &name)?;
    Ok(Value::None)
}

fn vars(ev: &mut Interp<'_>, args: Args) -> R {
    match args.get(0) {
        Some(value) => {
            let value = value.clone();
            match ev.get_attr_opt(&value, "__dict__")? {
                Some(found) => Ok(found),
                None => Err(ev.raise("TypeError", "vars() argument must have __dict__ attribute")),
            }
        }
        None => ev.locals(),
    }
}

fn dir(ev: &mut Interp<'_>, args: Args) -> R {
    match args.get(0) {
        Some(Value::Module(module)) if !module.is_native => {
            let mut names: Vec<Value> = module
                .vars
                .borrow()
                .keys()
                .map(|name| Value::Str(Rc::clone(name)))
                .collect();
            names.sort_by_key(|name| name.as_str());
            Ok(Value::list(names))
        }
        _ => Ok(ev.unknown("`dir()` is not modelled")),
    }
}

fn divmod(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "divmod", "x, y, /")?;
    let (left, right) = (args.take_or_none("x"), args.take_or_none("y"));
    ev.div_mod(&left, &right)
}

fn format_(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(unknown) = first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "format", "value, format_spec=, /")?;
    let value = args.take_or_none("value");
    let spec = args
        .take_or("format_spec", Value::from(""))
        .as_str()
        .unwrap_or_default();
    ev.format_value(&value, &spec).map(Value::from)
}

pub(crate) fn hash(ev: &mut Interp<'_>, args: Args) -> R {
    let value = known!(ev, args, "hash");
    match ev.key_or_unknown(&value)? {
        Ok(key) => Ok(match key.fixed_hash() {
            Some(hash) => Value::from(hash),
            None => ev.unknown("`hash()` gives another value each time"),
        }),
        Err(unknown) => Ok(unknown),
    }
}

fn id(ev: &mut Interp<'_>, _args: Args) -> R {
    Ok(ev.unknown("`id()` gives an address in memory"))
}

/// The classes that the second argument of `isinstance` names.
fn class_list(ev: &mut Interp<'_>, value: &Value, out: &mut Vec<Value>) -> R<()> {
    match value {
        Value::Tuple(items) => {
            for item in items.iter() {
                class_list(ev, item, out)?;
            }
        }
        other => match other.downcast_ref::<crate::modules::typing::GenericAlias>() {
            Some(alias) if alias.name == "Union" => {
                for item in &alias.args {
                    if item.is_none() {
                        out.push(Value::Class(ev.types().get("NoneType")));
                    } else {
                        class_list(ev, item, out)?;
                    }
                }
            }
            Some(alias) => match &alias.origin {
                Some(class) => out.push(Value::Class(Rc::clone(class))),
                None => {
                    out.push(ev.unknown(format!("`{}` as a class is not modelled", alias.name)))
                }
            },
            None => out.push(other.clone()),
        },
    }
    Ok(())
}

/// Unknown for what may be a class in Python: some constructors are functions here.
fn perhaps_a_class(ev: &Interp<'_>, value: &Value) -> Option<Value> {
    match value {
        Value::Unknown(_) => Some(value.clone()),
        Value::Opaque(opaque) => Some(ev.unknown(format!("{} is not modelled", opaque.what))),
        Value::Native(function) => {
            Some(ev.unknown(format!("`{}` as a class is not modelled", function.name)))
        }
        Value::Object(object) if object.is_partial() => Some(ev.unknown(format!(
            "`{}` as a class is not modelled",
            object.type_name()
        ))),
        _ => None,
    }
}

fn isinstance(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "isinstance", "object, class_or_tuple, /")?;
    let value = args.take_or_none("object");
    if value.is_unknown() {
        return Ok(value);
    }
    if let Value::Opaque(opaque) = &value {
        return Ok(ev.unknown(format!("{} is not modelled", opaque.what)));
    }
    let mut classes = Vec::new();
    let named = args.take_or_none("class_or_tuple");
    class_list(ev, &named, &mut classes)?;
    let mut unknown = None;
    for class in classes {
        match class {
            Value::Class(class) => match ev.is_instance(&value, &class) {
                Some(true) => return Ok(Value::Bool(true)),
                Some(false) => {}
                None => {
                    unknown = Some(ev.unknown(format!(
                        "the class of a `{}` is not known",
                        ev.type_name(&value)
                    )))
                }
            },
            other => {
                unknown = perhaps_a_class(ev, &other);
                if unknown.is_some() {
                    continue;
                }
                return Err(ev.raise(
                    "TypeError",
                    "isinstance() arg 2 must be a type, a tuple of types, or a union",
                ));
            }
        }
    }
    Ok(unknown.unwrap_or(Value::Bool(false)))
}

fn issubclass(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "issubclass", "cls, class_or_tuple, /")?;
    let value = args.take_or_none("cls");
    if value.is_unknown() {
        return Ok(value);
    }
    let Value::Class(sub) = &value else {
        return match perhaps_a_class(ev, &value) {
            Some(unknown) => Ok(unknown),
            None => Err(ev.raise("TypeError", "issubclass() arg 1 must be a class")),
        };
    };
    let mut classes = Vec::new();
    let named = args.take_or_none("class_or_tuple");
    class_list(ev, &named, &mut classes)?;
    let mut unknown = sub.find_unknown_base().map(Value::Unknown);
    for class in classes {
        match class {
            Value::Class(class) => {
                if sub.is_subclass(&class) || Rc::ptr_eq(&class, &ev.types().object) {
                    return Ok(Value::Bool(true));
                }
            }
            other => {
                unknown = perhaps_a_class(ev, &other);
                if unknown.is_some() {
                    continue;
                }
                return Err(ev.raise(
                    "TypeError",
                    "issubclass() arg 2 must be a class, a tuple of classes, or a union",
                ));
            }
        }
    }
    Ok(unknown.unwrap_or(Value::Bool(false)))
}

fn iter_(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(unknown) = first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "iter", "object, sentinel=, /")?;
    let object = args.take_or_none("object");
    match args.take("sentinel") {
        Some(sentinel) => Ok(Value::iter(
            "callable_iterator",
            iter::Sentinel {
                function: object,
                sentinel,
                done: false,
            },
        )),
        None => ev.get_iter(&object),
    }
}

fn next(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "next", "iterator, default=, /")?;
    let mut iterator = args.take_or_none("iterator");
    if iterator.is_unknown() {
        return Ok(iterator);
    }
    if !matches!(iterator, Value::Iter(_) | Value::Instance(_)) {
        if let Value::Object(object) = &iterator
            && let Some(inner) = Rc::clone(object).iterator(ev)?
        {
            iterator = inner;
        } else {
            let kind = ev.type_name(&iterator);
            return Err(ev.raise("TypeError", format!("'{kind}' object is not an iterator")));
        }
    }
    match ev.next(&mut iterator)? {
        Some(value) => Ok(value),
        None => match args.take("default") {
            Some(default) => Ok(default),
            None => {
                let returned = match &iterator {
                    Value::Iter(cell) => crate::eval::returned_of(cell),
                    _ => Value::None,
                };
                Err(iter::stop_iteration(ev, returned))
            }
        },
    }
}

fn len(ev: &mut Interp<'_>, args: Args) -> R {
    let value = known!(ev, args, "len");
    ev.length(&value)
}

fn extreme(ev: &mut Interp<'_>, args: Args, name: &'static str, which: Ordering) -> R {
    let mut args = args;
    let key = args.take_keyword("key");
    let default = args.take_keyword("default");
    if let Some(unknown) = first_unknown(&args) {
        return Ok(unknown);
    }
    let items = match args.positional.as_slice() {
        [] => {
            return Err(ev.raise(
                "TypeError",
                format!("{name} expected at least 1 argument, got 0"),
            ));
        }
        [only] => ev.iterate(only)?,
        several => several.to_vec(),
    };
    match sort::extreme(ev, items, key.as_ref(), which)? {
        Some(value) => Ok(value),
        None => match default {
            Some(default) => Ok(default),
            None => Err(ev.raise("ValueError", format!("{name}() arg is an empty sequence"))),
        },
    }
}

fn max(ev: &mut Interp<'_>, args: Args) -> R {
    extreme(ev, args, "max", Ordering::Greater)
}

fn min(ev: &mut Interp<'_>, args: Args) -> R {
    extreme(ev, args, "min", Ordering::Less)
}

fn pow(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(unknown) = first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "pow", "base, exp, mod=")?;
    let (base, exponent) = (args.take_or_none("base"), args.take_or_none("exp"));
    match args.take("mod") {
        None | Some(Value::None) => ev.binary(BinOp::Pow, &base, &exponent),
        Some(modulus) => match (plain_int(&base), plain_int(&exponent), plain_int(&modulus)) {
            (Some(base), Some(exponent), Some(modulus)) if !exponent.is_negative() => {
                if modulus.is_zero() {
                    return Err(ev.raise("ValueError", "pow() 3rd argument cannot be 0"));
                }
                let result = base.to_big().modpow(&exponent.to_big(), &modulus.to_big());
                Ok(Value::int(result))
            }
            _ => Ok(ev.unknown("this form of `pow` is not modelled")),
        },
    }
}

fn print(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "print", "*values, sep=, end=, file=, flush=")?;
    let text_of = |value: Option<Value>, default: &str| match value {
        Some(value) => value
            .as_str()
            .map_or_else(|| default.to_owned(), |text| text.to_string()),
        None => default.to_owned(),
    };
    let separator = text_of(args.take("sep"), " ");
    let end = text_of(args.take("end"), "\n");
    let mut parts = Vec::new();
    for value in std::mem::take(&mut args.rest) {
        // What is printed decides nothing: an unknown is shown as such.
        parts.push(match &value {
            Value::Unknown(_)
            | Value::Opaque(_)
            | Value::Function(_)
            | Value::Bound(_)
            | Value::Iter(_) => {
                format!("{value:?}")
            }
            value => match ev.to_str(value) {
                Ok(text) => text,
                Err(Flow::Fatal(error)) if error.kind == limbeck_diag::ErrorKind::Unreadable => {
                    format!("<unknown: {}>", error.diagnostic.message)
                }
                Err(flow) => return Err(flow),
            },
        });
    }
    let text = parts.join(&separator) + &end;
    match args.take("file") {
        None | Some(Value::None) => ev.host().log(LogLevel::Info, LogSource::Stdout, &text),
        Some(file) => {
            let is_stream = file
                .downcast_ref::<crate::modules::sys::Stream>()
                .map(|stream| stream.is_error);
            match is_stream {
                Some(true) => ev.host().log(LogLevel::Info, LogSource::Stderr, &text),
                Some(false) => ev.host().log(LogLevel::Info, LogSource::Stdout, &text),
                None => {
                    ev.call_method(&file, "write", Args::positional(vec![Value::from(text)]))?;
                }
            }
        }
    }
    Ok(Value::None)
}

fn round(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(unknown) = first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "round", "number, ndigits=")?;
    let value = args.take_or_none("number");
    let digits = args.take_or_none("ndigits");
    let plain = value.unwrap_payload();
    match (&plain, &digits) {
        (Value::Float(float), Value::None) => {
            if float.is_nan() {
                return Err(ev.raise("ValueError", "cannot convert float NaN to integer"));
            }
            match Int::from_f64(float.round_ties_even()) {
                Some(int) => Ok(Value::Int(int)),
                None => Err(ev.raise("OverflowError", "cannot convert float infinity to integer")),
            }
        }
        (Value::Float(float), digits) => {
            let digits = to_index(ev, digits)?;
            Ok(Value::Float(round_float(*float, digits)))
        }
        (other, digits) => {
            if let Some(int) = plain_int(other) {
                let digits = if digits.is_none() {
                    0
                } else {
                    to_index(ev, digits)?
                };
                if digits >= 0 {
                    return Ok(Value::Int(int));
                }
                let Ok(power) = u32::try_from(-digits) else {
                    return Ok(Value::int(0_i64));
                };
                if power > 4000 {
                    return Ok(Value::int(0_i64));
                }
                let unit = Int::Small(10).pow(power);
                let Some((quotient, rest)) = int.div_mod(&unit) else {
                    return Ok(Value::Int(int));
                };
                let twice = rest.add(&rest);
                let odd = quotient
                    .div_mod(&Int::Small(2))
                    .is_some_and(|(_, rest)| !rest.is_zero());
                let up = twice > unit || (twice == unit && odd);
                let rounded = if up {
                    quotient.add(&Int::Small(1))
                } else {
                    quotient
                };
                return Ok(Value::Int(rounded.mul(&unit)));
            }
            if let Value::Instance(instance) = other
                && instance.class.lookup("__round__").is_some()
            {
                let digits = Some(digits.clone()).filter(|it| !it.is_none());
                let args = Args::positional(digits.into_iter().collect());
                return ev.call_method(other, "__round__", args);
            }
            if let Value::Object(object) = other
                && object.methods().contains(&"__round__")
            {
                let args = if digits.is_none() {
                    Args::none()
                } else {
                    Args::positional(vec![digits.clone()])
                };
                return ev.call_native_method(other, "__round__", args);
            }
            let kind = ev.type_name(&value);
            Err(ev.raise(
                "TypeError",
                format!("type {kind} doesn't define __round__ method"),
            ))
        }
    }
}

/// `round(float, digits)`: correctly rounded, half to even, as CPython does.
fn round_float(value: f64, digits: i64) -> f64 {
    if !value.is_finite() || value == 0.0 || digits > 323 {
        return value;
    }
    if digits < -308 {
        return 0.0_f64.copysign(value);
    }
    if digits >= 0 {
        // Rust's formatting rounds exactly, half to even.
        let digits = usize::try_from(digits).unwrap_or(0);
        return format!("{value:.digits$}").parse().unwrap_or(value);
    }
    let unit = 10_f64.powi(i32::try_from(-digits).unwrap_or(308));
    (value / unit).round_ties_even() * unit
}

fn sorted(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "sorted", "iterable, /, *, key=, reverse=")?;
    let iterable = args.take_or_none("iterable");
    if iterable.is_unknown() {
        return Ok(iterable);
    }
    let key = args.take("key");
    let reverse = args.take_or("reverse", Value::Bool(false));
    let reverse = ev.truth(&reverse, "`reverse`")?;
    let items = ev.iterate(&iterable)?;
    Ok(match sort::sort(ev, items, key.as_ref(), reverse)? {
        Ok(items) => Value::list(items),
        Err(unknown) => unknown,
    })
}

fn sum(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "sum", "iterable, /, start=")?;
    let iterable = args.take_or_none("iterable");
    if iterable.is_unknown() {
        return Ok(iterable);
    }
    let start = args.take_or("start", Value::int(0_i64));
    if start.as_str().is_some() {
        return Err(ev.raise(
            "TypeError",
            "sum() can't sum strings [use ''.join(seq) instead]",
        ));
    }
    let items = ev.iterate(&iterable)?;
    let compensated = ev.world().inputs().python_version >= (3, 12, 0);
    if compensated
        && items.iter().any(|item| matches!(item, Value::Float(_)))
        && plain_float(&start).is_some()
    {
        return Ok(ev.unknown("`sum` of floats depends on the version of Python"));
    }
    list::sum(ev, items, start)
}
