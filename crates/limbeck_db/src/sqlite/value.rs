//! Values in SQLite: what SQLAlchemy's types make of a Python value, and what `sqlite3` returns.

use limbeck_diag::Result;
use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};

use crate::bind::unadaptable;
use crate::temporal::{
    Fraction, render_date, render_datetime, render_hex, render_time, since_epoch,
};
use limbeck_schema::{Interval, Literal};

/// A value in one of SQLite's five storage classes.
pub(crate) struct BoundValue(Value);

impl ToSql for BoundValue {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

/// The storage form of a value.
pub(crate) fn bind(literal: &Literal) -> Result<BoundValue> {
    let value = match literal {
        Literal::Null => Value::Null,
        Literal::Bool(flag) => Value::Integer(i64::from(*flag)),
        Literal::Int(number) => match i64::try_from(number) {
            Ok(number) => Value::Integer(number),
            Err(_) => return Err(unadaptable("SQLite", "int beyond 64 bits")),
        },
        Literal::Float(number) => Value::Real(*number),
        // SQLite has no decimals: SQLAlchemy's Numeric sends a float.
        Literal::Decimal(text) => match text.parse() {
            Ok(number) => Value::Real(number),
            Err(_) => return Err(unadaptable("SQLite", "Decimal")),
        },
        Literal::Str(text) | Literal::Json(text) => Value::Text(text.clone()),
        Literal::Date(date) => Value::Text(render_date(*date)),
        Literal::DateTime(value) => {
            Value::Text(render_datetime(*value, ' ', Fraction::Always, false))
        }
        Literal::Time(time) => Value::Text(render_time(*time, Fraction::Always, false)),
        Literal::Bytes(bytes) => Value::Blob(bytes.clone()),
        Literal::Uuid(bytes) => Value::Text(render_hex(bytes)),
        Literal::Interval(interval) => Value::Text(render_interval(*interval)?),
        Literal::Array(_) => return Err(unadaptable("SQLite", "list")),
        Literal::EnumMember { name, .. } => Value::Text(name.clone()),
    };
    Ok(BoundValue(value))
}

/// SQLAlchemy stores a `timedelta` as the point in time that long after the epoch.
fn render_interval(interval: Interval) -> Result<String> {
    match since_epoch(interval) {
        Some(value) => Ok(render_datetime(value, ' ', Fraction::Always, false)),
        None => Err(unadaptable("SQLite", "timedelta beyond the year 9999")),
    }
}

/// A cell as `sqlite3` returns it: by storage class, never by declared type.
pub(crate) fn read_cell(value: ValueRef<'_>) -> Literal {
    match value {
        ValueRef::Null => Literal::Null,
        ValueRef::Integer(number) => Literal::int(number),
        ValueRef::Real(number) => Literal::Float(number),
        ValueRef::Text(bytes) => Literal::Str(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => Literal::Bytes(bytes.to_vec()),
    }
}
