//! What must hold for any input, whoever wrote it: a reader answers or refuses, and never panics or runs for ever.
//!
//! `cargo fuzz run` looks for an input that breaks one of these; the tests of this crate try a few hundred in every run.

use std::path::Path;
use std::rc::Rc;

use limbeck_config::{AlembicConfig, ConfigSources, Logging, Url, parse_dotenv, split_shell};
use limbeck_diag::SourceFile;
use limbeck_graph::{HeadMaintainer, RangeOptions, Revision, RevisionMap, Target};
use limbeck_python::mako::check_template;
use limbeck_python::{
    Inputs, Limits, NoSources, RevisionRequest, Script, World, evaluate_revision, on_deep_stack,
};

/// Any bytes as `alembic.ini` and as `pyproject.toml`: read or refused, never a panic.
pub fn ini(text: &str) {
    let sources = ConfigSources {
        ini: Some(SourceFile::new("alembic.ini", text)),
        toml: Some(SourceFile::new("pyproject.toml", text)),
        section: "alembic".to_owned(),
        ..ConfigSources::default()
    };
    let both = AlembicConfig::read(&sources);
    let ini = AlembicConfig::read(&ConfigSources {
        toml: None,
        ..sources.clone()
    });
    let toml = AlembicConfig::read(&ConfigSources {
        ini: None,
        ..sources
    });
    for config in [both, ini, toml].into_iter().flatten() {
        for section in config.ini().sections() {
            let _ = config.get_section(section);
        }
        let _ = config.script_location();
        let _ = config.version_locations();
        let _ = config.prepend_sys_path();
        let _ = config.post_write_hooks();
        let _ = config.file_template();
        let _ = config.truncate_slug_length();
        let _ = config.revision_environment();
        let _ = Logging::parse(config.ini());
    }
}

/// Any text as a database URL: read or refused, and its password never shown.
pub fn url(text: &str) {
    if let Ok(url) = Url::parse(text) {
        let hidden = Url {
            password: None,
            ..url.clone()
        }
        .to_string();
        let shown = url.to_string();
        assert_eq!(
            shown.replacen(":***@", "@", 1),
            hidden.replacen(":***@", "@", 1)
        );
        let _ = Url::parse(&url.render_with_password());
    }
}

/// Any text as a `.env` file, and as the options of a hook.
pub fn dotenv(text: &str) {
    for variable in parse_dotenv(&SourceFile::new(".env", text), |_| None) {
        assert!(variable.location.span.end as usize <= text.len());
    }
    let _ = split_shell(text);
}

/// Any headers, `id < parents : dependencies = labels` a line, and any symbol in the last line: answered
/// or refused, never a panic and never endless.
pub fn graph(text: &str) {
    let (headers, symbol) = text.rsplit_once('\n').unwrap_or((text, "head"));
    let Ok(map) = RevisionMap::new(headers.lines().map(header).collect()) else {
        return;
    };
    let target = Target::from(symbol);
    let state = Target::many(map.real_heads().iter().map(|id| map.node(*id).revision()));
    for rows in [Target::None, state] {
        for steps in [
            map.upgrade_steps(&target, &rows),
            map.downgrade_steps(&target, &rows),
            map.stamp_steps(&target, &rows),
        ] {
            let Ok(steps) = steps else { continue };
            let mut maintainer = HeadMaintainer::new(&map, rows.symbols().to_vec());
            for step in &steps.steps {
                if maintainer.update_to_step(step).is_err() {
                    break;
                }
            }
        }
    }
    if let Ok(listed) = map.iterate_revisions(
        &Target::from("heads"),
        &Target::from("base"),
        RangeOptions::default(),
    ) {
        let _ = map.render_lanes(&listed, map.heads());
    }
}

/// Any text as a migration script: read to its end, or an error with a place; never a panic and never endless.
pub fn script(text: &str) {
    on_deep_stack(|| {
        let Ok(script) = Script::parse(Path::new("script.py"), text) else {
            return;
        };
        let limits = Limits {
            steps: 20_000,
            ..Limits::default()
        };
        for dialect in ["postgresql", "mysql", "sqlite"] {
            let world = World::new(Rc::new(NoSources), Inputs::default(), limits);
            for function in ["upgrade", "downgrade"] {
                let request = RevisionRequest {
                    script: &script,
                    function,
                    dialect,
                    is_offline: true,
                    kwargs: &[],
                };
                let _ = evaluate_revision(&world, &request);
            }
        }
    });
}

/// Any text as `script.py.mako`: compiled or refused, never a panic.
pub fn template(text: &str) {
    let _ = check_template(&SourceFile::new("script.py.mako", text));
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn header(line: &str) -> Revision {
    let (line, labels) = line.split_once('=').unwrap_or((line, ""));
    let (line, depends_on) = line.split_once(':').unwrap_or((line, ""));
    let (id, down) = line.split_once('<').unwrap_or((line, ""));
    Revision {
        depends_on: words(depends_on),
        branch_labels: words(labels),
        ..Revision::new(id.trim(), words(down))
    }
}
