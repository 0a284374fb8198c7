//! `Session.begin()`.
//!
//! A session on the migration's connection joins its transaction: the end of its own writes what is pending, and commits nothing.

use std::cell::Cell;
use std::rc::Rc;

use super::session::Unit;
use crate::alchemy::registry::alchemy;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, NativeObject, Value};

/// `session.begin()`, or `session.begin_nested()` with `nested=True`, which is not this.
pub(super) fn begin(ev: &mut Interp<'_>, unit: &Rc<Unit>, args: &Args) -> R {
    let mut args = args.clone().bind(ev, "begin", "nested=")?;
    if args
        .take("nested")
        .is_some_and(|nested| !matches!(nested, Value::Bool(false)))
    {
        return Err(ev.unreadable("`Session.begin(nested=True)` is not modelled"));
    }
    if unit.has_begun.replace(true) {
        let class = alchemy(ev).class("InvalidRequestError");
        let text = "A transaction is already begun on this Session.";
        return Err(ev.raise_class(&class, vec![Value::from(text)]));
    }
    Ok(Value::object(SessionTransaction {
        unit: Rc::clone(unit),
        is_active: Cell::new(true),
    }))
}

/// `session.commit()`
pub(super) fn commit(ev: &mut Interp<'_>, unit: &Rc<Unit>) -> R<()> {
    if unit.is_in_block.get() {
        return Err(ev.unreadable(
            "a session that is committed inside `with session.begin()` is not modelled",
        ));
    }
    crate::alchemy::orm::flush::flush(ev, unit)?;
    if unit.expire_on_commit.get() {
        unit.expire_all();
    }
    unit.has_begun.set(false);
    Ok(())
}

struct SessionTransaction {
    unit: Rc<Unit>,
    is_active: Cell<bool>,
}

impl SessionTransaction {
    fn commit(&self, ev: &mut Interp<'_>) -> R<()> {
        if !self.is_active.replace(false) || !self.unit.has_begun.get() {
            return Err(ev.unreadable("a session's transaction that has ended is committed"));
        }
        commit(ev, &self.unit)
    }
}

impl NativeObject for SessionTransaction {
    fn type_name(&self) -> String {
        "SessionTransaction".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class("SessionTransaction")
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
        self.unit.is_in_block.set(true);
        Ok(Some(Value::Object(self)))
    }

    fn exit(self: Rc<Self>, ev: &mut Interp<'_>, exception: Option<&Value>) -> R<bool> {
        self.unit.is_in_block.set(false);
        if exception.is_some() {
            if ev.is_probing() {
                return Err(ev.end_of_the_way());
            }
            return Err(ev.unreadable("undoing a session's transaction is not modelled"));
        }
        self.commit(ev)?;
        Ok(false)
    }
}
