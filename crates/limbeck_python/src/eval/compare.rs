//! Comparison, membership, identity, and class tests.

use std::cmp::Ordering;
use std::rc::Rc;

use super::Interp;
use super::ops::{first_unknown, plain_float, plain_int};
use crate::args::Args;
use crate::flow::R;
use crate::value::{Class, CmpOp, HashKey, Instance, Unhashable, Value};

impl Interp<'_> {
    /// `left op right`, which may be any value.
    pub fn compare(&mut self, op: CmpOp, left: &Value, right: &Value) -> R {
        self.step()?;
        if let Some(unknown) = first_unknown(left, right) {
            return Ok(match unknown {
                Value::Opaque(opaque) => self.unknown(format!("{} is not modelled", opaque.what)),
                other => other,
            });
        }
        let right_first = match (left, right) {
            (Value::Instance(left), Value::Instance(right)) => {
                !Rc::ptr_eq(&left.class, &right.class) && right.class.is_subclass(&left.class)
            }
            _ => false,
        };
        if right_first && let Some(result) = self.compare_method(op.swapped(), right, left)? {
            return Ok(result);
        }
        if let Some(result) = self.compare_method(op, left, right)? {
            return Ok(result);
        }
        if !right_first && let Some(result) = self.compare_method(op.swapped(), right, left)? {
            return Ok(result);
        }
        let (plain_left, plain_right) = (left.unwrap_payload(), right.unwrap_payload());
        if let Some(result) = self.builtin_compare(op, &plain_left, &plain_right)? {
            return Ok(result);
        }
        match op {
            CmpOp::Eq => Ok(Value::Bool(same_object(left, right))),
            CmpOp::Ne => Ok(Value::Bool(!same_object(left, right))),
            _ => {
                let (left, right) = (self.type_name(left), self.type_name(right));
                Err(self.raise(
                    "TypeError",
                    format!(
                        "'{}' not supported between instances of '{left}' and '{right}'",
                        op.symbol()
                    ),
                ))
            }
        }
    }

    fn compare_method(&mut self, op: CmpOp, this: &Value, other: &Value) -> R<Option<Value>> {
        match this {
            Value::Object(object) => {
                if let Some(result) = Rc::clone(object).compare(self, op, other)? {
                    return Ok(Some(result));
                }
                if op == CmpOp::Ne {
                    return match Rc::clone(object).compare(self, CmpOp::Eq, other)? {
                        Some(Value::Bool(equal)) => Ok(Some(Value::Bool(!equal))),
                        Some(unknown @ Value::Unknown(_)) => Ok(Some(unknown)),
                        _ => Ok(None),
                    };
                }
                Ok(None)
            }
            Value::Instance(instance) => self.compare_instance(op, instance, this, other),
            _ => Ok(None),
        }
    }

    fn compare_instance(
        &mut self,
        op: CmpOp,
        instance: &Rc<Instance>,
        this: &Value,
        other: &Value,
    ) -> R<Option<Value>> {
        for class in instance.class.mro() {
            let own = class.attrs.borrow().get(op.dunder()).cloned();
            if let Some(method) = own {
                if method.is_none() {
                    return Ok(None);
                }
                let bound = self.bind_to(&method, this.clone())?;
                let result = self.call(&bound, Args::positional(vec![other.clone()]))?;
                return Ok(if matches!(result, Value::NotImplemented) {
                    None
                } else {
                    Some(result)
                });
            }
            if op == CmpOp::Ne && class.attrs.borrow().contains_key("__eq__") {
                let equal = self.compare_instance(CmpOp::Eq, instance, this, other)?;
                return match equal {
                    Some(value) if value.is_unknown() => Ok(Some(value)),
                    Some(value) => Ok(Some(Value::Bool(
                        !self.truth(&value, "the result of `__eq__`")?,
                    ))),
                    None => Ok(None),
                };
            }
            let rules = class.fields.borrow().clone();
            if let Some(rules) = rules {
                let equality = matches!(op, CmpOp::Eq | CmpOp::Ne);
                if (equality && rules.eq) || (!equality && rules.order) {
                    let Value::Instance(other) = other else {
                        return Ok(None);
                    };
                    if !Rc::ptr_eq(&instance.class, &other.class) {
                        return Ok(None);
                    }
                    let mut pair = (Vec::new(), Vec::new());
                    for name in &rules.compare {
                        pair.0.push(self.get_attr(this, name)?);
                        pair.1
                            .push(self.get_attr(&Value::Instance(Rc::clone(other)), name)?);
                    }
                    let (left, right) = (Value::tuple(pair.0), Value::tuple(pair.1));
                    return self.compare(op, &left, &right).map(Some);
                }
            }
        }
        // Members of an enum without a mixed-in type are equal only to themselves.
        if instance.class.is_enum() && instance.payload().is_none() {
            return Ok(match op {
                CmpOp::Eq => Some(Value::Bool(same_object(this, other))),
                CmpOp::Ne => Some(Value::Bool(!same_object(this, other))),
                _ => None,
            });
        }
        if let Some(unknown) = instance.class.find_unknown_base()
            && !same_object(this, other)
        {
            return Ok(Some(Value::Unknown(unknown)));
        }
        if let Some(Value::Object(object)) = instance.payload() {
            return Rc::clone(&object).compare(self, op, other);
        }
        Ok(None)
    }

    fn builtin_compare(&mut self, op: CmpOp, left: &Value, right: &Value) -> R<Option<Value>> {
        if let (Some(left), Some(right)) = (plain_int(left), plain_int(right)) {
            return Ok(Some(Value::Bool(op.holds(left.cmp(&right)))));
        }
        if let (Some(left_float), Some(right_float)) = (plain_float(left), plain_float(right)) {
            // An integer and a float compare exactly.
            let order = match (plain_int(left), plain_int(right)) {
                (Some(int), None) => compare_int_float(&int, right_float),
                (None, Some(int)) => compare_int_float(&int, left_float).map(Ordering::reverse),
                _ => left_float.partial_cmp(&right_float),
            };
            return Ok(Some(Value::Bool(match order {
                Some(order) => op.holds(order),
                None => op == CmpOp::Ne,
            })));
        }
        Ok(match (left, right) {
            (Value::Str(left), Value::Str(right)) => Some(Value::Bool(op.holds(left.cmp(right)))),
            (Value::Bytes(left), Value::Bytes(right)) => {
                Some(Value::Bool(op.holds(left.cmp(right))))
            }
            (Value::List(left), Value::List(right)) => {
                let (left, right) = (left.borrow().clone(), right.borrow().clone());
                Some(self.compare_sequences(op, &left, &right)?)
            }
            (Value::Tuple(left), Value::Tuple(right)) => {
                let (left, right) = (Rc::clone(left), Rc::clone(right));
                Some(self.compare_sequences(op, &left, &right)?)
            }
            (Value::Dict(_), Value::Dict(_))
                if let Some(result) = crate::builtins::counter::compare(self, op, left, right)? =>
            {
                Some(Value::Bool(result))
            }
            (Value::Dict(left), Value::Dict(right)) if matches!(op, CmpOp::Eq | CmpOp::Ne) => {
                let (left, right) = (left.borrow().clone(), right.borrow().clone());
                let mut equal = left.len() == right.len();
                if left.kind == crate::value::DictKind::OrderedDict
                    && right.kind == crate::value::DictKind::OrderedDict
                {
                    // Between two of these the order counts.
                    equal = left
                        .entries()
                        .map(|(key, _)| key)
                        .eq(right.entries().map(|(key, _)| key));
                }
                if equal {
                    self.enter()?;
                    for (key, value) in left.entries() {
                        let same = match right.get(key) {
                            Some(other) => self.equal_or_unknown(value, other)?,
                            None => Ok(false),
                        };
                        match same {
                            Ok(true) => {}
                            Ok(false) => {
                                equal = false;
                                break;
                            }
                            Err(unknown) => {
                                self.leave();
                                return Ok(Some(unknown));
                            }
                        }
                    }
                    self.leave();
                }
                Some(Value::Bool(equal == (op == CmpOp::Eq)))
            }
            (Value::Set(_) | Value::FrozenSet(_), Value::Set(_) | Value::FrozenSet(_)) => {
                let subset = |left: &crate::value::Set, right: &crate::value::Set| {
                    left.keys().all(|key| right.contains(key))
                };
                let (left, right) = (set_of(left), set_of(right));
                let result = match op {
                    CmpOp::Eq => left.len() == right.len() && subset(&left, &right),
                    CmpOp::Ne => !(left.len() == right.len() && subset(&left, &right)),
                    CmpOp::Le => subset(&left, &right),
                    CmpOp::Lt => left.len() < right.len() && subset(&left, &right),
                    CmpOp::Ge => subset(&right, &left),
                    CmpOp::Gt => right.len() < left.len() && subset(&right, &left),
                };
                Some(Value::Bool(result))
            }
            (Value::Range(left), Value::Range(right)) if matches!(op, CmpOp::Eq | CmpOp::Ne) => {
                let equal = left.len() == right.len()
                    && (left.is_empty()
                        || (left.start == right.start
                            && (left.len() == 1 || left.step == right.step)));
                Some(Value::Bool(equal == (op == CmpOp::Eq)))
            }
            (Value::Bound(left_bound), Value::Bound(right_bound))
                if matches!(op, CmpOp::Eq | CmpOp::Ne) =>
            {
                let same_target = match (&left_bound.target, &right_bound.target) {
                    (
                        crate::value::BoundTarget::Callable(left),
                        crate::value::BoundTarget::Callable(right),
                    ) => left.is_same(right),
                    (
                        crate::value::BoundTarget::Method(left),
                        crate::value::BoundTarget::Method(right),
                    ) => left == right,
                    _ => false,
                };
                let equal = same_target && left_bound.receiver.is_same(&right_bound.receiver);
                Some(Value::Bool(equal == (op == CmpOp::Eq)))
            }
            _ => None,
        })
    }

    fn compare_sequences(&mut self, op: CmpOp, left: &[Value], right: &[Value]) -> R {
        if matches!(op, CmpOp::Eq | CmpOp::Ne) && left.len() != right.len() {
            return Ok(Value::Bool(op == CmpOp::Ne));
        }
        self.enter()?;
        let mut result = None;
        for (left, right) in left.iter().zip(right) {
            match self.equal_or_unknown(left, right)? {
                Ok(true) => {}
                Ok(false) => {
                    result = Some(match op {
                        CmpOp::Eq => Value::Bool(false),
                        CmpOp::Ne => Value::Bool(true),
                        _ => self.compare(op, left, right)?,
                    });
                    break;
                }
                Err(unknown) => {
                    result = Some(unknown);
                    break;
                }
            }
        }
        self.leave();
        Ok(result.unwrap_or_else(|| Value::Bool(op.holds(left.len().cmp(&right.len())))))
    }

    /// Equality of elements: identical or equal; the inner error is an unknown.
    pub(crate) fn equal_or_unknown(
        &mut self,
        left: &Value,
        right: &Value,
    ) -> R<Result<bool, Value>> {
        if same_object(left, right) && !left.is_unknown() {
            return Ok(Ok(true));
        }
        let result = self.compare(CmpOp::Eq, left, right)?;
        if result.is_unknown() {
            return Ok(Err(result));
        }
        self.truth(&result, "a comparison").map(Ok)
    }

    /// `left == right` for values that must be known.
    pub fn equals(&mut self, left: &Value, right: &Value) -> R<bool> {
        match self.equal_or_unknown(left, right)? {
            Ok(equal) => Ok(equal),
            Err(unknown) => {
                self.need_known(&unknown, "a comparison")?;
                Ok(false)
            }
        }
    }

    /// `item in container`: a bool, or unknown.
    pub fn contains(&mut self, container: &Value, item: &Value) -> R {
        if container.is_unknown() {
            return Ok(container.clone());
        }
        match container {
            Value::Opaque(opaque) => {
                return Ok(self.unknown(format!("{} is not modelled", opaque.what)));
            }
            Value::Object(object) => {
                if let Some(found) = Rc::clone(object).contains(self, item)? {
                    return Ok(Value::Bool(found));
                }
            }
            Value::Instance(instance) => {
                if let Some(method) = instance.class.lookup("__contains__") {
                    let bound = self.bind_to(&method, container.clone())?;
                    let result = self.call(&bound, Args::positional(vec![item.clone()]))?;
                    if result.is_unknown() {
                        return Ok(result);
                    }
                    return Ok(Value::Bool(
                        self.truth(&result, "the result of `__contains__`")?,
                    ));
                }
                if instance.class.lookup("__iter__").is_none()
                    && let Some(payload) = instance.payload()
                {
                    return self.contains(&payload, item);
                }
            }
            Value::Class(class) if class.has_special("__contains__") => {
                let result = self.call_metaclass(class, "__contains__", vec![item.clone()])?;
                if result.is_unknown() {
                    return Ok(result);
                }
                return Ok(Value::Bool(
                    self.truth(&result, "the result of `__contains__`")?,
                ));
            }
            Value::Class(class) if class.is_enum() => {
                return crate::modules::enum_::contains(self, class, item);
            }
            Value::Bytes(_)
                if !matches!(
                    item.unwrap_payload(),
                    Value::Bytes(_)
                        | Value::Int(_)
                        | Value::Bool(_)
                        | Value::Object(_)
                        | Value::Instance(_)
                        | Value::Unknown(_)
                        | Value::Opaque(_)
                ) =>
            {
                let kind = self.type_name(item);
                let text = format!("a bytes-like object is required, not '{kind}'");
                return Err(self.raise("TypeError", text));
            }
            _ => {}
        }
        if item.is_unknown() {
            return Ok(item.clone());
        }
        let plain = item.unwrap_payload();
        match container {
            Value::Str(text) => match plain.as_str() {
                Some(part) => return Ok(Value::Bool(text.contains(&*part))),
                None => {
                    let kind = self.type_name(item);
                    return Err(self.raise(
                        "TypeError",
                        format!("'in <string>' requires string as left operand, not {kind}"),
                    ));
                }
            },
            Value::Bytes(bytes) => match &plain {
                Value::Bytes(part) => {
                    let found = part.is_empty()
                        || bytes.windows(part.len()).any(|window| window == &**part);
                    return Ok(Value::Bool(found));
                }
                Value::Int(byte) => {
                    let byte = byte.to_i64().and_then(|byte| u8::try_from(byte).ok());
                    return Ok(Value::Bool(byte.is_some_and(|byte| bytes.contains(&byte))));
                }
                _ => {}
            },
            Value::Dict(dict) => {
                return Ok(match self.key_or_unknown(item)? {
                    Ok(key) => Value::Bool(dict.borrow().contains(&key)),
                    Err(unknown) => unknown,
                });
            }
            Value::Set(_) | Value::FrozenSet(_) => {
                return Ok(match self.key_or_unknown(item)? {
                    Ok(key) => Value::Bool(match container {
                        Value::Set(set) => set.borrow().contains(&key),
                        Value::FrozenSet(set) => set.contains(&key),
                        _ => false,
                    }),
                    Err(unknown) => unknown,
                });
            }
            Value::Range(range) => {
                if let Some(int) = plain_int(&plain) {
                    let found = int.to_i64().is_some_and(|value| {
                        let inside = if range.step > 0 {
                            range.start <= value && value < range.stop
                        } else {
                            range.stop < value && value <= range.start
                        };
                        inside
                            && (i128::from(value) - i128::from(range.start))
                                % i128::from(range.step)
                                == 0
                    });
                    return Ok(Value::Bool(found));
                }
            }
            _ => {}
        }
        let mut first_unknown = None;
        let mut iter = match self.get_iter_opt(container)? {
            Some(iter) => iter,
            None => {
                let kind = self.type_name(container);
                return Err(self.raise(
                    "TypeError",
                    format!("argument of type '{kind}' is not iterable"),
                ));
            }
        };
        while let Some(candidate) = self.next(&mut iter)? {
            match self.equal_or_unknown(&candidate, item)? {
                Ok(true) => return Ok(Value::Bool(true)),
                Ok(false) => {}
                Err(unknown) => first_unknown = first_unknown.or(Some(unknown)),
            }
        }
        Ok(first_unknown.unwrap_or(Value::Bool(false)))
    }

    /// The dictionary key of a value; raises `TypeError` when it has none.
    pub fn hash_key(&mut self, value: &Value) -> R<HashKey> {
        match self.key_or_unknown(value)? {
            Ok(key) => Ok(key),
            Err(unknown) => {
                self.need_known(&unknown, "a key")?;
                Ok(HashKey::None)
            }
        }
    }

    /// The dictionary key of a value; the inner error is an unknown.
    pub(crate) fn key_or_unknown(&mut self, value: &Value) -> R<Result<HashKey, Value>> {
        match HashKey::of(value) {
            Ok(key) => Ok(Ok(key)),
            Err(Unhashable::Type(name)) => {
                // A slot of that name has its place in the instance.
                let has_slot = matches!(value, Value::Instance(instance) if instance.class.mro().any(|class| {
                    class.attrs.borrow().contains_key("__slots__")
                }));
                if has_slot {
                    return Err(self.unreadable(format!("how `{name}` is hashed is not modelled")));
                }
                Err(self.raise("TypeError", format!("unhashable type: '{name}'")))
            }
            Err(Unhashable::Unknown(unknown)) => Ok(Err(Value::Unknown(unknown))),
            // What it raises, and which keys are equal to it, is not known.
            Err(Unhashable::Custom(name)) => Err(self.unreadable(format!(
                "`{name}` has its own `__hash__`, which is not modelled"
            ))),
        }
    }

    /// `isinstance(value, class)`; none when it cannot be known.
    pub fn is_instance(&mut self, value: &Value, class: &Rc<Class>) -> Option<bool> {
        if &*class.name == "object" && matches!(class.kind, crate::value::ClassKind::Builtin(_)) {
            return Some(true);
        }
        if let Value::Class(of) = value {
            // A class is an instance of `type`, or of a metaclass.
            return Some(
                of.metaclass
                    .as_ref()
                    .is_some_and(|metaclass| metaclass.is_subclass(class))
                    || Rc::ptr_eq(class, &self.types().type_)
                    || (of.is_enum() && &*class.name == "EnumMeta"),
            );
        }
        let Some(of) = self.class_of(value) else {
            if let Value::Object(_) | Value::Unknown(_) | Value::Opaque(_) = value {
                return None;
            }
            if let Some(found) = crate::modules::abc::virtual_subclass(self, value, class) {
                return Some(found);
            }
            // A function or an iterator is no number and no text; what is a function here may be a class.
            let is_other = class.location.is_some()
                || matches!(class.kind, crate::value::ClassKind::Builtin(name) if name != "type");
            return is_other.then_some(false);
        };
        if of.is_subclass(class) {
            return Some(true);
        }
        if let Some(found) = crate::modules::abc::virtual_subclass(self, value, class) {
            return Some(found);
        }
        if of.find_unknown_base().is_some() {
            return None;
        }
        Some(false)
    }
}

/// A set or frozen set, by value.
pub(crate) fn set_of(value: &Value) -> crate::value::Set {
    match value {
        Value::Set(set) => set.borrow().clone(),
        Value::FrozenSet(set) => (**set).clone(),
        _ => crate::value::Set::new(),
    }
}

/// Identity, except that `nan` is not itself here: what container equality uses.
pub(crate) fn same_object(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => left == right,
        _ => left.is_same(right),
    }
}

fn compare_int_float(int: &crate::value::Int, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float.is_infinite() {
        return Some(if float > 0.0 {
            Ordering::Less
        } else {
            Ordering::Greater
        });
    }
    let whole = crate::value::Int::from_f64(float)?;
    Some(
        int.cmp(&whole)
            .then_with(|| 0.0.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal)),
    )
}
