//! The CHECK constraint that `Boolean` and `Enum` bring to their table where the database has no such type.

use limbeck_diag::{Error, Result};
use limbeck_schema::{
    Bind, CheckConstraint, Column, ColumnRef, ColumnType, Constraint, ConstraintBody,
    ConstraintName, Expr, InItems, Literal, Name, NamingConvention, TableName, TypeClass,
};

use super::{compile_error, convention_error};
use crate::dialect::{Dialect, Target};
use crate::types::resolve_variant;

/// The CHECK of a type. A nameless one gets its name only when it is written.
#[derive(Debug, Clone)]
pub(crate) struct TypeCheck {
    pub(crate) constraint: Constraint,
    /// Whether this dialect writes it.
    pub(crate) written: bool,
    /// The element type of an array, which PostgreSQL cannot check.
    pub(crate) of_array: bool,
    /// Why it cannot be named; it matters only when it is written.
    unnamed: Option<Error>,
}

/// The CHECK that the type of a column asks for (`create_constraint=True`); `None` where it asks for none.
pub(crate) fn of_column(
    table: &TableName,
    column: &Column,
    convention: &NamingConvention,
    target: &Target,
) -> Result<Option<TypeCheck>> {
    let Some(declared) = &column.type_ else {
        return Ok(None);
    };
    // Every variant sets up a constraint of its own, and only that of this dialect is written.
    let Some((type_, of_array)) = schema_type(resolve_variant(declared, target.dialect)) else {
        return Ok(None);
    };
    if !type_.create_constraint {
        return Ok(None);
    }
    let bare = |type_: Option<ColumnType>| {
        Expr::Column(ColumnRef {
            table: None,
            name: column.name.clone(),
            type_: type_.map(Box::new),
        })
    };
    let value = |literal: Literal, type_: &ColumnType| {
        Expr::Bind(Bind::value(literal, Some(type_.clone())))
    };
    let (written, expr, items) = if type_.class == TypeClass::Enum || is_enum(type_.class) {
        let text = ColumnType::string(None);
        let items = type_
            .labels
            .iter()
            .flat_map(|labels| &labels.labels)
            .map(|label| value(Literal::str(label.clone()), &text))
            .collect();
        let native = type_.native != Some(false) && target.caps.native_enum;
        (!native, bare(Some(text)), items)
    } else {
        let number = ColumnType::new(TypeClass::Integer);
        let items = vec![
            value(Literal::int(0), &number),
            value(Literal::int(1), &number),
        ];
        let written = !target.caps.native_boolean && target.dialect != Dialect::MsSql;
        (written, bare(Some(number)), items)
    };
    let name = match &type_.name {
        None => ConstraintName::None,
        Some(name) if type_.name_is_final => ConstraintName::Final(name.clone()),
        Some(name) => ConstraintName::Given(name.clone()),
    };
    let body = CheckConstraint {
        sqltext: Expr::In {
            expr: Box::new(expr),
            items: InItems::List(items),
            negated: false,
        },
        type_bound: Some(column.name.clone()),
    };
    let mut constraint = Constraint::new(name, ConstraintBody::Check(body));
    // A nameless one (`_NONE_NAME`) asks the convention when it is written, and not before.
    let mut unnamed = None;
    if written || constraint.name != ConstraintName::None {
        let waits = constraint.name == ConstraintName::None;
        let name = convention
            .constraint_name(table, &constraint)
            .map_err(|error| convention_error(&error));
        match name {
            Ok(name) => constraint.name = name,
            Err(error) if waits => unnamed = Some(error),
            Err(error) => return Err(error),
        }
    }
    Ok(Some(TypeCheck {
        constraint,
        written,
        of_array,
        unnamed,
    }))
}

impl TypeCheck {
    /// The constraint, where this dialect writes it.
    ///
    /// # Errors
    /// PostgreSQL has no CHECK for the elements of an array.
    pub(crate) fn written(&self, target: &Target) -> Result<Option<&Constraint>> {
        if !self.written {
            return Ok(None);
        }
        if self.of_array && target.dialect == Dialect::Postgres {
            return Err(compile_error(
                "PostgreSQL dialect cannot produce the CHECK constraint for ARRAY of non-native ENUM; please specify create_constraint=False on this Enum datatype.",
            ));
        }
        match &self.unnamed {
            Some(error) => Err(error.clone()),
            None => Ok(Some(&self.constraint)),
        }
    }
}

/// A type that brings something to its table, and whether it is the element of an array.
pub(crate) fn schema_type(type_: &ColumnType) -> Option<(&ColumnType, bool)> {
    match type_.class {
        TypeClass::Boolean | TypeClass::SqlBoolean | TypeClass::OraBoolean => Some((type_, false)),
        class if is_enum(class) => Some((type_, false)),
        TypeClass::PgDomain => Some((type_, false)),
        TypeClass::Array | TypeClass::PgArray => {
            let (item, _) = schema_type(type_.item.as_deref()?)?;
            Some((item, true))
        }
        TypeClass::Custom => schema_type(type_.custom.as_deref()?.impl_.as_deref()?),
        _ => None,
    }
}

/// Whether a class is an enumerated type.
pub(crate) fn is_enum(class: TypeClass) -> bool {
    matches!(
        class,
        TypeClass::Enum | TypeClass::PgEnum | TypeClass::MyEnum
    )
}

/// The first of a table's columns that an expression mentions: a convention may name a CHECK by it.
pub(crate) fn first_column(expr: &Expr, columns: &[Column]) -> Option<Name> {
    let is_it = |column: &ColumnRef| {
        column.table.is_some() && columns.iter().any(|it| it.name.text == column.name.text)
    };
    find_column(expr, &is_it).map(|column| column.name.clone())
}

/// The first column that an expression mentions.
pub(crate) fn any_column(expr: &Expr) -> Option<&ColumnRef> {
    find_column(expr, &|_| true)
}

fn find_column<'e>(expr: &'e Expr, is_it: &dyn Fn(&ColumnRef) -> bool) -> Option<&'e ColumnRef> {
    let in_one = |expr: &'e Expr| find_column(expr, is_it);
    match expr {
        Expr::Column(column) => is_it(column).then_some(column),
        Expr::Unary { operand, .. } => in_one(operand),
        Expr::Binary { left, right, .. } => in_one(left).or_else(|| in_one(right)),
        Expr::List { items, .. } | Expr::Tuple(items) | Expr::Array(items) => {
            items.iter().find_map(in_one)
        }
        Expr::Between {
            expr, low, high, ..
        } => in_one(expr)
            .or_else(|| in_one(low))
            .or_else(|| in_one(high)),
        Expr::In { expr, .. }
        | Expr::Cast { expr, .. }
        | Expr::TypeCoerce { expr, .. }
        | Expr::Collate { expr, .. }
        | Expr::Label { expr, .. }
        | Expr::Extract { expr, .. }
        | Expr::Grouping(expr) => in_one(expr),
        Expr::Function { args, .. } => args.iter().find_map(in_one),
        _ => None,
    }
}
