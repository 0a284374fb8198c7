//! `decimal`, with the default context: 28 digits, half to even.

use std::cmp::Ordering;
use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::{Signed as _, Zero as _};

use crate::args::Args;
use crate::builtins::first_unknown;
use crate::eval::{Interp, plain_int};
use crate::flow::R;
use crate::value::{
    BinOp, Class, ClassHooks, CmpOp, HashKey, Int, Module, NativeObject, Unhashable, Value,
};

const PRECISION: usize = 28;

/// A finite `decimal.Decimal`: `digits * 10 ** exponent`.
#[derive(Debug, Clone)]
pub(crate) struct Decimal {
    digits: BigInt,
    exponent: i64,
    /// True for a negative zero, whose digits have no sign.
    negative_zero: bool,
}

fn power(exponent: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(exponent).unwrap_or(0).min(10_000))
}

/// `digits / 10 ** drop`, half to even.
fn shorten(digits: &BigInt, drop: i64) -> BigInt {
    let unit = power(drop);
    let (quotient, rest) = (digits.abs() / &unit, digits.abs() % &unit);
    let twice: BigInt = rest * 2;
    let odd = (&quotient % 2u32) != BigInt::zero();
    let up = match twice.cmp(&unit) {
        Ordering::Greater => true,
        Ordering::Equal => odd,
        Ordering::Less => false,
    };
    let rounded = if up { quotient + 1 } else { quotient };
    if digits.is_negative() {
        -rounded
    } else {
        rounded
    }
}

impl Decimal {
    fn new(digits: BigInt, exponent: i64) -> Decimal {
        Decimal {
            digits,
            exponent,
            negative_zero: false,
        }
    }

    fn parse(text: &str) -> Option<Decimal> {
        let text = text.trim().replace('_', "");
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (text.as_str(), 0),
        };
        let (negative, plain) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let joined = format!("{whole}{fraction}");
        if joined.is_empty()
            || !joined.bytes().all(|byte| byte.is_ascii_digit())
            || exponent.abs() > 5000
        {
            return None;
        }
        let digits = BigInt::parse_bytes(joined.as_bytes(), 10)?;
        let zero = digits.is_zero();
        Some(Decimal {
            digits: if negative { -digits } else { digits },
            exponent: exponent - i64::try_from(fraction.len()).ok()?,
            negative_zero: negative && zero,
        })
    }

    /// Rounded to the precision of the context.
    fn rounded(self) -> Decimal {
        let length = self.digits.abs().to_string().len();
        let drop = i64::try_from(length.saturating_sub(PRECISION)).unwrap_or(0);
        if drop == 0 {
            return self;
        }
        Decimal::new(shorten(&self.digits, drop), self.exponent + drop).rounded()
    }

    fn with_exponent(&self, exponent: i64) -> BigInt {
        if exponent <= self.exponent {
            &self.digits * power(self.exponent - exponent)
        } else {
            shorten(&self.digits, exponent - self.exponent)
        }
    }

    fn aligned(&self, other: &Decimal) -> (BigInt, BigInt, i64) {
        let exponent = self.exponent.min(other.exponent);
        (
            self.with_exponent(exponent),
            other.with_exponent(exponent),
            exponent,
        )
    }

    fn text(&self) -> String {
        let sign = if self.digits.is_negative() || self.negative_zero {
            "-"
        } else {
            ""
        };
        let digits = self.digits.abs().to_string();
        let length = i64::try_from(digits.len()).unwrap_or(0);
        let adjusted = self.exponent + length - 1;
        if self.exponent <= 0 && adjusted >= -6 {
            let places = usize::try_from(-self.exponent).unwrap_or(0);
            if places == 0 {
                return format!("{sign}{digits}");
            }
            let padded = format!(
                "{}{digits}",
                "0".repeat((places + 1).saturating_sub(digits.len()))
            );
            let (whole, fraction) = padded.split_at(padded.len() - places);
            return format!("{sign}{whole}.{fraction}");
        }
        let (first, rest) = digits.split_at(1);
        let rest = if rest.is_empty() {
            String::new()
        } else {
            format!(".{rest}")
        };
        let exponent_sign = if adjusted < 0 { '-' } else { '+' };
        format!("{sign}{first}{rest}E{exponent_sign}{}", adjusted.abs())
    }

    fn truncated(&self) -> BigInt {
        if self.exponent >= 0 {
            &self.digits * power(self.exponent)
        } else {
            &self.digits / power(-self.exponent)
        }
    }

    fn divided(&self, other: &Decimal) -> Decimal {
        // Two digits more than needed, with a sticky last one.
        let want = i64::try_from(PRECISION).unwrap_or(28) + 2;
        let length = |digits: &BigInt| i64::try_from(digits.abs().to_string().len()).unwrap_or(0);
        let scale = (want + length(&other.digits) - length(&self.digits)).max(0);
        let numerator = &self.digits * power(scale);
        let (mut quotient, rest) = (&numerator / &other.digits, &numerator % &other.digits);
        let mut exponent = self.exponent - other.exponent - scale;
        if !rest.is_zero() {
            let negative = numerator.is_negative() != other.digits.is_negative();
            quotient = quotient * 10 + if negative { -1 } else { 1 };
            exponent -= 1;
            return Decimal::new(quotient, exponent).rounded();
        }
        // An exact result is as short as the ideal exponent allows.
        let ideal = self.exponent - other.exponent;
        while exponent < ideal && (&quotient % 10u32).is_zero() {
            quotient /= 10;
            exponent += 1;
        }
        Decimal::new(quotient, exponent).rounded()
    }
}

fn of_value(value: &Value) -> Option<Decimal> {
    if let Some(decimal) = value.downcast_ref::<Decimal>() {
        return Some(decimal.clone());
    }
    plain_int(value).map(|int| Decimal::new(int.to_big(), 0))
}

impl NativeObject for Decimal {
    fn type_name(&self) -> String {
        "decimal.Decimal".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(class(ev))
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "__int__",
            "__float__",
            "__abs__",
            "__round__",
            "quantize",
            "is_zero",
            "is_nan",
            "is_finite",
            "is_signed",
        ]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "__int__" => Value::int(self.truncated()),
            "__float__" => Value::Float(self.text().parse().unwrap_or(f64::NAN)),
            "__abs__" => Value::object(Decimal::new(self.digits.abs(), self.exponent).rounded()),
            "__round__" => match args.get(0) {
                None | Some(Value::None) => Value::int(
                    self.with_exponent(0.max(self.exponent)) * power(self.exponent.max(0)),
                ),
                Some(places) => {
                    let exponent = -crate::builtins::to_index(ev, places)?;
                    Value::object(Decimal::new(self.with_exponent(exponent), exponent))
                }
            },
            "quantize" if args.positional.len() == 1 && args.keywords.is_empty() => {
                match args.get(0).and_then(of_value) {
                    Some(unit) if (self.exponent - unit.exponent).abs() > 100 => {
                        ev.unknown("this form of `quantize` is not modelled")
                    }
                    Some(unit) => {
                        let digits = self.with_exponent(unit.exponent);
                        // More digits than the context has are refused, which is not modelled.
                        if digits.abs().to_string().len() > 28 {
                            ev.unknown("this form of `quantize` is not modelled")
                        } else {
                            Value::object(Decimal::new(digits, unit.exponent))
                        }
                    }
                    None => ev.unknown("this form of `quantize` is not modelled"),
                }
            }
            "is_zero" => Value::Bool(self.digits.is_zero()),
            "is_nan" => Value::Bool(false),
            "is_finite" => Value::Bool(true),
            "is_signed" => Value::Bool(self.digits.is_negative() || self.negative_zero),
            _ => ev.unknown(format!("this form of `Decimal.{name}` is not modelled")),
        }))
    }

    fn truth(&self, _ev: &mut Interp<'_>) -> R<bool> {
        Ok(!self.digits.is_zero())
    }

    fn unary(self: Rc<Self>, _ev: &mut Interp<'_>, op: char) -> R<Option<Value>> {
        Ok(match op {
            '-' => Some(Value::object(
                Decimal::new(-&self.digits, self.exponent).rounded(),
            )),
            '+' => Some(Value::object(
                Decimal::new(self.digits.clone(), self.exponent).rounded(),
            )),
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
        let Some(other) = of_value(other) else {
            return Ok(None);
        };
        let this = (*self).clone();
        let (left, right) = if reflected {
            (other, this)
        } else {
            (this, other)
        };
        let division = matches!(op, BinOp::TrueDiv | BinOp::FloorDiv | BinOp::Mod);
        if division && right.digits.is_zero() {
            let error = ev.world().extension("decimal.DivisionByZero", || {
                crate::eval::Types::new_exception(
                    "DivisionByZero",
                    "decimal",
                    &ev.types().exception("ZeroDivisionError"),
                )
            });
            return Err(ev.raise_class(
                &error,
                vec![Value::from("[<class 'decimal.DivisionByZero'>]")],
            ));
        }
        Ok(match op {
            BinOp::Add | BinOp::Sub => {
                let (first, second, exponent) = left.aligned(&right);
                let sum = if op == BinOp::Add {
                    first + second
                } else {
                    first - second
                };
                Some(Value::object(Decimal::new(sum, exponent).rounded()))
            }
            BinOp::Mul => {
                let product =
                    Decimal::new(&left.digits * &right.digits, left.exponent + right.exponent);
                Some(Value::object(product.rounded()))
            }
            BinOp::TrueDiv => Some(Value::object(left.divided(&right))),
            // Unlike for `int`, the quotient is cut off and the remainder has the sign of the left side.
            BinOp::FloorDiv | BinOp::Mod => {
                let (first, second, exponent) = left.aligned(&right);
                Some(Value::object(if op == BinOp::FloorDiv {
                    Decimal::new(first / second, 0)
                } else {
                    Decimal::new(first % second, exponent).rounded()
                }))
            }
            _ => Some(ev.unknown("this operation on `Decimal` is not modelled")),
        })
    }

    fn compare(self: Rc<Self>, ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        if matches!(other, Value::Float(_)) {
            return Ok(Some(
                ev.unknown("comparing `Decimal` with `float` is not modelled"),
            ));
        }
        let Some(other) = of_value(other) else {
            return Ok(None);
        };
        let (left, right, _) = self.aligned(&other);
        let order = left.cmp(&right);
        Ok(Some(Value::Bool(op.holds(order))))
    }

    fn hash_key(&self, _this: &Value) -> Result<HashKey, Unhashable> {
        let whole = self.truncated();
        if Decimal::new(whole.clone(), 0).aligned(self).0
            == self.aligned(&Decimal::new(whole.clone(), 0)).0
        {
            return Ok(HashKey::Int(Int::from(whole)));
        }
        let text = self.text();
        Ok(HashKey::Native(
            "Decimal",
            Rc::from(text.trim_end_matches('0')),
        ))
    }

    fn repr(&self, _ev: &mut Interp<'_>) -> R<String> {
        Ok(format!("Decimal('{}')", self.text()))
    }

    fn str(&self, _ev: &mut Interp<'_>) -> R<String> {
        Ok(self.text())
    }

    fn format(&self, ev: &mut Interp<'_>, spec: &str) -> R<Option<String>> {
        if spec.is_empty() {
            return Ok(None);
        }
        // `[,].Nf` only: digits by this type's own rounding.
        let (grouped, rest) = match spec.strip_prefix(',') {
            Some(rest) => (true, rest),
            None => (false, spec),
        };
        let places = rest
            .strip_prefix('.')
            .and_then(|rest| rest.strip_suffix('f'))
            .and_then(|rest| rest.parse::<u16>().ok());
        let Some(places) = places else {
            return Err(ev.unreadable(format!("the format `{spec}` of a Decimal is not modelled")));
        };
        let exponent = -i64::from(places);
        let text = Decimal::new(self.with_exponent(exponent), exponent).text();
        if !grouped {
            return Ok(Some(text));
        }
        let (whole, fraction) = text
            .split_once('.')
            .map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
        let whole = Int::parse(whole, 10).map_or_else(|| Value::from(whole), Value::Int);
        let whole = ev.format_value(&whole, ",")?;
        Ok(Some(fraction.map_or_else(
            || whole.clone(),
            |fraction| format!("{whole}.{fraction}"),
        )))
    }
}

struct Hooks;

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
        let value = args.get(0).cloned().unwrap_or_else(|| Value::int(0_i64));
        if let Some(decimal) = of_value(&value.unwrap_payload()) {
            return Ok(Ok(Value::object(decimal)));
        }
        match value.as_str() {
            Some(text) => match Decimal::parse(&text) {
                Some(decimal) => Ok(Ok(Value::object(decimal))),
                None => {
                    let special = text.trim_matches(['+', '-', ' ']).to_ascii_lowercase();
                    if !special.is_ascii()
                        || special.starts_with("nan")
                        || special.starts_with("inf")
                        || special.contains('e')
                    {
                        return Ok(Ok(ev.unknown("this `Decimal` is not modelled")));
                    }
                    let error = ev.world().extension("decimal.InvalidOperation", || {
                        let base = ev.types().exception("ArithmeticError");
                        crate::eval::Types::new_exception("InvalidOperation", "decimal", &base)
                    });
                    Err(ev.raise_class(
                        &error,
                        vec![Value::from("[<class 'decimal.ConversionSyntax'>]")],
                    ))
                }
            },
            None => Ok(Ok(ev.unknown("this form of `Decimal()` is not modelled"))),
        }
    }
}

fn class(ev: &Interp<'_>) -> Rc<Class> {
    let class = ev.world().extension("decimal.Decimal", || {
        Class::native("Decimal", "decimal", Vec::new(), Some(Rc::new(Hooks)))
    });
    Rc::clone(&class)
}

/// `decimal`.
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let class = class(ev);
    let error = ev.world().extension("decimal.InvalidOperation", || {
        let base = ev.types().exception("ArithmeticError");
        crate::eval::Types::new_exception("InvalidOperation", "decimal", &base)
    });
    Ok(Module::native(
        "decimal",
        [
            ("Decimal", Value::Class(class)),
            ("InvalidOperation", Value::Class(Rc::clone(&error))),
        ],
    ))
}
