//! How SQL Server says it.

pub(crate) mod keywords;
pub(crate) mod types;

use limbeck_schema::Name;

use crate::dialect::Target;

/// `database.owner`, each in quotes by itself; brackets keep a dot inside a part.
pub(crate) fn quote_schema(target: &Target, schema: &Name) -> String {
    if schema.quote == Some(true) {
        return target.quote(schema);
    }
    let (database, owner) = schema_elements(&schema.text);
    match database {
        Some(database) => format!("{}.{}", target.quote(&database), target.quote(&owner)),
        None if owner.text.is_empty() => String::new(),
        None => target.quote(&Name {
            text: owner.text,
            quote: schema.quote.or(owner.quote),
        }),
    }
}

/// Splits `database.owner` at the last dot that no bracket protects.
pub(crate) fn schema_elements(schema: &str) -> (Option<Name>, Name) {
    let mut parts: Vec<String> = Vec::new();
    let mut symbol = String::new();
    let mut bracket = false;
    let mut has_brackets = false;
    for c in schema.chars() {
        match c {
            '[' => {
                bracket = true;
                has_brackets = true;
            }
            ']' => bracket = false,
            '.' if !bracket => {
                parts.push(if has_brackets {
                    format!("[{symbol}]")
                } else {
                    std::mem::take(&mut symbol)
                });
                symbol.clear();
                has_brackets = false;
            }
            _ => symbol.push(c),
        }
    }
    if !symbol.is_empty() {
        parts.push(symbol);
    }
    let Some(owner) = parts.pop() else {
        return (None, Name::new(""));
    };
    if parts.is_empty() {
        return (None, Name::new(owner));
    }
    let database = parts.join(".");
    let inner = database
        .get(1..database.len().saturating_sub(1))
        .unwrap_or_default();
    let database = match inner.find(']') {
        // Several parts in brackets of their own: they are written as they are.
        Some(at) if inner.get(at..).is_some_and(|rest| rest.contains('[')) => Name {
            text: database,
            quote: Some(false),
        },
        Some(_) | None => Name::new(database.trim_start_matches('[').trim_end_matches(']')),
    };
    (Some(database), Name::new(owner))
}
