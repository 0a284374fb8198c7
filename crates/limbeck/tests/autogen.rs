//! Scripts that `revision --autogenerate` writes, against what Alembic wrote for the same database and models.

#![expect(clippy::expect_used, reason = "a test without its data fails")]

use std::rc::Rc;

use limbeck::autogenerate::render_script;
use limbeck_db::{Connection, Scope, Server, inspect, owned_sequences};
use limbeck_diag::render_text;
use limbeck_diff::{AskServer, AutogenerateOptions, autogenerate};
use limbeck_python::models::read_module;
use limbeck_python::write::{ScriptBodies, WriteOptions};
use limbeck_python::{Inputs, Limits, MemorySources, World, on_deep_stack};
use limbeck_schema::{Literal, Schema};
use limbeck_sql::{Dialect, ServerVersion, SqlAlchemyVersion, Target};
use limbeck_testkit::Database;
use serde_json::Value;

/// Cases that are known to fail, with what is missing.
const FAILING: [(&str, &str); 1] = [(
    "a7a12be984552fd0",
    "`postgresql_inherits` of a partition that is dropped: the introspection does not look for parents",
)];

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn cases() -> Vec<Value> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/vectors/visible/autogen.json"
    );
    let text = std::fs::read_to_string(path).expect("the recorded cases");
    serde_json::from_str(&text).expect("JSON")
}

/// Ids that `DIFFERENCES.md` lists in the first column of a table.
fn differences() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../DIFFERENCES.md");
    std::fs::read_to_string(path).unwrap_or_default()
}

/// The models of a case, read without Python.
fn models(case: &Value) -> Result<Vec<Schema>, String> {
    let path = "/case/model.py";
    let sources = MemorySources {
        files: [(path.into(), text(case, "model").to_owned())].into(),
    };
    let inputs = Inputs {
        sys_path: vec!["/case".into()],
        packages: [("sqlalchemy", "2.1.9"), ("sqlmodel", "0.0.50")]
            .map(|(name, version)| (name.to_owned(), version.to_owned()))
            .into(),
        ..Inputs::default()
    };
    on_deep_stack(|| {
        let world = World::new(Rc::new(sources), inputs, Limits::default());
        read_module(&world, "model", "metadata", text(case, "dialect"))
            .map_err(|error| render_text(&error.diagnostic, false))
    })
}

fn options(case: &Value) -> (WriteOptions, Value) {
    let given = case.get("options").cloned().unwrap_or_default();
    let mut write = WriteOptions::default();
    if let Some(prefix) = given
        .get("sqlalchemy_module_prefix")
        .and_then(Value::as_str)
    {
        prefix.clone_into(&mut write.sqlalchemy_module_prefix);
    }
    if let Some(prefix) = given.get("alembic_module_prefix").and_then(Value::as_str) {
        prefix.clone_into(&mut write.alembic_module_prefix);
    }
    let flag = |key: &str| given.get(key).and_then(Value::as_bool);
    write.render_as_batch = flag("render_as_batch").unwrap_or(false);
    (write, given)
}

fn run(case: &Value, models: &[Schema], server: Server) -> Result<ScriptBodies, String> {
    let database = Database::create(server);
    let mut connection: Box<dyn Connection> = database.connect();
    for statement in case
        .get("ddl")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let statement = statement.as_str().unwrap_or_default();
        connection
            .execute(statement)
            .map_err(|error| format!("{statement}: {error:?}"))?;
    }
    let (write, given) = options(case);
    let flag = |key: &str| given.get(key).and_then(Value::as_bool);
    let mut scope = Scope::default();
    let default = connection.default_schema().map(str::to_owned);
    if flag("include_schemas") == Some(true) {
        let found = inspect(&mut *connection, &scope).map_err(|error| format!("{error:?}"))?;
        for name in found.schema_names {
            if name != "information_schema" && Some(&name) != default.as_ref() {
                scope.schemas.push(Some(name));
            }
        }
    }
    let found = inspect(&mut *connection, &scope).map_err(|error| format!("{error:?}"))?;
    let owned = owned_sequences(&mut *connection).map_err(|error| format!("{error:?}"))?;
    let dialect = Dialect::from_name(text(case, "dialect")).expect("a dialect");
    let version = connection.version();
    let version = ServerVersion::new(version.major, version.minor, version.patch);
    let mut target = Target::online(dialect, version, SqlAlchemyVersion::V2_1);
    target.default_schema = default;
    let cell = std::cell::RefCell::new(connection);
    let ask: &AskServer<'_> = &|sql| {
        let rows = cell.borrow_mut().execute(sql)?.rows;
        Ok(rows
            .first()
            .and_then(|row| row.first())
            .and_then(|it| match it {
                Literal::Bool(value) => Some(*value),
                Literal::Str(text) => Some(text == "t"),
                _ => None,
            }))
    };
    let mut options = AutogenerateOptions::new(&target);
    options.compare_type = flag("compare_type").unwrap_or(true);
    options.compare_server_default = flag("compare_server_default").unwrap_or(false);
    options.owned_sequences = owned;
    options.ask_server = (server == Server::Postgres).then_some(ask);
    let compared =
        autogenerate(models, &found.schema, &options).map_err(|error| format!("{error:?}"))?;
    render_script(&compared, &write, &target).map_err(|error| format!("{error:?}"))
}

/// The same lines in any order.
fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

fn check(server: Server) {
    let listed = differences();
    let mut failed = Vec::new();
    let mut passed = 0;
    for case in cases() {
        let is_server = text(&case, "dialect") == server.name();
        let has_plugin = case.pointer("/options/autogenerate_plugins").is_some();
        if !is_server || has_plugin || case.get("error").is_some() {
            continue;
        }
        let (id, unordered) = (text(&case, "id"), case.get("unordered").is_some());
        let found = models(&case).and_then(|models| run(&case, &models, server));
        let fault = match found {
            Err(error) => Some(error),
            Ok(bodies) => {
                let imports: Vec<&str> = case
                    .get("imports")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect();
                let mut faults = Vec::new();
                for (what, wanted, found) in [
                    ("upgrade", text(&case, "upgrade"), bodies.upgrades.as_str()),
                    (
                        "downgrade",
                        text(&case, "downgrade"),
                        bodies.downgrades.as_str(),
                    ),
                    ("imports", &imports.join("\n"), bodies.imports.as_str()),
                ] {
                    let same = wanted == found || (unordered && sorted(wanted) == sorted(found));
                    if !same {
                        faults.push(format!("{what}\n--- wanted\n{wanted}\n--- found\n{found}"));
                    }
                }
                (!faults.is_empty()).then(|| faults.join("\n"))
            }
        };
        let is_known = FAILING.iter().any(|(known, _)| *known == id);
        match fault {
            None if is_known => failed.push(format!("{id} is listed as failing and passes")),
            None => passed += 1,
            Some(_) if is_known => {}
            Some(_) if listed.contains(id) => {}
            Some(fault) => failed.push(format!("{id} {}\n{fault}", text(&case, "name"))),
        }
    }
    assert!(passed > 0, "no case ran");
    assert!(
        failed.is_empty(),
        "{} failed, {passed} passed\n\n{}",
        failed.len(),
        failed.join("\n\n")
    );
}

#[test]
fn sqlite() {
    check(Server::Sqlite);
}

#[test]
fn postgres() {
    check(Server::Postgres);
}

#[test]
fn mariadb() {
    check(Server::MariaDb);
}
