//! Types written in Python: `TypeDecorator`, `UserDefinedType`, and subclasses of concrete types.

use std::rc::Rc;

use indexmap::IndexMap;
use limbeck_schema::{ColumnType, CustomType, TypeClass};

use crate::alchemy::convert;
use crate::alchemy::registry::alchemy;
use crate::alchemy::types::object::{TypeObj, to_type};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::value::{Class, ClassHooks, Instance, Value};

/// Dialect names that a type may tell apart.
pub(crate) const DIALECTS: [&str; 6] = [
    "postgresql",
    "mysql",
    "mariadb",
    "sqlite",
    "mssql",
    "oracle",
];

/// Calls an abstract type class or a subclass of it.
pub(crate) struct AbstractTypeHooks {
    pub(crate) key: &'static str,
}

impl ClassHooks for AbstractTypeHooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        construct_subclass(ev, class, None, args).map(Ok)
    }

    fn class_attr(&self, _ev: &mut Interp<'_>, _class: &Rc<Class>, name: &str) -> R<Option<Value>> {
        Ok(match (self.key, name) {
            (_, "__init__") => Some(Value::native("__init__", base_init)),
            (_, "cache_ok") => Some(Value::None),
            (_, "load_dialect_impl") => Some(Value::native("load_dialect_impl", |ev, args| {
                let this = args.get(0).cloned().unwrap_or(Value::None);
                ev.get_attr(&this, "impl")
            })),
            _ => None,
        })
    }

    fn is_partial(&self) -> bool {
        true
    }
}

/// Makes an instance of a class that derives from a type.
pub(crate) fn construct_subclass(
    ev: &mut Interp<'_>,
    class: &Rc<Class>,
    _base: Option<TypeClass>,
    args: Args,
) -> R {
    if let Some(unknown) = class.find_unknown_base() {
        return Ok(Value::Unknown(unknown));
    }
    let instance = Instance::new(Rc::clone(class), None);
    let this = Value::Instance(Rc::clone(&instance));
    match class.lookup("__init__") {
        Some(init) => {
            let mut positional = vec![this.clone()];
            positional.extend(args.positional);
            ev.call(
                &init,
                Args {
                    positional,
                    keywords: args.keywords,
                },
            )?;
        }
        None => {
            let mut positional = vec![this.clone()];
            positional.extend(args.positional);
            base_init(
                ev,
                Args {
                    positional,
                    keywords: args.keywords,
                },
            )?;
        }
    }
    Ok(this)
}

/// `TypeDecorator.__init__`, or that of the concrete type a class derives from.
pub(crate) fn base_init(ev: &mut Interp<'_>, mut args: Args) -> R {
    if args.positional.is_empty() {
        return Err(ev.raise(
            "TypeError",
            "__init__() missing 1 required positional argument: 'self'",
        ));
    }
    let this = args.positional.remove(0);
    let Value::Instance(instance) = &this else {
        return Ok(Value::None);
    };
    if let Some(type_class) = concrete_base(ev, &instance.class) {
        let type_ = crate::alchemy::types::construct::construct(ev, type_class, args)?;
        instance.set_payload(TypeObj::value(ev, type_));
        return Ok(Value::None);
    }
    if instance
        .class
        .is_subclass(&alchemy(ev).class("TypeDecorator"))
    {
        let Some(impl_) = instance.class.lookup("impl") else {
            return Err(ev.raise(
                "AttributeError",
                "TypeDecorator implementations require a class-level variable 'impl' which refers to the class of \
                 type being decorated",
            ));
        };
        // A class is called with the arguments, an instance is used as it is.
        let impl_ = match &impl_ {
            Value::Class(_) => ev.call(&impl_, args)?,
            _ => impl_,
        };
        instance.set("impl", impl_);
        return Ok(Value::None);
    }
    if !args.positional.is_empty() || !args.keywords.is_empty() {
        let name = &instance.class.name;
        return Err(ev.raise("TypeError", format!("{name}() takes no arguments")));
    }
    Ok(Value::None)
}

/// The concrete type class that a class derives from, if it derives from one.
fn concrete_base(ev: &Interp<'_>, class: &Rc<Class>) -> Option<TypeClass> {
    let models = alchemy(ev);
    class.mro().find_map(|base| {
        TypeClass::ALL
            .iter()
            .copied()
            .find(|type_class| Rc::ptr_eq(&models.type_class(*type_class), base))
    })
}

/// The type that an instance of a class written in Python stands for.
pub(crate) fn type_of_instance(ev: &mut Interp<'_>, instance: &Rc<Instance>) -> R<ColumnType> {
    let class = Rc::clone(&instance.class);
    if let Some(unknown) = class.find_unknown_base() {
        let unknown = Value::Unknown(unknown);
        ev.need_known(&unknown, &format!("the type `{}`", class.name))?;
    }
    let compiled = crate::alchemy::sql::compiles::of_class(ev, &class)?;
    crate::models::event::check_attached(ev, &class)?;
    let this = Value::Instance(Rc::clone(instance));
    let mut type_ = if let Some(Value::Object(_)) = instance.payload() {
        let payload = instance.payload().unwrap_or(Value::None);
        // A subclass of a concrete type is rendered as that type.
        to_type(ev, &payload, "the type")?
    } else {
        let mut custom = CustomType {
            module: class.module.to_string(),
            name: class.name.to_string(),
            arguments: arguments_of(ev, &this, &class)?,
            impl_: None,
            by_dialect: IndexMap::new(),
            col_spec: None,
        };
        if class.is_subclass(&alchemy(ev).class("TypeDecorator")) {
            decorated(ev, &this, &class, &mut custom)?;
        } else if class.lookup("get_col_spec").is_some() {
            let method = ev.get_attr(&this, "get_col_spec")?;
            let spec = ev.call(&method, Args::none())?;
            custom.col_spec =
                Some(convert::text(ev, &spec, "the result of `get_col_spec`")?.to_string());
            if let Some(type_) = crate::alchemy::types::processed::postgresql_of(ev, instance)? {
                custom.by_dialect.insert("postgresql".to_owned(), type_);
            }
            // A model may know the type on one dialect only.
            if let Some(only) = class.lookup("__only__").and_then(|it| it.as_str()) {
                let there = ColumnType::custom(CustomType {
                    by_dialect: IndexMap::new(),
                    ..custom.clone()
                });
                custom.col_spec = None;
                custom.by_dialect.insert(only.to_string(), there);
            }
        } else {
            return Err(ev.unreadable(format!(
                "the type `{}` does not say what it is in SQL",
                class.name
            )));
        }
        crate::alchemy::types::processed::remember(ev, &custom, instance);
        ColumnType::custom(custom)
    };
    if let Some(variants) = instance.get("__limbeck_variants__")
        && let Some(object) = variants.downcast_ref::<TypeObj>()
    {
        type_.variants = object.type_.variants.clone();
    }
    if compiled.is_some() {
        type_.compiled = compiled;
    }
    Ok(type_)
}

/// What `repr()` shows of a type in its parentheses: the attributes that are named as the parameters of its constructor, those
/// with a default only where they differ from it.
fn arguments_of(ev: &mut Interp<'_>, this: &Value, class: &Rc<Class>) -> R<String> {
    let Some(Value::Function(init)) = class.lookup("__init__") else {
        return Ok(String::new());
    };
    // A decorator's own text is that of what it stands for: its arguments only tell it from others of its class.
    let is_decorator = class.is_subclass(&alchemy(ev).class("TypeDecorator"));
    let shown = |ev: &mut Interp<'_>, value: &Value| match (ev.to_repr(value), value) {
        (Err(Flow::Fatal(_)), Value::Unknown(unknown)) if is_decorator => {
            Ok(format!("<unknown: {}>", unknown.reason))
        }
        (Err(Flow::Fatal(_)), _) if is_decorator => Ok(format!(
            "<{} object at {:x}>",
            ev.type_name(value),
            value.identity().unwrap_or_default()
        )),
        (text, _) => text,
    };
    let mut parts = Vec::new();
    for (name, default) in init.positional().into_iter().skip(1) {
        let value = match this {
            Value::Instance(instance) if instance.get(&name).is_none() => match class.lookup(&name)
            {
                Some(_) => ev.get_attr_opt(this, &name)?,
                None => None,
            },
            _ => ev.get_attr_opt(this, &name)?,
        };
        match (default, value) {
            (None, value) => parts.push(shown(ev, &value.unwrap_or(Value::None))?),
            (Some(default), Some(value)) if !ev.equals(&value, &default)? => {
                parts.push(format!("{name}={}", shown(ev, &value)?));
            }
            (Some(_), _) => {}
        }
    }
    // So does what its constructor has made of the others.
    if let (true, Value::Instance(instance)) = (is_decorator, this) {
        let attrs: Vec<_> = {
            let attrs = instance.attrs.borrow();
            let own = attrs.iter().filter(|(name, _)| &***name != "impl");
            own.map(|(name, value)| (name.clone(), value.clone()))
                .collect()
        };
        for (name, value) in attrs {
            parts.push(format!("self.{name}={}", shown(ev, &value)?));
        }
    }
    Ok(parts.join(", "))
}

/// What a `TypeDecorator` stands for.
fn decorated(
    ev: &mut Interp<'_>,
    this: &Value,
    class: &Rc<Class>,
    custom: &mut CustomType,
) -> R<()> {
    let impl_ = match this {
        Value::Instance(instance) => instance.get("impl"),
        _ => None,
    };
    let Some(impl_) = impl_.or_else(|| class.lookup("impl")) else {
        return Err(ev.unreadable(format!("`{}` has no `impl`", class.name)));
    };
    let default = to_type(ev, &impl_, "`impl` of a TypeDecorator")?;
    if is_written_in_python(class, "load_dialect_impl") {
        let here = ev.host().dialect_name().to_owned();
        for name in DIALECTS {
            let type_ = match impl_on(ev, this, name) {
                Ok(type_) => type_,
                // What it is elsewhere is only an error there.
                Err(Flow::Fatal(_)) if name != here => ColumnType::custom(CustomType {
                    impl_: None,
                    by_dialect: IndexMap::new(),
                    col_spec: None,
                    ..custom.clone()
                }),
                Err(flow) => return Err(flow),
            };
            if type_ != default {
                custom.by_dialect.insert(name.to_owned(), type_);
            }
        }
    }
    custom.impl_ = Some(Box::new(default));
    Ok(())
}

/// What `load_dialect_impl` gives for the dialect of that name.
fn impl_on(ev: &mut Interp<'_>, this: &Value, name: &str) -> R<ColumnType> {
    let dialect = crate::alchemy::live::dialect::dialect_value(ev, name);
    let method = ev.get_attr(this, "load_dialect_impl")?;
    let found = ev.call(&method, Args::positional(vec![dialect]))?;
    to_type(ev, &found, "the result of `load_dialect_impl`")
}

fn is_written_in_python(class: &Rc<Class>, name: &str) -> bool {
    matches!(class.lookup(name), Some(Value::Function(_)))
}
