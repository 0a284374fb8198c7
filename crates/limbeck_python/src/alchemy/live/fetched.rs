//! Values of rows as the driver, and SQLAlchemy's type of the column, give them to Python.

use limbeck_schema::{Affinity, ColumnType, Literal, Time, TypeClass};

use crate::alchemy::registry::alchemy;
use crate::alchemy::types::affinity::affinity;
use crate::alchemy::types::temporal::{date_value, datetime_value, delta_value, time_value};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Int, Value};

/// A value as the driver returns it.
pub(crate) fn driver_value(ev: &mut Interp<'_>, literal: &Literal) -> R {
    Ok(match literal {
        Literal::Null => Value::None,
        Literal::Bool(flag) => Value::Bool(*flag),
        Literal::Int(int) => match Int::parse(&int.to_string(), 10) {
            Some(int) => Value::Int(int),
            None => ev.unknown("a number of the database is not modelled"),
        },
        Literal::Float(float) => Value::Float(*float),
        Literal::Str(text) => Value::from(text.as_str()),
        Literal::Bytes(bytes) => Value::bytes(bytes),
        Literal::Array(items) => {
            let mut list = Vec::with_capacity(items.len());
            for item in items {
                list.push(driver_value(ev, item)?);
            }
            Value::list(list)
        }
        Literal::Decimal(text) => decimal(ev, text)?,
        Literal::Date(date) => date_value(*date),
        Literal::Time(time) => time_value(*time),
        Literal::DateTime(moment) => datetime_value(*moment),
        Literal::Interval(interval) => delta_value(*interval),
        Literal::Uuid(bits) => Value::object(crate::modules::uuid::Uuid {
            bits: u128::from_be_bytes(*bits),
        }),
        // The drivers of PostgreSQL read JSON; others give its text as a text.
        Literal::Json(text) => json(ev, text)?,
        Literal::EnumMember { name, .. } => Value::from(name.as_str()),
    })
}

fn decimal(ev: &mut Interp<'_>, text: &str) -> R {
    let module = ev.import("decimal")?;
    let class = ev.get_attr(&module, "Decimal")?;
    ev.call(&class, Args::positional(vec![Value::from(text)]))
}

fn json(ev: &mut Interp<'_>, text: &str) -> R {
    let module = ev.import("json")?;
    let loads = ev.get_attr(&module, "loads")?;
    ev.call(&loads, Args::positional(vec![Value::from(text)]))
}

/// A value as SQLAlchemy returns it from a column of a type; none is `NullType`, which changes nothing.
pub(crate) fn typed_value(ev: &mut Interp<'_>, literal: &Literal, type_: Option<&ColumnType>) -> R {
    let Some(type_) = type_ else {
        return driver_value(ev, literal);
    };
    if type_.class == TypeClass::Custom {
        return crate::alchemy::types::processed::read(ev, literal, type_);
    }
    if matches!(literal, Literal::Null) {
        return Ok(Value::None);
    }
    let group = affinity(Some(type_));
    if type_.class == TypeClass::Enum
        || type_.class == TypeClass::PgEnum
        || type_.class == TypeClass::MyEnum
    {
        return enum_value(ev, literal, type_);
    }
    Ok(match (group, literal) {
        // SQLAlchemy does nothing to what a driver gives for these, whatever it is.
        (Affinity::Null | Affinity::Integer, _)
        | (Affinity::Float, Literal::Float(_))
        | (Affinity::Boolean, Literal::Bool(_))
        | (Affinity::Binary, Literal::Bytes(_))
        | (Affinity::Date, Literal::Date(_))
        | (Affinity::DateTime, Literal::DateTime(_))
        | (Affinity::Time, Literal::Time(_))
        | (Affinity::Interval, Literal::Interval(_))
        | (Affinity::Json, Literal::Json(_)) => driver_value(ev, literal)?,
        (Affinity::String, _) if !is_labelled(type_) => driver_value(ev, literal)?,
        (Affinity::Float, Literal::Decimal(text)) if type_.asdecimal != Some(true) => {
            match text.parse() {
                Ok(number) => Value::Float(number),
                Err(_) => not_modelled(ev, type_),
            }
        }
        (Affinity::Boolean, Literal::Int(int)) => Value::Bool(*int != 0.into()),
        (Affinity::Json, Literal::Str(text)) => json(ev, text)?,
        // A column of SQLite makes a number of a text that is one.
        (Affinity::Json, Literal::Int(_) | Literal::Float(_)) => driver_value(ev, literal)?,
        (Affinity::Numeric, Literal::Decimal(_)) if type_.asdecimal != Some(false) => {
            driver_value(ev, literal)?
        }
        (Affinity::Numeric, Literal::Float(number)) if type_.asdecimal != Some(false) => {
            let scale = type_.scale.and_then(|scale| usize::try_from(scale).ok());
            decimal(ev, &format!("{number:.*}", scale.unwrap_or(10)))?
        }
        (Affinity::Numeric, Literal::Int(number)) if type_.asdecimal != Some(false) => {
            let scale = type_.scale.and_then(|scale| usize::try_from(scale).ok());
            let zeros = "0".repeat(scale.unwrap_or(10));
            let point = if zeros.is_empty() { "" } else { "." };
            decimal(ev, &format!("{number}{point}{zeros}"))?
        }
        (Affinity::Numeric, Literal::Float(number)) => Value::Float(*number),
        (Affinity::Uuid, Literal::Uuid(_)) if type_.as_uuid != Some(false) => {
            driver_value(ev, literal)?
        }
        (Affinity::Uuid, Literal::Str(text)) if type_.as_uuid != Some(false) => {
            let module = ev.import("uuid")?;
            let class = ev.get_attr(&module, "UUID")?;
            ev.call(&class, Args::positional(vec![Value::from(text.as_str())]))?
        }
        (Affinity::Uuid, Literal::Uuid(_) | Literal::Str(_)) => {
            let bits = match literal {
                Literal::Str(text) => {
                    let module = ev.import("uuid")?;
                    let class = ev.get_attr(&module, "UUID")?;
                    ev.call(&class, Args::positional(vec![Value::from(text.as_str())]))?
                }
                _ => driver_value(ev, literal)?,
            };
            Value::from(ev.to_str(&bits)?)
        }
        // Where there are no intervals, SQLAlchemy stores the time that long after the epoch.
        (Affinity::Interval, Literal::DateTime(_) | Literal::Str(_)) => {
            let module = ev.import("datetime")?;
            let class = ev.get_attr(&module, "datetime")?;
            let moment = match literal {
                Literal::Str(text) => {
                    let text = Value::from(text.as_str());
                    ev.call_method(&class, "fromisoformat", Args::positional(vec![text]))?
                }
                _ => driver_value(ev, literal)?,
            };
            let epoch = ev.call(
                &class,
                Args::positional(vec![Value::int(1970), Value::int(1), Value::int(1)]),
            )?;
            ev.binary(crate::value::BinOp::Sub, &moment, &epoch)?
        }
        // pymysql returns a length of time, whose days SQLAlchemy drops.
        (Affinity::Time, Literal::Interval(interval)) => time_value(Time {
            hour: u8::try_from(interval.seconds / 3600).unwrap_or_default(),
            minute: u8::try_from(interval.seconds / 60 % 60).unwrap_or_default(),
            second: u8::try_from(interval.seconds % 60).unwrap_or_default(),
            microsecond: interval.microseconds,
            utc_offset: None,
        }),
        // SQLite has no dates: SQLAlchemy writes and reads ISO 8601.
        (Affinity::Date | Affinity::DateTime | Affinity::Time, Literal::Str(text)) => {
            let name = match group {
                Affinity::Date => "date",
                Affinity::Time => "time",
                _ => "datetime",
            };
            let module = ev.import("datetime")?;
            let class = ev.get_attr(&module, name)?;
            let text = Value::from(text.as_str());
            ev.call_method(&class, "fromisoformat", Args::positional(vec![text]))?
        }
        (Affinity::Array, Literal::Array(items)) => {
            let item = type_.item.as_deref();
            let mut list = Vec::with_capacity(items.len());
            for element in items {
                list.push(match element {
                    Literal::Array(_) => typed_value(ev, element, Some(type_))?,
                    _ => typed_value(ev, element, item)?,
                });
            }
            Value::list(list)
        }
        _ => not_modelled(ev, type_),
    })
}

fn is_labelled(type_: &ColumnType) -> bool {
    type_.labels.is_some()
}

fn not_modelled(ev: &Interp<'_>, type_: &ColumnType) -> Value {
    ev.unknown(format!(
        "what a column of type {} makes of this value is not modelled",
        type_.class.py_name()
    ))
}

/// A label, which must be one of the type's own.
fn enum_value(ev: &mut Interp<'_>, literal: &Literal, type_: &ColumnType) -> R {
    let (Some(labels), Literal::Str(text)) = (&type_.labels, literal) else {
        return Ok(not_modelled(ev, type_));
    };
    if let Some(path) = &labels.enum_class {
        let members = alchemy(ev).enum_labels.borrow().get(path).cloned();
        let Some(members) = members else {
            return Ok(not_modelled(ev, type_));
        };
        let mut stored = members.labels.iter();
        if let Some((member, _)) = stored.find(|(_, label)| label == text) {
            return ev.get_attr(&members.class, member);
        }
    }
    if !labels.labels.iter().any(|label| label == text) {
        let class = ev.types().exception("LookupError");
        let words = ev.unknown("the text of this exception is not modelled");
        return Err(ev.raise_class(&class, vec![words]));
    }
    Ok(Value::from(text.as_str()))
}
