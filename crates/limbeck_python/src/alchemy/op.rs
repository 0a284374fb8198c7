//! `alembic.op`: one native function a directive.

pub(crate) mod batch;
pub(crate) mod constraint;
pub(crate) mod custom;
pub(crate) mod data;
pub(crate) mod emit;
pub(crate) mod operation;
pub(crate) mod spatial;

use std::rc::Rc;

use limbeck_schema::{
    AddColumn, AddConstraint, AlterColumn, Change, ColumnPosition, Constraint, ConstraintBody,
    CreateIndex, CreateTable, CreateTableComment, DropColumn, DropConstraint, DropIndex, DropTable,
    DropTableComment, Index, MssqlDropColumn, Op, RenameTable, ServerDefault, TableName,
};

use crate::alchemy::convert;
use crate::alchemy::op::batch::Batch;
use crate::alchemy::schema::column::ColumnObj;
use crate::alchemy::schema::table::table_name;
use crate::alchemy::types::object::opt_type;
use crate::args::{Args, Bindings};
use crate::eval::Interp;
use crate::flow::R;
use crate::value::Value;

/// A directive of `op`, or of `batch_op` with its batch.
pub(crate) type Directive = fn(&mut Interp<'_>, Option<&Rc<Batch>>, Args) -> R;

/// Directives of `op`.
pub(crate) const DIRECTIVES: &[(&str, Directive)] = &[
    ("create_table", create_table),
    ("drop_table", drop_table),
    ("rename_table", rename_table),
    ("create_table_comment", create_table_comment),
    ("drop_table_comment", drop_table_comment),
    ("add_column", add_column),
    ("drop_column", drop_column),
    ("alter_column", alter_column),
    ("create_index", create_index),
    ("drop_index", drop_index),
    (
        "create_unique_constraint",
        crate::alchemy::op::constraint::create_unique_constraint,
    ),
    (
        "create_primary_key",
        crate::alchemy::op::constraint::create_primary_key,
    ),
    (
        "create_foreign_key",
        crate::alchemy::op::constraint::create_foreign_key,
    ),
    (
        "create_check_constraint",
        crate::alchemy::op::constraint::create_check_constraint,
    ),
    (
        "create_exclude_constraint",
        crate::alchemy::op::constraint::create_exclude_constraint,
    ),
    ("drop_constraint", drop_constraint),
    ("execute", crate::alchemy::op::data::execute),
    ("bulk_insert", crate::alchemy::op::data::bulk_insert),
    ("inline_literal", crate::alchemy::op::data::inline_literal),
    ("f", final_name),
    ("get_bind", |ev, _batch, _args| {
        Ok(crate::alchemy::live::bind::connection(ev))
    }),
    ("get_context", |_ev, _batch, _args| {
        Ok(crate::alchemy::live::bind::context())
    }),
    (
        "batch_alter_table",
        crate::alchemy::op::batch::batch_alter_table,
    ),
    ("run_async", crate::alchemy::op::data::run_async),
    ("invoke", crate::alchemy::op::operation::invoke),
];

/// The directive of that name.
pub(crate) fn directive(name: &str) -> Option<Directive> {
    DIRECTIVES
        .iter()
        .chain(crate::alchemy::op::spatial::DIRECTIVES)
        .find(|(key, _)| *key == name)
        .map(|(_, directive)| *directive)
}

/// An attribute of `alembic.op`.
pub(crate) fn module_attr(ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
    match name {
        "migration_context" => return Ok(Some(crate::alchemy::live::bind::context())),
        // The object behind the module: it answers as the module does.
        "_proxy" => return ev.import("alembic.op").map(Some),
        _ => {}
    }
    if let Some(model) = crate::alchemy::companions::directive_of(name) {
        let module = ev.import(model)?;
        return ev.get_attr(&module, name).map(Some);
    }
    match directive(name) {
        Some(directive) => Ok(Some(Value::native(name, move |ev, args| {
            directive(ev, None, args)
        }))),
        None if name.starts_with("__") => Ok(None),
        None => crate::alchemy::op::custom::directive(ev, name),
    }
}

fn final_name(ev: &mut Interp<'_>, _batch: Option<&Rc<Batch>>, args: Args) -> R {
    let mut args = args.bind(ev, "f", "name")?;
    let name = args.take_or_none("name");
    crate::alchemy::schema::names::final_name(ev, &name)
}

/// True for the name of a directive of Alembic's own.
pub(crate) fn is_directive(name: &str) -> bool {
    directive(name).is_some()
}

/// Where an operation goes: to the batch it is called on, or to the host.
pub(crate) fn finish(ev: &mut Interp<'_>, batch: Option<&Rc<Batch>>, op: Op) -> R {
    match batch {
        Some(batch) => batch.add(ev, op)?,
        None => crate::alchemy::op::emit::emit(ev, op)?,
    }
    Ok(Value::None)
}

/// The table of a directive: that of the batch, or what the arguments say.
pub(crate) fn target(
    ev: &mut Interp<'_>,
    batch: Option<&Rc<Batch>>,
    args: &mut Bindings,
    table_key: &str,
    schema_key: &str,
) -> R<TableName> {
    if let Some(batch) = batch {
        return Ok(batch.table());
    }
    let name = args.take_or_none(table_key);
    let schema = args.take_or_none(schema_key);
    table_name(ev, &name, &schema)
}

/// An optional flag that is off by default.
pub(crate) fn flag(ev: &mut Interp<'_>, args: &mut Bindings, key: &str) -> R<bool> {
    let value = args.take_or_none(key);
    convert::flag(ev, &value, &format!("`{key}`"))
}

/// An optional text.
pub(crate) fn opt_text(ev: &mut Interp<'_>, args: &mut Bindings, key: &str) -> R<Option<String>> {
    let value = args.take_or_none(key);
    convert::opt_text(ev, &value, &format!("`{key}`"))
}

pub(super) fn create_table(ev: &mut Interp<'_>, _batch: Option<&Rc<Batch>>, args: Args) -> R {
    const SIGNATURE: &str = "table_name,*columns,if_not_exists=,schema=,comment=,prefixes=,info=,quote=,\
        implicit_returning=,listeners=,sqlite_autoincrement=,keep_existing=,extend_existing=,must_exist=,\
        _constraints_included=,**kw";
    let mut args = args.bind(ev, "create_table", SIGNATURE)?;
    let if_not_exists = flag(ev, &mut args, "if_not_exists")?;
    let name = args.take_or_none("table_name");
    let schema = args.take_or_none("schema");
    let mut name = table_name(ev, &name, &schema)?;
    let quote = args.take_or_none("quote");
    if let Some(quote) = convert::opt_flag(ev, &quote, "`quote`")? {
        name.name.quote = Some(quote);
    }
    if flag(ev, &mut args, "must_exist")? {
        let class = crate::alchemy::registry::alchemy(ev).class("InvalidRequestError");
        let message = format!("Table '{name}' not defined");
        return Err(ev.raise_class(&class, vec![Value::from(message)]));
    }
    if let Some(value) = args.take("sqlite_autoincrement") {
        args.extra.push(("sqlite_autoincrement".into(), value));
    }
    for (key, value) in &args.extra {
        ev.need_known(value, &format!("`{key}`"))?;
    }
    let mut items = std::mem::take(&mut args.rest);
    // Alembic picks the columns, constraints and indexes out, and does not look at the rest.
    items.retain(|item| item.is_unknown() || crate::alchemy::schema::table::is_item(item));
    let table = Rc::new(crate::alchemy::schema::table::configured(
        ev, name, &mut args,
    )?);
    crate::alchemy::schema::table::add_items(ev, &table, &items)?;
    crate::alchemy::schema::table::check_columns(ev, &table)?;
    let op = CreateTable {
        table: table.schema_table(ev)?,
        if_not_exists,
        metadata: None,
    };
    crate::alchemy::op::emit::emit(ev, Op::CreateTable(Box::new(op)))?;
    Ok(Value::Object(table))
}

pub(super) fn drop_table(ev: &mut Interp<'_>, _batch: Option<&Rc<Batch>>, args: Args) -> R {
    let mut args = args.bind(ev, "drop_table", "table_name,*,schema=,if_exists=,**kw")?;
    let table = target(ev, None, &mut args, "table_name", "schema")?;
    let if_exists = flag(ev, &mut args, "if_exists")?;
    // They are those of the table that is dropped, and say nothing here.
    const OWN: &[&str] = &[
        "info",
        "comment",
        "prefixes",
        "quote",
        "quote_schema",
        "listeners",
        "implicit_returning",
        "keep_existing",
        "extend_existing",
        "sqlite_autoincrement",
    ];
    args.extra.retain(|(key, _)| !OWN.contains(&&**key));
    convert::options(ev, &args.extra, "Table")?;
    let op = DropTable {
        table,
        if_exists,
        dropped: None,
        options: Default::default(),
    };
    finish(ev, None, Op::DropTable(op))
}

fn rename_table(ev: &mut Interp<'_>, _batch: Option<&Rc<Batch>>, args: Args) -> R {
    let mut args = args.bind(
        ev,
        "rename_table",
        "old_table_name,new_table_name,*,schema=",
    )?;
    let table = target(ev, None, &mut args, "old_table_name", "schema")?;
    let new_name = args.take_or_none("new_table_name");
    let new_name = convert::name(ev, &new_name, "the new name of a table")?;
    finish(ev, None, Op::RenameTable(RenameTable { table, new_name }))
}

fn create_table_comment(ev: &mut Interp<'_>, batch: Option<&Rc<Batch>>, args: Args) -> R {
    let signature = match batch {
        Some(_) => "comment,*,existing_comment=",
        None => "table_name,comment,*,existing_comment=,schema=",
    };
    let mut args = args.bind(ev, "create_table_comment", signature)?;
    let table = target(ev, batch, &mut args, "table_name", "schema")?;
    let comment = opt_text(ev, &mut args, "comment")?;
    let existing_comment = opt_text(ev, &mut args, "existing_comment")?;
    let op = CreateTableComment {
        table,
        comment,
        existing_comment,
    };
    finish(ev, batch, Op::CreateTableComment(op))
}

fn drop_table_comment(ev: &mut Interp<'_>, batch: Option<&Rc<Batch>>, args: Args) -> R {
    let signature = match batch {
        Some(_) => "*,existing_comment=",
        None => "table_name,*,existing_comment=,schema=",
    };
    let mut args = args.bind(ev, "drop_table_comment", signature)?;
    let table = target(ev, batch, &mut args, "table_name", "schema")?;
    let existing_comment = opt_text(ev, &mut args, "existing_comment")?;
    finish(
        ev,
        batch,
        Op::DropTableComment(DropTableComment {
            table,
            existing_comment,
        }),
    )
}

fn position(ev: &mut Interp<'_>, args: &mut Bindings) -> R<ColumnPosition> {
    Ok(ColumnPosition {
        before: opt_text(ev, args, "insert_before")?,
        after: opt_text(ev, args, "insert_after")?,
    })
}

fn add_column(ev: &mut Interp<'_>, batch: Option<&Rc<Batch>>, args: Args) -> R {
    let signature = match batch {
        Some(_) => {
            "column,*,insert_before=,insert_after=,if_not_exists=,inline_references=,inline_primary_key="
        }
        None => "table_name,column,*,schema=,if_not_exists=,inline_references=,inline_primary_key=",
    };
    let mut args = args.bind(ev, "add_column", signature)?;
    let table = target(ev, batch, &mut args, "table_name", "schema")?;
    let value = args.take_or_none("column");
    ev.need_known(&value, "the column of `add_column`")?;
    let Some(column) = value.downcast::<ColumnObj>() else {
        let found = ev.type_name(&value);
        return Err(ev.raise(
            "AttributeError",
            format!("'{found}' object has no attribute 'name'"),
        ));
    };
    if column.is_light {
        let message =
            "Neither 'ColumnClause' object nor 'Comparator' object has an attribute 'nullable'";
        return Err(ev.raise("AttributeError", message));
    }
    if column.column.borrow().name.text.is_empty() {
        return Err(crate::alchemy::schema::table::blank_name(ev));
    }
    let described = column.schema_column(ev)?;
    let is_owned = column.table.borrow().upgrade().is_some();
    let op = AddColumn {
        table: table.clone(),
        column: if is_owned {
            column.detached().column.borrow().clone()
        } else {
            // From now on the column is one of that table.
            let of = Rc::new(crate::alchemy::schema::table::TableObj::empty(
                table.clone(),
                false,
            ));
            *column.table.borrow_mut() = crate::alchemy::schema::column::Owner::of(&of);
            described
        },
        if_not_exists: flag(ev, &mut args, "if_not_exists")?,
        inline_references: flag(ev, &mut args, "inline_references")?,
        inline_primary_key: flag(ev, &mut args, "inline_primary_key")?,
        position: position(ev, &mut args)?,
    };
    let (name, type_) = (op.column.name.clone(), op.column.type_.clone());
    finish(ev, batch, Op::AddColumn(Box::new(op)))?;
    if let Some(index) =
        crate::alchemy::types::processed::implied_index(ev, &table, &name, type_.as_ref())?
    {
        let create = CreateIndex {
            table,
            index,
            if_not_exists: false,
        };
        finish(ev, batch, Op::CreateIndex(Box::new(create)))?;
    }
    Ok(Value::None)
}

pub(super) fn drop_column(ev: &mut Interp<'_>, batch: Option<&Rc<Batch>>, args: Args) -> R {
    let signature = match batch {
        Some(_) => {
            "column_name,*,mssql_drop_check=,mssql_drop_default=,mssql_drop_foreign_key=,if_exists=,**kw"
        }
        None => {
            "table_name,column_name,*,schema=,if_exists=,mssql_drop_check=,mssql_drop_default=,\
             mssql_drop_foreign_key=,**kw"
        }
    };
    let mut args = args.bind(ev, "drop_column", signature)?;
    let table = target(ev, batch, &mut args, "table_name", "schema")?;
    let column = args.take_or_none("column_name");
    let op = DropColumn {
        table,
        column: convert::name(ev, &column, "the name of a column")?,
        if_exists: flag(ev, &mut args, "if_exists")?,
        mssql: MssqlDropColumn {
            check: flag(ev, &mut args, "mssql_drop_check")?,
            default: flag(ev, &mut args, "mssql_drop_default")?,
            foreign_key: flag(ev, &mut args, "mssql_drop_foreign_key")?,
        },
        dropped: None,
    };
    finish(ev, batch, Op::DropColumn(op))
}

/// `server_default=`: `False` is "not given".
fn change_of_default(
    ev: &mut Interp<'_>,
    args: &mut Bindings,
    key: &str,
) -> R<Change<ServerDefault>> {
    Ok(match args.take(key) {
        None | Some(Value::Bool(false)) => Change::Keep,
        Some(Value::None) => Change::Drop,
        Some(value) => {
            match crate::alchemy::schema::defaults::server_default(ev, &value, &format!("`{key}`"))?
            {
                Some(default) => Change::Set(default),
                None => Change::Drop,
            }
        }
    })
}

fn opt_flag(ev: &mut Interp<'_>, args: &mut Bindings, key: &str) -> R<Option<bool>> {
    let value = args.take_or_none(key);
    convert::opt_flag(ev, &value, &format!("`{key}`"))
}

/// Words that Alembic itself hands on to what alters a column.
fn refuse_double_words(ev: &mut Interp<'_>, args: &Bindings) -> R<()> {
    const OWN: &[&str] = &[
        "name",
        "modify_nullable",
        "modify_comment",
        "modify_server_default",
        "modify_name",
        "modify_type",
    ];
    let Some((key, _)) = args.extra.iter().find(|(key, _)| OWN.contains(&&**key)) else {
        return Ok(());
    };
    let message = format!("AlterColumnOp() got multiple values for keyword argument '{key}'");
    Err(ev.raise("TypeError", message))
}

/// True where the statement repeats what is said of the column as it is: on MySQL, where one that is changed is written whole.
fn shows_existing(ev: &mut Interp<'_>, op: &AlterColumn) -> bool {
    matches!(ev.host().dialect_name(), "mysql" | "mariadb")
        && matches!(op.server_default, Change::Keep)
        && (op.new_name.is_some()
            || op.nullable.is_some()
            || op.type_.is_some()
            || op.autoincrement.is_some()
            || !matches!(op.comment, Change::Keep))
}

/// `existing_server_default=`; where no statement shows it, Alembic does not look at what it is.
fn existing_default(
    ev: &mut Interp<'_>,
    args: &mut Bindings,
    is_shown: bool,
) -> R<Change<ServerDefault>> {
    const KEY: &str = "existing_server_default";
    if let Some(Value::Bool(true)) = args.get(KEY) {
        return Err(ev.raise("AssertionError", ""));
    }
    if let Some(value) = args.get(KEY).cloned().filter(|_| !is_shown) {
        ev.need_known(&value, "`existing_server_default`")?;
        let is_default = value
            .downcast_ref::<crate::alchemy::schema::defaults::DefaultObj>()
            .is_some();
        if !is_default
            && value.as_str().is_none()
            && crate::alchemy::sql::clause::as_clause(ev, &value)?.is_none()
        {
            args.take(KEY);
            return Ok(if value.is_none() {
                Change::Drop
            } else {
                Change::Keep
            });
        }
    }
    change_of_default(ev, args, KEY)
}

fn alter_column(ev: &mut Interp<'_>, batch: Option<&Rc<Batch>>, args: Args) -> R {
    let signature = match batch {
        Some(_) => {
            "column_name,*,nullable=,comment=,server_default=,new_column_name=,type_=,existing_type=,\
             existing_server_default=,existing_nullable=,existing_comment=,insert_before=,insert_after=,autoincrement=,\
             existing_autoincrement=,postgresql_using=,**kw"
        }
        None => {
            "table_name,column_name,*,nullable=,comment=,server_default=,new_column_name=,type_=,existing_type=,\
             existing_server_default=,existing_nullable=,existing_comment=,schema=,autoincrement=,\
             existing_autoincrement=,postgresql_using=,insert_before=,insert_after=,**kw"
        }
    };
    // A `Column` in the place of the name: what is said of it there is not looked at, and where nothing else is said nothing is altered.
    let is_column = args
        .positional
        .last()
        .is_some_and(|it| it.downcast_ref::<ColumnObj>().is_some());
    if is_column && args.keywords.is_empty() {
        args.bind(ev, "alter_column", signature)?;
        return Ok(Value::None);
    }
    let mut args = args.bind(ev, "alter_column", signature)?;
    refuse_double_words(ev, &args)?;
    let table = target(ev, batch, &mut args, "table_name", "schema")?;
    let column = args.take_or_none("column_name");
    let mut op = AlterColumn::new(table, convert::name(ev, &column, "the name of a column")?);
    op.nullable = opt_flag(ev, &mut args, "nullable")?;
    op.comment = match args.take("comment") {
        None | Some(Value::Bool(false)) => Change::Keep,
        Some(Value::None) => Change::Drop,
        Some(value) => Change::Set(convert::text(ev, &value, "`comment`")?.to_string()),
    };
    op.server_default = change_of_default(ev, &mut args, "server_default")?;
    let new_name = args.take_or_none("new_column_name");
    op.new_name = convert::opt_name(ev, &new_name, "`new_column_name`")?;
    let type_ = args.take_or_none("type_");
    op.type_ = opt_type(ev, &type_, "`type_`")?;
    op.autoincrement = match args.take_or_none("autoincrement") {
        Value::None => None,
        value if value.as_str().as_deref() == Some("auto") => None,
        value => Some(convert::flag(ev, &value, "`autoincrement`")?),
    };
    let existing_type = args.take_or_none("existing_type");
    op.existing_type = opt_type(ev, &existing_type, "`existing_type`")?;
    let said = if type_.is_none() {
        &existing_type
    } else {
        &type_
    };
    op.type_is_class = matches!(said, Value::Class(_));
    let is_shown = shows_existing(ev, &op);
    op.existing_server_default = existing_default(ev, &mut args, is_shown)?;
    op.existing_nullable = opt_flag(ev, &mut args, "existing_nullable")?;
    op.existing_comment = opt_text(ev, &mut args, "existing_comment")?;
    op.existing_autoincrement = opt_flag(ev, &mut args, "existing_autoincrement")?;
    op.postgresql_using = match args.take_or_none("postgresql_using") {
        Value::None => None,
        value => match crate::alchemy::sql::clause::as_clause(ev, &value)? {
            // Only a string is taken; the other databases do not look at it.
            Some(_) if ev.host().dialect_name() != "postgresql" => None,
            // This is refused for another reason.
            Some(_) if op.type_.is_none() => Some(String::new()),
            Some(_) => {
                let message = "Boolean value of this clause is not defined";
                return Err(ev.raise("TypeError", message));
            }
            None => Some(convert::text(ev, &value, "`postgresql_using`")?.to_string()),
        },
    };
    op.position = position(ev, &mut args)?;
    finish(ev, batch, Op::AlterColumn(Box::new(op)))
}

pub(super) fn create_index(ev: &mut Interp<'_>, batch: Option<&Rc<Batch>>, args: Args) -> R {
    let signature = match batch {
        Some(_) => "index_name,columns,unique=,if_not_exists=,quote=,info=,**kw",
        None => "index_name,table_name,columns,*,schema=,unique=,if_not_exists=,quote=,info=,**kw",
    };
    let mut args = args.bind(ev, "create_index", signature)?;
    let table = target(ev, batch, &mut args, "table_name", "schema")?;
    let name = args.take_or_none("index_name");
    let mut name = convert::constraint_name(ev, &name, "the name of an index")?;
    let quote = args.take_or_none("quote");
    if let (
        Some(quote),
        limbeck_schema::ConstraintName::Given(name) | limbeck_schema::ConstraintName::Final(name),
    ) = (convert::opt_flag(ev, &quote, "`quote`")?, &mut name)
    {
        name.quote = Some(quote);
    }
    let columns = args.take_or_none("columns");
    let mut seen: Vec<String> = Vec::new();
    let mut names_itself = name != limbeck_schema::ConstraintName::None;
    let mut elements = Vec::new();
    // A string is a sequence of its letters in Python, but no index is meant that way.
    if columns.as_str().is_some() {
        return Err(ev.unreadable("the columns of an index are a string instead of a list"));
    }
    for column in convert::items(ev, &columns, "the columns of an index")? {
        let element =
            crate::alchemy::schema::items::index_element(ev, &column, "a column of an index")?;
        if let limbeck_schema::IndexElement::Column(name) = &element
            && name.text.is_empty()
        {
            return Err(crate::alchemy::schema::table::blank_name(ev));
        }
        let given = match &element {
            limbeck_schema::IndexElement::Column(name) if column.as_str().is_some() => {
                Some(name.text.clone())
            }
            limbeck_schema::IndexElement::Expr(limbeck_schema::Expr::Text(text)) => {
                Some(text.sql.clone())
            }
            _ => None,
        };
        if let Some(given) = given {
            if seen.contains(&given) {
                let class = crate::alchemy::registry::alchemy(ev).class("DuplicateColumnError");
                let message = format!(
                    "A column with name '{given}' is already present in table '{}'.",
                    table.name
                );
                return Err(ev.raise_class(&class, vec![Value::from(message)]));
            }
            seen.push(given);
        }
        names_itself |= column.as_str().is_some()
            || matches!(
                element,
                limbeck_schema::IndexElement::Expr(limbeck_schema::Expr::Text(_))
            );
        elements.push(element);
    }
    if !names_itself {
        // A name comes from a convention, by way of the table that a column's name belongs to.
        let message = "an index without a name needs a column that is given by its name";
        return Err(ev.raise("AssertionError", message));
    }
    let unique = flag(ev, &mut args, "unique")?;
    let if_not_exists = flag(ev, &mut args, "if_not_exists")?;
    let options = convert::options(ev, &args.extra, "Index")?;
    let index = Index {
        name,
        elements,
        unique,
        column_flag: false,
        options,
    };
    finish(
        ev,
        batch,
        Op::CreateIndex(Box::new(CreateIndex {
            table,
            index,
            if_not_exists,
        })),
    )
}

pub(super) fn drop_index(ev: &mut Interp<'_>, batch: Option<&Rc<Batch>>, args: Args) -> R {
    let signature = match batch {
        Some(_) => "index_name,if_exists=,**kw",
        None => "index_name,table_name=,*,schema=,if_exists=,**kw",
    };
    let mut args = args.bind(ev, "drop_index", signature)?;
    let name = args.take_or_none("index_name");
    let name = convert::constraint_name(ev, &name, "the name of an index")?;
    let (table, schema) = match batch {
        Some(batch) => {
            let table = batch.table();
            (Some(table.name), table.schema)
        }
        None => {
            let table = args.take_or_none("table_name");
            let schema = args.take_or_none("schema");
            (
                convert::opt_name(ev, &table, "`table_name`")?.filter(|it| !it.text.is_empty()),
                convert::opt_name(ev, &schema, "`schema`")?,
            )
        }
    };
    let if_exists = flag(ev, &mut args, "if_exists")?;
    // What else an index is made with says nothing here.
    args.extra
        .retain(|(key, _)| !matches!(&**key, "unique" | "quote" | "info"));
    let options = convert::options(ev, &args.extra, "Index")?;
    finish(
        ev,
        batch,
        Op::DropIndex(DropIndex {
            name,
            table,
            schema,
            if_exists,
            options,
            dropped: None,
        }),
    )
}

fn drop_constraint(ev: &mut Interp<'_>, batch: Option<&Rc<Batch>>, args: Args) -> R {
    let signature = match batch {
        Some(_) => "constraint_name,type_=,*,if_exists=",
        None => "constraint_name,table_name,type_=,*,schema=,if_exists=",
    };
    let mut args = args.bind(ev, "drop_constraint", signature)?;
    let table = target(ev, batch, &mut args, "table_name", "schema")?;
    let name = args.take_or_none("constraint_name");
    let name = convert::constraint_name(ev, &name, "the name of a constraint")?;
    let type_ = opt_text(ev, &mut args, "type_")?;
    let if_exists = flag(ev, &mut args, "if_exists")?;
    finish(
        ev,
        batch,
        Op::DropConstraint(DropConstraint {
            name,
            table,
            type_,
            if_exists,
            dropped: None,
        }),
    )
}

/// Adds a constraint to a table.
pub(crate) fn add_constraint(
    ev: &mut Interp<'_>,
    batch: Option<&Rc<Batch>>,
    table: TableName,
    args: &mut Bindings,
    body: ConstraintBody,
    construct: &str,
) -> R {
    let name = args.take_or_none("constraint_name");
    let mut constraint = Constraint::new(
        convert::constraint_name(ev, &name, "the name of a constraint")?,
        body,
    );
    let deferrable = args.take_or_none("deferrable");
    constraint.deferrable = convert::opt_flag(ev, &deferrable, "`deferrable`")?;
    constraint.initially = opt_text(ev, args, "initially")?;
    constraint.comment = opt_text(ev, args, "comment")?;
    constraint.options = convert::options(ev, &args.extra, construct)?;
    finish(
        ev,
        batch,
        Op::AddConstraint(Box::new(AddConstraint { table, constraint })),
    )
}
