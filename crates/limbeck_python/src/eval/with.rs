//! Context managers.

use std::rc::Rc;

use ruff_python_ast::{StmtWith, WithItem};
use ruff_text_size::Ranged as _;

use super::Interp;
use super::scope::Scope;
use super::stmt::Done;
use crate::args::Args;
use crate::flow::{Flow, R, Raised};
use crate::parse::span_of;
use crate::value::Value;

impl Interp<'_> {
    pub(crate) fn exec_with(&mut self, scope: &Rc<Scope>, with: &StmtWith) -> R<Done> {
        self.with_items(scope, &with.items, with)
    }

    fn with_items(&mut self, scope: &Rc<Scope>, items: &[WithItem], with: &StmtWith) -> R<Done> {
        let Some((item, rest)) = items.split_first() else {
            return self.exec_block(scope, &with.body);
        };
        let manager = self.eval(scope, &item.context_expr)?;
        self.set_at(span_of(item.range()));
        let entered = self.enter_context(&manager, with.is_async)?;
        let frames = self.frames.len();
        let guards = usize::from(may_swallow(&manager));
        self.guards += guards;
        let unread = self.unread;
        let result = match &item.optional_vars {
            Some(target) => match self.assign(scope, target, entered) {
                Ok(()) => self.with_items(scope, rest, with),
                Err(flow) => Err(flow),
            },
            None => self.with_items(scope, rest, with),
        };
        self.guards -= guards;
        match result {
            Ok(_) if guards > 0 && self.unread > unread => Err(self.may_have_raised()),
            Ok(done) => {
                self.set_at(span_of(item.range()));
                self.exit_context(&manager, None, with.is_async)?;
                Ok(done)
            }
            Err(Flow::Raise(raised)) => {
                self.frames.truncate(frames);
                self.handling.push((*raised).clone());
                let swallowed = self.exit_context(&manager, Some(&raised), with.is_async);
                self.handling.pop();
                if swallowed? {
                    Ok(Done::Next)
                } else {
                    Err(Flow::Raise(raised))
                }
            }
            Err(fatal) => Err(fatal),
        }
    }

    /// `manager.__enter__()`.
    pub(crate) fn enter_context(&mut self, manager: &Value, is_async: bool) -> R {
        match manager {
            Value::Object(object) => match Rc::clone(object).enter(self)? {
                Some(value) => Ok(value),
                None => Err(self.not_a_manager(manager)),
            },
            Value::Instance(instance) => {
                let name = if is_async { "__aenter__" } else { "__enter__" };
                match instance.class.lookup(name) {
                    Some(method) => {
                        let bound = self.bind_to(&method, manager.clone())?;
                        let entered = self.call(&bound, Args::none())?;
                        if is_async {
                            crate::modules::asyncio::await_value(self, &entered)
                        } else {
                            Ok(entered)
                        }
                    }
                    None => {
                        if let Some(unknown) = instance.class.find_unknown_base() {
                            self.need_known(&Value::Unknown(unknown), "a context manager")?;
                        }
                        match instance.payload() {
                            Some(payload @ Value::Object(_)) => {
                                self.enter_context(&payload, is_async)
                            }
                            _ => Err(self.not_a_manager(manager)),
                        }
                    }
                }
            }
            Value::Unknown(_) if self.listens => Ok(manager.clone()),
            Value::Opaque(_) if self.listens => Ok(manager.clone()),
            Value::Unknown(_) => {
                self.need_known(manager, "a context manager")?;
                Ok(manager.clone())
            }
            Value::Opaque(opaque) => {
                Err(self.unreadable(format!("a context manager cannot be read: {}", opaque.what)))
            }
            _ => Err(self.not_a_manager(manager)),
        }
    }

    fn not_a_manager(&self, value: &Value) -> Flow {
        let kind = self.type_name(value);
        self.raise(
            "TypeError",
            format!("'{kind}' object does not support the context manager protocol"),
        )
    }

    /// `manager.__exit__(...)`: true when it swallows the exception.
    pub(crate) fn exit_context(
        &mut self,
        manager: &Value,
        raised: Option<&Raised>,
        is_async: bool,
    ) -> R<bool> {
        match manager {
            Value::Object(object) => {
                Rc::clone(object).exit(self, raised.map(|raised| &raised.value))
            }
            Value::Instance(instance) => {
                let name = if is_async { "__aexit__" } else { "__exit__" };
                let Some(method) = instance.class.lookup(name) else {
                    return match instance.payload() {
                        Some(payload @ Value::Object(_)) => {
                            self.exit_context(&payload, raised, is_async)
                        }
                        _ => Err(self.not_a_manager(manager)),
                    };
                };
                let bound = self.bind_to(&method, manager.clone())?;
                let args = match raised {
                    Some(raised) => {
                        let class = self
                            .class_of(&raised.value)
                            .map_or(Value::None, Value::Class);
                        let trace = self.unknown("a traceback is not modelled");
                        vec![class, raised.value.clone(), trace]
                    }
                    None => vec![Value::None, Value::None, Value::None],
                };
                let mut result = self.call(&bound, Args::positional(args))?;
                if is_async {
                    result = crate::modules::asyncio::await_value(self, &result)?;
                }
                match raised {
                    Some(_) => self.truth(&result, "the result of `__exit__`"),
                    None => Ok(false),
                }
            }
            _ => Ok(false),
        }
    }
}

/// True for a context manager after which the program may go on although an exception was raised inside.
fn may_swallow(manager: &Value) -> bool {
    match manager {
        Value::Instance(_) => true,
        Value::Object(object) => matches!(
            object.type_name().as_str(),
            "suppress" | "_GeneratorContextManager" | "ExitStack" | "AsyncExitStack"
        ),
        _ => false,
    }
}
