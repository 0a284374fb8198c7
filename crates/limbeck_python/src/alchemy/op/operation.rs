//! `alembic.operations.ops`: directives as objects, which `op.invoke()` carries out.

use std::cell::RefCell;
use std::rc::Rc;

use crate::alchemy::op::batch::Batch;
use crate::alchemy::op::directive;
use crate::alchemy::registry::alchemy;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, NativeObject, Value};

/// Classes of operations, and the directives that make them.
const OPERATIONS: &[(&str, &str)] = &[
    ("AddColumnOp", "add_column"),
    ("AlterColumnOp", "alter_column"),
    ("BulkInsertOp", "bulk_insert"),
    ("CreateCheckConstraintOp", "create_check_constraint"),
    ("CreateForeignKeyOp", "create_foreign_key"),
    ("CreateIndexOp", "create_index"),
    ("CreatePrimaryKeyOp", "create_primary_key"),
    ("CreateTableCommentOp", "create_table_comment"),
    ("CreateTableOp", "create_table"),
    ("CreateUniqueConstraintOp", "create_unique_constraint"),
    ("DropColumnOp", "drop_column"),
    ("DropConstraintOp", "drop_constraint"),
    ("DropIndexOp", "drop_index"),
    ("DropTableCommentOp", "drop_table_comment"),
    ("DropTableOp", "drop_table"),
    ("ExecuteSQLOp", "execute"),
    ("RenameTableOp", "rename_table"),
];

/// What `AlterColumnOp` calls the changes.
const CHANGES: &[(&str, &str)] = &[
    ("modify_nullable", "nullable"),
    ("modify_comment", "comment"),
    ("modify_server_default", "server_default"),
    ("modify_name", "new_column_name"),
    ("modify_type", "type_"),
];

/// An operation that has not been carried out.
struct Operation {
    class: &'static str,
    directive: &'static str,
    args: RefCell<Args>,
}

impl NativeObject for Operation {
    fn type_name(&self) -> String {
        self.class.to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class(self.class)
    }
}

/// Makes an operation; a class that a project derives from one is not modelled.
pub(crate) fn construct(ev: &mut Interp<'_>, class: &Rc<Class>, args: Args) -> R {
    let found = OPERATIONS.iter().find(|(key, _)| {
        let native = alchemy(ev).find_class(key);
        native.is_some_and(|native| Rc::ptr_eq(&native, class))
    });
    let Some((class, directive)) = found else {
        return Ok(ev.foreign(format!("`{}` is not modelled", class.name)));
    };
    let args = directive_args(ev, class, args)?;
    Ok(Value::object(Operation {
        class,
        directive,
        args: RefCell::new(args),
    }))
}

/// The constructor's arguments as those of the directive.
fn directive_args(ev: &mut Interp<'_>, class: &str, mut args: Args) -> R<Args> {
    match class {
        "CreateTableOp" => {
            let columns = match args.take_keyword("columns") {
                Some(columns) => columns,
                None if args.positional.len() > 1 => args.positional.remove(1),
                None => Value::None,
            };
            ev.need_known(&columns, "the columns of CreateTableOp")?;
            let columns = ev.iterate(&columns)?;
            args.positional.extend(columns);
        }
        "AlterColumnOp" => {
            for (key, _) in &mut args.keywords {
                if let Some((_, name)) = CHANGES.iter().find(|(change, _)| **key == **change) {
                    *key = (*name).into();
                }
            }
        }
        _ => {}
    }
    args.take_keyword("_reverse");
    Ok(args)
}

/// `op.invoke(operation)`
pub(crate) fn invoke(ev: &mut Interp<'_>, _batch: Option<&Rc<Batch>>, args: Args) -> R {
    let given = args.clone();
    let mut args = args.bind(ev, "invoke", "operation")?;
    let value = args.take_or_none("operation");
    ev.need_known(&value, "the operation of `op.invoke`")?;
    let Some(operation) = value.downcast::<Operation>() else {
        return crate::alchemy::op::custom::invoke(ev, given);
    };
    let args = operation.args.borrow().clone();
    match directive(operation.directive) {
        Some(directive) => directive(ev, None, args),
        None => Err(ev.unreadable(format!("`{}` is not modelled", operation.class))),
    }
}
