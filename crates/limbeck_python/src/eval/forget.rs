//! What is no longer known after code that is not read: names that it may have bound, and what it may have changed.

use std::rc::Rc;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};

use super::Interp;
use super::names::Names;
use super::scope::{Scope, ScopeKind};
use crate::args::Args;
use crate::value::{Unknown, Value};

impl Interp<'_> {
    /// Makes unknown what a statement that was given up may have bound or changed.
    pub(super) fn forget(&mut self, scope: &Rc<Scope>, stmt: &Stmt, error: &limbeck_diag::Error) {
        let location = error.diagnostic.location().cloned();
        let unknown = Value::foreign(error.diagnostic.message.clone(), location);
        let names = Names::of_body(std::slice::from_ref(stmt));
        for name in names.locals.iter().chain(&names.globals) {
            scope.assign(name, unknown.clone());
        }
        for name in super::import::touched_names(stmt) {
            let current = scope.vars.borrow().get(&*name).cloned();
            if current.as_ref().is_some_and(may_be_changed) {
                scope.assign(&name, unknown.clone());
            }
        }
        // What is put into the names of a module by other means than a name may be any of them.
        if scope.kind == ScopeKind::Module && binds_by_text(stmt) {
            for value in scope.vars.borrow_mut().values_mut() {
                if !matches!(
                    value,
                    Value::Function(_) | Value::Class(_) | Value::Module(_)
                ) {
                    *value = unknown.clone();
                }
            }
        }
    }

    /// A list, dictionary or set that code which is not read is handed may be another one afterwards.
    pub(super) fn forget_handed(&mut self, unknown: &Rc<Unknown>, args: &Args) {
        let mut handed: Vec<Value> = args.values().cloned().collect();
        let mut at = 0;
        while let Some(value) = handed.get(at).cloned() {
            at += 1;
            match &value {
                Value::List(items) if at < 1000 => handed.extend(items.borrow().iter().cloned()),
                Value::Tuple(items) if at < 1000 => handed.extend(items.iter().cloned()),
                Value::Dict(items) if at < 1000 => {
                    handed.extend(items.borrow().iter().map(|(_, value)| value.clone()));
                }
                _ => {}
            }
        }
        handed.retain(|value| matches!(value, Value::List(_) | Value::Dict(_) | Value::Set(_)));
        if handed.is_empty() {
            return;
        }
        for frame in &self.frames {
            for vars in [&frame.scope.vars, &frame.scope.module.vars] {
                for held in vars.borrow_mut().values_mut() {
                    if handed.iter().any(|value| value.is_same(held)) {
                        *held = Value::Unknown(Rc::clone(unknown));
                    }
                }
            }
        }
    }
}

/// True for what a program can change without naming it anew.
pub(super) fn may_be_changed(value: &Value) -> bool {
    matches!(
        value,
        Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::Instance(_)
    )
}

/// True for a statement with `exec()`, `globals()` or the like.
fn binds_by_text(stmt: &Stmt) -> bool {
    struct Finder(bool);
    impl<'ast> Visitor<'ast> for Finder {
        fn visit_expr(&mut self, expr: &'ast Expr) {
            if let Expr::Call(call) = expr
                && let Expr::Name(name) = &*call.func
            {
                self.0 |= matches!(
                    name.id.as_str(),
                    "exec" | "eval" | "globals" | "locals" | "vars"
                );
            }
            walk_expr(self, expr);
        }
    }
    let mut finder = Finder(false);
    finder.visit_stmt(stmt);
    finder.0
}
