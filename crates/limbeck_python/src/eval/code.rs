//! Bodies of functions, shared between the function objects made from them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use limbeck_diag::SourceFile;
use ruff_python_ast::{Comprehension, Expr, Parameters, Stmt};
use ruff_text_size::TextRange;

use super::names::Names;
use crate::value::Str;

/// One parsed text, with the function bodies that have been taken from it.
pub(crate) struct Unit {
    pub(crate) file: SourceFile,
    codes: RefCell<BTreeMap<(u32, u32), Rc<Code>>>,
    comprehensions: RefCell<BTreeMap<(u32, u32), Rc<ComprehensionCode>>>,
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unit({})", self.file.name())
    }
}

impl Unit {
    pub(crate) fn new(file: SourceFile) -> Unit {
        Unit {
            file,
            codes: RefCell::new(BTreeMap::new()),
            comprehensions: RefCell::new(BTreeMap::new()),
        }
    }

    /// The code at `range`, made at first use.
    pub(crate) fn code(&self, range: TextRange, make: impl FnOnce() -> Code) -> Rc<Code> {
        let key = (range.start().to_u32(), range.end().to_u32());
        if let Some(code) = self.codes.borrow().get(&key) {
            return Rc::clone(code);
        }
        let code = Rc::new(make());
        self.codes.borrow_mut().insert(key, Rc::clone(&code));
        code
    }

    pub(crate) fn comprehension(
        &self,
        range: TextRange,
        make: impl FnOnce() -> ComprehensionCode,
    ) -> Rc<ComprehensionCode> {
        let key = (range.start().to_u32(), range.end().to_u32());
        if let Some(code) = self.comprehensions.borrow().get(&key) {
            return Rc::clone(code);
        }
        let code = Rc::new(make());
        self.comprehensions
            .borrow_mut()
            .insert(key, Rc::clone(&code));
        code
    }
}

/// What a function does.
pub(crate) enum Body {
    /// Statements of a `def`.
    Block(Vec<Stmt>),
    /// The expression of a lambda.
    Expr(Expr),
}

/// A function without its closure.
pub(crate) struct Code {
    pub(crate) name: Str,
    pub(crate) unit: Rc<Unit>,
    pub(crate) names: Rc<Names>,
    pub(crate) parameters: Parameters,
    /// The annotation after `->`.
    pub(crate) returns: Option<Expr>,
    pub(crate) body: Body,
    pub(crate) is_async: bool,
    pub(crate) doc: Option<Str>,
    pub(crate) range: TextRange,
    pub(crate) generator: super::generator::GeneratorBody,
}

impl Code {
    pub(crate) fn is_generator(&self) -> bool {
        self.names.has_yield
    }
}

/// A generator expression or comprehension, without its scope.
pub(crate) struct ComprehensionCode {
    pub(crate) names: Rc<Names>,
    pub(crate) element: Expr,
    pub(crate) generators: Vec<Comprehension>,
}
