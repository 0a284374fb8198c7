//! Dialect options (`mysql_engine`, `postgresql_using`) as the compilers look at them.

use limbeck_diag::Result;
use limbeck_schema::{DialectOptions, Expr, Literal, Name, OptionValue};

use super::python_error;
use crate::dialect::{Dialect, Target};

/// The option of the target's own dialect, `name` without the prefix. An option given as `None` is not there.
pub(crate) fn option<'a>(
    options: &'a DialectOptions,
    target: &Target,
    name: &str,
) -> Option<&'a OptionValue> {
    options
        .get(&format!("{}_{name}", target.dialect.name()))
        .filter(|value| !is_none(value))
}

/// The option of MySQL or MariaDB; MariaDB falls back on what is said for MySQL.
pub(crate) fn mysql_option<'a>(
    options: &'a DialectOptions,
    target: &Target,
    name: &str,
) -> Option<&'a OptionValue> {
    option(options, target, name).or_else(|| {
        (target.dialect == Dialect::MariaDb)
            .then(|| options.get(&format!("mysql_{name}")))
            .flatten()
            .filter(|value| !is_none(value))
    })
}

fn is_none(value: &OptionValue) -> bool {
    matches!(value, OptionValue::Literal(Literal::Null))
}

/// Python's truth of a value.
pub(crate) fn is_true(value: Option<&OptionValue>) -> bool {
    match value {
        None => false,
        Some(OptionValue::Literal(literal)) => match literal {
            Literal::Null | Literal::Bool(false) => false,
            Literal::Int(value) => value.to_string() != "0",
            Literal::Str(text) => !text.is_empty(),
            _ => true,
        },
        Some(OptionValue::List(items)) => !items.is_empty(),
        Some(OptionValue::Map(items)) => !items.is_empty(),
        Some(OptionValue::Expr(_)) => true,
    }
}

/// A value that is a boolean, `None` for anything else.
pub(crate) fn boolean(value: Option<&OptionValue>) -> Option<bool> {
    match value {
        Some(OptionValue::Literal(Literal::Bool(value))) => Some(*value),
        _ => None,
    }
}

/// Python's `str()` of a value.
pub(crate) fn text(value: &OptionValue) -> String {
    match value {
        OptionValue::Literal(literal) => match literal {
            Literal::Null => "None".to_owned(),
            Literal::Bool(true) => "True".to_owned(),
            Literal::Bool(false) => "False".to_owned(),
            Literal::Int(value) => value.to_string(),
            Literal::Float(value) => {
                if value.fract() == 0.0 && value.abs() < 1e16 {
                    format!("{value:.1}")
                } else {
                    value.to_string()
                }
            }
            Literal::Decimal(text) | Literal::Str(text) | Literal::Json(text) => text.clone(),
            _ => String::new(),
        },
        OptionValue::Expr(Expr::Text(text)) => text.sql.clone(),
        OptionValue::Expr(Expr::Column(column)) => column.name.text.clone(),
        OptionValue::Expr(_) => String::new(),
        OptionValue::List(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        OptionValue::Map(items) => items
            .iter()
            .map(|(key, value)| format!("{key}: {}", text(value)))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// True for a string.
pub(crate) fn is_text(value: &OptionValue) -> bool {
    matches!(value, OptionValue::Literal(Literal::Str(_)))
}

/// The names in a list of columns; a single name counts as a list of one.
pub(crate) fn names(value: Option<&OptionValue>) -> Vec<Name> {
    match value {
        None => Vec::new(),
        Some(OptionValue::List(items)) => items.iter().filter_map(name).collect(),
        Some(other) => name(other).into_iter().collect(),
    }
}

fn name(value: &OptionValue) -> Option<Name> {
    match value {
        OptionValue::Literal(Literal::Str(text)) => Some(Name::new(text.clone())),
        OptionValue::Expr(Expr::Column(column)) => Some(column.name.clone()),
        OptionValue::Expr(Expr::Text(text)) => Some(Name::new(text.sql.clone())),
        _ => None,
    }
}

/// A condition given as an expression or, where the dialect takes one, as a string of SQL.
///
/// # Errors
/// The value is neither.
pub(crate) fn condition(value: &OptionValue, dialect: Dialect) -> Result<Expr> {
    let is_coerced = match dialect {
        Dialect::Postgres | Dialect::MsSql => true,
        Dialect::Sqlite | Dialect::MySql | Dialect::MariaDb | Dialect::Oracle => false,
    };
    match value {
        OptionValue::Expr(expr) => Ok(expr.clone()),
        OptionValue::Literal(Literal::Str(text)) if is_coerced => Ok(Expr::text(text.clone())),
        OptionValue::Literal(Literal::Bool(value)) if is_coerced => {
            Ok(if *value { Expr::True } else { Expr::False })
        }
        other if is_coerced => Err(python_error(format!(
            "SQL expression element for DDL constraint expected, got {}.",
            text(other)
        ))),
        OptionValue::Literal(Literal::Str(_)) => Err(python_error(
            "'str' object has no attribute '_compiler_dispatch'",
        )),
        _ => Err(python_error(
            "the condition of an index is no SQL expression, and has no attribute '_compiler_dispatch'",
        )),
    }
}

/// Python's `repr` of a string, as far as error messages need it.
pub(crate) fn python_repr(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\n', "\\n");
    if escaped.contains('\'') && !escaped.contains('"') {
        format!("\"{escaped}\"")
    } else {
        format!("'{}'", escaped.replace('\'', "\\'"))
    }
}
