//! Stand-ins for tables, columns, indexes and constraints.

use std::cell::RefCell;
use std::rc::Rc;

use limbeck_schema::{Column, Table, TypeClass};

use super::{HookObject, HookPart};
use crate::alchemy::schema::column::ColumnObj;
use crate::alchemy::schema::constraint::{ConstraintObj, IndexObj, ItemKind};
use crate::alchemy::schema::metadata::MetaDataObj;
use crate::alchemy::schema::table::{TableObj, of_schema};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, Dict, NativeObject, Value};

/// What a function is handed for an object.
pub(super) fn value(ev: &mut Interp<'_>, object: &HookObject<'_>) -> R {
    let found = object.models.map(|models| find(ev, models, object.table));
    let table = table(object.table, found.as_ref());
    let part = match object.part {
        HookPart::Table => return Ok(table),
        HookPart::Column(column) => return self::column(ev, table, column, found.as_ref()),
        HookPart::Index(index) => Rc::new(IndexObj {
            index: index.clone(),
            table: RefCell::new(None),
            home: RefCell::default(),
        }) as Rc<dyn NativeObject>,
        HookPart::Constraint(constraint) => Rc::new(ConstraintObj {
            constraint: RefCell::new(constraint.clone()),
            kind: ItemKind::Constraint,
            table: RefCell::new(None),
            home: RefCell::default(),
            target: None,
        }),
    };
    let info = match found {
        None => Value::dict(Dict::default()),
        Some(_) => unread_info(),
    };
    Ok(Value::object(Subject {
        inner: part,
        own: vec![("table", table), ("info", info)],
    }))
}

fn unread_info() -> Value {
    Value::unknown("`info` of this object of the models is not read", None)
}

/// The models' own object of a table; none where the models are not read.
fn find(ev: &mut Interp<'_>, models: &Value, table: &Table) -> Option<Rc<TableObj>> {
    let each = match models {
        Value::List(_) | Value::Tuple(_) => ev.iterate(models).unwrap_or_default(),
        one => vec![one.clone()],
    };
    let key = table.name.to_string();
    each.iter().find_map(|one| {
        let metadata = one.downcast::<MetaDataObj>()?;
        metadata.tables.borrow().get(&key).cloned()
    })
}

/// The stand-in for a table; `found` is the models' own object, for a table of the models.
fn table(table: &Table, found: Option<&Option<Rc<TableObj>>>) -> Value {
    let schema = table.name.schema.as_ref().map(|it| it.text.as_str());
    let name = table.name.name.text.as_str();
    let fullname = schema.map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"));
    let info = match found {
        None => Value::dict(Dict::default()),
        Some(Some(found)) => found.info.clone(),
        Some(None) => unread_info(),
    };
    let own = vec![
        ("info", info),
        ("fullname", Value::from(fullname.as_str())),
        ("key", Value::from(fullname)),
    ];
    Value::object(Subject {
        inner: of_schema(table.name.clone(), table),
        own,
    })
}

fn column(
    ev: &mut Interp<'_>,
    table: Value,
    column: &Column,
    found: Option<&Option<Rc<TableObj>>>,
) -> R {
    let named = |table: &Rc<TableObj>| {
        let columns = table.columns.borrow();
        let found = columns
            .iter()
            .find(|it| it.column.borrow().name.text == column.name.text);
        found.map(|it| it.info.borrow().clone())
    };
    let info = match found {
        None => Value::dict(Dict::default()),
        Some(found) => found.as_ref().and_then(named).unwrap_or_else(unread_info),
    };
    let mut own = vec![("table", table), ("info", info)];
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
