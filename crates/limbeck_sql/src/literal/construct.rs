//! SQL constructs as Python shows them in a message, where a value is wanted instead.

use limbeck_schema::Expr;

/// `repr()` of a construct, without its address.
pub(crate) fn repr(expr: &Expr) -> String {
    match expr {
        Expr::Function { path, .. } => {
            let name = path.last().map_or("", |name| name.text.as_str());
            let lower = name.to_lowercase();
            let class = if KNOWN.contains(&lower.as_str()) && path.len() == 1 {
                &lower
            } else {
                "Function"
            };
            format!("<sqlalchemy.sql.functions.{class} at 0x; {name}>")
        }
        Expr::LiteralColumn { sql, .. } => {
            format!("<sqlalchemy.sql.elements.ColumnClause at 0x; {sql}>")
        }
        Expr::Column(column) => {
            let name = &column.name.text;
            format!("<sqlalchemy.sql.elements.ColumnClause at 0x; {name}>")
        }
        Expr::Subquery(_) => "<sqlalchemy.sql.selectable.ScalarSelect object at 0x>".to_owned(),
        Expr::Exists(_) => "<sqlalchemy.sql.selectable.Exists object at 0x>".to_owned(),
        Expr::NextValue(_) => "<sqlalchemy.sql.functions.next_value at 0x; next_value>".to_owned(),
        other => format!("<sqlalchemy.sql.elements.{} object at 0x>", class_of(other)),
    }
}

/// Functions that SQLAlchemy has a class of their own for.
const KNOWN: [&str; 32] = [
    "aggregate_strings",
    "array_agg",
    "char_length",
    "coalesce",
    "concat",
    "count",
    "cube",
    "cume_dist",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "dense_rank",
    "grouping_sets",
    "localtime",
    "localtimestamp",
    "max",
    "min",
    "mode",
    "next_value",
    "now",
    "percent_rank",
    "percentile_cont",
    "percentile_disc",
    "pow",
    "random",
    "rank",
    "rollup",
    "session_user",
    "sum",
    "sysdate",
    "user",
];

/// The class in `sqlalchemy.sql.elements`.
fn class_of(expr: &Expr) -> &'static str {
    match expr {
        Expr::Text(_) => "TextClause",
        Expr::Null => "Null",
        Expr::True => "True_",
        Expr::False => "False_",
        Expr::Unary { .. } => "UnaryExpression",
        Expr::List { .. } => "BooleanClauseList",
        Expr::Over { .. } => "Over",
        Expr::Filter { .. } => "FunctionFilter",
        Expr::WithinGroup { .. } => "WithinGroup",
        Expr::Cast { try_: true, .. } => "TryCast",
        Expr::Cast { .. } => "Cast",
        Expr::TypeCoerce { .. } => "TypeCoerce",
        Expr::Case { .. } => "Case",
        Expr::Extract { .. } => "Extract",
        Expr::Collate { .. } => "CollationClause",
        Expr::Tuple(_) => "Tuple",
        Expr::Array(_) => "array",
        Expr::Label { .. } => "Label",
        Expr::Grouping(_) => "Grouping",
        Expr::Bind(_) => "BindParameter",
        Expr::Binary { .. } | Expr::Between { .. } | Expr::In { .. } => "BinaryExpression",
        Expr::LiteralColumn { .. } | Expr::Column(_) | Expr::Star(_) | Expr::LabelReference(_) => {
            "ColumnClause"
        }
        Expr::Function { .. } | Expr::NextValue(_) => "FunctionElement",
        Expr::Subquery(_) | Expr::Exists(_) => "ScalarSelect",
    }
}
