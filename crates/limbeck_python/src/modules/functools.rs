//! `functools` and `operator`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::args::Args;
use crate::eval::{Interp, bound_callable};
use crate::flow::R;
use crate::value::{BinOp, Class, CmpOp, Module, NativeObject, Value};

/// A function with something around it: `lru_cache`, `cached_property`, `contextmanager`, `partial`.
#[derive(Debug)]
pub(crate) struct Wrapper {
    pub(crate) function: Value,
    kind: WrapperKind,
}

#[derive(Debug)]
enum WrapperKind {
    /// Results by the text of arguments that are all plain.
    Cache(RefCell<BTreeMap<String, Value>>),
    CachedProperty,
    /// `@contextmanager`
    ContextManager,
    Partial(Args),
}

impl NativeObject for Wrapper {
    fn type_name(&self) -> String {
        match self.kind {
            WrapperKind::Cache(_) => "functools._lru_cache_wrapper",
            WrapperKind::CachedProperty => "cached_property",
            WrapperKind::ContextManager => "function",
            WrapperKind::Partial(_) => "functools.partial",
        }
        .to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        match self.kind {
            WrapperKind::Cache(_) => &["cache_clear"],
            _ => &[],
        }
    }

    fn call_method(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        _name: &str,
        _args: Args,
    ) -> R<Option<Value>> {
        if let WrapperKind::Cache(cache) = &self.kind {
            cache.borrow_mut().clear();
        }
        Ok(Some(Value::None))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        match (name, &self.kind) {
            ("__wrapped__" | "func", _) => Ok(Some(self.function.clone())),
            ("keywords", WrapperKind::Partial(args)) => {
                let pairs = args.keywords.iter().cloned();
                Ok(Some(Value::dict(crate::value::Dict::from_pairs(pairs))))
            }
            ("args", WrapperKind::Partial(args)) => Ok(Some(Value::tuple(args.positional.clone()))),
            ("__name__" | "__qualname__", WrapperKind::Partial(_)) => Ok(None),
            ("__doc__" | "__module__", WrapperKind::Partial(_)) => Ok(Some(
                ev.unknown(format!("`{name}` of a partial is not modelled")),
            )),
            ("__name__" | "__doc__" | "__qualname__" | "__module__", _) => {
                let function = self.function.clone();
                ev.get_attr_opt(&function, name)
            }
            _ => Ok(None),
        }
    }

    fn is_callable(&self) -> bool {
        !matches!(self.kind, WrapperKind::CachedProperty)
    }

    fn call(self: Rc<Self>, ev: &mut Interp<'_>, args: Args) -> R<Option<Value>> {
        match &self.kind {
            WrapperKind::Cache(cache) => {
                let mut key = String::new();
                let mut plain = true;
                for value in args.values() {
                    match ev.key_or_unknown(value)? {
                        Ok(hash) => key.push_str(&format!("{hash:?},")),
                        Err(_) => plain = false,
                    }
                }
                if !plain {
                    return ev.call(&self.function, args).map(Some);
                }
                for (name, _) in &args.keywords {
                    key.push_str(name);
                    key.push('=');
                }
                if let Some(found) = cache.borrow().get(&key) {
                    return Ok(Some(found.clone()));
                }
                let result = ev.call(&self.function, args)?;
                cache.borrow_mut().insert(key, result.clone());
                Ok(Some(result))
            }
            WrapperKind::Partial(first) => {
                let mut all = first.clone();
                all.positional.extend(args.positional);
                for (name, value) in args.keywords {
                    all.take_keyword(&name);
                    all.keywords.push((name, value));
                }
                ev.call(&self.function, all).map(Some)
            }
            WrapperKind::ContextManager => {
                let generator = ev.call(&self.function, args)?;
                Ok(Some(super::contextlib::manager(generator)))
            }
            WrapperKind::CachedProperty => Ok(None),
        }
    }

    fn descr_get(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        instance: Option<&Value>,
        _owner: &Rc<Class>,
    ) -> R<Option<Value>> {
        let Some(this) = instance else {
            return Ok(None);
        };
        match &self.kind {
            WrapperKind::CachedProperty => {
                let value = ev.call(&self.function, Args::positional(vec![this.clone()]))?;
                if let (Value::Instance(instance), Value::Function(function)) =
                    (this, &self.function)
                {
                    instance.set(&function.name, value.clone());
                }
                Ok(Some(value))
            }
            WrapperKind::Cache(_) | WrapperKind::ContextManager => {
                Ok(Some(bound_callable(this, &Value::Object(self))))
            }
            WrapperKind::Partial(_) => Ok(None),
        }
    }
}

/// `@contextmanager`
pub(crate) fn context_manager(function: Value) -> Value {
    Value::object(Wrapper {
        function,
        kind: WrapperKind::ContextManager,
    })
}

fn cache(function: Value) -> Value {
    Value::object(Wrapper {
        function,
        kind: WrapperKind::Cache(RefCell::new(BTreeMap::new())),
    })
}

fn lru_cache(_ev: &mut Interp<'_>, args: Args) -> R {
    Ok(match args.get(0) {
        Some(
            function @ (Value::Function(_) | Value::Object(_) | Value::Native(_) | Value::Class(_)),
        ) => cache(function.clone()),
        _ => Value::native("decorator", |_, args| {
            Ok(cache(args.get(0).cloned().unwrap_or(Value::None)))
        }),
    })
}

fn reduce(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "reduce", "function, iterable, initial=, /")?;
    let function = args.take_or_none("function");
    let iterable = args.take_or_none("iterable");
    if iterable.is_unknown() {
        return Ok(iterable);
    }
    let mut items = ev.iterate(&iterable)?.into_iter();
    let Some(mut total) = args.take("initial").or_else(|| items.next()) else {
        return Err(ev.raise(
            "TypeError",
            "reduce() of empty iterable with no initial value",
        ));
    };
    for item in items {
        total = ev.call(&function, Args::positional(vec![total, item]))?;
    }
    Ok(total)
}

/// `wraps(wrapped)`: gives the wrapper the names of what it wraps.
fn wraps(_ev: &mut Interp<'_>, args: Args) -> R {
    let wrapped = args.get(0).cloned().unwrap_or(Value::None);
    Ok(Value::native("wraps", move |ev, args| {
        let wrapper = args.get(0).cloned().unwrap_or(Value::None);
        if let Value::Function(function) = &wrapper {
            for name in ["__name__", "__qualname__", "__module__", "__doc__"] {
                if let Some(value) = ev.get_attr_opt(&wrapped, name)? {
                    function.attrs.borrow_mut().insert(name.into(), value);
                }
            }
            function
                .attrs
                .borrow_mut()
                .insert("__wrapped__".into(), wrapped.clone());
        }
        Ok(wrapper)
    }))
}

/// `cmp_to_key(compare)`.
struct CmpKey {
    compare: Value,
    value: Value,
}

impl NativeObject for CmpKey {
    fn type_name(&self) -> String {
        "functools.KeyWrapper".to_owned()
    }

    fn compare(self: Rc<Self>, ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        let Some(other) = other.downcast_ref::<CmpKey>() else {
            return Ok(None);
        };
        let args = Args::positional(vec![self.value.clone(), other.value.clone()]);
        let result = ev.call(&self.compare, args)?;
        ev.compare(op, &result, &Value::int(0_i64)).map(Some)
    }
}

/// `@total_ordering`: the comparisons that follow from `__lt__` and `__eq__`.
fn total_ordering(ev: &mut Interp<'_>, args: Args) -> R {
    let value = args.get(0).cloned().unwrap_or(Value::None);
    let Value::Class(class) = &value else {
        return Ok(value);
    };
    if class.lookup("__lt__").is_none() {
        return Err(ev.unreadable("`total_ordering` without `__lt__` is not modelled"));
    }
    let derive = |name: &'static str, negate: bool, swap: bool| {
        Value::native(name, move |ev, args| {
            let (Some(left), Some(right)) = (args.get(0), args.get(1)) else {
                return Ok(Value::NotImplemented);
            };
            let (left, right) = if swap { (right, left) } else { (left, right) };
            let less = ev.compare(CmpOp::Lt, left, right)?;
            Ok(Value::Bool(ev.truth(&less, "a comparison")? != negate))
        })
    };
    for (name, negate, swap) in [
        ("__gt__", false, true),
        ("__le__", true, true),
        ("__ge__", true, false),
    ] {
        if class.lookup(name).is_none() {
            class.set(name, derive(name, negate, swap));
        }
    }
    Ok(value)
}

/// `functools`.
pub(crate) fn module(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    Ok(Module::native(
        "functools",
        [
            ("lru_cache", Value::native("lru_cache", lru_cache)),
            ("cache", Value::native("cache", lru_cache)),
            ("reduce", Value::native("reduce", reduce)),
            ("wraps", Value::native("wraps", wraps)),
            (
                "total_ordering",
                Value::native("total_ordering", total_ordering),
            ),
            (
                "cached_property",
                Value::native("cached_property", |_, args| {
                    let function = args.get(0).cloned().unwrap_or(Value::None);
                    Ok(Value::object(Wrapper {
                        function,
                        kind: WrapperKind::CachedProperty,
                    }))
                }),
            ),
            (
                "partial",
                Value::native("partial", |ev, mut args| {
                    if args.positional.is_empty() {
                        return Err(
                            ev.raise("TypeError", "type 'partial' takes at least one argument")
                        );
                    }
                    let function = args.positional.remove(0);
                    Ok(Value::object(Wrapper {
                        function,
                        kind: WrapperKind::Partial(args),
                    }))
                }),
            ),
            (
                "cmp_to_key",
                Value::native("cmp_to_key", |_, args| {
                    let compare = args.get(0).cloned().unwrap_or(Value::None);
                    Ok(Value::native("key", move |_, args| {
                        let value = args.get(0).cloned().unwrap_or(Value::None);
                        Ok(Value::object(CmpKey {
                            compare: compare.clone(),
                            value,
                        }))
                    }))
                }),
            ),
        ],
    ))
}

/// `operator`.
pub(crate) fn operator(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let mut attrs: Vec<(&str, Value)> = Vec::new();
    for (name, op) in [
        ("add", BinOp::Add),
        ("sub", BinOp::Sub),
        ("mul", BinOp::Mul),
        ("truediv", BinOp::TrueDiv),
        ("floordiv", BinOp::FloorDiv),
        ("mod", BinOp::Mod),
        ("pow", BinOp::Pow),
        ("and_", BinOp::And),
        ("or_", BinOp::Or),
        ("xor", BinOp::Xor),
        ("concat", BinOp::Add),
    ] {
        attrs.push((
            name,
            Value::native(name, move |ev, args| {
                let (left, right) = (args.get(0).cloned(), args.get(1).cloned());
                ev.binary(
                    op,
                    &left.unwrap_or(Value::None),
                    &right.unwrap_or(Value::None),
                )
            }),
        ));
    }
    for (name, op) in [
        ("eq", CmpOp::Eq),
        ("ne", CmpOp::Ne),
        ("lt", CmpOp::Lt),
        ("le", CmpOp::Le),
        ("gt", CmpOp::Gt),
        ("ge", CmpOp::Ge),
    ] {
        attrs.push((
            name,
            Value::native(name, move |ev, args| {
                let (left, right) = (args.get(0).cloned(), args.get(1).cloned());
                ev.compare(
                    op,
                    &left.unwrap_or(Value::None),
                    &right.unwrap_or(Value::None),
                )
            }),
        ));
    }
    attrs.push((
        "itemgetter",
        Value::native("itemgetter", |_, args| {
            let keys = args.positional;
            Ok(Value::native("itemgetter", move |ev, args| {
                let value = args.get(0).cloned().unwrap_or(Value::None);
                let mut items = Vec::new();
                for key in &keys {
                    items.push(ev.get_item(&value, key)?);
                }
                Ok(match items.as_slice() {
                    [only] => only.clone(),
                    _ => Value::tuple(items),
                })
            }))
        }),
    ));
    attrs.push((
        "attrgetter",
        Value::native("attrgetter", |_, args| {
            let names = args.positional;
            Ok(Value::native("attrgetter", move |ev, args| {
                let value = args.get(0).cloned().unwrap_or(Value::None);
                let mut items = Vec::new();
                for name in &names {
                    let mut current = value.clone();
                    for part in name.as_str().unwrap_or_default().split('.') {
                        current = ev.get_attr(&current, part)?;
                    }
                    items.push(current);
                }
                Ok(match items.as_slice() {
                    [only] => only.clone(),
                    _ => Value::tuple(items),
                })
            }))
        }),
    ));
    Ok(Module::native("operator", attrs))
}
