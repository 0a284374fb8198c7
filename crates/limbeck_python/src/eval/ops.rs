//! Operators and truth.

use std::rc::Rc;

use num_traits::ToPrimitive as _;

use super::Interp;
use crate::args::Args;
use crate::flow::R;
use crate::value::{BinOp, Dict, DictKind, Int, Set, Value};

impl Interp<'_> {
    /// `bool(value)`; fails for an unknown value, which `what` needs (such as "the condition of `if`").
    pub fn truth(&mut self, value: &Value, what: &str) -> R<bool> {
        Ok(match value {
            Value::None => false,
            Value::Bool(value) => *value,
            Value::Int(value) => !value.is_zero(),
            Value::Float(value) => *value != 0.0,
            Value::Str(text) => !text.is_empty(),
            Value::Bytes(bytes) => !bytes.is_empty(),
            Value::Tuple(items) => !items.is_empty(),
            Value::List(items) => !items.borrow().is_empty(),
            Value::Dict(dict) => !dict.borrow().is_empty(),
            Value::Set(set) => !set.borrow().is_empty(),
            Value::FrozenSet(set) => !set.is_empty(),
            Value::Range(range) => !range.is_empty(),
            Value::Object(object) => return Rc::clone(object).truth(self),
            Value::Instance(instance) => {
                if let Some(method) = instance.class.lookup("__bool__") {
                    let bound = self.bind_to(&method, value.clone())?;
                    let result = self.call(&bound, Args::none())?;
                    self.need_known(&result, what)?;
                    return match result {
                        Value::Bool(result) => Ok(result),
                        other => {
                            let kind = self.type_name(&other);
                            Err(self.raise(
                                "TypeError",
                                format!("__bool__ should return bool, returned {kind}"),
                            ))
                        }
                    };
                }
                if let Some(method) = instance.class.lookup("__len__") {
                    let bound = self.bind_to(&method, value.clone())?;
                    let result = self.call(&bound, Args::none())?;
                    return self.truth(&result, what);
                }
                if let Some(unknown) = instance.class.find_unknown_base() {
                    self.need_known(&Value::Unknown(unknown), what)?;
                }
                match instance.payload() {
                    Some(payload) => return self.truth(&payload, what),
                    None => true,
                }
            }
            Value::Unknown(_) if self.is_answer(value) => self.decide("truth"),
            Value::Unknown(_) => {
                self.need_known(value, what)?;
                false
            }
            Value::Opaque(opaque) => {
                return Err(self.unreadable(format!(
                    "{what} cannot be read: {} has no known truth",
                    opaque.what
                )));
            }
            Value::Ellipsis
            | Value::NotImplemented
            | Value::Slice(_)
            | Value::Function(_)
            | Value::Native(_)
            | Value::Bound(_)
            | Value::Class(_)
            | Value::Module(_)
            | Value::Iter(_) => true,
        })
    }

    /// `left op right`.
    pub fn binary(&mut self, op: BinOp, left: &Value, right: &Value) -> R {
        self.step()?;
        if let Some(unknown) = first_unknown(left, right) {
            return Ok(unknown);
        }
        if let Some(result) = self.try_binary(op, left, right)? {
            return Ok(result);
        }
        let (left, right) = (self.type_name(left), self.type_name(right));
        let symbol = if op == BinOp::Pow {
            "** or pow()"
        } else {
            op.symbol()
        };
        Err(self.raise(
            "TypeError",
            format!("unsupported operand type(s) for {symbol}: '{left}' and '{right}'"),
        ))
    }

    fn try_binary(&mut self, op: BinOp, left: &Value, right: &Value) -> R<Option<Value>> {
        let right_first = match (self.class_of_instance(left), self.class_of_instance(right)) {
            (Some(left), Some(right)) => !Rc::ptr_eq(&left, &right) && right.is_subclass(&left),
            _ => false,
        };
        if right_first && let Some(result) = self.operand_method(op, right, left, true)? {
            return Ok(Some(result));
        }
        if let Some(result) = self.operand_method(op, left, right, false)? {
            return Ok(Some(result));
        }
        let (plain_left, plain_right) = (left.unwrap_payload(), right.unwrap_payload());
        if op == BinOp::Mod
            && let Value::Str(template) = &plain_left
        {
            // `str.__mod__` has an answer for everything, so that the other side is not asked.
            // A string enum member shows itself, not its value.
            return self.percent_format(template, right).map(Some);
        }
        if !right_first && let Some(result) = self.operand_method(op, right, left, true)? {
            return Ok(Some(result));
        }
        if matches!(left, Value::Instance(_)) || matches!(right, Value::Instance(_)) {
            for (value, other, reflected) in [
                (&plain_left, &plain_right, false),
                (&plain_right, &plain_left, true),
            ] {
                if let Value::Object(object) = value
                    && let Some(result) = Rc::clone(object).binary(self, op, other, reflected)?
                {
                    return Ok(Some(result));
                }
            }
        }
        self.builtin_binary(op, &plain_left, &plain_right)
    }

    fn class_of_instance(&self, value: &Value) -> Option<Rc<crate::value::Class>> {
        match value {
            Value::Instance(instance) => Some(Rc::clone(&instance.class)),
            _ => None,
        }
    }

    fn operand_method(
        &mut self,
        op: BinOp,
        this: &Value,
        other: &Value,
        reflected: bool,
    ) -> R<Option<Value>> {
        match this {
            Value::Object(object) => Rc::clone(object).binary(self, op, other, reflected),
            Value::Instance(instance) => {
                let prefix = if reflected { "r" } else { "" };
                let name = format!("__{prefix}{}__", op.method());
                let Some(method) = instance.class.lookup(&name) else {
                    return match instance.class.find_unknown_base() {
                        Some(unknown) => Ok(Some(Value::Unknown(unknown))),
                        None => Ok(None),
                    };
                };
                let bound = self.bind_to(&method, this.clone())?;
                let result = self.call(&bound, Args::positional(vec![other.clone()]))?;
                Ok(if matches!(result, Value::NotImplemented) {
                    None
                } else {
                    Some(result)
                })
            }
            _ => Ok(None),
        }
    }

    fn builtin_binary(&mut self, op: BinOp, left: &Value, right: &Value) -> R<Option<Value>> {
        if let (Some(left_int), Some(right_int)) = (plain_int(left), plain_int(right)) {
            let both_bool = matches!((left, right), (Value::Bool(_), Value::Bool(_)));
            return self
                .int_binary(op, &left_int, &right_int, both_bool)
                .map(Some);
        }
        if let (Some(left), Some(right)) = (plain_float(left), plain_float(right)) {
            return self.float_binary(op, left, right);
        }
        Ok(match (op, left, right) {
            (BinOp::Add, Value::Str(left), Value::Str(right)) => {
                self.check_size(left.len() + right.len())?;
                Some(Value::from(format!("{left}{right}")))
            }
            (BinOp::Add, Value::Str(_), other) => {
                let kind = self.type_name(other);
                return Err(self.raise(
                    "TypeError",
                    format!("can only concatenate str (not \"{kind}\") to str"),
                ));
            }
            (BinOp::Add, Value::Bytes(left), Value::Bytes(right)) => {
                self.check_size(left.len() + right.len())?;
                Some(Value::bytes(&[&**left, &**right].concat()))
            }
            (BinOp::Add, Value::List(left), Value::List(right)) => {
                let mut items = left.borrow().clone();
                items.extend(right.borrow().iter().cloned());
                self.check_items(items.len())?;
                Some(Value::list(items))
            }
            (BinOp::Add, Value::List(_), other) => {
                let kind = self.type_name(other);
                return Err(self.raise(
                    "TypeError",
                    format!("can only concatenate list (not \"{kind}\") to list"),
                ));
            }
            (BinOp::Add, Value::Tuple(left), Value::Tuple(right)) => {
                let mut items = left.to_vec();
                items.extend(right.iter().cloned());
                self.check_items(items.len())?;
                Some(Value::tuple(items))
            }
            (BinOp::Add, Value::Tuple(_), other) => {
                let kind = self.type_name(other);
                return Err(self.raise(
                    "TypeError",
                    format!("can only concatenate tuple (not \"{kind}\") to tuple"),
                ));
            }
            (BinOp::Mul, sequence, count) | (BinOp::Mul, count, sequence)
                if is_sequence(sequence) =>
            {
                match self.index_opt(count)? {
                    Some(count) => Some(self.repeat(sequence, &count)?),
                    None => {
                        let kind = self.type_name(count);
                        return Err(self.raise(
                            "TypeError",
                            format!("can't multiply sequence by non-int of type '{kind}'"),
                        ));
                    }
                }
            }
            (BinOp::Mod, Value::Str(template), value) => {
                Some(self.percent_format(template, value)?)
            }
            (BinOp::Mod, Value::Bytes(_), _) => Some(self.unknown("`%` of bytes is not modelled")),
            (_, Value::Dict(_), Value::Dict(_))
                if let Some(result) = crate::builtins::counter::binary(self, op, left, right)? =>
            {
                Some(result)
            }
            (BinOp::Or, Value::Dict(left), Value::Dict(right)) => {
                let mut merged = left.borrow().clone();
                let right: Dict = right.borrow().clone();
                // The more special of the two says what it becomes; `Counter` knows only its like.
                match (merged.kind, right.kind) {
                    (DictKind::Counter, _) => merged.kind = DictKind::Dict,
                    (DictKind::Dict, DictKind::OrderedDict | DictKind::DefaultDict) => {
                        merged.kind = right.kind;
                        merged.default_factory = right.default_factory.clone();
                    }
                    _ => {}
                }
                for ((key, value), (hash, _)) in right.iter().zip(right.entries()) {
                    merged.insert(hash.clone(), key.clone(), value.clone());
                }
                Some(Value::dict(merged))
            }
            (BinOp::Or | BinOp::And | BinOp::Sub | BinOp::Xor, left, right) => {
                self.set_binary(op, left, right)
            }
            _ => None,
        })
    }

    fn set_binary(&mut self, op: BinOp, left: &Value, right: &Value) -> Option<Value> {
        if op == BinOp::Or && (is_type_like(left) || is_type_like(right)) {
            return Some(crate::modules::typing::union(self, left, right));
        }
        let (left_set, frozen) = match left {
            Value::Set(set) => (set.borrow().clone(), false),
            Value::FrozenSet(set) => ((**set).clone(), true),
            _ => return None,
        };
        let right_set = match right {
            Value::Set(set) => set.borrow().clone(),
            Value::FrozenSet(set) => (**set).clone(),
            _ => return None,
        };
        self.charge((left_set.len() + right_set.len()).saturating_mul(4));
        let result = combine_sets(op, &left_set, &right_set);
        Some(if frozen {
            Value::FrozenSet(Rc::new(result))
        } else {
            Value::set(result)
        })
    }

    fn repeat(&mut self, sequence: &Value, count: &Int) -> R {
        let count = if count.is_negative() {
            0
        } else {
            count.to_i64().unwrap_or(i64::MAX)
        };
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let length = match sequence {
            Value::Str(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            Value::List(items) => items.borrow().len(),
            Value::Tuple(items) => items.len(),
            _ => 0,
        };
        let size = length.saturating_mul(count);
        match sequence {
            Value::List(_) | Value::Tuple(_) => self.check_items(size)?,
            _ => self.check_size(size)?,
        }
        let count = if length == 0 { 0 } else { count };
        Ok(match sequence {
            Value::Str(text) => Value::from(text.repeat(count)),
            Value::Bytes(bytes) => Value::bytes(&bytes.repeat(count)),
            Value::List(items) => {
                let items = items.borrow().clone();
                Value::list(std::iter::repeat_n(items, count).flatten().collect())
            }
            Value::Tuple(items) => Value::tuple(
                std::iter::repeat_n(items.to_vec(), count)
                    .flatten()
                    .collect(),
            ),
            other => other.clone(),
        })
    }

    fn int_binary(&mut self, op: BinOp, left: &Int, right: &Int, both_bool: bool) -> R {
        let zero = |ev: &Self, text: &str| ev.raise("ZeroDivisionError", text);
        Ok(match op {
            BinOp::Add => Value::Int(left.add(right)),
            BinOp::Sub => Value::Int(left.sub(right)),
            BinOp::Mul => {
                self.check_bits(left.bits().saturating_add(right.bits()))?;
                Value::Int(left.mul(right))
            }
            BinOp::FloorDiv => match left.div_mod(right) {
                Some((quotient, _)) => Value::Int(quotient),
                None => return Err(zero(self, "integer division or modulo by zero")),
            },
            BinOp::Mod => match left.div_mod(right) {
                Some((_, remainder)) => Value::Int(remainder),
                None => return Err(zero(self, "integer modulo by zero")),
            },
            BinOp::TrueDiv => {
                if right.is_zero() {
                    return Err(zero(self, "division by zero"));
                }
                if left.is_zero() && right.is_negative() {
                    return Ok(Value::Float(-0.0));
                }
                match (left.to_i64(), right.to_i64()) {
                    (Some(left), Some(right))
                        if left.abs_diff(0) < 1 << 53 && right.abs_diff(0) < 1 << 53 =>
                    {
                        Value::Float(left as f64 / right as f64)
                    }
                    _ => {
                        let (left, right) = (left.to_big(), right.to_big());
                        let quotient = big_true_div(&left, &right);
                        match quotient {
                            Some(value) => Value::Float(value),
                            None => {
                                return Err(self.raise(
                                    "OverflowError",
                                    "integer division result too large for a float",
                                ));
                            }
                        }
                    }
                }
            }
            BinOp::Pow => {
                if right.is_negative() {
                    if left.is_zero() {
                        return Err(zero(self, "0.0 cannot be raised to a negative power"));
                    }
                    let (base, exponent) = (left.to_f64(), right.to_f64());
                    if base.is_infinite() || exponent.is_infinite() {
                        return Err(
                            self.raise("OverflowError", "int too large to convert to float")
                        );
                    }
                    return Ok(Value::Float(base.powf(exponent)));
                }
                let exponent = right.to_i64().and_then(|value| u32::try_from(value).ok());
                match exponent {
                    Some(exponent) => {
                        let bits = left.bits().saturating_mul(u64::from(exponent));
                        self.check_bits(bits)?;
                        Value::Int(left.pow(exponent))
                    }
                    None if left.is_zero() => Value::int(0_i64),
                    None if *left == Int::Small(1) => Value::int(1_i64),
                    None => return Err(self.unreadable("a power is too large")),
                }
            }
            BinOp::LShift | BinOp::RShift => {
                if right.is_negative() {
                    return Err(self.raise("ValueError", "negative shift count"));
                }
                let count = right.to_i64().and_then(|value| u32::try_from(value).ok());
                match (op, count) {
                    (BinOp::RShift, None) => {
                        Value::int(if left.is_negative() { -1_i64 } else { 0 })
                    }
                    (BinOp::RShift, Some(count)) => Value::Int(left.shr(count)),
                    (_, Some(count)) => {
                        self.check_bits(left.bits().saturating_add(u64::from(count)))?;
                        Value::Int(left.shl(count))
                    }
                    (_, None) if left.is_zero() => Value::int(0_i64),
                    (_, None) => return Err(self.unreadable("a shift is too large")),
                }
            }
            BinOp::And | BinOp::Or | BinOp::Xor => {
                let result = match op {
                    BinOp::And => left.bit_and(right),
                    BinOp::Or => left.bit_or(right),
                    _ => left.bit_xor(right),
                };
                if both_bool {
                    Value::Bool(!result.is_zero())
                } else {
                    Value::Int(result)
                }
            }
            BinOp::MatMul => {
                return Err(self.raise(
                    "TypeError",
                    "unsupported operand type(s) for @: 'int' and 'int'",
                ));
            }
        })
    }

    fn float_binary(&mut self, op: BinOp, left: f64, right: f64) -> R<Option<Value>> {
        let zero = |ev: &Self, text: &str| ev.raise("ZeroDivisionError", text);
        Ok(Some(Value::Float(match op {
            BinOp::Add => left + right,
            BinOp::Sub => left - right,
            BinOp::Mul => left * right,
            BinOp::TrueDiv => {
                if right == 0.0 {
                    return Err(zero(self, "float division by zero"));
                }
                left / right
            }
            BinOp::FloorDiv | BinOp::Mod => {
                if right == 0.0 {
                    let text = if op == BinOp::Mod {
                        "float modulo"
                    } else {
                        "float floor division by zero"
                    };
                    return Err(zero(self, text));
                }
                let (quotient, remainder) = float_div_mod(left, right);
                if op == BinOp::Mod {
                    remainder
                } else {
                    quotient
                }
            }
            BinOp::Pow => {
                if left == 0.0 && right < 0.0 {
                    return Err(zero(self, "0.0 cannot be raised to a negative power"));
                }
                if left < 0.0 && right.fract() != 0.0 && left.is_finite() && right.is_finite() {
                    return Ok(Some(self.unknown("complex numbers are not modelled")));
                }
                let result = left.powf(right);
                if result.is_infinite() && left.is_finite() && right.is_finite() {
                    return Err(
                        self.raise("OverflowError", "(34, 'Numerical result out of range')")
                    );
                }
                result
            }
            _ => return Ok(None),
        })))
    }

    /// `divmod` for builtin numbers.
    pub(crate) fn div_mod(&mut self, left: &Value, right: &Value) -> R {
        if let Some(unknown) = first_unknown(left, right) {
            return Ok(unknown);
        }
        for (value, name, other) in [(left, "__divmod__", right), (right, "__rdivmod__", left)] {
            if let Value::Instance(instance) = value
                && instance.class.lookup(name).is_some()
            {
                let args = crate::Args::positional(vec![other.clone()]);
                return self.call_method(value, name, args);
            }
        }
        let either_float = matches!(left.unwrap_payload(), Value::Float(_))
            || matches!(right.unwrap_payload(), Value::Float(_));
        if either_float
            && plain_float(&left.unwrap_payload()).is_some()
            && plain_float(&right.unwrap_payload()) == Some(0.0)
        {
            return Err(self.raise("ZeroDivisionError", "float divmod()"));
        }
        let quotient = self.binary(BinOp::FloorDiv, left, right)?;
        let remainder = self.binary(BinOp::Mod, left, right)?;
        Ok(Value::tuple(vec![quotient, remainder]))
    }

    /// `-value`, `+value`, `~value`.
    pub(crate) fn unary(&mut self, op: char, value: &Value) -> R {
        if value.is_unknown() {
            return Ok(value.clone());
        }
        if let Value::Object(object) = value
            && let Some(result) = Rc::clone(object).unary(self, op)?
        {
            return Ok(result);
        }
        if let Value::Instance(instance) = value {
            let name = match op {
                '-' => "__neg__",
                '+' => "__pos__",
                _ => "__invert__",
            };
            if let Some(method) = instance.class.lookup(name) {
                let bound = self.bind_to(&method, value.clone())?;
                return self.call(&bound, Args::none());
            }
            if let Some(payload) = instance.payload() {
                return self.unary(op, &payload);
            }
        }
        if let Some(result) = crate::builtins::counter::unary(self, op, value)? {
            return Ok(result);
        }
        match (op, value, plain_int(value)) {
            ('-', Value::Float(value), _) => Ok(Value::Float(-value)),
            ('+', Value::Float(value), _) => Ok(Value::Float(*value)),
            ('-', _, Some(int)) => Ok(Value::Int(int.neg())),
            ('+', _, Some(int)) => Ok(Value::Int(int)),
            ('~', _, Some(int)) => Ok(Value::Int(int.invert())),
            _ => {
                let kind = self.type_name(value);
                Err(self.raise(
                    "TypeError",
                    format!("bad operand type for unary {op}: '{kind}'"),
                ))
            }
        }
    }

    /// `left op= right`: in place for mutable values.
    pub(crate) fn in_place(&mut self, op: BinOp, left: &Value, right: &Value) -> R {
        if let Some(unknown) = first_unknown(left, right) {
            return Ok(unknown);
        }
        if let Value::Instance(instance) = left
            && let Some(method) = instance.class.lookup(&format!("__i{}__", op.method()))
        {
            let bound = self.bind_to(&method, left.clone())?;
            let result = self.call(&bound, Args::positional(vec![right.clone()]))?;
            if !matches!(result, Value::NotImplemented) {
                return Ok(result);
            }
        }
        if let Value::Object(object) = left
            && let Some(result) = Rc::clone(object).binary_in_place(self, op, right)?
        {
            return Ok(result);
        }
        match (op, left) {
            (_, Value::Dict(dict))
                if dict.borrow().kind == DictKind::Counter
                    && crate::builtins::counter::in_place(self, op, dict, right)? =>
            {
                Ok(left.clone())
            }
            (BinOp::Add, Value::List(items)) => {
                let more = self.iterate(right)?;
                let length = items.borrow().len();
                self.check_items(more.len())?;
                self.check_size((length + more.len()).saturating_mul(16))?;
                items.borrow_mut().extend(more);
                Ok(left.clone())
            }
            (BinOp::Mul, Value::List(items)) => {
                if let Some(count) = self.index_opt(right)? {
                    let repeated = self.repeat(left, &count)?;
                    if let Value::List(repeated) = repeated {
                        *items.borrow_mut() = repeated.take();
                    }
                    return Ok(left.clone());
                }
                self.binary(op, left, right)
            }
            (BinOp::Or, Value::Dict(dict)) => {
                crate::builtins::dict::update(self, dict, Some(right.clone()), Vec::new())?;
                Ok(left.clone())
            }
            (BinOp::Or | BinOp::And | BinOp::Sub | BinOp::Xor, Value::Set(set)) => {
                let other = match right.unwrap_payload() {
                    other @ (Value::Set(_) | Value::FrozenSet(_)) => super::compare::set_of(&other),
                    _ => return self.binary(op, left, right),
                };
                self.charge((set.borrow().len() + other.len()).saturating_mul(4));
                crate::builtins::set::change(op, set, &other);
                Ok(left.clone())
            }
            _ => match self.try_binary(op, left, right)? {
                Some(result) => Ok(result),
                None => {
                    let (left, right) = (self.type_name(left), self.type_name(right));
                    Err(self.raise(
                        "TypeError",
                        format!(
                            "unsupported operand type(s) for {}=: '{left}' and '{right}'",
                            op.symbol()
                        ),
                    ))
                }
            },
        }
    }
}

/// The set operation of `|`, `&`, `-` or `^`.
pub(crate) fn combine_sets(op: BinOp, left: &Set, right: &Set) -> Set {
    match op {
        BinOp::And => left.intersection(right),
        BinOp::Sub => left.difference(right),
        BinOp::Xor => {
            let mut result = right.copied();
            result.toggle(left);
            result
        }
        _ => {
            let mut result = left.copied();
            result.merge(right);
            result
        }
    }
}

/// `divmod` of floats: the remainder has the divisor's sign.
pub(crate) fn float_div_mod(left: f64, right: f64) -> (f64, f64) {
    let mut remainder = left % right;
    let mut quotient = (left - remainder) / right;
    if remainder == 0.0 {
        remainder = 0.0_f64.copysign(right);
    } else if (right < 0.0) != (remainder < 0.0) {
        remainder += right;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        quotient = 0.0_f64.copysign(left / right);
    } else {
        let floor = quotient.floor();
        quotient = if quotient - floor > 0.5 {
            floor + 1.0
        } else {
            floor
        };
    }
    (quotient, remainder)
}

/// True division of big integers, correctly rounded for quotients in the range of floats.
fn big_true_div(left: &num_bigint::BigInt, right: &num_bigint::BigInt) -> Option<f64> {
    use num_traits::{Signed as _, Zero as _};
    let negative = left.is_negative() != right.is_negative();
    let (left, right) = (left.abs(), right.abs());
    if left.is_zero() {
        return Some(0.0);
    }
    // Scale so that the integer quotient has 64 to 66 bits, with a sticky lowest bit.
    let shift = 65 - (i64::try_from(left.bits()).ok()? - i64::try_from(right.bits()).ok()?);
    let (scaled_left, scaled_right) = if shift >= 0 {
        (left << u64::try_from(shift).ok()?, right)
    } else {
        (left, right << u64::try_from(-shift).ok()?)
    };
    let quotient: num_bigint::BigInt = &scaled_left / &scaled_right;
    let remainder: num_bigint::BigInt = &scaled_left % &scaled_right;
    let sticky = !remainder.is_zero();
    let quotient: num_bigint::BigInt =
        (quotient << 1_u32) | num_bigint::BigInt::from(u8::from(sticky));
    let exponent = i32::try_from(-shift - 1).ok()?;
    let value =
        quotient.to_f64()? * 2.0_f64.powi(exponent / 2) * 2.0_f64.powi(exponent - exponent / 2);
    if value.is_infinite() {
        return None;
    }
    Some(if negative { -value } else { value })
}

/// The first operand that is unknown or opaque, as the result of an operation on both.
pub(crate) fn first_unknown(left: &Value, right: &Value) -> Option<Value> {
    for value in [left, right] {
        match value {
            Value::Unknown(_) => return Some(value.clone()),
            Value::Opaque(opaque) => {
                return Some(Value::opaque(format!("an operation on {}", opaque.what)));
            }
            _ => {}
        }
    }
    None
}

fn is_sequence(value: &Value) -> bool {
    matches!(
        value,
        Value::Str(_) | Value::Bytes(_) | Value::List(_) | Value::Tuple(_)
    )
}

fn is_type_like(value: &Value) -> bool {
    matches!(value, Value::Class(_))
}

/// The integer of an `int` or `bool`.
pub(crate) fn plain_int(value: &Value) -> Option<Int> {
    match value {
        Value::Int(value) => Some(value.clone()),
        Value::Bool(value) => Some(Int::from(i64::from(*value))),
        _ => None,
    }
}

/// The float of a builtin number.
pub(crate) fn plain_float(value: &Value) -> Option<f64> {
    match value {
        Value::Float(value) => Some(*value),
        other => plain_int(other).map(|value| value.to_f64()),
    }
}
