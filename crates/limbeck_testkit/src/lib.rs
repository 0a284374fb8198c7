//! What tests need: private database servers, one fresh database a test, folders of projects, and
//! the real Alembic. A dev-dependency only.
#![expect(
    clippy::expect_used,
    reason = "a test that cannot have its database or its folder must fail"
)]

pub mod database;
pub mod folder;
pub mod server;

pub use database::Database;
pub use folder::{Folder, alembic_bin};
