//! A table as SQLAlchemy holds it: implied primary keys and constraints made explicit, names after the convention,
//! constraints in the order they were created.

use limbeck_diag::Result;
use limbeck_schema::{
    Autoincrement, Column, Constraint, ConstraintBody, ConstraintName, DialectOptions, Expr, Index,
    IndexElement, Name, NamingConvention, PrimaryKeyConstraint, ServerDefault, Table, TableName,
    UniqueConstraint,
};

use super::named_type::inherit_schema;
use super::type_check::{self, TypeCheck};
use super::{Writer, convention_error, python_error};
use crate::dialect::{SqlAlchemyVersion, Target};
use crate::types::{Affinity, type_affinity};

/// The primary key: always there, perhaps without columns.
#[derive(Debug, Clone)]
pub(crate) struct BoundKey {
    pub(crate) constraint: Constraint,
    pub(crate) columns: Vec<Name>,
    /// Made from `primary_key=True` of columns.
    pub(crate) implicit: bool,
}

/// A constraint of the table, or the CHECK that a type brings along.
#[derive(Debug, Clone)]
pub(crate) enum BoundConstraint {
    Plain(Constraint),
    Type(TypeCheck),
}

/// A table ready to be written.
#[derive(Debug, Clone)]
pub(crate) struct BoundTable {
    pub(crate) name: TableName,
    pub(crate) columns: Vec<Column>,
    pub(crate) key: BoundKey,
    pub(crate) constraints: Vec<BoundConstraint>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) comment: Option<String>,
    pub(crate) prefixes: Vec<String>,
    pub(crate) options: DialectOptions,
    /// The key column that counts by itself, or why none can: SQLAlchemy looks only when it needs to know.
    autoincrement: Result<Option<String>>,
}

impl BoundTable {
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.text == name)
    }

    /// Whether a foreign key starts at the column.
    pub(crate) fn is_foreign(&self, column: &Column) -> bool {
        is_foreign(column, &self.constraints)
    }

    /// The key column that counts by itself (`_autoincrement_column`).
    ///
    /// # Errors
    /// A column that cannot count was asked to.
    pub(crate) fn autoincrement(&self) -> Result<Option<&str>> {
        match &self.autoincrement {
            Ok(column) => Ok(column.as_deref()),
            Err(error) => Err(error.clone()),
        }
    }

    /// Whether `column` is the one that counts by itself.
    pub(crate) fn is_autoincrement(&self, column: &Column) -> Result<bool> {
        Ok(self.autoincrement()? == Some(column.name.text.as_str()))
    }
}

/// An error if even a table without columns cannot have its primary key named: SQLAlchemy names the implicit one at once.
pub(crate) fn check_convention(convention: &NamingConvention, table: &TableName) -> Result<()> {
    let key = Constraint::new(
        ConstraintName::None,
        ConstraintBody::PrimaryKey(PrimaryKeyConstraint::default()),
    );
    convention
        .constraint_name(table, &key)
        .map(|_| ())
        .map_err(|error| convention_error(&error))
}

/// Makes explicit what SQLAlchemy implies when it builds a `Table`.
pub(crate) fn bind_table(
    table: &Table,
    convention: &NamingConvention,
    writer: &Writer<'_>,
) -> Result<BoundTable> {
    let target = writer.target;
    check_convention(convention, &table.name)?;
    let mut columns = table.columns.clone();
    for (at, column) in columns.iter_mut().enumerate() {
        if table
            .columns
            .iter()
            .take(at)
            .any(|other| other.name.text == column.name.text)
        {
            return Err(python_error(format!(
                "A column with name '{}' is already present in table '{}'.",
                column.name, table.name.name
            )));
        }
        if let (Some(schema), Some(type_)) = (&table.name.schema, &mut column.type_) {
            inherit_schema(type_, schema);
        }
        for check in &mut column.checks {
            check.name = constraint_name(convention, &table.name, check)?;
        }
        if !column.nullable_given
            && matches!(column.server_default, Some(ServerDefault::Identity(_)))
        {
            column.nullable = false;
        }
    }
    let key = bind_key(table, &mut columns, writer)?;
    let mut constraints = Vec::new();
    for constraint in &table.constraints {
        if matches!(constraint.body, ConstraintBody::PrimaryKey(_)) {
            continue;
        }
        let mut constraint = constraint.clone();
        resolve_columns(&mut constraint, table)?;
        constraint.name = constraint_name(convention, &table.name, &constraint)?;
        constraints.push(BoundConstraint::Plain(constraint));
    }
    let mut indexes = Vec::new();
    for column in &columns {
        bind_column(
            table,
            column,
            convention,
            target,
            &mut constraints,
            &mut indexes,
        )?;
    }
    for index in &table.indexes {
        indexes.push(bind_index(&table.name, index, convention)?);
    }
    // SQLAlchemy keeps a set; Alembic's own order is not stable for several.
    let mut key = key;
    key.constraint.name = convention
        .constraint_name(&table.name, &key.constraint)
        .map_err(|error| convention_error(&error))?;
    let autoincrement =
        autoincrement_column(&table.name, &key.columns, &columns, &constraints, target);
    Ok(BoundTable {
        name: table.name.clone(),
        columns,
        key,
        constraints,
        indexes,
        comment: table.comment.clone(),
        prefixes: table.prefixes.clone(),
        options: table.options.clone(),
        autoincrement,
    })
}

fn bind_key(table: &Table, columns: &mut [Column], writer: &Writer<'_>) -> Result<BoundKey> {
    let flagged: Vec<Name> = columns
        .iter()
        .filter(|column| column.primary_key)
        .map(|column| column.name.clone())
        .collect();
    let explicit = table
        .constraints
        .iter()
        .rev()
        .find(|constraint| matches!(constraint.body, ConstraintBody::PrimaryKey(_)));
    let Some(explicit) = explicit else {
        let body = PrimaryKeyConstraint {
            columns: flagged.clone(),
        };
        return Ok(BoundKey {
            constraint: Constraint::new(ConstraintName::None, ConstraintBody::PrimaryKey(body)),
            columns: flagged,
            implicit: true,
        });
    };
    let mut constraint = explicit.clone();
    resolve_columns(&mut constraint, table)?;
    let ConstraintBody::PrimaryKey(body) = &mut constraint.body else {
        return Err(python_error("a primary key that is none"));
    };
    let same = flagged.len() == body.columns.len()
        && flagged
            .iter()
            .all(|name| body.columns.iter().any(|it| it.text == name.text));
    if !body.columns.is_empty() && !flagged.is_empty() && !same {
        let list = |names: &[Name]| {
            names
                .iter()
                .map(|name| format!("'{name}'"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let own = list(&body.columns);
        writer.warn(format!(
            "Table '{}' specifies columns {} as primary_key=True, not matching locally specified columns {own}; setting the current primary key columns to {own}. This warning may become an exception in a future release",
            table.name.name,
            list(&flagged),
        ));
    }
    if body.columns.is_empty() {
        body.columns = flagged;
    }
    for column in columns {
        if body
            .columns
            .iter()
            .any(|name| name.text == column.name.text)
        {
            column.primary_key = true;
            if !column.nullable_given {
                column.nullable = false;
            }
        }
    }
    let names = body.columns.clone();
    Ok(BoundKey {
        constraint,
        columns: names,
        implicit: false,
    })
}

/// Constraints name columns by key; from here on they have their names.
fn resolve_columns(constraint: &mut Constraint, table: &Table) -> Result<()> {
    let (class, names) = match &mut constraint.body {
        ConstraintBody::PrimaryKey(it) => ("PrimaryKeyConstraint", &mut it.columns),
        ConstraintBody::Unique(it) => ("UniqueConstraint", &mut it.columns),
        ConstraintBody::ForeignKey(it) => ("ForeignKeyConstraint", &mut it.columns),
        ConstraintBody::Check(_) | ConstraintBody::Exclude(_) => return Ok(()),
    };
    for name in names {
        let column = table
            .columns
            .iter()
            .find(|column| column.key.as_deref().unwrap_or(&column.name.text) == name.text)
            .or_else(|| table.column(&name.text));
        match column {
            Some(column) => *name = column.name.clone(),
            None => {
                return Err(python_error(format!(
                    "Can't create {class} on table '{}': no column named '{name}' is present.",
                    table.name.name
                )));
            }
        }
    }
    Ok(())
}

/// An error for a foreign key to a column that the new table itself does not have: Alembic adds it, without a type.
pub(crate) fn check_own_targets(table: &BoundTable) -> Result<()> {
    let own = table.name.to_string();
    for constraint in &table.constraints {
        let BoundConstraint::Plain(Constraint {
            body: ConstraintBody::ForeignKey(body),
            ..
        }) = constraint
        else {
            continue;
        };
        if body.referred_table.to_string() != own {
            continue;
        }
        let has = |name: &&Name| {
            let mut columns = table.columns.iter();
            columns.any(|it| it.name.text == name.text || it.key.as_deref() == Some(&*name.text))
        };
        if let Some(missing) = body.referred_columns.iter().find(|name| !has(name)) {
            return Err(super::compile_error(format!(
                "(in table '{}', column '{missing}'): Can't generate DDL for NullType(); did you forget to specify a type on this Column?",
                table.name.name
            )));
        }
    }
    Ok(())
}

/// What a column brings to its table: `unique=True`, `index=True`, the CHECK of its type, its foreign keys.
fn bind_column(
    table: &Table,
    column: &Column,
    convention: &NamingConvention,
    target: &Target,
    constraints: &mut Vec<BoundConstraint>,
    indexes: &mut Vec<Index>,
) -> Result<()> {
    let unique = column.unique == Some(true);
    if column.index == Some(true) {
        let index = Index {
            name: ConstraintName::None,
            elements: vec![IndexElement::Column(column.name.clone())],
            unique,
            column_flag: true,
            options: DialectOptions::new(),
        };
        indexes.push(bind_index(&table.name, &index, convention)?);
    } else if unique {
        let body = UniqueConstraint {
            columns: vec![column.name.clone()],
        };
        let mut constraint = Constraint::new(ConstraintName::None, ConstraintBody::Unique(body));
        constraint.name = constraint_name(convention, &table.name, &constraint)?;
        constraints.push(BoundConstraint::Plain(constraint));
    }
    if let Some(check) = type_check::of_column(&table.name, column, convention, target)? {
        constraints.push(BoundConstraint::Type(check));
    }
    for foreign_key in &column.foreign_keys {
        let mut constraint = foreign_key.constraint.clone();
        if let ConstraintBody::ForeignKey(body) = &mut constraint.body {
            body.columns = vec![column.name.clone()];
            // `ForeignKey("table")` means the column of the same name, which only a table that is known can have.
            if body.referred_columns.is_empty() && body.referred_table == table.name {
                body.referred_columns = vec![column.name.clone()];
            }
        }
        constraint.name = constraint_name(convention, &table.name, &constraint)?;
        constraints.push(BoundConstraint::Plain(constraint));
    }
    Ok(())
}

/// The name of a constraint after the convention. A foreign key whose target is not in the metadata cannot be asked for
/// the target's columns.
pub(crate) fn constraint_name(
    convention: &NamingConvention,
    table: &TableName,
    constraint: &Constraint,
) -> Result<ConstraintName> {
    if let (ConstraintBody::ForeignKey(body), ConstraintName::None) =
        (&constraint.body, &constraint.name)
        && convention
            .template(limbeck_schema::ConstraintKind::ForeignKey)
            .is_some_and(|template| template.contains("%(referred_column_"))
        && body.referred_table != *table
    {
        let column = body.columns.first().map(Name::as_str).unwrap_or_default();
        let referred = body
            .referred_columns
            .first()
            .map(Name::as_str)
            .unwrap_or_default();
        return Err(python_error(format!(
            "Foreign key associated with column '{}.{column}' could not find table '{}' with which to generate a foreign key to target column '{referred}'",
            table, body.referred_table
        )));
    }
    let mut named = constraint.clone();
    if let ConstraintBody::Check(check) = &mut named.body
        && check.type_bound.is_none()
    {
        check.type_bound = type_check::any_column(&check.sqltext).map(|column| column.name.clone());
    }
    convention
        .constraint_name(table, &named)
        .map_err(|error| convention_error(&error))
}

/// An index with its final name.
pub(crate) fn bind_index(
    table: &TableName,
    index: &Index,
    convention: &NamingConvention,
) -> Result<Index> {
    let (named, bare) = index_columns(index);
    let convention = if bare {
        without_label(convention)
    } else {
        convention.clone()
    };
    let name = convention
        .index_name(table, &named)
        .map_err(|error| convention_error(&error))?;
    Ok(Index {
        name,
        ..index.clone()
    })
}

fn is_foreign(column: &Column, constraints: &[BoundConstraint]) -> bool {
    constraints.iter().any(|constraint| match constraint {
        BoundConstraint::Plain(Constraint {
            body: ConstraintBody::ForeignKey(body),
            ..
        }) => body
            .columns
            .iter()
            .any(|name| name.text == column.name.text),
        BoundConstraint::Plain(_) | BoundConstraint::Type(_) => false,
    })
}

/// The index as conventions see it: every element as the column it stands for. Alembic makes a column of a text; an
/// expression stands for the first column in it, which is `bare` where it belongs to no table.
fn index_columns(index: &Index) -> (Index, bool) {
    let mut named = index.clone();
    let mut bare = false;
    named.elements = index
        .elements
        .iter()
        .enumerate()
        .map(|(at, element)| match element {
            IndexElement::Column(_) => element.clone(),
            IndexElement::Expr(Expr::Text(text)) => {
                IndexElement::Column(Name::new(text.sql.clone()))
            }
            IndexElement::Expr(expr) => match type_check::any_column(expr) {
                Some(column) => {
                    bare |= at == 0 && column.table.is_none();
                    IndexElement::Column(column.name.clone())
                }
                None => element.clone(),
            },
        })
        .collect();
    (named, bare)
}

/// A column without a table has its name for a label.
fn without_label(convention: &NamingConvention) -> NamingConvention {
    let mut convention = convention.clone();
    for template in convention.templates.values_mut() {
        *template = template.replace("%(column_0_label)s", "%(column_0_name)s");
    }
    convention
}

/// `PrimaryKeyConstraint._autoincrement_column`
fn autoincrement_column(
    table: &TableName,
    key: &[Name],
    columns: &[Column],
    constraints: &[BoundConstraint],
    target: &Target,
) -> Result<Option<String>> {
    let mut members = Vec::with_capacity(key.len());
    for name in key {
        members.extend(columns.iter().find(|column| column.name.text == name.text));
    }
    if let [column] = members.as_slice() {
        let counts = match column.autoincrement {
            Autoincrement::True => can_count(table, column, true, false, target)?,
            Autoincrement::Auto | Autoincrement::IgnoreFk => {
                let foreign = is_foreign(column, constraints);
                can_count(table, column, false, foreign, target)?
            }
            Autoincrement::False => false,
        };
        return Ok(counts.then(|| column.name.text.clone()));
    }
    let mut found: Option<&Column> = None;
    for column in members {
        if column.autoincrement != Autoincrement::True {
            continue;
        }
        can_count(table, column, true, false, target)?;
        if let Some(other) = found {
            return Err(python_error(format!(
                "Only one Column may be marked autoincrement=True, found both {} and {}.",
                column.name, other.name
            )));
        }
        found = Some(column);
    }
    Ok(found.map(|column| column.name.text.clone()))
}

fn can_count(
    table: &TableName,
    column: &Column,
    asked: bool,
    foreign: bool,
    target: &Target,
) -> Result<bool> {
    let affinity = match &column.type_ {
        Some(type_) => type_affinity(type_, target.sqlalchemy),
        None => Affinity::NullType,
    };
    let type_text = || {
        column
            .type_
            .as_ref()
            .map_or_else(|| "NULL".to_owned(), crate::types::generic_name)
    };
    match (affinity, target.sqlalchemy) {
        (Affinity::Integer, _) | (Affinity::Numeric, SqlAlchemyVersion::V2_0) => {}
        (Affinity::Numeric, SqlAlchemyVersion::V2_1) => {
            let scale = column.type_.as_ref().and_then(|type_| type_.scale);
            if asked && scale != Some(0) {
                let scale = scale.map_or_else(|| "None".to_owned(), |scale| scale.to_string());
                return Err(python_error(format!(
                    "Column type {} with non-zero scale {scale} on column '{}.{}' is not compatible with autoincrement=True",
                    type_text(),
                    table.name,
                    column.name
                )));
            }
            return Ok(asked);
        }
        _ if asked => {
            return Err(python_error(format!(
                "Column type {} on column '{}.{}' is not compatible with autoincrement=True",
                type_text(),
                table.name,
                column.name
            )));
        }
        _ => return Ok(false),
    }
    if asked {
        return Ok(true);
    }
    let server_default = match &column.server_default {
        None | Some(ServerDefault::Identity(_)) => false,
        Some(
            ServerDefault::Text(_)
            | ServerDefault::Expr(_)
            | ServerDefault::Computed(_)
            | ServerDefault::Fetched,
        ) => true,
    };
    let foreign = foreign && column.autoincrement != Autoincrement::IgnoreFk;
    Ok(!column.has_python_default && !server_default && !foreign)
}
