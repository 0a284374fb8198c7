//! Iteration.

use std::cell::RefCell;
use std::rc::Rc;

use super::Interp;
use crate::args::Args;
use crate::flow::{Flow, R};
use crate::value::{Dict, IterCell, PyIter, Set, Value};

/// Iterates over values that are all there.
pub(crate) struct ListIter {
    items: std::vec::IntoIter<Value>,
}

impl ListIter {
    pub(crate) fn new(items: Vec<Value>) -> ListIter {
        ListIter {
            items: items.into_iter(),
        }
    }
}

impl PyIter for ListIter {
    fn next(&mut self, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(self.items.next())
    }
}

/// Iterates over a list that may change meanwhile.
struct SharedListIter {
    list: Rc<RefCell<Vec<Value>>>,
    index: Option<usize>,
}

impl PyIter for SharedListIter {
    fn next(&mut self, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        let Some(index) = self.index else {
            return Ok(None);
        };
        let item = self.list.borrow().get(index).cloned();
        self.index = item.as_ref().map(|_| index + 1);
        Ok(item)
    }
}

/// Iterates over a set; raises if it changes size meanwhile.
struct SetIter {
    set: Rc<RefCell<Set>>,
    len: usize,
    items: std::vec::IntoIter<Value>,
    is_over: bool,
}

impl PyIter for SetIter {
    fn next(&mut self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        if self.is_over {
            return Ok(None);
        }
        if self.set.borrow().len() != self.len {
            return Err(ev.raise("RuntimeError", "Set changed size during iteration"));
        }
        let item = self.items.next();
        self.is_over = item.is_none();
        Ok(item)
    }
}

/// Iterates over a dictionary; raises if it changes size meanwhile.
struct DictIter {
    dict: Rc<RefCell<Dict>>,
    index: usize,
    len: usize,
    what: DictPart,
}

/// What of a dictionary is iterated over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DictPart {
    Keys,
    Values,
    Items,
}

impl PyIter for DictIter {
    fn next(&mut self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        if self.index > self.len {
            return Ok(None);
        }
        if self.dict.borrow().len() != self.len {
            return Err(ev.raise("RuntimeError", "dictionary changed size during iteration"));
        }
        let item = self
            .dict
            .borrow()
            .at(self.index)
            .map(|(key, value)| match self.what {
                DictPart::Keys => key.clone(),
                DictPart::Values => value.clone(),
                DictPart::Items => Value::tuple(vec![key.clone(), value.clone()]),
            });
        self.index += 1;
        if item.is_none() {
            self.index = usize::MAX;
        }
        Ok(item)
    }
}

struct RangeIter {
    range: Rc<crate::value::Range>,
    index: i64,
}

impl PyIter for RangeIter {
    fn next(&mut self, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        if self.index >= self.range.len() {
            return Ok(None);
        }
        let value = self.range.at(self.index);
        self.index += 1;
        Ok(Some(Value::from(value)))
    }
}

/// Iterates by `__getitem__` with 0, 1, 2, ...
struct GetItemIter {
    value: Value,
    index: i64,
}

impl PyIter for GetItemIter {
    fn next(&mut self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        let value = self.value.clone();
        match ev.get_item(&value, &Value::from(self.index)) {
            Ok(item) => {
                self.index += 1;
                Ok(Some(item))
            }
            Err(Flow::Raise(raised)) if ev.is_exception(&raised.value, "IndexError") => Ok(None),
            Err(flow) => Err(flow),
        }
    }
}

/// Iterates over a dictionary's keys, values or items.
pub(crate) fn dict_iter(dict: &Rc<RefCell<Dict>>, what: DictPart) -> Value {
    let kind = match what {
        DictPart::Keys => "dict_keyiterator",
        DictPart::Values => "dict_valueiterator",
        DictPart::Items => "dict_itemiterator",
    };
    let len = dict.borrow().len();
    Value::iter(
        kind,
        DictIter {
            dict: Rc::clone(dict),
            index: 0,
            len,
            what,
        },
    )
}

impl Interp<'_> {
    /// `iter(value)`; raises `TypeError`.
    pub fn get_iter(&mut self, value: &Value) -> R {
        match self.get_iter_opt(value)? {
            Some(iter) => Ok(iter),
            None => {
                let kind = self.type_name(value);
                Err(self.raise("TypeError", format!("'{kind}' object is not iterable")))
            }
        }
    }

    /// `iter(value)`; none when it is not iterable. An unknown value fails: check before.
    pub(crate) fn get_iter_opt(&mut self, value: &Value) -> R<Option<Value>> {
        match self.known_iter(value) {
            Err(flow) if self.is_probing() && flow.needs_database() => {
                let items = match self.decide("iteration") {
                    true => vec![self.element_of(value)],
                    false => Vec::new(),
                };
                Ok(Some(Value::iter("iterator", ListIter::new(items))))
            }
            other => other,
        }
    }

    fn known_iter(&mut self, value: &Value) -> R<Option<Value>> {
        Ok(Some(match value {
            Value::Iter(_) => value.clone(),
            Value::List(list) => Value::iter(
                "list_iterator",
                SharedListIter {
                    list: Rc::clone(list),
                    index: Some(0),
                },
            ),
            Value::Tuple(items) => Value::iter("tuple_iterator", ListIter::new(items.to_vec())),
            Value::Str(text) => Value::iter(
                "str_ascii_iterator",
                ListIter::new(
                    text.chars()
                        .map(|char| Value::from(char.to_string()))
                        .collect(),
                ),
            ),
            Value::Bytes(bytes) => Value::iter(
                "bytes_iterator",
                ListIter::new(
                    bytes
                        .iter()
                        .map(|byte| Value::from(i64::from(*byte)))
                        .collect(),
                ),
            ),
            Value::Dict(dict) => dict_iter(dict, DictPart::Keys),
            Value::Set(set) => {
                let items: Vec<Value> = set.borrow().iter().cloned().collect();
                let iter = SetIter {
                    set: Rc::clone(set),
                    len: items.len(),
                    items: items.into_iter(),
                    is_over: false,
                };
                Value::iter("set_iterator", iter)
            }
            Value::FrozenSet(set) => {
                Value::iter("set_iterator", ListIter::new(set.iter().cloned().collect()))
            }
            Value::Range(range) => Value::iter(
                "range_iterator",
                RangeIter {
                    range: Rc::clone(range),
                    index: 0,
                },
            ),
            Value::Object(object) => {
                if let Some(iter) = Rc::clone(object).iterator(self)? {
                    return Ok(Some(iter));
                }
                match Rc::clone(object).iterate(self)? {
                    Some(items) => Value::iter("iterator", ListIter::new(items)),
                    None => return Ok(None),
                }
            }
            Value::Class(class) if class.has_special("__iter__") => {
                let iter = self.call_metaclass(class, "__iter__", Vec::new())?;
                self.need_known(&iter, "the result of `__iter__`")?;
                return Ok(Some(iter));
            }
            Value::Class(class) if class.is_enum() => Value::iter(
                "generator",
                ListIter::new(crate::modules::enum_::members(class)),
            ),
            Value::Class(class) => {
                if let Some(unknown) = class.find_unknown_base() {
                    self.need_known(&Value::Unknown(unknown), "what is iterated over")?;
                }
                return Ok(None);
            }
            Value::Instance(instance) => {
                if let Some(method) = instance.class.lookup("__iter__") {
                    let bound = self.bind_to(&method, value.clone())?;
                    let iter = self.call(&bound, Args::none())?;
                    self.need_known(&iter, "the result of `__iter__`")?;
                    return Ok(Some(iter));
                }
                if instance.class.lookup("__getitem__").is_some() {
                    return Ok(Some(Value::iter(
                        "iterator",
                        GetItemIter {
                            value: value.clone(),
                            index: 0,
                        },
                    )));
                }
                if let Some(unknown) = instance.class.find_unknown_base() {
                    self.need_known(&Value::Unknown(unknown), "what is iterated over")?;
                }
                match instance.payload() {
                    Some(payload) => return self.get_iter_opt(&payload),
                    None => return Ok(None),
                }
            }
            Value::Unknown(_) => {
                self.need_known(value, "what is iterated over")?;
                return Ok(None);
            }
            Value::Opaque(opaque) => {
                return Err(self.unreadable(format!(
                    "what is iterated over cannot be read: {}",
                    opaque.what
                )));
            }
            _ => return Ok(None),
        }))
    }

    /// The next element of an iterator.
    pub fn next(&mut self, iter: &mut Value) -> R<Option<Value>> {
        self.step()?;
        match iter {
            Value::Iter(cell) => self.next_cell(&Rc::clone(cell)),
            Value::Instance(instance) => {
                let Some(method) = instance.class.lookup("__next__") else {
                    let kind = instance.class.name.to_string();
                    return Err(
                        self.raise("TypeError", format!("'{kind}' object is not an iterator"))
                    );
                };
                let bound = self.bind_to(&method, iter.clone())?;
                match self.call(&bound, Args::none()) {
                    Ok(value) => Ok(Some(value)),
                    Err(Flow::Raise(raised))
                        if self.is_exception(&raised.value, "StopIteration") =>
                    {
                        Ok(None)
                    }
                    Err(flow) => Err(flow),
                }
            }
            other => {
                self.need_known(other, "an iterator")?;
                let kind = self.type_name(other);
                Err(self.raise("TypeError", format!("'{kind}' object is not an iterator")))
            }
        }
    }

    pub(crate) fn next_cell(&mut self, cell: &Rc<IterCell>) -> R<Option<Value>> {
        match cell.state.try_borrow_mut() {
            Ok(mut state) => state.next(self),
            Err(_) => Err(self.raise("ValueError", "generator already executing")),
        }
    }

    /// All elements of an iterable.
    pub fn iterate(&mut self, value: &Value) -> R<Vec<Value>> {
        match value {
            Value::Tuple(items) => {
                self.check_items(items.len())?;
                return Ok(items.to_vec());
            }
            Value::List(items) => {
                let length = items.borrow().len();
                self.check_items(length)?;
                return Ok(items.borrow().clone());
            }
            _ => {}
        }
        let mut iter = self.get_iter(value)?;
        self.drain(&mut iter)
    }

    /// The elements that an iterator has left.
    pub(crate) fn drain(&mut self, iter: &mut Value) -> R<Vec<Value>> {
        let mut items = Vec::new();
        while let Some(item) = self.next(iter)? {
            items.push(item);
            if items.len() % 1024 == 0 {
                self.check_length(items.len())?;
            }
        }
        Ok(items)
    }

    /// `len(value)`.
    pub fn length(&mut self, value: &Value) -> R {
        let length = match value {
            Value::Str(text) => text.chars().count(),
            Value::Bytes(bytes) => bytes.len(),
            Value::Tuple(items) => items.len(),
            Value::List(items) => items.borrow().len(),
            Value::Dict(dict) => dict.borrow().len(),
            Value::Set(set) => set.borrow().len(),
            Value::FrozenSet(set) => set.len(),
            Value::Range(range) => return Ok(Value::from(range.len())),
            Value::Unknown(_) => return Ok(value.clone()),
            Value::Opaque(opaque) => {
                return Ok(self.unknown(format!("{} is not modelled", opaque.what)));
            }
            Value::Class(class) if class.is_enum() => crate::modules::enum_::members(class).len(),
            Value::Object(object) => match Rc::clone(object).len(self)? {
                Some(length) => length,
                None => return Err(self.no_len(value)),
            },
            Value::Instance(instance) => {
                if let Some(method) = instance.class.lookup("__len__") {
                    let bound = self.bind_to(&method, value.clone())?;
                    return self.call(&bound, Args::none());
                }
                if let Some(count) = crate::modules::enum_::flags(instance) {
                    return Ok(Value::from(count));
                }
                return match instance.payload() {
                    Some(payload) => self.length(&payload),
                    None => match instance.class.find_unknown_base() {
                        Some(unknown) => Ok(Value::Unknown(unknown)),
                        None => Err(self.no_len(value)),
                    },
                };
            }
            _ => return Err(self.no_len(value)),
        };
        Ok(Value::from(length))
    }

    fn no_len(&self, value: &Value) -> Flow {
        let kind = self.type_name(value);
        self.raise("TypeError", format!("object of type '{kind}' has no len()"))
    }
}
