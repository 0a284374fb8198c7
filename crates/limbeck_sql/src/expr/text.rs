//! `sa.text("…")`: SQL with `:name` parameters.

use limbeck_diag::Result;
use limbeck_schema::Text;

use super::affinity::type_of_value;
use super::context::{Compiler, Place};
use super::element::{BindEl, BindKey, El, ExpandingEl, Kind, Ty};
use crate::bind::Fragment;
use crate::statement::StatementMode;

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// SQL, with nothing in it that means something else.
    Sql(&'a str),
    /// `:name`
    Name(&'a str),
    /// `\:name`: a colon that means itself.
    Escaped(&'a str),
}

/// Cuts a text at its parameters, by SQLAlchemy's expressions: not after a colon, a word character or a backslash, and
/// not before a colon. Quotes and comments are not looked at, as there.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let at = |idx: usize| chars.get(idx).map(|&(_, c)| c);
    let byte = |idx: usize| chars.get(idx).map_or(text.len(), |&(offset, _)| offset);
    let slice = |from: usize, to: usize| text.get(byte(from)..byte(to)).unwrap_or_default();
    let mut out = Vec::new();
    let mut start = 0;
    let mut idx = 0;
    while let Some(c) = at(idx) {
        let escaped = c == '\\' && at(idx + 1) == Some(':');
        // Words are not looked through but behind a colon: a literal may be long.
        if c != ':' && !escaped {
            idx += 1;
            continue;
        }
        let colon = if escaped { idx + 1 } else { idx };
        let mut end = colon + 1;
        while at(end).is_some_and(is_word) {
            end += 1;
        }
        let ends_well = at(end) != Some(':');
        if escaped && ends_well {
            if start < idx {
                out.push(Piece::Sql(slice(start, idx)));
            }
            out.push(Piece::Escaped(slice(colon, end)));
            idx = end;
            start = end;
            continue;
        }
        let before = idx.checked_sub(1).and_then(at);
        let opens = c == ':'
            && end > idx + 1
            && ends_well
            && before.is_none_or(|c| !(is_word(c) || c == ':' || c == '\\'));
        if opens {
            if start < idx {
                out.push(Piece::Sql(slice(start, idx)));
            }
            out.push(Piece::Name(slice(idx + 1, end)));
            idx = end;
            start = end;
            continue;
        }
        idx += 1;
    }
    if start < chars.len() {
        out.push(Piece::Sql(slice(start, chars.len())));
    }
    out
}

impl<'a> Compiler<'a> {
    pub(crate) fn write_text(
        &mut self,
        text: &'a Text,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        for piece in pieces(&text.sql) {
            match piece {
                Piece::Sql(sql) | Piece::Escaped(sql) => {
                    out.push(&self.target.double_percents(sql));
                }
                Piece::Name(name) => self.write_text_bind(text, name, place, out)?,
            }
        }
        Ok(())
    }

    fn write_text_bind(
        &mut self,
        text: &'a Text,
        name: &str,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let bind = text
            .binds
            .iter()
            .find(|bind| bind.name.as_deref() == Some(name));
        let valued = bind.is_some_and(|bind| bind.value.is_some()) || self.given.contains_key(name);
        if !valued && self.ddl && self.mode == StatementMode::LiteralBinds {
            out.push(":");
            out.push(&self.target.double_percents(name));
            return Ok(());
        }
        let ty: Ty = match bind.and_then(|bind| bind.type_.as_deref()) {
            Some(type_) => Some(std::rc::Rc::new(type_.clone())),
            None => self
                .given
                .get(name)
                .filter(|_| bind.is_none_or(|bind| bind.value.is_none()))
                .map_or_else(
                    || {
                        bind.and_then(|bind| bind.value.as_ref())
                            .and_then(type_of_value)
                    },
                    |value| {
                        // The value of an execution has no type in SQLAlchemy, so no cast is written; its own kind says how.
                        match self.mode {
                            StatementMode::Online => None,
                            StatementMode::LiteralBinds | StatementMode::Placeholders => {
                                type_of_value(value)
                            }
                        }
                    },
                )
                .map(std::rc::Rc::new),
        };
        let key = BindKey::Fixed(name.to_owned());
        if let Some(bind) = bind
            && bind.expanding
        {
            let values = match &bind.value {
                Some(limbeck_schema::Literal::Array(items)) => Some(items.clone()),
                Some(other) => Some(vec![other.clone()]),
                None => None,
            };
            let ty = match (
                &bind.type_,
                values.as_ref().and_then(|values| values.first()),
            ) {
                (None, Some(first)) => type_of_value(first).map(std::rc::Rc::new),
                _ => ty,
            };
            let expanding = ExpandingEl {
                key,
                values,
                tuple: None,
                negated: false,
                literal_execute: bind.literal_execute,
            };
            return self.write(&El::new(Kind::Expanding(expanding), ty), place, out);
        }
        let el = BindEl {
            key,
            value: bind.and_then(|bind| bind.value.clone()),
            literal_execute: bind.is_some_and(|bind| bind.literal_execute),
        };
        self.write_bind(&el, &ty, place, out)
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};

    #[test]
    fn parameters_are_found_as_sqlalchemy_finds_them() {
        for (text, expected) in [
            ("select :a", vec![Piece::Sql("select "), Piece::Name("a")]),
            ("select 12:30", vec![Piece::Sql("select 12:30")]),
            ("a::int", vec![Piece::Sql("a::int")]),
            (
                r"'\:a'",
                vec![Piece::Sql("'"), Piece::Escaped(":a"), Piece::Sql("'")],
            ),
            (r"\::a", vec![Piece::Sql(r"\::a")]),
            (":a:b", vec![Piece::Sql(":a:b")]),
            (
                "x = :ä1)",
                vec![Piece::Sql("x = "), Piece::Name("ä1"), Piece::Sql(")")],
            ),
            ("", vec![]),
        ] {
            assert_eq!(pieces(text), expected, "{text}");
        }
    }
}
