//! Python values, some of which may be unknown.
//!
//! Containers are shared by reference as in Python. A [`Value::Unknown`] is a value that exists but
//! cannot be known from the source; it flows through operations and becomes an error only where it
//! would matter. A [`Value::Opaque`] is known never to matter.

mod class;
mod dict;
mod function;
mod hash;
mod int;
mod module;
mod native;
mod set;

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Location};

pub(crate) use class::FieldRules;
pub(crate) use class::linearize;
pub use class::{Annotation, Class, ClassHooks, ClassKind, Instance};
pub(crate) use dict::DictKind;
pub use dict::{Dict, HashKey, Unhashable};
pub use function::{Bound, BoundTarget, Function, NativeFn, NativeImpl};
pub use int::Int;
pub use module::{Module, ModuleFallback, Vars};
pub use native::{BinOp, CmpOp, IterCell, NativeObject, PyIter};
pub use set::Set;

use crate::eval::Interp;
use crate::flow::R;

/// Shared text.
pub type Str = Rc<str>;

/// A Python value.
#[derive(Clone)]
pub enum Value {
    /// `None`.
    None,
    /// `...`.
    Ellipsis,
    /// `NotImplemented`.
    NotImplemented,
    /// `True` or `False`.
    Bool(bool),
    /// An integer of any size.
    Int(Int),
    /// A float.
    Float(f64),
    /// A string.
    Str(Str),
    /// A bytes object.
    Bytes(Rc<[u8]>),
    /// A tuple.
    Tuple(Rc<[Value]>),
    /// A list.
    List(Rc<RefCell<Vec<Value>>>),
    /// A dictionary.
    Dict(Rc<RefCell<Dict>>),
    /// A set.
    Set(Rc<RefCell<Set>>),
    /// A frozen set.
    FrozenSet(Rc<Set>),
    /// `range(start, stop, step)`.
    Range(Rc<Range>),
    /// A slice object.
    Slice(Rc<Slice>),
    /// A function or lambda written in Python.
    Function(Rc<Function>),
    /// A function of the evaluator.
    Native(Rc<NativeFn>),
    /// A method bound to its receiver.
    Bound(Rc<Bound>),
    /// A class, written in Python or modelled.
    Class(Rc<Class>),
    /// An instance of a class written in Python, or an exception, or an enum member.
    Instance(Rc<Instance>),
    /// A module.
    Module(Rc<Module>),
    /// An iterator or generator.
    Iter(Rc<IterCell>),
    /// A modelled object: the extension point.
    Object(Rc<dyn NativeObject>),
    /// Something known to exist that never matters.
    Opaque(Rc<Opaque>),
    /// Something that cannot be known.
    Unknown(Rc<Unknown>),
}

/// `range(start, stop, step)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// First element.
    pub start: i64,
    /// First element that is not in the range.
    pub stop: i64,
    /// Distance between elements; never zero.
    pub step: i64,
}

impl Range {
    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> i64 {
        let (start, stop, step) = (
            i128::from(self.start),
            i128::from(self.stop),
            i128::from(self.step),
        );
        let count = if step > 0 && start < stop {
            (stop - start - 1) / step + 1
        } else if step < 0 && start > stop {
            (start - stop - 1) / -step + 1
        } else {
            0
        };
        i64::try_from(count).unwrap_or(i64::MAX)
    }

    /// True when there are no elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element at a non-negative position below [`Range::len`].
    #[must_use]
    pub fn at(&self, index: i64) -> i64 {
        self.start.wrapping_add(self.step.wrapping_mul(index))
    }
}

/// `slice(start, stop, step)`; each part may be `None`.
#[derive(Debug, Clone)]
pub struct Slice {
    /// First position.
    pub start: Value,
    /// Position after the last.
    pub stop: Value,
    /// Distance.
    pub step: Value,
}

/// Something known to exist that never matters to a schema or an operation.
#[derive(Debug, Clone)]
pub struct Opaque {
    /// What it is, as a person would name it, such as `relationship()`.
    pub what: String,
}

/// A value that cannot be known, and why.
#[derive(Debug, Clone)]
pub struct Unknown {
    /// Why, as a clause: "module `x` is not modelled".
    pub reason: String,
    /// Where it came from.
    pub location: Option<Location>,
    /// True when it comes from code that is not read: calling it could have any effect, so such a
    /// call is an error while a migration runs, even if the result is not used.
    pub foreign: bool,
    /// True for an answer of the database, in a script that is probed before it runs.
    pub from_database: bool,
    /// For such an answer: the mapped class whose objects it consists of.
    pub(crate) object_of: Option<Rc<Class>>,
    /// For rows of several things: which of them are objects, and of which class.
    pub(crate) row_of: Option<Rc<[Option<Rc<Class>>]>>,
    /// For such objects: the relationship whose list they are.
    pub(crate) list_of: Option<Rc<crate::models::relationship::Related>>,
    /// True for what a decorator that is not read has made of a function.
    pub decorates: bool,
    /// True for a part of a table, a `MetaData` or a registry that is not modelled: calling it may change tables.
    pub changes_tables: bool,
}

impl Unknown {
    /// Data that cannot be known, and why.
    pub(crate) fn data(reason: impl Into<String>, location: Option<Location>) -> Unknown {
        Unknown {
            reason: reason.into(),
            location,
            foreign: false,
            decorates: false,
            changes_tables: false,
            from_database: false,
            object_of: None,
            list_of: None,
            row_of: None,
        }
    }

    /// The error for an unknown value that is needed at `location` for `what`
    /// (such as "the condition of `if`").
    #[must_use]
    pub fn error(&self, what: &str, location: Option<Location>) -> Error {
        let mut diagnostic = Diagnostic::error(
            "unreadable",
            format!("{what} cannot be read: {}", self.reason),
        );
        let same = match (&location, &self.location) {
            (Some(at), Some(from)) => at == from,
            _ => false,
        };
        diagnostic = diagnostic.at_maybe(location, "needed here");
        if !same {
            diagnostic = diagnostic.at_maybe(self.location.clone(), "comes from here");
        }
        let kind = if self.from_database {
            ErrorKind::NeedsDatabase
        } else {
            ErrorKind::Unreadable
        };
        Error::new(kind, diagnostic)
    }
}

impl Value {
    /// A string.
    pub fn str(text: impl Into<Str>) -> Value {
        Value::Str(text.into())
    }

    /// An integer.
    pub fn int(value: impl Into<Int>) -> Value {
        Value::Int(value.into())
    }

    /// A bytes object.
    #[must_use]
    pub fn bytes(bytes: &[u8]) -> Value {
        Value::Bytes(Rc::from(bytes))
    }

    /// A new list.
    #[must_use]
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(Rc::new(RefCell::new(items)))
    }

    /// A tuple.
    #[must_use]
    pub fn tuple(items: Vec<Value>) -> Value {
        Value::Tuple(Rc::from(items))
    }

    /// A new dictionary.
    #[must_use]
    pub fn dict(dict: Dict) -> Value {
        Value::Dict(Rc::new(RefCell::new(dict)))
    }

    /// A new set.
    #[must_use]
    pub fn set(set: Set) -> Value {
        Value::Set(Rc::new(RefCell::new(set)))
    }

    /// A modelled object.
    pub fn object(object: impl NativeObject) -> Value {
        Value::Object(Rc::new(object))
    }

    /// A native function.
    pub fn native(
        name: impl Into<Str>,
        function: impl Fn(&mut Interp<'_>, crate::Args) -> R + 'static,
    ) -> Value {
        Value::Native(Rc::new(NativeFn {
            name: name.into(),
            function: Rc::new(function),
        }))
    }

    /// An iterator.
    pub fn iter(kind: &'static str, iter: impl PyIter + 'static) -> Value {
        Value::Iter(Rc::new(IterCell::new(kind, Box::new(iter))))
    }

    /// Something that never matters.
    pub fn opaque(what: impl Into<String>) -> Value {
        Value::Opaque(Rc::new(Opaque { what: what.into() }))
    }

    /// Data that cannot be known; calling it has no effect.
    pub fn unknown(reason: impl Into<String>, location: Option<Location>) -> Value {
        Value::Unknown(Rc::new(Unknown::data(reason, location)))
    }

    /// An answer of the database that is not there while a script is probed.
    pub(crate) fn answer(location: Option<Location>) -> Value {
        Value::Unknown(Rc::new(Unknown {
            from_database: true,
            ..Unknown::data("it depends on what the database holds", location)
        }))
    }

    /// An answer that consists of objects of a mapped class.
    pub(crate) fn answer_of(class: &Rc<Class>, location: Option<Location>) -> Value {
        Value::Unknown(Rc::new(Unknown {
            from_database: true,
            object_of: Some(Rc::clone(class)),
            ..Unknown::data("it depends on what the database holds", location)
        }))
    }

    /// Something of code that is not read; calling it could have any effect.
    pub fn foreign(reason: impl Into<String>, location: Option<Location>) -> Value {
        Value::Unknown(Rc::new(Unknown {
            foreign: true,
            ..Unknown::data(reason, location)
        }))
    }

    /// The text, if it is a string (or an instance of a subclass of `str`, such as a string enum member).
    #[must_use]
    pub fn as_str(&self) -> Option<Str> {
        match self {
            Value::Str(text) => Some(Rc::clone(text)),
            Value::Instance(instance) => instance.payload()?.as_str(),
            _ => None,
        }
    }

    /// The integer, if it is an `int` or `bool` (or an instance of a subclass).
    #[must_use]
    pub fn as_int(&self) -> Option<Int> {
        match self {
            Value::Int(value) => Some(value.clone()),
            Value::Bool(value) => Some(Int::from(i64::from(*value))),
            Value::Instance(instance) => instance.payload()?.as_int(),
            _ => None,
        }
    }

    /// The integer as `i64`, if it is one and fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.as_int()?.to_i64()
    }

    /// The modelled object of type `T`, if it is one (or an instance of a Python subclass around one).
    #[must_use]
    pub fn downcast<T: NativeObject>(&self) -> Option<Rc<T>> {
        match self {
            Value::Object(object) => {
                let any: Rc<dyn std::any::Any> = Rc::clone(object).as_any_rc();
                any.downcast::<T>().ok()
            }
            Value::Instance(instance) => instance.payload()?.downcast::<T>(),
            _ => None,
        }
    }

    /// The modelled object of type `T` by reference, without looking into instances.
    #[must_use]
    pub fn downcast_ref<T: NativeObject>(&self) -> Option<&T> {
        match self {
            Value::Object(object) => object.as_any().downcast_ref::<T>(),
            _ => None,
        }
    }

    /// The unknown, if it is one.
    #[must_use]
    pub fn as_unknown(&self) -> Option<&Rc<Unknown>> {
        match self {
            Value::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// True for `None`.
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self, Value::None)
    }

    /// True for [`Value::Unknown`].
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown(_))
    }

    /// The builtin value inside an instance of a subclass of a builtin (`class Color(str, Enum)`),
    /// or the value itself.
    #[must_use]
    pub fn unwrap_payload(&self) -> Value {
        match self {
            Value::Instance(instance) => instance.payload().unwrap_or_else(|| self.clone()),
            _ => self.clone(),
        }
    }

    /// Identity, as `is` sees it.
    #[must_use]
    pub fn is_same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::None, Value::None)
            | (Value::Ellipsis, Value::Ellipsis)
            | (Value::NotImplemented, Value::NotImplemented) => true,
            (Value::Bool(left), Value::Bool(right)) => left == right,
            // CPython caches small integers and interns literals; programs that rely on more are wrong.
            (Value::Int(left), Value::Int(right)) => left == right,
            (Value::Float(left), Value::Float(right)) => left.to_bits() == right.to_bits(),
            (Value::Str(left), Value::Str(right)) => left == right,
            (Value::Bytes(left), Value::Bytes(right)) => left == right,
            (Value::Tuple(left), Value::Tuple(right)) => {
                Rc::ptr_eq(left, right) || (left.is_empty() && right.is_empty())
            }
            (Value::Object(left), Value::Object(right)) if left.is_one() && right.is_one() => {
                left.type_name() == right.type_name()
            }
            _ => match (self.identity(), other.identity()) {
                (Some(left), Some(right)) => left == right,
                _ => false,
            },
        }
    }

    /// The address of a shared value; none for plain data.
    #[must_use]
    pub fn identity(&self) -> Option<usize> {
        fn address<T: ?Sized>(rc: &Rc<T>) -> usize {
            Rc::as_ptr(rc).cast::<()>() as usize
        }
        Some(match self {
            Value::Tuple(value) => address(value),
            Value::List(value) => address(value),
            Value::Dict(value) => address(value),
            Value::Set(value) => address(value),
            Value::FrozenSet(value) => address(value),
            Value::Range(value) => address(value),
            Value::Slice(value) => address(value),
            Value::Function(value) => address(value),
            Value::Native(value) => address(value),
            Value::Bound(value) => address(value),
            Value::Class(value) => address(value),
            Value::Instance(value) => address(value),
            Value::Module(value) => address(value),
            Value::Iter(value) => address(value),
            Value::Object(value) => address(value),
            Value::Opaque(value) => address(value),
            Value::Unknown(value) => address(value),
            Value::None
            | Value::Ellipsis
            | Value::NotImplemented
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Str(_)
            | Value::Bytes(_) => return None,
        })
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::None => f.write_str("None"),
            Value::Ellipsis => f.write_str("Ellipsis"),
            Value::NotImplemented => f.write_str("NotImplemented"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Int(value) => write!(f, "{value}"),
            Value::Float(value) => write!(f, "{value}"),
            Value::Str(value) => write!(f, "{value:?}"),
            Value::Bytes(value) => write!(f, "bytes({})", value.len()),
            Value::Tuple(value) => write!(f, "{value:?}"),
            Value::List(value) => match value.try_borrow() {
                Ok(items) => write!(f, "{items:?}"),
                Err(_) => f.write_str("[..]"),
            },
            Value::Dict(_) => f.write_str("<dict>"),
            Value::Set(_) | Value::FrozenSet(_) => f.write_str("<set>"),
            Value::Range(value) => write!(f, "{value:?}"),
            Value::Slice(value) => write!(f, "{value:?}"),
            Value::Function(value) => write!(f, "<function {}>", value.name),
            Value::Native(value) => write!(f, "<native {}>", value.name),
            Value::Bound(_) => f.write_str("<bound method>"),
            Value::Class(value) => write!(f, "<class {}>", value.name),
            Value::Instance(value) => write!(f, "<{} object>", value.class.name),
            Value::Module(value) => write!(f, "<module {}>", value.name),
            Value::Iter(value) => write!(f, "<{}>", value.kind),
            Value::Object(value) => write!(f, "<{} object>", value.type_name()),
            Value::Opaque(value) => write!(f, "<opaque {}>", value.what),
            Value::Unknown(value) => write!(f, "<unknown: {}>", value.reason),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Int(Int::from(value))
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Value {
        Value::Int(Int::from(value))
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Value {
        Value::Float(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::Str(Rc::from(value))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::Str(Rc::from(value))
    }
}

impl From<Str> for Value {
    fn from(value: Str) -> Value {
        Value::Str(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::None, Into::into)
    }
}
