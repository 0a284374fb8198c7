//! What `xtask/record/config.py` recorded of SQLAlchemy's URLs, Python's configparser and logging, and
//! Alembic's Config, case by case.

#![expect(
    clippy::unwrap_used,
    reason = "a recording that cannot be read fails the test"
)]
use std::path::Path;

use limbeck_config::{
    AlembicConfig, CivilDateTime, ConfigSources, FileTokens, Ini, Logging, ProgramDefaults, Record,
    Setting, Stream, Url, render_file_name, render_slug,
};
use limbeck_diag::{Error, Result, SourceFile};
use serde_json::{Map, Value, json};

/// Runs all cases of a recording and lists those that differ.
fn check_file(name: &str, run: impl Fn(&Value) -> Result<Value>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/recorded")
        .join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(!cases.is_empty(), "{name} has no cases");
    let mut failed = Vec::new();
    for case in &cases {
        let found = run(case).unwrap_or_else(|error| failure(&error));
        if !agrees(&case["result"], &found) {
            let (id, expected) = (&case["id"], &case["result"]);
            failed.push(format!("{id}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(
        failed.is_empty(),
        "{} of {name} differ:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

fn failure(error: &Error) -> Value {
    json!({"error": {"message": error.diagnostic.message}})
}

fn answer<T>(found: Result<T>) -> Value
where
    Value: From<T>,
{
    found.map_or_else(|error| failure(&error), Value::from)
}

/// Errors that Alembic or configparser word are compared by their words; of Python's own errors only
/// the fact counts.
fn agrees(expected: &Value, found: &Value) -> bool {
    if let Some(error) = expected.get("error") {
        let kind = error["kind"].as_str().unwrap();
        let is_pythons = matches!(
            kind,
            "ValueError" | "TypeError" | "KeyError" | "AttributeError"
        );
        return found.get("error").is_some_and(|found| {
            is_pythons || Some(first_words(error)) == Some(first_words(found))
        });
    }
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            expected.len() == found.len()
                && expected
                    .iter()
                    .all(|(key, value)| found.get(key).is_some_and(|it| agrees(value, it)))
        }
        (expected, found) => expected == found,
    }
}

fn first_words(error: &Value) -> &str {
    error["message"].as_str().unwrap_or_default()
}

#[test]
fn urls() {
    check_file("url.json", |case| {
        let url = Url::parse(case["id"].as_str().unwrap())?;
        let query: Vec<Value> = url
            .query
            .iter()
            .map(|(key, values)| json!([key, values]))
            .collect();
        Ok(json!({
            "drivername": url.drivername, "username": url.username, "password": url.password,
            "host": url.host, "port": url.port, "database": url.database, "query": query,
            "hidden": url.to_string(), "shown": url.render_with_password(),
            "backend": url.backend_name(),
        }))
    });
}

#[test]
fn ini_files() {
    check_file("ini.json", |case| {
        let file = SourceFile::new("alembic.ini", case["text"].as_str().unwrap());
        let defaults = ProgramDefaults::from([("here".to_owned(), "/srv/app".to_owned())]);
        let ini = Ini::parse(&file, defaults)?;
        let mut sections = Map::new();
        for section in ini.sections() {
            let options: Map<String, Value> = ini
                .option_names(section)
                .into_iter()
                .map(|option| {
                    let value = ini.get(section, &option);
                    (option, answer(value.map(|it| it.map(|it| it.value))))
                })
                .collect();
            sections.insert(section.to_owned(), Value::Object(options));
        }
        let defaults: Map<String, Value> = ini
            .option_names("DEFAULT")
            .into_iter()
            .map(|option| {
                let raw = ini.raw("DEFAULT", &option).map(|it| it.raw.clone());
                (option, json!(raw))
            })
            .collect();
        Ok(json!({"defaults": defaults, "sections": sections}))
    });
}

#[test]
fn logging() {
    check_file("logging.json", |case| {
        let file = SourceFile::new("alembic.ini", case["text"].as_str().unwrap());
        let ini = Ini::parse(&file, ProgramDefaults::new())?;
        let mut found = json!({"stdout": "", "stderr": ""});
        let logging = match Logging::parse(&ini) {
            Ok(logging) if case["disable_existing"] == false => logging.keep_existing(),
            Ok(logging) => logging,
            Err(error) => {
                found["error"] = failure(&error)["error"].clone();
                return Ok(found);
            }
        };
        let (mut out, mut err) = (String::new(), String::new());
        for record in case["records"].as_array().unwrap() {
            let level = record[1].as_u64().unwrap();
            let record = Record {
                logger: record[0].as_str().unwrap(),
                level: u32::try_from(level).unwrap(),
                level_name: match level {
                    10 => "DEBUG",
                    20 => "INFO",
                    30 => "WARNING",
                    40 => "ERROR",
                    _ => "CRITICAL",
                },
                message: record[2].as_str().unwrap(),
                asctime: "",
            };
            for (stream, line) in logging.render(&record) {
                match stream {
                    Stream::Stdout => out.push_str(&format!("{line}\n")),
                    Stream::Stderr => err.push_str(&format!("{line}\n")),
                    Stream::Other => {}
                }
            }
        }
        found["stdout"] = json!(out);
        found["stderr"] = json!(err);
        Ok(found)
    });
}

#[test]
fn file_names() {
    check_file("file_name.json", |case| {
        let length = case["length"].as_i64().filter(|it| *it != 0).unwrap_or(40);
        let slug = render_slug(case["message"].as_str().unwrap_or_default(), length);
        let tokens = FileTokens {
            rev: "ae1027a6acf1",
            slug: &slug,
            create_date: CivilDateTime {
                year: 2026,
                month: 3,
                day: 4,
                hour: 5,
                minute: 6,
                second: 7,
                epoch: 1_772_600_767,
            },
        };
        let template = case["template"].as_str().unwrap_or("%(rev)s_%(slug)s");
        Ok(json!(render_file_name(template, &tokens)?))
    });
}

#[test]
fn settings() {
    check_file("settings.json", |case| {
        let file = |name: &str, key: &str| case[key].as_str().map(|it| SourceFile::new(name, it));
        let is_named = case["id"] == "named_section";
        let sources = ConfigSources {
            ini: file("alembic.ini", "ini"),
            toml: file("pyproject.toml", "toml"),
            here: "/srv/app".to_owned(),
            toml_here: "/srv/app".to_owned(),
            section: if is_named { "mine" } else { "alembic" }.to_owned(),
            ini_name: "/srv/app/alembic.ini".to_owned(),
        };
        // Alembic reads each file when it is first asked for something; Limbeck reads both at once.
        let config = match AlembicConfig::read(&sources) {
            Ok(config) => config,
            Err(error) if case["result"]["script_location"].get("error").is_some() => {
                let mut found = case["result"].clone();
                found["script_location"] = failure(&error);
                return Ok(found);
            }
            Err(error) => return Err(error),
        };
        let text = |setting: Result<Option<Setting<String>>>| {
            answer(setting.map(|it| it.map(|it| it.value)))
        };
        let hooks = config.post_write_hooks().map(|hooks| {
            let hook = |hook: &limbeck_config::PostWriteHook| {
                let mut fields = Map::new();
                for (key, value) in &hook.options {
                    fields.insert(key.clone(), json!(value.value));
                }
                fields.insert("_hook_name".to_owned(), json!(hook.name));
                Value::Object(fields)
            };
            hooks.iter().map(hook).collect::<Vec<_>>()
        });
        Ok(json!({
            "script_location": answer(config.script_location().map(|it| it.value)),
            "main_script_location": text(config.get_main_option("script_location")),
            "version_locations": answer(config.version_locations()),
            "prepend_sys_path": answer(config.prepend_sys_path()),
            "hooks": answer(hooks),
            "file_template": answer(config.file_template().map(|it| it.value)),
            "timezone": text(config.timezone()),
            "output_encoding": answer(config.output_encoding().map(|it| it.value)),
            "sourceless": answer(config.exact_flag("sourceless")),
            "recursive_version_locations": answer(config.exact_flag("recursive_version_locations")),
            "truncate_slug_length": answer(config.truncate_slug_length()),
            "revision_environment": answer(config.revision_environment()),
        }))
    });
}
