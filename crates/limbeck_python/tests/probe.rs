//! Whether a script that reads the database can be read to its end, before any of it runs.

use std::rc::Rc;

use limbeck_python::{
    Inputs, Limits, MemorySources, RevisionRequest, Script, World, on_deep_stack, probe_revision,
};

/// Probes `upgrade()` with the given body; the error's message if it cannot be read to its end.
fn probe(body: &'static str) -> Result<(), String> {
    on_deep_stack(move || {
        let mut text = String::from(
            "import requests\nimport sqlalchemy as sa\nfrom alembic import op\n\ndef upgrade():\n    bind = op.get_bind()\n",
        );
        for line in body.lines() {
            text.push_str("    ");
            text.push_str(line);
            text.push('\n');
        }
        let world = World::new(
            Rc::new(MemorySources::default()),
            Inputs::default(),
            Limits::default(),
        );
        let probed = Script::parse("/p/versions/a.py", &text).and_then(|script| {
            let request = RevisionRequest {
                script: &script,
                function: "upgrade",
                dialect: "mysql",
                is_offline: false,
                kwargs: &[],
            };
            probe_revision(&world, &request)
        });
        probed.map_err(|error| error.diagnostic.message)
    })
}

fn is_readable(body: &'static str) {
    assert_eq!(probe(body), Ok(()), "{body}");
}

/// The script must be refused because of `reason`.
fn is_not(body: &'static str, reason: &str) {
    let message = probe(body).err().unwrap_or_default();
    assert!(message.contains(reason), "{message:?} of\n{body}");
}

const MODULE: &str = "module `requests` is neither modelled nor found";

#[test]
fn answers_flow_through_what_is_modelled() {
    is_readable(
        "if not sa.inspect(bind).has_table('t'):\n    op.create_table('t', sa.Column('id', sa.Integer))",
    );
    is_readable(
        "names = {c['name'] for c in sa.inspect(bind).get_columns('t')}\nif 'x' not in names:\n    op.add_column('t', sa.Column('x', sa.Text))",
    );
    is_readable(
        "for row in bind.execute(sa.text('SELECT id, name FROM t')).fetchall():\n    bind.execute(sa.text('UPDATE t SET n = :n WHERE id = :i'), {'n': row.name.lower().strip(), 'i': row[0]})",
    );
    is_readable(
        "by_name = {}\nfor row in bind.execute(sa.text('SELECT id, name FROM t')):\n    by_name[row.name] = row.id\nop.execute(f\"UPDATE u SET t = {by_name['x']}\")",
    );
    is_readable("op.drop_index(bind.execute(sa.text('SELECT x')).scalar())");
}

#[test]
fn loops_end() {
    is_readable(
        "while True:\n    rows = bind.execute(sa.text('SELECT id FROM t LIMIT 9')).fetchall()\n    if not rows:\n        break\n    op.execute('DELETE FROM t')",
    );
    is_readable(
        "while bind.execute(sa.text('SELECT 1')).scalar():\n    op.execute('DELETE FROM t')",
    );
}

#[test]
fn an_answer_hides_nothing_else() {
    // What is inserted is not known, whatever the table is.
    is_not(
        "m = sa.MetaData()\nm.reflect(bind=bind)\nop.bulk_insert(sa.Table('t', m), [{'a': requests.get('x')}])",
        MODULE,
    );
    is_not(
        "x = bind.execute(sa.text('SELECT 1')).scalar()\nif max(x, requests.get('x')):\n    op.execute('SELECT 2')",
        MODULE,
    );
    is_readable(
        "m = sa.MetaData()\nm.reflect(bind=bind)\nop.bulk_insert(sa.Table('t', m), [{'a': bind.execute(sa.text('SELECT 1')).scalar()}])",
    );
}

#[test]
fn an_exception_of_the_script_is_its_own_affair() {
    is_readable("if bind.execute(sa.text('SELECT 1')).scalar():\n    raise Exception('not empty')");
    is_readable(
        "try:\n    bind.execute(sa.text('SELECT 1')).scalar()\nexcept sa.exc.IntegrityError:\n    import sys\n    sys.exit(1)",
    );
    is_readable(
        "try:\n    op.execute('SELECT 1')\nexcept Exception as e:\n    if 'exists' not in str(e):\n        raise",
    );
}

#[test]
fn every_branch_is_read() {
    is_not(
        "if bind.execute(sa.text('SELECT 1')).scalar():\n    requests.get('x')",
        MODULE,
    );
    is_not(
        "if bind.execute(sa.text('SELECT 1')).scalar():\n    pass\nelse:\n    requests.get('x')",
        MODULE,
    );
    is_not(
        "a = bind.execute(sa.text('SELECT 1')).scalar()\nif a > 1:\n    if a > 2:\n        if a < 5:\n            requests.get('x')",
        MODULE,
    );
    is_not(
        "for row in bind.execute(sa.text('SELECT 1')):\n    requests.get(row.url)",
        MODULE,
    );
    is_not(
        "x = [requests.get(r.url) for r in bind.execute(sa.text('SELECT 1'))]",
        MODULE,
    );
    is_not(
        "x = bind.execute(sa.text('SELECT 1')).scalar() and requests.get('x')",
        MODULE,
    );
    is_not(
        "try:\n    op.execute('SELECT 1')\nexcept Exception:\n    requests.get('x')",
        MODULE,
    );
    is_not(
        "try:\n    op.execute('SELECT 1')\nexcept requests.Error:\n    pass",
        MODULE,
    );
}

#[test]
fn what_is_handed_on_is_read() {
    is_not(
        "rows = bind.execute(sa.text('SELECT 1')).fetchall()\nx = sorted(rows, key=lambda r: requests.get(r.url))",
        MODULE,
    );
    is_not(
        "def f(row):\n    return requests.get(row.url)\nx = list(map(f, bind.execute(sa.text('SELECT 1'))))",
        MODULE,
    );
}

#[test]
fn a_method_that_may_not_be_modelled_is_found_before() {
    is_not(
        "x = bind.execute(sa.text('SELECT 1')).scalar()\nop.execute(x.frobnicate())",
        "`frobnicate()` is called on what the database answers",
    );
}

#[test]
fn an_exception_hides_nothing() {
    is_readable(
        "rows = list(bind.execute(sa.text('SELECT 1')))\nfirst = rows[0]\nop.execute(f'SELECT {first.id}')",
    );
    is_not(
        "ids = {}\nfirst = ids['x']\nif bind.execute(sa.text('SELECT 1')).scalar():\n    pass",
        "KeyError: 'x'",
    );
}

#[test]
fn sessions_of_an_application_are_not_those_of_the_migration() {
    const DB: &str =
        "from flask_sqlalchemy import SQLAlchemy\nclass Own(SQLAlchemy):\n    pass\ndb = Own()\n";
    let with_db =
        |body: &str| -> &'static str { Box::leak(format!("{DB}{body}").into_boxed_str()) };
    is_readable(with_db(
        "session = db.Session(bind=bind)\nsession.execute(sa.text('DELETE FROM t'))\nsession.commit()",
    ));
    is_not(
        with_db("db.session.execute(sa.text('DELETE FROM t'))"),
        "a connection of the application's own",
    );
    is_not(
        with_db(
            "class Row(db.Model):\n    id = sa.Column(sa.Integer, primary_key=True)\nRow.query.delete()",
        ),
        "a connection of the application's own",
    );
    is_not(
        "from flask_appbuilder import SQLA\ndb = SQLA()\ndb.create_all()",
        "a connection of the application's own",
    );
}

#[test]
fn what_is_reflected_is_among_the_tables() {
    is_readable(
        "md = sa.MetaData()\nmd.bind = bind\nsa.Table('t', md, autoload_with=md.bind)\nop.bulk_insert(md.tables['t'], [{'name': 'x'}])",
    );
}

#[test]
fn inspections_take_more_than_they_look_at() {
    is_readable(
        "for key in sa.inspect(bind).get_foreign_keys(table_name='t', referred_table='u'):\n    op.drop_constraint(key['name'], 't', type_='foreignkey')",
    );
    is_not(
        "sa.inspect(bind).get_table_names(sqlite_include_internal=True)",
        "`sqlite_include_internal` of `get_table_names()` is not modelled",
    );
}

#[test]
fn libraries_around_are_known() {
    is_readable(
        "from oslo_log import log as logging\nlogging.getLogger(__name__).info('%s done', 't', resource=bind)",
    );
    is_readable(
        "from sqlalchemy.sql.type_api import TypeDecorator\nclass T(TypeDecorator):\n    impl = sa.SmallInteger\nop.add_column('t', sa.Column('x', T()))",
    );
    is_readable("if bind.dialect.dialect_description == 'x':\n    raise Exception('x')");
}

#[test]
fn objects_that_are_not_there_are_followed() {
    const MODELS: &str = "from sqlalchemy import orm\nBase = orm.declarative_base()\n\
        class Owner(Base):\n    __tablename__ = 'owners'\n    id = sa.Column(sa.Integer, primary_key=True)\n\
        class Item(Base):\n    __tablename__ = 'items'\n    id = sa.Column(sa.Integer, primary_key=True)\n    \
        name = sa.Column(sa.Text)\n    owner_id = sa.Column(sa.Integer, sa.ForeignKey('owners.id'))\n    \
        owner = orm.relationship(Owner)\n    noted = orm.relationship(Owner, viewonly=True)\n    \
        def fetch(self):\n        return requests.get(self.name)\n\
        session = orm.Session(bind=bind)\n";
    let with_models =
        |body: &str| -> &'static str { Box::leak(format!("{MODELS}{body}").into_boxed_str()) };
    is_readable(with_models(
        "for item in session.query(Item).all():\n    item.name = item.name + '!'\n    item.owner = None\nsession.commit()",
    ));
    is_readable(with_models(
        "for item, owner in session.query(Item, Owner).join(Owner):\n    item.name = 'x'\n    session.delete(item)",
    ));
    is_readable(with_models(
        "try:\n    session.query(Item).first().name = 'x'\nexcept Exception:\n    session.rollback()\n    raise",
    ));
    is_not(
        with_models("session.query(Item).first().id = 5"),
        "a primary key is changed",
    );
    is_not(
        with_models("session.query(Item).one().noted = None"),
        "which is no column, is set",
    );
    is_not(
        with_models("for item in session.query(Item):\n    item.fetch()"),
        MODULE,
    );
    is_not(
        with_models("session.delete(session.execute(sa.text('SELECT 1')).first())"),
        "an object is deleted whose class is not known",
    );
}
