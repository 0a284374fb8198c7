//! From what the Python code said to what SQLAlchemy makes of it: coercions, types, grouping, names.

mod function;
mod member;

use std::rc::Rc;

use limbeck_schema::{
    Affinity, BinaryOp, Bind, ColumnType, Expr, ListOp, Literal, SelectSet, TypeClass, UnaryOp,
};

use super::affinity::{affinity, is_concatenable, type_of_compared, type_of_value};
use super::element::{
    BinaryEl, BindEl, BindKey, El, Kind, Ty, binary, conjunction, construct, modifier, ty, unary,
};
use super::op::Op;
use function::{build_case, build_function};
use member::{build_in, expanding};

fn of(type_: Option<&ColumnType>) -> Ty {
    type_
        .filter(|type_| type_.class != TypeClass::NullType)
        .map(|type_| Rc::new(type_.clone()))
}

fn owned(type_: Option<ColumnType>) -> Ty {
    type_.map(Rc::new)
}

/// A plain Python value, not a parameter with a name of its own.
fn plain_value(expr: &Expr) -> Option<(&Bind, &Literal)> {
    match expr {
        Expr::Bind(bind) if bind.name.is_none() && !bind.expanding => {
            bind.value.as_ref().map(|value| (bind, value))
        }
        _ => None,
    }
}

/// `None`, `True` and `False` where a constant is expected.
fn constant(expr: &Expr) -> Option<El<'_>> {
    let boolean = || ty(TypeClass::Boolean);
    match expr {
        Expr::Null => Some(El::new(Kind::Null, None)),
        Expr::True => Some(El::new(Kind::True, boolean())),
        Expr::False => Some(El::new(Kind::False, boolean())),
        _ => match plain_value(expr)? {
            (bind, _) if bind.type_.is_some() || bind.literal_execute => None,
            (_, Literal::Null) => Some(El::new(Kind::Null, None)),
            (_, Literal::Bool(true)) => Some(El::new(Kind::True, boolean())),
            (_, Literal::Bool(false)) => Some(El::new(Kind::False, boolean())),
            _ => None,
        },
    }
}

/// `_anonymous_label` with `sanitize_key`.
fn stem(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        if matches!(c, '%' | '(' | ')' | ' ' | '$') {
            gap = true;
        } else {
            if gap {
                out.push('_');
            }
            gap = false;
            out.push(c);
        }
    }
    out.trim_matches('_').to_owned()
}

/// The stem of the names of parameters that stand beside an expression.
fn bind_stem(el: &El<'_>) -> String {
    match &el.kind {
        Kind::Column(column) => stem(&column.name.text),
        Kind::LiteralColumn(text) => stem(text),
        Kind::Function(function) => stem(&function.spelling()),
        _ => "param".to_owned(),
    }
}

fn bind_el<'a>(bind: &Bind, stem: &str, ty: Ty) -> El<'a> {
    let key = match &bind.name {
        Some(name) => BindKey::Fixed(name.clone()),
        None => BindKey::Anonymous(stem.to_owned()),
    };
    El::new(
        Kind::Bind(BindEl {
            key,
            value: bind.value.clone(),
            literal_execute: bind.literal_execute,
        }),
        ty,
    )
}

/// A value beside an expression: it takes the expression's type and name.
fn compared<'a>(bind: &Bind, value: &Literal, beside: &El<'_>) -> El<'a> {
    let beside_type = match (&beside.kind, beside.ty.as_deref()) {
        // `any_(array)`: the value is like an element.
        (
            Kind::Unary {
                op: Op::Any | Op::All,
                element,
            },
            _,
        ) => match element.ty.as_deref() {
            Some(array) if affinity(Some(array)) == Affinity::Array => array.item.as_deref(),
            other => other,
        },
        (_, type_) => type_,
    };
    let ty = match &bind.type_ {
        Some(type_) => of(Some(type_)),
        None => owned(type_of_compared(beside_type, value)),
    };
    bind_el(bind, &bind_stem(beside), ty)
}

/// A value that stands by itself (`literal()`, an argument, a result of CASE).
fn free_value<'a>(bind: &'a Bind, name: &str, type_: Ty) -> El<'a> {
    let declared = bind
        .type_
        .as_deref()
        .map(|type_| Rc::new(type_.clone()))
        .or(type_);
    if bind.name.is_none()
        && matches!(bind.value, Some(Literal::Null))
        && declared
            .as_deref()
            .map_or(Affinity::Null, |type_| affinity(Some(type_)))
            != Affinity::Json
    {
        return El::new(Kind::Null, None);
    }
    let ty = declared.or_else(|| owned(bind.value.as_ref().and_then(type_of_value)));
    bind_el(bind, name, ty)
}

/// An argument: a value takes the given name and type.
pub(crate) fn build_named<'a>(expr: &'a Expr, name: &str, type_: Ty) -> El<'a> {
    match expr {
        Expr::Bind(bind) if !bind.expanding => free_value(bind, &stem(name), type_),
        _ => build(expr),
    }
}

/// An expression as an argument of something that gives it neither name nor type.
pub(crate) fn build_plain(expr: &Expr) -> El<'_> {
    build_named(expr, "param", None)
}

/// A condition: `True` and `False` are constants.
pub(crate) fn build_condition(expr: &Expr) -> El<'_> {
    constant(expr).unwrap_or_else(|| build_plain(expr))
}

/// SQLAlchemy's element for an expression.
pub(crate) fn build(expr: &Expr) -> El<'_> {
    match expr {
        Expr::Text(text) => El::new(Kind::Text(text), None),
        Expr::LiteralColumn { sql, type_ } => {
            El::new(Kind::LiteralColumn(sql), of(type_.as_deref()))
        }
        Expr::Column(column) => El::new(Kind::Column(column), of(column.type_.as_deref())),
        Expr::Bind(bind) if bind.expanding => expanding(bind, "param", None, false),
        Expr::Bind(bind) => {
            let ty = match &bind.type_ {
                Some(type_) => of(Some(type_)),
                None => owned(bind.value.as_ref().and_then(type_of_value)),
            };
            bind_el(bind, "param", ty)
        }
        Expr::Null => El::new(Kind::Null, None),
        Expr::True => El::new(Kind::True, ty(TypeClass::Boolean)),
        Expr::False => El::new(Kind::False, ty(TypeClass::Boolean)),
        Expr::Unary { op, operand } => build_unary(*op, operand),
        Expr::Binary { left, op, right } => build_binary(left, op, right),
        Expr::List { op, items } => {
            let op = match op {
                ListOp::And => Op::And,
                ListOp::Or => Op::Or,
            };
            let items = items.iter().map(build_condition).collect();
            conjunction(op.clone(), items).unwrap_or_else(|| {
                El::new(
                    Kind::List {
                        op,
                        items: Vec::new(),
                        group: true,
                    },
                    ty(TypeClass::Boolean),
                )
            })
        }
        Expr::Between {
            expr,
            low,
            high,
            negated,
            symmetric,
        } => {
            let tested = build_plain(expr);
            let bounds = [low, high].map(|bound| operand(bound, &tested)).into();
            let bounds = El::new(
                Kind::List {
                    op: Op::And,
                    items: bounds,
                    group: false,
                },
                None,
            );
            let (op, negate) = if *negated {
                (Op::NotBetween, Op::Between)
            } else {
                (Op::Between, Op::NotBetween)
            };
            let mut el = binary(tested, bounds, op, None, Some(negate), None);
            if let Kind::Binary(binary) = &mut el.kind {
                binary.symmetric = *symmetric;
            }
            el
        }
        Expr::In {
            expr,
            items,
            negated,
        } => build_in(expr, items, *negated),
        Expr::Function { path, args, type_ } => build_function(path, args, type_.as_deref()),
        Expr::Over {
            func,
            partition_by,
            order_by,
            frame,
        } => {
            let func = build_plain(func);
            let ty = func.ty.clone();
            El::new(
                Kind::Over {
                    func: Box::new(func),
                    partition_by: partition_by.iter().map(build_plain).collect(),
                    order_by: order_by.iter().map(build_plain).collect(),
                    frame: frame.as_deref(),
                },
                ty,
            )
        }
        Expr::Filter { func, criterion } => {
            let func = build_plain(func);
            let ty = func.ty.clone();
            let criterion = Box::new(build_condition(criterion));
            El::new(
                Kind::Filter {
                    func: Box::new(func),
                    criterion,
                },
                ty,
            )
        }
        Expr::WithinGroup { func, order_by } => {
            let func = build_plain(func);
            let order_by: Vec<El<'_>> = order_by.iter().map(build_plain).collect();
            let ty = match &func.kind {
                Kind::Function(function) => match function.plain_name().as_deref() {
                    Some("mode" | "percentile_cont" | "percentile_disc") => {
                        order_by.first().and_then(|el| el.ty.clone())
                    }
                    _ => func.ty.clone(),
                },
                _ => func.ty.clone(),
            };
            El::new(
                Kind::WithinGroup {
                    func: Box::new(func),
                    order_by,
                },
                ty,
            )
        }
        Expr::Cast { expr, type_, try_ } => {
            let to = Rc::new((**type_).clone());
            let element = Box::new(build_named(expr, "param", Some(Rc::clone(&to))));
            El::new(
                Kind::Cast {
                    element,
                    to: Rc::clone(&to),
                    try_: *try_,
                },
                Some(to),
            )
        }
        Expr::TypeCoerce { expr, type_ } => {
            let to = Rc::new((**type_).clone());
            let mut element = build_named(expr, "param", Some(Rc::clone(&to)));
            if expr.is_json_item() {
                element.ty = Some(to);
                return element;
            }
            El::new(Kind::Coerce(Box::new(element)), Some(to))
        }
        Expr::Case {
            value,
            whens,
            else_,
        } => build_case(value.as_deref(), whens, else_.as_deref()),
        Expr::Extract { field, expr } => {
            let element = Box::new(build_plain(expr));
            El::new(Kind::Extract { field, element }, ty(TypeClass::Integer))
        }
        Expr::Collate { expr, collation } => {
            let element = build_plain(expr);
            let ty = element.ty.clone();
            binary(
                element,
                El::new(Kind::Collation(collation), None),
                Op::Collate,
                ty,
                None,
                None,
            )
        }
        Expr::Tuple(items) => El::new(
            Kind::Tuple(items.iter().map(build_plain).collect()),
            ty(TypeClass::TupleType),
        ),
        Expr::Array(items) => {
            let items: Vec<El<'_>> = items.iter().map(build_plain).collect();
            let item = items.iter().find_map(|item| item.ty.as_deref()).cloned();
            let array = ColumnType {
                item: item.map(Box::new),
                ..ColumnType::new(TypeClass::PgArray)
            };
            El::new(Kind::Array(items), Some(Rc::new(array)))
        }
        Expr::Subquery(select) => El::new(Kind::Select(select), select_type(select)),
        Expr::Exists(select) => unary(
            Op::Exists,
            El::new(Kind::Select(select), None),
            ty(TypeClass::Boolean),
        ),
        Expr::Label { expr, name } => {
            let element = build_plain(expr);
            let ty = element.ty.clone();
            El::new(
                Kind::Label {
                    element: Box::new(element),
                    name,
                },
                ty,
            )
        }
        Expr::Grouping(expr) => {
            let element = build_plain(expr);
            let ty = element.ty.clone();
            El::new(Kind::Grouping(Box::new(element)), ty)
        }
        Expr::NextValue(name) => El::new(Kind::NextValue(name), ty(TypeClass::Integer)),
        Expr::Star(table) => El::new(Kind::Star(table.as_ref()), None),
        Expr::LabelReference(name) => El::new(Kind::LabelReference(name), None),
    }
}

/// The type of a query that stands for a value: its first column's.
pub(crate) fn select_type(select: &SelectSet) -> Ty {
    match select {
        SelectSet::Select(select) => select
            .columns
            .first()
            .and_then(|column| build_plain(column).ty),
        SelectSet::Compound { selects, .. } => selects.first().and_then(select_type),
        SelectSet::Text(_) => None,
    }
}

/// An operand beside `beside`.
fn operand<'a>(expr: &'a Expr, beside: &El<'_>) -> El<'a> {
    match plain_value(expr) {
        Some((bind, value)) => compared(bind, value, beside),
        None => match expr {
            // `bindparam("x")` without a type takes the other side's.
            Expr::Bind(bind) if bind.type_.is_none() && bind.value.is_none() && !bind.expanding => {
                bind_el(bind, "param", beside.ty.clone())
            }
            _ => build(expr),
        },
    }
}

fn build_unary(op: UnaryOp, operand: &Expr) -> El<'_> {
    match op {
        UnaryOp::Not => build_condition(operand).negate(),
        UnaryOp::Neg | UnaryOp::BitNot | UnaryOp::Distinct => {
            let element = build_plain(operand);
            let ty = element.ty.clone();
            let op = match op {
                UnaryOp::Neg => Op::Neg,
                UnaryOp::BitNot => Op::BitNot,
                _ => Op::Distinct,
            };
            unary(op, element, ty)
        }
        UnaryOp::Any | UnaryOp::All => {
            let element = build_plain(operand).self_group(None);
            let op = if op == UnaryOp::Any { Op::Any } else { Op::All };
            unary(op, element, ty(TypeClass::Boolean))
        }
        UnaryOp::Asc => modifier(Op::Asc, build_plain(operand)),
        UnaryOp::Desc => modifier(Op::Desc, build_plain(operand)),
        UnaryOp::NullsFirst => modifier(Op::NullsFirst, build_plain(operand)),
        UnaryOp::NullsLast => modifier(Op::NullsLast, build_plain(operand)),
    }
}

/// Both operands, a plain value typed and named by the other side.
fn operands<'a>(left: &'a Expr, right: &'a Expr) -> (El<'a>, El<'a>) {
    match (plain_value(left), plain_value(right)) {
        (Some((bind, value)), None) => {
            let right = build(right);
            (compared(bind, value, &right), right)
        }
        _ => {
            let left = build(left);
            let right = operand(right, &left);
            (left, right)
        }
    }
}

fn build_binary<'a>(left: &'a Expr, op: &'a BinaryOp, right: &'a Expr) -> El<'a> {
    // Python asks the right side when the left one is a plain value: `3 < x` is `x > 3`.
    let plain_left = plain_value(left).is_some_and(|(bind, _)| bind.type_.is_none());
    if plain_left
        && plain_value(right).is_none()
        && let Some(mirrored) = mirrored(op)
    {
        return build_binary(right, mirrored, left);
    }
    let boolean = ty(TypeClass::Boolean);
    let operator = Op::of(op);
    match op {
        BinaryOp::Eq
        | BinaryOp::Ne
        | BinaryOp::Is
        | BinaryOp::IsNot
        | BinaryOp::IsDistinctFrom
        | BinaryOp::IsNotDistinctFrom => {
            if let Some(value) = constant(right) {
                let left = build(left);
                let distinct = matches!(op, BinaryOp::IsDistinctFrom | BinaryOp::IsNotDistinctFrom);
                let truth = matches!(value.kind, Kind::True | Kind::False);
                let keeps = distinct || (truth && matches!(op, BinaryOp::Eq | BinaryOp::Ne));
                let operator = match op {
                    _ if keeps => operator,
                    BinaryOp::Eq | BinaryOp::Is => Op::Is,
                    _ => Op::IsNot,
                };
                let negate = operator.negated();
                return construct(left, value, operator, boolean, negate, None);
            }
            let (left, right) = operands(left, right);
            let negate = operator.negated();
            construct(left, right, operator, boolean, negate, None)
        }
        BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
            let (left, right) = operands(left, right);
            let negate = operator.negated();
            construct(left, right, operator, boolean, negate, None)
        }
        BinaryOp::Like { escape }
        | BinaryOp::NotLike { escape }
        | BinaryOp::ILike { escape }
        | BinaryOp::NotILike { escape }
        | BinaryOp::Substring { escape, .. } => {
            let (left, right) = operands(left, right);
            let negate = operator.negated();
            construct(left, right, operator, boolean, negate, escape.as_deref())
        }
        BinaryOp::Match => {
            let (left, right) = operands(left, right);
            let negate = operator.negated();
            construct(left, right, operator, boolean, negate, None)
        }
        BinaryOp::RegexpMatch { flags } | BinaryOp::NotRegexpMatch { flags } => {
            let (left, right) = operands(left, right);
            let negate = operator.negated();
            binary(left, right, operator, None, negate, flags.as_deref())
        }
        BinaryOp::RegexpReplace { replacement, flags } => {
            let left = build(left);
            let items = vec![operand(right, &left), operand(replacement, &left)];
            let right = El::new(
                Kind::List {
                    op: Op::Comma,
                    items,
                    group: false,
                },
                None,
            );
            binary(left, right, operator, None, None, flags.as_deref())
        }
        BinaryOp::Add
        | BinaryOp::Sub
        | BinaryOp::Mul
        | BinaryOp::TrueDiv
        | BinaryOp::FloorDiv
        | BinaryOp::Mod
        | BinaryOp::Concat
        | BinaryOp::BitAnd
        | BinaryOp::BitOr
        | BinaryOp::BitXor
        | BinaryOp::ShiftLeft
        | BinaryOp::ShiftRight => {
            let (left, right) = operands(left, right);
            let (operator, ty) = adapt(operator, &left, &right);
            construct(left, right, operator, ty, None, None)
        }
        BinaryOp::JsonGet | BinaryOp::JsonPath | BinaryOp::JsonGetText | BinaryOp::JsonPathText => {
            let left = build(left);
            let key = match plain_value(right) {
                Some((_, value)) => El::new(
                    Kind::JsonKey {
                        stem: bind_stem(&left),
                        value,
                    },
                    None,
                ),
                _ => operand(right, &left),
            };
            let ty = match op {
                BinaryOp::JsonGet | BinaryOp::JsonPath => left.ty.clone(),
                _ => match left
                    .ty
                    .as_deref()
                    .and_then(|type_| type_.astext_type.as_deref())
                {
                    Some(type_) => of(Some(type_)),
                    None => ty(TypeClass::Text),
                },
            };
            construct(left, key, operator, ty, None, None)
        }
        BinaryOp::ArrayGet => {
            let (left, right) = operands(left, right);
            let ty = match left.ty.as_deref() {
                Some(array) if array.dimensions.is_some_and(|count| count > 1) => {
                    Some(Rc::new(ColumnType {
                        dimensions: array.dimensions.map(|count| count - 1),
                        ..array.clone()
                    }))
                }
                Some(array) => of(array.item.as_deref()),
                None => None,
            };
            construct(left, right, Op::GetItem, ty, None, None)
        }
        BinaryOp::Contains | BinaryOp::ContainedBy | BinaryOp::Overlap | BinaryOp::HasKey => {
            let (left, right) = operands(left, right);
            construct(left, right, operator, boolean, None, None)
        }
        BinaryOp::Custom { is_comparison, .. } => {
            let (left, right) = operands(left, right);
            let ty = if *is_comparison {
                boolean
            } else {
                adapt(operator.clone(), &left, &right).1
            };
            construct(left, right, operator, ty, None, None)
        }
    }
}

/// `_adapt_expression`: the operator and type that come out of two operands.
fn adapt(op: Op, left: &El<'_>, right: &El<'_>) -> (Op, Ty) {
    if left.affinity() == Affinity::Null {
        if right.affinity() == Affinity::Null || !op.is_commutative() {
            return (op, left.ty.clone());
        }
        return adapt_by(op, right, left);
    }
    adapt_by(op, left, right)
}

fn adapt_by(op: Op, own: &El<'_>, other: &El<'_>) -> (Op, Ty) {
    use Affinity as A;
    let (own_kind, other_kind) = (own.affinity(), other.affinity());
    let keep = || own.ty.clone();
    if is_concatenable(own.ty.as_deref()) {
        let joins = op == Op::Add
            && (is_concatenable(other.ty.as_deref())
                || other_kind == A::Null
                || other_kind == A::Binary);
        return if joins {
            (Op::Concat, keep())
        } else {
            (op, keep())
        };
    }
    if own_kind == A::Binary {
        let joins = op == Op::Add && matches!(other_kind, A::Binary | A::String | A::Null);
        return if joins {
            (Op::Concat, keep())
        } else {
            (op, keep())
        };
    }
    let result = match (own_kind, &op, other_kind) {
        (A::Integer, Op::Add, A::Date) => other.ty.clone(),
        (A::Integer, Op::Mul, A::Interval) => other.ty.clone(),
        (A::Integer, Op::TrueDiv, A::Integer) => ty(TypeClass::Numeric),
        (A::Integer, Op::Add | Op::Mul | Op::Sub | Op::TrueDiv, A::Numeric | A::Float) => {
            other.ty.clone()
        }
        (A::Integer, Op::FloorDiv, A::Numeric) => other.ty.clone(),
        (A::Numeric | A::Float, Op::Mul, A::Interval) => other.ty.clone(),
        (A::Date, Op::Add, A::Interval | A::Time) => ty(TypeClass::DateTime),
        (A::Date, Op::Sub, A::Date) => ty(TypeClass::Integer),
        (A::Date, Op::Sub, A::Interval) => ty(TypeClass::DateTime),
        (A::Date, Op::Sub, A::DateTime) => ty(TypeClass::Interval),
        (A::DateTime, Op::Sub, A::DateTime) => ty(TypeClass::Interval),
        (A::Time, Op::Add, A::Date) => ty(TypeClass::DateTime),
        (A::Time, Op::Sub, A::Time) => ty(TypeClass::Interval),
        (A::Interval, Op::Add, A::Date) => ty(TypeClass::DateTime),
        (A::Interval, Op::Add, A::DateTime | A::Time) => other.ty.clone(),
        _ => keep(),
    };
    (op, result)
}

/// A case-insensitive LIKE of an operator that looks for a part of a text, with `'%'` around the right side.
pub(crate) fn substring_pattern<'a>(binary: &BinaryEl<'a>) -> BinaryEl<'a> {
    let Op::Substring {
        place,
        ignore_case,
        negated,
    } = &binary.op
    else {
        return binary.clone();
    };
    let lowered = |el: &El<'a>| {
        if *ignore_case {
            El::new(Kind::Lowered(Box::new(el.clone())), el.ty.clone())
        } else {
            el.clone()
        }
    };
    let percent = || El::new(Kind::Raw("'%'"), ty(TypeClass::String));
    let right = lowered(&binary.right);
    let join = |left: El<'a>, right: El<'a>| {
        let ty = left.ty.clone();
        construct(left, right, Op::Concat, ty, None, None)
    };
    let right = match place {
        limbeck_schema::Substring::Anywhere => join(join(percent(), right), percent()),
        limbeck_schema::Substring::Start => join(right, percent()),
        limbeck_schema::Substring::End => join(percent(), right),
    };
    let op = match (*ignore_case, *negated) {
        (false, false) => Op::Like,
        (false, true) => Op::NotLike,
        (true, false) => Op::ILike,
        (true, true) => Op::NotILike,
    };
    BinaryEl {
        op,
        left: lowered(&binary.left),
        right,
        ..binary.clone()
    }
}

/// The comparison with its sides turned.
fn mirrored(op: &BinaryOp) -> Option<&'static BinaryOp> {
    Some(match op {
        BinaryOp::Eq => &BinaryOp::Eq,
        BinaryOp::Ne => &BinaryOp::Ne,
        BinaryOp::Lt => &BinaryOp::Gt,
        BinaryOp::Le => &BinaryOp::Ge,
        BinaryOp::Gt => &BinaryOp::Lt,
        BinaryOp::Ge => &BinaryOp::Le,
        _ => return None,
    })
}
