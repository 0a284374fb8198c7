//! `contextlib`.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R, Raised};
use crate::value::{Module, NativeObject, Value};

/// What a `@contextmanager` function gives.
struct GeneratorManager {
    generator: Value,
}

impl NativeObject for GeneratorManager {
    fn type_name(&self) -> String {
        "_GeneratorContextManager".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["__enter__", "__exit__"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        match name {
            "__enter__" => self.enter(ev),
            _ => {
                let exception = args.get(1).filter(|value| !value.is_none()).cloned();
                self.exit(ev, exception.as_ref())
                    .map(|swallowed| Some(Value::Bool(swallowed)))
            }
        }
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, ev: &mut Interp<'_>, _args: Args) -> R<Option<Value>> {
        Ok(Some(ev.foreign(
            "a context manager as a decorator is not modelled",
        )))
    }

    fn enter(self: Rc<Self>, ev: &mut Interp<'_>) -> R<Option<Value>> {
        match ev.next(&mut self.generator.clone())? {
            Some(value) => Ok(Some(value)),
            None => Err(ev.raise("RuntimeError", "generator didn't yield")),
        }
    }

    fn exit(self: Rc<Self>, ev: &mut Interp<'_>, exception: Option<&Value>) -> R<bool> {
        let Some(exception) = exception else {
            return match ev.next(&mut self.generator.clone())? {
                Some(_) => Err(ev.raise("RuntimeError", "generator didn't stop")),
                None => Ok(false),
            };
        };
        let Value::Iter(cell) = &self.generator else {
            return Ok(false);
        };
        let location = ev.location();
        let raised = Raised {
            value: exception.clone(),
            location,
            is_stated: false,
        };
        let result = match cell.state.try_borrow_mut() {
            Ok(mut state) => match state.as_generator() {
                Some(generator) => generator.throw(ev, raised),
                None => return Ok(false),
            },
            Err(_) => return Err(ev.raise("ValueError", "generator already executing")),
        };
        match result {
            Ok(Some(_)) => Err(ev.raise("RuntimeError", "generator didn't stop after throw()")),
            Ok(None) => Ok(true),
            Err(Flow::Raise(raised)) if raised.value.is_same(exception) => Ok(false),
            Err(flow) => Err(flow),
        }
    }
}

/// `@contextmanager`.
fn context_manager(_ev: &mut Interp<'_>, args: Args) -> R {
    let function = args.get(0).cloned().unwrap_or(Value::None);
    Ok(super::functools::context_manager(function))
}

/// What the call of a `@contextmanager` function gives.
pub(crate) fn manager(generator: Value) -> Value {
    match generator {
        Value::Iter(_) => Value::object(GeneratorManager { generator }),
        other => other,
    }
}

/// `suppress(*exceptions)`.
struct Suppress(Vec<Value>);

impl NativeObject for Suppress {
    fn type_name(&self) -> String {
        "suppress".to_owned()
    }

    fn enter(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(Some(Value::None))
    }

    fn exit(self: Rc<Self>, ev: &mut Interp<'_>, exception: Option<&Value>) -> R<bool> {
        match exception {
            Some(exception) => ev.exception_matches(exception, &Value::tuple(self.0.clone())),
            None => Ok(false),
        }
    }
}

/// `nullcontext(value)`.
struct NullContext(Value);

impl NativeObject for NullContext {
    fn type_name(&self) -> String {
        "nullcontext".to_owned()
    }

    fn enter(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(Some(self.0.clone()))
    }
}

/// `closing(value)`.
struct Closing(Value);

impl NativeObject for Closing {
    fn type_name(&self) -> String {
        "closing".to_owned()
    }

    fn enter(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(Some(self.0.clone()))
    }

    fn exit(self: Rc<Self>, ev: &mut Interp<'_>, _exception: Option<&Value>) -> R<bool> {
        ev.call_method(&self.0, "close", Args::none())?;
        Ok(false)
    }
}

/// `contextlib`.
pub(crate) fn module(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let first = |args: &Args| args.get(0).cloned().unwrap_or(Value::None);
    Ok(Module::native(
        "contextlib",
        [
            (
                "contextmanager",
                Value::native("contextmanager", context_manager),
            ),
            (
                "suppress",
                Value::native("suppress", |_, args| {
                    Ok(Value::object(Suppress(args.positional)))
                }),
            ),
            (
                "nullcontext",
                Value::native("nullcontext", move |_, args| {
                    Ok(Value::object(NullContext(first(&args))))
                }),
            ),
            (
                "closing",
                Value::native("closing", move |_, args| {
                    Ok(Value::object(Closing(first(&args))))
                }),
            ),
        ],
    ))
}
