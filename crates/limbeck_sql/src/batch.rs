//! `op.batch_alter_table`.

use limbeck_diag::Result;
use limbeck_schema::BatchAlterTable;

use crate::compile::Emitter;

/// Writes a batch.
pub(crate) fn run(op: &BatchAlterTable, emitter: &mut Emitter<'_, '_>) -> Result<()> {
    let _ = (op, emitter);
    Ok(())
}
