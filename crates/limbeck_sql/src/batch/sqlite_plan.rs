//! The rebuild of a live table on SQLite: made from the text that SQLite keeps, so that nothing is lost that is not changed.
//!
//! The steps are SQLite's own ("Making Other Kinds Of Table Schema Changes"): a new table under another name, the rows, the
//! old table away, the name back, indexes and triggers again. It runs in one transaction, which is why keys must not be
//! enforced while it runs: dropping a table that others point to would delete their rows.

mod write;

use std::collections::BTreeSet;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_schema::{
    AddColumn, AddConstraint, AlterColumn, BatchAlterTable, Change, Column, ColumnType, Constraint,
    ConstraintBody, ConstraintKind, ConstraintName, CreateIndex, DropColumn, DropConstraint,
    ForeignKeyConstraint, Name, NamingConvention, Op, PrimaryKeyConstraint, Recreate, SourcedOp,
    Table, TableName, UniqueConstraint,
};

use super::apply::no_column;
use super::order::Ordering;
use super::sqlite_copy::copied;
use super::sqlite_ddl::{Clause, ClauseKind, ColumnDef, TableDdl, mentions, references};
use super::sqlite_options::apply_options;
use super::{is_pure_rename, needs_rebuild, run_inner, temp_name};
use crate::compile::{Emitter, SqliteMaster, SqliteObject};
use crate::ddl::bound::{BoundConstraint, bind_table};
use crate::ddl::column::column_spec;
use crate::ddl::constraint::{Owner, column_check, constraint_text};
use crate::ddl::index::create_index;
use crate::ddl::{python_error, type_check};
use crate::types::{Affinity, declared_class, render_type, type_affinity};

/// Writes the batch for a live SQLite database.
pub(super) fn run(
    op: &BatchAlterTable,
    queue: &[&SourcedOp],
    master: &SqliteMaster,
    emitter: &mut Emitter<'_, '_>,
) -> Result<()> {
    let name = &op.table.name.text;
    let temp = temp_name(name);
    let object = |name: &str| {
        master
            .objects
            .iter()
            .find(|object| object.kind == "table" && object.name.eq_ignore_ascii_case(name))
    };
    let leftover = object(&temp).is_some();
    let Some(sql) = object(name).and_then(|table| table.sql.as_deref()) else {
        return Err(missing_table(&op.table, &temp, leftover));
    };
    if leftover {
        // A rebuild that was killed: the old table is still whole.
        let place = TableName::in_schema(op.table.schema.clone(), temp.clone());
        let text = format!("DROP TABLE {}", emitter.writer.target.format_table(&place));
        emitter.emit(text);
    }
    let ddl = TableDdl::parse(sql)?;
    let plain = op.recreate == Recreate::Auto
        && op.copy_from.is_none()
        && op.table_args.is_empty()
        && op.table_kwargs.is_empty()
        && op.reflect_args.is_empty()
        && queue
            .iter()
            .all(|inner| is_native(&inner.op, &ddl, master, name, emitter));
    if plain {
        for inner in queue {
            run_inner(inner, emitter)?;
        }
        return Ok(());
    }
    check_children(&op.table, master)?;
    let (ddl, indexes) = match &op.copy_from {
        Some(described) => copied(op, described, &ddl, master, emitter)?,
        None => (ddl, Vec::new()),
    };
    let mut plan = Plan::new(op, ddl, master, emitter)?;
    plan.new_indexes.extend(indexes);
    for inner in queue {
        let result = plan.add(&inner.op, emitter);
        result.map_err(|error| match &inner.origin {
            Some(origin) if error.diagnostic.location().is_none() => {
                error.map_diagnostic(|diagnostic| diagnostic.at(origin.clone(), ""))
            }
            Some(_) | None => error,
        })?;
    }
    plan.check_indexes()?;
    plan.write(&temp, emitter)
}

fn missing_table(table: &TableName, temp: &str, leftover: bool) -> Error {
    let diagnostic = Diagnostic::error("no-such-table", format!("there is no table {table}"));
    Error::new(
        ErrorKind::State,
        if leftover {
            diagnostic
                .note(format!("{temp} is there: a rebuild of {table} was killed between dropping the old table and renaming the new one"))
                .help(format!("{temp} has all the rows: rename it to {table}, and stamp the revision if it has nothing else to do"))
        } else {
            diagnostic
        },
    )
}

/// The code of the error that a table cannot be rebuilt because foreign keys are enforced and point to it. Nothing has been done
/// then, and the batch can be run again where they are not.
pub const FOREIGN_KEYS_ENFORCED: &str = "foreign-keys-enforced";

/// Dropping the old table must not reach the rows of tables that point to it: the new one may be among them, which points to the old
/// one until it has its name.
fn check_children(table: &TableName, master: &SqliteMaster) -> Result<()> {
    if !master.foreign_keys {
        return Ok(());
    }
    let child = master.objects.iter().find(|object| {
        let sql = object.sql.as_deref();
        object.kind == "table" && sql.is_some_and(|sql| references(sql, &table.name.text))
    });
    let Some(child) = child else {
        return Ok(());
    };
    Err(Error::new(
        ErrorKind::State,
        Diagnostic::error(
            FOREIGN_KEYS_ENFORCED,
            format!(
                "the table {table} cannot be rebuilt while foreign keys are enforced: {} points to it, and its rows would be deleted",
                child.name
            ),
        )
        .help("run PRAGMA foreign_keys=OFF before the transaction begins"),
    ))
}

/// Whether SQLite's own ALTER TABLE says it.
fn is_native(
    op: &Op,
    ddl: &TableDdl,
    master: &SqliteMaster,
    table: &str,
    emitter: &Emitter<'_, '_>,
) -> bool {
    let target = emitter.writer.target;
    match op {
        Op::AlterColumn(alter) => is_pure_rename(alter) && target.is_at_least(3, 25),
        Op::DropColumn(drop) => target.is_at_least(3, 35) && can_drop(drop, ddl, master, table),
        other => !needs_rebuild(other),
    }
}

/// Whether nothing but the column itself mentions it.
fn can_drop(drop: &DropColumn, ddl: &TableDdl, master: &SqliteMaster, table: &str) -> bool {
    let name = &drop.column.text;
    let Some(column) = ddl
        .columns
        .iter()
        .find(|it| it.name.eq_ignore_ascii_case(name))
    else {
        return false;
    };
    let bound = column.clauses.iter().any(|clause| {
        matches!(
            clause.kind,
            ClauseKind::PrimaryKey
                | ClauseKind::Unique
                | ClauseKind::ForeignKey
                | ClauseKind::Other
        )
    });
    let inside = ddl
        .constraints
        .iter()
        .any(|clause| mentions(&clause.text, name))
        || ddl.columns.iter().any(|other| {
            !other.name.eq_ignore_ascii_case(name)
                && other
                    .clauses
                    .iter()
                    .any(|clause| mentions(&clause.text, name))
        });
    let outside = master.objects.iter().any(|object| {
        object.kind != "table"
            && object
                .sql
                .as_deref()
                .is_some_and(|sql| mentions(sql, table) && mentions(sql, name))
    });
    !bound && !inside && !outside && ddl.columns.len() > 1
}

/// A rebuild as it grows.
struct Plan<'a> {
    op: &'a BatchAlterTable,
    ddl: TableDdl,
    ordering: Ordering,
    /// Columns that come from the old table.
    old: Vec<String>,
    dropped: Vec<String>,
    /// What the values of a column become on their way, one after the other.
    casts: Vec<(String, ColumnType)>,
    /// Names given at the end, when everything else is in place.
    renames: Vec<(Name, Name)>,
    indexes: Vec<&'a SqliteObject>,
    new_indexes: Vec<String>,
    triggers: Vec<&'a SqliteObject>,
    counts: bool,
}

impl<'a> Plan<'a> {
    fn new(
        op: &'a BatchAlterTable,
        mut ddl: TableDdl,
        master: &'a SqliteMaster,
        emitter: &Emitter<'_, '_>,
    ) -> Result<Plan<'a>> {
        let of_table = |kind: &'static str| {
            move |object: &&SqliteObject| {
                object.kind == kind
                    && object.table.eq_ignore_ascii_case(&op.table.name.text)
                    && object.sql.is_some()
            }
        };
        apply_options(&mut ddl, &op.table_kwargs, emitter.writer.target);
        let counts = ddl.counts();
        let old: Vec<String> = ddl
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        let mut plan = Plan {
            op,
            ddl,
            ordering: Ordering::new(old.clone(), op.partial_reordering.clone()),
            old,
            dropped: Vec::new(),
            casts: Vec::new(),
            renames: Vec::new(),
            indexes: master.objects.iter().filter(of_table("index")).collect(),
            new_indexes: Vec::new(),
            triggers: master.objects.iter().filter(of_table("trigger")).collect(),
            counts,
        };
        // What `copy_from` describes has its names.
        let reflected = op.copy_from.is_none();
        if reflected {
            plan.merge_equal_keys();
        }
        if reflected && !op.naming_convention.templates.is_empty() {
            plan.name_constraints(&op.naming_convention)?;
        }
        for column in op.reflect_args.iter().filter(|_| reflected) {
            let text = plan.column_text(column, emitter)?;
            let fresh = TableDdl::parse_column(&text);
            match plan.ddl.column_mut(&column.name.text) {
                Some(old) => *old = fresh,
                None => plan.ddl.columns.push(fresh),
            }
        }
        for constraint in &op.table_args {
            plan.push_constraint(constraint, emitter)?;
        }
        let mut alone = Table::new(op.table.clone());
        alone.indexes.clone_from(&op.table_arg_indexes);
        let bound = bind_table(&alone, &NamingConvention::default(), &emitter.writer)?;
        for index in &bound.indexes {
            plan.new_indexes
                .push(create_index(&emitter.writer, &op.table, index, false)?);
        }
        Ok(plan)
    }

    /// Of equal constraints, reflection finds one: what has no name goes where another says the same.
    fn merge_equal_keys(&mut self) {
        let is_key =
            |clause: &Clause| matches!(clause.kind, ClauseKind::ForeignKey | ClauseKind::Unique);
        let says = |clause: &Clause| (clause.columns.clone(), clause.text.clone());
        let named = self.ddl.constraints.iter();
        let mut seen: BTreeSet<_> = named
            .filter(|clause| is_key(clause) && clause.name.is_some())
            .map(says)
            .collect();
        self.ddl
            .constraints
            .retain(|clause| !is_key(clause) || clause.name.is_some() || seen.insert(says(clause)));
    }

    /// Gives names to what has none, so that it can be dropped by name.
    fn name_constraints(&mut self, convention: &NamingConvention) -> Result<()> {
        let table = self.op.table.clone();
        let make = |kind: ClauseKind, columns: &[String], text: &str| -> Result<Option<String>> {
            let names: Vec<Name> = columns.iter().map(|name| Name::new(name.clone())).collect();
            let (key, body) = match kind {
                ClauseKind::PrimaryKey => (
                    ConstraintKind::PrimaryKey,
                    ConstraintBody::PrimaryKey(PrimaryKeyConstraint { columns: names }),
                ),
                ClauseKind::Unique => (
                    ConstraintKind::Unique,
                    ConstraintBody::Unique(UniqueConstraint { columns: names }),
                ),
                ClauseKind::ForeignKey => (
                    ConstraintKind::ForeignKey,
                    ConstraintBody::ForeignKey(referred(names, text)),
                ),
                _ => return Ok(None),
            };
            if convention.template(key).is_none() {
                return Ok(None);
            }
            let constraint = Constraint::new(ConstraintName::None, body);
            let name = convention
                .constraint_name(&table, &constraint)
                .map_err(|error| crate::ddl::convention_error(&error))?;
            Ok(name.as_str().map(str::to_owned))
        };
        for clause in &mut self.ddl.constraints {
            if clause.name.is_none() {
                clause.name = make(clause.kind, &clause.columns, &clause.text)?;
            }
        }
        // Those of a column become constraints of the table, which can have a name and be dropped.
        for column in &mut self.ddl.columns {
            let own = [column.name.clone()];
            let mut clauses = column.clauses.clone();
            let mut changed = false;
            for clause in &mut clauses {
                let inline_key = clause.kind == ClauseKind::PrimaryKey;
                if clause.name.is_none() && !inline_key {
                    clause.name = make(clause.kind, &own, &clause.text)?;
                    changed |= clause.name.is_some();
                }
            }
            if changed {
                column.remove(ClauseKind::Other);
                column.clauses = clauses;
            }
        }
        Ok(())
    }

    fn column_text(&self, column: &Column, emitter: &Emitter<'_, '_>) -> Result<String> {
        let mut alone = Table::new(self.op.table.clone());
        alone.columns.push(column.clone());
        let bound = bind_table(&alone, &NamingConvention::default(), &emitter.writer)?;
        let Some(column) = bound.columns.first() else {
            return Ok(String::new());
        };
        let mut text = column_spec(&emitter.writer, &bound, column)?;
        for check in &column.checks {
            text.push(' ');
            text.push_str(&column_check(&emitter.writer, check)?);
        }
        Ok(text)
    }

    fn add(&mut self, op: &Op, emitter: &Emitter<'_, '_>) -> Result<()> {
        match op {
            Op::AddColumn(op) => self.add_column(op, emitter),
            Op::DropColumn(op) => self.drop_column(op),
            Op::AlterColumn(op) => self.alter_column(op, emitter),
            Op::AddConstraint(op) => self.add_constraint(op, emitter),
            Op::DropConstraint(op) => self.drop_constraint(op, emitter),
            Op::CreateIndex(op) => self.create_index(op, emitter),
            Op::DropIndex(op) => {
                let name = emitter.dropped_index(op)?;
                let name = name.as_str().unwrap_or_default();
                let before = self.indexes.len();
                self.indexes.retain(|index| index.name != name);
                if self.indexes.len() == before && !op.if_exists {
                    return Err(python_error(format!("No such index: '{name}'")));
                }
                Ok(())
            }
            // SQLite has no comments.
            _ => Ok(()),
        }
    }

    fn add_column(&mut self, op: &AddColumn, emitter: &Emitter<'_, '_>) -> Result<()> {
        let name = op.column.name.text.clone();
        self.ordering.add(
            &name,
            op.position.before.as_deref(),
            op.position.after.as_deref(),
        )?;
        let mut alone = Table::new(op.table.clone());
        alone.columns.push(op.column.clone());
        let bound = bind_table(&alone, &emitter.context.naming_convention, &emitter.writer)?;
        let text = self.column_text(&op.column, emitter)?;
        self.ddl.columns.push(TableDdl::parse_column(&text));
        for constraint in &bound.constraints {
            match constraint {
                BoundConstraint::Plain(constraint) => {
                    if constraint.name.as_str().is_none() {
                        return Err(python_error("Constraint must have a name"));
                    }
                    self.push_constraint(constraint, emitter)?;
                }
                BoundConstraint::Type(check) => self.push_type_check(check, emitter)?,
            }
        }
        for index in &bound.indexes {
            self.new_indexes
                .push(create_index(&emitter.writer, &op.table, index, false)?);
        }
        Ok(())
    }

    fn push_constraint(
        &mut self,
        constraint: &Constraint,
        emitter: &Emitter<'_, '_>,
    ) -> Result<()> {
        let mut constraint = constraint.clone();
        // A name that is given in the same batch is not there yet.
        let renames = self.renames.clone();
        let old_names = |columns: &mut Vec<Name>| {
            for column in columns {
                if let Some((old, _)) = renames.iter().find(|(_, new)| new.text == column.text) {
                    *column = old.clone();
                }
            }
        };
        let mut columns = Vec::new();
        let kind = match &mut constraint.body {
            ConstraintBody::PrimaryKey(body) => {
                old_names(&mut body.columns);
                columns.clone_from(&body.columns);
                ClauseKind::PrimaryKey
            }
            ConstraintBody::Unique(body) => {
                old_names(&mut body.columns);
                columns.clone_from(&body.columns);
                ClauseKind::Unique
            }
            ConstraintBody::ForeignKey(body) => {
                old_names(&mut body.columns);
                columns.clone_from(&body.columns);
                // A key without a schema points into the database of its table, an attached one too.
                if body.referred_table.schema.is_none() {
                    body.referred_table.schema.clone_from(&self.op.table.schema);
                }
                ClauseKind::ForeignKey
            }
            ConstraintBody::Check(_) => ClauseKind::Check,
            ConstraintBody::Exclude(_) => ClauseKind::Other,
        };
        for column in &columns {
            if !self
                .ddl
                .columns
                .iter()
                .any(|it| it.name.eq_ignore_ascii_case(&column.text))
            {
                return Err(no_column(&self.op.table, &column.text));
            }
        }
        let owner = Owner {
            table: &self.op.table,
            columns: &[],
        };
        let name = constraint.name.as_str().map(str::to_owned);
        let nameless = Constraint {
            name: ConstraintName::None,
            ..constraint
        };
        let Some(text) = constraint_text(&emitter.writer, &nameless, owner)? else {
            return Ok(());
        };
        if kind == ClauseKind::PrimaryKey {
            self.remove_key();
        }
        self.ddl.constraints.push(Clause {
            name,
            kind,
            columns: columns.into_iter().map(|column| column.text).collect(),
            text,
        });
        Ok(())
    }

    fn push_type_check(
        &mut self,
        check: &type_check::TypeCheck,
        emitter: &Emitter<'_, '_>,
    ) -> Result<()> {
        match check.written(emitter.writer.target)? {
            Some(constraint) => self.push_constraint(constraint, emitter),
            None => Ok(()),
        }
    }

    fn remove_key(&mut self) {
        self.ddl
            .constraints
            .retain(|clause| clause.kind != ClauseKind::PrimaryKey);
        for column in &mut self.ddl.columns {
            if column
                .clauses
                .iter()
                .any(|clause| clause.kind == ClauseKind::PrimaryKey)
            {
                column.remove(ClauseKind::PrimaryKey);
            }
        }
        self.counts = false;
    }

    fn drop_column(&mut self, op: &DropColumn) -> Result<()> {
        let name = &op.column.text;
        let before = self.ddl.columns.len();
        self.ddl
            .columns
            .retain(|column| !column.name.eq_ignore_ascii_case(name));
        if self.ddl.columns.len() == before {
            return if op.if_exists {
                Ok(())
            } else {
                Err(no_column(&self.op.table, name))
            };
        }
        self.dropped.push(name.to_string());
        self.ordering.remove(name);
        self.old.retain(|column| !column.eq_ignore_ascii_case(name));
        Ok(())
    }

    /// No index of the old table may have a column that is gone; a later operation of the batch may have dropped it.
    fn check_indexes(&self) -> Result<()> {
        let gone = self.dropped.iter().filter(|name| {
            let mut left = self.ddl.columns.iter();
            !left.any(|column| column.name.eq_ignore_ascii_case(name))
        });
        for name in gone {
            if let Some(index) = self.indexes.iter().find(|index| {
                let sql = index.sql.as_deref();
                sql.is_some_and(|sql| index_mentions(sql, name))
            }) {
                return Err(Error::new(
                    ErrorKind::Compile,
                    Diagnostic::error(
                        "indexed-column",
                        format!(
                            "the column {name} cannot be dropped: the index {} needs it",
                            index.name
                        ),
                    )
                    .help(format!(
                        "drop the index first: batch_op.drop_index('{}')",
                        index.name
                    )),
                ));
            }
        }
        Ok(())
    }

    fn alter_column(&mut self, op: &AlterColumn, emitter: &Emitter<'_, '_>) -> Result<()> {
        let target = emitter.writer.target;
        let table = self.op.table.clone();
        let Some(column) = self.ddl.column_mut(&op.column.text) else {
            return Err(no_column(&table, &op.column.text));
        };
        let mut cast = None;
        let mut checks = Vec::new();
        let mut dropped = None;
        if let Some(type_) = &op.type_ {
            let old = ColumnType::new(declared_class(&column.type_text));
            let old = type_affinity(&old, target.sqlalchemy);
            let new = type_affinity(type_, target.sqlalchemy);
            if old != new && new != Affinity::Json && !column.is_generated() {
                cast = Some(type_.clone());
            }
            column.set_type(render_type(type_, target)?);
            // The collation was said with the type, where the type has one.
            if type_.collation.is_some() {
                column.remove(ClauseKind::Collate);
            }
            dropped = op
                .existing_type
                .as_ref()
                .and_then(|existing| existing.name.as_ref())
                .map(|name| name.text.clone());
            let fresh = Column::new(op.column.clone(), Some(type_.clone()));
            let convention = &emitter.context.naming_convention;
            checks.extend(type_check::of_column(
                &op.table, &fresh, convention, target,
            )?);
        }
        let Some(column) = self.ddl.column_mut(&op.column.text) else {
            return Ok(());
        };
        match op.nullable {
            None => {}
            Some(true) => {
                column.remove(ClauseKind::NotNull);
                column.remove(ClauseKind::Null);
            }
            Some(false) => {
                column.remove(ClauseKind::Null);
                if !column
                    .clauses
                    .iter()
                    .any(|clause| clause.kind == ClauseKind::NotNull)
                {
                    column.push(ClauseKind::NotNull, "NOT NULL".to_owned());
                }
            }
        }
        match &op.server_default {
            Change::Keep => {}
            Change::Drop => column.remove(ClauseKind::Default),
            Change::Set(default) => {
                let name = column.name.clone();
                set_default(column, &name, default, emitter)?;
            }
        }
        if let Some(type_) = cast {
            self.casts.push((op.column.text.clone(), type_));
        }
        if let Some(name) = dropped {
            self.ddl.constraints.retain(|clause| {
                clause.kind != ClauseKind::Check || clause.name.as_deref() != Some(name.as_str())
            });
        }
        for check in &checks {
            self.push_type_check(check, emitter)?;
        }
        if let Some(new_name) = op
            .new_name
            .as_ref()
            .filter(|name| name.text != op.column.text)
        {
            self.renames.push((op.column.clone(), new_name.clone()));
        }
        Ok(())
    }

    fn add_constraint(&mut self, op: &AddConstraint, emitter: &Emitter<'_, '_>) -> Result<()> {
        let constraint = emitter.named_constraint(op)?;
        let Some(name) = constraint.name.as_str() else {
            return Err(python_error("Constraint must have a name"));
        };
        // A batch knows constraints by their names: a new one takes the place of the old one.
        let is_it = |clause: &Clause| clause.name.as_deref() == Some(name);
        self.ddl.constraints.retain(|clause| !is_it(clause));
        for column in &mut self.ddl.columns {
            if column.clauses.iter().any(is_it) {
                column.remove(ClauseKind::Other);
                column.clauses.retain(|clause| !is_it(clause));
            }
        }
        self.push_constraint(&constraint, emitter)
    }

    fn drop_constraint(&mut self, op: &DropConstraint, emitter: &Emitter<'_, '_>) -> Result<()> {
        let (_, name) = emitter.dropped_constraint(op)?;
        let Some(name) = name.as_str().filter(|name| !name.is_empty()) else {
            return Err(python_error("Constraint must have a name"));
        };
        let is_it = |clause: &Clause| clause.name.as_deref() == Some(name);
        let before = self.ddl.constraints.len();
        self.ddl.constraints.retain(|clause| !is_it(clause));
        if self.ddl.constraints.len() != before {
            return Ok(());
        }
        for column in &mut self.ddl.columns {
            if column.clauses.iter().any(is_it) {
                // Any removal makes the text anew.
                column.remove(ClauseKind::Other);
                column.clauses.retain(|clause| !is_it(clause));
                return Ok(());
            }
        }
        if op.if_exists {
            return Ok(());
        }
        Err(python_error(format!("No such constraint: '{name}'")))
    }

    fn create_index(&mut self, op: &CreateIndex, emitter: &Emitter<'_, '_>) -> Result<()> {
        let mut index = crate::ddl::bound::bind_index(
            &op.table,
            &op.index,
            &emitter.context.naming_convention,
        )?;
        for element in &mut index.elements {
            if let limbeck_schema::IndexElement::Column(name) = element
                && let Some((old, _)) = self.renames.iter().find(|(_, new)| new.text == name.text)
            {
                *name = old.clone();
            }
        }
        self.new_indexes.push(create_index(
            &emitter.writer,
            &op.table,
            &index,
            op.if_not_exists,
        )?);
        Ok(())
    }
}

fn set_default(
    column: &mut ColumnDef,
    name: &str,
    default: &limbeck_schema::ServerDefault,
    emitter: &Emitter<'_, '_>,
) -> Result<()> {
    let mut alone = Table::new(TableName::new("t"));
    let mut fresh = Column::new(
        name.to_owned(),
        Some(ColumnType::new(limbeck_schema::TypeClass::Integer)),
    );
    fresh.server_default = Some(default.clone());
    alone.columns.push(fresh.clone());
    let bound = bind_table(&alone, &NamingConvention::default(), &emitter.writer)?;
    let text = column_spec(&emitter.writer, &bound, &fresh)?;
    let parsed = TableDdl::parse_column(&text);
    column.remove(ClauseKind::Default);
    for clause in parsed.clauses {
        if clause.kind == ClauseKind::Default {
            column.push(ClauseKind::Default, clause.text);
        }
    }
    Ok(())
}

/// What `REFERENCES` of a clause points to.
fn referred(columns: Vec<Name>, text: &str) -> ForeignKeyConstraint {
    let at = text.to_ascii_uppercase().rfind("REFERENCES").unwrap_or(0);
    let rest = text
        .get(at + "REFERENCES".len()..)
        .unwrap_or_default()
        .trim_start();
    let (table, rest) = rest.split_once('(').unwrap_or((rest, ""));
    let unquoted = |text: &str| text.trim().trim_matches(['"', '`', '[', ']']).to_owned();
    let referred_columns = rest
        .split(')')
        .next()
        .unwrap_or_default()
        .split(',')
        .map(unquoted)
        .filter(|name| !name.is_empty())
        .map(Name::new)
        .collect();
    ForeignKeyConstraint {
        columns,
        referred_table: TableName::new(unquoted(
            table.split_whitespace().next().unwrap_or_default(),
        )),
        referred_columns,
        onupdate: None,
        ondelete: None,
        match_: None,
        use_alter: false,
    }
}

/// Whether an index has a column in its elements or its condition.
fn index_mentions(sql: &str, column: &str) -> bool {
    sql.split_once('(')
        .is_some_and(|(_, rest)| mentions(rest, column))
}
