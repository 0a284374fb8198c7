//! `Session`: a unit of work on the connection of the migration.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use indexmap::IndexMap;

use crate::alchemy::orm::mapped::{Mapper, Standing, State, attach, mapper, state_of};
use crate::alchemy::registry::alchemy;
use crate::alchemy::sql::select::SelectObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, Instance, NativeObject, Value};

/// The objects of a session.
pub(crate) struct Unit {
    /// `autoflush=`
    pub(crate) autoflush: Cell<bool>,
    /// `expire_on_commit=`
    pub(crate) expire_on_commit: Cell<bool>,
    /// What `add()` has taken, in order.
    pub(crate) pending: RefCell<Vec<Rc<Instance>>>,
    /// Objects that stand for rows, by class and primary key.
    pub(crate) loaded: RefCell<IndexMap<String, Rc<Instance>>>,
    /// What `delete()` has marked, in order.
    pub(crate) deleted: RefCell<Vec<Rc<Instance>>>,
    /// True while changes are written: what is read meanwhile does not write them again.
    pub(crate) is_flushing: Cell<bool>,
    /// True between the first use and the next commit.
    pub(crate) has_begun: Cell<bool>,
    /// True inside `with session.begin()`.
    pub(crate) is_in_block: Cell<bool>,
}

impl Unit {
    /// True for a session that has been given no object and has loaded none.
    pub(crate) fn holds_nothing(&self) -> bool {
        self.pending.borrow().is_empty()
            && self.loaded.borrow().is_empty()
            && self.deleted.borrow().is_empty()
    }

    /// A session without objects.
    pub(crate) fn new(autoflush: bool, expire_on_commit: bool) -> Rc<Unit> {
        Rc::new(Unit {
            autoflush: Cell::new(autoflush),
            expire_on_commit: Cell::new(expire_on_commit),
            pending: RefCell::default(),
            loaded: RefCell::default(),
            deleted: RefCell::default(),
            is_flushing: Cell::new(false),
            has_begun: Cell::new(false),
            is_in_block: Cell::new(false),
        })
    }

    /// Before a query: what is pending is written.
    pub(crate) fn flush_before_query(self: &Rc<Self>, ev: &mut Interp<'_>) -> R<()> {
        if self.autoflush.get() {
            crate::alchemy::orm::flush::flush(ev, self)?;
        }
        Ok(())
    }

    /// Forgets what was read of every object: it is read again when it is asked for.
    pub(crate) fn expire_all(&self) {
        for instance in self.loaded.borrow().values() {
            if let Some(state) = state_of(instance) {
                expire(instance, &state);
            }
        }
    }

    /// An object has got its row.
    pub(crate) fn keep(
        &self,
        ev: &mut Interp<'_>,
        instance: &Rc<Instance>,
        state: &State,
    ) -> R<()> {
        let key = identity_key(ev, &state.mapper, &state.identity.borrow())?;
        self.loaded.borrow_mut().insert(key, Rc::clone(instance));
        Ok(())
    }
}

/// What was read of an object counts no more.
fn expire(instance: &Instance, state: &State) {
    for (name, _) in &state.mapper.attributes {
        instance.attrs.borrow_mut().shift_remove(name);
    }
    super::related::forget(instance);
    state.committed.borrow_mut().clear();
    state.flagged.borrow_mut().clear();
}

fn identity_key(ev: &mut Interp<'_>, mapper: &Mapper, values: &[Value]) -> R<String> {
    let mut key = mapper.table.name.to_string();
    for value in values {
        ev.need_known(value, "a value of the primary key")?;
        key.push('|');
        key.push_str(&ev.to_repr(value)?);
    }
    Ok(key)
}

/// `Model.column == value` for every column of the primary key.
pub(crate) fn by_identity(ev: &mut Interp<'_>, mapper: &Mapper, values: &[Value]) -> R<Vec<Value>> {
    let mut conditions = Vec::new();
    let keys: Vec<_> = mapper
        .primary_key()
        .map(|(_, column)| Rc::clone(column))
        .collect();
    for (column, value) in keys.into_iter().zip(values) {
        let column = Value::Object(column as Rc<dyn NativeObject>);
        conditions.push(ev.compare(crate::value::CmpOp::Eq, &column, value)?);
    }
    Ok(conditions)
}

/// Reads the row of an object again: attributes that it has not are set.
pub(crate) fn refresh(ev: &mut Interp<'_>, instance: &Rc<Instance>, state: &State) -> R<()> {
    if let Some(unit) = state.unit.upgrade() {
        unit.has_begun.set(true);
    }
    let mapper = Rc::clone(&state.mapper);
    let class = Value::Class(Rc::clone(&mapper.class));
    let identity = state.identity.borrow().clone();
    let select = crate::alchemy::sql::select::select(ev, Args::positional(vec![class]))?;
    let conditions = by_identity(ev, &mapper, &identity)?;
    let select = ev.call_method(&select, "where", Args::positional(conditions))?;
    let rows = crate::alchemy::live::bind::fetch(ev, &select)?;
    let Some(row) = rows.first() else {
        return Err(ev.unreadable(format!("the row of a `{}` is gone", mapper.class.name)));
    };
    populate(ev, instance, state, row)
}

/// Takes over the values of a row, except those that the object has.
fn populate(ev: &mut Interp<'_>, instance: &Instance, state: &State, row: &[Value]) -> R<()> {
    for ((name, _), value) in state.mapper.attributes.iter().zip(row) {
        if instance.get(name).is_none() {
            instance.set(name, value.clone());
            state.commit_value(ev, name, value)?;
        }
    }
    Ok(())
}

/// The object that a row stands for; none for an outer join's empty side.
pub(crate) fn instance_of_row(
    ev: &mut Interp<'_>,
    unit: &Rc<Unit>,
    mapper: &Rc<Mapper>,
    row: &[Value],
) -> R {
    let keys: Vec<_> = mapper
        .primary_key()
        .map(|(name, _)| Rc::clone(name))
        .collect();
    let mut identity = Vec::new();
    for ((name, _), value) in mapper.attributes.iter().zip(row) {
        if keys.contains(name) {
            identity.push(value.clone());
        }
    }
    if identity.iter().all(Value::is_none) {
        return Ok(Value::None);
    }
    let key = identity_key(ev, mapper, &identity)?;
    let known = unit.loaded.borrow().get(&key).cloned();
    if let Some(instance) = known {
        let Some(state) = state_of(&instance) else {
            return Ok(Value::Instance(instance));
        };
        // Nobody has it but the session and this call: Python would have forgotten it, and read it anew.
        if Rc::strong_count(&instance) == 2 && state.changed(ev, &instance)?.is_empty() {
            expire(&instance, &state);
        }
        populate(ev, &instance, &state, row)?;
        return Ok(Value::Instance(instance));
    }
    let instance = Instance::new(Rc::clone(&mapper.class), None);
    let state = attach(
        &instance,
        State {
            unit: Rc::downgrade(unit),
            mapper: Rc::clone(mapper),
            standing: Cell::new(Standing::Persistent),
            identity: RefCell::new(identity),
            committed: RefCell::default(),
            flagged: RefCell::default(),
        },
    );
    populate(ev, &instance, &state, row)?;
    unit.loaded.borrow_mut().insert(key, Rc::clone(&instance));
    Ok(Value::Instance(instance))
}

/// Runs a query and gives, for each row, what each of its entities is.
pub(crate) fn entity_rows(
    ev: &mut Interp<'_>,
    unit: &Rc<Unit>,
    query: &Value,
) -> R<(Vec<String>, Vec<Vec<Value>>)> {
    let Some(select) = query.downcast::<SelectObj>() else {
        return Err(ev.unreadable("this form of a query is not modelled"));
    };
    let entities = select.entities().to_vec();
    if entities.is_empty() {
        return Err(ev.unreadable("this form of a query is not modelled"));
    }
    let mut mappers = Vec::new();
    let mut names = Vec::new();
    for (entity, width, called) in &entities {
        names.extend(called.iter().cloned());
        mappers.push(match entity {
            Some(class) => {
                let mapper = mapper(ev, class)?;
                if mapper.attributes.len() != *width {
                    return Err(ev.unreadable("the columns of a mapped class have changed"));
                }
                Some(mapper)
            }
            None => None,
        });
    }
    let rows = crate::alchemy::live::bind::fetch(ev, query)?;
    let mut out = Vec::new();
    for row in rows {
        let mut at = 0;
        let mut values = Vec::new();
        for ((_, width, _), mapper) in entities.iter().zip(&mappers) {
            let part = row.get(at..at + width).unwrap_or_default();
            at += width;
            match mapper {
                Some(mapper) => values.push(instance_of_row(ev, unit, mapper, part)?),
                None => values.extend(part.iter().cloned()),
            }
        }
        out.push(values);
    }
    Ok((names, out))
}

/// A method of a session; nothing where it does what a connection does.
pub(crate) fn method(
    ev: &mut Interp<'_>,
    unit: &Rc<Unit>,
    name: &str,
    args: &Args,
) -> R<Option<Value>> {
    if !matches!(
        name,
        "begin" | "commit" | "close" | "get_bind" | "expire_all" | "in_transaction"
    ) {
        unit.has_begun.set(true);
    }
    Ok(Some(match name {
        "add" => {
            let mut args = args.clone().bind(ev, name, "instance,_warn=")?;
            let instance = args.take_or_none("instance");
            add(ev, unit, &instance)?;
            Value::None
        }
        "add_all" => {
            let mut args = args.clone().bind(ev, name, "instances")?;
            let instances = args.take_or_none("instances");
            for instance in
                crate::alchemy::convert::items(ev, &instances, "the objects of `add_all()`")?
            {
                add(ev, unit, &instance)?;
            }
            Value::None
        }
        "delete" => {
            let mut args = args.clone().bind(ev, name, "instance")?;
            let instance = args.take_or_none("instance");
            delete(ev, unit, &instance)?;
            Value::None
        }
        "flush" => {
            crate::alchemy::orm::flush::flush(ev, unit)?;
            Value::None
        }
        "begin" => super::transaction::begin(ev, unit, args)?,
        "in_transaction" => Value::Bool(unit.has_begun.get()),
        "commit" => {
            super::transaction::commit(ev, unit)?;
            Value::None
        }
        "expire_all" => {
            unit.expire_all();
            Value::None
        }
        "close" | "expunge_all" => {
            unit.pending.borrow_mut().clear();
            unit.loaded.borrow_mut().clear();
            unit.deleted.borrow_mut().clear();
            if name == "close" {
                unit.has_begun.set(false);
            }
            Value::None
        }
        "query" => crate::alchemy::orm::query::query(ev, unit, args.clone())?,
        "get" => {
            let mut args = args.clone().bind(ev, name, "entity,ident")?;
            let entity = args.take_or_none("entity");
            let ident = args.take_or_none("ident");
            get(ev, unit, &entity, &ident)?
        }
        "execute" | "scalars" | "scalar" => {
            let statement = args
                .get(0)
                .or_else(|| args.keyword("statement"))
                .cloned()
                .unwrap_or(Value::None);
            let statement = match crate::alchemy::orm::query::select_of(&statement) {
                // A query has been a statement until SQLAlchemy 2.1.
                Some(_) if crate::alchemy::version::sqlalchemy_at_least(ev, 2, 1) => {
                    let class = alchemy(ev).class("ObjectNotExecutableError");
                    let text = ev.unknown("the text of this exception is not modelled");
                    return Err(ev.raise_class(&class, vec![text]));
                }
                Some(select) => select,
                None => statement,
            };
            let Some(select) = statement.downcast::<SelectObj>() else {
                return crate::alchemy::orm::query::changed_rows(ev, unit, &statement)
                    .map(|()| None);
            };
            if !select.reads_classes() {
                return Ok(None);
            }
            if args.positional.len() + args.keywords.len() > 1 {
                return Err(ev.unreadable("parameters of a query on classes are not modelled"));
            }
            unit.flush_before_query(ev)?;
            if let ([(Some(class), ..)], true) = (select.entities(), ev.is_probing()) {
                let class = Rc::clone(class);
                return Ok(Some(ev.answer_of(&class)));
            }
            let (names, rows) = entity_rows(ev, unit, &statement)?;
            let result = crate::alchemy::live::result::ResultObj::of_values(names, rows);
            match name {
                "execute" => result,
                _ => ev.call_method(&result, name, Args::none())?,
            }
        }
        "bulk_save_objects" | "bulk_insert_mappings" | "bulk_update_mappings" => {
            super::bulk::method(ev, unit, name, args)?
        }
        "merge" => super::bulk::merge(ev, unit, args)?,
        "refresh" => {
            let mut args = args.clone().bind(ev, name, "instance,attribute_names=")?;
            let value = args.take_or_none("instance");
            if ev.is_answer(&value) {
                ev.effects += 1;
                return Ok(Some(Value::None));
            }
            let instance = instance(ev, &value, "what `refresh()` gets")?;
            unit.flush_before_query(ev)?;
            match state_of(&instance) {
                Some(state)
                    if is_of(&state, unit) && state.standing.get() == Standing::Persistent =>
                {
                    expire(&instance, &state);
                    refresh(ev, &instance, &state)?;
                }
                _ => return Err(ev.unreadable("an object without a row is read again")),
            }
            Value::None
        }
        // The transaction is the migration's: it fails in the end, whatever follows.
        "rollback" if ev.is_probing() => return Err(ev.end_of_the_way()),
        // Without objects there is nothing to expire when the savepoint ends.
        "begin_nested" if unit.holds_nothing() => return Ok(None),
        "rollback" | "begin_nested" => {
            return Err(ev.unreadable(format!(
                "`Session.{name}()` with objects in the session is not modelled"
            )));
        }
        _ => return Ok(None),
    }))
}

fn instance(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Rc<Instance>> {
    ev.need_known(value, what)?;
    match value {
        Value::Instance(instance) => Ok(Rc::clone(instance)),
        _ => Err(ev.unreadable(format!("{what} is no object of a mapped class"))),
    }
}

fn is_of(state: &State, unit: &Rc<Unit>) -> bool {
    state
        .unit
        .upgrade()
        .is_some_and(|other| Rc::ptr_eq(&other, unit))
}

fn add(ev: &mut Interp<'_>, unit: &Rc<Unit>, value: &Value) -> R<()> {
    let instance = instance(ev, value, "what `add()` gets")?;
    add_one(ev, unit, &instance)?;
    super::related::cascade(ev, unit, &instance)?;
    Ok(())
}

/// `session.add()`, without what the object leads to.
pub(crate) fn add_one(ev: &mut Interp<'_>, unit: &Rc<Unit>, instance: &Rc<Instance>) -> R<()> {
    let instance = Rc::clone(instance);
    if let Some(state) = state_of(&instance) {
        if is_of(&state, unit) && state.standing.get() != Standing::Deleted {
            return Ok(());
        }
        return Err(ev.unreadable("an object that another session has or had is added"));
    }
    let mapper = mapper(ev, &instance.class.clone())?;
    attach(
        &instance,
        State {
            unit: Rc::downgrade(unit),
            mapper,
            standing: Cell::new(Standing::Pending),
            identity: RefCell::default(),
            committed: RefCell::default(),
            flagged: RefCell::default(),
        },
    );
    unit.pending.borrow_mut().push(instance);
    Ok(())
}

fn delete(ev: &mut Interp<'_>, unit: &Rc<Unit>, value: &Value) -> R<()> {
    if ev.is_answer(value) {
        return delete_probed(ev, value);
    }
    let instance = instance(ev, value, "what `delete()` gets")?;
    match state_of(&instance) {
        Some(state) if is_of(&state, unit) && state.standing.get() == Standing::Persistent => {
            let known = unit.deleted.borrow().clone();
            if known.iter().any(|other| Rc::ptr_eq(other, &instance)) {
                return Ok(());
            }
            let mut children = Vec::new();
            crate::alchemy::orm::related::of_deleted(
                ev,
                &instance,
                |related| related.takes_along(),
                |_ev, _related, items| {
                    children.extend(items);
                    Ok(())
                },
            )?;
            unit.deleted.borrow_mut().push(Rc::clone(&instance));
            for child in children {
                delete(ev, unit, &Value::Instance(child))?;
            }
            Ok(())
        }
        _ => Err(ev.unreadable("an object without a row is deleted")),
    }
}

/// `session.delete()` of what the database holds: what goes with it, and what loses it, must be known.
fn delete_probed(ev: &mut Interp<'_>, value: &Value) -> R<()> {
    let Some(class) = crate::alchemy::orm::probed::class_of(value) else {
        return Err(ev.unreadable("an object is deleted whose class is not known"));
    };
    mapper(ev, &class)?;
    let mut classes = vec![class];
    let mut at = 0;
    while let Some(class) = classes.get(at).cloned() {
        at += 1;
        for (name, relationship) in crate::models::relationship::relationships(&class) {
            let related = relationship.related(ev, &class, &name)?;
            let goes = related.takes_along() && !related.viewonly;
            if goes && !matches!(related.way, crate::models::relationship::Way::ToMany(_)) {
                return Err(ev.unreadable("what is deleted with an object is not modelled"));
            }
            if goes && !classes.iter().any(|it| Rc::ptr_eq(it, &related.target)) {
                classes.push(Rc::clone(&related.target));
            }
        }
    }
    ev.effects += 1;
    Ok(())
}

/// `session.get(Model, key)`
pub(crate) fn get(ev: &mut Interp<'_>, unit: &Rc<Unit>, entity: &Value, ident: &Value) -> R {
    ev.need_known(entity, "the class of `get()`")?;
    let Value::Class(class) = entity else {
        return Err(ev.unreadable("`get()` of something else than a class is not modelled"));
    };
    let mapper = mapper(ev, &Rc::clone(class))?;
    if ev.is_probing() {
        return Ok(ev.answer_of(&Rc::clone(&mapper.class)));
    }
    ev.need_known(ident, "the key of `get()`")?;
    let identity = match ident {
        Value::Tuple(items) => items.to_vec(),
        _ => vec![ident.clone()],
    };
    if identity.len() != mapper.primary_key().count() {
        return Err(ev.unreadable("the key of `get()` has another length than the primary key"));
    }
    let key = identity_key(ev, &mapper, &identity)?;
    let known = unit.loaded.borrow().get(&key).cloned();
    if let Some(instance) = known {
        return Ok(Value::Instance(instance));
    }
    unit.flush_before_query(ev)?;
    let class = Value::Class(Rc::clone(&mapper.class));
    let select = crate::alchemy::sql::select::select(ev, Args::positional(vec![class]))?;
    let conditions = by_identity(ev, &mapper, &identity)?;
    let select = ev.call_method(&select, "where", Args::positional(conditions))?;
    let (_, rows) = entity_rows(ev, unit, &select)?;
    let first = rows.into_iter().next();
    Ok(first
        .and_then(|row| row.into_iter().next())
        .unwrap_or(Value::None))
}

/// The mapped class that a value is.
pub(crate) fn mapped_class(value: &Value) -> Option<&Rc<Class>> {
    match value {
        Value::Class(class) if crate::models::declarative::is_mapped(class) => Some(class),
        _ => None,
    }
}

/// `flag_modified(instance, key)`
pub(crate) fn flag_modified(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "flag_modified", "instance,key")?;
    let value = args.take_or_none("instance");
    let instance = instance(ev, &value, "what `flag_modified()` gets")?;
    let key = args.take_or_none("key");
    let key = crate::alchemy::convert::text(ev, &key, "the name of an attribute")?;
    if let Some(state) = state_of(&instance) {
        state.flagged.borrow_mut().push(key);
    }
    Ok(Value::None)
}
