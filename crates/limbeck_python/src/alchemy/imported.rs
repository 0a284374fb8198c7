//! What importing a project changes for every script of it.
//!
//! Alembic imports env.py, all scripts and whatever they import before it runs any of them. What that changes of SQLAlchemy or
//! Alembic themselves (`@compiles`, listeners of their classes, implementations of operations, attributes that are replaced) is in
//! force for the script that runs, though it may import none of it. Here those files are looked through, not evaluated: what they
//! do to the two packages is found in their syntax, and refuses what it reaches.

mod closure;
mod file;
mod patch;
pub(crate) mod reach;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;

use limbeck_diag::{Error, Location};
use limbeck_schema::Op;

use crate::eval::{Interp, World};
use crate::flow::{Flow, R};
use crate::host::NullHost;
use crate::script::Script;
use crate::value::Class;
pub(crate) use patch::is_of_sessions;
use reach::Reach;

/// A change that importing the project makes.
#[derive(Clone)]
struct Effect {
    /// What changes it, in words.
    what: String,
    reach: Reach,
    /// The dialects that it is in force for; all of them if there is none.
    dialects: Vec<String>,
    /// The mapped class that it is about; any, if there is none.
    class: Option<Rc<Class>>,
    location: Option<Location>,
}

#[derive(Default)]
struct Effects {
    changes: RefCell<Vec<Effect>>,
    conventions: RefCell<BTreeSet<PathBuf>>,
}

fn effects(world: &World) -> Rc<Effects> {
    world.extension("imported", Effects::default)
}

/// Looks through env.py, the scripts and all that they import, and keeps what they change for all of them. Gives the modules
/// whose listeners of engines must be registered before env.py connects.
#[must_use]
pub fn survey<'a>(
    world: &Rc<World>,
    env: &Script,
    scripts: impl Iterator<Item = &'a Script>,
) -> Vec<String> {
    let mut host = NullHost;
    let mut ev = Interp::new(world, &mut host);
    closure::survey(&mut ev, env, scripts)
}

/// True if [`survey`] has found anything that changes SQLAlchemy or Alembic.
#[must_use]
pub fn is_changed(world: &World) -> bool {
    !effects(world).changes.borrow().is_empty() || crate::alchemy::sql::compiles::has_any(world)
}

/// The first file that env.py or a script imports, however far, and that speaks of a naming convention.
#[must_use]
pub fn convention_mentioned(world: &World) -> Option<PathBuf> {
    effects(world).conventions.borrow().first().cloned()
}

/// Fails if comparing the models with a database of the dialect is changed by the project.
///
/// # Errors
/// What changes it, at its place.
pub fn check_comparison(world: &Rc<World>, dialect: &str) -> Result<(), Error> {
    let mut host = NullHost;
    let ev = Interp::new(world, &mut host);
    let found = find(&ev, dialect, |it| {
        matches!(it.reach, Reach::Comparison | Reach::Everything)
    });
    match found.map(|effect| refused(&ev, &effect)) {
        Some(Flow::Fatal(error)) => Err(*error),
        _ => Ok(()),
    }
}

/// Keeps a listener of a mapped class or of sessions.
pub(crate) fn note_session_listener(ev: &Interp<'_>, event: &str, class: Option<Rc<Class>>) {
    let effect = Effect {
        what: format!("a listener of the event `{event}`"),
        reach: Reach::Sessions,
        dialects: Vec::new(),
        class,
        location: ev.location(),
    };
    effects(ev.world()).changes.borrow_mut().push(effect);
}

/// The first change that is in force for a dialect and is meant.
fn find(ev: &Interp<'_>, dialect: &str, is_meant: impl Fn(&Effect) -> bool) -> Option<Effect> {
    let known = effects(ev.world());
    let known = known.changes.borrow();
    let is_in_force =
        |it: &&Effect| it.dialects.is_empty() || it.dialects.iter().any(|it| it == dialect);
    let mut found = known.iter().filter(is_in_force);
    found.find(|it| is_meant(it)).cloned()
}

fn refused(ev: &Interp<'_>, effect: &Effect) -> Flow {
    let message = format!(
        "{} changes what SQLAlchemy or Alembic does, and is not modelled",
        effect.what
    );
    match ev.unreadable(message) {
        Flow::Fatal(error) => Flow::fatal(
            error.map_diagnostic(|it| it.at_maybe(effect.location.clone(), "this is in force")),
        ),
        other => other,
    }
}

fn check(ev: &mut Interp<'_>, is_meant: impl Fn(&Effect) -> bool) -> R<()> {
    if effects(ev.world()).changes.borrow().is_empty() {
        return Ok(());
    }
    let dialect = ev.host().dialect_name().to_owned();
    match find(ev, &dialect, is_meant) {
        Some(effect) => Err(refused(ev, &effect)),
        None => Ok(()),
    }
}

/// Fails if the project changes what an operation does.
pub(crate) fn check_operation(ev: &mut Interp<'_>, op: &Op) -> R<()> {
    check(ev, |it| it.reach.includes(op))
}

/// Fails if the project changes whatever a migration does.
pub(crate) fn check_run(ev: &mut Interp<'_>) -> R<()> {
    check(ev, |it| it.reach == Reach::Everything)
}

/// Fails if the project listens to what becomes of objects of one of the classes in a session.
pub(crate) fn check_session(ev: &mut Interp<'_>, classes: &[Rc<Class>]) -> R<()> {
    check(ev, |it| {
        it.reach == Reach::Sessions
            && match &it.class {
                Some(class) => classes.iter().any(|one| one.is_subclass(class)),
                None => true,
            }
    })
}
