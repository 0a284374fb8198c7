//! What `object` and the builtin types do when a special method is called by name, and `super`.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, ClassKind, CmpOp, Instance, NativeObject, Value};

/// A special method called by name on a builtin container: `items.__len__()`.
pub(crate) fn protocol_method(
    ev: &mut Interp<'_>,
    receiver: &Value,
    name: &str,
    args: &Args,
) -> R<Option<Value>> {
    let first = args.get(0).cloned();
    Ok(match (name, first) {
        ("__len__", None) => Some(ev.length(receiver)?),
        ("__iter__", None) => Some(ev.get_iter(receiver)?),
        ("__str__", None) => Some(Value::from(ev.to_str(receiver)?)),
        ("__repr__", None) => Some(Value::from(ev.to_repr(receiver)?)),
        ("__getitem__", Some(key)) => Some(ev.get_item(receiver, &key)?),
        ("__contains__", Some(item)) => Some(ev.contains(receiver, &item)?),
        ("__eq__", Some(other)) => Some(ev.compare(CmpOp::Eq, receiver, &other)?),
        ("__ne__", Some(other)) => Some(ev.compare(CmpOp::Ne, receiver, &other)?),
        _ => None,
    })
}

/// `object.__init__` and the like: functions that take the receiver first.
pub(crate) fn special_method(type_name: &str, name: &str) -> Value {
    let type_name = type_name.to_owned();
    let method = name.to_owned();
    Value::native(name, move |ev, mut args| {
        if args.positional.is_empty() {
            return Err(ev.raise(
                "TypeError",
                format!("descriptor '{method}' needs an argument"),
            ));
        }
        let this = args.positional.remove(0);
        call_special(ev, &type_name, &method, &this, args)
    })
}

fn call_special(ev: &mut Interp<'_>, type_name: &str, name: &str, this: &Value, args: Args) -> R {
    match (name, this) {
        ("__new__", Value::Class(class)) => {
            let class = Rc::clone(class);
            if class.is_enum() {
                return crate::modules::enum_::new_member(ev, &class, args);
            }
            if let ClassKind::Builtin(builtin) = class.kind {
                return super::construct(ev, builtin, args);
            }
            let args = if type_name == "object" && class.builtin_base().is_none() {
                Args::none()
            } else {
                args
            };
            Ok(Value::Instance(ev.bare_instance(&class, &args)?))
        }
        ("__init__", Value::Instance(instance)) => {
            if instance.class.kind == ClassKind::Exception {
                instance.set("args", Value::tuple(args.positional));
            } else if let Some(builtin) = instance.class.builtin_base()
                && matches!(
                    builtin,
                    "dict" | "list" | "set" | "OrderedDict" | "defaultdict" | "Counter"
                )
            {
                let payload = super::construct(ev, builtin, args)?;
                ev.need_known(&payload, "the contents of a container")?;
                instance.set_payload(payload);
            }
            Ok(Value::None)
        }
        ("__setattr__", Value::Instance(instance)) => {
            if let (Some(name), Some(value)) = (args.get(0).and_then(Value::as_str), args.get(1)) {
                instance.set(&name, value.clone());
            }
            Ok(Value::None)
        }
        ("__delattr__", Value::Instance(instance)) => {
            let name = args.get(0).and_then(Value::as_str).unwrap_or_default();
            let removed = instance.remove(&name);
            match removed {
                Some(_) => Ok(Value::None),
                None => {
                    let class = &instance.class.name;
                    let text = format!("'{class}' object has no attribute '{name}'");
                    Err(ev.raise("AttributeError", text))
                }
            }
        }
        ("__getattribute__", Value::Instance(instance)) => {
            let name = args.get(0).and_then(Value::as_str).unwrap_or_default();
            let found = ev.instance_attr(instance, &name)?;
            found.map_or_else(|| Err(ev.no_attribute(this, &name)), Ok)
        }
        ("__str__", Value::Instance(instance)) => match default_text(instance) {
            Some(payload) => ev.to_str(&payload).map(Value::from),
            None if instance.class.kind == ClassKind::Exception => {
                ev.exception_str(instance).map(Value::from)
            }
            None => ev.to_repr(this).map(Value::from),
        },
        ("__repr__", Value::Instance(instance)) => match default_text(instance) {
            Some(payload) => ev.to_repr(&payload).map(Value::from),
            None => ev.default_repr(instance).map(Value::from),
        },
        ("__str__", _) => ev.to_str(this).map(Value::from),
        ("__repr__", _) => ev.to_repr(this).map(Value::from),
        ("__format__", _) => {
            let spec = args.get(0).and_then(Value::as_str).unwrap_or_default();
            ev.format_value(this, &spec).map(Value::from)
        }
        ("__eq__", _) => match args.get(0) {
            Some(other) if this.is_same(other) => Ok(Value::Bool(true)),
            Some(_) => Ok(Value::NotImplemented),
            None => Err(ev.raise("TypeError", "expected 1 argument, got 0")),
        },
        ("__ne__", _) => match args.get(0) {
            Some(other) => Ok(Value::Bool(!ev.equals(this, other)?)),
            None => Err(ev.raise("TypeError", "expected 1 argument, got 0")),
        },
        ("__hash__", _) => super::functions::hash(ev, Args::positional(vec![this.clone()])),
        ("__init_subclass__", _) => Ok(Value::None),
        ("__setitem__", Value::Instance(instance)) => {
            match (instance.payload(), args.get(0), args.get(1)) {
                (Some(payload), Some(key), Some(value)) => {
                    ev.set_item(&payload, key, value.clone())?;
                    Ok(Value::None)
                }
                _ => Err(ev.unreadable("`__setitem__` of an object that is not modelled")),
            }
        }
        ("__getitem__", Value::Instance(instance)) => match (instance.payload(), args.get(0)) {
            (Some(payload), Some(key)) => ev.get_item(&payload, key),
            _ => Err(ev.unreadable("`__getitem__` of an object that is not modelled")),
        },
        ("__setitem__", _) => match (args.get(0), args.get(1)) {
            (Some(key), Some(value)) => {
                ev.set_item(this, key, value.clone())?;
                Ok(Value::None)
            }
            _ => Err(ev.raise("TypeError", "__setitem__ expected 2 arguments")),
        },
        ("__getitem__", _) => match args.get(0) {
            Some(key) => ev.get_item(this, key),
            None => Err(ev.raise("TypeError", "__getitem__ expected 1 argument")),
        },
        ("__init__", _) => Ok(Value::None),
        _ => Err(ev.unreadable(format!("`{type_name}.{name}` is not modelled"))),
    }
}

fn default_text(instance: &Rc<Instance>) -> Option<Value> {
    if instance.class.is_enum() {
        None
    } else {
        instance.payload()
    }
}

/// `super()`: attributes of the classes after `owner` in the order of `this`'s class.
pub(crate) struct Super {
    owner: Rc<Class>,
    this: Value,
}

impl NativeObject for Super {
    fn type_name(&self) -> String {
        "super".to_owned()
    }

    fn is_partial(&self) -> bool {
        false
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let class = match &self.this {
            Value::Class(class) if !class.is_subclass(&self.owner) && class.metaclass.is_some() => {
                return ev.metaclass_super(class, &self.owner, name).map(Some);
            }
            Value::Class(class) => Rc::clone(class),
            other => match ev.class_of(other) {
                Some(class) => class,
                None => return Ok(Some(ev.unknown("`super()` of something that is not known"))),
            },
        };
        let order: Vec<Rc<Class>> = class.mro().cloned().collect();
        let mut after = order
            .iter()
            .skip_while(|candidate| !Rc::ptr_eq(candidate, &self.owner))
            .skip(1);
        let mut builtin = None;
        let mut hooked = None;
        let mut unknown = self.owner.unknown_base.clone();
        for candidate in after.by_ref() {
            let found = candidate.attrs.borrow().get(name).cloned();
            if let Some(found) = found {
                return match &self.this {
                    Value::Class(class) => {
                        if name == "__new__" {
                            return Ok(Some(unwrap_static(&found)));
                        }
                        if found
                            .downcast_ref::<crate::modules::descriptors::ClassMethod>()
                            .is_some()
                        {
                            return ev.bind_to(&found, Value::Class(Rc::clone(class))).map(Some);
                        }
                        if name == "__init_subclass__" {
                            return ev.bind_to(&found, self.this.clone()).map(Some);
                        }
                        Ok(Some(unwrap_static(&found)))
                    }
                    this => ev.bind_descriptor(&found, this, &class).map(Some),
                };
            }
            if let ClassKind::Builtin(name) = candidate.kind
                && builtin.is_none()
                && name != "object"
            {
                builtin = Some(name);
            }
            if hooked.is_none() {
                hooked = candidate.hooks.clone();
            }
            unknown = unknown.or_else(|| candidate.unknown_base.clone());
        }
        if let Some(unknown) = unknown {
            return Ok(Some(Value::Unknown(unknown)));
        }
        let this = self.this.clone();
        let is_exception = class.kind == ClassKind::Exception;
        let type_name = if is_exception {
            "BaseException"
        } else {
            builtin.unwrap_or("object")
        };
        let special = matches!(
            name,
            "__init__"
                | "__new__"
                | "__setattr__"
                | "__delattr__"
                | "__getattribute__"
                | "__init_subclass__"
                | "__str__"
                | "__repr__"
                | "__eq__"
                | "__ne__"
                | "__format__"
                | "__setitem__"
                | "__getitem__"
        );
        if special && (hooked.is_none() || name != "__init__") {
            let method = special_method(type_name, name);
            if name == "__new__" {
                return Ok(Some(method));
            }
            return Ok(Some(crate::eval::bound_callable(&this, &method)));
        }
        if let Value::Instance(instance) = &this {
            if let Some(hooks) = &hooked
                && let Some(found) = hooks.instance_attr(ev, instance, name)?
            {
                return Ok(Some(found));
            }
            // What a modelled class answers for itself is its method.
            if let Some(hooks) = &hooked
                && let Some(found) = hooks.class_attr(ev, &class, name)?
            {
                return match found {
                    Value::Native(_) => ev.bind_to(&found, this.clone()).map(Some),
                    _ => Ok(Some(found)),
                };
            }
            if let Some(payload) = instance.payload() {
                return ev.get_attr_opt(&payload, name);
            }
        }
        if let Value::Class(class) = &this
            && let Some(hooks) = &hooked
        {
            return hooks.class_attr(ev, class, name);
        }
        if name == "__class__" {
            return Ok(Some(Value::Class(class)));
        }
        Ok(None)
    }

    fn set_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str, value: Value) -> R<bool> {
        ev.set_attr(&self.this, name, value)?;
        Ok(true)
    }
}

fn unwrap_static(value: &Value) -> Value {
    match value.downcast_ref::<crate::modules::descriptors::StaticMethod>() {
        Some(method) => method.0.clone(),
        None => value.clone(),
    }
}

/// `super()` and `super(Class, self)`.
pub(crate) fn make_super(ev: &mut Interp<'_>, args: &Args) -> R {
    if let Some(unknown) = super::first_unknown(args) {
        return Ok(unknown);
    }
    match (args.get(0), args.get(1)) {
        (Some(Value::Class(owner)), Some(this)) => Ok(Value::object(Super {
            owner: Rc::clone(owner),
            this: this.clone(),
        })),
        (None, None) => match ev.method_under_way() {
            Some((owner, this)) => Ok(Value::object(Super { owner, this })),
            None => Err(ev.raise("RuntimeError", "super(): no arguments")),
        },
        _ => Err(ev.unreadable("this form of `super()` is not modelled")),
    }
}
