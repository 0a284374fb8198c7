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
            let popped = this.borrow_mut().pop();
            match popped {
                Some(value) => Ok(value),
                None if this.borrow().is_empty() => {
                    Err(ev.key_error(&Value::from("pop from an empty set")))
                }
                None => Err(ev.unreadable("which element `set.pop()` takes depends on hashes")),
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
                if op == BinOp::Or {
                    let mut new = this.borrow().clone();
                    extend(ev, &mut new, other)?;
                    *this.borrow_mut() = new;
                } else {
                    let other = to_set(ev, other)?;
                    change(op, this, &other);
                }
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
    let mut this = crate::eval::set_of(receiver);
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
    match op {
        None if matches!(receiver, Value::FrozenSet(_)) => return Ok(receiver.clone()),
        None => this = this.copied(),
        Some(BinOp::Or) => {
            this = this.copied();
            for other in &args.positional {
                extend(ev, &mut this, other)?;
            }
        }
        Some(_) if args.positional.is_empty() => this = this.copied(),
        Some(op) => {
            for (index, other) in args.positional.iter().enumerate() {
                let is_set = matches!(other, Value::Set(_) | Value::FrozenSet(_));
                let other = to_set(ev, other)?;
                match op {
                    // Any other iterable is gone through itself, and what is in the set is kept.
                    BinOp::And if !is_set => {
                        let mut kept = Set::new();
                        for (key, value) in other.entries() {
                            if this.contains(key) {
                                kept.insert(key.clone(), value.clone());
                            }
                        }
                        this = kept;
                    }
                    BinOp::Sub if !is_set || index > 0 => {
                        if index == 0 {
                            this = this.copied();
                        }
                        this.subtract(&other);
                    }
                    _ => this = crate::eval::combine_sets(op, &this, &other),
                }
            }
        }
    }
    Ok(match receiver {
        Value::FrozenSet(_) => Value::FrozenSet(Rc::new(this)),
        _ => Value::set(this),
    })
}

/// `this op= other` for two sets.
pub(crate) fn change(op: BinOp, this: &Rc<RefCell<Set>>, other: &Set) {
    let mut set = this.borrow_mut();
    match op {
        BinOp::And => set.intersect(other),
        BinOp::Sub => set.subtract(other),
        BinOp::Xor => set.toggle(other),
        _ => set.merge(other),
    }
}

/// Adds the elements of an iterable.
pub(crate) fn extend(ev: &mut Interp<'_>, set: &mut Set, value: &Value) -> R<()> {
    match value.unwrap_payload() {
        other @ (Value::Set(_) | Value::FrozenSet(_)) => {
            set.merge(&crate::eval::set_of(&other));
            return Ok(());
        }
        Value::Dict(dict) => set.make_room(dict.borrow().len()),
        _ => {}
    }
    for item in ev.iterate(value)? {
        let key = ev.hash_key(&item)?;
        set.insert(key, item);
    }
    Ok(())
}

/// The elements of an iterable as a set; a set is given as it is.
pub(crate) fn to_set(ev: &mut Interp<'_>, value: &Value) -> R<Set> {
    if let Value::Set(_) | Value::FrozenSet(_) = value {
        return Ok(crate::eval::set_of(value));
    }
    let mut set = Set::new();
    extend(ev, &mut set, value)?;
    Ok(set)
}

/// `set(value)` and `frozenset(value)`; the inner error is an unknown element.
pub(crate) fn made_of(ev: &mut Interp<'_>, value: &Value) -> R<Result<Set, Value>> {
    let mut set = Set::new();
    match value {
        Value::Set(_) | Value::FrozenSet(_) => {
            return Ok(Ok(crate::eval::set_of(value).copied()));
        }
        Value::Dict(dict) => set.make_room(dict.borrow().len()),
        _ => {}
    }
    for item in ev.iterate(value)? {
        match ev.key_or_unknown(&item)? {
            Ok(key) => {
                set.insert(key, item);
            }
            Err(unknown) => return Ok(Err(unknown)),
        }
    }
    Ok(Ok(set))
}
