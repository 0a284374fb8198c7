//! Bodies of functions, shared between the function objects made from them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use limbeck_diag::SourceFile;
use ruff_python_ast::{
    Comprehension, ExceptHandler, Expr, ModModule, Parameters, Stmt, StmtFunctionDef,
};
use ruff_text_size::{Ranged as _, TextRange};

use super::names::Names;
use crate::value::Str;

/// One parsed text, with the function bodies that have been taken from it.
pub(crate) struct Unit {
    pub(crate) file: SourceFile,
    /// Its syntax, where it is more than one expression.
    module: Option<Rc<ModModule>>,
    codes: RefCell<BTreeMap<(u32, u32), Rc<Code>>>,
    comprehensions: RefCell<BTreeMap<(u32, u32), Rc<ComprehensionCode>>>,
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unit({})", self.file.name())
    }
}

impl Unit {
    pub(crate) fn new(file: SourceFile, module: Option<Rc<ModModule>>) -> Unit {
        Unit {
            file,
            module,
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

/// Where to find what a function does.
pub(crate) enum Body {
    /// The statements of the `def` at this range of the unit, which holds them.
    Def(TextRange),
    /// The expression of a lambda.
    Lambda(Expr),
}

/// What a function does.
#[derive(Clone, Copy)]
pub(crate) enum BodyText<'a> {
    /// Statements of a `def`.
    Block(&'a [Stmt]),
    /// The expression of a lambda.
    Expr(&'a Expr),
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
    /// What it does; none if its unit has no such `def`, which [`Code`] is never made of.
    pub(crate) fn body(&self) -> Option<BodyText<'_>> {
        Some(match &self.body {
            Body::Def(range) => {
                let module = self.unit.module.as_ref()?;
                BodyText::Block(&find_def(&module.body, *range)?.body)
            }
            Body::Lambda(expr) => BodyText::Expr(expr),
        })
    }

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

/// The `def` at a range, whatever it is nested in.
fn find_def(body: &[Stmt], range: TextRange) -> Option<&StmtFunctionDef> {
    let at = body.partition_point(|stmt| stmt.end() <= range.start());
    let find = |body| find_def(body, range);
    match body.get(at)? {
        Stmt::FunctionDef(def) if def.range == range => Some(def),
        Stmt::FunctionDef(def) => find(&def.body),
        Stmt::ClassDef(def) => find(&def.body),
        Stmt::If(if_) => find(&if_.body).or_else(|| {
            let mut clauses = if_.elif_else_clauses.iter();
            clauses.find_map(|clause| find(&clause.body))
        }),
        Stmt::For(for_) => find(&for_.body).or_else(|| find(&for_.orelse)),
        Stmt::While(while_) => find(&while_.body).or_else(|| find(&while_.orelse)),
        Stmt::With(with) => find(&with.body),
        Stmt::Match(match_) => match_.cases.iter().find_map(|case| find(&case.body)),
        Stmt::Try(try_) => {
            let handlers = try_.handlers.iter().map(|handler| {
                let ExceptHandler::ExceptHandler(handler) = handler;
                &handler.body
            });
            std::iter::once(&try_.body)
                .chain(handlers)
                .chain([&try_.orelse, &try_.finalbody])
                .find_map(|body| find(body))
        }
        _ => None,
    }
}
