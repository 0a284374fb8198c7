//! `match` statements.

use std::rc::Rc;

use ruff_python_ast::{Pattern, Singleton, StmtMatch};
use ruff_text_size::Ranged as _;

use super::Interp;
use super::scope::Scope;
use super::stmt::Done;
use crate::flow::R;
use crate::parse::span_of;
use crate::value::{CmpOp, Dict, Value};

impl Interp<'_> {
    pub(crate) fn exec_match(&mut self, scope: &Rc<Scope>, match_: &StmtMatch) -> R<Done> {
        let subject = self.eval(scope, &match_.subject)?;
        self.set_at(span_of(match_.subject.range()));
        self.need_known(&subject, "the subject of `match`")?;
        for case in &match_.cases {
            if !self.case_matches(scope, case, &subject)? {
                continue;
            }
            return self.exec_block(scope, &case.body);
        }
        Ok(Done::Next)
    }

    /// True when a `case` fits, with its names bound.
    pub(crate) fn case_matches(
        &mut self,
        scope: &Rc<Scope>,
        case: &ruff_python_ast::MatchCase,
        subject: &Value,
    ) -> R<bool> {
        self.set_at(span_of(case.pattern.range()));
        if !self.matches(scope, &case.pattern, subject)? {
            return Ok(false);
        }
        match &case.guard {
            Some(guard) => {
                let value = self.eval(scope, guard)?;
                self.truth(&value, "the guard of `case`")
            }
            None => Ok(true),
        }
    }

    fn matches(&mut self, scope: &Rc<Scope>, pattern: &Pattern, subject: &Value) -> R<bool> {
        if subject.is_unknown() && !pattern.is_irrefutable() {
            self.need_known(subject, "what a pattern is matched against")?;
        }
        match pattern {
            Pattern::MatchValue(value) => {
                let expected = self.eval(scope, &value.value)?;
                let equal = self.compare(CmpOp::Eq, subject, &expected)?;
                self.truth(&equal, "a pattern")
            }
            Pattern::MatchSingleton(singleton) => Ok(match singleton.value {
                Singleton::None => subject.is_none(),
                Singleton::True => matches!(subject, Value::Bool(true)),
                Singleton::False => matches!(subject, Value::Bool(false)),
            }),
            Pattern::MatchAs(as_) => {
                if let Some(inner) = &as_.pattern
                    && !self.matches(scope, inner, subject)?
                {
                    return Ok(false);
                }
                if let Some(name) = &as_.name {
                    scope.assign(name.as_str(), subject.clone());
                }
                Ok(true)
            }
            Pattern::MatchOr(or) => {
                for pattern in &or.patterns {
                    if self.matches(scope, pattern, subject)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Pattern::MatchSequence(sequence) => {
                let items = match subject.unwrap_payload() {
                    Value::List(items) => items.borrow().clone(),
                    Value::Tuple(items) => items.to_vec(),
                    Value::Range(_) => self.iterate(subject)?,
                    _ => return Ok(false),
                };
                let star = sequence
                    .patterns
                    .iter()
                    .position(|pattern| matches!(pattern, Pattern::MatchStar(_)));
                let count = sequence.patterns.len();
                let fits = match star {
                    Some(_) => items.len() + 1 >= count,
                    None => items.len() == count,
                };
                if !fits {
                    return Ok(false);
                }
                let middle = (items.len() + 1).saturating_sub(count);
                let mut items = items.into_iter();
                for pattern in &sequence.patterns {
                    if let Pattern::MatchStar(star) = pattern {
                        let rest: Vec<Value> = items.by_ref().take(middle).collect();
                        if let Some(name) = &star.name {
                            scope.assign(name.as_str(), Value::list(rest));
                        }
                    } else if let Some(item) = items.next()
                        && !self.matches(scope, pattern, &item)?
                    {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Pattern::MatchMapping(mapping) => {
                let Value::Dict(dict) = subject.unwrap_payload() else {
                    return Ok(false);
                };
                let mut rest: Dict = dict.borrow().clone();
                rest.default_factory = None;
                rest.kind = crate::value::DictKind::Dict;
                for (key, pattern) in mapping.keys.iter().zip(&mapping.patterns) {
                    let key = self.eval(scope, key)?;
                    let key = self.hash_key(&key)?;
                    let Some((_, value)) = rest.remove(&key) else {
                        return Ok(false);
                    };
                    if !self.matches(scope, pattern, &value)? {
                        return Ok(false);
                    }
                }
                if let Some(name) = &mapping.rest {
                    scope.assign(name.as_str(), Value::dict(rest));
                }
                Ok(true)
            }
            Pattern::MatchClass(class_pattern) => {
                let class = self.eval(scope, &class_pattern.cls)?;
                self.need_known(&class, "the class of a pattern")?;
                let Value::Class(class) = class else {
                    return Err(self.unreadable("the class of a pattern is not modelled"));
                };
                match self.is_instance(subject, &class) {
                    Some(true) => {}
                    Some(false) => return Ok(false),
                    None => {
                        return Err(
                            self.unreadable("the class of what a pattern matches cannot be read")
                        );
                    }
                }
                let positional = &class_pattern.arguments.patterns;
                if !positional.is_empty() {
                    let itself = matches!(
                        &*class.name,
                        "bool"
                            | "bytes"
                            | "dict"
                            | "float"
                            | "frozenset"
                            | "int"
                            | "list"
                            | "set"
                            | "str"
                            | "tuple"
                    ) && matches!(class.kind, crate::value::ClassKind::Builtin(_));
                    if itself {
                        if let Some(pattern) = positional.first()
                            && !self.matches(scope, pattern, subject)?
                        {
                            return Ok(false);
                        }
                    } else {
                        let names = match class.lookup("__match_args__") {
                            Some(names) => self.iterate(&names)?,
                            None => Vec::new(),
                        };
                        if names.len() < positional.len() {
                            return Err(self.raise(
                                "TypeError",
                                format!(
                                    "{}() accepts {} positional sub-pattern{} ({} given)",
                                    class.name,
                                    names.len(),
                                    if names.len() == 1 { "" } else { "s" },
                                    positional.len()
                                ),
                            ));
                        }
                        for (name, pattern) in names.iter().zip(positional) {
                            let name = name.as_str().unwrap_or_else(|| crate::value::Str::from(""));
                            let Some(value) = self.get_attr_opt(subject, &name)? else {
                                return Ok(false);
                            };
                            if !self.matches(scope, pattern, &value)? {
                                return Ok(false);
                            }
                        }
                    }
                }
                for keyword in &class_pattern.arguments.keywords {
                    let Some(value) = self.get_attr_opt(subject, keyword.attr.as_str())? else {
                        return Ok(false);
                    };
                    if !self.matches(scope, &keyword.pattern, &value)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Pattern::MatchStar(_) => Ok(true),
        }
    }
}
