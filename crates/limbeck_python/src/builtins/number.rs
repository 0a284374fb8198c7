//! Methods of numbers.

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Int, Value};

pub(crate) const INT_METHODS: &[&str] = &[
    "bit_length",
    "bit_count",
    "to_bytes",
    "conjugate",
    "is_integer",
    "as_integer_ratio",
];
pub(crate) const FLOAT_METHODS: &[&str] = &["is_integer", "hex", "as_integer_ratio", "conjugate"];

pub(crate) fn call_int(ev: &mut Interp<'_>, receiver: &Value, name: &str, args: Args) -> R {
    let int = receiver.as_int().unwrap_or(Int::Small(0));
    Ok(match name {
        "bit_length" => Value::int(int.bits()),
        "bit_count" => Value::from(
            int.abs()
                .to_big()
                .to_radix_le(2)
                .1
                .iter()
                .filter(|bit| **bit == 1)
                .count(),
        ),
        "conjugate" => Value::Int(int),
        "is_integer" => Value::Bool(true),
        "as_integer_ratio" => Value::tuple(vec![Value::Int(int), Value::int(1_i64)]),
        "to_bytes" => {
            let mut args = args.bind(ev, "to_bytes", "length=, byteorder=, *, signed=")?;
            let length = args
                .take_or("length", Value::int(1_i64))
                .as_i64()
                .unwrap_or(1);
            let order = args
                .take_or("byteorder", Value::from("big"))
                .as_str()
                .unwrap_or_default();
            let signed = matches!(args.take("signed"), Some(Value::Bool(true)));
            let length = usize::try_from(length).unwrap_or(0);
            ev.check_size(length)?;
            if int.is_negative() && !signed {
                return Err(ev.raise("OverflowError", "can't convert negative int to unsigned"));
            }
            let mut bytes = if signed {
                int.to_big().to_signed_bytes_le()
            } else {
                int.to_big().to_bytes_le().1
            };
            if int.is_zero() {
                bytes.clear();
            }
            if bytes.len() > length {
                return Err(ev.raise("OverflowError", "int too big to convert"));
            }
            bytes.resize(length, if int.is_negative() { 0xff } else { 0 });
            if &*order == "big" {
                bytes.reverse();
            }
            Value::bytes(&bytes)
        }
        _ => return Err(ev.no_attribute(receiver, name)),
    })
}

pub(crate) fn call_float(ev: &mut Interp<'_>, this: f64, name: &str, _args: Args) -> R {
    Ok(match name {
        "is_integer" => Value::Bool(this.is_finite() && this.fract() == 0.0),
        "conjugate" => Value::Float(this),
        "as_integer_ratio" if this.is_nan() => {
            return Err(ev.raise("ValueError", "cannot convert NaN to integer ratio"));
        }
        "as_integer_ratio" if this.is_infinite() => {
            return Err(ev.raise("OverflowError", "cannot convert Infinity to integer ratio"));
        }
        "as_integer_ratio" => {
            let (top, bottom) = ratio(this);
            Value::tuple(vec![Value::int(top), Value::int(bottom)])
        }
        _ => ev.unknown(format!("`float.{name}` is not modelled")),
    })
}

/// A finite number as a fraction in lowest terms.
fn ratio(number: f64) -> (num_bigint::BigInt, num_bigint::BigInt) {
    let bits = number.to_bits();
    let exponent = i64::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
    let fraction = bits & ((1 << 52) - 1);
    let mantissa = if exponent == 0 {
        fraction
    } else {
        fraction | (1 << 52)
    };
    if mantissa == 0 {
        return (0.into(), 1.into());
    }
    let zeros = mantissa.trailing_zeros();
    let power = exponent.max(1) - 1075 + i64::from(zeros);
    let top = num_bigint::BigInt::from(mantissa >> zeros);
    let top = if number.is_sign_negative() { -top } else { top };
    let shift = usize::try_from(power.unsigned_abs()).unwrap_or(0);
    if power >= 0 {
        (top << shift, 1.into())
    } else {
        (top, num_bigint::BigInt::from(1) << shift)
    }
}

/// `int.from_bytes`.
pub(crate) fn from_bytes(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(unknown) = super::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "from_bytes", "bytes, byteorder=, *, signed=")?;
    let order = args
        .take_or("byteorder", Value::from("big"))
        .as_str()
        .unwrap_or_default();
    let signed = matches!(args.take("signed"), Some(Value::Bool(true)));
    let Value::Bytes(bytes) = args.take_or_none("bytes") else {
        return Err(ev.raise("TypeError", "cannot convert object to bytes"));
    };
    let mut bytes = bytes.to_vec();
    if &*order == "big" {
        bytes.reverse();
    }
    let big = if signed {
        num_bigint::BigInt::from_signed_bytes_le(&bytes)
    } else {
        num_bigint::BigInt::from_bytes_le(num_bigint::Sign::Plus, &bytes)
    };
    Ok(Value::int(big))
}
