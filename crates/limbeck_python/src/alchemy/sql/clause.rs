//! A SQL expression as a Python value.

use std::rc::Rc;

use limbeck_schema::{Bind, ColumnRef, ColumnType, Expr, Name, Text, TypeClass};

use crate::alchemy::convert;
use crate::alchemy::registry::alchemy;
use crate::alchemy::schema::table::TableObj;
use crate::alchemy::sql::derived::Derived;
use crate::alchemy::types::object::opt_type;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{BinOp, Class, CmpOp, NativeObject, Value};

/// Something that an expression reads from.
#[derive(Clone)]
pub(crate) enum FromRef {
    /// A table, whose columns may still grow.
    Table(Rc<TableObj>),
    /// An alias, subquery, join, …
    Derived(Rc<Derived>),
}

impl FromRef {
    /// Identity, as SQLAlchemy tells FROM objects apart.
    pub(crate) fn same(&self, other: &FromRef) -> bool {
        match (self, other) {
            (FromRef::Table(left), FromRef::Table(right)) => Rc::ptr_eq(left, right),
            (FromRef::Derived(left), FromRef::Derived(right)) => Rc::ptr_eq(left, right),
            _ => false,
        }
    }
}

/// Adds what is not there yet.
pub(crate) fn merge_froms(into: &mut Vec<FromRef>, more: &[FromRef]) {
    for from in more {
        if !into.iter().any(|found| found.same(from)) {
            into.push(from.clone());
        }
    }
}

/// An expression with its type and what it reads from.
#[derive(Clone)]
pub(crate) struct Clause {
    pub(crate) expr: Expr,
    /// `None` is `NullType`.
    pub(crate) type_: Option<ColumnType>,
    pub(crate) froms: Vec<FromRef>,
    /// Common table expressions used inside.
    pub(crate) ctes: Vec<Rc<Derived>>,
    /// What an `exists()` asks, which its methods add to.
    pub(crate) asked: Option<Rc<crate::alchemy::sql::select::SelectObj>>,
    /// How many expressions it is made of, and how deep they stand in each other, about.
    pub(crate) size: Size,
}

/// See [`Clause::size`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    parts: usize,
    pub(crate) depth: usize,
}

impl Size {
    const ONE: Size = Size { parts: 1, depth: 1 };

    fn and(self, part: Size) -> Size {
        Size {
            parts: self.parts.saturating_add(part.parts),
            depth: self.depth.max(part.depth + 1),
        }
    }
}

/// Deeper, SQLAlchemy's own compiler exceeds Python's limit of recursion.
const DEEPEST: usize = 300;

/// More than any statement that a server takes.
const LARGEST: usize = 200_000;

impl Clause {
    /// What is made of it copies it, which costs by its size.
    ///
    /// # Errors
    /// It is too deep to be written.
    pub(crate) fn count(&self, ev: &mut Interp<'_>) -> R<()> {
        if self.size.depth > DEEPEST {
            return Err(ev.unreadable("a SQL expression is nested too deeply"));
        }
        if self.size.parts > LARGEST {
            return Err(ev.limit("a SQL expression grows too large"));
        }
        ev.charge(self.size.parts / 2);
        ev.step()
    }

    /// An expression that reads from nothing.
    pub(crate) fn new(expr: Expr, type_: Option<ColumnType>) -> Clause {
        Clause {
            expr,
            type_,
            froms: Vec::new(),
            ctes: Vec::new(),
            asked: None,
            size: Size::ONE,
        }
    }

    /// An expression made of others.
    pub(crate) fn of(expr: Expr, type_: Option<ColumnType>, parts: &[&Clause]) -> Clause {
        let mut clause = Clause::new(expr, type_);
        for part in parts {
            clause.absorb(part);
        }
        clause
    }

    /// Takes over what a part reads from.
    pub(crate) fn absorb(&mut self, part: &Clause) {
        self.size = self.size.and(part.size);
        merge_froms(&mut self.froms, &part.froms);
        for cte in &part.ctes {
            if !self.ctes.iter().any(|found| Rc::ptr_eq(found, cte)) {
                self.ctes.push(Rc::clone(cte));
            }
        }
    }

    /// With another expression.
    pub(crate) fn map(&self, expr: Expr, type_: Option<ColumnType>) -> Clause {
        Clause {
            expr,
            type_,
            froms: self.froms.clone(),
            ctes: self.ctes.clone(),
            asked: None,
            size: Size::ONE.and(self.size),
        }
    }

    /// As a Python value.
    pub(crate) fn value(self) -> Value {
        Value::object(ClauseObj { clause: self })
    }
}

/// An expression as a Python value.
pub(crate) struct ClauseObj {
    pub(crate) clause: Clause,
}

/// A boolean type, which comparisons have.
pub(crate) fn boolean() -> Option<ColumnType> {
    Some(ColumnType::new(TypeClass::Boolean))
}

/// The expression that a SQL value stands for; nothing for a plain Python value.
pub(crate) fn as_clause(ev: &mut Interp<'_>, value: &Value) -> R<Option<Clause>> {
    let value = match value {
        Value::Instance(instance) => match instance.payload() {
            Some(payload @ Value::Object(_)) => payload,
            _ => match crate::alchemy::orm::clause_element(ev, instance)? {
                Some(element) => element,
                None => return Ok(None),
            },
        },
        Value::Object(_) => value.clone(),
        _ => return Ok(None),
    };
    if let Some(object) = value.downcast_ref::<ClauseObj>() {
        object.clause.count(ev)?;
        return Ok(Some(object.clause.clone()));
    }
    if let Some(column) = value.downcast::<crate::alchemy::schema::column::ColumnObj>() {
        return Ok(Some(column.clause()));
    }
    if let Some(select) = value.downcast::<crate::alchemy::sql::select::SelectObj>() {
        return select.scalar(ev).map(Some);
    }
    if let Some(function) = value.downcast::<crate::alchemy::sql::functions::FuncObj>() {
        return Ok(function.bare_clause());
    }
    if let Some(sequence) = value.downcast::<crate::alchemy::schema::defaults::SequenceObj>() {
        return Ok(Some(sequence.next_value()));
    }
    if let Some(subquery) = value.downcast::<Derived>() {
        return Ok(subquery.as_scalar());
    }
    Ok(None)
}

/// The expression that must be one.
pub(crate) fn expect_clause(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Clause> {
    ev.need_known(value, what)?;
    match as_clause(ev, value)? {
        Some(clause) => Ok(clause),
        None => {
            let found = ev.type_name(value);
            Err(ev.unreadable(format!("{what} should be a SQL expression, not `{found}`")))
        }
    }
}

/// An expression, or a plain value bound as a parameter of the given type (else of its own).
pub(crate) fn expr_or_bind(
    ev: &mut Interp<'_>,
    value: &Value,
    type_: Option<&ColumnType>,
    what: &str,
) -> R<Clause> {
    ev.need_known(value, what)?;
    if let Some(clause) = as_clause(ev, value)? {
        return Ok(clause);
    }
    if value.is_none() {
        return Ok(Clause::new(Expr::Null, None));
    }
    bind_value(ev, value, type_, what)
}

/// A plain value bound as a parameter: of the given type, else of the type SQLAlchemy gives it.
pub(crate) fn bind_value(
    ev: &mut Interp<'_>,
    value: &Value,
    type_: Option<&ColumnType>,
    what: &str,
) -> R<Clause> {
    let type_ = match type_ {
        Some(type_) => Some(type_.clone()),
        None => crate::alchemy::types::literal::natural_type(ev, value),
    };
    let literal = crate::alchemy::types::literal::typed_literal(ev, value, type_.as_ref(), what)?;
    Ok(Clause::new(
        Expr::Bind(Bind::value(literal, type_.clone())),
        type_,
    ))
}

/// `column(text, type_=None, is_literal=False)`
pub(crate) fn column(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "column", "text,type_=,is_literal=,_selectable=")?;
    let text = args.take_or_none("text");
    let name = convert::name(ev, &text, "the name of `column()`")?;
    let type_value = args.take_or_none("type_");
    let type_ = opt_type(ev, &type_value, "the type of `column()`")?;
    let is_literal = args.take_or_none("is_literal");
    if convert::flag(ev, &is_literal, "`is_literal`")? {
        let expr = Expr::LiteralColumn {
            sql: name.text,
            type_: type_.clone().map(Box::new),
        };
        return Ok(Clause::new(expr, type_).value());
    }
    Ok(crate::alchemy::schema::column::ColumnObj::light(name, type_).into_value())
}

/// `text(…)`
pub(crate) fn text(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "text", "text,bind=")?;
    let sql = args.take_or_none("text");
    let Some(sql) = sql.as_str() else {
        let found = ev.type_name(&sql);
        // `text.encode` fails in SQLAlchemy's regular expression.
        return Err(ev.raise(
            "TypeError",
            format!("expected string or bytes-like object, got '{found}'"),
        ));
    };
    Ok(Clause::new(Expr::Text(Text::new(sql.to_string())), None).value())
}

/// `TextClause(…)`
pub(crate) fn text_class(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    text(ev, args)
}

/// `BindParameter(…)`
pub(crate) fn bindparam_class(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    bindparam(ev, args)
}

/// `bindparam(key, value, type_, …)`
pub(crate) fn bindparam(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    const SIGNATURE: &str = "key,value=,type_=,unique=,required=,quote=,callable_=,expanding=,isoutparam=,\
        literal_execute=";
    let mut args = args.bind(ev, "bindparam", SIGNATURE)?;
    let key = args.take_or_none("key");
    let name = convert::opt_text(ev, &key, "the key of `bindparam()`")?;
    let type_value = args.take_or_none("type_");
    let mut type_ = opt_type(ev, &type_value, "the type of `bindparam()`")?;
    let expanding = args.take_or_none("expanding");
    let expanding = convert::flag(ev, &expanding, "`expanding`")?;
    let literal_execute = args.take_or_none("literal_execute");
    let literal_execute = convert::flag(ev, &literal_execute, "`literal_execute`")?;
    let value = match args.take("value") {
        Some(value) => {
            if type_.is_none() {
                type_ = if expanding {
                    let first = convert::items(ev, &value, "the value of `bindparam()`")?
                        .into_iter()
                        .next();
                    first.and_then(|first| crate::alchemy::types::literal::natural_type(ev, &first))
                } else {
                    crate::alchemy::types::literal::natural_type(ev, &value)
                };
            }
            Some(crate::alchemy::types::literal::typed_literal(
                ev,
                &value,
                type_.as_ref(),
                "the value of `bindparam()`",
            )?)
        }
        None => None,
    };
    let bind = Bind {
        name,
        value,
        type_: type_.clone().map(Box::new),
        literal_execute,
        expanding,
    };
    Ok(Clause::new(Expr::Bind(bind), type_).value())
}

/// `literal(value, type_=None, literal_execute=False)`
pub(crate) fn literal(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "literal", "value,type_=,literal_execute=")?;
    let value = args.take_or_none("value");
    if let Some(clause) = as_clause(ev, &value)? {
        return Ok(clause.value());
    }
    let type_value = args.take_or_none("type_");
    let type_ = opt_type(ev, &type_value, "the type of `literal()`")?;
    let literal_execute = args.take_or_none("literal_execute");
    let literal_execute = convert::flag(ev, &literal_execute, "`literal_execute`")?;
    let mut clause = bind_value(ev, &value, type_.as_ref(), "the value of `literal()`")?;
    if let Expr::Bind(bind) = &mut clause.expr {
        bind.literal_execute = literal_execute;
    }
    Ok(clause.value())
}

/// `literal_column(text, type_=None)`
pub(crate) fn literal_column(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "literal_column", "text,type_=")?;
    let sql = args.take_or_none("text");
    let sql = convert::text(ev, &sql, "the text of `literal_column()`")?;
    let type_value = args.take_or_none("type_");
    let type_ = opt_type(ev, &type_value, "the type of `literal_column()`")?;
    let expr = Expr::LiteralColumn {
        sql: sql.to_string(),
        type_: type_.clone().map(Box::new),
    };
    Ok(Clause::new(expr, type_).value())
}

/// A column of a FROM object that is not a `Column`.
pub(crate) fn column_of(
    from: &FromRef,
    table: limbeck_schema::TableName,
    name: &Name,
    type_: &Option<ColumnType>,
) -> Clause {
    Clause {
        expr: Expr::Column(ColumnRef {
            table: Some(table),
            name: name.clone(),
            type_: type_.clone().map(Box::new),
        }),
        type_: type_.clone(),
        froms: vec![from.clone()],
        ctes: Vec::new(),
        asked: None,
        size: Size::ONE,
    }
}

/// The class of an expression, for `isinstance`.
fn class_key(expr: &Expr) -> &'static str {
    match expr {
        Expr::Text(_) => "TextClause",
        Expr::LiteralColumn { .. } => "ColumnClause",
        Expr::Column(_) => "ColumnClause",
        Expr::Bind(_) => "BindParameter",
        Expr::Null => "Null",
        Expr::True => "True_",
        Expr::False => "False_",
        Expr::Unary { .. } => "UnaryExpression",
        Expr::Binary { .. } | Expr::Between { .. } | Expr::In { .. } => "BinaryExpression",
        Expr::List { .. } => "BooleanClauseList",
        Expr::Function { .. } => "Function",
        Expr::Cast { .. } => "Cast",
        Expr::Case { .. } => "Case",
        Expr::Label { .. } => "Label",
        _ => "ColumnElement",
    }
}

/// Methods of a `text()`: it is no expression to SQLAlchemy, and has none of the operators.
const TEXT_METHODS: &[&str] = &[
    "label",
    "bindparams",
    "params",
    "unique_params",
    "columns",
    "self_group",
    "compile",
    "execution_options",
];

impl NativeObject for ClauseObj {
    fn type_name(&self) -> String {
        class_key(&self.clause.expr).to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        Some(alchemy(ev).class(class_key(&self.clause.expr)))
    }

    fn methods(&self) -> &'static [&'static str] {
        match &self.clause.expr {
            Expr::Text(_) => TEXT_METHODS,
            _ => crate::alchemy::sql::operators::METHODS,
        }
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        if let Expr::Text(text) = &self.clause.expr
            && let Some(found) =
                crate::alchemy::sql::constructs::text_method(ev, text, name, &args)?
        {
            return Ok(Some(found));
        }
        if name == "label" && matches!(self.clause.expr, Expr::Text(_)) {
            return Err(ev.raise("NotImplementedError", ""));
        }
        self.clause.count(ev)?;
        crate::alchemy::sql::operators::method(ev, &self.clause, name, args)
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        clause_attr(ev, &self.clause, name)
    }

    fn get_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        if let Expr::Text(_) = &self.clause.expr {
            let message = "'TextClause' object is not subscriptable";
            return Err(ev.raise("TypeError", message));
        }
        self.clause.count(ev)?;
        crate::alchemy::sql::items::get_item(ev, &self.clause, key).map(Some)
    }

    fn truth(&self, ev: &mut Interp<'_>) -> R<bool> {
        truth(ev, &self.clause)
    }

    fn binary(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        op: BinOp,
        other: &Value,
        reflected: bool,
    ) -> R<Option<Value>> {
        if let Expr::Text(_) = &self.clause.expr
            && (op != BinOp::And || reflected)
        {
            // A text has one operator, `&`; all others are those of the other side.
            let other_has_one = as_clause(ev, other)?
                .is_some_and(|it| op != BinOp::Or && !matches!(it.expr, Expr::Text(_)));
            if op == BinOp::Or && !reflected {
                let message = "unsupported operand type(s) for |: 'TextClause'";
                return Err(ev.raise("TypeError", message));
            }
            if reflected || !other_has_one {
                return Ok(None);
            }
        }
        self.clause.count(ev)?;
        crate::alchemy::sql::operators::binary(ev, &self.clause, op, other, reflected).map(Some)
    }

    fn compare(self: Rc<Self>, ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        if let Expr::Text(_) = &self.clause.expr {
            return Err(ev.unreadable(
                "a `text()` compared by Python: it has no comparison of SQL, and is equal to nothing but itself",
            ));
        }
        self.clause.count(ev)?;
        crate::alchemy::sql::operators::compare(ev, &self.clause, op, other).map(Some)
    }

    fn unary(self: Rc<Self>, ev: &mut Interp<'_>, op: char) -> R<Option<Value>> {
        if let Expr::Text(_) = &self.clause.expr {
            return match op {
                '~' => Err(ev.raise("AssertionError", "")),
                _ => Ok(None),
            };
        }
        self.clause.count(ev)?;
        crate::alchemy::sql::operators::unary(ev, &self.clause, op).map(Some)
    }

    fn str(&self, ev: &mut Interp<'_>) -> R<String> {
        plain_text(&self.clause.expr)
            .ok_or_else(|| ev.unreadable("the text of a SQL expression depends on the compiler"))
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        Err(ev.unreadable("the text of a SQL expression depends on the compiler"))
    }
}

/// What `str()` says of an expression that is the same for every database.
fn plain_text(expr: &Expr) -> Option<String> {
    match expr {
        // A text without parameters prints as it is.
        Expr::Text(text) if !text.sql.contains(':') => Some(text.sql.clone()),
        Expr::LiteralColumn { sql, .. } => Some(sql.clone()),
        Expr::Null => Some("NULL".to_owned()),
        Expr::True => Some("true".to_owned()),
        Expr::False => Some("false".to_owned()),
        Expr::Function { path, args, .. } if args.is_empty() => {
            let [name] = path.as_slice() else { return None };
            let is_plain = |text: &str| text.chars().all(|it| it.is_ascii_lowercase() || it == '_');
            match name.text.as_str() {
                "count" | "cube" | "rollup" | "grouping_sets" | "aggregate_strings" => None,
                text if BARE.contains(&text) => Some(text.to_uppercase()),
                "sysdate" => Some("sysdate".to_owned()),
                text if is_plain(text) && name.quote.is_none() => Some(format!("{text}()")),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Functions that stand in capitals and without parentheses.
const BARE: [&str; 8] = [
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "user",
];

/// `bool(clause)`: only `==` and `!=` have a truth value, the identity of their sides.
pub(crate) fn truth(ev: &mut Interp<'_>, clause: &Clause) -> R<bool> {
    match &clause.expr {
        Expr::Binary {
            left,
            op: limbeck_schema::BinaryOp::Eq,
            right,
        } => Ok(left == right),
        Expr::Binary {
            left,
            op: limbeck_schema::BinaryOp::Ne,
            right,
        } => Ok(left != right),
        _ => Err(ev.raise("TypeError", "Boolean value of this clause is not defined")),
    }
}

/// Attributes that every expression has.
pub(crate) fn clause_attr(ev: &mut Interp<'_>, clause: &Clause, name: &str) -> R<Option<Value>> {
    Ok(match (name, &clause.expr) {
        ("type", _) => {
            let type_ = clause
                .type_
                .clone()
                .unwrap_or_else(|| ColumnType::new(TypeClass::NullType));
            Some(crate::alchemy::types::object::TypeObj::value(ev, type_))
        }
        ("text", Expr::Text(text)) => Some(Value::from(text.sql.as_str())),
        ("text", Expr::LiteralColumn { sql, .. }) => Some(Value::from(sql.as_str())),
        ("key" | "name", Expr::Column(column)) => Some(convert::name_value(ev, &column.name)),
        ("key", Expr::Bind(bind)) => bind.name.as_deref().map(Value::from),
        ("name" | "key", Expr::Label { name, .. }) => Some(convert::name_value(ev, name)),
        ("name", Expr::Function { path, .. }) => {
            path.last().map(|name| convert::name_value(ev, name))
        }
        ("astext", _) => return crate::alchemy::sql::items::astext(ev, clause).map(Some),
        ("comparator", _) => Some(clause.clone().value()),
        _ => None,
    })
}
