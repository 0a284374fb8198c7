//! What joins join on where nothing is said: the foreign key between the two sides, as SQLAlchemy finds it.

use std::rc::Rc;

use limbeck_schema::{ConstraintBody, ForeignKeyConstraint};

use crate::alchemy::schema::column::ColumnObj;
use crate::alchemy::schema::table::TableObj;
use crate::alchemy::sql::clause::FromRef;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{CmpOp, NativeObject, Value};

/// A referred column and the column that refers to it.
pub(crate) type Pair = (Rc<ColumnObj>, Rc<ColumnObj>);

/// The column of that name in the database.
fn named(table: &TableObj, name: &str) -> Option<Rc<ColumnObj>> {
    let columns = table.columns.borrow();
    let mut columns = columns.iter();
    columns
        .find(|column| column.column.borrow().name.text == name)
        .cloned()
}

/// The foreign keys of a table that refer to another one, each as its pairs of columns.
pub(crate) fn foreign_keys(referring: &TableObj, referred: &TableObj) -> Vec<Vec<Pair>> {
    let pairs = |key: &ForeignKeyConstraint, own: Option<&Rc<ColumnObj>>| {
        if key.referred_table != referred.name {
            return None;
        }
        let columns = match own {
            Some(own) => vec![Rc::clone(own)],
            None => {
                let found = key.columns.iter();
                found
                    .map(|name| named(referring, &name.text))
                    .collect::<Option<Vec<_>>>()?
            }
        };
        let mut pairs = Vec::new();
        for (at, column) in columns.into_iter().enumerate() {
            let name = match key.referred_columns.get(at) {
                Some(name) => name.text.clone(),
                None => column.column.borrow().name.text.clone(),
            };
            pairs.push((named(referred, &name)?, column));
        }
        Some(pairs)
    };
    let mut found = Vec::new();
    for column in referring.columns.borrow().iter() {
        for key in &column.column.borrow().foreign_keys {
            if let ConstraintBody::ForeignKey(body) = &key.constraint.body {
                found.extend(pairs(body, Some(column)));
            }
        }
    }
    for constraint in referring.constraints.borrow().iter() {
        if let ConstraintBody::ForeignKey(body) = &constraint.body {
            found.extend(pairs(body, None));
        }
    }
    found
}

/// The foreign keys between two tables, in either direction.
pub(crate) fn between(left: &Rc<TableObj>, right: &Rc<TableObj>) -> Vec<Vec<Pair>> {
    let mut found = foreign_keys(right, left);
    if !Rc::ptr_eq(left, right) {
        found.extend(foreign_keys(left, right));
    }
    found
}

/// The tables of a join, the last one last; nothing where a part is no table.
fn tables(from: &FromRef) -> Option<Vec<Rc<TableObj>>> {
    match from {
        FromRef::Table(table) => Some(vec![Rc::clone(table)]),
        FromRef::Derived(derived) if !derived.inner.is_empty() => {
            let parts = derived.inner.iter().map(tables);
            Some(parts.collect::<Option<Vec<_>>>()?.concat())
        }
        FromRef::Derived(_) => None,
    }
}

/// The pairs that a join of two sides is about: of the table that was joined last, or else of any.
fn pairs(left: &FromRef, right: &FromRef) -> Vec<Vec<Pair>> {
    let (Some(left), Some(right)) = (tables(left), tables(right)) else {
        return Vec::new();
    };
    let [right] = right.as_slice() else {
        return Vec::new();
    };
    let last = left
        .last()
        .map_or_else(Vec::new, |last| between(last, right));
    let mut found = match last.is_empty() {
        true => left.iter().flat_map(|left| between(left, right)).collect(),
        false => last,
    };
    // Several constraints that say the same are one.
    found.dedup_by(|one, other| {
        one.len() == other.len()
            && one
                .iter()
                .zip(other.iter())
                .all(|(one, other)| Rc::ptr_eq(&one.0, &other.0) && Rc::ptr_eq(&one.1, &other.1))
    });
    found
}

/// True where a foreign key leads from one side to the other.
pub(crate) fn can_join(left: &FromRef, right: &FromRef) -> bool {
    !pairs(left, right).is_empty()
}

/// `referred = referring` for each pair, joined by AND.
pub(crate) fn equalities(ev: &mut Interp<'_>, pairs: &[Pair]) -> R {
    let as_value = |column: &Rc<ColumnObj>| {
        let column: Rc<dyn NativeObject> = Rc::clone(column) as _;
        Value::Object(column)
    };
    let mut all: Option<Value> = None;
    for (referred, referring) in pairs {
        let one = ev.compare(CmpOp::Eq, &as_value(referred), &as_value(referring))?;
        all = Some(match all {
            Some(before) => {
                let and = ev.import("sqlalchemy")?;
                ev.call_method(&and, "and_", crate::Args::positional(vec![before, one]))?
            }
            None => one,
        });
    }
    Ok(all.unwrap_or(Value::None))
}

/// The condition of `left.join(right)`.
pub(crate) fn implied_condition(ev: &mut Interp<'_>, left: &FromRef, right: &FromRef) -> R {
    match pairs(left, right).as_slice() {
        [pairs] => equalities(ev, pairs),
        [] => Err(ev.unreadable("no foreign key says what this join is on")),
        _ => Err(ev.unreadable("several foreign keys could be what this join is on")),
    }
}
