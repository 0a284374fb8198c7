//! Annotations of class bodies, evaluated on demand.

use std::fmt;
use std::rc::Rc;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Location, SourceFile};
use ruff_python_ast::Expr;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_text_size::Ranged as _;

use super::code::Unit;
use super::scope::Scope;
use super::{Frame, Interp, Mode};
use crate::flow::R;
use crate::parse::span_of;
use crate::value::{Annotation, Class, Dict, Str, Value};

/// What an annotation is evaluated from.
pub(crate) struct AnnotationSource {
    expr: Expr,
    scope: Rc<Scope>,
    /// What it was when the statement was executed, where a name of the class body may since have changed it.
    then: Option<Value>,
}

impl fmt::Debug for AnnotationSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnnotationSource")
    }
}

/// Where annotations of a class body wait until the class exists.
pub(crate) const PENDING: &str = " annotations";

/// Set in a module with `from __future__ import annotations`.
pub(crate) const FUTURE: &str = "__future_annotations__";

/// Looks for a name in an expression.
struct Named<F> {
    is_wanted: F,
    found: bool,
}

impl<F: FnMut(&str) -> bool> Named<F> {
    fn any(expr: &Expr, is_wanted: F) -> bool {
        let mut named = Named {
            is_wanted,
            found: false,
        };
        named.visit_expr(expr);
        named.found
    }
}

impl<'ast, F: FnMut(&str) -> bool> Visitor<'ast> for Named<F> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        if let Expr::Name(name) = expr {
            self.found |= (self.is_wanted)(name.id.as_str());
        }
        walk_expr(self, expr);
    }
}

/// Annotations of a class body under way.
pub(crate) struct Pending(pub(crate) std::cell::RefCell<Vec<Annotation>>);

impl crate::value::NativeObject for Pending {
    fn type_name(&self) -> String {
        "annotations".to_owned()
    }
}

impl Interp<'_> {
    /// Keeps what a class body says of one of its names.
    ///
    /// # Errors
    /// Python evaluates it now, and does not find a name.
    pub(crate) fn record_annotation(
        &mut self,
        scope: &Rc<Scope>,
        name: &str,
        expr: &Expr,
    ) -> R<()> {
        if let Some(missing) = self.missing_name(scope, expr) {
            let text = format!(
                "the annotation of `{name}` cannot be evaluated: name '{missing}' is not defined where Python evaluates it"
            );
            let location = Location::new(scope.unit.file.clone(), span_of(expr.range()));
            let diagnostic = Diagnostic::error("unreadable", text).at(location, "").help(
                "write the annotation in quotes, or begin the module with `from __future__ import annotations`",
            );
            return Err(crate::Flow::fatal(Error::new(
                ErrorKind::Unreadable,
                diagnostic,
            )));
        }
        let annotation = Annotation {
            name: Str::from(name),
            text: self.source_text(scope, expr.range()),
            location: Some(Location::new(
                scope.unit.file.clone(),
                span_of(expr.range()),
            )),
            source: Rc::new(AnnotationSource {
                expr: expr.clone(),
                scope: Rc::clone(scope),
                then: self.annotation_now(scope, expr),
            }),
        };
        let pending = scope.vars.borrow().get(PENDING).cloned();
        let pending = match pending {
            Some(pending) => pending,
            None => {
                let pending = Value::object(Pending(std::cell::RefCell::new(Vec::new())));
                scope
                    .vars
                    .borrow_mut()
                    .insert(Str::from(PENDING), pending.clone());
                pending
            }
        };
        if let Some(list) = pending.downcast_ref::<Pending>() {
            let mut list = list.0.borrow_mut();
            list.retain(|known| known.name != annotation.name);
            list.push(annotation);
        }
        Ok(())
    }

    /// What a function says that it returns.
    pub(crate) fn return_annotation(
        &mut self,
        function: &crate::value::Function,
    ) -> Option<Annotation> {
        let expr = function.code.returns.as_ref()?;
        let scope = &function.closure;
        Some(Annotation {
            name: Str::clone(&function.name),
            text: self.source_text(scope, expr.range()),
            location: Some(Location::new(
                scope.unit.file.clone(),
                span_of(expr.range()),
            )),
            source: Rc::new(AnnotationSource {
                expr: expr.clone(),
                scope: Rc::clone(scope),
                then: None,
            }),
        })
    }

    /// Up to Python 3.13 annotations are evaluated where they stand, unless the module asks for the future. That makes a
    /// difference only where the class body binds one of its names later on.
    fn annotation_now(&mut self, scope: &Rc<Scope>, expr: &Expr) -> Option<Value> {
        if !self.is_eager(scope) || !Named::any(expr, |name| scope.names.locals.contains(name)) {
            return None;
        }
        let depth = self.frames.len();
        let found = self.eval_detached(scope, expr, None);
        self.frames.truncate(depth);
        found.ok().filter(|value| !value.is_unknown())
    }

    fn is_eager(&self, scope: &Scope) -> bool {
        self.world().inputs().python_version < (3, 14, 0) && scope.module.get(FUTURE).is_none()
    }

    /// A name of an annotation that Python evaluates now and does not find: that of a class further down in the module.
    fn missing_name(&mut self, scope: &Rc<Scope>, expr: &Expr) -> Option<Str> {
        if !self.is_eager(scope) {
            return None;
        }
        let mut names = Vec::new();
        Named::any(expr, |name| {
            names.push(Str::from(name));
            false
        });
        let depth = self.frames.len();
        let file = scope.unit.file.clone();
        let text = file.text();
        let missing = names.into_iter().find(|name| {
            // Only what is certain: the module has such a class, and not yet.
            let comes_later = text.contains(&format!("class {name}"));
            let has_place =
                scope.module.get(name).is_some() || scope.vars.borrow().contains_key(name);
            comes_later
                && !has_place
                && matches!(self.lookup_name(scope, name), Err(crate::Flow::Raise(raised)) if self.is_exception(&raised.value, "NameError"))
        });
        self.frames.truncate(depth);
        missing
    }

    /// The value of an annotation. Strings inside (`"Item"`, or the whole of it) stay strings unless
    /// they are evaluated with [`Interp::eval_annotation_text`].
    pub fn eval_annotation(&mut self, annotation: &Annotation) -> R {
        let source = Rc::clone(&annotation.source);
        if let Some(then) = &source.then {
            return Ok(then.clone());
        }
        self.eval_detached(&source.scope, &source.expr, annotation.location.clone())
    }

    /// The value of an annotation written as a string, in the scope of `annotation`.
    pub fn eval_annotation_text(&mut self, annotation: &Annotation, text: &str) -> R {
        let source = Rc::clone(&annotation.source);
        match crate::parse::parse_expression(text) {
            Some(expr) => {
                let file = SourceFile::new(source.scope.unit.file.name(), text);
                let unit = Rc::new(Unit::new(file, None));
                let scope = Rc::new(Scope {
                    kind: source.scope.kind,
                    vars: Rc::clone(&source.scope.vars),
                    names: Rc::clone(&source.scope.names),
                    parent: source.scope.parent.clone(),
                    module: Rc::clone(&source.scope.module),
                    unit,
                    qualname: Str::clone(&source.scope.qualname),
                    method_of: std::cell::RefCell::new(None),
                });
                self.eval_detached(&scope, &expr, annotation.location.clone())
            }
            None => Ok(self.unknown(format!("the annotation `{text}` is not an expression"))),
        }
    }

    fn eval_detached(&mut self, scope: &Rc<Scope>, expr: &Expr, location: Option<Location>) -> R {
        self.enter()?;
        let (file, at) = match location {
            Some(location) => (location.file, location.span),
            None => (scope.unit.file.clone(), span_of(expr.range())),
        };
        self.frames.push(Frame {
            name: Str::from("<annotation>"),
            file,
            at,
            scope: Rc::clone(scope),
        });
        let mode = std::mem::replace(&mut self.mode, Mode::Load);
        let result = self.eval(scope, expr);
        self.mode = mode;
        self.frames.pop();
        self.leave();
        result
    }

    /// `Class.__annotations__`.
    pub(crate) fn annotations_dict(&mut self, class: &Rc<Class>) -> R {
        let annotations = class.annotations.borrow().clone();
        let mut dict = Dict::new();
        for annotation in &annotations {
            let value = match self.eval_annotation(annotation) {
                Ok(value) => value,
                Err(crate::Flow::Raise(_)) => {
                    self.unknown("an annotation that cannot be evaluated")
                }
                Err(fatal) => return Err(fatal),
            };
            dict.insert_str(Str::clone(&annotation.name), value);
        }
        Ok(Value::dict(dict))
    }
}
