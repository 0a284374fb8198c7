//! Methods of tables.

use std::rc::Rc;

use limbeck_schema::{CreateTable, DropTable, Op};

use super::convert;
use super::table::TableObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::Value;

/// Calls a method of a table.
pub(crate) fn call(ev: &mut Interp<'_>, table: &Rc<TableObj>, name: &str, args: Args) -> R {
    let this = Value::Object(Rc::clone(table) as Rc<dyn crate::value::NativeObject>);
    match name {
        "insert" => super::dml::insert(ev, Args::positional(vec![this])),
        "update" => super::dml::update(ev, Args::positional(vec![this])),
        "delete" => super::dml::delete(ev, Args::positional(vec![this])),
        "select" => super::select::select(ev, Args::positional(vec![this])),
        "alias" => super::select::alias_of_table(ev, table, args),
        "append_column" => {
            let mut args = args.bind(ev, name, "column,replace_existing=")?;
            let column = args.take_or_none("column");
            super::table::add_items(ev, table, &[column])?;
            Ok(Value::None)
        }
        "append_constraint" => {
            let mut args = args.bind(ev, name, "constraint")?;
            let constraint = args.take_or_none("constraint");
            super::table::add_items(ev, table, &[constraint])?;
            Ok(Value::None)
        }
        "create" | "drop" => {
            let mut args = args.bind(ev, name, "bind,checkfirst=")?;
            if let Some(checkfirst) = args.take("checkfirst")
                && convert::flag(ev, &checkfirst, "`checkfirst`")?
            {
                super::emit::needs_database(
                    ev,
                    &format!("`Table.{name}(checkfirst=True)` looks first"),
                )?;
                return Err(ev.unreadable("looking for a table first is not modelled"));
            }
            let op = if name == "create" {
                Op::CreateTable(Box::new(CreateTable {
                    table: table.schema_table(ev)?,
                    if_not_exists: false,
                    via_metadata: true,
                }))
            } else {
                Op::DropTable(DropTable {
                    table: table.name.clone(),
                    if_exists: false,
                    dropped: None,
                    options: Default::default(),
                })
            };
            super::emit::emit(ev, op)?;
            Ok(Value::None)
        }
        "join" | "outerjoin" => super::select::join_method(ev, this, name, args),
        _ => Err(ev.unreadable(format!("`Table.{name}()` is not modelled"))),
    }
}
