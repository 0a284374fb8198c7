//! What of a line of the catalogue may differ: the time at which it was made, and the order in which a table of SQLite says the same.

/// A line without that.
pub(crate) fn same_meaning(line: &str) -> String {
    let line = mask_times(line);
    match line.split_once(" CREATE TABLE ") {
        Some((head, rest)) if head.starts_with(['+', '-']) && head.contains(" sql table ") => {
            format!("{head} {}", sorted_table(rest))
        }
        _ => line,
    }
}

/// Times of this decade's second half are times of the run; cases write earlier ones.
fn mask_times(line: &str) -> String {
    let bytes = line.as_bytes();
    let pattern = b"2026-11-28 13:20:44";
    let mut out = String::new();
    let mut at = 0;
    while at < line.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let fits = rest.len() >= pattern.len()
            && rest.iter().zip(pattern).all(|(byte, model)| {
                byte == model && !model.is_ascii_digit()
                    || byte.is_ascii_digit() && model.is_ascii_digit()
            })
            && rest.starts_with(b"202")
            && rest.get(3).is_some_and(|digit| *digit >= b'6');
        if fits {
            out.push_str("<now>");
            at += pattern.len();
            let after = bytes.get(at..).unwrap_or_default();
            let is_part = |byte: &&u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'+');
            at += after.iter().take_while(is_part).count();
            continue;
        }
        let end = at
            + line
                .get(at..)
                .and_then(|it| it.chars().next())
                .map_or(1, char::len_utf8);
        out.push_str(line.get(at..end).unwrap_or_default());
        at = end;
    }
    out
}

/// A table definition with the words of each column, and its constraints, in one order, and no quotes around plain names.
fn sorted_table(text: &str) -> String {
    let (Some(open), Some(close)) = (text.find('('), text.rfind(')')) else {
        return text.to_owned();
    };
    let name = unquoted(text.get(..open).unwrap_or_default().trim());
    let mut items: Vec<String> = split(text.get(open + 1..close).unwrap_or_default(), |c| c == ',')
        .iter()
        .map(|item| {
            let mut words: Vec<String> = split(item, char::is_whitespace)
                .iter()
                .map(|word| unquoted(word))
                .filter(|word| !word.is_empty())
                .collect();
            words.sort_unstable();
            words.join(" ")
        })
        .collect();
    items.sort_unstable();
    let rest = text.get(close + 1..).unwrap_or_default();
    let rest: Vec<&str> = rest.split_whitespace().collect();
    format!("{name} {} {}", items.join(", "), rest.join(" "))
}

fn unquoted(word: &str) -> String {
    let inside = word.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    inside.unwrap_or(word).to_owned()
}

/// Cuts at a character outside of parentheses and quotes.
fn split(text: &str, is_cut: impl Fn(char) -> bool) -> Vec<String> {
    let (mut parts, mut depth, mut quote) = (vec![String::new()], 0_usize, None);
    for c in text.chars() {
        match c {
            '\'' | '"' | '`' if quote == Some(c) => quote = None,
            '\'' | '"' | '`' if quote.is_none() => quote = Some(c),
            '(' if quote.is_none() => depth += 1,
            ')' if quote.is_none() => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && quote.is_none() && is_cut(c) {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
}
