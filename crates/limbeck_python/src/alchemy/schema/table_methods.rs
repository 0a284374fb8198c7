//! Methods of tables.

use std::rc::Rc;

use limbeck_schema::{ConstraintBody, CreateTable, DropTable, Op};

use crate::alchemy::convert;
use crate::alchemy::schema::table::TableObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::Value;

/// Calls a method of a table.
pub(crate) fn call(ev: &mut Interp<'_>, table: &Rc<TableObj>, name: &str, args: Args) -> R {
    let this = Value::Object(Rc::clone(table) as Rc<dyn crate::value::NativeObject>);
    match name {
        "insert" => crate::alchemy::sql::dml::insert(ev, Args::positional(vec![this])),
        "update" => crate::alchemy::sql::dml::update(ev, Args::positional(vec![this])),
        "delete" => crate::alchemy::sql::dml::delete(ev, Args::positional(vec![this])),
        "select" => crate::alchemy::sql::select::select(ev, Args::positional(vec![this])),
        "alias" => crate::alchemy::sql::select::alias_of_table(ev, table, args),
        "append_column" => {
            let mut args = args.bind(ev, name, "column,replace_existing=")?;
            let column = args.take_or_none("column");
            crate::alchemy::schema::table::add_items(ev, table, &[column])?;
            Ok(Value::None)
        }
        "append_constraint" => {
            let mut args = args.bind(ev, name, "constraint")?;
            let constraint = args.take_or_none("constraint");
            crate::alchemy::schema::table::add_items(ev, table, &[constraint])?;
            Ok(Value::None)
        }
        "create" | "drop" => {
            let mut args = args.bind(ev, name, "bind,checkfirst=")?;
            let looks = match args.take("checkfirst") {
                Some(checkfirst) => convert::flag(ev, &checkfirst, "`checkfirst`")?,
                None => false,
            };
            create_or_drop(ev, table, name == "create", looks)?;
            Ok(Value::None)
        }
        "join" | "outerjoin" => crate::alchemy::sql::select::join_method(ev, this, name, args),
        _ => Err(ev.unreadable(format!("`Table.{name}()` is not modelled"))),
    }
}

/// `CREATE TABLE` or `DROP TABLE`; with `looks` only where the table is missing, or there.
fn create_or_drop(ev: &mut Interp<'_>, table: &Rc<TableObj>, creates: bool, looks: bool) -> R<()> {
    // The connection of `--sql` is SQLAlchemy's mock, which never looks.
    if looks && !ev.host().is_offline() {
        only_tables(ev, table)?;
        crate::alchemy::op::emit::needs_database(ev, "`checkfirst` looks for a table")?;
        let bind = crate::alchemy::live::bind::connection(ev);
        let inspector = crate::alchemy::live::inspector::inspect(ev, Args::positional(vec![bind]))?;
        let mut asked = Args::positional(vec![Value::from(table.name.name.text.as_str())]);
        if let Some(schema) = &table.name.schema {
            asked = asked.with("schema", Value::from(schema.text.as_str()));
        }
        let found = ev.call_method(&inspector, "has_table", asked)?;
        if ev.truth(&found, "whether a table is there")? == creates {
            return Ok(());
        }
    }
    if creates {
        table.take_over_types();
    }
    let op = if creates {
        Op::CreateTable(Box::new(CreateTable {
            table: table.schema_table(ev)?,
            if_not_exists: false,
            metadata: Some(table.naming_convention(ev)?),
        }))
    } else {
        Op::DropTable(DropTable {
            table: table.name.clone(),
            if_exists: false,
            dropped: None,
            options: Default::default(),
        })
    };
    crate::alchemy::op::emit::emit(ev, op)
}

/// Fails for a table that brings types or sequences along: SQLAlchemy looks for each of them as well.
fn only_tables(ev: &mut Interp<'_>, table: &TableObj) -> R<()> {
    let is_postgresql = ev.host().dialect_name() == "postgresql";
    let brings_more = table.columns.borrow().iter().any(|column| {
        let column = column.column.borrow();
        let has_labels = column
            .type_
            .as_ref()
            .is_some_and(|type_| type_.labels.is_some());
        column.sequence.is_some() || (is_postgresql && has_labels)
    });
    if brings_more {
        return Err(ev.unreadable(format!(
            "looking first for the types or sequences of the table `{}` is not modelled",
            table.name
        )));
    }
    Ok(())
}

fn refers_to(table: &TableObj, other: &TableObj) -> bool {
    let is_to = |body: &ConstraintBody| match body {
        ConstraintBody::ForeignKey(foreign) => foreign.referred_table == other.name,
        _ => false,
    };
    let by_columns = table.columns.borrow().iter().any(|column| {
        let column = column.column.borrow();
        column
            .foreign_keys
            .iter()
            .any(|key| is_to(&key.constraint.body))
    });
    by_columns
        || table
            .constraints
            .borrow()
            .iter()
            .any(|constraint| is_to(&constraint.body))
}

/// `metadata.create_all(bind, tables=None, checkfirst=True)` and `drop_all`: tables that others refer to are there first
/// and go last.
pub(crate) fn create_or_drop_all(
    ev: &mut Interp<'_>,
    mut tables: Vec<Rc<TableObj>>,
    creates: bool,
    looks: bool,
) -> R<()> {
    tables.sort_by_key(|table| table.name.to_string());
    for table in &tables {
        only_tables(ev, table)?;
    }
    let mut ordered = Vec::new();
    while !tables.is_empty() {
        let free = tables.iter().position(|table| {
            !tables
                .iter()
                .any(|other| !Rc::ptr_eq(other, table) && refers_to(table, other))
        });
        match free {
            Some(free) => ordered.push(tables.remove(free)),
            None => return Err(ev.unreadable("tables that refer to each other in a circle")),
        }
    }
    if !creates {
        ordered.reverse();
    }
    for table in ordered {
        create_or_drop(ev, &table, creates, looks)?;
    }
    Ok(())
}

/// Gives columns without a type the type of the column that they refer to.
pub(crate) fn take_over_types(tables: &[Rc<TableObj>]) {
    for table in tables {
        for column in table.columns.borrow().iter() {
            let mut column = column.column.borrow_mut();
            if column.type_.is_some() {
                continue;
            }
            let target = column.foreign_keys.iter().find_map(|key| {
                let ConstraintBody::ForeignKey(foreign) = &key.constraint.body else {
                    return None;
                };
                let name = foreign.referred_columns.first()?;
                let other = tables
                    .iter()
                    .find(|other| other.name == foreign.referred_table)?;
                if Rc::ptr_eq(other, table) && name.text == column.name.text {
                    return None;
                }
                let columns = other.columns.borrow();
                let found = columns.iter().find(|found| {
                    found
                        .column
                        .try_borrow()
                        .is_ok_and(|it| it.name.text == name.text)
                })?;
                found.column.borrow().type_.clone()
            });
            column.type_ = target;
        }
    }
}
