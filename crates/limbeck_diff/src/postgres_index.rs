//! Indexes of PostgreSQL, whose expressions are compared as text.

use limbeck_diag::Result;
use limbeck_schema::{
    DialectOptions, Expr, Index, IndexElement, Literal, OptionValue, TableName, py_bool,
    py_opt_str, py_str,
};
use limbeck_sql::{ExprContext, Target, render_expr};

use crate::pattern::{captures, is_match, replace_all};
use crate::server_default::CAST;

/// How two things compare.
pub(crate) enum Verdict {
    /// The same.
    Equal,
    /// Not the same, and why.
    Different(String),
    /// Not to be known, and why: taken for equal.
    Skip(String),
}

/// `unique=False to unique=True`
pub(crate) fn unique_change(wanted: &Index, found: &Index) -> Option<String> {
    (wanted.unique != found.unique).then(|| {
        format!(
            "unique={} to unique={}",
            py_bool(found.unique),
            py_bool(wanted.unique)
        )
    })
}

/// Whether `postgresql_nulls_not_distinct` is set.
pub(crate) fn nulls_not_distinct(options: &DialectOptions) -> bool {
    matches!(
        options.get("postgresql_nulls_not_distinct"),
        Some(OptionValue::Literal(Literal::Bool(true)))
    )
}

fn element_text(element: &IndexElement, target: &Target) -> Result<String> {
    let expr = match element {
        IndexElement::Column(name) => &Expr::column(name.clone()),
        IndexElement::Expr(expr) => expr,
    };
    render_expr(expr, target, &ExprContext::ddl())
}

/// `PostgresqlImpl.compare_indexes`
pub(crate) fn compare(
    wanted: &Index,
    found: &Index,
    table: &TableName,
    target: &Target,
    warnings: &mut Vec<String>,
) -> Result<Verdict> {
    let mut why = Vec::new();
    why.extend(unique_change(wanted, found));
    if wanted.elements.len() != found.elements.len() {
        why.push(format!(
            "expression number {} to {}",
            found.elements.len(),
            wanted.elements.len()
        ));
    }
    if !why.is_empty() {
        return Ok(Verdict::Different(why.join(", ")));
    }
    let mut skip = Vec::new();
    for (at, (wanted_element, found_element)) in
        wanted.elements.iter().zip(&found.elements).enumerate()
    {
        let number = at + 1;
        let wanted_text = element_text(wanted_element, target)?;
        let found_text = element_text(found_element, target)?;
        if cleaned(&wanted_text, table)? == cleaned(&found_text, table)? {
            continue;
        }
        let quoted = py_str(&wanted_text);
        if wanted_text.trim().ends_with("_ops") && wanted_text.contains([' ', ')']) {
            skip.push(format!(
                "expression #{number} {quoted} detected as including operator clause."
            ));
            warnings.push(format!(
                "Expression #{number} {quoted} in index {} detected to include an operator clause. Expression compare cannot proceed. Please move the operator clause to the ``postgresql_ops`` dict to enable proper compare of the index expressions: https://docs.sqlalchemy.org/en/latest/dialects/postgresql.html#operator-classes",
                py_opt_str(found.name.as_str())
            ));
        } else {
            why.push(format!(
                "expression #{number} {} to {quoted}",
                py_str(&found_text)
            ));
        }
    }
    if nulls_not_distinct(&wanted.options) != nulls_not_distinct(&found.options) {
        let text = |set: bool| if set { "('nulls_not_distinct',)" } else { "()" };
        why.push(format!(
            "options {} to {}",
            text(nulls_not_distinct(&found.options)),
            text(nulls_not_distinct(&wanted.options))
        ));
    }
    Ok(if !why.is_empty() {
        Verdict::Different(why.join(", "))
    } else if !skip.is_empty() {
        Verdict::Skip(skip.join(", "))
    } else {
        Verdict::Equal
    })
}

/// An index expression without what PostgreSQL writes in its own way: case, quotes, casts, default directions, blanks.
fn cleaned(text: &str, table: &TableName) -> Result<String> {
    let text = text.to_lowercase().replace(['"', '\''], "");
    let text = text.replace(&format!("{}.", table.name.text.to_lowercase()), "");
    let text = replace_all(CAST, "", &text)?;
    let mut text = without_parentheses(&text).to_owned();
    for (pattern, keep) in [
        (r"^(.*?)( asc nulls last)$", "${1}"),
        (r"^(.*?)(?<! desc)( nulls last)$", "${1}"),
        (r"^(.*?)( asc)$", "${1}"),
        (r"^(.*?)( asc) nulls first$", "${1} nulls first"),
        (r"^(.*?) desc( nulls first)$", "${1} desc"),
    ] {
        if is_match(pattern, &text)? {
            text = replace_all(pattern, keep, &text)?;
            break;
        }
    }
    let mut text = without_parentheses(&text).to_owned();
    let cast_call = format!(
        r"(?ix)\bcast\s*\((.*?)\s+as\s+{}\s*\)",
        CAST.trim_start_matches(r"(?ix)::\s*")
    );
    while captures(&cast_call, &text)?.is_some() {
        text = replace_all(&cast_call, "${1}", &text)?;
    }
    Ok(text.replace(' ', ""))
}

fn without_parentheses(text: &str) -> &str {
    let mut text = text;
    while let Some(inner) = text.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        text = inner;
    }
    text
}
