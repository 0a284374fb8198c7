//! Generators.

use std::rc::Rc;

use super::{Code, Interp, Scope};
use crate::flow::{R, Raised};
use crate::value::{Function, Value};

/// What generators can do besides giving their next value.
pub trait GeneratorControl {
    /// `generator.send(value)`.
    fn send(&mut self, ev: &mut Interp<'_>, value: Value) -> R<Option<Value>>;
    /// `generator.throw(exception)`.
    fn throw(&mut self, ev: &mut Interp<'_>, raised: Raised) -> R<Option<Value>>;
    /// `generator.close()`.
    fn close(&mut self, ev: &mut Interp<'_>) -> R<()>;
    /// What it returned, once it is exhausted.
    fn returned(&self) -> Value;
}

impl Interp<'_> {
    pub(crate) fn make_generator(
        &mut self,
        _function: &Rc<Function>,
        _code: &Rc<Code>,
        _scope: Rc<Scope>,
    ) -> Value {
        self.unknown("generators are not modelled yet")
    }
}
