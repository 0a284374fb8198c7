//! Integers of any size with Python's division and shift rules.

use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::{FromPrimitive as _, Signed as _, ToPrimitive as _, Zero as _};

/// An integer of any size. The representation is canonical: `Big` only outside the range of `i64`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Int {
    /// In the range of `i64`.
    Small(i64),
    /// Outside of it.
    Big(Rc<BigInt>),
}

impl From<i64> for Int {
    fn from(value: i64) -> Int {
        Int::Small(value)
    }
}

impl From<i32> for Int {
    fn from(value: i32) -> Int {
        Int::Small(i64::from(value))
    }
}

impl From<usize> for Int {
    fn from(value: usize) -> Int {
        Int::from(BigInt::from(value))
    }
}

impl From<u64> for Int {
    fn from(value: u64) -> Int {
        Int::from(BigInt::from(value))
    }
}

impl From<u128> for Int {
    fn from(value: u128) -> Int {
        Int::from(BigInt::from(value))
    }
}

impl From<BigInt> for Int {
    fn from(value: BigInt) -> Int {
        match value.to_i64() {
            Some(small) => Int::Small(small),
            None => Int::Big(Rc::new(value)),
        }
    }
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Int::Small(value) => write!(f, "{value}"),
            Int::Big(value) => write!(f, "{value}"),
        }
    }
}

impl PartialOrd for Int {
    fn partial_cmp(&self, other: &Int) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Int {
    fn cmp(&self, other: &Int) -> Ordering {
        match (self, other) {
            (Int::Small(left), Int::Small(right)) => left.cmp(right),
            _ => self.to_big().cmp(&other.to_big()),
        }
    }
}

impl Int {
    /// As an arbitrary-size integer.
    #[must_use]
    pub fn to_big(&self) -> BigInt {
        match self {
            Int::Small(value) => BigInt::from(*value),
            Int::Big(value) => (**value).clone(),
        }
    }

    /// As `i64`, if it fits.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        match self {
            Int::Small(value) => Some(*value),
            Int::Big(_) => None,
        }
    }

    /// The nearest float; infinite when out of range.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        match self {
            Int::Small(value) => *value as f64,
            Int::Big(value) => value.to_f64().unwrap_or(f64::INFINITY),
        }
    }

    /// The integer part of a finite float.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Int> {
        BigInt::from_f64(value.trunc()).map(Int::from)
    }

    /// Parses decimal digits with an optional sign, in `radix` (2 to 36).
    #[must_use]
    pub fn parse(text: &str, radix: u32) -> Option<Int> {
        if let Ok(small) = i64::from_str_radix(text, radix) {
            return Some(Int::Small(small));
        }
        BigInt::parse_bytes(text.as_bytes(), radix).map(Int::from)
    }

    /// True for zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        matches!(self, Int::Small(0))
    }

    /// True below zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        match self {
            Int::Small(value) => *value < 0,
            Int::Big(value) => value.is_negative(),
        }
    }

    /// Number of bits of the absolute value.
    #[must_use]
    pub fn bits(&self) -> u64 {
        self.to_big().bits()
    }

    /// `self + other`.
    #[must_use]
    pub fn add(&self, other: &Int) -> Int {
        if let (Int::Small(left), Int::Small(right)) = (self, other)
            && let Some(sum) = left.checked_add(*right)
        {
            return Int::Small(sum);
        }
        Int::from(self.to_big() + other.to_big())
    }

    /// `self - other`.
    #[must_use]
    pub fn sub(&self, other: &Int) -> Int {
        if let (Int::Small(left), Int::Small(right)) = (self, other)
            && let Some(difference) = left.checked_sub(*right)
        {
            return Int::Small(difference);
        }
        Int::from(self.to_big() - other.to_big())
    }

    /// `self * other`.
    #[must_use]
    pub fn mul(&self, other: &Int) -> Int {
        if let (Int::Small(left), Int::Small(right)) = (self, other)
            && let Some(product) = left.checked_mul(*right)
        {
            return Int::Small(product);
        }
        Int::from(self.to_big() * other.to_big())
    }

    /// `-self`.
    #[must_use]
    pub fn neg(&self) -> Int {
        Int::Small(0).sub(self)
    }

    /// `abs(self)`.
    #[must_use]
    pub fn abs(&self) -> Int {
        if self.is_negative() {
            self.neg()
        } else {
            self.clone()
        }
    }

    /// `divmod(self, other)`: the quotient is rounded down, the remainder has the divisor's sign.
    /// None when `other` is zero.
    #[must_use]
    pub fn div_mod(&self, other: &Int) -> Option<(Int, Int)> {
        if other.is_zero() {
            return None;
        }
        let (left, right) = (self.to_big(), other.to_big());
        let mut quotient = &left / &right;
        let mut remainder = &left % &right;
        if !remainder.is_zero() && remainder.is_negative() != right.is_negative() {
            quotient -= 1;
            remainder += right;
        }
        Some((Int::from(quotient), Int::from(remainder)))
    }

    /// `self ** exponent` for a small non-negative exponent.
    #[must_use]
    pub fn pow(&self, exponent: u32) -> Int {
        Int::from(self.to_big().pow(exponent))
    }

    /// `self << count`.
    #[must_use]
    pub fn shl(&self, count: u32) -> Int {
        Int::from(self.to_big() << count)
    }

    /// `self >> count`, rounding down.
    #[must_use]
    pub fn shr(&self, count: u32) -> Int {
        Int::from(self.to_big() >> count)
    }

    /// `self & other`.
    #[must_use]
    pub fn bit_and(&self, other: &Int) -> Int {
        Int::from(self.to_big() & other.to_big())
    }

    /// `self | other`.
    #[must_use]
    pub fn bit_or(&self, other: &Int) -> Int {
        Int::from(self.to_big() | other.to_big())
    }

    /// `self ^ other`.
    #[must_use]
    pub fn bit_xor(&self, other: &Int) -> Int {
        Int::from(self.to_big() ^ other.to_big())
    }

    /// `~self`.
    #[must_use]
    pub fn invert(&self) -> Int {
        self.neg().sub(&Int::Small(1))
    }
}
