//! Operators as text, where the databases do not agree.

use limbeck_diag::Result;
use limbeck_schema::{Affinity, ColumnType, TypeClass};

use super::build::substring_pattern;
use super::context::{Compiler, Place, compile_error, unsupported};
use super::element::{BinaryEl, El, Kind, Ty};
use super::op::Op;
use crate::bind::Fragment;
use crate::dialect::{Dialect, ServerVersion, SqlAlchemyVersion};

impl<'a> Compiler<'a> {
    /// Three or more operands of one operator.
    pub(crate) fn write_operands(
        &mut self,
        op: &Op,
        items: &[El<'a>],
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let place = Place {
            in_operator: true,
            ..place
        };
        match (op, self.target.dialect) {
            (Op::Concat, Dialect::MySql | Dialect::MariaDb) => {
                self.write_in_parentheses("concat", items, place, out)
            }
            (Op::Concat, Dialect::MsSql) => self.write_list(items, " + ", place, out),
            _ => self.write_list(items, op.text(), place, out),
        }
    }

    /// Operands around the text of their operator (`_generate_generic_binary`).
    pub(crate) fn write_generic(
        &mut self,
        binary: &BinaryEl<'a>,
        text: &str,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let grouped = place.in_operator && place.eager;
        let within = Place {
            in_operator: true,
            ..place
        };
        if grouped {
            out.push("(");
        }
        self.write(&binary.left, within, out)?;
        out.push(text);
        self.write(&binary.right, within, out)?;
        if grouped {
            out.push(")");
        }
        Ok(())
    }

    /// `before left between right after`
    fn write_around(
        &mut self,
        binary: &BinaryEl<'a>,
        [before, between, after]: [&str; 3],
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        out.push(before);
        self.write(&binary.left, place, out)?;
        out.push(between);
        self.write(&binary.right, place, out)?;
        out.push(after);
        Ok(())
    }

    pub(crate) fn write_binary(
        &mut self,
        binary: &BinaryEl<'a>,
        ty: &Ty,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let dialect = self.target.dialect;
        if dialect == Dialect::MsSql
            && binary.op == Op::Eq
            && matches!(binary.left.kind, Kind::Bind(_))
            && !matches!(binary.right.kind, Kind::Bind(_))
        {
            let turned = BinaryEl {
                left: binary.right.clone(),
                right: binary.left.clone(),
                ..binary.clone()
            };
            return self.write_generic(&turned, " = ", place, out);
        }
        match &binary.op {
            Op::Concat => match dialect {
                Dialect::MySql | Dialect::MariaDb => {
                    self.write_around(binary, ["concat(", ", ", ")"], place, out)
                }
                Dialect::MsSql => self.write_around(binary, ["", " + ", ""], place, out),
                Dialect::Postgres | Dialect::Sqlite | Dialect::Oracle => {
                    self.write_generic(binary, " || ", place, out)
                }
            },
            Op::TrueDiv => self.write_true_division(binary, place, out),
            Op::FloorDiv => {
                let floors = match dialect {
                    Dialect::MySql | Dialect::MariaDb | Dialect::Oracle => true,
                    Dialect::Postgres | Dialect::Sqlite | Dialect::MsSql => {
                        binary.left.affinity() != Affinity::Integer
                            || binary.right.affinity() != Affinity::Integer
                    }
                };
                let around = if floors {
                    ["FLOOR(", " / ", ")"]
                } else {
                    ["", " / ", ""]
                };
                self.write_around(binary, around, place, out)
            }
            Op::Mod if dialect == Dialect::Oracle => {
                self.write_around(binary, ["mod(", ", ", ")"], place, out)
            }
            Op::Mod => {
                let sign = self.target.double_percents(" % ");
                self.write_around(binary, ["", &sign, ""], place, out)
            }
            Op::BitXor | Op::BitAnd | Op::BitOr | Op::ShiftLeft | Op::ShiftRight => {
                self.write_bitwise(binary, place, out)
            }
            Op::Like | Op::NotLike => {
                let word = if binary.op == Op::Like {
                    " LIKE "
                } else {
                    " NOT LIKE "
                };
                self.write_like(binary, word, place, out)
            }
            Op::ILike | Op::NotILike => self.write_ilike(binary, place, out),
            Op::Substring { .. } => {
                let pattern = substring_pattern(binary);
                let word = match (&pattern.op, dialect) {
                    (Op::Like, _) => " LIKE ",
                    (Op::NotLike, _) => " NOT LIKE ",
                    (Op::ILike, Dialect::Postgres) => " ILIKE ",
                    (Op::NotILike, Dialect::Postgres) => " NOT ILIKE ",
                    (Op::ILike, _) => " LIKE ",
                    _ => " NOT LIKE ",
                };
                self.write_like(&pattern, word, place, out)
            }
            Op::NotIn => {
                out.push("(");
                self.write_generic(binary, " NOT IN ", place, out)?;
                out.push(")");
                Ok(())
            }
            Op::Between | Op::NotBetween => {
                let text = match (&binary.op, binary.symmetric) {
                    (Op::Between, false) => " BETWEEN ",
                    (Op::Between, true) => " BETWEEN SYMMETRIC ",
                    (_, false) => " NOT BETWEEN ",
                    (_, true) => " NOT BETWEEN SYMMETRIC ",
                };
                self.write_generic(binary, text, place, out)
            }
            Op::IsDistinctFrom | Op::IsNotDistinctFrom => self.write_distinct(binary, place, out),
            Op::Match | Op::NotMatch => {
                if binary.op == Op::NotMatch {
                    out.push("NOT ");
                }
                let around = match dialect {
                    Dialect::Postgres => ["", " @@ plainto_tsquery(", ")"],
                    Dialect::MySql | Dialect::MariaDb => {
                        ["MATCH (", ") AGAINST (", " IN BOOLEAN MODE)"]
                    }
                    Dialect::MsSql | Dialect::Oracle => ["CONTAINS (", ", ", ")"],
                    Dialect::Sqlite => ["", " MATCH ", ""],
                };
                self.write_around(binary, around, place, out)
            }
            Op::RegexpMatch | Op::NotRegexpMatch => self.write_regexp_match(binary, place, out),
            Op::RegexpReplace => self.write_regexp_replace(binary, place, out),
            Op::GetItem => {
                if dialect != Dialect::Postgres {
                    return Err(unsupported("getitem"));
                }
                self.write_around(binary, ["", "[", "]"], place, out)
            }
            Op::JsonGet | Op::JsonPath => self.write_json_access(binary, ty, place, out),
            Op::Custom(custom) => {
                let text = format!(" {} ", self.target.double_percents(&custom.op));
                let place = Place {
                    eager: custom.eager_grouping,
                    ..place
                };
                self.write_generic(binary, &text, place, out)
            }
            op => self.write_generic(binary, op.text(), place, out),
        }
    }

    fn write_true_division(
        &mut self,
        binary: &BinaryEl<'a>,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        match self.target.dialect {
            Dialect::Sqlite | Dialect::MsSql => {
                self.write_around(binary, ["", " / (", " + 0.0)"], place, out)
            }
            Dialect::MySql | Dialect::MariaDb | Dialect::Oracle => {
                self.write_around(binary, ["", " / ", ""], place, out)
            }
            Dialect::Postgres => {
                self.write(&binary.left, place, out)?;
                out.push(" / ");
                let own = match (binary.right.affinity(), self.target.sqlalchemy) {
                    (Affinity::Numeric, _) | (Affinity::Float, SqlAlchemyVersion::V2_0) => {
                        binary.right.ty.as_deref().cloned()
                    }
                    _ => None,
                };
                let to = own.unwrap_or_else(|| ColumnType::new(TypeClass::Numeric));
                self.write_cast(&binary.right, &to, false, place, out)
            }
        }
    }

    fn write_bitwise(
        &mut self,
        binary: &BinaryEl<'a>,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        match (self.target.dialect, &binary.op) {
            (Dialect::Oracle, Op::BitXor) => {
                self.write_around(binary, ["BITXOR(", ", ", ")"], place, out)
            }
            (Dialect::Oracle, Op::BitOr) => {
                self.write_around(binary, ["BITOR(", ", ", ")"], place, out)
            }
            (Dialect::Oracle, Op::BitAnd) => {
                self.write_around(binary, ["BITAND(", ", ", ")"], place, out)
            }
            (Dialect::Oracle, Op::ShiftLeft) => {
                Err(compile_error("Cannot compile bitwise_lshift in oracle"))
            }
            (Dialect::Oracle, _) => Err(compile_error("Cannot compile bitwise_rshift in oracle")),
            (Dialect::Sqlite, Op::BitXor) => {
                // No xor: it is what only one of the two has.
                let within = Place {
                    eager: true,
                    in_operator: true,
                    ..place
                };
                let (mut left, mut right) = (Fragment::new(), Fragment::new());
                self.write(&binary.left, within, &mut left)?;
                self.write(&binary.right, within, &mut right)?;
                let (open, close) = if place.in_operator {
                    ("(", ")")
                } else {
                    ("", "")
                };
                for (before, sign, after) in [("(", " | ", " - "), ("", " & ", ")")] {
                    out.push(before);
                    out.push(open);
                    out.append(&left);
                    out.push(sign);
                    out.append(&right);
                    out.push(close);
                    out.push(after);
                }
                Ok(())
            }
            (Dialect::Postgres, Op::BitXor) => self.write_generic(binary, " # ", place, out),
            (
                Dialect::Postgres
                | Dialect::MySql
                | Dialect::MariaDb
                | Dialect::Sqlite
                | Dialect::MsSql,
                op,
            ) => self.write_generic(binary, op.text(), place, out),
        }
    }

    fn write_like(
        &mut self,
        binary: &BinaryEl<'a>,
        word: &str,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        self.write_around(binary, ["", word, ""], place, out)?;
        if let Some(escape) = binary.modifier {
            out.push(" ESCAPE ");
            let text = self.string(escape);
            out.push(&text);
        }
        Ok(())
    }

    fn write_ilike(
        &mut self,
        binary: &BinaryEl<'a>,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let negated = binary.op == Op::NotILike;
        if self.target.dialect == Dialect::Postgres {
            let word = if negated { " NOT ILIKE " } else { " ILIKE " };
            return self.write_like(binary, word, place, out);
        }
        let lowered = |el: &El<'a>| El::new(Kind::Lowered(Box::new(el.clone())), el.ty.clone());
        let lowered = BinaryEl {
            left: lowered(&binary.left),
            right: lowered(&binary.right),
            ..binary.clone()
        };
        let word = if negated { " NOT LIKE " } else { " LIKE " };
        self.write_like(&lowered, word, place, out)
    }

    fn write_distinct(
        &mut self,
        binary: &BinaryEl<'a>,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let differs = binary.op == Op::IsDistinctFrom;
        match (self.target.dialect, differs) {
            (Dialect::Postgres, _) => self.write_generic(binary, binary.op.text(), place, out),
            (Dialect::MySql | Dialect::MariaDb, true) => {
                self.write_around(binary, ["NOT (", " <=> ", ")"], place, out)
            }
            (Dialect::MySql | Dialect::MariaDb, false) => {
                self.write_around(binary, ["", " <=> ", ""], place, out)
            }
            (Dialect::Sqlite, true) => self.write_around(binary, ["", " IS NOT ", ""], place, out),
            (Dialect::Sqlite, false) => self.write_around(binary, ["", " IS ", ""], place, out),
            (Dialect::MsSql, differs) => {
                let before = if differs {
                    "NOT EXISTS (SELECT "
                } else {
                    "EXISTS (SELECT "
                };
                self.write_around(binary, [before, " INTERSECT SELECT ", ")"], place, out)
            }
            (Dialect::Oracle, differs) => {
                let after = if differs {
                    ", 0, 1) = 1"
                } else {
                    ", 0, 1) = 0"
                };
                self.write_around(binary, ["DECODE(", ", ", after], place, out)
            }
        }
    }

    fn write_regexp_match(
        &mut self,
        binary: &BinaryEl<'a>,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let negated = binary.op == Op::NotRegexpMatch;
        let flags = binary.modifier;
        let flag_text = flags.map(|flags| self.string(flags)).unwrap_or_default();
        match self.target.dialect {
            Dialect::Postgres => {
                let op = if negated { "!~" } else { "~" };
                match flags {
                    None => self.write_generic(binary, &format!(" {op} "), place, out),
                    Some("i") => self.write_generic(binary, &format!(" {op}* "), place, out),
                    Some(_) => {
                        let between = format!(" {op} CONCAT('(?', {flag_text}, ')', ");
                        self.write_around(binary, ["", &between, ")"], place, out)
                    }
                }
            }
            Dialect::MySql | Dialect::MariaDb => {
                let op = if negated { " NOT REGEXP " } else { " REGEXP " };
                match (flags, self.target.dialect) {
                    (None, _) => self.write_generic(binary, op, place, out),
                    (Some(_), Dialect::MariaDb) => {
                        let between = format!("{op}CONCAT('(?', {flag_text}, ')', ");
                        self.write_around(binary, ["", &between, ")"], place, out)
                    }
                    (Some(_), _) => {
                        let before = if negated {
                            "NOT REGEXP_LIKE("
                        } else {
                            "REGEXP_LIKE("
                        };
                        let after = format!(", {flag_text})");
                        self.write_around(binary, [before, ", ", &after], place, out)
                    }
                }
            }
            Dialect::Sqlite => {
                let op = if negated { " NOT REGEXP " } else { " REGEXP " };
                self.write_generic(binary, op, place, out)
            }
            Dialect::Oracle => {
                let before = if negated {
                    "NOT REGEXP_LIKE("
                } else {
                    "REGEXP_LIKE("
                };
                let after = match flags {
                    Some(_) => format!(", {flag_text})"),
                    None => ")".to_owned(),
                };
                self.write_around(binary, [before, ", ", &after], place, out)
            }
            Dialect::MsSql => Err(compile_error(
                "mssql dialect does not support regular expressions",
            )),
        }
    }

    fn write_regexp_replace(
        &mut self,
        binary: &BinaryEl<'a>,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let flag_text = binary.modifier.map(|flags| self.string(flags));
        match self.target.dialect {
            Dialect::MariaDb if flag_text.is_some() => {
                let flags = flag_text.unwrap_or_default();
                let Kind::List { items, .. } = &binary.right.kind else {
                    return Err(unsupported("regexp_replace"));
                };
                let (Some(pattern), Some(replacement)) = (items.first(), items.get(1)) else {
                    return Err(unsupported("regexp_replace"));
                };
                out.push("REGEXP_REPLACE(");
                self.write(&binary.left, place, out)?;
                out.push(&format!(", CONCAT('(?', {flags}, ')', "));
                self.write(pattern, place, out)?;
                out.push("), ");
                self.write(replacement, place, out)?;
                out.push(")");
                Ok(())
            }
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Oracle => {
                let after = match flag_text {
                    Some(flags) => format!(", {flags})"),
                    None => ")".to_owned(),
                };
                self.write_around(binary, ["REGEXP_REPLACE(", ", ", &after], place, out)
            }
            Dialect::Sqlite | Dialect::MsSql => Err(compile_error(format!(
                "{} dialect does not support regular expression replacements",
                self.target.dialect
            ))),
        }
    }

    /// Whether `col['key']` is understood for JSONB.
    pub(crate) fn has_jsonb_subscripts(&self) -> bool {
        self.target
            .version
            .is_none_or(|version| version >= ServerVersion::new(14, 0, 0))
    }
}
