//! Aliases, subqueries, joins and common table expressions.

use std::rc::Rc;

use limbeck_schema::{ColumnType, FromClause, Name, SelectSet};

use crate::alchemy::sql::clause::{Clause, FromRef};
use crate::value::Value;

/// What a derived FROM object is.
pub(crate) enum DerivedKind {
    /// A table, join, subquery or function under a name.
    From(FromClause),
    /// A common table expression: its query.
    Cte(Box<limbeck_schema::Cte>),
}

/// Something that an expression reads from, other than a table.
pub(crate) struct Derived {
    pub(crate) kind: DerivedKind,
    /// Its name in expressions.
    pub(crate) name: Option<Name>,
    pub(crate) columns: Vec<(Name, Option<ColumnType>)>,
    /// For a join: the tables inside, which provide the columns.
    pub(crate) inner: Vec<FromRef>,
    /// The query, for a subquery that is used as a value.
    pub(crate) query: Option<SelectSet>,
    pub(crate) ctes: Vec<Rc<Derived>>,
    /// For a recursive common table expression that is joined with itself: its first part.
    pub(crate) restates: Option<Rc<Derived>>,
}

impl Derived {
    /// The subquery as a value.
    pub(crate) fn as_scalar(&self) -> Option<Clause> {
        let query = self.query.clone()?;
        let type_ = self.columns.first().and_then(|(_, type_)| type_.clone());
        let expr = limbeck_schema::Expr::Subquery(Box::new(query));
        let mut clause = Clause::new(expr, type_);
        clause.ctes.clone_from(&self.ctes);
        Some(clause)
    }

    /// As a Python value.
    pub(crate) fn into_value(self) -> Value {
        Value::object(self)
    }
}

impl Derived {
    fn reference(&self) -> Option<limbeck_schema::TableName> {
        self.name.clone().map(limbeck_schema::TableName::new)
    }

    /// The column of that name.
    pub(crate) fn column(&self, from: &FromRef, key: &str) -> Option<Value> {
        if !self.inner.is_empty() {
            return None;
        }
        let table = self.reference()?;
        let (name, type_) = self.columns.iter().find(|(name, _)| name.text == key)?;
        let mut clause = crate::alchemy::sql::clause::column_of(from, table, name, type_);
        clause.ctes.clone_from(&self.ctes);
        Some(clause.value())
    }

    /// Every column.
    pub(crate) fn all_columns(&self, from: &FromRef) -> Vec<Value> {
        self.columns
            .iter()
            .filter_map(|(name, _)| self.column(from, &name.text))
            .collect()
    }
}

impl crate::value::NativeObject for Derived {
    fn type_name(&self) -> String {
        "Subquery".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["union", "union_all", "join", "outerjoin", "select"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut crate::eval::Interp<'_>,
        name: &str,
        args: crate::args::Args,
    ) -> crate::flow::R<Option<Value>> {
        if let Some(unknown) = crate::alchemy::convert::first_unknown(&args) {
            return Ok(Some(unknown));
        }
        let this = Value::Object(Rc::clone(&self) as Rc<dyn crate::value::NativeObject>);
        Ok(Some(match name {
            "join" | "outerjoin" => crate::alchemy::sql::select::join_method(ev, this, name, args)?,
            "select" => {
                args.bind(ev, name, "")?;
                let entities = crate::args::Args::positional(vec![this]);
                crate::alchemy::sql::select::select(ev, entities)?
            }
            _ => crate::alchemy::sql::cte::restated(ev, &self, name, args)?,
        }))
    }

    fn get_attr(
        self: Rc<Self>,
        _ev: &mut crate::eval::Interp<'_>,
        name: &str,
    ) -> crate::flow::R<Option<Value>> {
        Ok(match name {
            "c" | "columns" => Some(Value::object(crate::alchemy::schema::table::ColumnsObj {
                from: FromRef::Derived(self),
            })),
            _ => None,
        })
    }
}
