//! `dataclasses`.

use std::rc::Rc;

use crate::args::{Args, missing_message};
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, Dict, FieldRules, Module, NativeObject, Str, Value};

/// A field of a dataclass.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) default: Option<Value>,
    pub(crate) default_factory: Option<Value>,
    pub(crate) init: bool,
    pub(crate) repr: bool,
    pub(crate) compare: bool,
    /// Whether `hash()` sees it, where that is said.
    pub(crate) hash: Option<bool>,
    pub(crate) kw_only: bool,
}

impl NativeObject for Field {
    fn type_name(&self) -> String {
        "Field".to_owned()
    }
}

/// A field with its name, as `fields()` gives it.
struct NamedField {
    name: Str,
    field: Field,
}

impl NativeObject for NamedField {
    fn type_name(&self) -> String {
        "Field".to_owned()
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "name" => Some(Value::Str(Rc::clone(&self.name))),
            "default" => self.field.default.clone(),
            "default_factory" => self.field.default_factory.clone(),
            "init" => Some(Value::Bool(self.field.init)),
            _ => None,
        })
    }
}

/// `dataclasses.FrozenInstanceError`.
pub(crate) fn frozen_error(ev: &mut Interp<'_>) -> Rc<Class> {
    let base = ev.types().exception("AttributeError");
    let class = ev.world().extension("dataclasses.FrozenInstanceError", || {
        crate::eval::Types::new_exception("FrozenInstanceError", "dataclasses", &base)
    });
    Rc::clone(&class)
}

fn flag(ev: &mut Interp<'_>, args: &Args, name: &str, default: bool) -> R<bool> {
    match args.keyword(name) {
        Some(value) => ev.truth(&value.clone(), &format!("`{name}`")),
        None => Ok(default),
    }
}

/// `field(...)`.
fn field(ev: &mut Interp<'_>, args: Args) -> R {
    let optional = |name: &str| args.keyword(name).cloned();
    Ok(Value::object(Field {
        default: optional("default"),
        default_factory: optional("default_factory"),
        init: flag(ev, &args, "init", true)?,
        repr: flag(ev, &args, "repr", true)?,
        compare: flag(ev, &args, "compare", true)?,
        hash: match args.keyword("hash").cloned() {
            None | Some(Value::None) => None,
            Some(value) => Some(ev.truth(&value, "`hash`")?),
        },
        kw_only: flag(ev, &args, "kw_only", false)?,
    }))
}

/// `@dataclass` and `@dataclass(...)`.
fn dataclass(ev: &mut Interp<'_>, args: Args) -> R {
    let options = Options {
        init: flag(ev, &args, "init", true)?,
        repr: flag(ev, &args, "repr", true)?,
        eq: flag(ev, &args, "eq", true)?,
        order: flag(ev, &args, "order", false)?,
        frozen: flag(ev, &args, "frozen", false)?,
        unsafe_hash: flag(ev, &args, "unsafe_hash", false)?,
        kw_only: flag(ev, &args, "kw_only", false)?,
        slots: flag(ev, &args, "slots", false)?,
    };
    match args.get(0) {
        Some(Value::Class(class)) => {
            process(ev, class, &options)?;
            Ok(Value::Class(Rc::clone(class)))
        }
        Some(other) if !other.is_none() => Ok(other.clone()),
        _ => Ok(Value::native("dataclass", move |ev, args| {
            match args.get(0) {
                Some(Value::Class(class)) => {
                    process(ev, class, &options)?;
                    Ok(Value::Class(Rc::clone(class)))
                }
                other => Ok(other.cloned().unwrap_or(Value::None)),
            }
        })),
    }
}

struct Options {
    init: bool,
    repr: bool,
    eq: bool,
    order: bool,
    frozen: bool,
    unsafe_hash: bool,
    kw_only: bool,
    slots: bool,
}

/// What becomes of `__hash__`, by the table in `dataclasses`.
enum Hash {
    Keep,
    Refuse,
    Add,
}

fn process(ev: &mut Interp<'_>, class: &Rc<Class>, options: &Options) -> R<()> {
    let mut fields: Vec<(Str, Field)> = Vec::new();
    let bases: Vec<Rc<Class>> = class.mro_tail.iter().rev().cloned().collect();
    for base in bases {
        if let Some(rules) = base.fields.borrow().as_ref() {
            for (name, field) in &rules.fields {
                fields.retain(|(known, _)| known != name);
                fields.push((Rc::clone(name), field.clone()));
            }
        }
    }
    let annotations = class.annotations.borrow().clone();
    let mut kw_only = options.kw_only;
    for annotation in annotations {
        let text = annotation.text.trim();
        let head = text
            .trim_start_matches(['"', '\''])
            .trim_start_matches("typing.")
            .trim_start_matches("t.");
        if head.starts_with("ClassVar") {
            continue;
        }
        if head.starts_with("InitVar") || head.starts_with("dataclasses.InitVar") {
            return Err(ev.unreadable("`InitVar` is not modelled"));
        }
        if head.ends_with("KW_ONLY") {
            kw_only = true;
            continue;
        }
        let name = Rc::clone(&annotation.name);
        let assigned = class.attrs.borrow().get(&*name).cloned();
        let mut made = match &assigned {
            Some(value) => match value.downcast_ref::<Field>() {
                Some(field) => field.clone(),
                None => {
                    if matches!(value, Value::List(_) | Value::Dict(_) | Value::Set(_)) {
                        let shown = ev.class_of(value).map(Value::Class);
                        let shown = match shown {
                            Some(shown) => ev.to_repr(&shown)?,
                            None => String::new(),
                        };
                        return Err(ev.raise(
                            "ValueError",
                            format!("mutable default {shown} for field {name} is not allowed: use default_factory"),
                        ));
                    }
                    plain(Some(value.clone()))
                }
            },
            None => plain(None),
        };
        made.kw_only = made.kw_only || kw_only;
        match &made.default {
            Some(default) => class.set(&name, default.clone()),
            None => {
                class.attrs.borrow_mut().shift_remove(&*name);
            }
        }
        match fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, slot)) => *slot = made,
            None => fields.push((name, made)),
        }
    }
    let mut default_seen: Option<Str> = None;
    for (name, field) in fields
        .iter()
        .filter(|(_, field)| field.init && !field.kw_only)
    {
        if field.default.is_some() || field.default_factory.is_some() {
            default_seen = Some(Rc::clone(name));
        } else if default_seen.is_some() {
            return Err(ev.raise(
                "TypeError",
                format!("non-default argument '{name}' follows default argument"),
            ));
        }
    }
    let names = |pick: fn(&Field) -> bool| -> Vec<Str> {
        fields
            .iter()
            .filter(|(_, field)| pick(field))
            .map(|(name, _)| Rc::clone(name))
            .collect()
    };
    let own = |name: &str| class.attrs.borrow().contains_key(name);
    let own_hash = class.attrs.borrow().get("__hash__").cloned();
    let states_hash = own_hash.is_some_and(|hash| !(hash.is_none() && own("__eq__")));
    let hash = match (options.unsafe_hash, options.eq, options.frozen) {
        (true, ..) if states_hash => {
            let text = format!(
                "Cannot overwrite attribute __hash__ in class {}",
                class.name
            );
            return Err(ev.raise("TypeError", text));
        }
        (true, ..) => Hash::Add,
        (false, true, _) if states_hash => Hash::Keep,
        (false, true, true) => Hash::Add,
        (false, true, false) => Hash::Refuse,
        (false, false, _) => Hash::Keep,
    };
    if matches!(hash, Hash::Refuse) {
        class.set("__hash__", Value::None);
    }
    if options.order {
        if !options.eq {
            return Err(ev.raise("ValueError", "eq must be true if order is true"));
        }
        for name in ["__lt__", "__le__", "__gt__", "__ge__"] {
            if own(name) {
                let text = format!(
                    "Cannot overwrite attribute {name} in class {}. Consider using functools.total_ordering",
                    class.name
                );
                return Err(ev.raise("TypeError", text));
            }
        }
    }
    if options.frozen {
        for name in ["__setattr__", "__delattr__"] {
            if own(name) {
                let text = format!("Cannot overwrite attribute {name} in class {}", class.name);
                return Err(ev.raise("TypeError", text));
            }
        }
    }
    let rules = FieldRules {
        compare: names(|field| field.compare),
        repr: names(|field| field.repr),
        eq: options.eq && !own("__eq__"),
        order: options.order,
        hash: matches!(hash, Hash::Add),
        hashed: names(|field| field.hash.unwrap_or(field.compare)),
        shows: options.repr && !own("__repr__"),
        fields: fields.clone(),
    };
    let match_args = names(|field| field.init && !field.kw_only);
    if !own("__match_args__") {
        class.set(
            "__match_args__",
            Value::tuple(match_args.into_iter().map(Value::Str).collect()),
        );
    }
    let shows = rules.shows;
    *class.fields.borrow_mut() = Some(rules);
    if shows {
        // It stands before one of a class further up.
        class.set("__repr__", Value::native("__repr__", show));
    }
    if options.slots {
        if own("__slots__") {
            let text = format!("{} already specifies __slots__", class.name);
            return Err(ev.raise("TypeError", text));
        }
        let slots = fields.iter().map(|(name, _)| Value::Str(Rc::clone(name)));
        class.set("__slots__", Value::tuple(slots.collect()));
    }
    if options.init && !own("__init__") {
        let fields = Rc::new(fields);
        let frozen = options.frozen;
        let class_name = Rc::clone(&class.qualname);
        class.set(
            "__init__",
            Value::native("__init__", move |ev, args| {
                init(ev, &class_name, &fields, frozen, args)
            }),
        );
    }
    Ok(())
}

/// `__repr__` of a dataclass.
fn show(ev: &mut Interp<'_>, args: Args) -> R {
    match args.get(0) {
        Some(Value::Instance(instance)) => {
            let instance = Rc::clone(instance);
            ev.default_repr(&instance).map(Value::from)
        }
        _ => Ok(ev.unknown("this call of `__repr__` is not modelled")),
    }
}

fn plain(default: Option<Value>) -> Field {
    Field {
        default,
        default_factory: None,
        init: true,
        repr: true,
        compare: true,
        hash: None,
        kw_only: false,
    }
}

fn init(ev: &mut Interp<'_>, class: &str, fields: &[(Str, Field)], frozen: bool, args: Args) -> R {
    let mut positional = args.positional.into_iter();
    let Some(Value::Instance(this)) = positional.next() else {
        return Err(ev.raise(
            "TypeError",
            "__init__() missing 1 required positional argument: 'self'",
        ));
    };
    let function = format!("{class}.__init__");
    let mut keywords = args.keywords;
    let given: Vec<Value> = positional.collect();
    let count = given.len();
    let mut given = given.into_iter();
    let slots = fields
        .iter()
        .filter(|(_, field)| field.init && !field.kw_only)
        .count();
    if count > slots {
        let required = fields
            .iter()
            .filter(|(_, field)| {
                field.init
                    && !field.kw_only
                    && field.default.is_none()
                    && field.default_factory.is_none()
            })
            .count();
        let takes = if required == slots {
            (slots + 1).to_string()
        } else {
            format!("from {} to {}", required + 1, slots + 1)
        };
        let plural = if slots + 1 == 1 { "" } else { "s" };
        return Err(ev.raise(
            "TypeError",
            format!(
                "{function}() takes {takes} positional argument{plural} but {} were given",
                count + 1
            ),
        ));
    }
    let mut missing = Vec::new();
    let mut values = Vec::new();
    for (name, field) in fields
        .iter()
        .filter(|(_, field)| field.init && !field.kw_only)
    {
        if let Some(value) = given.next() {
            if keywords.iter().any(|(key, _)| key == name) {
                return Err(ev.raise(
                    "TypeError",
                    format!("{function}() got multiple values for argument '{name}'"),
                ));
            }
            values.push((Rc::clone(name), value));
            continue;
        }
        match keywords.iter().position(|(key, _)| key == name) {
            Some(at) => values.push((Rc::clone(name), keywords.remove(at).1)),
            None if field.default.is_some() || field.default_factory.is_some() => {}
            None => missing.push(&**name),
        }
    }
    if !missing.is_empty() {
        return Err(ev.raise(
            "TypeError",
            missing_message(&function, "positional", &missing),
        ));
    }
    for (name, field) in fields
        .iter()
        .filter(|(_, field)| field.init && field.kw_only)
    {
        match keywords.iter().position(|(key, _)| key == name) {
            Some(at) => values.push((Rc::clone(name), keywords.remove(at).1)),
            None if field.default.is_some() || field.default_factory.is_some() => {}
            None => missing.push(&**name),
        }
    }
    if !missing.is_empty() {
        return Err(ev.raise(
            "TypeError",
            missing_message(&function, "keyword-only", &missing),
        ));
    }
    if let Some((key, _)) = keywords.first() {
        return Err(ev.raise(
            "TypeError",
            format!("{function}() got an unexpected keyword argument '{key}'"),
        ));
    }
    for (name, field) in fields {
        let value = match values.iter().position(|(key, _)| key == name) {
            Some(at) => values.swap_remove(at).1,
            None => match (&field.default, &field.default_factory) {
                (Some(default), _) => default.clone(),
                (None, Some(factory)) => ev.call(factory, Args::none())?,
                (None, None) => continue,
            },
        };
        if frozen {
            this.set(name, value);
        } else {
            ev.set_attr(&Value::Instance(Rc::clone(&this)), name, value)?;
        }
    }
    if let Some(post) = this.class.lookup("__post_init__") {
        let bound = ev.bind_to(&post, Value::Instance(Rc::clone(&this)))?;
        ev.call(&bound, Args::none())?;
    }
    if frozen {
        this.frozen.set(true);
    }
    Ok(Value::None)
}

/// The fields of a dataclass or of an instance of one.
fn rules_of(value: &Value) -> Option<Vec<(Str, Field)>> {
    let class = match value {
        Value::Class(class) => class,
        Value::Instance(instance) => &instance.class,
        _ => return None,
    };
    class.mro().find_map(|class| {
        class
            .fields
            .borrow()
            .as_ref()
            .map(|rules| rules.fields.clone())
    })
}

fn not_dataclass(ev: &Interp<'_>, function: &str) -> crate::flow::Flow {
    ev.raise(
        "TypeError",
        format!("{function}() should be called on dataclass instances"),
    )
}

fn fields(ev: &mut Interp<'_>, args: Args) -> R {
    let value = args.get(0).cloned().unwrap_or(Value::None);
    if value.is_unknown() {
        return Ok(value);
    }
    match rules_of(&value) {
        Some(fields) => Ok(Value::tuple(
            fields
                .into_iter()
                .map(|(name, field)| Value::object(NamedField { name, field }))
                .collect(),
        )),
        None => Err(ev.raise(
            "TypeError",
            "must be called with a dataclass type or instance",
        )),
    }
}

fn convert(ev: &mut Interp<'_>, value: &Value, as_dict: bool) -> R {
    if let (Value::Instance(_), Some(fields)) = (value, rules_of(value)) {
        let mut items = Vec::new();
        for (name, _) in fields {
            let inner = ev.get_attr(value, &name)?;
            items.push((name, convert(ev, &inner, as_dict)?));
        }
        return Ok(if as_dict {
            Value::dict(Dict::from_pairs(items))
        } else {
            Value::tuple(items.into_iter().map(|(_, value)| value).collect())
        });
    }
    Ok(match value {
        Value::List(items) => {
            let items = items.borrow().clone();
            let mut out = Vec::new();
            for item in &items {
                out.push(convert(ev, item, as_dict)?);
            }
            Value::list(out)
        }
        Value::Tuple(items) => {
            let mut out = Vec::new();
            for item in items.iter() {
                out.push(convert(ev, item, as_dict)?);
            }
            Value::tuple(out)
        }
        Value::Dict(dict) => {
            let dict = dict.borrow().clone();
            let mut out = Dict::new();
            for ((key, value), (hash, _)) in dict.iter().zip(dict.entries()) {
                let value = convert(ev, value, as_dict)?;
                out.insert(hash.clone(), key.clone(), value);
            }
            Value::dict(out)
        }
        other => other.clone(),
    })
}

fn as_dict(ev: &mut Interp<'_>, args: Args) -> R {
    let value = args.get(0).cloned().unwrap_or(Value::None);
    if value.is_unknown() {
        return Ok(value);
    }
    if rules_of(&value).is_none() {
        return Err(not_dataclass(ev, "asdict"));
    }
    convert(ev, &value, true)
}

fn as_tuple(ev: &mut Interp<'_>, args: Args) -> R {
    let value = args.get(0).cloned().unwrap_or(Value::None);
    if value.is_unknown() {
        return Ok(value);
    }
    if rules_of(&value).is_none() {
        return Err(not_dataclass(ev, "astuple"));
    }
    convert(ev, &value, false)
}

fn replace(ev: &mut Interp<'_>, args: Args) -> R {
    let value = args.get(0).cloned().unwrap_or(Value::None);
    let (Value::Instance(instance), Some(fields)) = (&value, rules_of(&value)) else {
        return Err(not_dataclass(ev, "replace"));
    };
    let mut changes = Args {
        positional: Vec::new(),
        keywords: args.keywords,
    };
    for (name, field) in fields {
        if field.init && changes.keyword(&name).is_none() {
            let current = ev.get_attr(&value, &name)?;
            changes.keywords.push((name, current));
        }
    }
    ev.call(&Value::Class(Rc::clone(&instance.class)), changes)
}

/// `dataclasses`.
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let frozen = frozen_error(ev);
    Ok(Module::native(
        "dataclasses",
        [
            ("dataclass", Value::native("dataclass", dataclass)),
            ("field", Value::native("field", field)),
            ("fields", Value::native("fields", fields)),
            ("asdict", Value::native("asdict", as_dict)),
            ("astuple", Value::native("astuple", as_tuple)),
            ("replace", Value::native("replace", replace)),
            (
                "is_dataclass",
                Value::native("is_dataclass", |_, args| {
                    Ok(Value::Bool(
                        args.get(0).is_some_and(|value| rules_of(value).is_some()),
                    ))
                }),
            ),
            ("FrozenInstanceError", Value::Class(frozen)),
            ("KW_ONLY", Value::opaque("KW_ONLY")),
        ],
    ))
}
