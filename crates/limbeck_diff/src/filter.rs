//! What the caller's functions are asked: `include_name`, `include_object`, `compare_type`,
//! `compare_server_default`.

use limbeck_diag::Result;
use limbeck_schema::{Column, Constraint, Index, Name, Table, TableName};

/// Decides whether an object takes part: `include_object`.
pub type Filter<'a> = dyn Fn(&Candidate<'_>) -> Result<bool> + 'a;

/// Decides whether something of the database is looked at: `include_name`.
pub type NameFilter<'a> = dyn Fn(&NamedThing<'_>) -> Result<bool> + 'a;

/// Decides whether a column of both sides differs, where it is not `None`: `compare_type` and
/// `compare_server_default` as functions.
pub type Differs<'a> = dyn Fn(&ColumnPair<'_>) -> Result<Option<bool>> + 'a;

/// A table or a part of one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Object<'a> {
    /// The table that it is or belongs to.
    pub table: &'a Table,
    /// Which part.
    pub part: Part<'a>,
}

/// A part of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Part<'a> {
    /// The table itself.
    Table,
    /// One of its columns.
    Column(&'a Column),
    /// One of its indexes.
    Index(&'a Index),
    /// One of its constraints.
    Constraint(&'a Constraint),
}

/// Something that `include_object` is asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<'a> {
    /// `table`, `column`, `index`, `unique_constraint` or `foreign_key_constraint`.
    pub kind: &'static str,
    /// Its name, if it has one.
    pub name: Option<&'a str>,
    /// What it is about.
    pub object: Object<'a>,
    /// Whether it comes from the database and the models do not have it.
    pub reflected: bool,
    /// What the other side has of that name.
    pub counterpart: Option<Object<'a>>,
}

/// Something of the database that `include_name` is asked about, before it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedThing<'a> {
    /// `schema`, `table`, `column`, `index`, `unique_constraint` or `foreign_key_constraint`.
    pub kind: &'static str,
    /// Its name; the default schema and unnamed constraints have none.
    pub name: Option<&'a str>,
    /// The table that it is or belongs to; none for a schema.
    pub table: Option<&'a TableName>,
}

/// A column that both sides have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColumnPair<'a> {
    /// As the database has it.
    pub database: &'a Column,
    /// As the models have it.
    pub metadata: &'a Column,
    /// The models' table.
    pub metadata_table: &'a Table,
    /// The default of the database as text, where it is compared.
    pub database_default: Option<&'a str>,
    /// The default of the models as text.
    pub metadata_default: Option<&'a str>,
}

impl<'a> Object<'a> {
    /// A table.
    #[must_use]
    pub fn table(table: &'a Table) -> Object<'a> {
        Object {
            table,
            part: Part::Table,
        }
    }

    /// A column of a table.
    #[must_use]
    pub fn column(table: &'a Table, column: &'a Column) -> Object<'a> {
        Object {
            table,
            part: Part::Column(column),
        }
    }
}

/// The functions of `context.configure` that take part in a comparison.
#[derive(Clone, Copy, Default)]
pub struct Functions<'a> {
    /// `include_object`; without it everything takes part.
    pub include_object: Option<&'a Filter<'a>>,
    /// `include_name`; without it everything is looked at.
    pub include_name: Option<&'a NameFilter<'a>>,
    /// `compare_type`, where it is a function.
    pub compare_type: Option<&'a Differs<'a>>,
    /// `compare_server_default`, where it is a function.
    pub compare_server_default: Option<&'a Differs<'a>>,
}

impl Functions<'_> {
    pub(crate) fn includes(&self, candidate: &Candidate<'_>) -> Result<bool> {
        self.include_object
            .map_or(Ok(true), |filter| filter(candidate))
    }

    /// Asks `include_name` about something of a table.
    pub(crate) fn names(
        &self,
        kind: &'static str,
        name: Option<&str>,
        table: &TableName,
    ) -> Result<bool> {
        let thing = NamedThing {
            kind,
            name,
            table: Some(table),
        };
        self.include_name.map_or(Ok(true), |filter| filter(&thing))
    }

    /// Keeps what `include_name` wants to look at.
    pub(crate) fn retain<T>(
        &self,
        kind: &'static str,
        table: &TableName,
        items: &mut Vec<T>,
        name: impl Fn(&T) -> Option<&str>,
    ) -> Result<()> {
        if self.include_name.is_none() {
            return Ok(());
        }
        let mut kept = Vec::with_capacity(items.len());
        for item in items.drain(..) {
            if self.names(kind, name(&item), table)? {
                kept.push(item);
            }
        }
        *items = kept;
        Ok(())
    }
}

/// The text of a name.
pub(crate) fn text(name: &Name) -> Option<&str> {
    Some(&name.text)
}
