//! LIMIT and OFFSET, and what stands for them.

use std::rc::Rc;

use limbeck_diag::Result;
use limbeck_schema::{ColumnType, Expr, Literal, TypeClass};

use crate::bind::Fragment;
use crate::dialect::{Dialect, ServerVersion};
use crate::expr::build::build_named;
use crate::expr::context::{Compiler, Place};
use crate::expr::element::El;

/// How many rows, and from which on.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rows<'a> {
    pub(crate) limit: Option<&'a Expr>,
    pub(crate) offset: Option<&'a Expr>,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(limit: Option<&'a Expr>, offset: Option<&'a Expr>) -> Rows<'a> {
        Rows { limit, offset }
    }

    fn is_all(self) -> bool {
        self.limit.is_none() && self.offset.is_none()
    }
}

/// `limit(5)`
fn is_simple(expr: &Expr) -> bool {
    matches!(expr, Expr::Bind(bind) if bind.name.is_none() && matches!(bind.value, Some(Literal::Int(_))))
}

fn element(expr: &Expr) -> El<'_> {
    build_named(
        expr,
        "param",
        Some(Rc::new(ColumnType::new(TypeClass::Integer))),
    )
}

impl<'a> Compiler<'a> {
    /// SQL Server's `TOP` serves where no row is skipped.
    pub(crate) fn uses_top(&self, rows: Rows<'a>) -> bool {
        self.target.dialect == Dialect::MsSql
            && rows.offset.is_none()
            && rows.limit.is_some_and(is_simple)
    }

    /// Whether SQL Server knows `OFFSET … FETCH`; without a connection SQLAlchemy takes it for an old one.
    pub(crate) fn has_fetch(&self) -> bool {
        self.target
            .version
            .is_some_and(|version| version >= ServerVersion::new(11, 0, 0))
    }

    pub(crate) fn write_top(&mut self, rows: Rows<'a>, out: &mut Fragment) -> Result<()> {
        if let Some(limit) = rows.limit.filter(|_| self.uses_top(rows)) {
            out.push("TOP ");
            let place = Place {
                literal_execute: true,
                ..Place::PLAIN
            };
            self.write(&element(limit), place, out)?;
            out.push(" ");
        }
        Ok(())
    }

    fn write_count(
        &mut self,
        before: &str,
        expr: &'a Expr,
        after: &str,
        out: &mut Fragment,
    ) -> Result<()> {
        out.push(before);
        let literal_execute = self.target.dialect == Dialect::Oracle && is_simple(expr);
        let place = Place {
            literal_execute,
            ..Place::PLAIN
        };
        self.write(&element(expr), place, out)?;
        out.push(after);
        Ok(())
    }

    /// What stands behind ORDER BY.
    pub(crate) fn write_rows(
        &mut self,
        rows: Rows<'a>,
        ordered: bool,
        out: &mut Fragment,
    ) -> Result<()> {
        if rows.is_all() {
            return Ok(());
        }
        match self.target.dialect {
            Dialect::Postgres => {
                if let Some(limit) = rows.limit {
                    self.write_count(" \n LIMIT ", limit, "", out)?;
                }
                if let Some(offset) = rows.offset {
                    let before = if rows.limit.is_none() {
                        "\n LIMIT ALL OFFSET "
                    } else {
                        " OFFSET "
                    };
                    self.write_count(before, offset, "", out)?;
                }
            }
            Dialect::Sqlite => {
                match rows.limit {
                    Some(limit) => self.write_count("\n LIMIT ", limit, "", out)?,
                    None => self.write_number("\n LIMIT ", -1, out)?,
                }
                match rows.offset {
                    Some(offset) => self.write_count(" OFFSET ", offset, "", out)?,
                    None => self.write_number(" OFFSET ", 0, out)?,
                }
            }
            Dialect::MySql | Dialect::MariaDb => match (rows.limit, rows.offset) {
                (None, None) => {}
                (Some(limit), None) => self.write_count(" \n LIMIT ", limit, "", out)?,
                (None, Some(offset)) => {
                    self.write_count(" \n LIMIT ", offset, ", 18446744073709551615", out)?;
                }
                (Some(limit), Some(offset)) => {
                    self.write_count(" \n LIMIT ", offset, ", ", out)?;
                    self.write_count("", limit, "", out)?;
                }
            },
            Dialect::MsSql if self.uses_top(rows) => {}
            Dialect::MsSql => {
                if !ordered {
                    return Err(crate::expr::context::compile_error(
                        "MSSQL requires an order_by when using an OFFSET or a non-simple LIMIT clause",
                    ));
                }
                match rows.offset {
                    Some(offset) => self.write_count("\n OFFSET ", offset, " ROWS", out)?,
                    None => out.push("\n OFFSET 0 ROWS"),
                }
                if let Some(limit) = rows.limit {
                    self.write_count("\n FETCH FIRST ", limit, " ROWS ONLY", out)?;
                }
            }
            Dialect::Oracle => {
                if let Some(offset) = rows.offset {
                    self.write_count("\n OFFSET ", offset, " ROWS", out)?;
                }
                if let Some(limit) = rows.limit {
                    self.write_count("\n FETCH FIRST ", limit, " ROWS ONLY", out)?;
                }
            }
        }
        Ok(())
    }

    fn write_number(&mut self, before: &str, number: i32, out: &mut Fragment) -> Result<()> {
        use crate::expr::element::{BindEl, BindKey, ty};
        out.push(before);
        let bind = BindEl {
            key: BindKey::Anonymous("param".to_owned()),
            value: Some(Literal::int(number)),
            literal_execute: false,
        };
        self.write_bind(&bind, &ty(TypeClass::Integer), Place::PLAIN, out)
    }
}
