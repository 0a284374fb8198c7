//! `functools`.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{NativeObject, Value};

/// A function with something around it: `lru_cache`, `cached_property`, `singledispatch`.
#[derive(Debug)]
pub(crate) struct Wrapper {
    pub(crate) function: Value,
}

impl NativeObject for Wrapper {
    fn type_name(&self) -> String {
        "functools._lru_cache_wrapper".to_owned()
    }

    fn call(self: Rc<Self>, ev: &mut Interp<'_>, args: Args) -> R<Option<Value>> {
        ev.call(&self.function, args).map(Some)
    }
}
