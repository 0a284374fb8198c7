//! `insert(…)`, `update(…)`, `delete(…)`

use std::cell::RefCell;
use std::rc::Rc;

use indexmap::IndexMap;
use limbeck_schema::{
    ColumnType, Conflict, ConflictAction, Delete, Expr, Insert, InsertSource, Literal, Name,
    Statement, TypeClass, Update,
};

use crate::alchemy::convert;
use crate::alchemy::live::columns::Source;
use crate::alchemy::registry::alchemy;
use crate::alchemy::schema::table::TableObj;
use crate::alchemy::sql::clause::{Clause, FromRef, as_clause, expr_or_bind, merge_froms};
use crate::alchemy::sql::cte::cte_list;
use crate::alchemy::sql::derived::Derived;
use crate::alchemy::sql::operators::condition;
use crate::alchemy::sql::select::{SelectObj, assigned_name, from_clause};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, NativeObject, Value};

#[derive(Clone)]
enum Kind {
    Insert(Box<Insert>),
    Update(Box<Update>),
    Delete(Box<Delete>),
}

/// A statement that changes rows.
pub(crate) struct DmlObj {
    kind: Kind,
    table: Rc<TableObj>,
    /// Tables of the conditions.
    froms: Vec<FromRef>,
    /// Tables of the values, which are named after those of the conditions, whichever was said first.
    value_froms: Vec<FromRef>,
    ctes: RefCell<Vec<Rc<Derived>>>,
    /// What `returning()` gives.
    returned: Vec<Source>,
    /// `insert(Class)` and its like.
    on_class: bool,
}

/// True for a statement on a mapped class.
pub(crate) fn is_on_class(value: &Value) -> bool {
    value.downcast::<DmlObj>().is_some_and(|dml| dml.on_class)
}

/// The column that a Python-side function would fill in, where the statement does not say its value.
fn unfilled(dml: &DmlObj, params: &[IndexMap<String, Literal>]) -> Option<String> {
    let is_given = |set: &IndexMap<Name, Expr>,
                    column: &crate::alchemy::schema::column::ColumnObj| {
        let name = column.column.borrow().name.text.clone();
        set.keys().any(|key| key.text == name)
            || (!params.is_empty() && params.iter().all(|row| row.contains_key(&column.key())))
    };
    let columns = dml.table.columns.borrow();
    let mut columns = columns.iter();
    let found = match &dml.kind {
        Kind::Insert(insert) => {
            let rows = match &insert.source {
                InsertSource::Values(rows) => rows.clone(),
                InsertSource::Select { columns, .. } => {
                    let named = columns.iter().map(|name| (name.clone(), Expr::Null));
                    vec![named.collect()]
                }
                InsertSource::Default => Vec::new(),
            };
            columns.find(|column| {
                let all = !rows.is_empty() && rows.iter().all(|row| is_given(row, column));
                column.has_dynamic_default.get() && !all && !is_given(&IndexMap::new(), column)
            })
        }
        Kind::Update(update) => columns.find(|column| {
            column.onupdate_given.borrow().is_some() && !is_given(&update.set, column)
        }),
        Kind::Delete(_) => None,
    };
    found.map(|column| column.key())
}

/// Fails for a statement that a Python-side default would add a value to.
pub(crate) fn need_filled(
    ev: &Interp<'_>,
    value: &Value,
    params: &[IndexMap<String, Literal>],
) -> R<()> {
    let Some(dml) = value.downcast::<DmlObj>() else {
        return Ok(());
    };
    match unfilled(&dml, params) {
        Some(column) => Err(ev.unreadable(format!(
            "the Python-side default of the column `{column}`, which the statement does not set, is computed"
        ))),
        None => Ok(()),
    }
}

/// The types of what a statement returns; nothing for another value.
pub(crate) fn returned(value: &Value) -> Option<Vec<Source>> {
    value.downcast::<DmlObj>().map(|dml| dml.returned.clone())
}

/// The statement, if the value is one.
pub(crate) fn statement_of(_ev: &mut Interp<'_>, value: &Value) -> R<Option<Statement>> {
    let Some(dml) = value.downcast::<DmlObj>() else {
        return Ok(None);
    };
    let target = FromRef::Table(Rc::clone(&dml.table));
    let mut others = dml.froms.clone();
    merge_froms(&mut others, &dml.value_froms);
    let others: Vec<FromRef> = others
        .iter()
        .filter(|from| !from.same(&target))
        .cloned()
        .collect();
    let ctes = cte_list(&dml.ctes.borrow(), &others);
    let froms = others.iter().map(from_clause).collect();
    Ok(Some(match dml.kind.clone() {
        Kind::Insert(mut insert) => {
            insert.ctes = ctes;
            Statement::Insert(insert)
        }
        Kind::Update(mut update) => {
            update.ctes = ctes;
            update.from = froms;
            Statement::Update(update)
        }
        Kind::Delete(mut delete) => {
            delete.ctes = ctes;
            delete.using = froms;
            Statement::Delete(delete)
        }
    }))
}

/// The table of a statement, and whether it was given as a mapped class.
fn table(ev: &mut Interp<'_>, name: &str, args: Args) -> R<Result<(Rc<TableObj>, bool), Value>> {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(Err(unknown));
    }
    let mut args = args.bind(ev, name, "table")?;
    let value = args.take_or_none("table");
    let on_class = crate::alchemy::orm::session::mapped_class(&value).is_some();
    let value = match crate::alchemy::orm::session::mapped_class(&value) {
        Some(class) => class.lookup("__table__").unwrap_or(Value::None),
        None => value,
    };
    ev.need_known(&value, "the table of a statement")?;
    Ok(match value.downcast::<TableObj>() {
        Some(table) => Ok((table, on_class)),
        None => Err(ev.unknown(format!(
            "`{name}()` of something else than a table is not modelled"
        ))),
    })
}

fn dml(kind: Kind, table: Rc<TableObj>, on_class: bool) -> Value {
    Value::object(DmlObj {
        kind,
        table,
        froms: Vec::new(),
        value_froms: Vec::new(),
        ctes: RefCell::new(Vec::new()),
        returned: Vec::new(),
        on_class,
    })
}

/// `insert(table)`
pub(crate) fn insert(ev: &mut Interp<'_>, args: Args) -> R {
    Ok(match table(ev, "insert", args)? {
        Ok((table, on_class)) => dml(
            Kind::Insert(Box::new(Insert {
                ctes: Vec::new(),
                table: table.table_ref(),
                source: InsertSource::Values(Vec::new()),
                inline: false,
                returning: Vec::new(),
                conflict: None,
                prefixes: Vec::new(),
            })),
            table,
            on_class,
        ),
        Err(unknown) => unknown,
    })
}

/// `update(table)`
pub(crate) fn update(ev: &mut Interp<'_>, args: Args) -> R {
    Ok(match table(ev, "update", args)? {
        Ok((table, on_class)) => dml(
            Kind::Update(Box::new(Update {
                ctes: Vec::new(),
                table: table.table_ref(),
                set: IndexMap::new(),
                ordered: false,
                from: Vec::new(),
                where_: Vec::new(),
                returning: Vec::new(),
            })),
            table,
            on_class,
        ),
        Err(unknown) => unknown,
    })
}

/// `delete(table)`
pub(crate) fn delete(ev: &mut Interp<'_>, args: Args) -> R {
    Ok(match table(ev, "delete", args)? {
        Ok((table, on_class)) => dml(
            Kind::Delete(Box::new(Delete {
                ctes: Vec::new(),
                table: table.table_ref(),
                using: Vec::new(),
                where_: Vec::new(),
                returning: Vec::new(),
            })),
            table,
            on_class,
        ),
        Err(unknown) => unknown,
    })
}

pub(crate) fn insert_class(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    insert(ev, args)
}

pub(crate) fn update_class(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    update(ev, args)
}

pub(crate) fn delete_class(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    delete(ev, args)
}

/// One row of `values()`: names and values.
fn row(
    ev: &mut Interp<'_>,
    table: &TableObj,
    pairs: Vec<(Value, Value)>,
    parts: &mut Vec<Clause>,
) -> R<IndexMap<Name, Expr>> {
    let mut row = IndexMap::new();
    for (key, value) in pairs {
        let name = assigned_name(ev, &key)?;
        let (name, type_) = match table.column(&name.text) {
            Some(column) => {
                let column = column.column.borrow();
                (column.name.clone(), column.type_.clone())
            }
            None => (name, None),
        };
        let what = format!("the value of `{name}`");
        ev.need_known(&value, &what)?;
        let clause = match as_clause(ev, &value)? {
            Some(clause) => clause,
            // A plain value has the type of its column, whatever it is; `literal()` and its like have their own.
            None => {
                let type_ = type_.unwrap_or_else(|| ColumnType::new(TypeClass::NullType));
                crate::alchemy::sql::clause::bind_value(ev, &value, Some(&type_), &what)?
            }
        };
        row.insert(name, clause.expr.clone());
        parts.push(clause);
    }
    Ok(row)
}

fn keyword_pairs(args: &Args) -> Vec<(Value, Value)> {
    args.keywords
        .iter()
        .map(|(key, value)| (Value::Str(Rc::clone(key)), value.clone()))
        .collect()
}

fn values(ev: &mut Interp<'_>, dml: &mut DmlObj, args: Args) -> R<()> {
    let mut parts = Vec::new();
    let mut rows = Vec::new();
    match args.positional.as_slice() {
        [] => rows.push(row(ev, &dml.table, keyword_pairs(&args), &mut parts)?),
        [one] => match one.unwrap_payload() {
            Value::Dict(_) => {
                let mut pairs = convert::pairs(ev, one, "the values")?;
                pairs.extend(keyword_pairs(&args));
                rows.push(row(ev, &dml.table, pairs, &mut parts)?);
            }
            Value::List(_) | Value::Tuple(_) => {
                let items = ev.iterate(one)?;
                let is_list = items.iter().any(|item| {
                    matches!(
                        item.unwrap_payload(),
                        Value::Dict(_) | Value::Tuple(_) | Value::List(_)
                    )
                });
                if is_list {
                    for item in items {
                        let pairs = match item.unwrap_payload() {
                            Value::Dict(_) => convert::pairs(ev, &item, "a row")?,
                            _ => positional(ev, &dml.table, &item)?,
                        };
                        rows.push(row(ev, &dml.table, pairs, &mut parts)?);
                    }
                } else {
                    let pairs = positional(ev, &dml.table, one)?;
                    rows.push(row(ev, &dml.table, pairs, &mut parts)?);
                }
            }
            _ => {
                return Err(
                    ev.unreadable("the values of a statement are neither a dictionary nor a list")
                );
            }
        },
        _ => {
            return Err(ev.raise(
                "TypeError",
                "values() takes at most one positional argument",
            ));
        }
    }
    match &mut dml.kind {
        Kind::Insert(insert) => match &mut insert.source {
            InsertSource::Values(list) if list.len() == 1 && rows.len() == 1 => {
                if let (Some(into), Some(row)) = (list.first_mut(), rows.pop()) {
                    into.extend(row);
                }
            }
            source => *source = InsertSource::Values(rows),
        },
        Kind::Update(update) => {
            let is_given_anew = rows
                .iter()
                .flat_map(|row| row.keys())
                .any(|key| update.set.contains_key(key));
            if is_given_anew && !dml.value_froms.is_empty() {
                return Err(
                    ev.unreadable("a value from another table that is given anew is not modelled")
                );
            }
            for row in rows {
                update.set.extend(row);
            }
            for part in &parts {
                merge_froms(&mut dml.value_froms, &part.froms);
            }
        }
        Kind::Delete(_) => {
            return Err(ev.raise(
                "AttributeError",
                "'Delete' object has no attribute 'values'",
            ));
        }
    }
    for part in &parts {
        dml.ctes.borrow_mut().extend(part.ctes.iter().cloned());
    }
    Ok(())
}

fn positional(ev: &mut Interp<'_>, table: &TableObj, row: &Value) -> R<Vec<(Value, Value)>> {
    let values = ev.iterate(row)?;
    let keys: Vec<String> = table
        .columns
        .borrow()
        .iter()
        .map(|column| column.key())
        .collect();
    if values.len() > keys.len() {
        return Err(ev.unreadable("more values than the table has columns"));
    }
    Ok(keys.into_iter().map(Value::from).zip(values).collect())
}

pub(crate) const METHODS: &[&str] = &[
    "values",
    "where",
    "filter",
    "returning",
    "from_select",
    "inline",
    "ordered_values",
    "prefix_with",
    "execution_options",
    "on_conflict_do_nothing",
    "on_conflict_do_update",
    "on_duplicate_key_update",
    "return_defaults",
    "with_dialect_options",
    "compile",
    "add_cte",
];

fn method(ev: &mut Interp<'_>, this: &Rc<DmlObj>, name: &str, args: Args) -> R {
    let mut dml = DmlObj {
        kind: this.kind.clone(),
        table: Rc::clone(&this.table),
        froms: this.froms.clone(),
        value_froms: this.value_froms.clone(),
        ctes: RefCell::new(this.ctes.borrow().clone()),
        returned: this.returned.clone(),
        on_class: this.on_class,
    };
    match name {
        "values" => values(ev, &mut dml, args)?,
        "where" | "filter" => {
            for value in &args.positional {
                let clause = condition(ev, value, "a condition")?;
                merge_froms(&mut dml.froms, &clause.froms);
                dml.ctes.borrow_mut().extend(clause.ctes.iter().cloned());
                match &mut dml.kind {
                    Kind::Update(update) => update.where_.push(clause.expr),
                    Kind::Delete(delete) => delete.where_.push(clause.expr),
                    Kind::Insert(_) => {
                        return Err(
                            ev.raise("AttributeError", "'Insert' object has no attribute 'where'")
                        );
                    }
                }
            }
        }
        "ordered_values" => {
            let mut parts = Vec::new();
            let mut pairs = Vec::new();
            for pair in &args.positional {
                let mut pair =
                    convert::items(ev, pair, "a pair of `ordered_values()`")?.into_iter();
                if let (Some(key), Some(value)) = (pair.next(), pair.next()) {
                    pairs.push((key, value));
                }
            }
            let set = row(ev, &dml.table, pairs, &mut parts)?;
            for part in &parts {
                merge_froms(&mut dml.value_froms, &part.froms);
            }
            match &mut dml.kind {
                Kind::Update(update) => {
                    update.set = set;
                    update.ordered = true;
                }
                _ => {
                    return Err(
                        ev.raise("AttributeError", "object has no attribute 'ordered_values'")
                    );
                }
            }
        }
        "returning" => {
            let mut list = Vec::new();
            let mut values = Vec::new();
            for value in &args.positional {
                match crate::alchemy::sql::select::as_from(value) {
                    Some(from) => {
                        let columns = crate::alchemy::schema::table::ColumnsObj { from };
                        values.extend(Rc::new(columns).iterate(ev)?.unwrap_or_default());
                    }
                    None => values.push(value.clone()),
                }
            }
            for value in values {
                let clause = expr_or_bind(ev, &value, None, "a column of RETURNING")?;
                dml.returned.push(Source {
                    value,
                    type_: clause.type_,
                });
                list.push(clause.expr);
            }
            match &mut dml.kind {
                Kind::Insert(insert) => insert.returning.extend(list),
                Kind::Update(update) => update.returning.extend(list),
                Kind::Delete(delete) => delete.returning.extend(list),
            }
        }
        "from_select" => {
            let mut args = args.bind(ev, name, "names,select,include_defaults=")?;
            let names = args.take_or_none("names");
            let mut columns = Vec::new();
            for value in convert::items(ev, &names, "the columns of `from_select()`")? {
                let name = assigned_name(ev, &value)?;
                let found = dml
                    .table
                    .column(&name.text)
                    .map(|column| column.column.borrow().name.clone());
                columns.push(found.unwrap_or(name));
            }
            let select = args.take_or_none("select");
            let select = crate::alchemy::orm::query::select_of(&select).unwrap_or(select);
            let select =
                match select.downcast::<SelectObj>() {
                    Some(select) => select.set(ev)?,
                    None => match as_clause(ev, &select)? {
                        Some(Clause {
                            expr: Expr::Text(text),
                            ..
                        }) => limbeck_schema::SelectSet::Text(text),
                        _ => return Ok(ev.unknown(
                            "`from_select()` of something else than a `select()` is not modelled",
                        )),
                    },
                };
            match &mut dml.kind {
                Kind::Insert(insert) => {
                    insert.source = InsertSource::Select {
                        columns,
                        select: Box::new(select),
                    };
                }
                _ => {
                    return Err(ev.raise("AttributeError", "object has no attribute 'from_select'"));
                }
            }
        }
        "inline" => {
            if let Kind::Insert(insert) = &mut dml.kind {
                insert.inline = true;
            }
        }
        "prefix_with" => {
            let mut list = Vec::new();
            for value in &args.positional {
                list.push(convert::text(ev, value, "a prefix")?.to_string());
            }
            match (&mut dml.kind, args.keywords.is_empty()) {
                (Kind::Insert(insert), true) => insert.prefixes.extend(list),
                _ => return Ok(ev.unknown("`prefix_with()` of this statement is not modelled")),
            }
        }
        "on_conflict_do_nothing" | "on_conflict_do_update" => conflict(ev, &mut dml, name, args)?,
        "execution_options" => {}
        _ => return Ok(ev.unknown(format!("`{name}()` of a statement is not modelled"))),
    }
    Ok(Value::object(dml))
}

fn conflict(ev: &mut Interp<'_>, dml: &mut DmlObj, name: &str, args: Args) -> R<()> {
    let mut args = args.bind(
        ev,
        name,
        "constraint=,index_elements=,index_where=,set_=,where=",
    )?;
    let mut conflict = Conflict {
        elements: Vec::new(),
        constraint: None,
        index_where: None,
        action: ConflictAction::Nothing,
    };
    let constraint = args.take_or_none("constraint");
    conflict.constraint = convert::opt_name(ev, &constraint, "`constraint`")?;
    let elements = args.take_or_none("index_elements");
    if !elements.is_none() {
        for value in convert::items(ev, &elements, "`index_elements`")? {
            conflict.elements.push(match value.as_str() {
                Some(text) => Expr::column(text.to_string()),
                None => expr_or_bind(ev, &value, None, "`index_elements`")?.expr,
            });
        }
    }
    let index_where = args.take_or_none("index_where");
    if !index_where.is_none() {
        conflict.index_where = Some(Box::new(condition(ev, &index_where, "`index_where`")?.expr));
    }
    if name == "on_conflict_do_update" {
        let set = args.take_or_none("set_");
        let pairs = convert::pairs(ev, &set, "`set_`")?;
        let set = row(ev, &dml.table, pairs, &mut Vec::new())?;
        let where_ = args.take_or_none("where");
        let where_ = if where_.is_none() {
            None
        } else {
            Some(Box::new(condition(ev, &where_, "`where`")?.expr))
        };
        conflict.action = ConflictAction::Update { set, where_ };
    }
    match &mut dml.kind {
        Kind::Insert(insert) => insert.conflict = Some(conflict),
        _ => {
            return Err(ev.raise(
                "AttributeError",
                format!("object has no attribute '{name}'"),
            ));
        }
    }
    Ok(())
}

impl NativeObject for DmlObj {
    fn type_name(&self) -> String {
        match &self.kind {
            Kind::Insert(_) => "Insert",
            Kind::Update(_) => "Update",
            Kind::Delete(_) => "Delete",
        }
        .to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class(&self.type_name())
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        Err(ev.unreadable("the text of a statement depends on the compiler"))
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
        if let Some(unknown) = convert::first_unknown(&args) {
            return Ok(Some(unknown));
        }
        method(ev, &self, name, args).map(Some)
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        if name != "excluded" || !matches!(self.kind, Kind::Insert(_)) {
            return Ok(None);
        }
        let excluded = Rc::new(TableObj::empty(
            limbeck_schema::TableName::new("excluded"),
            true,
        ));
        for column in self.table.columns.borrow().iter() {
            excluded.add_column(Rc::new(column.detached()));
        }
        let columns = crate::alchemy::schema::table::ColumnsObj {
            from: FromRef::Table(Rc::clone(&excluded)),
        };
        Ok(Some(Value::object(ExcludedObj {
            columns: Rc::new(columns),
            _table: excluded,
        })))
    }
}

/// `insert.excluded`: keeps its table alive.
struct ExcludedObj {
    columns: Rc<crate::alchemy::schema::table::ColumnsObj>,
    _table: Rc<TableObj>,
}

impl NativeObject for ExcludedObj {
    fn type_name(&self) -> String {
        "excluded".to_owned()
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        match Rc::clone(&self.columns).get_attr(ev, name)? {
            Some(value) => Ok(Some(detach(&value))),
            None => Ok(None),
        }
    }

    fn get_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        Ok(Rc::clone(&self.columns)
            .get_item(ev, key)?
            .map(|value| detach(&value)))
    }
}

/// The column as an expression of its own: `excluded` is no table that a statement reads from.
fn detach(value: &Value) -> Value {
    match value.downcast::<crate::alchemy::schema::column::ColumnObj>() {
        Some(column) => {
            let clause = column.clause();
            Clause::new(clause.expr, clause.type_).value()
        }
        None => value.clone(),
    }
}
