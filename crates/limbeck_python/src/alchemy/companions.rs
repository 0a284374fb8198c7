//! Packages that stand beside SQLAlchemy.

mod models;

use std::rc::Rc;

use indexmap::IndexMap;
use limbeck_schema::{ColumnType, CustomType, TypeClass};

pub(crate) use models::{Model, is_model_file, is_model_part, model_file, model_of};

use super::convert;
use super::registry::alchemy;
use super::type_object::TypeObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::modules::ModuleBuilder;
use crate::value::{Class, ClassHooks, Module, Value};

/// The builder of a modelled module, by dotted name.
pub(crate) fn module(name: &str) -> Option<ModuleBuilder> {
    Some(match name {
        "fastapi_users_db_sqlalchemy" => |ev| guid_module(ev, "fastapi_users_db_sqlalchemy"),
        "fastapi_users_db_sqlalchemy.generics" => {
            |ev| guid_module(ev, "fastapi_users_db_sqlalchemy.generics")
        }
        "fastapi_users_db_sqlalchemy.guid" => {
            |ev| guid_module(ev, "fastapi_users_db_sqlalchemy.guid")
        }
        "pgvector" => |_ev| Ok(Module::native("pgvector", [])),
        "pgvector.sqlalchemy" => |ev| vector_module(ev, "pgvector.sqlalchemy"),
        "pgvector.sqlalchemy.vector" => |ev| vector_module(ev, "pgvector.sqlalchemy.vector"),
        // What the modules written in Python use of the evaluator.
        "_limbeck" => |_ev| {
            Ok(Module::native(
                "_limbeck",
                [("unreadable", Value::native("unreadable", unreadable))],
            ))
        },
        _ => return None,
    })
}

/// `unreadable(message)`: the script that calls the model cannot be read.
fn unreadable(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "unreadable", "message")?;
    let message = args.take_or_none("message");
    let message = convert::text(ev, &message, "the message")?;
    Err(ev.unreadable(message.to_string()))
}

/// True for a top-level package that is modelled here.
pub(crate) fn owns(name: &str) -> bool {
    matches!(name, "fastapi_users_db_sqlalchemy" | "pgvector") || models::owns(name)
}

/// How a companion's type is made.
type Make = fn(&mut Interp<'_>, Args) -> R<ColumnType>;

struct TypeOf {
    make: Make,
}

impl ClassHooks for TypeOf {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        if let Some(unknown) = convert::first_unknown(&args) {
            return Ok(Ok(unknown));
        }
        let type_ = (self.make)(ev, args)?;
        Ok(Ok(Value::object(TypeObj {
            type_,
            class: Some(Rc::clone(class)),
        })))
    }

    fn is_partial(&self) -> bool {
        true
    }
}

/// The classes of a world, made once.
struct Companions {
    classes: Vec<(&'static str, Rc<Class>)>,
}

fn class(ev: &mut Interp<'_>, name: &'static str, module: &str, make: Make) -> Rc<Class> {
    let models = alchemy(ev);
    let companions = Rc::clone(ev.world()).extension("companions", || Companions {
        classes: [
            (
                "AutoString",
                "sqlmodel.sql.sqltypes",
                "TypeDecorator",
                auto_string_type as Make,
            ),
            (
                "GUID",
                "fastapi_users_db_sqlalchemy.generics",
                "TypeDecorator",
                guid_type as Make,
            ),
            (
                "Vector",
                "pgvector.sqlalchemy.vector",
                "UserDefinedType",
                vector_type as Make,
            ),
        ]
        .into_iter()
        .map(|(name, module, base, make)| {
            let hooks: Rc<dyn ClassHooks> = Rc::new(TypeOf { make });
            (
                name,
                Class::native(name, module, vec![models.class(base)], Some(hooks)),
            )
        })
        .collect(),
    });
    match companions.classes.iter().find(|(key, _)| *key == name) {
        Some((_, class)) => Rc::clone(class),
        None => Class::native(name, module, Vec::new(), Some(Rc::new(TypeOf { make }))),
    }
}

fn custom(module: &str, name: &str, arguments: String, impl_: Option<ColumnType>) -> CustomType {
    CustomType {
        module: module.to_owned(),
        name: name.to_owned(),
        arguments,
        impl_: impl_.map(Box::new),
        by_dialect: IndexMap::new(),
        col_spec: None,
    }
}

/// `sqlmodel.AutoString`
pub(crate) fn auto_string(ev: &mut Interp<'_>) -> Rc<Class> {
    class(ev, "AutoString", "sqlmodel.sql.sqltypes", auto_string_type)
}

fn written(ev: &mut Interp<'_>, args: &Args) -> R<String> {
    let mut parts = Vec::new();
    for value in &args.positional {
        parts.push(ev.to_repr(value)?);
    }
    for (key, value) in &args.keywords {
        parts.push(format!("{key}={}", ev.to_repr(value)?));
    }
    Ok(parts.join(", "))
}

fn auto_string_type(ev: &mut Interp<'_>, args: Args) -> R<ColumnType> {
    let arguments = written(ev, &args)?;
    let string = super::type_construct::construct(ev, TypeClass::String, args)?;
    let mut type_ = custom(
        "sqlmodel.sql.sqltypes",
        "AutoString",
        arguments,
        Some(string.clone()),
    );
    if string.length.is_none() {
        // MySQL needs a length; sqlmodel gives its default.
        for dialect in ["mysql", "mariadb"] {
            let mut with_length = string.clone();
            with_length.length = Some(255);
            type_.by_dialect.insert(dialect.to_owned(), with_length);
        }
    }
    Ok(ColumnType::custom(type_))
}

fn guid_module(ev: &mut Interp<'_>, name: &str) -> R<Rc<Module>> {
    let class = class(
        ev,
        "GUID",
        "fastapi_users_db_sqlalchemy.generics",
        guid_type,
    );
    Ok(Module::native(name, [("GUID", Value::Class(class))]))
}

/// CHAR(36), and UUID on PostgreSQL.
fn guid_type(ev: &mut Interp<'_>, args: Args) -> R<ColumnType> {
    args.bind(ev, "GUID.__init__", "length=")?;
    let mut char = ColumnType::new(TypeClass::SqlChar);
    char.length = Some(36);
    let mut type_ = custom(
        "fastapi_users_db_sqlalchemy.generics",
        "GUID",
        String::new(),
        Some(char),
    );
    type_
        .by_dialect
        .insert("postgresql".to_owned(), ColumnType::new(TypeClass::SqlUuid));
    Ok(ColumnType::custom(type_))
}

fn vector_module(ev: &mut Interp<'_>, name: &str) -> R<Rc<Module>> {
    let class = class(ev, "Vector", "pgvector.sqlalchemy.vector", vector_type);
    Ok(Module::native(
        name,
        [
            ("Vector", Value::Class(Rc::clone(&class))),
            ("VECTOR", Value::Class(class)),
        ],
    ))
}

fn vector_type(ev: &mut Interp<'_>, args: Args) -> R<ColumnType> {
    let arguments = written(ev, &args)?;
    let mut args = args.bind(ev, "VECTOR.__init__", "dim=")?;
    let dim = args.take_or_none("dim");
    let dim = convert::opt_u64(ev, &dim, "`dim`")?;
    let mut type_ = custom("pgvector.sqlalchemy.vector", "VECTOR", arguments, None);
    type_.col_spec = Some(match dim {
        Some(dim) => format!("VECTOR({dim})"),
        None => "VECTOR".to_owned(),
    });
    Ok(ColumnType::custom(type_))
}
