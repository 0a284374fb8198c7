//! `enum`.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::modules::descriptors::{ClassMethod, Property, StaticMethod};
use crate::value::{
    BinOp, BoundTarget, Class, ClassKind, Dict, Instance, Module, NativeObject, Str, Value,
};

/// Where a class keeps its members by name, aliases included.
const MEMBER_MAP: &str = "_member_map_";

/// `auto()`.
struct Auto;

impl NativeObject for Auto {
    fn type_name(&self) -> String {
        "auto".to_owned()
    }

    fn binary(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        op: BinOp,
        other: &Value,
        reflected: bool,
    ) -> R<Option<Value>> {
        combined(ev, op, Value::Object(self), other, reflected)
    }
}

/// `READ | WRITE` where both are `auto()`: known when the class is complete.
struct Combination {
    op: BinOp,
    left: Value,
    right: Value,
}

fn combined(
    ev: &Interp<'_>,
    op: BinOp,
    this: Value,
    other: &Value,
    reflected: bool,
) -> R<Option<Value>> {
    if !matches!(op, BinOp::Or | BinOp::And | BinOp::Xor) {
        return Ok(Some(ev.unknown("this use of `auto()` is not modelled")));
    }
    let (left, right) = match reflected {
        true => (other.clone(), this),
        false => (this, other.clone()),
    };
    Ok(Some(Value::object(Combination { op, left, right })))
}

impl NativeObject for Combination {
    fn type_name(&self) -> String {
        "auto".to_owned()
    }

    fn binary(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        op: BinOp,
        other: &Value,
        reflected: bool,
    ) -> R<Option<Value>> {
        combined(ev, op, Value::Object(self), other, reflected)
    }
}

/// The value of an expression of `auto()`s, once they have theirs.
fn resolve(ev: &mut Interp<'_>, value: &Value, known: &[(usize, Value)]) -> R {
    if let Some(combination) = value.downcast_ref::<Combination>() {
        let left = resolve(ev, &combination.left, known)?;
        let right = resolve(ev, &combination.right, known)?;
        return ev.binary(combination.op, &left, &right);
    }
    if value.downcast_ref::<Auto>().is_some() {
        let found = known
            .iter()
            .find(|(identity, _)| Some(*identity) == value.identity());
        return Ok(match found {
            Some((_, value)) => value.clone(),
            None => ev.unknown("this use of `auto()` is not modelled"),
        });
    }
    Ok(value.clone())
}

fn map_of(class: &Rc<Class>) -> Dict {
    match class.attrs.borrow().get(MEMBER_MAP) {
        Some(Value::Dict(dict)) => dict.borrow().clone(),
        _ => Dict::new(),
    }
}

/// The members that a class is iterated over: of flags only those of one bit, since the others are names of combinations.
#[must_use]
pub(crate) fn members(class: &Rc<Class>) -> Vec<Value> {
    let mut found = named(class);
    if is_flag(class) {
        found.retain(|member| bit(member) > 0 && bit(member).count_ones() == 1);
    }
    found
}

/// The members of an enum class, without aliases.
fn named(class: &Rc<Class>) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for (name, member) in map_of(class).iter() {
        let own_name = member_name(member);
        if own_name.is_some() && own_name == name.as_str() {
            found.push(member.clone());
        }
    }
    found
}

/// True for a class that has its own member of this name.
pub(crate) fn has_member(class: &Rc<Class>, name: &str) -> bool {
    class.is_enum() && map_of(class).get_str(name).is_some()
}

fn member_name(member: &Value) -> Option<Str> {
    match member {
        Value::Instance(instance) => instance.get("_name_")?.as_str(),
        _ => None,
    }
}

/// `Class.__members__`.
pub(crate) fn members_dict(_ev: &mut Interp<'_>, class: &Rc<Class>) -> R {
    Ok(Value::dict(map_of(class)))
}

/// `member.name`, `member.value`.
pub(crate) fn member_attr(instance: &Rc<Instance>, name: &str) -> Option<Value> {
    match name {
        "name" => instance.get("_name_"),
        "value" => instance.get("_value_"),
        _ => None,
    }
}

/// True for `Flag`, `IntFlag` and the classes that derive from them.
pub(crate) fn is_flag(class: &Rc<Class>) -> bool {
    class
        .mro()
        .any(|base| &*base.name == "Flag" && &*base.module == "enum")
}

/// `Class(value)`, and the functional form `Enum("Name", ...)`.
pub(crate) fn call_enum(ev: &mut Interp<'_>, class: &Rc<Class>, args: Args) -> R {
    let has_members = !map_of(class).is_empty();
    if !has_members {
        return functional(ev, class, args);
    }
    let Some(value) = args
        .get(0)
        .cloned()
        .or_else(|| args.keyword("value").cloned())
    else {
        return Err(ev.raise(
            "TypeError",
            "EnumType.__call__() missing 1 required positional argument: 'value'",
        ));
    };
    if value.is_unknown() {
        return Ok(value);
    }
    if let Value::Instance(instance) = &value
        && Rc::ptr_eq(&instance.class, class)
    {
        return Ok(value);
    }
    let mut unknown = None;
    for member in named(class) {
        let own = ev.get_attr(&member, "_value_")?;
        match ev.equal_or_unknown(&own, &value)? {
            Ok(true) => return Ok(member),
            Ok(false) => {}
            Err(because) => unknown = Some(because),
        }
    }
    if let Some(unknown) = unknown {
        return Ok(unknown);
    }
    if let Some(missing) = class.lookup("_missing_") {
        let bound = ev.bind_to(&missing, Value::Class(Rc::clone(class)))?;
        let found = ev.call(&bound, Args::positional(vec![value.clone()]))?;
        if !found.is_none() {
            return Ok(found);
        }
    }
    if is_flag(class)
        && let Some(bits) = value.as_i64()
    {
        return flag_value(ev, class, bits);
    }
    let shown = ev.to_repr(&value)?;
    Err(ev.raise(
        "ValueError",
        format!("{shown} is not a valid {}", class.qualname),
    ))
}

/// A combination of flags.
fn flag_value(ev: &mut Interp<'_>, class: &Rc<Class>, bits: i64) -> R {
    let known = named(class)
        .iter()
        .fold(0, |known, member| known | bit(member));
    if bits < 0 {
        return Ok(ev.unknown("a negative value of a flag is not modelled"));
    }
    let left = bits & !known;
    if left != 0 && class.builtin_base().is_none() {
        let shown = ev.to_repr(&Value::Class(Rc::clone(class)))?;
        let digits = usize::try_from(64 - (bits.max(known)).leading_zeros()).unwrap_or(0);
        let binary = |bits: i64| format!("0b0 {bits:0digits$b}");
        return Err(ev.raise(
            "ValueError",
            format!(
                "{shown} invalid value {bits}\n    given {}\n  allowed {}",
                binary(bits),
                binary(known)
            ),
        ));
    }
    for member in named(class) {
        if let Value::Instance(instance) = &member
            && instance.get("_value_").and_then(|value| value.as_i64()) == Some(bits)
        {
            return Ok(member);
        }
    }
    let payload = class.builtin_base().map(|_| Value::from(bits));
    let instance = Instance::new(Rc::clone(class), payload);
    let mut names: Vec<String> = members(class)
        .iter()
        .filter_map(|member| match member {
            Value::Instance(instance) => {
                let own = instance.get("_value_")?.as_i64()?;
                let name = instance.get("_name_")?.as_str()?;
                (own != 0 && own & bits == own).then(|| name.to_string())
            }
            _ => None,
        })
        .collect();
    if left != 0 && !names.is_empty() {
        names.push(left.to_string());
    }
    instance.set(
        "_name_",
        if names.is_empty() {
            Value::None
        } else {
            Value::from(names.join("|"))
        },
    );
    instance.set("_value_", Value::from(bits));
    Ok(Value::Instance(instance))
}

/// How many flags a member of a `Flag` has; none for anything else.
pub(crate) fn flags(instance: &Rc<Instance>) -> Option<usize> {
    if !instance.class.is_enum() || !instance.class.mro().any(|class| &*class.name == "Flag") {
        return None;
    }
    let bits = instance.get("_value_")?.as_i64()?;
    usize::try_from(bits.count_ones()).ok()
}

/// `Enum("Name", "a b c")`, `Enum("Name", {...})`, `Enum("Name", [("a", 1)])`.
fn functional(ev: &mut Interp<'_>, class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = crate::builtins::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(
        ev,
        &class.name,
        "value, names=, *, module=, qualname=, type=, start=, boundary=",
    )?;
    let name = args.take_or_none("value");
    let Some(name) = name.as_str() else {
        return Err(ev.unreadable("an enum without members is called"));
    };
    let names = args.take_or_none("names");
    let start = args
        .take("start")
        .and_then(|start| start.as_i64())
        .unwrap_or(1);
    let items = match &names {
        Value::None => return Err(ev.unreadable("an enum without members is called")),
        Value::Str(text) => text
            .replace(',', " ")
            .split_whitespace()
            .map(Value::from)
            .collect::<Vec<_>>(),
        Value::Dict(_) => ev
            .mapping_items(&names, "")?
            .into_iter()
            .map(|(key, value)| Value::tuple(vec![key, value]))
            .collect(),
        other => ev.iterate(other)?,
    };
    let vars = crate::value::Vars::default();
    for (index, item) in items.into_iter().enumerate() {
        let (key, value) = match &item {
            Value::Tuple(_) | Value::List(_) => match ev.iterate(&item)?.as_slice() {
                [key, value] => (key.clone(), value.clone()),
                _ => return Err(ev.raise("ValueError", "an enum member needs a name and a value")),
            },
            other => {
                let auto = if class.builtin_base() == Some("str") {
                    Value::object(Auto)
                } else {
                    Value::from(start.saturating_add(i64::try_from(index).unwrap_or(0)))
                };
                (other.clone(), auto)
            }
        };
        let Some(key) = key.as_str() else {
            return Err(ev.raise("TypeError", "an enum member needs a name"));
        };
        vars.borrow_mut().insert(key, value);
    }
    let mut bases = vec![Rc::clone(class)];
    if let Some(Value::Class(mixin)) = args.take("type") {
        bases.insert(0, mixin);
    }
    let module = ev.frames.last().map_or_else(
        || Str::from("enum"),
        |frame| Rc::clone(&frame.scope.module.name),
    );
    let location = ev.location();
    ev.make_class(crate::eval::ClassParts {
        qualname: Rc::clone(&name),
        name,
        module,
        bases,
        unknown_base: None,
        metaclass: None,
        keywords: Vec::new(),
        attrs: vars,
        annotations: Vec::new(),
        methods: Vec::new(),
        location,
    })
}

/// `Class["NAME"]`.
pub(crate) fn get_item(ev: &mut Interp<'_>, class: &Rc<Class>, key: &Value) -> R {
    if key.is_unknown() {
        return Ok(key.clone());
    }
    let hash = ev.hash_key(key)?;
    match map_of(class).get(&hash) {
        Some(member) => Ok(member.clone()),
        None => Err(ev.key_error(key)),
    }
}

/// `item in Class`.
pub(crate) fn contains(ev: &mut Interp<'_>, class: &Rc<Class>, item: &Value) -> R {
    if item.is_unknown() {
        return Ok(item.clone());
    }
    if let Value::Instance(instance) = item
        && instance.class.is_enum()
    {
        return Ok(Value::Bool(instance.class.is_subclass(class)));
    }
    if ev.world().inputs().python_version < (3, 12, 0) {
        let kind = ev.type_name(item);
        return Err(ev.raise(
            "TypeError",
            format!("unsupported operand type(s) for 'in': '{kind}' and 'EnumType'"),
        ));
    }
    for member in named(class) {
        let own = ev.get_attr(&member, "_value_")?;
        if ev.equals(&own, item)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

/// True for a name that stands for no member, whatever its value.
fn is_reserved(name: &str) -> bool {
    name.starts_with('_') && name.ends_with('_') || name.starts_with("__")
}

/// True for a class that the body of an enumeration defines, which is no member since Python 3.13.
fn is_inner_class(ev: &Interp<'_>, class: &Class, name: &str, value: &Value) -> bool {
    match value {
        Value::Class(inner) => {
            ev.world().inputs().python_version >= (3, 13, 0)
                && *inner.qualname == *format!("{}.{name}", class.qualname)
        }
        _ => false,
    }
}

/// True for a class attribute that becomes a member.
fn is_member(name: &str, value: &Value) -> bool {
    if is_reserved(name) {
        return false;
    }
    match value {
        Value::Function(_) | Value::Native(_) => false,
        Value::Class(class) => class.lookup("__get__").is_none(),
        Value::Bound(bound) => !matches!(bound.target, BoundTarget::Callable(_)),
        Value::Object(_) => {
            value.downcast_ref::<Property>().is_none()
                && value.downcast_ref::<StaticMethod>().is_none()
                && value.downcast_ref::<ClassMethod>().is_none()
        }
        Value::Instance(instance) => instance.class.lookup("__get__").is_none(),
        _ => true,
    }
}

/// Inside `__new__` of an enum class: a member without name and value yet.
pub(crate) fn new_member(ev: &mut Interp<'_>, class: &Rc<Class>, args: Args) -> R {
    let payload = match class.builtin_base() {
        Some(builtin) => Some(crate::builtins::construct(ev, builtin, args)?),
        None => None,
    };
    Ok(Value::Instance(Instance::new(Rc::clone(class), payload)))
}

fn auto_value(ev: &mut Interp<'_>, class: &Rc<Class>, name: &str, before: &[Value]) -> R {
    if let Some(generate) = class.lookup("_generate_next_value_") {
        let function = match generate.downcast_ref::<StaticMethod>() {
            Some(method) => method.0.clone(),
            None => generate,
        };
        let count = Value::from(before.len());
        let args = vec![
            Value::from(name),
            Value::int(1_i64),
            count,
            Value::list(before.to_vec()),
        ];
        return ev.call(&function, Args::positional(args));
    }
    if class
        .mro()
        .any(|base| &*base.name == "StrEnum" && &*base.module == "enum")
    {
        return Ok(Value::from(name.to_lowercase()));
    }
    let highest = before.iter().filter_map(Value::as_i64).max();
    Ok(Value::from(if is_flag(class) {
        highest
            .filter(|highest| *highest > 0)
            .map_or(1, |highest| 1_i64 << (64 - highest.leading_zeros()).min(62))
    } else {
        highest.unwrap_or(0).saturating_add(1)
    }))
}

/// Turns the attributes of a new enum class into members. What a decorator that is not understood makes of a method is none.
pub(crate) fn finish_class(ev: &mut Interp<'_>, class: &Rc<Class>, methods: &[Str]) -> R<()> {
    for base in class.mro().skip(1) {
        if base.is_enum() && !map_of(base).is_empty() {
            let (new, old) = (
                Value::Class(Rc::clone(class)),
                Value::Class(Rc::clone(base)),
            );
            let (new, old) = (ev.to_repr(&new)?, ev.to_repr(&old)?);
            return Err(ev.raise("TypeError", format!("{new} cannot extend {old}")));
        }
    }
    let attrs: Vec<(Str, Value)> = class
        .attrs
        .borrow()
        .iter()
        .map(|(name, value)| (Rc::clone(name), value.clone()))
        .collect();
    let mut map = Dict::new();
    let mut made: Vec<Value> = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let mut autos = Vec::new();
    let own_new = class.lookup("__new__");
    let own_init = class.lookup("__init__");
    for (name, value) in attrs {
        // Python has classes and functions, of which these are and those are not members, for what is native here.
        let is_doubtful = matches!(value, Value::Native(_)) && !is_reserved(&name);
        if &*name == "_ignore_" || is_doubtful {
            let what = format!(
                "`{name}` in the enumeration `{}` is not modelled",
                class.name
            );
            return Err(ev.unreadable(what));
        }
        if !is_member(&name, &value)
            || is_inner_class(ev, class, &name, &value)
            || (value.is_unknown() && methods.contains(&name))
        {
            continue;
        }
        let mut value = value;
        if value.downcast_ref::<Combination>().is_some() {
            value = resolve(ev, &value, &autos)?;
        } else if value.downcast_ref::<Auto>().is_some() {
            let identity = value.identity().unwrap_or_default();
            value = auto_value(ev, class, &name, &values)?;
            autos.push((identity, value.clone()));
        } else if let Value::Tuple(items) = &value
            && items
                .iter()
                .any(|item| item.downcast_ref::<Auto>().is_some())
        {
            let mut replaced = Vec::new();
            for item in items.iter() {
                replaced.push(match item.downcast_ref::<Auto>() {
                    Some(_) => auto_value(ev, class, &name, &values)?,
                    None => item.clone(),
                });
            }
            value = Value::tuple(replaced);
        }
        let args = match &value {
            Value::Tuple(items) => items.to_vec(),
            other => vec![other.clone()],
        };
        let instance = match &own_new {
            Some(new) => {
                let function = match new.downcast_ref::<StaticMethod>() {
                    Some(method) => method.0.clone(),
                    None => new.clone(),
                };
                let mut with_class = vec![Value::Class(Rc::clone(class))];
                with_class.extend(args.iter().cloned());
                match ev.call(&function, Args::positional(with_class))? {
                    Value::Instance(instance) => instance,
                    other => {
                        ev.need_known(&other, "a member of an enum")?;
                        return Err(
                            ev.unreadable("`__new__` of an enum gives something that is no member")
                        );
                    }
                }
            }
            None => {
                let payload = match class.builtin_base() {
                    _ if value.is_unknown() => None,
                    Some("tuple") => Some(value.clone()),
                    Some(builtin) => Some(crate::builtins::construct(
                        ev,
                        builtin,
                        Args::positional(args.clone()),
                    )?),
                    None => None,
                };
                Instance::new(Rc::clone(class), payload)
            }
        };
        let own_value = match instance.get("_value_") {
            Some(own) => own,
            None => match (instance.payload(), &value) {
                (Some(payload), Value::Tuple(items)) if items.len() > 1 && own_new.is_none() => {
                    payload
                }
                (Some(payload), _)
                    if own_new.is_none() && class.builtin_base() != Some("tuple") =>
                {
                    payload
                }
                _ => value.clone(),
            },
        };
        instance.set("_name_", Value::Str(Rc::clone(&name)));
        instance.set("_value_", own_value.clone());
        if let Some(init) = &own_init {
            let bound = ev.bind_to(init, Value::Instance(Rc::clone(&instance)))?;
            ev.call(&bound, Args::positional(args))?;
        }
        let mut member = Value::Instance(instance);
        for (known, known_value) in made.iter().zip(&values) {
            if let Ok(true) = ev.equal_or_unknown(known_value, &own_value)? {
                member = known.clone();
                break;
            }
        }
        class.set(&name, member.clone());
        map.insert_str(name, member.clone());
        made.push(member);
        values.push(own_value);
    }
    class.set(MEMBER_MAP, Value::dict(map));
    Ok(())
}

/// `|`, `&`, `^` of flags.
fn flag_operator(op: BinOp) -> Value {
    Value::native("operator", move |ev, args| {
        let (Some(left), Some(right)) = (args.get(0), args.get(1)) else {
            return Ok(Value::NotImplemented);
        };
        let Value::Instance(instance) = left else {
            return Ok(Value::NotImplemented);
        };
        let bits = |value: &Value| match value {
            Value::Instance(instance) => instance.get("_value_").and_then(|value| value.as_i64()),
            other => other.as_i64(),
        };
        let (Some(left_bits), Some(right_bits)) = (bits(left), bits(right)) else {
            return Ok(Value::NotImplemented);
        };
        let result = ev.binary(op, &Value::from(left_bits), &Value::from(right_bits))?;
        flag_value(ev, &instance.class, result.as_i64().unwrap_or(-1))
    })
}

/// Members of one bit that a flag holds, in the order of the class.
fn bits_of(value: Option<&Value>) -> Option<(Rc<Class>, i64, Vec<Value>)> {
    let Some(Value::Instance(instance)) = value else {
        return None;
    };
    let bits = instance.get("_value_")?.as_i64()?;
    let mut singles = Vec::new();
    for member in members(&instance.class) {
        let own = match &member {
            Value::Instance(member) => member.get("_value_")?.as_i64()?,
            _ => return None,
        };
        if own > 0 && own.count_ones() == 1 {
            singles.push(member);
        }
    }
    Some((Rc::clone(&instance.class), bits, singles))
}

fn bit(member: &Value) -> i64 {
    match member {
        Value::Instance(member) => member.get("_value_").and_then(|it| it.as_i64()),
        _ => None,
    }
    .unwrap_or_default()
}

/// `~flag`: the other bits of the class.
fn inverted(ev: &mut Interp<'_>, args: Args) -> R {
    match bits_of(args.get(0)) {
        Some((class, bits, singles)) if class.builtin_base().is_none() => {
            let mask = singles.iter().fold(0, |mask, member| mask | bit(member));
            flag_value(ev, &class, mask & !bits)
        }
        _ => Ok(ev.unknown("`~` of this flag is not modelled")),
    }
}

/// `iter(flag)`
fn single_bits(ev: &mut Interp<'_>, args: Args) -> R {
    let Some((_, bits, singles)) = bits_of(args.get(0)) else {
        return Ok(ev.unknown("the bits of this flag are not modelled"));
    };
    let held = singles.into_iter().filter(|member| bits & bit(member) != 0);
    ev.get_iter(&Value::list(held.collect()))
}

/// The modelled classes, made once in a world.
pub(crate) struct EnumClasses {
    pub(crate) enum_: Rc<Class>,
    repr_enum: Rc<Class>,
    int_enum: Rc<Class>,
    str_enum: Rc<Class>,
    flag: Rc<Class>,
    int_flag: Rc<Class>,
}

pub(crate) fn classes(ev: &mut Interp<'_>) -> Rc<EnumClasses> {
    let (int, str_) = (ev.types().get("int"), ev.types().get("str"));
    ev.world().extension("enum", || {
        let make = |name: &str, bases: Vec<Rc<Class>>| {
            Class::build(name, "enum", bases, ClassKind::Enum, None)
        };
        let enum_ = make("Enum", Vec::new());
        let repr_enum = make("ReprEnum", vec![Rc::clone(&enum_)]);
        let int_enum = make("IntEnum", vec![int.clone(), Rc::clone(&repr_enum)]);
        let str_enum = make("StrEnum", vec![str_, Rc::clone(&repr_enum)]);
        let flag = make("Flag", vec![Rc::clone(&enum_)]);
        let int_flag = make("IntFlag", vec![int, Rc::clone(&flag)]);
        for class in [&repr_enum, &int_flag] {
            class.set("__repr_enum__", Value::Bool(true));
        }
        for (op, names) in [
            (BinOp::Or, ["__or__", "__ror__"]),
            (BinOp::And, ["__and__", "__rand__"]),
            (BinOp::Xor, ["__xor__", "__rxor__"]),
        ] {
            for name in names {
                flag.set(name, flag_operator(op));
            }
        }
        flag.set("__invert__", Value::native("__invert__", inverted));
        flag.set("__iter__", Value::native("__iter__", single_bits));
        flag.set(
            "__bool__",
            Value::native("__bool__", |_, args| {
                let bits = args.get(0).and_then(|value| match value {
                    Value::Instance(instance) => instance.get("_value_")?.as_i64(),
                    _ => None,
                });
                Ok(Value::Bool(bits.unwrap_or(0) != 0))
            }),
        );
        flag.set(
            "__contains__",
            Value::native("__contains__", |ev, args| {
                let bits = |value: Option<&Value>| match value {
                    Some(Value::Instance(instance)) => {
                        instance.get("_value_").and_then(|value| value.as_i64())
                    }
                    _ => None,
                };
                match (bits(args.get(0)), bits(args.get(1))) {
                    (Some(whole), Some(part)) => Ok(Value::Bool(whole & part == part)),
                    _ => Err(ev.raise("TypeError", "unsupported operand type(s) for 'in'")),
                }
            }),
        );
        EnumClasses {
            enum_,
            repr_enum,
            int_enum,
            str_enum,
            flag,
            int_flag,
        }
    })
}

/// `enum`.
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let classes = classes(ev);
    let class = |class: &Rc<Class>| Value::Class(Rc::clone(class));
    let meta = Class::build(
        "EnumMeta",
        "enum",
        vec![Rc::clone(&ev.types().type_)],
        ClassKind::Plain,
        None,
    );
    let identity = || {
        Value::native("decorator", |_, args| {
            Ok(args.get(0).cloned().unwrap_or(Value::None))
        })
    };
    Ok(Module::native(
        "enum",
        [
            ("Enum", class(&classes.enum_)),
            ("ReprEnum", class(&classes.repr_enum)),
            ("IntEnum", class(&classes.int_enum)),
            ("StrEnum", class(&classes.str_enum)),
            ("Flag", class(&classes.flag)),
            ("IntFlag", class(&classes.int_flag)),
            ("EnumMeta", class(&meta)),
            ("EnumType", class(&meta)),
            (
                "auto",
                Value::native("auto", |_, _| Ok(Value::object(Auto))),
            ),
            ("unique", Value::native("unique", unique)),
            (
                "verify",
                Value::native("verify", move |_, _| Ok(identity())),
            ),
            ("UNIQUE", Value::from("one name per value")),
            (
                "member",
                Value::native("member", |_, args| {
                    Ok(args.get(0).cloned().unwrap_or(Value::None))
                }),
            ),
            (
                "nonmember",
                Value::native("nonmember", |ev, _| {
                    Ok(ev.unknown("`enum.nonmember` is not modelled"))
                }),
            ),
        ],
    ))
}

fn unique(ev: &mut Interp<'_>, args: Args) -> R {
    let value = args.get(0).cloned().unwrap_or(Value::None);
    if let Value::Class(class) = &value {
        let mut aliases = Vec::new();
        for (name, member) in map_of(class).iter() {
            let own = member_name(member);
            if let (Some(name), Some(own)) = (name.as_str(), own)
                && name != own
            {
                aliases.push(format!("{name} -> {own}"));
            }
        }
        if !aliases.is_empty() {
            let shown = ev.to_repr(&value)?;
            return Err(ev.raise(
                "ValueError",
                format!("duplicate values found in {shown}: {}", aliases.join(", ")),
            ));
        }
    }
    Ok(value)
}
