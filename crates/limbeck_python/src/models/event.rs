//! `sqlalchemy.event`: listeners are run-time behaviour, but for the few events that come while tables are made.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Module, Value};

/// Events in whose course a listener may change a table before it is compared.
const CHANGING: &[&str] = &[
    "before_parent_attach",
    "after_parent_attach",
    "instrument_class",
    "class_instrument",
    "attribute_instrument",
    "after_mapper_constructed",
    "resolve_type_annotation",
];

/// `sqlalchemy.event`
pub(crate) fn module(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    Ok(Module::native(
        "sqlalchemy.event",
        [
            (
                "listen",
                Value::native("listen", |ev, args| {
                    note(ev, &args)?;
                    let function = args.get(2).or_else(|| args.keyword("fn")).cloned();
                    listen(ev, &args, &function.unwrap_or(Value::None))?;
                    Ok(Value::None)
                }),
            ),
            (
                "listens_for",
                Value::native("listens_for", |ev, args| {
                    note(ev, &args)?;
                    let registered = args;
                    Ok(Value::native("decorator", move |ev, args| {
                        let function = args.get(0).cloned().unwrap_or(Value::None);
                        listen(ev, &registered, &function)?;
                        Ok(function)
                    }))
                }),
            ),
            (
                "remove",
                Value::native("remove", |ev, args| {
                    note(ev, &args)?;
                    Ok(Value::None)
                }),
            ),
        ],
    ))
}

/// Keeps a listener of engines. `args` are those of `listen` and `listens_for`.
fn listen(ev: &mut Interp<'_>, args: &Args, function: &Value) -> R<()> {
    let target = args.get(0).or_else(|| args.keyword("target")).cloned();
    let name = args.get(1).or_else(|| args.keyword("identifier")).cloned();
    let (target, name) = (target.unwrap_or(Value::None), name.unwrap_or(Value::None));
    note_of_sessions(ev, &target, &name);
    crate::env::listener::note(ev, &target, &name, function, args)
}

/// Keeps a listener of a mapped class of the project.
fn note_of_sessions(ev: &Interp<'_>, target: &Value, name: &Value) {
    let Some(event) = name.as_str() else { return };
    if let Value::Class(class) = target
        && class.location.is_some()
        && crate::alchemy::imported::is_of_sessions(&event)
    {
        let class = Some(Rc::clone(class));
        crate::alchemy::imported::note_session_listener(ev, &event, class);
    }
}

/// Notes a listener that may change tables. While a migration runs nothing is known of what a listener does.
fn note(ev: &mut Interp<'_>, args: &Args) -> R<()> {
    if ev.is_running() && !ev.listens {
        return Err(ev.unreadable("listeners of events are not modelled"));
    }
    let name = args.get(1).or_else(|| args.keyword("identifier")).cloned();
    let name = name.unwrap_or(Value::None);
    let is_harmless = name
        .as_str()
        .is_some_and(|name| !CHANGING.contains(&&*name));
    if !is_harmless {
        let name = name
            .as_str()
            .unwrap_or_else(|| "of an unknown event".into());
        let unknown = ev.foreign(format!("the listener `{name}` is not modelled"));
        if let Value::Unknown(unknown) = unknown {
            let error = unknown.error("what may change tables", ev.location());
            ev.world().note_skipped_class(error);
        }
    }
    Ok(())
}
