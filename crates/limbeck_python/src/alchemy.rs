//! Models of alembic, SQLAlchemy, SQLModel and their companions.

use crate::modules::ModuleBuilder;

/// The builder of a modelled module, by dotted name.
pub(crate) fn module(_name: &str) -> Option<ModuleBuilder> {
    None
}

/// True for a top-level package that is modelled here: a submodule that [`module`] does not know is
/// unknown rather than looked up in the project.
pub(crate) fn owns(name: &str) -> bool {
    matches!(name, "alembic" | "sqlalchemy" | "sqlmodel")
}
