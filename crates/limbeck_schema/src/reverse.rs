//! The operation that undoes an operation, as autogenerate writes it into `downgrade()`.

use crate::{
    AddColumn, AddConstraint, AlterColumn, BatchAlterTable, Change, ColumnPosition, ConstraintBody,
    CreateIndex, CreateTable, CreateTableComment, DialectOptions, DropColumn, DropConstraint,
    DropIndex, DropTable, DropTableComment, MssqlDropColumn, Op, SourcedOp,
};

/// The operation cannot be undone from what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IrreversibleOp {
    /// Alembic's name of the directive.
    pub directive: &'static str,
}

impl Op {
    /// Alembic's name of the directive.
    #[must_use]
    pub fn directive(&self) -> &'static str {
        match self {
            Op::CreateTable(_) => "create_table",
            Op::DropTable(_) => "drop_table",
            Op::RenameTable(_) => "rename_table",
            Op::CreateTableComment(_) => "create_table_comment",
            Op::DropTableComment(_) => "drop_table_comment",
            Op::AddColumn(_) => "add_column",
            Op::DropColumn(_) => "drop_column",
            Op::AlterColumn(_) => "alter_column",
            Op::CreateIndex(_) => "create_index",
            Op::DropIndex(_) => "drop_index",
            Op::AddConstraint(op) => match op.constraint.body {
                ConstraintBody::PrimaryKey(_) => "create_primary_key",
                ConstraintBody::Unique(_) => "create_unique_constraint",
                ConstraintBody::ForeignKey(_) => "create_foreign_key",
                ConstraintBody::Check(_) => "create_check_constraint",
                ConstraintBody::Exclude(_) => "create_exclude_constraint",
            },
            Op::DropConstraint(_) => "drop_constraint",
            Op::Execute(_) => "execute",
            Op::BulkInsert(_) => "bulk_insert",
            Op::BatchAlterTable(_) => "batch_alter_table",
            Op::CreateSequence(_) => "create_sequence",
            Op::DropSequence(_) => "drop_sequence",
            Op::CreateEnum(_) => "create_enum",
            Op::DropEnum(_) => "drop_enum",
            Op::CreateSchema(_) => "create_schema",
            Op::DropSchema(_) => "drop_schema",
            Op::BeginAutocommit | Op::EndAutocommit => "autocommit_block",
        }
    }

    /// The operation that undoes this one.
    ///
    /// # Errors
    /// [`IrreversibleOp`] where what was there before is not known (a drop that does not carry what it dropped, SQL text, …).
    pub fn reverse(&self) -> Result<Op, IrreversibleOp> {
        let irreversible = || IrreversibleOp {
            directive: self.directive(),
        };
        Ok(match self {
            Op::CreateTable(op) => Op::DropTable(DropTable {
                table: op.table.name.clone(),
                if_exists: op.if_not_exists,
                dropped: Some(Box::new(op.table.clone())),
                options: DialectOptions::new(),
            }),
            Op::DropTable(op) => Op::CreateTable(Box::new(CreateTable {
                table: *op.dropped.clone().ok_or_else(irreversible)?,
                if_not_exists: op.if_exists,
                metadata: None,
            })),
            Op::CreateTableComment(op) => match &op.existing_comment {
                None => Op::DropTableComment(DropTableComment {
                    table: op.table.clone(),
                    existing_comment: op.comment.clone(),
                }),
                Some(existing) => Op::CreateTableComment(CreateTableComment {
                    table: op.table.clone(),
                    comment: Some(existing.clone()),
                    existing_comment: op.comment.clone(),
                }),
            },
            Op::DropTableComment(op) => Op::CreateTableComment(CreateTableComment {
                table: op.table.clone(),
                comment: op.existing_comment.clone(),
                existing_comment: None,
            }),
            Op::AddColumn(op) => Op::DropColumn(DropColumn {
                table: op.table.clone(),
                column: op.column.name.clone(),
                if_exists: op.if_not_exists,
                mssql: MssqlDropColumn::default(),
                dropped: Some(Box::new(op.column.clone())),
            }),
            Op::DropColumn(op) => Op::AddColumn(Box::new(AddColumn {
                table: op.table.clone(),
                column: *op.dropped.clone().ok_or_else(irreversible)?,
                if_not_exists: op.if_exists,
                inline_references: false,
                inline_primary_key: false,
                position: ColumnPosition::default(),
            })),
            Op::AlterColumn(op) => Op::AlterColumn(Box::new(reverse_alter_column(op))),
            Op::CreateIndex(op) => Op::DropIndex(DropIndex {
                name: op.index.name.clone(),
                table: Some(op.table.name.clone()),
                schema: op.table.schema.clone(),
                if_exists: op.if_not_exists,
                options: op.index.options.clone(),
                dropped: Some(Box::new(op.index.clone())),
            }),
            Op::DropIndex(op) => Op::CreateIndex(Box::new(CreateIndex {
                table: crate::TableName::in_schema(
                    op.schema.clone(),
                    op.table.clone().ok_or_else(irreversible)?,
                ),
                index: *op.dropped.clone().ok_or_else(irreversible)?,
                if_not_exists: op.if_exists,
            })),
            Op::AddConstraint(op) => Op::DropConstraint(DropConstraint {
                name: op.constraint.name.clone(),
                table: op.table.clone(),
                type_: match op.constraint.body {
                    ConstraintBody::PrimaryKey(_) => Some("primary".to_owned()),
                    ConstraintBody::Unique(_) => Some("unique".to_owned()),
                    ConstraintBody::ForeignKey(_) => Some("foreignkey".to_owned()),
                    ConstraintBody::Check(_) => Some("check".to_owned()),
                    ConstraintBody::Exclude(_) => None,
                },
                if_exists: false,
                dropped: Some(Box::new(op.constraint.clone())),
            }),
            Op::DropConstraint(op) => Op::AddConstraint(Box::new(AddConstraint {
                table: op.table.clone(),
                constraint: *op.dropped.clone().ok_or_else(irreversible)?,
            })),
            Op::BatchAlterTable(op) => {
                let mut ops = Vec::with_capacity(op.ops.len());
                for inner in op.ops.iter().rev() {
                    ops.push(SourcedOp {
                        op: inner.op.reverse()?,
                        origin: inner.origin.clone(),
                    });
                }
                Op::BatchAlterTable(Box::new(BatchAlterTable {
                    ops,
                    ..(**op).clone()
                }))
            }
            Op::CreateSequence(op) => Op::DropSequence(op.clone()),
            Op::DropSequence(op) => Op::CreateSequence(op.clone()),
            Op::CreateEnum(op) => Op::DropEnum(op.clone()),
            Op::DropEnum(op) => Op::CreateEnum(op.clone()),
            Op::BeginAutocommit => Op::EndAutocommit,
            Op::EndAutocommit => Op::BeginAutocommit,
            Op::RenameTable(_)
            | Op::Execute(_)
            | Op::BulkInsert(_)
            | Op::CreateSchema(_)
            | Op::DropSchema(_) => return Err(irreversible()),
        })
    }
}

/// Swaps every changed attribute with its `existing_*` twin.
fn reverse_alter_column(op: &AlterColumn) -> AlterColumn {
    let mut back = op.clone();
    if op.type_.is_some() {
        back.type_ = op.existing_type.clone();
        back.existing_type = op.type_.clone();
    }
    if op.nullable.is_some() {
        back.nullable = op.existing_nullable;
        back.existing_nullable = op.nullable;
    }
    if op.server_default.is_change() {
        back.server_default = match &op.existing_server_default {
            Change::Keep | Change::Drop => Change::Drop,
            Change::Set(default) => Change::Set(default.clone()),
        };
        back.existing_server_default = op.server_default.clone();
    }
    if op.comment.is_change() {
        back.comment = match &op.existing_comment {
            Some(comment) => Change::Set(comment.clone()),
            None => Change::Drop,
        };
        back.existing_comment = op.comment.value().cloned();
    }
    // As autogenerate writes it, `autoincrement` says what the column is and not what changes: it stays.
    if let (Some(now), Some(before)) = (op.autoincrement, op.existing_autoincrement) {
        back.autoincrement = Some(before);
        back.existing_autoincrement = Some(now);
    }
    if let Some(new_name) = &op.new_name {
        back.column = new_name.clone();
        back.new_name = Some(op.column.clone());
    }
    back
}
