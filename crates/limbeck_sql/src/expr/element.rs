//! Expressions as SQLAlchemy holds them: typed, grouped, named.

use std::rc::Rc;

use limbeck_schema::{
    Affinity, ColumnRef, ColumnType, Literal, Name, SelectSet, TableName, Text, TypeClass,
};

use super::affinity::affinity;
use super::op::Op;

/// A type; `None` is `NullType`.
pub(crate) type Ty = Option<Rc<ColumnType>>;

pub(crate) fn ty(class: TypeClass) -> Ty {
    Some(Rc::new(ColumnType::new(class)))
}

/// A bind parameter.
#[derive(Debug, Clone)]
pub(crate) struct BindEl {
    /// Its key: fixed, or the stem that a number is put after.
    pub(crate) key: BindKey,
    /// Its value; `None` when the execution brings it.
    pub(crate) value: Option<Literal>,
    pub(crate) literal_execute: bool,
}

/// The name of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BindKey {
    /// `bindparam("x")`, a column of INSERT or UPDATE.
    Fixed(String),
    /// `x_1`, `x_2`, …
    Anonymous(String),
}

/// The values of an expanding parameter.
#[derive(Debug, Clone)]
pub(crate) struct ExpandingEl {
    pub(crate) key: BindKey,
    /// `None` when the execution brings them.
    pub(crate) values: Option<Vec<Literal>>,
    /// Types of the parts, where the values are tuples.
    pub(crate) tuple: Option<Vec<Ty>>,
    /// The operator it stands behind (`IN` or `NOT IN`): it decides how an empty set is written.
    pub(crate) negated: bool,
    pub(crate) literal_execute: bool,
}

/// A node.
#[derive(Debug, Clone)]
pub(crate) struct El<'a> {
    pub(crate) kind: Kind<'a>,
    pub(crate) ty: Ty,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind<'a> {
    Text(&'a Text),
    LiteralColumn(&'a str),
    Column(&'a ColumnRef),
    Bind(BindEl),
    Expanding(ExpandingEl),
    Null,
    True,
    False,
    /// Operator before its operand.
    Unary {
        op: Op,
        element: Box<El<'a>>,
    },
    /// Operator after its operand.
    Modifier {
        op: Op,
        element: Box<El<'a>>,
    },
    /// A boolean value where a condition is expected.
    AsBool {
        element: Box<El<'a>>,
        truth: bool,
    },
    Binary(Box<BinaryEl<'a>>),
    /// Three or more operands of one associative operator, or the bounds of BETWEEN.
    List {
        op: Op,
        items: Vec<El<'a>>,
        group: bool,
    },
    Function(FunctionEl<'a>),
    Over {
        func: Box<El<'a>>,
        partition_by: Vec<El<'a>>,
        order_by: Vec<El<'a>>,
        frame: Option<&'a str>,
    },
    Filter {
        func: Box<El<'a>>,
        criterion: Box<El<'a>>,
    },
    WithinGroup {
        func: Box<El<'a>>,
        order_by: Vec<El<'a>>,
    },
    Cast {
        element: Box<El<'a>>,
        to: Rc<ColumnType>,
        try_: bool,
    },
    Coerce(Box<El<'a>>),
    Case {
        value: Option<Box<El<'a>>>,
        whens: Vec<(El<'a>, El<'a>)>,
        else_: Option<Box<El<'a>>>,
    },
    Extract {
        field: &'a str,
        element: Box<El<'a>>,
    },
    Collation(&'a str),
    Tuple(Vec<El<'a>>),
    Array(Vec<El<'a>>),
    /// A query in parentheses.
    Select(&'a SelectSet),
    Label {
        element: Box<El<'a>>,
        name: &'a Name,
    },
    Grouping(Box<El<'a>>),
    NextValue(&'a TableName),
    Star(Option<&'a TableName>),
    /// The key, index or path of a JSON access.
    JsonKey {
        stem: String,
        value: &'a Literal,
    },
    LabelReference(&'a str),
    /// SQL that the compiler made up (`'%'`).
    Raw(&'static str),
    /// An operand of a case-insensitive comparison.
    Lowered(Box<El<'a>>),
}

/// Two operands and their operator.
#[derive(Debug, Clone)]
pub(crate) struct BinaryEl<'a> {
    pub(crate) op: Op,
    pub(crate) left: El<'a>,
    pub(crate) right: El<'a>,
    /// The operator of its negation, if it has one.
    pub(crate) negate: Option<Op>,
    /// `ESCAPE`, or the flags of a regular expression.
    pub(crate) modifier: Option<&'a str>,
    pub(crate) symmetric: bool,
}

/// A function call.
#[derive(Debug, Clone)]
pub(crate) struct FunctionEl<'a> {
    pub(crate) path: &'a [Name],
    pub(crate) args: Vec<El<'a>>,
}

impl FunctionEl<'_> {
    /// The last part of its name.
    pub(crate) fn name(&self) -> &str {
        self.path.last().map_or("", Name::as_str)
    }

    /// Its name as SQLAlchemy has it: functions that it knows are in lower case.
    pub(crate) fn spelling(&self) -> String {
        spelling(self.path)
    }

    /// The lower-case name, if it is a plain `func.name`.
    pub(crate) fn plain_name(&self) -> Option<String> {
        match self.path {
            [name] => Some(name.text.to_lowercase()),
            _ => None,
        }
    }
}

impl<'a> El<'a> {
    pub(crate) fn new(kind: Kind<'a>, ty: Ty) -> El<'a> {
        El { kind, ty }
    }

    pub(crate) fn affinity(&self) -> Affinity {
        affinity(self.ty.as_deref())
    }

    fn boxed_grouping(self) -> El<'a> {
        let ty = self.ty.clone();
        El::new(Kind::Grouping(Box::new(self)), ty)
    }

    fn is_any_or_all(&self) -> bool {
        matches!(
            &self.kind,
            Kind::Unary {
                op: Op::Any | Op::All,
                ..
            }
        )
    }

    /// The operator at its top, as SQLAlchemy's `.operator` attribute has it.
    fn operator(&self) -> Option<&Op> {
        match &self.kind {
            Kind::Binary(binary) => Some(&binary.op),
            Kind::List { op, .. } | Kind::Unary { op, .. } => Some(op),
            // A grouping passes attributes of what it holds through.
            Kind::Grouping(element) => element.operator(),
            _ => None,
        }
    }

    /// The operands of an associative operator.
    fn flattened(self) -> Vec<El<'a>> {
        match self.kind {
            Kind::Binary(binary) => vec![binary.left, binary.right],
            Kind::List { items, .. } => items,
            Kind::Grouping(element) => element.flattened(),
            kind => vec![El::new(kind, self.ty)],
        }
    }

    /// Any database will know it as a condition.
    pub(crate) fn is_implicitly_boolean(&self) -> bool {
        match &self.kind {
            Kind::Binary(binary) => binary.op.is_boolean(),
            Kind::List { op, .. } => op.is_boolean(),
            Kind::Grouping(element)
            | Kind::AsBool { element, .. }
            | Kind::Label { element, .. } => element.is_implicitly_boolean(),
            _ => false,
        }
    }

    /// `self_group(against)`: itself, in parentheses where it needs them.
    pub(crate) fn self_group(self, against: Option<&Op>) -> El<'a> {
        let groups = match &self.kind {
            Kind::Text(_) => matches!(against, Some(Op::In)),
            Kind::Unary { op, .. } => op.is_precedent(against),
            Kind::Binary(binary) => operator_groups(&binary.op, true, against),
            Kind::List { op, items, group } => {
                !items.is_empty() && operator_groups(op, *group, against)
            }
            Kind::Filter { .. } => Op::Filter.is_precedent(against),
            Kind::AsBool { .. }
            | Kind::Modifier { .. }
            | Kind::Grouping(_)
            | Kind::Tuple(_)
            | Kind::Select(_)
            | Kind::Lowered(_)
            | Kind::Star(_)
            | Kind::Expanding(_) => false,
            Kind::Label { .. } => {
                let El { kind, ty } = self;
                let Kind::Label { element, name } = kind else {
                    return El { kind, ty };
                };
                let element = Box::new(element.self_group(against));
                return El::new(Kind::Label { element, name }, ty);
            }
            Kind::Coerce(_) => {
                let El { kind, ty } = self;
                let Kind::Coerce(element) = kind else {
                    return El { kind, ty };
                };
                return El::new(Kind::Coerce(Box::new(element.self_group(against))), ty);
            }
            Kind::Array(_) if matches!(against, Some(Op::Any | Op::All | Op::GetItem)) => true,
            Kind::Function(_)
                if matches!(against, Some(Op::GetItem)) && self.affinity() == Affinity::Array =>
            {
                true
            }
            _ => {
                if matches!(against, Some(Op::And | Op::Or | Op::AsBool))
                    && self.affinity() == Affinity::Boolean
                {
                    return El::new(
                        Kind::AsBool {
                            element: Box::new(self),
                            truth: true,
                        },
                        ty(TypeClass::Boolean),
                    );
                }
                matches!(against, Some(Op::Any | Op::All))
            }
        };
        if groups { self.boxed_grouping() } else { self }
    }

    /// `NOT self`, as simply as it can be said.
    pub(crate) fn negate(self) -> El<'a> {
        let boolean = self.affinity() == Affinity::Boolean;
        match self.kind {
            Kind::True => El::new(Kind::False, self.ty),
            Kind::False => El::new(Kind::True, self.ty),
            Kind::Binary(binary) => match binary.negate.clone() {
                Some(negate) => {
                    let mut binary = *binary;
                    if let Kind::Expanding(expanding) = &mut binary.right.kind {
                        expanding.negated = negate == Op::NotIn;
                    }
                    binary.negate = Some(std::mem::replace(&mut binary.op, negate));
                    // The operands were grouped against the old operator: its negation has the same precedence.
                    El::new(Kind::Binary(Box::new(binary)), self.ty)
                }
                None => El::new(Kind::Binary(binary), self.ty)
                    .self_group(None)
                    .negate(),
            },
            Kind::AsBool { element, truth } => match element.kind {
                Kind::True | Kind::False => element.negate(),
                _ => El::new(
                    Kind::AsBool {
                        element,
                        truth: !truth,
                    },
                    self.ty,
                ),
            },
            Kind::Label { element, name } => El::new(
                Kind::Label {
                    element: Box::new(element.negate()),
                    name,
                },
                self.ty,
            ),
            Kind::Unary { .. } if boolean => inverted(self, ty(TypeClass::Boolean)),
            Kind::Text(_) | Kind::List { .. } | Kind::Unary { .. } => inverted(self, None),
            _ if boolean => El::new(
                Kind::AsBool {
                    element: Box::new(self),
                    truth: false,
                },
                ty(TypeClass::Boolean),
            ),
            _ => inverted(self, None),
        }
    }
}

fn operator_groups(op: &Op, group: bool, against: Option<&Op>) -> bool {
    (group && op.is_precedent(against)) || (against == Some(&Op::Inv) && !op.is_boolean())
}

fn inverted(element: El<'_>, ty: Ty) -> El<'_> {
    let element = element.self_group(Some(&Op::Inv));
    unary(Op::Inv, element, ty)
}

/// `UnaryExpression(element, operator=op)`
pub(crate) fn unary(op: Op, element: El<'_>, ty: Ty) -> El<'_> {
    let element = Box::new(element.self_group(Some(&op)));
    El::new(Kind::Unary { op, element }, ty)
}

/// `UnaryExpression(element, modifier=op)`
pub(crate) fn modifier(op: Op, element: El<'_>) -> El<'_> {
    let element = Box::new(element.self_group(Some(&op)));
    El::new(Kind::Modifier { op, element }, None)
}

/// `OperatorExpression._construct_for_op`
pub(crate) fn construct<'a>(
    left: El<'a>,
    right: El<'a>,
    op: Op,
    ty: Ty,
    negate: Option<Op>,
    modifier: Option<&'a str>,
) -> El<'a> {
    if op.is_associative() {
        let result = affinity(ty.as_deref());
        let joins = |side: &El<'a>| side.operator() == Some(&op) && side.affinity() == result;
        let (join_left, join_right) = (joins(&left), joins(&right));
        if join_left || join_right {
            let mut items = if join_left {
                left.flattened()
            } else {
                vec![left]
            };
            items.extend(if join_right {
                right.flattened()
            } else {
                vec![right]
            });
            return list(op, items, ty);
        }
    }
    let negate = if left.is_any_or_all() || right.is_any_or_all() {
        None
    } else {
        negate
    };
    binary(left, right, op, ty, negate, modifier)
}

/// `BinaryExpression(…)`
pub(crate) fn binary<'a>(
    left: El<'a>,
    right: El<'a>,
    op: Op,
    ty: Ty,
    negate: Option<Op>,
    modifier: Option<&'a str>,
) -> El<'a> {
    let left = left.self_group(Some(&op));
    let right = right.self_group(Some(&op));
    El::new(
        Kind::Binary(Box::new(BinaryEl {
            op,
            left,
            right,
            negate,
            modifier,
            symmetric: false,
        })),
        ty,
    )
}

/// `ExpressionClauseList._construct_for_list`
pub(crate) fn list(op: Op, items: Vec<El<'_>>, ty: Ty) -> El<'_> {
    let items = items
        .into_iter()
        .map(|item| item.self_group(Some(&op)))
        .collect();
    El::new(
        Kind::List {
            op,
            items,
            group: true,
        },
        ty,
    )
}

/// `and_`, `or_`: `true` and `false` vanish or win, nested ones of the same kind are flattened.
pub(crate) fn conjunction(op: Op, items: Vec<El<'_>>) -> Option<El<'_>> {
    let mut grouped = group_conditions(&op, items)?;
    if grouped.len() == 1 {
        return grouped.pop();
    }
    let items = grouped
        .into_iter()
        .flat_map(|item| {
            if item.operator() == Some(&op) {
                item.flattened()
            } else {
                vec![item]
            }
        })
        .collect();
    Some(El::new(
        Kind::List {
            op,
            items,
            group: true,
        },
        ty(TypeClass::Boolean),
    ))
}

/// `_process_clauses_for_boolean`: what is left of the conditions, in parentheses where needed.
pub(crate) fn group_conditions<'a>(op: &Op, items: Vec<El<'a>>) -> Option<Vec<El<'a>>> {
    let is_and = *op == Op::And;
    let mut kept: Vec<El<'a>> = Vec::new();
    let mut neutral = None;
    for item in items {
        let (continues, skips) = match &item.kind {
            Kind::True => (is_and, !is_and),
            Kind::False => (!is_and, is_and),
            _ => (false, false),
        };
        if continues {
            neutral = Some(item);
        } else if skips {
            kept = vec![item];
            break;
        } else {
            kept.push(item);
        }
    }
    if kept.is_empty() {
        kept.extend(neutral);
    }
    if kept.is_empty() {
        return None;
    }
    let against = if kept.len() > 1 {
        op.clone()
    } else {
        Op::AsBool
    };
    Some(
        kept.into_iter()
            .map(|item| item.self_group(Some(&against)))
            .collect(),
    )
}

/// The last part of a function's name; in lower case if SQLAlchemy knows it by class.
pub(crate) fn spelling(path: &[Name]) -> String {
    let name = path.last().map_or("", Name::as_str);
    let lower = name.to_lowercase();
    if path.len() == 1 && super::function::is_known(&lower) {
        lower
    } else {
        name.to_owned()
    }
}
