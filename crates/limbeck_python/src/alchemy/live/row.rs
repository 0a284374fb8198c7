//! Rows and their mappings.

use std::rc::Rc;

use crate::alchemy::convert;
use crate::alchemy::live::fetched::no_such_column;
use crate::alchemy::live::result::missing_attribute;
use crate::alchemy::registry::alchemy;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::value::{Class, CmpOp, Dict, HashKey, NativeObject, Unhashable, Value};

/// `Row`, or its `_mapping`.
pub(crate) struct Row {
    names: Rc<[String]>,
    values: Rc<[Value]>,
    is_mapping: bool,
}

/// A row with the names of its columns.
pub(crate) fn row_value(names: Rc<[String]>, values: Rc<[Value]>, is_mapping: bool) -> Value {
    Value::object(Row {
        names,
        values,
        is_mapping,
    })
}

/// `result.keys()`
pub(crate) fn keys_value(names: Rc<[String]>) -> Value {
    let items = names
        .iter()
        .map(|name| Value::from(name.as_str()))
        .collect();
    Value::object(View {
        items,
        class: "RMKeyView",
    })
}

impl Row {
    pub(crate) fn as_tuple(&self) -> Value {
        Value::Tuple(Rc::clone(&self.values))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    fn dict(&self) -> Value {
        Value::dict(Dict::from_pairs(
            self.names().zip(self.values.iter().cloned()),
        ))
    }

    /// The value of a name; a name that two columns have is refused, as SQLAlchemy does.
    fn named(&self, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let mut places = self
            .names
            .iter()
            .enumerate()
            .filter(|(_, column)| *column == name);
        let Some((at, _)) = places.next() else {
            return Ok(None);
        };
        if places.next().is_some() {
            let class = alchemy(ev).class("InvalidRequestError");
            let text = format!("Ambiguous column name '{name}' in result set column descriptions");
            return Err(ev.raise_class(&class, vec![Value::from(text)]));
        }
        Ok(self.values.get(at).cloned())
    }

    fn key(&self, ev: &mut Interp<'_>, key: &Value) -> R<String> {
        if let Some(name) = crate::alchemy::schema::items::column_key(key) {
            return Ok(name);
        }
        Ok(convert::text(ev, key, "the key of a row")?.to_string())
    }

    /// Two columns of one name: what the mapping holds then is a matter of SQLAlchemy's inner workings.
    fn check_names(&self, ev: &mut Interp<'_>) -> R<()> {
        for (index, name) in self.names.iter().enumerate() {
            if self.names.iter().take(index).any(|other| other == name) {
                return Err(ev.unreadable(format!("the row has two columns `{name}`")));
            }
        }
        Ok(())
    }
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
        let view = |items: Vec<Value>, class| Value::object(View { items, class });
        Ok(Some(match name {
            "keys" => keys_value(Rc::clone(&self.names)),
            "values" => view(self.values.to_vec(), "ROMappingKeysValuesView"),
            "items" => {
                let pairs = self.names().map(Value::from).zip(self.values.iter());
                let pairs = pairs.map(|(key, value)| Value::tuple(vec![key, value.clone()]));
                view(pairs.collect(), "ROMappingItemsView")
            }
            "get" => {
                let mut args = args.bind(ev, name, "key,default=")?;
                let key = args.take_or_none("key");
                let key = self.key(ev, &key)?;
                self.named(ev, &key)?
                    .unwrap_or_else(|| args.take_or_none("default"))
            }
            "_asdict" => {
                self.check_names(ev)?;
                self.dict()
            }
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
                Rc::clone(&self.names),
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
            let name = self.key(ev, key)?;
            return match self.named(ev, &name)? {
                Some(value) => Ok(Some(value)),
                None => Err(no_such_column(ev, &name)),
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
        let name = self.key(ev, item)?;
        Ok(Some(self.names().any(|it| it == name)))
    }

    fn len(&self, _ev: &mut Interp<'_>) -> R<Option<usize>> {
        Ok(Some(self.values.len()))
    }

    fn truth(&self, _ev: &mut Interp<'_>) -> R<bool> {
        Ok(!self.values.is_empty())
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        if self.is_mapping {
            self.check_names(ev)?;
            let dict = self.dict();
            return ev.to_repr(&dict);
        }
        let tuple = self.as_tuple();
        ev.to_repr(&tuple)
    }

    fn hash_key(&self, this: &Value) -> Result<HashKey, Unhashable> {
        if self.is_mapping {
            return Ok(HashKey::Identity(this.identity().unwrap_or_default()));
        }
        HashKey::of(&self.as_tuple())
    }

    fn compare(self: Rc<Self>, ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        let plain = |row: &Row| {
            if row.is_mapping {
                row.dict()
            } else {
                row.as_tuple()
            }
        };
        let other = match other.downcast::<Row>() {
            Some(row) => plain(&row),
            None => other.clone(),
        };
        ev.compare(op, &plain(&self), &other).map(Some)
    }
}

/// What `keys()`, `values()` and `items()` give.
struct View {
    items: Vec<Value>,
    class: &'static str,
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
        if self.class != "RMKeyView" {
            return Err(self.no_text(ev));
        }
        let list = Value::list(self.items.clone());
        Ok(format!("RMKeyView({})", ev.to_repr(&list)?))
    }
}

impl View {
    fn no_text(&self, ev: &Interp<'_>) -> Flow {
        ev.unreadable(format!("the text of a {} is not modelled", self.class))
    }
}
