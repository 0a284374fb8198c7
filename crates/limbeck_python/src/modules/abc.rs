//! `abc` and the abstract classes of `collections.abc`.

use std::rc::Rc;

use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, ClassKind, Module, Str, Value};

/// What marks a function as abstract.
const MARK: &str = "__isabstractmethod__";

fn is_abstract(value: &Value) -> bool {
    use super::descriptors::{ClassMethod, Property, StaticMethod};
    match value {
        Value::Function(function) => function.attrs.borrow().contains_key(MARK),
        Value::Object(_) => {
            if let Some(property) = value.downcast_ref::<Property>() {
                is_abstract(&property.get)
            } else if let Some(method) = value.downcast_ref::<ClassMethod>() {
                is_abstract(&method.0)
            } else if let Some(method) = value.downcast_ref::<StaticMethod>() {
                is_abstract(&method.0)
            } else {
                false
            }
        }
        _ => false,
    }
}

/// Names of abstract methods that a class has not overridden; none when there are none.
pub(crate) fn abstract_methods(class: &Rc<Class>) -> Option<Vec<Str>> {
    let is_abc = class.mro().any(|base| {
        (&*base.name == "ABC" && &*base.module == "abc")
            || base.keywords.iter().any(|(name, _)| &**name == "metaclass")
    });
    if !is_abc {
        return None;
    }
    let mut names: Vec<Str> = Vec::new();
    for base in class.mro() {
        for (name, value) in base.attrs.borrow().iter() {
            if is_abstract(value)
                && class.lookup(name).is_some_and(|found| is_abstract(&found))
                && !names.contains(name)
            {
                names.push(Rc::clone(name));
            }
        }
    }
    names.sort();
    (!names.is_empty()).then_some(names)
}

/// `isinstance` for abstract classes that look at what a value can do; none when `class` is no such class.
pub(crate) fn virtual_subclass(
    ev: &mut Interp<'_>,
    value: &Value,
    class: &Rc<Class>,
) -> Option<bool> {
    if &*class.module != "collections.abc" && &*class.module != "numbers" {
        return None;
    }
    let _ = ev;
    let plain = value.unwrap_payload();
    let is = |kinds: &[&str]| kinds.contains(&crate::eval::builtin_type_name(&plain));
    let sequence = ["list", "tuple", "str", "bytes", "range"];
    let mapping = ["dict", "defaultdict", "OrderedDict", "Counter"];
    let set = ["set", "frozenset"];
    let has = |name: &str| match value {
        Value::Instance(instance) => instance.class.lookup(name).is_some(),
        _ => false,
    };
    if matches!(
        plain,
        Value::Object(_) | Value::Unknown(_) | Value::Opaque(_)
    ) {
        return None;
    }
    Some(match &*class.name {
        "Sequence" => is(&sequence),
        "MutableSequence" => is(&["list"]),
        "Mapping" => is(&mapping),
        "MutableMapping" => is(&mapping),
        "Set" => is(&set),
        "MutableSet" => is(&["set"]),
        "Iterable" => {
            is(&sequence)
                || is(&mapping)
                || is(&set)
                || matches!(plain, Value::Iter(_))
                || has("__iter__")
        }
        "Collection" | "Sized" | "Container" => {
            is(&sequence) || is(&mapping) || is(&set) || has("__len__")
        }
        "Iterator" => matches!(plain, Value::Iter(_)) || has("__next__"),
        "Generator" => matches!(plain, Value::Iter(_)),
        "Callable" => {
            matches!(
                plain,
                Value::Function(_) | Value::Native(_) | Value::Bound(_) | Value::Class(_)
            ) || has("__call__")
        }
        "Hashable" => crate::value::HashKey::of(value).is_ok(),
        "Number" | "Real" => is(&["int", "bool", "float"]),
        "Integral" => is(&["int", "bool"]),
        _ => return None,
    })
}

/// `abc`.
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let meta = Class::build(
        "ABCMeta",
        "abc",
        vec![Rc::clone(&ev.types().type_)],
        ClassKind::Plain,
        None,
    );
    let abc = Class::build("ABC", "abc", Vec::new(), ClassKind::Plain, None);
    let mark = |name: &'static str| {
        Value::native(name, |_, args| {
            let value = args.get(0).cloned().unwrap_or(Value::None);
            if let Value::Function(function) = &value {
                function
                    .attrs
                    .borrow_mut()
                    .insert(Str::from(MARK), Value::Bool(true));
            }
            Ok(value)
        })
    };
    Ok(Module::native(
        "abc",
        [
            ("ABC", Value::Class(abc)),
            ("ABCMeta", Value::Class(meta)),
            ("abstractmethod", mark("abstractmethod")),
            ("abstractproperty", mark("abstractproperty")),
        ],
    ))
}

fn abstract_classes(module: &str, names: &[&'static str]) -> Rc<Module> {
    let attrs: Vec<(&str, Value)> = names
        .iter()
        .map(|name| {
            (
                *name,
                Value::Class(Class::build(
                    name,
                    module,
                    Vec::new(),
                    ClassKind::Plain,
                    None,
                )),
            )
        })
        .collect();
    Module::native(module, attrs)
}

/// `collections.abc`.
pub(crate) fn collections_abc(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    Ok(abstract_classes(
        "collections.abc",
        &[
            "Sequence",
            "MutableSequence",
            "Mapping",
            "MutableMapping",
            "Set",
            "MutableSet",
            "Iterable",
            "Collection",
            "Sized",
            "Container",
            "Iterator",
            "Generator",
            "Callable",
            "Hashable",
            "Awaitable",
            "Coroutine",
            "AsyncIterator",
            "AsyncGenerator",
            "AsyncIterable",
            "Reversible",
            "KeysView",
            "ValuesView",
            "ItemsView",
        ],
    ))
}

/// `numbers`.
pub(crate) fn numbers(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    Ok(abstract_classes(
        "numbers",
        &["Number", "Real", "Integral", "Rational", "Complex"],
    ))
}
