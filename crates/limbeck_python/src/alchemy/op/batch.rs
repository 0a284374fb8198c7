//! `op.batch_alter_table`

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use limbeck_schema::{BatchAlterTable, Op, Recreate, SourcedOp, TableName};

use crate::alchemy::convert;
use crate::alchemy::op::directive;
use crate::alchemy::schema::column::ColumnObj;
use crate::alchemy::schema::constraint::{ConstraintObj, IndexObj};
use crate::alchemy::schema::table::TableObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, NativeObject, Value};

/// A batch that is being collected.
pub(crate) struct Batch {
    op: RefCell<BatchAlterTable>,
    origin: Option<limbeck_diag::Location>,
    is_open: Cell<bool>,
}

impl Batch {
    /// The table it alters.
    pub(crate) fn table(&self) -> TableName {
        self.op.borrow().table.clone()
    }

    /// Adds an operation.
    pub(crate) fn add(&self, ev: &mut Interp<'_>, op: Op) -> R<()> {
        if !self.is_open.get() {
            return Err(ev.unreadable("an operation on a batch outside of its `with` block"));
        }
        let origin = ev.location();
        self.op.borrow_mut().ops.push(SourcedOp { op, origin });
        Ok(())
    }
}

/// The context manager, and what it gives: `batch_op`.
struct BatchObj {
    batch: Rc<Batch>,
}

/// Directives that a batch has.
pub(crate) const BATCH: &[&str] = &[
    "add_column",
    "drop_column",
    "alter_column",
    "create_index",
    "drop_index",
    "create_unique_constraint",
    "create_primary_key",
    "create_foreign_key",
    "create_check_constraint",
    "create_exclude_constraint",
    "drop_constraint",
    "create_table_comment",
    "drop_table_comment",
    "execute",
    "inline_literal",
    "f",
    "get_bind",
    "get_context",
    "create_geospatial_index",
    "drop_geospatial_index",
    "add_geospatial_column",
    "drop_geospatial_column",
];

impl NativeObject for BatchObj {
    fn type_name(&self) -> String {
        "BatchOperations".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        crate::alchemy::registry::alchemy(ev).find_class("BatchOperations")
    }

    fn methods(&self) -> &'static [&'static str] {
        BATCH
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        match directive(name) {
            Some(directive) => directive(ev, Some(&self.batch), args).map(Some),
            None => Ok(None),
        }
    }

    fn enter(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(Some(Value::Object(self)))
    }

    fn exit(self: Rc<Self>, ev: &mut Interp<'_>, exception: Option<&Value>) -> R<bool> {
        self.batch.is_open.set(false);
        if exception.is_none() {
            let op = Op::BatchAlterTable(Box::new(self.batch.op.borrow().clone()));
            let origin = self.batch.origin.clone();
            crate::alchemy::op::emit::emit_at(ev, SourcedOp { op, origin })?;
        }
        Ok(false)
    }
}

/// `op.batch_alter_table(table, …)`
pub(crate) fn batch_alter_table(ev: &mut Interp<'_>, _batch: Option<&Rc<Batch>>, args: Args) -> R {
    const SIGNATURE: &str = "table_name,schema=,recreate=,partial_reordering=,copy_from=,table_args=,table_kwargs=,\
        reflect_args=,reflect_kwargs=,naming_convention=";
    let mut args = args.bind(ev, "batch_alter_table", SIGNATURE)?;
    let name = args.take_or_none("table_name");
    let schema = args.take_or_none("schema");
    let mut op = BatchAlterTable::new(crate::alchemy::schema::table::table_name(
        ev, &name, &schema,
    )?);
    if let Some(value) = args.take("recreate") {
        op.recreate = match convert::text(ev, &value, "`recreate`")?.as_ref() {
            "auto" => Recreate::Auto,
            "always" => Recreate::Always,
            "never" => Recreate::Never,
            _ => {
                return Err(ev.raise(
                    "ValueError",
                    "recreate may be one of 'auto', 'always', or 'never'.",
                ));
            }
        };
    }
    let copy_from = args.take_or_none("copy_from");
    if !copy_from.is_none() {
        ev.need_known(&copy_from, "`copy_from`")?;
        let Some(table) = copy_from.downcast::<TableObj>() else {
            return Err(ev.unreadable("`copy_from` is no Table"));
        };
        table.take_over_types();
        op.copy_from = Some(Box::new(table.schema_table(ev)?));
        op.naming_convention = table.naming_convention(ev)?;
    }
    let table_args = args.take_or_none("table_args");
    if !table_args.is_none() {
        for item in convert::items(ev, &table_args, "`table_args`")? {
            if let Some(constraint) = item.downcast::<ConstraintObj>() {
                op.table_args.push(constraint.constraint.borrow().clone());
            } else if let Some(index) = item.downcast::<IndexObj>() {
                op.table_arg_indexes.push(index.index.clone());
            } else {
                return Err(
                    ev.unreadable("an item of `table_args` is neither a constraint nor an index")
                );
            }
        }
    }
    let table_kwargs = args.take_or_none("table_kwargs");
    if !table_kwargs.is_none() {
        let mut extra = Vec::new();
        for (key, value) in convert::pairs(ev, &table_kwargs, "`table_kwargs`")? {
            extra.push((convert::text(ev, &key, "a key of `table_kwargs`")?, value));
        }
        op.table_kwargs = convert::options(ev, &extra, "Table")?;
    }
    let reflect_args = args.take_or_none("reflect_args");
    if !reflect_args.is_none() {
        for item in convert::items(ev, &reflect_args, "`reflect_args`")? {
            let Some(column) = item.downcast::<ColumnObj>() else {
                return Err(ev.unreadable("an item of `reflect_args` is no column"));
            };
            op.reflect_args.push(column.schema_column(ev)?);
        }
    }
    let reflect_kwargs = args.take_or_none("reflect_kwargs");
    if !reflect_kwargs.is_none() && ev.truth(&reflect_kwargs, "`reflect_kwargs`")? {
        return Err(ev.unreadable("`reflect_kwargs` is not modelled"));
    }
    let convention = args.take_or_none("naming_convention");
    if !convention.is_none() && op.copy_from.is_none() {
        op.naming_convention = crate::alchemy::schema::metadata::convention(ev, &convention)?;
    }
    let reordering = args.take_or_none("partial_reordering");
    if !reordering.is_none() {
        for list in convert::items(ev, &reordering, "`partial_reordering`")? {
            op.partial_reordering
                .push(convert::texts(ev, &list, "`partial_reordering`")?);
        }
    }
    let origin = ev.location();
    let batch = Rc::new(Batch {
        op: RefCell::new(op),
        origin,
        is_open: Cell::new(true),
    });
    Ok(Value::object(BatchObj { batch }))
}
