//! `asyncio`: coroutines run when they are awaited.

use std::cell::Cell;
use std::rc::Rc;

use crate::args::Args;
use crate::eval::{Interp, Scope};
use crate::flow::R;
use crate::value::{Function, Module, NativeObject, Value};

/// The module: there is one loop, and it runs a coroutine to its end.
pub(crate) fn module(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let an_event_loop = |name: &str| Value::native(name, |_ev, _args| Ok(Value::object(EventLoop)));
    Ok(Module::native(
        "asyncio",
        [
            (
                "run",
                Value::native("run", |ev, args| {
                    run(ev, args, "main, *, debug=, loop_factory=")
                }),
            ),
            ("get_event_loop", an_event_loop("get_event_loop")),
            ("new_event_loop", an_event_loop("new_event_loop")),
            (
                "set_event_loop",
                Value::native("set_event_loop", |_ev, _args| Ok(Value::None)),
            ),
            (
                "get_running_loop",
                Value::native("get_running_loop", |ev, _args| match running(ev).get() {
                    0 => Err(ev.raise("RuntimeError", "no running event loop")),
                    _ => Ok(ev.unknown("a running event loop is not modelled")),
                }),
            ),
        ],
    ))
}

/// How many coroutines run, one inside the other.
fn running(ev: &Interp<'_>) -> Rc<Cell<usize>> {
    ev.world().extension("asyncio", || Cell::new(0))
}

/// Runs the coroutine that is the first argument.
fn run(ev: &mut Interp<'_>, args: Args, signature: &'static str) -> R {
    let mut args = args.bind(ev, "run", signature)?;
    let coroutine = args.take_or_none("main");
    ev.need_known(&coroutine, "a coroutine")?;
    await_value(ev, &coroutine)
}

/// An event loop.
struct EventLoop;

impl NativeObject for EventLoop {
    fn type_name(&self) -> String {
        "EventLoop".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["run_until_complete", "is_running", "is_closed", "close"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "run_until_complete" => run(ev, args, "main")?,
            "close" => Value::None,
            _ => Value::Bool(false),
        }))
    }
}

/// A call of an `async def` function that has not been awaited yet.
pub(crate) struct Coroutine {
    function: Rc<Function>,
    scope: Rc<Scope>,
    done: Cell<bool>,
}

impl NativeObject for Coroutine {
    fn type_name(&self) -> String {
        "coroutine".to_owned()
    }
}

/// The coroutine of a call whose arguments are bound in `scope`.
pub(crate) fn coroutine(function: &Rc<Function>, scope: Rc<Scope>) -> Value {
    Value::object(Coroutine {
        function: Rc::clone(function),
        scope,
        done: Cell::new(false),
    })
}

/// `await value`.
pub(crate) fn await_value(ev: &mut Interp<'_>, value: &Value) -> R {
    if let Some(coroutine) = value.downcast::<Coroutine>() {
        if coroutine.done.replace(true) {
            return Err(ev.raise("RuntimeError", "cannot reuse already awaited coroutine"));
        }
        let depth = running(ev);
        depth.set(depth.get() + 1);
        let result = ev.run_body(
            &coroutine.function.name,
            &coroutine.function.code,
            &coroutine.scope,
        );
        depth.set(depth.get() - 1);
        return result;
    }
    match value {
        Value::Unknown(_) | Value::Opaque(_) => Ok(value.clone()),
        // Models of asynchronous connections answer at once.
        Value::Object(_) | Value::Instance(_) => Ok(value.clone()),
        other => {
            let kind = ev.type_name(other);
            Err(ev.raise(
                "TypeError",
                format!("object {kind} can't be used in 'await' expression"),
            ))
        }
    }
}
