//! `alembic.context` as a migration script sees it.

use std::rc::Rc;

use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Module, Value};

const NAME: &str = "alembic.context";

/// The module where no env.py has been read.
pub(crate) fn module() -> Rc<Module> {
    let functions = [
        (
            "is_offline_mode",
            Value::native("is_offline_mode", |ev, _| {
                Ok(Value::Bool(ev.host().is_offline()))
            }),
        ),
        (
            "get_context",
            Value::native("get_context", |_, _| {
                Ok(crate::alchemy::live::bind::context())
            }),
        ),
        (
            "get_bind",
            Value::native("get_bind", |ev, _| {
                let op = ev.import("alembic.op")?;
                ev.call_method(&op, "get_bind", crate::Args::none())
            }),
        ),
    ];
    Module::native_with(NAME, functions, Some(missing))
}

/// What only env.py has: nothing is known of it.
fn missing(ev: &mut Interp<'_>, module: &Rc<Module>, name: &str) -> R<Option<Value>> {
    if let Some(found) = proxy(ev, module, name)? {
        return Ok(Some(found));
    }
    let is_known = matches!(
        name,
        "config"
            | "get_x_argument"
            | "get_tag_argument"
            | "get_head_revision"
            | "configure"
            | "run_migrations"
            | "begin_transaction"
            | "execute"
            | "get_impl"
            | "static_output"
            | "is_transactional_ddl"
            | "get_starting_revision_argument"
            | "get_revision_argument"
            | "get_head_revisions"
            | "script"
    );
    Ok(is_known.then(|| ev.foreign(format!("`alembic.context.{name}` is not modelled"))))
}

/// The object behind the module, which is there while env.py runs: it answers as the module does.
pub(crate) fn proxy(_ev: &mut Interp<'_>, module: &Rc<Module>, name: &str) -> R<Option<Value>> {
    Ok((name == "_proxy").then(|| Value::Module(Rc::clone(module))))
}

/// `op.get_context().config`
pub(crate) fn config(ev: &mut Interp<'_>) -> R {
    let context = ev.import(NAME)?;
    ev.get_attr(&context, "config")
}
