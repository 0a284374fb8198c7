//! Methods of sets.

use std::cell::RefCell;
use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{BinOp, CmpOp, Set, Value};

pub(crate) const METHODS: &[&str] = &[
    "add",
    "clear",
    "copy",
    "difference",
    "difference_update",
    "discard",
    "intersection",
    "intersection_update",
    "isdisjoint",
    "issubset",
    "issuperset",
    "pop",
    "remove",
    "symmetric_difference",
    "symmetric_difference_update",
    "union",
    "update",
];
pub(crate) const FROZEN_METHODS: &[&str] = &[
    "copy",
    "difference",
    "intersection",
    "isdisjoint",
    "issubset",
    "issuperset",
    "symmetric_difference",
    "union",
];

pub(crate) fn call(
    ev: &mut Interp<'_>,
    this: &Rc<RefCell<Set>>,
    receiver: &Value,
    name: &str,
    args: Args,
) -> R {
    match name {
        "add" => {
            let item = args.bind(ev, "set.add", "item, /")?.take_or_none("item");
            let key = ev.hash_key(&item)?;
            this.borrow_mut().insert(key, item);
            Ok(Value::None)
        }
        "clear" => {
            this.borrow_mut().clear();
            Ok(Value::None)
        }
        "discard" | "remove" => {
            let item = args.bind(ev, name, "item, /")?.take_or_none("item");
            let key = ev.hash_key(&item)?;
            let removed = this.borrow_mut().remove(&key).is_some();
            if name == "remove" && !removed {
                return Err(ev.key_error(&item));
            }
            Ok(Value::None)
        }
        "pop" => {
            // Which element CPython gives depends on its hashes.
            if this.borrow().len() > 1 {
                return Err(ev.unreadable("which element `set.pop()` takes depends on hashes"));
            }
            let first = this
                .borrow()
                .entries()
                .next()
                .map(|(key, value)| (key.clone(), value.clone()));
            match first {
                Some((key, value)) => {
                    this.borrow_mut().remove(&key);
                    Ok(value)
                }
                None => Err(ev.key_error(&Value::from("pop from an empty set"))),
            }
        }
        "update" | "difference_update" | "intersection_update" | "symmetric_difference_update" => {
            let op = match name {
                "update" => BinOp::Or,
                "difference_update" => BinOp::Sub,
                "intersection_update" => BinOp::And,
                _ => BinOp::Xor,
            };
            for other in &args.positional {
                let other = to_set(ev, other)?;
                let result = crate::eval::combine_sets(op, &this.borrow(), &other);
                *this.borrow_mut() = result;
            }
            Ok(Value::None)
        }
        _ => call_frozen(ev, receiver, name, args),
    }
}

pub(crate) fn call_frozen(ev: &mut Interp<'_>, receiver: &Value, name: &str, args: Args) -> R {
    if let Some(unknown) = super::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut this = to_set(ev, receiver)?;
    let op = match name {
        "copy" => None,
        "union" => Some(BinOp::Or),
        "intersection" => Some(BinOp::And),
        "difference" => Some(BinOp::Sub),
        "symmetric_difference" => Some(BinOp::Xor),
        "issubset" | "issuperset" | "isdisjoint" => {
            let other = args.bind(ev, name, "other, /")?.take_or_none("other");
            let other = to_set(ev, &other)?;
            if name == "isdisjoint" {
                return Ok(Value::Bool(!this.keys().any(|key| other.contains(key))));
            }
            let op = if name == "issubset" {
                CmpOp::Le
            } else {
                CmpOp::Ge
            };
            return ev.compare(op, &Value::set(this), &Value::set(other));
        }
        _ => return Err(ev.no_attribute(receiver, name)),
    };
    if let Some(op) = op {
        for other in &args.positional {
            let other = to_set(ev, other)?;
            this = crate::eval::combine_sets(op, &this, &other);
        }
    }
    Ok(match receiver {
        Value::FrozenSet(_) => Value::FrozenSet(Rc::new(this)),
        _ => Value::set(this),
    })
}

/// The elements of an iterable as a set.
pub(crate) fn to_set(ev: &mut Interp<'_>, value: &Value) -> R<Set> {
    match value {
        Value::Set(set) => return Ok(set.borrow().clone()),
        Value::FrozenSet(set) => return Ok((**set).clone()),
        _ => {}
    }
    let items = ev.iterate(value)?;
    match ev.make_set(items)? {
        Ok(set) => Ok(set),
        Err(unknown) => {
            ev.need_known(&unknown, "an element of a set")?;
            Ok(Set::new())
        }
    }
}
