//! Whether a script is nothing but operations with literal arguments.

use std::collections::BTreeSet;

use ruff_python_ast::{Expr, Stmt};

use crate::parse::Parsed;

/// Directives that take SQL text, or open a block, or give something back.
const MORE: [&str; 9] = [
    "execute",
    "batch_alter_table",
    "get_bind",
    "get_context",
    "bulk_insert",
    "invoke",
    "run_async",
    "inline_literal",
    "register_operation",
];

/// True if `upgrade()` and `downgrade()` consist of calls of `op.…` whose arguments are literals, columns, types and
/// constraints: no variables, no control flow, no SQL text.
#[must_use]
pub fn is_plain_script(parsed: &Parsed) -> bool {
    let module = parsed.module();
    let imported = imported_names(&module.body);
    let functions = module.body.iter().filter_map(|stmt| match stmt {
        Stmt::FunctionDef(function)
            if matches!(function.name.as_str(), "upgrade" | "downgrade") =>
        {
            Some(function)
        }
        _ => None,
    });
    functions
        .flat_map(|function| &function.body)
        .all(|stmt| is_plain_statement(stmt, &imported))
}

/// Names that import statements of the module bind.
fn imported_names(body: &[Stmt]) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for stmt in body {
        let aliases = match stmt {
            Stmt::Import(import) => &import.names,
            Stmt::ImportFrom(import) => &import.names,
            _ => continue,
        };
        for alias in aliases {
            let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
            names.insert(name.split('.').next().unwrap_or(name));
        }
    }
    names
}

fn is_plain_statement(stmt: &Stmt, imported: &BTreeSet<&str>) -> bool {
    match stmt {
        Stmt::Pass(_) => true,
        Stmt::Expr(stmt) => match &*stmt.value {
            Expr::StringLiteral(_) | Expr::EllipsisLiteral(_) => true,
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(func) => {
                    let is_op = matches!(&*func.value, Expr::Name(name) if name.id == "op");
                    is_op && !MORE.contains(&func.attr.as_str()) && is_plain(&stmt.value, imported)
                }
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

fn is_plain(expr: &Expr, imported: &BTreeSet<&str>) -> bool {
    match expr {
        Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_) => true,
        Expr::Name(name) => imported.contains(name.id.as_str()),
        Expr::Attribute(attribute) => is_plain(&attribute.value, imported),
        Expr::UnaryOp(op) => is_plain(&op.operand, imported),
        Expr::List(list) => list.elts.iter().all(|it| is_plain(it, imported)),
        Expr::Tuple(tuple) => tuple.elts.iter().all(|it| is_plain(it, imported)),
        Expr::Dict(dict) => dict.items.iter().all(|item| {
            item.key.as_ref().is_some_and(|key| is_plain(key, imported))
                && is_plain(&item.value, imported)
        }),
        Expr::Call(call) => {
            let arguments = &call.arguments;
            is_plain(&call.func, imported)
                && arguments.args.iter().all(|it| is_plain(it, imported))
                && arguments
                    .keywords
                    .iter()
                    .all(|it| it.arg.is_some() && is_plain(&it.value, imported))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse_module;

    #[test]
    fn plain_scripts_are_told_from_others() {
        let check = |body: &str, expected: bool| {
            let text = format!(
                "from alembic import op\nimport sqlalchemy as sa\nNAME = 't'\ndef upgrade():\n    {body}\n\
                 def downgrade():\n    pass\n"
            );
            let parsed = parse_module("a.py", &text).unwrap();
            assert_eq!(is_plain_script(&parsed), expected, "{body}");
        };
        check(
            "op.create_table('t', sa.Column('id', sa.Integer(), server_default=sa.text('1')))",
            true,
        );
        check(
            "op.drop_index(op.f('ix'), table_name='t', postgresql_ops={'a': 'b'})",
            true,
        );
        check("op.execute('SELECT 1')", false);
        check("op.drop_table(NAME)", false);
        check("op.drop_table(f'{1}')", false);
        check("x = op.create_table('t')", false);
        check("for name in ['t']: op.drop_table(name)", false);
        check("op.drop_table(*['t'])", false);
    }
}
