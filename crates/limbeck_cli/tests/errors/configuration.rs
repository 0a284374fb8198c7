//! The ini file and the URL in it.

use crate::project::{Project, SECRET};

/// `upgrade head` and `current` are refused with these words.
#[track_caller]
fn check(project: &Project, expected: &[&str]) {
    project.refuses(&["upgrade", "head"], expected);
    project.refuses(&["current"], expected);
}

#[track_caller]
fn check_ini(name: &str, ini: &str, expected: &[&str]) {
    let project = Project::new(name);
    project.write("alembic.ini", ini);
    check(&project, expected);
}

#[track_caller]
fn check_url(name: &str, url: &str, expected: &[&str]) {
    check(&Project::with_url(name, url), expected);
}

#[test]
fn no_ini() {
    let project = Project::new("no-ini");
    project.remove("alembic.ini");
    let words = "No 'script_location' key found in configuration.";
    check(
        &project,
        &[words, "there is no file alembic.ini", "limbeck init"],
    );
    let named = ["-c", "conf/other.ini", "upgrade", "head"];
    project.refuses(&named, &[words, "there is no file conf/other.ini"]);
}

#[test]
fn ini_without_script_location() {
    let expected = [
        "No 'script_location' key found in configuration.",
        "--> alembic.ini:1:1",
        "add `script_location = %(here)s/migrations`",
    ];
    check_ini(
        "no-location",
        "[alembic]\nsqlalchemy.url = sqlite:///app.db\n",
        &expected,
    );
}

#[test]
fn ini_without_the_section() {
    let project = Project::new("no-section");
    let named = ["-n", "other", "upgrade", "head"];
    project.refuses(&named, &["alembic.ini has no section [other]"]);
}

#[test]
fn ini_with_an_unknown_interpolation() {
    let words = "Bad value substitution: option 'script_location' in section 'alembic' contains an interpolation key 'her'";
    check_ini(
        "interpolation",
        "[alembic]\nscript_location = %(her)s/m\n",
        &[
            words,
            "--> alembic.ini:2:19",
            "^^^^^^^",
            "did you mean `%(here)s`?",
        ],
    );
}

#[test]
fn ini_with_a_lone_percent_sign() {
    let project = Project::new("percent");
    let ini =
        format!("[alembic]\nscript_location = m\nsqlalchemy.url = postgresql://u:{SECRET}%4@h/d\n");
    project.write("alembic.ini", &ini);
    check(
        &project,
        &["'%' must be followed by '%' or '('", "alembic.ini:3"],
    );
}

#[test]
fn ini_that_is_no_ini() {
    check_ini(
        "no-ini-syntax",
        "script_location = m\n",
        &["File contains no section headers.", "alembic.ini:1"],
    );
}

#[test]
fn folder_that_is_not_there() {
    let words = "Path doesn't exist: nowhere.";
    check_ini(
        "folder",
        "[alembic]\nscript_location = nowhere\n",
        &[words, "--> alembic.ini:2:19"],
    );
}

#[test]
fn no_url() {
    check_ini(
        "no-url",
        "[alembic]\nscript_location = m\n",
        &["env.py:", "KeyError: 'url'"],
    );
}

#[test]
fn unknown_dialect() {
    let url = format!("postgres://u:{SECRET}@h/d");
    let origin = "the URL comes from `sqlalchemy.url` in [alembic], alembic.ini:5";
    let expected = ["Can't load plugin: sqlalchemy.dialects:postgres", origin];
    check_url("postgres", &url, &expected);
    check_url(
        "postgres-help",
        &url,
        &["SQLAlchemy calls it `postgresql`", origin],
    );
    let near = ["sqlalchemy.dialects:sqlit", "did you mean `sqlite`?"];
    check_url("near", "sqlit:///app.db", &near);
    let project = Project::with_url("offline-dialect", &url);
    project.refuses(&["upgrade", "head", "--sql"], &expected);
}

#[test]
fn text_that_is_no_url() {
    let project = Project::with_url("no-url-at-all", SECRET);
    let origin = "the URL comes from `sqlalchemy.url` in [alembic], alembic.ini:5";
    let words = "Could not parse SQLAlchemy URL from given URL string";
    check(&project, &[words, origin]);
    let option = ["--url", SECRET, "current"];
    project.refuses(&option, &[words, "the URL comes from `--url`"]);
}

#[test]
fn url_of_a_variable() {
    let project = Project::new("variable");
    let env = std::fs::read_to_string(project.folder.join("m/env.py")).unwrap();
    let set = "config = context.config\nimport os\nconfig.set_main_option('sqlalchemy.url', os.environ['APP_URL'])";
    project.write("m/env.py", &env.replace("config = context.config", set));
    let mut command = project.command();
    command
        .args(["upgrade", "head"])
        .env("APP_URL", format!("nope://u:{SECRET}@h/d"));
    let outcome = crate::project::finish(&mut command);
    outcome.is_refusal(&[
        "sqlalchemy.dialects:nope",
        "the URL comes from the environment variable APP_URL, which env.py reads",
    ]);
}

#[test]
fn database_that_only_scripts_can_be_written_for() {
    let url = format!("mssql+pyodbc://u:{SECRET}@h/d");
    check_url(
        "mssql",
        &url,
        &["Limbeck cannot connect to mssql", "`--sql`"],
    );
}

#[test]
fn env_py_with_a_syntax_error() {
    let project = Project::new("env-syntax");
    project.write("m/env.py", "from alembic import context\nx = (\n");
    check(&project, &["SyntaxError", "env.py:2"]);
}

#[test]
fn no_env_py() {
    let project = Project::new("no-env");
    project.remove("m/env.py");
    check(
        &project,
        &["cannot read", "env.py: there is no such file or directory"],
    );
}

#[test]
fn env_py_that_does_not_double_percent_signs() {
    let project = Project::new("set-option");
    let env = std::fs::read_to_string(project.folder.join("m/env.py")).unwrap();
    let set = format!(
        "config = context.config\nconfig.set_main_option('sqlalchemy.url', 'postgresql://u:{SECRET}%40@h/d')"
    );
    project.write("m/env.py", &env.replace("config = context.config", &set));
    check(
        &project,
        &[
            "invalid interpolation syntax in 'postgresql://u:***",
            "env.py:11:1",
        ],
    );
}

#[test]
fn one_url_for_several_databases() {
    let project = Project::new("several");
    project.remove("alembic.ini");
    let made = project.limbeck(&["init", "-t", "multidb", "multi"]);
    assert_eq!(made.code, Some(0), "{}", made.text);
    let words = ["--url", "sqlite:///one.db", "upgrade", "heads"];
    project.refuses(
        &words,
        &[
            "`--url` names one database, and env.py connects to 2",
            "multi/env.py:",
        ],
    );
}

/// `package:folder` is looked for where Python would look for the package.
#[test]
fn a_script_location_in_a_package() {
    let project = Project::new("in-package");
    let folder = project.folder.join("elsewhere/pkg/deep");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::rename(project.folder.join("m"), folder.join("m")).unwrap();
    project.write("alembic.ini", "[alembic]\nscript_location = pkg.deep:m\n");
    project.refuses(&["heads"], &["No module named 'pkg.deep'"]);
    let site = project.folder.join(".venv/lib/python3.11/site-packages");
    std::fs::create_dir_all(&site).unwrap();
    std::fs::create_dir_all(project.folder.join(".venv/bin")).unwrap();
    project.write(".venv/bin/python", "");
    let elsewhere = project.folder.join("elsewhere");
    for (variable, pth) in [(true, false), (false, true)] {
        if pth {
            std::fs::write(site.join("pkg.pth"), elsewhere.display().to_string()).unwrap();
        }
        let mut command = project.command();
        command.env_remove("PYTHONPATH").arg("heads");
        if variable {
            command.env("PYTHONPATH", &elsewhere);
        } else {
            command.env("VIRTUAL_ENV", project.folder.join(".venv"));
        }
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(said.trim(), "bbbb2222 (head)", "{output:?}");
    }
}
