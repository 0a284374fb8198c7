//! Values as MySQL literals, the way pymysql writes them.

use limbeck_diag::Result;
use limbeck_schema::{DateTime, Interval, Literal};

use crate::bind::unadaptable;
use crate::temporal::{
    Fraction, render_date, render_datetime, render_hex, render_time, since_epoch,
};

/// A value in SQL.
pub(crate) fn render(literal: &Literal) -> Result<String> {
    Ok(match literal {
        Literal::Null => "NULL".to_owned(),
        Literal::Bool(flag) => i32::from(*flag).to_string(),
        Literal::Int(number) => number.to_string(),
        Literal::Float(number) if !number.is_finite() => {
            return Err(unadaptable("MySQL", "float that is not finite"));
        }
        Literal::Float(number) => {
            let text = format!("{number:?}");
            if text.contains('e') {
                text
            } else {
                format!("{text}e0")
            }
        }
        Literal::Decimal(text) if is_finite(text) => text.clone(),
        Literal::Decimal(_) => return Err(unadaptable("MySQL", "Decimal that is not finite")),
        Literal::Str(text) | Literal::Json(text) => quote_text(text),
        Literal::Bytes(bytes) => format!("_binary X'{}'", render_hex(bytes)),
        Literal::Date(date) => format!("'{}'", render_date(*date)),
        Literal::Time(time) => format!("'{}'", render_time(*time, Fraction::IfAny, false)),
        Literal::DateTime(value) => render_moment(*value),
        Literal::Interval(interval) => render_interval(*interval)?,
        // SQLAlchemy sends 32 digits; a MariaDB UUID column reads them too.
        Literal::Uuid(bytes) => format!("'{}'", render_hex(bytes)),
        Literal::Array(_) => return Err(unadaptable("MySQL", "list")),
        Literal::EnumMember { name, .. } => quote_text(name),
    })
}

fn is_finite(decimal: &str) -> bool {
    decimal
        .trim_start_matches(['-', '+', '.'])
        .starts_with(|c: char| c.is_ascii_digit())
}

fn render_moment(value: DateTime) -> String {
    format!("'{}'", render_datetime(value, ' ', Fraction::IfAny, false))
}

/// SQLAlchemy stores a `timedelta` as the point in time that long after the epoch.
fn render_interval(interval: Interval) -> Result<String> {
    match since_epoch(interval) {
        Some(value) => Ok(render_moment(value)),
        None => Err(unadaptable("MySQL", "timedelta beyond the year 9999")),
    }
}

/// A string constant; valid unless `NO_BACKSLASH_ESCAPES` is set, as with pymysql.
fn quote_text(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for c in text.chars() {
        match c {
            '\0' => quoted.push_str("\\0"),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\u{1a}' => quoted.push_str("\\Z"),
            '"' => quoted.push_str("\\\""),
            '\'' => quoted.push_str("\\'"),
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals() {
        let check = |literal: Literal, expected: &str| {
            assert_eq!(render(&literal).unwrap(), expected);
        };
        check(Literal::str("it's \\"), r"'it\'s \\'");
        check(Literal::Bool(true), "1");
        check(Literal::Float(1.5), "1.5e0");
        check(Literal::Bytes(vec![0, 255]), "_binary X'00ff'");
        check(Literal::Uuid([0; 16]), "'00000000000000000000000000000000'");
        assert!(render(&Literal::Decimal("NaN".to_owned())).is_err());
    }
}
