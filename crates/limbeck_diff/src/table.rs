//! Tables on both sides: created, dropped, altered.

use std::collections::BTreeMap;

use limbeck_diag::Result;
use limbeck_schema::{
    AddColumn, Column, ColumnPosition, CreateTable, CreateTableComment, DialectOptions, DropColumn,
    DropTable, DropTableComment, MssqlDropColumn, Name, Op, ScriptOp, Table, TableName, py_str,
};
use limbeck_sql::CommentStyle;

use crate::column::{self, Pair, said};
use crate::filter::text;
use crate::{
    AutogenerateOptions, Candidate, Notes, Object, Part, foreign_key, index, sorted_tables,
};

const LOGGER: &str = "alembic.autogenerate.compare.tables";

/// Compares everything: `metadata` in the order of creation, `database` in any.
pub(crate) fn compare(
    metadata: &[Table],
    database: &[Table],
    options: &AutogenerateOptions<'_>,
    notes: &mut Notes,
) -> Result<Vec<ScriptOp>> {
    let default_schema = options.target.default_schema.as_deref();
    // The database does not say the default namespace; a model may.
    let key = |name: &TableName| -> (Option<String>, String) {
        let schema = name.schema.as_ref().map(|it| it.text.clone());
        (
            schema.filter(|it| Some(it.as_str()) != default_schema),
            name.name.text.clone(),
        )
    };
    let plain = |name: &TableName| -> (Option<String>, String) {
        (
            name.schema.as_ref().map(|it| it.text.clone()),
            name.name.text.clone(),
        )
    };
    let version_table = plain(&options.version_table);
    let wanted: Vec<(&Table, (Option<String>, String))> = metadata
        .iter()
        .filter(|table| plain(&table.name) != version_table)
        .map(|table| (table, key(&table.name)))
        .collect();
    let mut found: BTreeMap<(Option<String>, String), &Table> = BTreeMap::new();
    for table in database {
        found.insert(plain(&table.name), table);
    }
    let mut ops = Vec::new();
    for (table, key) in &wanted {
        if !found.contains_key(key) && includes_table(table, false, None, options)? {
            created(table, options, &mut ops, notes)?;
        }
    }
    let gone: Vec<Table> = found
        .iter()
        .filter(|(key, _)| !wanted.iter().any(|(_, it)| it == *key))
        .map(|(_, table)| (*table).clone())
        .collect();
    // Alembic drops in no order; what refers to a table goes before it here.
    for table in sorted_tables(&gone).tables.iter().rev() {
        if includes_table(table, true, None, options)? {
            dropped(table, options, &mut ops, notes)?;
        }
    }
    for (key, table) in &found {
        let Some((wanted, _)) = wanted.iter().find(|(_, it)| it == key) else {
            continue;
        };
        if includes_table(wanted, false, Some(table), options)? {
            altered(table, wanted, options, &mut ops, notes)?;
        }
    }
    Ok(ops)
}

fn includes_table(
    table: &Table,
    reflected: bool,
    counterpart: Option<&Table>,
    options: &AutogenerateOptions<'_>,
) -> Result<bool> {
    options.functions.includes(&Candidate {
        kind: "table",
        name: Some(&table.name.name.text),
        object: Object::table(table),
        reflected,
        counterpart: counterpart.map(Object::table),
    })
}

fn modify(table: &TableName, ops: Vec<Op>, out: &mut Vec<ScriptOp>) {
    if !ops.is_empty() {
        out.push(ScriptOp::ModifyTable {
            table: table.clone(),
            ops,
        });
    }
}

fn created(
    table: &Table,
    options: &AutogenerateOptions<'_>,
    out: &mut Vec<ScriptOp>,
    notes: &mut Notes,
) -> Result<()> {
    let mut inline = table.clone();
    inline.indexes.clear();
    out.push(ScriptOp::Op(Op::CreateTable(Box::new(CreateTable {
        table: inline,
        if_not_exists: false,
        metadata: None,
    }))));
    notes.log(
        LOGGER,
        format!("Detected added table {}", py_str(&table.name.to_string())),
    );
    let mut ops = Vec::new();
    index::compare(None, Some(table), options, &mut ops, notes)?;
    modify(&table.name, ops, out);
    Ok(())
}

fn dropped(
    table: &Table,
    options: &AutogenerateOptions<'_>,
    out: &mut Vec<ScriptOp>,
    notes: &mut Notes,
) -> Result<()> {
    let mut ops = Vec::new();
    index::compare(Some(table), None, options, &mut ops, notes)?;
    modify(&table.name, ops, out);
    let mut inline = table.clone();
    inline.indexes.clear();
    out.push(ScriptOp::Op(Op::DropTable(DropTable {
        table: table.name.clone(),
        if_exists: false,
        dropped: Some(Box::new(inline)),
        options: DialectOptions::new(),
    })));
    notes.log(
        LOGGER,
        format!("Detected removed table {}", py_str(&table.name.to_string())),
    );
    Ok(())
}

fn altered(
    database: &Table,
    metadata: &Table,
    options: &AutogenerateOptions<'_>,
    out: &mut Vec<ScriptOp>,
    notes: &mut Notes,
) -> Result<()> {
    // Under the database's name: the default namespace is not said.
    let name = database.name.clone();
    let mut ops = Vec::new();
    let includes = |object: Object<'_>, reflected: bool, counterpart: Option<Object<'_>>| {
        let name = match object.part {
            Part::Column(column) => Some(column.name.text.as_str()),
            Part::Table | Part::Index(_) | Part::Constraint(_) => None,
        };
        options.functions.includes(&Candidate {
            kind: "column",
            name,
            object,
            reflected,
            counterpart,
        })
    };
    let model = || metadata.columns.iter().filter(|column| !column.system);
    let mut known: Vec<&Column> = database.columns.iter().collect();
    let functions = &options.functions;
    functions.retain("column", &name, &mut known, |it| text(&it.name))?;
    let find = |name: &Name| known.iter().copied().find(|it| it.name.text == name.text);
    for column in model() {
        if find(&column.name).is_none() && includes(Object::column(metadata, column), false, None)?
        {
            ops.push(Op::AddColumn(Box::new(AddColumn {
                table: name.clone(),
                column: column.clone(),
                if_not_exists: false,
                inline_references: false,
                inline_primary_key: false,
                position: ColumnPosition::default(),
            })));
            notes.log(
                LOGGER,
                format!("Detected added column '{name}.{}'", column.name),
            );
        }
    }
    for column in model() {
        let Some(found) = find(&column.name) else {
            continue;
        };
        let counterpart = Object::column(database, found);
        if !includes(Object::column(metadata, column), false, Some(counterpart))? {
            continue;
        }
        let pair = Pair {
            table: &name,
            database: found,
            metadata: column,
            metadata_table: metadata,
        };
        if let Some(op) = column::compare(&pair, options, notes)? {
            ops.push(Op::AlterColumn(Box::new(op)));
        }
    }
    index::compare(Some(database), Some(metadata), options, &mut ops, notes)?;
    foreign_key::compare(database, metadata, options, &mut ops, notes)?;
    if options.target.caps.comments != CommentStyle::None {
        compare_comment(database, metadata, &mut ops);
    }
    for column in known.iter().copied() {
        if !model().any(|it| it.name.text == column.name.text)
            && includes(Object::column(database, column), true, None)?
        {
            ops.push(Op::DropColumn(DropColumn {
                table: name.clone(),
                column: column.name.clone(),
                if_exists: false,
                mssql: MssqlDropColumn::default(),
                dropped: Some(Box::new(column.clone())),
            }));
            notes.log(
                LOGGER,
                format!("Detected removed column '{name}.{}'", column.name),
            );
        }
    }
    modify(&name, ops, out);
    Ok(())
}

fn compare_comment(database: &Table, metadata: &Table, ops: &mut Vec<Op>) {
    let found = said(database.comment.as_ref());
    let wanted = said(metadata.comment.as_ref());
    if found == wanted {
        return;
    }
    let table = database.name.clone();
    ops.push(match wanted {
        None => Op::DropTableComment(DropTableComment {
            table,
            existing_comment: found,
        }),
        Some(wanted) => Op::CreateTableComment(CreateTableComment {
            table,
            comment: Some(wanted),
            existing_comment: found,
        }),
    });
}
