//! What importing a project changes of SQLAlchemy and Alembic is in force for every script of it, whichever file does it: taken over
//! as Alembic has it, or refused.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::Path;
use std::process::Command;

use limbeck_testkit::{Folder, alembic_bin};

/// The script that is run.
const SCRIPT: &str = "\
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
revision = 'a1'
down_revision = None
def upgrade():
    op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('d', sa.DateTime()),
        sa.Column('u', sa.UUID()), sa.Column('g', sa.Uuid()), sa.Column('s', sa.String(30)), sa.Column('p', sa.PickleType()),
        sa.Column('j', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')),
        sa.Column('n', sa.DateTime(), server_default=sa.func.now()))
    op.add_column('t', sa.Column('c', sa.DateTime()))
    op.rename_table('t', 'v')
def downgrade():
    pass
";

/// Imports that every case begins with.
const HEAD: &str = "\
import sqlalchemy as sa
import sqlalchemy.types
from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.sqlite.base import SQLiteTypeCompiler
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable, CreateColumn
from alembic import op
from alembic.ddl.base import AddColumn, ColumnType, RenameTable
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.ddl.sqlite import SQLiteImpl
from alembic.operations import Operations, ops
";

/// Where a case stands.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// In env.py.
    Env,
    /// In a module that env.py imports and makes no use of, by way of another.
    Module,
    /// In another script.
    Script,
}

struct Project {
    folder: Folder,
}

impl Project {
    fn new(name: &str, dialect: &str, place: Place, text: &str) -> Project {
        let folder = Folder::new(&format!("imported-{name}-{place:?}"));
        let scheme = match dialect {
            "mysql" => "mysql+pymysql",
            other => other,
        };
        let text = format!("{HEAD}{text}");
        let env = format!(
            "from alembic import context\n{}\
             context.configure(url='{scheme}://', literal_binds=True, target_metadata=None)\n\
             with context.begin_transaction():\n    context.run_migrations()\n",
            match place {
                Place::Env => text.as_str(),
                Place::Module => "import app.main\n",
                Place::Script => "",
            }
        );
        let ini = "[alembic]\nscript_location = m\nprepend_sys_path = .\npath_separator = os\n"
            .to_owned();
        let mut files = vec![
            ("alembic.ini", ini),
            ("m/env.py", env),
            ("m/versions/a1_.py", SCRIPT.to_owned()),
        ];
        match place {
            Place::Env => {}
            Place::Module => files.extend([
                ("app/__init__.py", String::new()),
                (
                    "app/main.py",
                    "from . import (\n    own,\n)\n".to_owned(),
                ),
                ("app/own.py", text),
            ]),
            Place::Script => files.push((
                "m/versions/a2_.py",
                format!(
                    "{text}\nrevision = 'a2'\ndown_revision = 'a1'\ndef upgrade():\n    pass\ndef downgrade():\n    pass\n"
                ),
            )),
        }
        for (path, text) in files {
            folder.write(path, text);
        }
        Project { folder }
    }

    /// `upgrade a1 --sql`: whether it went well, its SQL, and what it said.
    fn sql(&self, program: &Path, words: &[&str]) -> (bool, String, String) {
        let output = Command::new(program)
            .args(words)
            .args(["upgrade", "a1", "--sql"])
            .current_dir(&*self.folder)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.success(),
            text(&output.stdout),
            text(&output.stderr),
        )
    }
}

const PLACES: [Place; 3] = [Place::Env, Place::Module, Place::Script];

/// Limbeck writes what Alembic writes, wherever the text stands; `expected` is in it.
#[track_caller]
fn same(name: &str, dialect: &str, text: &str, expected: &str) {
    for place in PLACES {
        let project = Project::new(name, dialect, place, text);
        let limbeck = Path::new(env!("CARGO_BIN_EXE_limbeck"));
        let (ok, sql, said) = project.sql(limbeck, &["--no-python"]);
        assert!(ok, "{place:?}: {said}");
        assert!(sql.contains(expected), "{place:?}: no {expected} in {sql}");
        if let Some(bin) = alembic_bin() {
            let (ok, real, said) = project.sql(&bin.join("alembic"), &[]);
            assert!(ok, "alembic, {place:?}: {said}");
            assert_eq!(sql, real, "{place:?}");
        }
    }
}

/// Limbeck refuses, wherever the text stands, and says why; Alembic is changed by it: it does not write what it writes without.
#[track_caller]
fn refused(name: &str, dialect: &str, text: &str, expected: &str) {
    refused_in(&PLACES, name, dialect, text, expected);
}

/// The same where Alembic asks for it before it imports scripts.
#[track_caller]
fn refused_in(places: &[Place], name: &str, dialect: &str, text: &str, expected: &str) {
    let plain = Project::new(&format!("{name}-plain"), dialect, Place::Env, "");
    let (_, without, _) = plain.sql(Path::new(env!("CARGO_BIN_EXE_limbeck")), &["--no-python"]);
    for place in places.iter().copied() {
        let project = Project::new(name, dialect, place, text);
        let limbeck = Path::new(env!("CARGO_BIN_EXE_limbeck"));
        let (ok, sql, said) = project.sql(limbeck, &["--no-python"]);
        assert!(!ok, "{place:?}: {sql}");
        assert!(
            said.contains(expected),
            "{place:?}: no {expected} in {said}"
        );
        if let Some(bin) = alembic_bin() {
            let (_, real, said) = project.sql(&bin.join("alembic"), &[]);
            assert_ne!(real, without, "alembic is not changed, {place:?}: {said}");
        }
    }
}

#[test]
fn compilers_of_types_that_write_a_text() {
    let text = "@compiles(sa.DateTime, 'mysql')\ndef own(type_, compiler, **kw):\n    \"\"\"Why.\"\"\"\n    return 'DATETIME(6)'\n";
    same("datetime", "mysql", text, "d DATETIME(6)");
    same("otherwhere", "postgresql", text, "d TIMESTAMP");
    let text = "def own(*args, **kw):\n    return 'OWN'\ncompiles(JSONB, 'postgresql')(own)\n";
    same("variant", "postgresql", text, "j OWN");
}

#[test]
fn compilers_of_types_that_call_a_visitor() {
    let text = "@compiles(sa.UUID, 'sqlite')\ndef own(type_, compiler, **kw):\n    return compiler.visit_uuid(type_, **kw)\n";
    same("uuid", "sqlite", text, "u CHAR(32)");
    let text = "SQLiteTypeCompiler.visit_UUID = lambda self, type_, **kw: 'VARCHAR(36)'\n";
    same("patched", "sqlite", text, "u VARCHAR(36)");
    let text = "SQLiteTypeCompiler.visit_UUID = SQLiteTypeCompiler.visit_TEXT\n";
    same("renamed", "sqlite", text, "u TEXT");
}

#[test]
fn compilers_that_are_not_read() {
    let own = "def own(element, compiler, **kw):\n    text = 'OWN'\n    return text\n";
    let refuse = |name: &str, class: &str| {
        let text = format!("@compiles({class})\n{own}");
        refused(name, "postgresql", &text, "of its own");
    };
    refuse("type", "sa.DateTime");
    refuse("function", "sa.sql.functions.now");
    refuse("table", "CreateTable");
    refuse("column", "CreateColumn");
    refuse("alembic-column", "AddColumn");
    // A pickle is written as what it stands on.
    refuse("below", "sa.LargeBinary");
    // Alembic has a compiler of its own for the dialect.
    refuse("alembic-rename", "RenameTable, 'postgresql'");
}

#[test]
fn compilers_of_what_is_not_used() {
    let own = "def own(element, compiler, **kw):\n    text = 'OWN'\n    return text\n";
    let unused = |name: &str, class: &str| {
        let text = format!("@compiles({class})\n{own}");
        same(name, "postgresql", &text, "CREATE TABLE t");
    };
    unused("unused-type", "sa.Float");
    unused("unused-element", "ColumnType");
    unused("unused-function", "sa.sql.functions.max");
}

#[test]
fn compilers_of_operators() {
    let text = "@compiles(sa.BinaryExpression, 'postgresql')\ndef own(element, compiler, **kw):\n    if element.operator is sa.sql.operators.json_getitem_op:\n        return 'OWN'\n    return compiler.visit_binary(element, **kw)\n";
    same("operators", "postgresql", text, "CREATE TABLE t");
    let text = "@compiles(sa.BinaryExpression, 'postgresql')\ndef own(element, compiler, **kw):\n    return 'OWN'\n";
    let project = Project::new("all-operators", "postgresql", Place::Module, text);
    let (ok, sql, said) = project.sql(Path::new(env!("CARGO_BIN_EXE_limbeck")), &["--no-python"]);
    assert!(!ok && said.contains("of its own"), "{sql}{said}");
}

#[test]
fn listeners_of_tables() {
    let listener = |event: &str, of: &str| {
        format!(
            "@event.listens_for({of}, '{event}')\ndef own(target, *args, **kw):\n    print('CALLED')\n"
        )
    };
    let text = listener("before_create", "sa.Table");
    refused(
        "before-create",
        "postgresql",
        &text,
        "`before_create` of `Table`",
    );
    let text = listener("after_parent_attach", "sa.Column");
    refused(
        "attach",
        "postgresql",
        &text,
        "`after_parent_attach` of `Column`",
    );
    let text = "event.listen(sa.MetaData, 'after_create', lambda *args, **kw: print('CALLED'))\n";
    same("metadata", "postgresql", text, "CREATE TABLE t");
}

#[test]
fn what_is_replaced_in_alembic() {
    let text = "def own(*args, **kw):\n    pass\nop.create_table = own\n";
    refused("directive", "postgresql", text, "`alembic.op.create_table`");
    let text = "@Operations.implementation_for(ops.CreateTableOp, replace=True)\ndef own(operations, operation):\n    pass\n";
    refused("implementation", "postgresql", text, "`CreateTableOp`");
    let text = "class Own(PostgresqlImpl):\n    __dialect__ = 'postgresql'\n    def create_table(self, table, **kw):\n        pass\n";
    // An implementation is made before scripts are imported.
    let before = [Place::Env, Place::Module];
    refused_in(
        &before,
        "impl",
        "postgresql",
        text,
        "the implementation `Own`",
    );
    same("other-impl", "sqlite", text, "CREATE TABLE t");
    let text =
        "class Own(PostgresqlImpl):\n    __dialect__ = 'redshift'\n    transactional_ddl = False\n";
    same("other-dialect", "postgresql", text, "CREATE TABLE t");
    let text = "class Own(PostgresqlImpl):\n    __dialect__ = 'postgresql'\n    def compare_type(self, *args):\n        return False\n";
    same("comparison", "postgresql", text, "CREATE TABLE t");
    let text = "PostgresqlImpl.transactional_ddl = False\n";
    let before = [Place::Env, Place::Module];
    refused_in(
        &before,
        "flag",
        "postgresql",
        text,
        "PostgresqlImpl.transactional_ddl",
    );
    same("other-flag", "sqlite", text, "CREATE TABLE t");
}

#[test]
fn what_is_replaced_in_sqlalchemy() {
    let text = "setattr(sa.types, 'DateTime', sa.Text)\nsa.DateTime = sa.Text\n";
    refused("type-itself", "postgresql", text, "`sqlalchemy.");
    let text = "def install():\n    sa.Column = None\ninstall()\n";
    refused("in-function", "postgresql", text, "`sqlalchemy.Column`");
    let text = "def relationship():\n    pass\nsa.relationship = relationship\n";
    same("of-orm", "postgresql", text, "CREATE TABLE t");
    let text = "sa.types.TypeDecorator.cache_ok = True\n";
    same("harmless", "postgresql", text, "CREATE TABLE t");
}

/// Metadata that cannot be read may have a convention, wherever it comes from: it is never taken to have none.
#[test]
fn a_convention_in_an_installed_package() {
    let project = Project::new("convention", "postgresql", Place::Env, "");
    let site = ".venv/lib/python3.11/site-packages";
    let models = "\
import socket
from sqlalchemy import MetaData
metadata = socket.wrapped(MetaData(naming_convention={'uq': 'uq_%(table_name)s'}))
";
    let env = "\
from alembic import context
from thing.models import metadata
context.configure(url='postgresql://', target_metadata=metadata)
context.run_migrations()
";
    for (path, text) in [
        (".venv/pyvenv.cfg", "version = 3.11.0\n"),
        (".venv/bin/python", ""),
        (&*format!("{site}/thing/__init__.py"), ""),
        (&*format!("{site}/thing/models.py"), models),
        ("m/env.py", env),
    ] {
        let path = project.folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let limbeck = Path::new(env!("CARGO_BIN_EXE_limbeck"));
    let (ok, sql, said) = project.sql(limbeck, &["--no-python"]);
    assert!(!ok, "{sql}");
    let expected = "mentions a naming convention";
    assert!(said.contains(expected), "{said}");
}
