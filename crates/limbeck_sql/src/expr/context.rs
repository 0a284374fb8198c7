//! What the compiler of expressions and statements knows while it writes.

use indexmap::IndexMap;
use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};
use limbeck_schema::{ColumnRef, Cte, Literal, Name};

use super::affinity::resolve_type;
use super::element::{BindEl, BindKey, Ty};
use crate::bind::{Fragment, Names, Param, cast_text};
use crate::dialect::{Compat, Target};
use crate::literal::{bind_value, render_literal};
use crate::statement::StatementMode;

/// Where an expression stands while it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Columns are written with their table.
    pub(crate) include_table: bool,
    /// Tables are written with their namespace.
    pub(crate) use_schema: bool,
    /// In the list of results: labels are written with AS.
    pub(crate) in_columns: bool,
    /// In ORDER BY or GROUP BY: a label of the list of results stands for itself.
    pub(crate) by_label: bool,
    /// A value that the driver cannot bind here.
    pub(crate) literal_execute: bool,
    /// An operator inside another operator stands in parentheses.
    pub(crate) eager: bool,
    /// Inside an operator.
    pub(crate) in_operator: bool,
    /// Inside the cast of a typed JSON access.
    pub(crate) cast_applied: bool,
    /// In ON DUPLICATE KEY UPDATE: the alias of the new row, or nothing where `VALUES(x)` stands for it.
    pub(crate) inserted: Option<&'static str>,
}

impl Place {
    pub(crate) const PLAIN: Place = Place {
        include_table: true,
        use_schema: true,
        in_columns: false,
        by_label: false,
        literal_execute: false,
        eager: false,
        in_operator: false,
        cast_applied: false,
        inserted: None,
    };

    /// Inside an expression: what only concerns its outside is over.
    pub(crate) fn inner(self) -> Place {
        Place {
            in_columns: false,
            by_label: false,
            ..self
        }
    }
}

/// A name that ORDER BY and GROUP BY may use.
#[derive(Debug, Clone)]
pub(crate) enum Labelled<'a> {
    Label(&'a Name),
    Column(&'a ColumnRef),
    /// A column of a table of the FROM clause: table as written, column.
    Of(String, &'a Name),
}

/// A statement that is being written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frame<'a> {
    /// Its tables, by the name that columns call them.
    pub(crate) froms: Vec<String>,
    /// Those of the statements around it, too.
    pub(crate) correlate: Vec<String>,
    /// Names of its results.
    pub(crate) labels: Vec<(String, Labelled<'a>)>,
}

/// The state of compiling one statement.
pub(crate) struct Compiler<'a> {
    pub(crate) target: &'a Target,
    pub(crate) mode: StatementMode,
    /// A parameter of `text()` without a value is plain text.
    pub(crate) ddl: bool,
    pub(crate) given: &'a IndexMap<String, Literal>,
    pub(crate) names: Names,
    pub(crate) params: Vec<Param>,
    pub(crate) stack: Vec<Frame<'a>>,
    /// Definitions of common table expressions in sight.
    pub(crate) known_ctes: Vec<&'a Cte>,
    /// Those written so far.
    pub(crate) ctes: Vec<(&'a Cte, Fragment)>,
    pub(crate) warnings: Vec<String>,
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(
        target: &'a Target,
        mode: StatementMode,
        given: &'a IndexMap<String, Literal>,
    ) -> Compiler<'a> {
        Compiler {
            target,
            mode,
            ddl: false,
            given,
            names: Names::default(),
            params: Vec::new(),
            stack: Vec::new(),
            known_ctes: Vec::new(),
            ctes: Vec::new(),
            warnings: Vec::new(),
        }
    }

    pub(crate) fn literal(&self, value: &Literal, ty: &Ty) -> Result<String> {
        render_literal(value, ty.as_deref(), self.target)
    }

    /// Text in quotes, as the argument of an operator's modifier.
    pub(crate) fn string(&self, text: &str) -> String {
        crate::literal::render_string(text, self.target)
    }

    /// The value of a parameter: that of the execution before its own.
    pub(crate) fn value_of(&self, bind: &BindEl) -> Option<Literal> {
        match &bind.key {
            BindKey::Fixed(name) => self.given.get(name).cloned().or_else(|| bind.value.clone()),
            BindKey::Anonymous(_) => bind.value.clone(),
        }
    }

    pub(crate) fn name_of(&mut self, key: &BindKey) -> String {
        match key {
            BindKey::Fixed(name) => name.clone(),
            BindKey::Anonymous(stem) => {
                let name = self.names.anonymous(stem);
                self.names
                    .fitting("bindparam", name, self.target.caps.max_identifier)
            }
        }
    }

    /// A parameter.
    pub(crate) fn write_bind(
        &mut self,
        bind: &BindEl,
        ty: &Ty,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let value = self.value_of(bind);
        if self.mode == StatementMode::LiteralBinds {
            return self.write_literal_bind(bind, value, ty, out);
        }
        // `op.inline_literal` is written out in every mode.
        if bind.literal_execute {
            return self.write_literal_bind(bind, value, ty, out);
        }
        let name = self.name_of(&bind.key);
        if place.literal_execute {
            if self.mode == StatementMode::Placeholders {
                out.push(&format!("__[POSTCOMPILE_{name}]"));
                return Ok(());
            }
            return match value {
                Some(value) => {
                    let text = self.literal(&value, ty)?;
                    out.push(&text);
                    Ok(())
                }
                None => Err(missing_value(&name)),
            };
        }
        self.push_param(name, value, ty, out)
    }

    fn write_literal_bind(
        &mut self,
        bind: &BindEl,
        value: Option<Literal>,
        ty: &Ty,
        out: &mut Fragment,
    ) -> Result<()> {
        match value {
            Some(Literal::Null) => out.push("NULL"),
            Some(value) => {
                let text = self.literal(&value, ty)?;
                out.push(&text);
            }
            // Alembic writes NULL for a value that is to come with the execution, which never comes.
            None => match &bind.key {
                BindKey::Fixed(name) if self.target.compat == Compat::Limbeck => {
                    return Err(missing_value(name));
                }
                BindKey::Fixed(_) | BindKey::Anonymous(_) => out.push("NULL"),
            },
        }
        Ok(())
    }

    /// A placeholder and its value.
    pub(crate) fn push_param(
        &mut self,
        name: String,
        value: Option<Literal>,
        ty: &Ty,
        out: &mut Fragment,
    ) -> Result<()> {
        let value = match self.mode {
            StatementMode::Online => match value {
                Some(value) => Some(bind_value(value, ty.as_deref(), self.target)?),
                None => return Err(missing_value(&name)),
            },
            StatementMode::LiteralBinds | StatementMode::Placeholders => None,
        };
        let cast = cast_text(ty.as_deref(), self.target);
        out.push_place(self.params.len());
        self.params.push(Param { name, value, cast });
        Ok(())
    }

    /// The type of a value in sight of the dialect.
    pub(crate) fn class_of(&self, ty: &Ty) -> Option<limbeck_schema::TypeClass> {
        ty.as_deref()
            .map(|type_| resolve_type(type_, self.target.dialect).class)
    }

    pub(crate) fn warn(&mut self, message: impl Into<String>) {
        self.warnings.push(message.into());
    }
}

/// SQLAlchemy's words for a parameter whose value never came.
pub(crate) fn missing_value(name: &str) -> Error {
    Error::new(
        ErrorKind::Compile,
        Diagnostic::error(
            "missing-value",
            format!("A value is required for bind parameter '{name}'"),
        )
        .help(format!(
            "give it one with `bindparams({name}=...)`; in text a colon that means itself is written `\\:{name}`"
        )),
    )
}

/// SQLAlchemy's `CompileError`.
pub(crate) fn compile_error(message: impl Into<String>) -> Error {
    Error::message(ErrorKind::Compile, "compile-error", message)
}

/// SQLAlchemy's `UnsupportedCompilationError`.
pub(crate) fn unsupported(what: &str) -> Error {
    compile_error(format!(
        "Compiler <compiler> can't render element of type {what}"
    ))
}
