//! Identifiers: when they are quoted, and how (SQLAlchemy's `IdentifierPreparer`).

use limbeck_diag::{Error, ErrorKind, Result};
use limbeck_schema::{ConstraintName, Name, TableName, truncate_name};

use crate::dialect::{Dialect, Target};
use crate::{mssql, mysql, oracle, postgres, sqlite};

impl Target {
    fn reserved_words(&self) -> &'static [&'static str] {
        match self.dialect {
            Dialect::Postgres => postgres::keywords::RESERVED_WORDS,
            Dialect::MySql => mysql::keywords::RESERVED_WORDS_MYSQL,
            Dialect::MariaDb => mysql::keywords::RESERVED_WORDS_MARIADB,
            Dialect::Sqlite => sqlite::keywords::RESERVED_WORDS,
            Dialect::MsSql => mssql::keywords::RESERVED_WORDS,
            Dialect::Oracle => oracle::keywords::RESERVED_WORDS,
        }
    }

    /// Whether an identifier means something else, or nothing, when it stands without quotes.
    #[must_use]
    pub fn requires_quotes(&self, text: &str) -> bool {
        let Some(first) = text.chars().next() else {
            return true;
        };
        let illegal_first = first.is_ascii_digit()
            || first == '$'
            || (self.dialect == Dialect::Oracle && first == '_');
        // No upper case: a name that is not all lower case is case sensitive.
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '$';
        illegal_first
            || !text.chars().all(legal)
            || self.reserved_words().binary_search(&text).is_ok()
    }

    /// The identifier in quotes, whatever it is.
    #[must_use]
    pub fn quote_identifier(&self, text: &str) -> String {
        match self.dialect {
            Dialect::Postgres | Dialect::Sqlite | Dialect::Oracle => {
                format!("\"{}\"", self.double_percents(&text.replace('"', "\"\"")))
            }
            Dialect::MySql | Dialect::MariaDb => {
                format!("`{}`", self.double_percents(&text.replace('`', "``")))
            }
            Dialect::MsSql => format!("[{}]", text.replace(']', "]]")),
        }
    }

    /// The identifier, in quotes if it needs them or its `quote` flag says so.
    #[must_use]
    pub fn quote(&self, name: &Name) -> String {
        match name.quote {
            Some(true) => self.quote_identifier(&name.text),
            Some(false) => name.text.clone(),
            None => self.quote_text(&name.text),
        }
    }

    /// The identifier, in quotes if it needs them.
    #[must_use]
    pub fn quote_text(&self, text: &str) -> String {
        if self.requires_quotes(text) {
            self.quote_identifier(text)
        } else {
            text.to_owned()
        }
    }

    /// A namespace as SQLAlchemy writes it: whole, but in `database.owner` parts on SQL Server.
    #[must_use]
    pub fn quote_schema(&self, schema: &Name) -> String {
        match self.dialect {
            Dialect::MsSql => mssql::quote_schema(self, schema),
            Dialect::Postgres
            | Dialect::MySql
            | Dialect::MariaDb
            | Dialect::Sqlite
            | Dialect::Oracle => self.quote(schema),
        }
    }

    /// A table as SQLAlchemy's own constructs write it.
    #[must_use]
    pub fn format_table(&self, table: &TableName) -> String {
        match &table.schema {
            Some(schema) if !schema.text.is_empty() => {
                format!("{}.{}", self.quote_schema(schema), self.quote(&table.name))
            }
            Some(_) | None => self.quote(&table.name),
        }
    }

    /// A table as Alembic's ALTER constructs write it: each dotted part of the namespace by itself.
    #[must_use]
    pub fn format_table_dotted(&self, table: &TableName) -> String {
        match &table.schema {
            Some(schema) if !schema.text.is_empty() => {
                format!("{}.{}", self.quote_dotted(schema), self.quote(&table.name))
            }
            Some(_) | None => self.quote(&table.name),
        }
    }

    /// Each dotted part of a name by itself, unless its `quote` flag is set.
    #[must_use]
    pub fn quote_dotted(&self, name: &Name) -> String {
        if name.quote.is_some() {
            return self.quote(name);
        }
        let parts: Vec<String> = name
            .text
            .split('.')
            .map(|part| self.quote_text(part))
            .collect();
        parts.join(".")
    }

    /// The name of a constraint after naming conventions: cut and hashed if a convention made it and it is too long.
    ///
    /// # Errors
    /// A name that was given and is too long.
    pub fn format_constraint_name(&self, name: &ConstraintName) -> Result<Option<String>> {
        self.format_limited(name, self.caps.max_constraint_name)
    }

    /// The name of an index after naming conventions: cut and hashed if a convention made it and it is too long.
    ///
    /// # Errors
    /// A name that was given and is too long.
    pub fn format_index_name(&self, name: &ConstraintName) -> Result<Option<String>> {
        self.format_limited(name, self.caps.max_index_name)
    }

    fn format_limited(&self, name: &ConstraintName, limit: usize) -> Result<Option<String>> {
        match name {
            ConstraintName::None => Ok(None),
            ConstraintName::Given(name) => {
                self.validate_identifier(&name.text)?;
                Ok(Some(self.quote(name)))
            }
            ConstraintName::Final(name) => {
                let text = truncate_name(&name.text, limit);
                Ok(Some(self.quote(&Name {
                    text,
                    quote: name.quote,
                })))
            }
        }
    }

    /// SQLAlchemy's `validate_identifier`.
    ///
    /// # Errors
    /// A name that is longer than the database allows.
    pub fn validate_identifier(&self, text: &str) -> Result<()> {
        let limit = self.caps.max_identifier;
        if text.chars().count() <= limit {
            return Ok(());
        }
        Err(Error::message(
            ErrorKind::Compile,
            "identifier-too-long",
            format!("Identifier '{text}' exceeds maximum length of {limit} characters"),
        ))
    }
}
