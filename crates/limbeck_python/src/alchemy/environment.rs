//! What env.py said, for scripts that ask for it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::eval::Interp;
use crate::value::{Class, Value};

/// What is known of env.py in one world.
#[derive(Default)]
pub(crate) struct Environment {
    /// The classes `Connection` and `Engine` that env.py and what it imports see.
    pub(crate) classes: RefCell<Vec<Rc<Class>>>,
    /// `version_table` and `version_table_schema`, where all runs agree.
    pub(crate) version_table: RefCell<Option<(String, Option<String>)>>,
    /// The URL of the database, where all runs agree.
    pub(crate) url: RefCell<Option<String>>,
    /// The connection and its engine, which are the same objects whoever asks for them.
    pub(crate) connection: RefCell<Option<Value>>,
    pub(crate) engine: RefCell<Option<Value>>,
    /// How many names were made for what has none.
    pub(crate) names_made: Cell<usize>,
}

/// A name for what a script leaves to SQLAlchemy to name; nothing where the text of the statement is what counts.
pub(crate) fn anonymous_name(ev: &mut Interp<'_>, stem: &str) -> Option<String> {
    if ev.host().is_offline() {
        return None;
    }
    let seen = environment(ev);
    seen.names_made.set(seen.names_made.get() + 1);
    Some(format!("{stem}_{}", seen.names_made.get()))
}

/// What is known of env.py.
pub(crate) fn environment(ev: &Interp<'_>) -> Rc<Environment> {
    Rc::clone(ev.world()).extension("alembic.environment", Environment::default)
}
