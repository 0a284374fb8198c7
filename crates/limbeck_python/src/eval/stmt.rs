//! Statements.

use std::rc::Rc;

use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtFunctionDef, StmtTry};
use ruff_text_size::Ranged as _;

use super::code::{Body, Code};
use super::expr::bin_op;
use super::names::Names;
use super::scope::{Scope, ScopeKind};
use super::{Interp, Mode};
use crate::args::Args;
use crate::flow::{Flow, R, Raised};
use crate::parse::span_of;
use crate::value::{Str, Value};

/// How a statement ended.
#[derive(Debug)]
pub(crate) enum Done {
    /// Go on with the next one.
    Next,
    Break,
    Continue,
    Return(Value),
}

impl Interp<'_> {
    /// Executes statements.
    pub(crate) fn exec_block(&mut self, scope: &Rc<Scope>, block: &[Stmt]) -> R<Done> {
        for stmt in block {
            let depth = self.frames.len();
            match self.exec(scope, stmt) {
                Ok(Done::Next) => {}
                Ok(done) => return Ok(done),
                Err(flow) => {
                    let error = super::env::fatal(flow)?;
                    if !self.may_be_skipped(scope, stmt, &error) {
                        return Err(Flow::Fatal(error));
                    }
                    self.frames.truncate(depth);
                    self.forget(scope, stmt, &error);
                }
            }
        }
        Ok(Done::Next)
    }

    /// Executes module-level or class-level statements while reading: a statement that cannot be
    /// understood makes the names it would have bound unknown.
    pub(crate) fn exec_lenient(&mut self, scope: &Rc<Scope>, block: &[Stmt]) -> R<()> {
        for stmt in block {
            let depth = self.frames.len();
            if self.lazy_imports
                && scope.kind == ScopeKind::Module
                && self.bind_lazily(scope, stmt)?
            {
                continue;
            }
            match self.exec(scope, stmt) {
                Ok(_) => {}
                Err(Flow::Fatal(error))
                    if self.mode == Mode::Load
                        && error.kind == limbeck_diag::ErrorKind::Unreadable =>
                {
                    self.frames.truncate(depth);
                    if scope.kind == ScopeKind::Module {
                        self.note_skipped(scope, stmt, &error);
                    }
                    self.forget(scope, stmt, &error);
                }
                Err(flow) => return Err(flow),
            }
        }
        Ok(())
    }

    /// Executes one statement.
    pub(crate) fn exec(&mut self, scope: &Rc<Scope>, stmt: &Stmt) -> R<Done> {
        let result = self.exec_stmt(scope, stmt);
        if !self.namespaces.is_empty() {
            self.refresh_namespaces();
        }
        if self.is_probing() {
            self.note_statement(span_of(stmt.range()), &result);
        }
        result
    }

    fn exec_stmt(&mut self, scope: &Rc<Scope>, stmt: &Stmt) -> R<Done> {
        self.step()?;
        self.set_at(span_of(stmt.range()));
        match stmt {
            Stmt::Expr(expr) => {
                self.eval(scope, &expr.value)?;
            }
            Stmt::Assign(assign) => {
                let value = self.eval(scope, &assign.value)?;
                for target in &assign.targets {
                    self.set_at(span_of(assign.range));
                    name_column(scope, target, &value);
                    self.assign(scope, target, value.clone())?;
                }
            }
            Stmt::AnnAssign(assign) => {
                if scope.kind == ScopeKind::Class
                    && let Expr::Name(name) = &*assign.target
                {
                    self.record_annotation(scope, name.id.as_str(), &assign.annotation)?;
                }
                if let Some(value) = &assign.value {
                    let value = self.eval(scope, value)?;
                    name_column(scope, &assign.target, &value);
                    self.assign(scope, &assign.target, value)?;
                }
            }
            Stmt::AugAssign(assign) => self.exec_aug_assign(scope, assign)?,
            Stmt::Return(return_) => {
                let value = match &return_.value {
                    Some(value) => self.eval(scope, value)?,
                    None => Value::None,
                };
                return Ok(Done::Return(value));
            }
            Stmt::If(if_) => {
                let test = self.eval(scope, &if_.test)?;
                self.set_at(span_of(if_.test.range()));
                if self.truth(&test, "the condition of `if`")? {
                    return self.exec_block(scope, &if_.body);
                }
                for clause in &if_.elif_else_clauses {
                    let taken = match &clause.test {
                        Some(test) => {
                            let value = self.eval(scope, test)?;
                            self.set_at(span_of(test.range()));
                            self.truth(&value, "the condition of `elif`")?
                        }
                        None => true,
                    };
                    if taken {
                        return self.exec_block(scope, &clause.body);
                    }
                }
            }
            Stmt::For(for_) => {
                let iterable = self.eval_iterable(scope, &for_.iter)?;
                self.set_at(span_of(for_.iter.range()));
                if !self.is_answer(&iterable) {
                    self.need_known(&iterable, "what a loop iterates over")?;
                }
                let mut iter = self.get_iter(&iterable)?;
                loop {
                    self.set_at(span_of(for_.iter.range()));
                    let Some(item) = self.next(&mut iter)? else {
                        break;
                    };
                    self.assign(scope, &for_.target, item)?;
                    match self.exec_block(scope, &for_.body)? {
                        Done::Next | Done::Continue => {}
                        Done::Break => {
                            self.close_iter(&iter)?;
                            return Ok(Done::Next);
                        }
                        done @ Done::Return(_) => {
                            self.close_iter(&iter)?;
                            return Ok(done);
                        }
                    }
                }
                return self.exec_block(scope, &for_.orelse);
            }
            Stmt::While(while_) => {
                loop {
                    let test = self.eval(scope, &while_.test)?;
                    self.set_at(span_of(while_.test.range()));
                    if !self.truth(&test, "the condition of `while`")? {
                        break;
                    }
                    match self.exec_block(scope, &while_.body)? {
                        Done::Next | Done::Continue => {}
                        Done::Break => return Ok(Done::Next),
                        done @ Done::Return(_) => return Ok(done),
                    }
                }
                return self.exec_block(scope, &while_.orelse);
            }
            Stmt::With(with) => return self.exec_with(scope, with),
            Stmt::Try(try_) => return self.exec_try(scope, try_),
            Stmt::Match(match_) => return self.exec_match(scope, match_),
            Stmt::Raise(raise) => {
                let mut flow =
                    self.eval_raise(scope, raise.exc.as_deref(), raise.cause.as_deref())?;
                if let Flow::Raise(raised) = &mut flow {
                    raised.is_stated = true;
                }
                return Err(flow);
            }
            Stmt::Assert(assert) => {
                let test = self.eval(scope, &assert.test)?;
                self.set_at(span_of(assert.range));
                if !self.truth(&test, "the condition of `assert`")? {
                    let args = match &assert.msg {
                        Some(message) => vec![self.eval(scope, message)?],
                        None => Vec::new(),
                    };
                    return Err(self.raise_class(&self.types().exception("AssertionError"), args));
                }
            }
            Stmt::FunctionDef(def) => {
                let function = self.define_function(scope, def)?;
                scope.assign(def.name.as_str(), function);
            }
            Stmt::ClassDef(def) => {
                let class = self.define_class(scope, def)?;
                scope.assign(def.name.as_str(), class);
            }
            Stmt::Import(import) => self.exec_import(scope, import)?,
            Stmt::ImportFrom(import) => self.exec_import_from(scope, import)?,
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    self.delete(scope, target)?;
                }
            }
            Stmt::TypeAlias(alias) => {
                if let Expr::Name(name) = &*alias.name {
                    let stands_for = match &alias.type_params {
                        Some(_) => self.unknown("a generic `type` statement is not modelled"),
                        None => self.eval(scope, &alias.value)?,
                    };
                    let value = Value::object(crate::modules::typing::TypeAlias {
                        name: Str::from(name.id.as_str()),
                        stands_for,
                    });
                    scope.assign(name.id.as_str(), value);
                }
            }
            Stmt::Break(_) => return Ok(Done::Break),
            Stmt::Continue(_) => return Ok(Done::Continue),
            Stmt::Pass(_) | Stmt::Global(_) | Stmt::Nonlocal(_) => {}
            Stmt::IpyEscapeCommand(_) => return Err(self.raise("SyntaxError", "invalid syntax")),
        }
        Ok(Done::Next)
    }

    fn exec_aug_assign(
        &mut self,
        scope: &Rc<Scope>,
        assign: &ruff_python_ast::StmtAugAssign,
    ) -> R<()> {
        let op = bin_op(assign.op);
        match &*assign.target {
            Expr::Name(name) => {
                let current = self.lookup_name(scope, name.id.as_str())?;
                let right = self.eval(scope, &assign.value)?;
                self.set_at(span_of(assign.range));
                let result = self.in_place(op, &current, &right)?;
                scope.assign(name.id.as_str(), result);
            }
            Expr::Attribute(attribute) => {
                let object = self.eval(scope, &attribute.value)?;
                let current = self.get_attr(&object, attribute.attr.as_str())?;
                let right = self.eval(scope, &assign.value)?;
                self.set_at(span_of(assign.range));
                let result = self.in_place(op, &current, &right)?;
                self.set_attr(&object, attribute.attr.as_str(), result)?;
            }
            Expr::Subscript(subscript) => {
                let object = self.eval(scope, &subscript.value)?;
                let key = self.eval(scope, &subscript.slice)?;
                let current = self.get_item(&object, &key)?;
                let right = self.eval(scope, &assign.value)?;
                self.set_at(span_of(assign.range));
                let result = self.in_place(op, &current, &right)?;
                self.set_item(&object, &key, result)?;
            }
            _ => {
                return Err(
                    self.raise("SyntaxError", "illegal expression for augmented assignment")
                );
            }
        }
        Ok(())
    }

    /// `target = value`.
    pub(crate) fn assign(&mut self, scope: &Rc<Scope>, target: &Expr, value: Value) -> R<()> {
        match target {
            Expr::Name(name) => scope.assign(name.id.as_str(), value),
            Expr::Attribute(attribute) => {
                let object = self.eval(scope, &attribute.value)?;
                self.set_attr(&object, attribute.attr.as_str(), value)?;
            }
            Expr::Subscript(subscript) => {
                let object = self.eval(scope, &subscript.value)?;
                let key = self.eval(scope, &subscript.slice)?;
                self.set_item(&object, &key, value)?;
            }
            Expr::Tuple(tuple) => self.unpack(scope, &tuple.elts, &value)?,
            Expr::List(list) => self.unpack(scope, &list.elts, &value)?,
            Expr::Starred(starred) => self.assign(scope, &starred.value, value)?,
            _ => return Err(self.raise("SyntaxError", "cannot assign to this expression")),
        }
        Ok(())
    }

    fn unpack(&mut self, scope: &Rc<Scope>, targets: &[Expr], value: &Value) -> R<()> {
        if value.is_unknown() || matches!(value, Value::Opaque(_)) {
            for (index, target) in targets.iter().enumerate() {
                let part = self.part_of(value, index);
                self.assign(scope, target, part)?;
            }
            return Ok(());
        }
        let star = targets
            .iter()
            .position(|target| matches!(target, Expr::Starred(_)));
        let mut iter = match self.get_iter_opt(value)? {
            Some(iter) => iter,
            None => {
                let kind = self.type_name(value);
                return Err(self.raise(
                    "TypeError",
                    format!("cannot unpack non-iterable {kind} object"),
                ));
            }
        };
        let items = match star {
            Some(_) => self.drain(&mut iter)?,
            None => {
                // Takes one more than needed, as CPython does.
                let mut items = Vec::new();
                while items.len() <= targets.len() {
                    match self.next(&mut iter)? {
                        Some(item) => items.push(item),
                        None => break,
                    }
                }
                items
            }
        };
        match star {
            None => {
                if items.len() > targets.len() {
                    return Err(self.raise(
                        "ValueError",
                        format!("too many values to unpack (expected {})", targets.len()),
                    ));
                }
                if items.len() < targets.len() {
                    return Err(self.raise(
                        "ValueError",
                        format!(
                            "not enough values to unpack (expected {}, got {})",
                            targets.len(),
                            items.len()
                        ),
                    ));
                }
                for (target, item) in targets.iter().zip(items) {
                    self.assign(scope, target, item)?;
                }
            }
            Some(star) => {
                let after = targets.len() - star - 1;
                if items.len() < star + after {
                    return Err(self.raise(
                        "ValueError",
                        format!(
                            "not enough values to unpack (expected at least {}, got {})",
                            star + after,
                            items.len()
                        ),
                    ));
                }
                let middle_len = items.len() - star - after;
                let mut items = items.into_iter();
                for (index, target) in targets.iter().enumerate() {
                    if index == star {
                        let middle: Vec<Value> = items.by_ref().take(middle_len).collect();
                        self.assign(scope, target, Value::list(middle))?;
                    } else if let Some(item) = items.next() {
                        self.assign(scope, target, item)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn delete(&mut self, scope: &Rc<Scope>, target: &Expr) -> R<()> {
        match target {
            Expr::Name(name) => {
                let name = name.id.as_str();
                if !scope.delete(name) {
                    return Err(if scope.kind == ScopeKind::Function {
                        self.raise(
                            "UnboundLocalError",
                            format!(
                                "cannot access local variable '{name}' where it is not associated with a value"
                            ),
                        )
                    } else {
                        self.raise("NameError", format!("name '{name}' is not defined"))
                    });
                }
                Ok(())
            }
            Expr::Attribute(attribute) => {
                let object = self.eval(scope, &attribute.value)?;
                self.del_attr(&object, attribute.attr.as_str())
            }
            Expr::Subscript(subscript) => {
                let object = self.eval(scope, &subscript.value)?;
                let key = self.eval(scope, &subscript.slice)?;
                self.del_item(&object, &key)
            }
            Expr::Tuple(tuple) => tuple
                .elts
                .iter()
                .try_for_each(|target| self.delete(scope, target)),
            Expr::List(list) => list
                .elts
                .iter()
                .try_for_each(|target| self.delete(scope, target)),
            _ => Err(self.raise("SyntaxError", "cannot delete this expression")),
        }
    }

    pub(crate) fn define_function(&mut self, scope: &Rc<Scope>, def: &StmtFunctionDef) -> R {
        let mut decorators = Vec::new();
        for decorator in &def.decorator_list {
            decorators.push(self.eval(scope, &decorator.expression)?);
        }
        let code = scope.unit.code(def.range, || {
            let mut names = Names::of_body(&def.body);
            names.add_parameters(&def.parameters);
            Code {
                name: Str::from(def.name.as_str()),
                unit: Rc::clone(&scope.unit),
                names: Rc::new(names),
                parameters: (*def.parameters).clone(),
                returns: def.returns.as_deref().cloned(),
                body: Body::Def(def.range),
                is_async: def.is_async,
                doc: docstring(&def.body),
                range: def.name.range,
                generator: super::generator::GeneratorBody::new(),
            }
        });
        let mut function = self.make_function(scope, code)?;
        for (decorator, node) in decorators.into_iter().zip(&def.decorator_list).rev() {
            self.set_at(span_of(node.range));
            function = self.call(&decorator, Args::positional(vec![function]))?;
        }
        if let Value::Unknown(unknown) = &function {
            let mut unknown = (**unknown).clone();
            unknown.decorates = true;
            function = Value::Unknown(Rc::new(unknown));
        }
        Ok(function)
    }

    /// The flow of a `raise` statement.
    pub(crate) fn eval_raise(
        &mut self,
        scope: &Rc<Scope>,
        exc: Option<&Expr>,
        cause: Option<&Expr>,
    ) -> R<Flow> {
        let Some(exc) = exc else {
            return Ok(match self.handling.last() {
                Some(raised) => Flow::Raise(Box::new(raised.clone())),
                None => self.raise("RuntimeError", "No active exception to reraise"),
            });
        };
        let at = self.frames.last().map(|frame| frame.at);
        let value = self.eval(scope, exc)?;
        let cause = match cause {
            Some(cause) => Some(self.eval(scope, cause)?),
            None => None,
        };
        if let Some(at) = at {
            self.set_at(at);
        }
        self.need_known(&value, "what is raised")?;
        let value = match &value {
            Value::Class(_) => {
                let made = self.call(&value, Args::none())?;
                self.need_known(&made, "what is raised")?;
                made
            }
            _ => value,
        };
        if !self.is_exception(&value, "BaseException") {
            if let Value::Opaque(opaque) = &value {
                return Err(
                    self.unreadable(format!("what is raised cannot be read: {}", opaque.what))
                );
            }
            return Ok(self.raise("TypeError", "exceptions must derive from BaseException"));
        }
        if let Value::Instance(instance) = &value {
            if let Some(cause) = cause {
                instance.set("__cause__", cause);
                instance.set("__suppress_context__", Value::Bool(true));
            }
            if let Some(context) = self.handling.last()
                && !context.value.is_same(&value)
            {
                instance.set("__context__", context.value.clone());
            }
        }
        Ok(self.raise_value(value))
    }

    fn exec_try(&mut self, scope: &Rc<Scope>, try_: &StmtTry) -> R<Done> {
        if try_.is_star {
            return Err(self.unreadable("`except*` is not modelled"));
        }
        let frames = self.frames.len();
        let effects = self.effects;
        let guards = usize::from(try_.handlers.iter().any(goes_on));
        let Some(is_import_guard) = self.begin_import_guard(scope, try_)? else {
            return Ok(Done::Next);
        };
        if is_import_guard {
            self.import_guards.push(frames);
        }
        let before = self.before_unread(scope, try_);
        self.guards += guards;
        let mut result = self.exec_block(scope, &try_.body);
        if is_import_guard {
            self.import_guards.pop();
        }
        self.guards -= guards;
        if let (Ok(done), Some(before)) = (&result, before) {
            self.after_unread(scope, try_, before, done)?;
        }
        if result.is_ok() && self.effects > effects && self.decide("exception") {
            result = Err(self.made_up_exception());
        }
        let result = match result {
            Ok(Done::Next) => self.exec_block(scope, &try_.orelse),
            Err(Flow::Raise(raised)) => {
                self.frames.truncate(frames);
                match self.find_handler(scope, &try_.handlers, &raised) {
                    Ok(Some(index)) => match try_.handlers.get(index) {
                        Some(ExceptHandler::ExceptHandler(handler)) => {
                            self.run_handler(scope, handler, *raised)
                        }
                        None => Err(Flow::Raise(raised)),
                    },
                    Ok(None) => Err(Flow::Raise(raised)),
                    Err(flow) => Err(flow),
                }
            }
            other => other,
        };
        if try_.finalbody.is_empty() || matches!(result, Err(Flow::Fatal(_))) {
            return result;
        }
        self.frames.truncate(frames);
        let pushed = match &result {
            Err(Flow::Raise(raised)) => {
                self.handling.push((**raised).clone());
                true
            }
            _ => false,
        };
        let finished = self.exec_block(scope, &try_.finalbody);
        if pushed {
            self.handling.pop();
        }
        match finished? {
            Done::Next => result,
            done => Ok(done),
        }
    }

    /// Runs the body of an `except` clause.
    fn run_handler(
        &mut self,
        scope: &Rc<Scope>,
        handler: &ruff_python_ast::ExceptHandlerExceptHandler,
        raised: Raised,
    ) -> R<Done> {
        if let Some(name) = &handler.name {
            scope.assign(name.as_str(), raised.value.clone());
        }
        self.handling.push(raised);
        let result = self.exec_block(scope, &handler.body);
        self.handling.pop();
        if let Some(name) = &handler.name {
            scope.delete(name.as_str());
        }
        result
    }

    /// The index of the `except` clause that catches an exception.
    pub(crate) fn find_handler(
        &mut self,
        scope: &Rc<Scope>,
        handlers: &[ExceptHandler],
        raised: &Raised,
    ) -> R<Option<usize>> {
        for (index, handler) in handlers.iter().enumerate() {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let Some(type_) = &handler.type_ else {
                return Ok(Some(index));
            };
            let class = self.eval(scope, type_)?;
            self.set_at(span_of(type_.range()));
            if self.is_answer(&raised.value) {
                self.need_class(&class)?;
                if index + 1 == handlers.len() || self.decide("handler") {
                    return Ok(Some(index));
                }
                continue;
            }
            if self.exception_matches(&raised.value, &class)? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// True when an exception is an instance of a class or of one of a tuple of classes.
    pub(crate) fn exception_matches(&mut self, value: &Value, class: &Value) -> R<bool> {
        match class {
            Value::Class(class) => match self.is_instance(value, class) {
                Some(found) => Ok(found),
                None => Err(self.unreadable("the class of an exception cannot be read")),
            },
            Value::Tuple(classes) => {
                // A class that is not known matters only if no known one matches.
                let mut unknown = None;
                for class in classes.iter() {
                    if class.is_unknown() {
                        unknown = Some(class.clone());
                        continue;
                    }
                    if self.exception_matches(value, class)? {
                        return Ok(true);
                    }
                }
                if let Some(unknown) = unknown {
                    self.need_known(&unknown, "the exception class of `except`")?;
                }
                Ok(false)
            }
            Value::Unknown(_) => {
                self.need_known(class, "the exception class of `except`")?;
                Ok(false)
            }
            Value::Opaque(opaque) => Err(self.unreadable(format!(
                "the exception class of `except` cannot be read: {}",
                opaque.what
            ))),
            _ => Err(self.raise(
                "TypeError",
                "catching classes that do not inherit from BaseException is not allowed",
            )),
        }
    }

    /// Runs the `finally` clauses of a generator that a loop leaves early.
    fn close_iter(&mut self, iter: &Value) -> R<()> {
        // CPython closes it when the last reference goes: here only if this is the last one.
        if let Value::Iter(cell) = iter
            && Rc::strong_count(cell) == 1
        {
            let mut state = match cell.state.try_borrow_mut() {
                Ok(state) => state,
                Err(_) => return Ok(()),
            };
            if let Some(generator) = state.as_generator() {
                generator.close(self)?;
            }
        }
        Ok(())
    }
}

/// False for a handler that at most tells of the exception before it raises one.
pub(crate) fn goes_on(handler: &ExceptHandler) -> bool {
    let ExceptHandler::ExceptHandler(handler) = handler;
    let Some((last, rest)) = handler.body.split_last() else {
        return true;
    };
    let tells = |stmt: &Stmt| match stmt {
        Stmt::Expr(expr) => match &*expr.value {
            Expr::Call(call) => match &*call.func {
                Expr::Name(name) => name.id.as_str() == "print",
                Expr::Attribute(attribute) => matches!(
                    attribute.attr.as_str(),
                    "debug" | "info" | "warning" | "error" | "exception" | "critical"
                ),
                _ => false,
            },
            Expr::StringLiteral(_) => true,
            _ => false,
        },
        Stmt::Pass(_) => true,
        _ => false,
    };
    !((matches!(last, Stmt::Raise(_)) || is_exit(last)) && rest.iter().all(tells))
}

/// `sys.exit()` and its like, which raise.
fn is_exit(stmt: &Stmt) -> bool {
    let Stmt::Expr(expr) = stmt else { return false };
    let Expr::Call(call) = &*expr.value else {
        return false;
    };
    match &*call.func {
        Expr::Name(name) => matches!(name.id.as_str(), "exit" | "quit"),
        Expr::Attribute(attribute) => {
            matches!(attribute.attr.as_str(), "exit" | "_exit")
                && matches!(&*attribute.value, Expr::Name(name) if matches!(name.id.as_str(), "sys" | "os"))
        }
        _ => false,
    }
}

/// A column that a class body assigns has the name it is assigned to, unless it was given one.
fn name_column(scope: &Scope, target: &Expr, value: &Value) {
    if scope.kind == ScopeKind::Class
        && let Expr::Name(name) = target
    {
        crate::alchemy::schema::column::name_by_key(value, name.id.as_str());
    }
}

/// Names that a statement binds.
pub(crate) fn bound_names(stmt: &Stmt) -> std::collections::BTreeSet<Str> {
    Names::of_body(std::slice::from_ref(stmt)).locals
}

/// The docstring of a body.
pub(crate) fn docstring(body: &[Stmt]) -> Option<Str> {
    match body.first()? {
        Stmt::Expr(expr) => match &*expr.value {
            Expr::StringLiteral(literal) => Some(Str::from(literal.value.to_str())),
            _ => None,
        },
        _ => None,
    }
}
