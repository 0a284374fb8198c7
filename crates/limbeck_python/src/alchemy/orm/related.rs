//! Objects that relationships lead to: loaded when they are asked for, and what their changes write.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::mapped::{Mapper, Standing, mapper, state_of};
use super::session::{Unit, entity_rows};
use crate::alchemy::schema::column::ColumnObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::models::relationship::{Related, Way, relationships};
use crate::value::{Class, CmpOp, Instance, NativeObject, Str, Value};

/// Objects whose relationships have been read or set.
#[derive(Default)]
struct Touched(RefCell<Vec<Weak<Instance>>>);

fn touched(ev: &Interp<'_>) -> Vec<Rc<Instance>> {
    let touched = ev
        .world()
        .extension("sqlalchemy.orm.relationships", Touched::default);
    let mut list = touched.0.borrow_mut();
    list.retain(|instance| instance.strong_count() > 0);
    list.iter().filter_map(Weak::upgrade).collect()
}

fn touch(ev: &Interp<'_>, instance: &Rc<Instance>) {
    if touched(ev).iter().any(|other| Rc::ptr_eq(other, instance)) {
        return;
    }
    let touched = ev
        .world()
        .extension("sqlalchemy.orm.relationships", Touched::default);
    touched.0.borrow_mut().push(Rc::downgrade(instance));
}

/// Where the value of a relationship is kept.
fn now(name: &str) -> String {
    format!(" now.{name}")
}

/// Where that is kept which the database says.
fn was(name: &str) -> String {
    format!(" was.{name}")
}

/// Forgets what relationships have been read.
pub(crate) fn forget(instance: &Instance) {
    let mut attrs = instance.attrs.borrow_mut();
    attrs.retain(|name, _| !name.starts_with(" now.") && !name.starts_with(" was."));
}

fn instances(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Vec<Rc<Instance>>> {
    let items = match value {
        Value::None => return Ok(Vec::new()),
        Value::Instance(instance) => return Ok(vec![Rc::clone(instance)]),
        Value::List(items) => items.borrow().clone(),
        Value::Tuple(items) => items.to_vec(),
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    for item in items {
        ev.need_known(&item, what)?;
        match item {
            Value::Instance(instance) => found.push(instance),
            _ => return Err(ev.unreadable(format!("{what} is no object of a mapped class"))),
        }
    }
    Ok(found)
}

fn has(list: &[Rc<Instance>], instance: &Rc<Instance>) -> bool {
    list.iter().any(|other| Rc::ptr_eq(other, instance))
}

/// What a relationship holds, and what it held in the database as far as that is known.
type Held = (Vec<Rc<Instance>>, Option<Vec<Rc<Instance>>>);

/// What a relationship holds, and what it held in the database; nothing where it has not been read or set.
fn held(ev: &mut Interp<'_>, instance: &Rc<Instance>, name: &str) -> R<Option<Held>> {
    let Some(value) = instance.get(&now(name)) else {
        return Ok(None);
    };
    let what = format!("the value of `{name}`");
    let current = instances(ev, &value, &what)?;
    let before = match instance.get(&was(name)) {
        Some(before) => Some(instances(ev, &before, &what)?),
        None => None,
    };
    Ok(Some((current, before)))
}

fn keep(ev: &Interp<'_>, instance: &Rc<Instance>, name: &str, value: &Value) {
    instance.set(&now(name), value.clone());
    let snapshot = match value {
        Value::List(items) => Value::tuple(items.borrow().clone()),
        other => other.clone(),
    };
    instance.set(&was(name), snapshot);
    touch(ev, instance);
}

/// Fails where a list on the other side has been changed with this object, which shows here only once it is written.
fn need_settled(ev: &mut Interp<'_>, instance: &Rc<Instance>, related: &Related) -> R<()> {
    let Some(back) = &related.back else {
        return Ok(());
    };
    for other in touched(ev) {
        if !Rc::ptr_eq(&other.class, &related.target)
            || !matches!(other.get(&now(back)), Some(Value::List(_)))
        {
            continue;
        }
        let Some((current, before)) = held(ev, &other, back)? else {
            continue;
        };
        if has(&current, instance) != has(&before.unwrap_or_default(), instance) {
            return Err(ev.unreadable(format!(
                "`{}.{}` is read after `{}.{back}` has been changed, which is not modelled",
                related.owner.name, related.name, related.target.name
            )));
        }
    }
    Ok(())
}

/// `instance.relationship`
pub(crate) fn get(ev: &mut Interp<'_>, instance: &Rc<Instance>, related: &Rc<Related>) -> R {
    if let Some(value) = instance.get(&now(&related.name)) {
        need_settled(ev, instance, related)?;
        return Ok(value);
    }
    let standing = state_of(instance).map(|state| state.standing.get());
    match standing {
        Some(Standing::Persistent) => {
            let value = load(ev, instance, related)?;
            keep(ev, instance, &related.name, &value);
            Ok(value)
        }
        Some(Standing::Deleted) => {
            Err(ev.unreadable("a relationship of an object that has been deleted"))
        }
        Some(Standing::Pending) | None => {
            need_settled(ev, instance, related)?;
            if !related.uselist {
                return Ok(Value::None);
            }
            let list = Value::list(Vec::new());
            keep(ev, instance, &related.name, &list);
            Ok(list)
        }
    }
}

/// The attribute of a column.
fn attribute_of(ev: &Interp<'_>, mapper: &Mapper, column: &Rc<ColumnObj>) -> R<Str> {
    let mut attributes = mapper.attributes.iter();
    let found = attributes.find(|(_, other)| Rc::ptr_eq(other, column));
    match found {
        Some((name, _)) => Ok(Rc::clone(name)),
        None => Err(ev.unreadable("a column of a relationship is no attribute")),
    }
}

fn as_value(column: &Rc<ColumnObj>) -> Value {
    let column: Rc<dyn NativeObject> = Rc::clone(column) as _;
    Value::Object(column)
}

/// Reads the other rows.
fn load(ev: &mut Interp<'_>, instance: &Rc<Instance>, related: &Rc<Related>) -> R {
    let Some(unit) = state_of(instance).and_then(|state| state.unit.upgrade()) else {
        return Err(ev.unreadable("a relationship is read after its session has been left"));
    };
    let own = mapper(ev, &related.owner)?;
    let target = mapper(ev, &related.target)?;
    let this = Value::Instance(Rc::clone(instance));
    let pairs = match &related.way {
        Way::ToOne(pairs) | Way::ToMany(pairs) => pairs,
        Way::Through { own, .. } => own,
    };
    let is_to_one = matches!(related.way, Way::ToOne(_));
    let mut values = Vec::new();
    for (referred, referring) in pairs {
        let column = if is_to_one { referring } else { referred };
        let name = attribute_of(ev, &own, column)?;
        let value = ev.get_attr(&this, &name)?;
        ev.need_known(&value, &format!("`{name}`"))?;
        values.push(value);
    }
    if is_to_one && values.iter().any(Value::is_none) {
        return Ok(Value::None);
    }
    let keys: Vec<Str> = target
        .primary_key()
        .map(|(name, _)| Str::clone(name))
        .collect();
    if is_to_one && let ([(referred, _)], [key]) = (pairs.as_slice(), keys.as_slice()) {
        let name = attribute_of(ev, &target, referred)?;
        if name == *key {
            let class = Value::Class(Rc::clone(&target.class));
            let ident = values.pop().unwrap_or(Value::None);
            return super::session::get(ev, &unit, &class, &ident);
        }
    }
    unit.flush_before_query(ev)?;
    need_settled(ev, instance, related)?;
    let class = Value::Class(Rc::clone(&target.class));
    let mut select = crate::alchemy::sql::select::select(ev, Args::positional(vec![class]))?;
    let mut conditions = Vec::new();
    for ((referred, referring), value) in pairs.iter().zip(&values) {
        let column = if is_to_one { referred } else { referring };
        conditions.push(ev.compare(CmpOp::Eq, &as_value(column), value)?);
    }
    if let Way::Through { other, .. } = &related.way {
        conditions.push(crate::alchemy::sql::join::equalities(ev, other)?);
    }
    select = ev.call_method(&select, "where", Args::positional(conditions))?;
    if !related.order_by.is_empty() {
        let order = Args::positional(related.order_by.clone());
        select = ev.call_method(&select, "order_by", order)?;
    }
    let (_, rows) = entity_rows(ev, &unit, &select)?;
    let mut found: Vec<Value> = Vec::new();
    for value in rows.into_iter().flatten() {
        if !found.iter().any(|other| other.is_same(&value)) {
            found.push(value);
        }
    }
    if related.uselist {
        return Ok(Value::list(found));
    }
    match found.as_slice() {
        [] => Ok(Value::None),
        [one] => Ok(one.clone()),
        _ => Err(ev.unreadable("several rows belong to a relationship that has one")),
    }
}

/// `instance.relationship = value`
pub(crate) fn set(
    ev: &mut Interp<'_>,
    instance: &Rc<Instance>,
    related: &Rc<Related>,
    value: &Value,
) -> R<()> {
    let what = format!("`{}.{}`", related.owner.name, related.name);
    ev.need_known(value, &format!("the value of {what}"))?;
    let is_persistent =
        state_of(instance).is_some_and(|state| state.standing.get() == Standing::Persistent);
    if related.viewonly {
        return Err(ev.unreadable(format!("{what}, which is `viewonly`, is set")));
    }
    let name = &related.name;
    if related.uselist {
        let items = crate::alchemy::convert::items(ev, value, &what)?;
        if is_persistent && instance.get(&now(name)).is_none() {
            get(ev, instance, related)?;
        }
        let list = Value::list(items);
        instances(ev, &list, &what)?;
        instance.set(&now(name), list);
        touch(ev, instance);
        return Ok(());
    }
    if !matches!(related.way, Way::ToOne(_)) {
        return Err(ev.unreadable(format!("setting {what} is not modelled")));
    }
    let parent = match value {
        Value::None => None,
        Value::Instance(parent) => Some(Rc::clone(parent)),
        _ => return Err(ev.unreadable(format!("what {what} is set to is no object"))),
    };
    instance.set(&now(name), value.clone());
    touch(ev, instance);
    let Some(back) = &related.back else {
        return Ok(());
    };
    // The lists of the other side that have been read show it.
    for other in touched(ev) {
        let is_new = parent.as_ref().is_some_and(|it| Rc::ptr_eq(it, &other));
        if !is_new
            && Rc::ptr_eq(&other.class, &related.target)
            && let Some(Value::List(items)) = other.get(&now(back))
        {
            let this = Value::Instance(Rc::clone(instance));
            items.borrow_mut().retain(|item| !item.is_same(&this));
        }
    }
    if let Some(parent) = parent {
        let this = Value::Instance(Rc::clone(instance));
        match parent.get(&now(back)) {
            Some(Value::List(items)) => {
                let mut items = items.borrow_mut();
                if !items.iter().any(|item| item.is_same(&this)) {
                    items.push(this);
                }
            }
            Some(_) => {
                return Err(ev.unreadable(format!("setting {what} is not modelled")));
            }
            None if state_of(&parent)
                .is_some_and(|state| state.standing.get() == Standing::Persistent) => {}
            None => {
                let shown = ev.get_attr(&Value::Instance(Rc::clone(&parent)), back)?;
                if let Value::List(items) = &shown {
                    let mut items = items.borrow_mut();
                    if !items.iter().any(|item| item.is_same(&this)) {
                        items.push(this);
                    }
                }
            }
        }
    }
    Ok(())
}

/// True where setting a relationship to an object that is there can be followed, whatever the database holds.
pub(crate) fn may_set(ev: &mut Interp<'_>, related: &Related) -> R<bool> {
    let is_plain = matches!(related.way, Way::ToOne(_))
        && !related.viewonly
        && !related.uselist
        && !Rc::ptr_eq(&related.owner, &related.target);
    let (true, Some(back)) = (is_plain, &related.back) else {
        return Ok(is_plain);
    };
    let others = relationships(&related.target);
    match others.iter().find(|(name, _)| name == back) {
        Some((name, other)) => Ok(other.related(ev, &related.target, name)?.uselist),
        None => Ok(false),
    }
}

/// True where a list of objects that are there can be changed, whatever the database holds.
pub(crate) fn may_change(related: &Related) -> bool {
    !matches!(related.way, Way::ToOne(_))
        && !related.viewonly
        && !related.cascade.iter().any(|it| it == "delete-orphan")
        && !Rc::ptr_eq(&related.owner, &related.target)
}

/// A foreign key that a relationship sets: of which object which attribute, and where its value comes from.
pub(crate) struct Sync {
    pub(crate) child: Rc<Instance>,
    attribute: Str,
    source: Option<(Rc<Instance>, Str)>,
}

/// A row of a table between that comes or goes.
pub(crate) struct Link {
    related: Rc<Related>,
    instance: Rc<Instance>,
    item: Rc<Instance>,
    is_new: bool,
}

/// What changed relationships write.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) syncs: Vec<Sync>,
    pub(crate) links: Vec<Link>,
    /// Objects whose attribute of the other side shows a change: attribute, object, and whether it has come.
    backs: Vec<(Rc<Instance>, Str, Rc<Instance>, bool)>,
}

fn all_related(ev: &mut Interp<'_>, class: &Rc<Class>, held_by: &Instance) -> R<Vec<Rc<Related>>> {
    let mut found = Vec::new();
    for (name, relationship) in relationships(class) {
        if held_by.get(&now(&name)).is_some() {
            found.push(relationship.related(ev, class, &name)?);
        }
    }
    Ok(found)
}

/// Takes into the session what its objects lead to.
pub(crate) fn cascade(
    ev: &mut Interp<'_>,
    unit: &Rc<Unit>,
    from: &Rc<Instance>,
) -> R<Vec<Rc<Instance>>> {
    let mut added = Vec::new();
    for related in all_related(ev, &Rc::clone(&from.class), from)? {
        let Some((current, _)) = held(ev, from, &related.name)? else {
            continue;
        };
        let saves = related
            .cascade
            .iter()
            .any(|it| it == "save-update" || it == "all");
        for item in current {
            if state_of(&item).is_some() {
                continue;
            }
            if !saves || related.viewonly {
                return Err(
                    ev.unreadable("an object that no session has is part of a relationship")
                );
            }
            super::session::add_one(ev, unit, &item)?;
            added.push(Rc::clone(&item));
            added.extend(cascade(ev, unit, &item)?);
        }
    }
    Ok(added)
}

/// What the changed relationships of an object write.
pub(crate) fn changes(ev: &mut Interp<'_>, instance: &Rc<Instance>, into: &mut Changes) -> R<()> {
    for related in all_related(ev, &Rc::clone(&instance.class), instance)? {
        let Some((current, before)) = held(ev, instance, &related.name)? else {
            continue;
        };
        let is_known = before.is_some();
        let before = before.unwrap_or_default();
        let added: Vec<_> = current
            .iter()
            .filter(|it| !has(&before, it))
            .cloned()
            .collect();
        let removed: Vec<_> = before
            .iter()
            .filter(|it| !has(&current, it))
            .cloned()
            .collect();
        if (added.is_empty() && removed.is_empty() && is_known) || related.viewonly {
            continue;
        }
        if let Some(back) = &related.back {
            let all = removed.iter().map(|it| (it, false));
            for (item, is_new) in all.chain(added.iter().map(|it| (it, true))) {
                let entry = (
                    Rc::clone(item),
                    Rc::clone(back),
                    Rc::clone(instance),
                    is_new,
                );
                into.backs.push(entry);
            }
        }
        let own = mapper(ev, &related.owner)?;
        let target = mapper(ev, &related.target)?;
        match &related.way {
            Way::ToOne(pairs) => {
                for (referred, referring) in pairs {
                    let source = match current.first() {
                        Some(parent) => {
                            Some((Rc::clone(parent), attribute_of(ev, &target, referred)?))
                        }
                        None => None,
                    };
                    into.syncs.push(Sync {
                        child: Rc::clone(instance),
                        attribute: attribute_of(ev, &own, referring)?,
                        source,
                    });
                }
            }
            Way::ToMany(pairs) => {
                if !removed.is_empty() && related.cascade.iter().any(|it| it == "delete-orphan") {
                    return Err(ev.unreadable("an object that has lost its parent is not modelled"));
                }
                for (referred, referring) in pairs {
                    let attribute = attribute_of(ev, &target, referring)?;
                    for child in removed.iter().filter(|it| state_of(it).is_some()) {
                        into.syncs.insert(
                            0,
                            Sync {
                                child: Rc::clone(child),
                                attribute: Rc::clone(&attribute),
                                source: None,
                            },
                        );
                    }
                    let source = attribute_of(ev, &own, referred)?;
                    for child in &added {
                        into.syncs.push(Sync {
                            child: Rc::clone(child),
                            attribute: Rc::clone(&attribute),
                            source: Some((Rc::clone(instance), Rc::clone(&source))),
                        });
                    }
                }
            }
            Way::Through { .. } => {
                let all = added.iter().map(|it| (it, true));
                for (item, is_new) in all.chain(removed.iter().map(|it| (it, false))) {
                    into.link(&related, instance, item, is_new);
                }
            }
        }
    }
    Ok(())
}

impl Changes {
    fn link(
        &mut self,
        related: &Rc<Related>,
        one: &Rc<Instance>,
        two: &Rc<Instance>,
        is_new: bool,
    ) {
        let Way::Through { table, .. } = &related.way else {
            return;
        };
        let is_known = self.links.iter().any(|link| {
            let same_table = matches!(&link.related.way, Way::Through { table: other, .. } if Rc::ptr_eq(table, other));
            let straight = Rc::ptr_eq(&link.instance, one) && Rc::ptr_eq(&link.item, two);
            let crossed = Rc::ptr_eq(&link.instance, two) && Rc::ptr_eq(&link.item, one);
            same_table && link.is_new == is_new && (straight || crossed)
        });
        if !is_known {
            self.links.push(Link {
                related: Rc::clone(related),
                instance: Rc::clone(one),
                item: Rc::clone(two),
                is_new,
            });
        }
    }
}

/// Sets the foreign keys of objects of a class.
pub(crate) fn synchronize(ev: &mut Interp<'_>, class: &Rc<Class>, syncs: &[Sync]) -> R<()> {
    for sync in syncs.iter().filter(|it| Rc::ptr_eq(&it.child.class, class)) {
        let value = match &sync.source {
            None => Value::None,
            Some((parent, name)) => {
                let is_there = state_of(parent)
                    .is_some_and(|state| state.standing.get() == Standing::Persistent);
                if !is_there {
                    return Err(ev.unreadable(
                        "new objects of one class that refer to each other are not modelled",
                    ));
                }
                ev.get_attr(&Value::Instance(Rc::clone(parent)), name)?
            }
        };
        sync.child.set(&sync.attribute, value);
    }
    Ok(())
}

fn link_values(ev: &mut Interp<'_>, link: &Link) -> R<Vec<(Rc<ColumnObj>, Value)>> {
    let Way::Through { own, other, .. } = &link.related.way else {
        return Ok(Vec::new());
    };
    let mut values = Vec::new();
    for (side, pairs) in [(&link.instance, own), (&link.item, other)] {
        let mapper = mapper(ev, &Rc::clone(&side.class))?;
        for (referred, referring) in pairs {
            let name = attribute_of(ev, &mapper, referred)?;
            let value = ev.get_attr(&Value::Instance(Rc::clone(side)), &name)?;
            values.push((Rc::clone(referring), value));
        }
    }
    Ok(values)
}

/// Writes the rows of tables between.
pub(crate) fn write_links(ev: &mut Interp<'_>, changes: &Changes) -> R<()> {
    for link in &changes.links {
        let Way::Through { table, .. } = &link.related.way else {
            continue;
        };
        let values = link_values(ev, link)?;
        let table: Rc<dyn NativeObject> = Rc::clone(table) as _;
        let table = Args::positional(vec![Value::Object(table)]);
        let statement = if link.is_new {
            let row = values
                .into_iter()
                .map(|(column, value)| (Str::from(column.key()), value));
            let row = Value::dict(crate::value::Dict::from_pairs(row.collect::<Vec<_>>()));
            let insert = crate::alchemy::sql::dml::insert(ev, table)?;
            ev.call_method(&insert, "values", Args::positional(vec![row]))?
        } else {
            let delete = crate::alchemy::sql::dml::delete(ev, table)?;
            let mut conditions = Vec::new();
            for (column, value) in values {
                conditions.push(ev.compare(CmpOp::Eq, &as_value(&column), &value)?);
            }
            ev.call_method(&delete, "where", Args::positional(conditions))?
        };
        super::flush::run(ev, &statement)?;
    }
    Ok(())
}

/// The relationships of an object that is deleted: rows that lose it, and those that go with it.
pub(crate) fn of_deleted(
    ev: &mut Interp<'_>,
    instance: &Rc<Instance>,
    matters: impl Fn(&Related) -> bool,
    mut each: impl FnMut(&mut Interp<'_>, &Rc<Related>, Vec<Rc<Instance>>) -> R<()>,
) -> R<()> {
    let class = Rc::clone(&instance.class);
    for (name, relationship) in relationships(&class) {
        let related = relationship.related(ev, &class, &name)?;
        if related.viewonly {
            continue;
        }
        let goes = related.takes_along();
        match related.way {
            Way::ToOne(_) if goes => {
                return Err(
                    ev.unreadable("a parent that is deleted with its child is not modelled")
                );
            }
            Way::ToOne(_) => continue,
            Way::Through { .. } if goes => {
                return Err(ev.unreadable(
                    "objects that are deleted through a table between are not modelled",
                ));
            }
            _ => {}
        }
        if !matters(&related) {
            continue;
        }
        if related.passive_deletes && instance.get(&now(&name)).is_none() {
            continue;
        }
        let value = get(ev, instance, &related)?;
        let items = instances(ev, &value, "what a relationship holds")?;
        each(ev, &related, items)?;
    }
    Ok(())
}

/// Rows that lose an object that is deleted: children that go too are in `deleted`.
pub(crate) fn unlink(
    ev: &mut Interp<'_>,
    instance: &Rc<Instance>,
    deleted: &[Rc<Instance>],
    into: &mut Changes,
) -> R<()> {
    let each = |ev: &mut Interp<'_>, related: &Rc<Related>, items: Vec<Rc<Instance>>| {
        let target = mapper(ev, &related.target)?;
        for item in items {
            match &related.way {
                Way::ToMany(pairs) if !has(deleted, &item) => {
                    for (_, referring) in pairs {
                        let attribute = attribute_of(ev, &target, referring)?;
                        if target.primary_key().any(|(name, _)| *name == attribute) {
                            return Err(ev.unreadable(
                                "a child whose primary key is its parent's loses the parent",
                            ));
                        }
                        into.syncs.push(Sync {
                            child: Rc::clone(&item),
                            attribute,
                            source: None,
                        });
                    }
                }
                Way::Through { .. } => into.link(related, instance, &item, false),
                _ => {}
            }
        }
        Ok(())
    };
    of_deleted(ev, instance, |_| true, each)
}

/// What objects hold now is what the database says.
pub(crate) fn settle(ev: &Interp<'_>, unit: &Rc<Unit>, changes: &Changes) {
    for (item, back, instance, is_new) in &changes.backs {
        let this = Value::Instance(Rc::clone(instance));
        match item.get(&now(back)) {
            Some(Value::List(items)) => {
                let mut items = items.borrow_mut();
                let is_there = items.iter().any(|other| other.is_same(&this));
                match is_new {
                    true if !is_there => items.push(this),
                    false => items.retain(|other| !other.is_same(&this)),
                    true => {}
                }
            }
            Some(_) if *is_new => item.set(&now(back), this),
            Some(value) if value.is_same(&this) => item.set(&now(back), Value::None),
            _ => {}
        }
    }
    for instance in touched(ev) {
        let is_of = state_of(&instance)
            .and_then(|state| state.unit.upgrade())
            .is_some_and(|it| Rc::ptr_eq(&it, unit));
        if !is_of {
            continue;
        }
        let names: Vec<Str> = instance.attrs.borrow().keys().cloned().collect();
        for name in names {
            if let Some(name) = name.strip_prefix(" now.")
                && let Some(value) = instance.get(&now(name))
            {
                keep(ev, &instance, name, &value);
            }
        }
    }
}
