//! Whether two types are the same: Alembic's comparison of the words that a dialect writes for them.

use std::collections::BTreeSet;

use limbeck_diag::Result;
use limbeck_schema::{ColumnType, TypeClass};
use limbeck_sql::types::unwrap_type;
use limbeck_sql::{Dialect, Target, render_type};

use crate::pattern::{captures, find_all, is_match};

/// A type's words, taken apart.
struct Words {
    first: String,
    rest: Vec<String>,
    args: Vec<String>,
}

/// True if the types differ.
pub(crate) fn differs(
    database: &ColumnType,
    metadata: &ColumnType,
    target: &Target,
) -> Result<bool> {
    if target.dialect.is_mysql_family()
        && let (Some(found), Some(wanted)) =
            (enum_labels(database, target), enum_labels(metadata, target))
    {
        return Ok(found != wanted);
    }
    let found = take_apart(&render_type(database, target)?)?;
    let wanted = take_apart(&render_type(metadata, target)?)?;
    Ok(!same_kind(&found, &wanted, target) || !same_arguments(&found, &wanted, target)?)
}

/// The labels of an `Enum`, in no order. A decorator hides what it stands for, as in Alembic.
fn enum_labels(type_: &ColumnType, target: &Target) -> Option<BTreeSet<String>> {
    let type_ = if type_.class == TypeClass::Custom {
        type_.clone()
    } else {
        unwrap_type(type_, target.dialect).into_owned()
    };
    match type_.class {
        TypeClass::Enum | TypeClass::MyEnum | TypeClass::PgEnum => Some(
            type_
                .labels
                .iter()
                .flat_map(|it| it.labels.iter().cloned())
                .collect(),
        ),
        _ => None,
    }
}

fn take_apart(definition: &str) -> Result<Words> {
    let mut words = Vec::new();
    let mut parenthesis = None;
    for token in find_all(r"[\w\-_]+|\(.+?\)", &definition.to_lowercase())? {
        if is_match(r"^\(.*\)$", &token)? {
            parenthesis = Some(token);
        } else {
            words.push(token);
        }
    }
    let mut args = Vec::new();
    if let Some(parenthesis) = parenthesis {
        for term in find_all("[^(),]+", &parenthesis)? {
            // Named arguments are not compared.
            if !term.contains('=') {
                args.push(term.trim().to_owned());
            }
        }
    }
    let mut words = words.into_iter();
    Ok(Words {
        first: words.next().unwrap_or_default(),
        rest: words.collect(),
        args,
    })
}

/// Words that mean the same on a dialect.
fn synonyms(target: &Target) -> &'static [&'static [&'static str]] {
    match target.dialect {
        Dialect::Postgres => &[&["numeric", "decimal"], &["float", "double precision"]],
        Dialect::MySql | Dialect::MariaDb => &[
            &["numeric", "decimal"],
            &["bool", "tinyint"],
            &["json", "longtext"],
        ],
        Dialect::Sqlite => &[&["numeric", "decimal"]],
        Dialect::MsSql => &[&["numeric", "decimal"], &["varchar", "nvarchar"]],
        Dialect::Oracle => &[
            &["numeric", "decimal"],
            &["varchar", "varchar2"],
            &[
                "bigint", "integer", "smallint", "decimal", "numeric", "number",
            ],
            &["double", "float", "double_precision"],
        ],
    }
}

fn same_kind(found: &Words, wanted: &Words, target: &Target) -> bool {
    if found.first == wanted.first {
        return true;
    }
    let all = |words: &Words| {
        let mut text = words.first.clone();
        for word in &words.rest {
            text.push(' ');
            text.push_str(word);
        }
        text
    };
    let (found_all, wanted_all) = (all(found), all(wanted));
    synonyms(target).iter().any(|batch| {
        let has = |word: &str| batch.contains(&word);
        (has(&found_all) && has(&wanted_all)) || (has(&found.first) && has(&wanted.first))
    })
}

/// What both say must be the same; what only one says is not looked at.
fn same_arguments(found: &Words, wanted: &Words, target: &Target) -> Result<bool> {
    if found.rest.len() == wanted.rest.len() && found.rest != wanted.rest {
        return Ok(false);
    }
    if found.args.len() == wanted.args.len() && found.args != wanted.args {
        return Ok(false);
    }
    if target.dialect.is_mysql_family() {
        let (found, wanted) = (found.rest.join(" "), wanted.rest.join(" "));
        for pattern in [r"character set ([\w\-_]+)", r"collate ([\w\-_]+)"] {
            let of = |text: &str| -> Result<Option<String>> {
                Ok(captures(pattern, text)?.and_then(|it| it.get(1).cloned().flatten()))
            };
            if let (Some(found), Some(wanted)) = (of(&found)?, of(&wanted)?)
                && found != wanted
            {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
