//! Results of queries.

use std::cell::Cell;
use std::rc::Rc;

use limbeck_schema::Literal;

use super::convert;
use super::registry::alchemy;
use super::temporal::LiteralObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::host::Rows;
use crate::value::{Class, CmpOp, Dict, Int, NativeObject, Value};

/// `CursorResult`; none where the statement was only written down.
pub(crate) struct ResultObj {
    rows: Option<Rc<Rows>>,
    next: Cell<usize>,
    /// What an element is.
    shape: Cell<Shape>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Row,
    Scalar,
    Mapping,
}

impl ResultObj {
    pub(crate) fn value(rows: Option<Rows>) -> Value {
        Value::object(ResultObj {
            rows: rows.map(Rc::new),
            next: Cell::new(0),
            shape: Cell::new(Shape::Row),
        })
    }

    fn known(&self, ev: &mut Interp<'_>) -> R<Rc<Rows>> {
        match &self.rows {
            Some(rows) => Ok(Rc::clone(rows)),
            None => Err(super::emit::no_database(
                ev,
                "the result of a query is read",
            )),
        }
    }

    fn element(&self, rows: &Rc<Rows>, index: usize) -> Option<Value> {
        let row = rows.rows.get(index)?;
        Some(match self.shape.get() {
            Shape::Scalar => row.first().map_or(Value::None, python_value),
            Shape::Row => Value::object(RowObj {
                rows: Rc::clone(rows),
                index,
                is_mapping: false,
            }),
            Shape::Mapping => Value::object(RowObj {
                rows: Rc::clone(rows),
                index,
                is_mapping: true,
            }),
        })
    }

    fn take(&self, rows: &Rc<Rows>, limit: usize) -> Vec<Value> {
        let mut out = Vec::new();
        while out.len() < limit {
            match self.element(rows, self.next.get()) {
                Some(value) => out.push(value),
                None => break,
            }
            self.next.set(self.next.get() + 1);
        }
        out
    }
}

/// A value from the database as the driver gives it to Python.
pub(crate) fn python_value(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::None,
        Literal::Bool(flag) => Value::Bool(*flag),
        Literal::Int(int) => match Int::parse(&int.to_string(), 10) {
            Some(int) => Value::Int(int),
            None => Value::None,
        },
        Literal::Float(float) => Value::Float(*float),
        Literal::Str(text) => Value::from(text.as_str()),
        Literal::Bytes(bytes) => Value::bytes(bytes),
        Literal::Array(items) => Value::list(items.iter().map(python_value).collect()),
        other => {
            let type_name = match other {
                Literal::Date(_) => "date",
                Literal::Time(_) => "time",
                Literal::DateTime(_) => "datetime",
                Literal::Interval(_) => "timedelta",
                Literal::Uuid(_) => "UUID",
                Literal::Decimal(_) => "Decimal",
                _ => "object",
            };
            Value::object(LiteralObj {
                literal: other.clone(),
                type_name,
            })
        }
    }
}

pub(crate) const METHODS: &[&str] = &[
    "fetchall",
    "all",
    "fetchone",
    "first",
    "one",
    "one_or_none",
    "scalar",
    "scalar_one",
    "scalar_one_or_none",
    "scalars",
    "mappings",
    "fetchmany",
    "keys",
    "close",
    "unique",
    "tuples",
    "partitions",
];

impl NativeObject for ResultObj {
    fn type_name(&self) -> String {
        "CursorResult".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class("CursorResult")
    }

    fn methods(&self) -> &'static [&'static str] {
        METHODS
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        if name == "close" {
            return Ok(Some(Value::None));
        }
        let rows = self.known(ev)?;
        Ok(Some(match name {
            "fetchall" | "all" => Value::list(self.take(&rows, usize::MAX)),
            "fetchmany" => {
                let mut args = args.bind(ev, name, "size=")?;
                let size = args.take_or_none("size");
                let size = convert::opt_u64(ev, &size, "`size`")?.unwrap_or(1);
                Value::list(self.take(&rows, usize::try_from(size).unwrap_or(usize::MAX)))
            }
            "fetchone" => self.take(&rows, 1).pop().unwrap_or(Value::None),
            "first" => {
                let first = self.take(&rows, 1).pop().unwrap_or(Value::None);
                self.next.set(usize::MAX);
                first
            }
            "scalar" => {
                self.shape.set(Shape::Scalar);
                let first = self.take(&rows, 1).pop().unwrap_or(Value::None);
                self.next.set(usize::MAX);
                first
            }
            "one" | "one_or_none" | "scalar_one" | "scalar_one_or_none" => {
                if name.starts_with("scalar") {
                    self.shape.set(Shape::Scalar);
                }
                let mut found = self.take(&rows, 2);
                if found.len() > 1 {
                    let class = alchemy(ev).class("MultipleResultsFound");
                    let text = if name.ends_with("none") {
                        "Multiple rows were found when one or none was required"
                    } else {
                        "Multiple rows were found when exactly one was required"
                    };
                    return Err(ev.raise_class(&class, vec![Value::from(text)]));
                }
                match found.pop() {
                    Some(value) => value,
                    None if name.ends_with("none") => Value::None,
                    None => {
                        let class = alchemy(ev).class("NoResultFound");
                        let text = "No row was found when one was required";
                        return Err(ev.raise_class(&class, vec![Value::from(text)]));
                    }
                }
            }
            "scalars" => {
                let mut args = args.bind(ev, name, "index=")?;
                if args
                    .take("index")
                    .is_some_and(|index| index.as_i64() != Some(0))
                {
                    return Err(ev.unreadable("`scalars()` of another column is not modelled"));
                }
                self.shape.set(Shape::Scalar);
                Value::Object(self)
            }
            "mappings" => {
                self.shape.set(Shape::Mapping);
                Value::Object(self)
            }
            "tuples" => Value::Object(self),
            "keys" => Value::list(
                rows.columns
                    .iter()
                    .map(|name| Value::from(name.as_str()))
                    .collect(),
            ),
            _ => return Err(ev.unreadable(format!("`{name}()` of a result is not modelled"))),
        }))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        match name {
            "rowcount" => {
                let rows = self.known(ev)?;
                match rows.rowcount.and_then(|count| i64::try_from(count).ok()) {
                    Some(count) => Ok(Some(Value::int(count))),
                    None => Err(ev.unreadable("the row count of this statement is not known")),
                }
            }
            "returns_rows" => {
                self.known(ev)?;
                Ok(Some(Value::Bool(true)))
            }
            _ => Ok(None),
        }
    }

    fn iterate(self: Rc<Self>, ev: &mut Interp<'_>) -> R<Option<Vec<Value>>> {
        let rows = self.known(ev)?;
        Ok(Some(self.take(&rows, usize::MAX)))
    }
}

/// A row, or its mapping.
struct RowObj {
    rows: Rc<Rows>,
    index: usize,
    is_mapping: bool,
}

impl RowObj {
    fn values(&self) -> Vec<Value> {
        self.rows
            .rows
            .get(self.index)
            .map(|row| row.iter().map(python_value).collect())
            .unwrap_or_default()
    }

    fn named(&self, name: &str) -> Option<Value> {
        let at = self.rows.columns.iter().position(|column| column == name)?;
        self.values().get(at).cloned()
    }

    fn key(&self, ev: &mut Interp<'_>, key: &Value) -> R<String> {
        if let Some(name) = super::schema_items::column_key(key) {
            return Ok(name);
        }
        Ok(convert::text(ev, key, "the key of a row")?.to_string())
    }
}

impl NativeObject for RowObj {
    fn type_name(&self) -> String {
        if self.is_mapping { "RowMapping" } else { "Row" }.to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class(if self.is_mapping { "RowMapping" } else { "Row" })
    }

    fn methods(&self) -> &'static [&'static str] {
        if self.is_mapping {
            &["keys", "values", "items", "get"]
        } else {
            &["_asdict", "_tuple", "tuple"]
        }
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        let keys = || {
            self.rows
                .columns
                .iter()
                .map(|name| Value::from(name.as_str()))
        };
        Ok(Some(match name {
            "keys" => Value::list(keys().collect()),
            "values" => Value::list(self.values()),
            "items" => Value::list(
                keys()
                    .zip(self.values())
                    .map(|(key, value)| Value::tuple(vec![key, value]))
                    .collect(),
            ),
            "get" => {
                let mut args = args.bind(ev, name, "key,default=")?;
                let key = args.take_or_none("key");
                let key = self.key(ev, &key)?;
                self.named(&key)
                    .unwrap_or_else(|| args.take_or_none("default"))
            }
            "_asdict" => {
                let names = self.rows.columns.iter().map(|name| name.as_str());
                Value::dict(Dict::from_pairs(names.zip(self.values())))
            }
            _ => Value::tuple(self.values()),
        }))
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        if self.is_mapping {
            return Ok(None);
        }
        if name == "_mapping" {
            return Ok(Some(Value::object(RowObj {
                rows: Rc::clone(&self.rows),
                index: self.index,
                is_mapping: true,
            })));
        }
        if name == "_fields" {
            let names = self
                .rows
                .columns
                .iter()
                .map(|name| Value::from(name.as_str()));
            return Ok(Some(Value::tuple(names.collect())));
        }
        Ok(self.named(name))
    }

    fn is_partial(&self) -> bool {
        false
    }

    fn get_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        if self.is_mapping {
            let name = self.key(ev, key)?;
            return match self.named(&name) {
                Some(value) => Ok(Some(value)),
                None => Err(ev.raise("KeyError", name)),
            };
        }
        let tuple = Value::tuple(self.values());
        ev.get_item(&tuple, key).map(Some)
    }

    fn iterate(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Vec<Value>>> {
        if self.is_mapping {
            return Ok(Some(
                self.rows
                    .columns
                    .iter()
                    .map(|name| Value::from(name.as_str()))
                    .collect(),
            ));
        }
        Ok(Some(self.values()))
    }

    fn len(&self, _ev: &mut Interp<'_>) -> R<Option<usize>> {
        Ok(Some(self.rows.columns.len()))
    }

    fn compare(self: Rc<Self>, ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        let tuple = Value::tuple(self.values());
        let other = match other.downcast::<RowObj>() {
            Some(row) => Value::tuple(row.values()),
            None => other.clone(),
        };
        ev.compare(op, &tuple, &other).map(Some)
    }
}
