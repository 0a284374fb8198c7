//! A dialect as Python code asks for it.

use std::rc::Rc;

use crate::alchemy::registry::alchemy;
use crate::alchemy::types::object::{TypeObj, to_type};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, NativeObject, Value};

/// A dialect.
struct DialectObj {
    name: String,
}

/// A dialect of that name.
pub(crate) fn dialect_value(_ev: &Interp<'_>, name: &str) -> Value {
    Value::object(DialectObj {
        name: name.to_owned(),
    })
}

/// The dialect of the migration.
pub(crate) fn current(ev: &mut Interp<'_>) -> Value {
    let name = ev.host().dialect_name().to_owned();
    dialect_value(ev, &name)
}

/// `MySQLDialect()` and the like.
pub(crate) fn construct(ev: &mut Interp<'_>, class: &Rc<Class>, args: Args) -> R {
    let name = match &*class.name {
        "PGDialect" => "postgresql",
        "MySQLDialect" => "mysql",
        "SQLiteDialect" => "sqlite",
        _ => return Ok(ev.foreign(format!("`{}` is not modelled", class.name))),
    };
    if !args.positional.is_empty() || !args.keywords.is_empty() {
        return Ok(ev.foreign("a dialect with options of its own is not modelled"));
    }
    // MariaDB's dialect is MySQL's.
    let current = ev.host().dialect_name().to_owned();
    let is_current = name == "mysql" && current == "mariadb";
    Ok(dialect_value(ev, if is_current { &current } else { name }))
}

/// `dialect.identifier_preparer` of the migration's dialect.
struct Preparer;

impl NativeObject for Preparer {
    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        Err(ev.unreadable("the text of an identifier preparer holds an address in memory"))
    }

    fn type_name(&self) -> String {
        "IdentifierPreparer".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["quote"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        let mut args = args.bind(ev, name, "ident,force=")?;
        let ident = args.take_or_none("ident");
        ev.need_known(&ident, "the name that is quoted")?;
        let Value::Str(text) = &ident else {
            return Err(ev.unreadable("quoting something else than a text is not modelled"));
        };
        let quoted = ev.host().quote(text);
        match quoted {
            // Whether a percent sign is doubled depends on how the text is executed.
            Some(quoted) if !text.contains('%') => Ok(Some(Value::from(quoted))),
            // What is probed is not executed.
            None if ev.is_probing() => Ok(Some(ident)),
            _ => Err(ev.unreadable("how this name is quoted is not known")),
        }
    }
}

impl NativeObject for DialectObj {
    fn type_name(&self) -> String {
        "Dialect".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        // The driver's dialect is a class of its own, and its base is what scripts ask for.
        let driver = (ev.host().dialect_name() == self.name).then(|| ev.host().driver_name());
        let class = match driver {
            Some("psycopg2") => "PGDialect_psycopg2",
            Some("psycopg") => "PGDialect_psycopg",
            Some("asyncpg") => "PGDialect_asyncpg",
            Some("pymysql") => "MySQLDialect_pymysql",
            Some("pysqlite") => "SQLiteDialect_pysqlite",
            Some("aiosqlite") => "SQLiteDialect_aiosqlite",
            _ => "",
        };
        if let Some(class) = alchemy(ev).find_class(class) {
            return Some(class);
        }
        let class = match self.name.as_str() {
            "postgresql" => "PGDialect",
            "mysql" | "mariadb" => "MySQLDialect",
            "sqlite" => "SQLiteDialect",
            "mssql" => "MSDialect",
            "oracle" => "OracleDialect",
            _ => "Dialect",
        };
        alchemy(ev).find_class(class)
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "type_descriptor",
            "has_table",
            "has_index",
            "get_columns",
            "get_pk_constraint",
            "get_foreign_keys",
            "get_indexes",
            "get_unique_constraints",
        ]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        match name {
            "type_descriptor" => {
                let mut args = args.bind(ev, "type_descriptor", "typeobj")?;
                let type_ = args.take_or_none("typeobj");
                let type_ = to_type(ev, &type_, "the type")?;
                let type_ = crate::alchemy::types::adapted::type_descriptor(ev, &self.name, type_)?;
                Ok(Some(TypeObj::value(ev, type_)))
            }
            _ => {
                // What an inspector of the connection answers.
                let signature = match name {
                    "has_index" => "connection,table_name,index_name,schema=,**kw",
                    _ => "connection,table_name,schema=,**kw",
                };
                let mut args = args.bind(ev, name, signature)?;
                let connection = args.take_or_none("connection");
                let inspector = crate::alchemy::live::inspector::inspect(
                    ev,
                    Args::positional(vec![connection]),
                )?;
                let mut asked = Args::positional(vec![args.take_or_none("table_name")]);
                asked.positional.extend(args.take("index_name"));
                if let Some(schema) = args.take("schema") {
                    asked = asked.with("schema", schema);
                }
                ev.call_method(&inspector, name, asked).map(Some)
            }
        }
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let is_current = ev.host().dialect_name() == self.name;
        let number = |number: u32| Value::int(i64::from(number));
        Ok(match name {
            "name" => Some(Value::from(self.name.as_str())),
            "identifier_preparer" if is_current => Some(Value::object(Preparer)),
            "supports_sequences" => match self.name.as_str() {
                "sqlite" => Some(Value::Bool(false)),
                "postgresql" | "oracle" | "mssql" => Some(Value::Bool(true)),
                "mysql" if ev.host().is_offline() => Some(Value::Bool(false)),
                // Which of the two answers, and in which version, decides.
                _ => None,
            },
            "driver" | "dialect_description" if is_current => {
                let driver = ev.host().driver_name().to_owned();
                if driver.is_empty() {
                    return Err(crate::alchemy::op::emit::no_database(
                        ev,
                        "the driver is asked for",
                    ));
                }
                Some(Value::from(match name {
                    "driver" => driver,
                    _ => format!("{}+{driver}", self.name),
                }))
            }
            "server_version_info" if is_current => match ev.host().server_version() {
                // PostgreSQL has had two numbers since 10.
                Some([major, minor, _]) if self.name == "postgresql" && major >= 10 => {
                    Some(Value::tuple(vec![number(major), number(minor)]))
                }
                Some(numbers) => Some(Value::tuple(numbers.map(number).to_vec())),
                None => {
                    return Err(crate::alchemy::op::emit::no_database(
                        ev,
                        "the server's version is asked",
                    ));
                }
            },
            _ => None,
        })
    }
}
