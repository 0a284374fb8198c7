//! `mapped_column(…)`

use crate::alchemy::convert;
use crate::alchemy::registry::alchemy;
use crate::alchemy::schema::column::{ColumnObj, Mapped};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::Value;

/// Arguments that never reach a table.
const OPAQUE: &[&str] = &[
    "init",
    "repr",
    "default_factory",
    "compare",
    "kw_only",
    "hash",
    "dataclass_metadata",
    "deferred",
    "deferred_group",
    "deferred_raiseload",
    "active_history",
    "info",
    "doc",
];

/// Makes a `Column` that knows that its annotation counts.
pub(crate) fn mapped_column(ev: &mut Interp<'_>, mut args: Args) -> R {
    for name in OPAQUE {
        args.take_keyword(name);
    }
    let mut mapped = Mapped::default();
    if let Some(order) = args.take_keyword("sort_order") {
        if order.is_unknown() {
            return Ok(order);
        }
        mapped.sort_order = convert::opt_i128(ev, &order, "`sort_order`")?;
    }
    if let Some(flag) = args.take_keyword("use_existing_column") {
        if flag.is_unknown() {
            return Ok(flag);
        }
        mapped.use_existing_column = convert::flag(ev, &flag, "`use_existing_column`")?;
    }
    if args.keyword("nullable").is_some_and(Value::is_none) {
        args.take_keyword("nullable");
    }
    mapped.has_default = ["default", "insert_default"]
        .iter()
        .any(|name| args.keyword(name).is_some());
    let class = Value::Class(alchemy(ev).class("Column"));
    let value = ev.call(&class, args)?;
    if let Some(column) = value.downcast_ref::<ColumnObj>() {
        *column.mapped.borrow_mut() = Some(mapped);
    }
    Ok(value)
}
