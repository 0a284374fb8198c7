//! What a session writes: INSERTs of new objects, UPDATEs of changed ones, DELETEs, tables that others refer to first.

use std::rc::Rc;

use limbeck_schema::{ConstraintBody, TableName};

use crate::alchemy::orm::mapped::{Mapper, Standing, State, state_of};
use crate::alchemy::orm::related;
use crate::alchemy::orm::session::{Unit, by_identity};
use crate::alchemy::schema::column::ColumnObj;
use crate::alchemy::sql::clause::as_clause;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::value::{Class, Dict, Instance, NativeObject, Str, Value};

/// Objects of one class.
struct Group {
    mapper: Rc<Mapper>,
    updates: Vec<(Rc<Instance>, Rc<State>)>,
    inserts: Vec<(Rc<Instance>, Rc<State>)>,
    deletes: Vec<(Rc<Instance>, Rc<State>)>,
}

fn group<'g>(groups: &'g mut Vec<Group>, mapper: &Rc<Mapper>) -> Option<&'g mut Group> {
    let at = groups
        .iter()
        .position(|group| Rc::ptr_eq(&group.mapper.class, &mapper.class));
    let at = at.unwrap_or_else(|| {
        groups.push(Group {
            mapper: Rc::clone(mapper),
            updates: Vec::new(),
            inserts: Vec::new(),
            deletes: Vec::new(),
        });
        groups.len() - 1
    });
    groups.get_mut(at)
}

/// Takes in what relationships lead to.
fn cascade(ev: &mut Interp<'_>, unit: &Rc<Unit>) -> R<()> {
    let known: Vec<Rc<Instance>> = unit.pending.borrow().clone();
    let loaded: Vec<Rc<Instance>> = unit.loaded.borrow().values().cloned().collect();
    let mut found = Vec::new();
    for instance in known.iter().chain(&loaded) {
        found.extend(related::cascade(ev, unit, instance)?);
    }
    // SQLAlchemy numbers new objects by the time at which a list got them, which is not known here.
    let others = known.iter().chain(&found);
    let is_mixed = |one: &Rc<Instance>| {
        let same = others
            .clone()
            .filter(|it| Rc::ptr_eq(&it.class, &one.class));
        same.count()
            > found
                .iter()
                .filter(|it| Rc::ptr_eq(&it.class, &one.class))
                .count()
    };
    if found.iter().any(is_mixed) {
        return Err(ev.unreadable(
            "new objects that were added and new objects that relationships lead to are not told apart",
        ));
    }
    Ok(())
}

/// Writes what has been added, changed and deleted.
pub(crate) fn flush(ev: &mut Interp<'_>, unit: &Rc<Unit>) -> R<()> {
    if unit.is_flushing.replace(true) {
        return Ok(());
    }
    let result = check_listeners(ev, unit).and_then(|()| write(ev, unit));
    unit.is_flushing.set(false);
    result
}

/// Fails where the project listens to what is written.
fn check_listeners(ev: &mut Interp<'_>, unit: &Rc<Unit>) -> R<()> {
    let (pending, deleted) = (unit.pending.borrow().clone(), unit.deleted.borrow().clone());
    let loaded: Vec<Rc<Instance>> = unit.loaded.borrow().values().cloned().collect();
    let all = pending.iter().chain(&deleted).chain(&loaded);
    let classes: Vec<Rc<Class>> = all.map(|it| Rc::clone(&it.class)).collect();
    match classes.is_empty() {
        true => Ok(()),
        false => crate::alchemy::imported::check_session(ev, &classes),
    }
}

fn write(ev: &mut Interp<'_>, unit: &Rc<Unit>) -> R<()> {
    cascade(ev, unit)?;
    let mut groups = Vec::new();
    let pending: Vec<Rc<Instance>> = unit.pending.borrow().clone();
    let deleted: Vec<Rc<Instance>> = unit.deleted.borrow().clone();
    let loaded: Vec<Rc<Instance>> = unit.loaded.borrow().values().cloned().collect();
    let mut changes = related::Changes::default();
    let is_deleted = |instance: &Rc<Instance>| deleted.iter().any(|it| Rc::ptr_eq(it, instance));
    for instance in pending.iter().chain(&loaded) {
        if !is_deleted(instance) {
            related::changes(ev, instance, &mut changes)?;
        }
    }
    for instance in &deleted {
        related::unlink(ev, instance, &deleted, &mut changes)?;
    }
    // What was loaded for the deleted ones belongs to the session, too.
    let loaded: Vec<Rc<Instance>> = unit.loaded.borrow().values().cloned().collect();
    unit.pending.borrow_mut().clear();
    unit.deleted.borrow_mut().clear();
    for instance in pending {
        let Some(state) = state_of(&instance) else {
            continue;
        };
        only_columns(ev, &instance)?;
        if let Some(group) = group(&mut groups, &state.mapper) {
            group.inserts.push((instance, Rc::clone(&state)));
        }
    }
    for instance in loaded {
        let Some(state) = state_of(&instance) else {
            continue;
        };
        only_columns(ev, &instance)?;
        if is_deleted(&instance) {
            if let Some(group) = group(&mut groups, &state.mapper) {
                group.deletes.push((instance, Rc::clone(&state)));
            }
            continue;
        }
        let is_synchronized = changes
            .syncs
            .iter()
            .any(|it| Rc::ptr_eq(&it.child, &instance));
        if (is_synchronized || !state.changed(ev, &instance)?.is_empty())
            && let Some(group) = group(&mut groups, &state.mapper)
        {
            group.updates.push((instance, Rc::clone(&state)));
        }
    }
    if groups.is_empty() && changes.links.is_empty() {
        return Ok(());
    }
    if ev.is_probing() {
        return probe(ev, groups);
    }
    crate::alchemy::op::emit::needs_database(ev, "objects of a session are written")?;
    let groups = sorted(groups);
    for group in &groups {
        related::synchronize(ev, &group.mapper.class, &changes.syncs)?;
        for (instance, state) in &group.updates {
            let changed = state.changed(ev, instance)?;
            if !changed.is_empty() {
                update(ev, instance, state, &changed)?;
            }
        }
        for (instance, state) in &group.inserts {
            insert(ev, instance, state)?;
            unit.keep(ev, instance, state)?;
        }
    }
    related::write_links(ev, &changes)?;
    for group in groups.iter().rev() {
        for (instance, state) in &group.deletes {
            delete(ev, state)?;
            state.standing.set(Standing::Deleted);
            let mut loaded = unit.loaded.borrow_mut();
            loaded.retain(|_, other| !Rc::ptr_eq(other, instance));
        }
    }
    related::settle(ev, unit, &changes);
    Ok(())
}

/// Reads what new objects are made of, where there is no database that could take them.
fn probe(ev: &mut Interp<'_>, groups: Vec<Group>) -> R<()> {
    for group in sorted(groups) {
        for (instance, state) in &group.inserts {
            match insert(ev, instance, state) {
                Err(flow) if flow.needs_database() => {}
                other => other?,
            }
            for (name, _) in group.mapper.primary_key() {
                if instance.get(name).is_none_or(|value| value.is_none()) {
                    let answer = ev.answer();
                    instance.set(name, answer);
                }
            }
            state.standing.set(Standing::Persistent);
        }
    }
    Ok(())
}

/// Fails for an object whose relationships have been set: they decide columns of other objects.
fn only_columns(ev: &mut Interp<'_>, instance: &Instance) -> R<()> {
    let names: Vec<Str> = instance.attrs.borrow().keys().cloned().collect();
    for name in names {
        if matches!(instance.class.lookup(&name), Some(Value::Opaque(_))) {
            return Err(ev.unreadable(format!(
                "`{}.{name}`, which is no column, has been set; what that writes is not modelled",
                instance.class.name
            )));
        }
    }
    Ok(())
}

fn refers_to(mapper: &Mapper, table: &TableName) -> bool {
    let is_to = |body: &ConstraintBody| match body {
        ConstraintBody::ForeignKey(foreign) => foreign.referred_table == *table,
        _ => false,
    };
    let by_columns = mapper.attributes.iter().any(|(_, column)| {
        let column = column.column.borrow();
        let mut keys = column.foreign_keys.iter();
        keys.any(|key| is_to(&key.constraint.body))
    });
    let constraints = mapper.table.constraints.borrow();
    by_columns || constraints.iter().any(|constraint| is_to(&constraint.body))
}

/// Classes whose tables others refer to come first; otherwise the order stays.
fn sorted(mut groups: Vec<Group>) -> Vec<Group> {
    let mut out: Vec<Group> = Vec::new();
    while !groups.is_empty() {
        let free = groups.iter().position(|group| {
            !groups.iter().any(|other| {
                !Rc::ptr_eq(&other.mapper, &group.mapper)
                    && refers_to(&group.mapper, &other.mapper.table.name)
            })
        });
        out.push(groups.remove(free.unwrap_or(0)));
    }
    out
}

/// What a column's type makes of `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfNone {
    /// NULL, which an INSERT may leave out.
    Null,
    /// JSON's null, which is a value.
    Json,
    /// What is not known of a type of its own.
    Own,
}

pub(crate) fn of_none(column: &ColumnObj) -> OfNone {
    use limbeck_schema::TypeClass as T;
    let column = column.column.borrow();
    let Some(type_) = &column.type_ else {
        return OfNone::Null;
    };
    match type_.class {
        T::Custom => OfNone::Own,
        T::Json | T::PgJson | T::PgJsonb | T::MyJson | T::LiteJson | T::MsJson
            if !type_.none_as_null =>
        {
            OfNone::Json
        }
        _ => OfNone::Null,
    }
}

/// The failure where a column with a type of its own gets `None`.
pub(crate) fn none_in_json(ev: &Interp<'_>, name: &str) -> Flow {
    ev.unreadable(format!(
        "`{name}` is set to `None`; what its type writes for that is not modelled"
    ))
}

/// What a Python-side default or `onupdate=` gives.
pub(crate) fn given_value(ev: &mut Interp<'_>, given: &Value, column: &ColumnObj) -> R {
    let what = format!("the Python-side default of the column `{}`", column.key());
    ev.need_known(given, &what)?;
    match given {
        Value::Function(function) => {
            if function.parameter_count() > function.defaults.len() {
                return Err(ev.unreadable(format!("{what} asks for the context of the statement")));
            }
            ev.call(given, Args::none())
        }
        Value::Native(_) | Value::Bound(_) | Value::Class(_) => ev.call(given, Args::none()),
        Value::Opaque(_) => Err(ev.unreadable(format!("{what} cannot be read"))),
        _ => Ok(given.clone()),
    }
}

fn as_value(column: &Rc<ColumnObj>) -> Value {
    Value::Object(Rc::clone(column) as Rc<dyn NativeObject>)
}

/// Executes a statement on the connection.
pub(crate) fn run(ev: &mut Interp<'_>, statement: &Value) -> R {
    let connection = crate::alchemy::live::bind::connection(ev);
    ev.call_method(
        &connection,
        "execute",
        Args::positional(vec![statement.clone()]),
    )
}

/// Inserts the row of a new object.
pub(crate) fn insert(ev: &mut Interp<'_>, instance: &Rc<Instance>, state: &State) -> R<()> {
    let mapper = Rc::clone(&state.mapper);
    let mut values: Vec<(Str, Value)> = Vec::new();
    let mut written: Vec<(Str, Value)> = Vec::new();
    let keys: Vec<Str> = mapper
        .primary_key()
        .map(|(name, _)| Str::clone(name))
        .collect();
    let mut missing: Vec<(Str, Rc<ColumnObj>)> = Vec::new();
    for (name, column) in &mapper.attributes {
        let given = instance.get(name);
        let is_none = given.as_ref().is_some_and(Value::is_none);
        let of_none = of_none(column);
        if is_none && of_none == OfNone::Own {
            return Err(none_in_json(ev, name));
        }
        let value = match given {
            Some(value) if !value.is_none() || of_none == OfNone::Json => Some(value),
            _ => match column.default_given.borrow().clone() {
                Some(default) => Some(given_value(ev, &default, column)?),
                None => None,
            },
        };
        match value {
            Some(value) => {
                if as_clause(ev, &value)?.is_none() {
                    written.push((Str::clone(name), value.clone()));
                }
                values.push((Str::from(column.key()), value));
            }
            None if keys.contains(name) => missing.push((Str::clone(name), Rc::clone(column))),
            None => {}
        }
    }
    let class = Value::Class(Rc::clone(&mapper.class));
    let statement = crate::alchemy::sql::dml::insert(ev, Args::positional(vec![class]))?;
    let row = Value::dict(Dict::from_pairs(values));
    let mut statement = ev.call_method(&statement, "values", Args::positional(vec![row]))?;
    let asks = match missing.as_slice() {
        [] => None,
        [(name, column)] => Some((Str::clone(name), Rc::clone(column))),
        _ => {
            return Err(ev.unreadable("several columns of a primary key have no values"));
        }
    };
    // An expression of its own is read back as well.
    let unknown_key = keys
        .iter()
        .any(|key| asks.is_none() && !written.iter().any(|(name, _)| name == key));
    if unknown_key {
        return Err(ev.unreadable("the primary key of a new object is a SQL expression"));
    }
    let dialect = ev.host().dialect_name().to_owned();
    let says_key = matches!(dialect.as_str(), "postgresql" | "sqlite");
    if let Some((_, column)) = &asks
        && says_key
    {
        let columns = Args::positional(vec![as_value(column)]);
        statement = ev.call_method(&statement, "returning", columns)?;
    }
    let result = run(ev, &statement)?;
    if let Some((name, _)) = asks {
        let result = match dialect.as_str() {
            _ if says_key => result,
            "mysql" | "mariadb" => {
                let sql = Args::positional(vec![Value::from("SELECT LAST_INSERT_ID()")]);
                let sql = crate::alchemy::sql::clause::text(ev, sql)?;
                run(ev, &sql)?
            }
            _ => return Err(ev.unreadable("the key of a new row is not known on this database")),
        };
        let key = ev.call_method(&result, "scalar_one", Args::none())?;
        written.push((name, key));
    }
    for (name, _) in &mapper.attributes {
        match written.iter().find(|(written, _)| written == name) {
            Some((_, value)) => {
                instance.set(name, value.clone());
                state.commit_value(ev, name, value)?;
            }
            // What the database has made of it is read when it is asked for.
            None => {
                instance.attrs.borrow_mut().shift_remove(name);
            }
        }
    }
    let identity = keys
        .iter()
        .filter_map(|key| instance.get(key))
        .collect::<Vec<Value>>();
    *state.identity.borrow_mut() = identity;
    state.standing.set(Standing::Persistent);
    Ok(())
}

/// Updates the row of an object.
pub(crate) fn update(
    ev: &mut Interp<'_>,
    instance: &Rc<Instance>,
    state: &State,
    changed: &[Str],
) -> R<()> {
    let mapper = Rc::clone(&state.mapper);
    let mut values: Vec<(Str, Value)> = Vec::new();
    let mut stale: Vec<Str> = Vec::new();
    for (name, column) in &mapper.attributes {
        if changed.contains(name) {
            if mapper.primary_key().any(|(key, _)| key == name) {
                return Err(ev.unreadable("a primary key is changed, which is not modelled"));
            }
            let value = instance.get(name).unwrap_or(Value::None);
            if value.is_none() && of_none(column) == OfNone::Own {
                return Err(none_in_json(ev, name));
            }
            if as_clause(ev, &value)?.is_some() {
                stale.push(Str::clone(name));
            }
            values.push((Str::from(column.key()), value));
            continue;
        }
        let given = column.onupdate_given.borrow().clone();
        if let Some(given) = given {
            let value = given_value(ev, &given, column)?;
            values.push((Str::from(column.key()), value));
            stale.push(Str::clone(name));
        } else if column.onupdate.borrow().is_some() || column.column.borrow().server_onupdate {
            stale.push(Str::clone(name));
        }
    }
    let class = Value::Class(Rc::clone(&mapper.class));
    let statement = crate::alchemy::sql::dml::update(ev, Args::positional(vec![class]))?;
    let identity = state.identity.borrow().clone();
    let conditions = by_identity(ev, &mapper, &identity)?;
    let statement = ev.call_method(&statement, "where", Args::positional(conditions))?;
    let row = Value::dict(Dict::from_pairs(values));
    let statement = ev.call_method(&statement, "values", Args::positional(vec![row]))?;
    run(ev, &statement)?;
    for name in changed {
        if let Some(value) = instance.get(name) {
            state.commit_value(ev, name, &value)?;
        }
    }
    for name in stale {
        instance.attrs.borrow_mut().shift_remove(&name);
        state.committed.borrow_mut().shift_remove(&name);
    }
    state.flagged.borrow_mut().clear();
    Ok(())
}

fn delete(ev: &mut Interp<'_>, state: &State) -> R<()> {
    let mapper = Rc::clone(&state.mapper);
    let class = Value::Class(Rc::clone(&mapper.class));
    let statement = crate::alchemy::sql::dml::delete(ev, Args::positional(vec![class]))?;
    let identity = state.identity.borrow().clone();
    let conditions = by_identity(ev, &mapper, &identity)?;
    let statement = ev.call_method(&statement, "where", Args::positional(conditions))?;
    run(ev, &statement)?;
    Ok(())
}
