//! What tests need: private database servers, one fresh database a test, and canonical texts to
//! compare. A dev-dependency only.

pub mod database;
pub mod server;

pub use database::Database;
