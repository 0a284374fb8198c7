//! What `table_kwargs` says of a table that is rebuilt on SQLite.

use limbeck_schema::DialectOptions;

use super::sqlite_ddl::{Clause, ClauseKind, TableDdl};
use crate::ddl::options::{is_true, option};
use crate::dialect::Target;

/// Sets `STRICT`, `WITHOUT ROWID` and `AUTOINCREMENT` where they are given; what is not given stays.
pub(super) fn apply_options(ddl: &mut TableDdl, given: &DialectOptions, target: &Target) {
    let flag = |name: &str| option(given, target, name).map(|value| is_true(Some(value)));
    let mut words: Vec<String> = ddl
        .options
        .split(',')
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    let mut set = |text: &str, wanted: Option<bool>| {
        let is_it = |word: &String| {
            let parts: Vec<&str> = word.split_whitespace().collect();
            parts.join(" ").eq_ignore_ascii_case(text)
        };
        match wanted {
            Some(true) if !words.iter().any(is_it) => words.push(text.to_owned()),
            Some(false) => words.retain(|word| !is_it(word)),
            Some(true) | None => {}
        }
    };
    set("WITHOUT ROWID", flag("with_rowid").map(|with| !with));
    set("STRICT", flag("strict"));
    ddl.options = words.join(", ");
    match flag("autoincrement") {
        Some(true) => count_rows(ddl),
        Some(false) => stop_counting(ddl),
        None => {}
    }
}

/// The one key column counts, and never gives a number twice.
fn count_rows(ddl: &mut TableDdl) {
    let of_table = ddl
        .constraints
        .iter()
        .position(|clause| clause.kind == ClauseKind::PrimaryKey && clause.columns.len() == 1);
    let (name, key) = match of_table {
        Some(at) => {
            let clause = ddl.constraints.remove(at);
            (clause.name, clause.columns.into_iter().next())
        }
        None => {
            let is_key = |clause: &Clause| clause.kind == ClauseKind::PrimaryKey;
            let column = ddl
                .columns
                .iter()
                .find(|column| column.clauses.iter().any(is_key));
            let clause = column.and_then(|column| column.clauses.iter().find(|it| is_key(it)));
            let name = clause.and_then(|clause| clause.name.clone());
            (name, column.map(|column| column.name.clone()))
        }
    };
    let Some(column) = key.and_then(|key| ddl.column_mut(&key)) else {
        return;
    };
    column.remove(ClauseKind::PrimaryKey);
    column.push(
        ClauseKind::PrimaryKey,
        "PRIMARY KEY AUTOINCREMENT".to_owned(),
    );
    if let Some(clause) = column.clauses.last_mut() {
        clause.name = name;
    }
}

fn stop_counting(ddl: &mut TableDdl) {
    for column in &mut ddl.columns {
        let keys = column.clauses.iter_mut();
        let mut changed = false;
        for clause in keys.filter(|clause| clause.kind == ClauseKind::PrimaryKey) {
            let words = clause.text.split_whitespace();
            let kept: Vec<&str> = words
                .filter(|word| !word.eq_ignore_ascii_case("AUTOINCREMENT"))
                .collect();
            changed |= kept.join(" ") != clause.text;
            clause.text = kept.join(" ");
        }
        if changed {
            // The text is made anew.
            column.remove(ClauseKind::Other);
        }
    }
}
