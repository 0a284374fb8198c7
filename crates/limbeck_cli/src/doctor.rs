//! The answer of `doctor` as text.

use limbeck::ScriptLevel;
use limbeck::commands::doctor::{
    DatabaseReport, ModelsReport, Report, ScriptReport, SettingReport,
};
use limbeck_diag::{render_line, render_text};

/// Settings, env.py, models, then the scripts that are not read natively, or all of them with `all`.
pub(crate) fn render_report(report: &Report, all: bool) -> String {
    let mut text = String::from("Settings:\n");
    push_settings(&mut text, &report.settings);
    text.push_str(&match &report.sqlalchemy {
        Some(version) => format!("  the project's environment has SQLAlchemy {version}\n"),
        None => {
            "  no SQLAlchemy is found in the project's environment; the SQL of 2.1 is written\n"
                .to_owned()
        }
    });
    let env = &report.env;
    text.push('\n');
    match &env.obstacle {
        None => text.push_str(&format!("{} is read natively\n", env.path)),
        Some(obstacle) => {
            text.push_str(&format!("{} is not read natively:\n", env.path));
            text.push_str(&format!("{}\n", render_text(obstacle, false)));
        }
    }
    if !env.variables.is_empty() {
        let variable = |(name, is_set): &(String, bool)| {
            format!("{name} ({})", if *is_set { "set" } else { "not set" })
        };
        let variables: Vec<String> = env.variables.iter().map(variable).collect();
        text.push_str(&format!(
            "  it reads the variables {}\n",
            variables.join(", ")
        ));
    }
    for database in &env.databases {
        push_database(&mut text, database);
    }
    text.push_str("\nRevisions:\n");
    for script in &report.scripts {
        push_script(&mut text, script, all, env.obstacle.is_some());
    }
    text.push_str(&format!("  {}\n", summary(&report.scripts)));
    text
}

fn push_settings(text: &mut String, settings: &[SettingReport]) {
    let width = |of: fn(&SettingReport) -> &str| {
        let lengths = settings.iter().map(|it| of(it).chars().count());
        lengths.filter(|it| *it <= 60).max().unwrap_or_default()
    };
    let (names, values) = (width(|it| &it.name), width(|it| &it.value));
    for SettingReport {
        name,
        value,
        origin,
    } in settings
    {
        text.push_str(&format!("  {name:names$}  {value:values$}  {origin}\n"));
    }
}

fn push_database(text: &mut String, database: &DatabaseReport) {
    text.push_str("\nDatabase ");
    match (&database.url, &database.obstacle) {
        (Some(url), _) => text.push_str(&format!("{url}, from {}\n", database.origin)),
        (None, Some(obstacle)) => {
            text.push_str(&format!(
                "of unknown URL:\n{}\n",
                render_text(obstacle, false)
            ));
        }
        (None, None) => text.push_str("of unknown URL\n"),
    }
    push_settings(text, &database.settings);
    match &database.models {
        ModelsReport::None => text.push_str("  env.py names no models\n"),
        ModelsReport::Read => text.push_str("  the models are read natively\n"),
        ModelsReport::Imported(reason) => text.push_str(&format!(
            "  the models are imported by the project's own Python: {reason}\n"
        )),
    }
}

fn push_script(text: &mut String, script: &ScriptReport, all: bool, has_no_env: bool) {
    let needs = matches!(script.level, ScriptLevel::Inspects | ScriptLevel::Reads);
    let how = match (script.is_native, needs) {
        (true, false) => "native",
        (true, true) => "native, needs the database",
        (false, true) => "not native: it needs the database, and not all of it can be read",
        (false, false) if has_no_env => "unknown without env.py",
        (false, false) => "not native",
    };
    if all {
        let (code, meaning) = (script.level.code(), script.level.meaning());
        text.push_str(&format!(
            "  {code}  {}  {how} ({meaning})\n",
            script.revision
        ));
        if let Some(obstacle) = &script.obstacle {
            text.push_str(&format!("      {}\n", render_line(obstacle)));
        }
    } else if let Some(obstacle) = script.obstacle.as_ref().filter(|_| !script.is_native) {
        text.push_str(&format!("  {} is {how}:\n", script.revision));
        text.push_str(&format!("{}\n", render_text(obstacle, false)));
    }
}

fn summary(scripts: &[ScriptReport]) -> String {
    let count = |of: fn(&ScriptReport) -> bool| scripts.iter().filter(|it| of(it)).count();
    let native = count(|it| it.is_native);
    let live =
        count(|it| it.is_native && matches!(it.level, ScriptLevel::Inspects | ScriptLevel::Reads));
    let mut text = format!("{native} of {} revisions are read natively", scripts.len());
    if live > 0 {
        text.push_str(&format!(", {live} of them with the database"));
    }
    text
}
