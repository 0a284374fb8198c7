//! The text of floats.

use super::spec::Spec;

/// `repr` of a float: the shortest digits that give the same float.
pub(crate) fn format_float_repr(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 {
            "inf".to_owned()
        } else {
            "-inf".to_owned()
        };
    }
    let mut scientific = format!("{value:e}");
    // Of two shortest texts that are equally near, Python takes the one whose last digit is even.
    let digits = scientific.bytes().take_while(|it| *it != b'e');
    let decimals = digits.filter(u8::is_ascii_digit).count().saturating_sub(1);
    let nearest = format!("{value:.decimals$e}");
    if nearest.parse() == Ok(value) {
        scientific = nearest;
    }
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let places = usize::try_from(i64::try_from(decimals).unwrap_or(0) - i64::from(exponent));
        let plain = format!("{value:.*}", places.unwrap_or(0));
        if plain.contains('.') {
            plain
        } else {
            format!("{plain}.0")
        }
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{mantissa}e{sign}{:02}", exponent.abs())
    }
}

/// A float in `e` notation as C writes it.
fn exponent_text(value: f64, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let exponent: i32 = exponent.parse().unwrap_or(0);
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.abs())
        }
        None => text,
    }
}

/// The alternate form of a float has a point in any case.
fn with_point(text: String) -> String {
    if text.contains('.') {
        return text;
    }
    let end = text
        .find(|char: char| !char.is_ascii_digit())
        .unwrap_or(text.len());
    let (whole, rest) = text.split_at(end);
    format!("{whole}.{rest}")
}

/// A non-negative float in `g` notation.
fn general_text(value: f64, precision: usize, alternate: bool) -> String {
    let precision = precision.max(1);
    let scientific = format!("{value:.*e}", precision - 1);
    let exponent: i64 = scientific
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .unwrap_or(0);
    let limit = i64::try_from(precision).unwrap_or(i64::MAX);
    let text = if exponent < -4 || exponent >= limit {
        exponent_text(value, precision - 1)
    } else {
        let decimals = usize::try_from(limit - 1 - exponent).unwrap_or(0);
        format!("{value:.decimals$}")
    };
    if alternate || !text.contains('.') {
        return text;
    }
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            format!(
                "{}e{exponent}",
                mantissa.trim_end_matches('0').trim_end_matches('.')
            )
        }
        None => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
    }
}

/// Like [`general_text`], for a format without a type: the exponent comes one digit earlier.
fn bare_text(value: f64, precision: usize, alternate: bool) -> String {
    let precision = precision.max(1);
    let scientific = format!("{value:.*e}", precision - 1);
    let exponent = scientific
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok());
    let exponent: i64 = exponent.unwrap_or(0);
    if exponent < i64::try_from(precision).unwrap_or(i64::MAX) - 1 {
        return general_text(value, precision, alternate);
    }
    let text = exponent_text(value, precision - 1);
    match text.split_once('e') {
        Some((mantissa, exponent)) if mantissa.contains('.') && !alternate => format!(
            "{}e{exponent}",
            mantissa.trim_end_matches('0').trim_end_matches('.')
        ),
        _ => text,
    }
}

/// The text of a non-negative float without sign.
pub(super) fn float_text(value: f64, spec: &Spec) -> Option<String> {
    let text = plain_float_text(value, spec)?;
    Some(if spec.alternate && value.is_finite() {
        with_point(text)
    } else {
        text
    })
}

fn plain_float_text(value: f64, spec: &Spec) -> Option<String> {
    if !value.is_finite() {
        if !matches!(
            spec.kind,
            None | Some('f' | 'F' | 'e' | 'E' | 'g' | 'G' | 'n' | '%')
        ) {
            return None;
        }
        let text = if value.is_nan() { "nan" } else { "inf" };
        let upper = matches!(spec.kind, Some('F' | 'E' | 'G'));
        return Some(match spec.kind {
            _ if upper => text.to_uppercase(),
            Some('%') => format!("{text}%"),
            _ => text.to_owned(),
        });
    }
    let precision = spec.precision.unwrap_or(6);
    Some(match spec.kind {
        Some('f' | 'F') => format!("{value:.precision$}"),
        Some('e') => exponent_text(value, precision),
        Some('E') => exponent_text(value, precision).to_uppercase(),
        Some('g' | 'n') => general_text(value, precision, spec.alternate),
        Some('G') => general_text(value, precision, spec.alternate).to_uppercase(),
        Some('%') => {
            let text = format!("{:.precision$}", value * 100.0);
            format!("{text}%")
        }
        None => match spec.precision {
            None => format_float_repr(value),
            Some(precision) => {
                let text = bare_text(value, precision, spec.alternate);
                // Without a type at least one digit stands behind the point.
                if text.contains('.') || text.contains('e') {
                    text
                } else {
                    format!("{text}.0")
                }
            }
        },
        _ => return None,
    })
}
