//! Instances of mapped classes: which column an attribute is, and what the database last said of it.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use indexmap::IndexMap;

use crate::alchemy::orm::session::Unit;
use crate::alchemy::schema::column::ColumnObj;
use crate::alchemy::schema::table::TableObj;
use crate::eval::Interp;
use crate::flow::R;
use crate::models::declarative::is_mapped;
use crate::value::{Class, Instance, NativeObject, Str, Value};

/// A class and its table.
pub(crate) struct Mapper {
    /// The class.
    pub(crate) class: Rc<Class>,
    /// Its table.
    pub(crate) table: Rc<TableObj>,
    /// Attributes and their columns, in the order of the table.
    pub(crate) attributes: Vec<(Str, Rc<ColumnObj>)>,
}

impl Mapper {
    /// Attributes of the primary key.
    pub(crate) fn primary_key(&self) -> impl Iterator<Item = &(Str, Rc<ColumnObj>)> {
        let mut named = Vec::new();
        for constraint in self.table.constraints.borrow().iter() {
            if let limbeck_schema::ConstraintBody::PrimaryKey(key) = &constraint.body {
                named.extend(key.columns.iter().map(|name| name.text.clone()));
            }
        }
        self.attributes.iter().filter(move |(_, column)| {
            let column = column.column.borrow();
            column.primary_key || named.contains(&column.name.text)
        })
    }
}

/// How a class is mapped.
pub(crate) fn mapper(ev: &mut Interp<'_>, class: &Rc<Class>) -> R<Rc<Mapper>> {
    let refused = |ev: &Interp<'_>, why: &str| {
        let name = &class.name;
        Err(ev.unreadable(format!("rows of `{name}` are not modelled: {why}")))
    };
    let table = class.attrs.borrow().get("__table__").cloned();
    let table = match &table {
        Some(table) if is_mapped(class) => table.clone(),
        _ => return refused(ev, "it has no table of its own"),
    };
    ev.need_known(&table, &format!("the table of `{}`", class.name))?;
    let Some(table) = table.downcast::<TableObj>() else {
        return refused(ev, "its table is no Table");
    };
    if class.mro_tail.iter().any(is_mapped) {
        return refused(ev, "it inherits from a mapped class");
    }
    if class.lookup("__mapper_args__").is_some() || class.lookup("__mapper__").is_some() {
        return refused(ev, "it has `__mapper_args__`");
    }
    crate::models::relationship::configure(ev, class)?;
    let mut attributes = Vec::new();
    for column in table.columns.borrow().iter() {
        let found = class.mro().find_map(|base| {
            let attrs = base.attrs.borrow();
            attrs
                .iter()
                .find(|(_, value)| {
                    value
                        .downcast::<ColumnObj>()
                        .is_some_and(|it| Rc::ptr_eq(&it, column))
                })
                .map(|(name, _)| Str::clone(name))
        });
        let name = match found {
            Some(name) => name,
            None => {
                // The column of a table that was given.
                let name = Str::from(column.key());
                if class.lookup(&name).is_some() {
                    return refused(ev, "an attribute hides a column");
                }
                let value: Rc<dyn NativeObject> = Rc::clone(column) as _;
                class.set(&name, Value::Object(value));
                name
            }
        };
        attributes.push((name, Rc::clone(column)));
    }
    let mapper = Mapper {
        class: Rc::clone(class),
        table: Rc::clone(&table),
        attributes,
    };
    if mapper.primary_key().next().is_none() {
        return refused(ev, "its table has no primary key");
    }
    Ok(Rc::new(mapper))
}

/// Where an instance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// `session.add()` has taken it, no INSERT has been sent.
    Pending,
    /// It stands for a row.
    Persistent,
    /// Its row has been deleted.
    Deleted,
}

/// What a session knows of an instance.
pub(crate) struct State {
    pub(crate) unit: Weak<Unit>,
    pub(crate) mapper: Rc<Mapper>,
    pub(crate) standing: Cell<Standing>,
    /// Values of the primary key in the database.
    pub(crate) identity: RefCell<Vec<Value>>,
    /// Values in the database, as far as they have been read or written, with their text where they could change in place.
    pub(crate) committed: RefCell<IndexMap<Str, (Value, Option<String>)>>,
    /// Attributes that `flag_modified()` names.
    pub(crate) flagged: RefCell<Vec<Str>>,
}

impl NativeObject for State {
    fn type_name(&self) -> String {
        "InstanceState".to_owned()
    }
}

/// Attribute that keeps the state.
const STATE: &str = " state";

/// What a session knows of an instance; nothing for one that no session has.
pub(crate) fn state_of(instance: &Instance) -> Option<Rc<State>> {
    instance.get(STATE)?.downcast::<State>()
}

/// Gives an instance a state.
pub(crate) fn attach(instance: &Instance, state: State) -> Rc<State> {
    let state = Rc::new(state);
    instance.set(
        STATE,
        Value::Object(Rc::clone(&state) as Rc<dyn NativeObject>),
    );
    state
}

/// Set where a type of `sqlalchemy.ext.mutable` is in use.
#[derive(Default)]
struct Tracking(Cell<bool>);

/// Notes that some values tell when they are changed in place.
pub(crate) fn note_tracking(ev: &Interp<'_>) {
    let tracking = ev
        .world()
        .extension("sqlalchemy.ext.mutable", Tracking::default);
    tracking.0.set(true);
}

fn tracks(ev: &Interp<'_>) -> bool {
    let tracking = ev
        .world()
        .extension("sqlalchemy.ext.mutable", Tracking::default);
    tracking.0.get()
}

/// The text of a value that code may change in place.
pub(crate) fn text_of(ev: &mut Interp<'_>, value: &Value) -> R<Option<String>> {
    match value.unwrap_payload() {
        Value::List(_) | Value::Dict(_) | Value::Set(_) => ev.to_repr(value).map(Some),
        _ => Ok(None),
    }
}

impl State {
    /// Notes what the database holds of an attribute.
    pub(crate) fn commit_value(&self, ev: &mut Interp<'_>, name: &Str, value: &Value) -> R<()> {
        let text = match value {
            Value::Unknown(_) => None,
            _ => text_of(ev, value)?,
        };
        let mut committed = self.committed.borrow_mut();
        committed.insert(Str::clone(name), (value.clone(), text));
        Ok(())
    }

    /// The attributes whose values are not those of the database any more.
    pub(crate) fn changed(&self, ev: &mut Interp<'_>, instance: &Instance) -> R<Vec<Str>> {
        let mut changed = Vec::new();
        for (name, _) in &self.mapper.attributes {
            let Some(value) = instance.get(name) else {
                continue;
            };
            if self.flagged.borrow().contains(name) {
                changed.push(Str::clone(name));
                continue;
            }
            let committed = self.committed.borrow().get(name).cloned();
            let Some((before, text)) = committed else {
                changed.push(Str::clone(name));
                continue;
            };
            if value.is_same(&before) {
                // Nothing sees the change, unless the type is one of `sqlalchemy.ext.mutable`.
                if tracks(ev) && !value.is_unknown() && text_of(ev, &value)? != text {
                    return Err(ev.unreadable(format!(
                        "`{name}` has been changed in place; whether that reaches the database is not modelled"
                    )));
                }
                continue;
            }
            ev.need_known(&value, &format!("the value of `{name}`"))?;
            if before.is_unknown() || !ev.equals(&value, &before)? {
                changed.push(Str::clone(name));
            }
        }
        Ok(changed)
    }
}

/// `instance.name` where the instance has no such value: that of the database, or none yet.
pub(crate) fn attribute(
    ev: &mut Interp<'_>,
    instance: &Rc<Instance>,
    column: &Rc<ColumnObj>,
) -> R<Option<Value>> {
    if !is_mapped(&instance.class) {
        return Ok(None);
    }
    let Some(state) = state_of(instance) else {
        return Ok(Some(Value::None));
    };
    match state.standing.get() {
        Standing::Pending => return Ok(Some(Value::None)),
        Standing::Deleted => {
            return Err(ev.unreadable("an attribute of an object that has been deleted"));
        }
        Standing::Persistent => {}
    }
    crate::alchemy::orm::session::refresh(ev, instance, &state)?;
    let mut attributes = state.mapper.attributes.iter();
    let name = attributes.find(|(_, other)| Rc::ptr_eq(other, column));
    let value = name.and_then(|(name, _)| instance.get(name));
    match value {
        Some(value) => Ok(Some(value)),
        None => Err(ev.unreadable("the row of an object is gone")),
    }
}
