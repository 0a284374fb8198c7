//! Methods of dictionaries.

use std::cell::RefCell;
use std::rc::Rc;

use crate::args::Args;
use crate::eval::{DictPart, Interp};
use crate::flow::R;
use crate::value::{BinOp, CmpOp, Dict, DictKind, NativeObject, Set, Str, Value};

/// `dict.update`.
pub(crate) fn update(
    ev: &mut Interp<'_>,
    dict: &Rc<RefCell<Dict>>,
    other: Option<Value>,
    keywords: Vec<(Str, Value)>,
) -> R<()> {
    let mut pairs = Vec::new();
    if let Some(other) = other {
        ev.need_known(&other, "the argument of `update`")?;
        let is_mapping = matches!(other.unwrap_payload(), Value::Dict(_))
            || ev.get_attr_opt(&other, "keys")?.is_some();
        if is_mapping {
            pairs = ev.mapping_items(&other, "not a mapping:")?;
        } else {
            for (index, item) in ev.iterate(&other)?.into_iter().enumerate() {
                ev.need_known(&item, "an item of a mapping")?;
                let Some(_) = ev.get_iter_opt(&item)? else {
                    return Err(ev.raise(
                        "TypeError",
                        format!("cannot convert dictionary update sequence element #{index} to a sequence"),
                    ));
                };
                let pair = ev.iterate(&item)?;
                match pair.as_slice() {
                    [key, value] => pairs.push((key.clone(), value.clone())),
                    other => {
                        return Err(ev.raise(
                            "ValueError",
                            format!(
                                "dictionary update sequence element #{index} has length {}; 2 is required",
                                other.len()
                            ),
                        ));
                    }
                }
            }
        }
    }
    for (key, value) in pairs {
        let hash = ev.hash_key(&key)?;
        dict.borrow_mut().insert(hash, key, value);
    }
    for (key, value) in keywords {
        dict.borrow_mut().insert_str(key, value);
    }
    Ok(())
}

pub(crate) const METHODS: &[&str] = &[
    "clear",
    "copy",
    "get",
    "items",
    "keys",
    "pop",
    "popitem",
    "setdefault",
    "update",
    "values",
];
pub(crate) const ORDERED_METHODS: &[&str] = &[
    "clear",
    "copy",
    "get",
    "items",
    "keys",
    "pop",
    "popitem",
    "setdefault",
    "update",
    "values",
    "move_to_end",
];
pub(crate) const COUNTER_METHODS: &[&str] = &[
    "clear",
    "copy",
    "get",
    "items",
    "keys",
    "pop",
    "popitem",
    "setdefault",
    "update",
    "values",
    "most_common",
    "elements",
    "total",
    "subtract",
];

pub(crate) fn call(ev: &mut Interp<'_>, this: &Rc<RefCell<Dict>>, name: &str, args: Args) -> R {
    match name {
        "clear" => {
            this.borrow_mut().clear();
            Ok(Value::None)
        }
        "copy" => Ok(Value::dict(this.borrow().clone())),
        "get" => {
            let mut args = args.bind(ev, "get", "key, default=, /")?;
            let key = args.take_or_none("key");
            let hash = match ev.key_or_unknown(&key)? {
                Ok(hash) => hash,
                Err(unknown) => return Ok(unknown),
            };
            let found = this.borrow().get(&hash).cloned();
            Ok(found.unwrap_or_else(|| args.take_or_none("default")))
        }
        "items" => Ok(DictView::make(this, DictPart::Items)),
        "keys" => Ok(DictView::make(this, DictPart::Keys)),
        "values" => Ok(DictView::make(this, DictPart::Values)),
        "pop" => {
            let mut args = args.bind(ev, "pop", "key, default=, /")?;
            let key = args.take_or_none("key");
            let hash = ev.hash_key(&key)?;
            let removed = this.borrow_mut().remove(&hash);
            match (removed, args.take("default")) {
                (Some((_, value)), _) => Ok(value),
                (None, Some(default)) => Ok(default),
                (None, None) => Err(ev.key_error(&key)),
            }
        }
        "popitem" => {
            let last = match args.keyword("last").or(args.get(0)) {
                Some(last) => ev.truth(&last.clone(), "`last`")?,
                None => true,
            };
            let popped = if last {
                this.borrow_mut().pop()
            } else {
                this.borrow_mut().remove_index(0)
            };
            match popped {
                Some((key, value)) => Ok(Value::tuple(vec![key, value])),
                None => {
                    let error = Value::from("popitem(): dictionary is empty");
                    Err(ev.key_error(&error))
                }
            }
        }
        "setdefault" => {
            let mut args = args.bind(ev, "setdefault", "key, default=, /")?;
            let key = args.take_or_none("key");
            let hash = ev.hash_key(&key)?;
            if let Some(found) = this.borrow().get(&hash) {
                return Ok(found.clone());
            }
            let default = args.take_or_none("default");
            this.borrow_mut().insert(hash, key, default.clone());
            Ok(default)
        }
        "update" => {
            if this.borrow().kind == DictKind::Counter {
                return super::counter::change(ev, this, args, 1);
            }
            let args = args.bind(ev, "update", "other=, /, **kwargs")?;
            update(ev, this, args.get("other").cloned(), args.extra.clone())?;
            Ok(Value::None)
        }
        "move_to_end" => {
            let mut args = args.bind(ev, "move_to_end", "key, last=")?;
            let key = args.take_or_none("key");
            let last = args.take_or("last", Value::Bool(true));
            let last = ev.truth(&last, "`last`")?;
            let hash = ev.hash_key(&key)?;
            if this.borrow_mut().move_to_end(&hash, last) {
                Ok(Value::None)
            } else {
                Err(ev.key_error(&key))
            }
        }
        "most_common" => super::counter::most_common(ev, this, args),
        "total" => {
            let values = this
                .borrow()
                .iter()
                .map(|(_, value)| value.clone())
                .collect();
            super::list::sum(ev, values, Value::int(0_i64))
        }
        "elements" => super::counter::elements(ev, this),
        "subtract" => super::counter::change(ev, this, args, -1),
        _ => Err(ev.no_attribute(&Value::Dict(Rc::clone(this)), name)),
    }
}

/// Adds the counts of a mapping, or one for each element of an iterable.
pub(crate) fn count_into(
    ev: &mut Interp<'_>,
    this: &Rc<RefCell<Dict>>,
    other: &Value,
    sign: i64,
) -> R<()> {
    let pairs = match other.unwrap_payload() {
        Value::Dict(dict) => dict
            .borrow()
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
        _ => ev
            .iterate(other)?
            .into_iter()
            .map(|key| (key, Value::int(1_i64)))
            .collect::<Vec<_>>(),
    };
    for (key, value) in pairs {
        let hash = ev.hash_key(&key)?;
        let current = this
            .borrow()
            .get(&hash)
            .cloned()
            .unwrap_or_else(|| Value::int(0_i64));
        let op = if sign < 0 { BinOp::Sub } else { BinOp::Add };
        let total = ev.binary(op, &current, &value)?;
        this.borrow_mut().insert(hash, key, total);
    }
    Ok(())
}

/// `dict.fromkeys(keys, value)`.
pub(crate) fn from_keys(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "fromkeys", "iterable, value=, /")?;
    let keys = args.take_or_none("iterable");
    if keys.is_unknown() {
        return Ok(keys);
    }
    let value = args.take_or_none("value");
    let mut dict = Dict::new();
    for key in ev.iterate(&keys)? {
        match ev.key_or_unknown(&key)? {
            Ok(hash) => {
                dict.insert(hash, key, value.clone());
            }
            Err(unknown) => return Ok(unknown),
        }
    }
    Ok(Value::dict(dict))
}

/// What `dict.keys()`, `values()` and `items()` give: a window on the dictionary.
pub(crate) struct DictView {
    dict: Rc<RefCell<Dict>>,
    part: DictPart,
}

impl DictView {
    fn make(dict: &Rc<RefCell<Dict>>, part: DictPart) -> Value {
        Value::object(DictView {
            dict: Rc::clone(dict),
            part,
        })
    }

    fn items(&self) -> Vec<Value> {
        self.dict
            .borrow()
            .iter()
            .map(|(key, value)| match self.part {
                DictPart::Keys => key.clone(),
                DictPart::Values => value.clone(),
                DictPart::Items => Value::tuple(vec![key.clone(), value.clone()]),
            })
            .collect()
    }

    /// `self & other`: the smaller side is gone through, in its own order.
    fn shared_with(self: Rc<Self>, ev: &mut Interp<'_>, other: &Value) -> R<Option<Value>> {
        let this = Value::Object(Rc::clone(&self) as Rc<dyn NativeObject>);
        let (Some(own), Some(others)) =
            (DictView::as_set(ev, &this)?, DictView::as_set(ev, other)?)
        else {
            return Ok(None);
        };
        let is_view = other.downcast_ref::<DictView>().is_some();
        let through_own = match other {
            Value::Set(_) => own.len() <= others.len(),
            _ => is_view && others.len() > own.len(),
        };
        let (through, within) = if through_own {
            (self.items(), others)
        } else if matches!(other, Value::Iter(_)) {
            (others.iter().cloned().collect(), own)
        } else {
            (ev.iterate(other)?, own)
        };
        let mut kept = Set::new();
        for item in through {
            let key = ev.hash_key(&item)?;
            if within.contains(&key) {
                kept.insert(key, item);
            }
        }
        Ok(Some(Value::set(kept)))
    }

    fn as_set(ev: &mut Interp<'_>, value: &Value) -> R<Option<Set>> {
        let items = match value {
            Value::Set(_) | Value::FrozenSet(_) => return Ok(Some(crate::eval::set_of(value))),
            Value::List(_) | Value::Tuple(_) | Value::Dict(_) | Value::Iter(_) => {
                ev.iterate(value)?
            }
            Value::Object(_) => match value.downcast_ref::<DictView>() {
                Some(view) => view.items(),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let mut room = Set::new();
        if value
            .downcast_ref::<DictView>()
            .is_some_and(|view| view.part == DictPart::Keys)
        {
            room.make_room(items.len());
        }
        match ev.add_to_set(room, items)? {
            Ok(set) => Ok(Some(set)),
            Err(unknown) => {
                ev.need_known(&unknown, "an element of a set")?;
                Ok(None)
            }
        }
    }
}

impl NativeObject for DictView {
    fn type_name(&self) -> String {
        match self.part {
            DictPart::Keys => "dict_keys",
            DictPart::Values => "dict_values",
            DictPart::Items => "dict_items",
        }
        .to_owned()
    }

    fn is_partial(&self) -> bool {
        false
    }

    fn methods(&self) -> &'static [&'static str] {
        &["isdisjoint"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        _name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        let other = args.get(0).cloned().unwrap_or(Value::None);
        let (left, right) = (
            DictView::as_set(ev, &Value::Object(self))?,
            DictView::as_set(ev, &other)?,
        );
        Ok(left
            .zip(right)
            .map(|(left, right)| Value::Bool(!left.keys().any(|key| right.contains(key)))))
    }

    fn iterator(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(Some(crate::eval::dict_iter(&self.dict, self.part)))
    }

    fn len(&self, _ev: &mut Interp<'_>) -> R<Option<usize>> {
        Ok(Some(self.dict.borrow().len()))
    }

    fn contains(self: Rc<Self>, ev: &mut Interp<'_>, item: &Value) -> R<Option<bool>> {
        if self.part != DictPart::Keys {
            return Ok(None);
        }
        let key = ev.hash_key(item)?;
        Ok(Some(self.dict.borrow().contains(&key)))
    }

    fn truth(&self, _ev: &mut Interp<'_>) -> R<bool> {
        Ok(!self.dict.borrow().is_empty())
    }

    fn binary(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        op: BinOp,
        other: &Value,
        reflected: bool,
    ) -> R<Option<Value>> {
        if self.part == DictPart::Values
            || !matches!(op, BinOp::Or | BinOp::And | BinOp::Sub | BinOp::Xor)
        {
            return Ok(None);
        }
        if op == BinOp::And {
            return self.shared_with(ev, other);
        }
        let this = DictView::as_set(ev, &Value::Object(self))?;
        let other = DictView::as_set(ev, other)?;
        let (left, right) = if reflected {
            (other, this)
        } else {
            (this, other)
        };
        Ok(left.zip(right).map(|(mut left, right)| {
            match op {
                BinOp::Sub => left.subtract(&right),
                BinOp::Xor => left.toggle(&right),
                _ => left.merge(&right),
            }
            Value::set(left)
        }))
    }

    fn compare(self: Rc<Self>, ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        if self.part == DictPart::Values {
            return Ok(None);
        }
        if !matches!(other, Value::Set(_) | Value::FrozenSet(_))
            && other.downcast_ref::<DictView>().is_none()
        {
            return Ok(None);
        }
        let (left, right) = (
            DictView::as_set(ev, &Value::Object(self))?,
            DictView::as_set(ev, other)?,
        );
        match (left, right) {
            (Some(left), Some(right)) => ev
                .compare(op, &Value::set(left), &Value::set(right))
                .map(Some),
            _ => Ok(None),
        }
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        let items = ev.to_repr(&Value::list(self.items()))?;
        Ok(format!("{}({items})", self.type_name()))
    }
}
