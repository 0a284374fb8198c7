//! What columns say about keys and indexes, said by the table.

use crate::{
    Column, Constraint, ConstraintBody, ConstraintName, ConventionError, ForeignKeyConstraint,
    Index, IndexElement, Name, NamingConvention, PrimaryKeyConstraint, Table, UniqueConstraint,
};

impl Table {
    /// The same table with everything that SQLAlchemy's `Table` derives from its columns as items of the
    /// table: the primary key, `ForeignKey(…)`, `CheckConstraint(…)` and `unique=True` as constraints,
    /// `index=True` as indexes. The primary key comes first; columns keep `primary_key` only.
    #[must_use]
    pub fn flattened(&self) -> Table {
        let mut table = self.clone();
        let flagged: Vec<Name> = table
            .columns
            .iter()
            .filter(|column| column.primary_key)
            .map(|column| column.name.clone())
            .collect();
        let key_at = table
            .constraints
            .iter()
            .position(|it| matches!(it.body, ConstraintBody::PrimaryKey(_)));
        let mut constraints = Vec::new();
        match key_at {
            Some(at) => {
                let mut key = table.constraints.remove(at);
                if let ConstraintBody::PrimaryKey(body) = &mut key.body
                    && body.columns.is_empty()
                {
                    body.columns = flagged;
                }
                constraints.push(key);
            }
            None if flagged.is_empty() => {}
            None => constraints.push(Constraint::new(
                ConstraintName::None,
                ConstraintBody::PrimaryKey(PrimaryKeyConstraint { columns: flagged }),
            )),
        }
        constraints.append(&mut table.constraints);
        let mut indexes = std::mem::take(&mut table.indexes);
        for column in &mut table.columns {
            flatten_column(column, &mut constraints, &mut indexes);
        }
        table.constraints = constraints;
        table.indexes = indexes;
        table
    }

    /// [`Table::flattened`], with the names that the convention makes.
    ///
    /// # Errors
    /// When the convention asks for something that a constraint does not have.
    pub fn flattened_by(&self, convention: &NamingConvention) -> Result<Table, ConventionError> {
        let mut table = self.flattened();
        for constraint in &mut table.constraints {
            constraint.name = convention.constraint_name(&self.name, constraint)?;
        }
        for index in &mut table.indexes {
            index.name = convention.index_name(&self.name, index)?;
        }
        Ok(table)
    }

    /// The columns of the primary key, in the key's order.
    #[must_use]
    pub fn primary_key_columns(&self) -> Vec<&Name> {
        let explicit = self.constraints.iter().find_map(|it| match &it.body {
            ConstraintBody::PrimaryKey(key) if !key.columns.is_empty() => Some(&key.columns),
            _ => None,
        });
        match explicit {
            Some(columns) => columns.iter().collect(),
            None => self
                .columns
                .iter()
                .filter(|column| column.primary_key)
                .map(|column| &column.name)
                .collect(),
        }
    }

    /// The foreign keys of the table and of its columns.
    pub fn foreign_keys(&self) -> impl Iterator<Item = (&Constraint, &ForeignKeyConstraint)> {
        let of_columns = self
            .columns
            .iter()
            .flat_map(|column| &column.foreign_keys)
            .map(|it| &it.constraint);
        self.constraints
            .iter()
            .chain(of_columns)
            .filter_map(|it| match &it.body {
                ConstraintBody::ForeignKey(key) => Some((it, key)),
                _ => None,
            })
    }
}

fn flatten_column(
    column: &mut Column,
    constraints: &mut Vec<Constraint>,
    indexes: &mut Vec<Index>,
) {
    let unique = column.unique.take().unwrap_or(false);
    if column.index.take().unwrap_or(false) {
        indexes.push(Index {
            name: ConstraintName::None,
            elements: vec![IndexElement::Column(column.name.clone())],
            unique,
            column_flag: true,
            options: crate::DialectOptions::new(),
        });
    } else if unique {
        constraints.push(Constraint::new(
            ConstraintName::None,
            ConstraintBody::Unique(UniqueConstraint {
                columns: vec![column.name.clone()],
            }),
        ));
    }
    // SQLAlchemy makes the constraints of foreign keys after that of `unique=True`.
    for key in std::mem::take(&mut column.foreign_keys) {
        constraints.push(key.constraint);
    }
    constraints.append(&mut column.checks);
}
