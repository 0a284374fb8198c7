//! `hash()` of the values for which it is the same in every process.

use num_bigint::BigInt;
use num_traits::ToPrimitive as _;

use super::{HashKey, Int};

/// Hashes of numbers are remainders by this prime.
const PRIME: u64 = (1 << 61) - 1;

impl HashKey {
    /// What Python's `hash()` gives; none where it differs from process to process or is not modelled.
    pub(crate) fn fixed_hash(&self) -> Option<i64> {
        match self {
            HashKey::Int(int) => Some(hash_int(int)),
            HashKey::Float(bits) => hash_float(f64::from_bits(*bits)),
            HashKey::Tuple(items) => hash_tuple(items),
            HashKey::Native("Decimal", text) => {
                let (digits, exponent) = text.split_once('e')?;
                hash_decimal(&Int::parse(digits, 10)?, exponent.parse().ok()?)
            }
            HashKey::Native("UUID", text) => {
                Int::parse(&text.replace('-', ""), 16).map(|int| hash_int(&int))
            }
            _ => None,
        }
    }
}

fn hash_int(int: &Int) -> i64 {
    let size = match int {
        Int::Small(small) => i64::try_from(small.unsigned_abs() % PRIME).unwrap_or(0),
        Int::Big(_) => (int.abs().to_big() % BigInt::from(PRIME))
            .to_i64()
            .unwrap_or(0),
    };
    signed(size, int.is_negative())
}

/// -1 says in C that there was an error.
fn signed(size: i64, negative: bool) -> i64 {
    match if negative { -size } else { size } {
        -1 => -2,
        hash => hash,
    }
}

fn hash_float(value: f64) -> Option<i64> {
    if value.is_nan() {
        return None;
    }
    if value.is_infinite() {
        return Some(if value > 0.0 { 314_159 } else { -314_159 });
    }
    // The value is `mantissa * 2 ** exponent`; 2 ** 61 is 1 by the prime, so that a power of two is a rotation.
    let bits = value.abs().to_bits();
    let raw = i64::try_from(bits >> 52).ok()?;
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) = if raw == 0 {
        (fraction, -1074)
    } else {
        (fraction | (1 << 52), raw - 1075)
    };
    let turn = u32::try_from(exponent.rem_euclid(61)).ok()?;
    let size = ((u128::from(mantissa) << turn) % u128::from(PRIME)).to_i64()?;
    Some(signed(size, value < 0.0))
}

/// `digits * 10 ** exponent` by the prime.
fn hash_decimal(digits: &Int, exponent: i64) -> Option<i64> {
    let prime = BigInt::from(PRIME);
    let turns = BigInt::from(exponent.rem_euclid(i64::try_from(PRIME - 1).ok()?));
    let power = BigInt::from(10).modpow(&turns, &prime);
    let size = (digits.abs().to_big() * power % prime).to_i64()?;
    Some(signed(size, digits.is_negative()))
}

fn hash_tuple(items: &[HashKey]) -> Option<i64> {
    const FIRST: u64 = 11_400_714_785_074_694_791;
    const SECOND: u64 = 14_029_467_366_897_019_727;
    const FIFTH: u64 = 2_870_177_450_012_600_261;
    let mut hash = FIFTH;
    for item in items {
        let lane = item.fixed_hash()?.cast_unsigned();
        hash = hash
            .wrapping_add(lane.wrapping_mul(SECOND))
            .rotate_left(31)
            .wrapping_mul(FIRST);
    }
    let length = u64::try_from(items.len()).ok()?;
    hash = hash.wrapping_add(length ^ (FIFTH ^ 3_527_539));
    Some(if hash == u64::MAX {
        1_546_275_796
    } else {
        hash.cast_signed()
    })
}
