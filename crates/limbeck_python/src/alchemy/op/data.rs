//! Directives that run statements.

use std::rc::Rc;

use indexmap::IndexMap;
use limbeck_schema::{BulkInsert, Execute, ExecuteVia, Expr, Literal, Op, Statement, Text};

use crate::alchemy::convert;
use crate::alchemy::op::batch::Batch;
use crate::alchemy::schema::table::TableObj;
use crate::alchemy::sql::clause::{as_clause, bind_value};
use crate::alchemy::types::object::opt_type;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::Value;

/// What executing a value does.
pub(crate) enum Executable {
    /// A statement.
    Statement(Statement),
    /// A DDL construct.
    Op(Op),
}

/// What a value handed to `execute` is.
pub(crate) fn executable(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Executable> {
    ev.need_known(value, what)?;
    if let Some(text) = value.as_str() {
        return Ok(Executable::Statement(Statement::Text(Text::new(
            text.to_string(),
        ))));
    }
    if let Some(ddl) = value.downcast::<crate::alchemy::schema::ddl::DdlObj>() {
        return Ok(match &ddl.what {
            crate::alchemy::schema::ddl::Ddl::Op(op) => Executable::Op(op.clone()),
            crate::alchemy::schema::ddl::Ddl::Sql(sql) => {
                Executable::Statement(Statement::Driver {
                    sql: sql.clone(),
                    params: Vec::new(),
                })
            }
        });
    }
    if let Some(statement) = crate::alchemy::sql::dml::statement_of(ev, value)? {
        return Ok(Executable::Statement(statement));
    }
    if let Some(select) = value.downcast::<crate::alchemy::sql::select::SelectObj>() {
        return Ok(Executable::Statement(Statement::Select(select.set(ev)?)));
    }
    if let Some(clause) = as_clause(ev, value)? {
        return Ok(Executable::Statement(match clause.expr {
            Expr::Text(text) => Statement::Text(text),
            expr @ (Expr::Function { .. } | Expr::NextValue(_) | Expr::Subquery(_)) => {
                Statement::Expr(Box::new(expr))
            }
            _ => {
                let message = format!("{what} is an expression, which cannot be executed");
                return Err(ev.unreadable(message));
            }
        }));
    }
    let found = ev.type_name(value);
    Err(crate::alchemy::types::construct::argument_error(
        ev,
        &format!("Executable SQL or text() construct expected, got an object of type '{found}'."),
    ))
}

/// What `connection.execute(statement, parameters)` runs, where plain text is for the driver; without parameters, what
/// `context.execute(statement)` runs, where it is as in `text()`.
pub(crate) fn statement_op(
    ev: &mut Interp<'_>,
    statement: &Value,
    parameters: Option<&Value>,
) -> R<Op> {
    let (statement, params) = match (statement, parameters) {
        (Value::Str(_), Some(parameters)) if !parameters.is_none() => {
            return Err(ev.unreadable("SQL for the driver with parameters is not modelled"));
        }
        (Value::Str(sql), Some(_)) => {
            let params = Vec::new();
            let sql = sql.to_string();
            (Statement::Driver { sql, params }, Vec::new())
        }
        (other, _) => match executable(ev, other, "the statement of `execute`")? {
            Executable::Op(op) => return Ok(op),
            Executable::Statement(statement) => {
                let none = Value::None;
                let parameters = parameters.unwrap_or(&none);
                (
                    statement,
                    crate::alchemy::live::bind::parameters(ev, parameters)?,
                )
            }
        },
    };
    Ok(Op::Execute(Box::new(Execute {
        statement,
        params,
        via: ExecuteVia::Bind,
    })))
}

/// `op.execute(…)`
pub(crate) fn execute(ev: &mut Interp<'_>, _batch: Option<&Rc<Batch>>, args: Args) -> R {
    let mut args = args.bind(ev, "execute", "sqltext,*,execution_options=")?;
    let value = args.take_or_none("sqltext");
    crate::alchemy::sql::dml::need_filled(ev, &value, &[])?;
    match executable(ev, &value, "the statement of `op.execute`")? {
        Executable::Op(op) => crate::alchemy::op::emit::emit(ev, op)?,
        Executable::Statement(statement) => {
            let execute = Execute {
                statement,
                params: Vec::new(),
                via: ExecuteVia::Op,
            };
            crate::alchemy::op::emit::emit(ev, Op::Execute(Box::new(execute)))?;
        }
    }
    Ok(Value::None)
}

/// `op.bulk_insert(table, rows)`
pub(crate) fn bulk_insert(ev: &mut Interp<'_>, _batch: Option<&Rc<Batch>>, args: Args) -> R {
    let mut args = args.bind(ev, "bulk_insert", "table,rows,*,multiinsert=")?;
    let table = args.take_or_none("table");
    ev.need_known(&table, "the table of `bulk_insert`")?;
    let Some(table) = table.downcast::<TableObj>() else {
        return Err(ev.unreadable("the first argument of `bulk_insert` is no table"));
    };
    let rows = args.take_or_none("rows");
    ev.need_known(&rows, "the rows of `bulk_insert`")?;
    if !matches!(rows, Value::List(_)) {
        return Err(ev.raise("TypeError", "List expected"));
    }
    let multiinsert = match args.take("multiinsert") {
        Some(value) => convert::flag(ev, &value, "`multiinsert`")?,
        None => true,
    };
    let mut list = Vec::new();
    for row in ev.iterate(&rows)? {
        ev.need_known(&row, "a row of `bulk_insert`")?;
        if !matches!(row.unwrap_payload(), Value::Dict(_)) {
            return Err(ev.raise("TypeError", "List of dictionaries expected"));
        }
        let mut cells = IndexMap::new();
        for (key, value) in convert::pairs(ev, &row, "a row of `bulk_insert`")? {
            let key = match crate::alchemy::schema::items::column_key(&key) {
                Some(key) => key,
                None => convert::text(ev, &key, "the name of a column")?.to_string(),
            };
            let type_ = table
                .column(&key)
                .and_then(|column| column.column.borrow().type_.clone());
            let what = format!("the value of `{key}` in a row of `bulk_insert`");
            ev.need_known(&value, &what)?;
            let expr = match as_clause(ev, &value)? {
                Some(clause) => clause.expr,
                None => bind_value(ev, &value, type_.as_ref(), &what)?.expr,
            };
            cells.insert(key, expr);
        }
        list.push(cells);
    }
    let mut defaults: IndexMap<String, Literal> = IndexMap::new();
    for column in table.columns.borrow().clone() {
        let key = column.key();
        let missing = list
            .iter()
            .any(|row: &IndexMap<String, Expr>| !row.contains_key(&key));
        if !missing {
            continue;
        }
        if column.has_dynamic_default.get() {
            return Err(ev.unreadable(format!(
                "the Python-side default of the column `{key}` is computed"
            )));
        }
        if let Some(value) = column.column.borrow().python_default.clone() {
            defaults.insert(key, value);
        }
    }
    let op = BulkInsert {
        table: table.table_ref(),
        defaults,
        rows: list,
        multiinsert,
    };
    crate::alchemy::op::emit::emit(ev, Op::BulkInsert(Box::new(op)))?;
    Ok(Value::None)
}

/// `op.inline_literal(value, type_=None)`
pub(crate) fn inline_literal(ev: &mut Interp<'_>, _batch: Option<&Rc<Batch>>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "inline_literal", "value,type_=")?;
    let value = args.take_or_none("value");
    let type_ = args.take_or_none("type_");
    let type_ = opt_type(ev, &type_, "`type_`")?;
    let mut clause = bind_value(ev, &value, type_.as_ref(), "the value of `inline_literal`")?;
    if let Expr::Bind(bind) = &mut clause.expr {
        bind.literal_execute = true;
    }
    Ok(clause.value())
}

/// `op.run_async(function, …)`: the function gets an asynchronous connection.
pub(crate) fn run_async(ev: &mut Interp<'_>, _batch: Option<&Rc<Batch>>, args: Args) -> R {
    let _ = args;
    if ev.host().is_offline() {
        return Err(ev.raise("ValueError", "Cannot call run_async with a sync engine"));
    }
    Err(ev.unreadable("`op.run_async()` is not modelled"))
}
