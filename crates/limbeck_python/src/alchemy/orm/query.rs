//! `session.query(…)`

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::alchemy::live::result::ResultObj;
use crate::alchemy::orm::mapped::{Mapper, mapper};
use crate::alchemy::orm::session::{Unit, entity_rows, mapped_class};
use crate::alchemy::schema::column::ColumnObj;
use crate::alchemy::schema::table::TableObj;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{NativeObject, Str, Value};

/// A query of a session.
#[derive(Clone)]
struct QueryObj {
    unit: Rc<Unit>,
    /// The `select()` that it is.
    select: Value,
    /// The class of `query(Class)`.
    single: Option<Rc<Mapper>>,
    /// The table of `query(table)`.
    table: Option<Value>,
    /// The class that `filter_by()` is about.
    zero: Option<Rc<Mapper>>,
    /// For each thing that is queried its class, where it is one.
    classes: Rc<[Option<Rc<crate::value::Class>>]>,
    /// True when a row holds an object.
    has_objects: bool,
    /// Conditions, for `update()` and `delete()`.
    conditions: Vec<Value>,
    /// What makes `update()` and `delete()` impossible.
    shaped: bool,
}

/// `session.query(*entities)`
pub(crate) fn query(ev: &mut Interp<'_>, unit: &Rc<Unit>, args: Args) -> R {
    query_of(ev, unit, args).map(Value::object)
}

fn query_of(ev: &mut Interp<'_>, unit: &Rc<Unit>, args: Args) -> R<QueryObj> {
    for value in &args.positional {
        ev.need_known(value, "what is queried")?;
    }
    let zero = match args.positional.first().and_then(mapped_class) {
        Some(class) => Some(mapper(ev, &Rc::clone(class))?),
        None => None,
    };
    let has_objects = args.positional.iter().any(|it| mapped_class(it).is_some());
    let single = match args.positional.as_slice() {
        [_] => zero.clone(),
        _ => None,
    };
    let table = match args.positional.as_slice() {
        [table] if table.downcast_ref::<TableObj>().is_some() => Some(table.clone()),
        _ => None,
    };
    let classes = args.positional.iter().map(|it| mapped_class(it).cloned());
    let classes: Rc<[_]> = classes.collect();
    let select = crate::alchemy::sql::select::select(ev, args)?;
    Ok(QueryObj {
        classes,
        unit: Rc::clone(unit),
        table,
        select,
        single,
        zero,
        has_objects,
        conditions: Vec::new(),
        shaped: false,
    })
}

const METHODS: &[&str] = &[
    "filter",
    "where",
    "filter_by",
    "order_by",
    "limit",
    "offset",
    "distinct",
    "group_by",
    "having",
    "join",
    "outerjoin",
    "select_from",
    "with_for_update",
    "options",
    "yield_per",
    "enable_eagerloads",
    "execution_options",
    "all",
    "first",
    "one",
    "one_or_none",
    "scalar",
    "count",
    "get",
    "update",
    "delete",
    "subquery",
    "with_entities",
    "scalar_subquery",
    "exists",
];

impl QueryObj {
    /// The same query with another `select()`.
    fn with(&self, ev: &mut Interp<'_>, name: &str, args: Args) -> R<QueryObj> {
        let select = ev.call_method(&self.select, name, args)?;
        Ok(QueryObj {
            select,
            ..self.clone()
        })
    }

    /// What the rows are, each object once as `Query` gives them.
    fn rows(&self, ev: &mut Interp<'_>, select: &Value) -> R<(Vec<String>, Vec<Vec<Value>>)> {
        self.unit.flush_before_query(ev)?;
        let (names, rows) = entity_rows(ev, &self.unit, select)?;
        if !self.has_objects {
            return Ok((names, rows));
        }
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        for row in rows {
            let mut key = String::new();
            for value in &row {
                match value {
                    Value::Instance(instance) => {
                        key.push_str(&format!("{:p}|", Rc::as_ptr(instance)))
                    }
                    Value::Unknown(_) => key.push_str("?|"),
                    other => key.push_str(&format!("{}|", ev.to_repr(other)?)),
                }
            }
            if seen.insert(key) {
                out.push(row);
            }
        }
        Ok((names, out))
    }

    fn result(&self, ev: &mut Interp<'_>, select: &Value) -> R {
        let (names, rows) = self.rows(ev, select)?;
        let result = ResultObj::of_values(names, rows);
        match self.single {
            Some(_) => ev.call_method(&result, "scalars", Args::none()),
            None => Ok(result),
        }
    }
}

/// The class of a query that is about one.
pub(crate) fn class_of(value: &Value) -> Option<Rc<crate::value::Class>> {
    let query = value.downcast_ref::<QueryObj>()?;
    let mapper = query.single.as_ref()?;
    Some(Rc::clone(&mapper.class))
}

/// The classes of a query that is about several things.
pub(crate) fn classes_of(value: &Value) -> Option<Rc<[Option<Rc<crate::value::Class>>]>> {
    let query = value.downcast_ref::<QueryObj>()?;
    (query.has_objects && query.single.is_none()).then(|| Rc::clone(&query.classes))
}

/// The `select()` that a query is.
pub(crate) fn select_of(value: &Value) -> Option<Value> {
    let query = value.downcast_ref::<QueryObj>()?;
    Some(query.select.clone())
}

/// Before `session.execute()` of a statement: one on a class writes what is pending and makes objects be read again.
pub(crate) fn changed_rows(ev: &mut Interp<'_>, unit: &Rc<Unit>, statement: &Value) -> R<()> {
    if crate::alchemy::sql::dml::is_on_class(statement) {
        unit.flush_before_query(ev)?;
        unit.expire_all();
    }
    Ok(())
}

fn column_key(mapper: &Mapper, key: &Value) -> Option<Str> {
    let name = key.as_str()?;
    let mut attributes = mapper.attributes.iter();
    attributes
        .find(|(attribute, _)| *attribute == name)
        .map(|(_, column)| Str::from(column.key()))
}

/// `query.update(values)`, `query.delete()`
fn change(ev: &mut Interp<'_>, query: &QueryObj, name: &str, args: Args) -> R {
    if let (Some(table), "delete", false) = (&query.table, name, query.shaped) {
        args.bind(ev, name, "synchronize_session=,delete_args=")?;
        query.unit.flush_before_query(ev)?;
        let table = Args::positional(vec![table.clone()]);
        let statement = crate::alchemy::sql::dml::delete(ev, table)?;
        let conditions = Args::positional(query.conditions.clone());
        let statement = ev.call_method(&statement, "where", conditions)?;
        query.unit.expire_all();
        let result = super::flush::run(ev, &statement)?;
        return ev.get_attr(&result, "rowcount");
    }
    let Some(mapper) = query.single.clone().filter(|_| !query.shaped) else {
        return Err(ev.unreadable(format!("`{name}()` of this query is not modelled")));
    };
    let signature = match name {
        "update" => "values,synchronize_session=,update_args=",
        _ => "synchronize_session=,delete_args=",
    };
    let mut args = args.bind(ev, name, signature)?;
    let synchronize = args.take("synchronize_session");
    query.unit.flush_before_query(ev)?;
    let class = Args::positional(vec![Value::Class(Rc::clone(&mapper.class))]);
    let statement = if name == "update" {
        let statement = crate::alchemy::sql::dml::update(ev, class)?;
        let given = args.take_or_none("values");
        let mut values = Vec::new();
        for (key, value) in crate::alchemy::convert::pairs(ev, &given, "the values of `update()`")?
        {
            let key = match column_key(&mapper, &key) {
                Some(name) => Value::Str(name),
                None => key,
            };
            values.push((key, value));
        }
        for (_, column) in &mapper.attributes {
            let onupdate = column.onupdate_given.borrow().clone();
            let name = column.key();
            let is_set = values.iter().any(|(key, _)| {
                crate::alchemy::schema::items::column_key(key)
                    .or_else(|| key.as_str().map(|key| key.to_string()))
                    .is_some_and(|key| key == name)
            });
            if let Some(onupdate) = onupdate
                && !is_set
            {
                let value = crate::alchemy::orm::flush::given_value(ev, &onupdate, column)?;
                values.push((Value::from(name), value));
            }
        }
        let mut dict = crate::value::Dict::default();
        for (key, value) in values {
            let key = match crate::alchemy::schema::items::column_key(&key) {
                Some(name) => Str::from(name),
                None => crate::alchemy::convert::text(ev, &key, "the name of a column")?,
            };
            dict.insert_str(key, value);
        }
        let row = Args::positional(vec![Value::dict(dict)]);
        ev.call_method(&statement, "values", row)?
    } else {
        crate::alchemy::sql::dml::delete(ev, class)?
    };
    let conditions = Args::positional(query.conditions.clone());
    let statement = ev.call_method(&statement, "where", conditions)?;
    if !matches!(synchronize, Some(Value::Bool(false))) {
        query.unit.expire_all();
    }
    let connection = crate::alchemy::live::bind::connection(ev);
    let result = ev.call_method(&connection, "execute", Args::positional(vec![statement]))?;
    ev.get_attr(&result, "rowcount")
}

impl NativeObject for QueryObj {
    fn type_name(&self) -> String {
        "Query".to_owned()
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
        for value in args.values() {
            ev.need_known(value, &format!("an argument of `{name}()`"))?;
        }
        if let Some(mapper) = self.single.as_ref().filter(|_| ev.is_probing())
            && matches!(
                name,
                "all" | "one" | "one_or_none" | "first" | "scalar" | "get"
            )
        {
            let class = Rc::clone(&mapper.class);
            self.unit.flush_before_query(ev)?;
            return Ok(Some(ev.answer_of(&class)));
        }
        if ev.is_probing()
            && self.has_objects
            && self.single.is_none()
            && matches!(name, "all" | "one" | "one_or_none" | "first")
        {
            self.unit.flush_before_query(ev)?;
            return Ok(Some(ev.answer_rows(&self.classes)));
        }
        Ok(Some(match name {
            "filter" | "where" => {
                let mut query = self.with(ev, "where", args.clone())?;
                query.conditions.extend(args.positional);
                Value::object(query)
            }
            "filter_by" => {
                let Some(mapper) = self.zero.clone() else {
                    return Err(ev.unreadable("`filter_by()` of this query is not modelled"));
                };
                let class = Value::Class(Rc::clone(&mapper.class));
                let mut conditions = Vec::new();
                for (key, value) in &args.keywords {
                    let column = ev.get_attr(&class, key)?;
                    if column.downcast_ref::<ColumnObj>().is_none() {
                        return Err(ev.unreadable(format!(
                            "`filter_by()` of `{key}`, which is no column, is not modelled"
                        )));
                    }
                    conditions.push(ev.compare(crate::value::CmpOp::Eq, &column, value)?);
                }
                let mut query = self.with(ev, "where", Args::positional(conditions.clone()))?;
                query.conditions.extend(conditions);
                Value::object(query)
            }
            "join" | "outerjoin" => {
                let along = args
                    .get(0)
                    .and_then(|it| it.downcast::<crate::models::relationship::RelationshipAttr>());
                let target = match along {
                    Some(along) => Some(Value::Class(Rc::clone(&along.related(ev)?.target))),
                    None => args.get(0).cloned(),
                };
                let mut query = self.with(ev, name, args)?;
                query.shaped = true;
                if let Some(class) = target.as_ref().and_then(mapped_class) {
                    query.zero = Some(mapper(ev, &Rc::clone(class))?);
                }
                Value::object(query)
            }
            "order_by" | "limit" | "offset" | "distinct" | "group_by" | "having"
            | "select_from" | "with_for_update" => {
                let mut query = self.with(ev, name, args)?;
                query.shaped = true;
                Value::object(query)
            }
            "with_entities" => {
                let select = ev.call_method(&self.select, "with_only_columns", args.clone())?;
                let entities = query_of(ev, &self.unit, args)?;
                Value::object(QueryObj {
                    select,
                    conditions: self.conditions.clone(),
                    shaped: true,
                    ..entities
                })
            }
            "options" => {
                if !args
                    .positional
                    .iter()
                    .all(|it| matches!(it, Value::Opaque(_)))
                {
                    return Err(ev.unreadable("an option of a query is not modelled"));
                }
                Value::Object(self)
            }
            "yield_per" | "enable_eagerloads" | "execution_options" => Value::Object(self),
            "all" => {
                let result = self.result(ev, &self.select.clone())?;
                ev.call_method(&result, "all", Args::none())?
            }
            "one" | "one_or_none" => {
                let result = self.result(ev, &self.select.clone())?;
                ev.call_method(&result, name, Args::none())?
            }
            "scalar" => {
                let result = self.result(ev, &self.select.clone())?;
                let found = ev.call_method(&result, "one_or_none", Args::none())?;
                match (&self.single, &found) {
                    (Some(_), _) | (_, Value::None) => found,
                    _ => ev.get_item(&found, &Value::int(0_i64))?,
                }
            }
            "first" => {
                let one = Args::positional(vec![Value::int(1_i64)]);
                let select = ev.call_method(&self.select, "limit", one)?;
                let result = self.result(ev, &select)?;
                ev.call_method(&result, "first", Args::none())?
            }
            "count" => {
                self.unit.flush_before_query(ev)?;
                let name = Args::positional(vec![Value::from("anon_1")]);
                let inner = ev.call_method(&self.select, "subquery", name)?;
                let func = crate::alchemy::sql::functions::func();
                let count = ev.call_method(&func, "count", Args::none())?;
                let select =
                    crate::alchemy::sql::select::select(ev, Args::positional(vec![count]))?;
                let from = Args::positional(vec![inner]);
                let select = ev.call_method(&select, "select_from", from)?;
                let rows = crate::alchemy::live::bind::fetch(ev, &select)?;
                let first = rows.first().and_then(|row| row.first());
                first.cloned().unwrap_or(Value::None)
            }
            "get" => {
                let Some(mapper) = self.single.clone() else {
                    return Err(ev.unreadable("`get()` of this query is not modelled"));
                };
                let key = args.get(0).cloned().unwrap_or(Value::None);
                let class = Value::Class(Rc::clone(&mapper.class));
                crate::alchemy::orm::session::get(ev, &self.unit, &class, &key)?
            }
            "update" | "delete" => change(ev, &self, name, args)?,
            "subquery" | "scalar_subquery" | "exists" => {
                ev.call_method(&self.select, name, args)?
            }
            _ => return Ok(None),
        }))
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "session" => Some(crate::alchemy::live::bind::session(Rc::clone(&self.unit))),
            "statement" => Some(self.select.clone()),
            _ => None,
        })
    }

    fn get_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        let place = |ev: &mut Interp<'_>, value: &Value| match value {
            Value::None => Ok(None),
            value => match value.as_i64().filter(|at| *at >= 0) {
                Some(at) => Ok(Some(at)),
                None => Err(ev.unreadable("this part of a query is not modelled")),
            },
        };
        let (start, stop) = match key {
            Value::Slice(slice) if slice.step.is_none() => {
                (place(ev, &slice.start)?, place(ev, &slice.stop)?)
            }
            _ => return Err(ev.unreadable("a row of a query by its number is not modelled")),
        };
        // `LIMIT` and `OFFSET`, as SQLAlchemy's `slice()` writes them.
        let mut query = Value::Object(self as Rc<dyn NativeObject>);
        let first = start.unwrap_or_default();
        if let Some(stop) = stop {
            if stop <= first {
                return Ok(Some(Value::list(Vec::new())));
            }
            let limit = Args::positional(vec![Value::int(stop - first)]);
            query = ev.call_method(&query, "limit", limit)?;
        }
        if first > 0 {
            let offset = Args::positional(vec![Value::int(first)]);
            query = ev.call_method(&query, "offset", offset)?;
        }
        ev.call_method(&query, "all", Args::none()).map(Some)
    }

    fn iterate(self: Rc<Self>, ev: &mut Interp<'_>) -> R<Option<Vec<Value>>> {
        let result = self.result(ev, &self.select.clone())?;
        ev.iterate(&result).map(Some)
    }
}
