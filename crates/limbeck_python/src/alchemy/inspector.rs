//! `sqlalchemy.inspect(bind)`

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, Value};

/// `Inspector(bind)`
pub(crate) fn construct(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    inspect(ev, args)
}

/// `Inspector.from_engine`
pub(crate) fn class_attr(_ev: &mut Interp<'_>, _class: &Rc<Class>, name: &str) -> R<Option<Value>> {
    Ok((name == "from_engine").then(|| Value::native("from_engine", inspect)))
}

/// `inspect(bind)`
pub(crate) fn inspect(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "inspect", "subject,raiseerr=")?;
    let subject = args.take_or_none("subject");
    ev.need_known(&subject, "what is inspected")?;
    if !super::bind::is_connection(&subject) {
        return Ok(ev.foreign("`inspect()` of something else than the connection is not modelled"));
    }
    super::emit::needs_database(ev, "the database is inspected")?;
    Ok(ev.foreign("inspecting the database is not modelled"))
}
