//! Metaclasses: what a class of the project's own metaclass does as a value. What such a metaclass changes while a class is
//! made (`__new__`, `__init__`) or asks of the class in ways that are not followed leaves the class partly unknown.

use std::rc::Rc;

use super::Interp;
use crate::args::Args;
use crate::flow::R;
use crate::modules::descriptors::Property;
use crate::value::{Class, ClassKind, Unknown, Value};

/// What a metaclass is to the classes that it makes.
pub(super) enum Metaclass {
    /// Nothing that `type` is not.
    Plain,
    /// It is SQLAlchemy's own, which makes its classes declarative.
    Declarative,
    /// It has methods that are followed.
    Followed(Rc<Class>),
    /// It cannot be read.
    Unread(Rc<Unknown>),
}

/// Special methods of a metaclass that are followed, or change nothing of a class as a value.
const FOLLOWED: [&str; 9] = [
    "__annotations__",
    "__call__",
    "__contains__",
    "__doc__",
    "__getattr__",
    "__getitem__",
    "__iter__",
    "__module__",
    "__qualname__",
];

impl Interp<'_> {
    /// What `metaclass=value` means for a class.
    pub(super) fn metaclass_of(&mut self, value: &Value) -> Metaclass {
        let class = match value {
            Value::Class(class) => class,
            Value::Unknown(unknown) => return Metaclass::Unread(Rc::clone(unknown)),
            other => return self.unread_metaclass(&format!("the metaclass {other:?}")),
        };
        if let Some(unknown) = class.find_unknown_base() {
            return Metaclass::Unread(unknown);
        }
        let is_declarative = class.is_subclass(&crate::models::orm::classes(self).meta);
        let mut has_own = false;
        for part in class.mro().filter(|part| part.location.is_some()) {
            for name in part.attrs.borrow().keys() {
                let is_special = name.starts_with("__") && name.ends_with("__");
                let is_followed = FOLLOWED.contains(&&**name);
                if (is_special && !is_followed) || (is_declarative && !is_special) {
                    let what = format!("`{name}` of the metaclass `{}`", class.name);
                    return self.unread_metaclass(&what);
                }
                has_own |=
                    !is_special || !matches!(&**name, "__doc__" | "__module__" | "__qualname__");
            }
        }
        let is_known = |part: &Rc<Class>| {
            matches!(part.kind, ClassKind::Builtin("type" | "object"))
                || matches!(&*part.name, "ABCMeta" | "EnumMeta" | "type" | "object")
                || part.find_hooks().is_some()
        };
        if is_declarative {
            return Metaclass::Declarative;
        }
        let natives = class.mro().filter(|part| part.location.is_none());
        if let Some(other) = natives.into_iter().find(|part| !is_known(part)) {
            return self.unread_metaclass(&format!("the metaclass `{}`", other.name));
        }
        if has_own {
            Metaclass::Followed(Rc::clone(class))
        } else {
            Metaclass::Plain
        }
    }

    fn unread_metaclass(&self, what: &str) -> Metaclass {
        let reason = format!("{what} is not modelled");
        Metaclass::Unread(Rc::new(Unknown::data(reason, self.location())))
    }

    /// The metaclass of a class statement: its own, or the most derived one of its bases.
    pub(super) fn derived_metaclass(
        &mut self,
        own: Option<Rc<Class>>,
        bases: &[Rc<Class>],
    ) -> R<Option<Rc<Class>>> {
        let mut winner = own;
        for meta in bases.iter().filter_map(|base| base.metaclass.clone()) {
            match &winner {
                Some(known) if known.is_subclass(&meta) => {}
                Some(known) if !meta.is_subclass(known) => {
                    let text = "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of \
                                the metaclasses of all its bases";
                    return Err(self.raise("TypeError", text));
                }
                _ => winner = Some(meta),
            }
        }
        Ok(winner)
    }

    /// A special method that the metaclass of a class has, bound to the class.
    pub(super) fn metaclass_method(&mut self, class: &Rc<Class>, name: &str) -> R<Option<Value>> {
        let Some(method) = class.metaclass.as_ref().and_then(|meta| meta.lookup(name)) else {
            return Ok(None);
        };
        self.bind_to(&method, Value::Class(Rc::clone(class)))
            .map(Some)
    }

    /// Calls a special method of the metaclass of a class; `NotImplemented` where it has none.
    pub(super) fn call_metaclass(&mut self, class: &Rc<Class>, name: &str, args: Vec<Value>) -> R {
        match self.metaclass_method(class, name)? {
            Some(method) => self.call(&method, Args::positional(args)),
            None => Ok(Value::NotImplemented),
        }
    }

    /// An attribute that only the metaclass of a class has; a property of it comes before what the class has.
    pub(super) fn metaclass_attr(
        &mut self,
        class: &Rc<Class>,
        name: &str,
        only_property: bool,
    ) -> R<Option<Value>> {
        let Some(meta) = &class.metaclass else {
            return Ok(None);
        };
        let found = meta.lookup(name);
        if only_property {
            return match found {
                Some(found) if found.downcast_ref::<Property>().is_some() => {
                    let this = Value::Class(Rc::clone(class));
                    self.bind_descriptor(&found, &this, meta).map(Some)
                }
                _ => Ok(None),
            };
        }
        // What is special is asked of the class itself, and of `type`.
        if name.starts_with("__") && name.ends_with("__") {
            return Ok(None);
        }
        if let Some(found) = found {
            let this = Value::Class(Rc::clone(class));
            return self.bind_descriptor(&found, &this, meta).map(Some);
        }
        let Some(getter) = self.metaclass_method(class, "__getattr__")? else {
            return Ok(None);
        };
        let args = Args::positional(vec![Value::from(name)]);
        self.call(&getter, args).map(Some)
    }

    /// What `super()` gives in a method of a metaclass: the way of `type` and of `EnumMeta`.
    pub(crate) fn metaclass_super(
        &mut self,
        class: &Rc<Class>,
        owner: &Rc<Class>,
        name: &str,
    ) -> R<Value> {
        let this = Value::Class(Rc::clone(class));
        let after = class
            .metaclass
            .iter()
            .flat_map(|meta| meta.mro())
            .skip_while(|part| !Rc::ptr_eq(part, owner));
        let found = after
            .skip(1)
            .find_map(|part| part.attrs.borrow().get(name).cloned());
        if let Some(found) = found {
            return self.bind_to(&found, this);
        }
        let class = Rc::clone(class);
        match name {
            "__call__" => Ok(Value::native("__call__", move |ev, args| {
                ev.instance_of(&class, args)
            })),
            "__contains__" if class.is_enum() => {
                Ok(Value::native("__contains__", move |ev, args| {
                    match args.get(0) {
                        Some(item) => crate::modules::enum_::contains(ev, &class, item),
                        None => Err(ev.raise("TypeError", "expected 1 argument, got 0")),
                    }
                }))
            }
            "__iter__" if class.is_enum() => Ok(Value::native("__iter__", move |_, _| {
                let members = crate::modules::enum_::members(&class);
                Ok(Value::iter("generator", super::ListIter::new(members)))
            })),
            _ => Ok(self.unknown(format!(
                "`{name}` of `super()` in a metaclass is not modelled"
            ))),
        }
    }
}
