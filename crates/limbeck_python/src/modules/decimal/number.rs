//! The arithmetic of finite decimals in the default context: 28 digits, half to even.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::{Signed as _, ToPrimitive as _, Zero as _};

/// Digits of a result.
pub(super) const PRECISION: usize = 28;

/// The longest shift of digits that is computed.
const LONGEST: i64 = 10_000;

/// `± digits * 10 ** exponent`.
#[derive(Debug, Clone)]
pub(crate) struct Decimal {
    pub(super) negative: bool,
    /// Never negative.
    pub(super) digits: BigInt,
    pub(super) exponent: i64,
}

/// How a number that is cut is rounded; named as the constants of `decimal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rounding {
    HalfEven,
    HalfUp,
    HalfDown,
    Up,
    Down,
    Ceiling,
    Floor,
    ZeroFiveUp,
}

impl Rounding {
    pub(super) const ALL: &[(&str, Rounding)] = &[
        ("ROUND_HALF_EVEN", Rounding::HalfEven),
        ("ROUND_HALF_UP", Rounding::HalfUp),
        ("ROUND_HALF_DOWN", Rounding::HalfDown),
        ("ROUND_UP", Rounding::Up),
        ("ROUND_DOWN", Rounding::Down),
        ("ROUND_CEILING", Rounding::Ceiling),
        ("ROUND_FLOOR", Rounding::Floor),
        ("ROUND_05UP", Rounding::ZeroFiveUp),
    ];

    pub(super) fn named(name: &str) -> Option<Rounding> {
        let found = Rounding::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, rounding)| *rounding)
    }

    /// True when `quotient`, of which `rest / unit` was cut off, goes away from zero.
    fn goes_up(self, quotient: &BigInt, rest: &BigInt, unit: &BigInt, negative: bool) -> bool {
        if rest.is_zero() {
            return false;
        }
        let half = (rest * 2_u32).cmp(unit);
        let last = (quotient % 10_u32).to_u32().unwrap_or(0);
        match self {
            Rounding::HalfEven => half.is_gt() || (half.is_eq() && last % 2 == 1),
            Rounding::HalfUp => half.is_ge(),
            Rounding::HalfDown => half.is_gt(),
            Rounding::Up => true,
            Rounding::Down => false,
            Rounding::Ceiling => !negative,
            Rounding::Floor => negative,
            Rounding::ZeroFiveUp => last == 0 || last == 5,
        }
    }
}

/// `10 ** exponent`; none when that is too long.
pub(super) fn power(exponent: i64) -> Option<BigInt> {
    if exponent > LONGEST {
        return None;
    }
    Some(BigInt::from(10).pow(u32::try_from(exponent).ok()?))
}

/// How many digits a number has; one for zero.
pub(super) fn length(digits: &BigInt) -> usize {
    digits.to_string().len()
}

fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

impl Decimal {
    /// Of digits with a sign.
    pub(super) fn new(digits: BigInt, exponent: i64) -> Decimal {
        Decimal {
            negative: digits.is_negative(),
            digits: digits.abs(),
            exponent,
        }
    }

    pub(super) fn parse(text: &str) -> Option<Decimal> {
        let text = text
            .trim_matches(crate::builtins::text::is_space)
            .replace('_', "");
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
            || exponent.abs() > LONGEST / 2
        {
            return None;
        }
        Some(Decimal {
            negative,
            digits: BigInt::parse_bytes(joined.as_bytes(), 10)?,
            exponent: exponent - i64::try_from(fraction.len()).ok()?,
        })
    }

    /// The float, exactly.
    pub(super) fn of_float(value: f64) -> Option<Decimal> {
        if !value.is_finite() {
            return None;
        }
        // No float has more decimals than this.
        let text = format!("{:.1080}", value.abs());
        let text = text.trim_end_matches('0').trim_end_matches('.');
        let mut made = Decimal::parse(text)?;
        made.negative = value.is_sign_negative();
        Some(made)
    }

    fn with_digits(&self, digits: BigInt, exponent: i64) -> Decimal {
        Decimal {
            negative: self.negative,
            digits,
            exponent,
        }
    }

    pub(super) fn signed_digits(&self) -> BigInt {
        if self.negative {
            -&self.digits
        } else {
            self.digits.clone()
        }
    }

    /// The exponent of the first digit.
    pub(super) fn adjusted(&self) -> i64 {
        self.exponent + signed(length(&self.digits)) - 1
    }

    /// With another exponent, rounded where digits are lost.
    pub(super) fn rescaled(&self, exponent: i64, rounding: Rounding) -> Option<Decimal> {
        if exponent <= self.exponent {
            let digits = if self.digits.is_zero() {
                BigInt::zero()
            } else {
                &self.digits * power(self.exponent - exponent)?
            };
            return Some(self.with_digits(digits, exponent));
        }
        let drop = exponent - self.exponent;
        // Nothing is left but what decides the rounding.
        let drop_digits = drop.min(signed(length(&self.digits)) + 1);
        let unit = power(drop_digits)?;
        let (quotient, rest) = (&self.digits / &unit, &self.digits % &unit);
        let digits = if rounding.goes_up(&quotient, &rest, &unit, self.negative) {
            quotient + 1_u32
        } else {
            quotient
        };
        Some(self.with_digits(digits, exponent))
    }

    /// Rounded to a number of digits.
    pub(super) fn shortened(self, digits: usize) -> Option<Decimal> {
        let excess = signed(length(&self.digits)) - signed(digits);
        if excess <= 0 {
            return Some(self);
        }
        let rounded = self.rescaled(self.exponent + excess, Rounding::HalfEven)?;
        // 9.99 becomes 10.0, which has one digit more.
        rounded.shortened(digits)
    }

    /// Rounded to the precision of the context.
    pub(super) fn rounded(self) -> Option<Decimal> {
        self.shortened(PRECISION)
    }

    /// Both with the smaller exponent, with their signs.
    pub(super) fn aligned(&self, other: &Decimal) -> Option<(BigInt, BigInt, i64)> {
        let exponent = self.exponent.min(other.exponent);
        Some((
            self.rescaled(exponent, Rounding::HalfEven)?.signed_digits(),
            other
                .rescaled(exponent, Rounding::HalfEven)?
                .signed_digits(),
            exponent,
        ))
    }

    pub(super) fn sum(&self, other: &Decimal) -> Option<Decimal> {
        let (first, second, exponent) = self.aligned(other)?;
        let mut sum = Decimal::new(first + second, exponent);
        if sum.digits.is_zero() {
            sum.negative = self.negative && other.negative;
        }
        sum.rounded()
    }

    pub(super) fn negated(&self) -> Decimal {
        Decimal {
            negative: !self.negative,
            ..self.clone()
        }
    }

    pub(super) fn product(&self, other: &Decimal) -> Option<Decimal> {
        Decimal {
            negative: self.negative != other.negative,
            digits: &self.digits * &other.digits,
            exponent: self.exponent + other.exponent,
        }
        .rounded()
    }

    /// `self / other`; `other` is not zero.
    pub(super) fn divided(&self, other: &Decimal) -> Option<Decimal> {
        // Two digits more than needed, with a sticky last one.
        let want = signed(PRECISION) + 2;
        let scale = (want + signed(length(&other.digits)) - signed(length(&self.digits))).max(0);
        let numerator = &self.digits * power(scale)?;
        let (mut quotient, rest) = (&numerator / &other.digits, &numerator % &other.digits);
        let mut exponent = self.exponent - other.exponent - scale;
        if rest.is_zero() {
            // An exact result is as short as the ideal exponent allows.
            let ideal = self.exponent - other.exponent;
            if quotient.is_zero() {
                exponent = ideal;
            }
            while exponent < ideal && (&quotient % 10_u32).is_zero() {
                quotient /= 10;
                exponent += 1;
            }
        } else {
            quotient = quotient * 10 + 1;
            exponent -= 1;
        }
        Decimal {
            negative: self.negative != other.negative,
            digits: quotient,
            exponent,
        }
        .rounded()
    }

    /// `self // other` and `self % other`: the quotient is cut off, the remainder has the sign of the left side. None
    /// inside when the quotient has more digits than the context.
    pub(super) fn div_rem(&self, other: &Decimal) -> Option<Option<(Decimal, Decimal)>> {
        let (first, second, exponent) = self.aligned(other)?;
        let (first, second) = (first.abs(), second.abs());
        let quotient = &first / &second;
        if length(&quotient) > PRECISION {
            return Some(None);
        }
        let quotient = Decimal {
            negative: self.negative != other.negative,
            digits: quotient,
            exponent: 0,
        };
        let rest = self.with_digits(first % second, exponent).rounded()?;
        Some(Some((quotient, rest)))
    }

    pub(super) fn square_root(&self) -> Option<Decimal> {
        if self.digits.is_zero() {
            return Some(self.with_digits(BigInt::zero(), self.exponent.div_euclid(2)));
        }
        let ideal = self.exponent.div_euclid(2);
        // An even exponent, and digits enough for the precision.
        let mut shift = 2 * (signed(PRECISION) + 2) - signed(length(&self.digits));
        shift = shift.max(0);
        if (self.exponent - shift).rem_euclid(2) != 0 {
            shift += 1;
        }
        let scaled = &self.digits * power(shift)?;
        let mut root = scaled.sqrt();
        let mut exponent = (self.exponent - shift).div_euclid(2);
        if &root * &root == scaled {
            while exponent < ideal && (&root % 10_u32).is_zero() {
                root /= 10;
                exponent += 1;
            }
        } else {
            root = root * 10 + 1;
            exponent -= 1;
        }
        self.with_digits(root, exponent).rounded()
    }

    /// Without zeros at the end.
    pub(super) fn normalized(&self) -> Option<Decimal> {
        let mut short = self.clone().rounded()?;
        if short.digits.is_zero() {
            short.exponent = 0;
            return Some(short);
        }
        while (&short.digits % 10_u32).is_zero() {
            short.digits /= 10;
            short.exponent += 1;
        }
        Some(short)
    }

    pub(super) fn compared(&self, other: &Decimal) -> Option<Ordering> {
        let (left, right, _) = self.aligned(other)?;
        Some(left.cmp(&right))
    }

    /// The integer without the fraction.
    pub(super) fn truncated(&self) -> Option<BigInt> {
        Some(self.rescaled(0, Rounding::Down)?.signed_digits())
    }

    /// Digits with a point and without an exponent; not for positive exponents.
    fn plain(&self) -> String {
        let digits = self.digits.to_string();
        let places = usize::try_from(-self.exponent).unwrap_or(0);
        if places == 0 {
            return digits;
        }
        let zeros = "0".repeat((places + 1).saturating_sub(digits.len()));
        let padded = format!("{zeros}{digits}");
        let (whole, fraction) = padded.split_at(padded.len() - places);
        format!("{whole}.{fraction}")
    }

    /// Digits with an exponent, written with `mark`.
    fn scientific(&self, mark: char) -> String {
        let digits = self.digits.to_string();
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let adjusted = self.adjusted();
        let sign = if adjusted < 0 { '-' } else { '+' };
        format!("{first}{point}{rest}{mark}{sign}{}", adjusted.abs())
    }

    /// `str()` without the sign.
    pub(super) fn unsigned_text(&self, mark: char) -> String {
        if self.exponent <= 0 && self.adjusted() >= -6 {
            self.plain()
        } else {
            self.scientific(mark)
        }
    }

    pub(super) fn text(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{}", self.unsigned_text('E'))
    }

    /// The text without sign for a type of a format; none when it is too long.
    pub(super) fn formatted(
        &self,
        kind: Option<char>,
        precision: Option<usize>,
    ) -> Option<(bool, String)> {
        let fixed = |number: &Decimal| {
            let exponent = match precision {
                Some(places) => -i64::try_from(places).ok()?,
                None => number.exponent.min(0),
            };
            number.rescaled(exponent, Rounding::HalfEven)
        };
        let (number, text) = match kind {
            Some('f' | 'F') => {
                let number = fixed(self)?;
                let text = number.plain();
                (number, text)
            }
            Some('%') => {
                let hundredfold = Decimal {
                    exponent: self.exponent + 2,
                    ..self.clone()
                };
                let number = fixed(&hundredfold)?;
                let text = format!("{}%", number.plain());
                (number, text)
            }
            Some(mark @ ('e' | 'E')) => {
                let mut number = self.clone();
                if let Some(places) = precision {
                    number = number.shortened(places + 1)?;
                    let missing = signed(places + 1) - signed(length(&number.digits));
                    if number.digits.is_zero() {
                        // Zeros behind the point, which the digits cannot show.
                        let zeros = "0".repeat(places);
                        let point = if places == 0 { "" } else { "." };
                        let exponent = self.exponent;
                        let sign = if exponent < 0 { '-' } else { '+' };
                        let text = format!("0{point}{zeros}{mark}{sign}{}", exponent.abs());
                        return Some((self.negative, text));
                    }
                    number = number.rescaled(number.exponent - missing, Rounding::HalfEven)?;
                }
                let text = number.scientific(mark);
                (number, text)
            }
            _ => {
                let mut number = self.clone();
                if let Some(digits) = precision {
                    number = number.shortened(digits.max(1))?;
                }
                let mark = if kind == Some('g') { 'e' } else { 'E' };
                let text = number.unsigned_text(mark);
                (number, text)
            }
        };
        Some((number.negative, text))
    }
}
