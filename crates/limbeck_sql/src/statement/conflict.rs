//! `ON CONFLICT` and `ON DUPLICATE KEY UPDATE`.

use limbeck_diag::Result;
use limbeck_schema::{Conflict, ConflictAction, Expr, TableRef};

use super::change::column_type;
use crate::bind::Fragment;
use crate::dialect::{Dialect, ServerVersion};
use crate::expr::build::{build_named, build_plain};
use crate::expr::context::{Compiler, Place, unsupported};

impl<'a> Compiler<'a> {
    pub(crate) fn write_conflict(
        &mut self,
        conflict: &'a Conflict,
        table: &'a TableRef,
        from_select: bool,
        out: &mut Fragment,
    ) -> Result<()> {
        match self.target.dialect {
            Dialect::Postgres | Dialect::Sqlite => self.write_on_conflict(conflict, table, out),
            Dialect::MySql | Dialect::MariaDb => {
                self.write_on_duplicate(conflict, table, from_select, out)
            }
            Dialect::MsSql | Dialect::Oracle => Err(unsupported("on_conflict_do_update")),
        }
    }

    fn write_on_conflict(
        &mut self,
        conflict: &'a Conflict,
        table: &'a TableRef,
        out: &mut Fragment,
    ) -> Result<()> {
        out.push(" ON CONFLICT");
        let bare = Place {
            include_table: false,
            use_schema: false,
            ..Place::PLAIN
        };
        if let Some(constraint) = &conflict.constraint {
            out.push(" ON CONSTRAINT ");
            out.push(&self.target.quote(constraint));
        } else if !conflict.elements.is_empty() {
            out.push(" (");
            self.write_exprs(&conflict.elements, bare, out)?;
            out.push(")");
            if let Some(condition) = &conflict.index_where {
                out.push(" WHERE ");
                let place = Place {
                    literal_execute: self.target.dialect == Dialect::Sqlite,
                    ..bare
                };
                self.write_expr(condition, place, out)?;
            }
        }
        match &conflict.action {
            ConflictAction::Nothing => out.push(" DO NOTHING"),
            ConflictAction::Update { set, where_ } => {
                out.push(" DO UPDATE SET ");
                let place = Place {
                    use_schema: false,
                    ..Place::PLAIN
                };
                self.write_conflict_set(set, table, place, out)?;
                if let Some(condition) = where_ {
                    out.push(" WHERE ");
                    self.write_expr(condition, place, out)?;
                }
            }
        }
        Ok(())
    }

    fn write_conflict_set(
        &mut self,
        set: &'a indexmap::IndexMap<limbeck_schema::Name, Expr>,
        table: &'a TableRef,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let mut first = true;
        let listed = table
            .columns
            .iter()
            .filter_map(|(column, _)| set.iter().find(|(name, _)| name.text == column.text));
        let others = set.iter().filter(|(name, _)| {
            !table
                .columns
                .iter()
                .any(|(column, _)| column.text == name.text)
        });
        let ordered: Vec<_> = listed.chain(others).collect();
        for (name, value) in ordered {
            if !first {
                out.push(", ");
            }
            first = false;
            out.push(&self.target.quote(name));
            out.push(" = ");
            let type_ = column_type(table, name).cloned().map(std::rc::Rc::new);
            let el = build_named(value, "param", type_).self_group(None);
            self.write(&el, place, out)?;
        }
        Ok(())
    }

    fn write_on_duplicate(
        &mut self,
        conflict: &'a Conflict,
        table: &'a TableRef,
        from_select: bool,
        out: &mut Fragment,
    ) -> Result<()> {
        let ConflictAction::Update { set, .. } = &conflict.action else {
            return Ok(());
        };
        let aliased = !from_select
            && self.target.dialect == Dialect::MySql
            && self
                .target
                .version
                .is_some_and(|version| version >= ServerVersion::new(8, 0, 20));
        let alias = if table.name.name.text.eq_ignore_ascii_case("new") {
            "new_1"
        } else {
            "new"
        };
        if aliased {
            out.push(&format!(" AS {alias}"));
        }
        out.push(" ON DUPLICATE KEY UPDATE ");
        let mut first = true;
        for (name, value) in set {
            if !first {
                out.push(", ");
            }
            first = false;
            out.push(&self.target.quote(name));
            out.push(" = ");
            let place = Place {
                use_schema: false,
                inserted: Some(if aliased { alias } else { "" }),
                ..Place::PLAIN
            };
            let type_ = column_type(table, name).cloned().map(std::rc::Rc::new);
            let el = match value {
                Expr::Bind(_) => build_named(value, "param", type_),
                _ => build_plain(value),
            };
            self.write(&el.self_group(None), place, out)?;
        }
        Ok(())
    }
}
