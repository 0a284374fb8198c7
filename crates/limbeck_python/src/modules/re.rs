//! `re`, on a regex library: what that cannot do the same way is unknown.

mod found;
mod translate;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use fancy_regex::Regex;

use self::found::Match;
use self::translate::{TURKISH, framed, is_wide, translate};
use crate::args::Args;
use crate::builtins::text::need_text;
use crate::eval::{Interp, ListIter};
use crate::flow::R;
use crate::value::{Class, HashKey, Module, NativeObject, Str, Unhashable, Value};

const IGNORECASE: i64 = 2;
const MULTILINE: i64 = 8;
const DOTALL: i64 = 16;
const VERBOSE: i64 = 64;
const ASCII: i64 = 256;
const UNICODE: i64 = 32;

/// Patterns that have been compiled; none for one that is not read.
type Cache<K> = RefCell<BTreeMap<K, Option<Rc<Pattern>>>>;

/// A compiled pattern.
struct Pattern {
    source: Str,
    flags: i64,
    regex: Regex,
    /// The same for text that is not only ASCII, where the library's classes of characters are others than Python's.
    wide: OnceCell<Option<Regex>>,
    /// The same, for a match that is not empty where the search begins; of one kind of text and of the other.
    longer: [OnceCell<Option<Regex>>; 2],
    /// The same in a frame, by it and by the kind of text; none where that is not read.
    framed: Cache<(&'static str, bool)>,
}

/// The length, in bytes, of a text in which looking around and back is worth its time.
const LONGEST: usize = 1 << 14;

impl Pattern {
    /// True for what takes time that grows faster than the text.
    fn looks_around(&self) -> bool {
        let is_back = |it: &str| it.starts_with(|char: char| ('1'..='9').contains(&char));
        let source = &self.source;
        ["(?=", "(?!", "(?<=", "(?<!", "(?P=", "(?("]
            .iter()
            .any(|it| source.contains(it))
            || source.split('\\').skip(1).any(is_back)
    }

    fn new(source: Str, flags: i64) -> Option<Pattern> {
        Some(Pattern {
            regex: Regex::new(&translate(&source, flags, false)?).ok()?,
            wide: OnceCell::new(),
            longer: Default::default(),
            framed: RefCell::default(),
            source,
            flags,
        })
    }

    /// The expression for a match that is not empty and begins where the search does.
    fn longer(&self, text: &str) -> Option<&Regex> {
        let wide = is_wide(text);
        let longer = self.longer.get(usize::from(wide))?.get_or_init(|| {
            let translated = translate(&self.source, self.flags, wide)?;
            Regex::new(&framed(&translated, self.flags, r"\G(?:X)(?!\G)")).ok()
        });
        longer.as_ref()
    }

    /// The pattern in a frame, where it stands for the `X`, for a kind of text.
    fn framed(&self, frame: &'static str, wide: bool) -> Option<Rc<Pattern>> {
        if let Some(known) = self.framed.borrow().get(&(frame, wide)) {
            return known.clone();
        }
        let translated = translate(&self.source, self.flags, wide);
        let framed = translated.map(|it| framed(&it, self.flags, frame));
        let regex = framed.and_then(|framed| Regex::new(&framed).ok());
        let pattern = regex.map(|regex| {
            Rc::new(Pattern {
                source: Rc::clone(&self.source),
                flags: self.flags,
                wide: OnceCell::from(Some(regex.clone())),
                longer: Default::default(),
                framed: RefCell::default(),
                regex,
            })
        });
        let mut known = self.framed.borrow_mut();
        known.insert((frame, wide), pattern.clone());
        pattern
    }

    /// The expression for a text.
    fn regex(&self, text: &str) -> Option<&Regex> {
        // Python takes the Turkish letters for `i` where case does not matter, the library does not.
        let ignores_case = self.flags & IGNORECASE != 0 || self.source.contains("(?");
        if ignores_case && text.contains(TURKISH) {
            return None;
        }
        if !is_wide(text) {
            return Some(&self.regex);
        }
        let wide = self.wide.get_or_init(|| {
            translate(&self.source, self.flags, true).and_then(|it| Regex::new(&it).ok())
        });
        wide.as_ref()
    }
}

/// How many patterns are kept, as in Python.
const MAX_PATTERNS: usize = 512;

/// A pattern of the ones that are kept.
fn known_pattern(ev: &Interp<'_>, source: &Str, flags: i64) -> Option<Rc<Pattern>> {
    let patterns = ev.world().extension("re", Cache::<(Str, i64)>::default);
    let key = (Str::clone(source), flags);
    if let Some(known) = patterns.borrow().get(&key) {
        return known.clone();
    }
    let pattern = Pattern::new(Str::clone(source), flags).map(Rc::new);
    let mut patterns = patterns.borrow_mut();
    if patterns.len() >= MAX_PATTERNS {
        patterns.clear();
    }
    patterns.insert(key, pattern.clone());
    pattern
}

/// A pattern of text and flags, or an unknown.
fn compile(ev: &mut Interp<'_>, pattern: &Value, flags: i64) -> R<Result<Rc<Pattern>, Value>> {
    if pattern.is_unknown() {
        return Ok(Err(pattern.clone()));
    }
    if let Some(compiled) = pattern.downcast::<Pattern>() {
        return Ok(Ok(compiled));
    }
    if matches!(pattern, Value::Bytes(_)) {
        return Ok(Err(ev.unknown("patterns of bytes are not modelled")));
    }
    let source = need_text(ev, pattern, "compile")?;
    Ok(match known_pattern(ev, &source, flags) {
        Some(pattern) => Ok(pattern),
        None => Err(ev.unknown(format!(
            "the pattern {} is not read",
            limbeck_schema::py_str(&source)
        ))),
    })
}

/// All matches from the start, as `finditer` finds them; none when the library gives up.
fn find_all(
    ev: &mut Interp<'_>,
    pattern: &Rc<Pattern>,
    text: &Str,
    from: usize,
    limit: usize,
) -> R<Option<Vec<Rc<Match>>>> {
    // A search reads the text as often as the expression says, so that it costs by its length.
    ev.charge(text.len() / 2);
    ev.step()?;
    if text.len() > LONGEST && pattern.looks_around() {
        return Ok(None);
    }
    let Some(regex) = pattern.regex(text) else {
        return Ok(None);
    };
    let names: Vec<Option<String>> = regex
        .capture_names()
        .map(|name| name.map(str::to_owned))
        .collect();
    let mut found = Vec::new();
    let mut at = from;
    let mut is_behind_empty = false;
    let mut longer = None;
    while found.len() < limit && at <= text.len() {
        let mut captures = None;
        if is_behind_empty {
            if longer.is_none() {
                longer = pattern.longer(text);
            }
            // The library looks through the whole rest of the text for it.
            ev.charge((text.len() - at) / 16);
            ev.step()?;
            let Some(Ok(next)) = longer.map(|it| it.captures_from_pos(text, at)) else {
                return Ok(None);
            };
            captures = next;
            if captures.is_none() {
                let next = text.get(at..).and_then(|rest| rest.chars().next());
                at += next.map_or(1, char::len_utf8);
                if at > text.len() {
                    break;
                }
            }
        }
        let captures = match captures {
            Some(captures) => Some(captures),
            None => match regex.captures_from_pos(text, at) {
                Ok(captures) => captures,
                Err(_) => return Ok(None),
            },
        };
        let Some(captures) = captures else { break };
        let spans: Vec<Option<(usize, usize)>> = (0..captures.len())
            .map(|index| {
                captures
                    .get(index)
                    .map(|group| (group.start(), group.end()))
            })
            .collect();
        let Some((start, end)) = spans.first().copied().flatten() else {
            return Ok(None);
        };
        ev.charge(4);
        ev.step()?;
        // Python finds an empty match next to a match, too, and behind an empty one a longer one at the same place.
        at = end;
        is_behind_empty = end == start;
        found.push(Rc::new(Match {
            pattern: Rc::clone(pattern),
            text: Rc::clone(text),
            spans,
            names: names.clone(),
        }));
    }
    Ok(Some(found))
}

/// The match at the start (`match`), of the whole (`fullmatch`) or anywhere (`search`).
fn find_one(ev: &mut Interp<'_>, pattern: &Rc<Pattern>, text: &Str, from: usize, kind: &str) -> R {
    let anchored = match (kind, from) {
        ("search", _) => None,
        ("match", 0) => Some(r"\A(?:X)"),
        ("match", _) => Some(r"\G(?:X)"),
        (_, 0) => Some(r"\A(?:X)\z"),
        _ => Some(r"\G(?:X)\z"),
    };
    let used = match anchored {
        None => Rc::clone(pattern),
        Some(frame) => match pattern.framed(frame, is_wide(text)) {
            Some(framed) => framed,
            None => return Ok(ev.unknown("a pattern that is not read")),
        },
    };
    match find_all(ev, &used, text, from, 1)? {
        Some(found) => Ok(found
            .into_iter()
            .next()
            .map_or(Value::None, |found| Value::Object(found))),
        None => Ok(ev.unknown("a pattern that takes too long")),
    }
}

/// `re.error`
fn error(ev: &mut Interp<'_>, text: &str) -> crate::flow::Flow {
    let class = error_class(ev);
    ev.raise_class(&class, vec![Value::from(text)])
}

fn error_class(ev: &Interp<'_>) -> Rc<Class> {
    let base = ev.types().exception("Exception");
    let make = || crate::eval::Types::new_exception("error", "re", &base);
    let class = Rc::clone(ev.world()).extension("re.error", make);
    Rc::clone(&class)
}

/// A replacement template with references; the inner error is an unknown.
fn expand(ev: &mut Interp<'_>, found: &Match, template: &str) -> R<Result<String, Value>> {
    let mut out = String::new();
    let mut chars = template.chars().peekable();
    while let Some(char) = chars.next() {
        if char != '\\' {
            out.push(char);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('\\') => out.push('\\'),
            Some('g') if chars.peek() == Some(&'<') => {
                chars.next();
                let name: String = chars.by_ref().take_while(|char| *char != '>').collect();
                let key = match name.parse::<i64>() {
                    Ok(index) => Value::from(index),
                    Err(_) => Value::from(name),
                };
                let index = found.index_of(ev, &key)?;
                out.push_str(&found.group_text(index).as_str().unwrap_or_default());
            }
            Some(digit @ '1'..='9') => {
                let mut number = digit.to_string();
                if let Some(second @ '0'..='9') = chars.peek().copied() {
                    chars.next();
                    number.push(second);
                    let digits = number.chars().chain(chars.peek().copied());
                    if number.len() == 2 && digits.filter(|it| it.is_digit(8)).count() == 3 {
                        return Ok(Err(ev.unknown(
                            "a number of base eight in a replacement is not modelled",
                        )));
                    }
                }
                let number = number.parse::<usize>().unwrap_or(0);
                if number >= found.spans.len() {
                    let position =
                        template.chars().count() - chars.clone().count() - number.to_string().len();
                    let text = format!("invalid group reference {number} at position {position}");
                    return Err(error(ev, &text));
                }
                let index = number;
                out.push_str(&found.group_text(index).as_str().unwrap_or_default());
            }
            Some(other) if other.is_ascii_alphanumeric() => {
                return Ok(Err(ev.unknown(format!(
                    "the escape `\\{other}` of a replacement is not modelled"
                ))));
            }
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => {
                return Ok(Err(ev.unknown(
                    "the escape at the end of a replacement is not modelled",
                )));
            }
        }
    }
    Ok(Ok(out))
}

fn run(ev: &mut Interp<'_>, pattern: &Rc<Pattern>, name: &str, args: Args) -> R {
    if let Some(unknown) = crate::builtins::first_unknown(&args) {
        return Ok(unknown);
    }
    let slow = |ev: &Interp<'_>| ev.unknown("a pattern that takes too long");
    match name {
        "match" | "search" | "fullmatch" => {
            let mut args = args.bind(ev, name, "string, pos=, endpos=")?;
            if args.take("endpos").is_some() {
                return Ok(ev.unknown("`endpos` of a pattern is not modelled"));
            }
            let from = args.take("pos").and_then(|it| it.as_i64()).unwrap_or(0);
            let text = need_text(ev, &args.take_or_none("string"), name)?;
            let from = usize::try_from(from).unwrap_or(0);
            let from = text
                .char_indices()
                .nth(from)
                .map_or(text.len(), |(at, _)| at);
            find_one(ev, pattern, &text, from, name)
        }
        "findall" | "finditer" => {
            let text = need_text(ev, &args.get(0).cloned().unwrap_or(Value::None), name)?;
            if args.get(1).is_some() || !args.keywords.is_empty() {
                return Ok(ev.unknown("`pos` of a pattern is not modelled"));
            }
            let Some(found) = find_all(ev, pattern, &text, 0, usize::MAX)? else {
                return Ok(slow(ev));
            };
            if name == "finditer" {
                let items = found
                    .into_iter()
                    .map(|found| Value::Object(found))
                    .collect();
                return Ok(Value::iter("callable_iterator", ListIter::new(items)));
            }
            let text_of = |found: &Match, index: usize| match found.group_text(index) {
                Value::None => Value::from(""),
                text => text,
            };
            Ok(Value::list(
                found
                    .iter()
                    .map(|found| match found.spans.len() {
                        1 => text_of(found, 0),
                        2 => text_of(found, 1),
                        count => {
                            Value::tuple((1..count).map(|index| text_of(found, index)).collect())
                        }
                    })
                    .collect(),
            ))
        }
        "split" => {
            let mut args = args.bind(ev, name, "string, maxsplit=")?;
            let text = need_text(ev, &args.take_or_none("string"), name)?;
            let limit = args
                .take("maxsplit")
                .and_then(|limit| limit.as_i64())
                .filter(|limit| *limit > 0);
            let limit = limit
                .and_then(|limit| usize::try_from(limit).ok())
                .unwrap_or(usize::MAX);
            let Some(found) = find_all(ev, pattern, &text, 0, limit)? else {
                return Ok(slow(ev));
            };
            let mut parts = Vec::new();
            let mut at = 0;
            for found in found {
                let (start, end) = found.spans.first().copied().flatten().unwrap_or_default();
                parts.push(Value::from(text.get(at..start).unwrap_or_default()));
                parts.extend((1..found.spans.len()).map(|index| found.group_text(index)));
                at = end;
            }
            parts.push(Value::from(text.get(at..).unwrap_or_default()));
            Ok(Value::list(parts))
        }
        "sub" | "subn" => {
            let mut args = args.bind(ev, name, "repl, string, count=")?;
            let replacement = args.take_or_none("repl");
            let text = need_text(ev, &args.take_or_none("string"), name)?;
            let limit = args
                .take("count")
                .and_then(|limit| limit.as_i64())
                .filter(|limit| *limit > 0);
            let limit = limit
                .and_then(|limit| usize::try_from(limit).ok())
                .unwrap_or(usize::MAX);
            let Some(found) = find_all(ev, pattern, &text, 0, limit)? else {
                return Ok(slow(ev));
            };
            let mut out = String::new();
            let mut at = 0;
            let count = found.len();
            for found in found {
                let (start, end) = found.spans.first().copied().flatten().unwrap_or_default();
                out.push_str(text.get(at..start).unwrap_or_default());
                match replacement.as_str() {
                    Some(template) => {
                        ev.charge(template.len() / 8);
                        ev.step()?;
                        match expand(ev, &found, &template)? {
                            Ok(expanded) => out.push_str(&expanded),
                            Err(unknown) => return Ok(unknown),
                        }
                    }
                    None => {
                        let made =
                            ev.call(&replacement, Args::positional(vec![Value::Object(found)]))?;
                        if made.is_unknown() {
                            return Ok(made);
                        }
                        out.push_str(&need_text(ev, &made, "sub")?);
                    }
                }
                ev.check_length(out.len() / 16)?;
                at = end;
            }
            out.push_str(text.get(at..).unwrap_or_default());
            let result = Value::from(out);
            Ok(if name == "sub" {
                result
            } else {
                Value::tuple(vec![result, Value::from(count)])
            })
        }
        _ => Ok(ev.unknown(format!("`re.Pattern.{name}` is not modelled"))),
    }
}

impl NativeObject for Pattern {
    fn type_name(&self) -> String {
        "re.Pattern".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "match",
            "search",
            "fullmatch",
            "findall",
            "finditer",
            "split",
            "sub",
            "subn",
        ]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        run(ev, &self, name, args).map(Some)
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "pattern" => Some(Value::Str(Rc::clone(&self.source))),
            "flags" => {
                let kind = if self.flags & ASCII == 0 { UNICODE } else { 0 };
                Some(Value::from(self.flags | kind))
            }
            "groups" => Some(Value::from(self.regex.captures_len().saturating_sub(1))),
            "groupindex" => {
                let names = self.regex.capture_names().enumerate();
                let pairs =
                    names.filter_map(|(at, name)| Some((name?.to_owned(), Value::from(at))));
                let names = Value::dict(crate::value::Dict::from_pairs(pairs));
                Some(ev.mapping_proxy(names)?)
            }
            _ => None,
        })
    }

    fn repr(&self, _ev: &mut Interp<'_>) -> R<String> {
        let names: Vec<&str> = FLAGS
            .iter()
            .filter(|(_, _, flag)| self.flags & flag != 0 && *flag != UNICODE)
            .map(|(long, _, _)| *long)
            .collect();
        // At most 200 characters of the pattern are shown.
        let source: String = limbeck_schema::py_str(&self.source)
            .chars()
            .take(200)
            .collect();
        let flags = names.iter().map(|name| format!("re.{name}"));
        let flags = flags.collect::<Vec<_>>().join("|");
        Ok(match flags.as_str() {
            "" => format!("re.compile({source})"),
            flags => format!("re.compile({source}, {flags})"),
        })
    }

    fn hash_key(&self, _this: &Value) -> Result<HashKey, Unhashable> {
        Ok(HashKey::Native(
            "re.Pattern",
            Rc::from(format!("{} {}", self.flags, self.source)),
        ))
    }
}

/// A module-level function: the pattern comes first, `flags` last.
fn function(name: &'static str, slots: usize) -> Value {
    Value::native(name, move |ev, mut args| {
        let mut flags = args.take_keyword("flags");
        let pattern = match args.take_keyword("pattern") {
            Some(pattern) => pattern,
            None if args.positional.is_empty() => {
                return Err(ev.raise(
                    "TypeError",
                    format!("{name}() missing 1 required positional argument: 'pattern'"),
                ));
            }
            None => args.positional.remove(0),
        };
        if args.positional.len() > slots {
            flags = args.positional.pop();
        }
        let flags = match flags {
            Some(flags) if flags.is_unknown() => return Ok(flags),
            Some(flags) => flags.as_i64().unwrap_or(0),
            None => 0,
        };
        match compile(ev, &pattern, flags)? {
            Ok(pattern) if name == "compile" => Ok(Value::Object(pattern)),
            Ok(pattern) => run(ev, &pattern, name, args),
            Err(unknown) => Ok(unknown),
        }
    })
}

/// Long and short name of each flag, in the order in which Python shows them.
const FLAGS: &[(&str, &str, i64)] = &[
    ("IGNORECASE", "I", IGNORECASE),
    ("MULTILINE", "M", MULTILINE),
    ("DOTALL", "S", DOTALL),
    ("UNICODE", "U", UNICODE),
    ("VERBOSE", "X", VERBOSE),
    ("ASCII", "A", ASCII),
];

/// `re`.
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let error = error_class(ev);
    let mut attrs: Vec<(&str, Value)> = vec![("error", Value::Class(error))];
    for (name, slots) in [
        ("compile", 0),
        ("match", 1),
        ("search", 1),
        ("fullmatch", 1),
        ("findall", 1),
        ("finditer", 1),
        ("split", 2),
        ("sub", 3),
        ("subn", 3),
    ] {
        attrs.push((name, function(name, slots)));
    }
    for (long, short, flag) in FLAGS.iter().copied() {
        attrs.push((long, Value::from(flag)));
        attrs.push((short, Value::from(flag)));
    }
    attrs.push((
        "escape",
        Value::native("escape", |ev, args| {
            if let Some(unknown) = crate::builtins::first_unknown(&args) {
                return Ok(unknown);
            }
            let text = need_text(ev, &args.get(0).cloned().unwrap_or(Value::None), "escape")?;
            let mut out = String::new();
            for char in text.chars() {
                if "()[]{}?*+-|^$\\.&~# \t\n\r\u{b}\u{c}".contains(char) {
                    out.push('\\');
                }
                out.push(char);
            }
            Ok(Value::from(out))
        }),
    ));
    Ok(Module::native("re", attrs))
}
