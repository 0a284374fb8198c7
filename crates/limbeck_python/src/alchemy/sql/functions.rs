//! `func.…`

use std::rc::Rc;

use limbeck_schema::{ColumnType, Expr, Name, TypeClass};

use crate::alchemy::convert;
use crate::alchemy::sql::clause::{Clause, expr_or_bind};
use crate::alchemy::types::object::opt_type;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{NativeObject, Value};

/// `func`, `func.name`, `func.a.name`: the path so far.
pub(crate) struct FuncObj {
    path: Vec<Name>,
}

/// `func` itself.
pub(crate) fn func() -> Value {
    Value::object(FuncObj { path: Vec::new() })
}

/// The name of `func.name`, if the value is one.
pub(crate) fn name(value: &Value) -> Option<String> {
    let path = &value.downcast_ref::<FuncObj>()?.path;
    path.last().map(|name| name.text.clone())
}

impl FuncObj {
    /// `func.current_timestamp` without a call is an expression nowhere.
    pub(crate) fn bare_clause(&self) -> Option<Clause> {
        None
    }
}

/// The type of a function's result, where SQLAlchemy knows it.
fn result_type(name: &str, args: &[Clause]) -> Option<ColumnType> {
    let fixed = |class| Some(ColumnType::new(class));
    match name {
        "now" | "current_timestamp" | "localtimestamp" | "sysdate" => fixed(TypeClass::DateTime),
        "current_date" => fixed(TypeClass::Date),
        "current_time" | "localtime" => fixed(TypeClass::Time),
        "count" | "char_length" | "rank" | "dense_rank" => fixed(TypeClass::Integer),
        "percent_rank" | "cume_dist" => fixed(TypeClass::Numeric),
        "concat" | "user" | "session_user" | "current_user" => fixed(TypeClass::String),
        "random" => None,
        "coalesce" | "max" | "min" | "sum" => args.iter().find_map(|arg| arg.type_.clone()),
        _ => None,
    }
}

impl NativeObject for FuncObj {
    fn type_name(&self) -> String {
        "_FunctionGenerator".to_owned()
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        if name.starts_with("__") {
            return Err(ev.raise("AttributeError", name));
        }
        let name = name
            .strip_suffix('_')
            .filter(|rest| !rest.is_empty())
            .unwrap_or(name);
        let mut path = self.path.clone();
        path.push(Name::new(name));
        Ok(Some(Value::object(FuncObj { path })))
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, ev: &mut Interp<'_>, args: Args) -> R<Option<Value>> {
        if let Some(unknown) = convert::first_unknown(&args) {
            return Ok(Some(unknown));
        }
        if let Some(last) = self.path.last() {
            super::compiles::check_function(ev, &last.text)?;
        }
        let mut args = args.bind(ev, "func", "*clauses,type_=")?;
        let type_ = args.take_or_none("type_");
        let given = opt_type(ev, &type_, "`type_` of a function")?;
        let mut parts = Vec::new();
        for value in std::mem::take(&mut args.rest) {
            parts.push(expr_or_bind(
                ev,
                &value,
                None,
                "an argument of a SQL function",
            )?);
        }
        let name = self
            .path
            .last()
            .map(|name| name.text.to_lowercase())
            .unwrap_or_default();
        let type_ = if given.is_some() || self.path.len() > 1 {
            given
        } else {
            result_type(&name, &parts)
        };
        if name == "count" && parts.is_empty() && self.path.len() == 1 {
            parts.push(Clause::new(Expr::Star(None), None));
        }
        let expr = Expr::Function {
            path: self.path.clone(),
            args: parts.iter().map(|part| part.expr.clone()).collect(),
            type_: type_.clone().map(Box::new),
        };
        let parts: Vec<&Clause> = parts.iter().collect();
        Ok(Some(Clause::of(expr, type_, &parts).value()))
    }
}

/// One expression or several.
pub(crate) fn expressions(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Vec<Clause>> {
    if value.is_none() {
        return Ok(Vec::new());
    }
    let items = match value {
        Value::List(_) | Value::Tuple(_) => ev.iterate(value)?,
        _ => vec![value.clone()],
    };
    let mut out = Vec::new();
    for item in items {
        out.push(order_item(ev, &item, what)?);
    }
    Ok(out)
}

/// An expression, or a string that names a label or column.
pub(crate) fn order_item(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Clause> {
    match value.as_str() {
        Some(text) => Ok(Clause::new(Expr::LabelReference(text.to_string()), None)),
        None => crate::alchemy::sql::clause::expect_clause(ev, value, what),
    }
}

/// `over`, `filter`, `within_group` of a function.
pub(crate) fn window(ev: &mut Interp<'_>, clause: &Clause, name: &str, args: Args) -> R {
    let func = Box::new(clause.expr.clone());
    match name {
        "over" => {
            let mut args = args.bind(
                ev,
                name,
                "*,partition_by=,order_by=,rows=,range_=,groups=,exclude=",
            )?;
            for key in ["rows", "range_", "groups", "exclude"] {
                if args.get(key).is_some_and(|value| !value.is_none()) {
                    return Ok(ev.unknown("a frame of a window function is not modelled"));
                }
            }
            let partition = args.take_or_none("partition_by");
            let partition = expressions(ev, &partition, "`partition_by`")?;
            let order = args.take_or_none("order_by");
            let order = expressions(ev, &order, "`order_by`")?;
            let expr = Expr::Over {
                func,
                partition_by: partition.iter().map(|part| part.expr.clone()).collect(),
                order_by: order.iter().map(|part| part.expr.clone()).collect(),
                frame: None,
            };
            let mut parts = vec![clause];
            parts.extend(&partition);
            parts.extend(&order);
            Ok(Clause::of(expr, clause.type_.clone(), &parts).value())
        }
        "filter" => {
            let mut list = Vec::new();
            for value in &args.positional {
                list.push(crate::alchemy::sql::operators::condition(
                    ev,
                    value,
                    "the condition of `filter()`",
                )?);
            }
            let criterion =
                crate::alchemy::sql::operators::conjunction(limbeck_schema::ListOp::And, list);
            let expr = Expr::Filter {
                func,
                criterion: Box::new(criterion.expr.clone()),
            };
            Ok(Clause::of(expr, clause.type_.clone(), &[clause, &criterion]).value())
        }
        _ => {
            let mut order = Vec::new();
            for value in &args.positional {
                order.push(order_item(ev, value, "the order of `within_group()`")?);
            }
            let order_by = order.iter().map(|part| part.expr.clone()).collect();
            let expr = Expr::WithinGroup { func, order_by };
            let mut parts = vec![clause];
            parts.extend(&order);
            Ok(Clause::of(expr, clause.type_.clone(), &parts).value())
        }
    }
}
