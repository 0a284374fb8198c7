//! `relationship(…)`: which rows of another table belong to an object, as the foreign keys say it.

use std::cell::RefCell;
use std::rc::Rc;

use super::declarative::{is_mapped, registry_of};
use crate::alchemy::schema::column::ColumnObj;
use crate::alchemy::schema::table::TableObj;
use crate::alchemy::sql::join::{Pair, between, foreign_keys};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, CmpOp, NativeObject, Str, Value};

/// What was written.
pub(crate) struct Relationship {
    /// The other class: itself, its name, or a function that gives it.
    target: Value,
    options: Vec<(Str, Value)>,
    /// For one that `backref=` made: the one that names it, and the class of that.
    mirrors: Option<(Rc<Relationship>, Rc<Class>, Str)>,
    /// What it came to for a class.
    known: RefCell<Vec<(Rc<Class>, Rc<Related>)>>,
}

/// How the tables hang together. A pair is the referred and the referring column.
#[derive(Clone)]
pub(crate) enum Way {
    /// The object's own row refers to the other.
    ToOne(Vec<Pair>),
    /// Other rows refer to the object's.
    ToMany(Vec<Pair>),
    /// Rows of a table between refer to both.
    Through {
        table: Rc<TableObj>,
        own: Vec<Pair>,
        other: Vec<Pair>,
    },
}

/// A relationship of a class, understood.
pub(crate) struct Related {
    pub(crate) name: Str,
    pub(crate) owner: Rc<Class>,
    pub(crate) target: Rc<Class>,
    pub(crate) way: Way,
    /// True where the attribute is a list.
    pub(crate) uselist: bool,
    /// What a list is ordered by.
    pub(crate) order_by: Vec<Value>,
    /// The attribute of the other class that shows the same.
    pub(crate) back: Option<Str>,
    /// Words of `cascade=`.
    pub(crate) cascade: Vec<String>,
    pub(crate) viewonly: bool,
    pub(crate) passive_deletes: bool,
}

impl std::fmt::Debug for Related {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.owner.name, self.name)
    }
}

impl Related {
    /// True where what it leads to is deleted with the object.
    pub(crate) fn takes_along(&self) -> bool {
        self.cascade.iter().any(|it| it == "delete" || it == "all")
    }
}

/// Arguments that change neither what is read nor what is written.
const HARMLESS: &[&str] = &[
    "overlaps",
    "info",
    "join_depth",
    "innerjoin",
    "omit_join",
    "enable_typechecks",
    "doc",
    "repr",
    "init",
    "passive_updates",
    "active_history",
    "distinct_target_key",
    "sync_backref",
    "single_parent",
    "cascade_backrefs",
    "compare",
    "kw_only",
];

/// `relationship(argument, secondary, …)`
pub(crate) fn relationship(_ev: &mut Interp<'_>, mut args: Args) -> R {
    let mut options: Vec<(Str, Value)> = Vec::new();
    let secondary = (args.positional.len() > 1).then(|| args.positional.remove(1));
    options.extend(secondary.map(|it| (Str::from("secondary"), it)));
    let target = match args.positional.first() {
        Some(target) => target.clone(),
        None => args.take_keyword("argument").unwrap_or(Value::None),
    };
    options.extend(args.keywords);
    Ok(Value::object(Relationship {
        target,
        options,
        mirrors: None,
        known: RefCell::default(),
    }))
}

/// `backref(name, **options)`
struct Backref {
    name: Value,
    options: Vec<(Str, Value)>,
}

/// `backref(name, **options)`
pub(crate) fn backref(_ev: &mut Interp<'_>, args: Args) -> R {
    Ok(Value::object(Backref {
        name: args.get(0).cloned().unwrap_or(Value::None),
        options: args.keywords,
    }))
}

impl NativeObject for Backref {
    fn type_name(&self) -> String {
        "backref".to_owned()
    }
}

/// Classes of the registry of a class.
fn classes_beside(ev: &mut Interp<'_>, class: &Rc<Class>) -> Vec<Rc<Class>> {
    match registry_of(ev, class) {
        Some(registry) => {
            let classes = registry.classes.borrow();
            classes.iter().filter_map(std::rc::Weak::upgrade).collect()
        }
        None => Vec::new(),
    }
}

/// Relationships that a class has, with their names; those that it inherits from what is not mapped too.
pub(crate) fn relationships(class: &Rc<Class>) -> Vec<(Str, Rc<Relationship>)> {
    let mut found: Vec<(Str, Rc<Relationship>)> = Vec::new();
    for base in class.mro() {
        for (name, value) in base.attrs.borrow().iter() {
            if let Some(relationship) = value.downcast::<Relationship>()
                && !found.iter().any(|(known, _)| known == name)
            {
                found.push((Rc::clone(name), relationship));
            }
        }
    }
    found
}

/// Gives the other classes the attributes that `backref=` names, before the first object is made or read.
pub(crate) fn configure(ev: &mut Interp<'_>, class: &Rc<Class>) -> R<()> {
    for owner in classes_beside(ev, class) {
        if !is_mapped(&owner) {
            continue;
        }
        for (name, relationship) in relationships(&owner) {
            let Some(value) = relationship.option("backref") else {
                continue;
            };
            let (back, options) = match value.downcast::<Backref>() {
                Some(backref) => (backref.name.clone(), backref.options.clone()),
                None => (value, Vec::new()),
            };
            let (Some(back), Ok(target)) = (back.as_str(), relationship.target(ev, &owner)) else {
                continue;
            };
            if target.attrs.borrow().contains_key(&back) {
                continue;
            }
            let mirror = Relationship {
                target: Value::Class(Rc::clone(&owner)),
                options,
                mirrors: Some((Rc::clone(&relationship), Rc::clone(&owner), name)),
                known: RefCell::default(),
            };
            target.set(&back, Value::object(mirror));
        }
    }
    Ok(())
}

impl Relationship {
    fn option(&self, name: &str) -> Option<Value> {
        let mut options = self.options.iter();
        options
            .find(|(key, value)| &**key == name && !value.is_none())
            .map(|(_, value)| value.clone())
    }

    /// The other class.
    fn target(&self, ev: &mut Interp<'_>, owner: &Rc<Class>) -> R<Rc<Class>> {
        let target = match &self.target {
            Value::Function(_) => ev.call(&self.target, Args::none())?,
            other => other.clone(),
        };
        ev.need_known(&target, "the class of a relationship")?;
        match &target {
            Value::Class(class) => Ok(Rc::clone(class)),
            Value::Str(name) => {
                let last = name.rsplit('.').next().unwrap_or(name);
                let classes = classes_beside(ev, owner);
                let mut found = classes.into_iter().filter(|class| &*class.name == last);
                match (found.next(), found.next()) {
                    (Some(class), None) => Ok(class),
                    _ => Err(ev.unreadable(format!(
                        "which class `{name}` of a relationship is cannot be read"
                    ))),
                }
            }
            _ => Err(ev.unreadable("the class of a relationship cannot be read")),
        }
    }

    /// What it means for the class that has it under that name.
    pub(crate) fn related(
        self: &Rc<Self>,
        ev: &mut Interp<'_>,
        owner: &Rc<Class>,
        name: &str,
    ) -> R<Rc<Related>> {
        let known = self.known.borrow();
        if let Some((_, related)) = known.iter().find(|(class, _)| Rc::ptr_eq(class, owner)) {
            return Ok(Rc::clone(related));
        }
        drop(known);
        let related = Rc::new(self.understand(ev, owner, name)?);
        let entry = (Rc::clone(owner), Rc::clone(&related));
        self.known.borrow_mut().push(entry);
        Ok(related)
    }

    fn understand(&self, ev: &mut Interp<'_>, owner: &Rc<Class>, name: &str) -> R<Related> {
        let what = format!("the relationship `{}.{name}`", owner.name);
        let refused = |ev: &Interp<'_>, why: &str| {
            Err(ev.unreadable(format!("{what} is not modelled: {why}")))
        };
        for (key, value) in &self.options {
            ev.need_known(value, &format!("`{key}` of {what}"))?;
            let is_known = HARMLESS.contains(&&**key)
                || matches!(
                    &**key,
                    "secondary"
                        | "backref"
                        | "back_populates"
                        | "uselist"
                        | "order_by"
                        | "foreign_keys"
                        | "remote_side"
                        | "primaryjoin"
                        | "cascade"
                        | "viewonly"
                        | "passive_deletes"
                        | "lazy"
                        | "default"
                        | "default_factory"
                );
            if !is_known && !value.is_none() && !matches!(value, Value::Bool(false)) {
                return refused(ev, &format!("it has `{key}`"));
            }
        }
        if let Some(lazy) = self.option("lazy")
            && lazy.as_str().is_some_and(|it| {
                !matches!(
                    &*it,
                    "select" | "joined" | "selectin" | "subquery" | "immediate"
                )
            })
        {
            return refused(ev, "of how it is loaded");
        }
        let target = self.target(ev, owner)?;
        let way = match &self.mirrors {
            Some((forward, class, name)) => match &forward.related(ev, class, name)?.way {
                Way::ToOne(pairs) => Way::ToMany(pairs.clone()),
                Way::ToMany(pairs) => Way::ToOne(pairs.clone()),
                Way::Through { table, own, other } => Way::Through {
                    table: Rc::clone(table),
                    own: other.clone(),
                    other: own.clone(),
                },
            },
            None => match self.way(ev, owner, &target)? {
                Ok(way) => way,
                Err(why) => return refused(ev, why),
            },
        };
        let mut flag = |name: &str| match self.option(name) {
            Some(value) => crate::alchemy::convert::flag(ev, &value, name).map(Some),
            None => Ok(None),
        };
        let uselist = flag("uselist")?.unwrap_or(!matches!(way, Way::ToOne(_)));
        let viewonly = flag("viewonly")?.unwrap_or(false);
        let passive_deletes = flag("passive_deletes")?.unwrap_or(false);
        let order_by = match self.option("order_by") {
            None => Vec::new(),
            Some(value @ Value::Str(_)) => vec![self.column(ev, owner, &value)?],
            Some(value) => match value.unwrap_payload() {
                Value::List(_) | Value::Tuple(_) => {
                    crate::alchemy::convert::items(ev, &value, "`order_by`")?
                }
                _ => vec![value],
            },
        };
        let cascade = match self.option("cascade").and_then(|it| it.as_str()) {
            Some(words) => words.split(',').map(|it| it.trim().to_owned()).collect(),
            None => vec!["save-update".to_owned(), "merge".to_owned()],
        };
        let back = match &self.mirrors {
            Some((_, _, name)) => Some(Rc::clone(name)),
            None => match (self.option("back_populates"), self.option("backref")) {
                (Some(name), _) => name.as_str(),
                (None, Some(backref)) => match backref.downcast::<Backref>() {
                    Some(backref) => backref.name.as_str(),
                    None => backref.as_str(),
                },
                (None, None) => None,
            },
        };
        Ok(Related {
            name: Str::from(name),
            owner: Rc::clone(owner),
            target,
            way,
            uselist,
            order_by,
            back,
            cascade,
            viewonly,
            passive_deletes,
        })
    }

    /// A column that is given as such or as `"Class.attribute"`.
    fn column(&self, ev: &mut Interp<'_>, owner: &Rc<Class>, value: &Value) -> R {
        let Some(text) = value.as_str() else {
            return Ok(value.clone());
        };
        let text = text
            .trim()
            .trim_start_matches('[')
            .trim_end_matches(']')
            .trim();
        let parts = text.split_once('.');
        let found = match parts {
            Some((class, name)) => {
                let classes = classes_beside(ev, owner);
                let class = classes.into_iter().find(|it| *it.name == *class.trim());
                class.and_then(|class| class.lookup(name.trim()))
            }
            None => None,
        };
        match found {
            Some(column) if column.downcast_ref::<ColumnObj>().is_some() => Ok(column),
            _ => Err(ev.unreadable(format!("`{text}` of a relationship cannot be read"))),
        }
    }

    /// The columns of an argument.
    fn columns(&self, ev: &mut Interp<'_>, owner: &Rc<Class>, name: &str) -> R<Vec<Rc<ColumnObj>>> {
        let Some(value) = self.option(name) else {
            return Ok(Vec::new());
        };
        let value = match &value {
            Value::Function(_) => ev.call(&value, Args::none())?,
            _ => value,
        };
        let items = match value.unwrap_payload() {
            Value::List(_) | Value::Tuple(_) | Value::Set(_) => {
                crate::alchemy::convert::items(ev, &value, name)?
            }
            _ => vec![value],
        };
        let mut columns = Vec::new();
        for item in items {
            match self.column(ev, owner, &item)?.downcast::<ColumnObj>() {
                Some(column) => columns.push(column),
                None => {
                    return Err(ev.unreadable(format!("`{name}` of a relationship is no column")));
                }
            }
        }
        Ok(columns)
    }

    fn way(
        &self,
        ev: &mut Interp<'_>,
        owner: &Rc<Class>,
        target: &Rc<Class>,
    ) -> R<Result<Way, &'static str>> {
        let (Some(own), Some(other)) = (table_of(owner), table_of(target)) else {
            return Ok(Err("a class of it has no table that is read"));
        };
        let keys = self.columns(ev, owner, "foreign_keys")?;
        let kept = |found: Vec<Vec<Pair>>| -> Vec<Vec<Pair>> {
            let is_kept = |pairs: &Vec<Pair>| {
                keys.is_empty()
                    || (pairs.iter())
                        .all(|(_, column)| keys.iter().any(|key| Rc::ptr_eq(key, column)))
            };
            found.into_iter().filter(is_kept).collect()
        };
        if let Some(secondary) = self.option("secondary") {
            let table = match (&secondary, secondary.downcast::<TableObj>()) {
                (_, Some(table)) => table,
                (Value::Str(name), None) => {
                    let registry = registry_of(ev, owner);
                    let found =
                        registry.and_then(|it| it.metadata.tables.borrow().get(&**name).cloned());
                    match found {
                        Some(table) => table,
                        None => return Ok(Err("its table between cannot be read")),
                    }
                }
                _ => return Ok(Err("its table between cannot be read")),
            };
            if self.option("primaryjoin").is_some() || Rc::ptr_eq(&own, &other) {
                return Ok(Err("it says itself what it joins on"));
            }
            let to_own = foreign_keys(&table, &own);
            let to_other = foreign_keys(&table, &other);
            return Ok(match (to_own.as_slice(), to_other.as_slice()) {
                ([own], [other]) => Ok(Way::Through {
                    table,
                    own: own.clone(),
                    other: other.clone(),
                }),
                _ => Err("which foreign key it follows is not clear"),
            });
        }
        if let Some(condition) = self.option("primaryjoin") {
            return self.way_of(ev, owner, &condition, (&own, &other));
        }
        if Rc::ptr_eq(&own, &other) {
            let sides = self.columns(ev, owner, "remote_side")?;
            let found = kept(between(&own, &other));
            let [pairs] = found.as_slice() else {
                return Ok(Err("which foreign key it follows is not clear"));
            };
            let to_one = pairs
                .iter()
                .all(|(referred, _)| sides.iter().any(|side| Rc::ptr_eq(side, referred)));
            return Ok(Ok(match to_one {
                true => Way::ToOne(pairs.clone()),
                false => Way::ToMany(pairs.clone()),
            }));
        }
        if self.option("remote_side").is_some() {
            return Ok(Err("it has `remote_side`"));
        }
        let to_many = kept(foreign_keys(&other, &own));
        let to_one = kept(foreign_keys(&own, &other));
        Ok(match (to_one.as_slice(), to_many.as_slice()) {
            ([pairs], []) => Ok(Way::ToOne(pairs.clone())),
            ([], [pairs]) => Ok(Way::ToMany(pairs.clone())),
            _ => Err("which foreign key it follows is not clear"),
        })
    }

    /// `primaryjoin="One.a == Other.b"`, where a foreign key leads from one to the other.
    fn way_of(
        &self,
        ev: &mut Interp<'_>,
        owner: &Rc<Class>,
        condition: &Value,
        (own, other): (&Rc<TableObj>, &Rc<TableObj>),
    ) -> R<Result<Way, &'static str>> {
        const WHY: &str = "it says itself what it joins on";
        let Some(text) = condition.as_str() else {
            return Ok(Err(WHY));
        };
        let plain = |it: &str| {
            it.trim()
                .chars()
                .all(|char| char.is_alphanumeric() || matches!(char, '_' | '.'))
        };
        let sides: Vec<&str> = text.split("==").collect();
        let [left, right] = sides.as_slice() else {
            return Ok(Err(WHY));
        };
        if !plain(left) || !plain(right) || Rc::ptr_eq(own, other) {
            return Ok(Err(WHY));
        }
        let left = self.column(ev, owner, &Value::from(*left))?;
        let right = self.column(ev, owner, &Value::from(*right))?;
        let (Some(left), Some(right)) =
            (left.downcast::<ColumnObj>(), right.downcast::<ColumnObj>())
        else {
            return Ok(Err(WHY));
        };
        let is_pair = |pairs: &&Vec<Pair>| match pairs.as_slice() {
            [(referred, referring)] => {
                let is = |one: &Rc<ColumnObj>, two: &Rc<ColumnObj>| {
                    Rc::ptr_eq(one, referred) && Rc::ptr_eq(two, referring)
                };
                is(&left, &right) || is(&right, &left)
            }
            _ => false,
        };
        let to_one = foreign_keys(own, other);
        let to_many = foreign_keys(other, own);
        Ok(
            match (to_one.iter().find(is_pair), to_many.iter().find(is_pair)) {
                (Some(pairs), None) => Ok(Way::ToOne(pairs.clone())),
                (None, Some(pairs)) => Ok(Way::ToMany(pairs.clone())),
                _ => Err(WHY),
            },
        )
    }
}

/// The table of a mapped class.
fn table_of(class: &Rc<Class>) -> Option<Rc<TableObj>> {
    let table = class.attrs.borrow().get("__table__").cloned();
    table.and_then(|table| table.downcast::<TableObj>())
}

/// `Class.relationship`, as queries name it.
pub(crate) struct RelationshipAttr {
    relationship: Rc<Relationship>,
    owner: Rc<Class>,
    name: Str,
}

impl RelationshipAttr {
    /// What it means.
    pub(crate) fn related(&self, ev: &mut Interp<'_>) -> R<Rc<Related>> {
        let owner = Rc::clone(&self.owner);
        self.relationship.related(ev, &owner, &self.name)
    }
}

impl NativeObject for RelationshipAttr {
    fn type_name(&self) -> String {
        "InstrumentedAttribute".to_owned()
    }

    fn compare(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        _op: CmpOp,
        _other: &Value,
    ) -> R<Option<Value>> {
        Err(ev.unreadable(format!(
            "a condition on the relationship `{}.{}` is not modelled",
            self.owner.name, self.name
        )))
    }
}

impl NativeObject for Relationship {
    fn type_name(&self) -> String {
        "Relationship".to_owned()
    }

    fn descr_get(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        instance: Option<&Value>,
        owner: &Rc<Class>,
    ) -> R<Option<Value>> {
        let Some(name) = name_of(&self, owner) else {
            return Ok(None);
        };
        match instance {
            Some(Value::Instance(instance)) if is_mapped(&instance.class) => {
                let related = self.related(ev, &instance.class.clone(), &name)?;
                crate::alchemy::orm::related::get(ev, instance, &related).map(Some)
            }
            Some(_) => Ok(None),
            None => Ok(Some(Value::object(RelationshipAttr {
                relationship: self,
                owner: Rc::clone(owner),
                name,
            }))),
        }
    }

    fn descr_set(self: Rc<Self>, ev: &mut Interp<'_>, instance: &Value, value: &Value) -> R<bool> {
        let Value::Instance(instance) = instance else {
            return Ok(false);
        };
        let class = Rc::clone(&instance.class);
        let Some(name) = name_of(&self, &class).filter(|_| is_mapped(&class)) else {
            return Ok(false);
        };
        let related = self.related(ev, &class, &name)?;
        crate::alchemy::orm::related::set(ev, instance, &related, value)?;
        Ok(true)
    }
}

fn name_of(relationship: &Rc<Relationship>, owner: &Rc<Class>) -> Option<Str> {
    let all = relationships(owner);
    let mut all = all.iter();
    all.find(|(_, other)| Rc::ptr_eq(other, relationship))
        .map(|(name, _)| Rc::clone(name))
}
