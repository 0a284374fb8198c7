//! A `try` around a call that is not read, while a module is loaded: the call may raise or not, and the program goes on
//! either way. What the two ways leave behind differently is unknown.

use std::rc::Rc;

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtTry};

use super::names::Names;
use super::scope::Scope;
use super::stmt::{Done, goes_on};
use super::{Interp, Mode};
use crate::flow::R;
use crate::value::Str;

/// What is to be known before the body of a `try` is run.
pub(super) struct Before {
    unread_calls: u64,
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
        if self.mode != Mode::Load || going_on(try_).next().is_none() {
            return None;
        }
        let vars = scope.vars.borrow();
        let names = Names::of_body(&try_.body).locals;
        Some(Before {
            unread_calls: self.unread_calls,
            bound: names
                .into_iter()
                .filter(|name| vars.contains_key(name))
                .collect(),
        })
    }

    /// Takes into account that a call in the body, which ended as `done` says, may have raised.
    pub(super) fn after_unread(
        &mut self,
        scope: &Rc<Scope>,
        try_: &StmtTry,
        before: Before,
        done: &Done,
    ) -> R<()> {
        if self.unread_calls == before.unread_calls {
            return Ok(());
        }
        let why = "whether a call in this `try` raises an exception is not known";
        let mut leaves = Leaves::default();
        let mut names = before.bound;
        for ExceptHandler::ExceptHandler(handler) in going_on(try_) {
            leaves.visit_body(&handler.body);
            names.extend(Names::of_body(&handler.body).locals);
        }
        if leaves.0 || !matches!(done, Done::Next) {
            return Err(self.unreadable(why));
        }
        let unknown = self.foreign(why);
        for name in names {
            scope.assign(&name, unknown.clone());
        }
        Ok(())
    }
}
