//! The class `SQLModel`: what its metaclass does with the classes that derive from it.

use std::rc::Rc;

use super::column::column;
use super::relationship::RelationshipInfo;
use super::version;
use crate::alchemy::registry::alchemy;
use crate::alchemy::schema::column::ColumnObj;
use crate::alchemy::schema::metadata::MetaDataObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::models::declarative::{DeclarativeHooks, REGISTRY, is_mapped, registry_of};
use crate::models::registry::Registry;
use crate::models::scan::{MAPPED, map_class};
use crate::models::tables::refuse;
use crate::modules::descriptors::{ClassMethod, Property, StaticMethod};
use crate::pydantic::model_fields;
use crate::value::{Class, ClassHooks, NativeObject, Str, Value};

/// `SQLModel` of the world that is being evaluated in.
pub(super) fn sqlmodel(ev: &Interp<'_>) -> Rc<Class> {
    let base = crate::pydantic::base_model(ev);
    let found = ev.world().extension("sqlmodel", || {
        let class = Class::native(
            "SQLModel",
            "sqlmodel.main",
            vec![base],
            Some(Rc::new(Metaclass)),
        );
        let registry = Rc::new(Registry::new(None));
        let metadata: Rc<dyn NativeObject> = Rc::clone(&registry.metadata) as _;
        class.set("metadata", Value::Object(metadata));
        class.set(REGISTRY, registry.value());
        class.set("__tablename__", Value::object(DefaultTableName));
        SqlModel(class)
    });
    Rc::clone(&found.0)
}

/// The class of a world.
struct SqlModel(Rc<Class>);

/// `cls.__name__.lower()`
struct DefaultTableName;

impl NativeObject for DefaultTableName {
    fn type_name(&self) -> String {
        "declared_attr".to_owned()
    }

    fn descr_get(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        _instance: Option<&Value>,
        owner: &Rc<Class>,
    ) -> R<Option<Value>> {
        Ok(Some(Value::from(owner.name.to_lowercase())))
    }
}

struct Metaclass;

impl ClassHooks for Metaclass {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        if has_table(class) {
            let text = format!(
                "an instance of the mapped class `{}` is not modelled",
                class.name
            );
            return Ok(Ok(ev.foreign(text)));
        }
        crate::pydantic::construct(ev, class, args)
    }

    fn class_attr(&self, ev: &mut Interp<'_>, class: &Rc<Class>, name: &str) -> R<Option<Value>> {
        match crate::pydantic::class_attr(ev, class, name)? {
            Some(found) => Ok(Some(found)),
            None => DeclarativeHooks.class_attr(ev, class, name),
        }
    }

    fn subclassed(&self, ev: &mut Interp<'_>, class: &Rc<Class>) -> R<()> {
        let Err(flow) = made(ev, class) else {
            return Ok(());
        };
        let why = match &flow {
            Flow::Fatal(error) => error.diagnostic.message.clone(),
            Flow::Raise(_) => String::new(),
        };
        class.set("__table__", ev.unknown(why));
        class.set(MAPPED, Value::Bool(true));
        let metadata = class
            .lookup("metadata")
            .and_then(|it| it.downcast::<MetaDataObj>())
            .or(registry_of(ev, class).map(|registry| Rc::clone(&registry.metadata)));
        match metadata {
            Some(metadata) => refuse(&metadata, flow),
            None => Err(flow),
        }
    }

    fn class_set_attr(
        &self,
        ev: &mut Interp<'_>,
        class: &Rc<Class>,
        name: &str,
        value: &Value,
    ) -> R<()> {
        DeclarativeHooks.class_set_attr(ev, class, name, value)
    }

    fn is_partial(&self) -> bool {
        true
    }
}

/// True for a class that is a table, or derives from one.
fn has_table(class: &Rc<Class>) -> bool {
    class.mro().any(is_mapped)
}

/// A setting of the class: of its own `model_config`, else the keyword of its class statement.
fn setting(ev: &mut Interp<'_>, class: &Rc<Class>, name: &str) -> R<Option<Value>> {
    let config = class.attrs.borrow().get("model_config").cloned();
    if let Some(config) = config {
        if config.is_unknown() {
            return Ok(Some(config));
        }
        for (key, value) in crate::alchemy::convert::pairs(ev, &config, "`model_config`")? {
            if key.as_str().as_deref() == Some(name) {
                return Ok(Some(value));
            }
        }
    }
    let keyword = class.keywords.iter().find(|(key, _)| &**key == name);
    Ok(keyword.map(|(_, value)| value.clone()))
}

/// What the metaclass does: a class becomes a table, or keeps its fields for those that derive from it.
fn made(ev: &mut Interp<'_>, class: &Rc<Class>) -> R<()> {
    let is_table = match setting(ev, class, "table")? {
        Some(value) => {
            ev.need_known(&value, &format!("whether `{}` is a table", class.name))?;
            matches!(value, Value::Bool(true))
        }
        None => false,
    };
    if let Some(registry) = setting(ev, class, "registry")? {
        ev.need_known(&registry, &format!("the registry of `{}`", class.name))?;
        let metadata = ev.get_attr(&registry, "metadata")?;
        class.set("metadata", metadata);
        class.set(REGISTRY, registry);
        class.set("__abstract__", Value::Bool(true));
    }
    if has_table(class) {
        // Such a class has fields of its own, and no table of its own.
        return Ok(());
    }
    let fields = model_fields::collect(ev, class, &is_relationship)?;
    let relationships = take_away(class, &fields);
    if !is_table {
        return Ok(());
    }
    if let Some(why) = version::unmodelled(ev) {
        return Err(ev.unreadable(why));
    }
    if let Some(unknown) = class.find_unknown_base() {
        let what = format!("a base of the table `{}`", class.name);
        return Err(Flow::needs(&unknown, &what, ev.location()));
    }
    for field in fields.iter() {
        let value = column(ev, &class.name, field)?;
        let is_free = match value.downcast::<ColumnObj>() {
            Some(column) => match column.table.borrow().upgrade() {
                Some(table) => Err((column.column.borrow().name.text.clone(), table)),
                None => Ok(()),
            },
            None => return Err(ev.unreadable(format!("`{}` is no column", field.name))),
        };
        if let Err((column, table)) = is_free {
            let error = alchemy(ev).class("ArgumentError");
            let text = format!(
                "Column object '{column}' already assigned to Table '{}'",
                table.name
            );
            return Err(ev.raise_class(&error, vec![Value::from(text)]));
        }
        class.set(&field.name, value);
    }
    for (name, value) in relationships {
        class.set(&name, value);
    }
    let Some(registry) = registry_of(ev, class) else {
        return Err(ev.unreadable(format!("the registry of `{}` cannot be read", class.name)));
    };
    map_class(ev, &registry, class)?;
    super::super::tables::need_primary_key(ev, class)
}

fn is_relationship(value: &Value) -> bool {
    value.downcast_ref::<RelationshipInfo>().is_some()
}

/// Takes the values of fields and private attributes out of the class, as pydantic does, and its relationships, which
/// come back behind the columns of a table; their annotations come first.
fn take_away(class: &Rc<Class>, fields: &[model_fields::ModelField]) -> Vec<(Str, Value)> {
    let mut relationships = Vec::new();
    class.attrs.borrow_mut().retain(|name, value| {
        if is_relationship(value) {
            relationships.push((Str::clone(name), value.clone()));
            return false;
        }
        let is_private = name.starts_with('_') && !name.starts_with("__") && !is_ignored(value);
        !is_private && !fields.iter().any(|field| field.name == *name)
    });
    class.annotations.borrow_mut().sort_by_key(|annotation| {
        let is_related = relationships
            .iter()
            .any(|(name, _)| *name == annotation.name);
        !is_related
    });
    relationships
}

/// What pydantic never takes for an attribute.
fn is_ignored(value: &Value) -> bool {
    matches!(value, Value::Function(_) | Value::Native(_))
        || value.downcast_ref::<Property>().is_some()
        || value.downcast_ref::<ClassMethod>().is_some()
        || value.downcast_ref::<StaticMethod>().is_some()
}
