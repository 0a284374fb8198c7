//! DDL constructs: `sa.schema.CreateSchema(…)`, `sa.DDL(…)`, …

use std::rc::Rc;

use limbeck_schema::{CreateSchema, DropSchema, Op, SequenceOp};

use crate::alchemy::convert;
use crate::alchemy::schema::defaults::SequenceObj;
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
