//! Names of `sqlalchemy.orm` and `sqlalchemy.ext`, as far as classes are written with them.

use std::cell::RefCell;
use std::rc::Rc;

use super::declarative::{self, DeclarativeHooks};
use super::{mapped_column, registry};
use crate::alchemy::schema::column::ColumnObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Annotation, Class, ClassHooks, NativeObject, Value};

/// The classes of a world.
pub(crate) struct OrmClasses {
    /// `Mapped` (and `Unmapped`), which annotations name.
    pub(crate) mapped: Rc<Class>,
    /// What `WriteOnlyMapped` and `DynamicMapped` derive from.
    pub(crate) relation: Rc<Class>,
    /// `registry`
    pub(crate) registry: Rc<Class>,
    /// `DeclarativeMeta`
    pub(crate) meta: Rc<Class>,
    /// Gives classes of `DeclarativeMeta` their behaviour.
    pub(crate) meta_base: Rc<Class>,
    /// `DeclarativeBase`, `DeclarativeBaseNoMeta`: whose subclasses are bases.
    pub(crate) roots: Vec<Rc<Class>>,
    named: Vec<(&'static str, Rc<Class>)>,
}

struct RegistryHooks;

impl ClassHooks for RegistryHooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        _class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        registry::construct(ev, args).map(Ok)
    }
}

/// The classes of the world that is being evaluated in.
pub(crate) fn classes(ev: &Interp<'_>) -> Rc<OrmClasses> {
    let type_ = Rc::clone(&ev.types().type_);
    ev.world().extension("sqlalchemy.orm", || {
        let plain = |name: &str, bases: Vec<Rc<Class>>| {
            Class::native(name, "sqlalchemy.orm.base", bases, None)
        };
        let hooks: Rc<dyn ClassHooks> = Rc::new(DeclarativeHooks);
        let declarative = |name: &str| {
            let module = "sqlalchemy.orm.decl_api";
            Class::native(name, module, Vec::new(), Some(Rc::clone(&hooks)))
        };
        let mapped = plain("Mapped", Vec::new());
        let relation = plain("DynamicMapped", vec![Rc::clone(&mapped)]);
        let roots = vec![
            declarative("DeclarativeBase"),
            declarative("DeclarativeBaseNoMeta"),
        ];
        let meta = Class::native(
            "DeclarativeMeta",
            "sqlalchemy.orm.decl_api",
            vec![type_],
            None,
        );
        let named = vec![
            ("Mapped", Rc::clone(&mapped)),
            ("Unmapped", plain("Unmapped", vec![Rc::clone(&mapped)])),
            ("DynamicMapped", Rc::clone(&relation)),
            (
                "WriteOnlyMapped",
                plain("WriteOnlyMapped", vec![Rc::clone(&relation)]),
            ),
            ("DeclarativeMeta", Rc::clone(&meta)),
            ("MappedAsDataclass", declarative("MappedAsDataclass")),
        ];
        OrmClasses {
            mapped,
            relation,
            registry: Class::native(
                "registry",
                "sqlalchemy.orm.decl_api",
                Vec::new(),
                Some(Rc::new(RegistryHooks)),
            ),
            meta,
            meta_base: declarative("DeclarativeMeta"),
            roots,
            named,
        }
    })
}

/// `@declared_attr`
pub(crate) struct DeclaredAttr {
    function: Value,
    /// `@declared_attr.cascading`
    pub(crate) cascading: bool,
    /// What it gave for each class: `cls.name` is the same object each time.
    given: RefCell<Vec<(Rc<Class>, Value)>>,
}

impl DeclaredAttr {
    fn value(function: Value, cascading: bool) -> Value {
        Value::object(DeclaredAttr {
            function,
            cascading,
            given: RefCell::default(),
        })
    }

    /// The function, without `@classmethod`.
    fn function(&self) -> Value {
        match self
            .function
            .downcast_ref::<crate::modules::descriptors::ClassMethod>()
        {
            Some(method) => method.0.clone(),
            None => self.function.clone(),
        }
    }

    /// What the function says that it returns.
    pub(crate) fn annotation(&self, ev: &mut Interp<'_>) -> Option<Annotation> {
        match self.function() {
            Value::Function(function) => ev.return_annotation(&function),
            _ => None,
        }
    }

    /// What the function gives for a class.
    pub(crate) fn of(&self, ev: &mut Interp<'_>, class: &Rc<Class>) -> R {
        let known = self
            .given
            .borrow()
            .iter()
            .find(|(known, _)| Rc::ptr_eq(known, class))
            .map(|(_, value)| value.clone());
        if let Some(known) = known {
            return Ok(known);
        }
        let function = self.function();
        let args = Args::positional(vec![Value::Class(Rc::clone(class))]);
        let value = ev.call(&function, args)?;
        self.given
            .borrow_mut()
            .push((Rc::clone(class), value.clone()));
        Ok(value)
    }
}

impl NativeObject for DeclaredAttr {
    fn type_name(&self) -> String {
        "declared_attr".to_owned()
    }

    fn descr_get(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        instance: Option<&Value>,
        owner: &Rc<Class>,
    ) -> R<Option<Value>> {
        match instance {
            None => self.of(ev, owner).map(Some),
            Some(_) => Ok(None),
        }
    }
}

/// `declared_attr` itself: a decorator with attributes.
struct DeclaredAttrFunction;

impl NativeObject for DeclaredAttrFunction {
    fn type_name(&self) -> String {
        "type".to_owned()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, _ev: &mut Interp<'_>, args: Args) -> R<Option<Value>> {
        let function = args.get(0).cloned().unwrap_or(Value::None);
        Ok(Some(DeclaredAttr::value(function, false)))
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "directive" => Some(Value::Object(self)),
            "cascading" => Some(Value::native("cascading", |_ev, args| {
                let function = args.get(0).cloned().unwrap_or(Value::None);
                Ok(DeclaredAttr::value(function, true))
            })),
            _ => None,
        })
    }

    fn get_item(self: Rc<Self>, _ev: &mut Interp<'_>, _key: &Value) -> R<Option<Value>> {
        Ok(Some(Value::Object(self)))
    }
}

/// `composite(…)`: the columns that it brings along.
pub(crate) struct Composite {
    /// `Column` and `mapped_column()` arguments.
    pub(crate) columns: Vec<Value>,
}

impl NativeObject for Composite {
    fn type_name(&self) -> String {
        "Composite".to_owned()
    }
}

fn composite(ev: &mut Interp<'_>, args: Args) -> R {
    let mut columns = Vec::new();
    for value in &args.positional {
        if let Value::Unknown(_) = value {
            return Ok(value.clone());
        }
        let Some(column) = value.downcast_ref::<ColumnObj>() else {
            continue;
        };
        let is_whole = {
            let column = column.column.borrow();
            !column.name.text.is_empty() && column.type_.is_some()
        };
        if !is_whole {
            return Ok(ev.unknown(
                "a column of `composite()` that takes its name or type from a dataclass is not modelled",
            ));
        }
        columns.push(value.clone());
    }
    let has_class_only = columns.is_empty()
        && !args
            .positional
            .iter()
            .any(|value| matches!(value, Value::Str(_)))
        && args.positional.len() <= 1
        && !args
            .positional
            .iter()
            .any(|value| matches!(value, Value::Opaque(_)));
    if has_class_only {
        return Ok(ev.unknown("`composite()` of a dataclass's fields is not modelled"));
    }
    Ok(Value::object(Composite { columns }))
}

/// `column_property(Column(…))`, `deferred(Column(…))`: the column; of an expression nothing that a table shows.
fn column_property(_ev: &mut Interp<'_>, args: Args) -> R {
    Ok(match args.get(0) {
        Some(value @ Value::Unknown(_)) => value.clone(),
        Some(value) if value.downcast_ref::<ColumnObj>().is_some() => value.clone(),
        _ => Value::opaque("column_property()"),
    })
}

/// `has_inherited_table(cls)`
fn has_inherited_table(_ev: &mut Interp<'_>, args: Args) -> R {
    let Some(Value::Class(class)) = args.get(0) else {
        return Ok(Value::Bool(false));
    };
    let has = class.mro_tail.iter().any(|base| {
        let table = base.attrs.borrow().get("__table__").cloned();
        table.is_some_and(|table| !table.is_none())
    });
    Ok(Value::Bool(has))
}

/// What never reaches a table.
const OPAQUE: &[&str] = &[
    "synonym",
    "dynamic_loader",
    "query_expression",
    "validates",
    "reconstructor",
    "hybrid_method",
    "joinedload",
    "selectinload",
    "subqueryload",
    "lazyload",
    "immediateload",
    "defaultload",
    "load_only",
    "defer",
    "undefer",
    "undefer_group",
    "Load",
    "association_proxy",
    "attribute_keyed_dict",
    "column_keyed_dict",
    "keyfunc_mapping",
    "attribute_mapped_collection",
    "column_mapped_collection",
    "mapped_collection",
    "ordering_list",
    "index_property",
    "configure_mappers",
    "clear_mappers",
    "foreign",
    "remote",
    "Mapper",
    "InstrumentedAttribute",
    "RelationshipProperty",
    "Relationship",
    "ColumnProperty",
    "QueryableAttribute",
    "MappedColumn",
    "MapperEvents",
    "mapper",
    "class_mapper",
    "object_mapper",
];

/// A name of `sqlalchemy.orm`, `sqlalchemy.ext` and their modules.
pub(crate) fn attr(ev: &mut Interp<'_>, module: &str, name: &str) -> R<Option<Value>> {
    let orm = classes(ev);
    let known = orm.named.iter().find(|(key, _)| *key == name);
    if let Some((_, class)) = known {
        return Ok(Some(Value::Class(Rc::clone(class))));
    }
    if let Some(root) = orm.roots.iter().find(|root| &*root.name == name) {
        return Ok(Some(Value::Class(Rc::clone(root))));
    }
    Ok(Some(match name {
        "registry" => Value::Class(Rc::clone(&orm.registry)),
        "declarative_base" => Value::native("declarative_base", declarative::declarative_base),
        "as_declarative" => Value::native("as_declarative", declarative::as_declarative_function),
        "declared_attr" => Value::object(DeclaredAttrFunction),
        "declarative_mixin" | "unmapped_dataclass" => {
            Value::native("declarative_mixin", |_, args| {
                Ok(args
                    .get(0)
                    .cloned()
                    .unwrap_or_else(|| Value::native("decorator", |_, args| Ok(first(&args)))))
            })
        }
        "mapped_as_dataclass" => Value::native("mapped_as_dataclass", |ev, args| {
            let registry = first(&args);
            ev.call_method(&registry, "mapped_as_dataclass", Args::none())
        }),
        "mapped_column" | "unmapped_column" => {
            Value::native("mapped_column", mapped_column::mapped_column)
        }
        "column_property" | "deferred" => Value::native("column_property", column_property),
        "composite" => Value::native("composite", composite),
        "relationship" | "relation" => {
            Value::native("relationship", super::relationship::relationship)
        }
        "backref" => Value::native("backref", super::relationship::backref),
        "has_inherited_table" => Value::native("has_inherited_table", has_inherited_table),
        "sessionmaker" => Value::native(name, crate::alchemy::orm::sessionmaker),
        "scoped_session" | "async_sessionmaker" | "async_scoped_session" => {
            Value::native(name, crate::alchemy::orm::other_factory)
        }
        "flag_modified" => Value::native(name, crate::alchemy::orm::session::flag_modified),
        "hybrid_property" => super::hybrid::function(),
        "AsyncAttrs" => Value::Class(plain(ev)),
        _ if OPAQUE.contains(&name) => Value::opaque(name),
        _ if module.starts_with("sqlalchemy.ext") => return mutable(ev, name),
        _ => return Ok(None),
    }))
}

fn first(args: &Args) -> Value {
    args.get(0).cloned().unwrap_or(Value::None)
}

/// A class that adds nothing that a table shows.
fn plain(ev: &Interp<'_>) -> Rc<Class> {
    struct Plain(Rc<Class>);
    let found = ev.world().extension("sqlalchemy.ext.asyncio", || {
        Plain(Class::native(
            "AsyncAttrs",
            "sqlalchemy.ext.asyncio",
            Vec::new(),
            None,
        ))
    });
    Rc::clone(&found.0)
}

/// `MutableDict.as_mutable(type)` is the type.
fn mutable(_ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
    if !matches!(
        name,
        "Mutable" | "MutableDict" | "MutableList" | "MutableSet" | "MutableComposite"
    ) {
        return Ok(None);
    }
    let class = Class::native(name, "sqlalchemy.ext.mutable", Vec::new(), None);
    let same = |name: &str| {
        Value::object(crate::modules::descriptors::StaticMethod(Value::native(
            name,
            |ev, args| {
                crate::alchemy::orm::mapped::note_tracking(ev);
                match args.get(0) {
                    // A class becomes an instance.
                    Some(value @ Value::Class(_)) => ev.call(value, Args::none()),
                    _ => Ok(first(&args)),
                }
            },
        )))
    };
    class.set("as_mutable", same("as_mutable"));
    class.set(
        "associate_with",
        Value::object(crate::modules::descriptors::StaticMethod(Value::native(
            "associate_with",
            |ev, _| {
                crate::alchemy::orm::mapped::note_tracking(ev);
                Ok(Value::None)
            },
        ))),
    );
    Ok(Some(Value::Class(class)))
}
