//! `quoted_name`, and the names that `op.f` makes.

use std::rc::Rc;

use crate::alchemy::convert;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, Value};

/// `quoted_name(value, quote)`
pub(crate) fn quoted_name(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    let mut args = args.bind(ev, "quoted_name.__new__", "value,quote=")?;
    let value = args.take_or_none("value");
    if value.is_none() || value.is_unknown() {
        return Ok(value);
    }
    let text = convert::text(ev, &value, "the name")?;
    let quote = args.take_or_none("quote");
    let quote = convert::opt_flag(ev, &quote, "`quote`")?;
    Ok(convert::marked_string(
        ev,
        "quoted_name",
        text,
        Value::from(quote),
    ))
}

/// `conv(value)`: a name that conventions leave alone.
pub(crate) fn conv(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    let mut args = args.bind(ev, "conv.__new__", "value,quote=")?;
    let value = args.take_or_none("value");
    final_name(ev, &value)
}

/// `op.f(name)`
pub(crate) fn final_name(ev: &mut Interp<'_>, value: &Value) -> R {
    if value.is_none() || value.is_unknown() {
        return Ok(value.clone());
    }
    let name = convert::name(ev, value, "the name")?;
    let quote = Value::from(name.quote);
    Ok(convert::marked_string(
        ev,
        "conv",
        name.text.as_str().into(),
        quote,
    ))
}
