//! `sqlalchemy.ext.compiler.compiles`: constructs with SQL of their own.
//!
//! What such a function writes for a type of SQLAlchemy's is taken over where it can be read simply; what any other is for is refused.

use std::cell::RefCell;
use std::rc::Rc;

use limbeck_diag::Location;
use limbeck_schema::{ColumnType, CompiledType, Op, Statement, TypeClass};
use ruff_python_ast::{Expr, Stmt};

use crate::alchemy::imported::reach::{Reach, reach_of};
use crate::alchemy::registry::alchemy;
use crate::args::Args;
use crate::eval::{BodyText, Interp, World};
use crate::flow::{Flow, R};
use crate::value::{Class, Module, Value};

/// A function that writes the SQL of a class.
#[derive(Clone)]
pub(crate) struct Compiler {
    /// The class, if it is known.
    pub(crate) class: Option<Rc<Class>>,
    /// Its name, as the project writes it.
    pub(crate) name: String,
    /// The function of the database, such as `now`, if it is for one.
    pub(crate) function: Option<String>,
    /// Names of dialects; all of them if there is none.
    pub(crate) dialects: Vec<String>,
    /// What it writes, if that can be read simply.
    pub(crate) written: Option<CompiledType>,
    /// True if what it has no words for is written as ever: its last statement calls SQLAlchemy's own visitor.
    pub(crate) hands_on: bool,
    pub(crate) location: Option<Location>,
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

/// Keeps a compiler in force.
pub(crate) fn register(world: &World, compiler: Compiler) {
    compilers(world).0.borrow_mut().push(compiler);
}

/// True if there is any.
pub(crate) fn has_any(world: &World) -> bool {
    !compilers(world).0.borrow().is_empty()
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
    let class_ = match &class {
        Value::Class(class) => Some(Rc::clone(class)),
        _ => None,
    };
    let compiler = Compiler {
        name: class_
            .as_ref()
            .map_or_else(|| ev.type_name(&class), |it| it.name.to_string()),
        class: class_,
        function: super::functions::name(&class),
        dialects,
        written: None,
        hands_on: false,
        location: ev.location(),
    };
    Ok(Value::native("decorate", move |ev, args| {
        let function = args.get(0).cloned().unwrap_or(Value::None);
        let (written, hands_on) = match &function {
            Value::Function(function) => match function.code.body() {
                Some(BodyText::Block(body)) => (written(body), hands_on(body)),
                Some(BodyText::Expr(value)) => (written_value(value), false),
                None => (None, false),
            },
            _ => (None, false),
        };
        let compiler = Compiler {
            written,
            hands_on,
            ..compiler.clone()
        };
        register(ev.world(), compiler);
        Ok(function)
    }))
}

/// What the body of a compiler writes, if it is nothing but a text or the call of a visitor.
pub(crate) fn written(body: &[Stmt]) -> Option<CompiledType> {
    let is_text =
        |stmt: &&Stmt| !matches!(stmt, Stmt::Expr(it) if it.value.is_string_literal_expr());
    let mut rest = body.iter().filter(is_text);
    match (rest.next(), rest.next()) {
        (Some(Stmt::Return(stmt)), None) => written_value(stmt.value.as_deref()?),
        _ => None,
    }
}

/// True for a function that ends with `return compiler.visit_binary(element, …)`.
pub(crate) fn hands_on(body: &[Stmt]) -> bool {
    let Some(Stmt::Return(last)) = body.last() else {
        return false;
    };
    match last.value.as_deref() {
        Some(Expr::Call(call)) => {
            matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "visit_binary")
        }
        _ => false,
    }
}

pub(crate) fn written_value(value: &Expr) -> Option<CompiledType> {
    match value {
        Expr::StringLiteral(text) => Some(CompiledType::Text(text.value.to_str().to_owned())),
        // `compiler.visit_JSON(type_, **kw)`
        Expr::Call(call) => {
            let Expr::Attribute(method) = &*call.func else {
                return None;
            };
            let is_name = |expr: &Expr| matches!(expr, Expr::Name(_));
            let visit = method.attr.as_str().strip_prefix("visit_")?;
            let is_handed_on = is_name(&method.value)
                && matches!(&*call.arguments.args, [one] if is_name(one))
                && call.arguments.keywords.iter().all(|it| it.arg.is_none());
            is_handed_on.then(|| CompiledType::Visit(visit.to_owned()))
        }
        _ => None,
    }
}

/// The functions that are in force for the dialect and for what `is_meant` says. Nearly always there is no such function in a
/// project, and nothing is done.
fn in_force(
    ev: &mut Interp<'_>,
    is_meant: impl Fn(&Interp<'_>, &Compiler) -> bool,
) -> Vec<Compiler> {
    let known = compilers(ev.world());
    if known.0.borrow().is_empty() {
        return Vec::new();
    }
    let dialect = ev.host().dialect_name().to_owned();
    let is_in_force = |it: &&Compiler| it.dialects.is_empty() || it.dialects.contains(&dialect);
    let known = known.0.borrow();
    let mut found: Vec<Compiler> = known
        .iter()
        .filter(is_in_force)
        .filter(|it| is_meant(ev, it))
        .cloned()
        .collect();
    // One for the dialect wins over one for all of them.
    if found.iter().any(|it| !it.dialects.is_empty()) {
        found.retain(|it| !it.dialects.is_empty());
    }
    found
}

fn refused(ev: &Interp<'_>, what: &str, compiler: &Compiler) -> Flow {
    let place = compiler.location.as_ref();
    let place = place.map_or_else(String::new, |it| format!(" ({it})"));
    ev.unreadable(format!(
        "{what} is compiled by a function of its own{place}"
    ))
}

/// Fails where a function is in force.
fn check(
    ev: &mut Interp<'_>,
    what: impl FnOnce() -> String,
    is_meant: impl Fn(&Interp<'_>, &Compiler) -> bool,
) -> R<()> {
    match in_force(ev, is_meant).first() {
        Some(compiler) => Err(refused(ev, &what(), compiler)),
        None => Ok(()),
    }
}

/// What is written in the place of a type, where that is known; fails where it is not.
fn replacement(ev: &mut Interp<'_>, what: &str, found: &[Compiler]) -> R<Option<CompiledType>> {
    let Some(first) = found.first() else {
        return Ok(None);
    };
    // Which one is the last depends on the order of imports.
    if first.written.is_none() || found.iter().any(|it| it.written != first.written) {
        return Err(refused(ev, what, first));
    }
    Ok(first.written.clone())
}

/// What is written in the place of a class written in Python that has a compiler, or derives from one that has.
pub(crate) fn of_class(ev: &mut Interp<'_>, class: &Rc<Class>) -> R<Option<CompiledType>> {
    // SQLAlchemy gives a class with a visitor's name of its own a dispatch of its own.
    let mut bases: Vec<Rc<Class>> = Vec::new();
    for base in class.mro() {
        bases.push(Rc::clone(base));
        if base.attrs.borrow().contains_key("__visit_name__") {
            break;
        }
    }
    let found = in_force(ev, |_, compiler| {
        bases.iter().any(|base| match &compiler.class {
            Some(meant) => Rc::ptr_eq(base, meant),
            None => base.location.is_some() && *base.name == *compiler.name,
        })
    });
    replacement(ev, &format!("the type `{}`", class.name), &found)
}

/// Takes over how the project writes a type of SQLAlchemy's own, and what it is on the dialect. Those that derive from it have
/// their own again.
///
/// # Errors
/// The function that writes it cannot be read.
pub(crate) fn apply(ev: &mut Interp<'_>, type_: &mut ColumnType) -> R<()> {
    if compilers(ev.world()).0.borrow().is_empty() {
        return Ok(());
    }
    let dialect = ev.host().dialect_name().to_owned();
    if let Some(variant) = type_.variants.get_mut(&dialect) {
        return apply(ev, variant);
    }
    if let Some(custom) = &mut type_.custom {
        let inner = custom.by_dialect.get_mut(&dialect);
        let inner = inner.or(custom.impl_.as_deref_mut());
        return inner.map_or(Ok(()), |inner| apply(ev, inner));
    }
    if let Some(item) = &mut type_.item {
        apply(ev, item)?;
    }
    let class = type_.class;
    let found = in_force(ev, |ev, compiler| match &compiler.class {
        Some(meant) => Rc::ptr_eq(&alchemy(ev).type_class(class), meant),
        None => compiler.name == class.py_name(),
    });
    if let Some(written) = replacement(ev, &format!("the type `{}`", class.py_name()), &found)? {
        type_.compiled = Some(written);
        return Ok(());
    }
    // These are written as what they stand on.
    let below = match class {
        TypeClass::Interval => TypeClass::DateTime,
        TypeClass::PickleType => TypeClass::LargeBinary,
        _ => return Ok(()),
    };
    let what = || format!("what the type `{}` stands on", class.py_name());
    check(ev, what, |ev, compiler| match &compiler.class {
        Some(meant) => Rc::ptr_eq(&alchemy(ev).type_class(below), meant),
        None => compiler.name == below.py_name(),
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

/// Fails where a statement or an expression of SQLAlchemy's own that an operation may come to has a compiler of the project's.
pub(crate) fn check_operation(ev: &mut Interp<'_>, op: &Op) -> R<()> {
    let what = || "a statement of SQLAlchemy's".to_owned();
    check(ev, what, |ev, compiler| {
        let is_own = compiler
            .class
            .as_ref()
            .is_some_and(|it| it.location.is_some());
        if is_own || compiler.function.is_some() || is_type(ev, compiler) {
            return false;
        }
        // The name of a class that only the project knows.
        match reach_of(&compiler.name) {
            Some(reach) => reach.includes(op),
            // The rows of the version table are found with a comparison, too: of a column and a value.
            None if compiler.name == "BinaryExpression" && compiler.hands_on => has_operators(op),
            None => compiler.class.is_some() && Reach::Everything.includes(op),
        }
    })
}

/// True for an operation that may hold an operator of SQLAlchemy's somewhere. It is asked in very few projects: how an operation
/// is shown to programmers names all of its parts.
fn has_operators(op: &Op) -> bool {
    if let Op::Execute(execute) = op
        && matches!(
            &execute.statement,
            Statement::Text(_) | Statement::Driver { .. }
        )
    {
        return false;
    }
    let parts = format!("{op:?}");
    let operators = ["Binary {", "Between {", "In {", "create_constraint: true"];
    operators.iter().any(|it| parts.contains(it))
}

fn is_type(ev: &Interp<'_>, compiler: &Compiler) -> bool {
    let models = alchemy(ev);
    TypeClass::ALL.iter().any(|class| match &compiler.class {
        Some(meant) => Rc::ptr_eq(&models.type_class(*class), meant),
        None => class.py_name() == compiler.name,
    })
}
