//! Rows and their mappings.

use std::rc::Rc;

use crate::alchemy::live::columns::{Columns, no_such_column};
use crate::alchemy::live::result::missing_attribute;
use crate::alchemy::registry::alchemy;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, CmpOp, Dict, HashKey, NativeObject, Unhashable, Value};

/// `Row`, or its `_mapping`.
pub(crate) struct Row {
    columns: Rc<Columns>,
    values: Rc<[Value]>,
    is_mapping: bool,
}

/// A row with the names of its columns.
pub(crate) fn row_value(columns: Rc<Columns>, values: Rc<[Value]>, is_mapping: bool) -> Value {
    Value::object(Row {
        columns,
        values,
        is_mapping,
    })
}

/// `result.keys()`
pub(crate) fn keys_value(columns: &Columns) -> Value {
    let names = columns.names().iter();
    Value::object(View {
        items: names.map(|name| Value::from(name.as_str())).collect(),
        class: "RMKeyView",
        mapping: None,
    })
}

impl Row {
    pub(crate) fn as_tuple(&self) -> Value {
        Value::Tuple(Rc::clone(&self.values))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.names().iter().map(String::as_str)
    }

    /// The keys with their values, as the mapping gives them.
    fn pairs(&self, ev: &mut Interp<'_>) -> R<Vec<(String, Value)>> {
        let mut pairs = Vec::with_capacity(self.values.len());
        for name in self.names() {
            let value = self.named(ev, name)?.unwrap_or(Value::None);
            pairs.push((name.to_owned(), value));
        }
        Ok(pairs)
    }

    fn dict(&self, ev: &mut Interp<'_>) -> R {
        let pairs = self.pairs(ev)?;
        Ok(Value::dict(Dict::from_pairs(pairs)))
    }

    fn named(&self, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let at = self.columns.named_place(ev, name)?;
        Ok(at.and_then(|at| self.values.get(at).cloned()))
    }

    fn keyed(&self, ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        let at = self.columns.place(ev, key)?;
        Ok(at.and_then(|at| self.values.get(at).cloned()))
    }
}

impl Row {
    /// As what it is compared.
    fn plain(&self, ev: &mut Interp<'_>) -> R {
        match self.is_mapping {
            true => self.dict(ev),
            false => Ok(self.as_tuple()),
        }
    }
}

/// More of a value than so many characters is not shown by a row.
const SHOWN: usize = 300;

/// The text of a row: of long values the beginning and the end.
fn row_text(ev: &mut Interp<'_>, values: &[Value]) -> R<String> {
    let mut parts = Vec::with_capacity(values.len());
    for value in values {
        let text = ev.to_repr(value)?;
        let length = text.chars().count();
        parts.push(match length > SHOWN {
            false => text,
            true => {
                let first: String = text.chars().take(SHOWN / 2).collect();
                let last: String = text.chars().skip(length - SHOWN / 2).collect();
                format!(
                    "{first} ... ({} characters truncated) ... {last}",
                    length - SHOWN
                )
            }
        });
    }
    let end = if values.len() == 1 { "," } else { "" };
    Ok(format!("({}{end})", parts.join(", ")))
}

impl NativeObject for Row {
    fn type_name(&self) -> String {
        if self.is_mapping { "RowMapping" } else { "Row" }.to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class(&self.type_name())
    }

    fn methods(&self) -> &'static [&'static str] {
        if self.is_mapping {
            &["keys", "values", "items", "get"]
        } else {
            &["_asdict", "_tuple", "tuple", "count", "index"]
        }
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        let view = |items: Vec<Value>, class| {
            Value::object(View {
                items,
                class,
                mapping: Some(Value::Object(Rc::clone(&self) as Rc<dyn NativeObject>)),
            })
        };
        Ok(Some(match name {
            "keys" => keys_value(&self.columns),
            "values" => view(self.values.to_vec(), "ROMappingKeysValuesView"),
            "items" => {
                let pairs = self.pairs(ev)?.into_iter();
                let pairs = pairs.map(|(key, value)| Value::tuple(vec![Value::from(key), value]));
                view(pairs.collect(), "ROMappingItemsView")
            }
            "get" => {
                let mut args = args.bind(ev, name, "key,default=")?;
                let key = args.take_or_none("key");
                self.keyed(ev, &key)?
                    .unwrap_or_else(|| args.take_or_none("default"))
            }
            "_asdict" => self.dict(ev)?,
            "count" | "index" => {
                let tuple = self.as_tuple();
                return ev.call_method(&tuple, name, args).map(Some);
            }
            _ => self.as_tuple(),
        }))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        if self.is_mapping {
            return Ok(None);
        }
        Ok(match name {
            "_mapping" => Some(row_value(
                Rc::clone(&self.columns),
                Rc::clone(&self.values),
                true,
            )),
            "_fields" => Some(Value::tuple(self.names().map(Value::from).collect())),
            "_t" | "t" => Some(self.as_tuple()),
            "_asdict" | "_tuple" | "tuple" => None,
            name if name.starts_with("__") => None,
            _ => match self.named(ev, name)? {
                Some(value) => Some(value),
                // `dict(row)` asks for `keys`, and takes the row for a sequence then.
                None if matches!(name, "count" | "index" | "keys") => None,
                None => return Err(missing_attribute(ev, name)),
            },
        })
    }

    fn set_attr(self: Rc<Self>, ev: &mut Interp<'_>, _name: &str, _value: Value) -> R<bool> {
        let text = ev.unknown("the text of this exception is not modelled");
        Err(ev.raise_class(&ev.types().exception("AttributeError"), vec![text]))
    }

    fn is_partial(&self) -> bool {
        false
    }

    fn get_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        if self.is_mapping {
            return match self.keyed(ev, key)? {
                Some(value) => Ok(Some(value)),
                None => Err(no_such_column(ev, key)),
            };
        }
        let tuple = self.as_tuple();
        ev.get_item(&tuple, key).map(Some)
    }

    fn iterate(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Vec<Value>>> {
        Ok(Some(if self.is_mapping {
            self.names().map(Value::from).collect()
        } else {
            self.values.to_vec()
        }))
    }

    fn contains(self: Rc<Self>, ev: &mut Interp<'_>, item: &Value) -> R<Option<bool>> {
        if !self.is_mapping {
            return Ok(None);
        }
        self.columns.has(ev, item).map(Some)
    }

    fn len(&self, _ev: &mut Interp<'_>) -> R<Option<usize>> {
        Ok(Some(self.values.len()))
    }

    fn truth(&self, _ev: &mut Interp<'_>) -> R<bool> {
        Ok(!self.values.is_empty())
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        if self.is_mapping {
            let dict = self.dict(ev)?;
            return ev.to_repr(&dict);
        }
        row_text(ev, &self.values)
    }

    fn hash_key(&self, this: &Value) -> Result<HashKey, Unhashable> {
        if self.is_mapping {
            return Ok(HashKey::Identity(this.identity().unwrap_or_default()));
        }
        HashKey::of(&self.as_tuple())
    }

    fn compare(self: Rc<Self>, ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        let own = self.plain(ev)?;
        let other = match other.downcast::<Row>() {
            Some(row) => row.plain(ev)?,
            None => other.clone(),
        };
        ev.compare(op, &own, &other).map(Some)
    }
}

/// What `keys()`, `values()` and `items()` give.
struct View {
    items: Vec<Value>,
    class: &'static str,
    /// What it is a view of; nothing for the keys.
    mapping: Option<Value>,
}

impl NativeObject for View {
    fn type_name(&self) -> String {
        self.class.to_owned()
    }

    fn iterate(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Vec<Value>>> {
        Ok(Some(self.items.clone()))
    }

    fn len(&self, _ev: &mut Interp<'_>) -> R<Option<usize>> {
        Ok(Some(self.items.len()))
    }

    fn truth(&self, _ev: &mut Interp<'_>) -> R<bool> {
        Ok(!self.items.is_empty())
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        let shown = match &self.mapping {
            Some(mapping) => mapping.clone(),
            None => Value::list(self.items.clone()),
        };
        Ok(format!("{}({})", self.class, ev.to_repr(&shown)?))
    }
}
