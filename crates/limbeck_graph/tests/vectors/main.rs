//! Every recorded behaviour of Alembic's revision map and version rows, case by case.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a recording of another form fails the test"
)]

mod recorded;

use limbeck_diag::Result;
use limbeck_graph::{
    HeadMaintainer, Place, RangeOptions, RevisionError, RevisionMap, RevisionStep, Step, Steps,
    Target, VersionChange,
};
use recorded::{Case, Failure, check_file, graph, strings, target};
use serde_json::{Value, json};

#[test]
fn graph_queries() {
    check_file("graph.json", |case| {
        let map = match RevisionMap::new(graph(case)) {
            Ok(map) => map,
            Err(error) => return Some(Err(Failure::from(error))),
        };
        Some(answer(&map, &case["query"]))
    });
}

#[test]
fn version_rows() {
    check_file("version_rows.json", |case| {
        if case["kind"] == "version_sql" {
            return None;
        }
        let map = match RevisionMap::new(graph(case)) {
            Ok(map) => map,
            Err(error) => return Some(Err(Failure::from(error))),
        };
        Some(row_changes(&map, case).map_err(Failure::from))
    });
}

fn answer(map: &RevisionMap, query: &Value) -> std::result::Result<Value, Failure> {
    match query["kind"].as_str().unwrap() {
        "derive" => Ok(derive(map)),
        "get_revisions" => {
            let places = map.get_revisions(&target(&query["id"]))?;
            Ok(places
                .into_iter()
                .map(|place| place_json(map, place))
                .collect())
        }
        "get_revision" => {
            let id = map.get_revision(&target(&query["id"]))?;
            Ok(id.map_or(Value::Null, |id| json!(map.node(id).revision())))
        }
        "resolve" => {
            let resolved = map.resolve(&target(&query["id"]))?;
            Ok(json!({"ids": resolved.ids, "branch_label": resolved.branch_label}))
        }
        "iterate" => {
            let flag = |name: &str| query[name].as_bool().unwrap();
            let options = RangeOptions {
                implicit_base: flag("implicit_base"),
                inclusive: flag("inclusive"),
                assert_relative_length: flag("assert_relative_length"),
                select_for_downgrade: flag("select_for_downgrade"),
            };
            let (upper, lower) = (target(&query["upper"]), target(&query["lower"]));
            let ids = map.iterate_revisions(&upper, &lower, options)?;
            Ok(ids
                .into_iter()
                .map(|id| json!(map.node(id).revision()))
                .collect())
        }
        _ => Ok(steps(map, query, &target(&query["rows"]))?
            .steps
            .iter()
            .map(|step| step_json(map, step))
            .collect()),
    }
}

fn steps(map: &RevisionMap, command: &Value, rows: &Target) -> Result<Steps> {
    let to = target(&command["target"]);
    match command["kind"].as_str().unwrap() {
        "upgrade_steps" => map.upgrade_steps(&to, rows),
        "downgrade_steps" => map.downgrade_steps(&to, rows),
        "stamp_steps" => map.stamp_steps(&to, rows),
        other => panic!("no such query: {other}"),
    }
}

fn derive(map: &RevisionMap) -> Value {
    let sorted = |ids: &[limbeck_graph::RevisionId]| {
        let mut texts: Vec<&str> = ids.iter().map(|id| map.node(*id).revision()).collect();
        texts.sort_unstable();
        json!(texts)
    };
    let texts = |ids: &[limbeck_graph::RevisionId]| -> Value {
        ids.iter()
            .map(|id| json!(map.node(*id).revision()))
            .collect()
    };
    let nodes: serde_json::Map<String, Value> = map
        .iter()
        .map(|node| {
            let attributes = json!({
                "nextrev": sorted(node.nextrev()),
                "all_nextrev": sorted(node.all_nextrev()),
                "dependencies": sorted(node.resolved_dependencies()),
                "normalized_dependencies": sorted(node.normalized_dependencies()),
                "branch_labels": node.branch_labels(),
                "is_branch_point": node.is_branch_point(),
                "is_merge_point": node.is_merge_point(),
            });
            (node.revision().to_owned(), attributes)
        })
        .collect();
    json!({
        "heads": texts(map.heads()),
        "bases": texts(map.bases()),
        "real_heads": texts(map.real_heads()),
        "real_bases": texts(map.real_bases()),
        "nodes": nodes,
    })
}

fn place_json(map: &RevisionMap, place: Place) -> Value {
    match place {
        Place::Revision(id) => json!(map.node(id).revision()),
        Place::Base => json!("base"),
        Place::Beyond => Value::Null,
    }
}

fn step_json(map: &RevisionMap, step: &Step) -> Value {
    match step {
        Step::Revision(it) => json!({
            "type": step.name(),
            "revision": map.node(it.revision).revision(),
            "from": it.from_revisions,
            "to": it.to_revisions,
            "log": step.log(None),
        }),
        Step::Stamp(it) => json!({
            "type": "stamp",
            "from": it.from_revisions,
            "to": it.to_revisions,
            "is_upgrade": it.is_upgrade,
            "branch_move": it.branch_move,
            "log": step.log(None),
        }),
    }
}

fn row_changes(map: &RevisionMap, case: &Case) -> Result<Value> {
    let rows = strings(&case["rows_before"]);
    let mut maintainer = HeadMaintainer::new(map, rows.clone());
    if case["kind"] == "step" {
        let step = match case["step"]["revision"].as_str() {
            Some(revision) => {
                let id = map.find(revision).unwrap();
                Step::Revision(match case["step"]["type"].as_str() {
                    Some("upgrade") => RevisionStep::upgrade(map, id),
                    _ => RevisionStep::downgrade(map, id),
                })
            }
            None => Step::Stamp(limbeck_graph::StampStep {
                from_revisions: strings(&case["step"]["from"]),
                to_revisions: strings(&case["step"]["to"]),
                is_upgrade: case["step"]["is_upgrade"].as_bool().unwrap(),
                branch_move: case["step"]["branch_move"].as_bool().unwrap(),
            }),
        };
        return changes(&mut maintainer, &step);
    }
    let mut result = Vec::new();
    for step in steps(map, &case["command"], &Target::Many(rows))?.steps {
        let mut entry = changes(&mut maintainer, &step)?;
        entry["step"] = match &step {
            Step::Revision(it) => {
                json!({"type": step.name(), "revision": map.node(it.revision).revision()})
            }
            Step::Stamp(it) => json!({
                "type": "stamp",
                "from": it.from_revisions,
                "to": it.to_revisions,
                "is_upgrade": it.is_upgrade,
                "branch_move": it.branch_move,
            }),
        };
        result.push(entry);
    }
    Ok(Value::Array(result))
}

fn changes(maintainer: &mut HeadMaintainer<'_>, step: &Step) -> Result<Value> {
    let statements: Vec<Value> = maintainer
        .update_to_step(step)?
        .into_iter()
        .map(|change| match change {
            VersionChange::Insert(id) => json!({"insert": id}),
            VersionChange::Update { from, to } => json!({"update": [from, to]}),
            VersionChange::Delete(id) => json!({"delete": id}),
        })
        .collect();
    Ok(json!({"statements": statements, "rows_after": maintainer.heads()}))
}

impl From<RevisionError> for Failure {
    fn from(error: RevisionError) -> Failure {
        Failure {
            class: error.class().map(str::to_owned),
            message: error.message(),
        }
    }
}
