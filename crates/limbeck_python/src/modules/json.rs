//! `json`.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::{Interp, format_float_repr};
use crate::flow::R;
use crate::value::{Class, Dict, Int, Module, Value};

/// `json.JSONDecodeError`.
fn decode_error(ev: &mut Interp<'_>) -> Rc<Class> {
    let base = ev.types().exception("ValueError");
    let class = ev.world().extension("json.JSONDecodeError", || {
        crate::eval::Types::new_exception("JSONDecodeError", "json.decoder", &base)
    });
    Rc::clone(&class)
}

struct Style {
    indent: Option<String>,
    item: String,
    key: String,
    ascii: bool,
    sort: bool,
    skip_keys: bool,
    allow_nan: bool,
    default: Option<Value>,
}

fn dumps(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(
        ev,
        "dumps",
        "obj, *, skipkeys=, ensure_ascii=, check_circular=, allow_nan=, cls=, indent=, separators=, default=, sort_keys=",
    )?;
    let value = args.take_or_none("obj");
    let mut default = args.take("default").filter(|default| !default.is_none());
    if let Some(class) = args.take("cls").filter(|class| !class.is_none()) {
        match default_of(ev, &class, default)? {
            Ok(found) => default = Some(found),
            Err(unknown) => return Ok(unknown),
        }
    }
    let indent = match args.take_or_none("indent") {
        Value::None => None,
        Value::Str(text) => Some(text.to_string()),
        other => Some({
            let width = usize::try_from(crate::builtins::to_index(ev, &other)?).unwrap_or(0);
            ev.check_size(width)?;
            " ".repeat(width)
        }),
    };
    let (mut item, mut key) = (
        if indent.is_some() { "," } else { ", " }.to_owned(),
        ": ".to_owned(),
    );
    if let Some(separators) = args
        .take("separators")
        .filter(|separators| !separators.is_none())
        && let [first, second] = ev.iterate(&separators)?.as_slice()
    {
        item = first.as_str().unwrap_or_default().to_string();
        key = second.as_str().unwrap_or_default().to_string();
    }
    let mut flag = |ev: &mut Interp<'_>, name: &str, default: bool| -> R<bool> {
        let value = args.take_or(name, Value::Bool(default));
        ev.truth(&value, &format!("`{name}`"))
    };
    let style = Style {
        indent,
        item,
        key,
        ascii: flag(ev, "ensure_ascii", true)?,
        sort: flag(ev, "sort_keys", false)?,
        skip_keys: flag(ev, "skipkeys", false)?,
        allow_nan: flag(ev, "allow_nan", true)?,
        default,
    };
    let mut out = String::new();
    match write(ev, &value, &style, 0, &mut out)? {
        None => Ok(Value::from(out)),
        Some(unknown) => Ok(unknown),
    }
}

/// The method `default` of an encoder of `cls=`, if that is all it does in its own way.
fn default_of(
    ev: &mut Interp<'_>,
    class: &Value,
    default: Option<Value>,
) -> R<Result<Value, Value>> {
    let Value::Class(encoder) = class else {
        return Ok(Err(ev.unknown("`json.dumps(cls=...)` is no class")));
    };
    let own = encoder.mro().filter(|it| it.module.as_ref() != "json*");
    let own: Vec<Rc<crate::value::Class>> = own.cloned().collect();
    let changes = [
        "encode",
        "iterencode",
        "__init__",
        "item_separator",
        "key_separator",
    ];
    let is_plain = own.iter().all(|class| {
        let attrs = class.attrs.borrow();
        &*class.name == "object" || !changes.iter().any(|name| attrs.contains_key(*name))
    });
    if !is_plain || encoder.find_unknown_base().is_some() {
        return Ok(Err(ev.unknown(format!(
            "`json.dumps(cls={})` is not modelled",
            encoder.name
        ))));
    }
    let options = Args::none().with("default", default.unwrap_or(Value::None));
    let made = ev.call(class, options)?;
    ev.get_attr(&made, "default").map(Ok)
}

/// Appends the JSON of a value; gives an unknown that was inside.
fn write(
    ev: &mut Interp<'_>,
    value: &Value,
    style: &Style,
    level: usize,
    out: &mut String,
) -> R<Option<Value>> {
    ev.step()?;
    ev.check_size(out.len() / 64)?;
    let plain = value.unwrap_payload();
    match &plain {
        Value::Unknown(_) => return Ok(Some(plain)),
        Value::None => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Int(int) => out.push_str(&int.to_string()),
        Value::Float(float) if !style.allow_nan && !float.is_finite() => {
            return Err(out_of_range(ev, *float));
        }
        Value::Float(float) => out.push_str(&float_text(*float)),
        Value::Str(text) => push_string(out, text, style.ascii),
        Value::List(_) | Value::Tuple(_) => {
            let items = ev.iterate(&plain)?;
            ev.enter()?;
            let result = write_parts(
                ev,
                '[',
                ']',
                items.into_iter().map(|item| (None, item)).collect(),
                style,
                level,
                out,
            );
            ev.leave();
            return result;
        }
        Value::Dict(dict) => {
            let mut pairs: Vec<(Value, Value)> = dict
                .borrow()
                .iter()
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            if style.sort {
                let keys = pairs
                    .iter()
                    .map(|(key, value)| Value::tuple(vec![key.clone(), value.clone()]))
                    .collect();
                let by_key = Value::native("key", |ev, args| {
                    ev.get_item(
                        &args.get(0).cloned().unwrap_or(Value::None),
                        &Value::int(0_i64),
                    )
                });
                match crate::builtins::sort::sort(ev, keys, Some(&by_key), false)? {
                    Ok(sorted) => {
                        pairs = sorted
                            .iter()
                            .filter_map(|pair| match pair {
                                Value::Tuple(pair) => {
                                    Some((pair.first()?.clone(), pair.get(1)?.clone()))
                                }
                                _ => None,
                            })
                            .collect();
                    }
                    Err(unknown) => return Ok(Some(unknown)),
                }
            }
            let mut parts = Vec::new();
            for (key, value) in pairs {
                let key = key.unwrap_payload();
                let text = match &key {
                    Value::Str(text) => text.to_string(),
                    Value::Int(int) => int.to_string(),
                    Value::Bool(true) => "true".to_owned(),
                    Value::Bool(false) => "false".to_owned(),
                    Value::None => "null".to_owned(),
                    Value::Float(float) if !style.allow_nan && !float.is_finite() => {
                        return Err(out_of_range(ev, *float));
                    }
                    Value::Float(float) => float_text(*float),
                    _ if style.skip_keys => continue,
                    other => {
                        let kind = ev.type_name(other);
                        return Err(ev.raise(
                            "TypeError",
                            format!("keys must be str, int, float, bool or None, not {kind}"),
                        ));
                    }
                };
                parts.push((Some(text), value));
            }
            ev.enter()?;
            let result = write_parts(ev, '{', '}', parts, style, level, out);
            ev.leave();
            return result;
        }
        other => match &style.default {
            Some(default) => {
                let replaced = ev.call(default, Args::positional(vec![value.clone()]))?;
                ev.enter()?;
                let result = write(ev, &replaced, style, level, out);
                ev.leave();
                return result;
            }
            None => {
                if let Value::Opaque(opaque) = other {
                    return Ok(Some(ev.unknown(format!("{} is not modelled", opaque.what))));
                }
                let kind = ev.type_name(value);
                return Err(ev.raise(
                    "TypeError",
                    format!(
                        "Object of type {} is not JSON serializable",
                        kind.rsplit('.').next().unwrap_or_default()
                    ),
                ));
            }
        },
    }
    Ok(None)
}

fn write_parts(
    ev: &mut Interp<'_>,
    open: char,
    close: char,
    parts: Vec<(Option<String>, Value)>,
    style: &Style,
    level: usize,
    out: &mut String,
) -> R<Option<Value>> {
    out.push(open);
    let line = |out: &mut String, level: usize| {
        if let Some(indent) = &style.indent {
            out.push('\n');
            out.push_str(&indent.repeat(level));
        }
    };
    let is_empty = parts.is_empty();
    for (index, (key, value)) in parts.into_iter().enumerate() {
        if index > 0 {
            out.push_str(&style.item);
        }
        line(out, level + 1);
        if let Some(key) = key {
            push_string(out, &key, style.ascii);
            out.push_str(&style.key);
        }
        if let Some(unknown) = write(ev, &value, style, level + 1, out)? {
            return Ok(Some(unknown));
        }
    }
    if !is_empty {
        line(out, level);
    }
    out.push(close);
    Ok(None)
}

fn out_of_range(ev: &Interp<'_>, float: f64) -> crate::flow::Flow {
    let words = "Out of range float values are not JSON compliant";
    // Since 3.12 it also says which one.
    let words = match ev.world().inputs().python_version < (3, 12, 0) {
        true => words.to_owned(),
        false => format!("{words}: {}", format_float_repr(float)),
    };
    ev.raise("ValueError", words)
}

fn float_text(float: f64) -> String {
    if float.is_nan() {
        "NaN".to_owned()
    } else if float.is_infinite() {
        if float > 0.0 {
            "Infinity".to_owned()
        } else {
            "-Infinity".to_owned()
        }
    } else {
        format_float_repr(float)
    }
}

/// Appends a string as `json.dumps` writes it; `ascii` is `ensure_ascii`.
pub(crate) fn push_string(out: &mut String, text: &str, ascii: bool) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            char if (char as u32) < 0x20 || (ascii && (char as u32) > 0x7e) => {
                let mut units = [0_u16; 2];
                for unit in char.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            char => out.push(char),
        }
    }
    out.push('"');
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    /// Whether numbers with and without a point are kept as they are written.
    keeps: [bool; 2],
    /// An object has a name twice.
    has_twins: bool,
    /// A text held half a surrogate pair.
    has_halves: bool,
}

/// What Python does not say.
const TOO_DEEP: &str = "nested too deeply";

/// A JSON error: what, and where as a byte offset.
type Fault = (String, usize);

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    fn fault<T>(&self, what: &str, at: usize) -> Result<T, Fault> {
        Err((what.to_owned(), at))
    }

    fn value(&mut self, depth: usize) -> Result<Value, Fault> {
        if depth > 500 {
            return self.fault(TOO_DEEP, self.at);
        }
        let start = self.at;
        let rest = self.rest();
        for (word, value) in [
            ("null", Value::None),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("NaN", Value::Float(f64::NAN)),
            ("Infinity", Value::Float(f64::INFINITY)),
            ("-Infinity", Value::Float(f64::NEG_INFINITY)),
        ] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        match rest.chars().next() {
            Some('"') => {
                self.at += 1;
                self.string().map(Value::from)
            }
            Some('[') => {
                self.at += 1;
                let mut items = Vec::new();
                self.space();
                if self.rest().starts_with(']') {
                    self.at += 1;
                    return Ok(Value::list(items));
                }
                loop {
                    self.space();
                    items.push(self.value(depth + 1)?);
                    self.space();
                    match self.rest().chars().next() {
                        Some(',') => self.at += 1,
                        Some(']') => {
                            self.at += 1;
                            return Ok(Value::list(items));
                        }
                        _ => return self.fault("Expecting ',' delimiter", self.at),
                    }
                }
            }
            Some('{') => {
                self.at += 1;
                let mut dict = Dict::new();
                self.space();
                if self.rest().starts_with('}') {
                    self.at += 1;
                    return Ok(Value::dict(dict));
                }
                loop {
                    self.space();
                    if !self.rest().starts_with('"') {
                        return self
                            .fault("Expecting property name enclosed in double quotes", self.at);
                    }
                    self.at += 1;
                    let key = self.string()?;
                    self.space();
                    if !self.rest().starts_with(':') {
                        return self.fault("Expecting ':' delimiter", self.at);
                    }
                    self.at += 1;
                    self.space();
                    let value = self.value(depth + 1)?;
                    let length = dict.len();
                    dict.insert_str(key, value);
                    self.has_twins |= dict.len() == length;
                    self.space();
                    match self.rest().chars().next() {
                        Some(',') => self.at += 1,
                        Some('}') => {
                            self.at += 1;
                            return Ok(Value::dict(dict));
                        }
                        _ => return self.fault("Expecting ',' delimiter", self.at),
                    }
                }
            }
            Some('-' | '0'..='9') => {
                let bytes = rest.as_bytes();
                let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
                let mut end = usize::from(rest.starts_with('-'));
                if !digit(end) {
                    return self.fault("Expecting value", start);
                }
                if bytes.get(end) == Some(&b'0') {
                    end += 1;
                } else {
                    while digit(end) {
                        end += 1;
                    }
                }
                let mut float = false;
                if bytes.get(end) == Some(&b'.') && digit(end + 1) {
                    float = true;
                    end += 1;
                    while digit(end) {
                        end += 1;
                    }
                }
                if matches!(bytes.get(end), Some(b'e' | b'E')) {
                    let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
                    if digit(end + 1 + sign) {
                        float = true;
                        end += 1 + sign;
                        while digit(end) {
                            end += 1;
                        }
                    }
                }
                let text = rest.get(..end).unwrap_or_default();
                let is_kept = if float { self.keeps[0] } else { self.keeps[1] };
                let value = if is_kept {
                    let text = text.to_owned();
                    Some(Value::object(Number {
                        text,
                        is_float: float,
                    }))
                } else if float {
                    text.parse().ok().map(Value::Float)
                } else {
                    Int::parse(text, 10).map(Value::Int)
                };
                self.at += end;
                value.map_or_else(|| self.fault("Expecting value", start), Ok)
            }
            _ => self.fault("Expecting value", start),
        }
    }

    fn string(&mut self) -> Result<String, Fault> {
        let start = self.at - 1;
        let mut units: Vec<u16> = Vec::new();
        loop {
            let Some(char) = self.rest().chars().next() else {
                return self.fault("Unterminated string starting at", start);
            };
            let at = self.at;
            self.at += char.len_utf8();
            match char {
                '"' => {
                    self.has_halves |=
                        char::decode_utf16(units.iter().copied()).any(|it| it.is_err());
                    return Ok(String::from_utf16_lossy(&units));
                }
                '\\' => {
                    let Some(escape) = self.rest().chars().next() else {
                        return self.fault("Unterminated string starting at", start);
                    };
                    self.at += escape.len_utf8();
                    let plain = match escape {
                        '"' | '\\' | '/' => escape,
                        'b' => '\u{8}',
                        'f' => '\u{c}',
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'u' => {
                            let code = self
                                .rest()
                                .get(..4)
                                .and_then(|hex| u16::from_str_radix(hex, 16).ok());
                            let Some(code) = code else {
                                return self.fault("Invalid \\uXXXX escape", at + 1);
                            };
                            self.at += 4;
                            units.push(code);
                            continue;
                        }
                        _ => return self.fault("Invalid \\escape", at),
                    };
                    units.extend(plain.encode_utf16(&mut [0; 2]).iter());
                }
                char if (char as u32) < 0x20 => {
                    return self.fault("Invalid control character at", at);
                }
                char => units.extend(char.encode_utf16(&mut [0; 2]).iter()),
            }
        }
    }
}

fn loads(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "loads", "s, *, cls=, object_hook=, parse_float=, parse_int=, parse_constant=, object_pairs_hook=, strict=")?;
    let value = args.take_or_none("s");
    if value.is_unknown() {
        return Ok(value);
    }
    if let Some(strict) = args.take("strict")
        && !ev.truth(&strict, "`strict`")?
    {
        return Ok(ev.unknown("`json.loads(strict=False)` is not modelled"));
    }
    for option in ["cls", "parse_constant"] {
        if args.take(option).is_some_and(|value| !value.is_none()) {
            return Ok(ev.unknown(format!("`json.loads({option}=...)` is not modelled")));
        }
    }
    let mut hook = |name: &str| args.take(name).filter(|value| !value.is_none());
    let hooks = Hooks {
        object: hook("object_hook"),
        pairs: hook("object_pairs_hook"),
        float: hook("parse_float"),
        int: hook("parse_int"),
    };
    let text = match &value {
        Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => text.trim_start_matches('\u{feff}').to_owned(),
            _ => return Ok(ev.unknown("JSON of bytes that are no UTF-8 is not modelled")),
        },
        other => match other.as_str() {
            Some(text) => text.to_string(),
            None => {
                let kind = ev.type_name(other);
                return Err(ev.raise(
                    "TypeError",
                    format!("the JSON object must be str, bytes or bytearray, not {kind}"),
                ));
            }
        },
    };
    // What is read takes more memory than its text.
    ev.charge(text.len() / 2);
    ev.step()?;
    let mut parser = Parser {
        text: &text,
        at: 0,
        keeps: [hooks.float.is_some(), hooks.int.is_some()],
        has_twins: false,
        has_halves: false,
    };
    let result = if text.starts_with('\u{feff}') {
        parser.fault("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0)
    } else {
        parser.space();
        parser.value(0)
    };
    let result = result.and_then(|value| {
        parser.space();
        if parser.rest().is_empty() {
            Ok(value)
        } else {
            parser.fault("Extra data", parser.at)
        }
    });
    if matches!(&result, Err((what, _)) if what == TOO_DEEP) {
        return Err(ev.unreadable("the JSON is nested too deeply"));
    }
    if parser.has_halves {
        return Ok(ev.unknown("half a surrogate pair is not modelled"));
    }
    if parser.has_twins && hooks.pairs.is_some() {
        return Ok(ev.unknown("`object_pairs_hook` of an object with a name twice is not modelled"));
    }
    let result = result.map_err(|(what, at)| {
        let before = text.get(..at).unwrap_or_default();
        let (line, column) = super::line_column(before);
        let position = before.chars().count();
        let class = decode_error(ev);
        let words = format!("{what}: line {line} column {column} (char {position})");
        let error = crate::value::Instance::new(class, None);
        error.set("args", Value::tuple(vec![Value::from(words)]));
        error.set("msg", Value::from(what));
        error.set("doc", Value::from(text.as_ref()));
        error.set("pos", Value::from(position));
        error.set("lineno", Value::from(line));
        error.set("colno", Value::from(column));
        ev.raise_value(Value::Instance(error))
    })?;
    if hooks.object.is_none() && hooks.pairs.is_none() && parser.keeps == [false, false] {
        return Ok(result);
    }
    hooked(ev, result, &hooks)
}

/// Functions that make the values of what is read.
struct Hooks {
    object: Option<Value>,
    pairs: Option<Value>,
    float: Option<Value>,
    int: Option<Value>,
}

/// A number as it is written, for `parse_float` and `parse_int`.
struct Number {
    text: String,
    is_float: bool,
}

impl crate::value::NativeObject for Number {
    fn type_name(&self) -> String {
        "str".to_owned()
    }
}

/// Calls the functions, the innermost first.
fn hooked(ev: &mut Interp<'_>, value: Value, hooks: &Hooks) -> R {
    ev.step()?;
    if let Some(number) = value.downcast_ref::<Number>() {
        let function = if number.is_float {
            &hooks.float
        } else {
            &hooks.int
        };
        let text = Value::from(number.text.as_str());
        return match function {
            Some(function) => ev.call(function, Args::positional(vec![text])),
            None => Ok(value),
        };
    }
    match &value {
        Value::List(items) => {
            let items = items.borrow().clone();
            let mut out = Vec::new();
            for item in &items {
                out.push(hooked(ev, item.clone(), hooks)?);
            }
            Ok(Value::list(out))
        }
        Value::Dict(dict) => {
            let pairs: Vec<(Value, Value)> = {
                let dict = dict.borrow();
                dict.iter()
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect()
            };
            let mut out = Dict::new();
            let mut tuples = Vec::new();
            for (key, value) in pairs {
                let value = hooked(ev, value, hooks)?;
                tuples.push(Value::tuple(vec![key.clone(), value.clone()]));
                out.insert_str(key.as_str().unwrap_or_default(), value);
            }
            match (&hooks.pairs, &hooks.object) {
                (Some(hook), _) => ev.call(hook, Args::positional(vec![Value::list(tuples)])),
                (None, Some(hook)) => ev.call(hook, Args::positional(vec![Value::dict(out)])),
                (None, None) => Ok(Value::dict(out)),
            }
        }
        _ => Ok(value),
    }
}

/// `json`.
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let error = Value::Class(decode_error(ev));
    let decoder = Module::native("json.decoder", [("JSONDecodeError", error.clone())]);
    Ok(Module::native(
        "json",
        [
            ("dumps", Value::native("dumps", dumps)),
            ("loads", Value::native("loads", loads)),
            (
                "load",
                Value::native("load", |ev, mut args| {
                    if args.positional.is_empty() {
                        return Err(ev.raise(
                            "TypeError",
                            "load() missing 1 required positional argument: 'fp'",
                        ));
                    }
                    let file = args.positional.remove(0);
                    let text = ev.call_method(&file, "read", Args::none())?;
                    args.positional.insert(0, text);
                    loads(ev, args)
                }),
            ),
            ("JSONDecodeError", error),
            ("decoder", Value::Module(decoder)),
        ],
    ))
}
