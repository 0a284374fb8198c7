//! What `Counter` has beyond a dictionary: counting, arithmetic and comparison of counts.

use std::cell::RefCell;
use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{BinOp, CmpOp, Dict, DictKind, HashKey, Value};

fn zero() -> Value {
    Value::int(0_i64)
}

fn is_counter(value: &Value) -> bool {
    matches!(value, Value::Dict(dict) if dict.borrow().kind == DictKind::Counter)
}

/// Key, its hash and its count, as they are now.
fn counts(dict: &RefCell<Dict>) -> Vec<(HashKey, Value, Value)> {
    let dict = dict.borrow();
    dict.entries()
        .zip(dict.iter())
        .map(|((hash, _), (key, count))| (hash.clone(), key.clone(), count.clone()))
        .collect()
}

fn count_of(dict: &RefCell<Dict>, hash: &HashKey) -> Option<Value> {
    dict.borrow().get(hash).cloned()
}

fn holds(ev: &mut Interp<'_>, op: CmpOp, left: &Value, right: &Value) -> R<bool> {
    let answer = ev.compare(op, left, right)?;
    ev.truth(&answer, "a comparison of counts")
}

/// The count that `left op right` keeps, if it keeps one.
fn joined(ev: &mut Interp<'_>, op: BinOp, left: &Value, right: &Value) -> R<Option<Value>> {
    let count = match op {
        BinOp::Add | BinOp::Sub => ev.binary(op, left, right)?,
        _ => {
            let less = holds(ev, CmpOp::Lt, left, right)?;
            if less == (op == BinOp::Or) {
                right.clone()
            } else {
                left.clone()
            }
        }
    };
    Ok(holds(ev, CmpOp::Gt, &count, &zero())?.then_some(count))
}

fn of_pairs(pairs: Vec<(HashKey, Value, Value)>) -> Value {
    let mut dict = Dict::new();
    dict.kind = DictKind::Counter;
    for (hash, key, count) in pairs {
        dict.insert(hash, key, count);
    }
    Value::dict(dict)
}

/// `left op right` of two counters: `+`, `-`, `&`, `|`; none for anything else.
pub(crate) fn binary(
    ev: &mut Interp<'_>,
    op: BinOp,
    left: &Value,
    right: &Value,
) -> R<Option<Value>> {
    if !matches!(op, BinOp::Add | BinOp::Sub | BinOp::And | BinOp::Or)
        || !is_counter(left)
        || !is_counter(right)
    {
        return Ok(None);
    }
    let (Value::Dict(left), Value::Dict(right)) = (left, right) else {
        return Ok(None);
    };
    let mut kept = Vec::new();
    for (hash, key, count) in counts(left) {
        let other = count_of(right, &hash).unwrap_or_else(zero);
        if let Some(count) = joined(ev, op, &count, &other)? {
            kept.push((hash, key, count));
        }
    }
    if op != BinOp::And {
        for (hash, key, count) in counts(right) {
            if count_of(left, &hash).is_none() {
                let count = match op {
                    BinOp::Sub => ev.binary(op, &zero(), &count)?,
                    _ => count,
                };
                if holds(ev, CmpOp::Gt, &count, &zero())? {
                    kept.push((hash, key, count));
                }
            }
        }
    }
    Ok(Some(of_pairs(kept)))
}

/// `left op= right`: counts are changed, and those that are not positive are dropped.
pub(crate) fn in_place(
    ev: &mut Interp<'_>,
    op: BinOp,
    left: &Rc<RefCell<Dict>>,
    right: &Value,
) -> R<bool> {
    let right = match (op, right.unwrap_payload()) {
        (BinOp::Add | BinOp::Sub | BinOp::And | BinOp::Or, Value::Dict(right)) => right,
        _ => return Ok(false),
    };
    let changed = match op {
        BinOp::And => counts(left),
        _ => counts(&right),
    };
    for (hash, key, count) in changed {
        let own = count_of(left, &hash).unwrap_or_else(zero);
        let count = match op {
            BinOp::And => {
                let other = match count_of(&right, &hash) {
                    Some(other) => other,
                    None if right.borrow().kind == DictKind::Counter => zero(),
                    None => return Err(ev.key_error(&key)),
                };
                if holds(ev, CmpOp::Lt, &other, &own)? {
                    other
                } else {
                    own
                }
            }
            BinOp::Or => {
                if holds(ev, CmpOp::Gt, &count, &own)? {
                    count
                } else if count_of(left, &hash).is_none() {
                    continue;
                } else {
                    own
                }
            }
            _ => ev.binary(op, &own, &count)?,
        };
        left.borrow_mut().insert(hash, key, count);
    }
    for (hash, _, count) in counts(left) {
        if !holds(ev, CmpOp::Gt, &count, &zero())? {
            left.borrow_mut().remove(&hash);
        }
    }
    Ok(true)
}

/// `+counter` and `-counter`: the positive counts, or the negative ones turned.
pub(crate) fn unary(ev: &mut Interp<'_>, op: char, value: &Value) -> R<Option<Value>> {
    let Value::Dict(dict) = value else {
        return Ok(None);
    };
    if !is_counter(value) || !matches!(op, '+' | '-') {
        return Ok(None);
    }
    let mut kept = Vec::new();
    for (hash, key, count) in counts(dict) {
        let count = match op {
            '-' => ev.binary(BinOp::Sub, &zero(), &count)?,
            _ => count,
        };
        if holds(ev, CmpOp::Gt, &count, &zero())? {
            kept.push((hash, key, count));
        }
    }
    Ok(Some(of_pairs(kept)))
}

/// `left op right` of two counters, where what is not counted counts zero times; none for anything else.
pub(crate) fn compare(
    ev: &mut Interp<'_>,
    op: CmpOp,
    left: &Value,
    right: &Value,
) -> R<Option<bool>> {
    let (Value::Dict(left_dict), Value::Dict(right_dict)) = (left, right) else {
        return Ok(None);
    };
    if !is_counter(left) || !is_counter(right) {
        return Ok(None);
    }
    let every = |ev: &mut Interp<'_>, op: CmpOp| -> R<bool> {
        for (hash, ..) in counts(left_dict).into_iter().chain(counts(right_dict)) {
            let left = count_of(left_dict, &hash).unwrap_or_else(zero);
            let right = count_of(right_dict, &hash).unwrap_or_else(zero);
            if !holds(ev, op, &left, &right)? {
                return Ok(false);
            }
        }
        Ok(true)
    };
    Ok(Some(match op {
        CmpOp::Eq => every(ev, CmpOp::Eq)?,
        CmpOp::Ne => !every(ev, CmpOp::Eq)?,
        CmpOp::Le | CmpOp::Ge => every(ev, op)?,
        CmpOp::Lt => every(ev, CmpOp::Le)? && !every(ev, CmpOp::Eq)?,
        CmpOp::Gt => every(ev, CmpOp::Ge)? && !every(ev, CmpOp::Eq)?,
    }))
}

/// `counter.update(…)` and `counter.subtract(…)`.
pub(crate) fn change(ev: &mut Interp<'_>, this: &Rc<RefCell<Dict>>, args: Args, sign: i64) -> R {
    if let Some(other) = args.get(0)
        && !other.is_none()
    {
        super::dict::count_into(ev, this, &other.clone(), sign)?;
    }
    if !args.keywords.is_empty() {
        let mut more = Dict::new();
        for (key, count) in args.keywords {
            more.insert_str(key, count);
        }
        super::dict::count_into(ev, this, &Value::dict(more), sign)?;
    }
    Ok(Value::None)
}

/// `counter.most_common(n)`.
pub(crate) fn most_common(ev: &mut Interp<'_>, this: &Rc<RefCell<Dict>>, args: Args) -> R {
    let limit = args.bind(ev, "most_common", "n=")?.take_or_none("n");
    let pairs = counts(this);
    if pairs.iter().any(|(.., count)| count.as_int().is_none()) {
        return Ok(ev.unknown("`most_common` of counts that are no integers is not modelled"));
    }
    let mut pairs: Vec<(Value, Value)> = pairs
        .into_iter()
        .map(|(_, key, count)| (key, count))
        .collect();
    pairs.sort_by_key(|(_, count)| std::cmp::Reverse(count.as_int()));
    if !limit.is_none() {
        let limit = super::to_index(ev, &limit)?;
        pairs.truncate(usize::try_from(limit).unwrap_or(0));
    }
    let pairs = pairs
        .into_iter()
        .map(|(key, count)| Value::tuple(vec![key, count]));
    Ok(Value::list(pairs.collect()))
}

/// `counter.elements()`.
pub(crate) fn elements(ev: &mut Interp<'_>, this: &Rc<RefCell<Dict>>) -> R {
    let mut items = Vec::new();
    for (_, key, count) in counts(this) {
        let count = usize::try_from(super::to_index(ev, &count)?).unwrap_or(0);
        ev.check_items(items.len().saturating_add(count))?;
        items.extend(std::iter::repeat_n(key, count));
    }
    Ok(Value::iter(
        "itertools.chain",
        crate::eval::ListIter::new(items),
    ))
}
