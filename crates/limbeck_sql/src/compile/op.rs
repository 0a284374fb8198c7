//! What each operation says (Alembic's `toimpl.py` and `DefaultImpl`).

use indexmap::IndexMap;
use limbeck_diag::Result;
use limbeck_schema::{
    AddColumn, AddConstraint, AlterColumn, Column, Constraint, ConstraintBody, ConstraintName,
    CreateIndex, CreateTable, DropColumn, DropConstraint, DropIndex, EnumOp, Execute, Expr,
    ForeignKeyConstraint, Literal, Name, Op, PrimaryKeyConstraint, SourcedOp, Statement, Table,
    TableName, UniqueConstraint,
};

use super::{Emitter, StatementKind};
use crate::batch;
use crate::ddl::alter::{alter_column, drop_column_constraint, drop_column_foreign_key};
use crate::ddl::bound::{
    BoundConstraint, BoundTable, bind_index, bind_table, check_convention, check_own_targets,
    constraint_name,
};
use crate::ddl::column::column_spec;
use crate::ddl::constraint::{
    DropKind, Owner, add_constraint, column_check, drop_constraint, is_use_alter, no_target_column,
    reference_options,
};
use crate::ddl::named_type::{create_type, creates_with_table, drop_type, named_type};
use crate::ddl::table::{create_table, drop_table};
use crate::ddl::type_check::{self, TypeCheck};
use crate::ddl::{comment, convention_error, index, python_error, sequence};
use crate::dialect::{Compat, Dialect};
use crate::statement::{StatementMode, render_statement};

const SQLITE_CONSTRAINT: &str = "No support for ALTER of constraints in SQLite dialect. Please refer to the batch mode feature which allows for SQLite migrations using a copy-and-move strategy.";

/// Writes one operation.
pub(super) fn run(op: &Op, emitter: &mut Emitter<'_, '_>) -> Result<()> {
    match op {
        Op::CreateTable(op) => emitter.create_table(op),
        Op::DropTable(op) => {
            check_convention(&emitter.context.naming_convention, &op.table)?;
            let sql = drop_table(&emitter.writer, &op.table, op.if_exists);
            emitter.emit(sql);
            Ok(())
        }
        Op::RenameTable(op) => {
            emitter.rename_table(&op.table, &op.new_name);
            Ok(())
        }
        Op::CreateTableComment(op) => {
            check_convention(&emitter.context.naming_convention, &op.table)?;
            let sql = comment::set_table_comment(&emitter.writer, &op.table, op.comment.as_deref());
            emitter.emit(sql);
            Ok(())
        }
        Op::DropTableComment(op) => {
            check_convention(&emitter.context.naming_convention, &op.table)?;
            let sql = comment::drop_table_comment(&emitter.writer, &op.table);
            emitter.emit(sql);
            Ok(())
        }
        Op::AddColumn(op) => emitter.add_column(op),
        Op::DropColumn(op) => {
            emitter.drop_column(op);
            Ok(())
        }
        Op::AlterColumn(op) => emitter.alter_column(op),
        Op::CreateIndex(op) => emitter.create_index(op),
        Op::DropIndex(op) => emitter.drop_index(op),
        Op::AddConstraint(op) => emitter.add_constraint_op(op),
        Op::DropConstraint(op) => emitter.drop_constraint_op(op),
        Op::Execute(op) => emitter.execute(op),
        Op::BulkInsert(op) => emitter.bulk_insert(op),
        Op::BatchAlterTable(op) => batch::run(op, emitter),
        Op::CreateSequence(op) => {
            let sql = sequence::create_sequence(&emitter.writer, &op.sequence, op.if_clause)?;
            emitter.emit(sql);
            Ok(())
        }
        Op::DropSequence(op) => {
            let sql = sequence::drop_sequence(&emitter.writer, &op.sequence, op.if_clause);
            emitter.emit(sql);
            Ok(())
        }
        Op::CreateEnum(op) => emitter.create_enum(op),
        Op::DropEnum(op) => emitter.drop_enum(op),
        Op::CreateSchema(op) => {
            let exists = if op.if_not_exists {
                "IF NOT EXISTS "
            } else {
                ""
            };
            let name = emitter.writer.target.quote(&op.name);
            emitter.emit(format!("CREATE SCHEMA {exists}{name}"));
            Ok(())
        }
        Op::DropSchema(op) => {
            let exists = if op.if_exists { "IF EXISTS " } else { "" };
            let cascade = if op.cascade { " CASCADE" } else { "" };
            let name = emitter.writer.target.quote(&op.name);
            emitter.emit(format!("DROP SCHEMA {exists}{name}{cascade}"));
            Ok(())
        }
        Op::BeginAutocommit => {
            emitter.mark(StatementKind::BeginAutocommit);
            Ok(())
        }
        Op::EndAutocommit => {
            emitter.mark(StatementKind::EndAutocommit);
            Ok(())
        }
    }
}

impl Emitter<'_, '_> {
    fn create_table(&mut self, op: &CreateTable) -> Result<()> {
        let mut table = op.table.clone();
        if op.metadata.is_some() {
            // The metadata has the other tables, too.
            for column in &mut table.columns {
                let name = column.name.clone();
                for key in &mut column.foreign_keys {
                    if let ConstraintBody::ForeignKey(body) = &mut key.constraint.body
                        && body.referred_columns.is_empty()
                    {
                        body.referred_columns = vec![name.clone()];
                    }
                }
            }
        }
        let convention = op.metadata.as_ref();
        let convention = convention.unwrap_or(&self.context.naming_convention);
        let bound = bind_table(&table, convention, &self.writer)?;
        if op.metadata.is_none() {
            check_own_targets(&bound)?;
        }
        self.create_bound_table(&bound, op.if_not_exists)
    }

    /// A table with all that Alembic creates along with it: named types, indexes, comments.
    pub(crate) fn create_bound_table(
        &mut self,
        table: &BoundTable,
        if_not_exists: bool,
    ) -> Result<()> {
        for column in &table.columns {
            self.create_named_type(column)?;
        }
        let sql = create_table(&self.writer, table, if_not_exists)?;
        self.emit(sql);
        if self.writer.target.caps.alter && self.writer.target.compat == Compat::Limbeck {
            for constraint in &table.constraints {
                if let BoundConstraint::Plain(constraint) = constraint
                    && is_use_alter(constraint)
                {
                    self.context.use_alter.push(SourcedOp {
                        op: Op::AddConstraint(Box::new(AddConstraint {
                            table: table.name.clone(),
                            constraint: constraint.clone(),
                        })),
                        origin: self.origin.cloned(),
                    });
                }
            }
        }
        for index in &table.indexes {
            let sql = index::create_index(&self.writer, &table.name, index, false)?;
            self.emit(sql);
        }
        if !comment::is_statement(self.writer.target) {
            return Ok(());
        }
        if let Some(text) = &table.comment {
            let sql = comment::set_table_comment(&self.writer, &table.name, Some(text));
            self.emit(sql);
        }
        for column in &table.columns {
            self.column_comment(table, column)?;
        }
        Ok(())
    }

    fn column_comment(&mut self, table: &BoundTable, column: &Column) -> Result<()> {
        if let Some(text) = &column.comment {
            let sql = comment::set_column_comment(&self.writer, table, column, text)?;
            self.emit(sql);
        }
        Ok(())
    }

    /// `CREATE TYPE` for a column of a new table, once a run.
    fn create_named_type(&mut self, column: &Column) -> Result<()> {
        let Some(type_) = column
            .type_
            .as_ref()
            .and_then(|type_| named_type(type_, self.writer.target))
        else {
            return Ok(());
        };
        if !creates_with_table(type_) {
            return Ok(());
        }
        if let Some(sql) = create_type(&self.writer, type_)? {
            let key = crate::postgres::types::format_type(type_, self.writer.target)?;
            if self.context.created_enums.insert(key) {
                self.emit(sql);
            }
        }
        Ok(())
    }

    fn create_enum(&mut self, op: &EnumOp) -> Result<()> {
        let type_ = named_type(&op.type_, self.writer.target).unwrap_or(&op.type_);
        if let Some(sql) = create_type(&self.writer, type_)? {
            if op.checkfirst && !self.context.offline {
                let guarded = guard_type(&sql, "duplicate_object", self.writer.target.dialect);
                self.emit(guarded);
            } else {
                self.emit(sql);
            }
        }
        Ok(())
    }

    fn drop_enum(&mut self, op: &EnumOp) -> Result<()> {
        let type_ = named_type(&op.type_, self.writer.target).unwrap_or(&op.type_);
        if let Some(sql) = drop_type(&self.writer, type_)? {
            if op.checkfirst && !self.context.offline {
                let sql = sql
                    .replacen("DROP TYPE ", "DROP TYPE IF EXISTS ", 1)
                    .replacen("DROP DOMAIN ", "DROP DOMAIN IF EXISTS ", 1);
                self.emit(sql);
            } else {
                self.emit(sql);
            }
            if let Ok(key) = crate::postgres::types::format_type(type_, self.writer.target) {
                self.context.created_enums.remove(&key);
            }
        }
        Ok(())
    }

    pub(crate) fn rename_table(&mut self, table: &TableName, new_name: &Name) {
        let target = self.writer.target;
        let old = target.format_table_dotted(table);
        let sql = match target.dialect {
            Dialect::Postgres | Dialect::Sqlite | Dialect::Oracle => {
                format!("ALTER TABLE {old} RENAME TO {}", target.quote(new_name))
            }
            Dialect::MySql | Dialect::MariaDb => {
                let new = TableName::in_schema(table.schema.clone(), new_name.clone());
                format!(
                    "ALTER TABLE {old} RENAME TO {}",
                    target.format_table_dotted(&new)
                )
            }
            Dialect::MsSql => format!("EXEC sp_rename '{old}', {}", target.quote(new_name)),
        };
        self.emit(sql);
    }

    pub(crate) fn add_column(&mut self, op: &AddColumn) -> Result<()> {
        let mut table = Table::new(op.table.clone());
        table.columns.push(op.column.clone());
        let bound = bind_table(&table, &self.context.naming_convention, &self.writer)?;
        let Some(column) = bound.columns.first() else {
            return Ok(());
        };
        let inlined = op.inline_references && column.foreign_keys.len() == 1;
        let sql = self.add_column_text(op, &bound, column, inlined)?;
        self.emit(sql);
        for constraint in &bound.constraints {
            match constraint {
                BoundConstraint::Plain(Constraint {
                    body: ConstraintBody::ForeignKey(_),
                    ..
                }) if inlined => {}
                BoundConstraint::Plain(constraint) => {
                    self.add_plain_constraint(&op.table, constraint, &bound.columns)?;
                }
                BoundConstraint::Type(check) => self.add_type_check(&op.table, check)?,
            }
        }
        for index in &bound.indexes {
            let sql = index::create_index(&self.writer, &op.table, index, false)?;
            self.emit(sql);
        }
        if comment::is_statement(self.writer.target) {
            self.column_comment(&bound, column)?;
        }
        Ok(())
    }

    fn add_column_text(
        &self,
        op: &AddColumn,
        bound: &BoundTable,
        column: &Column,
        inlined: bool,
    ) -> Result<String> {
        let target = self.writer.target;
        // SQL Server and Oracle have no word COLUMN and no IF NOT EXISTS here.
        let (words, exists) = match target.dialect {
            Dialect::MsSql | Dialect::Oracle => ("ADD", ""),
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => (
                "ADD COLUMN",
                if op.if_not_exists {
                    "IF NOT EXISTS "
                } else {
                    ""
                },
            ),
        };
        let mut sql = format!(
            "ALTER TABLE {} {words} {exists}{}",
            target.format_table_dotted(&op.table),
            column_spec(&self.writer, bound, column)?
        );
        let loses = matches!(target.dialect, Dialect::MsSql | Dialect::Oracle)
            && target.compat == Compat::Alembic;
        if loses {
            return Ok(sql);
        }
        if op.inline_primary_key && column.primary_key {
            sql.push_str(" PRIMARY KEY");
        }
        if inlined && let Some(foreign_key) = column.foreign_keys.first() {
            let constraint = &foreign_key.constraint;
            if let ConstraintBody::ForeignKey(body) = &constraint.body {
                let referred = match body.referred_columns.first() {
                    Some(referred) => referred,
                    None if body.referred_table == op.table => &column.name,
                    None => return Err(no_target_column(&op.table, body)),
                };
                if matches!(target.dialect, Dialect::MsSql | Dialect::Oracle)
                    && let Some(name) = self.inlined_name(bound)?
                {
                    sql.push_str(&format!(" CONSTRAINT {name}"));
                }
                sql.push_str(&format!(
                    " REFERENCES {} ({})",
                    target.format_table(&body.referred_table),
                    target.quote(referred)
                ));
                sql.push_str(&reference_options(&self.writer, constraint, body)?);
            }
        }
        for check in &column.checks {
            sql.push_str(&format!(" {}", column_check(&self.writer, check)?));
        }
        Ok(sql)
    }

    /// The name of the only foreign key of a new column.
    fn inlined_name(&self, bound: &BoundTable) -> Result<Option<String>> {
        let key = bound
            .constraints
            .iter()
            .find_map(|constraint| match constraint {
                BoundConstraint::Plain(constraint)
                    if matches!(constraint.body, ConstraintBody::ForeignKey(_)) =>
                {
                    Some(constraint)
                }
                BoundConstraint::Plain(_) | BoundConstraint::Type(_) => None,
            });
        match key {
            Some(key) => self.writer.target.format_constraint_name(&key.name),
            None => Ok(None),
        }
    }

    pub(crate) fn drop_column(&mut self, op: &DropColumn) {
        let target = self.writer.target;
        if target.dialect == Dialect::MsSql {
            for (asked, catalogue) in [
                (op.mssql.default, "sys.default_constraints"),
                (op.mssql.check, "sys.check_constraints"),
            ] {
                if asked {
                    let sql =
                        drop_column_constraint(&self.writer, &op.table, &op.column, catalogue);
                    self.emit(sql);
                }
            }
            if op.mssql.foreign_key {
                let sql = drop_column_foreign_key(&self.writer, &op.table, &op.column);
                self.emit(sql);
            }
        }
        let exists = if op.if_exists { "IF EXISTS " } else { "" };
        let sql = format!(
            "ALTER TABLE {} DROP COLUMN {exists}{}",
            target.format_table_dotted(&op.table),
            target.quote(&op.column)
        );
        self.emit(sql);
    }

    pub(crate) fn alter_column(&mut self, op: &AlterColumn) -> Result<()> {
        let convention = self.context.naming_convention.clone();
        if let (Some(existing), Some(_)) = (&op.existing_type, &op.type_) {
            check_convention(&convention, &op.table)?;
            let column = Column::new(op.column.clone(), Some(existing.clone()));
            if let Some(check) =
                type_check::of_column(&op.table, &column, &convention, self.writer.target)?
            {
                self.drop_type_check(&op.table, &check)?;
            }
        }
        let mut statements = Vec::new();
        let result = alter_column(&self.writer, op, &mut |sql| statements.push(sql));
        for sql in statements {
            self.emit(sql);
        }
        result?;
        if let Some(type_) = &op.type_ {
            check_convention(&convention, &op.table)?;
            let column = Column::new(op.column.clone(), Some(type_.clone()));
            if let Some(check) =
                type_check::of_column(&op.table, &column, &convention, self.writer.target)?
            {
                self.add_type_check(&op.table, &check)?;
            }
        }
        Ok(())
    }

    fn add_type_check(&mut self, table: &TableName, check: &TypeCheck) -> Result<()> {
        if check.written && self.writer.target.dialect == Dialect::Sqlite {
            self.writer.warn(
                "Skipping unsupported ALTER for creation of implicit constraint. Please refer to the batch mode feature which allows for SQLite migrations using a copy-and-move strategy.",
            );
            return Ok(());
        }
        match check.written(self.writer.target)? {
            Some(constraint) => self.add_text(table, constraint, &[]),
            None => Ok(()),
        }
    }

    fn drop_type_check(&mut self, table: &TableName, check: &TypeCheck) -> Result<()> {
        let dialect = self.writer.target.dialect;
        // On SQLite it goes with the rebuild; on MySQL Alembic leaves it.
        if dialect == Dialect::Sqlite || dialect.is_mysql_family() {
            return Ok(());
        }
        let Some(constraint) = check.written(self.writer.target)? else {
            return Ok(());
        };
        let sql = drop_constraint(
            &self.writer,
            table,
            &constraint.name,
            DropKind::Check,
            false,
        )?;
        self.emit(sql);
        Ok(())
    }

    /// `ADD CONSTRAINT` of a constraint whose name is final.
    pub(crate) fn add_plain_constraint(
        &mut self,
        table: &TableName,
        constraint: &Constraint,
        columns: &[Column],
    ) -> Result<()> {
        if self.writer.target.dialect == Dialect::Sqlite {
            return Err(python_error(SQLITE_CONSTRAINT));
        }
        self.add_text(table, constraint, columns)
    }

    fn add_text(
        &mut self,
        table: &TableName,
        constraint: &Constraint,
        columns: &[Column],
    ) -> Result<()> {
        let owner = Owner { table, columns };
        let sql = add_constraint(&self.writer, constraint, owner)?;
        self.emit(sql);
        Ok(())
    }

    fn add_constraint_op(&mut self, op: &AddConstraint) -> Result<()> {
        let constraint = self.named_constraint(op)?;
        self.add_plain_constraint(&op.table, &constraint, &[])
    }

    /// The constraint of an `op.create_…_constraint` with its final name.
    pub(crate) fn named_constraint(&self, op: &AddConstraint) -> Result<Constraint> {
        let convention = &self.context.naming_convention;
        check_convention(convention, &op.table)?;
        let mut constraint = op.constraint.clone();
        constraint.name = match &constraint.body {
            // Alembic builds the referent, so that a convention may ask for its columns.
            ConstraintBody::ForeignKey(_) => convention
                .constraint_name(&op.table, &constraint)
                .map_err(|error| convention_error(&error))?,
            _ => constraint_name(convention, &op.table, &constraint)?,
        };
        Ok(constraint)
    }

    fn drop_constraint_op(&mut self, op: &DropConstraint) -> Result<()> {
        let (kind, name) = self.dropped_constraint(op)?;
        if self.writer.target.dialect == Dialect::Sqlite {
            return Err(python_error(SQLITE_CONSTRAINT));
        }
        if op.if_exists && self.writer.target.dialect == Dialect::MySql {
            self.writer
                .warn("MySQL has no IF EXISTS for constraints: it is left out");
        }
        let sql = drop_constraint(&self.writer, &op.table, &name, kind, op.if_exists)?;
        self.emit(sql);
        Ok(())
    }

    /// What an `op.drop_constraint` drops, by its final name.
    pub(crate) fn dropped_constraint(
        &self,
        op: &DropConstraint,
    ) -> Result<(DropKind, ConstraintName)> {
        let convention = &self.context.naming_convention;
        check_convention(convention, &op.table)?;
        let (kind, body) = match op.type_.as_deref() {
            Some("foreignkey") => (
                DropKind::ForeignKey,
                ConstraintBody::ForeignKey(ForeignKeyConstraint {
                    columns: Vec::new(),
                    referred_table: TableName::new(""),
                    referred_columns: Vec::new(),
                    onupdate: None,
                    ondelete: None,
                    match_: None,
                    use_alter: false,
                }),
            ),
            Some("primary") => (
                DropKind::PrimaryKey,
                ConstraintBody::PrimaryKey(PrimaryKeyConstraint::default()),
            ),
            Some("unique") => (
                DropKind::Unique,
                ConstraintBody::Unique(UniqueConstraint::default()),
            ),
            Some("check") => (
                DropKind::Check,
                ConstraintBody::Check(limbeck_schema::CheckConstraint {
                    sqltext: Expr::text(""),
                    type_bound: None,
                }),
            ),
            None => return Ok((DropKind::Generic, op.name.clone())),
            Some(_) => {
                return Err(python_error(
                    "'type' can be one of 'check', 'foreignkey', 'primary', 'unique', None",
                ));
            }
        };
        let constraint = Constraint::new(op.name.clone(), body);
        let name = convention
            .constraint_name(&op.table, &constraint)
            .map_err(|error| convention_error(&error))?;
        Ok((kind, name))
    }

    pub(crate) fn create_index(&mut self, op: &CreateIndex) -> Result<()> {
        check_convention(&self.context.naming_convention, &op.table)?;
        let index = bind_index(&op.table, &op.index, &self.context.naming_convention)?;
        let sql = index::create_index(&self.writer, &op.table, &index, op.if_not_exists)?;
        self.emit(sql);
        Ok(())
    }

    pub(crate) fn drop_index(&mut self, op: &DropIndex) -> Result<()> {
        let name = self.dropped_index(op)?;
        let sql = index::drop_index(
            &self.writer,
            op.table.as_ref(),
            op.schema.as_ref(),
            &name,
            &op.options,
            op.if_exists,
        )?;
        self.emit(sql);
        Ok(())
    }

    /// The final name of the index that an `op.drop_index` drops.
    pub(crate) fn dropped_index(&self, op: &DropIndex) -> Result<ConstraintName> {
        let convention = &self.context.naming_convention;
        let table = TableName::in_schema(
            op.schema.clone(),
            op.table.clone().unwrap_or_else(|| Name::new("no_table")),
        );
        check_convention(convention, &table)?;
        let index = limbeck_schema::Index {
            name: op.name.clone(),
            // Alembic builds it on a column of its own.
            elements: vec![limbeck_schema::IndexElement::Column(Name::new("x"))],
            unique: false,
            column_flag: false,
            options: op.options.clone(),
        };
        convention
            .index_name(&table, &index)
            .map_err(|error| convention_error(&error))
    }

    /// How values reach the server.
    fn mode(&self) -> StatementMode {
        match (self.context.offline, self.context.literal_binds) {
            (false, _) => StatementMode::Online,
            (true, true) => StatementMode::LiteralBinds,
            (true, false) => StatementMode::Placeholders,
        }
    }

    pub(crate) fn execute(&mut self, op: &Execute) -> Result<()> {
        let empty = vec![IndexMap::new()];
        let sets = if op.params.is_empty() {
            &empty
        } else {
            &op.params
        };
        for params in sets {
            self.statement(&op.statement, params)?;
        }
        Ok(())
    }

    pub(crate) fn statement(
        &mut self,
        statement: &Statement,
        params: &IndexMap<String, Literal>,
    ) -> Result<()> {
        let rendered = render_statement(statement, params, self.writer.target, self.mode())?;
        let sql = if self.context.offline {
            blanks_for_tabs(&rendered.sql)
        } else {
            rendered.sql
        };
        self.emit_with(sql, rendered.params);
        Ok(())
    }
}

/// PostgreSQL has no `IF NOT EXISTS` for types: the error is caught where it arises.
fn guard_type(sql: &str, error: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => {
            format!("DO $limbeck$ BEGIN {sql}; EXCEPTION WHEN {error} THEN NULL; END $limbeck$")
        }
        Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite | Dialect::MsSql | Dialect::Oracle => {
            sql.to_owned()
        }
    }
}

/// Alembic writes four blanks for every tab of a script; inside a literal that would change the data.
fn blanks_for_tabs(sql: &str) -> String {
    if !sql.contains('\t') {
        return sql.to_owned();
    }
    let mut out = String::with_capacity(sql.len());
    let mut quote: Option<char> = None;
    for c in sql.chars() {
        match (c, quote) {
            ('\t', None) => {
                out.push_str("    ");
                continue;
            }
            ('\'' | '"' | '`', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
        out.push(c);
    }
    out
}
