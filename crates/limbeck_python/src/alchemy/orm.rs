//! The object-relational mapper, as far as migrations use it: a session to execute SQL with.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, Instance, Value};

/// `Session(bind=op.get_bind())`
pub(crate) fn session(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    let mut args = args.bind(
        ev,
        "Session.__init__",
        "bind=,autoflush=,future=,expire_on_commit=,**kw",
    )?;
    let bind = args.take_or_none("bind");
    ev.need_known(&bind, "the connection of a session")?;
    if super::bind::is_connection(&bind) {
        return Ok(super::bind::session());
    }
    Ok(ev.foreign("a session on another connection is not modelled"))
}

/// `__clause_element__` of an instance.
pub(crate) fn clause_element(ev: &mut Interp<'_>, instance: &Rc<Instance>) -> R<Option<Value>> {
    match instance.class.lookup("__clause_element__") {
        Some(_) => {
            let this = Value::Instance(Rc::clone(instance));
            ev.call_method(&this, "__clause_element__", Args::none())
                .map(Some)
        }
        None => Ok(None),
    }
}
