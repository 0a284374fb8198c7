//! Objects of mapped classes that are not there while a script is probed: what their attributes are, and what may be set.

use std::rc::Rc;

use super::mapped::mapper;
use crate::alchemy::schema::column::ColumnObj;
use crate::eval::Interp;
use crate::flow::R;
use crate::models::relationship::{Related, Relationship};
use crate::value::{Class, Value};

/// Methods of queries, results and lists of objects that give such objects again.
const KEEPING: &[&str] = &[
    "all",
    "first",
    "one",
    "one_or_none",
    "scalar",
    "scalar_one",
    "scalar_one_or_none",
    "scalars",
    "fetchall",
    "fetchmany",
    "fetchone",
    "unique",
    "partitions",
    "yield_per",
    "copy",
];

/// Methods of lists that change what belongs to an object.
const CHANGING: &[&str] = &[
    "append", "add", "extend", "insert", "remove", "pop", "clear", "sort", "reverse",
];

/// The class whose objects an answer consists of.
pub(crate) fn class_of(value: &Value) -> Option<Rc<Class>> {
    match value {
        Value::Unknown(unknown) => unknown.object_of.clone(),
        _ => super::query::class_of(value),
    }
}

/// The classes that rows of several things consist of.
pub(crate) fn classes_of(value: &Value) -> Option<Rc<[Option<Rc<Class>>]>> {
    match value {
        Value::Unknown(unknown) => unknown.row_of.clone(),
        _ => super::query::classes_of(value),
    }
}

/// `row.name` of such a row.
pub(crate) fn row_attribute(ev: &mut Interp<'_>, value: &Value, name: &str) -> Value {
    let classes = classes_of(value);
    let mut classes = classes.iter().flat_map(|classes| classes.iter().flatten());
    match classes.find(|class| *class.name == *name) {
        Some(class) => ev.answer_of(&Rc::clone(class)),
        None => value.clone(),
    }
}

/// True for a method of rows that gives rows again.
pub(crate) fn keeps_rows(value: &Value, name: &str) -> bool {
    KEEPING.contains(&name) && !name.starts_with("scalar") && classes_of(value).is_some()
}

fn list_of(value: &Value) -> Option<Rc<Related>> {
    match value {
        Value::Unknown(unknown) => unknown.list_of.clone(),
        _ => None,
    }
}

/// What calling a method of such an answer does.
pub(crate) enum Method {
    /// It is a function of the class, which is called.
    Own,
    /// It gives such objects again.
    Keeps,
    /// Another one.
    Other,
}

/// What calling a method of an answer that consists of objects of a class does.
pub(crate) fn method(
    ev: &mut Interp<'_>,
    value: &Value,
    class: &Rc<Class>,
    name: &str,
) -> R<Method> {
    if KEEPING.contains(&name) {
        return Ok(Method::Keeps);
    }
    match class.lookup(name) {
        Some(Value::Function(_) | Value::Object(_)) => Ok(Method::Own),
        _ if CHANGING.contains(&name) => match list_of(value) {
            Some(related) if !super::related::may_change(&related) => Err(ev.unreadable(format!(
                "`{name}()` of `{}.{}` may write what is not modelled",
                related.owner.name, related.name
            ))),
            _ => Ok(Method::Other),
        },
        _ => Ok(Method::Other),
    }
}

/// `answer.name`
pub(crate) fn attribute(ev: &mut Interp<'_>, value: &Value, class: &Rc<Class>, name: &str) -> R {
    if *class.name == *name {
        return Ok(value.clone());
    }
    let Some(found) = class.lookup(name) else {
        return Ok(ev.answer());
    };
    if found.downcast_ref::<ColumnObj>().is_some() {
        return Ok(ev.answer());
    }
    if let Some(relationship) = found.downcast::<Relationship>() {
        let related = relationship.related(ev, class, name)?;
        let answer = ev.answer_of(&related.target);
        return Ok(match answer {
            Value::Unknown(unknown) if related.uselist => {
                let mut unknown = (*unknown).clone();
                unknown.list_of = Some(related);
                Value::Unknown(Rc::new(unknown))
            }
            other => other,
        });
    }
    match &found {
        Value::Function(_) | Value::Object(_) => ev.bind_descriptor(&found, value, class),
        Value::Opaque(_) => Ok(found),
        _ => Ok(ev.answer()),
    }
}

/// `answer.name = new`: fails for what is not known to be possible.
pub(crate) fn set(
    ev: &mut Interp<'_>,
    value: &Value,
    class: &Rc<Class>,
    name: &str,
    new: &Value,
) -> R<()> {
    let mapper = mapper(ev, class)?;
    let found = class.lookup(name);
    let column = found.as_ref().and_then(|it| it.downcast::<ColumnObj>());
    if let Some(column) = column {
        if mapper.primary_key().any(|(key, _)| &**key == name) {
            return Err(ev.unreadable("a primary key is changed, which is not modelled"));
        }
        if new.is_none() && super::flush::of_none(&column) == super::flush::OfNone::Own {
            return Err(super::flush::none_in_json(ev, name));
        }
        if !ev.is_answer(new) {
            ev.need_known(new, &format!("the value of `{name}`"))?;
        }
        ev.effects += 1;
        return Ok(());
    }
    if let Some(relationship) = found.as_ref().and_then(|it| it.downcast::<Relationship>()) {
        let related = relationship.related(ev, class, name)?;
        if super::related::may_set(ev, &related)? {
            if !ev.is_answer(new) {
                ev.need_known(new, &format!("the value of `{name}`"))?;
            }
            ev.effects += 1;
            return Ok(());
        }
    }
    // A property sets what it sets.
    if let Some(Value::Object(object)) = &found
        && Rc::clone(object).descr_set(ev, value, new)?
    {
        return Ok(());
    }
    match found {
        Some(Value::Object(_) | Value::Opaque(_)) => Err(ev.unreadable(format!(
            "`{}.{name}`, which is no column, is set on what the database holds",
            class.name
        ))),
        _ => Ok(()),
    }
}
