//! `enum`.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, Instance, Value};

/// The members of an enum class, without aliases.
#[must_use]
pub fn members(_class: &Rc<Class>) -> Vec<Value> {
    Vec::new()
}

/// `Class.__members__`.
pub(crate) fn members_dict(ev: &mut Interp<'_>, _class: &Rc<Class>) -> R {
    Ok(ev.unknown("enums are not modelled yet"))
}

/// `member.name`, `member.value`.
pub(crate) fn member_attr(instance: &Rc<Instance>, name: &str) -> Option<Value> {
    match name {
        "name" => instance.get("_name_"),
        "value" => instance.get("_value_"),
        _ => None,
    }
}

/// `Class(value)`.
pub(crate) fn call_enum(ev: &mut Interp<'_>, _class: &Rc<Class>, _args: Args) -> R {
    Ok(ev.unknown("enums are not modelled yet"))
}

/// `item in Class`.
pub(crate) fn contains(ev: &mut Interp<'_>, _class: &Rc<Class>, _item: &Value) -> R {
    Ok(ev.unknown("enums are not modelled yet"))
}

/// Turns the attributes of a new enum class into members.
pub(crate) fn finish_class(_ev: &mut Interp<'_>, _class: &Rc<Class>) -> R<()> {
    Ok(())
}
