//! Foreign keys with `use_alter=True` on the way down.
//!
//! Autogenerate writes such keys for tables that refer to each other, and Alembic never creates them: its `downgrade()` drops
//! the tables as if there were none. Limbeck creates them, so it must drop those that stand in the way.

use std::borrow::Cow;

use limbeck_diag::{Location, Result};
use limbeck_graph::Direction;
use limbeck_schema::{
    AddConstraint, ConstraintBody, DropConstraint, NamingConvention, Op, SourcedOp, TableName,
};
use limbeck_sql::{Compat, CompileContext, Dialect, Target, compile_part};

use super::evaluate::Evaluation;
use crate::Script;

/// The keys of a script's `upgrade()` that its `downgrade()` has not come across yet.
#[derive(Default)]
pub(super) struct KeysToDrop {
    left: Vec<AddConstraint>,
}

impl KeysToDrop {
    /// None on the way up.
    pub(super) fn of(
        evaluation: &Evaluation<'_>,
        script: &Script,
        direction: Direction,
        target: &Target,
        convention: &NamingConvention,
    ) -> KeysToDrop {
        // MySQL cannot drop a key if it is there, and in a database that Alembic made it is not.
        let is_wanted = direction == Direction::Downgrade
            && target.compat == Compat::Limbeck
            && matches!(target.dialect, Dialect::Postgres | Dialect::MariaDb)
            && script.text().contains("use_alter");
        let keys = is_wanted.then(|| {
            let upgrade = evaluation.outcome(script, Direction::Upgrade)?;
            keys_of(&upgrade.ops, target, convention)
        });
        KeysToDrop {
            // Where it is not known what `upgrade()` does, the server will say what stands in the way.
            left: keys.and_then(Result::ok).unwrap_or_default(),
        }
    }

    /// What drops the keys that stand in the way of an operation.
    pub(super) fn before(&mut self, op: &SourcedOp) -> Vec<SourcedOp> {
        let Op::DropTable(dropped) = &op.op else {
            return Vec::new();
        };
        self.left.retain(|key| key.table != dropped.table);
        let in_the_way = self
            .left
            .extract_if(.., |key| points_to(key, &dropped.table));
        in_the_way
            .map(|key| drop_key(key, op.origin.clone()))
            .collect()
    }

    /// Operations with what drops the keys that stand in their way.
    pub(super) fn dropped_among<'o>(&mut self, ops: &'o [SourcedOp]) -> Cow<'o, [SourcedOp]> {
        if self.left.is_empty() {
            return Cow::Borrowed(ops);
        }
        let mut all = Vec::with_capacity(ops.len() + self.left.len());
        for op in ops {
            all.extend(self.before(op));
            all.push(op.clone());
        }
        Cow::Owned(all)
    }
}

fn keys_of(
    upgrade: &[SourcedOp],
    target: &Target,
    convention: &NamingConvention,
) -> Result<Vec<AddConstraint>> {
    let mut context = CompileContext::offline(convention.clone());
    let tables: Vec<SourcedOp> = upgrade
        .iter()
        .filter(|op| is_of_tables(op))
        .cloned()
        .collect();
    compile_part(&tables, target, &mut context, &mut Vec::new())?;
    let keys = context.use_alter.into_iter().filter_map(|op| match op.op {
        Op::AddConstraint(key) if key.constraint.name.as_str().is_some() => Some(*key),
        _ => None,
    });
    Ok(keys.collect())
}

/// True for what decides which keys wait for the end of a revision.
fn is_of_tables(op: &SourcedOp) -> bool {
    matches!(
        op.op,
        Op::CreateTable(_) | Op::DropTable(_) | Op::AddConstraint(_) | Op::DropConstraint(_)
    )
}

fn points_to(key: &AddConstraint, table: &TableName) -> bool {
    match &key.constraint.body {
        ConstraintBody::ForeignKey(body) => body.referred_table == *table,
        _ => false,
    }
}

fn drop_key(key: AddConstraint, origin: Option<Location>) -> SourcedOp {
    SourcedOp {
        op: Op::DropConstraint(DropConstraint {
            name: key.constraint.name,
            table: key.table,
            type_: Some("foreignkey".to_owned()),
            if_exists: true,
            dropped: None,
        }),
        origin,
    }
}
