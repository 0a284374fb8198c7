//! DDL constructs: `sa.schema.CreateSchema(…)`, `sa.DDL(…)`, …

use std::rc::Rc;

use limbeck_schema::{
    AddConstraint, ConstraintBody, ConstraintName, CreateIndex, CreateSchema, CreateTable,
    DropConstraint, DropIndex, DropSchema, DropTable, NamingConvention, Op, SequenceOp, TableName,
};

use crate::alchemy::convert;
use crate::alchemy::schema::constraint::{ConstraintObj, IndexObj, ItemKind};
use crate::alchemy::schema::defaults::SequenceObj;
use crate::alchemy::schema::table::TableObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, NativeObject, Value};

/// What a DDL construct does.
pub(crate) enum Ddl {
    /// An operation.
    Op(Op),
    /// SQL.
    Sql(String),
}

/// A DDL construct.
pub(crate) struct DdlObj {
    pub(crate) what: Ddl,
}

impl NativeObject for DdlObj {
    fn type_name(&self) -> String {
        "DDLElement".to_owned()
    }
}

fn value(op: Op) -> R {
    Ok(Value::object(DdlObj { what: Ddl::Op(op) }))
}

/// `DDL(statement)`
pub(crate) fn ddl(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    let mut args = args.bind(ev, "DDL.__init__", "statement,context=")?;
    let sql = args.take_or_none("statement");
    let sql = convert::text(ev, &sql, "the statement of DDL")?;
    if args.get("context").is_some() {
        return Err(ev.unreadable("`context` of DDL is not modelled"));
    }
    // SQLAlchemy applies `%` formatting to it.
    let sql = if sql.contains('%') {
        let empty = Value::dict(crate::value::Dict::new());
        match ev.percent_format(&sql, &empty)? {
            Value::Str(text) => text.to_string(),
            _ => return Err(ev.unreadable("the statement of DDL is formatted")),
        }
    } else {
        sql.to_string()
    };
    Ok(Value::object(DdlObj {
        what: Ddl::Sql(sql),
    }))
}

fn schema_name(
    ev: &mut Interp<'_>,
    name: &str,
    args: Args,
    signature: &'static str,
) -> R<(limbeck_schema::Name, crate::args::Bindings)> {
    let mut args = args.bind(ev, name, signature)?;
    let schema = args.take_or_none("name");
    Ok((convert::name(ev, &schema, "the name of a schema")?, args))
}

/// `CreateSchema(name)`
pub(crate) fn create_schema(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    let (name, mut args) = schema_name(ev, "CreateSchema.__init__", args, "name,if_not_exists=")?;
    let flag = args.take_or_none("if_not_exists");
    let if_not_exists = convert::flag(ev, &flag, "`if_not_exists`")?;
    value(Op::CreateSchema(CreateSchema {
        name,
        if_not_exists,
    }))
}

/// `DropSchema(name)`
pub(crate) fn drop_schema(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    let (name, mut args) =
        schema_name(ev, "DropSchema.__init__", args, "name,cascade=,if_exists=")?;
    let cascade = args.take_or_none("cascade");
    let flag = args.take_or_none("if_exists");
    let cascade = convert::flag(ev, &cascade, "`cascade`")?;
    let if_exists = convert::flag(ev, &flag, "`if_exists`")?;
    value(Op::DropSchema(DropSchema {
        name,
        if_exists,
        cascade,
    }))
}

fn sequence_op(
    ev: &mut Interp<'_>,
    name: &str,
    args: Args,
    key: &'static str,
) -> R<Box<SequenceOp>> {
    let signature = if key == "if_exists" {
        "element,if_exists="
    } else {
        "element,if_not_exists="
    };
    let mut args = args.bind(ev, name, signature)?;
    let element = args.take_or_none("element");
    ev.need_known(&element, "the sequence")?;
    let Some(sequence) = element.downcast::<SequenceObj>() else {
        return Err(ev.unreadable("what is created or dropped is no Sequence"));
    };
    let flag = args.take_or_none(key);
    let if_clause = convert::flag(ev, &flag, "the flag")?;
    Ok(Box::new(SequenceOp {
        sequence: sequence.sequence.clone(),
        if_clause,
    }))
}

/// `CreateSequence(sequence)`
pub(crate) fn create_sequence(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    let op = sequence_op(ev, "CreateSequence.__init__", args, "if_not_exists")?;
    value(Op::CreateSequence(op))
}

/// `DropSequence(sequence)`
pub(crate) fn drop_sequence(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    let op = sequence_op(ev, "DropSequence.__init__", args, "if_exists")?;
    value(Op::DropSequence(op))
}

/// The table of `CreateTable(table)` and `DropTable(table)`, and its flag.
fn table_of(
    ev: &mut Interp<'_>,
    name: &str,
    args: Args,
    signature: &'static str,
    key: &'static str,
) -> R<(Rc<TableObj>, bool)> {
    let mut args = args.bind(ev, name, signature)?;
    let element = args.take_or_none("element");
    ev.need_known(&element, "the table")?;
    let table = element.downcast::<TableObj>().filter(|it| !it.is_light);
    let Some(table) = table else {
        return Err(ev.unreadable("what is created or dropped is no Table"));
    };
    if args
        .get("include_foreign_key_constraints")
        .is_some_and(|it| !it.is_none())
    {
        return Err(ev.unreadable("`include_foreign_key_constraints` is not modelled"));
    }
    let flag = args.take_or_none(key);
    Ok((table, convert::flag(ev, &flag, "the flag")?))
}

/// `CreateTable(table)`: the table alone, without its indexes, types and comments that are statements of their own.
pub(crate) fn create_table(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    const SIGNATURE: &str = "element,include_foreign_key_constraints=,if_not_exists=";
    let (table, if_not_exists) =
        table_of(ev, "CreateTable.__init__", args, SIGNATURE, "if_not_exists")?;
    table.take_over_types();
    let convention = table.naming_convention(ev)?;
    let mut alone = table.schema_table(ev)?;
    alone.indexes.clear();
    let has_inline_comments = matches!(ev.host().dialect_name(), "mysql" | "mariadb");
    if !has_inline_comments {
        alone.comment = None;
    }
    let mut is_late = false;
    for column in &mut alone.columns {
        if column.index == Some(true) {
            column.index = None;
            column.unique = None;
        }
        if !has_inline_comments {
            column.comment = None;
        }
        if let Some(type_) = &mut column.type_ {
            if !type_.variants.is_empty() || type_.custom.is_some() || type_.item.is_some() {
                return Err(ev.unreadable(
                    "`CreateTable()` of a table whose types have variants or parts is not modelled",
                ));
            }
            type_.create_type = Some(false);
        }
        is_late |= column.foreign_keys.iter().any(
            |it| matches!(&it.constraint.body, ConstraintBody::ForeignKey(body) if body.use_alter),
        );
    }
    is_late |= alone
        .constraints
        .iter()
        .any(|it| matches!(&it.body, ConstraintBody::ForeignKey(body) if body.use_alter));
    if is_late {
        return Err(ev.unreadable("`CreateTable()` of a table with `use_alter` is not modelled"));
    }
    value(Op::CreateTable(Box::new(CreateTable {
        table: alone,
        if_not_exists,
        metadata: Some(convention),
    })))
}

/// `DropTable(table)`
pub(crate) fn drop_table(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let signature = "element,if_exists=";
    let (table, if_exists) = table_of(ev, "DropTable.__init__", args, signature, "if_exists")?;
    value(Op::DropTable(DropTable {
        table: table.name.clone(),
        if_exists,
        dropped: None,
        options: Default::default(),
    }))
}

/// The index of `CreateIndex(index)` and `DropIndex(index)`, its table, and the flag.
fn index_of(
    ev: &mut Interp<'_>,
    name: &str,
    args: Args,
    signature: &'static str,
    key: &'static str,
) -> R<(Rc<IndexObj>, TableName, bool)> {
    let mut args = args.bind(ev, name, signature)?;
    let element = args.take_or_none("element");
    ev.need_known(&element, "the index")?;
    let Some(index) = element.downcast::<IndexObj>() else {
        return Err(ev.unreadable("what is created or dropped is no Index"));
    };
    let table = index.table.borrow().clone();
    let (Some(table), false) = (table, index.index.name == ConstraintName::None) else {
        return Err(ev.unreadable("an index without a table or a name"));
    };
    let flag = args.take_or_none(key);
    let flag = convert::flag(ev, &flag, "the flag")?;
    Ok((index, table, flag))
}

/// `CreateIndex(index)`
pub(crate) fn create_index(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let signature = "element,if_not_exists=";
    let (index, table, if_not_exists) =
        index_of(ev, "CreateIndex.__init__", args, signature, "if_not_exists")?;
    value(Op::CreateIndex(Box::new(CreateIndex {
        table,
        index: index.index.clone(),
        if_not_exists,
    })))
}

/// `DropIndex(index)`
pub(crate) fn drop_index(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let signature = "element,if_exists=";
    let (index, table, if_exists) =
        index_of(ev, "DropIndex.__init__", args, signature, "if_exists")?;
    value(Op::DropIndex(DropIndex {
        name: index.index.name.clone(),
        table: Some(table.name),
        schema: table.schema,
        if_exists,
        options: index.index.options.clone(),
        dropped: None,
    }))
}

/// The constraint of `AddConstraint(constraint)` and `DropConstraint(constraint)`.
fn constraint_of(ev: &mut Interp<'_>, element: &Value) -> R<(Rc<ConstraintObj>, TableName)> {
    ev.need_known(element, "the constraint")?;
    let found = element
        .downcast::<ConstraintObj>()
        .filter(|it| it.kind == ItemKind::Constraint);
    let Some(constraint) = found else {
        return Err(ev.unreadable("what is added or dropped is no constraint"));
    };
    let home = constraint.home.borrow().upgrade();
    let Some(home) = home else {
        return Err(ev.unreadable("a constraint without a table"));
    };
    if home.naming_convention(ev)? != NamingConvention::default() {
        return Err(ev.unreadable(
            "a constraint of a table whose metadata has a naming convention of its own",
        ));
    }
    if ev.host().dialect_name() == "sqlite" {
        return Err(ev.unreadable("SQLite has no statement for constraints"));
    }
    Ok((constraint, home.name.clone()))
}

/// The name as it is: the convention of env.py's metadata is not that of this table.
fn final_name(ev: &mut Interp<'_>, name: &ConstraintName) -> R<ConstraintName> {
    match name {
        ConstraintName::Given(name) => Ok(ConstraintName::Final(name.clone())),
        ConstraintName::Final(_) => Ok(name.clone()),
        ConstraintName::None => {
            Err(ev.unreadable("adding or dropping a constraint without a name is not modelled"))
        }
    }
}

/// `AddConstraint(constraint)`
pub(crate) fn add_constraint(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(
        ev,
        "AddConstraint.__init__",
        "element,*,isolate_from_table=",
    )?;
    let element = args.take_or_none("element");
    let (constraint, table) = constraint_of(ev, &element)?;
    let mut constraint = constraint.constraint.borrow().clone();
    constraint.name = final_name(ev, &constraint.name)?;
    value(Op::AddConstraint(Box::new(AddConstraint {
        table,
        constraint,
    })))
}

/// `DropConstraint(constraint)`
pub(crate) fn drop_constraint(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let signature = "element,*,cascade=,if_exists=,isolate_from_table=";
    let mut args = args.bind(ev, "DropConstraint.__init__", signature)?;
    let element = args.take_or_none("element");
    let cascade = args.take_or_none("cascade");
    if convert::flag(ev, &cascade, "`cascade`")? {
        return Err(ev.unreadable("`cascade` of DropConstraint is not modelled"));
    }
    let if_exists = args.take_or_none("if_exists");
    let if_exists = convert::flag(ev, &if_exists, "`if_exists`")?;
    let (constraint, table) = constraint_of(ev, &element)?;
    let constraint = constraint.constraint.borrow();
    let type_ = match &constraint.body {
        ConstraintBody::PrimaryKey(_) => "primary",
        ConstraintBody::Unique(_) => "unique",
        ConstraintBody::ForeignKey(_) => "foreignkey",
        ConstraintBody::Check(_) => "check",
        ConstraintBody::Exclude(_) => {
            return Err(ev.unreadable("dropping an EXCLUDE constraint by itself is not modelled"));
        }
    };
    let name = final_name(ev, &constraint.name)?;
    value(Op::DropConstraint(DropConstraint {
        name,
        table,
        type_: Some(type_.to_owned()),
        if_exists,
        dropped: None,
    }))
}
