//! Comprehensions and generator expressions.

use std::rc::Rc;

use ruff_python_ast::{Comprehension, Expr};
use ruff_text_size::{Ranged as _, TextRange};

use super::Interp;
use super::code::ComprehensionCode;
use super::names::Names;
use super::scope::{Scope, ScopeKind};
use crate::flow::R;
use crate::parse::span_of;
use crate::value::{Dict, PyIter, Str, Value};

/// The parts of a comprehension, evaluated lazily.
struct GeneratorExpression {
    code: Rc<ComprehensionCode>,
    scope: Rc<Scope>,
    /// Iterators of the `for` clauses that are under way, outermost first.
    iters: Vec<Value>,
    done: bool,
}

impl GeneratorExpression {
    /// Advances the clauses to the next combination of targets that passes the conditions.
    fn advance(&mut self, ev: &mut Interp<'_>) -> R<Result<bool, Value>> {
        let code = Rc::clone(&self.code);
        loop {
            let Some(iter) = self.iters.last_mut() else {
                return Ok(Ok(false));
            };
            let Some(item) = ev.next(iter)? else {
                self.iters.pop();
                continue;
            };
            let level = self.iters.len() - 1;
            let Some(clause) = code.generators.get(level) else {
                return Ok(Ok(false));
            };
            ev.assign(&self.scope, &clause.target, item)?;
            let mut passed = true;
            for condition in &clause.ifs {
                let value = ev.eval(&self.scope, condition)?;
                if value.is_unknown() {
                    ev.may_skip(&value, [&code.element], "the condition of a comprehension")?;
                    return Ok(Err(value));
                }
                if !ev.truth(&value, "the condition of a comprehension")? {
                    passed = false;
                    break;
                }
            }
            if !passed {
                continue;
            }
            match code.generators.get(level + 1) {
                Some(inner) => {
                    let iterable = ev.eval_iterable(&self.scope, &inner.iter)?;
                    if iterable.is_unknown() && !ev.is_answer(&iterable) {
                        ev.may_skip(
                            &iterable,
                            [&code.element],
                            "what a comprehension iterates over",
                        )?;
                        return Ok(Err(iterable));
                    }
                    self.iters.push(ev.get_iter(&iterable)?);
                }
                None => return Ok(Ok(true)),
            }
        }
    }
}

impl PyIter for GeneratorExpression {
    fn next(&mut self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        if self.done {
            return Ok(None);
        }
        let frame = super::Frame {
            name: Str::from("<genexpr>"),
            file: self.scope.unit.file.clone(),
            at: span_of(self.code.element.range()),
            scope: Rc::clone(&self.scope),
        };
        ev.enter()?;
        ev.frames.push(frame);
        let result = match self.advance(ev) {
            Ok(Ok(true)) => {
                let code = Rc::clone(&self.code);
                ev.eval(&self.scope, &code.element).map(Some)
            }
            Ok(Ok(false)) => Ok(None),
            Ok(Err(unknown)) => match ev.need_known(&unknown, "a generator expression") {
                Ok(()) => Ok(None),
                Err(flow) => Err(flow),
            },
            Err(flow) => Err(flow),
        };
        ev.frames.pop();
        ev.leave();
        if !matches!(result, Ok(Some(_))) {
            self.done = true;
        }
        result
    }
}

impl Interp<'_> {
    pub(crate) fn eval_comprehension(&mut self, scope: &Rc<Scope>, expr: &Expr) -> R {
        let (range, element, generators): (TextRange, Expr, &[Comprehension]) = match expr {
            Expr::ListComp(comp) => (comp.range, (*comp.elt).clone(), &comp.generators),
            Expr::SetComp(comp) => (comp.range, (*comp.elt).clone(), &comp.generators),
            Expr::Generator(comp) => (comp.range, (*comp.elt).clone(), &comp.generators),
            Expr::DictComp(comp) => {
                let Some(key) = &comp.key else {
                    return Err(
                        self.unreadable("a dictionary comprehension with `**` is not modelled")
                    );
                };
                let pair = Expr::Tuple(ruff_python_ast::ExprTuple {
                    node_index: ruff_python_ast::AtomicNodeIndex::NONE,
                    range: comp.range,
                    elts: vec![(**key).clone(), (*comp.value).clone()],
                    ctx: ruff_python_ast::ExprContext::Load,
                    parenthesized: true,
                });
                (comp.range, pair, &comp.generators)
            }
            _ => return Err(self.unreadable("a comprehension that is not modelled")),
        };
        let Some(first) = generators.first() else {
            return Err(self.unreadable("a comprehension without `for`"));
        };
        // The outermost iterable belongs to the scope around.
        let iterable = self.eval_iterable(scope, &first.iter)?;
        if iterable.is_unknown() && !self.is_answer(&iterable) {
            self.may_skip(&iterable, [&element], "what a comprehension iterates over")?;
            return Ok(iterable);
        }
        self.set_at(span_of(first.iter.range()));
        let iter = self.get_iter(&iterable)?;
        let code = scope.unit.comprehension(range, || {
            let mut names = Names::default();
            for generator in generators {
                names.add_targets(&generator.target);
            }
            ComprehensionCode {
                names: Rc::new(names),
                element,
                generators: generators.to_vec(),
            }
        });
        let inner = Scope::child(
            scope,
            ScopeKind::Comprehension,
            &code.names,
            &scope.unit,
            Str::clone(&scope.qualname),
        );
        let mut state = GeneratorExpression {
            code,
            scope: inner,
            iters: vec![iter],
            done: false,
        };
        if matches!(expr, Expr::Generator(_)) {
            return Ok(Value::iter("generator", state));
        }
        let code = Rc::clone(&state.code);
        let mut items = Vec::new();
        loop {
            match state.advance(self)? {
                Ok(true) => {
                    items.push(self.eval(&state.scope, &code.element)?);
                    if items.len() % 1024 == 0 {
                        self.check_length(items.len())?;
                    }
                }
                Ok(false) => break,
                Err(unknown) => return Ok(unknown),
            }
        }
        match expr {
            Expr::SetComp(_) => self
                .make_set(items)
                .map(|set| set.map_or_else(|unknown| unknown, Value::set)),
            Expr::DictComp(_) => {
                let mut dict = Dict::new();
                for item in items {
                    if let Value::Tuple(pair) = &item
                        && let [key, value] = &**pair
                    {
                        match self.key_or_unknown(key)? {
                            Ok(hash) => {
                                dict.insert(hash, key.clone(), value.clone());
                            }
                            Err(unknown) => return Ok(unknown),
                        }
                    }
                }
                Ok(Value::dict(dict))
            }
            _ => Ok(Value::list(items)),
        }
    }
}
