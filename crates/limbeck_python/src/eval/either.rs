//! A `try` around an operation whose result is unknown: it may raise or not, and the program goes on either way. What the
//! two ways leave behind differently is unknown while a module is loaded, and cannot be read while a script runs.

use std::rc::Rc;

use limbeck_diag::{Diagnostic, Error, ErrorKind};
use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtTry};

use ruff_text_size::Ranged as _;

use super::forget::may_be_changed;
use super::names::Names;
use super::scope::Scope;
use super::stmt::{Done, goes_on};
use super::{Interp, Mode};
use crate::flow::{Flow, R};
use crate::value::{Str, Value};

/// What is to be known before the body of a `try` is run.
pub(super) struct Before {
    unread: u64,
    /// Names that the body may bind anew, and that are bound already.
    bound: Vec<Str>,
}

/// True for `except ImportError`: an import that fails is seen where it stands, and other calls do not raise it.
fn is_for_imports(handler: &ExceptHandler) -> bool {
    let ExceptHandler::ExceptHandler(handler) = handler;
    let is_import = |expr: &Expr| {
        let name = match expr {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => "",
        };
        matches!(name, "ImportError" | "ModuleNotFoundError")
    };
    match handler.type_.as_deref() {
        Some(Expr::Tuple(tuple)) => tuple.elts.iter().all(is_import),
        Some(expr) => is_import(expr),
        None => false,
    }
}

fn going_on(try_: &StmtTry) -> impl Iterator<Item = &ExceptHandler> {
    let handlers = try_.handlers.iter();
    handlers.filter(|handler| goes_on(handler) && !is_for_imports(handler))
}

/// Finds statements that leave the block they stand in.
#[derive(Default)]
struct Leaves(bool);

impl<'ast> Visitor<'ast> for Leaves {
    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        match stmt {
            Stmt::Return(_) | Stmt::Break(_) | Stmt::Continue(_) => self.0 = true,
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            _ => walk_stmt(self, stmt),
        }
    }
}

impl Interp<'_> {
    /// What [`Interp::after_unread`] will want to know; nothing where it does not matter.
    pub(super) fn before_unread(&self, scope: &Rc<Scope>, try_: &StmtTry) -> Option<Before> {
        going_on(try_).next()?;
        // While a script runs, that something may have raised is an error, whatever it bound.
        let bound = match self.mode {
            Mode::Run => Vec::new(),
            Mode::Load => {
                let vars = scope.vars.borrow();
                let names = Names::of_body(&try_.body).locals.into_iter();
                names.filter(|name| vars.contains_key(name)).collect()
            }
        };
        Some(Before {
            unread: self.unread,
            bound,
        })
    }

    /// The failure that an operation whose result is unknown may have raised, where that matters.
    pub(super) fn may_have_raised(&self) -> Flow {
        let message =
            "whether this raises an exception is not known, and the program goes on either way";
        let at = self.unread_at.clone().or_else(|| self.location());
        let diagnostic = Diagnostic::error("unreadable", message).at_maybe(at, "");
        Flow::fatal(Error::new(ErrorKind::Unreadable, diagnostic))
    }

    /// Counts an expression that may have raised, for what is known of its value.
    pub(super) fn note_unread(&mut self, expr: &Expr, value: &Value) {
        let may_raise = matches!(
            expr,
            Expr::Attribute(_)
                | Expr::BinOp(_)
                | Expr::Call(_)
                | Expr::Compare(_)
                | Expr::Subscript(_)
                | Expr::UnaryOp(_)
        );
        if may_raise && matches!(value, Value::Unknown(unknown) if !unknown.from_database) {
            self.unread += 1;
            self.set_at(crate::parse::span_of(expr.range()));
            self.unread_at = self.location();
        }
    }

    /// Takes into account that an operation in the body, which ended as `done` says, may have raised.
    pub(super) fn after_unread(
        &mut self,
        scope: &Rc<Scope>,
        try_: &StmtTry,
        before: Before,
        done: &Done,
    ) -> R<()> {
        if self.unread == before.unread {
            return Ok(());
        }
        if self.mode == Mode::Run {
            return Err(self.may_have_raised());
        }
        let mut leaves = Leaves::default();
        let mut names = before.bound;
        for ExceptHandler::ExceptHandler(handler) in going_on(try_) {
            leaves.visit_body(&handler.body);
            names.extend(Names::of_body(&handler.body).locals);
        }
        if leaves.0 || !matches!(done, Done::Next) {
            return Err(self.may_have_raised());
        }
        let handlers = going_on(try_).map(|ExceptHandler::ExceptHandler(handler)| &handler.body);
        for stmt in std::iter::once(&try_.body).chain(handlers).flatten() {
            let is_held = |name: &String| {
                let vars = scope.vars.borrow();
                vars.get(&**name).is_some_and(may_be_changed)
            };
            let touched = super::import::touched_names(stmt).into_iter();
            names.extend(touched.filter(is_held).map(Str::from));
        }
        let unknown = self.foreign("whether this `try` ends with an exception is not known");
        for name in names {
            scope.assign(&name, unknown.clone());
        }
        Ok(())
    }
}
