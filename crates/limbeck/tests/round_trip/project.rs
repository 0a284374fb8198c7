//! A project of one revision, whose `upgrade()` is the case.

use limbeck::commands::migrate::{Migrate, upgrade};
use limbeck::{Environment, Options, Project, Silent};
use serde_json::Value;

use crate::place::Place;

const ENV: &str = "\
import sqlalchemy as sa
from alembic import context

config = context.config
target_metadata = sa.MetaData(naming_convention=CONVENTION)
connectable = sa.engine_from_config(config.get_section(config.config_ini_section), prefix='sqlalchemy.', poolclass=sa.pool.NullPool)
with connectable.connect() as connection:
ATTACH    context.configure(connection=connection, target_metadata=target_metadata)
    with context.begin_transaction():
        context.run_migrations()
";

const SCRIPT: &str = "\
import datetime
import decimal
import uuid

import sqlalchemy as sa
from alembic import op
from alembic.operations import ops
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite

revision = 'a'
down_revision = None


def upgrade():
";

/// Runs a case; what it is refused with otherwise.
pub(crate) fn run(place: &Place, case: &Value) -> Result<(), String> {
    let folder = place.folder();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let convention = case.get("naming_convention");
    let convention = convention.map_or("None".to_owned(), Value::to_string);
    let attach: Vec<String> = place
        .attached()
        .map(|(name, path)| {
            format!("    connection.execute(sa.text(\"ATTACH DATABASE '{path}' AS {name}\"))\n")
        })
        .collect();
    let env = ENV
        .replace("CONVENTION", &convention)
        .replace("ATTACH", &attach.concat());
    write("env.py", &env);
    let ini = format!(
        "[alembic]\nscript_location = %(here)s\npath_separator = os\nsqlalchemy.url = {}\n",
        place.url()
    );
    write("alembic.ini", &ini);
    let op = case.get("op").and_then(Value::as_str).unwrap();
    std::fs::create_dir_all(folder.join("versions")).unwrap();
    write("versions/a.py", &format!("{SCRIPT}{}", indent(op)));
    let environment = Environment::at_this_moment(Default::default(), folder.to_owned());
    let options = Options {
        allow_python: false,
        ..Options::default()
    };
    let project = Project::load(&environment, &options).map_err(words)?;
    let arguments = Migrate {
        revision: "head".to_owned(),
        ..Migrate::default()
    };
    upgrade(&project, &arguments, &mut Silent).map_err(words)
}

fn words(error: limbeck::Error) -> String {
    error.diagnostic.message
}

/// As the body of a function; the lines of a string stay as they are.
fn indent(text: &str) -> String {
    let mut inside = false;
    let mut out = String::new();
    for line in text.lines() {
        if !inside {
            out.push_str("    ");
        }
        out.push_str(line);
        out.push('\n');
        inside ^= line.matches("\"\"\"").count() % 2 == 1;
    }
    out
}
