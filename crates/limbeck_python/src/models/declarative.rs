//! Declarative bases: `DeclarativeBase`, `declarative_base()`, `@as_declarative`.

use std::rc::Rc;

use super::orm::classes;
use super::registry::{Registry, metadata_argument};
use super::{registry, scan};
use crate::alchemy::registry::alchemy;
use crate::alchemy::schema::column::ColumnObj;
use crate::alchemy::schema::metadata::MetaDataObj;
use crate::alchemy::version::sqlalchemy_at_least;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::value::{Class, ClassHooks, Instance, Str, Value};

/// Keeps the registry of a base.
pub(crate) const REGISTRY: &str = "_sa_registry";

/// What declarative classes do differently.
pub(crate) struct DeclarativeHooks;

impl ClassHooks for DeclarativeHooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        let has_own = class
            .mro()
            .any(|base| base.attrs.borrow().contains_key("__init__"));
        if has_own {
            return Ok(Err(args));
        }
        // The constructor sets what it is given.
        super::relationship::configure(ev, class)?;
        let instance = Instance::new(Rc::clone(class), None);
        let table = class.lookup("__table__");
        let table = table.and_then(|it| it.downcast::<crate::alchemy::schema::table::TableObj>());
        for (name, value) in args.keywords {
            let is_column = table.as_ref().is_some_and(|it| it.column(&name).is_some());
            if is_mapped(class) && !is_column && class.lookup(&name).is_none() {
                return Err(ev.raise(
                    "TypeError",
                    format!("'{name}' is an invalid keyword argument for {}", class.name),
                ));
            }
            ev.set_attr(&Value::Instance(Rc::clone(&instance)), &name, value)?;
        }
        Ok(Ok(Value::Instance(instance)))
    }

    fn class_attr(&self, _ev: &mut Interp<'_>, class: &Rc<Class>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "__mapper__" if is_mapped(class) => Some(Value::opaque("a mapper")),
            "query" => Some(super::flask::elsewhere(&format!("{}.query", class.name))),
            _ => None,
        })
    }

    fn subclassed(&self, ev: &mut Interp<'_>, class: &Rc<Class>) -> R<()> {
        let orm = classes(ev);
        let is_root = class
            .bases
            .iter()
            .any(|base| orm.roots.iter().any(|root| Rc::ptr_eq(root, base)));
        if is_root {
            return setup_base(ev, class);
        }
        match registry_of(ev, class) {
            Some(registry) => scan::map_class(ev, &registry, class),
            // A dataclass mixin, or a class of a metaclass's own.
            None if class.attrs.borrow().contains_key("registry") => {
                let own = class.attrs.borrow().get("registry").cloned();
                if let Some(own) = own.and_then(|own| own.downcast::<Registry>()) {
                    class.set(REGISTRY, own.value());
                    if !class.attrs.borrow().contains_key("metadata") {
                        let metadata = ev.get_attr(&own.value(), "metadata")?;
                        class.set("metadata", metadata);
                    }
                }
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn class_set_attr(
        &self,
        ev: &mut Interp<'_>,
        class: &Rc<Class>,
        name: &str,
        value: &Value,
    ) -> R<()> {
        if is_mapped(class) && !name.starts_with("__") {
            add_later(ev, class, name, value)?;
        }
        Ok(())
    }

    fn is_partial(&self) -> bool {
        true
    }
}

/// True for a class that has been mapped.
pub(crate) fn is_mapped(class: &Rc<Class>) -> bool {
    class.attrs.borrow().contains_key(scan::MAPPED)
}

/// The registry of a declarative class.
pub(crate) fn registry_of(_ev: &mut Interp<'_>, class: &Rc<Class>) -> Option<Rc<Registry>> {
    class.lookup(REGISTRY)?.downcast::<Registry>()
}

/// `class Base(DeclarativeBase)`
fn setup_base(ev: &mut Interp<'_>, class: &Rc<Class>) -> R<()> {
    let own = |name: &str| class.attrs.borrow().get(name).cloned();
    let map = own("type_annotation_map").unwrap_or(Value::None);
    let registry = match own("registry") {
        Some(given) => match given.downcast::<Registry>() {
            Some(registry) => registry,
            None => {
                ev.need_known(&given, "`registry` of a declarative base")?;
                return Err(ev.unreadable("`registry` is no registry that can be read"));
            }
        },
        None => {
            let metadata = own("metadata").unwrap_or(Value::None);
            let metadata = metadata_argument(ev, &metadata)?;
            let registry = Rc::new(Registry::new(metadata));
            class.set("registry", registry.value());
            registry
        }
    };
    registry.update_types(ev, &map)?;
    class.set(REGISTRY, registry.value());
    if own("metadata").is_none() {
        let metadata = ev.get_attr(&registry.value(), "metadata")?;
        class.set("metadata", metadata);
    }
    Ok(())
}

/// `declarative_base(metadata=…, cls=…, name=…)`
pub(crate) fn declarative_base(ev: &mut Interp<'_>, args: Args) -> R {
    let mut given = args.bind(
        ev,
        "declarative_base",
        "*, metadata=, mapper=, cls=, name=, class_registry=, type_annotation_map=, constructor=, metaclass=, bind=, \
         engine=",
    )?;
    let metadata = given.take_or_none("metadata");
    if metadata.is_unknown() {
        return Ok(metadata);
    }
    let registry = Rc::new(Registry::new(metadata_argument(ev, &metadata)?));
    let map = given.take_or_none("type_annotation_map");
    registry.update_types(ev, &map)?;
    let mut rest = Args::none();
    for name in ["cls", "name", "metaclass"] {
        if let Some(value) = given.take(name) {
            rest = rest.with(name, value);
        }
    }
    generate_base(ev, &registry, rest)
}

/// `registry.generate_base(cls=…, name=…)`
pub(crate) fn generate_base(ev: &mut Interp<'_>, registry: &Rc<Registry>, args: Args) -> R {
    let mut args = args.bind(
        ev,
        "registry.generate_base",
        "mapper=, cls=, name=, metaclass=",
    )?;
    let name = args.take("name").and_then(|name| name.as_str());
    let name = name.unwrap_or_else(|| Str::from("Base"));
    let metaclass = args.take_or_none("metaclass");
    if let Value::Class(class) = &metaclass
        && !Rc::ptr_eq(class, &classes(ev).meta)
    {
        let plain = class.attrs.borrow().keys().all(|key| key.starts_with("__"));
        if !plain {
            return Ok(ev.unknown(format!("the metaclass `{}` is not modelled", class.name)));
        }
    }
    let bases = match args.take_or_none("cls") {
        Value::None => Vec::new(),
        Value::Class(class) => vec![class],
        Value::Tuple(items) => {
            let mut bases = Vec::new();
            for item in items.iter() {
                match item {
                    Value::Class(class) => bases.push(Rc::clone(class)),
                    other => return Ok(not_a_class(ev, other)),
                }
            }
            bases
        }
        other => return Ok(not_a_class(ev, &other)),
    };
    Ok(make_base(ev, registry, &name, bases))
}

fn not_a_class(ev: &Interp<'_>, value: &Value) -> Value {
    match value {
        Value::Unknown(_) => value.clone(),
        _ => ev.unknown("`cls` of a declarative base is no class"),
    }
}

/// A base whose registry is given, which is not mapped itself.
pub(crate) fn make_base(
    ev: &mut Interp<'_>,
    registry: &Rc<Registry>,
    name: &str,
    bases: Vec<Rc<Class>>,
) -> Value {
    let module = ev.frames.last().map_or_else(
        || Str::from("sqlalchemy.orm"),
        |frame| Rc::clone(&frame.scope.module.name),
    );
    let mut all = bases;
    all.push(Rc::clone(&classes(ev).meta_base));
    let class = Class::native(name, &module, all, None);
    class.set("registry", registry.value());
    class.set(REGISTRY, registry.value());
    let metadata: Rc<dyn crate::value::NativeObject> = Rc::clone(&registry.metadata) as _;
    class.set("metadata", Value::Object(metadata));
    class.set("__abstract__", Value::Bool(true));
    Value::Class(class)
}

/// `@as_declarative()`: the class becomes the base of a base.
pub(crate) fn as_declarative(registry: &Rc<Registry>, _args: Args) -> Value {
    let registry = Rc::clone(registry);
    Value::native("as_declarative", move |ev, args| {
        match args.get(0).cloned().unwrap_or(Value::None) {
            Value::Class(class) => {
                let name = Rc::clone(&class.name);
                Ok(make_base(ev, &registry, &name, vec![class]))
            }
            other => Ok(not_a_class(ev, &other)),
        }
    })
}

/// `as_declarative(metadata=…)`
pub(crate) fn as_declarative_function(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "as_declarative", "**kw")?;
    let mut given = Args::none();
    for (key, value) in std::mem::take(&mut args.extra) {
        if matches!(&*key, "metadata" | "type_annotation_map") {
            given.keywords.push((key, value));
        }
    }
    let made = registry::construct(ev, given)?;
    match made.downcast::<Registry>() {
        Some(registry) => Ok(as_declarative(&registry, Args::none())),
        None => Ok(made),
    }
}

/// The `MetaData` that the table of a class goes into.
pub(crate) fn metadata_of(
    ev: &mut Interp<'_>,
    registry: &Registry,
    class: &Rc<Class>,
) -> R<Rc<MetaDataObj>> {
    let found = class.lookup("metadata").unwrap_or(Value::None);
    if found.downcast_ref::<ColumnObj>().is_some() && !sqlalchemy_at_least(ev, 2, 1) {
        let error = alchemy(ev).class("InvalidRequestError");
        let text = "Attribute name 'metadata' is reserved when using the Declarative API.";
        return Err(ev.raise_class(&error, vec![Value::from(text)]));
    }
    if found.is_none() || found.downcast_ref::<ColumnObj>().is_some() {
        return Ok(Rc::clone(&registry.metadata));
    }
    ev.need_known(&found, "`metadata` of a declarative class")?;
    match found.downcast::<MetaDataObj>() {
        Some(metadata) => Ok(metadata),
        None => Err(ev.unreadable("`metadata` is no MetaData that can be read")),
    }
}

/// `Class.name = value` on a class that has been mapped: a column goes into its table.
fn add_later(ev: &mut Interp<'_>, class: &Rc<Class>, name: &str, value: &Value) -> R<()> {
    let table = class
        .lookup("__table__")
        .and_then(|table| table.downcast::<crate::alchemy::schema::table::TableObj>());
    let Some(table) = table else { return Ok(()) };
    if let Some(column) = value.downcast::<ColumnObj>() {
        if column.table.borrow().upgrade().is_none() {
            crate::alchemy::schema::column::name_by_key(value, name);
            if column.mapped.borrow().is_some() && column.column.borrow().type_.is_none() {
                let what = format!("the type of `{}.{name}`", class.name);
                return Err(ev.unreadable(format!("{what} is not given")));
            }
            table.add_column(column);
        }
        return Ok(());
    }
    if let Value::Unknown(unknown) = value {
        let what = format!("`{}.{name}`, which may be a column,", class.name);
        return Err(Flow::needs(unknown, &what, ev.location()));
    }
    Ok(())
}
