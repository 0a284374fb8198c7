//! Usage and help texts in argparse's form.

use super::model::{Kind, OWN_COMMANDS, Opt, Parser};

/// The usage line and an error.
pub(super) fn error(parser: &Parser, columns: usize, message: &str) -> String {
    format!(
        "{}{}: error: {message}\n",
        usage(parser, columns),
        parser.prog
    )
}

/// `usage: …`, with its line break.
fn usage(parser: &Parser, columns: usize) -> String {
    const PREFIX: &str = "usage: ";
    let width = width(columns);
    let prog = parser.prog.as_str();
    let options: Vec<String> = parser
        .options
        .iter()
        .filter(|option| !option.own)
        .map(|option| format!("[{}]", invocation(option)))
        .collect();
    let positionals: Vec<String> = match &parser.positional {
        Kind::None => Vec::new(),
        Kind::One { name, .. } => vec![name.clone()],
        Kind::Many { name, .. } => vec![name.clone(), format!("[{name} ...]")],
        Kind::Commands => vec![choices(parser), "...".to_owned()],
    };
    let mut parts = vec![prog.to_owned()];
    parts.extend(options.iter().chain(&positionals).cloned());
    let line = parts.join(" ");
    if PREFIX.len() + length(&line) <= width {
        return format!("{PREFIX}{line}\n");
    }
    let lines = if (PREFIX.len() + length(prog)) * 4 <= 3 * width {
        let indent = PREFIX.len() + length(prog) + 1;
        let head = [prog.to_owned()];
        let mut lines = fill(head.iter().chain(&options), indent, Some(PREFIX), width);
        lines.extend(fill(positionals.iter(), indent, None, width));
        lines
    } else {
        let mut lines = fill(
            options.iter().chain(&positionals),
            PREFIX.len(),
            None,
            width,
        );
        if lines.len() > 1 {
            lines = fill(options.iter(), PREFIX.len(), None, width);
            lines.extend(fill(positionals.iter(), PREFIX.len(), None, width));
        }
        lines.insert(0, format!("{PREFIX}{prog}"));
        lines
    };
    lines.join("\n") + "\n"
}

/// The help text.
pub(super) fn help(parser: &Parser, columns: usize) -> String {
    let mut entries: Vec<(&str, Vec<Entry>)> = Vec::new();
    let positionals = match &parser.positional {
        Kind::None => Vec::new(),
        Kind::One { name, help } | Kind::Many { name, help } => vec![Entry::new(2, name, help)],
        Kind::Commands => {
            let mut entries = vec![Entry::new(2, &choices(parser), "")];
            let subs = parser
                .subs
                .iter()
                .filter(|(name, _)| !OWN_COMMANDS.contains(&name.as_str()));
            entries.extend(subs.map(|(name, help)| Entry::new(4, name, &format!("{help}."))));
            entries
        }
    };
    entries.push(("positional arguments", positionals));
    let own_options = |own: bool| -> Vec<Entry> {
        let options = parser.options.iter().filter(|option| option.own == own);
        options
            .map(|option| Entry::new(2, &full_invocation(option), &option.help))
            .collect()
    };
    entries.push(("options", own_options(false)));
    let at_top = matches!(parser.positional, Kind::Commands);
    let column = entries
        .iter()
        .flat_map(|(_, entries)| entries)
        .map(|entry| length(&entry.invocation) + 2)
        .max()
        .unwrap_or_default();
    if at_top {
        let subs = parser
            .subs
            .iter()
            .filter(|(name, _)| OWN_COMMANDS.contains(&name.as_str()));
        entries.push((
            "more commands",
            subs.map(|(name, help)| Entry::new(2, name, &format!("{help}.")))
                .collect(),
        ));
        entries.push(("more options", own_options(true)));
    } else {
        let options = parser
            .options
            .iter()
            .filter(|option| option.own && !option.global);
        let entry = |option: &Opt| Entry::new(2, &full_invocation(option), &option.help);
        entries.push(("more options", options.map(entry).collect()));
    }
    let mut text = usage(parser, columns);
    let position = (column + 2)
        .min(24)
        .min(width(columns).saturating_sub(20).max(4));
    for (title, entries) in entries.iter().filter(|(_, entries)| !entries.is_empty()) {
        text.push_str(&format!("\n{title}:\n"));
        for entry in entries {
            entry.write(&mut text, position, width(columns));
        }
    }
    text
}

/// One line of a help text.
struct Entry {
    indent: usize,
    invocation: String,
    help: String,
}

impl Entry {
    fn new(indent: usize, invocation: &str, help: &str) -> Entry {
        Entry {
            indent,
            invocation: invocation.to_owned(),
            help: help.to_owned(),
        }
    }

    fn write(&self, text: &mut String, position: usize, width: usize) {
        text.extend(std::iter::repeat_n(' ', self.indent));
        text.push_str(&self.invocation);
        let used = self.indent + length(&self.invocation);
        let lines = wrap(&self.help, width.saturating_sub(position).max(11));
        let mut lines = lines.iter();
        if used + 2 <= position
            && let Some(first) = lines.next()
        {
            text.extend(std::iter::repeat_n(' ', position - used));
            text.push_str(first);
        }
        text.push('\n');
        for line in lines {
            text.extend(std::iter::repeat_n(' ', position));
            text.push_str(line);
            text.push('\n');
        }
    }
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if length(line) + 1 + length(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn width(columns: usize) -> usize {
    columns.saturating_sub(2).max(11)
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn choices(parser: &Parser) -> String {
    format!("{{{}}}", parser.commands().join(","))
}

fn invocation(option: &Opt) -> String {
    let spelled = option.spellings.first().map_or("", String::as_str);
    if option.takes_value {
        format!("{spelled} {}", option.metavar)
    } else {
        spelled.to_owned()
    }
}

fn full_invocation(option: &Opt) -> String {
    let spelled = option.spellings.iter();
    if option.takes_value {
        spelled
            .map(|spelled| format!("{spelled} {}", option.metavar))
            .collect::<Vec<_>>()
            .join(", ")
    } else {
        option.spellings.join(", ")
    }
}

/// `get_lines`: as many parts on each line as fit.
fn fill<'a>(
    parts: impl Iterator<Item = &'a String>,
    indent: usize,
    prefix: Option<&str>,
    width: usize,
) -> Vec<String> {
    let start = " ".repeat(indent);
    let mut lines = Vec::new();
    let mut line: Vec<&str> = Vec::new();
    let mut used = prefix.map_or(indent, str::len).saturating_sub(1);
    for part in parts {
        if used + 1 + length(part) > width && !line.is_empty() {
            lines.push(format!("{start}{}", line.join(" ")));
            line.clear();
            used = indent.saturating_sub(1);
        }
        line.push(part);
        used += length(part) + 1;
    }
    if !line.is_empty() {
        lines.push(format!("{start}{}", line.join(" ")));
    }
    if let (Some(prefix), Some(first)) = (prefix, lines.first_mut()) {
        *first = format!("{prefix}{}", first.trim_start());
    }
    lines
}
