//! The object-relational mapper, as far as migrations use it: a session to execute SQL with.

mod bulk;
pub(crate) mod flush;
pub(crate) mod mapped;
pub(crate) mod probed;
pub(crate) mod query;
pub(crate) mod related;
pub(crate) mod session;
mod transaction;

use std::cell::RefCell;
use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, Instance, NativeObject, Value};

/// `Session(bind=op.get_bind())`
pub(crate) fn session(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    let mut args = args.bind(
        ev,
        "Session.__init__",
        "bind=,autoflush=,future=,expire_on_commit=,**kw",
    )?;
    let bind = args.take_or_none("bind");
    ev.need_known(&bind, "the connection of a session")?;
    if let Some((key, _)) = args.extra.first() {
        return Err(ev.unreadable(format!("`{key}` of a session is not modelled")));
    }
    let mut flag = |ev: &mut Interp<'_>, name: &str| match args.take(name) {
        Some(value) => crate::alchemy::convert::flag(ev, &value, &format!("`{name}`")),
        None => Ok(true),
    };
    let unit = crate::alchemy::orm::session::Unit::new(
        flag(ev, "autoflush")?,
        flag(ev, "expire_on_commit")?,
    );
    if crate::alchemy::live::bind::is_connection(&bind) {
        return Ok(crate::alchemy::live::bind::session(unit));
    }
    Ok(ev.foreign("a session on another connection is not modelled"))
}

/// `sessionmaker(…)`: what it was given, and what `configure()` added.
struct SessionFactory {
    given: RefCell<Args>,
    /// False for `scoped_session()`, which is a session of its thread.
    makes_sessions: bool,
}

/// `sessionmaker(bind=None, …)`
pub(crate) fn sessionmaker(_ev: &mut Interp<'_>, args: Args) -> R {
    Ok(Value::object(SessionFactory {
        given: RefCell::new(args),
        makes_sessions: true,
    }))
}

/// `scoped_session(…)` and factories of asynchronous sessions: what a session of them does is not modelled.
pub(crate) fn other_factory(_ev: &mut Interp<'_>, _args: Args) -> R {
    Ok(Value::object(SessionFactory {
        given: RefCell::new(Args::none()),
        makes_sessions: false,
    }))
}

impl NativeObject for SessionFactory {
    fn type_name(&self) -> String {
        "sessionmaker".to_owned()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, ev: &mut Interp<'_>, args: Args) -> R<Option<Value>> {
        if !self.makes_sessions {
            return Ok(Some(ev.foreign(
                "a session of `scoped_session()` and its like is not modelled",
            )));
        }
        let mut all = self.given.borrow().clone();
        all.positional.extend(args.positional);
        for (key, value) in args.keywords {
            all.keywords.retain(|(known, _)| *known != key);
            all.keywords.push((key, value));
        }
        let class = crate::alchemy::registry::alchemy(ev).class("Session");
        session(ev, &class, all).map(Some)
    }

    fn methods(&self) -> &'static [&'static str] {
        &["configure"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        if name != "configure" || !args.positional.is_empty() {
            return Err(ev.unreadable(format!("`sessionmaker.{name}()` is not modelled")));
        }
        let mut given = self.given.borrow_mut();
        for (key, value) in args.keywords {
            given.keywords.retain(|(known, _)| *known != key);
            given.keywords.push((key, value));
        }
        Ok(Some(Value::None))
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok((name == "query_property").then(|| crate::models::flask::elsewhere("query_property")))
    }
}

/// `__clause_element__` of an instance.
pub(crate) fn clause_element(ev: &mut Interp<'_>, instance: &Rc<Instance>) -> R<Option<Value>> {
    match instance.class.lookup("__clause_element__") {
        Some(_) => {
            let this = Value::Instance(Rc::clone(instance));
            ev.call_method(&this, "__clause_element__", Args::none())
                .map(Some)
        }
        None => Ok(None),
    }
}
