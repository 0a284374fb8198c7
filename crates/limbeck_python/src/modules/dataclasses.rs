//! `dataclasses`.

use std::rc::Rc;

use crate::eval::Interp;
use crate::value::{Class, Value};

/// A field of a dataclass.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) default: Option<Value>,
    pub(crate) default_factory: Option<Value>,
    pub(crate) init: bool,
    pub(crate) repr: bool,
    pub(crate) compare: bool,
    pub(crate) kw_only: bool,
}

/// `dataclasses.FrozenInstanceError`.
pub(crate) fn frozen_error(ev: &mut Interp<'_>) -> Rc<Class> {
    ev.types().exception("AttributeError")
}
