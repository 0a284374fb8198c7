//! The operations of a migration script that is written, grouped as Alembic groups them.

use crate::{IrreversibleOp, Op, TableName};

/// One item of a generated `upgrade()` or `downgrade()`.
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptOp {
    /// An operation that stands alone: a table that is created or dropped, SQL.
    Op(Op),
    /// Alembic's `ModifyTableOps`: what is done to one table. With `render_as_batch` it is written
    /// as one `with op.batch_alter_table(…)` block.
    ModifyTable {
        /// The table.
        table: TableName,
        /// What is done to it, in order.
        ops: Vec<Op>,
    },
}

impl ScriptOp {
    /// The item that undoes this one.
    ///
    /// # Errors
    /// [`IrreversibleOp`] where an operation does not carry what was there before.
    pub fn reverse(&self) -> Result<ScriptOp, IrreversibleOp> {
        Ok(match self {
            ScriptOp::Op(op) => ScriptOp::Op(op.reverse()?),
            ScriptOp::ModifyTable { table, ops } => ScriptOp::ModifyTable {
                table: table.clone(),
                ops: ops
                    .iter()
                    .rev()
                    .map(Op::reverse)
                    .collect::<Result<_, _>>()?,
            },
        })
    }

    /// The operations, without their grouping.
    #[must_use]
    pub fn ops(&self) -> &[Op] {
        match self {
            ScriptOp::Op(op) => std::slice::from_ref(op),
            ScriptOp::ModifyTable { ops, .. } => ops,
        }
    }
}

/// What undoes a whole script: every item reversed, in reverse order.
///
/// # Errors
/// [`IrreversibleOp`] where an operation does not carry what was there before.
pub fn reverse_script(ops: &[ScriptOp]) -> Result<Vec<ScriptOp>, IrreversibleOp> {
    ops.iter().rev().map(ScriptOp::reverse).collect()
}
