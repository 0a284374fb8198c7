//! What is read from env.py, and what is refused: nothing is guessed.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::process::Command;

use limbeck_db::Server;
use limbeck_testkit::{Database, Folder};

const INI: &str = "[alembic]\nscript_location = %(here)s/m\nprepend_sys_path = %(here)s\npath_separator = os\n\
    sqlalchemy.url = sqlite:///ini.db\n";

const REVISION: &str = "from alembic import op\nimport sqlalchemy as sa\nrevision = 'a1'\ndown_revision = None\n\
    def upgrade():\n    op.create_table('t', sa.Column('id', sa.Integer()))\ndef downgrade():\n    op.drop_table('t')\n";

/// An env.py that connects with `engine`, after `head`.
fn online(head: &str, engine: &str) -> String {
    format!(
        "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine, engine_from_config, text\n\
         config = context.config\n{head}\nwith {engine}.connect() as connection:\n    \
         context.configure(connection=connection, target_metadata=None)\n    \
         with context.begin_transaction():\n        context.run_migrations()\n"
    )
}

const FROM_CONFIG: &str = "engine_from_config(config.get_section('alembic'), prefix='sqlalchemy.')";

/// A project in a folder of its own; removed at the end.
struct Project {
    folder: Folder,
}

impl Project {
    fn new(name: &str, env: &str, files: &[(&str, &str)]) -> Project {
        let folder = Folder::new(&format!("env-{name}"));
        let own = [
            ("alembic.ini", INI),
            ("m/env.py", env),
            ("m/versions/a1.py", REVISION),
        ];
        for (path, text) in own.iter().chain(files) {
            folder.write(path, text);
        }
        Project { folder }
    }

    /// Exit code and everything that a command writes, standard error first.
    fn run(&self, words: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_limbeck"))
            .args(["--no-python"])
            .args(words)
            .current_dir(&self.folder)
            .env_remove("DATABASE_URL")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let text = [output.stderr, output.stdout].concat();
        (
            output.status.code(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    }

    /// The database that `current` talks to.
    #[track_caller]
    fn check_url(&self, variables: &[(&str, &str)], url: &str) {
        let (code, text) = self.run(&["current", "-v"], variables);
        assert_eq!(code, Some(0), "{text}");
        assert!(
            text.contains(&format!("Current revision(s) for {url}:")),
            "{text}"
        );
    }

    /// A command is refused, in these words and at this line of env.py, and changes nothing.
    #[track_caller]
    fn check_refused(&self, words: &[&str], message: &str, line: usize) {
        let (code, text) = self.run(words, &[]);
        assert!(matches!(code, Some(1 | 255)), "{code:?} {text}");
        assert!(text.contains(message), "{text}");
        assert!(text.contains(&format!("m/env.py:{line}:")), "{text}");
        assert!(
            !self.folder.join("ini.db").exists(),
            "a database was made: {text}"
        );
    }
}

#[test]
fn the_url_comes_from_where_env_py_takes_it() {
    let env = online(
        "config.set_main_option('sqlalchemy.url', os.getenv('DATABASE_URL', 'sqlite:///default.db'))",
        FROM_CONFIG,
    );
    let project = Project::new("getenv", &env, &[]);
    project.check_url(&[], "sqlite:///default.db");
    project.check_url(&[("DATABASE_URL", "sqlite:///env.db")], "sqlite:///env.db");
    let app = "from sqlalchemy import create_engine\nengine = create_engine('sqlite:///' + 'app' + '.db')\n";
    let env = online("from app import engine", "engine");
    Project::new("engine", &env, &[("app.py", app)]).check_url(&[], "sqlite:///app.db");
}

#[test]
fn a_url_that_is_handed_to_the_engine_wins() {
    let env = online(
        "url = os.getenv('DATABASE_URL')",
        "engine_from_config(config.get_section('alembic'), prefix='sqlalchemy.', url=url)",
    );
    let project = Project::new("handed", &env, &[]);
    project.check_url(&[("DATABASE_URL", "sqlite:///env.db")], "sqlite:///env.db");
    let (code, text) = project.run(&["current"], &[]);
    assert_eq!(code, Some(1), "{text}");
}

#[test]
fn dotenv_files_are_loaded() {
    let env = online(
        "from dotenv import load_dotenv\nload_dotenv()\n\
        config.set_main_option('sqlalchemy.url', os.environ['URL'])",
        FROM_CONFIG,
    );
    let files = [(".env", "NAME=file\nURL=sqlite:///${NAME}.db\n")];
    let project = Project::new("load-dotenv", &env, &files);
    project.check_url(&[], "sqlite:///file.db");
    project.check_url(&[("URL", "sqlite:///variable.db")], "sqlite:///variable.db");
    let env = env.replace("load_dotenv()", "load_dotenv('.env', override=True)");
    let project = Project::new("override-dotenv", &env, &files);
    project.check_url(&[("URL", "sqlite:///variable.db")], "sqlite:///file.db");
}

#[test]
fn modules_are_found_where_python_finds_them() {
    let env = online("from settings import URL", "create_engine(URL)");
    let project = Project::new(
        "paths",
        &env,
        &[
            ("elsewhere/settings.py", "URL = 'sqlite:///elsewhere.db'\n"),
            ("installed/settings.py", "URL = 'sqlite:///installed.db'\n"),
            (".venv/bin/python3", ""),
            (
                ".venv/lib/python3.11/site-packages/project.pth",
                "../../../../installed\nimport other\n",
            ),
        ],
    );
    project.check_url(&[], "sqlite:///installed.db");
    project.check_url(&[("PYTHONPATH", "elsewhere")], "sqlite:///elsewhere.db");
}

#[test]
fn an_installed_package_that_cannot_be_read_is_not_the_projects_fault() {
    let site = ".venv/lib/python3.11/site-packages";
    let package = [
        (format!("{site}/broken/__init__.py"), "x = [].nothing\n"),
        (
            format!("{site}/magic.py"),
            "class Magic:\n    pass\ndef odd():\n    return (1).nothing\ndef checked():\n    raise ValueError('no URL given')\n",
        ),
    ];
    let refused = |name: &str, head: &str, words: &str| {
        let mut files: Vec<(&str, &str)> = package.iter().map(|(a, b)| (a.as_str(), *b)).collect();
        files.push((".venv/bin/python3", ""));
        let project = Project::new(name, &online(head, FROM_CONFIG), &files);
        let (code, text) = project.run(&["current"], &[]);
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains(words), "{text}");
    };
    refused(
        "broken",
        "import broken\nconfig.set_main_option('sqlalchemy.url', broken.url)",
        "the installed module `broken` cannot be read: AttributeError",
    );
    refused(
        "odd",
        "import magic\nconfig.set_main_option('sqlalchemy.url', magic.odd())",
        "the installed function `odd` cannot be read: AttributeError",
    );
    refused(
        "attribute",
        "import magic\nconfig.set_main_option('sqlalchemy.url', magic.Magic().url)",
        "`Magic.url` of an installed package cannot be read",
    );
    refused(
        "checked",
        "import magic\nmagic.checked()",
        "ValueError: no URL given",
    );
}

#[test]
fn where_the_database_is_given_how_env_py_finds_it_need_not_be_read() {
    let settings = "def secret():\n    file = open('secret.txt', 'w')\n    return file.name\n\
        class Settings:\n    def __init__(self):\n        self.url = 'sqlite:///' + secret() + '.db'\n        self.table = 'versions'\n";
    let env = "from alembic import context\nfrom sqlalchemy import create_engine\nfrom settings import Settings\n\
        def run():\n    settings = Settings()\n    engine = create_engine(settings.url)\n    with engine.connect() as connection:\n        \
        context.configure(connection=connection, target_metadata=None, version_table=settings.table)\n        \
        with context.begin_transaction():\n            context.run_migrations()\nrun()\n";
    let project = Project::new("given-url", env, &[("settings.py", settings)]);
    let (code, text) = project.run(&["upgrade", "head"], &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("would write a file"), "{text}");
    let (code, text) = project.run(&["--url", "sqlite:///given.db", "upgrade", "head"], &[]);
    assert_eq!(code, Some(0), "{text}");
    let base = rusqlite::Connection::open(project.folder.join("given.db")).unwrap();
    let found: String = base
        .query_row("SELECT version_num FROM versions", [], |row| row.get(0))
        .unwrap();
    assert_eq!(found, "a1");
    assert!(!project.folder.join("secret.txt").exists());
    // What the options of the context depend on must still be read.
    let unread = settings.replace("'versions'", "secret()");
    let project = Project::new("given-url-unread", env, &[("settings.py", &unread)]);
    let (code, text) = project.run(&["--url", "sqlite:///given.db", "upgrade", "head"], &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("`version_table` cannot be read"), "{text}");
}

#[test]
fn env_py_executes_with_parameters() {
    let env = "import os\nimport sqlalchemy as sa\nfrom alembic import context\nfrom sqlalchemy import create_engine\n\
        with create_engine('sqlite:///ini.db').connect() as connection:\n    \
        context.configure(connection=connection, target_metadata=None)\n    \
        connection.execute(sa.text('CREATE TABLE IF NOT EXISTS log (n INTEGER, t TEXT)'))\n    \
        connection.execute(sa.text('INSERT INTO log VALUES (:n, :t)'), {'n': 7, 't': \"it's\"})\n    \
        with context.begin_transaction():\n        context.run_migrations()\n    \
        connection.execute(sa.text('INSERT INTO log VALUES (:n, NULL)').bindparams(n=8))\n    connection.commit()\n";
    let project = Project::new("parameters", env, &[]);
    let (code, text) = project.run(&["upgrade", "head"], &[]);
    assert_eq!(code, Some(0), "{text}");
    let base = rusqlite::Connection::open(project.folder.join("ini.db")).unwrap();
    let rows: Vec<String> = base
        .prepare("SELECT n || coalesce(t, '-') FROM log ORDER BY n")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(rows, ["7it's", "8-"]);
}

const NESTED: &str = "from pydantic import BaseModel, Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\
    class Pool(BaseModel):\n    size: int = 1\nclass Db(BaseModel):\n    name: str = 'default'\n    pool: Pool = Pool()\n\
    class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file='.env', env_nested_delimiter='__', env_ignore_empty=True)\n    \
    db: Db = Field(default_factory=Db)\nsettings = Settings()\n";

#[test]
fn nested_settings_take_their_parts_from_variables_of_their_own() {
    let env = online(
        "from settings import settings",
        "create_engine(f'sqlite:///{settings.db.name}-{settings.db.pool.size + 1}.db')",
    );
    let project = Project::new("nested", &env, &[("settings.py", NESTED)]);
    project.check_url(&[], "sqlite:///default-2.db");
    project.check_url(&[("DB__NAME", "")], "sqlite:///default-2.db");
    project.check_url(&[("db__pool__SIZE", "7")], "sqlite:///default-8.db");
    let dotenv = "DB__NAME=file\nDB__POOL__SIZE=3\n";
    let files = [("settings.py", NESTED), (".env", dotenv)];
    let project = Project::new("nested-dotenv", &env, &files);
    project.check_url(&[("DB__NAME", "variable")], "sqlite:///variable-4.db");
}

#[test]
fn what_is_given_may_be_changed_before_and_checked_after() {
    let settings = "from pydantic import PostgresDsn, model_validator\nfrom pydantic_settings import BaseSettings\n\
        class Settings(BaseSettings):\n    db: str = 'default'\n    kind: str = 'local'\n    dsn: PostgresDsn = 'postgresql://us:pw@h:5/d'\n    \
        @model_validator(mode='before')\n    @classmethod\n    def before(cls, data):\n        \
        if data.get('kind') == 'production':\n            data.setdefault('db', 'large')\n        return data\n    \
        @model_validator(mode='after')\n    def after(self):\n        for host in self.dsn.hosts():\n            \
        self.db += host['username'] + host['password'] + host['host'] + str(host['port'])\n        return self\n\
        settings = Settings()\n";
    let env = online(
        "from settings import settings",
        "create_engine(f'sqlite:///{settings.db}.db')",
    );
    let project = Project::new("validators", &env, &[("settings.py", settings)]);
    project.check_url(&[], "sqlite:///defaultuspwh5.db");
    project.check_url(&[("KIND", "production")], "sqlite:///largeuspwh5.db");
    let given = [
        ("KIND", "production"),
        ("DB", "given"),
        ("DSN", "postgresql://h/d"),
    ];
    let (_, text) = project.run(&["current"], &given);
    assert!(text.contains("TypeError"), "{text}");
}

#[test]
fn secrets_are_read_from_their_files() {
    let settings = SETTINGS.replace("env_file='.env'", "secrets_dir='secrets'");
    let env = online(
        "from settings import settings",
        "create_engine(settings.url)",
    );
    let files = [
        ("settings.py", settings.as_str()),
        ("secrets/app_db_name", " secret \n"),
    ];
    let project = Project::new("secrets", &env, &files);
    project.check_url(&[], "sqlite:///secret.db");
    project.check_url(&[("APP_DB_NAME", "variable")], "sqlite:///variable.db");
    let project = Project::new("no-secrets", &env, &[("settings.py", &settings)]);
    project.check_url(&[], "sqlite:///default.db");
}

#[test]
fn a_model_knows_which_of_its_fields_were_given() {
    let settings = "from pydantic import model_validator\nfrom pydantic_settings import BaseSettings\n\
        class Settings(BaseSettings):\n    db: str = 'default'\n    host: str = 'h'\n    \
        @model_validator(mode='after')\n    def derive(self):\n        \
        if 'db' not in self.model_fields_set:\n            self.db = self.host\n        \
        self.host = '-'.join(sorted(self.model_fields_set))\n        return self\n\
        settings = Settings()\n";
    let env = online(
        "from settings import settings",
        "create_engine(f'sqlite:///{settings.db}-{settings.host}.db')",
    );
    let project = Project::new("fields-set", &env, &[("settings.py", settings)]);
    project.check_url(&[], "sqlite:///h-db.db");
    project.check_url(&[("DB", "given")], "sqlite:///given-db.db");
    let both = [("DB", "given"), ("HOST", "x")];
    project.check_url(&both, "sqlite:///given-db-host.db");
}

#[test]
fn a_setting_is_one_of_its_choices() {
    let settings = "from typing import Any, Literal\nfrom pydantic import BaseModel\nfrom pydantic_settings import BaseSettings\n\
        class Settings(BaseSettings):\n    kind: Literal['local', 'staging'] = 'local'\n    extra: Any = 1\n    \
        one: str\n    two: str\n\
        settings = Settings()\n";
    let env = online(
        "from settings import settings",
        "create_engine(f'sqlite:///{settings.kind}-{settings.extra}.db')",
    );
    let project = Project::new("choices", &env, &[("settings.py", settings)]);
    let rest = [("ONE", "1"), ("TWO", "2")];
    project.check_url(&rest, "sqlite:///local-1.db");
    let given = [("KIND", "staging"), ("EXTRA", "x")];
    project.check_url(&[given, rest].concat(), "sqlite:///staging-x.db");
    let (_, text) = project.run(&["current"], &[&[("KIND", "other")][..], &rest].concat());
    assert!(
        text.contains("Input should be 'local' or 'staging'"),
        "{text}"
    );
    let (_, text) = project.run(&["current"], &[]);
    assert!(
        text.contains("2 validation errors for Settings\n"),
        "{text}"
    );
    let lines: Vec<&str> = text.lines().map(str::trim).skip(1).take(4).collect();
    assert_eq!(lines, ["one", "Field required", "two", "Field required"]);
}

#[test]
fn a_model_is_made_of_a_dictionary() {
    let settings = "import os\nfrom pydantic import BaseModel\nclass Settings(BaseModel):\n    db: str\n    size: int = 2\n\
        settings = Settings.model_validate({'db': os.getenv('DB', 'x')})\n";
    let env = online(
        "from settings import settings",
        "create_engine(f'sqlite:///{settings.db}-{settings.size}.db')",
    );
    let project = Project::new("validate", &env, &[("settings.py", settings)]);
    project.check_url(&[], "sqlite:///x-2.db");
    project.check_url(&[("DB", "given")], "sqlite:///given-2.db");
}

#[test]
fn of_many_variables_those_of_the_database_are_named() {
    let env = online(
        "import os, nowhere\nnames = [os.environ.get('V' + str(it)) for it in range(9)]\nos.environ.get('MY_DB_URL')",
        "create_engine(nowhere.url())",
    );
    let (_, text) = Project::new("many", &env, &[]).run(&["current"], &[]);
    let expected = "MY_DB_URL, V0, V1, V2, V3, V4 and 4 others";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_script_is_shown_where_it_is() {
    let project = Project::new("shown", &online("", "create_engine('sqlite://')"), &[]);
    let versions = project.folder.join("m/versions");
    std::fs::write(
        versions.join("a1.py"),
        "revision = 'a1'\ndown_revision = None\n",
    )
    .unwrap();
    let ini = "[alembic]\nscript_location = ./m\n";
    std::fs::write(project.folder.join("alembic.ini"), ini).unwrap();
    let expected = format!("Path: {}\n", versions.join("a1.py").display());
    for words in [&["show", "head"][..], &["history", "--verbose"]] {
        let (_, text) = project.run(words, &[]);
        assert!(text.contains(&expected), "{text}");
    }
}

const SETTINGS: &str = "from pydantic_settings import BaseSettings, SettingsConfigDict\nclass Settings(BaseSettings):\n    \
    model_config = SettingsConfigDict(env_file='.env', env_prefix='APP_')\n    db_name: str = 'default'\n    \
    @property\n    def url(self) -> str:\n        return f'sqlite:///{self.db_name}.db'\nsettings = Settings()\n";

#[test]
fn settings_objects_are_filled_as_pydantic_fills_them() {
    let env = online(
        "from settings import settings",
        "create_engine(settings.url)",
    );
    let project = Project::new("settings", &env, &[("settings.py", SETTINGS)]);
    project.check_url(&[], "sqlite:///default.db");
    let dotenv = "# a comment\nexport APP_DB_NAME='file' # another\n";
    let project = Project::new(
        "dotenv",
        &env,
        &[("settings.py", SETTINGS), (".env", dotenv)],
    );
    project.check_url(&[], "sqlite:///file.db");
    project.check_url(&[("app_db_name", "variable")], "sqlite:///variable.db");
}

#[test]
fn a_settings_source_that_is_not_modelled_is_no_value() {
    let env = online(
        "from settings import settings",
        "create_engine(settings.url)",
    );
    let text = SETTINGS.replace(
        "env_prefix='APP_'",
        "env_prefix='APP_', json_file='/run/secrets'",
    );
    let project = Project::new("unmodelled", &env, &[("settings.py", &text)]);
    let (code, text) = project.run(&["current"], &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("`json_file` of a settings class is not modelled"),
        "{text}"
    );
}

#[test]
fn a_url_that_cannot_be_read_never_falls_back_to_the_ini() {
    let head =
        "import nowhere\nconfig.set_main_option('sqlalchemy.url', 'a' if nowhere.flag else 'b')";
    let project = Project::new("branch", &online(head, FROM_CONFIG), &[]);
    project.check_refused(&["current"], "cannot be read", 6);
    let head = "import nowhere\nconfig.set_main_option('sqlalchemy.url', nowhere.url)";
    let project = Project::new("unknown", &online(head, FROM_CONFIG), &[]);
    project.check_refused(
        &["current"],
        "the database URL cannot be read from env.py",
        6,
    );
}

#[test]
fn what_env_py_executes_is_executed() {
    let head = "engine = create_engine('sqlite:///x.db')";
    let env = online(head, "engine").replace(
        "    context.configure(",
        "    connection.execute(text('create table before_ (x)'))\n    context.configure(",
    ) + "    connection.execute(text('insert into before_ select count(*) from t'))\n";
    let project = Project::new("execute", &env, &[]);
    let (code, text) = project.run(&["upgrade", "head"], &[]);
    assert_eq!(code, Some(0), "{text}");
    let database = rusqlite::Connection::open(project.folder.join("x.db")).unwrap();
    let rows: i64 = database
        .query_row("select count(*) from before_", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 1);
}

const APPLIED: &str = "def applied(*, ctx, step, heads, run_args, **kw):\n    \
    verb = 'up' if step.is_upgrade else 'down'\n    if step.is_stamp:\n        verb = 'stamp'\n    \
    ctx.connection.execute(text('CREATE TABLE IF NOT EXISTS log (line TEXT)'))\n    \
    ctx.connection.execute(text('INSERT INTO log VALUES (:line)'), {'line': ' '.join(\n        \
    [verb, step.up_revision_id, *sorted(heads), ctx.dialect.name, str(sorted(run_args))])})\n";

#[test]
fn functions_are_called_after_every_step() {
    let env =
        online(APPLIED, FROM_CONFIG).replace("target_metadata=None", "on_version_apply=[applied]");
    let project = Project::new("applied", &env, &[]);
    for words in [
        &["upgrade", "head"][..],
        &["downgrade", "-1"],
        &["stamp", "a1"],
    ] {
        let (code, text) = project.run(words, &[]);
        assert_eq!(code, Some(0), "{text}");
    }
    let database = rusqlite::Connection::open(project.folder.join("ini.db")).unwrap();
    let mut statement = database.prepare("SELECT line FROM log").unwrap();
    let rows = statement
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap();
    let lines: Vec<String> = rows.map(Result::unwrap).collect();
    assert_eq!(
        lines,
        [
            "up a1 a1 sqlite []",
            "down a1 sqlite []",
            "stamp a1 a1 sqlite []"
        ]
    );
    let (code, text) = project.run(&["upgrade", "head", "--sql"], &[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("INSERT INTO log VALUES ("), "{text}");
}

#[test]
fn functions_that_cannot_be_read_are_refused_before_anything_is_done() {
    let head = "import nowhere\ndef applied(**kw):\n    nowhere.tell(kw['step'])";
    let env = online(head, FROM_CONFIG).replace("target_metadata=None", "on_version_apply=applied");
    let project = Project::new("unread-function", &env, &[]);
    let (code, text) = project.run(&["upgrade", "head"], &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("m/env.py:7:"), "{text}");
    assert!(
        text.contains("env.py's on_version_apply is called after"),
        "{text}"
    );
    assert_eq!(project.run(&["current"], &[]).1, "");
}

#[test]
fn migrations_that_env_py_rolls_back_are_not_run() {
    let env = online("", "create_engine('sqlite:///app.db')").replace(
        "    context.configure(",
        "    transaction = connection.begin()\n    context.configure(",
    );
    let undone = format!("{env}    transaction.rollback()\n");
    let project = Project::new("rollback", &undone, &[]);
    let (code, text) = project.run(&["upgrade", "head"], &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("env.py rolls back what the migrations have done"),
        "{text}"
    );
    let kept = format!("{env}    transaction.commit()\n");
    let project = Project::new("commit", &kept, &[]);
    let (code, text) = project.run(&["upgrade", "head"], &[]);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn what_the_driver_is_told_is_followed_or_refused() {
    let engine = |options: &str| format!("create_engine('sqlite:///ini.db', {options})");
    let accepted = "echo=True, connect_args={'check_same_thread': False, 'timeout': 5, 'detect_types': 0}, \
                    isolation_level='SERIALIZABLE', execution_options={'logging_token': 'a'}";
    let project = Project::new("driver", &online("", &engine(accepted)), &[]);
    let (code, text) = project.run(&["upgrade", "head"], &[]);
    assert_eq!(code, Some(0), "{text}");
    let refused = |name: &str, options: &str, message: &str| {
        let project = Project::new(name, &online("", &engine(options)), &[]);
        project.check_refused(&["upgrade", "head"], message, 6);
    };
    let message = "`factory` in `connect_args`, which is not modelled";
    refused("driver-class", "connect_args={'factory': str}", message);
    let message = "`isolation_level` in `connect_args`, which is not modelled";
    refused(
        "driver-level",
        "connect_args={'isolation_level': None}",
        message,
    );
    let message = "an engine with `json_serializer`";
    refused("driver-json", "json_serializer=repr", message);
    let text = "connect_args={'init_command': 'SET time_zone = \"+00:00\"'}";
    let env = online("", &format!("create_engine('mysql+pymysql://h/d', {text})"));
    let message = "`init_command` in `connect_args`, which is not modelled";
    Project::new("driver-init", &env, &[]).check_refused(&["current"], message, 6);
}

#[test]
fn a_connection_that_commits_every_statement_is_refused() {
    let message = "the isolation level `AUTOCOMMIT` of the connection is not modelled";
    let level = "isolation_level='AUTOCOMMIT'";
    for (number, (head, engine)) in [
        ("", format!("create_engine('sqlite:///ini.db', {level})")),
        (
            "",
            format!("create_engine('sqlite:///ini.db', execution_options=dict({level}))"),
        ),
        (
            "",
            format!("create_engine('sqlite:///ini.db').execution_options({level})"),
        ),
        (
            "config.set_main_option('sqlalchemy.isolation_level', 'AUTOCOMMIT')",
            FROM_CONFIG.to_owned(),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let project = Project::new(&format!("autocommit-{number}"), &online(head, &engine), &[]);
        let (code, text) = project.run(&["upgrade", "head"], &[]);
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains(message), "{text}");
    }
    let env = online("", "create_engine('sqlite:///ini.db')").replace(
        "    context.configure",
        "    connection = connection.execution_options(isolation_level='AUTOCOMMIT')\n    context.configure",
    );
    Project::new("autocommit-connection", &env, &[]).check_refused(
        &["upgrade", "head"],
        message,
        8,
    );
    // Another connection of the same engine may do so.
    let head = "engine = create_engine('sqlite:///ini.db')\nwith engine.connect().execution_options(isolation_level='AUTOCOMMIT') as other:\n    \
                other.execute(text('CREATE TABLE made (id INTEGER)'))";
    let project = Project::new("autocommit-other", &online(head, "engine"), &[]);
    let (code, text) = project.run(&["upgrade", "head"], &[]);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn settings_of_the_server_reach_it() {
    let database = Database::create(Server::Postgres);
    let url = database.sqlalchemy_url();
    let settings = [
        "connect_args={'options': '-csearch_path=pg_temp -c timezone=Asia/Tokyo'}",
        "connect_args={'server_settings': {'timezone': 'Asia/Tokyo', 'application_name': 'a b\\\\c'}, 'statement_cache_size': 0}",
    ];
    for (number, options) in settings.into_iter().enumerate() {
        let engine = format!("create_engine('{url}', {options})");
        let script = "from alembic import op\nfrom sqlalchemy import text\nrevision = 'a1'\ndown_revision = None\n\
             def upgrade():\n    print(op.get_bind().execute(text(\"SELECT current_setting('timezone')\")).scalar())\n\
             def downgrade():\n    pass\n";
        let files = [("m/versions/a1.py", script)];
        let project = Project::new(&format!("settings-{number}"), &online("", &engine), &files);
        let (code, text) = project.run(&["upgrade", "head"], &[]);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("Asia/Tokyo"), "{text}");
        let (code, text) = project.run(&["downgrade", "base"], &[]);
        assert_eq!(code, Some(0), "{text}");
    }
}

#[test]
fn the_connection_of_the_driver_is_not_guessed() {
    let script = "from alembic import op\nrevision = 'a1'\ndown_revision = None\n\
        def upgrade():\n    try:\n        op.get_bind().connection.commit()\n    except AttributeError:\n        \
        op.execute('CREATE TABLE wrong (id INTEGER)')\ndef downgrade():\n    pass\n";
    let files = [("m/versions/a1.py", script)];
    let project = Project::new("driver-connection", &online("", FROM_CONFIG), &files);
    let (code, text) = project.run(&["upgrade", "head"], &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("`Connection.connection` is not modelled"),
        "{text}"
    );
    assert!(text.contains("a1.py:6:"), "{text}");
}
