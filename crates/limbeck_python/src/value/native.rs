//! Modelled objects: what another part of the crate implements to give Python code a new kind of value.

use std::any::Any;
use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;

use super::{Class, HashKey, Unhashable, Value};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;

/// A binary operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "named as Python's `operator` module names them"
)]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    MatMul,
    TrueDiv,
    FloorDiv,
    Mod,
    Pow,
    LShift,
    RShift,
    And,
    Or,
    Xor,
}

/// A comparison operator that objects may define.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "named as Python's `operator` module names them"
)]
pub enum CmpOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl BinOp {
    /// The operator as written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            BinOp::Add => "+",
            BinOp::Sub => "-",
            BinOp::Mul => "*",
            BinOp::MatMul => "@",
            BinOp::TrueDiv => "/",
            BinOp::FloorDiv => "//",
            BinOp::Mod => "%",
            BinOp::Pow => "**",
            BinOp::LShift => "<<",
            BinOp::RShift => ">>",
            BinOp::And => "&",
            BinOp::Or => "|",
            BinOp::Xor => "^",
        }
    }

    /// Its special method without underscores: `add`.
    #[must_use]
    pub fn method(self) -> &'static str {
        match self {
            BinOp::Add => "add",
            BinOp::Sub => "sub",
            BinOp::Mul => "mul",
            BinOp::MatMul => "matmul",
            BinOp::TrueDiv => "truediv",
            BinOp::FloorDiv => "floordiv",
            BinOp::Mod => "mod",
            BinOp::Pow => "pow",
            BinOp::LShift => "lshift",
            BinOp::RShift => "rshift",
            BinOp::And => "and",
            BinOp::Or => "or",
            BinOp::Xor => "xor",
        }
    }
}

impl CmpOp {
    /// Whether the comparison is true of two values in that order.
    #[must_use]
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            CmpOp::Eq => order.is_eq(),
            CmpOp::Ne => order.is_ne(),
            CmpOp::Lt => order.is_lt(),
            CmpOp::Le => order.is_le(),
            CmpOp::Gt => order.is_gt(),
            CmpOp::Ge => order.is_ge(),
        }
    }

    /// The operator as written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            CmpOp::Eq => "==",
            CmpOp::Ne => "!=",
            CmpOp::Lt => "<",
            CmpOp::Le => "<=",
            CmpOp::Gt => ">",
            CmpOp::Ge => ">=",
        }
    }

    /// Its special method: `__eq__`.
    #[must_use]
    pub fn dunder(self) -> &'static str {
        match self {
            CmpOp::Eq => "__eq__",
            CmpOp::Ne => "__ne__",
            CmpOp::Lt => "__lt__",
            CmpOp::Le => "__le__",
            CmpOp::Gt => "__gt__",
            CmpOp::Ge => "__ge__",
        }
    }

    /// The operator with its sides exchanged.
    #[must_use]
    pub fn swapped(self) -> CmpOp {
        match self {
            CmpOp::Eq => CmpOp::Eq,
            CmpOp::Ne => CmpOp::Ne,
            CmpOp::Lt => CmpOp::Gt,
            CmpOp::Le => CmpOp::Ge,
            CmpOp::Gt => CmpOp::Lt,
            CmpOp::Ge => CmpOp::Le,
        }
    }
}

/// Upcasts for downcasting; implemented for every type.
pub trait AsAny: Any {
    /// As `dyn Any`.
    fn as_any(&self) -> &dyn Any;
    /// As shared `dyn Any`.
    fn as_any_rc(self: Rc<Self>) -> Rc<dyn Any>;
}

impl<T: Any> AsAny for T {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_rc(self: Rc<Self>) -> Rc<dyn Any> {
        self
    }
}

/// A modelled object. Every method has the meaning of the Python protocol it is named after;
/// `Ok(None)` means "not supported", for which the evaluator raises what Python raises.
///
/// Interior state goes into `Cell`/`RefCell`; never hold a borrow while calling the interpreter.
pub trait NativeObject: AsAny {
    /// The name of its type, as Python's messages show it.
    fn type_name(&self) -> String;

    /// True for a value of which Python has one object, which may be several here: `timezone.utc`.
    fn is_one(&self) -> bool {
        false
    }

    /// Its class, for `isinstance`, `type()` and class attributes.
    fn class(&self, _ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        None
    }

    /// Names that [`NativeObject::call_method`] answers; reading one gives a bound method.
    fn methods(&self) -> &'static [&'static str] {
        &[]
    }

    /// Calls the method `name`; only asked for names in [`NativeObject::methods`].
    fn call_method(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        _name: &str,
        _args: Args,
    ) -> R<Option<Value>> {
        Ok(None)
    }

    /// Reads an attribute; asked before [`NativeObject::methods`].
    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, _name: &str) -> R<Option<Value>> {
        Ok(None)
    }

    /// Sets an attribute; false when it has no such attribute.
    fn set_attr(self: Rc<Self>, _ev: &mut Interp<'_>, _name: &str, _value: Value) -> R<bool> {
        Ok(false)
    }

    /// True when an attribute that it lacks is unknown rather than missing (the model is partial).
    fn is_partial(&self) -> bool {
        true
    }

    /// Calls it.
    fn call(self: Rc<Self>, _ev: &mut Interp<'_>, _args: Args) -> R<Option<Value>> {
        Ok(None)
    }

    /// True when `callable()` is.
    fn is_callable(&self) -> bool {
        false
    }

    /// `self[key]`.
    fn get_item(self: Rc<Self>, _ev: &mut Interp<'_>, _key: &Value) -> R<Option<Value>> {
        Ok(None)
    }

    /// `self[key] = value`; false when not supported.
    fn set_item(self: Rc<Self>, _ev: &mut Interp<'_>, _key: &Value, _value: Value) -> R<bool> {
        Ok(false)
    }

    /// `del self[key]`; false when not supported.
    fn del_item(self: Rc<Self>, _ev: &mut Interp<'_>, _key: &Value) -> R<bool> {
        Ok(false)
    }

    /// `iter(self)`: the elements, all at once.
    fn iterate(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Vec<Value>>> {
        Ok(None)
    }

    /// `iter(self)`, lazily: an iterator value. Asked before [`NativeObject::iterate`].
    fn iterator(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(None)
    }

    /// `len(self)`.
    fn len(&self, _ev: &mut Interp<'_>) -> R<Option<usize>> {
        Ok(None)
    }

    /// `item in self`; falls back to iteration.
    fn contains(self: Rc<Self>, _ev: &mut Interp<'_>, _item: &Value) -> R<Option<bool>> {
        Ok(None)
    }

    /// `bool(self)`. A model of something without a truth value returns an error made with
    /// [`Interp::raise`].
    fn truth(&self, _ev: &mut Interp<'_>) -> R<bool> {
        Ok(true)
    }

    /// `self op other`, or `other op self` when `reflected`. `Ok(None)` is `NotImplemented`.
    fn binary(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        _op: BinOp,
        _other: &Value,
        _reflected: bool,
    ) -> R<Option<Value>> {
        Ok(None)
    }

    /// `self op= other`, changed in place; none when `self op other` is to be asked.
    fn binary_in_place(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        _op: BinOp,
        _other: &Value,
    ) -> R<Option<Value>> {
        Ok(None)
    }

    /// `self op other`. `Ok(None)` is `NotImplemented`; the default for `==` is identity.
    fn compare(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        _op: CmpOp,
        _other: &Value,
    ) -> R<Option<Value>> {
        Ok(None)
    }

    /// `-self`, `+self`, `~self`; the operator is `-`, `+` or `~`.
    fn unary(self: Rc<Self>, _ev: &mut Interp<'_>, _op: char) -> R<Option<Value>> {
        Ok(None)
    }

    /// `repr(self)`.
    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        Err(ev.unreadable(format!(
            "the text of a {} is not modelled",
            self.type_name()
        )))
    }

    /// `str(self)`.
    fn str(&self, ev: &mut Interp<'_>) -> R<String> {
        self.repr(ev)
    }

    /// `format(self, spec)`; `Ok(None)` formats `str(self)`.
    fn format(&self, _ev: &mut Interp<'_>, _spec: &str) -> R<Option<String>> {
        Ok(None)
    }

    /// Its key in dictionaries and sets; the default is identity. `this` is the object as a value.
    fn hash_key(&self, this: &Value) -> Result<HashKey, Unhashable> {
        Ok(HashKey::Identity(this.identity().unwrap_or_default()))
    }

    /// `__enter__`.
    fn enter(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(None)
    }

    /// `__exit__` with the exception under way, if there is one; true swallows it.
    fn exit(self: Rc<Self>, _ev: &mut Interp<'_>, _exception: Option<&Value>) -> R<bool> {
        Ok(false)
    }

    /// `__get__` when found on a class: `instance` is none when read from the class itself.
    /// `Ok(None)` means "not a descriptor".
    fn descr_get(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        _instance: Option<&Value>,
        _owner: &Rc<Class>,
    ) -> R<Option<Value>> {
        Ok(None)
    }

    /// `__set__` when found on the class of `instance`; false means "not a data descriptor".
    fn descr_set(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        _instance: &Value,
        _value: &Value,
    ) -> R<bool> {
        Ok(false)
    }

    /// `copy.copy` / `copy.deepcopy`; the default is the object itself, right for immutable ones.
    fn copy(self: Rc<Self>, _ev: &mut Interp<'_>, _deep: bool) -> R<Option<Value>> {
        Ok(None)
    }
}

impl fmt::Debug for dyn NativeObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} object>", self.type_name())
    }
}

/// A lazy sequence of values.
pub trait PyIter {
    /// The next value, or none at the end. After the end it stays at the end.
    fn next(&mut self, ev: &mut Interp<'_>) -> R<Option<Value>>;

    /// `generator.send`, `generator.throw` and `generator.close`; none when it is no generator.
    fn as_generator(&mut self) -> Option<&mut dyn crate::eval::GeneratorControl> {
        None
    }
}

/// A shared iterator.
pub struct IterCell {
    /// What it is, such as `generator` or `list_iterator`.
    pub kind: &'static str,
    pub(crate) state: RefCell<Box<dyn PyIter>>,
}

impl IterCell {
    /// An iterator of the given kind.
    #[must_use]
    pub fn new(kind: &'static str, iter: Box<dyn PyIter>) -> IterCell {
        IterCell {
            kind,
            state: RefCell::new(iter),
        }
    }
}

impl fmt::Debug for IterCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IterCell({})", self.kind)
    }
}
