//! Answers as JSON. The keys are promised in `docs/json.md`.

use limbeck::commands::compare::Drift;
use limbeck::commands::doctor::{ModelsReport, Report, SettingReport};
use limbeck::commands::init::templates;
use limbeck::{DatabaseState, Diagnostic, Entry, Error};
use limbeck_diag::render_json;
use serde_json::{Value, json};

/// The answer of `history`, `heads`, `branches` and `show`.
pub(crate) fn revisions(entries: &[Entry]) -> Value {
    json!({ "revisions": entries.iter().map(revision).collect::<Vec<_>>() })
}

fn revision(entry: &Entry) -> Value {
    json!({
        "revision": entry.revision,
        "down_revision": entry.down_revision,
        "depends_on": entry.depends_on,
        "next": entry.next,
        "branch_labels": entry.branch_labels,
        "is_head": entry.is_head,
        "is_real_head": entry.is_real_head,
        "is_branch_point": entry.is_branch_point,
        "is_merge_point": entry.is_merge_point,
        "is_current": entry.is_current,
        "message": entry.message,
        "doc": entry.doc,
        "path": entry.path,
    })
}

/// The answer of `current`.
pub(crate) fn databases(states: &[DatabaseState]) -> Value {
    let database = |state: &DatabaseState| {
        json!({
            "url": state.url,
            "dialect": state.dialect,
            "version_rows": state.rows,
            "is_at_heads": state.is_at_heads,
            "revisions": state.revisions.iter().map(revision).collect::<Vec<_>>(),
        })
    };
    json!({ "databases": states.iter().map(database).collect::<Vec<_>>() })
}

/// The answer of `check`.
pub(crate) fn drifts(drifts: &[Drift]) -> Value {
    let database = |drift: &Drift| {
        json!({
            "url": drift.url,
            "dialect": drift.dialect,
            "operations": drift.operations,
            "detected": drift.detected,
            "upgrade": drift.upgrade,
            "downgrade": drift.downgrade,
        })
    };
    json!({
        "is_in_sync": drifts.iter().all(|drift| drift.operations.is_empty()),
        "databases": drifts.iter().map(database).collect::<Vec<_>>(),
    })
}

/// The answer of `list_templates`.
pub(crate) fn template_list() -> Value {
    let templates = templates().map(|(name, text)| json!({ "name": name, "description": text }));
    json!({ "templates": templates.collect::<Vec<_>>() })
}

/// The answer of `doctor`.
pub(crate) fn doctor(report: &Report) -> Value {
    let obstacle = |it: &Option<Diagnostic>| it.as_ref().map(render_json);
    let databases = report.env.databases.iter().map(|database| {
        let (models, reason) = match &database.models {
            ModelsReport::None => ("none", None),
            ModelsReport::Read => ("limbeck", None),
            ModelsReport::Imported(reason) => ("python", Some(reason)),
        };
        json!({
            "url": database.url,
            "url_origin": database.origin,
            "dialect": database.dialect,
            "obstacle": obstacle(&database.obstacle),
            "settings": settings(&database.settings),
            "models": { "read_by": models, "reason": reason },
        })
    });
    let variables = report.env.variables.iter();
    let scripts = report.scripts.iter().map(|script| {
        json!({
            "revision": script.revision,
            "path": script.path,
            "level": script.level.code(),
            "is_native": script.is_native,
            "obstacle": obstacle(&script.obstacle),
        })
    });
    json!({
        "settings": settings(&report.settings),
        "sqlalchemy": report.sqlalchemy,
        "env": {
            "path": report.env.path,
            "is_native": report.env.obstacle.is_none(),
            "obstacle": obstacle(&report.env.obstacle),
            "variables": variables
                .map(|(name, is_set)| json!({ "name": name, "is_set": is_set }))
                .collect::<Vec<_>>(),
        },
        "databases": databases.collect::<Vec<_>>(),
        "scripts": scripts.collect::<Vec<_>>(),
    })
}

fn settings(settings: &[SettingReport]) -> Vec<Value> {
    let setting =
        |it: &SettingReport| json!({ "name": it.name, "value": it.value, "origin": it.origin });
    settings.iter().map(setting).collect()
}

/// What stands in the place of an answer when a command fails.
pub(crate) fn failure(error: &Error) -> Value {
    json!({ "error": render_json(&error.diagnostic) })
}

/// The document as it is printed.
pub(crate) fn render(document: &Value) -> String {
    format!("{document:#}\n")
}
