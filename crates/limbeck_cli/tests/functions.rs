//! Functions of env.py that take part in `revision --autogenerate`: what is written is what Alembic writes.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::Path;
use std::process::Command;

use limbeck_testkit::{Folder, alembic_bin};

/// The models, and what the database has instead.
const MODELS: &str = "\
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table('team', metadata,
    sa.Column('id', sa.Integer(), primary_key=True),
    sa.Column('name', sa.String(50), nullable=False, server_default='new'),
    sa.Column('motto', sa.String(10)),
    sa.Column('added', sa.Integer(), info={'skip_autogenerate': True}),
    sa.Index('ix_team_added', 'added'))
sa.Table('player', metadata,
    sa.Column('id', sa.Integer(), primary_key=True),
    sa.Column('team_id', sa.Integer(), sa.ForeignKey('team.id', name='fk_team')),
    info={'owner': 'the league', 'rows': [1, None, 2.5]}, comment='who plays')
";

const DATABASE: &str = "
CREATE TABLE team (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20) NOT NULL DEFAULT 'old', motto TEXT, gone INTEGER);
CREATE INDEX ix_team_gone ON team (gone);
CREATE TABLE legacy (id INTEGER NOT NULL PRIMARY KEY);
";

struct Project {
    folder: Folder,
}

impl Project {
    /// `functions` stand in env.py, `arguments` in its call of `context.configure()`.
    fn new(name: &str, functions: &str, arguments: &str) -> Project {
        let folder = Folder::new(&format!("functions-{name}"));
        let env = format!(
            "import logging\nfrom alembic import context\nfrom sqlalchemy import create_engine\nimport sqlalchemy as sa\n\
             from models import metadata\nconfig = context.config\nlogger = logging.getLogger('alembic.env')\n{functions}\n\
             with create_engine('sqlite:///app.db').connect() as connection:\n    \
             context.configure(connection=connection, target_metadata=metadata, {arguments})\n    \
             with context.begin_transaction():\n        context.run_migrations()\n"
        );
        let template = include_str!("../../limbeck/templates/generic/script.py.mako");
        for (path, text) in [
            (
                "alembic.ini",
                "[alembic]\nscript_location = m\nprepend_sys_path = .\npath_separator = os\n",
            ),
            ("models.py", MODELS),
            ("m/env.py", &env),
            ("m/script.py.mako", template),
            ("m/versions/.keep", ""),
        ] {
            folder.write(path, text);
        }
        Project { folder }
    }

    fn database(&self, sql: &str) {
        let path = self.folder.join("app.db");
        let _none = std::fs::remove_file(&path);
        let database = rusqlite::Connection::open(path).unwrap();
        database.execute_batch(sql).unwrap();
    }

    /// Exit code, both streams, and the text of the new script without the date; the script is removed.
    fn revision(&self, program: &Path, words: &[&str]) -> (Option<i32>, String, Vec<String>) {
        let bin = std::env::var("LIMBECK_TEST_ALEMBIC").unwrap_or_default();
        let output = Command::new(program)
            .args(["revision", "-m", "next", "--rev-id", "aaaa1111"])
            .args(words)
            .current_dir(&self.folder)
            .env("PATH", bin)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned();
        let mut scripts = Vec::new();
        for entry in std::fs::read_dir(self.folder.join("m/versions")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "py") {
                let text = std::fs::read_to_string(&path).unwrap();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let lines = text.lines().filter(|it| !it.starts_with("Create Date"));
                scripts.push(format!("{name}\n{}", lines.collect::<Vec<_>>().join("\n")));
                std::fs::remove_file(path).unwrap();
            }
        }
        scripts.sort();
        (output.status.code(), text, scripts)
    }

    fn limbeck(&self, words: &[&str]) -> (Option<i32>, String, Vec<String>) {
        self.revision(Path::new(env!("CARGO_BIN_EXE_limbeck")), words)
    }
}

/// Alembic and Limbeck write the same script, or none.
#[track_caller]
fn check_on(name: &str, functions: &str, arguments: &str, database: &str) {
    let Some(bin) = alembic_bin() else { return };
    let project = Project::new(name, functions, arguments);
    for words in [&["--autogenerate"][..], &[]] {
        project.database(database);
        let (code, text, expected) = project.revision(&bin.join("alembic"), words);
        assert_eq!(code, Some(0), "alembic: {text}");
        project.database(database);
        let (code, text, found) = project.limbeck(words);
        assert_eq!(code, Some(0), "limbeck: {text}");
        assert_eq!(expected, found, "{words:?}");
    }
}

#[track_caller]
fn check(name: &str, functions: &str, arguments: &str) {
    check_on(name, functions, arguments, DATABASE);
}

/// Refused, in these words.
#[track_caller]
fn refuses(name: &str, functions: &str, arguments: &str, expected: &[&str]) {
    if alembic_bin().is_none() {
        return;
    }
    let project = Project::new(name, functions, arguments);
    project.database(DATABASE);
    let (code, text, scripts) = project.limbeck(&["--autogenerate"]);
    assert_eq!(code, Some(1), "{text}");
    for words in expected {
        assert!(text.contains(words), "no {words:?} in: {text}");
    }
    assert_eq!(scripts, [""; 0]);
}

#[test]
fn no_functions() {
    check("none", "", "");
}

#[test]
fn tables_that_only_the_database_has_are_left_alone() {
    let functions = "\
def include_object(object, name, type_, reflected, compare_to):
    if type_ == 'table' and reflected and compare_to is None:
        return False
    return True
";
    check("reflected", functions, "include_object=include_object");
}

#[test]
fn objects_have_their_names_and_tables() {
    let functions = "\
SKIPPED = {'motto', 'ix_team_gone'}
def include_object(object, name, type_, reflected, compare_to):
    if type_ == 'column':
        return not (object.table.name == 'team' and object.name in SKIPPED) and object.table.schema is None
    if type_ in ('index', 'foreign_key_constraint'):
        return object.name not in SKIPPED and isinstance(object.table, sa.Table)
    if type_ == 'table' and compare_to is not None:
        assert compare_to.name == object.name
    return not name.startswith('leg')
";
    check("names", functions, "include_object=include_object");
}

#[test]
fn info_of_what_the_database_has_is_empty() {
    let functions = "\
def include_object(object, name, type_, reflected, compare_to):
    if reflected and object.info.get('keep', True):
        return False
    return True
";
    check("info", functions, "include_object=include_object");
}

#[test]
fn info_of_the_models_is_theirs() {
    let functions = "\
metadata.tables['player'].info['is_view'] = True
def include_object(object, name, type_, reflected, compare_to):
    if type_ in ('table', 'column') and object.info.get('skip_autogenerate', False):
        return False
    return not (type_ == 'table' and object.info.get('is_view'))
";
    check("models-info", functions, "include_object=include_object");
}

#[test]
fn a_lambda_or_a_partial_is_a_function() {
    let functions = "from functools import partial\ndef only(names, object, name, type_, *rest):\n    \
         return type_ != 'table' or name in names\n";
    check(
        "partial",
        functions,
        "include_object=partial(only, {'team'})",
    );
    check(
        "lambda",
        "",
        "include_name=lambda name, type_, parents: name != 'legacy'",
    );
}

#[test]
fn names_are_asked_for_before_anything_is_looked_at() {
    let functions = "\
def include_name(name, type_, parent_names):
    if type_ == 'schema':
        return name is None
    if type_ == 'table':
        return parent_names['schema_qualified_table_name'] in ('team', 'legacy')
    if type_ == 'column':
        return parent_names['table_name'] == 'team' and name != 'gone'
    return name != 'ix_team_gone'
";
    check("include-name", functions, "include_name=include_name");
    let functions = "\
def include_name(name, type_, parent_names):
    if type_ == 'table':
        return name in metadata.tables
    return True
";
    check("own-tables", functions, "include_name=include_name");
}

const SKIP_EMPTY: &str = "\
def process_revision_directives(context, revision, directives):
    if getattr(config.cmd_opts, 'autogenerate', False):
        script = directives[0]
        if script.upgrade_ops.is_empty():
            directives[:] = []
            logger.info('No changes in schema detected.')
";

const PROCESS: &str = "process_revision_directives=process_revision_directives";

#[test]
fn an_empty_script_is_not_written() {
    check("skip", SKIP_EMPTY, PROCESS);
    let same = "CREATE TABLE team (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(50) NOT NULL DEFAULT 'new',\
        motto VARCHAR(10), added INTEGER); CREATE INDEX ix_team_added ON team (added);\
        CREATE TABLE player (id INTEGER NOT NULL PRIMARY KEY, team_id INTEGER, \
        CONSTRAINT fk_team FOREIGN KEY(team_id) REFERENCES team (id));";
    check_on("skip-same", SKIP_EMPTY, PROCESS, same);
    let project = Project::new("skip-nothing", SKIP_EMPTY, PROCESS);
    project.database(same);
    if alembic_bin().is_some() {
        let (_, text, scripts) = project.limbeck(&["--autogenerate"]);
        assert_eq!(scripts, [""; 0], "{text}");
    }
}

#[test]
fn operations_are_taken_away_and_put_in_order() {
    let functions = "\
from alembic.operations import ops
def process_revision_directives(context, revision, directives):
    script = directives[0]
    for directive in (script.upgrade_ops, script.downgrade_ops):
        directive.ops = [op for op in directive.ops if not isinstance(op, (ops.DropTableOp, ops.CreateTableOp))]
        for table in directive.ops:
            if isinstance(table, ops.ModifyTableOps):
                assert table.table_name == 'team' or table.table_name == 'legacy'
                table.ops[:] = [op for op in table.ops if getattr(op, 'column_name', '') != 'gone']
                table.ops[:] = [op for op in table.ops if not isinstance(op, ops.DropIndexOp) or op.index_name]
    script.upgrade_ops.ops.reverse()
";
    check("filter", functions, PROCESS);
}

#[test]
fn the_script_gets_another_identifier_and_message() {
    let functions = "\
def process_revision_directives(context, revision, directives):
    script, = directives
    script.rev_id = '0002'
    script.message = (script.message or '') + ' (numbered)'
";
    // Without operations, too, where env.py runs for every revision.
    check("numbered", functions, PROCESS);
    if let Some(bin) = alembic_bin() {
        let project = Project::new("environment", functions, PROCESS);
        let ini = project.folder.join("alembic.ini");
        let text = std::fs::read_to_string(&ini).unwrap();
        std::fs::write(ini, text + "revision_environment = true\n").unwrap();
        project.database(DATABASE);
        let (_, text, expected) = project.revision(&bin.join("alembic"), &[]);
        let (_, _, found) = project.limbeck(&[]);
        assert_eq!(expected, found, "{text}");
        assert!(expected[0].starts_with("0002_next_numbered.py"), "{text}");
    }
}

#[test]
fn types_and_defaults_are_compared_by_functions() {
    let functions = "\
def compare_type(context, inspected_column, metadata_column, inspected_type, metadata_type):
    if metadata_column.name == 'motto' and isinstance(inspected_type, sa.Text):
        return False
    if metadata_column.name == 'added':
        return True
    return None
def compare_default(context, inspected_column, metadata_column, inspected_default, metadata_default, rendered):
    if inspected_default is None or rendered is None:
        return None
    return inspected_default.strip(\"'\") != rendered
";
    check(
        "compare",
        functions,
        "compare_type=compare_type, compare_server_default=compare_default",
    );
}

#[test]
fn what_is_not_known_is_refused_at_its_place() {
    let info = "\
def include_object(object, name, type_, reflected, compare_to):
    return type_ != 'index' or not object.info.get('skip_autogenerate', False)
";
    refuses(
        "index-info",
        info,
        "include_object=include_object",
        &[
            "`info` of this object of the models is not read",
            "env.py:9",
            "include_object is asked about",
        ],
    );
    let own = "\
from alembic.operations import ops
def process_revision_directives(context, revision, directives):
    directives[0].upgrade_ops.ops.insert(0, ops.ExecuteSQLOp('SELECT 1'))
";
    refuses("own-op", own, PROCESS, &["process_revision_directives"]);
    let render = "def render_item(type_, obj, autogen_context):\n    return False\n";
    refuses(
        "render-item",
        render,
        "render_item=render_item",
        &["env.py gives a function as render_item", "m/env.py:"],
    );
    let raises = "def include_object(*args):\n    raise RuntimeError('not today')\n";
    refuses(
        "raises",
        raises,
        "include_object=include_object",
        &["RuntimeError: not today", "env.py:9"],
    );
}
