//! Directives that add a constraint.

use std::rc::Rc;

use limbeck_schema::{
    CheckConstraint, ConstraintBody, ExcludeConstraint, Expr, ForeignKeyConstraint, Name,
    PrimaryKeyConstraint, TableName, UniqueConstraint,
};

use crate::alchemy::convert;
use crate::alchemy::op::batch::Batch;
use crate::alchemy::op::{add_constraint, flag, opt_text, target};
use crate::args::{Args, Bindings};
use crate::eval::Interp;
use crate::flow::R;
use crate::value::Value;

fn names(ev: &mut Interp<'_>, args: &mut Bindings, key: &str) -> R<Vec<Name>> {
    let value = args.take_or_none(key);
    let what = format!("`{key}`");
    if value.as_str().is_some() {
        return Err(ev.unreadable(format!("{what} is a string instead of a list")));
    }
    // Alembic goes through it more than once.
    ev.need_known(&value, &what)?;
    ev.length(&value)?;
    let mut names = Vec::new();
    for column in convert::items(ev, &value, &what)? {
        // Alembic makes a table of such columns, and takes each for a name.
        let object = column.downcast::<crate::alchemy::schema::column::ColumnObj>();
        if let Some(object) = object {
            if !object.is_light {
                let message = "Column._set_parent() missing 2 required keyword-only arguments: 'all_names' and 'allow_replacements'";
                return Err(ev.raise("TypeError", message));
            }
            let found = ev.type_name(&column);
            return Err(crate::alchemy::types::construct::argument_error(
                ev,
                &format!(
                    "'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got an object of type '{found}'"
                ),
            ));
        }
        let name = convert::name(ev, &column, &what)?;
        if name.text.is_empty() {
            return Err(crate::alchemy::schema::table::blank_name(ev));
        }
        names.push(name);
    }
    Ok(names)
}

/// The columns of a constraint that Alembic makes a table of: each is named once, by a string.
fn own_names(ev: &mut Interp<'_>, args: &mut Bindings, table: &TableName) -> R<Vec<Name>> {
    let names = names(ev, args, "columns")?;
    for (at, name) in names.iter().enumerate() {
        if names.iter().take(at).any(|it| it.text == name.text) {
            let class = crate::alchemy::registry::alchemy(ev).class("DuplicateColumnError");
            let message = format!(
                "A column with name '{name}' is already present in table '{}'.",
                table.name
            );
            return Err(ev.raise_class(&class, vec![Value::from(message)]));
        }
    }
    included(ev, args, &names)?;
    Ok(names)
}

/// `postgresql_include=` names columns of the table, and the table that Alembic makes has only those of the constraint.
fn included(ev: &mut Interp<'_>, args: &Bindings, names: &[Name]) -> R<()> {
    if ev.host().dialect_name() != "postgresql" {
        return Ok(());
    }
    let mut given = args.extra.iter();
    let Some((_, value)) = given.find(|(key, _)| &**key == "postgresql_include") else {
        return Ok(());
    };
    let value = value.clone();
    if value.is_none() {
        return Ok(());
    }
    for column in convert::items(ev, &value, "`postgresql_include`")? {
        if let Some(text) = column.as_str()
            && !names.iter().any(|it| it.text == *text)
        {
            return Err(ev.raise("KeyError", text.to_string()));
        }
    }
    Ok(())
}

pub(crate) fn create_unique_constraint(
    ev: &mut Interp<'_>,
    batch: Option<&Rc<Batch>>,
    args: Args,
) -> R {
    let signature = match batch {
        Some(_) => "constraint_name,columns,deferrable=,initially=,comment=,info=,**kw",
        None => {
            "constraint_name,table_name,columns,*,schema=,deferrable=,initially=,comment=,info=,**kw"
        }
    };
    let mut args = args.bind(ev, "create_unique_constraint", signature)?;
    let table = target(ev, batch, &mut args, "table_name", "schema")?;
    let columns = own_names(ev, &mut args, &table)?;
    let body = ConstraintBody::Unique(UniqueConstraint { columns });
    add_constraint(ev, batch, table, &mut args, body, "UniqueConstraint")
}

pub(crate) fn create_primary_key(ev: &mut Interp<'_>, batch: Option<&Rc<Batch>>, args: Args) -> R {
    let signature = match batch {
        Some(_) => "constraint_name,columns",
        None => "constraint_name,table_name,columns,*,schema=",
    };
    let mut args = args.bind(ev, "create_primary_key", signature)?;
    let table = target(ev, batch, &mut args, "table_name", "schema")?;
    let columns = own_names(ev, &mut args, &table)?;
    let is_sqlite = ev.host().dialect_name() == "sqlite";
    if columns.is_empty() && batch.is_none() && !is_sqlite {
        let class = crate::alchemy::registry::alchemy(ev).class("InvalidRequestError");
        let message = "This constraint is not bound to a table.  Did you mean to call table.append_constraint(constraint) ?";
        return Err(ev.raise_class(&class, vec![Value::from(message)]));
    }
    let body = ConstraintBody::PrimaryKey(PrimaryKeyConstraint { columns });
    add_constraint(ev, batch, table, &mut args, body, "PrimaryKeyConstraint")
}

pub(crate) fn create_check_constraint(
    ev: &mut Interp<'_>,
    batch: Option<&Rc<Batch>>,
    args: Args,
) -> R {
    let signature = match batch {
        Some(_) => "constraint_name,condition,deferrable=,initially=,comment=,info=,**kw",
        None => {
            "constraint_name,table_name,condition,*,schema=,deferrable=,initially=,comment=,info=,**kw"
        }
    };
    let mut args = args.bind(ev, "create_check_constraint", signature)?;
    let table = target(ev, batch, &mut args, "table_name", "schema")?;
    if args.extra.iter().any(|(key, _)| key.starts_with('_')) {
        return Err(
            ev.unreadable("a word of a check constraint that begins with `_` is not modelled")
        );
    }
    let condition = args.take_or_none("condition");
    refuse_foreign_convention(ev, &condition)?;
    let sqltext = crate::alchemy::schema::defaults::sql_text(
        ev,
        &condition,
        "the condition of a check constraint",
    )?;
    let body = ConstraintBody::Check(CheckConstraint {
        sqltext,
        type_bound: None,
    });
    add_constraint(ev, batch, table, &mut args, body, "CheckConstraint")
}

/// A condition on columns of a table of a metadata belongs to that table, and a convention of that metadata names it.
fn refuse_foreign_convention(ev: &mut Interp<'_>, condition: &Value) -> R<()> {
    let Some(clause) = crate::alchemy::sql::clause::as_clause(ev, condition)? else {
        return Ok(());
    };
    let is_named = clause.froms.iter().any(|from| match from {
        crate::alchemy::sql::clause::FromRef::Table(table) => table
            .convention
            .borrow()
            .as_ref()
            .is_some_and(|it| it.templates.contains_key("ck")),
        crate::alchemy::sql::clause::FromRef::Derived(_) => false,
    });
    if is_named {
        return Err(ev.unreadable(
            "a condition on the columns of a table whose metadata names its checks by a convention",
        ));
    }
    Ok(())
}

pub(crate) fn create_exclude_constraint(
    ev: &mut Interp<'_>,
    batch: Option<&Rc<Batch>>,
    args: Args,
) -> R {
    let signature = match batch {
        Some(_) => "constraint_name,*elements,where=,deferrable=,initially=,using=,ops=,**kw",
        None => {
            "constraint_name,table_name,*elements,where=,schema=,deferrable=,initially=,using=,ops=,**kw"
        }
    };
    let mut args = args.bind(ev, "create_exclude_constraint", signature)?;
    let table = target(ev, batch, &mut args, "table_name", "schema")?;
    let values = std::mem::take(&mut args.rest);
    let ops = args.take_or_none("ops");
    let elements = crate::alchemy::schema::constraint::exclude_elements(ev, &values, &ops)?;
    // Alembic makes a table of the columns, and a text has none.
    if elements.iter().any(|it| matches!(it.expr, Expr::Text(_))) {
        return Err(crate::alchemy::types::construct::argument_error(
            ev,
            "Column must be constructed with a non-blank name or assign a non-blank .name before adding to a Table.",
        ));
    }
    if args.get("using").is_some_and(Value::is_none) {
        let message = "'NoneType' object has no attribute 'lower'";
        return Err(ev.raise("AttributeError", message));
    }
    let using = opt_text(ev, &mut args, "using")?.unwrap_or_else(|| "gist".to_owned());
    let where_ = args.take_or_none("where");
    let where_ = if where_.is_none() {
        None
    } else {
        Some(crate::alchemy::schema::defaults::sql_text(
            ev, &where_, "`where`",
        )?)
    };
    // It has no options of dialects, and drops all other words.
    args.extra.clear();
    let body = ConstraintBody::Exclude(ExcludeConstraint {
        elements,
        using,
        where_,
    });
    add_constraint(ev, batch, table, &mut args, body, "ExcludeConstraint")
}

pub(crate) fn create_foreign_key(ev: &mut Interp<'_>, batch: Option<&Rc<Batch>>, args: Args) -> R {
    let signature = match batch {
        Some(_) => {
            "constraint_name,referent_table,local_cols,remote_cols,*,referent_schema=,onupdate=,ondelete=,deferrable=,\
             initially=,match=,use_alter=,link_to_name=,comment=,info=,**dialect_kw"
        }
        None => {
            "constraint_name,source_table,referent_table,local_cols,remote_cols,*,onupdate=,ondelete=,deferrable=,\
             initially=,match=,source_schema=,referent_schema=,use_alter=,link_to_name=,comment=,info=,**dialect_kw"
        }
    };
    let mut args = args.bind(ev, "create_foreign_key", signature)?;
    if args.extra.iter().any(|(key, _)| &**key == "source_schema") {
        let message =
            "CreateForeignKeyOp() got multiple values for keyword argument 'source_schema'";
        return Err(ev.raise("TypeError", message));
    }
    let table = target(ev, batch, &mut args, "source_table", "source_schema")?;
    let referred = args.take_or_none("referent_table");
    let schema = args.take_or_none("referent_schema");
    let mut referred_table = crate::alchemy::schema::table::table_name(ev, &referred, &schema)?;
    if referred_table
        .schema
        .as_ref()
        .is_some_and(|it| it.text.is_empty())
    {
        return Err(ev.unreadable("the empty string as `referent_schema`"));
    }
    // The table itself is made once.
    if referred_table.to_string() == table.to_string() {
        referred_table = table.clone();
    }
    let columns = names(ev, &mut args, "local_cols")?;
    let referred_columns = names(ev, &mut args, "remote_cols")?;
    if columns.len() != referred_columns.len() {
        return Err(crate::alchemy::types::construct::argument_error(
            ev,
            "ForeignKeyConstraint number of constrained columns must match the number of referenced columns.",
        ));
    }
    if columns.is_empty() {
        return Err(ev.raise("IndexError", "list index out of range"));
    }
    if let Some(column) = referred_columns.iter().find(|it| it.text.contains('.')) {
        let class = crate::alchemy::registry::alchemy(ev).class("NoReferencedTableError");
        let message = format!(
            "Foreign key could not find the table of the column '{}.{column}': a dot in its name is read as a separator",
            referred_table.name
        );
        return Err(ev.raise_class(&class, vec![crate::value::Value::from(message)]));
    }
    let body = ConstraintBody::ForeignKey(ForeignKeyConstraint {
        columns,
        referred_table,
        referred_columns,
        onupdate: opt_text(ev, &mut args, "onupdate")?,
        ondelete: opt_text(ev, &mut args, "ondelete")?,
        match_: opt_text(ev, &mut args, "match")?,
        use_alter: flag(ev, &mut args, "use_alter")?,
    });
    add_constraint(ev, batch, table, &mut args, body, "ForeignKeyConstraint")
}
