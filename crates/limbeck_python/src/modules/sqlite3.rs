//! `sqlite3`: its classes, which code asks about; it connects to nothing.

use std::rc::Rc;

use crate::eval::{Interp, Types};
use crate::flow::R;
use crate::value::{Class, Module, Value};

/// The classes of the module.
pub(crate) struct Classes {
    /// `sqlite3.Connection`
    pub(crate) connection: Rc<Class>,
    others: Vec<(&'static str, Rc<Class>)>,
}

/// The classes of the world that is being evaluated in.
pub(crate) fn classes(ev: &Interp<'_>) -> Rc<Classes> {
    let exception = ev.types().exception("Exception");
    Rc::clone(ev.world()).extension("sqlite3", || {
        let plain = |name: &str| Class::native(name, "sqlite3", Vec::new(), None);
        let derived = |name: &str, base: &Rc<Class>| Types::new_exception(name, "sqlite3", base);
        let error = derived("Error", &exception);
        let database = derived("DatabaseError", &error);
        let mut others = vec![
            ("Cursor", plain("Cursor")),
            ("Row", plain("Row")),
            ("Warning", derived("Warning", &exception)),
            ("InterfaceError", derived("InterfaceError", &error)),
        ];
        for name in [
            "DataError",
            "IntegrityError",
            "InternalError",
            "NotSupportedError",
            "OperationalError",
            "ProgrammingError",
        ] {
            others.push((name, derived(name, &database)));
        }
        others.push(("DatabaseError", database));
        others.push(("Error", error));
        Classes {
            connection: plain("Connection"),
            others,
        }
    })
}

/// `sqlite3`
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let classes = classes(ev);
    let connection = ("Connection", Value::Class(Rc::clone(&classes.connection)));
    let named = classes.others.iter();
    let named = named.map(|(name, class)| (*name, Value::Class(Rc::clone(class))));
    Ok(Module::native("sqlite3", named.chain([connection])))
}
