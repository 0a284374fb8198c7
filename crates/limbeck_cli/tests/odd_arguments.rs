//! Directives, columns and types with odd arguments: what Alembic writes, and what it refuses, is what Limbeck writes and refuses.
//!
//! Each case is one script with many calls. A call that fails writes the name of its exception, so that one run of Alembic tells about
//! all of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::Path;
use std::process::Command;

use limbeck_testkit::{Folder, alembic_bin};

const ENV: &str = "\
from alembic import context
context.configure(url=context.config.get_main_option('sqlalchemy.url'), literal_binds=True,
                  dialect_opts={'paramstyle': 'named'})
with context.begin_transaction():
    context.run_migrations()
";

const HEAD: &str = "\
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.sql import quoted_name
revision = 'a1'
down_revision = None


def said(call):
    try:
        call()
    except Exception as error:
        op.execute(type(error).__name__)


def table(schema):
    m = sa.MetaData()
    prefix = schema + '.' if schema else ''
    sa.Table('o', m, sa.Column('id', sa.Integer, primary_key=True), schema=schema)
    return sa.Table('t', m, sa.Column('id', sa.Integer, primary_key=True), sa.Column('a', sa.String(5), index=True, unique=True),
                    sa.Column('b', sa.Enum('x', name='e'), comment='c'), sa.Column('o_id', sa.Integer,
                    sa.ForeignKey(prefix + 'o.id', name='fk_o', ondelete='CASCADE')), sa.UniqueConstraint('a', 'id', name='uq'),
                    sa.CheckConstraint('id > 0', name='ck'), sa.Index('ix_x', 'id'), comment='tc', schema=schema)


def parts(but_on_sqlite=True):
    if but_on_sqlite and op.get_bind().dialect.name == 'sqlite':
        return []
    found = [c for c in table('Sch').constraints if c.name and not isinstance(c, sa.CheckConstraint)]
    return sorted(found, key=lambda c: c.name)


def upgrade():
";

const ALL: [&str; 3] = [
    "postgresql+psycopg2://u@h/d",
    "mysql+pymysql://u@h/d",
    "sqlite://",
];

fn sql(folder: &Folder, program: &Path, url: &str) -> String {
    let ini =
        format!("[alembic]\nscript_location = m\npath_separator = os\nsqlalchemy.url = {url}\n");
    folder.write("alembic.ini", &ini);
    let output = Command::new(program)
        .args(["upgrade", "head", "--sql"])
        .current_dir(&**folder)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program:?} {url}: {told}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Both refuse each of the calls, on that database.
#[track_caller]
fn refused(name: &str, url: &str, calls: &[&str]) {
    let Some(bin) = alembic_bin() else { return };
    for (at, call) in calls.iter().enumerate() {
        let folder = Folder::new(&format!("odd-{name}-{at}"));
        folder.write("m/env.py", ENV);
        let script = format!("{HEAD}    {call}\n\ndef downgrade():\n    pass\n");
        folder.write("m/versions/a1.py", &script);
        let ini = format!("[alembic]\nscript_location = m\nsqlalchemy.url = {url}\n");
        folder.write("alembic.ini", &ini);
        for program in [
            bin.join("alembic").as_path(),
            Path::new(env!("CARGO_BIN_EXE_limbeck")),
        ] {
            let output = Command::new(program)
                .args(["upgrade", "head", "--sql"])
                .current_dir(&*folder)
                .output()
                .unwrap();
            assert!(!output.status.success(), "{program:?}: {call}");
        }
    }
}

/// Both write the same for all databases; each line is a call.
#[track_caller]
fn check(name: &str, calls: &str) {
    let Some(bin) = alembic_bin() else { return };
    let folder = Folder::new(&format!("odd-{name}"));
    folder.write("m/env.py", ENV);
    let mut script = HEAD.to_owned();
    for call in calls.lines().map(str::trim).filter(|it| !it.is_empty()) {
        script += &format!("    said(lambda: {call})\n");
    }
    script += "\ndef downgrade():\n    pass\n";
    folder.write("m/versions/a1.py", &script);
    for url in ALL {
        let expected = sql(&folder, &bin.join("alembic"), url);
        let found = sql(&folder, Path::new(env!("CARGO_BIN_EXE_limbeck")), url);
        assert_eq!(expected, found, "{url}");
    }
}

#[test]
fn columns_of_a_table() {
    let calls = "
        op.create_table('t', sa.column('a', sa.Integer), sa.Column('b', sa.Integer))
        op.create_table('t', sa.Column('a', sa.Integer, sa.DefaultClause('7'), server_default='8'))
        op.create_table('t', sa.Column('a', sa.Integer, sa.FetchedValue(True), primary_key=True))
        op.create_table('t', sa.Column('a', sa.Integer, sa.ColumnDefault(5), primary_key=True))
        op.create_table('t', sa.Column('a', sa.Integer), sa.UniqueConstraint(name='u'))
        op.create_table('t', sa.Column('a', sa.Integer), sa.CheckConstraint(True), sa.CheckConstraint(None, name='c'))
        op.create_table('t', sa.Column('a', sa.Enum('x', name='e', inherit_schema=True)), schema='Sch')
        op.create_table('t', sa.Column('a', sa.Integer), sqlite_with_rowid=None)
        op.create_table('t', sa.Column('a', postgresql.ARRAY(sa.ARRAY(sa.Integer)).with_variant(sa.JSON(), 'mysql', 'sqlite')))
        op.create_table('t', sa.Column(sa.Integer))
        op.create_table('t', sa.Column('a', sa.Integer), must_exist=True)
        op.create_table('t', sa.Column('a', sa.Integer, index='x'))
        op.create_table('t', sa.Column('a', sa.Integer, unique='x'))
        op.create_table('t', sa.Column('a', sa.Integer, default=sa.Identity()))
        op.create_table('t', sa.Column('a', sa.Integer, default=sa.DefaultClause('x')))
        op.create_table('t', sa.Column('a', sa.Integer, server_default=sa.Sequence('sq')))
        op.create_table('t', sa.Column('a', sa.Integer, server_default=sa.text('1') + sa.text('2')))
        op.create_table('t', sa.Column('a', sa.Integer), sa.ForeignKeyConstraint(iter(['a']), ['o.id']))
        op.create_table('t', sa.Column('a', sa.Integer), postgresql.ExcludeConstraint())
        op.add_column('t', sa.column('a', sa.Integer))
        op.add_column('t', sa.Column(sa.Integer))
        op.drop_table('t', bogus=1)
        op.drop_table('t', postgresql_x=1)
        op.drop_table('t', mysql_engine='InnoDB')
    ";
    check("columns", calls);
}

#[test]
fn a_column_of_a_table_leaves_its_foreign_keys_there() {
    let calls = "
        [op.add_column(name, column) for column in [sa.Column('o_id', sa.Integer, sa.ForeignKey('o.id', name='f'))] for name in ('a', 'b')] \
            if op.get_bind().dialect.name != 'sqlite' else None
        [op.create_table(name, column) for column in [sa.Column('o_id', sa.Integer, sa.ForeignKey('o.id', name='f'))] for name in ('a', 'b')]
        [op.create_table('q', *table.columns) for table in [sa.Table('t', sa.MetaData(), sa.Column('o_id', sa.ForeignKey('o.id'), type_=sa.Integer, comment='c'))]]
    ";
    check("owned", calls);
}

#[test]
fn types() {
    let calls = "
        sa.Enum('a', name='e', native_enum=False).create(op.get_bind())
        sa.Enum('a', name='e').with_variant(sa.String(5), 'postgresql').create(op.get_bind())
        sa.Enum('a', name='e').create(op.get_bind())
        sa.Boolean(name='b').create(op.get_bind())
        sa.Boolean(name='b').drop(op.get_bind(), checkfirst=False)
        sa.String(5).with_variant(sa.Text())
        sa.String(5).with_variant(sa.Text(), 'mysql').with_variant(sa.Text(), 'mysql')
        sa.String(5).with_variant(sa.String().with_variant(sa.Text(), 'sqlite'), 'mysql')
        mysql.SET('')
        op.execute(repr(sa.String('5')))
        op.execute(sa.select(sa.Sequence('s').next_value())) if op.get_bind().dialect.name == 'postgresql' else None
        sa.Sequence('s').create(op.get_bind())
        sa.Sequence('s', optional=True).create(op.get_bind())
        sa.Sequence('s').drop(op.get_bind())
        postgresql.DOMAIN('d', sa.Text(), default='x', check='VALUE > 0').create(op.get_bind()) \
            if op.get_bind().dialect.name == 'postgresql' else None
    ";
    check("types", calls);
}

#[test]
fn an_update_names_the_tables_of_its_conditions_first() {
    let statements = [
        "t.update().values(a=u.c.a).where(t.c.b == v.c.a)",
        "t.update().where(t.c.b == v.c.a).values(a=u.c.a, b=w.c.a)",
        "t.update().values(a=u.c.a).where(t.c.b == v.c.a).values(b=w.c.a)",
        "t.update().values(a=u.c.a).where(u.c.a == t.c.b).where(v.c.a == w.c.a)",
        "t.update().ordered_values((t.c.b, w.c.a), (t.c.a, u.c.a)).where(t.c.b == v.c.a)",
        "t.update().values({t.c.b: w.c.a, t.c.a: u.c.a})",
    ];
    let calls: String = statements
        .iter()
        .map(|statement| {
            format!(
                "(lambda t, u, v, w: op.execute({statement}))(*[sa.table(n, sa.column('a'), sa.column('b')) for n in 'tuvw'])\n"
            )
        })
        .collect();
    check("update_from", &calls);
}

#[test]
fn conditions_of_one_part() {
    let calls = "
        op.add_column('t', sa.Column('a', sa.Boolean, server_default=sa.and_(sa.true(), sa.false())))
        op.execute(sa.select(sa.and_(sa.true(), sa.false())))
        op.execute(sa.select(sa.or_(sa.true(), sa.column('c') == 1)))
        op.execute(sa.select(sa.and_(sa.column('b', sa.Boolean))))
        op.execute(sa.select(sa.and_(sa.true(), sa.column('c') == 1)))
        op.execute(sa.select(sa.not_(sa.and_(sa.true(), sa.false()))))
        op.execute(sa.select(sa.or_(sa.and_(sa.true(), sa.false()), sa.column('c') == 1)))
        op.execute(sa.select(sa.column('c')).where(sa.and_(sa.true(), sa.false())))
        op.execute(sa.select(sa.column('c')).where(sa.or_(sa.column('b', sa.Boolean))))
        op.execute(sa.select(sa.column('c')).where(sa.or_(sa.and_(sa.column('b', sa.Boolean)), sa.column('c') == 1)))
        op.execute(sa.select(sa.case((sa.and_(sa.true(), sa.true()), 1), else_=0)))
        op.execute(sa.select(sa.and_(sa.func.f(1))))
        op.execute(sa.select(sa.and_(sa.literal(True))))
    ";
    check("one_part", calls);
}

#[test]
fn texts_have_no_operators() {
    let calls = "
        sa.text('a') + sa.text('b')
        sa.text('a') | sa.column('b')
        op.execute(sa.select(sa.text('a') & sa.column('b')))
        op.execute(sa.select(sa.text('a') + sa.column('b')))
        op.execute(sa.select(sa.column('b') + sa.text('a')))
        sa.text('a').label('b')
        -sa.text('a')
        sa.text('a')['b']
        op.create_index('i', 't', [sa.text('a').label('x')])
    ";
    check("texts", calls);
}

#[test]
fn indexes() {
    let calls = "
        op.create_index('i', 't', ['a'], postgresql_where=True)
        op.create_index('i', 't', ['a'], postgresql_where='a > 0')
        op.create_index('i', 't', ['a'], sqlite_where=sa.text('a > 0'))
        op.create_index('i', 't', [sa.column('a').collate('C')])
        op.create_index('i', 't', [''])
        op.drop_index('i', 't', unique=True)
        op.drop_index('i', '')
    ";
    check("indexes", calls);
}

#[test]
fn constraints() {
    let calls = "
        op.create_unique_constraint('u', 't', [sa.column('a')])
        op.create_unique_constraint('u', 't', [sa.Column('a', sa.Integer)])
        op.create_unique_constraint('u', 't', ['a', 'a'])
        op.create_unique_constraint('u', 't', ['a'], postgresql_include=['b'])
        op.create_primary_key('p', 't', [])
        op.create_primary_key('p', 't', ['a', 'a'])
        op.create_check_constraint('c', 't', True)
        op.create_foreign_key('f', 't', quoted_name('MixedCase', False), ['a'], ['id'])
        op.create_foreign_key('f', 't', quoted_name('t', True), ['a'], ['id'])
        op.create_foreign_key('f', 't', 'o', iter(['a']), ['id'])
        op.create_foreign_key('f', 't', 'o', [sa.column('a')], ['id'])
        op.create_exclude_constraint('e', 't', ('a', '='), bogus=1)
        op.create_exclude_constraint('e', 't')
    ";
    check("constraints", calls);
}

#[test]
fn columns_that_are_altered() {
    let calls = "
        op.alter_column('t', 'a', existing_server_default=0)
        op.alter_column('t', 'a', existing_server_default=0, nullable=False, existing_type=sa.Integer())
        op.alter_column('t', 'a', existing_server_default=True)
        op.alter_column('t', 'a', name='b')
        op.alter_column('t', 'a', modify_nullable=True)
        op.alter_column('t', 'a', bogus=True)
    ";
    check("altered", calls);
}

#[test]
fn constructs_of_ddl_and_the_parts_of_a_table() {
    let calls = "
        [op.execute(sa.schema.CreateTable(t)) for t in [table(None)]]
        [op.get_bind().execute(sa.schema.CreateTable(t, if_not_exists=True)) for t in [table('Sch')]]
        [op.execute(sa.schema.DropTable(t, if_exists=True)) for t in [table('Sch')]]
        [op.execute(sa.schema.CreateIndex(i)) for i in sorted(table(None).indexes, key=lambda i: i.name)]
        [op.execute(sa.schema.DropIndex(i)) for i in sorted(table('Sch').indexes, key=lambda i: i.name)]
        [op.execute(sa.schema.AddConstraint(c)) for c in parts()]
        [op.execute(sa.schema.DropConstraint(c)) for c in parts()]
        op.execute(repr([(type(c).__name__, c.name) for c in sorted(table(None).constraints, key=lambda c: str(c.name))]))
        op.execute(repr(sorted((i.name, i.unique, [c.name for c in i.columns]) for i in table('Sch').indexes)))
        op.execute(repr([c.name for c in table(None).primary_key.columns]))
        op.execute(repr([(c.name, c.table.name, len(c.columns)) for c in parts(False)]))
    ";
    check("ddl", calls);
}

#[test]
fn what_fails_is_refused() {
    let calls = [
        "op.create_index('i', 't', ['a'], postgresql_where=5)",
        "op.create_index('i', 't', ['a'], postgresql_using=5)",
        "op.create_index('i', 't', ['a'], postgresql_ops=None)",
        "op.create_exclude_constraint('e', 't', ('a', '='), using=None)",
        "op.create_exclude_constraint('e', 't', 'abc')",
        "op.create_table('t', sa.Column('a', sa.Integer), postgresql_partition_by=sa.text('x'))",
        "op.create_table('t', sa.Column('a', sa.Integer, sa.ForeignKey('t.b')))",
        "op.create_table('t', sa.Column('a', sa.Integer), postgresql.ExcludeConstraint(('b', '=')))",
        "op.add_column('t', sa.Column('a', sa.schema.Integer))",
        "sa.Integer().create(op.get_bind())",
        "sa.text('a').desc()",
    ];
    refused("postgresql", "postgresql+psycopg2://u@h/d", &calls);
    let calls = [
        "op.create_index('i', 't', ['a'], mysql_length={'a': None})",
        "op.add_column('t', sa.Column('a', sa.String('5')))",
    ];
    refused("mysql", "mysql+pymysql://u@h/d", &calls);
    let calls = ["op.create_index('i', 't', ['a'], sqlite_where='a > 0')"];
    refused("sqlite", "sqlite://", &calls);
}

/// The rows of `t` and how many indexes it has, after the script has run on a database.
fn outcome(name: &str, program: &Path, body: &str) -> (Vec<String>, usize) {
    let folder = Folder::new(&format!("odd-live-{name}"));
    folder.write(
        "m/env.py",
        "from alembic import context\nfrom sqlalchemy import create_engine\n\
         with create_engine('sqlite:///a.db').connect() as connection:\n    \
         context.configure(connection=connection)\n    \
         with context.begin_transaction():\n        context.run_migrations()\n",
    );
    folder.write("alembic.ini", "[alembic]\nscript_location = m\n");
    let script = format!("{HEAD}{body}\n\ndef downgrade():\n    pass\n");
    folder.write("m/versions/a1.py", &script);
    let output = Command::new(program)
        .args(["upgrade", "head"])
        .current_dir(&*folder)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program:?}: {told}");
    let database = rusqlite::Connection::open(folder.join("a.db")).unwrap();
    let mut rows = database
        .prepare("SELECT id || '|' || coalesce(c, '-') FROM t ORDER BY id")
        .unwrap();
    let rows = rows.query_map([], |row| row.get(0)).unwrap();
    let rows = rows.map(Result::unwrap).collect();
    let count = "SELECT count(*) FROM pragma_index_list('t')";
    let count: i64 = database.query_row(count, [], |row| row.get(0)).unwrap();
    (rows, usize::try_from(count).unwrap())
}

#[test]
fn a_batch_does_one_thing_after_the_other() {
    let Some(bin) = alembic_bin() else { return };
    let body = "    op.execute('CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a INTEGER, c NUMERIC(10, 2), CONSTRAINT uq UNIQUE (a))')\n    \
        op.execute('INSERT INTO t VALUES (1, 1, 1.5), (2, 2, NULL)')\n    \
        with op.batch_alter_table('t') as batch:\n        \
        batch.create_unique_constraint('uq', ['c'])\n        \
        batch.alter_column('c', existing_type=sa.Numeric(10, 2), type_=sa.Integer())\n        \
        batch.alter_column('c', existing_type=sa.Integer(), type_=sa.Text())\n";
    let expected = outcome("alembic", &bin.join("alembic"), body);
    let found = outcome("limbeck", Path::new(env!("CARGO_BIN_EXE_limbeck")), body);
    assert_eq!(expected, found);
    assert_eq!(found, (vec!["1|1".to_owned(), "2|-".to_owned()], 1));
}
