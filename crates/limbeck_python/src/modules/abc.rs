//! `abc` and the abstract classes of `collections.abc`.

use std::rc::Rc;

use crate::eval::Interp;
use crate::value::{Class, Str, Value};

/// Names of abstract methods that a class has not overridden; none when there are none.
pub(crate) fn abstract_methods(_class: &Rc<Class>) -> Option<Vec<Str>> {
    None
}

/// `isinstance` for abstract classes that look at what a value can do; none when `class` is no such class.
pub(crate) fn virtual_subclass(
    _ev: &mut Interp<'_>,
    _value: &Value,
    _class: &Rc<Class>,
) -> Option<bool> {
    None
}
