//! Tables of mapped classes.

use std::rc::Rc;

use limbeck_diag::{Error, ErrorKind};

use crate::alchemy::registry::alchemy;
use crate::alchemy::schema::metadata::MetaDataObj;
use crate::alchemy::schema::table::TableObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::value::{Class, NativeObject, Str, Value};

/// What a mapped class says about its table.
pub(crate) struct TableSpec {
    /// `__tablename__`
    pub(crate) name: Value,
    /// The `MetaData` it belongs to.
    pub(crate) metadata: Rc<MetaDataObj>,
    /// `Column` objects, named and in their order.
    pub(crate) columns: Vec<Value>,
    /// `__table_args__`
    pub(crate) args: TableArgs,
}

/// `__table_args__`, taken apart.
#[derive(Default)]
pub(crate) struct TableArgs {
    /// Constraints and indexes.
    pub(crate) items: Vec<Value>,
    /// Keywords of the table.
    pub(crate) keywords: Vec<(Str, Value)>,
}

/// The items and the keywords of `__table_args__`: a tuple, a dictionary, a tuple that ends with a dictionary, or `None`.
pub(crate) fn split_table_args(ev: &mut Interp<'_>, value: &Value) -> R<TableArgs> {
    ev.need_known(value, "`__table_args__`")?;
    let mut items = match value {
        Value::None => Vec::new(),
        Value::Tuple(items) => items.to_vec(),
        Value::Dict(_) => vec![value.clone()],
        _ => {
            return Err(crate::alchemy::types::construct::argument_error(
                ev,
                "__table_args__ value must be a tuple, dict, or None",
            ));
        }
    };
    let mut keywords = Vec::new();
    if let Some(Value::Dict(_)) = items.last()
        && let Some(last) = items.pop()
    {
        for (key, value) in crate::alchemy::convert::pairs(ev, &last, "`__table_args__`")? {
            let key = crate::alchemy::convert::text(ev, &key, "a key of `__table_args__`")?;
            keywords.push((key, value));
        }
    }
    Ok(TableArgs { items, keywords })
}

/// Makes the table of a class, as `Table(name, metadata, *columns, *items, **keywords)`.
///
/// Fails where anything of it is unknown: a table is read as a whole or not at all.
pub(crate) fn make_table(ev: &mut Interp<'_>, spec: TableSpec) -> R<Rc<TableObj>> {
    let what = match spec.name.as_str() {
        Some(name) => format!("of the table `{name}`"),
        None => "of a table".to_owned(),
    };
    ev.need_known(&spec.name, "the name of a table")?;
    for value in spec.columns.iter().chain(&spec.args.items) {
        ev.need_known(value, &format!("an argument {what}"))?;
    }
    for (key, value) in &spec.args.keywords {
        ev.need_known(value, &format!("`{key}` {what}"))?;
    }
    let metadata: Rc<dyn NativeObject> = spec.metadata;
    let mut args = Args::positional(vec![spec.name, Value::Object(metadata)]);
    args.positional.extend(spec.columns);
    args.positional.extend(spec.args.items);
    args.keywords = spec.args.keywords;
    let class = Value::Class(alchemy(ev).class("Table"));
    let made = ev.call(&class, args)?;
    match made.downcast::<TableObj>() {
        Some(table) => Ok(table),
        None => {
            ev.need_known(&made, "a table")?;
            Err(ev.unreadable("a class without a table"))
        }
    }
}

/// Notes that a table of `metadata` cannot be read, so that reading its schema fails; passes on what is no such failure.
pub(crate) fn refuse(metadata: &MetaDataObj, flow: Flow) -> R<()> {
    match flow {
        Flow::Fatal(error) if error.kind == ErrorKind::Unreadable => {
            note(metadata, *error);
            Ok(())
        }
        other => Err(other),
    }
}

/// Notes that something of `metadata` cannot be read.
pub(crate) fn note(metadata: &MetaDataObj, error: Error) {
    metadata.faults.borrow_mut().push(error);
}

/// A mapper needs a primary key, of the table or of its own arguments.
pub(crate) fn need_primary_key(ev: &mut Interp<'_>, class: &Rc<Class>) -> R<()> {
    if class.lookup("__mapper_args__").is_some() {
        return Ok(());
    }
    let table = class.attrs.borrow().get("__table__").cloned();
    let Some(table) = table.and_then(|table| table.downcast::<TableObj>()) else {
        return Ok(());
    };
    let mut columns = table.columns.borrow().clone().into_iter();
    if columns.any(|it| it.column.borrow().primary_key)
        || !table.schema_table(ev)?.primary_key_columns().is_empty()
    {
        return Ok(());
    }
    let error = alchemy(ev).class("ArgumentError");
    let text = format!(
        "Mapper Mapper[{}({})] could not assemble any primary key columns for mapped table '{}'",
        class.name, table.name.name, table.name
    );
    Err(ev.raise_class(&error, vec![Value::from(text)]))
}
