//! Naming conventions of a `MetaData`, and SQLAlchemy's rule for names that are too long.

use indexmap::IndexMap;
use md5::{Digest, Md5};

use crate::{Constraint, ConstraintBody, ConstraintName, Index, IndexElement, Name, TableName};

/// The five keys of a naming convention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConstraintKind {
    /// `ix`
    Index,
    /// `uq`
    Unique,
    /// `ck`
    Check,
    /// `fk`
    ForeignKey,
    /// `pk`
    PrimaryKey,
}

impl ConstraintKind {
    /// The key in a `naming_convention` dictionary.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            ConstraintKind::Index => "ix",
            ConstraintKind::Unique => "uq",
            ConstraintKind::Check => "ck",
            ConstraintKind::ForeignKey => "fk",
            ConstraintKind::PrimaryKey => "pk",
        }
    }

    /// The kind of a constraint; `None` for EXCLUDE, which no convention names.
    #[must_use]
    pub fn of(constraint: &Constraint) -> Option<ConstraintKind> {
        match constraint.body {
            ConstraintBody::PrimaryKey(_) => Some(ConstraintKind::PrimaryKey),
            ConstraintBody::Unique(_) => Some(ConstraintKind::Unique),
            ConstraintBody::ForeignKey(_) => Some(ConstraintKind::ForeignKey),
            ConstraintBody::Check(_) => Some(ConstraintKind::Check),
            ConstraintBody::Exclude(_) => None,
        }
    }
}

/// `MetaData(naming_convention=…)`: templates by kind, `%(token)s` inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamingConvention {
    /// Templates by key (`ix`, `uq`, `ck`, `fk`, `pk`).
    pub templates: IndexMap<String, String>,
}

impl Default for NamingConvention {
    /// SQLAlchemy's own default: only indexes made by `index=True` get a name.
    fn default() -> NamingConvention {
        NamingConvention {
            templates: IndexMap::from([("ix".to_owned(), "ix_%(column_0_label)s".to_owned())]),
        }
    }
}

/// Why a convention cannot make a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConventionError {
    /// `%(constraint_name)s` in the template and no name given.
    NeedsName {
        /// Key of the template.
        key: &'static str,
    },
    /// A token that SQLAlchemy does not know either (a Python callable, or a mistake).
    UnknownToken {
        /// The token.
        token: String,
    },
    /// A token for a column that is not there.
    NoColumn {
        /// The token.
        token: String,
    },
}

/// What the tokens of a template are taken from.
struct Subject<'a> {
    table: &'a TableName,
    columns: Vec<&'a Name>,
    referred: Option<(&'a TableName, &'a [Name])>,
    given: Option<&'a str>,
}

impl NamingConvention {
    /// The template for a kind.
    #[must_use]
    pub fn template(&self, kind: ConstraintKind) -> Option<&str> {
        self.templates.get(kind.key()).map(String::as_str)
    }

    /// The name of a constraint of `table` after the convention: `None` leaves it to the database.
    /// Names made by a convention come back as [`ConstraintName::Final`].
    ///
    /// # Errors
    /// When the template asks for something the constraint does not have.
    pub fn constraint_name(
        &self,
        table: &TableName,
        constraint: &Constraint,
    ) -> Result<ConstraintName, ConventionError> {
        let Some(kind) = ConstraintKind::of(constraint) else {
            return Ok(constraint.name.clone());
        };
        let (columns, referred): (Vec<&Name>, _) = match &constraint.body {
            ConstraintBody::PrimaryKey(it) => (it.columns.iter().collect(), None),
            ConstraintBody::Unique(it) => (it.columns.iter().collect(), None),
            ConstraintBody::ForeignKey(it) => (
                it.columns.iter().collect(),
                Some((&it.referred_table, it.referred_columns.as_slice())),
            ),
            ConstraintBody::Check(it) => (it.type_bound.iter().collect(), None),
            ConstraintBody::Exclude(_) => (Vec::new(), None),
        };
        self.apply(kind, &constraint.name, |given| Subject {
            table,
            columns,
            referred,
            given,
        })
    }

    /// The name of an index of `table` after the convention.
    ///
    /// # Errors
    /// When the template asks for something the index does not have.
    pub fn index_name(
        &self,
        table: &TableName,
        index: &Index,
    ) -> Result<ConstraintName, ConventionError> {
        let columns = index
            .elements
            .iter()
            .filter_map(|element| match element {
                IndexElement::Column(name) => Some(name),
                IndexElement::Expr(_) => None,
            })
            .collect();
        self.apply(ConstraintKind::Index, &index.name, |given| Subject {
            table,
            columns,
            referred: None,
            given,
        })
    }

    fn apply<'a>(
        &self,
        kind: ConstraintKind,
        name: &'a ConstraintName,
        subject: impl FnOnce(Option<&'a str>) -> Subject<'a>,
    ) -> Result<ConstraintName, ConventionError> {
        let Some(template) = self.template(kind) else {
            return Ok(name.clone());
        };
        let given = match name {
            ConstraintName::Final(_) => return Ok(name.clone()),
            ConstraintName::Given(name) if !template.contains("%(constraint_name)s") => {
                return Ok(ConstraintName::Given(name.clone()));
            }
            ConstraintName::Given(name) => Some(name.as_str()),
            ConstraintName::None if template.contains("%(constraint_name)s") => {
                return Err(ConventionError::NeedsName { key: kind.key() });
            }
            ConstraintName::None => None,
        };
        expand(template, &subject(given)).map(|text| ConstraintName::Final(Name::new(text)))
    }
}

/// Replaces every `%(token)s` of a template.
fn expand(template: &str, subject: &Subject<'_>) -> Result<String, ConventionError> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            out.push('%');
            rest = after;
        } else if let Some((token, after)) =
            after.strip_prefix('(').and_then(|it| it.split_once(")s"))
        {
            out.push_str(&value_of(token, subject)?);
            rest = after;
        } else {
            return Err(ConventionError::UnknownToken {
                token: after.to_owned(),
            });
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn value_of(token: &str, subject: &Subject<'_>) -> Result<String, ConventionError> {
    match token {
        "table_name" => Ok(subject.table.name.text.clone()),
        "constraint_name" => Ok(subject.given.unwrap_or_default().to_owned()),
        "referred_table_name" => match subject.referred {
            Some((_, [])) => Err(ConventionError::NoColumn {
                token: token.to_owned(),
            }),
            Some((table, _)) => Ok(table.name.text.clone()),
            None => Err(ConventionError::UnknownToken {
                token: token.to_owned(),
            }),
        },
        _ => column_token(token, subject),
    }
}

/// `[referred_]column_<n>[N|_N]_<name|key|label>`
fn column_token(token: &str, subject: &Subject<'_>) -> Result<String, ConventionError> {
    let unknown = || ConventionError::UnknownToken {
        token: token.to_owned(),
    };
    let is_referred = token.starts_with("referred_column_");
    let (columns, table, rest): (Vec<&Name>, &TableName, &str) =
        match token.strip_prefix("referred_column_") {
            Some(rest) => {
                let (table, columns) = subject.referred.ok_or_else(unknown)?;
                (columns.iter().collect(), table, rest)
            }
            None => (
                subject.columns.clone(),
                subject.table,
                token.strip_prefix("column_").ok_or_else(unknown)?,
            ),
        };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, attribute) = rest.split_at(digits);
    let first: usize = number.parse().map_err(|_| unknown())?;
    let (separator, attribute) = if let Some(attribute) = attribute.strip_prefix("_N_") {
        (Some("_"), attribute)
    } else if let Some(attribute) = attribute.strip_prefix("N_") {
        (Some(""), attribute)
    } else {
        (None, attribute.strip_prefix('_').ok_or_else(unknown)?)
    };
    let text = |column: &Name| match attribute {
        "name" | "key" => Ok(column.text.clone()),
        "label" => Ok(column_label(table, column)),
        _ => Err(unknown()),
    };
    match separator {
        Some(separator) => {
            let parts: Vec<String> = columns
                .iter()
                .skip(first)
                .map(|column| text(column))
                .collect::<Result<_, _>>()?;
            Ok(parts.join(separator))
        }
        // SQLAlchemy makes an empty word of a column that is not there, except of a referred one.
        None => match columns.get(first) {
            Some(column) => text(column),
            None if is_referred => Err(ConventionError::NoColumn {
                token: token.to_owned(),
            }),
            None => Ok(String::new()),
        },
    }
}

/// SQLAlchemy's label of a column: `table_column`, after the namespace if there is one.
fn column_label(table: &TableName, column: &Name) -> String {
    match &table.schema {
        Some(schema) => format!(
            "{}_{}_{}",
            schema.text.replace('.', "_"),
            table.name.text,
            column.text
        ),
        None => format!("{}_{}", table.name.text, column.text),
    }
}

/// SQLAlchemy's shortening of a generated name that exceeds the dialect's limit (in characters):
/// the first `max - 8`, an underscore, and the last four hexadecimal digits of the name's MD5.
#[must_use]
pub fn truncate_name(name: &str, max: usize) -> String {
    if name.chars().count() <= max {
        return name.to_owned();
    }
    let digest: String = Md5::digest(name.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let head: String = name.chars().take(max.saturating_sub(8)).collect();
    let tail = digest
        .get(digest.len().saturating_sub(4)..)
        .unwrap_or_default();
    format!("{head}_{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ForeignKeyConstraint, UniqueConstraint};

    fn check(key: &str, template: &str, table: TableName, constraint: Constraint, expected: &str) {
        let convention = NamingConvention {
            templates: IndexMap::from([(key.to_owned(), template.to_owned())]),
        };
        let name = convention.constraint_name(&table, &constraint).unwrap();
        assert_eq!(name, ConstraintName::Final(Name::new(expected)));
    }

    #[test]
    fn tokens_expand_as_sqlalchemy_does() {
        let unique = |name: ConstraintName| {
            let columns = vec!["a".into(), "b".into()];
            Constraint::new(name, ConstraintBody::Unique(UniqueConstraint { columns }))
        };
        let table = TableName::in_schema(Some("s".into()), "t");
        check(
            "uq",
            "uq_%(column_0_label)s",
            table.clone(),
            unique(ConstraintName::None),
            "uq_s_t_a",
        );
        check(
            "uq",
            "uq_%(column_0_N_name)s",
            table.clone(),
            unique(ConstraintName::None),
            "uq_a_b",
        );
        check(
            "uq",
            "%(column_0N_key)s%%",
            table.clone(),
            unique(ConstraintName::None),
            "ab%",
        );
        check(
            "uq",
            "x_%(constraint_name)s",
            table,
            unique(ConstraintName::Given("n".into())),
            "x_n",
        );
        let foreign = Constraint::new(
            ConstraintName::None,
            ConstraintBody::ForeignKey(ForeignKeyConstraint {
                columns: vec!["a".into()],
                referred_table: TableName::new("o"),
                referred_columns: vec!["id".into()],
                onupdate: None,
                ondelete: None,
                match_: None,
                use_alter: false,
            }),
        );
        let template = "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s_%(referred_column_0_name)s";
        check("fk", template, TableName::new("t"), foreign, "fk_t_a_o_id");
    }

    #[test]
    fn long_names_are_cut_and_hashed() {
        let name = "x".repeat(70);
        let cut = truncate_name(&name, 63);
        assert_eq!(cut.len(), 60);
        assert!(cut.starts_with(&"x".repeat(55)));
        assert_eq!(truncate_name("short", 63), "short");
    }
}
