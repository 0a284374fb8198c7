//! Packages that stand beside SQLAlchemy.

mod models;

use std::cell::RefCell;
use std::rc::Rc;

use indexmap::IndexMap;
use limbeck_schema::{ColumnType, CustomType, TypeClass};

pub(crate) use models::{Model, directive_of, is_model_file, is_model_part, model_file, model_of};

use crate::alchemy::convert;
use crate::alchemy::registry::alchemy;
use crate::alchemy::types::object::TypeObj;
use crate::args::Args;
use crate::eval::{Interp, World};
use crate::flow::R;
use crate::modules::ModuleBuilder;
use crate::value::{Class, ClassHooks, Module, Value};

/// The builder of a modelled module, by dotted name.
pub(crate) fn module(name: &str) -> Option<ModuleBuilder> {
    Some(match name {
        "pgvector" => |_ev| Ok(Module::native("pgvector", [])),
        "dateutil" => |_ev| Ok(Module::native("dateutil", [])),
        "oslo_log" => |_ev| Ok(Module::native("oslo_log", [])),
        "packaging" => |_ev| Ok(Module::native("packaging", [])),
        // What the modules written in Python use of the evaluator.
        "_limbeck" => |_ev| {
            Ok(Module::native(
                "_limbeck",
                [
                    ("unreadable", Value::native("unreadable", unreadable)),
                    (
                        "note_comparison",
                        Value::native("note_comparison", note_comparison),
                    ),
                    (
                        "import_module",
                        Value::native("import_module", import_module),
                    ),
                    (
                        "installed_version",
                        Value::native("installed_version", installed_version),
                    ),
                ],
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

/// What takes part in comparing models and database besides Alembic.
#[derive(Default)]
struct Comparisons(RefCell<Vec<String>>);

fn comparisons(world: &World) -> Rc<Comparisons> {
    world.extension("alembic.autogenerate.comparators", Comparisons::default)
}

/// `note_comparison(what)`: a package takes part in autogenerate.
fn note_comparison(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "note_comparison", "what")?;
    let what = args.take_or_none("what");
    let what = convert::text(ev, &what, "the comparison")?.to_string();
    let noted = comparisons(ev.world());
    noted.0.borrow_mut().push(what);
    Ok(Value::None)
}

impl World {
    /// What takes part in comparing models and database besides Alembic, and is not modelled: of the packages that have been read
    /// here, and those that the texts of scripts import.
    #[must_use]
    pub fn foreign_comparison<'t>(
        &self,
        mut scripts: impl Iterator<Item = &'t str>,
    ) -> Option<String> {
        let noted = comparisons(self).0.borrow().first().cloned();
        let imports = |line: &str| {
            let words = line.trim_start().strip_prefix("from ");
            let words = words.or_else(|| line.trim_start().strip_prefix("import "));
            words.is_some_and(|it| it.trim_start().starts_with("alembic_utils"))
        };
        noted.or_else(|| {
            scripts
                .any(|text| text.lines().any(imports))
                .then(|| "alembic_utils compares views, functions and other entities".to_owned())
        })
    }
}

/// `import_module(name)`
fn import_module(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "import_module", "name")?;
    let name = args.take_or_none("name");
    ev.need_known(&name, "the name of a module")?;
    let name = convert::text(ev, &name, "the name of a module")?;
    ev.import(&name)
}

/// `installed_version(name)`: as far as it is known.
fn installed_version(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "version", "distribution_name")?;
    let name = args.take_or_none("distribution_name");
    let name = convert::text(ev, &name, "the name of a distribution")?;
    let wanted = name.to_lowercase().replace(['_', '.'], "-");
    let inputs = ev.world().inputs();
    let found = inputs
        .packages
        .iter()
        .find(|(known, _)| known.to_lowercase().replace(['_', '.'], "-") == wanted)
        .map(|(_, version)| Value::from(version.as_str()));
    Ok(found
        .unwrap_or_else(|| ev.unknown(format!("the installed version of `{name}` is not known"))))
}

/// True for a top-level package that is modelled here.
pub(crate) fn owns(name: &str) -> bool {
    models::owns(name)
}

/// `sqlmodel.AutoString`
struct AutoString;

impl ClassHooks for AutoString {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        if let Some(unknown) = convert::first_unknown(&args) {
            return Ok(Ok(unknown));
        }
        let type_ = auto_string_type(ev, args)?;
        Ok(Ok(Value::object(TypeObj {
            type_,
            class: Some(Rc::clone(class)),
            template: None,
        })))
    }

    fn is_partial(&self) -> bool {
        true
    }
}

/// Its class, made once in a world.
struct Made(Rc<Class>);

/// `sqlmodel.AutoString`
pub(crate) fn auto_string(ev: &mut Interp<'_>) -> Rc<Class> {
    let base = alchemy(ev).class("TypeDecorator");
    let made = Rc::clone(ev.world()).extension("sqlmodel.AutoString", || {
        let hooks: Rc<dyn ClassHooks> = Rc::new(AutoString);
        Made(Class::native(
            "AutoString",
            "sqlmodel.sql.sqltypes",
            vec![base],
            Some(hooks),
        ))
    });
    Rc::clone(&made.0)
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
    let string = crate::alchemy::types::construct::construct(ev, TypeClass::String, args)?;
    let mut type_ = CustomType {
        module: "sqlmodel.sql.sqltypes".to_owned(),
        name: "AutoString".to_owned(),
        arguments,
        impl_: Some(Box::new(string.clone())),
        by_dialect: IndexMap::new(),
        col_spec: None,
    };
    if string.length.is_none() {
        // MySQL needs a length; sqlmodel gives its default, on MariaDB since 0.0.47.
        let is_given_everywhere = crate::models::sqlmodel::version::at_least(ev, 0, 47);
        for dialect in ["mysql", "mariadb"] {
            if dialect == "mariadb" && !is_given_everywhere {
                continue;
            }
            let mut with_length = string.clone();
            with_length.length = Some(255);
            type_.by_dialect.insert(dialect.to_owned(), with_length);
        }
    }
    Ok(ColumnType::custom(type_))
}
