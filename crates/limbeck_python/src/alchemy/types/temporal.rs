//! Dates, times, decimals and UUIDs of Python as values of SQL.

use std::rc::Rc;

use limbeck_schema::{Date, DateTime, Interval, Literal, Time};

use crate::eval::Interp;
use crate::flow::R;
use crate::modules::datetime;
use crate::value::Value;

/// The SQL value of a modelled object, if it is one.
pub(crate) fn literal_of(ev: &mut Interp<'_>, value: &Value) -> R<Option<Literal>> {
    if let Some(date) = value.downcast_ref::<datetime::Date>() {
        return Ok(date_of(date.days).map(Literal::Date));
    }
    if let Some(time) = value.downcast_ref::<datetime::Time>() {
        return Ok(time_of(time.micros, time.zone.as_deref()).map(Literal::Time));
    }
    if let Some(moment) = value.downcast_ref::<datetime::DateTime>() {
        let date = date_of(moment.micros.div_euclid(datetime::DAY));
        let time = time_of(
            moment.micros.rem_euclid(datetime::DAY),
            moment.zone.as_deref(),
        );
        return Ok(match (date, time) {
            (Some(date), Some(time)) => Some(Literal::DateTime(DateTime { date, time })),
            _ => None,
        });
    }
    if let Some(delta) = value.downcast_ref::<datetime::Delta>() {
        let rest = delta.micros.rem_euclid(datetime::DAY);
        let seconds = u32::try_from(rest / datetime::SECOND);
        let microseconds = u32::try_from(rest % datetime::SECOND);
        return Ok(match (seconds, microseconds) {
            (Ok(seconds), Ok(microseconds)) => Some(Literal::Interval(Interval {
                days: delta.micros.div_euclid(datetime::DAY),
                seconds,
                microseconds,
            })),
            _ => None,
        });
    }
    if value
        .downcast_ref::<crate::modules::decimal::Decimal>()
        .is_some()
    {
        return Ok(Some(Literal::Decimal(ev.to_str(value)?)));
    }
    if value.downcast_ref::<crate::modules::uuid::Uuid>().is_some() {
        let text = ev.to_str(value)?.replace('-', "");
        return Ok(u128::from_str_radix(&text, 16)
            .ok()
            .map(|bits| Literal::Uuid(bits.to_be_bytes())));
    }
    Ok(None)
}

/// A date from its distance to 1970-01-01 in days.
fn date_of(days: i64) -> Option<Date> {
    let (year, month, day) = datetime::civil(days);
    Some(Date {
        year: i32::try_from(year).ok()?,
        month: u8::try_from(month).ok()?,
        day: u8::try_from(day).ok()?,
    })
}

/// A time of day from microseconds since midnight.
fn time_of(micros: i64, zone: Option<&datetime::Zone>) -> Option<Time> {
    let seconds = micros / datetime::SECOND;
    let utc_offset = match zone {
        Some(zone) => Some(i32::try_from(zone.offset / datetime::SECOND).ok()?),
        None => None,
    };
    Some(Time {
        hour: u8::try_from(seconds / 3600).ok()?,
        minute: u8::try_from(seconds / 60 % 60).ok()?,
        second: u8::try_from(seconds % 60).ok()?,
        microsecond: u32::try_from(micros % datetime::SECOND).ok()?,
        utc_offset,
    })
}

/// A date for Python.
pub(crate) fn date_value(date: Date) -> Value {
    Value::object(datetime::Date {
        days: days_of(date),
    })
}

/// A time of day for Python.
pub(crate) fn time_value(time: Time) -> Value {
    Value::object(datetime::Time {
        micros: micros_of(time),
        zone: zone_of(time),
    })
}

/// A point in time for Python.
pub(crate) fn datetime_value(moment: DateTime) -> Value {
    Value::object(datetime::DateTime {
        micros: days_of(moment.date) * datetime::DAY + micros_of(moment.time),
        zone: zone_of(moment.time),
    })
}

/// A length of time for Python.
pub(crate) fn delta_value(interval: Interval) -> Value {
    Value::object(datetime::Delta {
        micros: interval.days * datetime::DAY
            + i64::from(interval.seconds) * datetime::SECOND
            + i64::from(interval.microseconds),
    })
}

fn days_of(date: Date) -> i64 {
    datetime::days(
        i64::from(date.year),
        i64::from(date.month),
        i64::from(date.day),
    )
}

fn micros_of(time: Time) -> i64 {
    let seconds =
        (i64::from(time.hour) * 60 + i64::from(time.minute)) * 60 + i64::from(time.second);
    seconds * datetime::SECOND + i64::from(time.microsecond)
}

fn zone_of(time: Time) -> Option<Rc<datetime::Zone>> {
    let offset = time.utc_offset?;
    Some(Rc::new(datetime::Zone {
        offset: i64::from(offset) * datetime::SECOND,
        name: None,
        is_utc: offset == 0,
    }))
}
