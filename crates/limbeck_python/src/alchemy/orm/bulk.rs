//! `session.bulk_…()`, which writes at once, and `session.merge()`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::flush;
use super::mapped::{Mapper, Standing, State, mapper, state_of};
use super::session::{Unit, mapped_class};
use crate::alchemy::convert;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Instance, Str, Value};

/// A state that no session keeps.
fn loose(unit: &Rc<Unit>, mapper: &Rc<Mapper>, identity: Vec<Value>) -> State {
    State {
        unit: Rc::downgrade(unit),
        mapper: Rc::clone(mapper),
        standing: Cell::new(Standing::Pending),
        identity: RefCell::new(identity),
        committed: RefCell::default(),
        flagged: RefCell::default(),
    }
}

fn insert_row(
    ev: &mut Interp<'_>,
    unit: &Rc<Unit>,
    mapper: &Rc<Mapper>,
    row: &Rc<Instance>,
) -> R<()> {
    let state = loose(unit, mapper, Vec::new());
    let result = flush::insert(ev, row, &state);
    match result {
        // What is written is known, and nothing of it is read again.
        Err(flow) if ev.is_probing() && flow.needs_database() => Ok(()),
        other => other,
    }
}

/// `bulk_save_objects`, `bulk_insert_mappings`, `bulk_update_mappings`
pub(crate) fn method(ev: &mut Interp<'_>, unit: &Rc<Unit>, name: &str, args: &Args) -> R {
    if name == "bulk_save_objects" {
        let signature = "objects,return_defaults=,update_changed_only=,preserve_order=";
        let mut args = args.clone().bind(ev, name, signature)?;
        for option in ["return_defaults", "update_changed_only"] {
            if args.take(option).is_some() {
                return Err(ev.unreadable(format!("`{option}` of `{name}()` is not modelled")));
            }
        }
        let objects = args.take_or_none("objects");
        for object in convert::items(ev, &objects, "the objects of `bulk_save_objects()`")? {
            ev.need_known(&object, "an object of `bulk_save_objects()`")?;
            let Value::Instance(object) = object else {
                return Err(ev.unreadable("what is saved is no object of a mapped class"));
            };
            if state_of(&object).is_some() {
                return Err(ev.unreadable("an object of a session is saved in bulk"));
            }
            let mapper = mapper(ev, &Rc::clone(&object.class))?;
            // The object itself learns nothing of its row.
            let row = Instance::new(Rc::clone(&object.class), None);
            for (attribute, _) in &mapper.attributes {
                if let Some(value) = object.get(attribute) {
                    row.set(attribute, value);
                }
            }
            insert_row(ev, unit, &mapper, &row)?;
        }
        return Ok(Value::None);
    }
    let signature = "mapper,mappings,return_defaults=,render_nulls=";
    let mut args = args.clone().bind(ev, name, signature)?;
    for option in ["return_defaults", "render_nulls"] {
        if args.take(option).is_some() {
            return Err(ev.unreadable(format!("`{option}` of `{name}()` is not modelled")));
        }
    }
    let class = args.take_or_none("mapper");
    ev.need_known(&class, "the class of the rows")?;
    let Some(class) = mapped_class(&class).cloned() else {
        return Err(ev.unreadable(format!("`{name}()` of something else than a class")));
    };
    let mapper = mapper(ev, &class)?;
    let mappings = args.take_or_none("mappings");
    for mapping in convert::items(ev, &mappings, "the rows")? {
        let row = Instance::new(Rc::clone(&class), None);
        let mut identity: Vec<Value> = Vec::new();
        let keys: Vec<Str> = mapper
            .primary_key()
            .map(|(name, _)| Str::clone(name))
            .collect();
        let pairs = convert::pairs(ev, &mapping, "a row")?;
        for key in &keys {
            let found = pairs
                .iter()
                .find(|(name, _)| name.as_str().is_some_and(|it| it == *key));
            identity.extend(found.map(|(_, value)| value.clone()));
        }
        for (key, value) in pairs {
            let key = convert::text(ev, &key, "the name of an attribute")?;
            // What is no attribute is passed over.
            let is_attribute = mapper.attributes.iter().any(|(name, _)| *name == key);
            let is_written = name == "bulk_insert_mappings" || !keys.contains(&key);
            if is_attribute && is_written {
                row.set(&key, value);
            }
        }
        if name == "bulk_insert_mappings" {
            insert_row(ev, unit, &mapper, &row)?;
            continue;
        }
        if identity.len() != keys.len() {
            return Err(ev.unreadable("a row that is updated has no primary key"));
        }
        let state = loose(unit, &mapper, identity);
        let changed: Vec<Str> = (mapper.attributes.iter())
            .filter(|(name, _)| row.get(name).is_some())
            .map(|(name, _)| Str::clone(name))
            .collect();
        if !changed.is_empty() {
            match flush::update(ev, &row, &state, &changed) {
                Err(flow) if ev.is_probing() && flow.needs_database() => {}
                other => other?,
            }
        }
    }
    Ok(Value::None)
}

/// `session.merge(instance)`: the row's own object gets the values, or a new one.
pub(crate) fn merge(ev: &mut Interp<'_>, unit: &Rc<Unit>, args: &Args) -> R {
    let mut args = args.clone().bind(ev, "merge", "instance")?;
    let value = args.take_or_none("instance");
    ev.need_known(&value, "what `merge()` gets")?;
    let Value::Instance(given) = &value else {
        return Err(ev.unreadable("what `merge()` gets is no object of a mapped class"));
    };
    if state_of(given).is_some() {
        return Err(ev.unreadable("an object that a session has is merged"));
    }
    let class = Rc::clone(&given.class);
    let mapper = mapper(ev, &class)?;
    let names: Vec<Str> = given.attrs.borrow().keys().cloned().collect();
    if names.iter().any(|name| name.starts_with(' ')) {
        return Err(ev.unreadable("an object with relationships is merged, which is not modelled"));
    }
    let keys: Vec<Str> = mapper
        .primary_key()
        .map(|(name, _)| Str::clone(name))
        .collect();
    let key: Vec<Value> = keys.iter().filter_map(|name| given.get(name)).collect();
    let is_whole = key.len() == keys.len() && !key.iter().any(Value::is_none);
    let found = match is_whole {
        true => {
            let key = match key.as_slice() {
                [one] => one.clone(),
                _ => Value::tuple(key),
            };
            super::session::get(ev, unit, &Value::Class(Rc::clone(&class)), &key)?
        }
        false => Value::None,
    };
    if ev.is_answer(&found) {
        for name in names.iter().filter(|name| !keys.contains(name)) {
            let value = given.get(name).unwrap_or(Value::None);
            ev.set_attr(&found, name, value)?;
        }
        return Ok(found);
    }
    let target = match found {
        Value::Instance(found) => found,
        _ => {
            let made = Instance::new(class, None);
            for name in &names {
                if let Some(value) = given.get(name) {
                    made.set(name, value);
                }
            }
            super::session::add_one(ev, unit, &made)?;
            return Ok(Value::Instance(made));
        }
    };
    for name in names.iter().filter(|name| !keys.contains(name)) {
        if let Some(value) = given.get(name) {
            target.set(name, value);
        }
    }
    Ok(Value::Instance(target))
}
