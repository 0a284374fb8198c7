//! Values as PostgreSQL literals, with the casts that psycopg2 writes: the server infers types from
//! them, so they must be the same.

use limbeck_diag::Result;
use limbeck_schema::{Literal, Time};

use crate::bind::unadaptable;
use crate::temporal::{
    Fraction, render_date, render_datetime, render_hex, render_time, render_uuid,
};

/// A value in SQL.
pub(crate) fn render(literal: &Literal) -> Result<String> {
    Ok(match literal {
        Literal::Null => "NULL".to_owned(),
        Literal::Bool(true) => "true".to_owned(),
        Literal::Bool(false) => "false".to_owned(),
        Literal::Int(number) => guard_sign(number.to_string()),
        Literal::Float(number) if number.is_nan() => "'NaN'::float".to_owned(),
        Literal::Float(number) if number.is_infinite() && *number > 0.0 => {
            "'Infinity'::float".to_owned()
        }
        Literal::Float(number) if number.is_infinite() => "'-Infinity'::float".to_owned(),
        Literal::Float(number) => guard_sign(format!("{number:?}")),
        Literal::Decimal(text)
            if !text.starts_with(['-', '+', '.'])
                && !text.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            "'NaN'::numeric".to_owned()
        }
        Literal::Decimal(text) => guard_sign(text.clone()),
        Literal::Str(text) | Literal::Json(text) => quote_text(text)?,
        Literal::Bytes(bytes) => format!("'\\x{}'::bytea", render_hex(bytes)),
        Literal::Date(date) => format!("'{}'::date", render_date(*date)),
        Literal::Time(time) => {
            format!(
                "'{}'::{}",
                render_time(*time, Fraction::IfAny, true),
                zoned(*time, "timetz", "time")
            )
        }
        Literal::DateTime(value) => format!(
            "'{}'::{}",
            render_datetime(*value, 'T', Fraction::IfAny, true),
            zoned(value.time, "timestamptz", "timestamp")
        ),
        Literal::Interval(interval) => format!(
            "'{} days {}.{:06} seconds'::interval",
            interval.days, interval.seconds, interval.microseconds
        ),
        Literal::Uuid(bytes) => format!("'{}'::uuid", render_uuid(*bytes)),
        Literal::Array(items) if items.is_empty() => "'{}'".to_owned(),
        Literal::Array(items) => {
            let items: Result<Vec<String>> = items.iter().map(render).collect();
            format!("ARRAY[{}]", items?.join(", "))
        }
        Literal::EnumMember { name, .. } => quote_text(name)?,
    })
}

/// `- -1` is a comment: a blank stands before a sign.
fn guard_sign(text: String) -> String {
    if text.starts_with('-') {
        format!(" {text}")
    } else {
        text
    }
}

fn zoned<'a>(time: Time, with: &'a str, without: &'a str) -> &'a str {
    if time.utc_offset.is_some() {
        with
    } else {
        without
    }
}

/// A string constant that means the same whatever `standard_conforming_strings` is.
fn quote_text(text: &str) -> Result<String> {
    if text.contains('\0') {
        return Err(unadaptable("PostgreSQL", "str with a NUL (0x00) character"));
    }
    let doubled = text.replace('\'', "''");
    Ok(if doubled.contains('\\') {
        format!(" E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals() {
        let check = |literal: Literal, expected: &str| {
            assert_eq!(render(&literal).unwrap(), expected);
        };
        check(Literal::str("it's"), "'it''s'");
        check(Literal::str(r"a\b"), r" E'a\\b'");
        check(Literal::int(-5), " -5");
        check(Literal::Float(1.0), "1.0");
        check(Literal::Bytes(vec![0, 255]), r"'\x00ff'::bytea");
        check(
            Literal::Array(vec![Literal::int(1), Literal::Null]),
            "ARRAY[1, NULL]",
        );
    }
}
