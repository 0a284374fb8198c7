//! `memoryview`, as which psycopg2 gives a `bytea` that no type of SQLAlchemy is there for: of format `c`, whose elements are
//! `bytes` of one byte, and which is equal to no `bytes` but the empty one.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, CmpOp, HashKey, NativeObject, Unhashable, Value};

/// A view of bytes.
pub(crate) struct MemoryView(Value);

impl MemoryView {
    /// A view of these bytes.
    pub(crate) fn value(bytes: &[u8]) -> Value {
        Value::object(MemoryView(Value::bytes(bytes)))
    }

    /// The bytes, if the value is a view of some.
    pub(crate) fn bytes_of(value: &Value) -> Option<Value> {
        value.downcast_ref::<MemoryView>().map(|it| it.0.clone())
    }
}

impl MemoryView {
    fn elements(&self) -> Vec<Value> {
        match &self.0 {
            Value::Bytes(bytes) => bytes.iter().map(|it| Value::bytes(&[*it])).collect(),
            _ => Vec::new(),
        }
    }
}

impl NativeObject for MemoryView {
    fn type_name(&self) -> String {
        "memoryview".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(ev.types().get("memoryview"))
    }

    fn methods(&self) -> &'static [&'static str] {
        &["tobytes", "tolist", "hex", "release"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "tobytes" => self.0.clone(),
            "tolist" => Value::list(self.elements()),
            "hex" => ev.call_method(&self.0, name, args)?,
            _ => return Err(ev.unreadable("what is left of a released memoryview is not modelled")),
        }))
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "nbytes" => {
                let length = self.elements().len();
                Some(Value::int(i64::try_from(length).unwrap_or(i64::MAX)))
            }
            "format" => Some(Value::from("c")),
            "itemsize" | "ndim" => Some(Value::int(1)),
            "readonly" => Some(Value::Bool(true)),
            _ => None,
        })
    }

    fn get_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        let part = ev.get_item(&self.0, key)?;
        Ok(Some(match part {
            Value::Bytes(bytes) => MemoryView::value(&bytes),
            _ => {
                let items = Value::list(self.elements());
                ev.get_item(&items, key)?
            }
        }))
    }

    fn iterate(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Vec<Value>>> {
        Ok(Some(self.elements()))
    }

    fn len(&self, _ev: &mut Interp<'_>) -> R<Option<usize>> {
        Ok(Some(self.elements().len()))
    }

    fn truth(&self, _ev: &mut Interp<'_>) -> R<bool> {
        Ok(!self.elements().is_empty())
    }

    fn compare(self: Rc<Self>, ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
            return Ok(None);
        }
        let own = Value::list(self.elements());
        let other = match other.downcast_ref::<MemoryView>() {
            Some(view) => Value::list(view.elements()),
            None if matches!(other, Value::Bytes(bytes) if bytes.is_empty()) => {
                Value::list(Vec::new())
            }
            None => Value::None,
        };
        ev.compare(op, &own, &other).map(Some)
    }

    fn hash_key(&self, _this: &Value) -> Result<HashKey, Unhashable> {
        HashKey::of(&Value::tuple(self.elements()))
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        Err(ev.unreadable("the text of a memoryview is its address"))
    }
}
