//! Directives of geoalchemy2, on PostgreSQL: there they are Alembic's own. Elsewhere functions of the database manage spatial columns.

use std::rc::Rc;

use limbeck_schema::{AddColumn, ColumnPosition, Op};

use crate::alchemy::op::batch::Batch;
use crate::alchemy::op::{
    Directive, create_index, create_table, drop_column, drop_index, drop_table,
};
use crate::alchemy::schema::column::ColumnObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;

/// Directives of geoalchemy2.
pub(crate) const DIRECTIVES: &[(&str, Directive)] = &[
    ("create_geospatial_table", |ev, batch, args| {
        on_postgresql(ev)?;
        create_table(ev, batch, args)
    }),
    ("drop_geospatial_table", |ev, batch, args| {
        on_postgresql(ev)?;
        drop_table(ev, batch, args)
    }),
    ("add_geospatial_column", add_column),
    ("drop_geospatial_column", |ev, batch, args| {
        on_postgresql(ev)?;
        drop_column(ev, batch, args)
    }),
    ("create_geospatial_index", |ev, batch, args| {
        on_postgresql(ev)?;
        create_index(ev, batch, args)
    }),
    ("drop_geospatial_index", |ev, batch, mut args| {
        on_postgresql(ev)?;
        // The column is only for the databases that ask for it.
        args.keywords.retain(|(key, _)| &**key != "column_name");
        if batch.is_none() && args.positional.len() > 2 {
            args.positional.remove(2);
        }
        drop_index(ev, batch, args)
    }),
];

fn on_postgresql(ev: &mut Interp<'_>) -> R<()> {
    if ev.host().dialect_name() == "postgresql" {
        return Ok(());
    }
    Err(ev.unreadable("spatial columns of this database are not modelled"))
}

/// `op.add_geospatial_column(table_name, column, schema=None)`: the column alone, without its index.
fn add_column(ev: &mut Interp<'_>, batch: Option<&Rc<Batch>>, args: Args) -> R {
    on_postgresql(ev)?;
    if batch.is_some() {
        return Err(ev.unreadable("`add_geospatial_column` of a batch is not modelled"));
    }
    let mut args = args.bind(ev, "add_geospatial_column", "table_name,column,schema=")?;
    let table = crate::alchemy::op::target(ev, None, &mut args, "table_name", "schema")?;
    let value = args.take_or_none("column");
    ev.need_known(&value, "the column of `add_geospatial_column`")?;
    let Some(column) = value.downcast::<ColumnObj>() else {
        return Err(ev.unreadable("the column of `add_geospatial_column` is no Column"));
    };
    let op = AddColumn {
        table,
        column: column.schema_column(ev)?,
        if_not_exists: false,
        inline_references: false,
        inline_primary_key: false,
        position: ColumnPosition::default(),
    };
    crate::alchemy::op::finish(ev, None, Op::AddColumn(Box::new(op)))
}
