//! Text from the server to values, as pymysql's converters read it. JSON stays text, `TIME` is a
//! length of time, and what does not fit its type (`0000-00-00`) stays text.

use ::mysql::consts::ColumnType;
use ::mysql::{Column, Value};
use limbeck_schema::Literal;

use crate::temporal::{interval, parse_clock, parse_date, parse_datetime};

/// How a column's cells are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Float,
    Decimal,
    Date,
    DateTime,
    Time,
    Bytes,
    Text,
}

/// The character set number of what is no text.
const BINARY: u16 = 63;

/// How a column's cells are read.
pub(crate) fn kind(column: &Column) -> Kind {
    match column.column_type() {
        ColumnType::MYSQL_TYPE_TINY
        | ColumnType::MYSQL_TYPE_SHORT
        | ColumnType::MYSQL_TYPE_INT24
        | ColumnType::MYSQL_TYPE_LONG
        | ColumnType::MYSQL_TYPE_LONGLONG
        | ColumnType::MYSQL_TYPE_YEAR => Kind::Int,
        ColumnType::MYSQL_TYPE_FLOAT | ColumnType::MYSQL_TYPE_DOUBLE => Kind::Float,
        ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL => Kind::Decimal,
        ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => Kind::Date,
        ColumnType::MYSQL_TYPE_DATETIME
        | ColumnType::MYSQL_TYPE_DATETIME2
        | ColumnType::MYSQL_TYPE_TIMESTAMP
        | ColumnType::MYSQL_TYPE_TIMESTAMP2 => Kind::DateTime,
        ColumnType::MYSQL_TYPE_TIME | ColumnType::MYSQL_TYPE_TIME2 => Kind::Time,
        ColumnType::MYSQL_TYPE_JSON => Kind::Text,
        _ if column.character_set() == BINARY => Kind::Bytes,
        _ => Kind::Text,
    }
}

/// The server's word for the type, in lower case.
pub(crate) fn type_name(column: &Column) -> String {
    let name = format!("{:?}", column.column_type());
    name.strip_prefix("MYSQL_TYPE_")
        .unwrap_or(&name)
        .to_ascii_lowercase()
}

/// One cell of a text result.
pub(crate) fn read_cell(kind: Kind, value: Value) -> Literal {
    let bytes = match value {
        Value::NULL => return Literal::Null,
        Value::Bytes(bytes) => bytes,
        other => return Literal::Str(other.as_sql(true)),
    };
    if kind == Kind::Bytes {
        return Literal::Bytes(bytes);
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    read_text(kind, &text).unwrap_or(Literal::Str(text))
}

fn read_text(kind: Kind, text: &str) -> Option<Literal> {
    Some(match kind {
        Kind::Int => Literal::int(text.parse::<i128>().ok()?),
        Kind::Float => Literal::Float(text.parse().ok()?),
        Kind::Decimal => Literal::Decimal(text.to_owned()),
        Kind::Date => Literal::Date(parse_date(text)?),
        Kind::DateTime => Literal::DateTime(parse_datetime(text)?),
        Kind::Time => {
            let (negative, clock) = match text.strip_prefix('-') {
                Some(clock) => (true, clock),
                None => (false, text),
            };
            let (hours, minutes, seconds, micros) = parse_clock(clock)?;
            let seconds = i64::try_from(hours * 3600 + minutes * 60 + seconds).ok()?;
            Literal::Interval(interval(negative, 0, seconds, i64::from(micros)))
        }
        Kind::Bytes | Kind::Text => Literal::str(text),
    })
}
