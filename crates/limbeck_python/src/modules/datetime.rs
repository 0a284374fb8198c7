//! `datetime` and `zoneinfo`.

mod calendar;
mod format;
mod objects;
mod strptime;

use std::rc::Rc;

use crate::args::Args;
use crate::builtins::first_unknown;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, ClassHooks, Module, Value};

pub(crate) use calendar::{civil, days};
use strptime::Parsed;

pub(crate) use objects::{Date, DateTime, Delta, Time, Zone};

/// Days and seconds in microseconds.
pub(crate) const DAY: i64 = 86_400_000_000;
pub(crate) const SECOND: i64 = 1_000_000;

/// The classes of the module, made once in a world.
pub(crate) struct Classes {
    pub(crate) date: Rc<Class>,
    pub(crate) datetime: Rc<Class>,
    pub(crate) time: Rc<Class>,
    pub(crate) delta: Rc<Class>,
    pub(crate) timezone: Rc<Class>,
    tzinfo: Rc<Class>,
}

pub(crate) fn classes(ev: &Interp<'_>) -> Rc<Classes> {
    ev.world().extension("datetime", || {
        let make = |name: &str, bases: Vec<Rc<Class>>, what: What| {
            Class::native(name, "datetime", bases, Some(Rc::new(Hooks(what))))
        };
        let date = make("date", Vec::new(), What::Date);
        let tzinfo = Class::native("tzinfo", "datetime", Vec::new(), None);
        Classes {
            datetime: make("datetime", vec![Rc::clone(&date)], What::DateTime),
            date,
            time: make("time", Vec::new(), What::Time),
            delta: make("timedelta", Vec::new(), What::Delta),
            timezone: make("timezone", vec![Rc::clone(&tzinfo)], What::Timezone),
            tzinfo,
        }
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Date,
    DateTime,
    Time,
    Delta,
    Timezone,
}

struct Hooks(What);

/// An integer argument within bounds.
fn part(
    ev: &mut Interp<'_>,
    value: Option<Value>,
    name: &str,
    default: i64,
    low: i64,
    high: i64,
) -> R<i64> {
    let Some(value) = value else {
        return Ok(default);
    };
    let number = crate::builtins::to_index(ev, &value)?;
    if number < low || number > high {
        let text = match name {
            "year" => format!("year {number} is out of range"),
            "day" => "day is out of range for month".to_owned(),
            _ => format!("{name} must be in {low}..{high}"),
        };
        return Err(ev.raise("ValueError", text));
    }
    Ok(number)
}

fn zone_of(ev: &mut Interp<'_>, value: Option<Value>) -> R<Result<Option<Rc<Zone>>, Value>> {
    match value {
        None | Some(Value::None) => Ok(Ok(None)),
        Some(value) => match value.downcast::<Zone>() {
            Some(zone) => Ok(Ok(Some(zone))),
            None => Ok(Err(ev.unknown("this time zone is not modelled"))),
        },
    }
}

impl ClassHooks for Hooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        _class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        if let Some(unknown) = first_unknown(&args) {
            return Ok(Ok(unknown));
        }
        Ok(Ok(match self.0 {
            What::Date => {
                let mut args = args.bind(ev, "date", "year, month, day")?;
                let days = date_parts(ev, &mut args)?;
                Value::object(Date { days })
            }
            What::DateTime => {
                let mut args = args.bind(
                    ev,
                    "datetime",
                    "year, month, day, hour=, minute=, second=, microsecond=, tzinfo=, *, fold=",
                )?;
                if let Some(fold) = args.take("fold")
                    && fold.as_i64() != Some(0)
                {
                    return Ok(Ok(ev.unknown("a `fold` is not modelled")));
                }
                let days = date_parts(ev, &mut args)?;
                let clock = clock_parts(ev, &mut args)?;
                match zone_of(ev, args.take("tzinfo"))? {
                    Ok(zone) => Value::object(DateTime {
                        micros: days * DAY + clock,
                        zone,
                    }),
                    Err(unknown) => unknown,
                }
            }
            What::Time => {
                let mut args = args.bind(
                    ev,
                    "time",
                    "hour=, minute=, second=, microsecond=, tzinfo=, *, fold=",
                )?;
                if let Some(fold) = args.take("fold")
                    && fold.as_i64() != Some(0)
                {
                    return Ok(Ok(ev.unknown("a `fold` is not modelled")));
                }
                let micros = clock_parts(ev, &mut args)?;
                match zone_of(ev, args.take("tzinfo"))? {
                    Ok(zone) => Value::object(Time { micros, zone }),
                    Err(unknown) => unknown,
                }
            }
            What::Delta => {
                let mut args = args.bind(
                    ev,
                    "timedelta",
                    "days=, seconds=, microseconds=, milliseconds=, minutes=, hours=, weeks=",
                )?;
                let mut total = 0_i128;
                let mut fractions = 0_usize;
                for (name, unit) in [
                    ("days", DAY),
                    ("seconds", SECOND),
                    ("microseconds", 1),
                    ("milliseconds", 1000),
                    ("minutes", 60 * SECOND),
                    ("hours", 3600 * SECOND),
                    ("weeks", 7 * DAY),
                ] {
                    match args.take(name).map(|value| value.unwrap_payload()) {
                        None => {}
                        Some(Value::Float(float)) if float.is_finite() => {
                            fractions += usize::from(float.fract() != 0.0);
                            total += (float * unit as f64).round_ties_even() as i128;
                        }
                        Some(value) => {
                            total += i128::from(crate::builtins::to_index(ev, &value)?)
                                * i128::from(unit)
                        }
                    }
                }
                match i64::try_from(total) {
                    Ok(micros) if fractions < 2 => Value::object(Delta { micros }),
                    // Parts of microseconds are added before they are rounded.
                    _ => ev.unknown("a `timedelta` of these parts is not modelled"),
                }
            }
            What::Timezone => {
                let mut args = args.bind(ev, "timezone", "offset, name=")?;
                let offset = args.take_or_none("offset");
                let name = args
                    .take("name")
                    .and_then(|name| name.as_str())
                    .map(|name| name.to_string());
                match offset.downcast_ref::<Delta>() {
                    Some(delta) if delta.micros.abs() >= DAY => {
                        let shown = ev.to_repr(&offset)?;
                        return Err(ev.raise(
                            "ValueError",
                            format!(
                                "offset must be a timedelta strictly between \
                                 -timedelta(hours=24) and timedelta(hours=24), not {shown}."
                            ),
                        ));
                    }
                    Some(delta) if delta.micros == 0 && name.is_none() => {
                        Value::object(Zone::utc())
                    }
                    Some(delta) => Value::object(Zone {
                        offset: delta.micros,
                        name,
                        is_utc: false,
                    }),
                    None => {
                        let kind = ev.type_name(&offset);
                        return Err(ev.raise(
                            "TypeError",
                            format!("timezone() argument 1 must be datetime.timedelta, not {kind}"),
                        ));
                    }
                }
            }
        }))
    }

    fn class_attr(&self, _ev: &mut Interp<'_>, _class: &Rc<Class>, name: &str) -> R<Option<Value>> {
        let what = self.0;
        let clock = |what_name: &'static str, utc: bool, date: bool| {
            Value::native(what_name, move |ev, args| {
                if let Err(unknown) = ev.nondeterministic(what_name) {
                    return Ok(unknown);
                }
                let inputs = ev.world().inputs();
                let local = inputs.now + i64::from(inputs.utc_offset) * SECOND;
                if date {
                    return Ok(Value::object(Date {
                        days: local.div_euclid(DAY),
                    }));
                }
                if utc {
                    return Ok(Value::object(DateTime {
                        micros: inputs.now,
                        zone: None,
                    }));
                }
                let now = inputs.now;
                match zone_of(ev, args.get(0).or(args.keyword("tz")).cloned())? {
                    Ok(Some(zone)) => Ok(Value::object(DateTime {
                        micros: now + zone.offset,
                        zone: Some(zone),
                    })),
                    Ok(None) => Ok(Value::object(DateTime {
                        micros: local,
                        zone: None,
                    })),
                    Err(unknown) => Ok(unknown),
                }
            })
        };
        Ok(match (what, name) {
            (What::DateTime, "now") => Some(clock("datetime.now()", false, false)),
            (What::DateTime, "today") => Some(clock("datetime.today()", false, false)),
            (What::DateTime, "utcnow") => Some(clock("datetime.utcnow()", true, false)),
            (What::Date, "today") => Some(clock("date.today()", false, true)),
            (What::Date | What::DateTime | What::Time, "fromisoformat") => {
                Some(Value::native("fromisoformat", move |ev, args| {
                    if let Some(unknown) = first_unknown(&args) {
                        return Ok(unknown);
                    }
                    let value = args.get(0).cloned().unwrap_or(Value::None);
                    let Some(text) = value.as_str() else {
                        return Err(ev.raise("TypeError", "fromisoformat: argument must be str"));
                    };
                    let parsed = match what {
                        What::Date => {
                            format::parse_date(&text).map(|days| Value::object(Date { days }))
                        }
                        What::Time => format::parse_time(&text)
                            .map(|(micros, zone)| Value::object(Time { micros, zone })),
                        _ => format::parse_datetime(&text)
                            .map(|(micros, zone)| Value::object(DateTime { micros, zone })),
                    };
                    match (parsed, format::iso_fault(&text)) {
                        (Some(parsed), _) => Ok(parsed),
                        (None, Some(words)) => Err(ev.raise("ValueError", words)),
                        (None, None) => Ok(ev.unknown("this ISO 8601 text is not modelled")),
                    }
                }))
            }
            (What::DateTime, "strptime") => Some(Value::native("strptime", |ev, args| {
                if let Some(unknown) = first_unknown(&args) {
                    return Ok(unknown);
                }
                let text = args.get(0).and_then(Value::as_str).unwrap_or_default();
                let pattern = args.get(1).and_then(Value::as_str).unwrap_or_default();
                match strptime::strptime(&text, &pattern) {
                    Parsed::Moment((micros, zone)) => Ok(Value::object(DateTime { micros, zone })),
                    Parsed::Refused(words) => Err(ev.raise("ValueError", words)),
                    Parsed::Unread(reason) => Ok(ev.unknown(reason)),
                }
            })),
            (What::DateTime, "fromtimestamp" | "utcfromtimestamp") => {
                let utc = name == "utcfromtimestamp";
                Some(Value::native("fromtimestamp", move |ev, args| {
                    if let Some(unknown) = first_unknown(&args) {
                        return Ok(unknown);
                    }
                    let seconds = args
                        .get(0)
                        .and_then(crate::eval::plain_float)
                        .unwrap_or(0.0);
                    let micros = (seconds * 1e6).round_ties_even() as i64;
                    if !(-62_135_500_000.0..253_402_200_000.0).contains(&seconds) {
                        return Ok(ev.unknown("a timestamp of this size is not modelled"));
                    }
                    match zone_of(ev, args.get(1).or(args.keyword("tz")).cloned())? {
                        Ok(Some(zone)) => Ok(Value::object(DateTime {
                            micros: micros + zone.offset,
                            zone: Some(zone),
                        })),
                        Ok(None) if utc => Ok(Value::object(DateTime { micros, zone: None })),
                        Ok(None) => Ok(ev.unknown("local time depends on the machine")),
                        Err(unknown) => Ok(unknown),
                    }
                }))
            }
            (What::DateTime, "combine") => Some(Value::native("combine", |ev, args| {
                if let Some(unknown) = first_unknown(&args) {
                    return Ok(unknown);
                }
                if args.positional.len() != 2 || !args.keywords.is_empty() {
                    return Ok(ev.unknown("this form of `combine` is not modelled"));
                }
                let days = args.get(0).and_then(objects::days_of);
                match (days, args.get(1).and_then(Value::downcast::<Time>)) {
                    (Some(days), Some(time)) => Ok(Value::object(DateTime {
                        micros: days * DAY + time.micros,
                        zone: time.zone.clone(),
                    })),
                    _ => Err(ev.raise("TypeError", "combine() argument 1 must be datetime.date")),
                }
            })),
            (What::Date | What::DateTime, "fromordinal") => {
                Some(Value::native("fromordinal", move |ev, args| {
                    let ordinal = crate::builtins::to_index(
                        ev,
                        &args.get(0).cloned().unwrap_or(Value::None),
                    )?;
                    let days = ordinal.saturating_sub(719_163);
                    if ordinal < 1 {
                        return Err(ev.raise("ValueError", "ordinal must be >= 1"));
                    }
                    if ordinal > 3_652_059 {
                        return Ok(ev.unknown("a date of this size is not modelled"));
                    }
                    Ok(match what {
                        What::Date => Value::object(Date { days }),
                        _ => Value::object(DateTime {
                            micros: days.saturating_mul(DAY),
                            zone: None,
                        }),
                    })
                }))
            }
            (What::DateTime, "min") => Some(Value::object(DateTime {
                micros: calendar::days(1, 1, 1) * DAY,
                zone: None,
            })),
            (What::DateTime, "max") => Some(Value::object(DateTime {
                micros: (calendar::days(9999, 12, 31) + 1) * DAY - 1,
                zone: None,
            })),
            (What::Date, "min") => Some(Value::object(Date {
                days: calendar::days(1, 1, 1),
            })),
            (What::Date, "max") => Some(Value::object(Date {
                days: calendar::days(9999, 12, 31),
            })),
            (What::Timezone, "utc") => Some(Value::object(Zone::utc())),
            _ => None,
        })
    }
}

fn date_parts(ev: &mut Interp<'_>, args: &mut crate::args::Bindings) -> R<i64> {
    let year = part(ev, args.take("year"), "year", 1, 1, 9999)?;
    let month = part(ev, args.take("month"), "month", 1, 1, 12)?;
    let day = part(
        ev,
        args.take("day"),
        "day",
        1,
        1,
        calendar::month_length(year, month),
    )?;
    Ok(calendar::days(year, month, day))
}

fn clock_parts(ev: &mut Interp<'_>, args: &mut crate::args::Bindings) -> R<i64> {
    let hour = part(ev, args.take("hour"), "hour", 0, 0, 23)?;
    let minute = part(ev, args.take("minute"), "minute", 0, 0, 59)?;
    let second = part(ev, args.take("second"), "second", 0, 0, 59)?;
    let micro = part(ev, args.take("microsecond"), "microsecond", 0, 0, 999_999)?;
    Ok(((hour * 60 + minute) * 60 + second) * SECOND + micro)
}

/// `datetime`.
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let classes = classes(ev);
    let class = |class: &Rc<Class>| Value::Class(Rc::clone(class));
    Ok(Module::native(
        "datetime",
        [
            ("date", class(&classes.date)),
            ("datetime", class(&classes.datetime)),
            ("time", class(&classes.time)),
            ("timedelta", class(&classes.delta)),
            ("timezone", class(&classes.timezone)),
            ("tzinfo", class(&classes.tzinfo)),
            ("UTC", Value::object(Zone::utc())),
            ("MINYEAR", Value::int(1_i64)),
            ("MAXYEAR", Value::int(9999_i64)),
        ],
    ))
}

/// `zoneinfo`: only UTC; other zones depend on the machine's tables.
pub(crate) fn zoneinfo(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    Ok(Module::native(
        "zoneinfo",
        [(
            "ZoneInfo",
            Value::native("ZoneInfo", |ev, args| {
                let name = args.get(0).and_then(Value::as_str).unwrap_or_default();
                if matches!(&*name, "UTC" | "Etc/UTC") {
                    return Ok(Value::object(Zone {
                        offset: 0,
                        name: Some(name.to_string()),
                        is_utc: false,
                    }));
                }
                Ok(ev.unknown(format!("the time zone `{name}` is not modelled")))
            }),
        )],
    ))
}
