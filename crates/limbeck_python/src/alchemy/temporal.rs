//! Dates, times, decimals and UUIDs of Python as values of SQL.

use limbeck_schema::Literal;

use crate::eval::Interp;
use crate::flow::R;
use crate::value::{NativeObject, Value};

/// A value of SQL that Python code carries around without looking into it.
pub(crate) struct LiteralObj {
    pub(crate) literal: Literal,
    pub(crate) type_name: &'static str,
}

impl NativeObject for LiteralObj {
    fn type_name(&self) -> String {
        self.type_name.to_owned()
    }
}

/// The SQL value of a modelled object, if it is one.
pub(crate) fn literal_of(_ev: &mut Interp<'_>, value: &Value) -> R<Option<Literal>> {
    Ok(value
        .downcast_ref::<LiteralObj>()
        .map(|object| object.literal.clone()))
}
