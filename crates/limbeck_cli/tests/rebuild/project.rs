//! A project with a database of SQLite.

use std::process::Command;

use limbeck_testkit::Folder;
use rusqlite::types::Value;

pub(crate) struct Project {
    pub(crate) folder: Folder,
}

const INI: &str = "[alembic]\nscript_location = %(here)s/m\npath_separator = os\nsqlalchemy.url = sqlite:///%(here)s/app.db\n";

const ENV: &str = "\
import sqlalchemy as sa
from alembic import context

config = context.config
engine = sa.engine_from_config(config.get_section(config.config_ini_section), prefix='sqlalchemy.', poolclass=sa.pool.NullPool)
with engine.connect() as connection:
    connection.execute(sa.text('FIRST'))
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
";

impl Project {
    /// `first` is what env.py sends before anything else.
    pub(crate) fn new(name: &str, first: &str) -> Project {
        let folder = Folder::new(&format!("rebuild-{name}"));
        std::fs::create_dir_all(folder.join("m/versions")).unwrap();
        folder.write("alembic.ini", INI);
        folder.write("m/env.py", ENV.replace("FIRST", first));
        Project { folder }
    }

    /// A revision with this body of `upgrade()`, which stands on line 8.
    pub(crate) fn revision(&self, id: &str, down: &str, body: &str) {
        let text = format!(
            "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = '{id}'\ndown_revision = {down}\n\n\
             def upgrade():\n{body}\n\ndef downgrade():\n    pass\n"
        );
        std::fs::write(self.folder.join(format!("m/versions/{id}.py")), text).unwrap();
    }

    /// `upgrade head`
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_limbeck"));
        command
            .args(["--no-python", "upgrade", "head"])
            .current_dir(&self.folder)
            .env_remove("ALEMBIC_CONFIG");
        command
    }

    /// The end of `upgrade head`, and what it says.
    pub(crate) fn run(&self) -> (bool, String) {
        let output = self.command().output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        (output.status.success(), text)
    }

    #[track_caller]
    pub(crate) fn upgrades(&self) -> String {
        let (worked, text) = self.run();
        assert!(worked, "{text}");
        text
    }

    #[track_caller]
    pub(crate) fn refuses(&self, expected: &[&str]) {
        let (worked, text) = self.run();
        assert!(!worked, "{text}");
        for words in expected {
            assert!(text.contains(words), "no {words:?} in: {text}");
        }
    }

    /// A connection that does not enforce keys.
    fn connection(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.folder.join("app.db")).unwrap();
        connection
            .pragma_update(None, "foreign_keys", false)
            .unwrap();
        connection
    }

    pub(crate) fn execute(&self, script: &str) {
        self.connection().execute_batch(script).unwrap();
    }

    /// The cells of the first row, with bars between them.
    pub(crate) fn first_row(&self, query: &str) -> String {
        let connection = self.connection();
        let mut statement = connection.prepare(query).unwrap();
        let count = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let Some(row) = rows.next().unwrap() else {
            return String::new();
        };
        let cell = |at: usize| match row.get::<_, Value>(at).unwrap() {
            Value::Null => "NULL".to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Real(number) => number.to_string(),
            Value::Text(text) => text,
            Value::Blob(bytes) => format!("{bytes:?}"),
        };
        let cells: Vec<String> = (0..count).map(cell).collect();
        cells.join("|")
    }

    #[track_caller]
    pub(crate) fn gives(&self, query: &str, expected: &str) {
        assert_eq!(self.first_row(query), expected, "{query}");
    }

    #[track_caller]
    pub(crate) fn breaks(&self, statement: &str, words: &str) {
        let error = self.connection().execute_batch(statement).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(words), "no {words:?} in: {text}");
    }
}
