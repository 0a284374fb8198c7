//! Constructs made by functions: `and_`, `case`, `cast`, `exists`, …

use std::rc::Rc;

use limbeck_schema::{Bind, ColumnType, Expr, ListOp, Text, TypeClass, UnaryOp};

use crate::alchemy::convert;
use crate::alchemy::sql::clause::{Clause, as_clause, boolean, expect_clause, expr_or_bind};
use crate::alchemy::sql::operators::{condition, conjunction, negate};
use crate::alchemy::types::object::{opt_type, to_type};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, Value};

/// Methods that only `text()` has.
pub(crate) fn text_method(
    ev: &mut Interp<'_>,
    text: &Text,
    name: &str,
    args: &Args,
) -> R<Option<Value>> {
    let is_params = name == "params";
    if name != "bindparams" && !is_params {
        return Ok(None);
    }
    let mut text = text.clone();
    let mut keywords = args.keywords.clone();
    if is_params && let [given] = args.positional.as_slice() {
        for (key, value) in convert::pairs(ev, given, "the parameters of a text")? {
            let key = convert::text(ev, &key, "the name of a parameter")?;
            keywords.push((key, value));
        }
    }
    for value in args.positional.iter().filter(|_| !is_params) {
        let clause = expect_clause(ev, value, "an argument of `bindparams()`")?;
        let Expr::Bind(bind) = clause.expr else {
            return Err(ev.unreadable("an argument of `bindparams()` is no `bindparam()`"));
        };
        check_parameter(ev, &text, bind.name.as_deref().unwrap_or_default())?;
        set_bind(&mut text, bind);
    }
    for (key, value) in &keywords {
        let what = format!("the parameter `{key}`");
        ev.need_known(value, &what)?;
        // `params()` passes over names that the text does not have.
        if is_params && !parameters(&text.sql).iter().any(|found| **found == **key) {
            continue;
        }
        check_parameter(ev, &text, key)?;
        // The parameter keeps what it was declared with: its type, and that it stands for a list.
        let declared = text
            .binds
            .iter()
            .find(|bind| bind.name.as_deref() == Some(&**key))
            .cloned();
        let expanding = declared.as_ref().is_some_and(|bind| bind.expanding);
        let literal_execute = declared.as_ref().is_some_and(|bind| bind.literal_execute);
        let known = declared.and_then(|bind| bind.type_.as_deref().cloned());
        let type_ = known.or_else(|| match expanding {
            true => None,
            false => crate::alchemy::types::literal::natural_type(ev, value),
        });
        let literal =
            crate::alchemy::types::literal::typed_literal(ev, value, type_.as_ref(), &what)?;
        let mut bind = Bind::value(literal, type_);
        bind.name = Some(key.to_string());
        bind.expanding = expanding;
        bind.literal_execute = literal_execute;
        set_bind(&mut text, bind);
    }
    Ok(Some(Clause::new(Expr::Text(text), None).value()))
}

/// A value is only for a parameter that the text has.
fn check_parameter(ev: &mut Interp<'_>, text: &Text, name: &str) -> R<()> {
    if parameters(&text.sql).iter().any(|found| found == name) {
        return Ok(());
    }
    Err(crate::alchemy::types::construct::argument_error(
        ev,
        &format!("This text() construct doesn't define a bound parameter named '{name}'"),
    ))
}

/// The names in `:name`, by SQLAlchemy's `(?<![:\w\x5c]):(\w+)(?!:)`.
fn parameters(sql: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut names = Vec::new();
    let mut before = ' ';
    let mut rest = sql;
    while let Some(at) = rest.find(':') {
        let previous = rest.get(..at).and_then(|it| it.chars().next_back());
        let previous = previous.unwrap_or(before);
        rest = rest.get(at + 1..).unwrap_or_default();
        before = ':';
        if previous == ':' || previous == '\\' || is_word(previous) {
            continue;
        }
        let mut name: String = rest.chars().take_while(|c| is_word(*c)).collect();
        if rest.get(name.len()..).is_some_and(|it| it.starts_with(':')) {
            name.pop();
        }
        if !name.is_empty() {
            names.push(name);
        }
    }
    names
}

fn set_bind(text: &mut Text, bind: Bind) {
    match text.binds.iter_mut().find(|found| found.name == bind.name) {
        Some(slot) => *slot = bind,
        None => text.binds.push(bind),
    }
}

/// The types of the parts of a tuple.
pub(crate) fn tuple_types(expr: &Expr) -> Vec<Option<ColumnType>> {
    match expr {
        Expr::Tuple(parts) => parts
            .iter()
            .map(|part| match part {
                Expr::Column(column) => column.type_.as_deref().cloned(),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn cast_class(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    cast(ev, args, false)
}

pub(crate) fn case_class(ev: &mut Interp<'_>, _class: &Rc<Class>, args: Args) -> R {
    case(ev, args)
}

fn cast(ev: &mut Interp<'_>, args: Args, try_: bool) -> R {
    let mut args = args.bind(ev, "cast", "expression,type_")?;
    let type_ = args.take_or_none("type_");
    let type_ = to_type(ev, &type_, "the type of `cast()`")?;
    let value = args.take_or_none("expression");
    let clause = expr_or_bind(ev, &value, Some(&type_), "the value of `cast()`")?;
    let expr = Expr::Cast {
        expr: Box::new(clause.expr.clone()),
        type_: Box::new(type_.clone()),
        try_,
    };
    Ok(clause.map(expr, Some(type_)).value())
}

fn case(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "case", "*whens,value=,else_=")?;
    let value = args.take_or_none("value");
    let value = if value.is_none() {
        None
    } else {
        Some(expr_or_bind(ev, &value, None, "`value` of `case()`")?)
    };
    let mut whens = std::mem::take(&mut args.rest);
    if let [only] = whens.as_slice() {
        match only {
            Value::List(_) => {
                return Err(crate::alchemy::types::construct::argument_error(
                    ev,
                    "The \"whens\" argument to \"case()\", when referring to a sequence of items, is now passed as a \
                     series of positional elements, rather than as a list. ",
                ));
            }
            Value::Dict(_) => {
                let pairs = convert::pairs(ev, only, "the conditions of `case()`")?;
                whens = pairs
                    .into_iter()
                    .map(|(when, then)| Value::tuple(vec![when, then]))
                    .collect();
            }
            _ => {}
        }
    }
    let mut parts = Vec::new();
    let mut list = Vec::new();
    let mut type_ = None;
    for when in whens {
        let mut pair = convert::items(ev, &when, "a condition of `case()`")?.into_iter();
        let (Some(when), Some(then)) = (pair.next(), pair.next()) else {
            return Err(ev.raise("ValueError", "not enough values to unpack (expected 2)"));
        };
        let when = match &value {
            Some(value) => {
                expr_or_bind(ev, &when, value.type_.as_ref(), "a condition of `case()`")?
            }
            None => condition(ev, &when, "a condition of `case()`")?,
        };
        let then = expr_or_bind(ev, &then, None, "a result of `case()`")?;
        if then.type_.is_some() {
            type_.clone_from(&then.type_);
        }
        list.push((when.expr.clone(), then.expr.clone()));
        parts.push(when);
        parts.push(then);
    }
    let else_ = args.take_or_none("else_");
    let else_ = if else_.is_none() {
        None
    } else {
        Some(expr_or_bind(ev, &else_, None, "`else_` of `case()`")?)
    };
    let expr = Expr::Case {
        value: value.as_ref().map(|value| Box::new(value.expr.clone())),
        whens: list,
        else_: else_.as_ref().map(|value| Box::new(value.expr.clone())),
    };
    parts.extend(value);
    parts.extend(else_);
    let parts: Vec<&Clause> = parts.iter().collect();
    Ok(Clause::of(expr, type_, &parts).value())
}

/// A function of the `sqlalchemy` module that makes an expression.
pub(crate) type Make = fn(&mut Interp<'_>, Args) -> R;

/// Those functions.
pub(crate) const FUNCTIONS: &[(&str, Make)] = &[
    ("text", crate::alchemy::sql::clause::text),
    ("bindparam", crate::alchemy::sql::clause::bindparam),
    ("literal", crate::alchemy::sql::clause::literal),
    (
        "literal_column",
        crate::alchemy::sql::clause::literal_column,
    ),
    ("null", |_ev, _args| {
        Ok(Clause::new(Expr::Null, None).value())
    }),
    ("true", |_ev, _args| {
        Ok(Clause::new(Expr::True, boolean()).value())
    }),
    ("false", |_ev, _args| {
        Ok(Clause::new(Expr::False, boolean()).value())
    }),
    ("and_", |ev, args| junction(ev, args, ListOp::And)),
    ("or_", |ev, args| junction(ev, args, ListOp::Or)),
    ("not_", |ev, args| {
        let mut args = args.bind(ev, "not_", "clause")?;
        let clause = args.take_or_none("clause");
        Ok(negate(&condition(ev, &clause, "the operand of `not_()`")?).value())
    }),
    ("case", case),
    ("cast", |ev, args| cast(ev, args, false)),
    ("try_cast", |ev, args| cast(ev, args, true)),
    ("type_coerce", |ev, args| {
        let mut args = args.bind(ev, "type_coerce", "expression,type_")?;
        let type_ = args.take_or_none("type_");
        let type_ = to_type(ev, &type_, "the type of `type_coerce()`")?;
        let value = args.take_or_none("expression");
        let clause = expr_or_bind(ev, &value, Some(&type_), "the value of `type_coerce()`")?;
        // An item of JSON stays one in SQL, where `as_string()` and the like say another thing.
        let expr = match &clause.type_ {
            Some(type_) if clause.expr.is_json_item() => Expr::TypeCoerce {
                expr: Box::new(clause.expr.clone()),
                type_: Box::new(type_.clone()),
            },
            _ => clause.expr.clone(),
        };
        let expr = Expr::TypeCoerce {
            expr: Box::new(expr),
            type_: Box::new(type_.clone()),
        };
        Ok(clause.map(expr, Some(type_)).value())
    }),
    ("desc", |ev, args| unary(ev, args, UnaryOp::Desc)),
    ("asc", |ev, args| unary(ev, args, UnaryOp::Asc)),
    ("nulls_first", |ev, args| {
        unary(ev, args, UnaryOp::NullsFirst)
    }),
    ("nullsfirst", |ev, args| {
        unary(ev, args, UnaryOp::NullsFirst)
    }),
    ("nulls_last", |ev, args| unary(ev, args, UnaryOp::NullsLast)),
    ("nullslast", |ev, args| unary(ev, args, UnaryOp::NullsLast)),
    ("distinct", |ev, args| unary(ev, args, UnaryOp::Distinct)),
    ("collate", |ev, args| {
        let mut args = args.bind(ev, "collate", "expression,collation")?;
        let (value, collation) = (
            args.take_or_none("expression"),
            args.take_or_none("collation"),
        );
        let clause = expr_or_bind(ev, &value, None, "the value of `collate()`")?;
        let collation = convert::text(ev, &collation, "the collation")?.to_string();
        let expr = Expr::Collate {
            expr: Box::new(clause.expr.clone()),
            collation,
        };
        Ok(clause.map(expr, clause.type_.clone()).value())
    }),
    ("extract", |ev, args| {
        let mut args = args.bind(ev, "extract", "field,expr")?;
        let (field, value) = (args.take_or_none("field"), args.take_or_none("expr"));
        let field = convert::text(ev, &field, "the field of `extract()`")?.to_string();
        let clause = expr_or_bind(ev, &value, None, "the value of `extract()`")?;
        let expr = Expr::Extract {
            field,
            expr: Box::new(clause.expr.clone()),
        };
        Ok(clause
            .map(expr, Some(ColumnType::new(TypeClass::Integer)))
            .value())
    }),
    ("tuple_", |ev, args| {
        let mut parts = Vec::new();
        for value in &args.positional {
            parts.push(expr_or_bind(ev, value, None, "a part of `tuple_()`")?);
        }
        let expr = Expr::Tuple(parts.iter().map(|part| part.expr.clone()).collect());
        let parts: Vec<&Clause> = parts.iter().collect();
        Ok(Clause::of(expr, None, &parts).value())
    }),
    ("exists", crate::alchemy::sql::select::exists),
    ("select", crate::alchemy::sql::select::select),
    ("union", |ev, args| {
        crate::alchemy::sql::select::compound(ev, args, limbeck_schema::SetOp::Union)
    }),
    ("union_all", |ev, args| {
        crate::alchemy::sql::select::compound(ev, args, limbeck_schema::SetOp::UnionAll)
    }),
    ("intersect", |ev, args| {
        crate::alchemy::sql::select::compound(ev, args, limbeck_schema::SetOp::Intersect)
    }),
    ("except_", |ev, args| {
        crate::alchemy::sql::select::compound(ev, args, limbeck_schema::SetOp::Except)
    }),
    ("insert", crate::alchemy::sql::dml::insert),
    ("update", crate::alchemy::sql::dml::update),
    ("delete", crate::alchemy::sql::dml::delete),
    ("inspect", crate::alchemy::live::inspector::inspect),
];

fn unary(ev: &mut Interp<'_>, args: Args, op: UnaryOp) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "operator", "column")?;
    let value = args.take_or_none("column");
    let clause = crate::alchemy::sql::functions::order_item(ev, &value, "the operand")?;
    let expr = Expr::Unary {
        op,
        operand: Box::new(clause.expr.clone()),
    };
    Ok(clause.map(expr, clause.type_.clone()).value())
}

fn junction(ev: &mut Interp<'_>, args: Args, op: ListOp) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut list = Vec::new();
    for value in &args.positional {
        list.push(condition(ev, value, "an operand of `and_()` or `or_()`")?);
    }
    Ok(conjunction(op, list).value())
}

/// `array([…])` of PostgreSQL.
pub(crate) fn array(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "array", "clauses,type_=")?;
    let values = args.take_or_none("clauses");
    let type_ = args.take_or_none("type_");
    let mut item = opt_type(ev, &type_, "the type of `array()`")?;
    let mut parts = Vec::new();
    for value in convert::items(ev, &values, "the elements of `array()`")? {
        let part = match as_clause(ev, &value)? {
            Some(clause) => clause,
            None => expr_or_bind(ev, &value, item.as_ref(), "an element of `array()`")?,
        };
        if item.is_none() {
            item.clone_from(&part.type_);
        }
        parts.push(part);
    }
    let mut array = ColumnType::new(TypeClass::PgArray);
    array.item = item.map(Box::new);
    let expr = Expr::Array(parts.iter().map(|part| part.expr.clone()).collect());
    let parts: Vec<&Clause> = parts.iter().collect();
    Ok(Clause::of(expr, Some(array), &parts).value())
}
