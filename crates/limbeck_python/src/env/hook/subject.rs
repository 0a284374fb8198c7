//! Stand-ins for tables, columns, indexes and constraints.

use std::cell::RefCell;
use std::rc::Rc;

use limbeck_schema::{Column, Table, TypeClass};

use super::{HookObject, HookPart};
use crate::alchemy::column::ColumnObj;
use crate::alchemy::constraint::{ConstraintObj, IndexObj, ItemKind};
use crate::alchemy::table::of_schema;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, Dict, NativeObject, Value};

/// What a function is handed for an object.
pub(super) fn value(ev: &mut Interp<'_>, object: &HookObject<'_>) -> R {
    let is_reflected = object.is_reflected;
    let table = table(object.table, is_reflected);
    let part = match object.part {
        HookPart::Table => return Ok(table),
        HookPart::Column(column) => return self::column(ev, table, column, is_reflected),
        HookPart::Index(index) => Rc::new(IndexObj {
            index: index.clone(),
            table: RefCell::new(None),
            home: std::cell::RefCell::default(),
        }) as Rc<dyn NativeObject>,
        HookPart::Constraint(constraint) => Rc::new(ConstraintObj {
            constraint: RefCell::new(constraint.clone()),
            kind: ItemKind::Constraint,
            table: RefCell::new(None),
            home: std::cell::RefCell::default(),
            target: None,
        }),
    };
    Ok(Value::object(Subject {
        inner: part,
        own: vec![("table", table), ("info", info(is_reflected))],
    }))
}

/// Whatever a reflected object has, it has no `info`; what the models say there is not known here.
fn info(is_reflected: bool) -> Value {
    if is_reflected {
        Value::dict(Dict::default())
    } else {
        Value::unknown("`info` of the models' objects is not read", None)
    }
}

fn table(table: &Table, is_reflected: bool) -> Value {
    let schema = table.name.schema.as_ref().map(|it| it.text.as_str());
    let name = table.name.name.text.as_str();
    let fullname = schema.map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"));
    let own = vec![
        ("info", info(is_reflected)),
        ("fullname", Value::from(fullname.as_str())),
        ("key", Value::from(fullname)),
    ];
    Value::object(Subject {
        inner: of_schema(table.name.clone(), table),
        own,
    })
}

fn column(ev: &mut Interp<'_>, table: Value, column: &Column, is_reflected: bool) -> R {
    let mut own = vec![("table", table), ("info", info(is_reflected))];
    // A type of the project itself: its class is not at hand.
    if column
        .type_
        .as_ref()
        .is_some_and(|it| it.class == TypeClass::Custom)
    {
        let why = "the class of a column's type that is not SQLAlchemy's own is not known here";
        own.push(("type", ev.unknown(why)));
    }
    Ok(Value::object(Subject {
        inner: Rc::new(ColumnObj::of(column.clone())),
        own,
    }))
}

/// A modelled object with attributes of its own.
struct Subject {
    inner: Rc<dyn NativeObject>,
    own: Vec<(&'static str, Value)>,
}

impl NativeObject for Subject {
    fn type_name(&self) -> String {
        self.inner.type_name()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        self.inner.class(ev)
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        match self.own.iter().find(|(own, _)| *own == name) {
            Some((_, value)) => Ok(Some(value.clone())),
            None => Rc::clone(&self.inner).get_attr(ev, name),
        }
    }

    fn methods(&self) -> &'static [&'static str] {
        self.inner.methods()
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Rc::clone(&self.inner).call_method(ev, name, args)
    }

    fn truth(&self, ev: &mut Interp<'_>) -> R<bool> {
        self.inner.truth(ev)
    }

    fn str(&self, ev: &mut Interp<'_>) -> R<String> {
        self.inner.str(ev)
    }
}
