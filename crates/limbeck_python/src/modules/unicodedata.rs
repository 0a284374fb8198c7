//! `unicodedata`, of the characters that every Python since 3.10 has.

use std::rc::Rc;
use std::sync::LazyLock;

use fancy_regex::Regex;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

use crate::args::Args;
use crate::builtins::first_unknown;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Module, Value};

/// The general categories, the frequent ones first.
const CATEGORIES: [&str; 30] = [
    "Ll", "Lu", "Nd", "Mn", "Po", "Zs", "Pd", "Lo", "So", "Sm", "Sc", "Sk", "Ps", "Pe", "Pi", "Pf",
    "Pc", "Lt", "Lm", "Mc", "Me", "Nl", "No", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
];

/// A pattern for the age that is old enough, and one for each category.
static PATTERNS: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    let classes = std::iter::once("age=13.0").chain(CATEGORIES);
    let pattern = |class| Regex::new(&format!(r"\A\p{{{class}}}\z")).ok();
    classes.map(pattern).collect()
});

/// Whether a character is in the class of that number.
fn is_in(class: usize, char: char) -> bool {
    let pattern = PATTERNS.get(class).and_then(Option::as_ref);
    pattern.is_some_and(|it| it.is_match(char.encode_utf8(&mut [0; 4])).unwrap_or(false))
}

/// The general category of a character; none for one that only later versions of Unicode have.
fn category(char: char) -> Option<&'static str> {
    if char.is_ascii_lowercase() {
        return Some("Ll");
    }
    if char.is_ascii_uppercase() {
        return Some("Lu");
    }
    if !is_in(0, char) {
        return None;
    }
    let at = (0..CATEGORIES.len()).find(|at| is_in(at + 1, char))?;
    CATEGORIES.get(at).copied()
}

fn text(ev: &mut Interp<'_>, value: &Value, function: &str) -> R<String> {
    match value.as_str() {
        Some(text) => Ok(text.to_string()),
        None => {
            let kind = ev.type_name(value);
            Err(ev.raise(
                "TypeError",
                format!("{function}() argument must be str, not {kind}"),
            ))
        }
    }
}

/// The character that a function asks about.
fn character(ev: &mut Interp<'_>, args: &Args, function: &str) -> R<Result<char, Value>> {
    if let Some(unknown) = first_unknown(args) {
        return Ok(Err(unknown));
    }
    let value = args.get(0).cloned().unwrap_or(Value::None);
    let text = text(ev, &value, function)?;
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(char), None) => Ok(Ok(char)),
        _ => Err(ev.raise(
            "TypeError",
            format!(
                "{function}() argument must be a unicode character, not a string of another length"
            ),
        )),
    }
}

fn normalize(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(unknown) = first_unknown(&args) {
        return Ok(unknown);
    }
    let mut args = args.bind(ev, "normalize", "form, unistr, /")?;
    let (form, value) = (args.take_or_none("form"), args.take_or_none("unistr"));
    let form = text(ev, &form, "normalize")?;
    let text = text(ev, &value, "normalize")?;
    if text.is_ascii() && matches!(form.as_str(), "NFC" | "NFD" | "NFKC" | "NFKD") {
        return Ok(Value::from(text));
    }
    ev.check_size(text.len().saturating_mul(4))?;
    if text.chars().any(|char| category(char).is_none()) {
        return Ok(ev.unknown("the text has characters that are new in Unicode"));
    }
    Ok(Value::from(match form.as_str() {
        "NFC" => text.nfc().collect::<String>(),
        "NFD" => text.nfd().collect(),
        "NFKC" => text.nfkc().collect(),
        "NFKD" => text.nfkd().collect(),
        _ => return Err(ev.raise("ValueError", "invalid normalization form")),
    }))
}

/// `unicodedata`
pub(crate) fn module(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    Ok(Module::native(
        "unicodedata",
        [
            ("normalize", Value::native("normalize", normalize)),
            (
                "category",
                Value::native("category", |ev, args| {
                    Ok(match character(ev, &args, "category")? {
                        Ok(char) => match category(char) {
                            Some(name) => Value::from(name),
                            None => ev.unknown("the character is new in Unicode"),
                        },
                        Err(unknown) => unknown,
                    })
                }),
            ),
            (
                "combining",
                Value::native("combining", |ev, args| {
                    Ok(match character(ev, &args, "combining")? {
                        Ok(char) => match category(char) {
                            Some(_) if !is_combining_mark(char) => Value::int(0_i64),
                            Some(_) => Value::int(i64::from(canonical_combining_class(char))),
                            None => ev.unknown("the character is new in Unicode"),
                        },
                        Err(unknown) => unknown,
                    })
                }),
            ),
        ],
    ))
}
