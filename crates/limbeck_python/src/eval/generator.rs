//! Generators: function bodies that stop at `yield` and go on later.
//!
//! A body that yields is turned once into a tree in which every statement around a `yield` is a node;
//! a generator walks it with an explicit stack, and everything without `yield` runs as usual.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use limbeck_diag::Span;
use ruff_python_ast::{
    ExceptHandler, ExceptHandlerExceptHandler, Expr, MatchCase, Stmt, StmtTry, WithItem,
};
use ruff_text_size::Ranged as _;

use super::code::BodyText;
use super::names::Names;
use super::stmt::Done;
use super::{Code, Frame, Interp, Scope};
use crate::flow::{Flow, R, Raised};
use crate::parse::span_of;
use crate::value::{Function, IterCell, PyIter, Str, Value};

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

/// What a `yield` expression's value is used for.
enum Target {
    Drop,
    Assign(Vec<Expr>),
    Return,
}

/// A statement of a generator body.
enum Node {
    /// Without `yield` inside.
    Plain(Stmt),
    Yield {
        value: Option<Expr>,
        from: bool,
        target: Target,
        span: Span,
    },
    If {
        branches: Vec<(Option<Expr>, Block)>,
    },
    For {
        stmt: ruff_python_ast::StmtFor,
        body: Block,
        orelse: Block,
    },
    While {
        test: Expr,
        body: Block,
        orelse: Block,
    },
    Try {
        handlers: Vec<(ExceptHandlerExceptHandler, Block)>,
        body: Block,
        orelse: Block,
        finalbody: Block,
    },
    With {
        item: WithItem,
        is_async: bool,
        body: Block,
    },
    Match {
        subject: Expr,
        cases: Vec<(MatchCase, Block)>,
    },
    /// A `yield` where it is not modelled.
    Unsupported(Span),
}

type Block = Rc<[Node]>;

fn has_yield(stmt: &Stmt) -> bool {
    Names::of_body(std::slice::from_ref(stmt)).has_yield
}

fn compile(body: &[Stmt]) -> Block {
    body.iter().map(compile_stmt).collect()
}

fn yields(expr: &Expr) -> bool {
    Names::of_expr(expr).has_yield
}

fn compile_yield(expr: &Expr, target: Target) -> Node {
    let span = span_of(expr.range());
    match expr {
        Expr::Yield(inner) => match &inner.value {
            Some(value) if yields(value) => Node::Unsupported(span),
            value => Node::Yield {
                value: value.as_deref().cloned(),
                from: false,
                target,
                span,
            },
        },
        Expr::YieldFrom(inner) if !yields(&inner.value) => Node::Yield {
            value: Some((*inner.value).clone()),
            from: true,
            target,
            span,
        },
        _ => Node::Unsupported(span),
    }
}

fn compile_stmt(stmt: &Stmt) -> Node {
    if !has_yield(stmt) {
        return Node::Plain(stmt.clone());
    }
    match stmt {
        Stmt::Expr(expr) => compile_yield(&expr.value, Target::Drop),
        Stmt::Assign(assign) => {
            compile_yield(&assign.value, Target::Assign(assign.targets.clone()))
        }
        Stmt::AnnAssign(assign) => match &assign.value {
            Some(value) => compile_yield(value, Target::Assign(vec![(*assign.target).clone()])),
            None => Node::Unsupported(span_of(assign.range)),
        },
        Stmt::Return(return_) => match &return_.value {
            Some(value) => compile_yield(value, Target::Return),
            None => Node::Plain(stmt.clone()),
        },
        Stmt::If(if_) if !yields(&if_.test) => {
            let mut branches = vec![(Some((*if_.test).clone()), compile(&if_.body))];
            branches.extend(
                if_.elif_else_clauses
                    .iter()
                    .map(|clause| (clause.test.clone(), compile(&clause.body))),
            );
            Node::If { branches }
        }
        Stmt::For(for_) if !yields(&for_.iter) => {
            let mut bare = for_.clone();
            bare.body = Vec::new().into();
            bare.orelse = Vec::new().into();
            Node::For {
                stmt: bare,
                body: compile(&for_.body),
                orelse: compile(&for_.orelse),
            }
        }
        Stmt::While(while_) if !yields(&while_.test) => Node::While {
            test: (*while_.test).clone(),
            body: compile(&while_.body),
            orelse: compile(&while_.orelse),
        },
        Stmt::Try(try_) if !try_.is_star => compile_try(try_),
        Stmt::With(with) => {
            // `with a, b:` is `with a:` around `with b:`.
            let mut body = compile(&with.body);
            let mut node = None;
            for item in with.items.iter().rev() {
                if let Some(inner) = node.take() {
                    body = Rc::from(vec![inner]);
                }
                node = Some(Node::With {
                    item: item.clone(),
                    is_async: with.is_async,
                    body: Rc::clone(&body),
                });
            }
            node.unwrap_or_else(|| Node::Unsupported(span_of(with.range)))
        }
        Stmt::Match(match_) => Node::Match {
            subject: (*match_.subject).clone(),
            cases: match_
                .cases
                .iter()
                .map(|case| {
                    let mut bare = case.clone();
                    bare.body = Vec::new().into();
                    (bare, compile(&case.body))
                })
                .collect(),
        },
        other => Node::Unsupported(span_of(other.range())),
    }
}

fn compile_try(try_: &StmtTry) -> Node {
    let handlers = try_
        .handlers
        .iter()
        .map(|handler| {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let mut bare = handler.clone();
            bare.body = Vec::new().into();
            (bare, compile(&handler.body))
        })
        .collect();
    Node::Try {
        handlers,
        body: compile(&try_.body),
        orelse: compile(&try_.orelse),
        finalbody: compile(&try_.finalbody),
    }
}

/// How a block ends.
enum Signal {
    Next,
    Break,
    Continue,
    Return(Value),
    Raise(Raised),
}

/// Where a generator stands.
enum Step {
    Block {
        block: Block,
        index: usize,
    },
    For {
        block: Block,
        index: usize,
        iter: Value,
    },
    While {
        block: Block,
        index: usize,
    },
    /// Inside the body of `try`.
    Try {
        block: Block,
        index: usize,
    },
    /// Inside `else` or a handler: only `finally` is left. The handler's exception and name.
    Guarded {
        block: Block,
        index: usize,
        handling: Option<Raised>,
        name: Option<String>,
    },
    /// Inside `finally`: how to go on after it.
    Finally {
        signal: Signal,
    },
    With {
        manager: Value,
        is_async: bool,
    },
    /// `yield from`: what is delegated to.
    From {
        iter: Value,
        block: Block,
        index: usize,
    },
    /// The value sent in goes to the target of this `yield`.
    Resume {
        block: Block,
        index: usize,
    },
}

/// What resumes a generator.
enum Input {
    Value(Value),
    Raise(Raised),
}

struct Generator {
    name: Str,
    scope: Rc<Scope>,
    span: Span,
    steps: Vec<Step>,
    returned: Value,
    started: bool,
    finished: bool,
    /// True while it is suspended in a block that has an end; known to the world once it was.
    open: Option<Rc<Cell<bool>>>,
    left: Rc<Cell<bool>>,
}

impl Drop for Generator {
    fn drop(&mut self) {
        if self.open.as_ref().is_some_and(|open| open.get()) {
            self.left.set(true);
        }
    }
}

impl Generator {
    fn note_end(&mut self, ev: &Interp<'_>) {
        let has_end = |step: &Step| match step {
            Step::With { .. } => true,
            Step::Try { block, index } | Step::Guarded { block, index, .. } => {
                matches!(node(block, *index), Some(Node::Try { finalbody, .. }) if !finalbody.is_empty())
            }
            _ => false,
        };
        let is_open = !self.finished && self.steps.iter().any(has_end);
        match &self.open {
            Some(open) => open.set(is_open),
            None if is_open && ev.is_running() => {
                let open = Rc::new(Cell::new(true));
                ev.world.open_generators.borrow_mut().push(Rc::clone(&open));
                self.open = Some(open);
            }
            None => {}
        }
    }
}

fn node(block: &Block, index: usize) -> Option<&Node> {
    block.get(index)
}

impl Generator {
    /// Runs to the next `yield` or the end.
    fn resume(&mut self, ev: &mut Interp<'_>, input: Input) -> R<Option<Value>> {
        if self.finished {
            return match input {
                Input::Raise(raised) => Err(Flow::Raise(Box::new(raised))),
                Input::Value(_) => Ok(None),
            };
        }
        self.started = true;
        ev.enter()?;
        ev.frames.push(Frame {
            name: Str::clone(&self.name),
            file: self.scope.unit.file.clone(),
            at: self.span,
            scope: Rc::clone(&self.scope),
        });
        let depth = ev.frames.len();
        // Exceptions that handlers around the current place are handling.
        let outer = ev.handling.len();
        for step in &self.steps {
            if let Step::Guarded {
                handling: Some(raised),
                ..
            } = step
            {
                ev.handling.push(raised.clone());
            }
        }
        let guards = ev.guards;
        let result = self.run(ev, input, depth, outer);
        ev.guards = guards;
        ev.handling.truncate(outer);
        if let Some(frame) = ev.frames.get(depth.saturating_sub(1)) {
            self.span = frame.at;
        }
        ev.frames.truncate(depth.saturating_sub(1));
        ev.leave();
        if !matches!(result, Ok(Some(_))) {
            self.finished = true;
            self.steps.clear();
        }
        self.note_end(ev);
        result
    }

    fn run(
        &mut self,
        ev: &mut Interp<'_>,
        input: Input,
        depth: usize,
        outer: usize,
    ) -> R<Option<Value>> {
        let mut signal = match input {
            Input::Value(value) => match self.steps.last() {
                Some(Step::Resume { .. } | Step::From { .. }) => match self.receive(ev, value)? {
                    Ok(signal) => signal,
                    Err(yielded) => return Ok(Some(yielded)),
                },
                _ => Signal::Next,
            },
            Input::Raise(raised) => match self.throw_on(ev, raised)? {
                Ok(signal) => signal,
                Err(yielded) => return Ok(Some(yielded)),
            },
        };
        let guards = ev.guards;
        let unread = ev.unread;
        loop {
            ev.step()?;
            let own = self.guards();
            ev.guards = guards + own;
            if own > 0 && ev.unread > unread {
                return Err(ev.may_have_raised());
            }
            let Some(step) = self.steps.last_mut() else {
                return match signal {
                    Signal::Raise(raised) => {
                        Err(Flow::Raise(Box::new(self.not_stop_iteration(ev, raised))))
                    }
                    Signal::Return(value) => {
                        self.returned = value;
                        Ok(None)
                    }
                    _ => Ok(None),
                };
            };
            let result = match (step, signal) {
                (Step::Block { block, index }, Signal::Next) => {
                    let at = *index;
                    *index += 1;
                    let block = Rc::clone(block);
                    match node(&block, at) {
                        Some(_) => self.begin(ev, block, at),
                        None => {
                            self.steps.pop();
                            Ok(Ok(Signal::Next))
                        }
                    }
                }
                (_, signal) => self.unwind(ev, signal, outer),
            };
            signal = match result {
                Ok(Ok(signal)) => signal,
                Ok(Err(yielded)) => return Ok(Some(yielded)),
                Err(Flow::Raise(raised)) => {
                    ev.frames.truncate(depth);
                    Signal::Raise(*raised)
                }
                Err(fatal) => return Err(fatal),
            };
        }
    }

    /// How many blocks around the current place may go on after an exception.
    fn guards(&self) -> usize {
        let open = self.steps.iter().filter(|step| match step {
            Step::Try { block, index } => match node(block, *index) {
                Some(Node::Try { handlers, .. }) => !handlers.is_empty(),
                _ => false,
            },
            _ => false,
        });
        open.count()
    }

    /// A `StopIteration` that leaves a generator becomes a `RuntimeError`.
    fn not_stop_iteration(&self, ev: &mut Interp<'_>, raised: Raised) -> Raised {
        if !ev.is_exception(&raised.value, "StopIteration") {
            return raised;
        }
        match ev.raise("RuntimeError", "generator raised StopIteration") {
            Flow::Raise(error) => {
                if let Value::Instance(instance) = &error.value {
                    instance.set("__cause__", raised.value.clone());
                    instance.set("__context__", raised.value);
                    instance.set("__suppress_context__", Value::Bool(true));
                }
                *error
            }
            Flow::Fatal(_) => raised,
        }
    }

    fn push(&mut self, block: &Block) {
        self.steps.push(Step::Block {
            block: Rc::clone(block),
            index: 0,
        });
    }

    /// Starts a statement; the inner error is a value to yield.
    fn begin(
        &mut self,
        ev: &mut Interp<'_>,
        block: Block,
        index: usize,
    ) -> R<Result<Signal, Value>> {
        let scope = Rc::clone(&self.scope);
        let Some(current) = node(&block, index) else {
            return Ok(Ok(Signal::Next));
        };
        match current {
            Node::Plain(stmt) => {
                return Ok(Ok(match ev.exec(&scope, stmt)? {
                    Done::Next => Signal::Next,
                    Done::Break => Signal::Break,
                    Done::Continue => Signal::Continue,
                    Done::Return(value) => Signal::Return(value),
                }));
            }
            Node::Unsupported(span) => {
                ev.set_at(*span);
                return Err(ev.unreadable("`yield` inside an expression is not modelled"));
            }
            Node::Yield {
                value, from, span, ..
            } => {
                ev.set_at(*span);
                let value = match value {
                    Some(value) => ev.eval(&scope, value)?,
                    None => Value::None,
                };
                if *from {
                    if !ev.is_answer(&value) {
                        ev.need_known(&value, "what `yield from` iterates over")?;
                    }
                    let iter = ev.get_iter(&value)?;
                    self.steps.push(Step::From {
                        iter,
                        block: Rc::clone(&block),
                        index,
                    });
                    return self.receive(ev, Value::None);
                }
                self.steps.push(Step::Resume {
                    block: Rc::clone(&block),
                    index,
                });
                return Ok(Err(value));
            }
            Node::If { branches } => {
                for (test, body) in branches {
                    let taken = match test {
                        Some(test) => {
                            let value = ev.eval(&scope, test)?;
                            ev.set_at(span_of(test.range()));
                            ev.truth(&value, "the condition of `if`")?
                        }
                        None => true,
                    };
                    if taken {
                        self.push(body);
                        break;
                    }
                }
            }
            Node::For { stmt, .. } => {
                let iterable = ev.eval(&scope, &stmt.iter)?;
                ev.set_at(span_of(stmt.iter.range()));
                if !ev.is_answer(&iterable) {
                    ev.need_known(&iterable, "what a loop iterates over")?;
                }
                let iter = ev.get_iter(&iterable)?;
                self.steps.push(Step::For {
                    block: Rc::clone(&block),
                    index,
                    iter,
                });
            }
            Node::While { .. } => self.steps.push(Step::While {
                block: Rc::clone(&block),
                index,
            }),
            Node::Try { body, .. } => {
                self.steps.push(Step::Try {
                    block: Rc::clone(&block),
                    index,
                });
                self.push(body);
            }
            Node::With {
                item,
                is_async,
                body,
            } => {
                let manager = ev.eval(&scope, &item.context_expr)?;
                ev.set_at(span_of(item.range()));
                let entered = ev.enter_context(&manager, *is_async)?;
                self.steps.push(Step::With {
                    manager,
                    is_async: *is_async,
                });
                if let Some(target) = &item.optional_vars {
                    ev.assign(&scope, target, entered)?;
                }
                self.push(body);
            }
            Node::Match { subject, cases } => {
                let subject = ev.eval(&scope, subject)?;
                ev.need_known(&subject, "the subject of `match`")?;
                for (case, body) in cases {
                    if ev.case_matches(&scope, case, &subject)? {
                        self.push(body);
                        break;
                    }
                }
            }
        }
        Ok(Ok(Signal::Next))
    }

    /// The next element of what `yield from` delegates to, which is sent what is sent in.
    fn send_on(&self, ev: &mut Interp<'_>, iter: &mut Value, sent: Value) -> R<Option<Value>> {
        if sent.is_none() {
            return ev.next(iter);
        }
        if let Value::Iter(cell) = iter {
            let cell = Rc::clone(cell);
            let mut state = match cell.state.try_borrow_mut() {
                Ok(state) => state,
                Err(_) => return Err(ev.raise("ValueError", "generator already executing")),
            };
            if let Some(generator) = state.as_generator() {
                return generator.send(ev, sent);
            }
        }
        let send = ev.get_attr(iter, "send")?;
        ev.call(&send, crate::Args::positional(vec![sent]))
            .map(Some)
    }

    /// Raises an exception at the `yield` on top of the stack; `yield from` passes it on.
    fn throw_on(&mut self, ev: &mut Interp<'_>, raised: Raised) -> R<Result<Signal, Value>> {
        let Some(Step::From { iter, block, index }) = self
            .steps
            .pop_if(|step| matches!(step, Step::Resume { .. } | Step::From { .. }))
        else {
            return Ok(Ok(Signal::Raise(raised)));
        };
        let Value::Iter(cell) = &iter else {
            return Ok(Ok(Signal::Raise(raised)));
        };
        let result = {
            let mut state = match cell.state.try_borrow_mut() {
                Ok(state) => state,
                Err(_) => return Err(ev.raise("ValueError", "generator already executing")),
            };
            match state.as_generator() {
                // `GeneratorExit` closes the inner generator, and leaves this one as well.
                Some(generator) if ev.is_exception(&raised.value, "GeneratorExit") => {
                    generator.close(ev).map(|()| None)
                }
                Some(generator) => match generator.throw(ev, raised) {
                    Ok(Some(item)) => Ok(Some(Ok(item))),
                    Ok(None) => Ok(Some(Err(generator.returned()))),
                    Err(Flow::Raise(raised)) => return Ok(Ok(Signal::Raise(*raised))),
                    Err(fatal) => return Err(fatal),
                },
                None => return Ok(Ok(Signal::Raise(raised))),
            }
        };
        match result {
            Ok(Some(Ok(item))) => {
                self.steps.push(Step::From { iter, block, index });
                Ok(Err(item))
            }
            Ok(Some(Err(returned))) => {
                self.steps.push(Step::Resume { block, index });
                self.receive(ev, returned)
            }
            Ok(None) => match ev.raise_class(&ev.types().exception("GeneratorExit"), Vec::new()) {
                Flow::Raise(raised) => Ok(Ok(Signal::Raise(*raised))),
                fatal => Err(fatal),
            },
            Err(Flow::Raise(raised)) => Ok(Ok(Signal::Raise(*raised))),
            Err(fatal) => Err(fatal),
        }
    }

    /// Gives a value sent in to the `yield` on top of the stack.
    fn receive(&mut self, ev: &mut Interp<'_>, sent: Value) -> R<Result<Signal, Value>> {
        let (block, index, value) = match self.steps.pop() {
            Some(Step::Resume { block, index }) => (block, index, sent),
            Some(Step::From {
                mut iter,
                block,
                index,
            }) => match self.send_on(ev, &mut iter, sent)? {
                Some(item) => {
                    self.steps.push(Step::From { iter, block, index });
                    return Ok(Err(item));
                }
                None => {
                    let returned = match &iter {
                        Value::Iter(cell) => returned_of(cell),
                        _ => Value::None,
                    };
                    (block, index, returned)
                }
            },
            other => {
                self.steps.extend(other);
                return Ok(Ok(Signal::Next));
            }
        };
        if let Some(Node::Yield { target, .. }) = node(&block, index) {
            match target {
                Target::Drop => {}
                Target::Assign(targets) => {
                    for target in targets {
                        if let Err(flow) = ev.assign(&Rc::clone(&self.scope), target, value.clone())
                        {
                            return match flow {
                                Flow::Raise(raised) => Ok(Ok(Signal::Raise(*raised))),
                                fatal => Err(fatal),
                            };
                        }
                    }
                }
                Target::Return => return Ok(Ok(Signal::Return(value))),
            }
        }
        Ok(Ok(Signal::Next))
    }

    /// Lets the innermost statement under way react to how its part ended.
    fn unwind(
        &mut self,
        ev: &mut Interp<'_>,
        signal: Signal,
        outer: usize,
    ) -> R<Result<Signal, Value>> {
        let scope = Rc::clone(&self.scope);
        let Some(step) = self.steps.pop() else {
            return Ok(Ok(signal));
        };
        match step {
            Step::Block { .. } | Step::Resume { .. } | Step::From { .. } => Ok(Ok(signal)),
            Step::For {
                block,
                index,
                mut iter,
            } => {
                let Some(Node::For { stmt, body, orelse }) = node(&block, index) else {
                    return Ok(Ok(signal));
                };
                match signal {
                    Signal::Next | Signal::Continue => {
                        ev.set_at(span_of(stmt.iter.range()));
                        match ev.next(&mut iter)? {
                            Some(item) => {
                                ev.assign(&scope, &stmt.target, item)?;
                                let body = Rc::clone(body);
                                self.steps.push(Step::For {
                                    block: Rc::clone(&block),
                                    index,
                                    iter,
                                });
                                self.push(&body);
                            }
                            None => {
                                let orelse = Rc::clone(orelse);
                                self.push(&orelse);
                            }
                        }
                        Ok(Ok(Signal::Next))
                    }
                    Signal::Break => Ok(Ok(Signal::Next)),
                    other => Ok(Ok(other)),
                }
            }
            Step::While { block, index } => {
                let Some(Node::While { test, body, orelse }) = node(&block, index) else {
                    return Ok(Ok(signal));
                };
                match signal {
                    Signal::Next | Signal::Continue => {
                        let value = ev.eval(&scope, test)?;
                        if ev.truth(&value, "the condition of `while`")? {
                            self.steps.push(Step::While {
                                block: Rc::clone(&block),
                                index,
                            });
                            self.push(body);
                        } else {
                            self.push(orelse);
                        }
                        Ok(Ok(Signal::Next))
                    }
                    Signal::Break => Ok(Ok(Signal::Next)),
                    other => Ok(Ok(other)),
                }
            }
            Step::Try { block, index } => {
                let Some(Node::Try {
                    handlers, orelse, ..
                }) = node(&block, index)
                else {
                    return Ok(Ok(signal));
                };
                let guard = |handling, name| Step::Guarded {
                    block: Rc::clone(&block),
                    index,
                    handling,
                    name,
                };
                match signal {
                    Signal::Next => {
                        self.steps.push(guard(None, None));
                        self.push(orelse);
                        Ok(Ok(Signal::Next))
                    }
                    Signal::Raise(raised) => {
                        // An exception in the test of a handler passes `finally`, too.
                        self.steps.push(guard(None, None));
                        for (handler, body) in handlers {
                            let caught = match &handler.type_ {
                                None => true,
                                Some(type_) => {
                                    let class = ev.eval(&scope, type_)?;
                                    ev.exception_matches(&raised.value, &class)?
                                }
                            };
                            if caught {
                                let name =
                                    handler.name.as_ref().map(|name| name.as_str().to_owned());
                                if let Some(name) = &name {
                                    scope.assign(name, raised.value.clone());
                                }
                                ev.handling.push(raised.clone());
                                self.steps.pop();
                                self.steps.push(guard(Some(raised), name));
                                self.push(body);
                                return Ok(Ok(Signal::Next));
                            }
                        }
                        Ok(Ok(Signal::Raise(raised)))
                    }
                    other => {
                        self.steps.push(guard(None, None));
                        Ok(Ok(other))
                    }
                }
            }
            Step::Guarded {
                block,
                index,
                handling,
                name,
            } => {
                if handling.is_some() && ev.handling.len() > outer {
                    ev.handling.pop();
                }
                if let Some(name) = name {
                    scope.delete(&name);
                }
                if let Some(Node::Try { finalbody, .. }) = node(&block, index) {
                    self.steps.push(Step::Finally { signal });
                    let finalbody = Rc::clone(finalbody);
                    self.push(&finalbody);
                }
                Ok(Ok(Signal::Next))
            }
            Step::Finally { signal: pending } => Ok(Ok(match signal {
                Signal::Next => pending,
                other => other,
            })),
            Step::With { manager, is_async } => match signal {
                Signal::Raise(raised) => {
                    ev.handling.push(raised.clone());
                    let swallowed = ev.exit_context(&manager, Some(&raised), is_async);
                    ev.handling.pop();
                    Ok(Ok(if swallowed? {
                        Signal::Next
                    } else {
                        Signal::Raise(raised)
                    }))
                }
                other => {
                    ev.exit_context(&manager, None, is_async)?;
                    Ok(Ok(other))
                }
            },
        }
    }
}

/// What a generator returned.
pub(crate) fn returned_of(cell: &Rc<IterCell>) -> Value {
    match cell.state.try_borrow_mut() {
        Ok(mut state) => state
            .as_generator()
            .map_or(Value::None, |generator| generator.returned()),
        Err(_) => Value::None,
    }
}

impl GeneratorControl for Generator {
    fn send(&mut self, ev: &mut Interp<'_>, value: Value) -> R<Option<Value>> {
        if !self.started && !value.is_none() {
            return Err(ev.raise(
                "TypeError",
                "can't send non-None value to a just-started generator",
            ));
        }
        self.resume(ev, Input::Value(value))
    }

    fn throw(&mut self, ev: &mut Interp<'_>, raised: Raised) -> R<Option<Value>> {
        if !self.started {
            self.finished = true;
        }
        self.resume(ev, Input::Raise(raised))
    }

    fn close(&mut self, ev: &mut Interp<'_>) -> R<()> {
        if self.finished || !self.started {
            self.finished = true;
            return Ok(());
        }
        let Flow::Raise(raised) =
            ev.raise_class(&ev.types().exception("GeneratorExit"), Vec::new())
        else {
            return Ok(());
        };
        match self.resume(ev, Input::Raise(*raised)) {
            Ok(Some(_)) => Err(ev.raise("RuntimeError", "generator ignored GeneratorExit")),
            Ok(None) => Ok(()),
            Err(Flow::Raise(raised))
                if ev.is_exception(&raised.value, "GeneratorExit")
                    || ev.is_exception(&raised.value, "StopIteration") =>
            {
                Ok(())
            }
            Err(flow) => Err(flow),
        }
    }

    fn returned(&self) -> Value {
        self.returned.clone()
    }
}

impl PyIter for Generator {
    fn next(&mut self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        self.resume(ev, Input::Value(Value::None))
    }

    fn as_generator(&mut self) -> Option<&mut dyn GeneratorControl> {
        Some(self)
    }
}

/// The tree of a generator's body, made at its first call.
pub(crate) struct GeneratorBody(RefCell<Option<Block>>);

impl GeneratorBody {
    pub(crate) fn new() -> GeneratorBody {
        GeneratorBody(RefCell::new(None))
    }

    fn get(&self, body: BodyText<'_>) -> Block {
        let mut slot = self.0.borrow_mut();
        let block = slot.get_or_insert_with(|| match body {
            BodyText::Block(block) => compile(block),
            BodyText::Expr(expr) => Rc::from(vec![compile_yield(expr, Target::Drop)]),
        });
        Rc::clone(block)
    }
}

impl Interp<'_> {
    pub(crate) fn make_generator(
        &mut self,
        function: &Rc<Function>,
        code: &Rc<Code>,
        scope: Rc<Scope>,
    ) -> R {
        let block = code.generator.get(self.body_of(code)?);
        Ok(Value::iter(
            "generator",
            Generator {
                name: Str::clone(&function.name),
                scope,
                span: span_of(code.range),
                steps: vec![Step::Block { block, index: 0 }],
                returned: Value::None,
                started: false,
                finished: false,
                open: None,
                // What a statement of a module leaves that is given up is unknown anyway.
                left: match self.is_running() {
                    true => Rc::clone(&self.world.left_generator),
                    false => Rc::default(),
                },
            },
        ))
    }
}
