//! The driver's own connection, as a listener of `connect` gets it.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use super::EnvTarget;
use super::recorder::Recorder;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, NativeObject, Value};

/// A connection of the driver; what is executed on it is written down.
pub(super) struct DriverConnection(Rc<Shared>);

struct Shared {
    recorder: Rc<Recorder>,
    target: EnvTarget,
    is_async: bool,
    class: OnceCell<Option<Rc<Class>>>,
    /// Attributes that a listener has set.
    set: RefCell<Vec<(String, Value)>>,
}

/// The class of a driver's connection: module and name; none where it is not known.
fn class_of_driver(
    name: &str,
    is_async: bool,
    since_2_1: bool,
) -> Option<(&'static str, &'static str)> {
    let (backend, driver) = name.split_once('+').unwrap_or((name, ""));
    Some(match (backend, driver) {
        ("sqlite", "" | "pysqlite") => ("sqlite3", "Connection"),
        ("sqlite", "aiosqlite") => (
            "sqlalchemy.dialects.sqlite.aiosqlite",
            "AsyncAdapt_aiosqlite_connection",
        ),
        ("postgresql", "") if since_2_1 => ("psycopg", "Connection"),
        ("postgresql", "" | "psycopg2") => ("psycopg2.extensions", "connection"),
        ("postgresql", "psycopg_async") => (
            "sqlalchemy.dialects.postgresql.psycopg",
            "AsyncAdapt_psycopg_connection",
        ),
        ("postgresql", "psycopg") if is_async => (
            "sqlalchemy.dialects.postgresql.psycopg",
            "AsyncAdapt_psycopg_connection",
        ),
        ("postgresql", "psycopg") => ("psycopg", "Connection"),
        ("postgresql", "asyncpg") => (
            "sqlalchemy.dialects.postgresql.asyncpg",
            "AsyncAdapt_asyncpg_connection",
        ),
        ("mysql" | "mariadb", "" | "mysqldb") => ("MySQLdb.connections", "Connection"),
        ("mysql" | "mariadb", "pymysql") => ("pymysql.connections", "Connection"),
        ("mysql" | "mariadb", "aiomysql") => (
            "sqlalchemy.dialects.mysql.aiomysql",
            "AsyncAdapt_aiomysql_connection",
        ),
        ("mysql" | "mariadb", "asyncmy") => (
            "sqlalchemy.dialects.mysql.asyncmy",
            "AsyncAdapt_asyncmy_connection",
        ),
        _ => return None,
    })
}

impl DriverConnection {
    pub(super) fn new(
        recorder: &Rc<Recorder>,
        target: &EnvTarget,
        is_async: bool,
    ) -> DriverConnection {
        DriverConnection(Rc::new(Shared {
            recorder: Rc::clone(recorder),
            target: target.clone(),
            is_async,
            class: OnceCell::new(),
            set: RefCell::default(),
        }))
    }

    pub(super) fn value(&self) -> Value {
        Value::object(Connection(Rc::clone(&self.0)))
    }

    /// What the listeners have left behind.
    ///
    /// # Errors
    /// A setting that changes how statements are run later.
    pub(super) fn end(&self, ev: &mut Interp<'_>) -> R<()> {
        for (name, value) in self.0.set.borrow().iter() {
            let is_plain = match name.as_str() {
                // Transactions are Limbeck's affair on SQLite, whatever the driver would do.
                "isolation_level" => self.0.is_sqlite(),
                "autocommit" => matches!(value, Value::Bool(false)),
                "row_factory" | "text_factory" => false,
                _ => true,
            };
            if !is_plain {
                return Err(ev.unreadable(format!(
                    "a listener sets `{name}` of the driver's connection"
                )));
            }
        }
        Ok(())
    }
}

impl Shared {
    fn drivername(&self) -> Option<String> {
        match &self.target {
            EnvTarget::Url(url) => {
                let parts = self.recorder.config.parse_url(url).ok()?;
                Some(parts.drivername)
            }
            _ => None,
        }
    }

    fn is_sqlite(&self) -> bool {
        let name = self.drivername().unwrap_or_default();
        name.split('+').next() == Some("sqlite")
    }

    fn execute(&self, ev: &mut Interp<'_>, name: &str, args: Args) -> R<()> {
        let mut args = args.bind(ev, name, "sql, parameters=, /, **kw")?;
        let sql = args.take_or_none("sql");
        let parameters = args.take_or_none("parameters");
        ev.need_known(&sql, "a statement of a listener")?;
        if sql.as_str().is_none() {
            return Err(ev.unreadable("a listener executes what is no text"));
        }
        self.recorder
            .execute(ev, &self.target, &sql, Some(&parameters))
    }
}

struct Connection(Rc<Shared>);

impl NativeObject for Connection {
    fn type_name(&self) -> String {
        "Connection".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        let since_2_1 = crate::alchemy::version::sqlalchemy_at_least(ev, 2, 1);
        let class = self.0.class.get_or_init(|| {
            let driver = self.0.drivername()?;
            let (module, name) = class_of_driver(&driver, self.0.is_async, since_2_1)?;
            if module == "sqlite3" {
                return Some(Rc::clone(&crate::modules::sqlite3::classes(ev).connection));
            }
            Some(Class::native(name, module, Vec::new(), None))
        });
        class.clone()
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        if let Some((_, value)) = self.0.set.borrow().iter().find(|(set, _)| set == name) {
            return Ok(Some(value.clone()));
        }
        Ok(match name {
            "autocommit" if !self.0.is_sqlite() => Some(Value::Bool(false)),
            "isolation_level" if self.0.is_sqlite() => Some(Value::from("")),
            _ if name.starts_with("__") || METHODS.contains(&name) => None,
            _ => Some(ev.unknown(format!(
                "`{name}` of the driver's connection is not modelled"
            ))),
        })
    }

    fn set_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str, value: Value) -> R<bool> {
        let mut set = self.0.set.borrow_mut();
        set.retain(|(known, _)| known != name);
        set.push((name.to_owned(), value));
        Ok(true)
    }

    fn methods(&self) -> &'static [&'static str] {
        METHODS
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "cursor" => Value::object(Cursor(Rc::clone(&self.0))),
            "execute" | "executescript" if self.0.is_sqlite() => {
                self.0.execute(ev, name, args)?;
                Value::object(Cursor(Rc::clone(&self.0)))
            }
            "commit" | "rollback" => Value::None,
            "create_function" | "create_aggregate" | "create_collation" => {
                let given = args.get(0).or_else(|| args.keyword("name"));
                let is_own = given
                    .and_then(Value::as_str)
                    .is_some_and(|name| !is_builtin(&name));
                if !is_own {
                    return Err(ev.unreadable(format!(
                        "a listener changes what SQLite can do with `{name}`"
                    )));
                }
                // A migration that calls it fails with SQLite's own words.
                Value::None
            }
            _ => {
                return Err(ev.unreadable(format!(
                    "a listener calls `{name}()` of the driver's connection, which is not modelled"
                )));
            }
        }))
    }
}

const METHODS: &[&str] = &[
    "cursor",
    "execute",
    "executescript",
    "commit",
    "rollback",
    "create_function",
    "create_aggregate",
    "create_collation",
    "enable_load_extension",
    "load_extension",
];

/// True for a function or collation that SQLite has itself; a name that is not known to be free counts as one.
fn is_builtin(name: &str) -> bool {
    let name = name.to_lowercase();
    const BUILTIN: &[&str] = &[
        "abs",
        "avg",
        "binary",
        "cast",
        "ceil",
        "ceiling",
        "changes",
        "char",
        "coalesce",
        "concat",
        "concat_ws",
        "count",
        "date",
        "datetime",
        "exp",
        "floor",
        "format",
        "glob",
        "group_concat",
        "hex",
        "if",
        "ifnull",
        "iif",
        "instr",
        "json",
        "last_insert_rowid",
        "length",
        "like",
        "ln",
        "log",
        "lower",
        "ltrim",
        "max",
        "min",
        "mod",
        "nocase",
        "nullif",
        "octet_length",
        "pi",
        "pow",
        "power",
        "printf",
        "quote",
        "random",
        "randomblob",
        "replace",
        "round",
        "rtrim",
        "sign",
        "soundex",
        "sqrt",
        "strftime",
        "string_agg",
        "substr",
        "substring",
        "sum",
        "time",
        "timediff",
        "total",
        "trim",
        "trunc",
        "typeof",
        "unhex",
        "unicode",
        "unixepoch",
        "upper",
        "zeroblob",
    ];
    BUILTIN.contains(&name.as_str())
        || [
            "json_", "jsonb", "sqlite_", "log", "julian", "like", "load_",
        ]
        .iter()
        .any(|start| name.starts_with(start))
}

struct Cursor(Rc<Shared>);

impl NativeObject for Cursor {
    fn type_name(&self) -> String {
        "Cursor".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "execute",
            "executescript",
            "close",
            "fetchone",
            "fetchall",
            "fetchmany",
        ]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "execute" | "executescript" => {
                self.0.execute(ev, name, args)?;
                Value::Object(self)
            }
            "close" => Value::None,
            _ => ev.unknown("a listener asks the database"),
        }))
    }

    fn enter(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(Some(Value::Object(self)))
    }
}
