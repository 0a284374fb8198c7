//! Which operations come to a class of SQLAlchemy's or Alembic's.

use limbeck_schema::Op;

/// Which operations something changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// No operation: only what compares models with the database.
    Comparison,
    /// No operation: only objects of a session.
    Sessions,
    /// Operations of these kinds, and batches, which come to all of them.
    Kinds(&'static [Kind]),
    /// Whatever a migration does.
    Everything,
}

/// A kind of operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    CreateTable,
    DropTable,
    RenameTable,
    Comment,
    AddColumn,
    DropColumn,
    AlterColumn,
    CreateIndex,
    DropIndex,
    AddConstraint,
    DropConstraint,
    Execute,
    BulkInsert,
    CreateSequence,
    DropSequence,
    CreateEnum,
    DropEnum,
    CreateSchema,
    DropSchema,
}

impl Reach {
    /// True if the operation is changed.
    pub(crate) fn includes(self, op: &Op) -> bool {
        match self {
            Reach::Comparison | Reach::Sessions => false,
            Reach::Everything => true,
            Reach::Kinds(kinds) => match op {
                Op::BatchAlterTable(_) => true,
                op => kind_of(op).is_some_and(|kind| kinds.contains(&kind)),
            },
        }
    }
}

fn kind_of(op: &Op) -> Option<Kind> {
    Some(match op {
        Op::CreateTable(_) => Kind::CreateTable,
        Op::DropTable(_) => Kind::DropTable,
        Op::RenameTable(_) => Kind::RenameTable,
        Op::CreateTableComment(_) | Op::DropTableComment(_) => Kind::Comment,
        Op::AddColumn(_) => Kind::AddColumn,
        Op::DropColumn(_) => Kind::DropColumn,
        Op::AlterColumn(_) => Kind::AlterColumn,
        Op::CreateIndex(_) => Kind::CreateIndex,
        Op::DropIndex(_) => Kind::DropIndex,
        Op::AddConstraint(_) => Kind::AddConstraint,
        Op::DropConstraint(_) => Kind::DropConstraint,
        Op::Execute(_) => Kind::Execute,
        Op::BulkInsert(_) => Kind::BulkInsert,
        Op::CreateSequence(_) => Kind::CreateSequence,
        Op::DropSequence(_) => Kind::DropSequence,
        Op::CreateEnum(_) => Kind::CreateEnum,
        Op::DropEnum(_) => Kind::DropEnum,
        Op::CreateSchema(_) => Kind::CreateSchema,
        Op::DropSchema(_) => Kind::DropSchema,
        Op::BatchAlterTable(_) | Op::BeginAutocommit | Op::EndAutocommit => return None,
    })
}

/// What comes to a class of that name; nothing for a name that is not known here.
///
/// Alembic writes a new column without `CreateColumn`, and a new table with it. `op.create_table()` and `op.add_column()` may make
/// indexes, and `op.create_table()` comments.
pub(crate) fn reach_of(name: &str) -> Option<Reach> {
    use Kind::{
        AddColumn, AddConstraint, AlterColumn, BulkInsert, Comment, CreateEnum, CreateIndex,
        CreateSchema, CreateSequence, CreateTable, DropColumn, DropConstraint, DropEnum, DropIndex,
        DropSchema, DropSequence, DropTable, Execute, RenameTable,
    };
    let kinds: &'static [Kind] = match name {
        "CreateTable" => &[CreateTable, Execute],
        "CreateColumn" => &[CreateTable, Execute],
        "DropTable" => &[DropTable, Execute],
        "CreateIndex" => &[CreateIndex, CreateTable, AddColumn, Execute],
        "DropIndex" => &[DropIndex, Execute],
        "CreateSequence" => &[CreateSequence, Execute],
        "DropSequence" => &[DropSequence, Execute],
        "CreateSchema" => &[CreateSchema, Execute],
        "DropSchema" => &[DropSchema, Execute],
        "DropConstraint" => &[DropConstraint, Execute],
        // The tables of `create_table()` have their constraints inside, but for those that are added afterwards.
        "AddConstraint" => &[AddConstraint, CreateTable, AddColumn, Execute],
        "SetTableComment" | "DropTableComment" | "SetColumnComment" | "DropColumnComment" => {
            &[Comment, CreateTable, AddColumn, AlterColumn, Execute]
        }
        "CreateEnumType" => &[CreateEnum, CreateTable, AddColumn, Execute],
        "DropEnumType" => &[DropEnum, DropTable, Execute],
        "PrimaryKeyConstraint"
        | "ForeignKeyConstraint"
        | "UniqueConstraint"
        | "CheckConstraint"
        | "ColumnCheckConstraint"
        | "ExcludeConstraint"
        | "Constraint" => &[CreateTable, AddConstraint, AddColumn, DropConstraint],
        // Alembic's own.
        "AddColumn" => &[AddColumn],
        "DropColumn" => &[DropColumn],
        "RenameTable" => &[RenameTable],
        "AlterTable" => &[
            AddColumn,
            DropColumn,
            AlterColumn,
            RenameTable,
            AddConstraint,
            DropConstraint,
        ],
        "AlterColumn"
        | "ColumnNullable"
        | "ColumnType"
        | "ColumnName"
        | "ColumnDefault"
        | "ComputedColumnDefault"
        | "IdentityColumnDefault"
        | "ColumnComment"
        | "PostgresqlColumnType"
        | "MySQLAlterDefault"
        | "MySQLModifyColumn"
        | "MySQLChangeColumn" => &[AlterColumn],
        "CreateTableOp" => &[CreateTable],
        "DropTableOp" => &[DropTable],
        "RenameTableOp" => &[RenameTable],
        "CreateTableCommentOp" | "DropTableCommentOp" => &[Comment],
        "AddColumnOp" => &[AddColumn],
        "DropColumnOp" => &[DropColumn],
        "AlterColumnOp" => &[AlterColumn],
        "CreateIndexOp" => &[CreateIndex],
        "DropIndexOp" => &[DropIndex],
        "AddConstraintOp"
        | "CreatePrimaryKeyOp"
        | "CreateUniqueConstraintOp"
        | "CreateForeignKeyOp"
        | "CreateCheckConstraintOp" => &[AddConstraint],
        "DropConstraintOp" => &[DropConstraint],
        "ExecuteSQLOp" => &[Execute],
        "BulkInsertOp" => &[BulkInsert],
        // `sqlalchemy.values()` is not modelled: a migration that is read has none.
        "Values" => return Some(Reach::Comparison),
        _ => return None,
    };
    Some(Reach::Kinds(kinds))
}
