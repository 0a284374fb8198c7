//! The name of a new revision file.

use crate::percent::{Argument, format_mapping};
use crate::word::is_word;
use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};

/// A date and time on the wall, and the moment it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CivilDateTime {
    /// Year of the Gregorian calendar.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 59.
    pub second: u8,
    /// Seconds since 1970 in UTC.
    pub epoch: i64,
}

/// What `file_template` can refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTokens<'a> {
    /// `%(rev)s`.
    pub rev: &'a str,
    /// `%(slug)s`, see [`render_slug`].
    pub slug: &'a str,
    /// `%(year)d` and so on.
    pub create_date: CivilDateTime,
}

/// The words of a message joined by `_`, in lower case; if that is longer than `limit` characters,
/// cut back to a whole word and ended with `_`.
#[must_use]
pub fn render_slug(message: &str, limit: i64) -> String {
    let words = message
        .split(|character| !is_word(character))
        .filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("_").to_lowercase();
    let length = slug.chars().count() as i64;
    if length <= limit {
        return slug;
    }
    // A negative limit counts from the end, as a Python slice does.
    let kept = if limit < 0 {
        (length + limit).max(0)
    } else {
        limit
    };
    let cut: String = slug
        .chars()
        .take(usize::try_from(kept).unwrap_or(0))
        .collect();
    let whole = cut
        .rsplit_once('_')
        .map_or(cut.as_str(), |(words, _)| words);
    format!("{whole}_")
}

/// The file name, possibly with folders in front, for a `file_template`; `.py` included.
///
/// # Errors
///
/// `ErrorKind::Config`, not located, if the template has a token that does not exist or is not
/// well formed.
pub fn render_file_name(template: &str, tokens: &FileTokens<'_>) -> Result<String> {
    let date = &tokens.create_date;
    let lookup = |key: &str| {
        Some(match key {
            "rev" => Argument::Text(tokens.rev.to_owned()),
            "slug" => Argument::Text(tokens.slug.to_owned()),
            "epoch" => Argument::Number(date.epoch),
            "year" => Argument::Number(date.year.into()),
            "month" => Argument::Number(date.month.into()),
            "day" => Argument::Number(date.day.into()),
            "hour" => Argument::Number(date.hour.into()),
            "minute" => Argument::Number(date.minute.into()),
            "second" => Argument::Number(date.second.into()),
            _ => return None,
        })
    };
    let name = format_mapping(template, lookup).map_err(|why| {
        let message = format!("`file_template` {template:?} can't be used: {why}");
        let diagnostic = Diagnostic::error("file-template", message).help(
            "the tokens are rev, slug, epoch, year, month, day, hour, minute and second, as in \
             `%%(year)d_%%(month).2d_%%(rev)s_%%(slug)s`",
        );
        Error::new(ErrorKind::Config, diagnostic)
    })?;
    Ok(format!("{name}.py"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_cut_at_words() {
        assert_eq!(
            render_slug("Add: the User's table!", 40),
            "add_the_user_s_table"
        );
        assert_eq!(render_slug("", 40), "");
        assert_eq!(render_slug("one two three", 8), "one_two_");
        assert_eq!(render_slug("abcdefghij", 4), "abcd_");
        assert_eq!(render_slug("Größe ändern", 40), "größe_ändern");
    }

    #[test]
    fn tokens_take_widths() {
        let create_date = CivilDateTime {
            year: 2026,
            month: 3,
            day: 4,
            hour: 5,
            minute: 6,
            second: 7,
            epoch: 1_772_600_767,
        };
        let tokens = FileTokens {
            rev: "ae10",
            slug: "add_x",
            create_date,
        };
        let check = |template: &str, expected: &str| {
            assert_eq!(render_file_name(template, &tokens).unwrap(), expected);
        };
        check("%(rev)s_%(slug)s", "ae10_add_x.py");
        check(
            "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d-%(rev)s_%(slug)s",
            "2026_03_04_0506-ae10_add_x.py",
        );
        check("%(year)d/%(epoch)s_%(second)02d", "2026/1772600767_07.py");
        assert!(render_file_name("%(revision)s", &tokens).is_err());
    }
}
