//! Formatting: `format()`, format specs, `%`, and the text of floats.

use super::Interp;
use crate::flow::R;
use crate::value::Value;

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
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{value}");
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

impl Interp<'_> {
    /// `format(value, spec)`.
    pub(crate) fn format_value(&mut self, value: &Value, spec: &str) -> R<String> {
        if spec.is_empty() {
            return self.to_str(value);
        }
        Err(self.unreadable("format specs are not modelled yet"))
    }

    /// `template % value`.
    pub(crate) fn percent_format(&mut self, _template: &str, _value: &Value) -> R {
        Ok(self.unknown("`%` formatting is not modelled yet"))
    }
}
