//! `decimal`, with the default context: 28 digits, half to even. Infinities and NaN are unknown.

mod number;

use std::rc::Rc;

use num_traits::Zero as _;

use crate::args::Args;
use crate::builtins::first_unknown;
use crate::eval::{Interp, plain_int};
use crate::flow::{Flow, R};
use crate::value::{
    BinOp, Class, ClassHooks, CmpOp, HashKey, Int, Module, NativeObject, Unhashable, Value,
};

pub(crate) use number::Decimal;
use number::{PRECISION, Rounding, length, power};

fn of_value(value: &Value) -> Option<Decimal> {
    if let Some(decimal) = value.downcast_ref::<Decimal>() {
        return Some(decimal.clone());
    }
    plain_int(value).map(|int| Decimal::new(int.to_big(), 0))
}

fn made(ev: &Interp<'_>, number: Option<Decimal>) -> Value {
    match number {
        Some(number) => Value::object(number),
        None => ev.unknown("a `Decimal` of so many digits is not modelled"),
    }
}

/// `decimal.InvalidOperation` and its relatives, by name.
fn error(ev: &Interp<'_>, name: &'static str) -> Rc<Class> {
    let base = match name {
        "DivisionByZero" => "ZeroDivisionError",
        _ => "ArithmeticError",
    };
    let new = || crate::eval::Types::new_exception(name, "decimal", &ev.types().exception(base));
    let class = match name {
        "DivisionByZero" => ev.world().extension("decimal.DivisionByZero", new),
        _ => ev.world().extension("decimal.InvalidOperation", new),
    };
    Rc::clone(&class)
}

fn signal(ev: &mut Interp<'_>, class: &'static str, condition: &str) -> Flow {
    let class = error(ev, class);
    let text = format!("[<class 'decimal.{condition}'>]");
    ev.raise_class(&class, vec![Value::from(text)])
}

/// The rounding that an argument names.
fn rounding(args: &Args, at: usize) -> Option<Rounding> {
    match args.keyword("rounding").or_else(|| args.get(at)) {
        None | Some(Value::None) => Some(Rounding::HalfEven),
        Some(value) => Rounding::named(&value.as_str()?),
    }
}

impl Decimal {
    fn quantize(&self, ev: &mut Interp<'_>, args: &Args) -> R {
        let unit = args.get(0).or_else(|| args.keyword("exp"));
        let known = ["exp", "rounding"];
        if args
            .keywords
            .iter()
            .any(|(name, _)| !known.contains(&&**name))
        {
            return Ok(ev.unknown("this form of `quantize` is not modelled"));
        }
        let (Some(unit), Some(rounding)) = (unit.and_then(of_value), rounding(args, 1)) else {
            return Ok(ev.unknown("this form of `quantize` is not modelled"));
        };
        let Some(number) = self.rescaled(unit.exponent, rounding) else {
            return Err(signal(ev, "InvalidOperation", "InvalidOperation"));
        };
        if length(&number.digits) > PRECISION {
            return Err(signal(ev, "InvalidOperation", "InvalidOperation"));
        }
        Ok(Value::object(number))
    }

    fn to_integral(&self, ev: &mut Interp<'_>, args: &Args) -> R {
        match rounding(args, 0) {
            Some(_) if self.exponent >= 0 => Ok(Value::object(self.clone())),
            Some(rounding) => Ok(made(ev, self.rescaled(0, rounding))),
            None => Ok(ev.unknown("this form of `to_integral_value` is not modelled")),
        }
    }

    fn ratio(&self, ev: &Interp<'_>) -> Value {
        let parts = if self.exponent >= 0 {
            power(self.exponent).map(|unit| (self.signed_digits() * unit, 1.into()))
        } else {
            power(-self.exponent).map(|unit| {
                let shared = num_integer_gcd(&self.digits, &unit);
                (self.signed_digits() / &shared, unit / shared)
            })
        };
        match parts {
            Some((top, bottom)) => Value::tuple(vec![Value::int(top), Value::int(bottom)]),
            None => ev.unknown("a `Decimal` of so many digits is not modelled"),
        }
    }

    fn integer(&self, ev: &Interp<'_>, rounding: Rounding) -> Value {
        match self.rescaled(0, rounding) {
            Some(number) => Value::int(number.signed_digits()),
            None => ev.unknown("a `Decimal` of so many digits is not modelled"),
        }
    }

    fn as_tuple(&self, ev: &mut Interp<'_>) -> R {
        let digits = self.digits.to_string();
        let digits = digits
            .bytes()
            .map(|digit| Value::from(i64::from(digit - b'0')))
            .collect();
        let module = ev.import("collections")?;
        let named = ev.get_attr(&module, "namedtuple")?;
        let args = ["DecimalTuple", "sign digits exponent"].map(Value::from);
        let class = ev.call(&named, Args::positional(args.to_vec()))?;
        let parts = vec![
            Value::int(i64::from(self.negative)),
            Value::tuple(digits),
            Value::from(self.exponent),
        ];
        ev.call(&class, Args::positional(parts))
    }

    /// An exact power: another may be rounded differently.
    fn to_the(&self, other: &Decimal) -> Option<Decimal> {
        let times = Int::from(other.truncated()?).to_i64()?;
        if other.exponent < 0 || !(1..=1000).contains(&times) {
            return None;
        }
        let mut result = self.clone();
        for _ in 1..times {
            result = Decimal {
                negative: result.negative != self.negative,
                digits: &result.digits * &self.digits,
                exponent: result.exponent + self.exponent,
            };
            if length(&result.digits) > PRECISION {
                return None;
            }
        }
        Some(result)
    }
}

fn num_integer_gcd(left: &num_bigint::BigInt, right: &num_bigint::BigInt) -> num_bigint::BigInt {
    let (mut left, mut right) = (left.clone(), right.clone());
    while !right.is_zero() {
        let rest = &left % &right;
        left = right;
        right = rest;
    }
    left
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
            "__trunc__",
            "__floor__",
            "__ceil__",
            "adjusted",
            "as_integer_ratio",
            "as_tuple",
            "canonical",
            "compare",
            "conjugate",
            "copy_abs",
            "copy_negate",
            "copy_sign",
            "is_canonical",
            "is_finite",
            "is_infinite",
            "is_nan",
            "is_qnan",
            "is_signed",
            "is_snan",
            "is_zero",
            "max",
            "min",
            "normalize",
            "quantize",
            "same_quantum",
            "sqrt",
            "to_integral",
            "to_integral_exact",
            "to_integral_value",
        ]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        if let Some(unknown) = first_unknown(&args) {
            return Ok(Some(unknown));
        }
        let other = args.get(0).and_then(of_value);
        let plain = args.positional.is_empty() && args.keywords.is_empty();
        Ok(Some(match (name, other) {
            ("__int__" | "__trunc__", _) => self.integer(ev, Rounding::Down),
            ("__floor__", _) => self.integer(ev, Rounding::Floor),
            ("__ceil__", _) => self.integer(ev, Rounding::Ceiling),
            ("__float__", _) => Value::Float(self.text().parse().unwrap_or(f64::NAN)),
            ("__abs__", _) => {
                let mut number = (*self).clone();
                number.negative = false;
                made(ev, number.rounded())
            }
            ("__round__", _) => match args.get(0) {
                None | Some(Value::None) => self.integer(ev, Rounding::HalfEven),
                Some(places) => {
                    let exponent = -crate::builtins::to_index(ev, places)?;
                    match self.rescaled(exponent, Rounding::HalfEven) {
                        Some(number) if length(&number.digits) <= PRECISION => {
                            Value::object(number)
                        }
                        _ => return Err(signal(ev, "InvalidOperation", "InvalidOperation")),
                    }
                }
            },
            ("quantize", _) => self.quantize(ev, &args)?,
            ("to_integral_value" | "to_integral_exact" | "to_integral", _) => {
                self.to_integral(ev, &args)?
            }
            ("normalize", _) if plain => made(ev, self.normalized()),
            ("sqrt", _) if plain && self.negative && !self.digits.is_zero() => {
                return Err(signal(ev, "InvalidOperation", "InvalidOperation"));
            }
            ("sqrt", _) if plain => made(ev, self.square_root()),
            ("adjusted", _) => Value::from(self.adjusted()),
            ("as_integer_ratio", _) => self.ratio(ev),
            ("as_tuple", _) => self.as_tuple(ev)?,
            ("canonical" | "conjugate", _) => Value::Object(self),
            ("copy_abs", _) => Value::object(Decimal {
                negative: false,
                ..(*self).clone()
            }),
            ("copy_negate", _) => Value::object(self.negated()),
            ("copy_sign", Some(other)) => Value::object(Decimal {
                negative: other.negative,
                ..(*self).clone()
            }),
            ("compare", Some(other)) => match self.compared(&other) {
                Some(order) => Value::object(Decimal::new((order as i8).into(), 0)),
                None => made(ev, None),
            },
            ("max" | "min", Some(other)) => match self.compared(&other) {
                Some(order) if order.is_ne() => {
                    let number = if order.is_gt() == (name == "max") {
                        (*self).clone()
                    } else {
                        other
                    };
                    made(ev, number.rounded())
                }
                _ => ev.unknown(format!("`Decimal.{name}` of equal numbers is not modelled")),
            },
            ("same_quantum", Some(other)) => Value::Bool(self.exponent == other.exponent),
            ("is_zero", _) => Value::Bool(self.digits.is_zero()),
            ("is_nan" | "is_qnan" | "is_snan" | "is_infinite", _) => Value::Bool(false),
            ("is_finite" | "is_canonical", _) => Value::Bool(true),
            ("is_signed", _) => Value::Bool(self.negative),
            _ => ev.unknown(format!("this form of `Decimal.{name}` is not modelled")),
        }))
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "real" => Some(Value::Object(self)),
            "imag" => Some(Value::object(Decimal::new(0.into(), 0))),
            _ => None,
        })
    }

    fn truth(&self, _ev: &mut Interp<'_>) -> R<bool> {
        Ok(!self.digits.is_zero())
    }

    fn unary(self: Rc<Self>, ev: &mut Interp<'_>, op: char) -> R<Option<Value>> {
        let mut number = match op {
            '-' => self.negated(),
            '+' => (*self).clone(),
            _ => return Ok(None),
        };
        // It is `0 - self`, and a difference that is zero is positive.
        number.negative &= !number.digits.is_zero();
        Ok(Some(made(ev, number.rounded())))
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
            return Err(if left.digits.is_zero() {
                signal(ev, "InvalidOperation", "DivisionUndefined")
            } else if op == BinOp::Mod {
                signal(ev, "InvalidOperation", "InvalidOperation")
            } else {
                signal(ev, "DivisionByZero", "DivisionByZero")
            });
        }
        let number = match op {
            BinOp::Add => left.sum(&right),
            BinOp::Sub => left.sum(&right.negated()),
            BinOp::Mul => left.product(&right),
            BinOp::TrueDiv => left.divided(&right),
            BinOp::FloorDiv | BinOp::Mod => match left.div_rem(&right) {
                Some(None) => return Err(signal(ev, "InvalidOperation", "DivisionImpossible")),
                Some(Some((quotient, rest))) => Some(if op == BinOp::FloorDiv {
                    quotient
                } else {
                    rest
                }),
                None => None,
            },
            BinOp::Pow => match left.to_the(&right) {
                Some(number) => Some(number),
                None => {
                    return Ok(Some(
                        ev.unknown("this power of a `Decimal` is not modelled"),
                    ));
                }
            },
            _ => return Ok(None),
        };
        Ok(Some(made(ev, number)))
    }

    fn compare(self: Rc<Self>, ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        let mut this = (*self).clone();
        let other = match other {
            Value::Float(float) if float.is_nan() => {
                if matches!(op, CmpOp::Eq | CmpOp::Ne) {
                    return Ok(Some(Value::Bool(op == CmpOp::Ne)));
                }
                return Ok(Some(ev.unknown("a comparison with NaN is not modelled")));
            }
            Value::Float(float) if float.is_infinite() => {
                let order = if *float > 0.0 {
                    std::cmp::Ordering::Less
                } else {
                    std::cmp::Ordering::Greater
                };
                return Ok(Some(Value::Bool(op.holds(order))));
            }
            Value::Float(float) => Decimal::of_float(*float),
            Value::Instance(instance) if &*instance.class.module == "fractions" => {
                // Both sides times the denominator.
                let top = ev.get_attr(other, "numerator")?;
                let bottom = ev.get_attr(other, "denominator")?;
                let (Some(top), Some(bottom)) = (of_value(&top), of_value(&bottom)) else {
                    return Ok(None);
                };
                this.digits *= bottom.digits;
                Some(top)
            }
            other => of_value(other),
        };
        let Some(other) = other else {
            return Ok(None);
        };
        Ok(Some(match this.compared(&other) {
            Some(order) => Value::Bool(op.holds(order)),
            None => ev.unknown("a `Decimal` of so many digits is not modelled"),
        }))
    }

    fn hash_key(&self, _this: &Value) -> Result<HashKey, Unhashable> {
        // What is equal is the same key: an integer, a float, or the number without zeros at the end.
        if let Some(whole) = self.truncated()
            && Decimal::new(whole.clone(), 0)
                .compared(self)
                .is_some_and(std::cmp::Ordering::is_eq)
        {
            return Ok(HashKey::Int(Int::from(whole)));
        }
        if let Ok(float) = self.text().parse::<f64>()
            && let Some(same) = Decimal::of_float(float)
            && same.compared(self).is_some_and(std::cmp::Ordering::is_eq)
        {
            return Ok(HashKey::Float(float.to_bits()));
        }
        let mut digits = self.signed_digits();
        let mut exponent = self.exponent;
        while !digits.is_zero() && (&digits % 10_u32).is_zero() {
            digits /= 10;
            exponent += 1;
        }
        Ok(HashKey::Native(
            "Decimal",
            Rc::from(format!("{digits}e{exponent}")),
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
        ev.format_decimal(spec, |kind, precision| self.formatted(kind, precision))
            .map(Some)
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
        let value = args.get(0).or_else(|| args.keyword("value"));
        let value = value.cloned().unwrap_or_else(|| Value::int(0_i64));
        let plain = value.unwrap_payload();
        if let Some(decimal) = of_value(&plain) {
            return Ok(Ok(Value::object(decimal)));
        }
        if let Value::Float(float) = plain {
            let unknown = "this `Decimal` is not modelled";
            return Ok(Ok(match Decimal::of_float(float) {
                Some(decimal) => Value::object(decimal),
                None => ev.unknown(unknown),
            }));
        }
        match value.as_str() {
            Some(text) => match Decimal::parse(&text) {
                Some(decimal) => Ok(Ok(Value::object(decimal))),
                None => {
                    let special = text.trim_matches(['+', '-', ' ']).to_ascii_lowercase();
                    if !special.is_ascii()
                        || special.starts_with("nan")
                        || special.starts_with("snan")
                        || special.starts_with("inf")
                        || special.contains('e')
                    {
                        return Ok(Ok(ev.unknown("this `Decimal` is not modelled")));
                    }
                    Err(signal(ev, "InvalidOperation", "ConversionSyntax"))
                }
            },
            None => Ok(Ok(ev.unknown("this form of `Decimal()` is not modelled"))),
        }
    }
}

fn class(ev: &Interp<'_>) -> Rc<Class> {
    let class = ev.world().extension("decimal.Decimal", || {
        let made = Class::native("Decimal", "decimal", Vec::new(), Some(Rc::new(Hooks)));
        made.set(
            "from_float",
            Value::object(crate::modules::descriptors::StaticMethod(Value::native(
                "from_float",
                |ev, args| match args.get(0).cloned() {
                    Some(value @ (Value::Float(_) | Value::Int(_))) => {
                        let class = Value::Class(class(ev));
                        ev.call(&class, Args::positional(vec![value]))
                    }
                    _ => Ok(ev.unknown("this form of `Decimal.from_float` is not modelled")),
                },
            ))),
        );
        made
    });
    Rc::clone(&class)
}

/// `decimal`.
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let class = class(ev);
    let errors =
        ["InvalidOperation", "DivisionByZero"].map(|name| (name, Value::Class(error(ev, name))));
    let roundings = Rounding::ALL
        .iter()
        .map(|(name, _)| (*name, Value::from(*name)));
    let attrs = std::iter::once(("Decimal", Value::Class(class)));
    Ok(Module::native(
        "decimal",
        attrs.chain(errors).chain(roundings),
    ))
}
