//! The rebuild of a table that is known as a `Table` (Alembic's `ApplyBatchImpl`): given with `copy_from`, or reflected.

use indexmap::IndexMap;
use limbeck_diag::Result;
use limbeck_schema::{
    AddColumn, AlterColumn, BatchAlterTable, Change, Column, ColumnRef, ColumnType, Constraint,
    ConstraintBody, DropConstraint, Expr, Index, IndexElement, Name, NamingConvention, Op,
    ServerDefault, Table, TableName, TypeClass,
};

use super::order::Ordering;
use super::rebuild::Rebuild;
use super::temp_name;
use crate::compile::Emitter;
use crate::ddl::bound::{BoundConstraint, bind_index, bind_table};
use crate::ddl::constraint::{DropKind, drop_constraint};
use crate::ddl::{python_error, type_check};
use crate::dialect::{Compat, Dialect, Target};
use crate::expr::{ExprContext, render_expr};
use crate::types::{Affinity, resolve_variant, type_affinity};

/// A table on its way to its new form. Columns are known by the names they had, even when they are renamed.
pub(crate) struct ApplyBatch {
    /// The old table.
    table: Table,
    columns: IndexMap<String, Column>,
    /// What is copied into a column: nothing for a new one, perhaps through a cast.
    transfers: IndexMap<String, Option<Vec<ColumnType>>>,
    ordering: Ordering,
    named: IndexMap<String, Constraint>,
    unnamed: Vec<Constraint>,
    indexes: IndexMap<String, Index>,
    new_indexes: IndexMap<String, Index>,
    /// Constraints of the old table that have a name, for PostgreSQL.
    old_named: Vec<Constraint>,
    extra: Vec<Constraint>,
    extra_indexes: Vec<Index>,
}

impl ApplyBatch {
    /// The old table, taken apart.
    ///
    /// # Errors
    /// A table that SQLAlchemy would not build either.
    pub(crate) fn new(
        op: &BatchAlterTable,
        mut table: Table,
        reflected: bool,
        emitter: &Emitter<'_, '_>,
    ) -> Result<ApplyBatch> {
        let convention = if op.naming_convention.templates.is_empty() {
            NamingConvention::default()
        } else {
            op.naming_convention.clone()
        };
        if reflected {
            for column in &op.reflect_args {
                match table
                    .columns
                    .iter_mut()
                    .find(|it| it.name.text == column.name.text)
                {
                    Some(old) => *old = column.clone(),
                    None => table.columns.push(column.clone()),
                }
            }
        }
        for (key, value) in &op.table_kwargs {
            table.options.insert(key.clone(), value.clone());
        }
        let bound = bind_table(&table, &convention, &emitter.writer)?;
        let mut columns = IndexMap::new();
        let mut transfers = IndexMap::new();
        for column in &bound.columns {
            let mut copy = column.clone();
            copy.unique = None;
            copy.index = None;
            copy.foreign_keys = Vec::new();
            columns.insert(column.name.text.clone(), copy);
            transfers.insert(column.name.text.clone(), Some(Vec::new()));
        }
        let ordering = Ordering::new(
            columns.keys().cloned().collect(),
            op.partial_reordering.clone(),
        );
        let mut key = bound.key.constraint.clone();
        if let ConstraintBody::PrimaryKey(body) = &mut key.body {
            body.columns.clone_from(&bound.key.columns);
        }
        let mut named = IndexMap::new();
        let mut unnamed = Vec::new();
        let mut old_named = Vec::new();
        let plain = bound
            .constraints
            .iter()
            .filter_map(|constraint| match constraint {
                BoundConstraint::Plain(constraint) => Some(constraint.clone()),
                // The type makes it again.
                BoundConstraint::Type(_) => None,
            });
        for constraint in std::iter::once(key).chain(plain) {
            match constraint.name.as_str() {
                Some(name) => {
                    old_named.push(constraint.clone());
                    named.insert(name.to_owned(), constraint);
                }
                None => unnamed.push(constraint),
            }
        }
        let mut indexes = IndexMap::new();
        for index in &bound.indexes {
            if let Some(name) = index.name.as_str() {
                indexes.insert(name.to_owned(), index.clone());
            }
        }
        Ok(ApplyBatch {
            table,
            columns,
            transfers,
            ordering,
            named,
            unnamed,
            indexes,
            new_indexes: IndexMap::new(),
            old_named,
            extra: op.table_args.clone(),
            extra_indexes: op.table_arg_indexes.clone(),
        })
    }

    /// Takes one operation in.
    ///
    /// # Errors
    /// What is to be changed is not there.
    pub(crate) fn add(&mut self, op: &Op, emitter: &Emitter<'_, '_>) -> Result<()> {
        match op {
            Op::AddColumn(op) => self.add_column(op, emitter),
            Op::DropColumn(op) => self.drop_column(&op.column),
            Op::AlterColumn(op) => self.alter_column(op, emitter),
            Op::AddConstraint(op) => {
                let constraint = emitter.named_constraint(op)?;
                self.add_constraint(constraint)
            }
            Op::DropConstraint(op) => self.drop_constraint(op, emitter),
            Op::CreateIndex(op) => {
                let index = bind_index(&op.table, &op.index, &emitter.context.naming_convention)?;
                self.create_index(index)
            }
            Op::DropIndex(op) => {
                let name = emitter.dropped_index(op)?;
                let name = name.as_str().unwrap_or_default();
                match self.indexes.shift_remove(name) {
                    Some(_) => Ok(()),
                    None => Err(python_error(format!("No such index: '{name}'"))),
                }
            }
            Op::CreateTableComment(op) => {
                self.table.comment.clone_from(&op.comment);
                Ok(())
            }
            Op::DropTableComment(_) => {
                self.table.comment = None;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn create_index(&mut self, index: Index) -> Result<()> {
        match index.name.as_str() {
            Some(name) => {
                self.new_indexes.insert(name.to_owned(), index);
                Ok(())
            }
            None => Err(python_error(
                "CREATE INDEX requires that the index have a name",
            )),
        }
    }

    fn add_column(&mut self, op: &AddColumn, emitter: &Emitter<'_, '_>) -> Result<()> {
        let mut alone = Table::new(op.table.clone());
        alone.columns.push(op.column.clone());
        let bound = bind_table(&alone, &emitter.context.naming_convention, &emitter.writer)?;
        let Some(column) = bound.columns.into_iter().next() else {
            return Ok(());
        };
        let name = column.name.text.clone();
        self.ordering.add(
            &name,
            op.position.before.as_deref(),
            op.position.after.as_deref(),
        )?;
        let mut copy = column;
        copy.unique = None;
        copy.index = None;
        copy.foreign_keys = Vec::new();
        without_check(&mut copy);
        self.columns.insert(name.clone(), copy);
        self.transfers.insert(name, None);
        for constraint in bound.constraints {
            match constraint {
                BoundConstraint::Plain(constraint) => self.add_constraint(constraint)?,
                BoundConstraint::Type(check) => self.add_type_check(check),
            }
        }
        for index in bound.indexes {
            self.create_index(index)?;
        }
        Ok(())
    }

    fn add_type_check(&mut self, check: type_check::TypeCheck) {
        if !check.written {
            return;
        }
        match check.constraint.name.as_str() {
            Some(name) => {
                self.named.insert(name.to_owned(), check.constraint);
            }
            None => self.unnamed.push(check.constraint),
        }
    }

    fn drop_column(&mut self, name: &Name) -> Result<()> {
        let name = &name.text;
        if self.columns.shift_remove(name).is_none() {
            return Err(no_column(&self.table.name, name));
        }
        self.transfers.shift_remove(name);
        self.ordering.remove(name);
        for constraint in self.named.values_mut().chain(&mut self.unnamed) {
            if let ConstraintBody::PrimaryKey(body) = &mut constraint.body {
                body.columns.retain(|column| column.text != *name);
            }
        }
        Ok(())
    }

    fn alter_column(&mut self, op: &AlterColumn, emitter: &Emitter<'_, '_>) -> Result<()> {
        let target = emitter.writer.target;
        let Some(column) = self.columns.get_mut(&op.column.text) else {
            return Err(no_column(&self.table.name, &op.column.text));
        };
        if let Some(name) = op
            .new_name
            .as_ref()
            .filter(|name| name.text != op.column.text)
        {
            column.name = name.clone();
            // A named CHECK of the type comes again with the type, under the new name of its column.
            let bound = op
                .existing_type
                .as_ref()
                .and_then(|type_| type_check::schema_type(resolve_variant(type_, target.dialect)));
            if let Some(name) = bound.and_then(|(type_, _)| type_.name.as_ref()) {
                self.named.shift_remove(&name.text);
            }
        }
        if let Some(type_) = &op.type_ {
            let affinity = |type_: Option<&ColumnType>| {
                type_.map_or(Affinity::NullType, |type_| {
                    type_affinity(type_, target.sqlalchemy)
                })
            };
            let is_json = target.dialect == Dialect::Sqlite && is_json(type_);
            if affinity(column.type_.as_ref()) != affinity(Some(type_)) && !is_json {
                let known = self.transfers.entry(op.column.text.clone()).or_default();
                known.get_or_insert_default().push(type_.clone());
            }
            column.type_ = Some(type_.clone());
            without_check(column);
            let convention = &emitter.context.naming_convention;
            let name = op.new_name.as_ref().unwrap_or(&op.column);
            let fresh = Column::new(name.clone(), Some(type_.clone()));
            let check = type_check::of_column(&op.table, &fresh, convention, target)?;
            if let (Some(existing), Some(name)) = (
                &op.existing_type,
                op.existing_type.as_ref().and_then(|it| it.name.as_ref()),
            ) && existing.create_constraint
            {
                self.named.shift_remove(&name.text);
            }
            if let Some(check) = check {
                self.add_type_check(check);
            }
        }
        let Some(column) = self.columns.get_mut(&op.column.text) else {
            return Ok(());
        };
        if let Some(nullable) = op.nullable {
            column.nullable = nullable;
        }
        match &op.server_default {
            Change::Keep => {}
            Change::Drop => column.server_default = None,
            Change::Set(default) => column.server_default = Some(default.clone()),
        }
        if let Some(autoincrement) = op.autoincrement {
            column.autoincrement = if autoincrement {
                limbeck_schema::Autoincrement::True
            } else {
                limbeck_schema::Autoincrement::False
            };
        }
        match &op.comment {
            Change::Keep => {}
            Change::Drop => column.comment = None,
            Change::Set(comment) => column.comment = Some(comment.clone()),
        }
        Ok(())
    }

    fn add_constraint(&mut self, constraint: Constraint) -> Result<()> {
        let Some(name) = constraint.name.as_str() else {
            return Err(python_error("Constraint must have a name"));
        };
        if matches!(constraint.body, ConstraintBody::PrimaryKey(_)) {
            self.unnamed
                .retain(|it| !matches!(it.body, ConstraintBody::PrimaryKey(_)));
        }
        self.named.insert(name.to_owned(), constraint);
        Ok(())
    }

    fn drop_constraint(&mut self, op: &DropConstraint, emitter: &Emitter<'_, '_>) -> Result<()> {
        let (_, name) = emitter.dropped_constraint(op)?;
        let Some(name) = name.as_str().filter(|name| !name.is_empty()) else {
            return Err(python_error("Constraint must have a name"));
        };
        for column in self.columns.values_mut() {
            let before = column.checks.len();
            column
                .checks
                .retain(|check| check.name.as_str() != Some(name));
            if column.checks.len() != before {
                return Ok(());
            }
        }
        let Some(constraint) = self.named.shift_remove(name) else {
            return Err(python_error(format!("No such constraint: '{name}'")));
        };
        if let ConstraintBody::PrimaryKey(body) = &constraint.body {
            for key in &body.columns {
                if let Some(column) = self.columns.get_mut(&key.text) {
                    column.primary_key = false;
                }
            }
        }
        Ok(())
    }

    /// The new name of a column.
    fn renamed(&self, name: &Name) -> Name {
        self.columns
            .get(&name.text)
            .map_or_else(|| name.clone(), |column| column.name.clone())
    }

    /// Whether every column that a constraint needs is still there.
    fn is_complete(&self, constraint: &Constraint) -> bool {
        let columns = match &constraint.body {
            ConstraintBody::PrimaryKey(body) => &body.columns,
            ConstraintBody::Unique(body) => &body.columns,
            ConstraintBody::ForeignKey(body) => &body.columns,
            ConstraintBody::Check(body) => {
                let known: Vec<Column> = self.table.columns.clone();
                return type_check::first_column(&body.sqltext, &known)
                    .is_none_or(|column| self.transfers.contains_key(&column.text));
            }
            ConstraintBody::Exclude(_) => return true,
        };
        columns.iter().all(|name| {
            self.transfers.contains_key(&name.text)
                || self
                    .columns
                    .values()
                    .any(|column| column.name.text == name.text)
        })
    }

    fn with_new_names(&self, constraint: &Constraint) -> Constraint {
        let mut constraint = constraint.clone();
        let rename = |columns: &mut Vec<Name>| {
            for name in columns {
                *name = self.renamed(name);
            }
        };
        match &mut constraint.body {
            ConstraintBody::PrimaryKey(body) => rename(&mut body.columns),
            ConstraintBody::Unique(body) => rename(&mut body.columns),
            ConstraintBody::ForeignKey(body) => rename(&mut body.columns),
            ConstraintBody::Check(_) | ConstraintBody::Exclude(_) => {}
        }
        constraint
    }

    fn index_with_new_names(&self, index: &Index) -> Index {
        let mut index = index.clone();
        for element in &mut index.elements {
            if let IndexElement::Column(name) = element {
                *name = self.renamed(name);
            }
        }
        index.column_flag = false;
        index
    }

    /// Writes the rebuild.
    ///
    /// # Errors
    /// What the dialect cannot say.
    pub(crate) fn create(self, emitter: &mut Emitter<'_, '_>) -> Result<()> {
        let target = emitter.writer.target;
        let order = self
            .ordering
            .sort(&self.columns.keys().cloned().collect::<Vec<_>>())?;
        let temp = TableName::in_schema(
            self.table.name.schema.clone(),
            temp_name(&self.table.name.name.text),
        );
        let mut new_table = Table::new(temp.clone());
        new_table.options.clone_from(&self.table.options);
        if target.compat == Compat::Limbeck {
            new_table.comment.clone_from(&self.table.comment);
        }
        for name in &order {
            new_table.columns.extend(self.columns.get(name).cloned());
        }
        new_table.constraints.clone_from(&self.extra);
        for constraint in self.named.values().chain(&self.unnamed) {
            if self.is_complete(constraint) {
                new_table.constraints.push(self.with_new_names(constraint));
            }
        }
        new_table.indexes.clone_from(&self.extra_indexes);
        let bound = bind_table(&new_table, &NamingConvention::default(), &emitter.writer)?;
        if target.dialect == Dialect::Postgres {
            // The new table takes over the names of its constraints.
            for constraint in &self.old_named {
                if constraint
                    .name
                    .as_str()
                    .is_some_and(|name| self.named.contains_key(name))
                {
                    let sql = drop_constraint(
                        &emitter.writer,
                        &self.table.name,
                        &constraint.name,
                        DropKind::Generic,
                        false,
                    )?;
                    emitter.emit(sql);
                }
            }
        }
        let copy = self.copied(&order, emitter);
        Rebuild {
            table: &self.table.name,
            temp: &temp,
            copy: &copy,
        }
        .run(&bound, &self.kept_indexes(target), emitter)
    }

    /// The indexes of the new table: those that were, and those that come.
    fn kept_indexes(&self, target: &Target) -> Result<Vec<Index>> {
        let mut indexes = Vec::new();
        for index in self.indexes.values() {
            // SQLAlchemy forgets those of `index=True`.
            if !index.column_flag || target.compat == Compat::Limbeck {
                indexes.push(self.index_with_new_names(index));
            }
        }
        for index in self.new_indexes.values() {
            for element in &index.elements {
                if let IndexElement::Column(name) = element
                    && !self.columns.contains_key(&name.text)
                    && !self
                        .columns
                        .values()
                        .any(|column| column.name.text == name.text)
                {
                    return Err(no_column(&self.table.name, &name.text));
                }
            }
            indexes.push(self.index_with_new_names(index));
        }
        Ok(indexes)
    }

    /// Target and source of every column that is copied. A generated column is not.
    fn copied(&self, order: &[String], emitter: &Emitter<'_, '_>) -> Result<Vec<(String, String)>> {
        let target = emitter.writer.target;
        let mut out = Vec::new();
        for name in order {
            let (Some(Some(casts)), Some(column)) =
                (self.transfers.get(name), self.columns.get(name))
            else {
                continue;
            };
            if matches!(column.server_default, Some(ServerDefault::Computed(_)))
                && target.compat == Compat::Limbeck
            {
                continue;
            }
            let old = self
                .table
                .column(name)
                .map_or_else(|| Name::new(name.clone()), |it| it.name.clone());
            let plain = format!(
                "{}.{}",
                target.format_table(&self.table.name),
                target.quote(&old)
            );
            let source = match casts.as_slice() {
                [] => plain,
                casts => {
                    let mut expr = Expr::Column(ColumnRef {
                        table: Some(self.table.name.clone()),
                        name: old.clone(),
                        type_: None,
                    });
                    for type_ in casts {
                        expr = Expr::Cast {
                            expr: Box::new(expr),
                            type_: Box::new(type_.clone()),
                            try_: false,
                        };
                    }
                    let context = ExprContext {
                        include_table: true,
                        ..ExprContext::ddl()
                    };
                    let text = render_expr(&expr, target, &context)?;
                    format!("{text} AS {}", target.quote(&old))
                }
            };
            out.push((target.quote(&column.name), source));
        }
        Ok(out)
    }
}

/// The type no longer brings its CHECK: that has come as a constraint of its own.
fn without_check(column: &mut Column) {
    fn clear(type_: &mut ColumnType) {
        type_.create_constraint = false;
        for variant in type_.variants.values_mut() {
            clear(variant);
        }
        if let Some(item) = &mut type_.item {
            clear(item);
        }
        if let Some(inner) = type_.custom.as_mut().and_then(|it| it.impl_.as_mut()) {
            clear(inner);
        }
    }
    if let Some(type_) = &mut column.type_ {
        clear(type_);
    }
}

fn is_json(type_: &ColumnType) -> bool {
    matches!(
        type_.class,
        TypeClass::Json
            | TypeClass::PgJson
            | TypeClass::PgJsonb
            | TypeClass::MyJson
            | TypeClass::LiteJson
            | TypeClass::MsJson
    )
}

/// A column that is not there.
pub(crate) fn no_column(table: &TableName, name: &str) -> limbeck_diag::Error {
    python_error(format!("the table {table} has no column '{name}'"))
}
