//! Reads a command line by the rules of Python's argparse, which Alembic's users know: prefixes of
//! long options, `-mTEXT`, `-1` as a positional, its usage text and its errors.
//!
//! The definitions come from clap's [`Command`], and what is accepted goes back to clap in a spelling
//! that has one meaning only, so every option is defined in one place.

mod model;
mod usage;

use clap::Command;

pub(crate) use model::OWN;
use model::{Kind, Opt, Parser};

/// What a command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// To run: the words in the spelling that clap reads, the program's name first.
    Run(Vec<String>),
    /// To print this and end well: a help text or the version.
    Print(String),
    /// Nothing: this goes to standard error, and the exit status is 2.
    Refuse(String),
}

/// How the reading of one line stops early.
enum Stop {
    Print(String),
    Refuse(String),
}

/// Reads `words`, which follow the program's name `prog`. Texts are wrapped for a terminal of
/// `columns` columns.
pub(crate) fn read(command: &Command, prog: &str, words: &[String], columns: usize) -> Outcome {
    let top = Parser::top(command, prog);
    let mut line = Line {
        command,
        columns,
        top: &top,
        out: vec![prog.to_owned()],
        positionals: Vec::new(),
        extras: Vec::new(),
        called: false,
    };
    match line.read(&top, words) {
        Ok(()) => {}
        Err(Stop::Print(text)) => return Outcome::Print(text),
        Err(Stop::Refuse(text)) => return Outcome::Refuse(text),
    }
    if !line.extras.is_empty() {
        let extras = &line.extras;
        let mut text = usage::error(
            &top,
            columns,
            &format!("unrecognized arguments: {}", extras.join(" ")),
        );
        line.suggest_options(&mut text);
        return Outcome::Refuse(text);
    }
    if !line.called {
        return Outcome::Refuse(usage::error(&top, columns, "too few arguments"));
    }
    let Line {
        mut out,
        mut positionals,
        ..
    } = line;
    if !positionals.is_empty() {
        out.push("--".to_owned());
        out.append(&mut positionals);
    }
    Outcome::Run(out)
}

/// One line being read.
struct Line<'a> {
    command: &'a Command,
    columns: usize,
    top: &'a Parser,
    out: Vec<String>,
    positionals: Vec<String>,
    extras: Vec<String>,
    called: bool,
}

/// A word as argparse classes it before anything is taken.
enum Word<'a> {
    /// `A`: an argument.
    Argument,
    /// `-`: the first `--`.
    Dashes,
    /// `O`: an option, known or not, with the value that is glued to it.
    Option {
        option: Option<&'a Opt>,
        spelled: String,
        glued: Option<String>,
    },
}

impl Line<'_> {
    fn refuse<T>(&self, parser: &Parser, message: &str) -> Result<T, Stop> {
        Err(Stop::Refuse(usage::error(parser, self.columns, message)))
    }

    fn read(&mut self, parser: &Parser, words: &[String]) -> Result<(), Stop> {
        let mut classes = Vec::with_capacity(words.len());
        let mut dashes = false;
        for word in words {
            classes.push(if dashes {
                Word::Argument
            } else if word == "--" {
                dashes = true;
                Word::Dashes
            } else {
                self.class_of(parser, word)?
            });
        }
        let mut positional = Some(&parser.positional);
        let mut at = 0;
        let last = classes
            .iter()
            .rposition(|class| matches!(class, Word::Option { .. }));
        while last.is_some_and(|last| at <= last) {
            let next = (at..words.len())
                .find(|index| matches!(classes.get(*index), Some(Word::Option { .. })))
                .unwrap_or(words.len());
            if at != next {
                let end = self.take_positional(&mut positional, words, &classes, at)?;
                if end > at {
                    at = end;
                    continue;
                }
                self.extras
                    .extend(words.get(at..next).unwrap_or_default().iter().cloned());
                at = next;
            }
            at = self.take_option(parser, words, &classes, at)?;
        }
        let end = self.take_positional(&mut positional, words, &classes, at)?;
        self.extras
            .extend(words.get(end..).unwrap_or_default().iter().cloned());
        match positional {
            Some(Kind::One { name, .. } | Kind::Many { name, .. }) => self.refuse(
                parser,
                &format!("the following arguments are required: {name}"),
            ),
            _ => Ok(()),
        }
    }

    /// `_parse_optional`.
    fn class_of<'p>(&self, parser: &'p Parser, word: &str) -> Result<Word<'p>, Stop> {
        if !word.starts_with('-') {
            return Ok(Word::Argument);
        }
        if let Some(option) = parser.option(word) {
            return Ok(Word::Option {
                option: Some(option),
                spelled: word.to_owned(),
                glued: None,
            });
        }
        if word.len() == 1 {
            return Ok(Word::Argument);
        }
        let (bare, value) = match word.split_once('=') {
            Some((bare, value)) => (bare, Some(value.to_owned())),
            None => (word, None),
        };
        if value.is_some()
            && let Some(option) = parser.option(bare)
        {
            return Ok(Word::Option {
                option: Some(option),
                spelled: bare.to_owned(),
                glued: value,
            });
        }
        let candidates = if word.starts_with("--") {
            parser
                .starting_with(bare)
                .into_iter()
                .map(|(spelled, option)| (spelled, option, value.clone()))
                .collect()
        } else {
            let mut found = Vec::new();
            let split = word
                .char_indices()
                .nth(2)
                .map_or(word.len(), |(index, _)| index);
            let (short, rest) = word.split_at(split);
            if let Some(option) = parser.option(short) {
                found.push((short.to_owned(), option, Some(rest.to_owned())));
            }
            found
        };
        if candidates.len() > 1 {
            let matches: Vec<&str> = candidates
                .iter()
                .map(|(spelled, ..)| spelled.as_str())
                .collect();
            return self.refuse(
                parser,
                &format!(
                    "ambiguous option: {word} could match {}",
                    matches.join(", ")
                ),
            );
        }
        if let Some((spelled, option, glued)) = candidates.into_iter().next() {
            return Ok(Word::Option {
                option: Some(option),
                spelled,
                glued,
            });
        }
        if is_negative_number(word) || word.contains(' ') {
            return Ok(Word::Argument);
        }
        Ok(Word::Option {
            option: None,
            spelled: word.to_owned(),
            glued: None,
        })
    }

    /// `consume_optional`: takes the option at `at` and gives the index after it.
    fn take_option(
        &mut self,
        parser: &Parser,
        words: &[String],
        classes: &[Word<'_>],
        at: usize,
    ) -> Result<usize, Stop> {
        let Some(Word::Option {
            option,
            spelled,
            glued,
        }) = classes.get(at)
        else {
            return Ok(at + 1);
        };
        let Some(mut option) = *option else {
            self.extras.extend(words.get(at).cloned());
            return Ok(at + 1);
        };
        let mut spelled = spelled.clone();
        let mut glued = glued.clone();
        loop {
            match (&glued, option.takes_value) {
                (Some(value), true) => {
                    self.keep_option(parser, option, Some(value))?;
                    return Ok(at + 1);
                }
                (Some(value), false) => {
                    // Several flags behind one dash: `-vi`.
                    let next = value.chars().next().filter(|_| !spelled.starts_with("--"));
                    let inner = next.map(|c| format!("-{c}"));
                    match inner.as_deref().and_then(|inner| parser.option(inner)) {
                        Some(found) => {
                            self.keep_option(parser, option, None)?;
                            let rest: String = value.chars().skip(1).collect();
                            option = found;
                            spelled = inner.unwrap_or_default();
                            glued = if rest.is_empty() { None } else { Some(rest) };
                        }
                        None => {
                            let message = format!(
                                "argument {}: ignored explicit argument {}",
                                option.name(),
                                python_repr(value)
                            );
                            return self.refuse(parser, &message);
                        }
                    }
                }
                (None, false) => {
                    self.keep_option(parser, option, None)?;
                    return Ok(at + 1);
                }
                (None, true) => {
                    let value = words
                        .get(at + 1)
                        .filter(|_| matches!(classes.get(at + 1), Some(Word::Argument)));
                    let Some(value) = value else {
                        return self.refuse(
                            parser,
                            &format!("argument {}: expected one argument", option.name()),
                        );
                    };
                    self.keep_option(parser, option, Some(value))?;
                    return Ok(at + 2);
                }
            }
        }
    }

    fn keep_option(
        &mut self,
        parser: &Parser,
        option: &Opt,
        value: Option<&str>,
    ) -> Result<(), Stop> {
        match option.id.as_str() {
            "help" => return Err(Stop::Print(usage::help(parser, self.columns))),
            "version" => {
                let version = self.command.get_version().unwrap_or_default();
                return Err(Stop::Print(format!("{} {version}\n", self.top.prog)));
            }
            _ => {}
        }
        if let Some(value) = value
            && !option.choices.is_empty()
            && !option.choices.iter().any(|choice| choice == value)
        {
            return self.refuse(
                parser,
                &invalid_choice(&option.name(), value, &option.choices),
            );
        }
        let spelled = option.spellings.last().cloned().unwrap_or_default();
        self.out.push(match value {
            Some(value) => format!("{spelled}={value}"),
            None => spelled,
        });
        Ok(())
    }

    /// `consume_positionals`: takes what belongs to the parser's one positional, if it is still free,
    /// and gives the index after it.
    fn take_positional(
        &mut self,
        positional: &mut Option<&Kind>,
        words: &[String],
        classes: &[Word<'_>],
        at: usize,
    ) -> Result<usize, Stop> {
        let Some(kind) = *positional else {
            return Ok(at);
        };
        let is_dashes = |index: usize| matches!(classes.get(index), Some(Word::Dashes));
        let is_argument = |index: usize| matches!(classes.get(index), Some(Word::Argument));
        let mut end = at;
        while is_dashes(end) {
            end += 1;
        }
        if matches!(kind, Kind::None) || !is_argument(end) {
            return Ok(at);
        }
        end += 1;
        match kind {
            Kind::None => {}
            Kind::One { .. } => {
                while is_dashes(end) {
                    end += 1;
                }
            }
            Kind::Many { .. } => {
                while is_dashes(end) || is_argument(end) {
                    end += 1;
                }
            }
            Kind::Commands => end = words.len(),
        }
        *positional = None;
        let mut taken: Vec<String> = words.get(at..end).unwrap_or_default().to_vec();
        if let Kind::Commands = kind {
            let (name, rest) = taken
                .split_first()
                .map_or(("", &[][..]), |(name, rest)| (name.as_str(), rest));
            let Some(command) = self.command.find_subcommand(name) else {
                let choices = self.top.commands();
                let message = invalid_choice(&format!("{{{}}}", choices.join(",")), name, &choices);
                let all = self.command.get_subcommands().map(Command::get_name);
                let mut text =
                    usage::error(self.top, self.columns, &message) + &did_you_mean(name, all);
                // The value of an option that is not known is taken for the command.
                self.suggest_options(&mut text);
                return Err(Stop::Refuse(text));
            };
            self.called = true;
            self.out.push(name.to_owned());
            let sub = Parser::sub(self.command, command, &self.top.prog);
            self.read(&sub, rest)?;
            return Ok(end);
        }
        if let Some(index) = taken.iter().position(|word| word == "--") {
            taken.remove(index);
        }
        self.positionals.append(&mut taken);
        Ok(end)
    }

    /// For every option that is not known, the one that was probably meant.
    fn suggest_options(&self, text: &mut String) {
        let known = self.known_options();
        for word in self.extras.iter().filter(|word| word.starts_with("--")) {
            let bare = word.split('=').next().unwrap_or(word);
            text.push_str(&did_you_mean(bare, known.iter().map(String::as_str)));
        }
    }

    fn known_options(&self) -> Vec<String> {
        let subs = self
            .command
            .get_subcommands()
            .map(|sub| Parser::sub(self.command, sub, &self.top.prog));
        subs.flat_map(|parser| parser.long_options())
            .chain(self.top.long_options())
            .collect()
    }
}

fn invalid_choice(name: &str, value: &str, choices: &[String]) -> String {
    let quoted: Vec<String> = choices.iter().map(|choice| python_repr(choice)).collect();
    format!(
        "argument {name}: invalid choice: {} (choose from {})",
        python_repr(value),
        quoted.join(", ")
    )
}

/// A line that names what was probably meant, or nothing.
fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let best = known
        .map(|name| (distance(word, name), name))
        .min()
        .filter(|(distance, name)| {
            *distance > 0 && *distance * 3 <= name.trim_start_matches('-').len()
        });
    best.map_or_else(String::new, |(_, name)| format!("did you mean '{name}'?\n"))
}

/// Edits between two words, where two letters that changed places are one edit.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let cell =
                |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best = (cell(&previous, j) + usize::from(a != b))
                .min(cell(&previous, j + 1) + 1)
                .min(cell(&row, j) + 1);
            let swapped =
                i > 0 && j > 0 && left.get(i - 1) == Some(b) && right.get(j - 1) == Some(a);
            if swapped {
                best = best.min(cell(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut previous, row);
    }
    previous.last().copied().unwrap_or_default()
}

/// `^-\d+$|^-\d*\.\d+$`
fn is_negative_number(word: &str) -> bool {
    let Some(digits) = word.strip_prefix('-') else {
        return false;
    };
    let all_digits = |text: &str| text.chars().all(char::is_numeric);
    match digits.split_once('.') {
        None => !digits.is_empty() && all_digits(digits),
        Some((whole, part)) => all_digits(whole) && !part.is_empty() && all_digits(part),
    }
}

/// `repr` of a short text.
fn python_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut repr = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => repr.push_str("\\n"),
            '\r' => repr.push_str("\\r"),
            '\t' => repr.push_str("\\t"),
            c if c == quote || c == '\\' => repr.extend(['\\', c]),
            c => repr.push(c),
        }
    }
    repr.push(quote);
    repr
}
