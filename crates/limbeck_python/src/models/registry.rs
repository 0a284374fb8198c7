//! `sqlalchemy.orm.registry`: a `MetaData`, the types that annotations stand for, and decorators.

use std::cell::RefCell;
use std::rc::Rc;

use super::{declarative, scan};
use crate::alchemy::schema::metadata::MetaDataObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, NativeObject, Value};

/// `registry(…)`
pub(crate) struct Registry {
    /// Its `MetaData`.
    pub(crate) metadata: Rc<MetaDataObj>,
    /// `type_annotation_map`: annotations and types, later ones win.
    pub(crate) types: RefCell<Vec<(Value, Value)>>,
    /// Classes that have been mapped.
    pub(crate) classes: RefCell<Vec<std::rc::Weak<Class>>>,
    /// Why the map is not known, where it is not.
    pub(crate) unknown_types: RefCell<Option<Value>>,
}

impl Registry {
    /// A registry with a `MetaData` of its own, or the given one.
    pub(crate) fn new(metadata: Option<Rc<MetaDataObj>>) -> Registry {
        Registry {
            metadata: metadata.unwrap_or_else(|| Rc::new(MetaDataObj::empty())),
            types: RefCell::default(),
            classes: RefCell::default(),
            unknown_types: RefCell::default(),
        }
    }

    /// Adds to `type_annotation_map`.
    pub(crate) fn update_types(&self, ev: &mut Interp<'_>, map: &Value) -> R<()> {
        if map.is_none() {
            return Ok(());
        }
        if map.is_unknown() {
            *self.unknown_types.borrow_mut() = Some(map.clone());
            return Ok(());
        }
        let pairs = crate::alchemy::convert::pairs(ev, map, "`type_annotation_map`")?;
        self.types.borrow_mut().extend(pairs);
        Ok(())
    }

    /// As a Python value.
    pub(crate) fn value(self: &Rc<Self>) -> Value {
        Value::Object(Rc::clone(self) as Rc<dyn NativeObject>)
    }
}

/// The `MetaData` of an argument; nothing for `None`.
pub(crate) fn metadata_argument(ev: &mut Interp<'_>, value: &Value) -> R<Option<Rc<MetaDataObj>>> {
    if value.is_none() {
        return Ok(None);
    }
    ev.need_known(value, "`metadata`")?;
    match value.downcast::<MetaDataObj>() {
        Some(metadata) => Ok(Some(metadata)),
        None => Err(ev.unreadable("`metadata` is no MetaData that can be read")),
    }
}

/// `registry(metadata=…, type_annotation_map=…)`
pub(crate) fn construct(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(
        ev,
        "registry.__init__",
        "*, metadata=, class_registry=, type_annotation_map=, constructor=, default_server_default=, **kw",
    )?;
    let metadata = args.take_or_none("metadata");
    if metadata.is_unknown() {
        return Ok(metadata);
    }
    let registry = Rc::new(Registry::new(metadata_argument(ev, &metadata)?));
    let map = args.take_or_none("type_annotation_map");
    registry.update_types(ev, &map)?;
    Ok(registry.value())
}

/// A decorator that maps the class it is given.
fn mapper(registry: &Rc<Registry>) -> Value {
    let registry = Rc::clone(registry);
    Value::native("mapped", move |ev, args| {
        let value = args.get(0).cloned().unwrap_or(Value::None);
        if let Value::Class(class) = &value {
            scan::map_class(ev, &registry, class)?;
        }
        Ok(value)
    })
}

/// A decorator, used bare or called with options first.
pub(crate) fn optional_call(decorator: Value, args: Args) -> Result<(Value, Args), Value> {
    if args.positional.is_empty() {
        Err(decorator)
    } else {
        Ok((decorator, args))
    }
}

impl NativeObject for Registry {
    fn type_name(&self) -> String {
        "registry".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(Rc::clone(&super::orm::classes(ev).registry))
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "generate_base",
            "mapped",
            "mapped_as_dataclass",
            "as_declarative_base",
            "map_declaratively",
            "map_imperatively",
            "update_type_annotation_map",
            "configure",
            "dispose",
        ]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "generate_base" => declarative::generate_base(ev, &self, args)?,
            "as_declarative_base" => declarative::as_declarative(&self, args),
            "mapped" | "map_declaratively" => ev.call(&mapper(&self), args)?,
            "mapped_as_dataclass" => match optional_call(mapper(&self), args) {
                Ok((decorator, args)) => ev.call(&decorator, args)?,
                Err(decorator) => decorator,
            },
            "update_type_annotation_map" => {
                let map = args.get(0).cloned().unwrap_or(Value::None);
                self.update_types(ev, &map)?;
                Value::None
            }
            "map_imperatively" => Value::opaque("a mapper"),
            _ => Value::None,
        }))
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "metadata" => {
                let metadata: Rc<dyn NativeObject> = Rc::clone(&self.metadata) as _;
                Some(Value::Object(metadata))
            }
            "constructor" => Some(Value::opaque("the constructor of a registry")),
            "mappers" => Some(Value::opaque("mappers")),
            _ => None,
        })
    }
}
