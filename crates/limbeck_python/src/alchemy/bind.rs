//! `op.get_bind()` and `op.get_context()`

use std::rc::Rc;

use indexmap::IndexMap;
use limbeck_schema::{Execute, ExecuteVia, Literal, Op, Statement};

use super::convert;
use super::op_data::{Executable, executable};
use super::registry::alchemy;
use super::result::ResultObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, NativeObject, Value};

/// What stands for the connection: itself, a session on it, or a transaction of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Connection,
    Session,
    Transaction,
    Engine,
}

struct ConnectionObj {
    kind: Kind,
}

/// The connection that the migration runs on.
pub(crate) fn connection() -> Value {
    Value::object(ConnectionObj {
        kind: Kind::Connection,
    })
}

/// A session on that connection.
pub(crate) fn session() -> Value {
    Value::object(ConnectionObj {
        kind: Kind::Session,
    })
}

/// True for the connection of the migration, or a session on it.
pub(crate) fn is_connection(value: &Value) -> bool {
    value.downcast_ref::<ConnectionObj>().is_some()
}

/// The migration context.
pub(crate) fn context() -> Value {
    Value::object(ContextObj)
}

/// Runs a statement; its result is read, or not.
fn run(ev: &mut Interp<'_>, statement: Statement, params: Vec<IndexMap<String, Literal>>) -> R {
    let execute = Execute {
        statement,
        params,
        via: ExecuteVia::Bind,
    };
    if ev.host().is_live() && returns_rows(&execute.statement) {
        let origin = ev.location();
        let rows = ev
            .host()
            .query(execute, origin)
            .map_err(crate::flow::Flow::from)?;
        return Ok(ResultObj::value(rows));
    }
    super::emit::emit(ev, Op::Execute(Box::new(execute)))?;
    Ok(ResultObj::value(None))
}

/// True when the statement may give rows.
fn returns_rows(statement: &Statement) -> bool {
    match statement {
        Statement::Select(_) | Statement::Expr(_) => true,
        Statement::Insert(insert) => !insert.returning.is_empty(),
        Statement::Update(update) => !update.returning.is_empty(),
        Statement::Delete(delete) => !delete.returning.is_empty(),
        Statement::Text(text) => text_returns_rows(&text.sql),
        Statement::Driver { sql, .. } => text_returns_rows(sql),
    }
}

fn text_returns_rows(sql: &str) -> bool {
    let mut rest = sql.trim_start();
    loop {
        if let Some(after) = rest.strip_prefix("--") {
            rest = after
                .split_once('\n')
                .map_or("", |(_, rest)| rest)
                .trim_start();
        } else if let Some(after) = rest.strip_prefix("/*") {
            rest = after
                .split_once("*/")
                .map_or("", |(_, rest)| rest)
                .trim_start();
        } else if let Some(after) = rest.strip_prefix('(') {
            rest = after.trim_start();
        } else {
            break;
        }
    }
    let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
    let word = word.to_ascii_uppercase();
    matches!(
        word.as_str(),
        "SELECT" | "WITH" | "SHOW" | "PRAGMA" | "EXPLAIN" | "VALUES" | "DESCRIBE" | "TABLE"
    ) || sql.to_ascii_uppercase().contains("RETURNING")
}

/// The parameter sets given beside a statement.
pub(crate) fn parameters(ev: &mut Interp<'_>, value: &Value) -> R<Vec<IndexMap<String, Literal>>> {
    ev.need_known(value, "the parameters of `execute`")?;
    let sets = match value.unwrap_payload() {
        Value::None => Vec::new(),
        Value::Dict(_) => vec![value.clone()],
        _ => convert::items(ev, value, "the parameters of `execute`")?,
    };
    let mut out = Vec::new();
    for set in sets {
        let mut map = IndexMap::new();
        for (key, value) in convert::pairs(ev, &set, "the parameters of `execute`")? {
            let key = convert::text(ev, &key, "the name of a parameter")?.to_string();
            let value = super::literal::literal(ev, &value, &format!("the parameter `{key}`"))?;
            map.insert(key, value);
        }
        out.push(map);
    }
    Ok(out)
}

/// `connection.execute(statement, parameters)`
fn execute(ev: &mut Interp<'_>, name: &str, args: Args) -> R {
    const SIGNATURE: &str = "statement,parameters=,params=,*,execution_options=,bind_arguments=";
    let mut args = args.bind(ev, name, SIGNATURE)?;
    let value = args.take_or_none("statement");
    let mut params = args.take_or_none("parameters");
    if params.is_none() {
        params = args.take_or_none("params");
    }
    if let Some(text) = value.as_str() {
        let class = alchemy(ev).class("ObjectNotExecutableError");
        let text = crate::eval::repr_str(&text);
        return Err(ev.raise_class(
            &class,
            vec![Value::from(format!("Not an executable object: {text}"))],
        ));
    }
    match executable(ev, &value, "the statement of `execute`")? {
        Executable::Op(op) => {
            super::emit::emit(ev, op)?;
            Ok(ResultObj::value(None))
        }
        Executable::Statement(statement) => {
            let params = parameters(ev, &params)?;
            run(ev, statement, params)
        }
    }
}

impl NativeObject for ConnectionObj {
    fn type_name(&self) -> String {
        match self.kind {
            Kind::Connection => "Connection",
            Kind::Session => "Session",
            Kind::Transaction => "Transaction",
            Kind::Engine => "Engine",
        }
        .to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class(&self.type_name())
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "execute",
            "exec_driver_sql",
            "scalar",
            "scalars",
            "commit",
            "flush",
            "close",
            "begin",
            "begin_nested",
            "rollback",
            "execution_options",
            "connection",
            "get_bind",
            "in_transaction",
        ]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "execute" => execute(ev, name, args)?,
            "scalar" | "scalars" => {
                let result = execute(ev, name, args)?;
                ev.call_method(&result, name, Args::none())?
            }
            "exec_driver_sql" => {
                let mut args = args.bind(ev, name, "statement,parameters=,execution_options=")?;
                let sql = args.take_or_none("statement");
                let sql = convert::text(ev, &sql, "the SQL of `exec_driver_sql`")?.to_string();
                let parameters = args.take_or_none("parameters");
                let mut params = Vec::new();
                if !parameters.is_none() {
                    if matches!(parameters.unwrap_payload(), Value::Dict(_)) {
                        return Err(
                            ev.unreadable("named parameters of `exec_driver_sql` are not modelled")
                        );
                    }
                    for value in
                        convert::items(ev, &parameters, "the parameters of `exec_driver_sql`")?
                    {
                        params.push(super::literal::literal(ev, &value, "a parameter")?);
                    }
                }
                run(ev, Statement::Driver { sql, params }, Vec::new())?
            }
            // The migration commits as a whole; a session on its connection joins that transaction.
            "flush" | "close" => Value::None,
            "commit" if self.kind == Kind::Session => Value::None,
            "begin" | "begin_nested" if self.kind != Kind::Transaction => {
                return Err(ev.unreadable(format!(
                    "a transaction of its own (`{name}()`) is not modelled"
                )));
            }
            "execution_options" | "connection" => Value::Object(self),
            "get_bind" => connection(),
            "in_transaction" => {
                return Err(super::emit::no_database(
                    ev,
                    "`in_transaction()` asks the connection",
                ));
            }
            _ => {
                return Err(
                    ev.unreadable(format!("`{}.{name}()` is not modelled", self.type_name()))
                );
            }
        }))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "dialect" => Some(super::dialect::current(ev)),
            "name" if self.kind == Kind::Engine => {
                Some(Value::from(ev.host().dialect_name().to_owned()))
            }
            "engine" | "bind" => Some(Value::object(ConnectionObj { kind: Kind::Engine })),
            _ => None,
        })
    }

    fn enter(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(match self.kind {
            Kind::Session => Some(Value::Object(self)),
            _ => None,
        })
    }
}

struct ContextObj;

impl NativeObject for ContextObj {
    fn type_name(&self) -> String {
        "MigrationContext".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class("MigrationContext")
    }

    fn methods(&self) -> &'static [&'static str] {
        &["autocommit_block", "execute"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        match name {
            "autocommit_block" => {
                args.bind(ev, name, "")?;
                Ok(Some(Value::object(AutocommitObj)))
            }
            _ => {
                let mut args = args.bind(ev, name, "sql,execution_options=")?;
                let sql = args.take_or_none("sql");
                super::op_data::execute(ev, None, Args::positional(vec![sql])).map(Some)
            }
        }
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "dialect" => Some(super::dialect::current(ev)),
            "bind" | "connection" => Some(connection()),
            "as_sql" => Some(Value::Bool(ev.host().is_offline())),
            _ => None,
        })
    }
}

/// `with op.get_context().autocommit_block():`
struct AutocommitObj;

impl NativeObject for AutocommitObj {
    fn type_name(&self) -> String {
        "autocommit_block".to_owned()
    }

    fn enter(self: Rc<Self>, ev: &mut Interp<'_>) -> R<Option<Value>> {
        super::emit::emit(ev, Op::BeginAutocommit)?;
        Ok(Some(Value::None))
    }

    fn exit(self: Rc<Self>, ev: &mut Interp<'_>, exception: Option<&Value>) -> R<bool> {
        if exception.is_none() {
            super::emit::emit(ev, Op::EndAutocommit)?;
        }
        Ok(false)
    }
}
