//! SQLModel.

use std::rc::Rc;

use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Module, Value};

/// A name of `sqlmodel` or one of its modules that is SQLModel's own.
pub(crate) fn module_attr(
    _ev: &mut Interp<'_>,
    _module: &Rc<Module>,
    _name: &str,
) -> R<Option<Value>> {
    Ok(None)
}
