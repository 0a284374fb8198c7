//! Methods of lists, tuples and ranges.

use std::cell::RefCell;
use std::rc::Rc;

use super::{sort, to_index};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{BinOp, Int, Value};

pub(crate) const METHODS: &[&str] = &[
    "append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse",
    "sort",
];
pub(crate) const TUPLE_METHODS: &[&str] = &["count", "index"];

type List = Rc<RefCell<Vec<Value>>>;

pub(crate) fn call(
    ev: &mut Interp<'_>,
    this: &List,
    receiver: &Value,
    name: &str,
    args: Args,
) -> R {
    match name {
        "append" => {
            let mut args = args.bind(ev, "list.append", "object, /")?;
            this.borrow_mut().push(args.take_or_none("object"));
            Ok(Value::None)
        }
        "clear" => {
            this.borrow_mut().clear();
            Ok(Value::None)
        }
        "copy" => Ok(Value::list(this.borrow().clone())),
        "extend" => {
            let other = args
                .bind(ev, "list.extend", "iterable, /")?
                .take_or_none("iterable");
            let items = ev.iterate(&other)?;
            ev.check_size(this.borrow().len() + items.len())?;
            this.borrow_mut().extend(items);
            Ok(Value::None)
        }
        "insert" => {
            let mut args = args.bind(ev, "insert", "index, object, /")?;
            let index = to_index(ev, &args.take_or_none("index"))?;
            let length = this.borrow().len();
            let at = clamp(index, length);
            this.borrow_mut().insert(at, args.take_or_none("object"));
            Ok(Value::None)
        }
        "pop" => {
            let index = match args.bind(ev, "pop", "index=, /")?.take("index") {
                Some(index) => to_index(ev, &index)?,
                None => -1,
            };
            let length = this.borrow().len();
            if length == 0 {
                return Err(ev.raise("IndexError", "pop from empty list"));
            }
            match crate::eval::position(&Int::from(index), length) {
                Some(at) => Ok(this.borrow_mut().remove(at)),
                None => Err(ev.raise("IndexError", "pop index out of range")),
            }
        }
        "remove" => {
            let wanted = args
                .bind(ev, "list.remove", "value, /")?
                .take_or_none("value");
            let items = this.borrow().clone();
            for (index, item) in items.iter().enumerate() {
                if ev.equals(item, &wanted)? {
                    if index < this.borrow().len() {
                        this.borrow_mut().remove(index);
                    }
                    return Ok(Value::None);
                }
            }
            Err(ev.raise("ValueError", "list.remove(x): x not in list"))
        }
        "reverse" => {
            this.borrow_mut().reverse();
            Ok(Value::None)
        }
        "sort" => {
            let mut args = args.bind(ev, "sort", "*, key=, reverse=")?;
            let key = args.take("key");
            let reverse = args.take_or("reverse", Value::Bool(false));
            let reverse = ev.truth(&reverse, "`reverse`")?;
            let items = this.borrow().clone();
            match sort::sort(ev, items, key.as_ref(), reverse)? {
                Ok(sorted) => *this.borrow_mut() = sorted,
                Err(unknown) => ev.need_known(&unknown, "what a list is sorted by")?,
            }
            Ok(Value::None)
        }
        _ => call_tuple(ev, receiver, name, args),
    }
}

pub(crate) fn call_tuple(ev: &mut Interp<'_>, receiver: &Value, name: &str, args: Args) -> R {
    let items = ev.iterate(receiver)?;
    let kind = ev.type_name(receiver);
    match name {
        "count" => {
            let wanted = args.bind(ev, "count", "value, /")?.take_or_none("value");
            let mut count = 0_i64;
            for item in &items {
                match ev.equal_or_unknown(item, &wanted)? {
                    Ok(true) => count += 1,
                    Ok(false) => {}
                    Err(unknown) => return Ok(unknown),
                }
            }
            Ok(Value::from(count))
        }
        "index" => {
            let mut args = args.bind(ev, "index", "value, start=, stop=, /")?;
            let wanted = args.take_or_none("value");
            let start = match args.take("start") {
                Some(start) => clamp(to_index(ev, &start)?, items.len()),
                None => 0,
            };
            let stop = match args.take("stop") {
                Some(stop) => clamp(to_index(ev, &stop)?, items.len()),
                None => items.len(),
            };
            for (index, item) in items.iter().enumerate().take(stop).skip(start) {
                match ev.equal_or_unknown(item, &wanted)? {
                    Ok(true) => return Ok(Value::from(index)),
                    Ok(false) => {}
                    Err(unknown) => return Ok(unknown),
                }
            }
            let message = if kind == "tuple" {
                "tuple.index(x): x not in tuple".to_owned()
            } else {
                format!("{} is not in {kind}", ev.to_repr(&wanted)?)
            };
            Err(ev.raise("ValueError", message))
        }
        _ => Err(ev.no_attribute(receiver, name)),
    }
}

/// A Python position clamped to `0..=length`.
pub(crate) fn clamp(index: i64, length: usize) -> usize {
    let signed = i64::try_from(length).unwrap_or(i64::MAX);
    let index = if index < 0 {
        index.saturating_add(signed).max(0)
    } else {
        index.min(signed)
    };
    usize::try_from(index).unwrap_or(0)
}

/// `sum` of values.
pub(crate) fn sum(ev: &mut Interp<'_>, items: Vec<Value>, start: Value) -> R {
    let mut total = start;
    for item in items {
        total = ev.binary(BinOp::Add, &total, &item)?;
    }
    Ok(total)
}
