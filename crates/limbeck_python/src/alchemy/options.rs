//! Which keywords the dialects accept on behalf of which construct.

use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Str, Value};

use crate::alchemy::registry::alchemy;

/// Arguments per dialect and construct, as SQLAlchemy's dialects declare them; `*` accepts all.
const ARGUMENTS: &[(&str, &str, &str)] = &[
    (
        "postgresql",
        "Index",
        "using include where ops concurrently with tablespace nulls_not_distinct invalid",
    ),
    (
        "postgresql",
        "Table",
        "ignore_search_path tablespace partition_by with_oids with on_commit inherits using",
    ),
    ("postgresql", "CheckConstraint", "not_valid"),
    ("postgresql", "ForeignKeyConstraint", "not_valid"),
    ("postgresql", "PrimaryKeyConstraint", "include"),
    (
        "postgresql",
        "UniqueConstraint",
        "include nulls_not_distinct",
    ),
    ("mysql", "Table", "*"),
    ("mysql", "PrimaryKeyConstraint", "using"),
    ("mysql", "Index", "using length prefix with_parser"),
    ("mariadb", "Table", "*"),
    ("mariadb", "PrimaryKeyConstraint", "using"),
    ("mariadb", "Index", "using length prefix with_parser"),
    ("sqlite", "Table", "autoincrement with_rowid strict"),
    ("sqlite", "Index", "where"),
    (
        "sqlite",
        "Column",
        "on_conflict_primary_key on_conflict_not_null on_conflict_unique",
    ),
    ("sqlite", "Constraint", "on_conflict"),
    ("mssql", "PrimaryKeyConstraint", "clustered"),
    ("mssql", "UniqueConstraint", "clustered"),
    ("mssql", "Index", "clustered include where columnstore"),
    ("mssql", "Column", "identity_start identity_increment"),
    (
        "oracle",
        "Table",
        "resolve_synonyms on_commit compress tablespace",
    ),
    ("oracle", "Index", "bitmap compress vector"),
    ("oracle", "Sequence", "order"),
    ("oracle", "Identity", "order on_null"),
];

/// The module and class name as SQLAlchemy's messages show it.
fn class_text(construct: &str) -> String {
    match construct {
        "ExcludeConstraint" => {
            "<class 'sqlalchemy.dialects.postgresql.ext.ExcludeConstraint'>".to_owned()
        }
        _ => format!("<class 'sqlalchemy.sql.schema.{construct}'>"),
    }
}

/// Arguments that SQLAlchemy takes since 2.1.
const SINCE_2_1: &[(&str, &str, &str)] = &[
    ("postgresql", "Table", "with"),
    ("postgresql", "Index", "invalid"),
];

/// Fails as SQLAlchemy does for keywords that no dialect accepts.
pub(crate) fn validate(ev: &mut Interp<'_>, extra: &[(Str, Value)], construct: &str) -> R<()> {
    for (key, _) in extra {
        let Some((dialect, argument)) = key.split_once('_').filter(|(_, rest)| !rest.is_empty())
        else {
            return Err(ev.raise(
                "TypeError",
                format!(
                    "Additional arguments should be named <dialectname>_<argument>, got '{key}'"
                ),
            ));
        };
        if !ARGUMENTS.iter().any(|(name, _, _)| *name == dialect) {
            // SQLAlchemy warns about a dialect that it cannot find, and goes on.
            continue;
        }
        let accepts = |class: &str| {
            ARGUMENTS
                .iter()
                .filter(|(name, of, _)| *name == dialect && *of == class)
                .any(|(_, _, names)| *names == "*" || names.split(' ').any(|name| name == argument))
        };
        let is_new = SINCE_2_1.contains(&(dialect, construct, argument))
            && !crate::alchemy::version::sqlalchemy_at_least(ev, 2, 1);
        let accepted = !is_new && accepts(construct)
            || (construct.ends_with("Constraint") && accepts("Constraint"));
        if !accepted {
            let class = alchemy(ev).class("ArgumentError");
            let text = format!(
                "Argument {} is not accepted by dialect '{dialect}' on behalf of {}",
                format_args!("'{key}'"),
                class_text(construct)
            );
            return Err(ev.raise_class(&class, vec![Value::from(text)]));
        }
    }
    Ok(())
}
