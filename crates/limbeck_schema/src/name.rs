//! Names of things in a database.

use std::fmt;

/// An identifier, with SQLAlchemy's `quote` flag: `None` quotes when the dialect needs it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// The identifier as it is, unquoted.
    pub text: String,
    /// `Some(true)` always quotes, `Some(false)` never, `None` by the dialect's rules.
    pub quote: Option<bool>,
}

impl Name {
    /// A name that is quoted when the dialect needs it.
    pub fn new(text: impl Into<String>) -> Name {
        Name {
            text: text.into(),
            quote: None,
        }
    }

    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Name {
        Name::new(text)
    }
}

impl From<String> for Name {
    fn from(text: String) -> Name {
        Name::new(text)
    }
}

/// A table's name, with the database namespace ("schema" in SQL) it stands in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// The database namespace; may contain dots (`catalog.owner`). `None` is the default one.
    pub schema: Option<Name>,
    /// The table.
    pub name: Name,
}

impl TableName {
    /// A table in the default namespace.
    pub fn new(name: impl Into<Name>) -> TableName {
        TableName {
            schema: None,
            name: name.into(),
        }
    }

    /// A table in a namespace.
    pub fn in_schema(schema: Option<Name>, name: impl Into<Name>) -> TableName {
        TableName {
            schema,
            name: name.into(),
        }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => write!(f, "{}", self.name),
        }
    }
}

/// The name of a constraint or index, before naming conventions are applied.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ConstraintName {
    /// No name: a naming convention may make one, else the database does.
    #[default]
    None,
    /// A plain name: a convention with `%(constraint_name)s` wraps it.
    Given(Name),
    /// `op.f("…")`, or a name that a convention has already made: left alone.
    Final(Name),
}

impl ConstraintName {
    /// The name as written, if there is one.
    #[must_use]
    pub fn name(&self) -> Option<&Name> {
        match self {
            ConstraintName::None => None,
            ConstraintName::Given(name) | ConstraintName::Final(name) => Some(name),
        }
    }

    /// The name's text as written, if there is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        self.name().map(Name::as_str)
    }
}
