//! `sqlalchemy.inspect(bind)`

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use limbeck_schema::{ConstraintBody, Expr, IndexElement, Name, ServerDefault, Table};

use super::convert;
use super::registry::alchemy;
use super::type_object::TypeObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::value::{Class, Dict, NativeObject, Value};

/// `Inspector(bind)`
pub(crate) fn construct(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    inspect(ev, args)
}

/// `Inspector.from_engine`
pub(crate) fn class_attr(_ev: &mut Interp<'_>, _class: &Rc<Class>, name: &str) -> R<Option<Value>> {
    Ok((name == "from_engine").then(|| Value::native("from_engine", inspect)))
}

/// `inspect(bind)`
pub(crate) fn inspect(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "inspect", "subject,raiseerr=")?;
    let subject = args.take_or_none("subject");
    ev.need_known(&subject, "what is inspected")?;
    if !super::bind::is_connection(&subject) {
        return Ok(ev.foreign("`inspect()` of something else than the connection is not modelled"));
    }
    Ok(Value::object(InspectorObj {
        cache: RefCell::new(BTreeMap::new()),
    }))
}

/// An inspector. It remembers what it answered, as SQLAlchemy's does.
struct InspectorObj {
    cache: RefCell<BTreeMap<String, Value>>,
}

pub(crate) const METHODS: &[&str] = &[
    "get_table_names",
    "has_table",
    "get_columns",
    "get_indexes",
    "get_foreign_keys",
    "get_unique_constraints",
    "get_pk_constraint",
    "get_check_constraints",
    "get_table_comment",
    "clear_cache",
];

impl NativeObject for InspectorObj {
    fn type_name(&self) -> String {
        "Inspector".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class("Inspector")
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
        if name == "clear_cache" {
            self.cache.borrow_mut().clear();
            return Ok(Some(Value::None));
        }
        let signature = match name {
            "get_table_names" => "schema=",
            _ => "table_name,schema=",
        };
        let mut args = args.bind(ev, name, signature)?;
        let table = args.take_or_none("table_name");
        let table = convert::opt_text(ev, &table, "the name of a table")?;
        let schema = args.take_or_none("schema");
        let schema = convert::opt_text(ev, &schema, "`schema`")?;
        let key = format!("{name}\0{table:?}\0{schema:?}");
        let known = self.cache.borrow().get(&key).cloned();
        if let Some(known) = known {
            return Ok(Some(known));
        }
        let answer = answer(
            ev,
            name,
            table.as_deref().unwrap_or_default(),
            schema.as_deref(),
        )?;
        self.cache.borrow_mut().insert(key, answer.clone());
        Ok(Some(answer))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "dialect" => Some(super::dialect::current(ev)),
            "bind" | "engine" => Some(super::bind::connection()),
            _ => None,
        })
    }
}

fn answer(ev: &mut Interp<'_>, method: &str, table: &str, schema: Option<&str>) -> R {
    let found = ev.host().inspect(schema).map_err(Flow::from)?;
    let Some(found) = found else {
        return Err(super::emit::no_database(
            ev,
            &format!("`{method}()` inspects the database"),
        ));
    };
    if method == "get_table_names" {
        let names = found
            .tables
            .iter()
            .map(|table| Value::from(table.name.name.text.as_str()));
        return Ok(Value::list(names.collect()));
    }
    let table_found = found.tables.iter().find(|it| it.name.name.text == table);
    if method == "has_table" {
        if table_found.is_none() {
            // A view counts as well, and views are not inspected.
            return absent(ev, table, schema);
        }
        return Ok(Value::Bool(true));
    }
    let Some(found) = table_found else {
        let class = alchemy(ev).class("NoSuchTableError");
        return Err(ev.raise_class(&class, vec![Value::from(table)]));
    };
    Ok(match method {
        "get_columns" => {
            let mut list = Vec::new();
            for column in &found.columns {
                list.push(column_dict(ev, column));
            }
            Value::list(list)
        }
        "get_indexes" => Value::list(indexes(ev, found)),
        "get_pk_constraint" => primary_key(found),
        "get_table_comment" => {
            let text = Value::from(found.comment.clone());
            Value::dict(Dict::from_pairs([("text", text)]))
        }
        _ => {
            let list = found.constraints.iter();
            Value::list(
                list.filter_map(|constraint| constraint_dict(ev, method, constraint))
                    .collect(),
            )
        }
    })
}

/// No table of that name: false, unless the catalogue knows a view of it.
fn absent(ev: &mut Interp<'_>, table: &str, schema: Option<&str>) -> R {
    let _ = schema;
    let dialect = ev.host().dialect_name().to_owned();
    let quoted = table.replace('\'', "''");
    let sql = match dialect.as_str() {
        "sqlite" => {
            format!("SELECT count(*) FROM sqlite_master WHERE type = 'view' AND name = '{quoted}'")
        }
        _ => format!("SELECT count(*) FROM information_schema.views WHERE table_name = '{quoted}'"),
    };
    let execute = limbeck_schema::Execute {
        statement: limbeck_schema::Statement::Driver {
            sql,
            params: Vec::new(),
        },
        params: Vec::new(),
        via: limbeck_schema::ExecuteVia::Bind,
    };
    let origin = ev.location();
    let rows = ev.host().query(execute, origin).map_err(Flow::from)?;
    let count = rows.and_then(|rows| rows.rows.into_iter().next()?.into_iter().next());
    match count {
        Some(limbeck_schema::Literal::Int(count)) if count == 0.into() => Ok(Value::Bool(false)),
        _ => Err(ev.unreadable(format!(
            "whether `{table}` is a view that `has_table()` sees is not modelled"
        ))),
    }
}

fn column_dict(ev: &mut Interp<'_>, column: &limbeck_schema::Column) -> Value {
    let default = match &column.server_default {
        None | Some(ServerDefault::Computed(_) | ServerDefault::Identity(_)) => Value::None,
        Some(ServerDefault::Expr(Expr::Text(text))) => Value::from(text.sql.as_str()),
        Some(_) => ev.unknown("the text of this server default is not modelled"),
    };
    let type_ = match &column.type_ {
        Some(type_) => TypeObj::value(ev, type_.clone()),
        None => ev.unknown("the type of this column is not modelled"),
    };
    Value::dict(Dict::from_pairs([
        ("name", Value::from(column.name.text.as_str())),
        ("type", type_),
        ("nullable", Value::Bool(column.nullable)),
        ("default", default),
        (
            "autoincrement",
            ev.unknown("`autoincrement` of an inspected column is not modelled"),
        ),
        ("comment", Value::from(column.comment.clone())),
    ]))
}

fn names(list: &[Name]) -> Value {
    Value::list(
        list.iter()
            .map(|name| Value::from(name.text.as_str()))
            .collect(),
    )
}

/// Indexes, and on servers that show them so the ones behind unique constraints.
fn indexes(ev: &mut Interp<'_>, table: &Table) -> Vec<Value> {
    let mut list = Vec::new();
    let mut add = |ev: &Interp<'_>, name: Option<&str>, columns: Vec<Value>, unique: bool| {
        list.push(Value::dict(Dict::from_pairs([
            ("name", Value::from(name.map(Value::from))),
            ("unique", Value::Bool(unique)),
            ("column_names", Value::list(columns)),
            (
                "dialect_options",
                ev.unknown("dialect options of an inspected index are not modelled"),
            ),
        ])));
    };
    for index in &table.indexes {
        let columns = index.elements.iter().map(|element| match element {
            IndexElement::Column(name) => Value::from(name.text.as_str()),
            IndexElement::Expr(_) => Value::None,
        });
        add(ev, index.name.as_str(), columns.collect(), index.unique);
    }
    if ev.host().dialect_name() != "sqlite" {
        for constraint in &table.constraints {
            if let ConstraintBody::Unique(unique) = &constraint.body
                && !table
                    .indexes
                    .iter()
                    .any(|index| index.name.as_str() == constraint.name.as_str())
            {
                let columns = unique
                    .columns
                    .iter()
                    .map(|name| Value::from(name.text.as_str()));
                add(ev, constraint.name.as_str(), columns.collect(), true);
            }
        }
    }
    list
}

fn primary_key(table: &Table) -> Value {
    let found = table
        .constraints
        .iter()
        .find_map(|constraint| match &constraint.body {
            ConstraintBody::PrimaryKey(key) => Some((constraint, key)),
            _ => None,
        });
    let (columns, name) = match found {
        Some((constraint, key)) => (
            names(&key.columns),
            constraint.name.as_str().map(Value::from),
        ),
        None => {
            let key: Vec<Name> = table
                .columns
                .iter()
                .filter(|column| column.primary_key)
                .map(|column| column.name.clone())
                .collect();
            (names(&key), None)
        }
    };
    Value::dict(Dict::from_pairs([
        ("constrained_columns", columns),
        ("name", Value::from(name)),
    ]))
}

fn constraint_dict(
    ev: &Interp<'_>,
    method: &str,
    constraint: &limbeck_schema::Constraint,
) -> Option<Value> {
    let name = Value::from(constraint.name.as_str().map(Value::from));
    match (&constraint.body, method) {
        (ConstraintBody::ForeignKey(foreign), "get_foreign_keys") => {
            let referred = &foreign.referred_table;
            let schema = referred
                .schema
                .as_ref()
                .map(|name| Value::from(name.text.as_str()));
            Some(Value::dict(Dict::from_pairs([
                ("name", name),
                ("constrained_columns", names(&foreign.columns)),
                ("referred_schema", Value::from(schema)),
                ("referred_table", Value::from(referred.name.text.as_str())),
                ("referred_columns", names(&foreign.referred_columns)),
                (
                    "options",
                    ev.unknown("options of an inspected foreign key are not modelled"),
                ),
            ])))
        }
        (ConstraintBody::Unique(unique), "get_unique_constraints") => {
            Some(Value::dict(Dict::from_pairs([
                ("name", name),
                ("column_names", names(&unique.columns)),
            ])))
        }
        (ConstraintBody::Check(check), "get_check_constraints") => {
            let sqltext = match &check.sqltext {
                Expr::Text(text) => Value::from(text.sql.as_str()),
                _ => ev.unknown("the text of this check constraint is not modelled"),
            };
            Some(Value::dict(Dict::from_pairs([
                ("name", name),
                ("sqltext", sqltext),
            ])))
        }
        _ => None,
    }
}
