//! Flask-SQLAlchemy: `db = SQLAlchemy(…)`, whose `db.Model` names tables after classes.

use std::cell::RefCell;
use std::rc::Rc;

use super::declarative::{is_mapped, make_base, registry_of};
use super::orm::DeclaredAttr;
use super::registry::{Registry, metadata_argument};
use crate::alchemy::registry::alchemy;
use crate::alchemy::schema::metadata::MetaDataObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, ClassHooks, Module, NativeObject, Str, Value};

/// Set on `db.Model`: its classes are named, unless `disable_autonaming=True`, and have a `MetaData` for each `__bind_key__`.
const NAMING: &str = "__fsa__";

/// `flask_sqlalchemy`
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let class = ev.world().extension("flask_sqlalchemy", || {
        Class::native(
            "SQLAlchemy",
            "flask_sqlalchemy.extension",
            Vec::new(),
            Some(Rc::new(Hooks)),
        )
    });
    Ok(Module::native(
        "flask_sqlalchemy",
        [("SQLAlchemy", Value::Class(Rc::clone(&class)))],
    ))
}

struct Hooks;

impl ClassHooks for Hooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        if subclass_attr(class, "__init__").is_some() {
            return Ok(Ok(ev.foreign(format!(
                "how `{}`, a subclass of `SQLAlchemy`, is made is not modelled",
                class.name
            ))));
        }
        construct(ev, class, args).map(Ok)
    }
}

/// What a subclass of `SQLAlchemy`, or one between them, says itself.
fn subclass_attr(class: &Rc<Class>, name: &str) -> Option<Value> {
    class
        .mro()
        .take_while(|base| base.hooks.is_none())
        .find_map(|base| base.attrs.borrow().get(name).cloned())
}

fn construct(ev: &mut Interp<'_>, class: &Rc<Class>, args: Args) -> R {
    let mut args = args.bind(
        ev,
        "SQLAlchemy.__init__",
        "app=, *, metadata=, session_options=, query_class=, model_class=, engine_options=, add_models_to_shell=, \
         disable_autonaming=, use_native_unicode=",
    )?;
    let metadata = args.take_or_none("metadata");
    if metadata.is_unknown() {
        return Ok(metadata);
    }
    let metadata = metadata_argument(ev, &metadata)?;
    let disabled = args.take_or_none("disable_autonaming");
    let disabled = crate::alchemy::convert::flag(ev, &disabled, "`disable_autonaming`")?;
    let model = match args.take_or_none("model_class") {
        Value::None => Vec::new(),
        Value::Class(class) => vec![class],
        Value::Unknown(unknown) => return Ok(Value::Unknown(unknown)),
        _ => return Ok(ev.unknown("`model_class` is no class")),
    };
    let known = match model.first() {
        Some(class) => registry_of(ev, class),
        None => None,
    };
    let is_root = model.first().is_some_and(|class| {
        let orm = super::orm::classes(ev);
        orm.roots.iter().any(|root| Rc::ptr_eq(root, class))
    });
    let registry = match (known, metadata) {
        (Some(registry), None) => registry,
        (Some(registry), Some(metadata)) => {
            let with = Registry::new(Some(metadata));
            with.types.borrow_mut().clone_from(&registry.types.borrow());
            Rc::new(with)
        }
        (None, metadata) => Rc::new(Registry::new(metadata)),
    };
    let bases = if is_root { Vec::new() } else { model };
    let Value::Class(model) = make_base(ev, &registry, "Model", bases) else {
        return Ok(ev.unknown("`db.Model` is not modelled"));
    };
    let db = Rc::new(Database {
        class: Rc::clone(class),
        model: RefCell::new(Value::Class(Rc::clone(&model))),
        metadata: Rc::clone(&registry.metadata),
        others: RefCell::default(),
        names: !disabled,
    });
    let value: Rc<dyn NativeObject> = Rc::clone(&db) as _;
    let value = Value::Object(value);
    model.set(NAMING, value.clone());
    model.set("query", elsewhere("db.Model.query"));
    // Flask-SQLAlchemy 2 asks a subclass for the base of its models.
    if let Some(own) = subclass_attr(class, "make_declarative_base") {
        let own = ev.bind_descriptor(&own, &value, class)?;
        let base = ev.unknown("the base of `SQLAlchemy` is not modelled");
        let base = ev.call(
            &own,
            Args::positional(vec![base]).with("metadata", Value::None),
        )?;
        *db.model.borrow_mut() = base;
    }
    Ok(value)
}

/// `SQLAlchemy()`
struct Database {
    class: Rc<Class>,
    model: RefCell<Value>,
    metadata: Rc<MetaDataObj>,
    /// The `MetaData` of each `__bind_key__`.
    others: RefCell<Vec<(Str, Rc<MetaDataObj>)>>,
    names: bool,
}

impl Database {
    fn metadata_for(&self, key: &Value) -> Rc<MetaDataObj> {
        let Some(key) = key.as_str() else {
            return Rc::clone(&self.metadata);
        };
        let mut others = self.others.borrow_mut();
        if let Some((_, metadata)) = others.iter().find(|(known, _)| *known == key) {
            return Rc::clone(metadata);
        }
        let metadata = MetaDataObj::empty();
        metadata
            .convention
            .borrow_mut()
            .clone_from(&self.metadata.convention.borrow());
        let metadata = Rc::new(metadata);
        others.push((key, Rc::clone(&metadata)));
        metadata
    }
}

impl NativeObject for Database {
    fn type_name(&self) -> String {
        "SQLAlchemy".to_owned()
    }

    fn class(&self, _ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(Rc::clone(&self.class))
    }

    fn methods(&self) -> &'static [&'static str] {
        &["Table", "init_app"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        mut args: Args,
    ) -> R<Option<Value>> {
        if name != "Table" {
            return Ok(Some(Value::opaque(name)));
        }
        let key = args.take_keyword("bind_key").unwrap_or(Value::None);
        ev.need_known(&key, "`bind_key`")?;
        let has_metadata = args.keyword("metadata").is_some()
            || args
                .get(1)
                .is_some_and(|it| it.downcast_ref::<MetaDataObj>().is_some());
        if !has_metadata {
            let metadata: Rc<dyn NativeObject> = self.metadata_for(&key);
            let at = args.positional.len().min(1);
            args.positional.insert(at, Value::Object(metadata));
        }
        let table = Value::Class(alchemy(ev).class("Table"));
        ev.call(&table, args).map(Some)
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let class = Rc::clone(&self.class);
        if let Some(own) = subclass_attr(&class, name) {
            let this = Value::Object(self);
            return ev.bind_descriptor(&own, &this, &class).map(Some);
        }
        Ok(match name {
            "Model" => Some(self.model.borrow().clone()),
            "metadata" => {
                let metadata: Rc<dyn NativeObject> = Rc::clone(&self.metadata) as _;
                Some(Value::Object(metadata))
            }
            "session" | "engine" | "engines" | "get_engine" | "create_all" | "drop_all"
            | "reflect" => Some(elsewhere(&format!("db.{name}"))),
            "Query" => Some(Value::opaque("db.Query")),
            "Table" | "init_app" => None,
            _ => {
                for module in ["sqlalchemy", "sqlalchemy.orm"] {
                    let module = ev.import(module)?;
                    let found = ev.get_attr(&module, name)?;
                    if !found.is_unknown() {
                        return Ok(Some(found));
                    }
                }
                None
            }
        })
    }
}

/// What works on connections of the application: none of them is the migration's.
struct Elsewhere(String);

/// Something that works on a connection of the application: what a migration does with it is not done in the migration.
pub(crate) fn elsewhere(name: &str) -> Value {
    Value::object(Elsewhere(name.to_owned()))
}

impl NativeObject for Elsewhere {
    fn type_name(&self) -> String {
        self.0.clone()
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let is_special = name.starts_with("__");
        Ok((!is_special).then(|| elsewhere(&format!("{}.{name}", self.0))))
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, ev: &mut Interp<'_>, _args: Args) -> R<Option<Value>> {
        if ev.is_running() {
            return Err(ev.unreadable(format!(
                "`{}` works on a connection of the application's own, which is not modelled",
                self.0
            )));
        }
        Ok(Some(elsewhere(&format!("{}()", self.0))))
    }

    fn truth(&self, ev: &mut Interp<'_>) -> R<bool> {
        Err(ev.unreadable(format!("whether `{}` is true is not modelled", self.0)))
    }

    fn iterate(self: Rc<Self>, ev: &mut Interp<'_>) -> R<Option<Vec<Value>>> {
        Err(ev.unreadable(format!("what `{}` gives is not modelled", self.0)))
    }
}

/// Names a class and gives it its `MetaData`, before it is mapped. True where a class without a primary key of its own goes
/// into its parent's table.
pub(crate) fn prepare(ev: &mut Interp<'_>, class: &Rc<Class>) -> R<bool> {
    let Some(db) = class
        .lookup(NAMING)
        .and_then(|db| db.downcast::<Database>())
    else {
        return Ok(false);
    };
    let own = |name: &str| class.attrs.borrow().contains_key(name);
    if !own("metadata") && !own("__table__") {
        let key = class.lookup("__bind_key__").unwrap_or(Value::None);
        ev.need_known(&key, "`__bind_key__`")?;
        if !key.is_none() {
            let metadata: Rc<dyn NativeObject> = db.metadata_for(&key);
            class.set("metadata", Value::Object(metadata));
        }
    }
    if !db.names {
        return Ok(false);
    }
    if wants_name(class) {
        class.set("__tablename__", Value::from(snake_case(&class.name)));
    }
    Ok(true)
}

/// `should_set_tablename`
fn wants_name(class: &Rc<Class>) -> bool {
    for base in class.mro() {
        let Some(found) = base.attrs.borrow().get("__tablename__").cloned() else {
            continue;
        };
        if found.downcast_ref::<DeclaredAttr>().is_some() {
            return false;
        }
        // The name of a mixin is used; that of a mapped base is not.
        let is_abstract = base.attrs.borrow().contains_key("__abstract__");
        return !Rc::ptr_eq(base, class) && !is_abstract && is_mapped(base);
    }
    true
}

/// `CamelCase` as `camel_case`, by `((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))`.
fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, letter) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let after_small = before.is_some_and(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
        let before_small = at > 0 && chars.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && (after_small || before_small) {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out.trim_start_matches('_').to_owned()
}
