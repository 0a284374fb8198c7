//! Text with places in it for values, and what the places are called.

use std::collections::BTreeMap;

use limbeck_schema::{Affinity, ColumnType, Literal};

use crate::dialect::{Dialect, ParamStyle, Target};

/// Text that grows, and where in it the parameters stand.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Fragment {
    text: String,
    /// Byte in the text, and index of the parameter that stands there.
    places: Vec<(usize, usize)>,
}

impl Fragment {
    pub(crate) fn new() -> Fragment {
        Fragment::default()
    }

    pub(crate) fn of(text: impl Into<String>) -> Fragment {
        Fragment {
            text: text.into(),
            places: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(crate) fn push_place(&mut self, index: usize) {
        self.places.push((self.text.len(), index));
    }

    pub(crate) fn append(&mut self, other: &Fragment) {
        let start = self.text.len();
        self.text.push_str(&other.text);
        let moved = other.places.iter().map(|(at, index)| (at + start, *index));
        self.places.extend(moved);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.places.is_empty()
    }

    /// Blanks at the end go.
    pub(crate) fn trim_end(&mut self) {
        let length = self.text.trim_end().len();
        let last = self.places.iter().map(|(at, _)| *at).max().unwrap_or(0);
        self.text.truncate(length.max(last));
    }
}

/// A parameter of a statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Param {
    /// Its name, unique in the statement unless it is the same parameter twice.
    pub(crate) name: String,
    /// Its value; `None` where the text is not run.
    pub(crate) value: Option<Literal>,
    /// What is cast to behind the place, where the driver asks for it.
    pub(crate) cast: Option<String>,
}

/// The names that a statement has given so far.
#[derive(Debug, Default)]
pub(crate) struct Names {
    counters: BTreeMap<String, u32>,
    cut: BTreeMap<&'static str, u32>,
}

impl Names {
    /// `stem_1`, `stem_2`, …; parameters and labels count together.
    pub(crate) fn anonymous(&mut self, stem: &str) -> String {
        let counter = self.counters.entry(stem.to_owned()).or_insert(0);
        *counter += 1;
        format!("{stem}_{counter}")
    }

    /// A made-up name that fits (`_truncated_identifier`).
    pub(crate) fn fitting(&mut self, kind: &'static str, name: String, limit: usize) -> String {
        let limit = limit.saturating_sub(6);
        if name.chars().count() <= limit {
            return name;
        }
        let counter = self.cut.entry(kind).or_insert(0);
        *counter += 1;
        let head: String = name.chars().take(limit).collect();
        format!("{head}_{counter:x}")
    }
}

/// The placeholder of a parameter. `number` counts from 1.
fn placeholder(name: &str, number: usize, target: &Target) -> String {
    match target.paramstyle {
        ParamStyle::Named => format!(":{}", escape_name(name, target)),
        ParamStyle::Pyformat => format!("%({})s", escape_name(name, target)),
        ParamStyle::Qmark => "?".to_owned(),
        ParamStyle::Format => "%s".to_owned(),
        ParamStyle::NumericDollar => format!("${number}"),
    }
}

/// Characters that a placeholder cannot hold, each by the letter SQLAlchemy puts for it.
pub(crate) fn escape_name(name: &str, target: &Target) -> String {
    if target.dialect == Dialect::Oracle {
        return oracle_name(name, target);
    }
    name.chars()
        .map(|c| match c {
            '%' => 'P',
            '(' => 'A',
            ')' => 'Z',
            ':' => 'C',
            '.' | '[' | ']' | ' ' => '_',
            c => c,
        })
        .collect()
}

/// Oracle's parameters are identifiers: reserved words and odd ones stand in quotes.
fn oracle_name(name: &str, target: &Target) -> String {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let bad = !name.chars().next().is_some_and(|c| c.is_ascii_alphabetic())
        || !name.chars().all(legal)
        || (target.requires_quotes(&name.to_lowercase()) && name.chars().all(legal));
    if bad {
        format!("\"{name}\"")
    } else {
        name.to_owned()
    }
}

/// The whole text with placeholders, and the values in the order in which the driver takes them.
pub(crate) fn finish(
    fragment: Fragment,
    params: &[Param],
    target: &Target,
) -> (String, Vec<Literal>) {
    let mut text = String::with_capacity(fragment.text.len() + 8 * fragment.places.len());
    let mut values = Vec::new();
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut at = 0;
    for (place, index) in fragment.places {
        text.push_str(fragment.text.get(at..place).unwrap_or_default());
        at = place;
        let Some(param) = params.get(index) else {
            continue;
        };
        let again = numbers.get(param.name.as_str()).copied();
        let numbered = target.paramstyle == ParamStyle::NumericDollar;
        let number = match again {
            Some(number) if numbered => number,
            _ => {
                if let Some(value) = &param.value {
                    values.push(value.clone());
                }
                let number = numbers.len() + 1;
                numbers.entry(&param.name).or_insert(number);
                number
            }
        };
        text.push_str(&placeholder(&param.name, number, target));
        if let Some(cast) = &param.cast {
            text.push_str("::");
            text.push_str(cast);
        }
    }
    text.push_str(fragment.text.get(at..).unwrap_or_default());
    (text, values)
}

/// Whether psycopg2 is the driver, which puts values into the text itself.
fn is_psycopg2(target: &Target) -> bool {
    match target.driver.as_str() {
        "psycopg2" | "psycopg2cffi" => true,
        "" => target.sqlalchemy < crate::dialect::SqlAlchemyVersion::V2_1,
        _ => false,
    }
}

/// The text of the cast behind a parameter of a type.
pub(crate) fn cast_text(type_: Option<&ColumnType>, target: &Target) -> Option<String> {
    use crate::expr::affinity::{renders_bind_cast, resolve_type};
    // Drivers send values without their types: the cast says what they are.
    if target.dialect != Dialect::Postgres {
        return None;
    }
    let resolved = resolve_type(type_?, target.dialect);
    let sure = matches!(
        resolved.class.affinity(),
        Affinity::Json | Affinity::Array | Affinity::Uuid
    );
    if is_psycopg2(target) && !sure {
        return None;
    }
    if !renders_bind_cast(resolved.class) {
        return None;
    }
    // SQLAlchemy's psycopg dialects write every text as VARCHAR.
    if resolved.class.affinity() == Affinity::String {
        return Some("VARCHAR".to_owned());
    }
    crate::types::render_type(resolved, target).ok()
}
