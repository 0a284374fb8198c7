//! Columns as they are named inside constraints, indexes and options.

use limbeck_schema::{IndexElement, Name};

use crate::alchemy::convert;
use crate::alchemy::schema::column::ColumnObj;
use crate::alchemy::sql::clause::as_clause;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::Value;

/// The key of a column given as an object.
pub(crate) fn column_key(value: &Value) -> Option<String> {
    value.downcast::<ColumnObj>().map(|column| column.key())
}

/// A column given by name or as an object.
pub(crate) fn column_name(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Name> {
    if let Some(column) = value.downcast::<ColumnObj>() {
        return Ok(column.column.borrow().name.clone());
    }
    convert::name(ev, value, what)
}

/// An element of an index: a column by name or object, or an expression.
pub(crate) fn index_element(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<IndexElement> {
    ev.need_known(value, what)?;
    // What `column()` makes is an expression to SQLAlchemy, and not a column of the table.
    if let Some(column) = value.downcast::<ColumnObj>()
        && !column.is_light
    {
        return Ok(IndexElement::Column(column.column.borrow().name.clone()));
    }
    match as_clause(ev, value)? {
        Some(clause) => Ok(IndexElement::Expr(clause.expr)),
        None => Ok(IndexElement::Column(convert::name(ev, value, what)?)),
    }
}
