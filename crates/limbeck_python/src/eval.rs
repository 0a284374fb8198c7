//! The interpreter.

mod annotation;
mod attr;
mod call;
mod class;
mod code;
mod compare;
mod comprehension;
mod either;
mod env;
mod expr;
mod forget;
mod format;
mod generator;
mod import;
mod item;
mod iterate;
mod metaclass;
mod names;
mod namespace;
mod ops;
mod pattern;
mod presence;
mod probe;
mod scope;
mod skipped;
mod special;
mod stmt;
mod text;
mod types;
mod with;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::rc::Rc;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Location, SourceFile, Span};

pub(crate) use annotation::AnnotationSource;
pub(crate) use attr::bound_callable;
pub(crate) use attr::is_of_modelled_class;
pub(crate) use class::ClassParts;
pub(crate) use code::{BodyText, Code, Unit};
pub(crate) use compare::set_of;
pub(crate) use format::format_float_repr;
pub use generator::GeneratorControl;
pub(crate) use generator::returned_of;
pub(crate) use item::position;
pub(crate) use iterate::{DictPart, ListIter, dict_iter};
pub(crate) use ops::{combine_sets, plain_float, plain_int};
pub(crate) use probe::explore;
pub(crate) use scope::Scope;
pub(crate) use stmt::{bound_names, docstring};
pub(crate) use text::builtin_type_name;
pub use types::Types;

use crate::flow::{Flow, R, Raised};
use crate::host::{Host, Inputs, Limits, Sources};
use crate::parse::Parsed;
use crate::value::{Class, Instance, Module, Str, Value};

/// What outlives one run: sources, inputs, loaded modules, builtin types.
///
/// As in a Python process, a module is executed once and keeps its state between runs.
pub struct World {
    sources: Rc<dyn Sources>,
    inputs: Inputs,
    limits: Limits,
    types: Types,
    builtins: Rc<Module>,
    modules: RefCell<BTreeMap<String, Value>>,
    env: RefCell<BTreeMap<String, String>>,
    env_reads: RefCell<BTreeMap<String, Option<String>>>,
    sys_path: Value,
    nondeterministic: Cell<Option<&'static str>>,
    /// True once a generator was dropped that had something to do at its end.
    left_generator: Rc<Cell<bool>>,
    /// Which generators are suspended where they have something to do at their end.
    open_generators: RefCell<Vec<Rc<Cell<bool>>>>,
    /// Module-level statements that were given up although they may have made tables.
    skipped: RefCell<Vec<Error>>,
    /// Files of modules that have been parsed, so that a module whose execution failed is not read again.
    parsed: RefCell<BTreeMap<OsString, Parsed>>,
    /// State of modelled packages, by name.
    extensions: RefCell<BTreeMap<&'static str, Rc<dyn std::any::Any>>>,
}

impl World {
    /// A world with the given sources and inputs.
    #[must_use]
    pub fn new(sources: Rc<dyn Sources>, inputs: Inputs, limits: Limits) -> Rc<World> {
        let types = Types::new();
        let builtins = crate::builtins::module(&types);
        let sys_path = Value::list(
            inputs
                .sys_path
                .iter()
                .map(|path| Value::from(path.to_string_lossy().into_owned()))
                .collect(),
        );
        Rc::new(World {
            sources,
            env: RefCell::new(inputs.env.clone()),
            inputs,
            limits,
            types,
            builtins,
            modules: RefCell::new(BTreeMap::new()),
            env_reads: RefCell::new(BTreeMap::new()),
            sys_path,
            nondeterministic: Cell::new(None),
            left_generator: Rc::default(),
            open_generators: RefCell::default(),
            skipped: RefCell::default(),
            parsed: RefCell::default(),
            extensions: RefCell::new(BTreeMap::new()),
        })
    }

    /// The declared inputs.
    #[must_use]
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// Where source text comes from.
    #[must_use]
    pub fn sources(&self) -> &Rc<dyn Sources> {
        &self.sources
    }

    /// Builtin types.
    #[must_use]
    pub fn types(&self) -> &Types {
        &self.types
    }

    /// Names of environment variables that were read, with what was found.
    #[must_use]
    pub fn env_reads(&self) -> BTreeMap<String, Option<String>> {
        self.env_reads.borrow().clone()
    }

    /// What made the evaluation non-deterministic, such as `uuid.uuid4()`; none when nothing did.
    #[must_use]
    pub fn nondeterministic(&self) -> Option<&'static str> {
        self.nondeterministic.get()
    }

    /// Forgets that something was non-deterministic, before the next script.
    pub fn clear_nondeterministic(&self) {
        self.nondeterministic.set(None);
    }

    /// A module that has been imported.
    pub(crate) fn module(&self, name: &str) -> Option<Value> {
        self.modules.borrow().get(name).cloned()
    }

    pub(crate) fn env_vars(&self) -> &RefCell<BTreeMap<String, String>> {
        &self.env
    }

    pub(crate) fn record_env_read(&self, name: &str) -> Option<String> {
        let value = self.env.borrow().get(name).cloned();
        self.env_reads
            .borrow_mut()
            .insert(name.to_owned(), value.clone());
        value
    }

    pub(crate) fn sys_path(&self) -> &Value {
        &self.sys_path
    }

    /// State of a modelled package, made at first use.
    pub fn extension<T: 'static>(&self, name: &'static str, make: impl FnOnce() -> T) -> Rc<T> {
        let found = self.extensions.borrow().get(name).cloned();
        if let Some(found) = found.and_then(|any| any.downcast::<T>().ok()) {
            return found;
        }
        let made = Rc::new(make());
        self.extensions
            .borrow_mut()
            .insert(name, Rc::clone(&made) as Rc<dyn std::any::Any>);
        made
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // Functions refer to their module and modules to their functions: break the cycles.
        for module in self.modules.borrow().values() {
            if let Value::Module(module) = module {
                let vars = std::mem::take(&mut *module.vars.borrow_mut());
                drop(vars);
            }
        }
    }
}

/// Whether module-level code is being read, or a function is being run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Module-level code: what cannot be understood becomes unknown.
    Load,
    /// A migration runs: what cannot be understood is an error.
    Run,
}

/// One call of Python code under way.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) name: Str,
    pub(crate) file: SourceFile,
    pub(crate) at: Span,
    pub(crate) scope: Rc<Scope>,
}

/// An evaluation under way, with its host.
pub struct Interp<'a> {
    world: Rc<World>,
    host: &'a mut dyn Host,
    steps: u64,
    depth: usize,
    max_depth: usize,
    pub(crate) mode: Mode,
    /// True when module-level imports of project modules wait until a name is used.
    pub lazy_imports: bool,
    /// True while a file is evaluated for the calls it makes (see `env.rs`).
    pub(crate) listens: bool,
    /// Set where a call that cannot be read and has had no effect that counts is only unknown: the first such failure.
    pub(crate) forgiven: Option<Vec<Error>>,
    /// Operations, answers of the database, and what env.py configures, so far.
    pub(crate) effects: u64,
    /// Operations whose result is unknown, so far: none of them is known to have ended without an exception.
    pub(crate) unread: u64,
    /// Where the last of them stands, in a block that goes on after an exception.
    unread_at: Option<Location>,
    pub(crate) frames: Vec<Frame>,
    /// Exceptions being handled, innermost last, for a bare `raise`.
    pub(crate) handling: Vec<Raised>,
    /// Set while a script is probed for whether it can be read to its end.
    probe: Option<Box<probe::Probe>>,
    /// Dictionaries of names that the program may hold.
    namespaces: Vec<namespace::Namespace>,
    /// How many blocks around the current place may go on after an exception.
    pub(crate) guards: usize,
    /// The depths of the frames whose `try` is ready for a module that is missing.
    import_guards: Vec<usize>,
    /// How many savepoints the script has set, so that each has a name of its own.
    pub(crate) savepoints: usize,
}

impl<'a> Interp<'a> {
    /// An evaluation in `world` whose effects go to `host`.
    pub fn new(world: &Rc<World>, host: &'a mut dyn Host) -> Interp<'a> {
        let max_depth = if crate::deep::is_deep() {
            world.limits.depth
        } else {
            world.limits.depth.min(20)
        };
        Interp {
            world: Rc::clone(world),
            host,
            steps: 0,
            depth: 0,
            max_depth,
            mode: Mode::Run,
            lazy_imports: false,
            listens: false,
            forgiven: None,
            effects: 0,
            unread: 0,
            unread_at: None,
            frames: Vec::new(),
            handling: Vec::new(),
            probe: None,
            namespaces: Vec::new(),
            guards: 0,
            import_guards: Vec::new(),
            savepoints: 0,
        }
    }

    /// What outlives this evaluation.
    #[must_use]
    pub fn world(&self) -> &Rc<World> {
        &self.world
    }

    /// Builtin types.
    #[must_use]
    pub fn types(&self) -> &Types {
        &self.world.types
    }

    /// Where effects go.
    pub fn host(&mut self) -> &mut dyn Host {
        self.host
    }

    /// The place being evaluated: the innermost call or statement of Python code.
    #[must_use]
    pub fn location(&self) -> Option<Location> {
        // What a modelled module does, the script that calls it does.
        let is_model = |frame: &&Frame| crate::alchemy::is_model_file(frame.file.name());
        self.frames
            .iter()
            .rev()
            .find(|frame| !is_model(frame))
            .or(self.frames.last())
            .map(|frame| Location::new(frame.file.clone(), frame.at))
    }

    /// The places being evaluated, outermost call first.
    #[must_use]
    pub fn trace(&self) -> Vec<Location> {
        self.frames
            .iter()
            .map(|frame| Location::new(frame.file.clone(), frame.at))
            .collect()
    }

    /// True while a function of a migration runs, false while module-level code is read.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.mode == Mode::Run
    }

    /// The class and first argument of the method being run, for `super()`.
    pub(crate) fn method_under_way(&self) -> Option<(Rc<Class>, Value)> {
        let mut scope = self.frames.last().map(|frame| Rc::clone(&frame.scope));
        while let Some(current) = scope {
            if let Some(found) = current.method_of.borrow().clone() {
                return Some(found);
            }
            scope = current.parent.clone();
        }
        None
    }

    /// True where the program may go on after an exception that is raised here.
    #[must_use]
    pub(crate) fn is_guarded(&self) -> bool {
        self.guards > 0
    }

    pub(crate) fn set_at(&mut self, span: Span) {
        if let Some(frame) = self.frames.last_mut() {
            frame.at = span;
        }
    }

    /// A Python exception of a builtin class, to be returned as an error.
    #[must_use]
    pub fn raise(&self, class: &str, message: impl Into<String>) -> Flow {
        let class = self.types().exception(class);
        self.raise_class(&class, vec![Value::from(message.into())])
    }

    /// A Python exception of the given class with `args`, to be returned as an error.
    #[must_use]
    pub fn raise_class(&self, class: &Rc<Class>, args: Vec<Value>) -> Flow {
        let instance = Instance::new(Rc::clone(class), None);
        instance.set("args", Value::tuple(args));
        self.raise_value(Value::Instance(instance))
    }

    /// A Python exception with an instance that exists, to be returned as an error.
    #[must_use]
    pub fn raise_value(&self, value: Value) -> Flow {
        Flow::Raise(Box::new(Raised {
            value,
            location: self.location(),
            is_stated: false,
        }))
    }

    /// Data that cannot be known, with the place being evaluated.
    #[must_use]
    pub fn unknown(&self, reason: impl Into<String>) -> Value {
        Value::unknown(reason, self.location())
    }

    /// Something of code that is not read, with the place being evaluated.
    #[must_use]
    pub fn foreign(&self, reason: impl Into<String>) -> Value {
        Value::foreign(reason, self.location())
    }

    /// The failure "this cannot be read", at the place being evaluated.
    #[must_use]
    pub fn unreadable(&self, message: impl Into<String>) -> Flow {
        Flow::fatal(Error::new(
            ErrorKind::Unreadable,
            Diagnostic::error("unreadable", message).at_maybe(self.location(), ""),
        ))
    }

    /// Fails if `value` is unknown; `what` says what needs it, such as "the condition of `if`".
    pub fn need_known(&self, value: &Value, what: &str) -> R<()> {
        match value {
            Value::Unknown(unknown) => Err(Flow::needs(unknown, what, self.location())),
            _ => Ok(()),
        }
    }

    /// Marks the evaluation as non-deterministic because of `what` (such as `uuid.uuid4()`), or gives
    /// the unknown that stands for the result where that is not allowed.
    pub fn nondeterministic(&self, what: &'static str) -> Result<(), Value> {
        if self.world.inputs.allow_nondeterminism {
            if self.world.nondeterministic.get().is_none() {
                self.world.nondeterministic.set(Some(what));
            }
            Ok(())
        } else {
            Err(self.unknown(format!("`{what}` gives another value each time")))
        }
    }

    /// Counts one step of work, and fails at the limit.
    pub(crate) fn step(&mut self) -> R<()> {
        self.steps += 1;
        if self.steps > self.world.limits.steps {
            return Err(self.limit("it takes too many steps; does it loop for ever?"));
        }
        if self.world.left_generator.get() {
            return self.check_generators();
        }
        Ok(())
    }

    /// Forgets what generators of an earlier evaluation have left.
    pub(crate) fn forget_generators(&self) {
        self.world.left_generator.set(false);
        self.world.open_generators.borrow_mut().clear();
    }

    /// Fails at the end of a function in which generators were left.
    pub(crate) fn end_generators(&mut self) -> R<()> {
        let generators = std::mem::take(&mut *self.world.open_generators.borrow_mut());
        if generators.iter().any(|open| open.get()) {
            self.world.left_generator.set(true);
        }
        self.check_generators()
    }

    /// Fails after a generator was dropped in a block that has an end: CPython runs its `finally` when the object goes.
    fn check_generators(&mut self) -> R<()> {
        if self.world.left_generator.replace(false) && self.is_running() {
            return Err(self.unreadable(
                "a generator that is left inside `try` with `finally`, or inside `with`, is not modelled",
            ));
        }
        Ok(())
    }

    /// Fails if something of `size` elements would be too large.
    pub(crate) fn check_size(&mut self, size: usize) -> R<()> {
        if size > self.world.limits.size {
            return Err(self.limit("a value grows too large"));
        }
        // Large values cost as much as many small steps.
        self.steps += (size / 32) as u64;
        Ok(())
    }

    /// Fails if a container of `count` elements would be too large.
    pub(crate) fn check_items(&mut self, count: usize) -> R<()> {
        if count > self.world.limits.size / 16 {
            return Err(self.limit("a value grows too large"));
        }
        self.charge(count);
        Ok(())
    }

    /// Counts what a native function made as steps: memory is bounded as time is. What already lived is not counted.
    pub(crate) fn charge_made(&mut self, made: &Value) {
        let count = match made {
            Value::Str(text) if Rc::strong_count(text) == 1 => text.len() / 32,
            Value::Bytes(bytes) if Rc::strong_count(bytes) == 1 => bytes.len() / 32,
            Value::Tuple(items) if Rc::strong_count(items) == 1 => cost_of(items),
            Value::List(items) if Rc::strong_count(items) == 1 => cost_of(&items.borrow()),
            Value::Dict(dict) if Rc::strong_count(dict) == 1 => dict.borrow().len() * 4,
            Value::Set(set) if Rc::strong_count(set) == 1 => set.borrow().len() * 4,
            Value::FrozenSet(set) if Rc::strong_count(set) == 1 => set.len() * 4,
            _ => 0,
        };
        self.charge(count);
    }

    /// The same while it grows, element by element.
    pub(crate) fn check_length(&mut self, count: usize) -> R<()> {
        if count > self.world.limits.size / 16 {
            return Err(self.limit("a value grows too large"));
        }
        Ok(())
    }

    /// Fails if an integer of `bits` bits would be too large: what is done with it takes time that grows faster than it.
    pub(crate) fn check_bits(&mut self, bits: u64) -> R<()> {
        let size = usize::try_from(bits / 8).unwrap_or(usize::MAX);
        self.check_size(size.saturating_mul(512))
    }

    /// Counts as many steps, for what is done at once.
    pub(crate) fn charge(&mut self, steps: usize) {
        self.steps += steps as u64;
    }

    pub(crate) fn enter(&mut self) -> R<()> {
        if self.depth >= self.max_depth {
            return Err(self.limit("calls are nested too deeply; does it recurse for ever?"));
        }
        self.depth += 1;
        Ok(())
    }

    pub(crate) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// True for a file of an installed package.
    pub(crate) fn is_installed(&self, file: &std::path::Path) -> bool {
        let folders = &self.world.inputs.installed;
        folders.iter().any(|folder| file.starts_with(folder))
    }

    pub(crate) fn limit(&self, why: &str) -> Flow {
        Flow::fatal(Error::new(
            ErrorKind::Unreadable,
            Diagnostic::error("evaluation-limit", format!("evaluation was stopped: {why}"))
                .at_maybe(self.location(), "stopped here"),
        ))
    }

    /// An uncaught exception or a failure as an error: Python's own text for the former.
    pub fn flow_to_error(&mut self, flow: Flow) -> Error {
        match flow {
            Flow::Fatal(error) => *error,
            Flow::Raise(raised) => {
                if let Some(error) = crate::alchemy::cause(&raised.value) {
                    return error;
                }
                let message = self.exception_text(&raised.value);
                Error::new(
                    ErrorKind::Python,
                    Diagnostic::error("python-exception", message)
                        .at_maybe(raised.location, "raised here"),
                )
            }
        }
    }

    /// `ValueError: message`, as the last line of a traceback.
    pub fn exception_text(&mut self, value: &Value) -> String {
        let name = match value {
            Value::Instance(instance) if &*instance.class.module == "builtins" => {
                instance.class.qualname.to_string()
            }
            Value::Instance(instance) => {
                format!("{}.{}", instance.class.module, instance.class.qualname)
            }
            other => self.type_name(other),
        };
        match self.to_str(value) {
            Ok(text) if text.is_empty() => name,
            Ok(text) => format!("{name}: {text}"),
            Err(_) => format!("{name}: <exception str() failed>"),
        }
    }
}

/// What items cost that were made with their list: those that are more than a number have memory of their own.
fn cost_of(items: &[Value]) -> usize {
    let is_plain = |item: &Value| {
        matches!(
            item,
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_)
        )
    };
    items.len()
        * if items.last().is_none_or(is_plain) {
            1
        } else {
            3
        }
}
