//! `op.get_bind()` and `op.get_context()`

use std::rc::Rc;

use indexmap::IndexMap;
use limbeck_schema::{Execute, ExecuteVia, Expr, Literal, Op, Statement};

use crate::alchemy::convert;
use crate::alchemy::environment::environment;
use crate::alchemy::live::columns::Source;
use crate::alchemy::live::failure::failed;
use crate::alchemy::live::inserted::NewKey;
use crate::alchemy::live::result::{ResultObj, Sources};
use crate::alchemy::op::data::{Executable, executable};
use crate::alchemy::orm::session::Unit;
use crate::alchemy::registry::alchemy;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::host::{Rows, Transact};
use crate::value::{Class, NativeObject, Value};

/// What stands for the connection: itself, a session on it, or its engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Connection,
    Session,
    Engine,
}

struct ConnectionObj {
    kind: Kind,
    /// The objects of a session.
    unit: Option<Rc<Unit>>,
}

/// The connection that the migration runs on: one object, whoever asks.
pub(crate) fn connection(ev: &Interp<'_>) -> Value {
    let seen = environment(ev);
    let mut known = seen.connection.borrow_mut();
    let made = || {
        Value::object(ConnectionObj {
            kind: Kind::Connection,
            unit: None,
        })
    };
    known.get_or_insert_with(made).clone()
}

/// The engine of that connection.
pub(crate) fn engine(ev: &Interp<'_>) -> Value {
    let seen = environment(ev);
    let mut known = seen.engine.borrow_mut();
    let made = || {
        Value::object(ConnectionObj {
            kind: Kind::Engine,
            unit: None,
        })
    };
    known.get_or_insert_with(made).clone()
}

/// A session on that connection.
pub(crate) fn session(unit: Rc<Unit>) -> Value {
    Value::object(ConnectionObj {
        kind: Kind::Session,
        unit: Some(unit),
    })
}

/// The rows of a query.
pub(crate) fn fetch(ev: &mut Interp<'_>, select: &Value) -> R<Vec<Rc<[Value]>>> {
    let result = execute(
        ev,
        Kind::Connection,
        "execute",
        Args::positional(vec![select.clone()]),
    )?;
    match result.downcast::<ResultObj>() {
        Some(result) => result.rows(ev),
        None => Err(ev.unreadable("the result of a query is not known")),
    }
}

/// True for the connection of the migration, or a session on it.
pub(crate) fn is_connection(value: &Value) -> bool {
    value.downcast_ref::<ConnectionObj>().is_some()
}

/// The migration context.
pub(crate) fn context() -> Value {
    Value::object(ContextObj)
}

/// What a statement is and what is known of its result.
struct Asked {
    statement: Statement,
    sources: Sources,
}

/// Runs a statement; its result is read, or not.
fn run(ev: &mut Interp<'_>, asked: Asked, params: Vec<IndexMap<String, Literal>>) -> R {
    let new_key = match &asked.statement {
        Statement::Insert(insert) if ev.host().is_live() => {
            let is_postgres = ev.host().dialect_name() == "postgresql";
            NewKey::of(insert, &params, is_postgres)
        }
        _ => None,
    };
    let is_insert = matches!(asked.statement, Statement::Insert(_));
    let is_definition = match &asked.statement {
        Statement::Text(text) => is_definition(&text.sql),
        Statement::Driver { sql, .. } => is_definition(sql),
        _ => false,
    };
    // SQLAlchemy itself reads the keys that it asked back.
    let is_silent =
        matches!(&asked.statement, Statement::Insert(insert) if insert.returning.is_empty());
    let execute = Execute {
        statement: asked.statement,
        params,
        via: ExecuteVia::Bind,
    };
    if !ev.host().is_live() {
        crate::alchemy::op::emit::emit(ev, Op::Execute(Box::new(execute)))?;
        return Ok(ResultObj::unread());
    }
    if !ev.is_running() {
        return Err(ev.unreadable("a statement stands outside of `upgrade()` and `downgrade()`"));
    }
    let origin = ev.location();
    let answer = ev.host().query(execute, origin);
    let rows = match answer {
        Ok(rows) => rows,
        Err(error) => return Err(failed(ev, error)),
    };
    let Some(mut rows) = rows else {
        return Ok(ResultObj::unread());
    };
    // Of an INSERT that SQLAlchemy writes, its version and the driver decide what is said.
    let dialect = ev.host().dialect_name().to_owned();
    let rowcount = match rows.rowcount {
        _ if is_insert && dialect == "postgresql" => None,
        // These drivers count the rows of statements that change rows, and nothing else.
        Some(0) if matches!(dialect.as_str(), "postgresql" | "sqlite") && is_definition => Some(-1),
        Some(count) => i64::try_from(count).ok(),
        None => Some(-1),
    };
    match new_key {
        Some(key) => key.result(ev, &rows, rowcount),
        None => {
            if is_silent {
                rows.rows.clear();
            }
            ResultObj::value(ev, rows, &asked.sources, rowcount, is_insert)
        }
    }
}

/// True for a statement that changes no rows, by its first word.
fn is_definition(sql: &str) -> bool {
    const WORDS: &[&str] = &[
        "CREATE", "ALTER", "DROP", "TRUNCATE", "COMMENT", "GRANT", "REVOKE", "SET", "PRAGMA",
        "ANALYZE", "REINDEX", "VACUUM", "LOCK", "DO",
    ];
    let word = sql.split_whitespace().next().unwrap_or_default();
    WORDS.iter().any(|it| it.eq_ignore_ascii_case(word))
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
            let value = crate::alchemy::types::literal::literal(
                ev,
                &value,
                &format!("the parameter `{key}`"),
            )?;
            map.insert(key, value);
        }
        out.push(map);
    }
    Ok(out)
}

/// `connection.execute(statement, parameters)`
fn execute(ev: &mut Interp<'_>, kind: Kind, name: &str, args: Args) -> R {
    const SIGNATURE: &str = "statement,parameters=,params=,*,execution_options=,bind_arguments=";
    let mut args = args.bind(ev, name, SIGNATURE)?;
    let value = args.take_or_none("statement");
    let mut params = args.take_or_none("parameters");
    if params.is_none() {
        params = args.take_or_none("params");
    }
    // The connection of `--sql` hands everything to Alembic's own `op.execute()`, which takes strings.
    let takes_strings = kind == Kind::Connection && ev.host().is_offline();
    if let Some(text) = value.as_str().filter(|_| !takes_strings) {
        let class = alchemy(ev).class("ObjectNotExecutableError");
        let text = limbeck_schema::py_str(&text);
        return Err(ev.raise_class(
            &class,
            vec![Value::from(format!("Not an executable object: {text}"))],
        ));
    }
    if kind == Kind::Connection && !takes_strings && value.is_none() {
        let class = alchemy(ev).class("ObjectNotExecutableError");
        let text = Value::from("Not an executable object: None");
        return Err(ev.raise_class(&class, vec![text]));
    }
    match executable(ev, &value, "the statement of `execute`")? {
        Executable::Op(op) => {
            crate::alchemy::op::emit::emit(ev, op)?;
            if ev.host().is_live() {
                return ResultObj::value(ev, Rows::default(), &None, None, false);
            }
            Ok(ResultObj::unread())
        }
        Executable::Statement(statement) => {
            let mut params = parameters(ev, &params)?;
            add_given(&value, &mut params);
            crate::alchemy::sql::dml::need_filled(ev, &value, &params)?;
            let sources = result_sources(ev, &value)?;
            let is_sequence = value
                .downcast::<crate::alchemy::schema::defaults::SequenceObj>()
                .is_some();
            let result = run(ev, Asked { statement, sources }, params)?;
            // A sequence gives its value at once.
            match is_sequence && kind == Kind::Connection && ev.host().is_live() {
                true => ev.call_method(&result, "scalar", Args::none()),
                false => Ok(result),
            }
        }
    }
}

/// Adds what `params()` of a query gave, where the call gives nothing else.
fn add_given(value: &Value, params: &mut Vec<IndexMap<String, Literal>>) {
    let Some(select) = value.downcast::<crate::alchemy::sql::select::SelectObj>() else {
        return;
    };
    if select.given().is_empty() {
        return;
    }
    if params.is_empty() {
        params.push(IndexMap::new());
    }
    for set in params {
        for (name, literal) in select.given() {
            set.entry(name.clone()).or_insert_with(|| literal.clone());
        }
    }
}

/// The columns that a statement gives, where it says them.
fn result_sources(ev: &mut Interp<'_>, value: &Value) -> R<Sources> {
    if let Some(select) = value.downcast::<crate::alchemy::sql::select::SelectObj>() {
        return Ok(Some(select.sources()));
    }
    if let Some(sources) = crate::alchemy::sql::dml::returned(value) {
        return Ok((!sources.is_empty()).then_some(sources));
    }
    Ok(match crate::alchemy::sql::clause::as_clause(ev, value)? {
        Some(clause) if !matches!(clause.expr, Expr::Text(_)) => Some(vec![Source {
            value: value.clone(),
            type_: clause.type_,
        }]),
        _ => None,
    })
}

/// Methods of a session.
const SESSION: &[&str] = &[
    "execute",
    "scalar",
    "scalars",
    "commit",
    "flush",
    "close",
    "begin",
    "begin_nested",
    "rollback",
    "connection",
    "get_bind",
    "in_transaction",
    "in_nested_transaction",
    "add",
    "add_all",
    "delete",
    "get",
    "query",
    "expire_all",
    "expunge_all",
    "bulk_save_objects",
    "bulk_insert_mappings",
    "bulk_update_mappings",
    "merge",
    "refresh",
];

impl NativeObject for ConnectionObj {
    fn type_name(&self) -> String {
        match self.kind {
            Kind::Connection => "Connection",
            Kind::Session => "Session",
            Kind::Engine => "Engine",
        }
        .to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        let name = self.type_name();
        let seen = environment(ev);
        let classes = seen.classes.borrow();
        let found = classes.iter().find(|class| *class.name == *name);
        found.cloned().or_else(|| alchemy(ev).find_class(&name))
    }

    fn methods(&self) -> &'static [&'static str] {
        if self.kind == Kind::Engine {
            return &["begin", "connect", "dispose", "raw_connection"];
        }
        if self.kind == Kind::Session {
            return SESSION;
        }
        &[
            "execute",
            "exec_driver_sql",
            "scalar",
            "scalars",
            "commit",
            "close",
            "begin",
            "begin_nested",
            "rollback",
            "execution_options",
            "in_transaction",
            "in_nested_transaction",
        ]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        if let Some(unit) = &self.unit
            && let Some(found) = crate::alchemy::orm::session::method(ev, unit, name, &args)?
        {
            return Ok(Some(found));
        }
        Ok(Some(match name {
            "execute" => execute(ev, self.kind, name, args)?,
            "scalar" | "scalars" => {
                let result = execute(ev, self.kind, name, args)?;
                match result.downcast_ref::<ResultObj>() {
                    None if name == "scalar" => result,
                    _ => ev.call_method(&result, name, Args::none())?,
                }
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
                        params.push(crate::alchemy::types::literal::literal(
                            ev,
                            &value,
                            "a parameter",
                        )?);
                    }
                }
                let asked = Asked {
                    statement: Statement::Driver { sql, params },
                    sources: None,
                };
                run(ev, asked, Vec::new())?
            }
            // The migration commits as a whole; a session on its connection joins that transaction.
            "flush" | "close" | "commit" if self.kind == Kind::Session => Value::None,
            "commit" if self.kind == Kind::Connection => {
                crate::alchemy::live::transaction::transact(ev, Transact::Commit)?;
                Value::None
            }
            "begin" if self.kind == Kind::Connection => {
                crate::alchemy::live::transaction::begin(ev)?
            }
            "begin_nested" if matches!(self.kind, Kind::Connection | Kind::Session) => {
                crate::alchemy::live::transaction::begin_nested(ev, self.unit.clone())?
            }
            // The transaction is the migration's: it fails in the end, whatever follows.
            "rollback" if ev.is_probing() && self.kind == Kind::Connection => {
                return Err(ev.end_of_the_way());
            }
            "execution_options" if args.keyword("isolation_level").is_some() => {
                return Err(ev.unreadable("an isolation level of its own is not modelled"));
            }
            "execution_options" if self.kind == Kind::Connection => Value::Object(self),
            "connection" | "get_bind" if self.kind == Kind::Session => connection(ev),
            "in_transaction" => Value::Bool(true),
            _ => {
                return Err(
                    ev.unreadable(format!("`{}.{name}()` is not modelled", self.type_name()))
                );
            }
        }))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "dialect" => Some(crate::alchemy::live::dialect::current(ev)),
            "name" if self.kind == Kind::Engine => {
                Some(Value::from(ev.host().dialect_name().to_owned()))
            }
            "url" if self.kind == Kind::Engine => {
                let url = environment(ev).url.borrow().clone();
                match url {
                    Some(url) => {
                        let module = ev.import("sqlalchemy.engine")?;
                        let make = ev.get_attr(&module, "make_url")?;
                        Some(ev.call(&make, Args::positional(vec![Value::from(url)]))?)
                    }
                    None => None,
                }
            }
            "closed" if self.kind == Kind::Connection => Some(Value::Bool(false)),
            "engine" | "bind" => Some(engine(ev)),
            _ => None,
        })
    }

    fn contains(self: Rc<Self>, ev: &mut Interp<'_>, _item: &Value) -> R<Option<bool>> {
        Err(ev.unreadable("whether a session holds an object is not modelled"))
    }

    fn enter(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(match self.kind {
            Kind::Session => Some(Value::Object(self)),
            _ => None,
        })
    }

    fn exit(self: Rc<Self>, ev: &mut Interp<'_>, _exception: Option<&Value>) -> R<bool> {
        if let Some(unit) = &self.unit {
            crate::alchemy::orm::session::method(ev, unit, "close", &Args::none())?;
        }
        Ok(false)
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
                crate::alchemy::op::data::execute(ev, None, Args::positional(vec![sql])).map(Some)
            }
        }
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "dialect" => Some(crate::alchemy::live::dialect::current(ev)),
            "bind" | "connection" => Some(connection(ev)),
            "config" => Some(crate::alchemy::script_context::config(ev)?),
            "as_sql" => Some(Value::Bool(ev.host().is_offline())),
            "version_table" => {
                let table = environment(ev).version_table.borrow().clone();
                table.map(|(table, _)| Value::from(table))
            }
            "version_table_schema" => {
                let table = environment(ev).version_table.borrow().clone();
                table.map(|(_, schema)| Value::from(schema))
            }
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
        crate::alchemy::op::emit::emit(ev, Op::BeginAutocommit)?;
        Ok(Some(Value::None))
    }

    fn exit(self: Rc<Self>, ev: &mut Interp<'_>, exception: Option<&Value>) -> R<bool> {
        if exception.is_none() || ev.host().is_live() {
            crate::alchemy::op::emit::emit(ev, Op::EndAutocommit)?;
        }
        Ok(false)
    }
}
