//! Sorting, by Python's rules: stable, by `<` only.

use std::cmp::Ordering;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::value::{CmpOp, Value};

/// Sorts values by `key`; the inner error is an unknown that a comparison needed.
pub(crate) fn sort(
    ev: &mut Interp<'_>,
    items: Vec<Value>,
    key: Option<&Value>,
    reverse: bool,
) -> R<Result<Vec<Value>, Value>> {
    let mut keyed = Vec::with_capacity(items.len());
    for item in items {
        let sort_key = match key {
            Some(key) if !key.is_none() => ev.call(key, Args::positional(vec![item.clone()]))?,
            _ => item.clone(),
        };
        keyed.push((sort_key, item));
    }
    if keyed.len() > 1
        && let Some((unknown, _)) = keyed.iter().find(|(key, _)| key.is_unknown())
    {
        return Ok(Err(unknown.clone()));
    }
    // `sort_by` wants a total order; a failed comparison is remembered and ends it.
    let mut failure: Option<Flow> = None;
    let mut unknown: Option<Value> = None;
    if reverse {
        keyed.reverse();
    }
    let mut less = |ev: &mut Interp<'_>, left: &Value, right: &Value| -> bool {
        if failure.is_some() || unknown.is_some() {
            return false;
        }
        match ev.compare(CmpOp::Lt, left, right) {
            Ok(result) if result.is_unknown() => {
                unknown = Some(result);
                false
            }
            Ok(result) => match ev.truth(&result, "a comparison") {
                Ok(truth) => truth,
                Err(flow) => {
                    failure = Some(flow);
                    false
                }
            },
            Err(flow) => {
                failure = Some(flow);
                false
            }
        }
    };
    let sorted = merge_sort(ev, keyed, &mut less);
    if let Some(flow) = failure {
        return Err(flow);
    }
    if let Some(unknown) = unknown {
        return Ok(Err(unknown));
    }
    let mut items: Vec<Value> = sorted.into_iter().map(|(_, item)| item).collect();
    if reverse {
        items.reverse();
    }
    Ok(Ok(items))
}

/// A stable merge sort that only asks whether something is less, and bears inconsistent answers.
fn merge_sort(
    ev: &mut Interp<'_>,
    mut items: Vec<(Value, Value)>,
    less: &mut impl FnMut(&mut Interp<'_>, &Value, &Value) -> bool,
) -> Vec<(Value, Value)> {
    if items.len() < 2 {
        return items;
    }
    let right = items.split_off(items.len() / 2);
    let left = merge_sort(ev, items, less);
    let right = merge_sort(ev, right, less);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    loop {
        let take_right = match (left.peek(), right.peek()) {
            (Some(left), Some(right)) => less(ev, &right.0, &left.0),
            (Some(_), None) => false,
            (None, Some(_)) => true,
            (None, None) => return merged,
        };
        let next = if take_right {
            right.next()
        } else {
            left.next()
        };
        merged.extend(next);
    }
}

/// The smallest (`Less`) or largest (`Greater`) of values; none of no values.
pub(crate) fn extreme(
    ev: &mut Interp<'_>,
    items: Vec<Value>,
    key: Option<&Value>,
    which: Ordering,
) -> R<Option<Value>> {
    let op = if which == Ordering::Less {
        CmpOp::Lt
    } else {
        CmpOp::Gt
    };
    let mut best: Option<(Value, Value)> = None;
    for item in items {
        let sort_key = match key {
            Some(key) if !key.is_none() => ev.call(key, Args::positional(vec![item.clone()]))?,
            _ => item.clone(),
        };
        if sort_key.is_unknown() {
            return Ok(Some(sort_key));
        }
        let better = match &best {
            None => true,
            Some((best_key, _)) => {
                let result = ev.compare(op, &sort_key, best_key)?;
                if result.is_unknown() {
                    return Ok(Some(result));
                }
                ev.truth(&result, "a comparison")?
            }
        };
        if better {
            best = Some((sort_key, item));
        }
    }
    Ok(best.map(|(_, item)| item))
}
