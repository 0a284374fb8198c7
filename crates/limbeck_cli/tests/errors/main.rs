//! Bad input: a clear error at its place, nothing changed, no password shown, no panic.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

mod configuration;
mod deployers;
mod permissions;
mod project;
mod revisions;
mod server;
