//! `sqlalchemy.inspect(bind)`

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::alchemy::convert;
use crate::alchemy::live::failure::failed;
use crate::alchemy::live::reflected::Told;
use crate::alchemy::registry::alchemy;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::host::{Found, Look, LookAt};
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
    if crate::alchemy::orm::query::select_of(&subject).is_some() {
        return Ok(subject);
    }
    if !crate::alchemy::live::bind::is_connection(&subject) {
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
    "get_view_names",
    "get_materialized_view_names",
    "get_schema_names",
    "get_sequence_names",
    "get_enums",
    "has_table",
    "has_schema",
    "has_sequence",
    "has_index",
    "get_columns",
    "get_indexes",
    "get_foreign_keys",
    "get_unique_constraints",
    "get_pk_constraint",
    "get_check_constraints",
    "get_table_comment",
    "get_table_options",
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
            "get_enums" => "schema=",
            "get_table_names"
            | "get_view_names"
            | "get_materialized_view_names"
            | "get_sequence_names" => "schema=,**kw",
            "get_schema_names" => "**kw",
            "has_schema" => "schema_name,**kw",
            "has_sequence" => "sequence_name,schema=,**kw",
            "has_index" => "table_name,index_name,schema=,**kw",
            _ => "table_name,schema=,**kw",
        };
        let mut args = args.bind(ev, name, signature)?;
        // SQLAlchemy hands these to the dialect, which looks at its own and ignores the rest.
        let of_dialects = [
            "postgresql_",
            "mysql_",
            "mariadb_",
            "sqlite_",
            "mssql_",
            "oracle_",
            "dblink",
            "info_cache",
        ];
        let special = |key: &str| of_dialects.iter().any(|start| key.starts_with(start));
        if let Some((key, _)) = args.extra.iter().find(|(key, _)| special(key)) {
            return Err(ev.unreadable(format!("`{key}` of `{name}()` is not modelled")));
        }
        let mut given = [None, None, None];
        let names = [
            ["table_name", "schema_name", "sequence_name"].as_slice(),
            &["index_name"],
            &["schema"],
        ];
        for (slot, names) in given.iter_mut().zip(names) {
            for name in names {
                if let Some(value) = args.take(name) {
                    *slot = convert::opt_text(ev, &value, "the name that is inspected")?;
                }
            }
        }
        let [subject, index, schema] = given;
        let key = format!("{name}\0{subject:?}\0{index:?}\0{schema:?}");
        let known = self.cache.borrow().get(&key).cloned();
        if let Some(known) = known {
            return Ok(Some(known));
        }
        let question = Question {
            method: name,
            subject: subject.as_deref().unwrap_or_default(),
            index: index.as_deref().unwrap_or_default(),
            schema: schema.as_deref(),
        };
        let answer = question.answer(ev)?;
        self.cache.borrow_mut().insert(key, answer.clone());
        Ok(Some(answer))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "dialect" => Some(crate::alchemy::live::dialect::current(ev)),
            "default_schema_name" => {
                let question = Question::of("default_schema_name");
                let found = question.look(ev, None, LookAt::Names)?;
                Some(Value::from(found.schema.default_schema))
            }
            "bind" => Some(crate::alchemy::live::bind::connection(ev)),
            "engine" => Some(crate::alchemy::live::bind::engine(ev)),
            _ => None,
        })
    }
}

/// What an inspector is asked.
struct Question<'q> {
    method: &'q str,
    /// A table, a sequence or a namespace.
    subject: &'q str,
    index: &'q str,
    schema: Option<&'q str>,
}

fn texts(names: &[String]) -> Value {
    Value::list(
        names
            .iter()
            .map(|name| Value::from(name.as_str()))
            .collect(),
    )
}

impl<'q> Question<'q> {
    fn of(method: &'q str) -> Question<'q> {
        Question {
            method,
            subject: "",
            index: "",
            schema: None,
        }
    }

    fn look(&self, ev: &mut Interp<'_>, table: Option<&str>, what: LookAt) -> R<Found> {
        let look = Look {
            schema: self.schema,
            table,
            what,
        };
        match ev.host().inspect(&look) {
            Ok(Some(found)) => Ok(found),
            Ok(None) => Err(crate::alchemy::op::emit::no_database(
                ev,
                &format!("`{}()` inspects the database", self.method),
            )),
            Err(error) => Err(failed(ev, error)),
        }
    }

    fn names(&self, ev: &mut Interp<'_>) -> R<Found> {
        self.look(ev, None, LookAt::Names)
    }

    fn answer(&self, ev: &mut Interp<'_>) -> R {
        let is_postgres = ev.host().dialect_name() == "postgresql";
        Ok(match self.method {
            "get_table_names" => {
                let found = self.names(ev)?;
                let names = found.schema.tables.iter();
                Value::list(
                    names
                        .map(|table| Value::from(table.name.name.text.as_str()))
                        .collect(),
                )
            }
            "get_view_names" => texts(&self.names(ev)?.views),
            "get_materialized_view_names" => {
                let found = self.names(ev)?;
                if !is_postgres {
                    return Err(self.not_there(ev));
                }
                texts(&found.materialized_views)
            }
            "get_schema_names" => texts(&self.names(ev)?.schema_names),
            "has_schema" => {
                let found = self.names(ev)?;
                Value::Bool(found.schema_names.iter().any(|name| name == self.subject))
            }
            "has_table" => {
                let found = self.names(ev)?;
                // SQLite knows its tables in any case.
                let is_sqlite = ev.host().dialect_name() == "sqlite";
                let same = |name: &str| match is_sqlite {
                    true => name.eq_ignore_ascii_case(self.subject),
                    false => name == self.subject,
                };
                let tables = &found.schema.tables;
                Value::Bool(
                    tables.iter().any(|it| same(&it.name.name.text))
                        || found.views.iter().any(|it| same(it))
                        || found.materialized_views.iter().any(|it| same(it)),
                )
            }
            "get_sequence_names" | "has_sequence" => {
                let found = self.look(ev, None, LookAt::Sequences)?;
                if !is_postgres {
                    return Err(self.not_there(ev));
                }
                match self.method {
                    "has_sequence" => {
                        Value::Bool(found.sequences.iter().any(|name| name == self.subject))
                    }
                    _ => texts(&found.sequences),
                }
            }
            "get_enums" if self.schema == Some("*") => {
                return Err(ev.unreadable("`get_enums()` of every namespace is not modelled"));
            }
            "get_enums" => {
                let found = self.look(ev, None, LookAt::Tables)?;
                if !is_postgres {
                    let text = ev.unknown("the text of this exception is not modelled");
                    let class = ev.types().exception("AttributeError");
                    return Err(ev.raise_class(&class, vec![text]));
                }
                enums(ev, &found, self.schema)
            }
            _ => return self.of_table(ev),
        })
    }

    /// What the dialects of other databases lack.
    fn not_there(&self, ev: &mut Interp<'_>) -> crate::flow::Flow {
        if ev.host().dialect_name() != "sqlite" {
            return ev.unreadable(format!(
                "`{}()` of this dialect is not modelled",
                self.method
            ));
        }
        let text = ev.unknown("the text of this exception is not modelled");
        let class = ev.types().exception("NotImplementedError");
        ev.raise_class(&class, vec![text])
    }

    /// What is asked of one table.
    fn of_table(&self, ev: &mut Interp<'_>) -> R {
        let found = self.look(ev, Some(self.subject), LookAt::Tables)?;
        let mut tables = found.schema.tables.iter();
        let table = tables.find(|table| table.name.name.text == self.subject);
        let is_sqlite = ev.host().dialect_name() == "sqlite";
        let Some(table) = table else {
            let mut tables = found.schema.tables.iter();
            if is_sqlite && tables.any(|it| it.name.name.text.eq_ignore_ascii_case(self.subject)) {
                return Err(ev.unreadable(format!(
                    "`{}()` of a table that is written in another case is not modelled",
                    self.method
                )));
            }
            if self.method == "has_index" {
                return Ok(Value::Bool(false));
            }
            let is_view = found.views.iter().any(|it| it == self.subject)
                || found.materialized_views.iter().any(|it| it == self.subject);
            if is_view {
                return Err(ev.unreadable(format!("`{}()` of a view is not modelled", self.method)));
            }
            let class = alchemy(ev).class("NoSuchTableError");
            let name = match self.schema {
                Some(schema) => format!("{schema}.{}", self.subject),
                None => self.subject.to_owned(),
            };
            return Err(ev.raise_class(&class, vec![Value::from(name)]));
        };
        let dialect = ev.host().dialect_name().to_owned();
        let told = Told {
            table,
            dialect: &dialect,
        };
        Ok(match self.method {
            "get_columns" => told.columns(ev),
            "get_indexes" => told.indexes(ev),
            "has_index" => Value::Bool(told.has_index(self.index)),
            "get_pk_constraint" => told.primary_key(ev),
            "get_foreign_keys" => told.foreign_keys(),
            "get_unique_constraints" => told.unique_constraints(ev),
            "get_check_constraints" => told.check_constraints(ev),
            "get_table_options" => told.options(ev),
            _ => {
                if dialect == "sqlite" {
                    return Err(self.not_there(ev));
                }
                let text = Value::from(table.comment.clone());
                Value::dict(Dict::from_pairs([("text", text)]))
            }
        })
    }
}

/// `inspector.get_enums()`
fn enums(ev: &Interp<'_>, found: &Found, schema: Option<&str>) -> Value {
    let default = found.schema.default_schema.as_deref();
    let list = found.schema.enums.iter().map(|it| {
        let namespace = it.name.schema.as_ref().map(|name| name.text.as_str());
        let namespace = namespace.or(schema).or(default).unwrap_or_default();
        let visible = match Some(namespace) == default {
            true => Value::Bool(true),
            false => ev.unknown("whether this namespace is on the search path is not modelled"),
        };
        Value::dict(Dict::from_pairs([
            ("name", Value::from(it.name.name.text.as_str())),
            ("schema", Value::from(namespace)),
            ("visible", visible),
            ("labels", texts(&it.labels)),
        ]))
    });
    Value::list(list.collect())
}
