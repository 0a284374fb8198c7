//! `--format json`: what is printed has exactly the keys and types that `docs/json.md` promises, and so
//! have its examples.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use limbeck_testkit::{Folder, alembic_bin};
use serde_json::Value;

/// Keys of one section of the page with their types, and its example.
struct Section {
    types: BTreeMap<String, String>,
    example: Value,
}

/// The page, by the titles of its sections.
fn page() -> BTreeMap<String, Section> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/json.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut page = BTreeMap::new();
    for part in text.split("\n## ").skip(1) {
        let (title, body) = part.split_once('\n').unwrap();
        let rows = body.lines().filter(|line| line.starts_with("| `"));
        let types = rows
            .map(|row| {
                let mut cells = row.split('|').skip(1).map(str::trim);
                let key = cells.next().unwrap().trim_matches('`').to_owned();
                (key, cells.next().unwrap().to_owned())
            })
            .collect();
        let (_, example) = body.split_once("```json\n").unwrap();
        let (example, _) = example.split_once("\n```").unwrap();
        let example = serde_json::from_str(example).unwrap();
        page.insert(title.trim().to_owned(), Section { types, example });
    }
    assert!(page.len() > 10, "the page has lost its sections");
    page
}

/// The types of `value` and of everything in it.
fn flatten(key: &str, value: &Value, into: &mut BTreeSet<(String, &'static str)>) {
    let below = |name: &str| {
        if key.is_empty() {
            name.to_owned()
        } else {
            format!("{key}.{name}")
        }
    };
    let mut put = |kind| {
        into.insert((key.to_owned(), kind));
    };
    match value {
        Value::Null => put("null"),
        Value::Bool(_) => put("boolean"),
        Value::Number(number) if number.is_u64() => put("integer"),
        Value::Number(_) => put("number"),
        Value::String(_) => put("string"),
        Value::Array(items) => {
            put("array");
            for item in items {
                flatten(&format!("{key}[]"), item, into);
            }
        }
        Value::Object(object) => {
            for (name, value) in object {
                flatten(&below(name), value, into);
            }
        }
    }
}

/// The keys of a section, those of the forms that it refers to filled in.
fn promised(page: &BTreeMap<String, Section>, title: &str) -> BTreeMap<String, Vec<String>> {
    let mut promised = BTreeMap::new();
    for (key, kind) in &page[title].types {
        for kind in kind.split(" or ") {
            let form = match kind {
                "revision" => "A revision",
                "problem" => "A problem",
                _ => {
                    let kinds: &mut Vec<String> = promised.entry(key.clone()).or_default();
                    kinds.push(kind.to_owned());
                    continue;
                }
            };
            for (below, kinds) in promised_of_form(page, form) {
                promised.insert(format!("{key}.{below}"), kinds);
            }
        }
    }
    promised
}

fn promised_of_form(page: &BTreeMap<String, Section>, form: &str) -> BTreeMap<String, Vec<String>> {
    let types = page[form].types.iter();
    types
        .map(|(key, kind)| {
            let kinds = kind.split(" or ").map(str::to_owned).collect();
            (key.clone(), kinds)
        })
        .collect()
}

/// A document has only what is promised, and leaves out none of the keys of the objects that it has.
#[track_caller]
fn check(page: &BTreeMap<String, Section>, title: &str, document: &Value) {
    let promised = promised(page, title);
    let mut found = BTreeSet::new();
    flatten("", document, &mut found);
    for (key, kind) in &found {
        let kinds = promised.get(key).unwrap_or_else(|| {
            panic!("{title}: `{key}` is not promised in docs/json.md: {document:#}")
        });
        assert!(
            kinds.iter().any(|it| it == kind),
            "{title}: `{key}` is {kind} and should be {kinds:?}"
        );
    }
    let keys: BTreeSet<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
    for key in promised.keys() {
        // The object that the key is of; what is null or empty has no keys.
        let parent = key.rsplit_once('.').map_or("", |(parent, _)| parent);
        let is_there = parent.is_empty()
            || keys.iter().any(|it| {
                it.strip_prefix(parent)
                    .is_some_and(|it| it.starts_with('.'))
            });
        let is_element = key.ends_with("[]");
        // A problem, or null: when it is not null, its keys are there.
        let inside = format!("{key}.");
        let is_object = keys.iter().any(|it| it.starts_with(&inside));
        assert!(
            !is_there || is_element || is_object || keys.contains(key.as_str()),
            "{title}: `{key}` is promised and is not there: {document:#}"
        );
    }
}

struct Project {
    folder: Folder,
}

impl Project {
    /// A graph with two branches, labels, a dependency and a merge; scripts of several levels.
    fn new(name: &str) -> Project {
        let folder = Folder::new(&format!("json-{name}"));
        let project = Project { folder };
        project.limbeck(&["init", "m"]);
        let ini = project.folder.join("alembic.ini");
        let text = std::fs::read_to_string(&ini).unwrap();
        let url = "sqlite:///%(here)s/app.db";
        std::fs::write(
            &ini,
            text.replace("driver://user:pass@localhost/dbname", url),
        )
        .unwrap();
        for words in [
            &["-m", "one", "--rev-id", "aaaa"][..],
            &["-m", "two", "--rev-id", "bbbb", "--branch-label", "left"],
            &[
                "-m",
                "three",
                "--rev-id",
                "cccc",
                "--head",
                "aaaa",
                "--splice",
                "--depends-on",
                "bbbb",
            ],
        ] {
            project.limbeck(&[&["revision"], words].concat());
        }
        project
    }

    /// Exit code and standard output.
    fn limbeck(&self, words: &[&str]) -> (Option<i32>, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_limbeck"))
            .args(words)
            .current_dir(&self.folder)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), text)
    }

    /// The document that a command answers with.
    #[track_caller]
    fn answer(&self, code: i32, words: &[&str]) -> Value {
        let (found, text) = self.limbeck(&[&["--format", "json"], words].concat());
        assert_eq!(found, Some(code), "{words:?}: {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{words:?}: {error}: {text}"))
    }

    fn second(&self, body: &str) {
        let path = self.folder.join("m/versions/bbbb_two.py");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("    pass", body, 1)).unwrap();
    }
}

#[test]
fn every_example_has_the_keys_of_its_table() {
    let page = page();
    for (title, section) in &page {
        check(&page, title, &section.example);
    }
}

#[test]
fn every_answer_has_the_promised_keys() {
    let page = page();
    let project = Project::new("answers");
    for (title, words) in [
        ("history", &["history"][..]),
        ("history", &["history", "-i"]),
        ("heads", &["heads"]),
        ("branches", &["branches"]),
        ("show", &["show", "cccc"]),
        ("current", &["current"]),
        ("list_templates", &["list_templates"]),
        ("doctor", &["doctor"]),
    ] {
        check(&page, title, &project.answer(0, words));
    }
    project.limbeck(&["upgrade", "heads"]);
    check(&page, "current", &project.answer(0, &["current"]));
    check(
        &page,
        "A failure",
        &project.answer(255, &["show", "nowhere"]),
    );
    check(&page, "A failure", &project.answer(255, &["check"]));
    check(
        &page,
        "A failure",
        &project.answer(255, &["upgrade", "head"]),
    );
    project.second("    op.frobnicate()");
    check(&page, "doctor", &project.answer(0, &["doctor"]));
    std::fs::write(project.folder.join("m/versions/x.py"), "x = (").unwrap();
    check(&page, "A failure", &project.answer(1, &["history"]));
}

#[test]
fn what_differs_is_an_answer() {
    let Some(bin) = alembic_bin() else { return };
    let project = Project::new("check");
    let env = project.folder.join("m/env.py");
    let text = std::fs::read_to_string(&env).unwrap();
    let models = "import sqlalchemy as sa\ntarget_metadata = sa.MetaData()\n\
        sa.Table('team', target_metadata, sa.Column('id', sa.Integer(), primary_key=True))";
    std::fs::write(&env, text.replace("target_metadata = None", models)).unwrap();
    project.limbeck(&["upgrade", "heads"]);
    let check_drift = |code: i32, is_in_sync: bool| {
        let output = Command::new(env!("CARGO_BIN_EXE_limbeck"))
            .args(["--format", "json", "check"])
            .current_dir(&project.folder)
            .env("PATH", &bin)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        check(&page(), "check", &document);
        assert_eq!(document["is_in_sync"], is_in_sync);
        document
    };
    let drift = check_drift(255, false);
    assert_eq!(
        drift["databases"][0]["operations"],
        serde_json::json!(["create_table"])
    );
    let database = rusqlite::Connection::open(project.folder.join("app.db")).unwrap();
    database
        .execute("CREATE TABLE team (id INTEGER NOT NULL PRIMARY KEY)", [])
        .unwrap();
    check_drift(0, true);
}

#[test]
fn answers_say_what_the_text_says() {
    let project = Project::new("content");
    let names = |document: &Value| -> Vec<String> {
        let revisions = document["revisions"].as_array().unwrap().iter();
        revisions
            .map(|it| it["revision"].as_str().unwrap().to_owned())
            .collect()
    };
    let history = project.answer(0, &["history"]);
    let (_, text) = project.limbeck(&["history"]);
    let listed: Vec<String> = text
        .lines()
        .map(|line| {
            let (_, after) = line.split_once(" -> ").unwrap();
            after[..4].to_owned()
        })
        .collect();
    assert_eq!(names(&history), listed);
    assert!(history["revisions"][0]["is_current"].is_null());
    assert_eq!(names(&project.answer(0, &["heads"])), ["bbbb", "cccc"]);
    let real = project.answer(0, &["heads", "--resolve-dependencies"]);
    assert_eq!(names(&real), ["cccc"]);
    let branches = project.answer(0, &["branches"]);
    assert_eq!(names(&branches), ["aaaa"]);
    assert_eq!(
        branches["revisions"][0]["next"],
        serde_json::json!(["bbbb", "cccc"])
    );
    project.limbeck(&["upgrade", "aaaa"]);
    let current = project.answer(255, &["current", "--check-heads"]);
    assert_eq!(current["databases"][0]["version_rows"][0], "aaaa");
    assert_eq!(current["databases"][0]["is_at_heads"], false);
    let marked = project.answer(0, &["history", "-i"]);
    let marks: Vec<bool> = marked["revisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["is_current"].as_bool().unwrap())
        .collect();
    assert_eq!(marks, [false, false, true]);
}

#[test]
fn doctor_tells_levels_apart() {
    let project = Project::new("levels");
    let level = |body: &str| {
        let text = std::fs::read_to_string(project.folder.join("m/versions/bbbb_two.py")).unwrap();
        project.second(body);
        let report = project.answer(0, &["doctor"]);
        std::fs::write(project.folder.join("m/versions/bbbb_two.py"), text).unwrap();
        let scripts = report["scripts"].as_array().unwrap().clone();
        let script = scripts
            .into_iter()
            .find(|it| it["revision"] == "bbbb")
            .unwrap();
        (
            script["level"].as_str().unwrap().to_owned(),
            script["is_native"].as_bool().unwrap(),
        )
    };
    let check = |body: &str, code: &str, is_native: bool| {
        assert_eq!(level(body), (code.to_owned(), is_native), "{body}");
    };
    check("    op.drop_table('t')", "L0", true);
    check("    op.execute('SELECT 1')", "L1", true);
    check(
        "    if 't' in sa.inspect(op.get_bind()).get_table_names(): op.drop_table('t')",
        "L2",
        true,
    );
    check(
        "    for row in op.get_bind().execute(sa.text('SELECT 1')): op.execute('SELECT 2')",
        "L3",
        true,
    );
    check("    op.frobnicate()", "L4", false);
    project.second("    if op.get_bind().execute(sa.text('SELECT 1')).scalar(): pass");
    let (code, text) = project.limbeck(&["doctor", "--scripts"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("L3  bbbb  native, needs the database (reads rows of the database)"),
        "{text}"
    );
    assert!(
        text.contains("3 of 3 revisions are read natively, 1 of them with the database"),
        "{text}"
    );
}
