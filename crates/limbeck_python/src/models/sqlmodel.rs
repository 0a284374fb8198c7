//! SQLModel: pydantic models that are tables.
//!
//! A class with `table=True` becomes a table where its class statement ends, by the rules of SQLModel's metaclass: pydantic
//! collects the fields ([`crate::pydantic::model_fields`]), each becomes a column ([`column`]) of a type that its annotation
//! decides ([`column_type`]), and SQLAlchemy maps them ([`super::scan`]).

mod class;
mod column;
mod column_type;
mod field;
mod relationship;
mod utc_date_time;
pub(crate) mod version;

use std::rc::Rc;

use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Module, Value};

/// A name of `sqlmodel` or one of its modules that is SQLModel's own.
pub(crate) fn module_attr(
    ev: &mut Interp<'_>,
    module: &Rc<Module>,
    name: &str,
) -> R<Option<Value>> {
    Ok(match name {
        "SQLModel" => Some(Value::Class(class::sqlmodel(ev))),
        "Field" => Some(Value::native("Field", field::field)),
        "UTCDateTime" => Some(Value::Class(utc_date_time::class(ev))),
        "Relationship" => Some(Value::native("Relationship", relationship::relationship)),
        "main" if &*module.name == "sqlmodel" => Some(ev.import("sqlmodel.main")?),
        _ => None,
    })
}
