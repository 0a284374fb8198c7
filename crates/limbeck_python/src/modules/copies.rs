//! `copy.copy` and `copy.deepcopy`.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Dict, Instance, Value};

/// `copy.copy(value)` or `copy.deepcopy(value)`
pub(super) fn copied(ev: &mut Interp<'_>, value: &Value, deep: bool) -> R {
    let mut copies = Copies {
        deep,
        made: BTreeMap::new(),
    };
    copies.copy(ev, value)
}

struct Copies {
    deep: bool,
    /// What has been copied, by its place in memory, and its copy.
    made: BTreeMap<usize, (Value, Value)>,
}

/// The place of what has an identity that a copy of its own must have.
fn place(value: &Value) -> Option<usize> {
    Some(match value {
        Value::List(it) => Rc::as_ptr(it).cast::<()>() as usize,
        Value::Dict(it) => Rc::as_ptr(it).cast::<()>() as usize,
        Value::Set(it) => Rc::as_ptr(it).cast::<()>() as usize,
        Value::Instance(it) => Rc::as_ptr(it).cast::<()>() as usize,
        Value::Object(it) => Rc::as_ptr(it).cast::<()>() as usize,
        _ => return None,
    })
}

impl Copies {
    fn inner(&mut self, ev: &mut Interp<'_>, value: &Value) -> R {
        if !self.deep {
            return Ok(value.clone());
        }
        ev.enter()?;
        let result = self.copy(ev, value);
        ev.leave();
        result
    }

    fn keep(&mut self, value: &Value, copy: &Value) {
        if let Some(place) = place(value) {
            self.made.insert(place, (value.clone(), copy.clone()));
        }
    }

    fn copy(&mut self, ev: &mut Interp<'_>, value: &Value) -> R {
        ev.step()?;
        if self.deep
            && let Some((_, copy)) = place(value).and_then(|place| self.made.get(&place))
        {
            return Ok(copy.clone());
        }
        if let Some(copy) = self.own(ev, value)? {
            self.keep(value, &copy);
            return Ok(copy);
        }
        match value {
            Value::List(items) => {
                let items = items.borrow().clone();
                let copy = Value::list(Vec::new());
                self.keep(value, &copy);
                let mut out = Vec::new();
                for item in &items {
                    out.push(self.inner(ev, item)?);
                }
                if let Value::List(made) = &copy {
                    *made.borrow_mut() = out;
                }
                Ok(copy)
            }
            Value::Tuple(items) if self.deep => {
                let mut out = Vec::new();
                for item in items.iter() {
                    out.push(self.inner(ev, item)?);
                }
                // Of what never changes there is no copy.
                let is_same = items
                    .iter()
                    .zip(&out)
                    .all(|(item, copy)| item.is_same(copy));
                Ok(if is_same {
                    value.clone()
                } else {
                    Value::tuple(out)
                })
            }
            Value::Dict(dict) => {
                let source = dict.borrow().clone();
                let copy = Value::dict(Dict::new());
                self.keep(value, &copy);
                let mut out = source.clone();
                for ((key, value), (hash, _)) in source.iter().zip(source.entries()) {
                    let value = self.inner(ev, value)?;
                    out.insert(hash.clone(), key.clone(), value);
                }
                if let Value::Dict(made) = &copy {
                    *made.borrow_mut() = out;
                }
                Ok(copy)
            }
            Value::FrozenSet(set) if self.deep => Ok(Value::FrozenSet(Rc::new(set.rebuilt()))),
            Value::Set(set) => {
                let set = set.borrow();
                let copy = Value::set(if self.deep {
                    set.rebuilt()
                } else {
                    set.copied()
                });
                self.keep(value, &copy);
                Ok(copy)
            }
            Value::Object(object) => {
                let copy = Rc::clone(object).copy(ev, self.deep)?;
                let copy = copy.unwrap_or_else(|| value.clone());
                self.keep(value, &copy);
                Ok(copy)
            }
            Value::Instance(instance) if !instance.class.is_enum() => {
                let payload = match instance.payload() {
                    Some(payload) => Some(self.inner(ev, &payload)?),
                    None => None,
                };
                let made = Instance::new(Rc::clone(&instance.class), payload);
                let copy = Value::Instance(Rc::clone(&made));
                self.keep(value, &copy);
                let attrs = instance.attrs.borrow().clone();
                for (name, value) in &attrs {
                    let value = self.inner(ev, value)?;
                    made.set(name, value);
                }
                made.frozen.set(instance.frozen.get());
                Ok(copy)
            }
            other => Ok(other.clone()),
        }
    }

    /// What the class of an instance says itself.
    fn own(&mut self, ev: &mut Interp<'_>, value: &Value) -> R<Option<Value>> {
        let Value::Instance(instance) = value else {
            return Ok(None);
        };
        let name = if self.deep {
            "__deepcopy__"
        } else {
            "__copy__"
        };
        if instance.class.lookup(name).is_some() {
            let memo = self.deep.then(|| Value::dict(Dict::new()));
            let args = Args::positional(memo.into_iter().collect());
            return ev.call_method(value, name, args).map(Some);
        }
        for name in [
            "__reduce__",
            "__reduce_ex__",
            "__getstate__",
            "__setstate__",
            "__getnewargs__",
        ] {
            if instance.class.lookup(name).is_some() {
                let class = &instance.class.name;
                return Ok(Some(ev.unknown(format!(
                    "copying `{class}` by its `{name}` is not modelled"
                ))));
            }
        }
        Ok(None)
    }
}
