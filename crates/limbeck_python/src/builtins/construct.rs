//! Calling builtin types: `int("1")`, `dict(a=1)`.

use std::rc::Rc;

use super::{first_unknown, iter, object, to_index};
use crate::args::Args;
use crate::eval::{Interp, plain_int};
use crate::flow::R;
use crate::modules::descriptors::{ClassMethod, Property, StaticMethod};
use crate::value::{Dict, DictKind, Int, Range, Slice, Value};

/// Calls a builtin type.
pub(crate) fn construct(ev: &mut Interp<'_>, name: &str, args: Args) -> R {
    let keeps_unknown = matches!(
        name,
        "dict"
            | "OrderedDict"
            | "defaultdict"
            | "property"
            | "staticmethod"
            | "classmethod"
            | "super"
            | "slice"
            | "bool"
    );
    if !keeps_unknown && let Some(unknown) = first_unknown(&args) {
        return Ok(unknown);
    }
    match name {
        "object" => {
            if !args.positional.is_empty() || !args.keywords.is_empty() {
                return Err(ev.raise("TypeError", "object() takes no arguments"));
            }
            let class = Rc::clone(&ev.types().object);
            Ok(Value::Instance(crate::value::Instance::new(class, None)))
        }
        "type" => type_of(ev, &args),
        "bool" => match args.get(0) {
            None => Ok(Value::Bool(false)),
            Some(value) if value.is_unknown() => Ok(value.clone()),
            Some(value) => Ok(Value::Bool(
                ev.truth(&value.clone(), "the argument of `bool`")?,
            )),
        },
        "int" => make_int(ev, args),
        "float" => make_float(ev, &args),
        "complex" => Ok(ev.unknown("complex numbers are not modelled")),
        "str" => make_str(ev, args),
        "bytes" => make_bytes(ev, args),
        "bytearray" => Ok(ev.unknown("`bytearray` is not modelled")),
        "list" => {
            let items = args.bind(ev, "list", "iterable=, /")?.take("iterable");
            Ok(Value::list(match items {
                Some(items) => ev.iterate(&items)?,
                None => Vec::new(),
            }))
        }
        "tuple" => {
            let items = args.bind(ev, "tuple", "iterable=, /")?.take("iterable");
            Ok(match items {
                Some(items @ Value::Tuple(_)) => items,
                Some(items) => Value::tuple(ev.iterate(&items)?),
                None => Value::tuple(Vec::new()),
            })
        }
        "set" | "frozenset" => {
            let items = args.bind(ev, name, "iterable=, /")?.take("iterable");
            if name == "frozenset"
                && let Some(frozen @ Value::FrozenSet(_)) = items
            {
                return Ok(frozen);
            }
            let made = match items {
                Some(items) => super::set::made_of(ev, &items)?,
                None => Ok(crate::value::Set::new()),
            };
            Ok(match made {
                Ok(set) if name == "set" => Value::set(set),
                Ok(set) => Value::FrozenSet(Rc::new(set)),
                Err(unknown) => unknown,
            })
        }
        "dict" | "OrderedDict" | "defaultdict" | "Counter" => make_dict(ev, name, args),
        "range" => make_range(ev, &args),
        "slice" => {
            let part = |index: usize| args.get(index).cloned().unwrap_or(Value::None);
            let (start, stop, step) = match args.positional.len() {
                1 => (Value::None, part(0), Value::None),
                2 | 3 => (part(0), part(1), part(2)),
                count => {
                    return Err(ev.raise(
                        "TypeError",
                        format!("slice expected at least 1 argument, got {count}"),
                    ));
                }
            };
            Ok(Value::Slice(Rc::new(Slice { start, stop, step })))
        }
        "enumerate" => {
            let mut args = args.bind(ev, "enumerate", "iterable, start=")?;
            let start = args.take_or("start", Value::int(0_i64));
            let index = to_index(ev, &start)?;
            let iterable = args.take_or_none("iterable");
            let iter = ev.get_iter(&iterable)?;
            Ok(Value::iter("enumerate", iter::Enumerate { iter, index }))
        }
        "zip" => {
            let mut args = args;
            let strict = args.take_keyword("strict").unwrap_or(Value::Bool(false));
            let strict = ev.truth(&strict, "`strict`")?;
            let mut iters = Vec::new();
            for (index, value) in args.positional.iter().enumerate() {
                match ev.get_iter_opt(value)? {
                    Some(iter) => iters.push(iter),
                    None => {
                        let kind = ev.type_name(value);
                        let _ = index;
                        return Err(
                            ev.raise("TypeError", format!("'{kind}' object is not iterable"))
                        );
                    }
                }
            }
            Ok(Value::iter("zip", iter::Zip { iters, strict }))
        }
        "map" => {
            let mut positional = args.positional.into_iter();
            let Some(function) = positional.next() else {
                return Err(ev.raise("TypeError", "map() must have at least two arguments."));
            };
            let mut iters = Vec::new();
            for value in positional {
                iters.push(ev.get_iter(&value)?);
            }
            if iters.is_empty() {
                return Err(ev.raise("TypeError", "map() must have at least two arguments."));
            }
            Ok(Value::iter("map", iter::Map { function, iters }))
        }
        "filter" => {
            let mut args = args.bind(ev, "filter", "function, iterable, /")?;
            let function = args.take_or_none("function");
            let iterable = args.take_or_none("iterable");
            let iter = ev.get_iter(&iterable)?;
            Ok(Value::iter(
                "filter",
                iter::Filter {
                    function,
                    iter,
                    keep: true,
                },
            ))
        }
        "reversed" => {
            let value = args
                .bind(ev, "reversed", "sequence, /")?
                .take_or_none("sequence");
            if let Value::Instance(instance) = &value
                && let Some(method) = instance.class.lookup("__reversed__")
            {
                let bound = ev.bind_to(&method, value.clone())?;
                return ev.call(&bound, Args::none());
            }
            if let Value::Instance(instance) = &value
                && instance.payload().is_none()
                && instance.class.find_unknown_base().is_none()
            {
                if !["__len__", "__getitem__"]
                    .iter()
                    .all(|name| instance.class.lookup(name).is_some())
                {
                    let kind = ev.type_name(&value);
                    let text = format!("'{kind}' object is not reversible");
                    return Err(ev.raise("TypeError", text));
                }
                let length = ev.length(&value)?;
                let length = to_index(ev, &length)?;
                let mut items = Vec::new();
                for index in (0..length).rev() {
                    items.push(ev.get_item(&value, &Value::from(index))?);
                }
                return Ok(Value::iter("reversed", crate::eval::ListIter::new(items)));
            }
            if matches!(value, Value::Set(_) | Value::FrozenSet(_) | Value::Iter(_)) {
                let kind = ev.type_name(&value);
                return Err(ev.raise("TypeError", format!("'{kind}' object is not reversible")));
            }
            let mut items = ev.iterate(&value)?;
            items.reverse();
            Ok(Value::iter("reversed", crate::eval::ListIter::new(items)))
        }
        "property" => {
            let mut args = args.bind(ev, "property", "fget=, fset=, fdel=, doc=")?;
            Ok(Value::object(Property {
                get: args.take_or_none("fget"),
                set: args.take_or_none("fset"),
                delete: args.take_or_none("fdel"),
            }))
        }
        "staticmethod" => Ok(Value::object(StaticMethod(
            args.get(0).cloned().unwrap_or(Value::None),
        ))),
        "classmethod" => Ok(Value::object(ClassMethod(
            args.get(0).cloned().unwrap_or(Value::None),
        ))),
        "super" => object::make_super(ev, &args),
        _ => Ok(ev.unknown(format!("`{name}()` is not modelled"))),
    }
}

fn type_of(ev: &mut Interp<'_>, args: &Args) -> R {
    match args.positional.as_slice() {
        [value] => {
            if let Value::Class(class) = value {
                return Ok(Value::Class(ev.class_of_class(class)));
            }
            match ev.class_of(value) {
                Some(class) => Ok(Value::Class(class)),
                None => Ok(ev.unknown(format!(
                    "the type of a {} is not modelled",
                    ev.type_name(value)
                ))),
            }
        }
        [name, bases, attrs] => {
            let name = super::text::need_text(ev, name, "type")?;
            let attrs = match attrs.unwrap_payload() {
                Value::Dict(dict) => dict.borrow().clone(),
                _ => return Err(ev.unreadable("`type()` with attributes that are no dictionary")),
            };
            let mut classes = Vec::new();
            for base in ev.iterate(bases)? {
                match base {
                    Value::Class(class) => classes.push(class),
                    other => {
                        ev.need_known(&other, "a base class")?;
                        return Err(ev.unreadable("a base of `type()` is not modelled"));
                    }
                }
            }
            let vars = crate::value::Vars::default();
            for (key, value) in attrs.iter() {
                if let Some(key) = key.as_str() {
                    vars.borrow_mut().insert(key, value.clone());
                }
            }
            let location = ev.location();
            let module = ev.frames.last().map_or_else(
                || "builtins".into(),
                |frame| Rc::clone(&frame.scope.module.name),
            );
            ev.make_class(crate::eval::ClassParts {
                qualname: Rc::clone(&name),
                name,
                module,
                bases: classes,
                unknown_base: None,
                metaclass: None,
                keywords: Vec::new(),
                attrs: vars,
                annotations: Vec::new(),
                methods: Vec::new(),
                location,
            })
        }
        _ => Err(ev.raise("TypeError", "type() takes 1 or 3 arguments")),
    }
}

fn make_int(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "int", "x=, /, base=")?;
    let Some(value) = args.take("x") else {
        return Ok(Value::int(0_i64));
    };
    let base = args.take("base");
    match (&value, base) {
        (Value::Float(float), None) => {
            if float.is_nan() {
                return Err(ev.raise("ValueError", "cannot convert float NaN to integer"));
            }
            match Int::from_f64(*float) {
                Some(int) => Ok(Value::Int(int)),
                None => Err(ev.raise("OverflowError", "cannot convert float infinity to integer")),
            }
        }
        (Value::Instance(instance), None) if value.as_str().is_none() => {
            for name in ["__int__", "__index__", "__trunc__"] {
                if let Some(method) = instance.class.lookup(name) {
                    let bound = ev.bind_to(&method, value.clone())?;
                    return ev.call(&bound, Args::none());
                }
            }
            match value.unwrap_payload() {
                Value::Instance(_) => {
                    let kind = ev.type_name(&value);
                    Err(ev.raise("TypeError", format!("int() argument must be a string, a bytes-like object or a real number, not '{kind}'")))
                }
                payload => make_int(ev, Args::positional(vec![payload])),
            }
        }
        (Value::Object(object), None) => {
            if let Some(result) = Rc::clone(object).get_attr(ev, "__int__")? {
                return ev.call(&result, Args::none());
            }
            if object.methods().contains(&"__int__") {
                return ev.call_native_method(&value, "__int__", Args::none());
            }
            let kind = object.type_name();
            Err(ev.raise("TypeError", format!("int() argument must be a string, a bytes-like object or a real number, not '{kind}'")))
        }
        (other, base) => {
            if let (Some(int), None) = (plain_int(other), &base) {
                return Ok(Value::Int(int));
            }
            let text = match other {
                Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
                other => other.as_str().map(|text| text.to_string()),
            };
            let Some(text) = text else {
                let kind = ev.type_name(other);
                return Err(ev.raise("TypeError", if base.is_some() {
                    "int() can't convert non-string with explicit base".to_owned()
                } else {
                    format!("int() argument must be a string, a bytes-like object or a real number, not '{kind}'")
                }));
            };
            let radix = match base {
                Some(base) => to_index(ev, &base)?,
                None => 10,
            };
            if radix != 0 && !(2..=36).contains(&radix) {
                return Err(ev.raise("ValueError", "int() base must be >= 2 and <= 36, or 0"));
            }
            ev.check_size(text.len().saturating_mul(text.len() / 1000 + 1))?;
            // Python refuses to read and write decimal numbers of more digits.
            let digits = text.chars().filter(char::is_ascii_digit).count();
            if digits > 4300 && !matches!(radix, 2 | 4 | 8 | 16 | 32) {
                return Ok(
                    ev.unknown("the limit of Python for the digits of a number is not modelled")
                );
            }
            match parse_int(&text, radix) {
                Some(int) => Ok(Value::Int(int)),
                None => {
                    let shown = limbeck_schema::py_str(&text);
                    Err(ev.raise(
                        "ValueError",
                        format!("invalid literal for int() with base {radix}: {shown}"),
                    ))
                }
            }
        }
    }
}

/// Text as an integer, as `int()` reads it.
fn parse_int(text: &str, radix: i64) -> Option<Int> {
    let text = text.trim_matches(super::text::is_space);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let mut digits = lower.as_str();
    let mut actual = radix;
    for (prefix, of) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if (radix == 0 || radix == of)
            && let Some(rest) = digits.strip_prefix(prefix)
        {
            digits = rest.strip_prefix('_').unwrap_or(rest);
            actual = of;
        }
    }
    if actual == 0 {
        if digits.len() > 1
            && digits.starts_with('0')
            && digits.chars().any(|char| char != '0' && char != '_')
        {
            return None;
        }
        actual = 10;
    }
    if digits.is_empty()
        || digits.starts_with('_')
        || digits.ends_with('_')
        || digits.contains("__")
    {
        return None;
    }
    let plain = digits.replace('_', "");
    let radix = u32::try_from(actual).ok()?;
    if !plain.chars().all(|char| char.is_digit(radix)) {
        return None;
    }
    let int = Int::parse(&plain, radix)?;
    Some(if negative { int.neg() } else { int })
}

fn make_float(ev: &mut Interp<'_>, args: &Args) -> R {
    let Some(value) = args.get(0) else {
        return Ok(Value::Float(0.0));
    };
    if let Value::Instance(instance) = value
        && let Some(method) = instance.class.lookup("__float__")
    {
        let bound = ev.bind_to(&method, value.clone())?;
        return ev.call(&bound, Args::none());
    }
    if let Value::Object(object) = value
        && object.methods().contains(&"__float__")
    {
        return ev.call_native_method(value, "__float__", Args::none());
    }
    let plain = value.unwrap_payload();
    if let Some(float) = crate::eval::plain_float(&plain) {
        if float.is_infinite() && plain_int(&plain).is_some() {
            return Err(ev.raise("OverflowError", "int too large to convert to float"));
        }
        return Ok(Value::Float(float));
    }
    match plain.as_str() {
        Some(text) => {
            let trimmed = text
                .trim_matches(super::text::is_space)
                .to_ascii_lowercase();
            let known = matches!(
                trimmed.trim_start_matches(['+', '-']),
                "inf" | "infinity" | "nan"
            );
            let digits = !trimmed.contains("inf")
                && !trimmed.contains("nan")
                && !trimmed.starts_with('_')
                && !trimmed.ends_with('_');
            match trimmed.replace('_', "").parse::<f64>() {
                Ok(float) if known || digits => Ok(Value::Float(float)),
                _ => {
                    let shown = limbeck_schema::py_str(&text);
                    Err(ev.raise(
                        "ValueError",
                        format!("could not convert string to float: {shown}"),
                    ))
                }
            }
        }
        None => {
            let kind = ev.type_name(value);
            Err(ev.raise(
                "TypeError",
                format!("float() argument must be a string or a real number, not '{kind}'"),
            ))
        }
    }
}

fn make_str(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "str", "object=, encoding=, errors=")?;
    let Some(value) = args.take("object") else {
        return Ok(Value::from(""));
    };
    let (encoding, errors) = (args.take("encoding"), args.take("errors"));
    if encoding.is_some() || errors.is_some() {
        let word = |value: Option<Value>, default: &str| match value {
            Some(value) => value.as_str().map(|text| text.to_string()),
            None => Some(default.to_owned()),
        };
        return match (&value, word(encoding, "utf-8"), word(errors, "strict")) {
            (Value::Bytes(bytes), Some(encoding), Some(errors)) => {
                super::bytes::decode(ev, bytes, &encoding, &errors)
            }
            (Value::Str(_), Some(_), Some(_)) => {
                Err(ev.raise("TypeError", "decoding str is not supported"))
            }
            (Value::Bytes(_) | Value::Instance(_), ..) | (_, None, _) | (_, _, None) => {
                Ok(ev.unknown("this form of `str()` is not modelled"))
            }
            (other, ..) => {
                let kind = ev.type_name(other);
                Err(ev.raise(
                    "TypeError",
                    format!("decoding to str: need a bytes-like object, {kind} found"),
                ))
            }
        };
    }
    if let Value::Opaque(opaque) = &value {
        return Ok(ev.unknown(format!("the text of {} is not modelled", opaque.what)));
    }
    ev.to_str(&value).map(Value::from)
}

fn make_bytes(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "bytes", "source=, encoding=, errors=")?;
    if (args.get("encoding").is_some() || args.get("errors").is_some())
        && !matches!(
            args.get("source").map(Value::unwrap_payload),
            Some(Value::Str(_))
        )
    {
        let what = if args.get("encoding").is_some() {
            "encoding"
        } else {
            "errors"
        };
        return Err(ev.raise("TypeError", format!("{what} without a string argument")));
    }
    if let Some(source) = args.get("source")
        && let Some(bytes) = crate::alchemy::live::memory::MemoryView::bytes_of(source)
    {
        return Ok(bytes);
    }
    if let Some(Value::Instance(instance)) = args.get("source")
        && instance.class.lookup("__bytes__").is_some()
    {
        let source = args.take_or_none("source");
        return ev.call_method(&source, "__bytes__", Args::none());
    }
    match args.take("source") {
        None => Ok(Value::bytes(&[])),
        Some(value @ Value::Bytes(_)) => Ok(value),
        Some(Value::Str(text)) => {
            match args.take("encoding").and_then(|encoding| encoding.as_str()) {
                Some(encoding) => {
                    let errors = args.take("errors").and_then(|errors| errors.as_str());
                    let errors = errors.as_deref().unwrap_or("strict");
                    super::bytes::encode(ev, &text, &encoding, errors)
                }
                None => Err(ev.raise("TypeError", "string argument without an encoding")),
            }
        }
        Some(value) => {
            if let Some(count) = ev.index_opt(&value)? {
                if count.to_i64().is_none() {
                    return Err(ev.raise(
                        "OverflowError",
                        "cannot fit 'int' into an index-sized integer",
                    ));
                }
                let count = count.to_i64().and_then(|count| usize::try_from(count).ok());
                let Some(count) = count else {
                    return Err(ev.raise("ValueError", "negative count"));
                };
                ev.check_size(count)?;
                return Ok(Value::bytes(&vec![0; count]));
            }
            let mut bytes = Vec::new();
            for item in ev.iterate(&value)? {
                match u8::try_from(to_index(ev, &item)?) {
                    Ok(byte) => bytes.push(byte),
                    Err(_) => return Err(ev.raise("ValueError", "bytes must be in range(0, 256)")),
                }
            }
            Ok(Value::bytes(&bytes))
        }
    }
}

fn make_dict(ev: &mut Interp<'_>, name: &str, args: Args) -> R {
    let mut args = args;
    let mut dict = Dict::new();
    dict.kind = match name {
        "OrderedDict" => DictKind::OrderedDict,
        "defaultdict" => DictKind::DefaultDict,
        "Counter" => DictKind::Counter,
        _ => DictKind::Dict,
    };
    if name == "defaultdict" && !args.positional.is_empty() {
        let factory = args.positional.remove(0);
        dict.default_factory = (!factory.is_none()).then_some(factory);
    }
    if args.positional.len() > 1 {
        let count = args.positional.len();
        return Err(ev.raise(
            "TypeError",
            format!("{name} expected at most 1 argument, got {count}"),
        ));
    }
    let source = args.positional.pop();
    if let Some(source) = &source
        && source.is_unknown()
    {
        return Ok(source.clone());
    }
    let cell = Rc::new(std::cell::RefCell::new(dict));
    if name == "Counter" {
        args.positional.extend(source);
        super::counter::change(ev, &cell, args, 1)?;
    } else {
        super::dict::update(ev, &cell, source, args.keywords)?;
    }
    Ok(Value::Dict(cell))
}

fn make_range(ev: &mut Interp<'_>, args: &Args) -> R {
    let mut parts = Vec::new();
    for value in &args.positional {
        if value.as_int().is_some_and(|int| int.to_i64().is_none()) {
            return Ok(ev.unknown("a range of integers of this size is not modelled"));
        }
        parts.push(to_index(ev, value)?);
    }
    let (start, stop, step) = match parts.as_slice() {
        [stop] => (0, *stop, 1),
        [start, stop] => (*start, *stop, 1),
        [start, stop, step] => (*start, *stop, *step),
        _ => {
            let count = parts.len();
            return Err(ev.raise(
                "TypeError",
                format!("range expected at least 1 argument, got {count}"),
            ));
        }
    };
    if step == 0 {
        return Err(ev.raise("ValueError", "range() arg 3 must not be zero"));
    }
    Ok(Value::Range(Rc::new(Range { start, stop, step })))
}
