//! One column on both sides: type, nullability, server default, comment.

use limbeck_diag::Result;
use limbeck_schema::{
    AlterColumn, Autoincrement, Change, Column, ColumnType, Name, ServerDefault, Table, TableName,
    TypeClass,
};
use limbeck_sql::types::{Affinity, type_affinity};
use limbeck_sql::{CommentStyle, SqlAlchemyVersion, Target};

use crate::{AutogenerateOptions, ColumnPair, Notes, server_default, type_};

/// A column of both sides.
pub(crate) struct Pair<'a> {
    pub(crate) table: &'a TableName,
    pub(crate) database: &'a Column,
    pub(crate) metadata: &'a Column,
    pub(crate) metadata_table: &'a Table,
}

impl Pair<'_> {
    /// `table.column`, without the namespace, as the log says it.
    pub(crate) fn short_name(&self) -> String {
        format!("{}.{}", self.table.name, self.metadata.name)
    }
}

/// What must be altered; `None` if nothing.
pub(crate) fn compare(
    pair: &Pair<'_>,
    options: &AutogenerateOptions<'_>,
    notes: &mut Notes,
) -> Result<Option<AlterColumn>> {
    let mut op = AlterColumn::new(pair.table.clone(), pair.metadata.name.clone());
    // The order of Alembic's log lines.
    compare_nullable(pair, &mut op, notes);
    compare_comment(pair, options.target, &mut op, notes);
    if options.compare_type {
        compare_type(pair, options, &mut op, notes)?;
    }
    server_default::compare(pair, options, &mut op, notes)?;
    let changed = op.type_.is_some()
        || op.nullable.is_some()
        || op.server_default.is_change()
        || op.comment.is_change();
    Ok(changed.then_some(op))
}

fn is_null_type(type_: Option<&ColumnType>, target: &Target) -> bool {
    type_.is_none_or(|it| {
        it.class == TypeClass::NullType
            || type_affinity(it, target.sqlalchemy) == Affinity::NullType
    })
}

fn compare_type(
    pair: &Pair<'_>,
    options: &AutogenerateOptions<'_>,
    op: &mut AlterColumn,
    notes: &mut Notes,
) -> Result<()> {
    let target = options.target;
    let logger = "alembic.autogenerate.compare.types";
    op.existing_type = Some(
        pair.database
            .type_
            .clone()
            .unwrap_or_else(|| ColumnType::new(TypeClass::NullType)),
    );
    let name = pair.short_name();
    let (Some(found), Some(wanted)) = (&pair.database.type_, &pair.metadata.type_) else {
        return Ok(());
    };
    // Alembic asks twice (once for the user's function), and says it twice.
    if is_null_type(Some(found), target) {
        for _ in 0..2 {
            let message = format!("Couldn't determine database type for column '{name}'");
            notes.log(logger, message);
        }
        return Ok(());
    }
    if is_null_type(Some(wanted), target) {
        for _ in 0..2 {
            let message = format!("Column '{name}' has no type within the model; can't compare");
            notes.log(logger, message);
        }
        return Ok(());
    }
    let asked = match options.functions.compare_type {
        Some(function) => function(&ColumnPair {
            database: pair.database,
            metadata: pair.metadata,
            metadata_table: pair.metadata_table,
            database_default: None,
            metadata_default: None,
        })?,
        None => None,
    };
    let differs = match asked {
        Some(differs) => differs,
        None => type_::differs(found, wanted, target)?,
    };
    if differs {
        notes.log(
            logger,
            format!("Detected type change from {found} to {wanted} on '{name}'"),
        );
        op.type_ = Some(wanted.clone());
    }
    Ok(())
}

fn compare_nullable(pair: &Pair<'_>, op: &mut AlterColumn, notes: &mut Notes) {
    op.existing_nullable = Some(pair.database.nullable);
    if pair.database.nullable == pair.metadata.nullable {
        return;
    }
    let defaults = || {
        [&pair.metadata.server_default, &pair.database.server_default]
            .into_iter()
            .flatten()
    };
    let computed = defaults().any(|it| matches!(it, ServerDefault::Computed(_)));
    let identity = defaults().any(|it| matches!(it, ServerDefault::Identity(_)));
    let name = pair.short_name();
    let logger = "alembic.autogenerate.compare.constraints";
    if (computed && !pair.metadata.nullable_given) || identity {
        notes.log(
            logger,
            format!("Ignoring nullable change on identity column '{name}'"),
        );
        return;
    }
    op.nullable = Some(pair.metadata.nullable);
    let word = if pair.metadata.nullable {
        "NULL"
    } else {
        "NOT NULL"
    };
    notes.log(logger, format!("Detected {word} on column '{name}'"));
}

/// A comment that says nothing is none.
pub(crate) fn said(comment: Option<&String>) -> Option<String> {
    comment.filter(|it| !it.is_empty()).cloned()
}

fn compare_comment(pair: &Pair<'_>, target: &Target, op: &mut AlterColumn, notes: &mut Notes) {
    if target.caps.comments == CommentStyle::None {
        return;
    }
    let wanted = said(pair.metadata.comment.as_ref());
    op.existing_comment = said(pair.database.comment.as_ref());
    if op.existing_comment != wanted {
        op.comment = wanted.map_or(Change::Drop, Change::Set);
        notes.log(
            "alembic.autogenerate.compare.comments",
            format!("Detected column comment '{}'", pair.short_name()),
        );
    }
}

/// SQLAlchemy's `Table._autoincrement_column`: the key column that counts by itself.
pub(crate) fn autoincrement_column(table: &Table, sqlalchemy: SqlAlchemyVersion) -> Option<&Name> {
    let members: Vec<&Column> = table
        .primary_key_columns()
        .into_iter()
        .filter_map(|name| table.column(&name.text))
        .collect();
    let [column] = members.as_slice() else {
        return members
            .into_iter()
            .find(|column| column.autoincrement == Autoincrement::True)
            .map(|column| &column.name);
    };
    let counts = match column.autoincrement {
        Autoincrement::True => true,
        Autoincrement::False => false,
        Autoincrement::Auto | Autoincrement::IgnoreFk => {
            let affinity = column
                .type_
                .as_ref()
                .map(|type_| type_affinity(type_, sqlalchemy));
            let numeric = affinity == Some(Affinity::Integer)
                || (affinity == Some(Affinity::Numeric) && sqlalchemy == SqlAlchemyVersion::V2_0);
            let foreign = table
                .foreign_keys()
                .any(|(_, key)| key.columns.iter().any(|it| it.text == column.name.text));
            numeric
                && (!column.has_python_default || column.sequence.is_some())
                && matches!(
                    column.server_default,
                    None | Some(ServerDefault::Identity(_))
                )
                && (!foreign || column.autoincrement == Autoincrement::IgnoreFk)
        }
    };
    counts.then_some(&column.name)
}
