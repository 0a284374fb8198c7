//! Lazy iterators of builtins, and methods of generators.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R, Raised};
use crate::value::{IterCell, PyIter, Value};

/// `map(function, *iterables)`.
pub(crate) struct Map {
    pub(crate) function: Value,
    pub(crate) iters: Vec<Value>,
}

impl PyIter for Map {
    fn next(&mut self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        let mut items = Vec::with_capacity(self.iters.len());
        for iter in &mut self.iters {
            match ev.next(iter)? {
                Some(item) => items.push(item),
                None => return Ok(None),
            }
        }
        ev.call(&self.function, Args::positional(items)).map(Some)
    }
}

/// `filter(function, iterable)`.
pub(crate) struct Filter {
    pub(crate) function: Value,
    pub(crate) iter: Value,
    pub(crate) keep: bool,
}

impl PyIter for Filter {
    fn next(&mut self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        while let Some(item) = ev.next(&mut self.iter)? {
            let verdict = match &self.function {
                Value::None => item.clone(),
                function => ev.call(function, Args::positional(vec![item.clone()]))?,
            };
            if ev.truth(&verdict, "what `filter` decides by")? == self.keep {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

/// `zip(*iterables)`.
pub(crate) struct Zip {
    pub(crate) iters: Vec<Value>,
    pub(crate) strict: bool,
}

impl PyIter for Zip {
    fn next(&mut self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        let mut items = Vec::with_capacity(self.iters.len());
        let strict = self.strict;
        for (index, iter) in self.iters.iter_mut().enumerate() {
            match ev.next(iter)? {
                Some(item) => items.push(item),
                None if strict && index > 0 => {
                    let plural = if index == 1 { " 1" } else { "s 1-" };
                    let upto = if index == 1 {
                        String::new()
                    } else {
                        index.to_string()
                    };
                    return Err(ev.raise(
                        "ValueError",
                        format!(
                            "zip() argument {} is shorter than argument{plural}{upto}",
                            index + 1
                        ),
                    ));
                }
                None => {
                    if strict {
                        for (later, iter) in self.iters.iter_mut().enumerate().skip(1) {
                            if ev.next(iter)?.is_some() {
                                let plural = if later == 1 { " 1" } else { "s 1-" };
                                let upto = if later == 1 {
                                    String::new()
                                } else {
                                    later.to_string()
                                };
                                return Err(ev.raise(
                                    "ValueError",
                                    format!(
                                        "zip() argument {} is longer than argument{plural}{upto}",
                                        later + 1
                                    ),
                                ));
                            }
                        }
                    }
                    return Ok(None);
                }
            }
        }
        if items.is_empty() {
            return Ok(None);
        }
        Ok(Some(Value::tuple(items)))
    }
}

/// `enumerate(iterable, start)`.
pub(crate) struct Enumerate {
    pub(crate) iter: Value,
    pub(crate) index: i64,
}

impl PyIter for Enumerate {
    fn next(&mut self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        let Some(item) = ev.next(&mut self.iter)? else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        Ok(Some(Value::tuple(vec![Value::from(index), item])))
    }
}

/// `iter(function, sentinel)`.
pub(crate) struct Sentinel {
    pub(crate) function: Value,
    pub(crate) sentinel: Value,
    pub(crate) done: bool,
}

impl PyIter for Sentinel {
    fn next(&mut self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        if self.done {
            return Ok(None);
        }
        let value = ev.call(&self.function, Args::none())?;
        if ev.equals(&value, &self.sentinel)? {
            self.done = true;
            return Ok(None);
        }
        Ok(Some(value))
    }
}

/// Methods of generators and other iterators.
pub(crate) fn call(
    ev: &mut Interp<'_>,
    cell: &Rc<IterCell>,
    receiver: &Value,
    name: &str,
    args: Args,
) -> R {
    if name == "__iter__" {
        return Ok(receiver.clone());
    }
    let Ok(mut state) = cell.state.try_borrow_mut() else {
        return Err(ev.raise("ValueError", "generator already executing"));
    };
    let result = match (name, state.as_generator()) {
        ("__next__", _) => state.next(ev)?,
        ("send", Some(generator)) => {
            generator.send(ev, args.get(0).cloned().unwrap_or(Value::None))?
        }
        ("close", Some(generator)) => {
            generator.close(ev)?;
            return Ok(Value::None);
        }
        ("close", None) => return Ok(Value::None),
        ("throw", Some(generator)) => {
            let mut value = args.get(0).cloned().unwrap_or(Value::None);
            if matches!(value, Value::Class(_)) {
                let rest = args
                    .positional
                    .iter()
                    .skip(1)
                    .take(1)
                    .filter(|value| !value.is_none())
                    .cloned()
                    .collect();
                value = ev.call(&value, Args::positional(rest))?;
            }
            let location = ev.location();
            generator.throw(
                ev,
                Raised {
                    value,
                    location,
                    is_stated: true,
                },
            )?
        }
        _ => {
            drop(state);
            return Err(ev.no_attribute(receiver, name));
        }
    };
    match result {
        Some(value) => Ok(value),
        None => {
            let returned = state
                .as_generator()
                .map_or(Value::None, |generator| generator.returned());
            drop(state);
            Err(stop_iteration(ev, returned))
        }
    }
}

/// `StopIteration`, with what a generator returned.
pub(crate) fn stop_iteration(ev: &mut Interp<'_>, returned: Value) -> Flow {
    let class = ev.types().exception("StopIteration");
    let args = if returned.is_none() {
        Vec::new()
    } else {
        vec![returned]
    };
    ev.raise_class(&class, args)
}
