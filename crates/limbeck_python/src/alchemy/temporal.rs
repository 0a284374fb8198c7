//! Dates, times, decimals and UUIDs of Python as values of SQL.

use limbeck_schema::{Date, DateTime, Interval, Literal, Time};

use crate::eval::Interp;
use crate::flow::R;
use crate::modules::datetime;
use crate::value::{NativeObject, Value};

/// A value of SQL that Python code carries around without looking into it.
pub(crate) struct LiteralObj {
    pub(crate) literal: Literal,
    pub(crate) type_name: &'static str,
}

impl NativeObject for LiteralObj {
    fn type_name(&self) -> String {
        self.type_name.to_owned()
    }
}

/// The SQL value of a modelled object, if it is one.
pub(crate) fn literal_of(ev: &mut Interp<'_>, value: &Value) -> R<Option<Literal>> {
    if let Some(object) = value.downcast_ref::<LiteralObj>() {
        return Ok(Some(object.literal.clone()));
    }
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
    if value.downcast_ref::<crate::modules::os::Uuid>().is_some() {
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
