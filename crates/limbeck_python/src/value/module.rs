//! Modules.

use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;
use std::path::PathBuf;
use std::rc::Rc;

use indexmap::IndexMap;

use super::{Str, Value};
use crate::eval::Interp;
use crate::flow::R;

/// Names and their values, in order of first assignment.
pub type Vars = Rc<RefCell<IndexMap<Str, Value>>>;

/// Answers for attributes that a modelled module does not list: `Ok(None)` when it has none.
pub type ModuleFallback = fn(&mut Interp<'_>, &Rc<Module>, &str) -> R<Option<Value>>;

/// A module: read from source, or modelled.
pub struct Module {
    /// Dotted name.
    pub name: Str,
    /// Where its source is, if it was read from source.
    pub file: Option<PathBuf>,
    /// Its global names.
    pub vars: Vars,
    /// True for a package.
    pub is_package: bool,
    /// True when it is modelled rather than read: an attribute that it lacks is unknown, not missing.
    pub is_native: bool,
    /// Asked for attributes that are not in `vars`.
    pub fallback: Option<ModuleFallback>,
    /// True when it has been executed to its end.
    pub(crate) finished: Cell<bool>,
    /// True when its text speaks of SQLAlchemy; looked up at first use.
    pub(crate) speaks: OnceCell<bool>,
}

impl Module {
    /// A modelled module with the given attributes.
    pub fn native<'a>(name: &str, attrs: impl IntoIterator<Item = (&'a str, Value)>) -> Rc<Module> {
        Module::native_with(name, attrs, None)
    }

    /// A modelled module with the given attributes and an answer for others.
    pub fn native_with<'a>(
        name: &str,
        attrs: impl IntoIterator<Item = (&'a str, Value)>,
        fallback: Option<ModuleFallback>,
    ) -> Rc<Module> {
        let vars: IndexMap<Str, Value> = attrs
            .into_iter()
            .map(|(name, value)| (Str::from(name), value))
            .collect();
        Rc::new(Module {
            name: Str::from(name),
            file: None,
            vars: Rc::new(RefCell::new(vars)),
            is_package: true,
            is_native: true,
            fallback,
            finished: Cell::new(true),
            speaks: OnceCell::new(),
        })
    }

    /// A global name of the module.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value> {
        self.vars.borrow().get(name).cloned()
    }

    /// Sets a global name.
    pub fn set(&self, name: &str, value: Value) {
        self.vars.borrow_mut().insert(Str::from(name), value);
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Module({})", self.name)
    }
}
