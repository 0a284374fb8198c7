//! Whether a script can be read to its end, whatever the database answers.
//!
//! Where a database cannot undo what a half-run script did, none of it may run before it is known that all of it can be
//! read. So the script is evaluated without the database: an answer of it is an unknown that is marked
//! ([`Unknown::from_database`](crate::value::Unknown)), a condition that hangs on one is decided both ways, a loop over one
//! runs with one element and with none, and a `try` around one is left by an exception too. Each decision is taken both ways
//! in at least one of the evaluations.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Location, Span};

use super::Interp;
use crate::args::Args;
use crate::flow::{Flow, R};
use crate::value::{Class, Dict, Function, Value};

/// A place where an answer of the database decides: file, offset, and what is decided there.
type Site = (String, u32, &'static str);

/// What was decided where.
type Decision = (Site, bool);

/// How often a decision of one evaluation keeps its outcome before a loop around it is taken to be over.
const REPEATS: u32 = 3;

/// More ways through a script than this are not tried.
const MAX_EVALUATIONS: usize = 400;

/// One evaluation on a path that is given.
#[derive(Debug, Default)]
pub(crate) struct Probe {
    /// The first decisions, in order; further ones are `false`.
    path: Vec<bool>,
    taken: Vec<Decision>,
    repeats: BTreeMap<Site, u32>,
    /// Why what follows an answer cannot be evaluated.
    gave_up: Option<Error>,
    /// Where an exception was raised last, and the statement.
    broken_at: Option<(Option<Location>, Site)>,
    /// Statements that ended without an exception.
    completed: BTreeSet<Site>,
    /// Dictionaries with a key that is an answer: they may have any key.
    any_key: Vec<Rc<RefCell<Dict>>>,
}

impl Interp<'_> {
    /// True for an answer of the database, while a script is probed.
    pub(crate) fn is_answer(&self, value: &Value) -> bool {
        self.probe.is_some() && matches!(value, Value::Unknown(it) if it.from_database)
    }

    /// What stands for an answer of the database.
    pub(crate) fn answer(&mut self) -> Value {
        self.effects += 1;
        Value::answer(self.location())
    }

    /// What stands for objects of a mapped class.
    pub(crate) fn answer_of(&mut self, class: &Rc<Class>) -> Value {
        self.effects += 1;
        Value::answer_of(class, self.location())
    }

    /// What stands for rows of several things.
    pub(crate) fn answer_rows(&mut self, classes: &Rc<[Option<Rc<Class>>]>) -> Value {
        match self.answer() {
            Value::Unknown(unknown) => {
                let mut unknown = (*unknown).clone();
                unknown.row_of = Some(Rc::clone(classes));
                Value::Unknown(Rc::new(unknown))
            }
            other => other,
        }
    }

    /// What stands for a part of a row.
    pub(crate) fn part_of(&mut self, value: &Value, index: usize) -> Value {
        let classes = crate::alchemy::orm::probed::classes_of(value);
        match classes.as_ref().and_then(|classes| classes.get(index)) {
            Some(Some(class)) => {
                let class = Rc::clone(class);
                self.answer_of(&class)
            }
            _ => value.clone(),
        }
    }

    /// An exception that the script states, where a way through it ends.
    pub(crate) fn end_of_the_way(&mut self) -> Flow {
        match self.made_up_exception() {
            Flow::Raise(mut raised) => {
                raised.is_stated = true;
                Flow::Raise(raised)
            }
            other => other,
        }
    }

    /// What stands for an element of an answer.
    pub(crate) fn element_of(&mut self, value: &Value) -> Value {
        match crate::alchemy::orm::probed::class_of(value) {
            Some(class) => self.answer_of(&class),
            None => match crate::alchemy::orm::probed::classes_of(value) {
                Some(classes) => self.answer_rows(&classes),
                None => self.answer(),
            },
        }
    }

    /// Decides what an answer of the database would decide.
    pub(crate) fn decide(&mut self, what: &'static str) -> bool {
        let at = self.location();
        let Some(probe) = &mut self.probe else {
            return false;
        };
        let site = match at {
            Some(at) => (at.file.name().to_owned(), at.span.start, what),
            None => (String::new(), 0, what),
        };
        let repeats = probe.repeats.entry(site.clone()).or_default();
        *repeats += 1;
        let outcome = match probe.path.get(probe.taken.len()) {
            Some(outcome) => *outcome,
            None => *repeats > REPEATS && *repeats % 2 == 1,
        };
        probe.taken.push((site, outcome));
        outcome
    }

    /// An expression that failed because it needs an answer: its value is one.
    pub(crate) fn answer_instead(&mut self, result: R, frames: usize, depth: usize) -> R {
        match result {
            Err(flow) if self.is_probing() && flow.needs_database() => {
                self.frames.truncate(frames);
                self.depth = depth;
                Ok(self.answer())
            }
            other => other,
        }
    }

    /// Notes how a statement ended.
    pub(crate) fn note_statement<T>(&mut self, at: Span, result: &R<T>) {
        let (Some(probe), Some(frame)) = (&mut self.probe, self.frames.last()) else {
            return;
        };
        let site = || (frame.file.name().to_owned(), at.start, "statement");
        match result {
            Ok(_) => {
                probe.completed.insert(site());
            }
            Err(Flow::Raise(raised)) => {
                let known = probe.broken_at.as_ref().map(|(at, _)| at);
                if known != Some(&raised.location) {
                    probe.broken_at = Some((raised.location.clone(), site()));
                }
            }
            // What it would have done is not known.
            Err(Flow::Fatal(error)) if error.kind == ErrorKind::NeedsDatabase => {
                probe.gave_up.get_or_insert_with(|| (**error).clone());
            }
            Err(Flow::Fatal(_)) => {}
        }
    }

    /// A method of an answer is called: it must be one that is modelled, whatever the answer is.
    pub(crate) fn note_method(&mut self, name: &str) {
        if crate::alchemy::is_method_of_an_answer(name) {
            return;
        }
        let location = self.location();
        let Some(probe) = &mut self.probe else {
            return;
        };
        if probe.gave_up.is_none() {
            let message = format!(
                "`{name}()` is called on what the database answers, and may not be modelled"
            );
            let diagnostic = Diagnostic::error("unreadable", message).at_maybe(location, "");
            probe.gave_up = Some(Error::new(ErrorKind::Unreadable, diagnostic));
        }
    }

    /// Makes a call; where its result is an answer, the functions that it was given are called with answers, so
    /// that they are read too.
    pub(crate) fn with_functions_called(
        &mut self,
        args: Args,
        call: impl FnOnce(&mut Self, Args) -> R,
    ) -> R {
        if !self.is_probing() {
            return call(self, args);
        }
        let keywords = args.keywords.iter().map(|(_, value)| value);
        let functions: Vec<Rc<Function>> = (args.positional.iter().chain(keywords))
            .filter_map(|value| match value {
                Value::Function(function) => Some(Rc::clone(function)),
                _ => None,
            })
            .collect();
        let all = args
            .positional
            .iter()
            .chain(args.keywords.iter().map(|(_, value)| value));
        let doubt = all.filter_map(|value| doubt_in(value, 4)).next();
        let (frames, depth) = (self.frames.len(), self.depth);
        let result = call(self, args);
        let is_answer = match &result {
            Ok(value) => self.is_answer(value),
            Err(flow) => flow.needs_database(),
        };
        if is_answer {
            self.frames.truncate(frames);
            self.depth = depth;
            for function in functions {
                let answers = (0..function.parameter_count())
                    .map(|_| self.answer())
                    .collect();
                self.call(&Value::Function(function), Args::positional(answers))?;
            }
            // That an answer is missing says nothing of what else the call was given.
            if let Some(doubt) = doubt {
                if result.is_err() {
                    self.need_known(&doubt, "an argument of a call")?;
                }
                return Ok(doubt);
            }
        }
        result
    }

    /// The exception of a database that refuses something.
    pub(crate) fn made_up_exception(&mut self) -> Flow {
        let answer = self.answer();
        self.raise_value(answer)
    }

    /// Fails if the class of an `except` clause is not known.
    pub(crate) fn need_class(&mut self, class: &Value) -> R<()> {
        match class {
            Value::Tuple(classes) => classes
                .iter()
                .try_for_each(|class| self.need_known(class, "the exception class of `except`")),
            _ => self.need_known(class, "the exception class of `except`"),
        }
    }

    pub(crate) fn is_probing(&self) -> bool {
        self.probe.is_some()
    }

    /// Notes that a dictionary gets a key that is an answer.
    pub(crate) fn note_any_key(&mut self, dict: &Rc<RefCell<Dict>>) {
        if let Some(probe) = &mut self.probe {
            probe.any_key.push(Rc::clone(dict));
        }
    }

    /// True for a dictionary that may have any key.
    pub(crate) fn has_any_key(&self, dict: &Rc<RefCell<Dict>>) -> bool {
        self.probe
            .as_ref()
            .is_some_and(|probe| probe.any_key.iter().any(|it| Rc::ptr_eq(it, dict)))
    }

    /// From here on answers of the database are made up; the first decisions are given.
    pub(crate) fn begin_probe(&mut self, path: Vec<bool>) {
        self.probe = Some(Box::new(Probe {
            path,
            ..Probe::default()
        }));
    }

    /// The decisions of an evaluation that ended so.
    ///
    /// # Errors
    /// What could not be read.
    pub(crate) fn end_probe(&mut self, result: R<()>) -> Result<Evaluated, Error> {
        let Some(probe) = self.probe.take() else {
            return Ok(Evaluated::default());
        };
        if let Some(error) = probe.gave_up {
            return Err(error);
        }
        let broken = match result {
            Ok(()) => None,
            // An exception that the script raises is its own affair.
            Err(Flow::Raise(raised)) if raised.is_stated => None,
            Err(flow @ Flow::Raise(_)) => {
                let error = self.flow_to_error(flow);
                probe.broken_at.map(|(_, site)| (site, error))
            }
            Err(Flow::Fatal(error)) => return Err(*error),
        };
        Ok(Evaluated {
            decisions: probe.taken,
            completed: probe.completed,
            broken,
        })
    }
}

/// What happened in one evaluation.
#[derive(Debug, Default)]
pub(crate) struct Evaluated {
    decisions: Vec<Decision>,
    completed: BTreeSet<Site>,
    /// The statement that a builtin exception came from, which may come from an answer that was made up.
    broken: Option<(Site, Error)>,
}

/// Evaluates a script on every side of every decision; `evaluate` does so on a path, between [`Interp::begin_probe`] and
/// [`Interp::end_probe`].
///
/// # Errors
/// What cannot be read on one of the ways.
pub(crate) fn explore(
    mut evaluate: impl FnMut(Vec<bool>) -> Result<Evaluated, Error>,
) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    let mut paths = vec![Vec::new()];
    let mut evaluations = 0;
    let mut completed = BTreeSet::new();
    let mut broken = Vec::new();
    while let Some(path) = paths.pop() {
        evaluations += 1;
        if evaluations > MAX_EVALUATIONS {
            return Err(Error::message(
                ErrorKind::Unreadable,
                "too-many-branches",
                "there are too many ways through the script to try them all",
            ));
        }
        let given = path.len();
        let evaluated = evaluate(path)?;
        completed.extend(evaluated.completed);
        broken.extend(evaluated.broken);
        let taken = evaluated.decisions;
        for (index, decision) in taken.iter().enumerate() {
            seen.insert(decision.clone());
            let (site, outcome) = decision;
            if index >= given && seen.insert((site.clone(), !outcome)) {
                let before = taken.iter().take(index).map(|(_, outcome)| *outcome);
                paths.push(before.chain([!outcome]).collect());
            }
        }
    }
    // What follows such a statement must have been read on another way.
    match broken
        .into_iter()
        .find(|(site, _)| !completed.contains(site))
    {
        Some((_, error)) => Err(error),
        None => Ok(()),
    }
}

/// What is unknown in a value or in what it holds, and is no answer of the database.
fn doubt_in(value: &Value, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::Unknown(unknown) if !unknown.from_database => Some(value.clone()),
        Value::List(items) => items.borrow().iter().find_map(|it| doubt_in(it, depth)),
        Value::Tuple(items) => items.iter().find_map(|it| doubt_in(it, depth)),
        Value::Dict(dict) => dict.borrow().iter().find_map(|(_, it)| doubt_in(it, depth)),
        _ => None,
    }
}
