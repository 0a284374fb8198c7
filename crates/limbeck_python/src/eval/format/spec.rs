//! The parts of a format, and how they fill up a number.

/// A format spec: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
#[derive(Debug, Clone, Default)]
pub(super) struct Spec {
    pub(super) fill: Option<char>,
    pub(super) align: Option<char>,
    pub(super) sign: Option<char>,
    pub(super) alternate: bool,
    pub(super) zero: bool,
    pub(super) width: usize,
    pub(super) grouping: Option<char>,
    pub(super) precision: Option<usize>,
    pub(super) kind: Option<char>,
}

impl Spec {
    /// What `%s` and `%c` take of a format.
    pub(super) fn of_text(&self, shortens: bool) -> Spec {
        Spec {
            align: self.align.or(Some('>')),
            width: self.width,
            precision: self.precision.filter(|_| shortens),
            ..Spec::default()
        }
    }
}

/// The parts of a format; the inner error is Python's text.
pub(super) fn parse_spec(text: &str, kind: &str) -> Result<Spec, String> {
    let invalid = || format!("Invalid format specifier '{text}' for object of type '{kind}'");
    let chars: Vec<char> = text.chars().collect();
    let at = |index: usize| chars.get(index).copied();
    let is_align = |char: Option<char>| matches!(char, Some('<' | '>' | '=' | '^'));
    let mut spec = Spec::default();
    let mut index = 0;
    if is_align(at(1)) {
        (spec.fill, spec.align, index) = (at(0), at(1), 2);
    } else if is_align(at(0)) {
        (spec.align, index) = (at(0), 1);
    }
    if let Some(sign @ ('+' | '-' | ' ')) = at(index) {
        spec.sign = Some(sign);
        index += 1;
    }
    if at(index) == Some('#') {
        spec.alternate = true;
        index += 1;
    }
    if at(index) == Some('0') {
        spec.zero = true;
        index += 1;
    }
    let number = |index: &mut usize| -> Option<usize> {
        let mut value: Option<usize> = None;
        while let Some(digit) = at(*index).and_then(|char| char.to_digit(10)) {
            value = Some(
                value
                    .unwrap_or(0)
                    .saturating_mul(10)
                    .saturating_add(digit as usize),
            );
            *index += 1;
        }
        value
    };
    spec.width = number(&mut index).unwrap_or(0);
    if let Some(grouping @ (',' | '_')) = at(index) {
        spec.grouping = Some(grouping);
        index += 1;
    }
    if at(index) == Some('.') {
        index += 1;
        let precision = number(&mut index);
        spec.precision = Some(precision.ok_or("Format specifier missing precision")?);
    }
    spec.kind = at(index);
    if index + usize::from(spec.kind.is_some()) != chars.len() {
        return Err(invalid());
    }
    let grouped = match spec.kind {
        None | Some('d' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F') => true,
        Some('b' | 'o' | 'x' | 'X') => spec.grouping != Some(','),
        _ => false,
    };
    match (spec.grouping, spec.kind) {
        (Some(grouping), Some(code)) if !grouped => {
            Err(format!("Cannot specify '{grouping}' with '{code}'."))
        }
        _ => Ok(spec),
    }
}

/// Digits with a separator every `step` from the right.
fn group(digits: &str, separator: char, step: usize) -> String {
    let count = digits.chars().count();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (count - index).is_multiple_of(step) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// Sign, prefix and digits, padded to the width of a spec.
pub(super) fn pad_number(
    negative: bool,
    prefix: &str,
    body: &str,
    spec: &Spec,
    step: usize,
) -> String {
    let sign = match (negative, spec.sign) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, Some(' ')) => " ",
        _ => "",
    };
    // A float has decimal digits before its point or exponent, an integer may have any.
    let is_digit = |char: char| match step {
        3 => char.is_ascii_digit(),
        _ => char.is_ascii_hexdigit(),
    };
    let digits_end = body
        .find(|char: char| !is_digit(char))
        .unwrap_or(body.len());
    let is_number = body.starts_with(is_digit);
    let (whole, rest) = body.split_at(if is_number { digits_end } else { 0 });
    let align = spec.align.unwrap_or(if spec.zero { '=' } else { '>' });
    let fill = spec.fill.unwrap_or(if spec.zero { '0' } else { ' ' });
    let mut whole = whole.to_owned();
    if let Some(separator) = spec.grouping
        && is_number
    {
        let plain = whole;
        whole = group(&plain, separator, step);
        if fill == '0' && align == '=' {
            let mut digits = plain;
            let taken = sign.len() + prefix.len() + rest.chars().count();
            while whole.len() + taken < spec.width {
                digits.insert(0, '0');
                whole = group(&digits, separator, step);
            }
        }
    }
    let text = format!("{whole}{rest}");
    let length = sign.len() + prefix.len() + text.chars().count();
    let missing = spec.width.saturating_sub(length);
    let filling = |count: usize| fill.to_string().repeat(count);
    match align {
        '<' => format!("{sign}{prefix}{text}{}", filling(missing)),
        '^' => format!(
            "{}{sign}{prefix}{text}{}",
            filling(missing / 2),
            filling(missing - missing / 2)
        ),
        '=' => format!("{sign}{prefix}{}{text}", filling(missing)),
        _ => format!("{}{sign}{prefix}{text}", filling(missing)),
    }
}
