//! What a table shows of its parts: its primary key, constraints and indexes.

use std::cell::RefCell;
use std::rc::Rc;

use limbeck_schema::{
    Constraint, ConstraintBody, ConstraintName, Index, IndexElement, Name, NamingConvention,
    PrimaryKeyConstraint, UniqueConstraint,
};

use crate::alchemy::schema::constraint::{ConstraintObj, IndexObj, ItemKind};
use crate::alchemy::schema::table::TableObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{NativeObject, Value};

/// Constraints or indexes of a table. In Python it is a set that may be changed; this one can only be looked at.
struct PartsObj {
    items: Vec<Value>,
}

impl NativeObject for PartsObj {
    fn type_name(&self) -> String {
        "set".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "add",
            "clear",
            "discard",
            "remove",
            "pop",
            "update",
            "difference_update",
            "intersection_update",
            "symmetric_difference_update",
        ]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        _args: Args,
    ) -> R<Option<Value>> {
        Err(ev.unreadable(format!(
            "`{name}()` of the parts of a table is not modelled"
        )))
    }

    fn iterate(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Vec<Value>>> {
        Ok(Some(self.items.clone()))
    }

    fn len(&self, _ev: &mut Interp<'_>) -> R<Option<usize>> {
        Ok(Some(self.items.len()))
    }

    fn truth(&self, _ev: &mut Interp<'_>) -> R<bool> {
        Ok(!self.items.is_empty())
    }
}

/// Names that a convention makes are not told here, except those of SQLAlchemy's own.
fn need_plain_names(ev: &mut Interp<'_>, table: &TableObj) -> R<()> {
    let convention = table.naming_convention(ev)?;
    if convention == NamingConvention::default() {
        return Ok(());
    }
    Err(ev.unreadable(format!(
        "the parts of the table `{}`, whose metadata has a naming convention of its own",
        table.name
    )))
}

fn value(table: &Rc<TableObj>, constraint: Constraint) -> Value {
    Value::object(ConstraintObj {
        constraint: RefCell::new(constraint),
        kind: ItemKind::Constraint,
        table: RefCell::new(Some(table.name.clone())),
        home: RefCell::new(Rc::downgrade(table)),
        target: None,
    })
}

fn key_of(table: &TableObj) -> Constraint {
    let constraints = table.constraints.borrow();
    let mut given = constraints.iter();
    let given = given.find(|it| matches!(&it.body, ConstraintBody::PrimaryKey(_)));
    let mut key = given.cloned().unwrap_or_else(|| {
        let body = ConstraintBody::PrimaryKey(PrimaryKeyConstraint::default());
        Constraint::new(ConstraintName::None, body)
    });
    if let ConstraintBody::PrimaryKey(body) = &mut key.body
        && body.columns.is_empty()
    {
        let columns = table.columns.borrow();
        let flagged = columns.iter().filter(|it| it.column.borrow().primary_key);
        body.columns = flagged.map(|it| it.column.borrow().name.clone()).collect();
    }
    key
}

/// `table.primary_key`
pub(super) fn primary_key(ev: &mut Interp<'_>, table: &Rc<TableObj>) -> R {
    need_plain_names(ev, table)?;
    Ok(value(table, key_of(table)))
}

/// `table.constraints`
pub(super) fn constraints(ev: &mut Interp<'_>, table: &Rc<TableObj>) -> R {
    need_plain_names(ev, table)?;
    let mut found = vec![key_of(table)];
    found.extend(
        table
            .constraints
            .borrow()
            .iter()
            .filter(|it| !matches!(it.body, ConstraintBody::PrimaryKey(_)))
            .cloned(),
    );
    for column in table.columns.borrow().iter() {
        let described = column.schema_column(ev)?;
        let type_ = described.type_.as_ref();
        if type_.is_some_and(|it| it.create_constraint || !it.variants.is_empty()) {
            return Err(ev.unreadable(format!(
                "the constraints of the table `{}`: the type of `{}` may bring one",
                table.name, described.name
            )));
        }
        for key in &described.foreign_keys {
            let mut constraint = key.constraint.clone();
            if let ConstraintBody::ForeignKey(body) = &mut constraint.body {
                body.columns = vec![described.name.clone()];
            }
            found.push(constraint);
        }
        if described.unique == Some(true) && described.index != Some(true) {
            let body = ConstraintBody::Unique(UniqueConstraint {
                columns: vec![described.name.clone()],
            });
            found.push(Constraint::new(ConstraintName::None, body));
        }
    }
    let items = found.into_iter().map(|it| value(table, it)).collect();
    Ok(Value::object(PartsObj { items }))
}

/// `table.indexes`
pub(super) fn indexes(ev: &mut Interp<'_>, table: &Rc<TableObj>) -> R {
    need_plain_names(ev, table)?;
    let mut found = table.indexes.borrow().clone();
    if found.iter().any(|it| it.name == ConstraintName::None) {
        return Err(ev.unreadable(format!(
            "the indexes of the table `{}`, one of which has no name",
            table.name
        )));
    }
    for column in table.columns.borrow().iter() {
        let column = column.column.borrow();
        if column.index == Some(true) {
            let label = format!(
                "ix_{}_{}",
                table.name.to_string().replace('.', "_"),
                column.name
            );
            found.push(Index {
                name: ConstraintName::Given(Name::new(label)),
                elements: vec![IndexElement::Column(column.name.clone())],
                unique: column.unique == Some(true),
                column_flag: true,
                options: limbeck_schema::DialectOptions::new(),
            });
        }
    }
    let items = found.into_iter().map(|index| {
        Value::object(IndexObj {
            index,
            table: RefCell::new(Some(table.name.clone())),
            home: RefCell::new(Rc::downgrade(table)),
        })
    });
    let items = items.collect();
    Ok(Value::object(PartsObj { items }))
}

/// The columns of that table by name, as a constraint or an index shows them.
pub(super) fn columns(ev: &mut Interp<'_>, table: Option<Rc<TableObj>>, names: &[Name]) -> R {
    let Some(table) = table else {
        return Err(ev.unreadable("the columns of a constraint or an index without a table"));
    };
    let mut items = Vec::new();
    for name in names {
        let columns = table.columns.borrow();
        let found = columns
            .iter()
            .find(|it| it.column.borrow().name.text == name.text || it.key() == name.text);
        match found {
            Some(column) => items.push(Value::Object(Rc::clone(column) as Rc<dyn NativeObject>)),
            None => {
                return Err(ev.unreadable(format!(
                    "the column `{name}` of a constraint or an index is not in the table `{}`",
                    table.name
                )));
            }
        }
    }
    Ok(Value::object(PartsObj { items }))
}
