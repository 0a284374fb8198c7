//! What scripts import: where it is found, when it is read, and what a program that is ready for its absence does.

use std::rc::Rc;

use limbeck_python::{
    Inputs, Limits, MemorySources, RevisionOutcome, RevisionRequest, Script, World,
    evaluate_revision, on_deep_stack,
};

/// `upgrade()` of a script in `/p`, with packages in `/env`; an error by its message.
fn evaluate(sources: MemorySources, script: &str) -> Result<RevisionOutcome, String> {
    on_deep_stack(move || {
        let inputs = Inputs {
            sys_path: vec!["/p".into()],
            installed: vec!["/env".into()],
            ..Inputs::default()
        };
        let world = World::new(Rc::new(sources), inputs, Limits::default());
        let outcome = Script::parse("/p/script.py", script).and_then(|script| {
            let request = RevisionRequest {
                script: &script,
                function: "upgrade",
                dialect: "sqlite",
                is_offline: true,
                kwargs: &[],
            };
            evaluate_revision(&world, &request)
        });
        outcome.map_err(|error| error.diagnostic.message.clone())
    })
}

/// Evaluates a script among the files of a project; the text of the error if there is one.
fn run(files: &[(&str, &str)], script: &str) -> Result<usize, String> {
    let mut sources = MemorySources::default();
    for (path, text) in files {
        sources.files.insert(path.into(), (*text).to_owned());
    }
    evaluate(sources, script).map(|outcome| outcome.ops.len())
}

const SCRIPT: &str =
    "from alembic import op\nfrom pkg import name\ndef upgrade():\n    op.execute(name.SQL)\n";

#[test]
fn a_package_that_imports_its_own_submodule() {
    let files = [
        ("/p/pkg/__init__.py", "from pkg import name\n"),
        ("/p/pkg/name.py", "SQL = 'SELECT 1'\n"),
    ];
    assert_eq!(run(&files, SCRIPT).unwrap(), 1);
}

#[test]
fn what_stands_behind_the_modules_op_and_context() {
    let script = "from alembic import context, op\ndef upgrade():\n    if context._proxy is None: return\n\
                  \x20   if op._proxy.migration_context.dialect.name == 'sqlite': op._proxy.execute('SELECT 1')\n";
    assert_eq!(run(&[], script).unwrap(), 1);
}

#[test]
fn names_that_wait_for_each_other_are_unread() {
    let files = [
        ("/p/pkg/__init__.py", "from other import name\n"),
        ("/p/other.py", "from pkg import name\n"),
    ];
    let error = run(&files, SCRIPT).unwrap_err();
    assert!(error.contains("(a circular import)"), "{error}");
}

#[test]
fn a_name_that_getattr_of_the_module_does_not_know_cannot_be_imported() {
    let pkg = "def __getattr__(name):\n    raise AttributeError(name)\n";
    let files = [("/p/pkg/__init__.py", pkg), ("/env/other/__init__.py", pkg)];
    for package in ["pkg", "other"] {
        let script = format!(
            "from alembic import op\ntry:\n    from {package} import Gone\nexcept ImportError:\n    Gone = 'SELECT 1'\n\
             def upgrade():\n    op.execute(Gone)\n"
        );
        assert_eq!(run(&files, &script).unwrap(), 1);
    }
}

#[test]
fn a_listener_that_waits_for_parts_of_tables_is_not_passed_over() {
    let of = |target: &str| {
        format!(
            "import sqlalchemy as sa\nfrom sqlalchemy.event import listens_for\n\
             class Own(sa.TypeDecorator):\n    impl = sa.SmallInteger\nclass Other(sa.TypeDecorator):\n    impl = sa.SmallInteger\n\
             meta = sa.MetaData()\nt = sa.Table('t', meta)\n\
             @listens_for({target}, 'before_parent_attach')\ndef attach(type_, column):\n    pass\n"
        )
    };
    let script = "from alembic import op\nimport sqlalchemy as sa\nfrom types_ import Own\n\
        def upgrade():\n    op.add_column('t', sa.Column('c', Own()))\n";
    for target in ["Own", "sa.Column", "sa.types.TypeEngine"] {
        let error = run(&[("/p/types_.py", &of(target))], script).unwrap_err();
        assert!(
            error.contains("the listener `before_parent_attach`"),
            "{target}: {error}"
        );
    }
    for target in ["Other", "t"] {
        assert_eq!(
            run(&[("/p/types_.py", &of(target))], script).unwrap(),
            1,
            "{target}"
        );
    }
}

#[test]
fn import_module_by_name() {
    let files = [
        ("/p/pkg/__init__.py", ""),
        ("/p/pkg/deep/__init__.py", ""),
        ("/p/pkg/name.py", "SQL = 'SELECT 1'\n"),
    ];
    let script = "import importlib\nfrom alembic import op\ndef upgrade():\n    \
        op.execute(importlib.import_module('pkg.name').SQL)\n    \
        op.execute(importlib.import_module('..name', package='pkg.deep').SQL)\n";
    assert_eq!(run(&files, script).unwrap(), 2);
}

#[test]
fn a_column_in_the_place_of_its_name_alters_nothing() {
    let script = "from alembic import op\nimport sqlalchemy as sa\ndef upgrade():\n    \
        op.alter_column('t', sa.Column('a', sa.Boolean(), nullable=False))\n";
    assert_eq!(run(&[], script).unwrap(), 0);
    let script = script.replace("False))", "False), nullable=False)");
    assert!(run(&[], &script).is_err());
}

/// Settings make their folders while they are imported; a migration makes none.
#[test]
fn folders_that_modules_make() {
    let settings = "import os\nfrom pathlib import Path\nDATA = Path('/p/data/app')\ndef url():\n    \
        DATA.mkdir(parents=True, exist_ok=True)\n    os.makedirs('/p/logs/x', exist_ok=True)\n    os.makedirs('/p/pkg', exist_ok=True)\n    \
        return f\"SELECT '{DATA.exists()}{DATA.parent.is_dir()}{os.path.isdir('/p/logs')}{os.path.exists('/p/other')}'\"\nSQL = url()\n";
    let files = [("/p/settings.py", settings), ("/p/pkg/__init__.py", "")];
    let script = "from alembic import op\nfrom settings import SQL\ndef upgrade():\n    \
        op.execute(SQL)\n    assert SQL == \"SELECT 'TrueTrueTrueFalse'\", SQL\n";
    assert_eq!(run(&files, script).unwrap(), 1);
    let script = "import os\ndef upgrade():\n    os.makedirs('/p/pkg', exist_ok=True)\n    os.makedirs('/p/new', exist_ok=True)\n";
    let error = run(&files, script).unwrap_err();
    assert!(
        error.contains("the folder `/p/new` would be made"),
        "{error}"
    );
}

#[test]
fn what_comes_from_sqlalchemy_future() {
    let script = "from alembic import op\nimport sqlalchemy as sa\nfrom sqlalchemy.future import select\n\
        def upgrade():\n    op.execute(select(sa.column('a')).select_from(sa.table('t')))\n";
    assert_eq!(run(&[], script).unwrap(), 1);
}

#[test]
fn the_class_of_the_dialect() {
    let script = "from alembic import op\nfrom sqlalchemy.dialects.mysql.base import MySQLDialect\n\
        from sqlalchemy.dialects.sqlite.base import SQLiteDialect\ndef upgrade():\n    \
        dialect = op.get_bind().dialect\n    \
        assert not isinstance(dialect, MySQLDialect)\n    \
        if isinstance(dialect, SQLiteDialect):\n        op.execute('SELECT 1')\n";
    assert_eq!(run(&[], script).unwrap(), 1);
}

#[test]
fn messages_of_loguru_change_nothing() {
    let script = "from alembic import op\nfrom loguru import logger\ndef upgrade():\n    \
        logger.bind(a=1).info('{} of {n}', 1, n=2)\n    op.execute('SELECT 1')\n";
    assert_eq!(run(&[], script).unwrap(), 1);
}

#[test]
fn a_module_that_imports_what_it_is_asked_for() {
    let files = [
        (
            "/p/pkg/__init__.py",
            "import importlib\ndef __getattr__(name):\n    \
                return importlib.import_module(f'.{name}', package=__name__)\n",
        ),
        ("/p/pkg/name.py", "SQL = 'SELECT 1'\n"),
    ];
    let script =
        "import pkg\nfrom alembic import op\ndef upgrade():\n    op.execute(pkg.name.SQL)\n";
    assert_eq!(run(&files, script).unwrap(), 1);
}

#[test]
fn a_package_in_several_folders() {
    let files = [
        (
            "/p/pkg/__init__.py",
            "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n",
        ),
        ("/p/pkg/name.py", "SQL = 'SELECT 1'\n"),
    ];
    assert_eq!(run(&files, SCRIPT).unwrap(), 1);
}

/// Whether a call that is not read raises is not known: what the handler would do differently is not known either.
#[test]
fn a_try_around_a_call_that_is_not_read_goes_either_way() {
    let check = |module: &'static str, is_read: bool| {
        let module = format!("import nowhere\n{module}");
        let files = [
            ("/p/pkg/__init__.py", ""),
            ("/p/pkg/name.py", module.as_str()),
        ];
        assert_eq!(run(&files, SCRIPT).is_ok(), is_read, "{module}");
    };
    check(
        "try:\n    nowhere.ask()\n    SQL = 'a'\nexcept OSError:\n    SQL = 'b'\n",
        false,
    );
    check(
        "SQL = 'a'\ntry:\n    nowhere.ask()\n    SQL = 'b'\nexcept OSError:\n    pass\n",
        false,
    );
    check(
        "def ask():\n    try:\n        nowhere.ask()\n        return 'a'\n    except OSError:\n        return 'b'\n\
         SQL = ask()\n",
        false,
    );
    check(
        "for number in range(100000000):\n    try:\n        nowhere.ask(number)\n        break\n    \
         except OSError:\n        continue\nSQL = str(number)\n",
        false,
    );
    // The ways do not differ, or there is only one.
    check(
        "try:\n    nowhere.ask()\n    SQL = 'a'\nexcept OSError:\n    print('no answer')\n",
        true,
    );
    check(
        "import sys\ntry:\n    nowhere.ask()\n    SQL = 'a'\nexcept OSError:\n    print('no')\n    sys.exit(1)\n",
        true,
    );
    check(
        "try:\n    nowhere.ask()\n    SQL = 'a'\nexcept ImportError:\n    SQL = 'b'\n",
        true,
    );
    check(
        "try:\n    SQL = 'a'\nexcept OSError:\n    SQL = 'b'\n",
        true,
    );
}

#[test]
fn the_modules_of_a_package_are_listed_and_walked() {
    let files = [
        ("/p/pkg/__init__.py", ""),
        ("/p/pkg/b.py", ""),
        (
            "/p/pkg/a.py",
            "from pkg import log\nlog.NAMES.append(__name__)\n",
        ),
        ("/p/pkg/log.py", "NAMES = []\n"),
        ("/p/pkg/notes.txt", ""),
        ("/p/pkg/data/rows.csv", ""),
        (
            "/p/pkg/sub/__init__.py",
            "from pkg import log\nlog.NAMES.append(__name__)\n",
        ),
        ("/p/pkg/sub/c.py", ""),
        ("/p/pkg/broken/__init__.py", "raise ImportError('no')\n"),
        ("/p/pkg/broken/d.py", ""),
    ];
    let script = "import importlib\nimport pkgutil\nfrom pathlib import Path\nfrom alembic import op\nimport pkg\nfrom pkg import log\n\
        def upgrade():\n    \
        listed = [(name, is_package) for _, name, is_package in pkgutil.iter_modules(pkg.__path__)]\n    \
        assert listed == [('a', False), ('b', False), ('broken', True), ('log', False), ('sub', True)], listed\n    \
        failed = []\n    \
        walked = [it.name for it in pkgutil.walk_packages(pkg.__path__, pkg.__name__ + '.', onerror=failed.append)]\n    \
        assert walked == ['pkg.a', 'pkg.b', 'pkg.broken', 'pkg.log', 'pkg.sub', 'pkg.sub.c'], walked\n    \
        assert failed == ['pkg.broken'], failed\n    \
        for info in pkgutil.walk_packages(path=[str(Path(pkg.__file__).parent)], prefix='pkg.'):\n        \
        if info.name != 'pkg.broken':\n            __import__(info.name)\n    \
        assert log.NAMES == ['pkg.sub', 'pkg.a'], log.NAMES\n    \
        op.execute('SELECT 1')\n";
    assert_eq!(run(&files, script).unwrap(), 1);
}

/// The connection of `--sql` never looks for what is there.
#[test]
fn offline_create_all_makes_every_table() {
    let script = "import sqlalchemy as sa\nfrom alembic import op\nmetadata = sa.MetaData()\n\
        a = sa.Table('a', metadata, sa.Column('id', sa.Integer, primary_key=True))\n\
        b = sa.Table('b', metadata, sa.Column('a', sa.ForeignKey('a.id')))\n\
        def upgrade():\n    metadata.create_all(op.get_bind())\n    a.create(op.get_bind(), checkfirst=True)\n    \
        sa.Index('i', a.c.id).create(op.get_bind(), checkfirst=True)\n";
    assert_eq!(run(&[], script).unwrap(), 4);
}

/// What a script with a guarded import executes, among installed packages.
fn guarded(installed: &[&str], body: &'static str) -> Result<String, String> {
    let mut sources = MemorySources::default();
    for path in installed {
        sources.files.insert(path.into(), String::new());
    }
    let text = format!(
        "from alembic import op\n{body}\ndef upgrade():\n    op.execute('left' if x else 'right')\n"
    );
    let outcome = evaluate(sources, &text)?;
    let shown = format!("{:?}", outcome.ops.first().map(|op| &op.op));
    let side = ["left", "right"].into_iter().find(|it| shown.contains(it));
    Ok(side.unwrap_or_default().to_owned())
}

#[test]
fn a_guarded_import_goes_as_in_the_environment() {
    const TRY: &str = "try:\n    import tool\n    x = True\nexcept ImportError:\n    x = False\n";
    let env = "/env/alembic/__init__.py";
    assert_eq!(guarded(&[env, "/env/tool.py"], TRY).unwrap(), "left");
    assert_eq!(guarded(&[env, "/p/tool/__init__.py"], TRY).unwrap(), "left");
    assert_eq!(guarded(&[env, "/env/tool/x.py"], TRY).unwrap(), "left");
    assert_eq!(guarded(&[env, "/env/tool.abi3.so"], TRY).unwrap(), "left");
    assert_eq!(guarded(&[env], TRY).unwrap(), "right");
    let unknown = guarded(&[], TRY).unwrap_err();
    assert!(
        unknown.contains("cannot be read"),
        "nothing is known of the environment: {unknown}"
    );
}

#[test]
fn a_guarded_import_of_a_part_of_the_project() {
    const TRY: &str = "try:\n    from app.local import value as x\nexcept (ImportError, OSError):\n    x = False\n";
    let env = "/env/alembic/__init__.py";
    assert_eq!(guarded(&[env, "/p/app/__init__.py"], TRY).unwrap(), "right");
}

#[test]
fn a_guarded_import_of_the_standard_library_goes_by_version() {
    const OLD: &str =
        "try:\n    import asyncore\n    x = True\nexcept ImportError:\n    x = False\n";
    assert_eq!(guarded(&[], OLD).unwrap(), "left");
    const NEW: &str = "try:\n    from itertools import batched\n    x = True\nexcept ImportError:\n    x = False\n";
    assert_eq!(guarded(&[], NEW).unwrap(), "right");
    const BOTH: &str =
        "try:\n    import tomllib\n    x = True\nexcept ModuleNotFoundError:\n    x = False\n";
    assert_eq!(guarded(&[], BOTH).unwrap(), "left");
}

#[test]
fn a_clause_that_raises_needs_no_environment() {
    const TRY: &str = "try:\n    import tool\n    x = True\nexcept ImportError:\n    raise RuntimeError('install it')\n";
    assert_eq!(guarded(&[], TRY).unwrap(), "left");
}

/// A script without files of a project around it.
fn run_alone(script: &'static str) -> Result<usize, String> {
    run(&[], script)
}

#[test]
fn an_exception_of_a_modules_own_is_unread() {
    let files = [
        ("/p/pkg/__init__.py", ""),
        (
            "/p/pkg/plugins.py",
            "class Known(Exception): pass\nraise Known('twice')\n",
        ),
    ];
    let script = "from alembic import op\nfrom pkg import plugins\ndef upgrade():\n    op.execute(plugins.SQL)\n";
    let error = run(&files, script).unwrap_err();
    assert!(
        error.contains("`pkg.plugins` cannot be read: pkg.plugins.Known: twice"),
        "{error}"
    );
}

#[test]
fn a_submodule_is_there_where_getattr_of_its_package_gives_up() {
    let files = [
        (
            "/p/pkg/__init__.py",
            "def __getattr__(name):\n    raise AttributeError(name)\n",
        ),
        ("/p/pkg/name.py", "SQL = 'SELECT 1'\n"),
    ];
    let script =
        "import pkg\nfrom alembic import op\ndef upgrade():\n    op.execute(pkg.name.SQL)\n";
    assert_eq!(run(&files, script), Ok(1));
    let other =
        "import pkg\nfrom alembic import op\ndef upgrade():\n    op.execute(pkg.other.SQL)\n";
    assert_eq!(run(&files, other), Err("AttributeError: other".to_owned()));
}

#[test]
fn what_a_model_of_a_package_leaves_out_is_unknown() {
    let script = "import structlog\ndef upgrade():\n    structlog.get_logger().trace('x')\n";
    let error = run_alone(script).unwrap_err();
    assert!(error.contains("is not modelled"), "{error}");
}

#[test]
fn typed_dictionaries_are_dictionaries() {
    let script = "
from typing import TypedDict
from alembic import op
from pydantic_settings import SettingsConfigDict
class A(TypedDict): x: int
class B(A, total=False): y: int
class C(SettingsConfigDict, total=False): z: str
D = TypedDict('D', {'x': int})
def upgrade():
    assert B(x=1) == {'x': 1} and C(z='a') == {'z': 'a'} and D(x=2) == {'x': 2}
    op.execute(C(z='SELECT 1')['z'])
";
    assert_eq!(run_alone(script), Ok(1));
}

#[test]
fn create_table_looks_past_what_a_table_does_not_have() {
    let script = "
import sqlalchemy as sa
from alembic import op
def upgrade():
    table = op.create_table('t', sa.MetaData(), sa.Column('id', sa.Integer))
    assert [column.name for column in table.c] == ['id']
";
    assert_eq!(run_alone(script), Ok(1));
}

#[test]
fn a_function_gives_a_type() {
    let script = "
import sqlalchemy as sa
from alembic import op
def Number(): return sa.Integer()
def upgrade():
    op.create_table('t', sa.Column('id', sa.BigInteger().with_variant(Number, 'sqlite')))
";
    assert_eq!(run_alone(script), Ok(1));
}

#[test]
fn a_table_has_a_foreign_key_for_each_column_that_refers() {
    let script = "
import sqlalchemy as sa
from alembic import op
def upgrade():
    table = sa.Table('t', sa.MetaData(), sa.Column('a', sa.ForeignKey('u.id', name='one')), sa.Column('b'),
        sa.Column('c'), sa.ForeignKeyConstraint(['b', 'c'], ['u.b', 'u.c'], name='two'))
    assert sorted(key.name for key in table.foreign_keys) == ['one', 'two', 'two']
    for key in table.foreign_keys:
        op.drop_constraint(key.name, 't')
";
    assert_eq!(run_alone(script), Ok(3));
}

#[test]
fn the_home_directory_is_the_one_that_a_variable_names() {
    let script = "from alembic import op\nimport os\nfrom pathlib import Path\nos.environ['HOME'] = '/h/'\ndef upgrade():\n    \
                  assert os.path.expanduser('~/a') == '/h/a' and str(Path.home()) == '/h'\n    \
                  assert str(Path('~/b').expanduser()) == '/h/b' and str(Path('a~').expanduser()) == 'a~'\n    \
                  op.execute('SELECT 1')\n";
    assert_eq!(run(&[], script).unwrap(), 1);
    let other = script.replace("'~/a') == '/h/a'", "'~other/a') == ''");
    let error = run(&[], &other).unwrap_err();
    assert!(
        error.contains("the home directory is not an input"),
        "{error}"
    );
}

#[test]
fn a_generator_that_a_module_leaves_is_no_matter_of_the_script() {
    let module = "def numbers():\n    try:\n        yield 1\n    finally:\n        pass\nSQL = str(next(numbers()))\n";
    let files = [("/p/pkg/__init__.py", ""), ("/p/pkg/name.py", module)];
    assert_eq!(run(&files, SCRIPT).unwrap(), 1);
}

#[test]
fn a_generator_that_is_left_before_its_end_is_unread() {
    let script = "from alembic import op\n\
        def session():\n    try:\n        yield 1\n    finally:\n        op.execute('SELECT 2')\n\
        def upgrade():\n    it = session()\n    next(it)\n    op.execute('SELECT 1')\n";
    let error = run_alone(script).unwrap_err();
    assert!(error.contains("`finally`"), "{error}");
    let script = "from alembic import op\n\
        def session():\n    try:\n        yield 1\n    finally:\n        op.execute('SELECT 2')\n\
        def upgrade():\n    for _ in session():\n        op.execute('SELECT 1')\n";
    assert_eq!(run_alone(script).unwrap(), 2);
}
