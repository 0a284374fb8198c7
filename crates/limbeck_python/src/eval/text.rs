//! `repr()`, `str()` and type names.

use std::rc::Rc;

use super::Interp;
use super::format::format_float_repr;
use crate::args::Args;
use crate::flow::R;
use crate::value::{Class, ClassKind, Dict, Instance, Value};

impl Interp<'_> {
    /// `str(value)`. Unknown values must not come here: see [`Interp::need_known`].
    pub fn to_str(&mut self, value: &Value) -> R<String> {
        match value {
            Value::Str(text) => Ok(text.to_string()),
            Value::Instance(instance) => self.instance_str(instance),
            Value::Object(object) => Rc::clone(object).str(self),
            _ => self.to_repr(value),
        }
    }

    fn instance_str(&mut self, instance: &Rc<Instance>) -> R<String> {
        let this = Value::Instance(Rc::clone(instance));
        if let Some(method) = instance.class.lookup("__str__") {
            return self.call_for_text(&method, this, "__str__");
        }
        if instance.class.kind == ClassKind::Exception {
            return self.exception_str(instance);
        }
        if instance.class.is_enum() {
            // `ReprEnum` classes (`StrEnum`, `IntEnum`) show their value.
            if instance.class.lookup("__repr_enum__").is_some()
                && let Some(payload) = instance.payload()
            {
                return self.to_str(&payload);
            }
            let class = &instance.class.name;
            return match self.enum_name(instance).as_str() {
                "" => {
                    let value = instance.get("_value_").unwrap_or(Value::None);
                    Ok(format!("{class}({})", self.to_repr(&value)?))
                }
                name => Ok(format!("{class}.{name}")),
            };
        }
        // These types have a `__str__` of their own, all others show their `repr`.
        match instance.payload() {
            Some(payload @ (Value::Str(_) | Value::Object(_))) => self.to_str(&payload),
            _ => self.to_repr(&this),
        }
    }

    fn enum_name(&self, instance: &Rc<Instance>) -> String {
        instance
            .get("_name_")
            .and_then(|name| name.as_str())
            .map(|name| name.to_string())
            .unwrap_or_default()
    }

    /// `str()` of an exception.
    pub(crate) fn exception_str(&mut self, instance: &Rc<Instance>) -> R<String> {
        if let Some(Value::Object(known)) = instance.payload() {
            return Rc::clone(&known).str(self);
        }
        let args = instance.get("args");
        let Some(Value::Tuple(args)) = args else {
            return Ok(String::new());
        };
        let is = |name: &str| instance.class.mro().any(|class| &*class.name == name);
        let is_key_error = is("KeyError") && !is("SQLAlchemyError");
        match &*args {
            [] => Ok(String::new()),
            [only] if is_key_error => self.to_repr(only),
            [only] => self.to_str(only),
            _ => {
                let is_os = instance.class.mro().any(|class| &*class.name == "OSError");
                if is_os && let [code, text, rest @ ..] = &*args {
                    let (code, text) = (self.to_str(code)?, self.to_str(text)?);
                    return match rest.first() {
                        Some(name) => Ok(format!("[Errno {code}] {text}: {}", self.to_repr(name)?)),
                        None => Ok(format!("[Errno {code}] {text}")),
                    };
                }
                self.to_repr(&Value::Tuple(Rc::clone(&args)))
            }
        }
    }

    fn call_for_text(&mut self, method: &Value, this: Value, name: &str) -> R<String> {
        let bound = self.bind_to(method, this.clone())?;
        let result = self.call(&bound, Args::none())?;
        self.need_known(&result, &format!("the result of `{name}`"))?;
        match result.as_str() {
            Some(text) => Ok(text.to_string()),
            None => {
                let kind = self.type_name(&result);
                Err(self.raise(
                    "TypeError",
                    format!("{name} returned non-string (type {kind})"),
                ))
            }
        }
    }

    /// `repr(value)`.
    pub fn to_repr(&mut self, value: &Value) -> R<String> {
        self.step()?;
        self.enter()?;
        let result = self.repr_inner(value);
        self.leave();
        result
    }

    fn repr_inner(&mut self, value: &Value) -> R<String> {
        Ok(match value {
            Value::None => "None".to_owned(),
            Value::Ellipsis => "Ellipsis".to_owned(),
            Value::NotImplemented => "NotImplemented".to_owned(),
            Value::Bool(true) => "True".to_owned(),
            Value::Bool(false) => "False".to_owned(),
            Value::Int(value) => {
                let text = value.to_string();
                // Python refuses to write numbers of more decimal digits.
                if text.trim_start_matches('-').len() > 4300 {
                    return Err(self.unreadable(
                        "the limit of Python for the digits of a number is not modelled",
                    ));
                }
                text
            }
            Value::Float(value) => format_float_repr(*value),
            Value::Str(text) => limbeck_schema::py_str(text),
            Value::Bytes(bytes) => repr_bytes(bytes),
            Value::Tuple(items) => {
                let parts = self.repr_all(items.iter())?;
                match parts.as_slice() {
                    [only] => format!("({only},)"),
                    _ => format!("({})", parts.join(", ")),
                }
            }
            Value::List(items) => {
                let items = items.borrow().clone();
                format!("[{}]", self.repr_all(items.iter())?.join(", "))
            }
            Value::Dict(dict) => {
                let dict = dict.borrow().clone();
                self.repr_dict(&dict)?
            }
            Value::Set(set) => {
                let items: Vec<Value> = set.borrow().iter().cloned().collect();
                if items.is_empty() {
                    "set()".to_owned()
                } else {
                    format!("{{{}}}", self.repr_all(items.iter())?.join(", "))
                }
            }
            Value::FrozenSet(set) => {
                let items: Vec<Value> = set.iter().cloned().collect();
                if items.is_empty() {
                    "frozenset()".to_owned()
                } else {
                    format!("frozenset({{{}}})", self.repr_all(items.iter())?.join(", "))
                }
            }
            Value::Range(range) if range.step == 1 => {
                format!("range({}, {})", range.start, range.stop)
            }
            Value::Range(range) => {
                format!("range({}, {}, {})", range.start, range.stop, range.step)
            }
            Value::Slice(slice) => {
                let parts = self.repr_all([&slice.start, &slice.stop, &slice.step].into_iter())?;
                format!("slice({})", parts.join(", "))
            }
            Value::Class(class) => repr_class(class),
            Value::Module(module) => match &module.file {
                Some(file) => format!("<module '{}' from '{}'>", module.name, file.display()),
                None => format!("<module '{}'>", module.name),
            },
            Value::Instance(instance) => self.repr_instance(instance)?,
            Value::Object(object) => Rc::clone(object).repr(self)?,
            Value::Native(function) if crate::builtins::is_function(&function.name) => {
                format!("<built-in function {}>", function.name)
            }
            Value::Native(function) => {
                return Err(
                    self.unreadable(format!("the text of `{}` is not modelled", function.name))
                );
            }
            Value::Function(_) | Value::Bound(_) | Value::Iter(_) => {
                return Err(self.unreadable(format!(
                    "the text of a {} holds an address in memory",
                    self.type_name(value)
                )));
            }
            Value::Opaque(opaque) => {
                return Err(self.unreadable(format!("the text of {} is not modelled", opaque.what)));
            }
            Value::Unknown(_) => {
                self.need_known(value, "the text of a value")?;
                String::new()
            }
        })
    }

    fn repr_all<'v>(&mut self, items: impl Iterator<Item = &'v Value>) -> R<Vec<String>> {
        let mut parts = Vec::new();
        for item in items {
            parts.push(self.to_repr(item)?);
        }
        Ok(parts)
    }

    fn repr_dict(&mut self, dict: &Dict) -> R<String> {
        let mut parts = Vec::new();
        for (key, value) in dict.iter() {
            parts.push(format!("{}: {}", self.to_repr(key)?, self.to_repr(value)?));
        }
        let braces = format!("{{{}}}", parts.join(", "));
        Ok(match dict.kind {
            crate::value::DictKind::Dict => braces,
            crate::value::DictKind::DefaultDict => {
                let factory = match &dict.default_factory {
                    Some(factory) => self.to_repr(factory)?,
                    None => "None".to_owned(),
                };
                format!("defaultdict({factory}, {braces})")
            }
            crate::value::DictKind::OrderedDict => {
                if dict.is_empty() {
                    "OrderedDict()".to_owned()
                } else {
                    let mut parts = Vec::new();
                    for (key, value) in dict.iter() {
                        parts.push(format!(
                            "({}, {})",
                            self.to_repr(key)?,
                            self.to_repr(value)?
                        ));
                    }
                    format!("OrderedDict([{}])", parts.join(", "))
                }
            }
            crate::value::DictKind::Counter => {
                if dict.is_empty() {
                    "Counter()".to_owned()
                } else {
                    let mut items: Vec<(Value, Value)> = dict
                        .iter()
                        .map(|(key, value)| (key.clone(), value.clone()))
                        .collect();
                    items.sort_by_key(|item| std::cmp::Reverse(item.1.as_int()));
                    let mut parts = Vec::new();
                    for (key, value) in &items {
                        parts.push(format!("{}: {}", self.to_repr(key)?, self.to_repr(value)?));
                    }
                    format!("Counter({{{}}})", parts.join(", "))
                }
            }
        })
    }

    fn repr_instance(&mut self, instance: &Rc<Instance>) -> R<String> {
        let this = Value::Instance(Rc::clone(instance));
        if let Some(method) = instance.class.lookup("__repr__") {
            return self.call_for_text(&method, this, "__repr__");
        }
        self.default_repr(instance)
    }

    /// `repr` of an instance whose class has no `__repr__` of its own.
    pub(crate) fn default_repr(&mut self, instance: &Rc<Instance>) -> R<String> {
        let this = Value::Instance(Rc::clone(instance));
        if instance.class.kind == ClassKind::Exception {
            let args = match instance.get("args") {
                Some(Value::Tuple(args)) => args,
                _ => Rc::from([]),
            };
            let parts = self.repr_all(args.iter())?;
            return Ok(format!("{}({})", instance.class.name, parts.join(", ")));
        }
        if instance.class.is_enum() {
            let value = instance.get("_value_").unwrap_or(Value::None);
            let value = self.to_repr(&value)?;
            let class = &instance.class.name;
            return Ok(match self.enum_name(instance).as_str() {
                "" => format!("<{class}: {value}>"),
                name => format!("<{class}.{name}: {value}>"),
            });
        }
        let shown = instance.class.mro().find_map(|class| {
            class
                .fields
                .borrow()
                .as_ref()
                .filter(|rules| rules.shows)
                .map(|rules| rules.repr.clone())
        });
        if let Some(names) = shown {
            let mut parts = Vec::new();
            for name in names {
                let value = self.get_attr(&this, &name)?;
                parts.push(format!("{name}={}", self.to_repr(&value)?));
            }
            // A named tuple shows its name alone, a dataclass what it is in.
            let class = &instance.class;
            let name = match class.builtin_base() {
                Some("tuple") => &class.name,
                _ => &class.qualname,
            };
            return Ok(format!("{name}({})", parts.join(", ")));
        }
        match instance.payload() {
            Some(payload) => {
                let text = self.to_repr(&payload)?;
                Ok(named_after(&payload, &text, &instance.class.name).unwrap_or(text))
            }
            None => Err(self.unreadable(format!(
                "the text of a {} object holds an address in memory",
                instance.class.name
            ))),
        }
    }

    /// The name of the type of a value, as Python's messages show it.
    #[must_use]
    pub fn type_name(&self, value: &Value) -> String {
        match value {
            Value::Instance(instance) => instance.class.name.to_string(),
            Value::Object(object) => object.type_name(),
            Value::Class(class) if class.is_enum() => "EnumType".to_owned(),
            _ => builtin_type_name(value).to_owned(),
        }
    }

    /// The class of a value; none when it is unknown or its model has no class.
    pub fn class_of(&mut self, value: &Value) -> Option<Rc<Class>> {
        match value {
            Value::Instance(instance) => Some(Rc::clone(&instance.class)),
            Value::Object(object) => Rc::clone(object).class(self),
            Value::Unknown(_) | Value::Opaque(_) => None,
            Value::Class(class) => Some(self.class_of_class(class)),
            // What is a function here may be a class.
            Value::Native(function) if !crate::builtins::is_function(&function.name) => None,
            // The types of most iterators have no names here.
            _ => self.types().find(builtin_type_name(value)),
        }
    }

    /// The class of a class: `type`, or a metaclass whose methods are followed.
    pub(crate) fn class_of_class(&mut self, class: &Class) -> Rc<Class> {
        match &class.metaclass {
            Some(metaclass) => Rc::clone(metaclass),
            None => Rc::clone(&self.types().type_),
        }
    }
}

/// The name of the type of a builtin value.
pub(crate) fn builtin_type_name(value: &Value) -> &'static str {
    match value {
        Value::None => "NoneType",
        Value::Ellipsis => "ellipsis",
        Value::NotImplemented => "NotImplementedType",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Float(_) => "float",
        Value::Str(_) => "str",
        Value::Bytes(_) => "bytes",
        Value::Tuple(_) => "tuple",
        Value::List(_) => "list",
        Value::Dict(dict) => match dict.try_borrow().map(|dict| dict.kind) {
            Ok(crate::value::DictKind::DefaultDict) => "defaultdict",
            Ok(crate::value::DictKind::OrderedDict) => "OrderedDict",
            Ok(crate::value::DictKind::Counter) => "Counter",
            _ => "dict",
        },
        Value::Set(_) => "set",
        Value::FrozenSet(_) => "frozenset",
        Value::Range(_) => "range",
        Value::Slice(_) => "slice",
        Value::Function(_) => "function",
        Value::Native(_) => "builtin_function_or_method",
        Value::Bound(_) => "method",
        Value::Class(_) => "type",
        Value::Instance(_) | Value::Object(_) => "object",
        Value::Module(_) => "module",
        Value::Iter(iter) => iter.kind,
        Value::Opaque(_) | Value::Unknown(_) => "object",
    }
}

/// The text of a container that shows the name of its class, for a class that derives from it.
fn named_after(payload: &Value, text: &str, name: &str) -> Option<String> {
    match payload {
        Value::Set(set) if !set.borrow().is_empty() => Some(format!("{name}({text})")),
        Value::Set(_) => Some(format!("{name}()")),
        Value::FrozenSet(_) => Some(format!("{name}{}", text.strip_prefix("frozenset")?)),
        Value::Dict(dict) if dict.borrow().kind != crate::value::DictKind::Dict => {
            let (_, rest) = text.split_once('(')?;
            Some(format!("{name}({rest}"))
        }
        Value::Object(object) if object.type_name() == "collections.deque" => {
            let (_, rest) = text.split_once('(')?;
            Some(format!("{name}({rest}"))
        }
        _ => None,
    }
}

fn repr_class(class: &Rc<Class>) -> String {
    if class.is_enum() {
        let kind = match crate::modules::enum_::is_flag(class) {
            true => "flag",
            false => "enum",
        };
        return format!("<{kind} '{}'>", class.name);
    }
    if &*class.module == "builtins" {
        format!("<class '{}'>", class.qualname)
    } else {
        format!("<class '{}.{}'>", class.module, class.qualname)
    }
}

/// `repr` of bytes.
pub(crate) fn repr_bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        b'"'
    } else {
        b'\''
    };
    let mut out = String::from("b");
    out.push(char::from(quote));
    for byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            byte if *byte == quote => {
                out.push('\\');
                out.push(char::from(quote));
            }
            b' '..=b'~' => out.push(char::from(*byte)),
            byte => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push(char::from(quote));
    out
}
