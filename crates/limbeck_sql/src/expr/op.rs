//! Operators: precedence, negation, and when an operand needs parentheses (SQLAlchemy's `operators.py`).

use limbeck_schema::{BinaryOp, Substring};

/// An operator with a precedence of its own choosing (`custom_op`).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CustomOp {
    pub(crate) op: String,
    pub(crate) precedence: i32,
    pub(crate) is_comparison: bool,
    /// `(a op b) op c` needs no parentheses.
    pub(crate) natural_self_precedent: bool,
    /// In parentheses wherever it stands inside another operator.
    pub(crate) eager_grouping: bool,
}

/// Everything that SQLAlchemy calls an operator.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Op {
    And,
    Or,
    Add,
    Sub,
    Mul,
    TrueDiv,
    FloorDiv,
    Mod,
    Neg,
    BitNot,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    Concat,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Is,
    IsNot,
    IsDistinctFrom,
    IsNotDistinctFrom,
    Like,
    NotLike,
    ILike,
    NotILike,
    Match,
    NotMatch,
    RegexpMatch,
    NotRegexpMatch,
    RegexpReplace,
    Substring {
        place: Substring,
        ignore_case: bool,
        negated: bool,
    },
    In,
    NotIn,
    Between,
    NotBetween,
    Distinct,
    Inv,
    Exists,
    Comma,
    Desc,
    Asc,
    NullsFirst,
    NullsLast,
    Collate,
    AsBool,
    Any,
    All,
    GetItem,
    JsonGet,
    JsonPath,
    Filter,
    Custom(CustomOp),
}

const SMALLEST: i32 = -100;
const LARGEST: i32 = 100;

impl Op {
    /// The operator of an expression of the schema.
    pub(crate) fn of(op: &BinaryOp) -> Op {
        let postgres = |op: &str, precedence, is_comparison, natural| {
            Op::Custom(CustomOp {
                op: op.to_owned(),
                precedence,
                is_comparison,
                natural_self_precedent: natural,
                eager_grouping: natural,
            })
        };
        match op {
            BinaryOp::Eq => Op::Eq,
            BinaryOp::Ne => Op::Ne,
            BinaryOp::Lt => Op::Lt,
            BinaryOp::Le => Op::Le,
            BinaryOp::Gt => Op::Gt,
            BinaryOp::Ge => Op::Ge,
            BinaryOp::Is => Op::Is,
            BinaryOp::IsNot => Op::IsNot,
            BinaryOp::IsDistinctFrom => Op::IsDistinctFrom,
            BinaryOp::IsNotDistinctFrom => Op::IsNotDistinctFrom,
            BinaryOp::Like { .. } => Op::Like,
            BinaryOp::NotLike { .. } => Op::NotLike,
            BinaryOp::ILike { .. } => Op::ILike,
            BinaryOp::NotILike { .. } => Op::NotILike,
            BinaryOp::RegexpMatch { .. } => Op::RegexpMatch,
            BinaryOp::NotRegexpMatch { .. } => Op::NotRegexpMatch,
            BinaryOp::RegexpReplace { .. } => Op::RegexpReplace,
            BinaryOp::Substring {
                place, ignore_case, ..
            } => Op::Substring {
                place: *place,
                ignore_case: *ignore_case,
                negated: false,
            },
            BinaryOp::Add => Op::Add,
            BinaryOp::Sub => Op::Sub,
            BinaryOp::Mul => Op::Mul,
            BinaryOp::TrueDiv => Op::TrueDiv,
            BinaryOp::FloorDiv => Op::FloorDiv,
            BinaryOp::Mod => Op::Mod,
            BinaryOp::Concat => Op::Concat,
            BinaryOp::BitAnd => Op::BitAnd,
            BinaryOp::BitOr => Op::BitOr,
            BinaryOp::BitXor => Op::BitXor,
            BinaryOp::ShiftLeft => Op::ShiftLeft,
            BinaryOp::ShiftRight => Op::ShiftRight,
            BinaryOp::JsonGet => Op::JsonGet,
            BinaryOp::JsonPath => Op::JsonPath,
            BinaryOp::JsonGetText => postgres("->>", 15, false, true),
            BinaryOp::JsonPathText => postgres("#>>", 15, false, true),
            BinaryOp::ArrayGet => Op::GetItem,
            BinaryOp::Contains => postgres("@>", 5, true, true),
            BinaryOp::ContainedBy => postgres("<@", 5, true, true),
            BinaryOp::Overlap => postgres("&&", 5, true, false),
            BinaryOp::HasKey => postgres("?", 5, true, true),
            BinaryOp::Match => Op::Match,
            BinaryOp::Custom {
                op,
                precedence,
                is_comparison,
            } => Op::Custom(CustomOp {
                op: op.clone(),
                precedence: *precedence,
                is_comparison: *is_comparison,
                natural_self_precedent: false,
                eager_grouping: false,
            }),
        }
    }

    /// Its place in the order; `None` for one that SQLAlchemy's table does not list.
    fn precedence(&self) -> Option<i32> {
        Some(match self {
            Op::Any | Op::All | Op::GetItem | Op::JsonGet | Op::JsonPath => 15,
            Op::Mul | Op::TrueDiv | Op::FloorDiv | Op::Mod | Op::Neg | Op::BitNot => 8,
            Op::Add
            | Op::Sub
            | Op::BitXor
            | Op::BitOr
            | Op::BitAnd
            | Op::ShiftLeft
            | Op::ShiftRight => 7,
            Op::Filter => 6,
            Op::Concat
            | Op::Match
            | Op::NotMatch
            | Op::RegexpMatch
            | Op::NotRegexpMatch
            | Op::RegexpReplace
            | Op::ILike
            | Op::NotILike
            | Op::Like
            | Op::NotLike
            | Op::In
            | Op::NotIn
            | Op::Is
            | Op::IsNot
            | Op::Eq
            | Op::Ne
            | Op::IsDistinctFrom
            | Op::IsNotDistinctFrom
            | Op::Gt
            | Op::Lt
            | Op::Ge
            | Op::Le
            | Op::Between
            | Op::NotBetween
            | Op::Distinct
            | Op::Inv => 5,
            Op::Collate => 4,
            Op::And | Op::Desc | Op::Asc => 3,
            Op::Or => 2,
            Op::Exists => 0,
            Op::Comma => -1,
            Op::AsBool => -10,
            Op::Substring { .. } | Op::NullsFirst | Op::NullsLast => return None,
            Op::Custom(custom) => custom.precedence,
        })
    }

    fn is_natural_self_precedent(&self) -> bool {
        match self {
            Op::Custom(custom) => custom.natural_self_precedent,
            Op::GetItem | Op::JsonGet | Op::JsonPath => true,
            _ => self.is_associative(),
        }
    }

    /// `a op b op c` may be written without parentheses.
    pub(crate) fn is_associative(&self) -> bool {
        matches!(self, Op::Add | Op::Mul | Op::Concat | Op::And | Op::Or)
    }

    pub(crate) fn is_commutative(&self) -> bool {
        matches!(self, Op::Add | Op::Mul | Op::Eq | Op::Ne)
    }

    /// Whether it compares: the result is a boolean that every database knows as one.
    pub(crate) fn is_comparison(&self) -> bool {
        match self {
            Op::Eq
            | Op::Ne
            | Op::Lt
            | Op::Le
            | Op::Gt
            | Op::Ge
            | Op::Is
            | Op::IsNot
            | Op::IsDistinctFrom
            | Op::IsNotDistinctFrom
            | Op::Like
            | Op::NotLike
            | Op::ILike
            | Op::NotILike
            | Op::Match
            | Op::NotMatch
            | Op::RegexpMatch
            | Op::NotRegexpMatch
            | Op::Substring { .. }
            | Op::In
            | Op::NotIn
            | Op::Between
            | Op::NotBetween => true,
            Op::Custom(custom) => custom.is_comparison,
            _ => false,
        }
    }

    pub(crate) fn is_boolean(&self) -> bool {
        self.is_comparison() || matches!(self, Op::Inv | Op::And | Op::Or)
    }

    /// What `NOT (a op b)` is as one operator.
    pub(crate) fn negated(&self) -> Option<Op> {
        Some(match self {
            Op::Eq => Op::Ne,
            Op::Ne => Op::Eq,
            Op::Lt => Op::Ge,
            Op::Ge => Op::Lt,
            Op::Le => Op::Gt,
            Op::Gt => Op::Le,
            Op::Is => Op::IsNot,
            Op::IsNot => Op::Is,
            Op::IsDistinctFrom => Op::IsNotDistinctFrom,
            Op::IsNotDistinctFrom => Op::IsDistinctFrom,
            Op::Like => Op::NotLike,
            Op::NotLike => Op::Like,
            Op::ILike => Op::NotILike,
            Op::NotILike => Op::ILike,
            Op::Match => Op::NotMatch,
            Op::NotMatch => Op::Match,
            Op::RegexpMatch => Op::NotRegexpMatch,
            Op::NotRegexpMatch => Op::RegexpMatch,
            Op::In => Op::NotIn,
            Op::NotIn => Op::In,
            Op::Between => Op::NotBetween,
            Op::NotBetween => Op::Between,
            Op::Substring {
                place,
                ignore_case,
                negated,
            } => Op::Substring {
                place: *place,
                ignore_case: *ignore_case,
                negated: !negated,
            },
            _ => return None,
        })
    }

    /// The text between (or before, or after) the operands, where one text serves all dialects.
    pub(crate) fn text(&self) -> &'static str {
        match self {
            Op::And => " AND ",
            Op::Or => " OR ",
            Op::Add => " + ",
            Op::Sub => " - ",
            Op::Mul => " * ",
            Op::TrueDiv | Op::FloorDiv => " / ",
            Op::Mod => " % ",
            Op::Neg => "-",
            Op::BitNot => "~",
            Op::BitAnd => " & ",
            Op::BitOr => " | ",
            Op::BitXor => " ^ ",
            Op::ShiftLeft => " << ",
            Op::ShiftRight => " >> ",
            Op::Concat => " || ",
            Op::Eq => " = ",
            Op::Ne => " != ",
            Op::Lt => " < ",
            Op::Le => " <= ",
            Op::Gt => " > ",
            Op::Ge => " >= ",
            Op::Is => " IS ",
            Op::IsNot => " IS NOT ",
            Op::IsDistinctFrom => " IS DISTINCT FROM ",
            Op::IsNotDistinctFrom => " IS NOT DISTINCT FROM ",
            Op::Match => " MATCH ",
            Op::NotMatch => " NOT MATCH ",
            Op::In => " IN ",
            Op::NotIn => " NOT IN ",
            Op::Between => " BETWEEN ",
            Op::NotBetween => " NOT BETWEEN ",
            Op::Distinct => "DISTINCT ",
            Op::Inv => "NOT ",
            Op::Exists => "EXISTS ",
            Op::Comma => ", ",
            Op::Desc => " DESC",
            Op::Asc => " ASC",
            Op::NullsFirst => " NULLS FIRST",
            Op::NullsLast => " NULLS LAST",
            Op::Collate => " COLLATE ",
            Op::Any => "ANY ",
            Op::All => "ALL ",
            Op::Like
            | Op::NotLike
            | Op::ILike
            | Op::NotILike
            | Op::RegexpMatch
            | Op::NotRegexpMatch
            | Op::RegexpReplace
            | Op::Substring { .. }
            | Op::AsBool
            | Op::GetItem
            | Op::JsonGet
            | Op::JsonPath
            | Op::Filter
            | Op::Custom(_) => "",
        }
    }

    /// Whether an expression made by this operator needs parentheses as an operand of `against`.
    pub(crate) fn is_precedent(&self, against: Option<&Op>) -> bool {
        let Some(against) = against else {
            return true;
        };
        // SQLAlchemy compares by identity: two `.op()` operators are never the same one.
        let same = self == against;
        if same && self.is_natural_self_precedent() {
            return false;
        }
        self.precedence().unwrap_or(SMALLEST) <= against.precedence().unwrap_or(LARGEST)
    }
}
