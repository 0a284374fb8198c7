//! Operators and methods of expressions.

use limbeck_schema::{
    Affinity, BinaryOp, Bind, ColumnType, Expr, InItems, ListOp, Literal, Substring, TypeClass,
    UnaryOp,
};

use crate::alchemy::convert;
use crate::alchemy::sql::clause::{Clause, as_clause, boolean, expect_clause, expr_or_bind};
use crate::alchemy::types::affinity::{affinity, coerce_compared, is_concatenable};
use crate::alchemy::types::object::to_type;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{BinOp, CmpOp, Value};

/// Methods of every expression, and some more.
macro_rules! methods {
    ($($more:literal),*) => { &[
        "label", "desc", "asc", "nulls_first", "nulls_last", "nullsfirst", "nullslast", "distinct", "is_", "is_not",
        "isnot", "is_distinct_from", "is_not_distinct_from", "isnot_distinct_from", "in_", "not_in", "notin_",
        "like", "not_like", "notlike", "ilike", "not_ilike", "notilike", "contains", "icontains", "startswith",
        "istartswith", "endswith", "iendswith", "between", "op", "bool_op", "cast", "concat", "collate", "match",
        "regexp_match", "any_", "all_", "any", "all", "has_key", "has_any", "has_all", "contained_by", "overlap",
        "self_group", "scalar_subquery", "as_scalar", "over", "filter", "within_group", "bitwise_and", "bitwise_or",
        "bitwise_xor", "bitwise_not", "bitwise_lshift", "bitwise_rshift", "as_string", "as_integer", "as_float",
        "as_boolean", "as_numeric", "as_json", "alias", "bindparams", "columns", "compile", "execution_options",
        "column_valued", "table_valued", "params", "select", "where", "correlate", "select_from", "regexp_replace",
        "unique_params", "op_",
        $($more),*
    ] };
}

/// Methods of every expression.
pub(crate) const METHODS: &[&str] = methods!();

/// Methods of columns: those of expressions, and copying.
pub(crate) const COLUMN_METHODS: &[&str] = methods!("copy", "_copy");

/// A binary expression that yields a boolean.
fn comparison(left: &Clause, op: BinaryOp, right: &Clause) -> Clause {
    let expr = Expr::Binary {
        left: Box::new(left.expr.clone()),
        op,
        right: Box::new(right.expr.clone()),
    };
    Clause::of(expr, boolean(), &[left, right])
}

/// The other side of a binary expression: an expression, or a value of the type that fits.
pub(super) fn other_side(ev: &mut Interp<'_>, left: &Clause, value: &Value) -> R<Clause> {
    ev.need_known(value, "the operand of a SQL operator")?;
    if let Some(clause) = as_clause(ev, value)? {
        return Ok(adopt_type(clause, left));
    }
    if value.is_none() {
        return Ok(Clause::new(Expr::Null, None));
    }
    let natural = crate::alchemy::types::literal::natural_type(ev, value);
    let type_ = coerce_compared(left.type_.as_ref(), natural);
    let literal = crate::alchemy::types::literal::typed_literal(
        ev,
        value,
        type_.as_ref(),
        "the operand of a SQL operator",
    )?;
    Ok(Clause::new(
        Expr::Bind(Bind::value(literal, type_.clone())),
        type_,
    ))
}

/// A parameter without a type takes that of the other side.
fn adopt_type(mut clause: Clause, left: &Clause) -> Clause {
    if clause.type_.is_none()
        && let Expr::Bind(bind) = &mut clause.expr
        && bind.type_.is_none()
        && left.type_.is_some()
    {
        bind.type_ = left.type_.clone().map(Box::new);
        clause.type_ = left.type_.clone();
    }
    clause
}

/// `left op right` for Python's comparison operators.
pub(crate) fn compare(ev: &mut Interp<'_>, left: &Clause, op: CmpOp, other: &Value) -> R {
    ev.need_known(other, "the operand of a SQL comparison")?;
    crate::alchemy::types::processed::plain_operators(ev, left.type_.as_ref())?;
    let clause = as_clause(ev, other)?;
    let constant = match (&clause, other) {
        (Some(clause), _) => match clause.expr {
            Expr::Null => Some(Expr::Null),
            Expr::True => Some(Expr::True),
            Expr::False => Some(Expr::False),
            _ => None,
        },
        (None, Value::None) => Some(Expr::Null),
        (None, Value::Bool(true)) => Some(Expr::True),
        (None, Value::Bool(false)) => Some(Expr::False),
        _ => None,
    };
    if let Some(constant) = constant {
        let is_null = constant == Expr::Null;
        let right = Clause::new(constant, if is_null { None } else { boolean() });
        let op = match (op, is_null) {
            (CmpOp::Eq, true) => BinaryOp::Is,
            (CmpOp::Ne, true) => BinaryOp::IsNot,
            (CmpOp::Eq, false) => BinaryOp::Eq,
            (CmpOp::Ne, false) => BinaryOp::Ne,
            _ => {
                return Err(crate::alchemy::types::construct::argument_error(
                    ev,
                    "Only '=', '!=', 'is_()', 'is_not()', 'is_distinct_from()', 'is_not_distinct_from()' operators \
                     can be used with None/True/False",
                ));
            }
        };
        return Ok(comparison(left, op, &right).value());
    }
    let right = match clause {
        Some(clause) => adopt_type(clause, left),
        None => other_side(ev, left, other)?,
    };
    let op = match op {
        CmpOp::Eq => BinaryOp::Eq,
        CmpOp::Ne => BinaryOp::Ne,
        CmpOp::Lt => BinaryOp::Lt,
        CmpOp::Le => BinaryOp::Le,
        CmpOp::Gt => BinaryOp::Gt,
        CmpOp::Ge => BinaryOp::Ge,
    };
    Ok(comparison(left, op, &right).value())
}

/// `left op other` (or the other way round) for Python's arithmetic operators.
pub(crate) fn binary(
    ev: &mut Interp<'_>,
    clause: &Clause,
    op: BinOp,
    other: &Value,
    reflected: bool,
) -> R {
    if matches!(op, BinOp::And | BinOp::Or) {
        let other = expr_or_bind(ev, other, None, "the operand of `&` or `|`")?;
        let list = if op == BinOp::And {
            ListOp::And
        } else {
            ListOp::Or
        };
        let items = if reflected {
            vec![other, clause.clone()]
        } else {
            vec![clause.clone(), other]
        };
        return Ok(conjunction(list, items).value());
    }
    crate::alchemy::types::processed::plain_operators(ev, clause.type_.as_ref())?;
    let side = other_side(ev, clause, other)?;
    let (left, right) = if reflected {
        (side, clause.clone())
    } else {
        (clause.clone(), side)
    };
    if op == BinOp::Pow {
        let type_ = left.type_.clone();
        let expr = Expr::Function {
            path: vec!["pow".into()],
            args: vec![left.expr.clone(), right.expr.clone()],
            type_: type_.clone().map(Box::new),
        };
        return Ok(Clause::of(expr, type_, &[&left, &right]).value());
    }
    if matches!(
        op,
        BinOp::LShift | BinOp::RShift | BinOp::MatMul | BinOp::Xor
    ) {
        let name = match op {
            BinOp::LShift => "lshift",
            BinOp::RShift => "rshift",
            BinOp::MatMul => "matmul",
            _ => return Err(ev.raise("TypeError", "unsupported operand type(s) for ^")),
        };
        return Err(ev.raise(
            "NotImplementedError",
            format!("Operator '{name}' is not supported on this expression"),
        ));
    }
    let (op, type_) = adapt(op, &left, &right);
    let expr = Expr::Binary {
        left: Box::new(left.expr.clone()),
        op,
        right: Box::new(right.expr.clone()),
    };
    Ok(Clause::of(expr, type_, &[&left, &right]).value())
}

/// The SQL operator and the type of the result.
fn adapt(op: BinOp, left: &Clause, right: &Clause) -> (BinaryOp, Option<ColumnType>) {
    let (left_affinity, right_affinity) = (
        affinity(left.type_.as_ref()),
        affinity(right.type_.as_ref()),
    );
    if op == BinOp::Add {
        if is_concatenable(left_affinity)
            && (is_concatenable(right_affinity) || right_affinity == Affinity::Null)
        {
            return (BinaryOp::Concat, left.type_.clone());
        }
        if left_affinity == Affinity::Null && is_concatenable(right_affinity) {
            return (BinaryOp::Concat, right.type_.clone());
        }
    }
    let sql = match op {
        BinOp::Add => BinaryOp::Add,
        BinOp::Sub => BinaryOp::Sub,
        BinOp::Mul => BinaryOp::Mul,
        BinOp::FloorDiv => BinaryOp::FloorDiv,
        BinOp::Mod => BinaryOp::Mod,
        _ => BinaryOp::TrueDiv,
    };
    let commutative = matches!(op, BinOp::Add | BinOp::Mul);
    let type_ = if left_affinity == Affinity::Null && commutative {
        right.type_.clone()
    } else if left_affinity == Affinity::Integer {
        match (op, right_affinity) {
            (BinOp::TrueDiv, Affinity::Integer) => Some(ColumnType::new(TypeClass::Numeric)),
            (_, Affinity::Numeric | Affinity::Float) => right.type_.clone(),
            (BinOp::Add, Affinity::Date) | (BinOp::Mul, Affinity::Interval) => right.type_.clone(),
            _ => left.type_.clone(),
        }
    } else {
        match (op, left_affinity, right_affinity) {
            (BinOp::Sub, Affinity::DateTime, Affinity::DateTime)
            | (BinOp::Sub, Affinity::Date, Affinity::DateTime)
            | (BinOp::Sub, Affinity::Time, Affinity::Time) => {
                Some(ColumnType::new(TypeClass::Interval))
            }
            (BinOp::Sub, Affinity::Date, Affinity::Date) => {
                Some(ColumnType::new(TypeClass::Integer))
            }
            (BinOp::Add | BinOp::Sub, Affinity::Date, Affinity::Interval)
            | (BinOp::Add, Affinity::Interval, Affinity::Date | Affinity::DateTime)
            | (BinOp::Add, Affinity::Date, Affinity::Time)
            | (BinOp::Add, Affinity::Time, Affinity::Date) => {
                Some(ColumnType::new(TypeClass::DateTime))
            }
            _ => left.type_.clone(),
        }
    };
    (sql, type_)
}

/// `-x`, `~x`.
pub(crate) fn unary(ev: &mut Interp<'_>, clause: &Clause, op: char) -> R {
    match op {
        '~' => Ok(negate(clause).value()),
        '-' => {
            let expr = Expr::Unary {
                op: UnaryOp::Neg,
                operand: Box::new(clause.expr.clone()),
            };
            Ok(clause.map(expr, clause.type_.clone()).value())
        }
        _ => Err(ev.raise("TypeError", "bad operand type for unary +")),
    }
}

/// `NOT x`, by the operator's own opposite where it has one.
pub(crate) fn negate(clause: &Clause) -> Clause {
    let negated = match &clause.expr {
        Expr::True => Expr::False,
        Expr::False => Expr::True,
        Expr::Binary { left, op, right } => match opposite(op) {
            Some(op) => Expr::Binary {
                left: left.clone(),
                op,
                right: right.clone(),
            },
            None => not(&clause.expr),
        },
        Expr::In {
            expr,
            items,
            negated,
        } => Expr::In {
            expr: expr.clone(),
            items: items.clone(),
            negated: !negated,
        },
        Expr::Between {
            expr,
            low,
            high,
            negated,
            symmetric,
        } => Expr::Between {
            expr: expr.clone(),
            low: low.clone(),
            high: high.clone(),
            negated: !negated,
            symmetric: *symmetric,
        },
        other => not(other),
    };
    clause.map(negated, boolean())
}

fn not(expr: &Expr) -> Expr {
    Expr::Unary {
        op: UnaryOp::Not,
        operand: Box::new(expr.clone()),
    }
}

fn opposite(op: &BinaryOp) -> Option<BinaryOp> {
    Some(match op {
        BinaryOp::Eq => BinaryOp::Ne,
        BinaryOp::Ne => BinaryOp::Eq,
        BinaryOp::Lt => BinaryOp::Ge,
        BinaryOp::Ge => BinaryOp::Lt,
        BinaryOp::Gt => BinaryOp::Le,
        BinaryOp::Le => BinaryOp::Gt,
        BinaryOp::Is => BinaryOp::IsNot,
        BinaryOp::IsNot => BinaryOp::Is,
        BinaryOp::IsDistinctFrom => BinaryOp::IsNotDistinctFrom,
        BinaryOp::IsNotDistinctFrom => BinaryOp::IsDistinctFrom,
        BinaryOp::Like { escape } => BinaryOp::NotLike {
            escape: escape.clone(),
        },
        BinaryOp::NotLike { escape } => BinaryOp::Like {
            escape: escape.clone(),
        },
        BinaryOp::ILike { escape } => BinaryOp::NotILike {
            escape: escape.clone(),
        },
        BinaryOp::NotILike { escape } => BinaryOp::ILike {
            escape: escape.clone(),
        },
        BinaryOp::RegexpMatch { flags } => BinaryOp::NotRegexpMatch {
            flags: flags.clone(),
        },
        BinaryOp::NotRegexpMatch { flags } => BinaryOp::RegexpMatch {
            flags: flags.clone(),
        },
        _ => return None,
    })
}

/// `and_`, `or_` of any number of conditions, as SQLAlchemy simplifies them.
pub(crate) fn conjunction(op: ListOp, items: Vec<Clause>) -> Clause {
    let (neutral, absorbing) = match op {
        ListOp::And => (Expr::True, Expr::False),
        ListOp::Or => (Expr::False, Expr::True),
    };
    let mut result = Clause::new(neutral.clone(), boolean());
    let mut list = Vec::new();
    let mut depth = 1;
    for item in &items {
        if item.expr == absorbing {
            return Clause::new(alone(op, absorbing), boolean());
        }
        if item.expr == neutral {
            continue;
        }
        result.absorb(item);
        match &item.expr {
            Expr::List { op: inner, items } if *inner == op => {
                depth = depth.max(item.size.depth);
                list.extend(items.iter().cloned());
            }
            other => {
                depth = depth.max(item.size.depth + 1);
                list.push(other.clone());
            }
        }
    }
    result.size.depth = depth;
    result.expr = match list.len() {
        0 | 1 => alone(op, list.pop().unwrap_or(neutral)),
        _ => Expr::List { op, items: list },
    };
    result
}

/// What `and_` or `or_` makes of one condition: a value that is true or false is still a condition, which databases without
/// booleans are told as `value = 1`.
fn alone(op: ListOp, condition: Expr) -> Expr {
    let is_value = matches!(
        condition,
        Expr::True
            | Expr::False
            | Expr::Column(_)
            | Expr::LiteralColumn { .. }
            | Expr::Bind(_)
            | Expr::Function { .. }
    );
    match is_value {
        true => Expr::List {
            op,
            items: vec![condition],
        },
        false => condition,
    }
}

/// A string operator such as LIKE.
fn like(
    ev: &mut Interp<'_>,
    left: &Clause,
    name: &str,
    args: Args,
    make: fn(Option<String>) -> BinaryOp,
) -> R<Option<Value>> {
    let mut args = args.bind(ev, name, "other,escape=")?;
    let other = args.take_or_none("other");
    let escape = args.take_or_none("escape");
    let escape = convert::opt_text(ev, &escape, "`escape`")?;
    let right = other_side(ev, left, &other)?;
    Ok(Some(comparison(left, make(escape), &right).value()))
}

/// `contains`, `startswith`, `endswith` and those that ignore case: LIKE with `%` put around the value.
fn like_around(
    ev: &mut Interp<'_>,
    left: &Clause,
    name: &str,
    args: Args,
    place: Substring,
) -> R<Option<Value>> {
    let mut args = args.bind(ev, name, "other,autoescape=,escape=")?;
    let other = args.take_or_none("other");
    let autoescape = args.take_or_none("autoescape");
    let autoescape = convert::flag(ev, &autoescape, "`autoescape`")?;
    let escape = args.take_or_none("escape");
    let mut escape = convert::opt_text(ev, &escape, "`escape`")?;
    let other = if autoescape {
        let mark = escape.clone().unwrap_or_else(|| "/".to_owned());
        let text = match other.as_str() {
            Some(text) => text,
            None => {
                return Err(ev.raise("TypeError", "String value expected when autoescape=True"));
            }
        };
        let mut text = text.to_string();
        if mark != "%" && mark != "_" {
            text = text.replace(&mark, &format!("{mark}{mark}"));
        }
        text = text
            .replace('%', &format!("{mark}%"))
            .replace('_', &format!("{mark}_"));
        escape = Some(mark);
        Value::from(text)
    } else {
        other
    };
    let right = other_side(ev, left, &other)?;
    let op = BinaryOp::Substring {
        place,
        ignore_case: name.starts_with('i'),
        escape,
    };
    Ok(Some(comparison(left, op, &right).value()))
}

fn plain(
    ev: &mut Interp<'_>,
    left: &Clause,
    name: &str,
    args: Args,
    op: BinaryOp,
) -> R<Option<Value>> {
    let mut args = args.bind(ev, name, "other,**kw")?;
    let other = args.take_or_none("other");
    let right = other_side(ev, left, &other)?;
    Ok(Some(comparison(left, op, &right).value()))
}

fn constant_side(ev: &mut Interp<'_>, left: &Clause, value: &Value) -> R<Clause> {
    Ok(match value {
        Value::None => Clause::new(Expr::Null, None),
        Value::Bool(true) => Clause::new(Expr::True, boolean()),
        Value::Bool(false) => Clause::new(Expr::False, boolean()),
        _ => other_side(ev, left, value)?,
    })
}

fn one(ev: &mut Interp<'_>, name: &str, args: Args) -> R<Value> {
    let mut args = args.bind(ev, name, "other")?;
    Ok(args.take_or_none("other"))
}

fn unary_op(clause: &Clause, op: UnaryOp) -> Option<Value> {
    let expr = Expr::Unary {
        op,
        operand: Box::new(clause.expr.clone()),
    };
    Some(clause.map(expr, clause.type_.clone()).value())
}

/// Calls a method of an expression.
pub(crate) fn method(
    ev: &mut Interp<'_>,
    clause: &Clause,
    name: &str,
    args: Args,
) -> R<Option<Value>> {
    if let Some(unknown) = convert::first_unknown(&args) {
        return Ok(Some(unknown));
    }
    let asks_for_no_operator = matches!(
        name,
        "label" | "desc" | "asc" | "nulls_first" | "nullsfirst" | "nulls_last" | "nullslast"
    );
    if !asks_for_no_operator {
        crate::alchemy::types::processed::plain_operators(ev, clause.type_.as_ref())?;
    }
    match name {
        "label" => {
            let mut args = args.bind(ev, "label", "name")?;
            let label = args.take_or_none("name");
            if label.is_none() {
                return Ok(Some(clause.clone().value()));
            }
            let label = convert::name(ev, &label, "the label")?;
            let expr = Expr::Label {
                expr: Box::new(clause.expr.clone()),
                name: label,
            };
            Ok(Some(clause.map(expr, clause.type_.clone()).value()))
        }
        "desc" => Ok(unary_op(clause, UnaryOp::Desc)),
        "asc" => Ok(unary_op(clause, UnaryOp::Asc)),
        "nulls_first" | "nullsfirst" => Ok(unary_op(clause, UnaryOp::NullsFirst)),
        "nulls_last" | "nullslast" => Ok(unary_op(clause, UnaryOp::NullsLast)),
        "distinct" => Ok(unary_op(clause, UnaryOp::Distinct)),
        "bitwise_not" => Ok(unary_op(clause, UnaryOp::BitNot)),
        "any_" | "all_" => Ok(unary_op(
            clause,
            if name == "any_" {
                UnaryOp::Any
            } else {
                UnaryOp::All
            },
        )),
        "is_"
        | "is_not"
        | "isnot"
        | "is_distinct_from"
        | "is_not_distinct_from"
        | "isnot_distinct_from" => {
            let other = one(ev, name, args)?;
            let right = constant_side(ev, clause, &other)?;
            let op = match name {
                "is_" => BinaryOp::Is,
                "is_not" | "isnot" => BinaryOp::IsNot,
                "is_distinct_from" => BinaryOp::IsDistinctFrom,
                _ => BinaryOp::IsNotDistinctFrom,
            };
            Ok(Some(comparison(clause, op, &right).value()))
        }
        "in_" | "not_in" | "notin_" => {
            let other = one(ev, name, args)?;
            in_list(ev, clause, &other, name != "in_").map(Some)
        }
        "like" => like(ev, clause, name, args, |escape| BinaryOp::Like { escape }),
        "not_like" | "notlike" => like(ev, clause, name, args, |escape| BinaryOp::NotLike {
            escape,
        }),
        "ilike" => like(ev, clause, name, args, |escape| BinaryOp::ILike { escape }),
        "not_ilike" | "notilike" => like(ev, clause, name, args, |escape| BinaryOp::NotILike {
            escape,
        }),
        "contains" => match affinity(clause.type_.as_ref()) {
            Affinity::Array | Affinity::Json | Affinity::Own(TypeClass::PgHstore) => {
                plain(ev, clause, name, args, BinaryOp::Contains)
            }
            Affinity::Own(class) if class.is_range() => {
                plain(ev, clause, name, args, BinaryOp::Contains)
            }
            _ => like_around(ev, clause, name, args, Substring::Anywhere),
        },
        "icontains" => like_around(ev, clause, name, args, Substring::Anywhere),
        "startswith" | "istartswith" => like_around(ev, clause, name, args, Substring::Start),
        "endswith" | "iendswith" => like_around(ev, clause, name, args, Substring::End),
        "contained_by" => plain(ev, clause, name, args, BinaryOp::ContainedBy),
        "overlap" => plain(ev, clause, name, args, BinaryOp::Overlap),
        "has_key" => {
            let other = one(ev, name, args)?;
            let right = expr_or_bind(
                ev,
                &other,
                Some(&ColumnType::new(TypeClass::Text)),
                "the key",
            )?;
            Ok(Some(comparison(clause, BinaryOp::HasKey, &right).value()))
        }
        "match" => plain(ev, clause, name, args, BinaryOp::Match),
        "regexp_match" => {
            let mut args = args.bind(ev, name, "pattern,flags=")?;
            let pattern = args.take_or_none("pattern");
            let flags = args.take_or_none("flags");
            let flags = convert::opt_text(ev, &flags, "`flags`")?;
            let right = other_side(ev, clause, &pattern)?;
            Ok(Some(
                comparison(clause, BinaryOp::RegexpMatch { flags }, &right).value(),
            ))
        }
        "between" => {
            let mut args = args.bind(ev, "between", "cleft,cright,symmetric=")?;
            let (low, high) = (args.take_or_none("cleft"), args.take_or_none("cright"));
            let symmetric = args.take_or_none("symmetric");
            let symmetric = convert::flag(ev, &symmetric, "`symmetric`")?;
            let (low, high) = (
                other_side(ev, clause, &low)?,
                other_side(ev, clause, &high)?,
            );
            let expr = Expr::Between {
                expr: Box::new(clause.expr.clone()),
                low: Box::new(low.expr.clone()),
                high: Box::new(high.expr.clone()),
                negated: false,
                symmetric,
            };
            Ok(Some(
                Clause::of(expr, boolean(), &[clause, &low, &high]).value(),
            ))
        }
        "op" | "bool_op" => custom_operator(ev, clause, name, args).map(Some),
        "cast" => {
            let mut args = args.bind(ev, "cast", "type_")?;
            let type_ = args.take_or_none("type_");
            let type_ = to_type(ev, &type_, "the type of `cast`")?;
            let expr = Expr::Cast {
                expr: Box::new(clause.expr.clone()),
                type_: Box::new(type_.clone()),
                try_: false,
            };
            Ok(Some(clause.map(expr, Some(type_)).value()))
        }
        "concat" => {
            let other = one(ev, name, args)?;
            let right = other_side(ev, clause, &other)?;
            let expr = Expr::Binary {
                left: Box::new(clause.expr.clone()),
                op: BinaryOp::Concat,
                right: Box::new(right.expr.clone()),
            };
            Ok(Some(
                Clause::of(expr, clause.type_.clone(), &[clause, &right]).value(),
            ))
        }
        "collate" => {
            let mut args = args.bind(ev, "collate", "collation")?;
            let collation = args.take_or_none("collation");
            let collation = convert::text(ev, &collation, "the collation")?.to_string();
            let expr = Expr::Collate {
                expr: Box::new(clause.expr.clone()),
                collation,
            };
            Ok(Some(clause.map(expr, clause.type_.clone()).value()))
        }
        "bitwise_and" | "bitwise_or" | "bitwise_xor" | "bitwise_lshift" | "bitwise_rshift" => {
            let other = one(ev, name, args)?;
            let right = other_side(ev, clause, &other)?;
            let op = match name {
                "bitwise_and" => BinaryOp::BitAnd,
                "bitwise_or" => BinaryOp::BitOr,
                "bitwise_xor" => BinaryOp::BitXor,
                "bitwise_lshift" => BinaryOp::ShiftLeft,
                _ => BinaryOp::ShiftRight,
            };
            let expr = Expr::Binary {
                left: Box::new(clause.expr.clone()),
                op,
                right: Box::new(right.expr.clone()),
            };
            Ok(Some(
                Clause::of(expr, clause.type_.clone(), &[clause, &right]).value(),
            ))
        }
        "self_group" | "scalar_subquery" | "as_scalar" | "execution_options" => {
            Ok(Some(clause.clone().value()))
        }
        "over" | "filter" | "within_group" => {
            crate::alchemy::sql::functions::window(ev, clause, name, args).map(Some)
        }
        "where" | "select_from" | "correlate" => {
            crate::alchemy::sql::select::exists_method(ev, clause, name, args)
        }
        "as_string" | "as_integer" | "as_float" | "as_boolean" | "as_numeric" | "as_json"
            if affinity(clause.type_.as_ref()) == Affinity::Json =>
        {
            crate::alchemy::sql::items::typed(ev, clause, name, args).map(Some)
        }
        _ => Ok(Some(ev.unknown(format!(
            "`{name}()` of a SQL expression is not modelled"
        )))),
    }
}

/// `x.op("…")(y)`
fn custom_operator(ev: &mut Interp<'_>, clause: &Clause, name: &str, args: Args) -> R {
    let signature = match name {
        "op" => "opstring,precedence=,is_comparison=,return_type=,python_impl=,visit_name=",
        _ => "opstring,precedence=,python_impl=",
    };
    let mut args = args.bind(ev, name, signature)?;
    let op = args.take_or_none("opstring");
    let op = convert::text(ev, &op, "the operator")?.to_string();
    let precedence = args.take_or_none("precedence");
    let precedence = convert::opt_i128(ev, &precedence, "`precedence`")?.unwrap_or(0);
    let precedence = i32::try_from(precedence).unwrap_or(0);
    let is_comparison = args.take_or_none("is_comparison");
    let is_comparison = name == "bool_op" || convert::flag(ev, &is_comparison, "`is_comparison`")?;
    let return_type = args.take_or_none("return_type");
    let return_type = crate::alchemy::types::object::opt_type(ev, &return_type, "`return_type`")?;
    let left = clause.clone();
    Ok(Value::native("op", move |ev, args| {
        let other = one(ev, "op", args)?;
        let right = other_side(ev, &left, &other)?;
        let type_ = match &return_type {
            Some(type_) => Some(type_.clone()),
            None if is_comparison => boolean(),
            None if affinity(left.type_.as_ref()) == Affinity::Null => None,
            None => left.type_.clone(),
        };
        let expr = Expr::Binary {
            left: Box::new(left.expr.clone()),
            op: BinaryOp::Custom {
                op: op.clone(),
                precedence,
                is_comparison,
            },
            right: Box::new(right.expr.clone()),
        };
        Ok(Clause::of(expr, type_, &[&left, &right]).value())
    }))
}

/// `x.in_(…)`
pub(crate) fn in_list(ev: &mut Interp<'_>, clause: &Clause, other: &Value, negated: bool) -> R {
    ev.need_known(other, "the right side of `in_()`")?;
    let query = crate::alchemy::orm::query::select_of(other);
    let other = query.as_ref().unwrap_or(other);
    if other.as_str().is_some()
        || matches!(
            other,
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_)
        )
    {
        let text = ev.to_repr(other)?;
        return Err(crate::alchemy::types::construct::argument_error(
            ev,
            &format!(
                "IN expression list, SELECT construct, or bound parameter object expected, got {text}."
            ),
        ));
    }
    let mut parts = vec![clause.clone()];
    let items = if let Some(select) = other.downcast::<crate::alchemy::sql::select::SelectObj>() {
        let scalar = select.scalar(ev)?;
        parts.push(scalar.clone());
        match scalar.expr {
            Expr::Subquery(select) => InItems::Select(select),
            expr => InItems::List(vec![expr]),
        }
    } else if let Some(right) = as_clause(ev, other)? {
        parts.push(right.clone());
        match right.expr {
            Expr::Subquery(select) => InItems::Select(select),
            Expr::Bind(mut bind) => {
                if bind.type_.is_none() {
                    bind.type_ = clause.type_.clone().map(Box::new);
                }
                bind.expanding = true;
                InItems::Bind(bind)
            }
            expr => InItems::List(vec![expr]),
        }
    } else {
        let mut list = Vec::new();
        for item in convert::items(ev, other, "the right side of `in_()`")? {
            let item = match &item {
                Value::None => Clause::new(
                    Expr::Bind(Bind::value(Literal::Null, clause.type_.clone())),
                    None,
                ),
                Value::Tuple(values) => {
                    let mut exprs = Vec::new();
                    let types = crate::alchemy::sql::constructs::tuple_types(&clause.expr);
                    for (index, value) in values.iter().enumerate() {
                        let left = Clause::new(Expr::Null, types.get(index).cloned().flatten());
                        exprs.push(other_side(ev, &left, value)?.expr);
                    }
                    Clause::new(Expr::Tuple(exprs), None)
                }
                _ => other_side(ev, clause, &item)?,
            };
            parts.push(item.clone());
            list.push(item.expr);
        }
        InItems::List(list)
    };
    let expr = Expr::In {
        expr: Box::new(clause.expr.clone()),
        items,
        negated,
    };
    let parts: Vec<&Clause> = parts.iter().collect();
    Ok(Clause::of(expr, boolean(), &parts).value())
}

/// A condition that must be an expression (`where()`, `and_()`).
pub(crate) fn condition(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Clause> {
    match value {
        Value::Bool(true) => Ok(Clause::new(Expr::True, boolean())),
        Value::Bool(false) => Ok(Clause::new(Expr::False, boolean())),
        Value::None => Ok(Clause::new(Expr::Null, None)),
        _ => expect_clause(ev, value, what),
    }
}
