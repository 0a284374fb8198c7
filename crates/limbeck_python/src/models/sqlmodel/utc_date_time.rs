//! `sqlmodel.sql.sqltypes.UTCDateTime`, since SQLModel 0.0.45.

use std::rc::Rc;

use indexmap::IndexMap;
use limbeck_schema::{ColumnType, CustomType, TypeClass};

use crate::alchemy::registry::alchemy;
use crate::alchemy::types::custom::DIALECTS;
use crate::alchemy::types::object::TypeObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, ClassHooks, Value};

/// The class of a world.
struct UtcDateTime(Rc<Class>);

struct Hooks;

impl ClassHooks for Hooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        args.bind(ev, "UTCDateTime.__init__", "")?;
        Ok(Ok(Value::object(TypeObj {
            type_: column_type(),
            class: Some(Rc::clone(class)),
            template: None,
        })))
    }

    fn is_partial(&self) -> bool {
        true
    }
}

fn column_type() -> ColumnType {
    let mut with_zone = ColumnType::new(TypeClass::DateTime);
    with_zone.timezone = true;
    ColumnType::custom(CustomType {
        module: "sqlmodel.sql.sqltypes".to_owned(),
        name: "UTCDateTime".to_owned(),
        arguments: String::new(),
        // Its `repr()` is its own and does not show what it decorates.
        impl_: None,
        by_dialect: DIALECTS
            .iter()
            .map(|dialect| ((*dialect).to_owned(), with_zone.clone()))
            .collect::<IndexMap<_, _>>(),
        col_spec: None,
    })
}

/// The class.
pub(super) fn class(ev: &mut Interp<'_>) -> Rc<Class> {
    let base = alchemy(ev).class("TypeDecorator");
    let found = ev.world().extension("sqlmodel.UTCDateTime", || {
        UtcDateTime(Class::native(
            "UTCDateTime",
            "sqlmodel.sql.sqltypes",
            vec![base],
            Some(Rc::new(Hooks)),
        ))
    });
    Rc::clone(&found.0)
}
