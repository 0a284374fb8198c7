//! PostgreSQL.
use super::{Inspection, Scope};
use crate::connection::Connection;
use limbeck_diag::Result;
pub(super) fn inspect(_connection: &mut dyn Connection, _scope: &Scope) -> Result<Inspection> {
    Ok(Inspection::default())
}
