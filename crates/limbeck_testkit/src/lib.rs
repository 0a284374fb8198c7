//! What tests need: private database servers, one fresh database a test, and canonical texts to
//! compare. A dev-dependency only.
#![expect(
    clippy::expect_used,
    reason = "a test that cannot have its database must fail"
)]

pub mod database;
pub mod server;

pub use database::Database;
