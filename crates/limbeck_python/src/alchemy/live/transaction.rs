//! Transactions that a script begins itself.

use std::cell::Cell;
use std::rc::Rc;

use crate::alchemy::live::failure::failed;
use crate::alchemy::orm::session::Unit;
use crate::alchemy::registry::alchemy;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::host::Transact;
use crate::value::{Class, NativeObject, Value};

/// Takes a step of the transaction on the connection of the migration.
pub(crate) fn transact(ev: &mut Interp<'_>, step: Transact) -> R<()> {
    if ev.is_probing() {
        ev.effects += 1;
        return Ok(());
    }
    crate::alchemy::op::emit::needs_database(ev, "a transaction of its own is begun or ended")?;
    let origin = ev.location();
    ev.host()
        .transact(step, origin)
        .map_err(|error| failed(ev, error))
}

/// `connection.begin_nested()`
pub(crate) fn begin_nested(ev: &mut Interp<'_>, unit: Option<Rc<Unit>>) -> R {
    ev.savepoints += 1;
    let number = ev.savepoints;
    transact(ev, Transact::Savepoint(number))?;
    Ok(Value::object(NestedTransaction {
        number,
        is_active: Cell::new(true),
        unit,
    }))
}

/// `connection.begin()`, which is possible only between a commit and the next statement.
pub(crate) fn begin(ev: &mut Interp<'_>) -> R {
    transact(ev, Transact::Begin)?;
    Ok(Value::object(RootTransaction(Cell::new(true))))
}

/// A transaction that is not the migration's.
struct RootTransaction(Cell<bool>);

impl RootTransaction {
    fn commit(&self, ev: &mut Interp<'_>) -> R<()> {
        if self.0.replace(false) {
            transact(ev, Transact::Commit)?;
        }
        Ok(())
    }
}

impl NativeObject for RootTransaction {
    fn type_name(&self) -> String {
        "RootTransaction".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class("RootTransaction")
    }

    fn methods(&self) -> &'static [&'static str] {
        &["commit"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        args.bind(ev, name, "")?;
        self.commit(ev)?;
        Ok(Some(Value::None))
    }

    fn enter(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(Some(Value::Object(self)))
    }

    fn exit(self: Rc<Self>, ev: &mut Interp<'_>, exception: Option<&Value>) -> R<bool> {
        if exception.is_some() {
            return Err(ev.unreadable("undoing a transaction of its own is not modelled"));
        }
        self.commit(ev)?;
        Ok(false)
    }
}

/// A savepoint.
struct NestedTransaction {
    number: usize,
    is_active: Cell<bool>,
    /// The session that set it.
    unit: Option<Rc<Unit>>,
}

impl NestedTransaction {
    fn end(&self, ev: &mut Interp<'_>, step: Transact) -> R<()> {
        if !self.is_active.get() {
            return Ok(());
        }
        if self.unit.as_ref().is_some_and(|unit| !unit.holds_nothing()) {
            return Err(ev.unreadable("a savepoint of a session with objects is not modelled"));
        }
        self.is_active.set(false);
        transact(ev, step)
    }
}

impl NativeObject for NestedTransaction {
    fn type_name(&self) -> String {
        "NestedTransaction".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class("NestedTransaction")
    }

    fn methods(&self) -> &'static [&'static str] {
        &["commit", "rollback", "close"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        args.bind(ev, name, "")?;
        if name == "commit" {
            if !self.is_active.get() {
                return Err(ev.unreadable("a savepoint is committed that has ended"));
            }
            self.end(ev, Transact::Release(self.number))?;
        } else {
            self.end(ev, Transact::RollbackTo(self.number))?;
        }
        Ok(Some(Value::None))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "is_active" | "is_valid" => Some(Value::Bool(self.is_active.get())),
            "connection" => Some(crate::alchemy::live::bind::connection(ev)),
            _ => None,
        })
    }

    fn enter(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(Some(Value::Object(self)))
    }

    fn exit(self: Rc<Self>, ev: &mut Interp<'_>, exception: Option<&Value>) -> R<bool> {
        let step = match exception {
            Some(_) => Transact::RollbackTo(self.number),
            None => Transact::Release(self.number),
        };
        self.end(ev, step)?;
        Ok(false)
    }
}
