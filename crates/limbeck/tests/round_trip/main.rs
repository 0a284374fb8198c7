//! Each recorded operation, applied to SQLite, PostgreSQL and MariaDB: the catalogue afterwards is what Alembic leaves there, and what
//! a server refuses under Alembic it refuses in the same words.
//!
//! `cases.json` has the operations, `<server>.json` what Alembic did with them (recorded by `xtask/record/round_trip.py`),
//! `<server>.sql` the queries that both sides look at the catalogue with.

#![expect(clippy::expect_used, reason = "a test without its data fails")]
#![expect(clippy::unwrap_used, reason = "a step that fails ends the test")]

mod place;
mod plain;
mod project;

use std::collections::BTreeMap;
use std::path::PathBuf;

use limbeck_db::Server;
use serde_json::Value;

use place::Place;

fn folder() -> PathBuf {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/round_trip");
    std::env::var_os("LIMBECK_ROUND_TRIP").map_or_else(|| own.into(), PathBuf::from)
}

fn read(name: &str) -> Value {
    let path = folder().join(name);
    let text = std::fs::read_to_string(path).expect("the recording");
    serde_json::from_str(&text).expect("JSON")
}

fn texts(value: &Value, key: &str) -> Vec<String> {
    let items = value.get(key).and_then(Value::as_array);
    let items = items.into_iter().flatten();
    items
        .map(|item| item.as_str().unwrap().to_owned())
        .collect()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Ids in the first column of the tables of `DIFFERENCES.md`, with the name of the server (`sqlite/0123456789abcdef`).
fn differences() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../DIFFERENCES.md");
    std::fs::read_to_string(path).expect("DIFFERENCES.md")
}

/// The lines that went and the lines that came.
fn difference(before: &[String], after: &[String]) -> Vec<String> {
    let (mut left, mut right) = (before.to_vec(), after.to_vec());
    for line in before {
        if let Some(at) = right.iter().position(|it| it == line) {
            right.remove(at);
            let at = left.iter().position(|it| it == line).unwrap();
            left.remove(at);
        }
    }
    let gone = left.iter().map(|line| format!("- {line}"));
    gone.chain(right.iter().map(|line| format!("+ {line}")))
        .collect()
}

/// What Limbeck does otherwise than recorded; `None` if it does the same.
fn fault(
    server: Server,
    recorded: &Value,
    changes: &[String],
    refusal: Option<&str>,
) -> Option<String> {
    let wanted = texts(recorded, "changes");
    let refused = recorded.get("refused");
    let mut faults = Vec::new();
    match (refused, refusal) {
        (None, Some(words)) => faults.push(format!("refused: {words}")),
        (Some(refused), None) => {
            faults.push(format!("applied, but Alembic: {}", text(refused, "words")))
        }
        (Some(refused), Some(words))
            if text(refused, "by") == "server" && text(refused, "words") != words =>
        {
            faults.push(format!(
                "wanted words: {}\nfound words: {words}",
                text(refused, "words")
            ));
        }
        _ => {}
    }
    // Of what is refused nothing stays where it can be undone; Alembic leaves it half done on SQLite.
    let undone = refused.is_some() && server == Server::Sqlite;
    let wanted = if undone { Vec::new() } else { wanted };
    let same = |line: &String| plain::same_meaning(line);
    if wanted.iter().map(same).ne(changes.iter().map(same)) {
        faults.push(format!(
            "--- wanted\n{}\n--- found\n{}",
            wanted.join("\n"),
            changes.join("\n")
        ));
    }
    (!faults.is_empty()).then(|| faults.join("\n"))
}

fn check(server: Server) {
    let cases: BTreeMap<String, Value> = read("cases.json")
        .as_array()
        .unwrap()
        .iter()
        .map(|case| (text(case, "id").to_owned(), case.clone()))
        .collect();
    let recorded = read(&format!("{}.json", server.name()));
    let setups = recorded.get("setups").and_then(Value::as_array).unwrap();
    let listed = differences();
    let only = std::env::var("LIMBECK_ROUND_TRIP_CASE").ok();
    let mut place = Place::new(server);
    let mut befores: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    let (mut applied, mut refused, mut failed, mut idle) = (0, 0, Vec::new(), Vec::new());
    for result in recorded.get("cases").and_then(Value::as_array).unwrap() {
        let id = text(result, "id");
        if only.as_ref().is_some_and(|only| only != id) {
            continue;
        }
        let case = cases.get(id).unwrap();
        let nth = result.get("setup").and_then(Value::as_u64).unwrap();
        let setup = setups.get(usize::try_from(nth).unwrap()).unwrap();
        place.reset(&texts(setup, "attach"));
        place.prepare(&texts(setup, "statements"));
        let before = befores.entry(nth).or_insert_with(|| place.lines()).clone();
        let outcome = project::run(&place, case);
        let changes = difference(&before, &place.lines());
        let refusal = outcome.err().map(|error| place.plain(&error));
        let found = fault(server, result, &changes, refusal.as_deref());
        let key = format!("{}/{id}", server.name());
        match found {
            None if listed.contains(&key) => idle.push(key),
            None if refusal.is_some() => refused += 1,
            None => applied += 1,
            Some(_) if listed.contains(&key) && only.is_none() => {}
            Some(found) => failed.push(format!("{key}\n{}\n{found}", text(case, "op"))),
        }
    }
    assert!(applied + refused > 0 || only.is_some(), "no case ran");
    assert!(
        idle.is_empty(),
        "listed as different, but the same: {idle:?}"
    );
    assert!(
        failed.is_empty(),
        "{} failed, {applied} applied and {refused} refused as by Alembic on version {}\n\n{}",
        failed.len(),
        text(&recorded, "version"),
        failed.join("\n\n")
    );
}

#[test]
fn sqlite() {
    limbeck::on_deep_stack(|| check(Server::Sqlite));
}

#[test]
fn postgres() {
    limbeck::on_deep_stack(|| check(Server::Postgres));
}

#[test]
fn mariadb() {
    limbeck::on_deep_stack(|| check(Server::MariaDb));
}
