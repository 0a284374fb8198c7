//! PostgreSQL: every query about every namespace goes in one message and comes back in one.

mod parts;
mod types;

use indexmap::IndexMap;
use limbeck_diag::Result;
use limbeck_schema::{EnumType, Identity, Sequence, Table, TableName};
use serde_json::Value;

use super::{
    Detail, Inspection, ObjectSource, Scope, TableSource, field, optional, table_name, text_rows,
};
use crate::connection::{Connection, ResultSet, ServerVersion};
use types::{Domain, Enum, NamedTypes};

pub(super) fn inspect(connection: &mut dyn Connection, scope: &Scope) -> Result<Inspection> {
    let version = connection.version().clone();
    let sets = connection.query_sets(&render_queries(scope, &version))?;
    let mut answers = Answers {
        sets: sets.into_iter(),
    };
    let mut found = Inspection {
        schema_names: answers
            .next()
            .iter()
            .map(|row| field(row, 0).to_owned())
            .collect(),
        ..Inspection::default()
    };
    let full = scope.detail == Detail::Full;
    let mut named = NamedTypes::default();
    if full {
        let enums = answers.next();
        let domains = answers.next();
        named.enums = enums.iter().map(|row| read_enum(row)).collect();
        named.domains = domains.iter().map(|row| read_domain(row)).collect();
    }
    for schema in &scope.schemas {
        let schema = schema.as_deref();
        let mut tables: IndexMap<String, Table> = IndexMap::new();
        for row in answers.next() {
            let name = table_name(schema, field(&row, 0));
            match field(&row, 1) {
                "v" => found.views.push(name),
                "m" => found.materialized_views.push(name),
                _ if scope.wants(field(&row, 0)) => {
                    let mut table = Table::new(name);
                    table.comment = optional(&row, 2).map(str::to_owned);
                    tables.insert(field(&row, 0).to_owned(), table);
                }
                _ => {}
            }
        }
        if full {
            answers.fill(schema, &mut tables, &named, &mut found, &version);
            found.schema.enums.extend(enums_of(schema, &named));
        }
        tables.sort_unstable_keys();
        found.schema.tables.extend(tables.into_values());
    }
    Ok(found)
}

/// Every query, in the order that [`inspect`] reads the answers.
fn render_queries(scope: &Scope, version: &ServerVersion) -> String {
    let since = |major: u32, sql: &'static str, before: &'static str| {
        if version.at_least(major, 0, 0) {
            sql
        } else {
            before
        }
    };
    let keys = since(11, "i.indnkeyatts", "i.indnatts");
    let nulls = since(15, "i.indnullsnotdistinct", "false");
    let generated = since(12, "a.attgenerated", "''");
    let identity = since(10, include_str!("postgres/identity.sql"), "NULL");
    let mut queries = vec![
        "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname NOT LIKE 'pg_%' ORDER BY nspname"
            .to_owned(),
    ];
    let full = scope.detail == Detail::Full;
    if full {
        queries.push(include_str!("postgres/enums.sql").to_owned());
        queries.push(include_str!("postgres/domains.sql").to_owned());
    }
    let tables = match &scope.tables {
        None => String::new(),
        Some(tables) => {
            let listed: Vec<String> = tables.iter().map(|it| literal(it)).collect();
            format!(
                "AND c.relname = ANY (ARRAY[{}]::pg_catalog.text[])",
                listed.join(", ")
            )
        }
    };
    for schema in &scope.schemas {
        let place = match schema {
            Some(schema) => format!("n.nspname = {}", literal(schema)),
            None => {
                "pg_catalog.pg_table_is_visible(c.oid) AND n.nspname <> 'pg_catalog'".to_owned()
            }
        };
        let mut add = |sql: &str| {
            queries.push(
                sql.replace("/*scope*/", &place)
                    .replace("/*tables*/", &tables)
                    .replace("/*keys*/", keys)
                    .replace("/*nulls*/", nulls)
                    .replace("/*generated*/", generated)
                    .replace("/*identity*/", identity),
            );
        };
        add(include_str!("postgres/relations.sql"));
        if !full {
            continue;
        }
        add(include_str!("postgres/columns.sql"));
        add(include_str!("postgres/keys.sql"));
        add(include_str!("postgres/constraints.sql"));
        add(include_str!("postgres/indexes.sql"));
        add(include_str!("postgres/triggers.sql"));
        if version.at_least(10, 0, 0) {
            add(include_str!("postgres/sequences.sql"));
        }
    }
    queries.join(";\n")
}

/// The answers, one query after the other.
struct Answers {
    sets: std::vec::IntoIter<ResultSet>,
}

impl Answers {
    fn next(&mut self) -> Vec<Vec<Option<String>>> {
        self.sets
            .next()
            .map(|set| text_rows(&set).collect())
            .unwrap_or_default()
    }

    /// Gives its columns, constraints and indexes to each table of a namespace.
    fn fill(
        &mut self,
        schema: Option<&str>,
        tables: &mut IndexMap<String, Table>,
        named: &NamedTypes,
        found: &mut Inspection,
        version: &ServerVersion,
    ) {
        for row in self.next() {
            if let Some(table) = tables.get_mut(field(&row, 0)) {
                let column = parts::read_column(&row, schema, named, &mut found.warnings);
                table.columns.push(column);
            }
        }
        let keys = self.next();
        let constraints = self.next();
        let has_include = version.at_least(11, 0, 0);
        for row in keys.iter().filter(|row| field(row, 2) == "p") {
            if let Some(table) = tables.get_mut(field(row, 0)) {
                parts::add_primary_key(table, row, has_include);
            }
        }
        for row in constraints.iter().filter(|row| field(row, 2) == "f") {
            if let Some(table) = tables.get_mut(field(row, 0)) {
                let key = parts::read_foreign_key(row, schema, &mut found.warnings);
                table.constraints.extend(key);
            }
        }
        for row in keys.iter().filter(|row| field(row, 2) == "u") {
            if let Some(table) = tables.get_mut(field(row, 0)) {
                table.constraints.push(parts::read_unique(row, has_include));
            }
        }
        for row in constraints.iter().filter(|row| field(row, 2) == "c") {
            if let Some(table) = tables.get_mut(field(row, 0)) {
                let check = parts::read_check(row, &mut found.warnings);
                table.constraints.push(check);
            }
        }
        let mut sources: IndexMap<&str, TableSource> = IndexMap::new();
        let indexes = self.next();
        for row in &indexes {
            let Some(table) = tables.get_mut(field(row, 0)) else {
                continue;
            };
            // The index of a constraint is the constraint.
            if field(row, 3) != "t" {
                table.indexes.push(parts::read_index(row, has_include));
                let source = sources.entry(field(row, 0)).or_default();
                source.indexes.push(object(field(row, 1), field(row, 11)));
            }
        }
        let triggers = self.next();
        for row in &triggers {
            let source = sources.entry(field(row, 0)).or_default();
            source.triggers.push(object(field(row, 1), field(row, 2)));
        }
        for (name, source) in sources {
            found.sources.insert(table_name(schema, name), source);
        }
        if version.at_least(10, 0, 0) {
            for row in self.next() {
                let sequence = read_sequence(&row, schema, &mut found.warnings);
                found.schema.sequences.push(sequence);
            }
        }
    }
}

fn object(name: &str, sql: &str) -> ObjectSource {
    ObjectSource {
        name: name.to_owned(),
        sql: sql.to_owned(),
    }
}

fn read_enum(row: &[Option<String>]) -> Enum {
    Enum {
        name: field(row, 0).to_owned(),
        schema: field(row, 1).to_owned(),
        visible: field(row, 2) == "t",
        labels: strings(optional(row, 3)),
    }
}

fn read_domain(row: &[Option<String>]) -> Domain {
    let constraints: Vec<(String, String)> = json(optional(row, 7))
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|pair| {
            Some((
                pair.get(0)?.as_str()?.to_owned(),
                pair.get(1)?.as_str()?.to_owned(),
            ))
        })
        .collect();
    // `NOT NULL` is a constraint of its own since PostgreSQL 17; only a check has a text.
    let check = constraints.into_iter().find_map(|(name, text)| {
        let is_check = text.to_lowercase().starts_with("check");
        let inner = text.get(7..text.len().saturating_sub(1))?.to_owned();
        is_check.then_some((name, inner))
    });
    Domain {
        name: field(row, 0).to_owned(),
        schema: field(row, 1).to_owned(),
        visible: field(row, 2) == "t",
        // The length is not part of it: SQLAlchemy reads the type's name only.
        base: field(row, 3)
            .split('(')
            .next()
            .unwrap_or_default()
            .to_owned(),
        not_null: field(row, 4) == "t",
        default: optional(row, 5).map(str::to_owned),
        collation: optional(row, 6).map(str::to_owned),
        check,
    }
}

/// Enumerated types that stand in a namespace, or that unqualified names reach.
fn enums_of(schema: Option<&str>, named: &NamedTypes) -> Vec<EnumType> {
    let stands_there = |it: &&Enum| match schema {
        Some(schema) => it.schema == schema,
        None => it.visible && it.schema != "pg_catalog",
    };
    let matching = named.enums.iter().filter(stands_there);
    matching
        .map(|it| EnumType {
            name: table_name(schema, &it.name),
            labels: it.labels.clone(),
        })
        .collect()
}

fn read_sequence(
    row: &[Option<String>],
    schema: Option<&str>,
    warnings: &mut Vec<String>,
) -> Sequence {
    let number = |at: usize| optional(row, at).and_then(|text| text.parse().ok());
    let name: TableName = table_name(schema, field(row, 0));
    let data_type = types::resolve(
        optional(row, 1),
        None,
        &NamedTypes::default(),
        &format!("sequence '{name}'"),
        warnings,
    );
    Sequence {
        name,
        options: Identity {
            start: number(2),
            increment: number(3),
            minvalue: number(4),
            maxvalue: number(5),
            cache: number(6),
            cycle: Some(field(row, 7) == "t"),
            ..Identity::default()
        },
        data_type: Some(data_type),
        optional: false,
    }
}

/// A JSON cell; `null` for NULL.
fn json(cell: Option<&str>) -> Value {
    cell.and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or(Value::Null)
}

/// A JSON list of texts.
fn strings(cell: Option<&str>) -> Vec<String> {
    let list = json(cell);
    let items = list.as_array().into_iter().flatten();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// A string literal that means the same whatever `standard_conforming_strings` is.
fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if quoted.contains('\\') {
        format!("E'{}'", quoted.replace('\\', "\\\\"))
    } else {
        format!("'{quoted}'")
    }
}
