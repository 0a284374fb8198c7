//! The diagnostic: one problem, told to a person.

use crate::mask::mask_passwords;
use crate::source::Location;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing was done, or what was done failed.
    Error,
    /// It goes on, but the person should know.
    Warning,
    /// Information.
    Note,
}

/// A remark attached to a place in a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub location: Location,
    /// What to say there; may be empty.
    pub text: String,
}

/// One problem: what, where, why, and what to do about it. Passwords of URLs are masked in all its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable kebab-case identifier, such as `revision-not-found`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// One terse line without a full stop, unless Alembic's own text has one.
    pub message: String,
    /// Places; the first one is the primary place.
    pub labels: Vec<Label>,
    /// Why it is so.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
}

fn masked(text: impl Into<String>) -> String {
    mask_passwords(&text.into()).into_owned()
}

impl Diagnostic {
    /// An error with a code and a message.
    pub fn error(code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: Severity::Error,
            message: masked(message),
            labels: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
        }
    }

    /// A warning with a code and a message.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Warning,
            ..Diagnostic::error(code, message)
        }
    }

    /// Adds a place with a remark.
    #[must_use]
    pub fn at(mut self, location: Location, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label {
            location,
            text: masked(text),
        });
        self
    }

    /// Adds a place if there is one.
    #[must_use]
    pub fn at_maybe(self, location: Option<Location>, text: impl Into<String>) -> Diagnostic {
        match location {
            Some(location) => self.at(location, text),
            None => self,
        }
    }

    /// Adds a reason.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(masked(text));
        self
    }

    /// Adds advice.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help.push(masked(text));
        self
    }

    /// The primary place.
    #[must_use]
    pub fn location(&self) -> Option<&Location> {
        self.labels.first().map(|label| &label.location)
    }
}
