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

/// The operations of one direction of a script; on the way down with what drops the keys of its `upgrade()` before the tables that they point to.
pub(super) fn with_keys_dropped<'o>(
    ops: &'o [SourcedOp],
    evaluation: &Evaluation<'_>,
    script: &Script,
    direction: Direction,
    target: &Target,
    convention: &NamingConvention,
) -> Cow<'o, [SourcedOp]> {
    // MySQL cannot drop a key if it is there, and in a database that Alembic made it is not.
    let is_wanted = direction == Direction::Downgrade
        && target.compat == Compat::Limbeck
        && matches!(target.dialect, Dialect::Postgres | Dialect::MariaDb)
        && script.text().contains("use_alter");
    if !is_wanted {
        return Cow::Borrowed(ops);
    }
    let keys = evaluation
        .outcome(script, Direction::Upgrade)
        .and_then(|upgrade| keys_of(&upgrade.ops, target, convention));
    match keys {
        Ok(keys) => Cow::Owned(drop_before_tables(ops, &keys)),
        // What `upgrade()` does is not known: the server will say what stands in the way.
        Err(_) => Cow::Borrowed(ops),
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

fn drop_before_tables(ops: &[SourcedOp], keys: &[AddConstraint]) -> Vec<SourcedOp> {
    let mut left: Vec<&AddConstraint> = keys.iter().collect();
    let mut all = Vec::with_capacity(ops.len() + keys.len());
    for op in ops {
        if let Op::DropTable(dropped) = &op.op {
            left.retain(|key| key.table != dropped.table);
            left.retain(|key| {
                let stands_in_the_way = points_to(key, &dropped.table);
                if stands_in_the_way {
                    all.push(drop_key(key, op.origin.clone()));
                }
                !stands_in_the_way
            });
        }
        all.push(op.clone());
    }
    all
}

fn points_to(key: &AddConstraint, table: &TableName) -> bool {
    match &key.constraint.body {
        ConstraintBody::ForeignKey(body) => body.referred_table == *table,
        _ => false,
    }
}

fn drop_key(key: &AddConstraint, origin: Option<Location>) -> SourcedOp {
    SourcedOp {
        op: Op::DropConstraint(DropConstraint {
            name: key.constraint.name.clone(),
            table: key.table.clone(),
            type_: Some("foreignkey".to_owned()),
            if_exists: true,
            dropped: None,
        }),
        origin,
    }
}
