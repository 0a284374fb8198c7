//! Diagnostics: what a person reads when something is wrong, and what a program branches on.
//!
//! A [`Diagnostic`] is for people: a code, a severity, one terse message, labels on spans of source
//! text, notes and help. An [`Error`] is for control flow: a [`ErrorKind`] that is cheap to match,
//! carrying the diagnostic that explains it. This crate knows neither SQL nor Python.

mod diagnostic;
mod error;
mod mask;
mod render;
mod source;
mod suggest;

pub use diagnostic::{Diagnostic, Label, Severity};
pub use error::{Error, ErrorKind, Result};
pub use mask::mask_passwords;
pub use render::{render_json, render_line, render_text};
pub use source::{Location, SourceFile, Span};
pub use suggest::closest;
