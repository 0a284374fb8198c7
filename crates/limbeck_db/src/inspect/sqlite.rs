//! SQLite: pragmas for the facts, the kept `CREATE TABLE` text for names and options.

mod types;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use limbeck_diag::Result;
use limbeck_schema::{
    CheckConstraint, Column, Computed, Constraint, ConstraintBody, ForeignKeyConstraint, Index,
    IndexElement, Literal, Name, OptionValue, ServerDefault, Table, UniqueConstraint,
};

use super::text::{find, find_all, group, matching_paren, one_time_pattern, pattern};
use super::{
    Detail, Inspection, ObjectSource, Scope, TableSource, field, final_name, names, optional,
    primary_key, table_name, text_default, text_expr, text_rows,
};
use crate::connection::Connection;
use crate::sqlite::quote;

type Rows = Vec<Vec<Option<String>>>;

pub(super) fn inspect(connection: &mut dyn Connection, scope: &Scope) -> Result<Inspection> {
    let mut found = Inspection {
        schema_names: read_rows(connection, "PRAGMA database_list")?
            .iter()
            .map(|row| field(row, 1).to_owned())
            .filter(|name| name != "temp")
            .collect(),
        ..Inspection::default()
    };
    for schema in &scope.schemas {
        let schema = schema.as_deref();
        for (name, sql) in read_master(connection, schema, "view", "")? {
            drop(sql);
            found.views.push(table_name(schema, &name));
        }
        for (name, sql) in read_master(connection, schema, "table", "")? {
            if !scope.wants(&name) {
                continue;
            }
            let mut table = Table::new(table_name(schema, &name));
            if scope.detail == Detail::Full {
                let reader = TableReader {
                    schema,
                    name: &name,
                    sql: sql.as_deref().unwrap_or_default(),
                };
                reader.read(connection, &mut table, &mut found.warnings)?;
                let source = reader.read_source(connection)?;
                found.sources.insert(table.name.clone(), source);
            }
            found.schema.tables.push(table);
        }
    }
    Ok(found)
}

fn read_rows(connection: &mut dyn Connection, sql: &str) -> Result<Rows> {
    Ok(text_rows(&connection.execute(sql)?).collect())
}

fn prefix(schema: Option<&str>) -> String {
    schema.map_or_else(String::new, |schema| format!("{}.", quote(schema)))
}

/// Names and texts of one kind, without SQLite's own.
fn read_master(
    connection: &mut dyn Connection,
    schema: Option<&str>,
    kind: &str,
    table: &str,
) -> Result<Vec<(String, Option<String>)>> {
    let of_table = if table.is_empty() {
        ""
    } else {
        " AND tbl_name = ? COLLATE NOCASE"
    };
    let sql = format!(
        "SELECT name, sql FROM {}sqlite_master WHERE type = '{kind}' \
         AND name NOT LIKE 'sqlite~_%' ESCAPE '~'{of_table} ORDER BY name",
        prefix(schema)
    );
    let set = if table.is_empty() {
        connection.execute(&sql)?
    } else {
        connection.execute_params(&sql, &[Literal::str(table)])?
    };
    Ok(text_rows(&set)
        .map(|row| {
            (
                field(&row, 0).to_owned(),
                optional(&row, 1).map(str::to_owned),
            )
        })
        .collect())
}

/// Rows of a pragma about a table or an index; unqualified names are looked for in `main`, then `temp`.
fn read_pragma(
    connection: &mut dyn Connection,
    schema: Option<&str>,
    pragma: &str,
    object: &str,
) -> Result<Rows> {
    let schemas: &[&str] = match &schema {
        Some(schema) => &[schema],
        None => &["main", "temp"],
    };
    for schema in schemas {
        let sql = format!("PRAGMA {}.{pragma}({})", quote(schema), quote(object));
        let rows = read_rows(connection, &sql)?;
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    Ok(Vec::new())
}

/// A foreign key as the pragma has it: no name, no options.
struct PragmaForeignKey {
    columns: Vec<String>,
    table: String,
    referred: Vec<String>,
}

/// What the text of a foreign key adds.
#[derive(Default)]
struct WrittenForeignKey {
    name: Option<String>,
    onupdate: Option<String>,
    ondelete: Option<String>,
    deferrable: Option<bool>,
    initially: Option<String>,
}

struct TableReader<'a> {
    schema: Option<&'a str>,
    name: &'a str,
    /// `CREATE TABLE`, as written.
    sql: &'a str,
}

impl TableReader<'_> {
    fn read(
        &self,
        connection: &mut dyn Connection,
        table: &mut Table,
        warnings: &mut Vec<String>,
    ) -> Result<()> {
        let key = self.read_columns(connection, table, warnings)?;
        if !key.is_empty() {
            let named = find(
                &pattern(r#"(?i)CONSTRAINT\s+(?:"(.+?)"|(\w+))\s+PRIMARY\s+KEY"#),
                self.sql,
            );
            let name = named
                .as_ref()
                .and_then(|it| group(it, 1).or_else(|| group(it, 2)));
            table.constraints.push(primary_key(name, key));
        }
        self.read_foreign_keys(connection, table, warnings)?;
        self.read_indexes(connection, table, warnings)?;
        self.read_checks(table);
        self.read_options(table);
        Ok(())
    }

    /// The columns; returns those of the primary key.
    fn read_columns(
        &self,
        connection: &mut dyn Connection,
        table: &mut Table,
        warnings: &mut Vec<String>,
    ) -> Result<Vec<Name>> {
        let mut key: Vec<(u32, Name)> = Vec::new();
        for row in read_pragma(connection, self.schema, "table_xinfo", self.name)? {
            // 0 is a plain column, 1 a hidden one, 2 a virtual and 3 a stored generated one.
            let hidden = field(&row, 6);
            if hidden == "1" {
                continue;
            }
            let generated = matches!(hidden, "2" | "3");
            let mut type_text = field(&row, 2).to_uppercase();
            if generated {
                type_text = type_text
                    .replace("GENERATED", "")
                    .replace("ALWAYS", "")
                    .trim()
                    .to_owned();
            }
            let name = field(&row, 1);
            let mut column = Column::new(name, Some(types::resolve(&type_text, warnings)));
            column.nullable = field(&row, 3) == "0";
            column.nullable_given = true;
            column.server_default = optional(&row, 4).map(text_default);
            if generated {
                column.server_default = Some(ServerDefault::Computed(Computed {
                    sqltext: text_expr(self.generated_text(name)),
                    persisted: Some(hidden == "3"),
                }));
            }
            let position: u32 = field(&row, 5).parse().unwrap_or_default();
            if position > 0 {
                column.primary_key = true;
                key.push((position, column.name.clone()));
            }
            table.columns.push(column);
        }
        key.sort_by_key(|(position, _)| *position);
        Ok(key.into_iter().map(|(_, name)| name).collect())
    }

    /// The expression of a generated column: the text between the parentheses after `AS`.
    fn generated_text(&self, column: &str) -> String {
        let after_name = format!(
            r#"(?is)(?:[(,\s]|^)["\[`]?{}["\]`]?\s[^,]*?(?:GENERATED\s+ALWAYS\s+)?\bAS\s*\("#,
            fancy_regex::escape(column)
        );
        find(&one_time_pattern(&after_name), self.sql)
            .and_then(|it| {
                let open = it.get(0)?.end() - 1;
                let close = matching_paren(self.sql, open)?;
                self.sql.get(open + 1..close)
            })
            .unwrap_or_default()
            .to_owned()
    }

    fn read_foreign_keys(
        &self,
        connection: &mut dyn Connection,
        table: &mut Table,
        warnings: &mut Vec<String>,
    ) -> Result<()> {
        let mut by_id: BTreeMap<i64, PragmaForeignKey> = BTreeMap::new();
        let mut order = Vec::new();
        for row in read_pragma(connection, self.schema, "foreign_key_list", self.name)? {
            let id: i64 = field(&row, 0).parse().unwrap_or_default();
            let referred_table = field(&row, 2).to_owned();
            let referred = optional(&row, 4).map(str::to_owned);
            let key = match by_id.entry(id) {
                Entry::Occupied(place) => place.into_mut(),
                Entry::Vacant(place) => {
                    order.push(id);
                    // No column is named: the other table's primary key is meant.
                    let implied = match &referred {
                        Some(_) => Vec::new(),
                        None => read_key(connection, self.schema, &referred_table)?,
                    };
                    place.insert(PragmaForeignKey {
                        columns: Vec::new(),
                        table: referred_table,
                        referred: implied,
                    })
                }
            };
            key.columns.push(field(&row, 3).to_owned());
            key.referred.extend(referred);
        }
        // Keys of one signature are one key to SQLAlchemy; the last one stands.
        let mut left: Vec<PragmaForeignKey> = Vec::new();
        for key in order.iter().filter_map(|id| by_id.remove(id)) {
            let same = |it: &PragmaForeignKey| signature(it) == signature(&key);
            match left.iter().position(same).and_then(|at| left.get_mut(at)) {
                Some(place) => *place = key,
                None => left.push(key),
            }
        }
        for (written, columns, referred_table, referred) in self.written_foreign_keys() {
            let key = PragmaForeignKey {
                columns,
                table: referred_table,
                referred,
            };
            match left.iter().position(|it| signature(it) == signature(&key)) {
                Some(at) => {
                    let key = left.remove(at);
                    table.constraints.push(self.foreign_key(key, written));
                }
                None => warnings.push(format!(
                    "WARNING: SQL-parsed foreign key constraint '{}' could not be located in PRAGMA \
                     foreign_keys for table {}",
                    render_signature(&key),
                    self.name
                )),
            }
        }
        // What is left was written beside its column.
        for key in left {
            let constraint = self.foreign_key(key, WrittenForeignKey::default());
            table.constraints.push(constraint);
        }
        Ok(())
    }

    fn foreign_key(&self, key: PragmaForeignKey, written: WrittenForeignKey) -> Constraint {
        let body = ForeignKeyConstraint {
            columns: names(key.columns),
            referred_table: table_name(self.schema, &key.table),
            referred_columns: names(key.referred),
            onupdate: written.onupdate,
            ondelete: written.ondelete,
            match_: None,
            use_alter: false,
        };
        Constraint {
            deferrable: written.deferrable,
            initially: written.initially,
            ..Constraint::new(
                final_name(written.name.as_deref()),
                ConstraintBody::ForeignKey(body),
            )
        }
    }

    /// `FOREIGN KEY` clauses of the text: name and options, columns, table, its columns.
    fn written_foreign_keys(&self) -> Vec<(WrittenForeignKey, Vec<String>, String, Vec<String>)> {
        let clause = pattern(concat!(
            r#"(?i)(?:CONSTRAINT\s+(?:"(.+?)"|(\w+))\s+)?"#,
            r"FOREIGN\s+KEY\s*\(\s*(.+?)\s*\)\s+",
            r#"REFERENCES\s+(?:(?:"(.+?)")|([a-z0-9_]+))\s*"#,
            r#"\(\s*((?:"[^"]+"|[a-z0-9_]+)(?:(?:\s*,\s*|\s+)(?:"[^"]+"|[a-z0-9_]+))*\s*)\)\s*"#,
            r"((?:ON\s+(?:DELETE|UPDATE)\s+",
            r"(?:SET\s+NULL|SET\s+DEFAULT|CASCADE|RESTRICT|NO\s+ACTION)\s*)*)",
            r"((?:NOT\s+)?DEFERRABLE)?",
            r"(?:\s+INITIALLY\s+(DEFERRED|IMMEDIATE))?",
        ));
        let action = pattern(
            r"(?i)ON\s+(DELETE|UPDATE)\s+(SET\s+NULL|SET\s+DEFAULT|CASCADE|RESTRICT|NO\s+ACTION)",
        );
        let mut written = Vec::new();
        for it in find_all(&clause, self.sql) {
            let name = group(&it, 1).or_else(|| group(&it, 2));
            let columns = columns_of(group(&it, 3).unwrap_or_default());
            let referred = columns_of(group(&it, 6).unwrap_or_default());
            let table = group(&it, 4)
                .or_else(|| group(&it, 5))
                .unwrap_or_default()
                .to_owned();
            let mut key = WrittenForeignKey {
                name: name.map(str::to_owned),
                deferrable: group(&it, 8).map(|text| !text.to_uppercase().contains("NOT")),
                initially: group(&it, 9).map(str::to_uppercase),
                ..WrittenForeignKey::default()
            };
            for it in find_all(&action, group(&it, 7).unwrap_or_default()) {
                let what = group(&it, 2).unwrap_or_default().to_uppercase();
                let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
                let what = Some(what).filter(|what| what != "NO ACTION");
                if group(&it, 1).is_some_and(|kind| kind.eq_ignore_ascii_case("DELETE")) {
                    key.ondelete = what;
                } else {
                    key.onupdate = what;
                }
            }
            written.push((key, columns, table, referred));
        }
        written
    }

    /// Indexes, and the unique constraints that stand behind the automatic ones.
    fn read_indexes(
        &self,
        connection: &mut dyn Connection,
        table: &mut Table,
        warnings: &mut Vec<String>,
    ) -> Result<()> {
        let mut automatic: Vec<Vec<String>> = Vec::new();
        let mut indexes: Vec<Index> = Vec::new();
        for row in read_pragma(connection, self.schema, "index_list", self.name)? {
            let name = field(&row, 1);
            let is_automatic = name.starts_with("sqlite_autoindex");
            let mut columns = Vec::new();
            let mut has_expression = false;
            for part in read_pragma(connection, self.schema, "index_info", name)? {
                match optional(&part, 2) {
                    Some(column) => columns.push(column.to_owned()),
                    None => has_expression = true,
                }
            }
            if has_expression {
                warnings.push(format!(
                    "Skipped unsupported reflection of expression-based index {name}"
                ));
                continue;
            }
            if is_automatic {
                if !automatic.contains(&columns) {
                    automatic.push(columns);
                }
                continue;
            }
            let mut index = Index {
                name: final_name(Some(name)),
                elements: columns
                    .iter()
                    .map(|column| IndexElement::Column(Name::from(column.as_str())))
                    .collect(),
                unique: field(&row, 2) == "1",
                column_flag: false,
                options: Default::default(),
            };
            if field(&row, 4) == "1" {
                match self.read_predicate(connection, name)? {
                    Some(condition) => {
                        let condition = OptionValue::Expr(text_expr(condition));
                        index.options.insert("sqlite_where".to_owned(), condition);
                    }
                    None => warnings.push(format!(
                        "Failed to look up filter predicate of partial index {name}"
                    )),
                }
            }
            indexes.push(index);
        }
        indexes.sort_by(|a, b| a.name.as_str().cmp(&b.name.as_str()));
        table.indexes = indexes;
        for (name, columns) in self.written_uniques() {
            if let Some(at) = automatic.iter().position(|it| *it == columns) {
                automatic.remove(at);
                let body = UniqueConstraint {
                    columns: names(columns),
                };
                table.constraints.push(Constraint::new(
                    final_name(name.as_deref()),
                    ConstraintBody::Unique(body),
                ));
            }
        }
        Ok(())
    }

    /// The condition of a partial index.
    fn read_predicate(
        &self,
        connection: &mut dyn Connection,
        index: &str,
    ) -> Result<Option<String>> {
        let sql = format!(
            "SELECT sql FROM {}sqlite_master WHERE name = ? AND type = 'index'",
            prefix(self.schema)
        );
        let set = connection.execute_params(&sql, &[Literal::str(index)])?;
        let Some(sql) = super::cell_text(set.scalar()) else {
            return Ok(None);
        };
        let found = find(&pattern(r"(?i)\)\s+where\s+(.+)"), &sql)
            .and_then(|it| group(&it, 1).map(str::to_owned));
        Ok(found)
    }

    /// `UNIQUE` of the text: of the table first, then beside columns.
    fn written_uniques(&self) -> Vec<(Option<String>, Vec<String>)> {
        let of_table = pattern(r#"(?i)(?:CONSTRAINT\s+(?:"(.+?)"|(\w+))\s+)?UNIQUE\s*\((.+?)\)"#);
        let beside_column = pattern(concat!(
            r#"(?i)(?:(".+?")|(?:[\[`])?([a-z0-9_]+)(?:[\]`])?)[\t ]"#,
            r"+[a-z0-9_]+(?:[\t ]+[a-z0-9_]+)*?[\t ]+UNIQUE",
        ));
        let mut written = Vec::new();
        for it in find_all(&of_table, self.sql) {
            let name = group(&it, 1).or_else(|| group(&it, 2)).map(str::to_owned);
            written.push((name, columns_of(group(&it, 3).unwrap_or_default())));
        }
        for it in find_all(&beside_column, self.sql) {
            let column = group(&it, 1).or_else(|| group(&it, 2)).unwrap_or_default();
            written.push((None, columns_of(column)));
        }
        written
    }

    fn read_checks(&self, table: &mut Table) {
        let clause = pattern(concat!(
            r#"(?i)(?<![A-Za-z0-9_])(?:CONSTRAINT\s+("(?:[^"]|"")+"|'(?:[^']|'')+'"#,
            r"|\[(?:[^\]]|\]\])+\]|`(?:[^`]|``)+`|\S+)\s+)?CHECK\s*\(",
        ));
        let mut checks: Vec<(Option<String>, String)> = Vec::new();
        for it in find_all(&clause, self.sql) {
            let Some(open) = it.get(0).map(|whole| whole.end() - 1) else {
                continue;
            };
            let Some(text) =
                matching_paren(self.sql, open).and_then(|close| self.sql.get(open + 1..close))
            else {
                continue;
            };
            checks.push((
                group(&it, 1).map(|name| unquote(name).to_owned()),
                text.trim().to_owned(),
            ));
        }
        checks.sort_by(|a, b| {
            a.0.as_deref()
                .unwrap_or("~")
                .cmp(b.0.as_deref().unwrap_or("~"))
        });
        for (name, sql) in checks {
            let body = CheckConstraint {
                sqltext: text_expr(sql),
                type_bound: None,
            };
            table.constraints.push(Constraint::new(
                final_name(name.as_deref()),
                ConstraintBody::Check(body),
            ));
        }
    }

    fn read_options(&self, table: &mut Table) {
        let tail = pattern(r"(?i)\)(?:\s*,?\s*(?:(WITHOUT\s+ROWID)|(STRICT)))*\s*$");
        let Some(it) = find(&tail, self.sql.trim()) else {
            return;
        };
        let mut set = |key: &str, value: bool| {
            let value = OptionValue::Literal(Literal::Bool(value));
            table.options.insert(key.to_owned(), value);
        };
        if group(&it, 1).is_some() {
            set("sqlite_with_rowid", false);
        }
        if group(&it, 2).is_some() {
            set("sqlite_strict", true);
        }
    }

    fn read_source(&self, connection: &mut dyn Connection) -> Result<TableSource> {
        let mut read = |kind: &str| -> Result<Vec<ObjectSource>> {
            Ok(read_master(connection, self.schema, kind, self.name)?
                .into_iter()
                .filter_map(|(name, sql)| Some(ObjectSource { name, sql: sql? }))
                .collect())
        };
        Ok(TableSource {
            sql: Some(self.sql.to_owned()).filter(|sql| !sql.is_empty()),
            indexes: read("index")?,
            triggers: read("trigger")?,
        })
    }
}

/// The primary key of a table, in its order.
fn read_key(
    connection: &mut dyn Connection,
    schema: Option<&str>,
    table: &str,
) -> Result<Vec<String>> {
    let mut key: Vec<(u32, String)> = read_pragma(connection, schema, "table_xinfo", table)?
        .iter()
        .map(|row| {
            (
                field(row, 5).parse().unwrap_or_default(),
                field(row, 1).to_owned(),
            )
        })
        .filter(|(position, _)| *position > 0)
        .collect();
    key.sort();
    Ok(key.into_iter().map(|(_, name)| name).collect())
}

fn signature(key: &PragmaForeignKey) -> Vec<&str> {
    key.columns
        .iter()
        .chain([&key.table])
        .chain(&key.referred)
        .map(String::as_str)
        .collect()
}

/// A signature as Python prints a tuple.
fn render_signature(key: &PragmaForeignKey) -> String {
    let parts: Vec<String> = signature(key)
        .iter()
        .map(|part| format!("'{part}'"))
        .collect();
    format!("({})", parts.join(", "))
}

/// Column names of a list as written.
fn columns_of(list: &str) -> Vec<String> {
    find_all(&pattern(r#"(?i)(?:"(.+?)")|([a-z0-9_]+)"#), list)
        .iter()
        .filter_map(|it| group(it, 1).or_else(|| group(it, 2)))
        .map(str::to_owned)
        .collect()
}

fn unquote(name: &str) -> &str {
    let pairs = [('"', '"'), ('\'', '\''), ('`', '`'), ('[', ']')];
    pairs
        .iter()
        .find_map(|(open, close)| name.strip_prefix(*open)?.strip_suffix(*close))
        .filter(|inner| !inner.is_empty())
        .unwrap_or(name)
}
