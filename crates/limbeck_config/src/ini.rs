//! `alembic.ini`, by the rules of Python's `configparser.ConfigParser`.
//!
//! That is: `=` or `:` between key and value, keys in lower case, `#` and `;` comments on lines of
//! their own only, indented lines continue a value, `[DEFAULT]` shines through everywhere, a
//! section or key given twice is an error, and `%(key)s` is replaced when a value is asked for.

use indexmap::IndexMap;
use limbeck_diag::{Diagnostic, Error, ErrorKind, Location, Result, SourceFile, Span};

use crate::interpolation;
use crate::origin::{Origin, Setting};
use crate::python_text::{is_space, repr, strip};

/// The name of the section that shines through.
pub(crate) const DEFAULT_SECTION: &str = "DEFAULT";

/// Values that the program puts into `[DEFAULT]` before the file is read, such as `here`.
pub type ProgramDefaults = IndexMap<String, String>;

type Section = IndexMap<String, IniValue>;

/// A value as it is written, before interpolation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IniValue {
    /// The text with its lines joined, `%` untouched.
    pub raw: String,
    /// Where it comes from; a file origin covers the value.
    pub origin: Origin,
    /// Where the key is written.
    pub key_location: Option<Location>,
}

/// A file in `configparser` format.
#[derive(Debug, Clone, Default)]
pub struct Ini {
    sections: IndexMap<String, Section>,
    headers: IndexMap<String, Location>,
    defaults: Section,
}

impl Ini {
    /// A file without sections.
    #[must_use]
    pub fn new(defaults: ProgramDefaults) -> Ini {
        let from_program = |(key, raw): (String, String)| {
            (
                key.to_lowercase(),
                IniValue {
                    raw,
                    origin: Origin::Program,
                    key_location: None,
                },
            )
        };
        Ini {
            defaults: defaults.into_iter().map(from_program).collect(),
            ..Ini::default()
        }
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Config`, located, with configparser's text: a key before any section, a line
    /// that is neither header nor assignment, a section or key given twice.
    pub fn parse(file: &SourceFile, defaults: ProgramDefaults) -> Result<Ini> {
        let mut ini = Ini::new(defaults);
        Reader::new(file).read(&mut ini)?;
        Ok(ini)
    }

    /// The names of the sections, without `DEFAULT`.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.keys().map(String::as_str)
    }

    /// True if the section is there; `DEFAULT` does not count.
    #[must_use]
    pub fn has_section(&self, section: &str) -> bool {
        self.sections.contains_key(section)
    }

    /// Where the header of the section is written.
    #[must_use]
    pub fn section_location(&self, section: &str) -> Option<&Location> {
        self.headers.get(section)
    }

    /// Adds a section unless it is there.
    pub fn add_section(&mut self, section: &str) {
        if section != DEFAULT_SECTION {
            self.sections.entry(section.to_owned()).or_default();
        }
    }

    /// True if the section is there and has the key, itself or from `[DEFAULT]`.
    #[must_use]
    pub fn has_option(&self, section: &str, option: &str) -> bool {
        self.raw(section, option).is_some()
    }

    /// The value before interpolation.
    #[must_use]
    pub fn raw(&self, section: &str, option: &str) -> Option<&IniValue> {
        let option = option.to_lowercase();
        if section.is_empty() || section == DEFAULT_SECTION {
            return self.defaults.get(&option);
        }
        let section = self.sections.get(section)?;
        section.get(&option).or_else(|| self.defaults.get(&option))
    }

    /// The keys that are in force in a section: its own and those of `[DEFAULT]`.
    #[must_use]
    pub fn option_names(&self, section: &str) -> Vec<String> {
        let own = self
            .sections
            .get(section)
            .into_iter()
            .flat_map(Section::keys);
        let inherited = self.defaults.keys().filter(|key| {
            self.sections
                .get(section)
                .is_none_or(|own| !own.contains_key(*key))
        });
        own.chain(inherited).cloned().collect()
    }

    /// The value, or `None` if the section or the key is not there.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Config` if the interpolation fails, with configparser's text.
    pub fn get(&self, section: &str, option: &str) -> Result<Option<Setting<String>>> {
        let Some(value) = self.raw(section, option) else {
            return Ok(None);
        };
        let text = interpolation::interpolate(self, section, &option.to_lowercase(), value)?;
        Ok(Some(Setting::new(text, value.origin.clone())))
    }

    /// All keys of a section with their values, those of `[DEFAULT]` first; `None` if there is no
    /// such section.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Config` if the interpolation of any of them fails.
    pub fn items(&self, section: &str) -> Result<Option<IndexMap<String, Setting<String>>>> {
        let Some(own) = self.sections.get(section) else {
            return Ok(None);
        };
        let mut values: IndexMap<&String, &IniValue> = self.defaults.iter().collect();
        values.extend(own);
        let mut items = IndexMap::with_capacity(values.len());
        for (option, value) in values {
            let text = interpolation::interpolate(self, section, option, value)?;
            items.insert(option.clone(), Setting::new(text, value.origin.clone()));
        }
        Ok(Some(items))
    }

    /// Sets a value, adding the section if need be.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Config` if the value has a `%` that is not part of `%%` or `%(key)s`.
    pub fn set(&mut self, section: &str, option: &str, raw: &str, origin: Origin) -> Result<()> {
        interpolation::check(raw, &origin)?;
        let value = IniValue {
            raw: raw.to_owned(),
            origin,
            key_location: None,
        };
        let section = if section.is_empty() || section == DEFAULT_SECTION {
            &mut self.defaults
        } else {
            self.sections.entry(section.to_owned()).or_default()
        };
        section.insert(option.to_lowercase(), value);
        Ok(())
    }

    /// Takes a value of the section itself out; false if it had none.
    pub fn remove_option(&mut self, section: &str, option: &str) -> bool {
        let section = if section.is_empty() || section == DEFAULT_SECTION {
            Some(&mut self.defaults)
        } else {
            self.sections.get_mut(section)
        };
        section.is_some_and(|section| section.shift_remove(&option.to_lowercase()).is_some())
    }
}

/// A line with its place in the text.
struct Line<'a> {
    text: &'a str,
    start: usize,
}

/// The value that is being read.
struct Open {
    lines: Vec<String>,
    start: usize,
    end: usize,
    key: (usize, usize),
}

struct Reader<'a> {
    file: &'a SourceFile,
    /// The section being filled; `None` before the first header.
    section: Option<String>,
    /// The key being filled, with its value so far.
    option: Option<(String, Open)>,
    indent: usize,
    bad_lines: Vec<(usize, String, Location)>,
}

impl<'a> Reader<'a> {
    fn new(file: &'a SourceFile) -> Reader<'a> {
        Reader {
            file,
            section: None,
            option: None,
            indent: 0,
            bad_lines: Vec::new(),
        }
    }

    fn location(&self, start: usize, end: usize) -> Location {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Location::new(self.file.clone(), Span::new(offset(start), offset(end)))
    }

    fn read(mut self, ini: &mut Ini) -> Result<()> {
        for (number, line) in (1..).zip(lines(self.file.text())) {
            self.read_line(ini, number, &line)?;
        }
        self.close(ini);
        let Some((_, _, first)) = self.bad_lines.first() else {
            return Ok(());
        };
        let mut message = format!("Source contains parsing errors: {}", repr(self.file.name()));
        for (number, line, _) in &self.bad_lines {
            message.push_str(&format!("\n\t[line {number:2}]: {}", repr(line)));
        }
        let diagnostic = Diagnostic::error("ini-syntax", message)
            .at(first.clone(), "neither a `[section]` nor `key = value`")
            .help("indent the line if it continues the value above");
        Err(Error::new(ErrorKind::Config, diagnostic))
    }

    fn read_line(&mut self, ini: &mut Ini, number: usize, line: &Line<'_>) -> Result<()> {
        let value = strip(line.text);
        if value.starts_with(['#', ';']) {
            return Ok(());
        }
        if value.is_empty() {
            // An empty line may be inside a value; if it is at its end it is cut off again.
            if let Some((_, open)) = &mut self.option {
                open.lines.push(String::new());
            }
            return Ok(());
        }
        let indent = line
            .text
            .chars()
            .take_while(|character| is_space(*character))
            .count();
        let value_start =
            line.start + (line.text.len() - line.text.trim_start_matches(is_space).len());
        let value_end = value_start + value.len();
        if let Some((_, open)) = &mut self.option
            && indent > self.indent
        {
            open.lines.push(value.to_owned());
            open.end = value_end;
            return Ok(());
        }
        self.indent = indent;
        if let Some(header) = parse_header(value) {
            return self.open_section(ini, number, header, (value_start, value_end));
        }
        if self.section.is_none() {
            let name = repr(self.file.name());
            let message = format!(
                "File contains no section headers.\nfile: {name}, line: {number}\n{}",
                repr(&format!("{}\n", line.text))
            );
            let mut diagnostic = Diagnostic::error("ini-no-section", message).at(
                self.location(value_start, value_end),
                "before the first `[section]`",
            );
            if line.text.starts_with('\u{feff}') {
                diagnostic = diagnostic.help("save the file without a byte order mark");
            }
            return Err(Error::new(ErrorKind::Config, diagnostic));
        }
        match value.find(['=', ':']) {
            Some(at) => self.open_option(ini, number, line, (value_start, value_end), at),
            None => {
                let location = self.location(value_start, value_end);
                self.bad_lines
                    .push((number, format!("{}\n", line.text), location));
                Ok(())
            }
        }
    }

    fn open_section(
        &mut self,
        ini: &mut Ini,
        number: usize,
        header: &str,
        (start, end): (usize, usize),
    ) -> Result<()> {
        self.close(ini);
        let location = self.location(start, end);
        if header != DEFAULT_SECTION {
            if let Some(first) = ini.headers.get(header) {
                let message = format!(
                    "While reading from {} [line {number:2}]: section {} already exists",
                    repr(self.file.name()),
                    repr(header)
                );
                let diagnostic = Diagnostic::error("ini-duplicate-section", message)
                    .at(location, "the second time")
                    .at(first.clone(), "the first time");
                return Err(Error::new(ErrorKind::Config, diagnostic));
            }
            ini.headers.insert(header.to_owned(), location);
            ini.add_section(header);
        }
        self.section = Some(header.to_owned());
        Ok(())
    }

    fn open_option(
        &mut self,
        ini: &mut Ini,
        number: usize,
        line: &Line<'_>,
        (start, end): (usize, usize),
        delimiter: usize,
    ) -> Result<()> {
        self.close(ini);
        let text = self.file.text();
        let key = text
            .get(start..start + delimiter)
            .unwrap_or_default()
            .trim_end_matches(is_space);
        let written = text.get(start + delimiter + 1..end).unwrap_or_default();
        let value = strip(written);
        let value_start = end - written.trim_start_matches(is_space).len();
        let key_span = (start, start + key.len());
        if key.is_empty() {
            let location = self.location(start, end);
            self.bad_lines
                .push((number, format!("{}\n", line.text), location));
        }
        let option = key.to_lowercase();
        let section = self.section.clone().unwrap_or_default();
        let taken = if section == DEFAULT_SECTION {
            ini.defaults.get(&option)
        } else {
            ini.sections.get(&section).and_then(|it| it.get(&option))
        };
        if let Some(first) = taken.and_then(|it| it.key_location.clone()) {
            let message = format!(
                "While reading from {} [line {number:2}]: option {} in section {} already exists",
                repr(self.file.name()),
                repr(&option),
                repr(&section)
            );
            let diagnostic = Diagnostic::error("ini-duplicate-option", message)
                .at(self.location(key_span.0, key_span.1), "the second time")
                .at(first, "the first time");
            return Err(Error::new(ErrorKind::Config, diagnostic));
        }
        let open = Open {
            lines: vec![value.to_owned()],
            start: value_start,
            end,
            key: key_span,
        };
        self.option = Some((option, open));
        Ok(())
    }

    /// Puts the value that was being read into its section.
    fn close(&mut self, ini: &mut Ini) {
        let (Some((option, open)), Some(section)) = (self.option.take(), &self.section) else {
            return;
        };
        let value = IniValue {
            raw: open.lines.join("\n").trim_end_matches(is_space).to_owned(),
            origin: Origin::File(self.location(open.start, open.end)),
            key_location: Some(self.location(open.key.0, open.key.1)),
        };
        if section == DEFAULT_SECTION {
            ini.defaults.insert(option, value);
        } else if let Some(section) = ini.sections.get_mut(section) {
            section.insert(option, value);
        }
    }
}

fn parse_header(value: &str) -> Option<&str> {
    let header = value.strip_prefix('[')?;
    let end = header.rfind(']')?;
    header.get(..end).filter(|header| !header.is_empty())
}

/// The lines of a text without their ends: `\n`, `\r\n` or `\r`, as Python reads text files.
fn lines(text: &str) -> Vec<Line<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let end = match rest.get(length..length + 2) {
            Some("\r\n") => 2,
            _ => usize::from(length < rest.len()),
        };
        found.push(Line {
            text: rest.get(..length).unwrap_or_default(),
            start,
        });
        start += length + end;
    }
    found
}
