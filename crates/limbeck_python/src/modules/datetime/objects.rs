//! `date`, `datetime`, `time`, `timedelta` and `timezone` as values.

use std::rc::Rc;

use super::calendar::{civil, days, month_length, weekday};
use super::format::{clock_text, date_text, offset_text, strftime};
use super::{DAY, SECOND, classes};
use crate::args::Args;
use crate::eval::{Interp, plain_float, plain_int};
use crate::flow::R;
use crate::value::{BinOp, Class, CmpOp, HashKey, NativeObject, Unhashable, Value};

/// `datetime.date`.
#[derive(Debug)]
pub(crate) struct Date {
    /// Days since 1970-01-01.
    pub days: i64,
}

/// `datetime.datetime`.
#[derive(Debug)]
pub(crate) struct DateTime {
    /// Microseconds since 1970-01-01 on the clock that it shows.
    pub micros: i64,
    /// Its time zone; none when it is naive.
    pub zone: Option<Rc<Zone>>,
}

/// `datetime.time`.
#[derive(Debug)]
pub(crate) struct Time {
    /// Microseconds since midnight.
    pub micros: i64,
    /// Its time zone.
    pub zone: Option<Rc<Zone>>,
}

/// `datetime.timedelta`.
#[derive(Debug)]
pub(crate) struct Delta {
    /// Its length in microseconds.
    pub micros: i64,
}

/// A time zone with a fixed offset.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    /// Distance from UTC in microseconds.
    pub offset: i64,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// True for `timezone.utc`.
    pub is_utc: bool,
}

impl Zone {
    /// `timezone.utc`.
    #[must_use]
    pub(crate) fn utc() -> Zone {
        Zone {
            offset: 0,
            name: None,
            is_utc: true,
        }
    }

    /// Its name, such as `UTC` or `UTC+01:00`.
    #[must_use]
    pub(crate) fn text(&self) -> String {
        match &self.name {
            Some(name) => name.clone(),
            None if self.offset == 0 => "UTC".to_owned(),
            None => format!("UTC{}", offset_text(self.offset, true)),
        }
    }
}

/// A quotient, rounded half to even.
fn divided(top: i128, bottom: i128) -> Option<i64> {
    let (top, bottom) = if bottom < 0 {
        (-top, -bottom)
    } else {
        (top, bottom)
    };
    let floor = top.checked_div_euclid(bottom)?;
    let twice = top.rem_euclid(bottom) * 2;
    let up = twice > bottom || (twice == bottom && floor % 2 != 0);
    i64::try_from(floor + i128::from(up)).ok()
}

/// A float as a fraction, as long as it is of everyday size.
fn ratio(value: f64) -> Option<(i128, i128)> {
    if !value.is_finite() || value.abs() > 1e6 || (value != 0.0 && value.abs() < 1e-3) {
        return None;
    }
    let (mut top, mut bottom) = (value, 1_i128);
    while top.fract() != 0.0 {
        top *= 2.0;
        bottom *= 2;
    }
    Some((top as i128, bottom))
}

/// The day of a date or datetime.
pub(crate) fn days_of(value: &Value) -> Option<i64> {
    if let Some(date) = value.downcast_ref::<Date>() {
        return Some(date.days);
    }
    value
        .downcast_ref::<DateTime>()
        .map(|moment| moment.micros.div_euclid(DAY))
}

fn formatted(ev: &Interp<'_>, micros: i64, zone: Option<&Zone>, pattern: &str) -> Value {
    match strftime(micros, zone, pattern) {
        Ok(text) => Value::from(text),
        Err(code) => ev.unknown(format!("`strftime` with %{code} is not modelled")),
    }
}

/// A new moment of `replace(...)`: date parts of `days`, clock parts of `clock`.
fn replaced(
    ev: &mut Interp<'_>,
    kind: &str,
    day_count: i64,
    clock: i64,
    args: &Args,
) -> R<(i64, i64)> {
    let (mut year, mut month, mut day) = civil(day_count);
    let seconds = clock / SECOND;
    let (mut hour, mut minute, mut second, mut micro) = (
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        clock % SECOND,
    );
    let all = [
        "year",
        "month",
        "day",
        "hour",
        "minute",
        "second",
        "microsecond",
    ];
    let order = match kind {
        "date" => all.get(..3),
        "time" => all.get(3..),
        _ => Some(&all[..]),
    };
    let order = order.unwrap_or_default();
    let mut parts: Vec<(&str, &Value)> = order.iter().copied().zip(&args.positional).collect();
    if args.positional.len() > order.len() {
        return Err(ev.unreadable("this form of `replace` is not modelled"));
    }
    for (name, value) in &args.keywords {
        if order.contains(&&**name) {
            parts.push((name, value));
        } else if &**name == "fold" && kind != "date" && value.as_i64() != Some(0) {
            return Err(ev.unreadable("a `fold` is not modelled"));
        } else if kind == "date" || !matches!(&**name, "tzinfo" | "fold") {
            return Err(ev.raise(
                "TypeError",
                format!("'{name}' is an invalid keyword argument for replace()"),
            ));
        }
    }
    for (name, value) in parts {
        let slot = match name {
            "year" => &mut year,
            "month" => &mut month,
            "day" => &mut day,
            "hour" => &mut hour,
            "minute" => &mut minute,
            "second" => &mut second,
            "microsecond" => &mut micro,
            _ => continue,
        };
        *slot = crate::builtins::to_index(ev, value)?;
    }
    let fault = match () {
        () if !(1..=9999).contains(&year) => format!("year {year} is out of range"),
        () if !(1..=12).contains(&month) => "month must be in 1..12".to_owned(),
        () if day < 1 || day > month_length(year, month) => {
            "day is out of range for month".to_owned()
        }
        () if !(0..24).contains(&hour) => "hour must be in 0..23".to_owned(),
        () if !(0..60).contains(&minute) => "minute must be in 0..59".to_owned(),
        () if !(0..60).contains(&second) => "second must be in 0..59".to_owned(),
        () if !(0..SECOND).contains(&micro) => "microsecond must be in 0..999999".to_owned(),
        () => String::new(),
    };
    if !fault.is_empty() {
        return Err(ev.raise("ValueError", fault));
    }
    Ok((
        days(year, month, day),
        ((hour * 60 + minute) * 60 + second) * SECOND + micro,
    ))
}

fn in_range(ev: &Interp<'_>, days: i64) -> R<()> {
    if civil(days).0 < 1 || civil(days).0 > 9999 {
        return Err(ev.raise("OverflowError", "date value out of range"));
    }
    Ok(())
}

/// A date and a moment are never equal, and neither comes first.
fn differ(ev: &mut Interp<'_>, op: CmpOp) -> R<Option<Value>> {
    match op {
        CmpOp::Eq | CmpOp::Ne => Ok(Some(Value::Bool(op == CmpOp::Ne))),
        _ => Err(ev.raise(
            "TypeError",
            "can't compare datetime.datetime to datetime.date",
        )),
    }
}

impl NativeObject for Date {
    fn type_name(&self) -> String {
        "datetime.date".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(Rc::clone(&classes(ev).date))
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "isoformat",
            "strftime",
            "weekday",
            "isoweekday",
            "replace",
            "toordinal",
            "isocalendar",
            "timetuple",
        ]
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let (year, month, day) = civil(self.days);
        Ok(match name {
            "year" => Some(Value::from(year)),
            "month" => Some(Value::from(month)),
            "day" => Some(Value::from(day)),
            _ => None,
        })
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "isoformat" if !args.positional.is_empty() => {
                let text = format!(
                    "date.isoformat() takes no arguments ({} given)",
                    args.positional.len()
                );
                return Err(ev.raise("TypeError", text));
            }
            "isoformat" if !args.keywords.is_empty() => {
                let text = "date.isoformat() takes no keyword arguments";
                return Err(ev.raise("TypeError", text));
            }
            "isoformat" => Value::from(date_text(self.days)),
            "strftime" => {
                let pattern = args.get(0).and_then(Value::as_str).unwrap_or_default();
                formatted(ev, self.days * DAY, None, &pattern)
            }
            "weekday" => Value::from(weekday(self.days)),
            "isoweekday" => Value::from(weekday(self.days) + 1),
            "toordinal" => Value::from(self.days + 719_163),
            "replace" => Value::object(Date {
                days: replaced(ev, "date", self.days, 0, &args)?.0,
            }),
            _ => ev.unknown(format!("`date.{name}` is not modelled")),
        }))
    }

    fn binary(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        op: BinOp,
        other: &Value,
        reflected: bool,
    ) -> R<Option<Value>> {
        if let Some(delta) = other.downcast_ref::<Delta>() {
            let shift = delta.micros.div_euclid(DAY);
            let moved = match (op, reflected) {
                (BinOp::Add, _) => self.days + shift,
                (BinOp::Sub, false) => self.days - shift,
                _ => return Ok(None),
            };
            in_range(ev, moved)?;
            return Ok(Some(Value::object(Date { days: moved })));
        }
        Ok(match (op, other.downcast_ref::<Date>(), reflected) {
            (BinOp::Sub, Some(other), false) => Some(Value::object(Delta {
                micros: (self.days - other.days) * DAY,
            })),
            _ => None,
        })
    }

    fn compare(self: Rc<Self>, ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        if other.downcast_ref::<DateTime>().is_some() {
            return differ(ev, op);
        }
        Ok(other
            .downcast_ref::<Date>()
            .map(|other| Value::Bool(op.holds(self.days.cmp(&other.days)))))
    }

    fn hash_key(&self, _this: &Value) -> Result<HashKey, Unhashable> {
        Ok(HashKey::Native("date", Rc::from(date_text(self.days))))
    }

    fn repr(&self, _ev: &mut Interp<'_>) -> R<String> {
        let (year, month, day) = civil(self.days);
        Ok(format!("datetime.date({year}, {month}, {day})"))
    }

    fn str(&self, _ev: &mut Interp<'_>) -> R<String> {
        Ok(date_text(self.days))
    }

    fn format(&self, ev: &mut Interp<'_>, spec: &str) -> R<Option<String>> {
        if spec.is_empty() {
            return Ok(None);
        }
        let text = formatted(ev, self.days * DAY, None, spec);
        ev.need_known(&text, "the text of a date")?;
        Ok(text.as_str().map(|text| text.to_string()))
    }
}

impl DateTime {
    fn instant(&self) -> i64 {
        self.micros - self.zone.as_ref().map_or(0, |zone| zone.offset)
    }

    fn iso(&self, separator: &str) -> String {
        let zone = self
            .zone
            .as_ref()
            .map(|zone| offset_text(zone.offset, true))
            .unwrap_or_default();
        format!(
            "{}{separator}{}{zone}",
            date_text(self.micros.div_euclid(DAY)),
            clock_text(self.micros.rem_euclid(DAY))
        )
    }
}

impl NativeObject for DateTime {
    fn type_name(&self) -> String {
        "datetime.datetime".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(Rc::clone(&classes(ev).datetime))
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "isoformat",
            "strftime",
            "date",
            "time",
            "timetz",
            "timestamp",
            "replace",
            "astimezone",
            "weekday",
            "isoweekday",
            "toordinal",
            "utcoffset",
            "tzname",
            "timetuple",
            "isocalendar",
        ]
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let (year, month, day) = civil(self.micros.div_euclid(DAY));
        let clock = self.micros.rem_euclid(DAY);
        let seconds = clock / SECOND;
        Ok(Some(match name {
            "year" => Value::from(year),
            "month" => Value::from(month),
            "day" => Value::from(day),
            "hour" => Value::from(seconds / 3600),
            "minute" => Value::from(seconds / 60 % 60),
            "second" => Value::from(seconds % 60),
            "microsecond" => Value::from(clock % SECOND),
            "tzinfo" => match &self.zone {
                Some(zone) => Value::Object(Rc::clone(zone) as Rc<dyn NativeObject>),
                None => Value::None,
            },
            "fold" => Value::int(0_i64),
            _ => return Ok(None),
        }))
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        let day_count = self.micros.div_euclid(DAY);
        let clock = self.micros.rem_euclid(DAY);
        Ok(Some(match name {
            "isoformat" => {
                let spec = args
                    .get(1)
                    .or(args.keyword("timespec"))
                    .and_then(Value::as_str);
                let separator = args
                    .get(0)
                    .or(args.keyword("sep"))
                    .and_then(Value::as_str)
                    .unwrap_or_else(|| "T".into());
                let text = match spec.as_deref() {
                    None | Some("auto") => self.iso(&separator),
                    Some("seconds") => {
                        let cut = DateTime {
                            micros: self.micros - self.micros.rem_euclid(SECOND),
                            zone: self.zone.clone(),
                        };
                        cut.iso(&separator)
                    }
                    Some(other) => {
                        return Ok(Some(
                            ev.unknown(format!("timespec `{other}` is not modelled")),
                        ));
                    }
                };
                Value::from(text)
            }
            "strftime" => {
                let pattern = args.get(0).and_then(Value::as_str).unwrap_or_default();
                formatted(ev, self.micros, self.zone.as_deref(), &pattern)
            }
            "date" => Value::object(Date { days: day_count }),
            "time" => Value::object(Time {
                micros: clock,
                zone: None,
            }),
            "timetz" => Value::object(Time {
                micros: clock,
                zone: self.zone.clone(),
            }),
            "weekday" => Value::from(weekday(day_count)),
            "isoweekday" => Value::from(weekday(day_count) + 1),
            "toordinal" => Value::from(day_count + 719_163),
            "timestamp" => match &self.zone {
                Some(_) => Value::Float(self.instant() as f64 / 1e6),
                None => ev.unknown("the timestamp of a naive datetime depends on the machine"),
            },
            "utcoffset" => match &self.zone {
                Some(zone) => Value::object(Delta {
                    micros: zone.offset,
                }),
                None => Value::None,
            },
            "tzname" => match &self.zone {
                Some(zone) => Value::from(zone.text()),
                None => Value::None,
            },
            "replace" => {
                let zone = match args.keyword("tzinfo") {
                    None => self.zone.clone(),
                    Some(Value::None) => None,
                    Some(value) => match value.downcast::<Zone>() {
                        Some(zone) => Some(zone),
                        None => return Ok(Some(ev.unknown("this time zone is not modelled"))),
                    },
                };
                let (date, clock) = replaced(ev, "datetime", day_count, clock, &args)?;
                Value::object(DateTime {
                    micros: date * DAY + clock,
                    zone,
                })
            }
            "astimezone" => match (args.get(0).and_then(Value::downcast::<Zone>), &self.zone) {
                (Some(zone), Some(_)) => Value::object(DateTime {
                    micros: self.instant() + zone.offset,
                    zone: Some(zone),
                }),
                _ => ev.unknown("local time depends on the machine"),
            },
            _ => ev.unknown(format!("`datetime.{name}` is not modelled")),
        }))
    }

    fn binary(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        op: BinOp,
        other: &Value,
        reflected: bool,
    ) -> R<Option<Value>> {
        if let Some(delta) = other.downcast_ref::<Delta>() {
            let moved = match (op, reflected) {
                (BinOp::Add, _) => self.micros.saturating_add(delta.micros),
                (BinOp::Sub, false) => self.micros.saturating_sub(delta.micros),
                _ => return Ok(None),
            };
            in_range(ev, moved.div_euclid(DAY))?;
            return Ok(Some(Value::object(DateTime {
                micros: moved,
                zone: self.zone.clone(),
            })));
        }
        let Some(other) = other.downcast_ref::<DateTime>() else {
            return Ok(None);
        };
        if op != BinOp::Sub || reflected {
            return Ok(None);
        }
        if self.zone.is_some() != other.zone.is_some() {
            return Err(ev.raise(
                "TypeError",
                "can't subtract offset-naive and offset-aware datetimes",
            ));
        }
        Ok(Some(Value::object(Delta {
            micros: self.instant() - other.instant(),
        })))
    }

    fn compare(self: Rc<Self>, ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        let Some(moment) = other.downcast_ref::<DateTime>() else {
            return match other.downcast_ref::<Date>() {
                Some(_) => differ(ev, op),
                None => Ok(None),
            };
        };
        let other = moment;
        if self.zone.is_some() != other.zone.is_some() {
            return match op {
                CmpOp::Eq => Ok(Some(Value::Bool(false))),
                CmpOp::Ne => Ok(Some(Value::Bool(true))),
                _ => Err(ev.raise(
                    "TypeError",
                    "can't compare offset-naive and offset-aware datetimes",
                )),
            };
        }
        Ok(Some(Value::Bool(
            op.holds(self.instant().cmp(&other.instant())),
        )))
    }

    fn hash_key(&self, _this: &Value) -> Result<HashKey, Unhashable> {
        let aware = self.zone.is_some();
        Ok(HashKey::Native(
            "datetime",
            Rc::from(format!("{} {aware}", self.instant())),
        ))
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        let (year, month, day) = civil(self.micros.div_euclid(DAY));
        let clock = self.micros.rem_euclid(DAY);
        let seconds = clock / SECOND;
        let mut text = format!(
            "datetime.datetime({year}, {month}, {day}, {}, {}",
            seconds / 3600,
            seconds / 60 % 60
        );
        if seconds % 60 != 0 || clock % SECOND != 0 {
            text.push_str(&format!(", {}", seconds % 60));
        }
        if clock % SECOND != 0 {
            text.push_str(&format!(", {}", clock % SECOND));
        }
        if let Some(zone) = &self.zone {
            text.push_str(&format!(", tzinfo={}", NativeObject::repr(&**zone, ev)?));
        }
        Ok(text + ")")
    }

    fn str(&self, _ev: &mut Interp<'_>) -> R<String> {
        Ok(self.iso(" "))
    }

    fn format(&self, ev: &mut Interp<'_>, spec: &str) -> R<Option<String>> {
        if spec.is_empty() {
            return Ok(None);
        }
        let text = formatted(ev, self.micros, self.zone.as_deref(), spec);
        ev.need_known(&text, "the text of a datetime")?;
        Ok(text.as_str().map(|text| text.to_string()))
    }
}

impl NativeObject for Time {
    fn type_name(&self) -> String {
        "datetime.time".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(Rc::clone(&classes(ev).time))
    }

    fn methods(&self) -> &'static [&'static str] {
        &["isoformat", "strftime", "replace"]
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let seconds = self.micros / SECOND;
        Ok(Some(match name {
            "hour" => Value::from(seconds / 3600),
            "minute" => Value::from(seconds / 60 % 60),
            "second" => Value::from(seconds % 60),
            "microsecond" => Value::from(self.micros % SECOND),
            _ => return Ok(None),
        }))
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "isoformat" if !args.positional.is_empty() || !args.keywords.is_empty() => {
                ev.unknown("`isoformat(timespec)` of a time is not modelled")
            }
            "isoformat" => Value::from(NativeObject::str(&*self, ev)?),
            "strftime" => {
                let pattern = args.get(0).and_then(Value::as_str).unwrap_or_default();
                formatted(
                    ev,
                    days(1900, 1, 1) * DAY + self.micros,
                    self.zone.as_deref(),
                    &pattern,
                )
            }
            _ if args.keyword("tzinfo").is_some() => {
                ev.unknown("`replace(tzinfo=)` of a time is not modelled")
            }
            _ => Value::object(Time {
                micros: replaced(ev, "time", 0, self.micros, &args)?.1,
                zone: self.zone.clone(),
            }),
        }))
    }

    fn format(&self, ev: &mut Interp<'_>, spec: &str) -> R<Option<String>> {
        if spec.is_empty() {
            return Ok(None);
        }
        let micros = days(1900, 1, 1) * DAY + self.micros;
        let text = formatted(ev, micros, self.zone.as_deref(), spec);
        ev.need_known(&text, "the text of a time")?;
        Ok(text.as_str().map(|text| text.to_string()))
    }

    fn compare(self: Rc<Self>, ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        if let Some(other) = other.downcast_ref::<Time>()
            && (self.zone.is_some() || other.zone.is_some())
        {
            return Ok(Some(
                ev.unknown("a comparison of times with zones is not modelled"),
            ));
        }
        Ok(other
            .downcast_ref::<Time>()
            .map(|other| Value::Bool(op.holds(self.micros.cmp(&other.micros)))))
    }

    fn hash_key(&self, _this: &Value) -> Result<HashKey, Unhashable> {
        Ok(HashKey::Native("time", Rc::from(clock_text(self.micros))))
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        let seconds = self.micros / SECOND;
        let mut text = format!("datetime.time({}, {}", seconds / 3600, seconds / 60 % 60);
        if seconds % 60 != 0 || self.micros % SECOND != 0 {
            text.push_str(&format!(", {}", seconds % 60));
        }
        if self.micros % SECOND != 0 {
            text.push_str(&format!(", {}", self.micros % SECOND));
        }
        if let Some(zone) = &self.zone {
            text.push_str(&format!(", tzinfo={}", NativeObject::repr(&**zone, ev)?));
        }
        Ok(text + ")")
    }

    fn str(&self, _ev: &mut Interp<'_>) -> R<String> {
        let zone = self
            .zone
            .as_ref()
            .map(|zone| offset_text(zone.offset, true))
            .unwrap_or_default();
        Ok(format!("{}{zone}", clock_text(self.micros)))
    }
}

impl NativeObject for Delta {
    fn type_name(&self) -> String {
        "datetime.timedelta".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(Rc::clone(&classes(ev).delta))
    }

    fn methods(&self) -> &'static [&'static str] {
        &["total_seconds", "__abs__"]
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let clock = self.micros.rem_euclid(DAY);
        Ok(match name {
            "days" => Some(Value::from(self.micros.div_euclid(DAY))),
            "seconds" => Some(Value::from(clock / SECOND)),
            "microseconds" => Some(Value::from(clock % SECOND)),
            _ => None,
        })
    }

    fn call_method(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        name: &str,
        _args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "total_seconds" => Value::Float(self.micros as f64 / 1e6),
            _ => Value::object(Delta {
                micros: self.micros.saturating_abs(),
            }),
        }))
    }

    fn truth(&self, _ev: &mut Interp<'_>) -> R<bool> {
        Ok(self.micros != 0)
    }

    fn unary(self: Rc<Self>, _ev: &mut Interp<'_>, op: char) -> R<Option<Value>> {
        Ok(match op {
            '-' => Some(Value::object(Delta {
                micros: self.micros.saturating_neg(),
            })),
            '+' => Some(Value::Object(self)),
            _ => None,
        })
    }

    fn binary(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        op: BinOp,
        other: &Value,
        reflected: bool,
    ) -> R<Option<Value>> {
        if let Some(other) = other.downcast_ref::<Delta>() {
            return Ok(match op {
                BinOp::Add => Some(Value::object(Delta {
                    micros: self.micros.saturating_add(other.micros),
                })),
                BinOp::Sub => {
                    let difference = self.micros.saturating_sub(other.micros);
                    Some(Value::object(Delta {
                        micros: if reflected { -difference } else { difference },
                    }))
                }
                BinOp::TrueDiv | BinOp::FloorDiv if other.micros == 0 => {
                    return Err(ev.raise("ZeroDivisionError", "division by zero"));
                }
                BinOp::TrueDiv => Some(Value::Float(self.micros as f64 / other.micros as f64)),
                BinOp::FloorDiv => {
                    let (left, right) = (self.micros, other.micros);
                    let floor = left.wrapping_div(right)
                        - i64::from(left % right != 0 && (left < 0) != (right < 0));
                    Some(Value::from(floor))
                }
                BinOp::Mod if other.micros == 0 => {
                    return Err(ev.raise("ZeroDivisionError", "integer division or modulo by zero"));
                }
                BinOp::Mod => {
                    let rest = self.micros.wrapping_rem(other.micros);
                    let turns = rest != 0 && (rest < 0) != (other.micros < 0);
                    Some(Value::object(Delta {
                        micros: if turns { rest + other.micros } else { rest },
                    }))
                }
                _ => None,
            });
        }
        if let Some(count) = plain_int(other).and_then(|count| count.to_i64()) {
            return Ok(match (op, reflected) {
                (BinOp::Mul, _) => Some(Value::object(Delta {
                    micros: self.micros.saturating_mul(count),
                })),
                (BinOp::FloorDiv | BinOp::TrueDiv, false) if count == 0 => {
                    return Err(ev.raise("ZeroDivisionError", "integer division or modulo by zero"));
                }
                (BinOp::FloorDiv, false) if count < 0 => Some(Value::object(Delta {
                    micros: (-i128::from(self.micros))
                        .div_euclid(-i128::from(count))
                        .try_into()
                        .unwrap_or_default(),
                })),
                (BinOp::FloorDiv, false) if count > 0 => Some(Value::object(Delta {
                    micros: self.micros.div_euclid(count),
                })),
                (BinOp::TrueDiv, false) if count != 0 => {
                    divided(i128::from(self.micros), i128::from(count))
                        .map(|micros| Value::object(Delta { micros }))
                }
                _ => None,
            });
        }
        Ok(match (op, plain_float(other)) {
            (BinOp::Mul, Some(factor)) => match ratio(factor) {
                Some((top, bottom)) => divided(i128::from(self.micros) * top, bottom)
                    .map(|micros| Value::object(Delta { micros })),
                None => Some(ev.unknown("this product of a `timedelta` is not modelled")),
            },
            (BinOp::TrueDiv, Some(_)) => {
                Some(ev.unknown("this quotient of a `timedelta` is not modelled"))
            }
            _ => None,
        })
    }

    fn compare(self: Rc<Self>, _ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        Ok(other
            .downcast_ref::<Delta>()
            .map(|other| Value::Bool(op.holds(self.micros.cmp(&other.micros)))))
    }

    fn hash_key(&self, _this: &Value) -> Result<HashKey, Unhashable> {
        Ok(HashKey::Native(
            "timedelta",
            Rc::from(self.micros.to_string()),
        ))
    }

    fn repr(&self, _ev: &mut Interp<'_>) -> R<String> {
        let clock = self.micros.rem_euclid(DAY);
        let mut parts = Vec::new();
        for (name, value) in [
            ("days", self.micros.div_euclid(DAY)),
            ("seconds", clock / SECOND),
            ("microseconds", clock % SECOND),
        ] {
            if value != 0 {
                parts.push(format!("{name}={value}"));
            }
        }
        if parts.is_empty() {
            parts.push("0".to_owned());
        }
        Ok(format!("datetime.timedelta({})", parts.join(", ")))
    }

    fn str(&self, _ev: &mut Interp<'_>) -> R<String> {
        let (day_count, clock) = (self.micros.div_euclid(DAY), self.micros.rem_euclid(DAY));
        let text = clock_text(clock);
        let text = text.strip_prefix('0').unwrap_or(&text);
        Ok(match day_count {
            0 => text.to_owned(),
            1 | -1 => format!("{day_count} day, {text}"),
            _ => format!("{day_count} days, {text}"),
        })
    }
}

impl NativeObject for Zone {
    fn is_one(&self) -> bool {
        self.is_utc
    }

    fn type_name(&self) -> String {
        "datetime.timezone".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(Rc::clone(&classes(ev).timezone))
    }

    fn methods(&self) -> &'static [&'static str] {
        &["utcoffset", "tzname"]
    }

    fn call_method(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        name: &str,
        _args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "utcoffset" => Value::object(Delta {
                micros: self.offset,
            }),
            _ => Value::from(self.text()),
        }))
    }

    fn compare(self: Rc<Self>, _ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        Ok(match (op, other.downcast_ref::<Zone>()) {
            (CmpOp::Eq, Some(other)) => Some(Value::Bool(self.offset == other.offset)),
            _ => None,
        })
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        if self.is_utc {
            return Ok("datetime.timezone.utc".to_owned());
        }
        let delta = NativeObject::repr(
            &Delta {
                micros: self.offset,
            },
            ev,
        )?;
        if self.offset == 0 && matches!(self.name.as_deref(), Some("UTC" | "Etc/UTC")) {
            return Err(ev.unreadable("the text of this time zone is not modelled"));
        }
        Ok(match &self.name {
            Some(name) => format!(
                "datetime.timezone({delta}, {})",
                limbeck_schema::py_str(name)
            ),
            None => format!("datetime.timezone({delta})"),
        })
    }

    fn str(&self, _ev: &mut Interp<'_>) -> R<String> {
        Ok(self.text())
    }
}
