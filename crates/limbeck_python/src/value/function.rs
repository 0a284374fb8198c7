//! Things that can be called.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::{Module, Str, Value, Vars};
use crate::args::Args;
use crate::eval::{Code, Interp, Scope};
use crate::flow::R;

/// A function or lambda written in Python, with its closure.
pub struct Function {
    /// Its name; `<lambda>` for a lambda.
    pub name: Str,
    /// Name with the classes and functions around it.
    pub qualname: Str,
    /// The module it was defined in.
    pub module: Rc<Module>,
    pub(crate) code: Rc<Code>,
    /// Values of defaults, for the last positional parameters.
    pub(crate) defaults: Vec<Value>,
    /// Values of defaults of keyword-only parameters.
    pub(crate) kw_defaults: Vec<(Str, Value)>,
    pub(crate) closure: Rc<Scope>,
    /// Attributes set on the function object.
    pub attrs: Vars,
    /// The class whose body defined it, for `super()`.
    pub(crate) owner: RefCell<Option<std::rc::Weak<super::Class>>>,
}

/// The implementation of a native function.
pub type NativeImpl = Rc<dyn Fn(&mut Interp<'_>, Args) -> R>;

/// A function of the evaluator.
pub struct NativeFn {
    /// Its name, for messages.
    pub name: Str,
    /// What it does.
    pub function: NativeImpl,
}

impl Function {
    /// Names of its positional parameters, with their defaults.
    pub(crate) fn positional(&self) -> Vec<(Str, Option<Value>)> {
        let parameters = &self.code.parameters;
        let names: Vec<Str> = parameters
            .posonlyargs
            .iter()
            .chain(&parameters.args)
            .map(|it| Str::from(it.parameter.name.as_str()))
            .collect();
        let first_default = names.len().saturating_sub(self.defaults.len());
        let default = |at: usize| self.defaults.get(at.checked_sub(first_default)?).cloned();
        names
            .into_iter()
            .enumerate()
            .map(|(at, name)| (name, default(at)))
            .collect()
    }

    /// How many positional parameters it has.
    pub(crate) fn parameter_count(&self) -> usize {
        self.code.parameters.posonlyargs.len() + self.code.parameters.args.len()
    }
}

impl fmt::Debug for NativeFn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NativeFn({})", self.name)
    }
}

/// A method bound to its receiver.
#[derive(Debug)]
pub struct Bound {
    /// `self`, or the class of a class method.
    pub receiver: Value,
    /// What is called.
    pub target: BoundTarget,
}

/// What a bound method calls.
#[derive(Debug)]
pub enum BoundTarget {
    /// A callable that takes the receiver as its first argument.
    Callable(Value),
    /// A method of a builtin or modelled type, by name.
    Method(Str),
}
