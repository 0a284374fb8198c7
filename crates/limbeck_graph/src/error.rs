//! What can go wrong when symbols are resolved, and how each command words it.

use std::fmt;

use limbeck_diag::{Diagnostic, Error, ErrorKind};

use crate::symbol::Target;

/// A failure to resolve, walk or order revisions, before a command words it for its user.
///
/// [`RevisionError::message`] is Alembic's inner text; [`RevisionError::into_error`] is what the
/// commands print.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevisionError {
    /// Alembic's plain `RevisionError`: the text is the message.
    Revision(String),
    /// `RangeNotAncestorError`: the two ends are not on one line.
    RangeNotAncestor {
        /// The older end, as Alembic prints it.
        lower: String,
        /// The newer end, as Alembic prints it.
        upper: String,
    },
    /// `MultipleHeads`: one revision was asked for and there are several.
    MultipleHeads {
        /// The revisions there are.
        heads: Vec<String>,
        /// What was asked for.
        argument: String,
    },
    /// `ResolutionError`: no such revision, or more than one.
    Resolution {
        /// Alembic's inner text.
        message: String,
        /// The part of the symbol that was not found.
        argument: String,
        /// What to try instead.
        help: Option<String>,
    },
    /// A request at which Alembic fails with a bare Python exception.
    Unsupported(String),
}

impl RevisionError {
    pub(crate) fn revision(message: impl Into<String>) -> RevisionError {
        RevisionError::Revision(message.into())
    }

    pub(crate) fn unsupported(message: impl Into<String>) -> RevisionError {
        RevisionError::Unsupported(message.into())
    }

    pub(crate) fn short_walk(step: &str, steps: i64) -> RevisionError {
        let count = steps.unsigned_abs();
        RevisionError::Revision(format!(
            "Relative revision {step} didn't produce {count} migrations"
        ))
    }

    pub(crate) fn not_ancestor(lower: &Target, upper: &Target) -> RevisionError {
        let or_base = |end: &Target| {
            if end.is_empty() {
                "base".to_owned()
            } else {
                end.to_string()
            }
        };
        RevisionError::RangeNotAncestor {
            lower: or_base(lower),
            upper: or_base(upper),
        }
    }

    /// The name of Alembic's exception class, or `None` where Alembic has none.
    #[must_use]
    pub fn class(&self) -> Option<&'static str> {
        match self {
            RevisionError::Revision(_) => Some("RevisionError"),
            RevisionError::RangeNotAncestor { .. } => Some("RangeNotAncestorError"),
            RevisionError::MultipleHeads { .. } => Some("MultipleHeads"),
            RevisionError::Resolution { .. } => Some("ResolutionError"),
            RevisionError::Unsupported(_) => None,
        }
    }

    /// The inner text.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            RevisionError::Revision(message)
            | RevisionError::Resolution { message, .. }
            | RevisionError::Unsupported(message) => message.clone(),
            RevisionError::RangeNotAncestor { lower, upper } => {
                format!("Revision {lower} is not an ancestor of revision {upper}")
            }
            RevisionError::MultipleHeads { heads, argument } => {
                let heads = heads.join(", ");
                format!("Multiple heads are present for given argument '{argument}'; {heads}")
            }
        }
    }

    /// The failure as a command reports it.
    #[must_use]
    pub fn into_error(self, wording: &Wording<'_>) -> Error {
        let inner = self.message();
        let (kind, diagnostic) = match self {
            RevisionError::RangeNotAncestor { lower, upper } => {
                let start = wording.start.map_or(lower, str::to_owned);
                let end = wording.end.map_or(upper, str::to_owned);
                let message = match wording.destination {
                    Some(direction) => format!(
                        "Destination {end} is not a valid {direction} target from current head(s)"
                    ),
                    None => format!(
                        "Requested range {start}:{end} does not refer to ancestor/descendant \
                         revisions along the same branch"
                    ),
                };
                let diagnostic = Diagnostic::error("range-not-ancestor", message);
                (ErrorKind::Resolution, diagnostic.note(inner))
            }
            RevisionError::MultipleHeads { heads, argument } => {
                let argument = wording.end.map_or(argument, str::to_owned);
                let message = wording.multiple_heads.map_or_else(
                    || {
                        format!(
                            "Multiple head revisions are present for given argument \
                             '{argument}'; please specify a specific target revision, \
                             '<branchname>@{argument}' to narrow to a specific head, or \
                             'heads' for all heads"
                        )
                    },
                    str::to_owned,
                );
                let diagnostic = Diagnostic::error("multiple-heads", message);
                (
                    ErrorKind::Resolution,
                    diagnostic.note(format!("the heads: {}", heads.join(", "))),
                )
            }
            RevisionError::Resolution { argument, help, .. } => {
                let message = format!("Can't locate revision identified by '{argument}'");
                let mut diagnostic = Diagnostic::error("revision-not-found", message).note(inner);
                diagnostic.help.extend(help);
                (ErrorKind::Resolution, diagnostic)
            }
            RevisionError::Revision(message) => (
                ErrorKind::Resolution,
                Diagnostic::error("revision-error", message),
            ),
            RevisionError::Unsupported(message) => (
                ErrorKind::Resolution,
                Diagnostic::error("unsupported-target", message),
            ),
        };
        Error::new(kind, diagnostic)
    }
}

impl fmt::Display for RevisionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for RevisionError {}

/// As the commands that have no words of their own report it.
impl From<RevisionError> for Error {
    fn from(error: RevisionError) -> Error {
        error.into_error(&Wording::default())
    }
}

/// How a command words a [`RevisionError`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Wording<'a> {
    /// `upgrade` or `downgrade`: a target off the line is "not a valid … target".
    pub destination: Option<&'a str>,
    /// The text for several heads where one is needed.
    pub multiple_heads: Option<&'a str>,
    /// What the user wrote as the start of the range.
    pub start: Option<&'a str>,
    /// What the user wrote as the end of the range, or as the target.
    pub end: Option<&'a str>,
}
