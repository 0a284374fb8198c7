//! `sqlalchemy.ext.compiler.compiles`: constructs with SQL of their own. What such a function writes is not modelled: what it is for
//! is refused.

use std::cell::RefCell;
use std::rc::Rc;

use limbeck_diag::Location;
use limbeck_schema::TypeClass;

use crate::alchemy::registry::alchemy;
use crate::args::Args;
use crate::eval::{Interp, World};
use crate::flow::R;
use crate::value::{Class, Module, Value};

/// A function that writes the SQL of a class.
#[derive(Clone)]
struct Compiler {
    class: Option<Rc<Class>>,
    /// The function of the database, such as `now`, if it is for one.
    function: Option<String>,
    /// Names of dialects; all of them if there is none.
    dialects: Vec<String>,
    location: Option<Location>,
}

#[derive(Default)]
struct Compilers(RefCell<Vec<Compiler>>);

fn compilers(world: &World) -> Rc<Compilers> {
    world.extension("sqlalchemy.ext.compiler", Compilers::default)
}

/// `sqlalchemy.ext.compiler`
pub(crate) fn module() -> Rc<Module> {
    Module::native(
        "sqlalchemy.ext.compiler",
        [("compiles", Value::native("compiles", compiles))],
    )
}

/// `compiles(class_, *dialects)`
fn compiles(ev: &mut Interp<'_>, args: Args) -> R {
    let class = args.get(0).cloned().unwrap_or(Value::None);
    if class.is_unknown() {
        return Ok(class);
    }
    let mut dialects = Vec::new();
    for spec in args.positional.iter().skip(1) {
        ev.need_known(spec, "the dialect of `compiles()`")?;
        dialects.extend(spec.as_str().map(|it| it.to_string()));
    }
    let compiler = Compiler {
        class: match &class {
            Value::Class(class) => Some(Rc::clone(class)),
            _ => None,
        },
        function: super::functions::name(&class),
        dialects,
        location: ev.location(),
    };
    Ok(Value::native("decorate", move |ev, args| {
        let known = compilers(ev.world());
        known.0.borrow_mut().push(compiler.clone());
        Ok(args.get(0).cloned().unwrap_or(Value::None))
    }))
}

/// Fails where a function is in force for the dialect and for what `is_meant` says, which is `what` in words. Nearly always there is no
/// such function in a project, and nothing is done.
fn check(
    ev: &mut Interp<'_>,
    what: impl FnOnce() -> String,
    is_meant: impl Fn(&Interp<'_>, &Compiler) -> bool,
) -> R<()> {
    let known = compilers(ev.world());
    if known.0.borrow().is_empty() {
        return Ok(());
    }
    let dialect = ev.host().dialect_name().to_owned();
    let is_in_force = |it: &&Compiler| it.dialects.is_empty() || it.dialects.contains(&dialect);
    let known = known.0.borrow();
    let found = known.iter().filter(is_in_force).find(|it| is_meant(ev, it));
    let Some(compiler) = found else {
        return Ok(());
    };
    let place = compiler.location.as_ref();
    let place = place.map_or_else(String::new, |it| format!(" ({it})"));
    Err(ev.unreadable(format!(
        "{} is compiled by a function of its own{place}",
        what()
    )))
}

/// Fails for a class written in Python that has a compiler, or derives from one that has.
pub(crate) fn check_class(ev: &mut Interp<'_>, class: &Rc<Class>) -> R<()> {
    let what = || format!("the type `{}`", class.name);
    check(ev, what, |_, compiler| {
        let meant = compiler.class.as_ref();
        meant.is_some_and(|meant| class.mro().any(|base| Rc::ptr_eq(base, meant)))
    })
}

/// Fails for a type of SQLAlchemy's own that has a compiler of the project's. Those that derive from it have their own again.
pub(crate) fn check_type(ev: &mut Interp<'_>, class: TypeClass) -> R<()> {
    let what = || format!("the type `{}`", class.py_name());
    check(ev, what, |ev, compiler| {
        let meant = compiler.class.as_ref();
        meant.is_some_and(|meant| Rc::ptr_eq(&alchemy(ev).type_class(class), meant))
    })
}

/// Fails for a function of the database that has a compiler of the project's.
pub(crate) fn check_function(ev: &mut Interp<'_>, name: &str) -> R<()> {
    check(
        ev,
        || format!("`{name}()`"),
        |_, compiler| compiler.function.as_deref() == Some(name),
    )
}

/// Statements that an operation may come to. What else has a compiler (`BinaryExpression`) is not looked at here.
const STATEMENTS: &[&str] = &[
    "AddConstraint",
    "CreateColumn",
    "CreateIndex",
    "CreateSchema",
    "CreateSequence",
    "CreateTable",
    "Delete",
    "DropConstraint",
    "DropIndex",
    "DropSchema",
    "DropSequence",
    "DropTable",
    "Insert",
    "Select",
    "Update",
];

/// Fails where a statement of SQLAlchemy's own, such as `CreateTable`, has a compiler of the project's: an operation may come to it.
pub(crate) fn check_statements(ev: &mut Interp<'_>) -> R<()> {
    let what = || "a statement of SQLAlchemy's".to_owned();
    check(ev, what, |_, compiler| {
        let class = compiler.class.as_ref();
        class.is_some_and(|class| class.location.is_none() && STATEMENTS.contains(&&*class.name))
    })
}
