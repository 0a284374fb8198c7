//! Subscripts.

use std::rc::Rc;

use super::Interp;
use super::ops::plain_int;
use crate::args::Args;
use crate::flow::{Flow, R};
use crate::value::{Int, Slice, Value};

impl Interp<'_> {
    /// `value[key]`.
    pub fn get_item(&mut self, value: &Value, key: &Value) -> R {
        self.step()?;
        match value {
            Value::Unknown(unknown) if unknown.row_of.is_some() => {
                let index = key.as_i64().and_then(|index| usize::try_from(index).ok());
                return Ok(match index {
                    Some(index) => self.part_of(value, index),
                    None => value.clone(),
                });
            }
            Value::Unknown(_) => return Ok(value.clone()),
            Value::Opaque(opaque) => return Ok(Value::opaque(format!("{}[...]", opaque.what))),
            Value::Object(object) => {
                if let Some(item) = Rc::clone(object).get_item(self, key)? {
                    return Ok(item);
                }
                let kind = object.type_name();
                return Err(
                    self.raise("TypeError", format!("'{kind}' object is not subscriptable"))
                );
            }
            Value::Class(class) => {
                if class.has_special("__getitem__") {
                    return self.call_metaclass(class, "__getitem__", vec![key.clone()]);
                }
                if let Some(hooks) = class.find_hooks()
                    && let Some(item) = hooks.class_get_item(self, class, key)?
                {
                    return Ok(item);
                }
                return crate::modules::typing::class_get_item(self, class, key);
            }
            Value::Instance(instance) => {
                if let Some(method) = instance.class.lookup("__getitem__") {
                    let bound = self.bind_to(&method, value.clone())?;
                    return self.call(&bound, Args::positional(vec![key.clone()]));
                }
                if let Some(unknown) = instance.class.find_unknown_base() {
                    return Ok(Value::Unknown(unknown));
                }
                if let Some(payload) = instance.payload() {
                    if let Value::Dict(dict) = &payload
                        && let Some(missing) = instance.class.lookup("__missing__")
                    {
                        let key_hash = self.hash_key(key)?;
                        let found = dict.borrow().get(&key_hash).cloned();
                        return match found {
                            Some(found) => Ok(found),
                            None => {
                                let bound = self.bind_to(&missing, value.clone())?;
                                self.call(&bound, Args::positional(vec![key.clone()]))
                            }
                        };
                    }
                    return self.get_item(&payload, key);
                }
                let kind = instance.class.name.to_string();
                return Err(
                    self.raise("TypeError", format!("'{kind}' object is not subscriptable"))
                );
            }
            _ => {}
        }
        if key.is_unknown() {
            return Ok(key.clone());
        }
        match value {
            Value::Dict(dict) => {
                let hash = match self.key_or_unknown(key)? {
                    Ok(hash) => hash,
                    Err(unknown) => return Ok(unknown),
                };
                let (found, factory, kind) = {
                    let dict = dict.borrow();
                    (
                        dict.get(&hash).cloned(),
                        dict.default_factory.clone(),
                        dict.kind,
                    )
                };
                if let Some(found) = found {
                    return Ok(found);
                }
                if kind == crate::value::DictKind::Counter {
                    return Ok(Value::int(0_i64));
                }
                if let Some(factory) = factory {
                    let made = self.call(&factory, Args::none())?;
                    dict.borrow_mut().insert(hash, key.clone(), made.clone());
                    return Ok(made);
                }
                if self.has_any_key(dict) {
                    return Ok(self.answer());
                }
                Err(self.key_error(key))
            }
            Value::Str(_)
            | Value::Bytes(_)
            | Value::List(_)
            | Value::Tuple(_)
            | Value::Range(_) => self.sequence_item(value, key),
            _ => {
                let kind = self.type_name(value);
                Err(self.raise("TypeError", format!("'{kind}' object is not subscriptable")))
            }
        }
    }

    pub(crate) fn key_error(&self, key: &Value) -> Flow {
        self.raise_class(&self.types().exception("KeyError"), vec![key.clone()])
    }

    fn sequence_item(&mut self, value: &Value, key: &Value) -> R {
        let kind = self.type_name(value);
        let shown = match value {
            Value::Str(_) => "string",
            Value::Bytes(_) => "index",
            Value::Range(_) => "range object",
            _ => kind.as_str(),
        };
        if let Value::Str(text) = value {
            self.charge(text.len() / 64);
        }
        if let Value::Slice(slice) = key {
            return self.slice(value, slice);
        }
        let Some(index) = self.index_opt(key)? else {
            let key_kind = self.type_name(key);
            let message = match value {
                Value::Str(_) => format!("string indices must be integers, not '{key_kind}'"),
                Value::Bytes(_) => {
                    format!("byte indices must be integers or slices, not {key_kind}")
                }
                _ => format!("{kind} indices must be integers or slices, not {key_kind}"),
            };
            return Err(self.raise("TypeError", message));
        };
        let length = match value {
            Value::Str(text) => text.chars().count(),
            Value::Bytes(bytes) => bytes.len(),
            Value::List(items) => items.borrow().len(),
            Value::Tuple(items) => items.len(),
            Value::Range(range) => usize::try_from(range.len()).unwrap_or(usize::MAX),
            _ => 0,
        };
        let found = position(&index, length).and_then(|index| match value {
            Value::Str(text) if text.is_ascii() => text
                .as_bytes()
                .get(index)
                .map(|byte| Value::from(char::from(*byte).to_string())),
            Value::Str(text) => text
                .chars()
                .nth(index)
                .map(|char| Value::from(char.to_string())),
            Value::Bytes(bytes) => bytes.get(index).map(|byte| Value::from(i64::from(*byte))),
            Value::List(items) => items.borrow().get(index).cloned(),
            Value::Tuple(items) => items.get(index).cloned(),
            Value::Range(range) => i64::try_from(index)
                .ok()
                .map(|index| Value::from(range.at(index))),
            _ => None,
        });
        match found {
            Some(item) => Ok(item),
            None => {
                let message = match value {
                    Value::Bytes(_) => "index out of range".to_owned(),
                    Value::Range(_) => "range object index out of range".to_owned(),
                    _ => format!("{shown} index out of range"),
                };
                Err(self.raise("IndexError", message))
            }
        }
    }

    fn slice(&mut self, value: &Value, slice: &Slice) -> R {
        for part in [&slice.start, &slice.stop, &slice.step] {
            if part.is_unknown() {
                return Ok(part.clone());
            }
        }
        Ok(match value {
            Value::Str(text) => {
                if text.is_ascii() {
                    if let (start, stop, 1) = self.slice_bounds(slice, text.len())? {
                        let (start, stop) = (usize::try_from(start), usize::try_from(stop));
                        let range = start.unwrap_or(0)..stop.unwrap_or(0).max(start.unwrap_or(0));
                        self.check_size(range.len())?;
                        return Ok(Value::from(text.get(range).unwrap_or_default()));
                    }
                    self.charge(text.len() / 4);
                    let indices = self.slice_indices(slice, text.len())?;
                    let bytes = text.as_bytes();
                    let picked: String = indices
                        .iter()
                        .filter_map(|index| bytes.get(*index).map(|byte| char::from(*byte)))
                        .collect();
                    return Ok(Value::from(picked));
                }
                self.charge(text.len() / 4);
                let chars: Vec<char> = text.chars().collect();
                let indices = self.slice_indices(slice, chars.len())?;
                Value::from(
                    indices
                        .iter()
                        .filter_map(|index| chars.get(*index))
                        .collect::<String>(),
                )
            }
            Value::Bytes(bytes) => {
                let indices = self.slice_indices(slice, bytes.len())?;
                let picked: Vec<u8> = indices
                    .iter()
                    .filter_map(|index| bytes.get(*index).copied())
                    .collect();
                Value::bytes(&picked)
            }
            Value::List(items) => {
                let items = items.borrow().clone();
                let indices = self.slice_indices(slice, items.len())?;
                self.charge(items.len() / 64);
                self.check_items(indices.len())?;
                Value::list(
                    indices
                        .iter()
                        .filter_map(|index| items.get(*index).cloned())
                        .collect(),
                )
            }
            Value::Tuple(items) => {
                let indices = self.slice_indices(slice, items.len())?;
                self.check_items(indices.len())?;
                Value::tuple(
                    indices
                        .iter()
                        .filter_map(|index| items.get(*index).cloned())
                        .collect(),
                )
            }
            Value::Range(range) => {
                let length = usize::try_from(range.len()).unwrap_or(usize::MAX);
                let (start, stop, step) = self.slice_bounds(slice, length)?;
                Value::Range(Rc::new(crate::value::Range {
                    start: range.at(start),
                    stop: range.at(stop),
                    step: range.step.wrapping_mul(step),
                }))
            }
            other => other.clone(),
        })
    }

    /// `slice.indices(length)`.
    pub(crate) fn slice_bounds(&mut self, slice: &Slice, length: usize) -> R<(i64, i64, i64)> {
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let step = match &slice.step {
            Value::None => 1,
            step => self.slice_index(step)?,
        };
        if step == 0 {
            return Err(self.raise("ValueError", "slice step cannot be zero"));
        }
        let (lowest, highest) = if step < 0 {
            (-1, length - 1)
        } else {
            (0, length)
        };
        let clip = |index: i64| {
            if index < 0 {
                (index.saturating_add(length)).max(lowest)
            } else {
                index.min(highest)
            }
        };
        let start = match &slice.start {
            Value::None if step < 0 => highest,
            Value::None => lowest,
            start => clip(self.slice_index(start)?),
        };
        let stop = match &slice.stop {
            Value::None if step < 0 => lowest,
            Value::None => highest,
            stop => clip(self.slice_index(stop)?),
        };
        Ok((start, stop, step))
    }

    fn slice_index(&mut self, value: &Value) -> R<i64> {
        self.need_known(value, "the end of a slice")?;
        match self.index_opt(value)? {
            Some(Int::Small(value)) => Ok(value),
            Some(big) => Ok(if big.is_negative() {
                i64::MIN / 2
            } else {
                i64::MAX / 2
            }),
            None => Err(self.raise(
                "TypeError",
                "slice indices must be integers or None or have an __index__ method",
            )),
        }
    }

    /// The positions that a slice picks.
    pub(crate) fn slice_indices(&mut self, slice: &Slice, length: usize) -> R<Vec<usize>> {
        let (start, stop, step) = self.slice_bounds(slice, length)?;
        let range = crate::value::Range { start, stop, step };
        Ok((0..range.len())
            .filter_map(|index| usize::try_from(range.at(index)).ok())
            .collect())
    }

    /// The integer that a value is, or says to be by `__index__`; none for what is no integer.
    pub(crate) fn index_opt(&mut self, value: &Value) -> R<Option<Int>> {
        if let Some(int) = plain_int(&value.unwrap_payload()) {
            return Ok(Some(int));
        }
        let Value::Instance(instance) = value else {
            return Ok(None);
        };
        let Some(method) = instance.class.lookup("__index__") else {
            return match instance.class.find_unknown_base() {
                Some(unknown) => {
                    self.need_known(&Value::Unknown(unknown), "an index")?;
                    Ok(None)
                }
                None => Ok(None),
            };
        };
        let bound = self.bind_to(&method, value.clone())?;
        let result = self.call(&bound, Args::none())?;
        self.need_known(&result, "the result of `__index__`")?;
        match result.as_int() {
            Some(int) => Ok(Some(int)),
            None => {
                let kind = self.type_name(&result);
                Err(self.raise(
                    "TypeError",
                    format!("__index__ returned non-int (type {kind})"),
                ))
            }
        }
    }

    /// `value[key] = new`.
    pub fn set_item(&mut self, value: &Value, key: &Value, new: Value) -> R<()> {
        match value {
            Value::Unknown(_) | Value::Opaque(_) => {
                if self.is_running() && !self.is_answer(value) {
                    self.need_known(value, "the object whose item is set")?;
                }
                return Ok(());
            }
            Value::Object(object) if Rc::clone(object).set_item(self, key, new.clone())? => {
                return Ok(());
            }
            Value::Instance(instance) => {
                if let Some(method) = instance.class.lookup("__setitem__") {
                    let bound = self.bind_to(&method, value.clone())?;
                    self.call(&bound, Args::positional(vec![key.clone(), new]))?;
                    return Ok(());
                }
                if let Some(payload) = instance.payload() {
                    return self.set_item(&payload, key, new);
                }
            }
            Value::Dict(dict) if self.is_answer(key) => {
                self.note_any_key(dict);
                return Ok(());
            }
            Value::Dict(dict) => {
                let hash = self.hash_key(key)?;
                dict.borrow_mut().insert(hash, key.clone(), new);
                return Ok(());
            }
            Value::List(items) => {
                self.need_known(key, "the index of an assignment")?;
                if let Value::Slice(slice) = key {
                    let replacement = self.iterate(&new)?;
                    let length = items.borrow().len();
                    let (start, stop, step) = self.slice_bounds(slice, length)?;
                    if step == 1 {
                        let start = usize::try_from(start).unwrap_or(0);
                        let stop = usize::try_from(stop).unwrap_or(0).max(start);
                        items.borrow_mut().splice(start..stop, replacement);
                        return Ok(());
                    }
                    let indices = self.slice_indices(slice, length)?;
                    if indices.len() != replacement.len() {
                        return Err(self.raise(
                            "ValueError",
                            format!(
                                "attempt to assign sequence of size {} to extended slice of size {}",
                                replacement.len(),
                                indices.len()
                            ),
                        ));
                    }
                    let mut items = items.borrow_mut();
                    for (index, item) in indices.into_iter().zip(replacement) {
                        if let Some(slot) = items.get_mut(index) {
                            *slot = item;
                        }
                    }
                    return Ok(());
                }
                let Some(index) = self.index_opt(key)? else {
                    let kind = self.type_name(key);
                    return Err(self.raise(
                        "TypeError",
                        format!("list indices must be integers or slices, not {kind}"),
                    ));
                };
                let length = items.borrow().len();
                return match position(&index, length) {
                    Some(index) => {
                        if let Some(slot) = items.borrow_mut().get_mut(index) {
                            *slot = new;
                        }
                        Ok(())
                    }
                    None => Err(self.raise("IndexError", "list assignment index out of range")),
                };
            }
            _ => {}
        }
        let kind = self.type_name(value);
        Err(self.raise(
            "TypeError",
            format!("'{kind}' object does not support item assignment"),
        ))
    }

    /// `del value[key]`.
    pub(crate) fn del_item(&mut self, value: &Value, key: &Value) -> R<()> {
        match value {
            Value::Unknown(_) | Value::Opaque(_) => {
                if !self.is_answer(value) {
                    self.need_known(value, "the object whose item is deleted")?;
                }
                return Ok(());
            }
            Value::Object(object) if Rc::clone(object).del_item(self, key)? => return Ok(()),
            Value::Instance(instance) => {
                if let Some(method) = instance.class.lookup("__delitem__") {
                    let bound = self.bind_to(&method, value.clone())?;
                    self.call(&bound, Args::positional(vec![key.clone()]))?;
                    return Ok(());
                }
                if let Some(payload) = instance.payload() {
                    return self.del_item(&payload, key);
                }
            }
            Value::Dict(dict) => {
                let hash = self.hash_key(key)?;
                let removed = dict.borrow_mut().remove(&hash);
                return match removed {
                    Some(_) => Ok(()),
                    None => Err(self.key_error(key)),
                };
            }
            Value::List(items) => {
                self.need_known(key, "the index of a deletion")?;
                let length = items.borrow().len();
                let mut indices = match key {
                    Value::Slice(slice) => self.slice_indices(slice, length)?,
                    key => match self.index_opt(key)? {
                        Some(index) => match position(&index, length) {
                            Some(index) => vec![index],
                            None => {
                                return Err(
                                    self.raise("IndexError", "list assignment index out of range")
                                );
                            }
                        },
                        None => {
                            let kind = self.type_name(key);
                            return Err(self.raise(
                                "TypeError",
                                format!("list indices must be integers or slices, not {kind}"),
                            ));
                        }
                    },
                };
                indices.sort_unstable();
                let mut items = items.borrow_mut();
                for index in indices.into_iter().rev() {
                    if index < items.len() {
                        items.remove(index);
                    }
                }
                return Ok(());
            }
            _ => {}
        }
        let kind = self.type_name(value);
        Err(self.raise(
            "TypeError",
            format!("'{kind}' object doesn't support item deletion"),
        ))
    }
}

/// A Python index as a position; none when out of range.
pub(crate) fn position(index: &Int, length: usize) -> Option<usize> {
    let index = index.to_i64()?;
    let length_signed = i64::try_from(length).ok()?;
    let index = if index < 0 {
        index.checked_add(length_signed)?
    } else {
        index
    };
    usize::try_from(index).ok().filter(|index| *index < length)
}
