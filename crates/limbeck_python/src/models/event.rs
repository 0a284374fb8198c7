//! `sqlalchemy.event`: listeners are run-time behaviour, but for the few events that come while tables are made.

use std::cell::RefCell;
use std::rc::Rc;

use limbeck_diag::Location;

use crate::args::Args;
use crate::eval::{Interp, World};
use crate::flow::R;
use crate::value::{Class, Module, Value};

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

/// A listener that is called when a part of a table gets its parent. A migration makes tables, too, whose parts call it.
struct OnAttach {
    /// The class whose objects call it, if that is known.
    class: Option<Rc<Class>>,
    event: String,
    location: Option<Location>,
}

#[derive(Default)]
struct OnAttaches(RefCell<Vec<OnAttach>>);

fn on_attaches(world: &World) -> Rc<OnAttaches> {
    world.extension("sqlalchemy.event.parent_attach", OnAttaches::default)
}

/// Fails for an object of a class that a listener waits for, to see it get its parent.
pub(crate) fn check_attached(ev: &mut Interp<'_>, class: &Rc<Class>) -> R<()> {
    let is_meant = |meant: &Rc<Class>| class.mro().any(|base| Rc::ptr_eq(base, meant));
    check(ev, &class.name, is_meant)
}

/// Fails while a migration runs where a listener waits for any part of a table, such as every `Column`.
pub(crate) fn check_parts(ev: &mut Interp<'_>) -> R<()> {
    check(ev, "a part of a table", |meant| meant.location.is_none())
}

/// Fails if a listener waits for what `is_meant` says, which is `what` in words. One whose class is not known may wait for anything.
fn check(ev: &mut Interp<'_>, what: &str, is_meant: impl Fn(&Rc<Class>) -> bool) -> R<()> {
    let known = on_attaches(ev.world());
    let known = known.0.borrow();
    let found = known
        .iter()
        .find(|listener| listener.class.as_ref().is_none_or(&is_meant));
    let Some(listener) = found else {
        return Ok(());
    };
    let place = listener.location.as_ref();
    let place = place.map_or_else(String::new, |it| format!(" ({it})"));
    Err(ev.unreadable(format!(
        "the listener `{}`{place} is called for {what}, and what it does is not modelled",
        listener.event
    )))
}

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
    let is_attach = |name: &str| name.ends_with("parent_attach");
    if name.as_str().is_none_or(|name| is_attach(&name)) {
        let target = args.get(0).or_else(|| args.keyword("target"));
        let class = match target {
            Some(Value::Class(class)) => Some(Rc::clone(class)),
            _ => None,
        };
        // A listener of one object is not called for those that a migration makes.
        if class.is_some() || target.is_none_or(Value::is_unknown) {
            let listener = OnAttach {
                class,
                event: name
                    .as_str()
                    .unwrap_or_else(|| "of an unknown event".into())
                    .to_string(),
                location: ev.location(),
            };
            on_attaches(ev.world()).0.borrow_mut().push(listener);
        }
    }
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
