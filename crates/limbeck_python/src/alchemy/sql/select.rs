//! `select(…)`

use std::rc::Rc;

use limbeck_schema::{
    ColumnType, Cte, Expr, FromClause, JoinKind, Literal, Name, Select, SelectSet, SetOp, Statement,
};

use crate::alchemy::convert;
use crate::alchemy::environment::anonymous_name;
use crate::alchemy::live::columns::Source;
use crate::alchemy::registry::alchemy;
use crate::alchemy::schema::column::ColumnObj;
use crate::alchemy::schema::table::TableObj;
use crate::alchemy::sql::clause::{Clause, FromRef, as_clause, boolean, expr_or_bind, merge_froms};
use crate::alchemy::sql::cte::cte_list;
use crate::alchemy::sql::derived::{Derived, DerivedKind};
use crate::alchemy::sql::functions::order_item;
use crate::alchemy::sql::join;
use crate::alchemy::sql::operators::condition;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::models::relationship::{RelationshipAttr, Way};
use crate::value::{Class, NativeObject, Value};

/// A query.
#[derive(Clone)]
pub(crate) struct SelectObj {
    select: Select,
    /// Result columns: name and type, as far as a subquery shows them.
    columns: Vec<(Option<Name>, Option<ColumnType>)>,
    /// The objects that they are.
    objects: Vec<Value>,
    /// What the expressions read from, and what of it the conditions do.
    implied: Vec<FromRef>,
    conditions: Vec<FromRef>,
    /// `select_from()` and `join()`.
    explicit: Vec<FromRef>,
    ctes: Vec<Rc<Derived>>,
    compound: Option<SelectSet>,
    /// What `params()` gave for names in it.
    given: Vec<(String, Literal)>,
    /// The arguments of `select()`: the class where it is one, how many columns it has, and what they are called.
    entities: Vec<Entity>,
}

/// An argument of `select()`.
pub(crate) type Entity = (Option<Rc<Class>>, usize, Vec<String>);

impl SelectObj {
    /// The one table that a query on tables reads.
    fn only_table(&self) -> Option<Rc<TableObj>> {
        let is_on_tables = self.entities.iter().all(|(class, _, _)| class.is_none());
        match self.implied.as_slice() {
            [FromRef::Table(table)] if is_on_tables && self.explicit.is_empty() => {
                Some(Rc::clone(table))
            }
            _ => None,
        }
    }

    fn empty() -> SelectObj {
        SelectObj {
            select: Select::default(),
            columns: Vec::new(),
            objects: Vec::new(),
            implied: Vec::new(),
            conditions: Vec::new(),
            given: Vec::new(),
            explicit: Vec::new(),
            ctes: Vec::new(),
            compound: None,
            entities: Vec::new(),
        }
    }

    /// What the rows are made of; nothing where columns have been chosen in another way.
    pub(crate) fn entities(&self) -> &[Entity] {
        let width: usize = self.entities.iter().map(|(_, width, _)| width).sum();
        match width == self.columns.len() && self.compound.is_none() {
            true => &self.entities,
            false => &[],
        }
    }

    /// True for a query that gives objects.
    pub(crate) fn reads_classes(&self) -> bool {
        self.entities.iter().any(|(class, _, _)| class.is_some())
    }

    fn absorb(&mut self, clause: &Clause) {
        merge_froms(&mut self.implied, &clause.froms);
        self.add_ctes(&clause.ctes);
    }

    fn add_ctes(&mut self, ctes: &[Rc<Derived>]) {
        for cte in ctes {
            if !self.ctes.iter().any(|found| Rc::ptr_eq(found, cte)) {
                self.ctes.push(Rc::clone(cte));
            }
        }
    }

    pub(crate) fn build(&self, with_ctes: bool) -> SelectSet {
        if let Some(compound) = &self.compound {
            return compound.clone();
        }
        let mut select = self.select.clone();
        let mut froms = self.explicit.clone();
        for from in &self.implied {
            let is_inside = froms.iter().any(|explicit| match explicit {
                FromRef::Derived(derived) => derived.inner.iter().any(|inner| inner.same(from)),
                FromRef::Table(_) => false,
            });
            if !is_inside && !froms.iter().any(|found| found.same(from)) {
                froms.push(from.clone());
            }
        }
        select.from = froms.iter().map(from_clause).collect();
        if with_ctes {
            select.ctes = cte_list(&self.ctes, &froms);
        }
        SelectSet::Select(Box::new(select))
    }

    /// The result columns.
    pub(crate) fn sources(&self) -> Vec<Source> {
        let columns = self.columns.iter().zip(&self.objects);
        columns
            .map(|((_, type_), object)| Source {
                value: object.clone(),
                type_: type_.clone(),
            })
            .collect()
    }

    /// What `params()` gave.
    pub(crate) fn given(&self) -> &[(String, Literal)] {
        &self.given
    }

    /// The query as a whole.
    pub(crate) fn set(&self, _ev: &mut Interp<'_>) -> R<SelectSet> {
        Ok(self.build(true))
    }

    /// The query as a value.
    pub(crate) fn scalar(&self, ev: &mut Interp<'_>) -> R<Clause> {
        if !self.given.is_empty() {
            return Err(ev.unreadable("`params()` of a query inside another is not modelled"));
        }
        let type_ = self.columns.first().and_then(|(_, type_)| type_.clone());
        let mut clause = Clause::new(Expr::Subquery(Box::new(self.build(false))), type_);
        clause.ctes.clone_from(&self.ctes);
        for from in self.explicit.iter().chain(&self.implied) {
            if let FromRef::Derived(derived) = from
                && matches!(derived.kind, DerivedKind::Cte(_))
                && !clause.ctes.iter().any(|found| Rc::ptr_eq(found, derived))
            {
                clause.ctes.push(Rc::clone(derived));
            }
        }
        Ok(clause)
    }
}

/// A source in a FROM clause.
pub(crate) fn from_clause(from: &FromRef) -> FromClause {
    match from {
        FromRef::Table(table) => table.as_from_clause(),
        FromRef::Derived(derived) => match &derived.kind {
            DerivedKind::From(from) => from.clone(),
            DerivedKind::Cte(cte) => FromClause::Cte {
                name: cte.name.clone(),
                alias: None,
            },
        },
    }
}

/// A FROM object, if the value is one.
pub(crate) fn as_from(value: &Value) -> Option<FromRef> {
    if let Some(table) = value.downcast::<TableObj>() {
        return Some(FromRef::Table(table));
    }
    if let Some(class) = crate::alchemy::orm::session::mapped_class(value) {
        let table = class.lookup("__table__")?.downcast::<TableObj>()?;
        return Some(FromRef::Table(table));
    }
    value.downcast::<Derived>().map(FromRef::Derived)
}

pub(crate) fn select_class(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    select(ev, args)
}

/// `select(*entities)`
pub(crate) fn select(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    if !args.keywords.is_empty() {
        return Err(ev.raise("TypeError", "select() got an unexpected keyword argument"));
    }
    let mut query = SelectObj::empty();
    for value in &args.positional {
        if let Value::List(_) = value {
            return Err(crate::alchemy::types::construct::argument_error(
                ev,
                "Column expression, FROM clause, or other columns clause element expected, got a list. Did you mean to \
                 say select() with the elements as positional arguments?",
            ));
        }
        add_entity(ev, &mut query, value)?;
    }
    Ok(Value::object(query))
}

/// Adds an argument of `select()`.
fn add_entity(ev: &mut Interp<'_>, query: &mut SelectObj, value: &Value) -> R<()> {
    let before = query.columns.len();
    add_column(ev, query, value)?;
    let class = crate::alchemy::orm::session::mapped_class(value).cloned();
    let added = query.columns.get(before..).unwrap_or_default();
    let names = match &class {
        Some(class) => vec![class.name.to_string()],
        None => added
            .iter()
            .map(|(name, _)| name.as_ref().map_or_else(String::new, |it| it.text.clone()))
            .collect(),
    };
    let entity = (class, added.len(), names);
    query.entities.push(entity);
    Ok(())
}

fn add_column(ev: &mut Interp<'_>, query: &mut SelectObj, value: &Value) -> R<()> {
    if let Some(from) = as_from(value) {
        let columns = crate::alchemy::schema::table::ColumnsObj { from: from.clone() };
        let items = Rc::new(columns).iterate(ev)?.unwrap_or_default();
        merge_froms(&mut query.implied, &[from]);
        for item in items {
            add_column(ev, query, &item)?;
        }
        return Ok(());
    }
    let clause = match as_clause(ev, value)? {
        Some(clause) => clause,
        None if value.as_str().is_some() => {
            let text = value.as_str().unwrap_or_default();
            return Err(crate::alchemy::types::construct::argument_error(
                ev,
                &format!(
                    "Textual column expression '{text}' should be explicitly declared with text('{text}')"
                ),
            ));
        }
        None => expr_or_bind(ev, value, None, "a column of `select()`")?,
    };
    crate::alchemy::types::processed::plain_column(ev, clause.type_.as_ref())?;
    let name = match &clause.expr {
        Expr::Column(column) => Some(column.name.clone()),
        Expr::Label { name, .. } => Some(name.clone()),
        Expr::LiteralColumn { sql, .. } => Some(Name::new(sql.as_str())),
        _ => None,
    };
    query.columns.push((name, clause.type_.clone()));
    query.objects.push(value.clone());
    query.absorb(&clause);
    query.select.columns.push(clause.expr);
    Ok(())
}

/// `exists(…)`
pub(crate) fn exists(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "exists", "argument=")?;
    let value = args.take_or_none("argument");
    ev.need_known(&value, "the argument of `exists()`")?;
    if let Some(select) = value.downcast::<SelectObj>() {
        return exists_of(ev, &select);
    }
    let mut query = SelectObj::empty();
    if value.is_none() {
        query.columns.push((None, None));
        query.objects.push(Value::None);
        query.select.columns.push(Expr::LiteralColumn {
            sql: "*".to_owned(),
            type_: None,
        });
    } else {
        add_column(ev, &mut query, &value)?;
    }
    exists_of(ev, &query)
}

/// A method of an `exists()` that adds to what it asks; nothing for another expression.
pub(crate) fn exists_method(
    ev: &mut Interp<'_>,
    clause: &Clause,
    name: &str,
    args: Args,
) -> R<Option<Value>> {
    let Some(asked) = &clause.asked else {
        return Ok(Some(ev.unknown(format!(
            "`{name}()` of a SQL expression is not modelled"
        ))));
    };
    let value = method(ev, asked, name, args)?;
    match value.downcast::<SelectObj>() {
        Some(select) => exists_of(ev, &select).map(Some),
        None => Ok(Some(value)),
    }
}

fn exists_of(ev: &mut Interp<'_>, select: &SelectObj) -> R {
    let scalar = select.scalar(ev)?;
    let mut clause = Clause::new(Expr::Exists(Box::new(select.build(false))), boolean());
    clause.ctes = scalar.ctes;
    clause.asked = Some(Rc::new(select.clone()));
    Ok(clause.value())
}

/// `union(…)` and the like.
pub(crate) fn compound(ev: &mut Interp<'_>, args: Args, op: SetOp) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut query = SelectObj::empty();
    let mut selects = Vec::new();
    for value in &args.positional {
        let Some(select) = value.downcast::<SelectObj>() else {
            return Err(ev.unreadable("a part of a UNION is no `select()`"));
        };
        if selects.is_empty() {
            query.columns.clone_from(&select.columns);
            query.objects.clone_from(&select.objects);
        }
        let scalar = select.scalar(ev)?;
        query.add_ctes(&scalar.ctes);
        selects.push(select.build(false));
    }
    if !query.ctes.is_empty() {
        return Ok(ev.unknown("a common table expression inside a UNION is not modelled"));
    }
    query.compound = Some(SelectSet::Compound {
        op,
        selects,
        order_by: Vec::new(),
        limit: None,
        offset: None,
    });
    Ok(Value::object(query))
}

/// `table.alias(name)`
pub(crate) fn alias_of_table(ev: &mut Interp<'_>, table: &Rc<TableObj>, args: Args) -> R {
    let mut args = args.bind(ev, "alias", "name=,flat=")?;
    let mut name = args.take_or_none("name");
    if name.is_none() {
        match anonymous_name(ev, &table.name.name.text) {
            Some(made) => name = Value::from(made),
            None => return Ok(ev.unknown("an alias without a name is not modelled")),
        }
    }
    let name = convert::name(ev, &name, "the name of an alias")?;
    let mut alias = TableObj::empty(table.name.clone(), table.is_light);
    alias.alias = Some(name);
    let alias = Rc::new(alias);
    for column in table.columns.borrow().iter() {
        alias.add_column(Rc::new(column.detached()));
    }
    Ok(Value::Object(alias))
}

fn inner_froms(from: &FromRef) -> Vec<FromRef> {
    match from {
        FromRef::Derived(derived) if !derived.inner.is_empty() => derived.inner.clone(),
        _ => vec![from.clone()],
    }
}

fn make_join(
    ev: &mut Interp<'_>,
    left: &FromRef,
    right: &FromRef,
    on: &Value,
    kind: JoinKind,
) -> R<FromRef> {
    let on = match on {
        Value::None => join::implied_condition(ev, left, right)?,
        on => on.clone(),
    };
    let on = condition(ev, &on, "the condition of a join")?;
    let mut inner = inner_froms(left);
    inner.extend(inner_froms(right));
    let join = FromClause::Join {
        left: Box::new(from_clause(left)),
        right: Box::new(from_clause(right)),
        on: Box::new(on.expr),
        kind,
    };
    Ok(FromRef::Derived(Rc::new(Derived {
        kind: DerivedKind::From(join),
        name: None,
        columns: Vec::new(),
        inner,
        query: None,
        ctes: on.ctes,
        restates: None,
    })))
}

/// `table.join(other, on)`
pub(crate) fn join_method(ev: &mut Interp<'_>, this: Value, name: &str, args: Args) -> R {
    let mut args = args.bind(ev, name, "right,onclause=,isouter=,full=")?;
    let right = args.take_or_none("right");
    let (Some(left), Some(right)) = (as_from(&this), as_from(&right)) else {
        return Err(ev.unreadable("what is joined is no table"));
    };
    let on = args.take_or_none("onclause");
    let kind = join_kind(ev, name, &mut args)?;
    match make_join(ev, &left, &right, &on, kind)? {
        FromRef::Derived(derived) => Ok(Value::Object(derived)),
        FromRef::Table(table) => Ok(Value::Object(table)),
    }
}

/// The relationship that a join follows: `join(Class.relationship)`, or `join(Target, Class.relationship)` with its target.
fn along<'v>(
    target: &'v Value,
    on: Option<&Value>,
) -> Option<(Rc<RelationshipAttr>, Option<&'v Value>)> {
    match on.and_then(|on| on.downcast::<RelationshipAttr>()) {
        Some(along) => Some((along, Some(target))),
        None => Some((target.downcast::<RelationshipAttr>()?, None)),
    }
}

/// Joins what a relationship leads to.
fn join_along(
    ev: &mut Interp<'_>,
    query: &mut SelectObj,
    along: &RelationshipAttr,
    only: Option<&Value>,
    kind: JoinKind,
) -> R<()> {
    let related = along.related(ev)?;
    let table = |class: &Rc<Class>| as_from(&Value::Class(Rc::clone(class)));
    let (Some(own), Some(target)) = (table(&related.owner), table(&related.target)) else {
        return Err(ev.unreadable("what is joined is no table"));
    };
    let is_target = only.is_none_or(|it| as_from(it).is_some_and(|it| it.same(&target)));
    if !is_target {
        return Err(ev.unreadable("a join along a relationship to something else is not modelled"));
    }
    let froms = query.explicit.iter().chain(&query.implied);
    let left = froms
        .clone()
        .find(|from| inner_froms(from).iter().any(|it| it.same(&own)))
        .cloned()
        .unwrap_or_else(|| own.clone());
    if inner_froms(&left).iter().any(|from| from.same(&target)) {
        return Err(ev.unreadable("a table is joined twice, which is not modelled"));
    }
    let joined = match &related.way {
        Way::ToOne(pairs) | Way::ToMany(pairs) => {
            let on = join::equalities(ev, pairs)?;
            make_join(ev, &left, &target, &on, kind)?
        }
        Way::Through {
            table,
            own: first,
            other,
        } => {
            let between = FromRef::Table(Rc::clone(table));
            if inner_froms(&left).iter().any(|from| from.same(&between)) {
                return Err(ev.unreadable("a table is joined twice, which is not modelled"));
            }
            if kind != JoinKind::Inner {
                return Err(ev.unreadable("an outer join through a table between is not modelled"));
            }
            let on = join::equalities(ev, first)?;
            let half = make_join(ev, &left, &between, &on, kind)?;
            let on = join::equalities(ev, other)?;
            make_join(ev, &half, &target, &on, kind)?
        }
    };
    replace_from(&mut query.explicit, &left, joined);
    Ok(())
}

/// A join stands where its left side stood.
fn replace_from(froms: &mut Vec<FromRef>, left: &FromRef, joined: FromRef) {
    match froms.iter_mut().find(|from| from.same(left)) {
        Some(from) => *from = joined,
        None => froms.push(joined),
    }
}

/// What a query joins a new table to: the one source that a foreign key leads to, or that the condition is about.
fn left_side(
    ev: &mut Interp<'_>,
    query: &SelectObj,
    right: &FromRef,
    on: &Value,
) -> R<Option<FromRef>> {
    let all: Vec<&FromRef> = match query.explicit.as_slice() {
        [] => query
            .implied
            .iter()
            .filter(|from| !from.same(right))
            .collect(),
        explicit => explicit.iter().collect(),
    };
    if let [only] = all.as_slice() {
        return Ok(Some((*only).clone()));
    }
    // What the condition is about, besides the new table.
    let about: Vec<FromRef> = match as_clause(ev, on)? {
        Some(clause) if !on.is_none() => {
            let froms = clause.froms.into_iter();
            froms.filter(|from| !from.same(right)).collect()
        }
        _ => Vec::new(),
    };
    let fits = |from: &&&FromRef| match on {
        Value::None => join::can_join(from, right),
        _ => {
            let inner = inner_froms(from);
            let has = |wanted: &FromRef| inner.iter().any(|it| it.same(wanted));
            !about.is_empty() && about.iter().all(has)
        }
    };
    Ok(
        match all.iter().filter(fits).collect::<Vec<_>>().as_slice() {
            [only] => Some((**only).clone()),
            _ => None,
        },
    )
}

fn join_kind(ev: &mut Interp<'_>, name: &str, args: &mut crate::args::Bindings) -> R<JoinKind> {
    let outer = args.take_or_none("isouter");
    let full = args.take_or_none("full");
    Ok(if convert::flag(ev, &full, "`full`")? {
        JoinKind::FullOuter
    } else if name == "outerjoin" || convert::flag(ev, &outer, "`isouter`")? {
        JoinKind::LeftOuter
    } else {
        JoinKind::Inner
    })
}

pub(crate) const METHODS: &[&str] = &[
    "where",
    "filter",
    "filter_by",
    "order_by",
    "group_by",
    "having",
    "limit",
    "offset",
    "distinct",
    "select_from",
    "join",
    "outerjoin",
    "join_from",
    "outerjoin_from",
    "add_columns",
    "with_only_columns",
    "scalar_subquery",
    "as_scalar",
    "subquery",
    "alias",
    "cte",
    "label",
    "with_for_update",
    "exists",
    "union",
    "union_all",
    "execution_options",
    "options",
    "prefix_with",
    "correlate",
    "in_",
    "self_group",
    "slice",
    "params",
];

fn derived_columns(query: &SelectObj) -> Vec<(Name, Option<ColumnType>)> {
    query
        .columns
        .iter()
        .filter_map(|(name, type_)| Some((name.clone()?, type_.clone())))
        .collect()
}

fn method(ev: &mut Interp<'_>, this: &Rc<SelectObj>, name: &str, args: Args) -> R {
    let mut query = (**this).clone();
    match name {
        "where" | "filter" | "having" => {
            for value in &args.positional {
                let clause = condition(ev, value, "a condition")?;
                match name {
                    "having" => query.add_ctes(&clause.ctes),
                    _ => {
                        merge_froms(&mut query.conditions, &clause.froms);
                        query.absorb(&clause);
                    }
                }
                match name {
                    "having" => query.select.having.push(clause.expr),
                    _ => query.select.where_.push(clause.expr),
                }
            }
        }
        "order_by" | "group_by" => {
            for value in &args.positional {
                // What a query is read from is in its columns and conditions alone.
                let clause = order_item(ev, value, "what a query is ordered or grouped by")?;
                query.add_ctes(&clause.ctes);
                match (&mut query.compound, name) {
                    (Some(SelectSet::Compound { order_by, .. }), "order_by") => {
                        order_by.push(clause.expr)
                    }
                    (_, "order_by") => query.select.order_by.push(clause.expr),
                    _ => query.select.group_by.push(clause.expr),
                }
            }
        }
        "limit" | "offset" => {
            let mut args = args.bind(ev, name, "limit")?;
            let value = args.take_or_none("limit");
            let clause = if value.is_none() {
                None
            } else {
                Some(Box::new(expr_or_bind(ev, &value, None, "a limit")?.expr))
            };
            match (&mut query.compound, name) {
                (Some(SelectSet::Compound { limit, .. }), "limit") => *limit = clause,
                (Some(SelectSet::Compound { offset, .. }), _) => *offset = clause,
                (_, "limit") => query.select.limit = clause,
                _ => query.select.offset = clause,
            }
        }
        "distinct" => {
            query.select.distinct = true;
            for value in &args.positional {
                let clause = order_item(ev, value, "`distinct()`")?;
                query.select.distinct_on.push(clause.expr);
            }
        }
        "select_from" => {
            for value in &args.positional {
                let Some(from) = as_from(value) else {
                    return Ok(ev.unknown(
                        "`select_from()` of something else than a table is not modelled",
                    ));
                };
                merge_froms(&mut query.explicit, &[from]);
            }
        }
        "join" | "outerjoin" => {
            let mut args = args.bind(ev, name, "target,onclause=,isouter=,full=")?;
            let target = args.take_or_none("target");
            if let Some((along, only)) = along(&target, args.get("onclause")) {
                let kind = join_kind(ev, name, &mut args)?;
                join_along(ev, &mut query, &along, only, kind)?;
                return Ok(Value::object(query));
            }
            let Some(right) = as_from(&target) else {
                return Ok(ev.unknown("a join with something else than a table is not modelled"));
            };
            let on = args.take_or_none("onclause");
            let kind = join_kind(ev, name, &mut args)?;
            let Some(left) = left_side(ev, &query, &right, &on)? else {
                return Ok(ev.unknown("what is joined to is not clear"));
            };
            let joined = make_join(ev, &left, &right, &on, kind)?;
            replace_from(&mut query.explicit, &left, joined);
        }
        "join_from" | "outerjoin_from" => {
            let mut args = args.bind(ev, name, "from_,target,onclause=,isouter=,full=")?;
            let from = args.take_or_none("from_");
            let target = args.take_or_none("target");
            let (Some(left), Some(right)) = (as_from(&from), as_from(&target)) else {
                return Ok(ev.unknown("a join with something else than a table is not modelled"));
            };
            let on = args.take_or_none("onclause");
            let name = if name == "join_from" {
                "join"
            } else {
                "outerjoin"
            };
            let kind = join_kind(ev, name, &mut args)?;
            let joined = make_join(ev, &left, &right, &on, kind)?;
            replace_from(&mut query.explicit, &left, joined);
        }
        "add_columns" => {
            for value in &args.positional {
                add_column(ev, &mut query, value)?;
            }
        }
        "scalar_subquery" | "as_scalar" => return Ok(this.scalar(ev)?.value()),
        "label" => {
            let clause = this.scalar(ev)?;
            return crate::alchemy::sql::operators::method(ev, &clause, name, args)
                .map(|value| value.unwrap_or(Value::None));
        }
        "exists" => return exists_of(ev, this),
        "subquery" | "alias" => {
            let mut args = args.bind(ev, name, "name=,flat=")?;
            let mut alias = args.take_or_none("name");
            if alias.is_none() {
                match anonymous_name(ev, "anon") {
                    Some(made) => alias = Value::from(made),
                    None => return Ok(ev.unknown("a subquery without a name is not modelled")),
                }
            }
            let alias = convert::name(ev, &alias, "the name of a subquery")?;
            let scalar = this.scalar(ev)?;
            let set = this.build(false);
            let derived = Derived {
                kind: DerivedKind::From(FromClause::Subquery {
                    select: Box::new(set.clone()),
                    alias: Some(alias.clone()),
                    lateral: false,
                }),
                name: Some(alias),
                columns: derived_columns(this),
                inner: Vec::new(),
                query: Some(set),
                ctes: scalar.ctes,
                restates: None,
            };
            return Ok(derived.into_value());
        }
        "cte" => {
            let mut args = args.bind(ev, name, "name=,recursive=,nesting=")?;
            let mut cte = args.take_or_none("name");
            if cte.is_none()
                && let Some(made) = anonymous_name(ev, "anon")
            {
                cte = Value::from(made);
            }
            let recursive = args.take_or_none("recursive");
            let recursive = convert::flag(ev, &recursive, "`recursive`")?;
            if cte.is_none() {
                return Ok(ev.unknown("a common table expression that has no name is not modelled"));
            }
            let cte = convert::name(ev, &cte, "the name of a common table expression")?;
            let scalar = this.scalar(ev)?;
            let set = this.build(false);
            let derived = Derived {
                kind: DerivedKind::Cte(Box::new(Cte {
                    name: cte.clone(),
                    select: Statement::Select(set.clone()),
                    recursive,
                    materialized: None,
                })),
                name: Some(cte),
                columns: derived_columns(this),
                inner: Vec::new(),
                query: None,
                ctes: scalar.ctes,
                restates: None,
            };
            return Ok(derived.into_value());
        }
        "union" | "union_all" => {
            let op = if name == "union" {
                SetOp::Union
            } else {
                SetOp::UnionAll
            };
            let mut positional = vec![Value::Object(Rc::clone(this) as Rc<dyn NativeObject>)];
            positional.extend(args.positional);
            return compound(ev, Args::positional(positional), op);
        }
        "execution_options" | "self_group" => {}
        "options" => {
            if !args
                .positional
                .iter()
                .all(|it| matches!(it, Value::Opaque(_)))
            {
                return Err(ev.unreadable("an option of a query is not modelled"));
            }
        }
        "correlate" => {
            for value in &args.positional {
                match value.downcast::<TableObj>() {
                    Some(table) => query.select.correlate.push(table.reference_name().name),
                    None => {
                        return Ok(ev.unknown(
                            "`correlate()` of something else than a table is not modelled",
                        ));
                    }
                }
            }
        }
        "filter_by" => {
            let Some(table) = this.only_table() else {
                return Ok(ev.unknown("`filter_by()` of this query is not modelled"));
            };
            let mut conditions = Vec::new();
            for (key, value) in &args.keywords {
                let Some(column) = table.column(key) else {
                    return Ok(ev.unknown(format!(
                        "`filter_by()` of `{key}`, which is no column, is not modelled"
                    )));
                };
                let column = Value::Object(column as Rc<dyn NativeObject>);
                conditions.push(ev.compare(crate::value::CmpOp::Eq, &column, value)?);
            }
            return method(ev, this, "where", Args::positional(conditions));
        }
        "with_only_columns" => {
            let mut args = args.bind(ev, name, "*entities,maintain_column_froms=")?;
            let keeps = args.take_or_none("maintain_column_froms");
            let keeps = convert::flag(ev, &keeps, "`maintain_column_froms`")?;
            if query.compound.is_some() {
                return Ok(ev.unknown("other columns of a UNION are not modelled"));
            }
            if !keeps {
                query.implied.clear();
            }
            query.columns.clear();
            query.objects.clear();
            query.entities.clear();
            query.select.columns.clear();
            for value in std::mem::take(&mut args.rest) {
                add_entity(ev, &mut query, &value)?;
            }
            let conditions = query.conditions.clone();
            merge_froms(&mut query.implied, &conditions);
        }
        "slice" => {
            let mut args = args.bind(ev, name, "start,stop")?;
            let (start, stop) = (args.take_or_none("start"), args.take_or_none("stop"));
            let start = convert::opt_u64(ev, &start, "the start of `slice()`")?.unwrap_or(0);
            let stop = convert::opt_u64(ev, &stop, "the stop of `slice()`")?;
            let number = |number: u64| {
                let number = i64::try_from(number).unwrap_or(i64::MAX);
                Args::positional(vec![Value::int(number)])
            };
            let mut part = Value::object(query);
            if let Some(stop) = stop {
                part = ev.call_method(&part, "limit", number(stop.saturating_sub(start)))?;
            }
            if start > 0 {
                part = ev.call_method(&part, "offset", number(start))?;
            }
            return Ok(part);
        }
        "params" => {
            let mut sets = args.positional.clone();
            sets.extend(args.keywords.iter().map(|(key, value)| {
                Value::dict(crate::value::Dict::from_pairs([(
                    key.to_string(),
                    value.clone(),
                )]))
            }));
            for set in sets {
                for (key, value) in convert::pairs(ev, &set, "the values of `params()`")? {
                    let key = convert::text(ev, &key, "the name of a parameter")?.to_string();
                    let what = format!("the parameter `{key}`");
                    let value = crate::alchemy::types::literal::literal(ev, &value, &what)?;
                    query.given.retain(|(name, _)| *name != key);
                    query.given.push((key, value));
                }
            }
        }
        // SQLite locks as a whole, and has no words for it.
        "with_for_update" if ev.host().dialect_name() == "sqlite" => {}
        "with_for_update" => {
            let signature = "*,nowait=,read=,of=,skip_locked=,key_share=";
            let mut args = args.bind(ev, name, signature)?;
            let (of, key_share) = (args.take_or_none("of"), args.take_or_none("key_share"));
            if !of.is_none() || convert::flag(ev, &key_share, "`key_share`")? {
                return Ok(
                    ev.unknown("`of` and `key_share` of `with_for_update()` are not modelled")
                );
            }
            let mut flag = |key: &str| {
                let value = args.take_or_none(key);
                convert::flag(ev, &value, "an argument of `with_for_update()`")
            };
            query.select.for_update = Some((flag("read")?, flag("nowait")?, flag("skip_locked")?));
        }
        _ => return Ok(ev.unknown(format!("`select().{name}()` is not modelled"))),
    }
    Ok(Value::object(query))
}

impl NativeObject for SelectObj {
    fn type_name(&self) -> String {
        "Select".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(alchemy(ev).class("Select"))
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

    fn truth(&self, ev: &mut Interp<'_>) -> R<bool> {
        Err(ev.raise("TypeError", "Boolean value of this clause is not defined"))
    }
}

/// The name of a column given by name or as an object.
pub(crate) fn assigned_name(ev: &mut Interp<'_>, value: &Value) -> R<Name> {
    if let Some(column) = value.downcast::<ColumnObj>() {
        return Ok(column.column.borrow().name.clone());
    }
    convert::name(ev, value, "the name of a column")
}
