//! Values as SQL text, by type and dialect: SQLAlchemy's literal processors.

mod construct;
pub(crate) mod python;

use limbeck_diag::{Error, ErrorKind, Result};
use limbeck_schema::{Affinity, ColumnType, DateTime, Literal, Time, TypeClass};

use crate::dialect::{Dialect, SqlAlchemyVersion, Target};
use crate::expr::affinity::{affinity, resolve_type, type_of_value};

/// A value written into the text, as SQLAlchemy's literal processor of its type does. Without a type the value's own
/// Python type decides.
///
/// # Errors
/// A value that its type cannot write ([`ErrorKind::Compile`]), in SQLAlchemy's words.
pub fn render_literal(
    literal: &Literal,
    type_: Option<&ColumnType>,
    target: &Target,
) -> Result<String> {
    if matches!(literal, Literal::Null) {
        return Ok("NULL".to_owned());
    }
    let of_value = match type_ {
        Some(_) => None,
        None => type_of_value(literal),
    };
    let type_ = type_.or(of_value.as_ref());
    let Some(declared) = type_ else {
        return Err(no_renderer(literal, "NULL"));
    };
    let resolved = resolve_type(declared, target.dialect);
    let text = match render_typed(literal, resolved, target) {
        Typed::Text(text) => text,
        Typed::Misfit => return Err(misfit(literal, &type_name(declared))),
        Typed::NoRenderer => return Err(no_renderer(literal, &type_name(declared))),
    };
    Ok(escape_backslashes(text, target))
}

/// Text in quotes, as `String`'s literal processor writes it: quotes, backslashes and `%` as the dialect needs them.
#[must_use]
pub fn render_string(text: &str, target: &Target) -> String {
    escape_backslashes(quote(text, target), target)
}

/// The words for a value that no type can take.
pub(crate) fn misfit_text(value: &str, type_name: &str) -> Error {
    Error::message(
        ErrorKind::Compile,
        "literal-value",
        format!(
            "Could not render literal value \"{value}\" with datatype {type_name}; see parent stack trace for more detail."
        ),
    )
}

fn misfit(literal: &Literal, type_name: &str) -> Error {
    misfit_text(&python::repr_cut(literal), type_name)
}

/// The words for a construct where only a value can be written.
pub(crate) fn construct_misfit(
    expr: &limbeck_schema::Expr,
    type_: &ColumnType,
    target: &Target,
) -> Error {
    let (shown, name) = (construct::repr(expr), type_name(type_));
    let resolved = resolve_type(type_, target.dialect);
    let probe = render_typed(&Literal::Null, resolved, target);
    if matches!(probe, Typed::NoRenderer) {
        return no_renderer_text(&shown, &name);
    }
    misfit_text(&shown, &name)
}

fn no_renderer(literal: &Literal, type_name: &str) -> Error {
    no_renderer_text(&python::repr_cut(literal), type_name)
}

fn no_renderer_text(value: &str, type_name: &str) -> Error {
    Error::message(
        ErrorKind::Compile,
        "literal-value",
        format!(
            "No literal value renderer is available for literal value \"{value}\" with datatype {type_name}"
        ),
    )
}

fn escape_backslashes(text: String, target: &Target) -> String {
    let doubles = match target.dialect {
        Dialect::MySql | Dialect::MariaDb => true,
        // 2.0 assumed a server before `standard_conforming_strings` until it had connected to one.
        Dialect::Postgres => {
            target.sqlalchemy == SqlAlchemyVersion::V2_0 && target.version.is_none()
        }
        Dialect::Sqlite | Dialect::MsSql | Dialect::Oracle => false,
    };
    if doubles {
        text.replace('\\', "\\\\")
    } else {
        text
    }
}

fn quote(text: &str, target: &Target) -> String {
    format!("'{}'", target.double_percents(&text.replace('\'', "''")))
}

enum Typed {
    Text(String),
    /// The Python code would have raised.
    Misfit,
    /// The type writes no literals.
    NoRenderer,
}

fn maybe(text: Option<String>) -> Typed {
    text.map_or(Typed::Misfit, Typed::Text)
}

fn render_typed(literal: &Literal, type_: &ColumnType, target: &Target) -> Typed {
    match type_.class.affinity() {
        Affinity::Null | Affinity::Json => Typed::NoRenderer,
        Affinity::Integer => maybe(render_integer(literal)),
        Affinity::Numeric | Affinity::Float => maybe(render_number(literal)),
        Affinity::Boolean => maybe(render_boolean(literal, target)),
        Affinity::String => maybe(string_value(literal, type_).map(|text| {
            let national = target.dialect == Dialect::MsSql && is_unicode(type_.class);
            let quoted = quote(&text, target);
            if national {
                format!("N{quoted}")
            } else {
                quoted
            }
        })),
        Affinity::Binary => maybe(match literal {
            Literal::Bytes(bytes) => std::str::from_utf8(bytes)
                .ok()
                .map(|text| format!("'{}'", text.replace('\'', "''"))),
            _ => None,
        }),
        Affinity::Date | Affinity::DateTime | Affinity::Time => {
            maybe(render_temporal(literal, type_, target))
        }
        Affinity::Interval => maybe(render_interval(literal, target)),
        Affinity::Uuid => maybe(render_uuid(literal, type_, target)),
        Affinity::Array => render_array(literal, type_, target),
        Affinity::Own(TypeClass::PgCitext) => {
            maybe(string_value(literal, type_).map(|text| quote(&text, target)))
        }
        Affinity::Own(_) => Typed::NoRenderer,
    }
}

fn is_unicode(class: TypeClass) -> bool {
    matches!(
        class,
        TypeClass::Unicode
            | TypeClass::UnicodeText
            | TypeClass::SqlNvarchar
            | TypeClass::SqlNchar
            | TypeClass::MsNtext
    )
}

/// `str(int(value))`
fn render_integer(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Int(value) => Some(value.to_string()),
        Literal::Bool(value) => Some(u8::from(*value).to_string()),
        Literal::Float(value) if value.is_finite() => Some(format!("{:.0}", value.trunc())),
        Literal::Decimal(text) => {
            let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, ""));
            exponent
                .is_empty()
                .then(|| number.split('.').next().unwrap_or_default().to_owned())
        }
        Literal::Str(text) => {
            let trimmed = text.trim();
            let digits = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
            let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            valid.then(|| {
                let plain = digits.trim_start_matches('0');
                let plain = if plain.is_empty() { "0" } else { plain };
                let minus = if trimmed.starts_with('-') && plain != "0" {
                    "-"
                } else {
                    ""
                };
                format!("{minus}{plain}")
            })
        }
        Literal::EnumMember { value, .. } if matches!(**value, Literal::Int(_)) => {
            render_integer(value)
        }
        _ => None,
    }
}

/// `str(value)`, once `Decimal(value)` is possible.
fn render_number(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Int(value) => Some(value.to_string()),
        Literal::Bool(true) => Some("True".to_owned()),
        Literal::Bool(false) => Some("False".to_owned()),
        Literal::Float(value) => Some(python::float(*value)),
        Literal::Decimal(text) => Some(text.clone()),
        Literal::Str(text) => {
            let valid = text.trim().parse::<f64>().is_ok_and(f64::is_finite)
                && text
                    .trim()
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
            valid.then(|| text.clone())
        }
        _ => None,
    }
}

fn render_boolean(literal: &Literal, target: &Target) -> Option<String> {
    let value = match literal {
        Literal::Bool(value) => *value,
        Literal::Int(value) => match value.to_string().as_str() {
            "0" => false,
            "1" => true,
            _ => return None,
        },
        Literal::Float(value) if *value == 0.0 => false,
        Literal::Float(value) if (*value - 1.0).abs() < f64::EPSILON => true,
        _ => return None,
    };
    Some(boolean_word(value, target).to_owned())
}

/// `true()` or `false()`
pub(crate) fn boolean_word(value: bool, target: &Target) -> &'static str {
    match (target.dialect, value) {
        (Dialect::Postgres | Dialect::MySql | Dialect::MariaDb, true) => "true",
        (Dialect::Postgres | Dialect::MySql | Dialect::MariaDb, false) => "false",
        (Dialect::Sqlite | Dialect::MsSql | Dialect::Oracle, true) => "1",
        (Dialect::Sqlite | Dialect::MsSql | Dialect::Oracle, false) => "0",
    }
}

/// The text a string type stores for a value; for enumerated types the label.
pub(crate) fn string_value(literal: &Literal, type_: &ColumnType) -> Option<String> {
    let is_enum = matches!(
        type_.class,
        TypeClass::Enum | TypeClass::PgEnum | TypeClass::MyEnum
    );
    match literal {
        Literal::Str(text) => Some(text.clone()),
        Literal::EnumMember { name, value } if is_enum => {
            let labels = type_.labels.as_ref().map(|labels| labels.labels.as_slice());
            let value_text = match &**value {
                Literal::Str(text) => Some(text),
                _ => None,
            };
            match labels {
                // `values_callable`: the labels are the values.
                Some(labels)
                    if !labels.contains(name)
                        && value_text.is_some_and(|text| labels.contains(text)) =>
                {
                    value_text.cloned()
                }
                Some(labels) if !labels.is_empty() && !labels.contains(name) => None,
                Some(_) | None => Some(name.clone()),
            }
        }
        // `class Color(str, Enum)`: the member is a string.
        Literal::EnumMember { value, .. } => match &**value {
            Literal::Str(text) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// SQLite's storage format of a date and time.
pub(crate) fn sqlite_datetime(value: DateTime) -> String {
    format!(
        "{} {}",
        python::iso_date(value.date),
        sqlite_time(value.time)
    )
}

/// SQLite's storage format of a time.
pub(crate) fn sqlite_time(time: Time) -> String {
    format!(
        "{:02}:{:02}:{:02}.{:06}",
        time.hour, time.minute, time.second, time.microsecond
    )
}

fn render_temporal(literal: &Literal, type_: &ColumnType, target: &Target) -> Option<String> {
    let affinity = type_.class.affinity();
    let midnight = Time {
        hour: 0,
        minute: 0,
        second: 0,
        microsecond: 0,
        utc_offset: None,
    };
    if target.dialect == Dialect::Sqlite {
        let text = match (affinity, literal) {
            (Affinity::DateTime, Literal::DateTime(value)) => sqlite_datetime(*value),
            (Affinity::DateTime, Literal::Date(date)) => sqlite_datetime(DateTime {
                date: *date,
                time: midnight,
            }),
            (Affinity::Date, Literal::DateTime(DateTime { date, .. }) | Literal::Date(date)) => {
                python::iso_date(*date)
            }
            (Affinity::Time, Literal::Time(time)) => sqlite_time(*time),
            _ => return None,
        };
        return Some(format!("'{text}'"));
    }
    let iso =
        match (affinity, literal) {
            (Affinity::Date, Literal::DateTime(DateTime { date, .. }))
            | (_, Literal::Date(date)) => python::iso_date(*date),
            (Affinity::Time, Literal::DateTime(DateTime { time, .. }))
            | (_, Literal::Time(time)) => python::iso_time(*time),
            (_, Literal::DateTime(value)) => python::iso_datetime(*value),
            _ => return None,
        };
    if target.dialect == Dialect::Oracle && affinity != Affinity::Time {
        let micros = match literal {
            Literal::DateTime(value) => value.time.microsecond != 0,
            Literal::Time(time) => time.microsecond != 0,
            _ => false,
        };
        let format = match (affinity == Affinity::Date, micros) {
            (true, _) => "YYYY-MM-DD",
            (false, true) => "YYYY-MM-DD HH24:MI:SS.FF",
            (false, false) => "YYYY-MM-DD HH24:MI:SS",
        };
        let function = if micros { "TO_TIMESTAMP" } else { "TO_DATE" };
        return Some(format!("{function}('{iso}', '{format}')"));
    }
    Some(format!("'{iso}'"))
}

fn render_interval(literal: &Literal, target: &Target) -> Option<String> {
    let Literal::Interval(value) = literal else {
        return None;
    };
    let seconds = python::total_seconds(*value);
    match target.dialect {
        Dialect::Postgres => Some(format!("make_interval(secs=>{seconds})")),
        Dialect::Oracle => Some(format!("NUMTODSINTERVAL({seconds}, 'SECOND')")),
        // Stored as a point in time since the epoch, which a `timedelta` is not.
        Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite | Dialect::MsSql => None,
    }
}

fn render_uuid(literal: &Literal, type_: &ColumnType, target: &Target) -> Option<String> {
    let native = match type_.class {
        TypeClass::MsUniqueidentifier => true,
        // A MariaDB that is not connected to may be one without the type; its text is the same to one that has it.
        _ => {
            type_.native != Some(false)
                && target.caps.native_uuid
                && !(target.dialect == Dialect::MariaDb && target.version.is_none())
        }
    };
    if type_.as_uuid == Some(false) {
        let Literal::Str(text) = literal else {
            return None;
        };
        let text = text.replace('\'', "''");
        let keeps_dashes = target.dialect == Dialect::MsSql && native;
        return Some(if keeps_dashes {
            format!("'{text}'")
        } else {
            format!("'{}'", text.replace('-', ""))
        });
    }
    match literal {
        Literal::Uuid(value) => Some(format!("'{}'", python::uuid(value, native))),
        // `str(value)` of a native type takes any text.
        Literal::Str(text) if native => Some(format!("'{}'", text.replace('\'', "''"))),
        _ => None,
    }
}

fn render_array(literal: &Literal, type_: &ColumnType, target: &Target) -> Typed {
    let Some(item) = type_.item.as_deref() else {
        return Typed::NoRenderer;
    };
    let item = resolve_type(item, target.dialect);
    if matches!(affinity(Some(item)), Affinity::Null | Affinity::Json) {
        return Typed::NoRenderer;
    }
    let Literal::Array(items) = literal else {
        return Typed::Misfit;
    };
    let prefix = if target.dialect == Dialect::Postgres || type_.class == TypeClass::PgArray {
        "ARRAY"
    } else {
        ""
    };
    let nested = match type_.dimensions {
        Some(dimensions) => dimensions > 1,
        None => matches!(items.first(), Some(Literal::Array(_))),
    };
    let inner = nested.then(|| ColumnType {
        dimensions: type_.dimensions.map(|dimensions| dimensions - 1),
        ..type_.clone()
    });
    let mut parts = Vec::with_capacity(items.len());
    for value in items {
        let part = match &inner {
            Some(inner) => render_array(value, inner, target),
            None => render_typed(value, item, target),
        };
        match part {
            Typed::Text(text) => parts.push(text),
            other => return other,
        }
    }
    Typed::Text(format!("{prefix}[{}]", parts.join(", ")))
}

/// `str(type)`: the type as SQLAlchemy's default dialect writes it, for messages.
pub(crate) fn type_name(type_: &ColumnType) -> String {
    let plain = resolve_type(type_, Dialect::Sqlite);
    if plain.class == TypeClass::NullType {
        return "NULL".to_owned();
    }
    crate::types::render_type(
        plain,
        &Target::offline(Dialect::Sqlite, SqlAlchemyVersion::V2_1),
    )
    .unwrap_or_else(|_| plain.class.py_name().to_uppercase())
}

/// A value as a driver gets it: what SQLAlchemy's bind processor of the type makes of it.
///
/// # Errors
/// A value that its type cannot take.
pub(crate) fn bind_value(
    value: Literal,
    type_: Option<&ColumnType>,
    target: &Target,
) -> Result<Literal> {
    let resolved = type_.map(|type_| resolve_type(type_, target.dialect));
    // A column without a type leaves its value to the driver.
    let Some(type_) = resolved.filter(|type_| type_.class != TypeClass::NullType) else {
        if unsupported_by_driver(&value, target).is_some() {
            return Err(unadaptable(&value, target));
        }
        return Ok(match value {
            Literal::DateTime(value) if target.dialect == Dialect::Sqlite => {
                Literal::Str(python::iso_datetime(value))
            }
            Literal::Date(date) if target.dialect == Dialect::Sqlite => {
                Literal::Str(python::iso_date(date))
            }
            Literal::EnumMember { value, .. } => *value,
            other => other,
        });
    };
    Ok(match (type_.class.affinity(), value) {
        (Affinity::Json, Literal::Null) if !type_.none_as_null => Literal::Json("null".to_owned()),
        (_, Literal::Null) => Literal::Null,
        (Affinity::String, value @ Literal::EnumMember { .. }) => {
            match string_value(&value, type_) {
                Some(text) => Literal::Str(text),
                None => return Err(misfit(&value, &type_name(type_))),
            }
        }
        (Affinity::Json, Literal::Str(text)) => Literal::Json(python::json_string(&text)),
        (Affinity::Json, Literal::Int(value)) => Literal::Json(value.to_string()),
        (Affinity::Json, Literal::Bool(value)) => Literal::Json(value.to_string()),
        (Affinity::Json, Literal::Float(value)) => Literal::Json(python::float(value)),
        (Affinity::Json, Literal::Array(items)) => match json_array(&items) {
            Some(text) => Literal::Json(text),
            None => return Err(misfit(&Literal::Array(items), &type_name(type_))),
        },
        (Affinity::DateTime, Literal::DateTime(value)) if target.dialect == Dialect::Sqlite => {
            Literal::Str(sqlite_datetime(value))
        }
        (Affinity::DateTime, Literal::Date(date)) if target.dialect == Dialect::Sqlite => {
            let time = Time {
                hour: 0,
                minute: 0,
                second: 0,
                microsecond: 0,
                utc_offset: None,
            };
            Literal::Str(sqlite_datetime(DateTime { date, time }))
        }
        (Affinity::Date, Literal::Date(date) | Literal::DateTime(DateTime { date, .. }))
            if target.dialect == Dialect::Sqlite =>
        {
            Literal::Str(python::iso_date(date))
        }
        (Affinity::Time, Literal::Time(time)) if target.dialect == Dialect::Sqlite => {
            Literal::Str(sqlite_time(time))
        }
        (Affinity::Numeric | Affinity::Float, Literal::Decimal(text))
            if target.dialect == Dialect::Sqlite =>
        {
            match text.parse() {
                Ok(number) => Literal::Float(number),
                Err(_) => Literal::Decimal(text),
            }
        }
        // SQLAlchemy's `to_float`.
        (Affinity::Numeric | Affinity::Float, Literal::Int(number))
            if target.dialect == Dialect::Sqlite =>
        {
            match number.to_string().parse::<f64>() {
                Ok(float) if float.is_finite() => Literal::Float(float),
                _ => {
                    let text = "int too large to convert to float";
                    return Err(statement_error("OverflowError", text));
                }
            }
        }
        (Affinity::Uuid, Literal::Uuid(value))
            if !target.caps.native_uuid || type_.native == Some(false) =>
        {
            Literal::Str(python::uuid(&value, false))
        }
        (Affinity::Uuid, Literal::Str(_))
            if (!target.caps.native_uuid || type_.native == Some(false))
                && type_.class == TypeClass::Uuid
                && type_.as_uuid != Some(false) =>
        {
            return Err(statement_error(
                "AttributeError",
                "'str' object has no attribute 'hex'",
            ));
        }
        (Affinity::Uuid, Literal::Str(text))
            if !target.caps.native_uuid || type_.native == Some(false) =>
        {
            Literal::Str(text.replace('-', ""))
        }
        (Affinity::Boolean, value) => boolean_value(value, target)?,
        (Affinity::DateTime, Literal::Str(_) | Literal::Int(_) | Literal::Float(_))
            if target.dialect == Dialect::Sqlite =>
        {
            return Err(statement_error(
                "TypeError",
                "SQLite DateTime type only accepts Python datetime and date objects as input.",
            ));
        }
        (Affinity::Date, Literal::Str(_) | Literal::Int(_) | Literal::Float(_))
            if target.dialect == Dialect::Sqlite =>
        {
            return Err(statement_error(
                "TypeError",
                "SQLite Date type only accepts Python date objects as input.",
            ));
        }
        (Affinity::Time, Literal::Str(_) | Literal::Int(_) | Literal::Float(_))
            if target.dialect == Dialect::Sqlite =>
        {
            return Err(statement_error(
                "TypeError",
                "SQLite Time type only accepts Python time objects as input.",
            ));
        }
        (_, Literal::EnumMember { value, .. }) => *value,
        (Affinity::String | Affinity::Integer, value)
            if unsupported_by_driver(&value, target).is_some() =>
        {
            return Err(unadaptable(&value, target));
        }
        (_, value) => value,
    })
}

/// A list as Python's `json` writes it; nothing where it holds what JSON cannot say.
fn json_array(items: &[Literal]) -> Option<String> {
    let mut parts = Vec::with_capacity(items.len());
    for item in items {
        parts.push(match item {
            Literal::Null => "null".to_owned(),
            Literal::Bool(flag) => flag.to_string(),
            Literal::Int(number) => number.to_string(),
            Literal::Float(number) => python::float(*number),
            Literal::Str(text) => python::json_string(text),
            Literal::Json(text) => text.clone(),
            Literal::Array(items) => json_array(items)?,
            _ => return None,
        });
    }
    Some(format!("[{}]", parts.join(", ")))
}

/// The driver's refusal of a value.
fn unadaptable(value: &Literal, target: &Target) -> Error {
    let name = unsupported_by_driver(value, target).unwrap_or("object");
    Error::message(
        ErrorKind::Compile,
        "unadaptable-value",
        format!("the driver takes no value of the type `{name}`"),
    )
}

/// The Python type of a value that the driver has no form for, where no type of SQLAlchemy stands between.
fn unsupported_by_driver(value: &Literal, target: &Target) -> Option<&'static str> {
    match target.dialect {
        Dialect::Sqlite => match value {
            Literal::Decimal(_) => Some("decimal.Decimal"),
            Literal::Time(_) => Some("datetime.time"),
            Literal::Interval(_) => Some("datetime.timedelta"),
            Literal::Uuid(_) => Some("uuid.UUID"),
            Literal::Json(_) => Some("dict"),
            Literal::Array(_) => Some("list"),
            _ => None,
        },
        Dialect::Postgres => match value {
            Literal::Json(_) => Some("dict"),
            _ => None,
        },
        Dialect::MySql | Dialect::MariaDb | Dialect::MsSql | Dialect::Oracle => None,
    }
}

/// What SQLAlchemy's `Boolean` makes of a value: true, false or NULL, and nothing else.
fn boolean_value(value: Literal, target: &Target) -> Result<Literal> {
    let flag = match &value {
        Literal::Bool(flag) => *flag,
        Literal::Int(number) if *number == 0.into() => false,
        Literal::Int(number) if *number == 1.into() => true,
        Literal::Float(number) if *number == 0.0 => false,
        Literal::Float(number) if *number == 1.0 => true,
        Literal::Int(number) => {
            return Err(statement_error(
                "ValueError",
                &format!("Value {number} is not None, True, or False"),
            ));
        }
        Literal::Str(text) => {
            let text = limbeck_schema::py_str(text);
            return Err(statement_error(
                "TypeError",
                &format!("Not a boolean value: {text}"),
            ));
        }
        _ => return Ok(value),
    };
    Ok(match target.caps.native_boolean {
        true => Literal::Bool(flag),
        false => Literal::int(i32::from(flag)),
    })
}

/// SQLAlchemy's `StatementError`: the type of a parameter raised this exception.
fn statement_error(class: &str, text: &str) -> Error {
    Error::message(
        ErrorKind::Compile,
        "statement-error",
        format!("(builtins.{class}) {text}"),
    )
}
