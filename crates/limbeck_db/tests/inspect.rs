//! What is read of a live database equals what SQLAlchemy's `Inspector` says of it.
//!
//! `inspect/<dialect>.sql` makes the database; `inspect/<dialect>.json` is what SQLAlchemy said, written by
//! `cargo xtask record-oracle reflection`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed test is the right end"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use limbeck_db::inspect::{Detail, Inspection, Scope, inspect};
use limbeck_db::{Connection, Server};
use limbeck_schema::{
    Autoincrement, ColumnType, Computed, Constraint, ConstraintBody, DialectOptions, Expr,
    Identity, Index, IndexElement, Literal, Name, OptionValue, ServerDefault, Table, TypeNamespace,
    UnaryOp,
};
use limbeck_testkit::Database;
use serde_json::{Map, Value, json};

#[test]
fn sqlite() {
    check(Server::Sqlite, &[None]);
}

#[test]
fn postgres() {
    check(
        Server::Postgres,
        &[None, Some("other"), Some("Weird.Schema")],
    );
}

#[test]
fn mariadb() {
    check(Server::MariaDb, &[None]);
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/inspect"))
}

fn build(server: Server) -> (Database, Box<dyn Connection>) {
    let database = Database::create(server);
    let mut connection = database.connect();
    let path = folder().join(format!("{}.sql", server.name()));
    let sql = std::fs::read_to_string(path).unwrap();
    connection.execute_script(&sql).unwrap();
    (database, connection)
}

fn check(server: Server, schemas: &[Option<&str>]) {
    let (_database, mut connection) = build(server);
    let scope = Scope {
        schemas: schemas.iter().map(|it| it.map(str::to_owned)).collect(),
        ..Scope::default()
    };
    let found = inspect(&mut *connection, &scope).unwrap();
    let path = folder().join(format!("{}.json", server.name()));
    let mut theirs: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut ours = render(&found, server, schemas);
    drop_doubles(&mut theirs);
    for side in [&mut theirs, &mut ours] {
        clean(side);
    }
    let mut different = Vec::new();
    compare("", &theirs, &ours, &mut different);
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn one_table_or_names_only() {
    for server in [Server::Sqlite, Server::Postgres, Server::MariaDb] {
        let (_database, mut connection) = build(server);
        let all = inspect(&mut *connection, &Scope::default()).unwrap().schema;
        let mut scope = Scope {
            tables: Some(vec!["child".to_owned(), "nowhere".to_owned()]),
            ..Scope::default()
        };
        let one = inspect(&mut *connection, &scope).unwrap().schema;
        let child = all.tables.iter().find(|it| it.name.name.text == "child");
        assert_eq!(one.tables.iter().collect::<Vec<_>>(), [child.unwrap()]);
        scope.tables = None;
        scope.detail = Detail::Names;
        let names = inspect(&mut *connection, &scope).unwrap().schema;
        let names_of =
            |tables: &[Table]| tables.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
        assert_eq!(names_of(&names.tables), names_of(&all.tables));
        assert!(names.tables.iter().all(|it| it.columns.is_empty()));
    }
}

#[test]
fn texts_that_a_rebuild_needs() {
    let (_database, mut connection) = build(Server::Sqlite);
    let found = inspect(&mut *connection, &Scope::default()).unwrap();
    let source = &found.sources[&limbeck_schema::TableName::new("users")];
    assert!(
        source
            .sql
            .as_ref()
            .unwrap()
            .starts_with("CREATE TABLE users (")
    );
    let names = |items: &[limbeck_db::inspect::ObjectSource]| {
        items.iter().map(|it| it.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&source.triggers), ["users_touch"]);
    assert_eq!(
        names(&source.indexes),
        [
            "ix_users_born",
            "ix_users_lower",
            "ix_users_partial",
            "ix_users_uid"
        ]
    );
    let (_database, mut connection) = build(Server::Postgres);
    let found = inspect(&mut *connection, &Scope::default()).unwrap();
    let source = &found.sources[&limbeck_schema::TableName::new("users")];
    assert_eq!(names(&source.triggers), ["users_touch"]);
    assert_eq!(found.schema.sequences.len(), 1);
    assert_eq!(found.schema.default_schema.as_deref(), Some("public"));
}

/// Every place where the two differ, by path.
fn compare(path: &str, theirs: &Value, ours: &Value, different: &mut Vec<String>) {
    match (theirs, ours) {
        (Value::Object(left), Value::Object(right)) => {
            let keys: BTreeMap<&String, ()> =
                left.keys().chain(right.keys()).map(|it| (it, ())).collect();
            for key in keys.keys() {
                let get =
                    |side: &Map<String, Value>| side.get(*key).cloned().unwrap_or(Value::Null);
                compare(&format!("{path}/{key}"), &get(left), &get(right), different);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (at, (left, right)) in left.iter().zip(right).enumerate() {
                compare(&format!("{path}/{at}"), left, right, different);
            }
        }
        (left, right) if left == right => {}
        (left, right) => different.push(format!(
            "{path}\n  SQLAlchemy: {left}\n  Limbeck:    {right}"
        )),
    }
}

/// MySQL's `type` of an index says what `unique` and the prefix option say, and the index of a constraint of
/// PostgreSQL is the constraint.
fn drop_doubles(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.contains_key("column_names") {
                map.shift_remove("type");
            }
            map.values_mut().for_each(drop_doubles);
        }
        Value::Array(items) => {
            items.retain(|it| it.get("duplicates_constraint").is_none());
            items.iter_mut().for_each(drop_doubles);
        }
        _ => {}
    }
}

/// Takes away what has no place in a schema: what one answer of the Inspector says twice, or what is empty.
fn clean(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for derived in ["include_columns", "duplicates_index", "primary_key"] {
                map.shift_remove(derived);
            }
            map.values_mut().for_each(clean);
            map.retain(|_, it| !it.is_null() && *it != json!({}) && *it != json!([]));
        }
        Value::Array(items) => items.iter_mut().for_each(clean),
        _ => {}
    }
}

fn render(found: &Inspection, server: Server, schemas: &[Option<&str>]) -> Value {
    let mut by_schema = Map::new();
    for schema in schemas {
        let is_there =
            |name: &limbeck_schema::TableName| name.schema.as_ref().map(Name::as_str) == *schema;
        let mut tables = Map::new();
        for table in found.schema.tables.iter().filter(|it| is_there(&it.name)) {
            tables.insert(table.name.name.text.clone(), render_table(table, server));
        }
        let names = |all: &[limbeck_schema::TableName]| -> Value {
            let here = all.iter().filter(|it| is_there(it));
            here.map(|it| json!(it.name.text)).collect()
        };
        let enums: Vec<Value> = found
            .schema
            .enums
            .iter()
            .filter(|it| is_there(&it.name))
            .map(|it| json!({"name": it.name.name.text, "labels": it.labels}))
            .collect();
        by_schema.insert(
            schema.unwrap_or_default().to_owned(),
            json!({
                "tables": tables,
                "views": names(&found.views),
                "materialized_views": names(&found.materialized_views),
                "enums": enums,
            }),
        );
    }
    // Other tests have databases on the same MariaDB.
    let is_own = |name: &&String| {
        let system = ["information_schema", "mysql", "performance_schema", "sys"];
        server != Server::MariaDb || system.contains(&name.as_str())
    };
    let schema_names: Vec<&String> = found.schema_names.iter().filter(is_own).collect();
    let mut warnings = found.warnings.clone();
    warnings.sort();
    warnings.dedup();
    json!({"schema_names": schema_names, "schemas": by_schema, "warnings": warnings})
}

fn render_table(table: &Table, server: Server) -> Value {
    let (mut pk, mut fks, mut uniques, mut checks) = (json!({}), vec![], vec![], vec![]);
    for constraint in &table.constraints {
        match &constraint.body {
            ConstraintBody::PrimaryKey(_) => pk = render_constraint(constraint),
            ConstraintBody::ForeignKey(_) => fks.push(render_constraint(constraint)),
            ConstraintBody::Unique(_) => uniques.push(render_constraint(constraint)),
            ConstraintBody::Check(_) => checks.push(render_constraint(constraint)),
            ConstraintBody::Exclude(_) => panic!("SQLAlchemy does not reflect these"),
        }
    }
    let indexes: Vec<Value> = table.indexes.iter().map(render_index).collect();
    match server {
        // The Inspector tells unique keys of MySQL twice.
        Server::MySql | Server::MariaDb => {
            for index in table.indexes.iter().filter(|it| it.unique) {
                uniques.push(
                    json!({"name": index.name.as_str(), "column_names": index_columns(index)}),
                );
            }
        }
        Server::Sqlite | Server::Postgres => {}
    }
    json!({
        "columns": table.columns.iter().map(|it| render_column(it, server)).collect::<Vec<_>>(),
        "pk": pk, "fks": fks, "uniques": uniques, "checks": checks, "indexes": indexes,
        "options": render_options(&table.options), "comment": table.comment,
    })
}

fn texts(names: &[Name]) -> Vec<&str> {
    names.iter().map(Name::as_str).collect()
}

fn text(expr: &Expr) -> &str {
    match expr {
        Expr::Text(text) => &text.sql,
        other => panic!("reflection gives text: {other:?}"),
    }
}

fn render_column(column: &limbeck_schema::Column, server: Server) -> Value {
    let mut told = json!({
        "name": column.name.text, "nullable": column.nullable, "comment": column.comment,
        "type": render_type(column.type_.as_ref().unwrap()),
    });
    let autoincrement = match column.autoincrement {
        Autoincrement::True => json!(true),
        Autoincrement::False => json!(false),
        _ => Value::Null,
    };
    if server != Server::Sqlite {
        told["autoincrement"] = autoincrement;
    }
    match &column.server_default {
        None => {}
        Some(ServerDefault::Expr(expr)) => told["default"] = json!(text(expr)),
        Some(ServerDefault::Computed(Computed { sqltext, persisted })) => {
            told["computed"] = json!({"sqltext": text(sqltext), "persisted": persisted});
        }
        Some(ServerDefault::Identity(it)) => told["identity"] = render_identity(it),
        other => panic!("reflection does not give {other:?}"),
    }
    told
}

fn render_identity(it: &Identity) -> Value {
    let number = |it: Option<i128>| it.map(|it| i64::try_from(it).unwrap());
    json!({
        "always": it.always, "start": number(it.start), "increment": number(it.increment),
        "minvalue": number(it.minvalue), "maxvalue": number(it.maxvalue), "cache": number(it.cache),
        "cycle": it.cycle,
    })
}

fn render_constraint(constraint: &Constraint) -> Value {
    let name = constraint.name.as_str();
    let options = render_options(&constraint.options);
    match &constraint.body {
        ConstraintBody::PrimaryKey(it) => json!({
            "constrained_columns": texts(&it.columns), "name": name, "comment": constraint.comment,
            "dialect_options": options,
        }),
        ConstraintBody::Unique(it) => json!({
            "column_names": texts(&it.columns), "name": name, "comment": constraint.comment,
            "dialect_options": options,
        }),
        ConstraintBody::ForeignKey(it) => json!({
            "name": name, "constrained_columns": texts(&it.columns),
            "referred_schema": it.referred_table.schema.as_ref().map(Name::as_str),
            "referred_table": it.referred_table.name.text,
            "referred_columns": texts(&it.referred_columns), "comment": constraint.comment,
            "options": {
                "onupdate": it.onupdate, "ondelete": it.ondelete, "match": it.match_,
                "deferrable": constraint.deferrable, "initially": constraint.initially,
            },
        }),
        ConstraintBody::Check(it) => {
            let options: Map<String, Value> = constraint
                .options
                .keys()
                .map(|key| (key.replace("postgresql_", ""), json!(true)))
                .collect();
            json!({
                "name": name, "sqltext": text(&it.sqltext), "comment": constraint.comment,
                "dialect_options": options,
            })
        }
        ConstraintBody::Exclude(_) => Value::Null,
    }
}

/// Column names with their directions; expressions are null, as in `column_names`.
fn index_columns(index: &Index) -> Vec<Value> {
    let column = |element: &IndexElement| match element {
        IndexElement::Column(name) => json!(name.text),
        IndexElement::Expr(Expr::Text(_)) => Value::Null,
        IndexElement::Expr(expr) => json!(sorted_column(expr).0),
    };
    index.elements.iter().map(column).collect()
}

fn sorted_column(expr: &Expr) -> (&str, Vec<&'static str>) {
    match expr {
        Expr::Column(column) => (column.name.as_str(), vec![]),
        Expr::Unary { op, operand } => {
            let (name, mut words) = sorted_column(operand);
            words.push(match op {
                UnaryOp::Desc => "desc",
                UnaryOp::NullsFirst => "nulls_first",
                UnaryOp::NullsLast => "nulls_last",
                other => panic!("{other:?}"),
            });
            (name, words)
        }
        other => panic!("{other:?}"),
    }
}

fn render_index(index: &Index) -> Value {
    let mut told = json!({
        "name": index.name.as_str(), "unique": index.unique, "column_names": index_columns(index),
        "dialect_options": render_options(&index.options),
    });
    let expressions: Vec<&str> = index
        .elements
        .iter()
        .map(|element| match element {
            IndexElement::Column(name) => name.as_str(),
            IndexElement::Expr(Expr::Text(text)) => &text.sql,
            IndexElement::Expr(expr) => sorted_column(expr).0,
        })
        .collect();
    let sorting: Map<String, Value> = index
        .elements
        .iter()
        .filter_map(|element| match element {
            IndexElement::Expr(expr @ Expr::Unary { .. }) => {
                let (name, words) = sorted_column(expr);
                Some((name.to_owned(), json!(words)))
            }
            _ => None,
        })
        .collect();
    if told["column_names"]
        .as_array()
        .unwrap()
        .contains(&Value::Null)
    {
        told["expressions"] = json!(expressions);
    }
    told["column_sorting"] = Value::Object(sorting);
    told
}

fn render_options(options: &DialectOptions) -> Value {
    fn value(option: &OptionValue) -> Value {
        match option {
            OptionValue::Literal(Literal::Str(text)) => json!(text),
            OptionValue::Literal(Literal::Bool(it)) => json!(it),
            OptionValue::Literal(Literal::Int(it)) => json!(it.to_string().parse::<i64>().unwrap()),
            OptionValue::Expr(expr) => json!(text(expr)),
            OptionValue::List(items) => items.iter().map(value).collect(),
            OptionValue::Map(map) => {
                let items = map.iter().map(|(key, it)| (key.clone(), value(it)));
                Value::Object(items.collect())
            }
            other => panic!("{other:?}"),
        }
    }
    let items = options.iter().map(|(key, it)| (key.clone(), value(it)));
    Value::Object(items.collect())
}

fn render_type(it: &ColumnType) -> Value {
    let namespace = match it.class.namespace() {
        TypeNamespace::Postgresql => "postgresql",
        TypeNamespace::Mysql => "mysql",
        TypeNamespace::Sqlite => "sqlite",
        _ => "sqlalchemy",
    };
    let mut told = json!({
        "class": format!("{namespace}.{}", it.class.py_name()),
        "length": it.length, "precision": it.precision, "scale": it.scale,
        "collation": it.collation, "charset": it.charset,
        "display_width": it.display_width, "fsp": it.fsp, "fields": it.fields,
        "name": it.name.as_ref().map(Name::as_str), "schema": it.schema.as_ref().map(Name::as_str),
        "constraint_name": it.domain_constraint_name,
        "default": it.domain_default.as_deref().map(text), "check": it.domain_check.as_deref().map(text),
        "labels": it.labels.as_ref().map(|it| it.labels.clone()),
        "item": it.item.as_deref().map(render_type),
    });
    let flags = [
        ("timezone", it.timezone),
        ("unsigned", it.unsigned),
        ("zerofill", it.zerofill),
        ("varying", it.varying),
        ("not_null", it.domain_not_null == Some(true)),
    ];
    for (name, flag) in flags {
        if flag {
            told[name] = json!(true);
        }
    }
    told
}
