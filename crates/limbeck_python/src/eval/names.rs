//! Which names a function binds.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_pattern, walk_stmt};
use ruff_python_ast::{ExceptHandler, Expr, ExprContext, Parameters, Pattern, Stmt};

use crate::value::Str;

/// Names bound by a function, and those declared elsewhere.
#[derive(Debug, Default, Clone)]
pub(crate) struct Names {
    pub(crate) locals: BTreeSet<Str>,
    pub(crate) globals: BTreeSet<Str>,
    pub(crate) nonlocals: BTreeSet<Str>,
    pub(crate) has_yield: bool,
}

impl Names {
    /// Names bound by the statements of a function or class body, or of a module-level statement.
    pub(crate) fn of_body(body: &[Stmt]) -> Names {
        let mut collector = Collector {
            names: Names::default(),
            in_comprehension: 0,
        };
        for stmt in body {
            collector.visit_stmt(stmt);
        }
        collector.finish()
    }

    /// Names bound by a lambda or comprehension expression.
    pub(crate) fn of_expr(expr: &Expr) -> Names {
        let mut collector = Collector {
            names: Names::default(),
            in_comprehension: 0,
        };
        collector.visit_expr(expr);
        collector.finish()
    }

    pub(crate) fn add_parameters(&mut self, parameters: &Parameters) {
        for parameter in parameters {
            self.locals.insert(Str::from(parameter.name().as_str()));
        }
    }

    pub(crate) fn add_targets(&mut self, target: &Expr) {
        let mut collector = Collector {
            names: Names::default(),
            in_comprehension: 0,
        };
        collector.visit_expr(target);
        self.locals.extend(collector.names.locals);
    }
}

struct Collector {
    names: Names,
    in_comprehension: usize,
}

impl Collector {
    fn bind(&mut self, name: &str) {
        self.names.locals.insert(Str::from(name));
    }

    fn finish(mut self) -> Names {
        for name in self.names.globals.iter().chain(&self.names.nonlocals) {
            self.names.locals.remove(name);
        }
        self.names
    }

    fn visit_parameters_outside(&mut self, parameters: &Parameters) {
        for parameter in parameters {
            if let Some(default) = parameter.default() {
                self.visit_expr(default);
            }
        }
    }
}

impl<'ast> Visitor<'ast> for Collector {
    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                self.bind(def.name.as_str());
                for decorator in &def.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                self.visit_parameters_outside(&def.parameters);
            }
            Stmt::ClassDef(def) => {
                self.bind(def.name.as_str());
                for decorator in &def.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                if let Some(arguments) = &def.arguments {
                    self.visit_arguments(arguments);
                }
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = match &alias.asname {
                        Some(name) => name.as_str(),
                        None => alias.name.as_str().split('.').next().unwrap_or_default(),
                    };
                    self.bind(name);
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    self.bind(alias.asname.as_ref().unwrap_or(&alias.name).as_str());
                }
            }
            Stmt::Global(global) => {
                self.names
                    .globals
                    .extend(global.names.iter().map(|name| Str::from(name.as_str())));
            }
            Stmt::Nonlocal(nonlocal) => {
                self.names
                    .nonlocals
                    .extend(nonlocal.names.iter().map(|name| Str::from(name.as_str())));
            }
            Stmt::Try(try_) => {
                for handler in &try_.handlers {
                    let ExceptHandler::ExceptHandler(handler) = handler;
                    if let Some(name) = &handler.name {
                        self.bind(name.as_str());
                    }
                }
                walk_stmt(self, stmt);
            }
            Stmt::TypeAlias(alias) => {
                if let Expr::Name(name) = &*alias.name {
                    self.bind(name.id.as_str());
                }
            }
            Stmt::AnnAssign(assign) => {
                // `x: int` without a value makes the name local, too.
                self.visit_expr(&assign.target);
                if let Some(value) = &assign.value {
                    self.visit_expr(value);
                }
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Name(name) => {
                if matches!(name.ctx, ExprContext::Store | ExprContext::Del)
                    && self.in_comprehension == 0
                {
                    self.bind(name.id.as_str());
                }
            }
            Expr::Named(named) => {
                if let Expr::Name(name) = &*named.target {
                    self.bind(name.id.as_str());
                }
                self.visit_expr(&named.value);
            }
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.visit_parameters_outside(parameters);
                }
            }
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.in_comprehension += 1;
                walk_expr(self, expr);
                self.in_comprehension -= 1;
            }
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                self.names.has_yield = true;
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
    }

    fn visit_pattern(&mut self, pattern: &'ast Pattern) {
        match pattern {
            Pattern::MatchAs(as_) => {
                if let Some(name) = &as_.name {
                    self.bind(name.as_str());
                }
            }
            Pattern::MatchStar(star) => {
                if let Some(name) = &star.name {
                    self.bind(name.as_str());
                }
            }
            Pattern::MatchMapping(mapping) => {
                if let Some(name) = &mapping.rest {
                    self.bind(name.as_str());
                }
            }
            _ => {}
        }
        walk_pattern(self, pattern);
    }
}
