//! Plain Python values as values of SQL.

use limbeck_schema::{ColumnType, Literal, TypeClass};

use crate::alchemy::registry::alchemy;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::value::Value;

/// The type that SQLAlchemy gives a plain value by its Python class; nothing for one it does not know.
pub(crate) fn natural_type(ev: &mut Interp<'_>, value: &Value) -> Option<ColumnType> {
    let class = match value.unwrap_payload() {
        Value::Bool(_) => TypeClass::Boolean,
        Value::Int(int) => {
            // SQLAlchemy takes BIGINT where a value does not fit in four bytes.
            if int.bits() >= 32 {
                TypeClass::BigInteger
            } else {
                TypeClass::Integer
            }
        }
        Value::Float(_) if crate::alchemy::version::sqlalchemy_at_least(ev, 2, 1) => {
            TypeClass::Double
        }
        Value::Float(_) => TypeClass::Float,
        // Beyond ASCII SQLAlchemy takes the type that SQL Server writes with an `N`.
        Value::Str(text) if !text.is_ascii() => TypeClass::Unicode,
        Value::Str(_) => TypeClass::String,
        Value::Bytes(_) => TypeClass::LargeBinary,
        Value::Object(object) => match object.type_name().as_str() {
            "datetime" | "datetime.datetime" => TypeClass::DateTime,
            "date" | "datetime.date" => TypeClass::Date,
            "time" | "datetime.time" => TypeClass::Time,
            "timedelta" | "datetime.timedelta" => TypeClass::Interval,
            "Decimal" | "decimal.Decimal" => TypeClass::Numeric,
            "UUID" | "uuid.UUID" => TypeClass::Uuid,
            _ => return None,
        },
        _ => return None,
    };
    Some(ColumnType::new(class))
}

/// A plain value.
pub(crate) fn literal(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Literal> {
    typed_literal(ev, value, None, what)
}

/// A plain value bound to a column of a type.
pub(crate) fn typed_literal(
    ev: &mut Interp<'_>,
    value: &Value,
    type_: Option<&ColumnType>,
    what: &str,
) -> R<Literal> {
    ev.need_known(value, what)?;
    if let Some(type_) = type_
        && let Some((value, inner)) = crate::alchemy::types::processed::bound(ev, value, type_)?
    {
        return typed_literal(ev, &value, Some(&inner), what);
    }
    let type_ = type_.map(|type_| crate::alchemy::types::processed::dialect_type(ev, type_));
    let type_ = type_.as_ref();
    let is_json = type_.is_some_and(|type_| {
        matches!(
            type_.class,
            TypeClass::Json
                | TypeClass::PgJson
                | TypeClass::PgJsonb
                | TypeClass::MyJson
                | TypeClass::LiteJson
                | TypeClass::MsJson
        )
    });
    // `None` is JSON's null, unless the type says otherwise.
    if is_json && !(value.is_none() && type_.is_some_and(|type_| type_.none_as_null)) {
        return match crate::alchemy::types::json::json_text(ev, value) {
            // psycopg writes JSON itself, and SQLAlchemy sees nothing of what it raises then.
            Err(flow @ Flow::Raise(_)) if ev.host().is_live() && is_psycopg(ev) => Err(flow),
            Err(Flow::Raise(_)) if ev.host().is_live() => {
                let class = alchemy(ev).class("StatementError");
                let text = ev.unknown("the text of this exception is not modelled");
                Err(ev.raise_class(&class, vec![text]))
            }
            text => text.map(Literal::Json),
        };
    }
    Ok(match value {
        Value::None => Literal::Null,
        Value::Bool(flag) => Literal::Bool(*flag),
        Value::Int(int) => Literal::Int(int.to_big()),
        Value::Float(float) => Literal::Float(*float),
        Value::Str(text) => Literal::Str(text.to_string()),
        Value::Bytes(bytes) => Literal::Bytes(bytes.to_vec()),
        Value::List(_) | Value::Tuple(_) => {
            let item = type_.and_then(|type_| type_.item.as_deref().cloned());
            let mut items = Vec::new();
            for element in ev.iterate(value)? {
                items.push(typed_literal(ev, &element, item.as_ref(), what)?);
            }
            Literal::Array(items)
        }
        Value::Dict(_) => match crate::alchemy::types::json::json_text(ev, value) {
            Err(Flow::Raise(_)) if ev.host().is_live() => {
                let text = format!("{what} is a dictionary with values that JSON has no form for");
                return Err(ev.unreadable(text));
            }
            text => Literal::Json(text?),
        },
        Value::Instance(instance) if instance.class.is_enum() => {
            enum_literal(ev, value, type_, what)?
        }
        Value::Instance(_) => match value.unwrap_payload() {
            Value::Instance(_) => return Err(refused(ev, value, what)),
            payload => typed_literal(ev, &payload, type_, what)?,
        },
        Value::Object(_) => match crate::alchemy::types::temporal::literal_of(ev, value)? {
            Some(literal) => literal,
            None if let Some(bytes) = crate::alchemy::live::memory::MemoryView::bytes_of(value) => {
                return typed_literal(ev, &bytes, type_, what);
            }
            None => return Err(refused(ev, value, what)),
        },
        _ => return Err(refused(ev, value, what)),
    })
}

fn is_psycopg(ev: &mut Interp<'_>) -> bool {
    ev.host().dialect_name() == "postgresql" && ev.host().driver_name() == "psycopg"
}

fn refused(ev: &mut Interp<'_>, value: &Value, what: &str) -> crate::flow::Flow {
    let found = ev.type_name(value);
    ev.unreadable(format!(
        "{what} is a `{found}`, which is not modelled as a SQL value"
    ))
}

/// A member of a Python enum: what an `Enum` type made of its class stores.
fn enum_literal(
    ev: &mut Interp<'_>,
    value: &Value,
    type_: Option<&ColumnType>,
    what: &str,
) -> R<Literal> {
    let name = ev.get_attr(value, "name")?;
    let name = crate::alchemy::convert::text(ev, &name, "the name of an enum member")?.to_string();
    let path = type_
        .and_then(|type_| type_.labels.as_ref())
        .and_then(|labels| labels.enum_class.clone());
    if let Some(path) = path {
        let known = alchemy(ev).enum_labels.borrow().get(&path).cloned();
        if let Some(members) = known
            && let Some((_, label)) = members.labels.iter().find(|(member, _)| *member == name)
        {
            return Ok(Literal::Str(label.clone()));
        }
    }
    if let Some(text) = value.as_str() {
        return Ok(Literal::Str(text.to_string()));
    }
    // A type made of strings knows no member of an enumeration.
    let is_of_strings = type_.is_some_and(|type_| {
        let is_enum = matches!(
            type_.class,
            TypeClass::Enum | TypeClass::PgEnum | TypeClass::MyEnum
        );
        let labels = type_.labels.as_ref();
        is_enum && labels.is_some_and(|it| it.enum_class.is_none() && !it.labels.is_empty())
    });
    if is_of_strings && ev.host().is_live() {
        let class = alchemy(ev).class("StatementError");
        let text = ev.unknown("the text of this exception is not modelled");
        return Err(ev.raise_class(&class, vec![text]));
    }
    match value.unwrap_payload() {
        Value::Instance(_) => {
            let inner = ev.get_attr(value, "value")?;
            let inner = typed_literal(ev, &inner, None, what)?;
            Ok(Literal::EnumMember {
                name,
                value: Box::new(inner),
            })
        }
        payload => typed_literal(ev, &payload, None, what),
    }
}
