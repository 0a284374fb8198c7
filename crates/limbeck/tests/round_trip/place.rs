//! Where cases run: one database a server, made anew for every case.

use std::path::{Path, PathBuf};

use limbeck_db::{Connection, Server, connect};
use limbeck_schema::Literal;
use limbeck_testkit::Database;
use limbeck_testkit::server::MariaDbServer;

pub(crate) struct Place {
    server: Server,
    /// Gives the folder of the project, and the name of the database.
    database: Database,
    folder: PathBuf,
    queries: Vec<String>,
    /// Databases of MariaDB that are none of the cases'.
    others: Vec<String>,
    attach: Vec<String>,
    keeper: Option<Box<dyn Connection>>,
    /// A server of its own for MariaDB, whose schemas are databases: others may use the same names.
    own: Option<MariaDbServer>,
}

impl Place {
    pub(crate) fn new(server: Server) -> Place {
        let queries = match server {
            Server::Sqlite => include_str!("sqlite.sql"),
            Server::Postgres => include_str!("postgresql.sql"),
            Server::MySql | Server::MariaDb => include_str!("mariadb.sql"),
        };
        let queries = queries.lines().filter(|line| line.starts_with("SELECT"));
        let database = Database::create(server);
        // SQLite waits for the disk after each statement: memory is as good here.
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() {
            memory.to_owned()
        } else {
            std::env::temp_dir()
        };
        let folder = parent.join(format!("limbeck-round-trip-{}", database.name()));
        std::fs::create_dir_all(&folder).unwrap();
        let own = (server == Server::MariaDb).then(|| MariaDbServer::start().expect("MariaDB"));
        let mut place = Place {
            server,
            database,
            folder,
            queries: queries
                .map(|line| line.trim_end_matches(';').to_owned())
                .collect(),
            others: Vec::new(),
            attach: Vec::new(),
            keeper: None,
            own,
        };
        if place.own.is_some() {
            place.others = place.databases();
        }
        place
    }

    /// Databases of MariaDB that cases have made.
    fn databases(&mut self) -> Vec<String> {
        let found = self.cells("SELECT schema_name FROM information_schema.schemata ORDER BY 1");
        let is_ours = |name: &String| !self.others.contains(name);
        found.into_iter().filter(is_ours).collect()
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn url(&self) -> String {
        match (&self.own, self.server) {
            (Some(own), _) => format!("{}{}", own.url(), self.name()),
            (None, Server::Sqlite) => format!("sqlite:///{}", self.file("main")),
            (None, _) => self.database.url(),
        }
    }

    fn name(&self) -> &str {
        self.database.name()
    }

    fn file(&self, schema: &str) -> String {
        format!("{}/{schema}.db", self.folder.display())
    }

    /// Databases of SQLite that env.py attaches.
    pub(crate) fn attached(&self) -> impl Iterator<Item = (&str, String)> {
        self.attach
            .iter()
            .map(|name| (name.as_str(), self.file(name)))
    }

    fn keeper(&mut self) -> &mut dyn Connection {
        let (server, folder) = (self.server, self.folder.clone());
        let options = match (&self.own, server) {
            (Some(own), _) => {
                let mut options = self.database.options();
                options.port = Some(own.port());
                options.database = Some("mysql".to_owned());
                options
            }
            (None, Server::Sqlite) => {
                limbeck_db::ConnectOptions::sqlite(folder.join("main.db").display().to_string())
            }
            (None, _) => self.database.options(),
        };
        let attach = self.attach.clone();
        let keeper = self.keeper.get_or_insert_with(|| {
            let mut keeper = connect(&options).unwrap();
            for name in attach {
                let path = folder.join(format!("{name}.db"));
                keeper
                    .execute(&format!("ATTACH DATABASE '{}' AS {name}", path.display()))
                    .unwrap();
            }
            keeper
        });
        &mut **keeper
    }

    /// Makes the database empty.
    pub(crate) fn reset(&mut self, attach: &[String]) {
        match self.server {
            Server::Sqlite => {
                self.keeper = None;
                std::fs::remove_dir_all(&self.folder).unwrap();
                std::fs::create_dir_all(&self.folder).unwrap();
                self.attach = attach.to_vec();
            }
            Server::Postgres => {
                let found = self.cells(
                    "SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$'",
                );
                let drops = found
                    .iter()
                    .map(|name| format!("DROP SCHEMA {name} CASCADE;"));
                let script =
                    drops.collect::<String>() + "CREATE SCHEMA public; DROP ROLE IF EXISTS bob";
                self.keeper().execute(&script).unwrap();
            }
            Server::MySql | Server::MariaDb => {
                let name = self.name().to_owned();
                let databases = self.databases();
                let keeper = self.keeper();
                // Keys may lead from one to another.
                keeper.execute("SET foreign_key_checks=0").unwrap();
                for schema in databases {
                    keeper
                        .execute(&format!("DROP DATABASE IF EXISTS `{schema}`"))
                        .unwrap();
                }
                keeper.execute("SET foreign_key_checks=1").unwrap();
                keeper.execute("DROP USER IF EXISTS bob").unwrap();
                keeper.execute(&format!("CREATE DATABASE {name}")).unwrap();
                keeper.execute(&format!("USE {name}")).unwrap();
            }
        }
    }

    /// Runs the statements that make the database ready.
    pub(crate) fn prepare(&mut self, statements: &[String]) {
        for statement in statements {
            let done = self.keeper().execute(statement);
            done.unwrap_or_else(|error| panic!("{statement}: {}", error.diagnostic.message));
        }
    }

    fn cells(&mut self, query: &str) -> Vec<String> {
        let found = self.keeper().execute(query);
        let found = found.unwrap_or_else(|error| panic!("{query}: {}", error.diagnostic.message));
        let cell = |row: &Vec<Literal>| match row.first() {
            Some(Literal::Str(text)) => Some(text.clone()),
            Some(Literal::Bytes(bytes)) => Some(String::from_utf8_lossy(bytes).into_owned()),
            _ => None,
        };
        found.rows.iter().filter_map(cell).collect()
    }

    /// What is in the database, one line a thing.
    pub(crate) fn lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        for query in self.dump_queries() {
            for line in self.cells(&query) {
                if line.starts_with("SELECT ") {
                    lines.extend(self.cells(&line));
                } else {
                    lines.push(line);
                }
            }
        }
        let mut lines: Vec<String> = lines.iter().map(|line| self.plain(line)).collect();
        lines.sort_unstable();
        if self.server == Server::Sqlite {
            // The file is closed while the case runs.
            self.keeper = None;
        }
        lines
    }

    fn dump_queries(&mut self) -> Vec<String> {
        match self.server {
            Server::Sqlite => std::iter::once("main")
                .chain(self.attach.iter().map(String::as_str))
                .flat_map(|name| {
                    self.queries
                        .iter()
                        .map(move |query| rename_main(query, name))
                })
                .collect(),
            Server::Postgres => self.queries.clone(),
            Server::MySql | Server::MariaDb => {
                let names = self.databases();
                let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
                let names = names.join(", ");
                let queries = self.queries.iter();
                queries
                    .map(|query| query.replace(":schemas", &names))
                    .collect()
            }
        }
    }

    /// Without the name of the database, which is another every time.
    pub(crate) fn plain(&self, text: &str) -> String {
        match self.server {
            Server::MySql | Server::MariaDb => text.replace(self.name(), "main"),
            Server::Sqlite | Server::Postgres => text.to_owned(),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.keeper = None;
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

/// The word `main` means the main database.
fn rename_main(query: &str, name: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut rest = query;
    while let Some(at) = rest.find("main") {
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        let after = tail.strip_prefix("main").unwrap_or_default();
        let alone = !out.ends_with(is_word) && !after.starts_with(is_word);
        out.push_str(if alone { name } else { "main" });
        rest = after;
    }
    out + rest
}
