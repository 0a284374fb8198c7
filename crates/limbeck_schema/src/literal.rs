//! Values: what a bind parameter, a server default or a cell of a result holds.

use num_bigint::BigInt;

/// A calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// 1 to 9999.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999,999.
    pub microsecond: u32,
    /// Seconds east of UTC; `None` for a naive time.
    pub utc_offset: Option<i32>,
}

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    /// The date.
    pub date: Date,
    /// The time of day, with the offset if the value has one.
    pub time: Time,
}

/// A length of time, as Python's `timedelta` normalises it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    /// Whole days; may be negative.
    pub days: i64,
    /// 0 to 86,399.
    pub seconds: u32,
    /// 0 to 999,999.
    pub microseconds: u32,
}

/// A value known when the SQL is made, or read from a result.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `None`, SQL NULL.
    Null,
    /// `True` or `False`.
    Bool(bool),
    /// An integer of any size.
    Int(BigInt),
    /// A binary floating-point number.
    Float(f64),
    /// A decimal number, in plain or scientific notation as Python's `Decimal` prints it.
    Decimal(String),
    /// Text.
    Str(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A date.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// A point in time.
    DateTime(DateTime),
    /// A length of time.
    Interval(Interval),
    /// A UUID.
    Uuid([u8; 16]),
    /// An array, or a Python list or tuple bound as one value.
    Array(Vec<Literal>),
    /// A JSON document, as its text.
    Json(String),
    /// A member of a Python `Enum`: the member's name and its value (SQLAlchemy's `Enum` stores the name).
    EnumMember {
        /// Name of the member.
        name: String,
        /// Value of the member.
        value: Box<Literal>,
    },
}

impl Literal {
    /// An integer.
    pub fn int(value: impl Into<BigInt>) -> Literal {
        Literal::Int(value.into())
    }

    /// Text.
    pub fn str(value: impl Into<String>) -> Literal {
        Literal::Str(value.into())
    }
}
