//! `copy_from` on SQLite: the script says what the table looks like.
//!
//! What it cannot say, or says only by options that are easily left out, is taken from the table that is there.

use limbeck_diag::Result;
use limbeck_schema::{BatchAlterTable, DialectOptions, Table};

use super::sqlite_ddl::{Clause, ClauseKind, TableDdl};
use super::sqlite_options::apply_options;
use crate::compile::{Emitter, SqliteMaster};
use crate::ddl::bound::bind_table;
use crate::ddl::index::create_index;
use crate::ddl::options::option;
use crate::ddl::table::create_table;

/// The table as `copy_from` describes it, and what makes its indexes that are not there.
pub(super) fn copied(
    op: &BatchAlterTable,
    described: &Table,
    live: &TableDdl,
    master: &SqliteMaster,
    emitter: &Emitter<'_, '_>,
) -> Result<(TableDdl, Vec<String>)> {
    let mut table = described.clone();
    table.name = op.table.clone();
    let bound = bind_table(&table, &op.naming_convention, &emitter.writer)?;
    let mut ddl = TableDdl::parse(&create_table(&emitter.writer, &bound, false)?)?;
    let given = |name: &str| option(&table.options, emitter.writer.target, name).is_some();
    if !given("strict") && !given("with_rowid") {
        ddl.options.clone_from(&live.options);
    }
    if !given("autoincrement") && live.counts() && ddl.key_column() == live.key_column() {
        let mut counts = DialectOptions::new();
        counts.insert(
            "sqlite_autoincrement".to_owned(),
            limbeck_schema::OptionValue::Literal(limbeck_schema::Literal::Bool(true)),
        );
        apply_options(&mut ddl, &counts, emitter.writer.target);
    }
    for column in &mut ddl.columns {
        let is_collation = |clause: &&Clause| clause.kind == ClauseKind::Collate;
        let known = live
            .columns
            .iter()
            .find(|it| it.name.eq_ignore_ascii_case(&column.name));
        let collation = known.and_then(|it| it.clauses.iter().find(is_collation));
        if let Some(collation) = collation
            && !column.clauses.iter().any(|it| is_collation(&it))
            && !column.type_text.to_ascii_uppercase().contains("COLLATE")
        {
            column.push(ClauseKind::Collate, collation.text.clone());
        }
    }
    let mut indexes = Vec::new();
    for index in &bound.indexes {
        let is_there = index.name.as_str().is_some_and(|name| {
            let mut objects = master.objects.iter();
            objects.any(|it| it.kind == "index" && it.name.eq_ignore_ascii_case(name))
        });
        if !is_there {
            indexes.push(create_index(&emitter.writer, &op.table, index, false)?);
        }
    }
    Ok((ddl, indexes))
}
