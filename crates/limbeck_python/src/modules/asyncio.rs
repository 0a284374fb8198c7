//! `asyncio`: coroutines run when they are awaited.

use std::cell::Cell;
use std::rc::Rc;

use crate::eval::{Interp, Scope};
use crate::flow::R;
use crate::value::{Function, NativeObject, Value};

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
        return ev.run_body(
            &coroutine.function.name,
            &coroutine.function.code,
            &coroutine.scope,
        );
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
