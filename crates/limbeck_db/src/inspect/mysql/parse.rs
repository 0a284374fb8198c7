//! `SHOW CREATE TABLE`, line by line.

use fancy_regex::{Captures, Regex};

use crate::inspect::text::{find, find_all, group, pattern};

/// A table taken apart.
#[derive(Debug, Default)]
pub(super) struct ParsedTable {
    pub(super) columns: Vec<ParsedColumn>,
    pub(super) keys: Vec<ParsedKey>,
    pub(super) foreign_keys: Vec<ParsedForeignKey>,
    /// Name and condition.
    pub(super) checks: Vec<(String, String)>,
    /// Options with the dialect's prefix, in the order SQLAlchemy has them.
    pub(super) options: Vec<(String, String)>,
}

#[derive(Debug, Default)]
pub(super) struct ParsedColumn {
    pub(super) name: String,
    /// Lower or upper case, as shown.
    pub(super) type_name: String,
    /// What stands in the parentheses after the type.
    pub(super) argument: Option<String>,
    pub(super) unsigned: bool,
    pub(super) zerofill: bool,
    pub(super) charset: Option<String>,
    pub(super) collation: Option<String>,
    pub(super) not_null: bool,
    pub(super) default: Option<String>,
    pub(super) generated: Option<String>,
    pub(super) persistence: Option<String>,
    pub(super) autoincrement: bool,
    pub(super) comment: Option<String>,
}

#[derive(Debug)]
pub(super) struct ParsedKey {
    /// `PRIMARY`, `UNIQUE`, `FULLTEXT`, `SPATIAL` or none.
    pub(super) kind: Option<String>,
    pub(super) name: Option<String>,
    pub(super) columns: Vec<KeyColumn>,
    pub(super) parser: Option<String>,
}

#[derive(Debug)]
pub(super) struct KeyColumn {
    pub(super) name: String,
    pub(super) length: Option<u64>,
}

#[derive(Debug)]
pub(super) struct ParsedForeignKey {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) referred_schema: Option<String>,
    pub(super) referred_table: String,
    pub(super) referred_columns: Vec<String>,
    pub(super) onupdate: Option<String>,
    pub(super) ondelete: Option<String>,
}

/// The patterns for one way of quoting names.
pub(super) struct Parser {
    quote: char,
    dialect: String,
    column: Regex,
    loose_column: Regex,
    key: Regex,
    key_column: Regex,
    foreign_key: Regex,
    check: Regex,
    name: Regex,
}

const ACTIONS: &str = "RESTRICT|CASCADE|SET NULL|NO ACTION|SET DEFAULT";

impl Parser {
    /// `ansi_quotes`: names stand in double quotes. `dialect` is the prefix of options.
    pub(super) fn new(ansi_quotes: bool, dialect: &str) -> Parser {
        let quote = if ansi_quotes { '"' } else { '`' };
        let q = quote;
        let name = format!("{q}(?P<name>(?:{q}{q}|[^{q}])+){q}");
        let column = [
            &format!("(?i)^  {name} +"),
            r"(?P<coltype>\w+)",
            r"(?:\((?P<arg>(?:\d+|\d+,\d+|(?:'(?:''|[^'])*',?)+))\))?",
            r"(?: +(?P<unsigned>UNSIGNED))?",
            r"(?: +(?P<zerofill>ZEROFILL))?",
            r"(?: +CHARACTER SET +(?P<charset>[\w_]+))?",
            r"(?: +COLLATE +(?P<collate>[\w_]+))?",
            r"(?: +(?P<notnull>(?:NOT )?NULL))?",
            r"(?: +DEFAULT +(?P<default>(?:NULL|'(?:''|[^'])*'|\(.+?\)|[\-\w\.\(\)]+",
            r"(?: +ON UPDATE [\-\w\.\(\)]+)?)))?",
            r"(?: +(?:GENERATED ALWAYS)? ?AS +(?P<generated>\(.*\))? ?",
            r"(?P<persistence>VIRTUAL|STORED)?(?: +(?P<notnull_generated>(?:NOT )?NULL))?)?",
            r"(?: +(?P<autoincr>AUTO_INCREMENT))?",
            r"(?: +COMMENT +'(?P<comment>(?:''|[^'])*)')?",
            r"(?: +COLUMN_FORMAT +(?P<colfmt>\w+))?",
            r"(?: +STORAGE +(?P<storage>\w+))?",
            r"(?: +(?P<extra>.*))?,?$",
        ]
        .concat();
        let loose_column = format!(
            r"(?i)^  {name} +(?P<coltype>\w+)(?:\((?P<arg>(?:\d+|\d+,\d+|'(?:''|[^'])+'))\))?.*?(?P<notnull>(?:NOT )NULL)?"
        );
        let key = [
            r"(?i)^  (?:(?P<type>\S+) )?KEY",
            &format!("(?: +{name})?"),
            r"(?: +USING +(?P<using_pre>\S+))?",
            r" +\((?P<columns>.+?)\)",
            r"(?: +USING +(?P<using_post>\S+))?",
            r"(?: +KEY_BLOCK_SIZE *[ =]? *(?P<keyblock>\S+))?",
            r"(?: +WITH PARSER +(?P<parser>\S+))?",
            r"(?: +COMMENT +(?P<comment>(''|'([^'])*?')+))?",
            r"(?: +/\*(?P<version_sql>.+)\*/ *)?,?$",
        ]
        .concat();
        let key_column = format!(
            r"(?i)(?:(?:{q}((?:{q}{q}|[^{q}])+){q})(?:\((\d+)\))?(?: +(ASC|DESC))?(?=,|$))+"
        );
        let foreign_key = [
            &format!(
                r"(?i)^  CONSTRAINT +{name} +FOREIGN KEY +\((?P<local>[^\)]+?)\) REFERENCES +"
            ),
            &format!(r"(?P<table>{q}[^{q}]+{q}(?:\.{q}[^{q}]+{q})?) +"),
            &format!(r"\((?P<foreign>(?:{q}[^{q}]+{q}(?: *, *)?)+)\)"),
            r"(?: +(?P<match>MATCH \w+))?",
            &format!(r"(?: +ON DELETE (?P<ondelete>{ACTIONS}))?"),
            &format!(r"(?: +ON UPDATE (?P<onupdate>{ACTIONS}))?"),
        ]
        .concat();
        Parser {
            quote,
            dialect: dialect.to_owned(),
            column: pattern(&column),
            loose_column: pattern(&loose_column),
            key: pattern(&key),
            key_column: pattern(&key_column),
            foreign_key: pattern(&foreign_key),
            check: pattern(&format!(
                r"(?i)^  CONSTRAINT +{name} +CHECK +\((?P<sqltext>.+)\),?"
            )),
            name: pattern(&format!("{q}((?:{q}{q}|[^{q}])+){q}")),
        }
    }

    /// Takes a table apart; what is not understood becomes a warning in SQLAlchemy's words.
    pub(super) fn parse(&self, show_create: &str, warnings: &mut Vec<String>) -> ParsedTable {
        let mut table = ParsedTable::default();
        let column_start = format!("  {}", self.quote);
        for line in show_create.split('\n') {
            let line = line.strip_suffix('\r').unwrap_or(line);
            if line.starts_with(&column_start) {
                table.columns.extend(self.parse_column(line, warnings));
            } else if line.starts_with(") ") {
                self.parse_options(line, &mut table);
            } else if line == ")" || line.is_empty() || line.starts_with("CREATE ") {
            } else if line.contains("PARTITION") {
                self.parse_partition(line, &mut table);
            } else if !self.parse_constraint(line, &mut table) {
                warnings.push(format!("Unknown schema content: '{line}'"));
            }
        }
        table
    }

    fn unquote(&self, name: &str) -> String {
        let quote = self.quote.to_string();
        name.replace(&quote.repeat(2), &quote)
    }

    fn parse_column(&self, line: &str, warnings: &mut Vec<String>) -> Option<ParsedColumn> {
        let (it, full) = match find(&self.column, line) {
            Some(it) => (it, true),
            None => match find(&self.loose_column, line) {
                Some(it) => (it, false),
                None => {
                    warnings.push(format!("Unknown column definition '{line}'"));
                    return None;
                }
            },
        };
        if !full {
            warnings.push(format!(
                "Incomplete reflection of column definition '{line}'"
            ));
        }
        let get = |name: &str| named(&it, name).map(str::to_owned);
        let is_not_null =
            |name: &str| named(&it, name).is_some_and(|it| it.eq_ignore_ascii_case("NOT NULL"));
        Some(ParsedColumn {
            name: self.unquote(named(&it, "name").unwrap_or_default()),
            type_name: get("coltype").unwrap_or_default(),
            argument: get("arg").filter(|it| !it.is_empty()),
            unsigned: get("unsigned").is_some(),
            zerofill: get("zerofill").is_some(),
            charset: get("charset"),
            collation: get("collate"),
            not_null: is_not_null("notnull") || is_not_null("notnull_generated"),
            default: get("default"),
            generated: get("generated"),
            persistence: get("persistence"),
            autoincrement: get("autoincr").is_some(),
            comment: get("comment").map(|it| clean(&it)),
        })
    }

    fn parse_constraint(&self, line: &str, table: &mut ParsedTable) -> bool {
        if let Some(it) = find(&self.key, line) {
            let in_version = named(&it, "version_sql").and_then(|sql| {
                find(&pattern(r"(?i)!\d+ +WITH PARSER +(?P<parser>\S+) *"), sql)
                    .and_then(|it| named(&it, "parser").map(str::to_owned))
            });
            let parser = in_version.or_else(|| named(&it, "parser").map(str::to_owned));
            table.keys.push(ParsedKey {
                kind: named(&it, "type").map(str::to_uppercase),
                name: named(&it, "name").map(|name| self.unquote(name)),
                columns: self.parse_key_columns(named(&it, "columns").unwrap_or_default()),
                parser: parser.map(|it| it.trim_matches(self.quote).to_owned()),
            });
            return true;
        }
        if let Some(it) = find(&self.foreign_key, line) {
            let mut place = self.parse_names(named(&it, "table").unwrap_or_default());
            let only_names = |list: &str| {
                let columns = self.parse_key_columns(list).into_iter();
                columns.map(|it| it.name).collect()
            };
            let get = |name: &str| named(&it, name).map(str::to_owned);
            table.foreign_keys.push(ParsedForeignKey {
                name: self.unquote(named(&it, "name").unwrap_or_default()),
                columns: only_names(named(&it, "local").unwrap_or_default()),
                referred_table: place.pop().unwrap_or_default(),
                referred_schema: place.pop(),
                referred_columns: only_names(named(&it, "foreign").unwrap_or_default()),
                onupdate: get("onupdate"),
                ondelete: get("ondelete"),
            });
            return true;
        }
        if let Some(it) = find(&self.check, line) {
            table.checks.push((
                self.unquote(named(&it, "name").unwrap_or_default()),
                named(&it, "sqltext").unwrap_or_default().to_owned(),
            ));
            return true;
        }
        false
    }

    /// `` `a`,`b`(32),`c` DESC ``
    fn parse_key_columns(&self, list: &str) -> Vec<KeyColumn> {
        find_all(&self.key_column, list)
            .iter()
            .map(|it| KeyColumn {
                // SQLAlchemy leaves doubled quotes here; a column of that name could not be found again.
                name: self.unquote(group(it, 1).unwrap_or_default()),
                length: group(it, 2).and_then(|it| it.parse().ok()),
            })
            .collect()
    }

    fn parse_names(&self, text: &str) -> Vec<String> {
        find_all(&self.name, text)
            .iter()
            .filter_map(|it| group(it, 1).map(|name| self.unquote(name)))
            .collect()
    }

    /// The last line: `) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 …`.
    fn parse_options(&self, line: &str, table: &mut ParsedTable) {
        let mut rest = line.to_owned();
        for (directive, value, is_string) in OPTIONS {
            let equals = r"(?:\s*(?:=\s*)|\s+)";
            let option = pattern(&format!("(?i)(?P<directive>{directive}){equals}{value}"));
            let Some(it) = find(&option, &rest) else {
                continue;
            };
            let text = named(&it, "val").unwrap_or_default();
            let text = if *is_string {
                clean(text)
            } else {
                text.to_owned()
            };
            let key = directive.to_lowercase();
            rest = option.replace_all(&rest, "").into_owned();
            if !matches!(
                key.as_str(),
                "auto_increment" | "data directory" | "index directory"
            ) {
                table
                    .options
                    .push((format!("{}_{key}", self.dialect), text));
            }
        }
    }

    /// `PARTITION BY …` and the list of partitions.
    fn parse_partition(&self, line: &str, table: &mut ParsedTable) {
        let trimmed = line.trim_start_matches(['(', ' ']);
        let equals = r"(?:\s*(?:=\s*)|\s+)";
        let kinds = [
            (
                "PARTITION BY",
                format!(r"(?<!\S)PARTITION BY{equals}(?P<val>\w+.*)"),
            ),
            (
                "SUBPARTITION BY",
                format!(r"(?<!\S)SUBPARTITION BY{equals}(?P<val>\w+.*)"),
            ),
            (
                "PARTITIONS",
                format!(r"(?<!\S)PARTITIONS{equals}(?P<val>\d+)"),
            ),
            (
                "SUBPARTITIONS",
                format!(r"(?<!\S)SUBPARTITIONS{equals}(?P<val>\d+)"),
            ),
            ("PARTITION", r"(?<!\S)PARTITION(?!\S)".to_owned()),
            ("SUBPARTITION", r"(?<!\S)SUBPARTITION(?!\S)".to_owned()),
        ];
        let Some((directive, it)) = kinds.iter().find_map(|(name, text)| {
            Some((*name, find(&pattern(&format!("(?i){text}")), trimmed)?))
        }) else {
            return;
        };
        let (key, value) = if matches!(directive, "PARTITION" | "SUBPARTITION") {
            let mut text = trimmed.replace(") */", "").replace(',', "");
            let is_sub = directive == "SUBPARTITION";
            if is_sub && text.ends_with(')') {
                text.pop();
            }
            let is_last = ["MAXVALUE", "MINVALUE", "ENGINE"]
                .iter()
                .any(|it| text.contains(it));
            if self.dialect == "mariadb" && text.ends_with(')') && is_last {
                text.pop();
            }
            (
                format!("{}_{}_definitions", self.dialect, directive.to_lowercase()),
                text,
            )
        } else {
            let value = named(&it, "val").unwrap_or_default().to_owned();
            let name = directive.to_lowercase().replace(' ', "_");
            (format!("{}_{name}", self.dialect), value)
        };
        let is_definitions = key.ends_with("_definitions");
        match table.options.iter_mut().find(|(it, _)| *it == key) {
            Some((_, text)) if is_definitions => *text = format!("{text}, {value}"),
            Some((_, text)) => *text = value,
            None => table.options.push((key, value)),
        }
    }
}

const STRING: &str = r"'(?P<val>(?:[^']|'')*?)'(?!')";
const WORD: &str = r"(?P<val>\w+)";

/// Name, form of the value, and whether that is a string; strings first, so that their content is gone.
const OPTIONS: &[(&str, &str, bool)] = &[
    ("COMMENT", STRING, true),
    ("DATA DIRECTORY", STRING, true),
    ("INDEX DIRECTORY", STRING, true),
    ("PASSWORD", STRING, true),
    ("CONNECTION", STRING, true),
    ("ENGINE", WORD, false),
    ("TYPE", WORD, false),
    ("AUTO_INCREMENT", WORD, false),
    ("AVG_ROW_LENGTH", WORD, false),
    ("CHARACTER SET", WORD, false),
    ("DEFAULT CHARSET", WORD, false),
    ("CHECKSUM", WORD, false),
    ("COLLATE", WORD, false),
    ("DELAY_KEY_WRITE", WORD, false),
    ("INSERT_METHOD", WORD, false),
    ("MAX_ROWS", WORD, false),
    ("MIN_ROWS", WORD, false),
    ("PACK_KEYS", WORD, false),
    ("ROW_FORMAT", WORD, false),
    ("KEY_BLOCK_SIZE", WORD, false),
    ("STATS_SAMPLE_PAGES", WORD, false),
    ("UNION", r"(?P<val>\([^\)]+\))", false),
    ("TABLESPACE", r"(?P<val>.*? STORAGE DISK)", false),
];

fn named<'t>(it: &Captures<'t>, name: &str) -> Option<&'t str> {
    it.name(name).map(|it| it.as_str())
}

/// The text of a string as the server shows it.
fn clean(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw.chars().peekable();
    while let Some(next) = rest.next() {
        let escaped = match (next, rest.peek()) {
            ('\\', Some('\\')) => Some('\\'),
            ('\\', Some('0')) => Some('\0'),
            ('\\', Some('a')) => Some('\u{7}'),
            ('\\', Some('b')) => Some('\u{8}'),
            ('\\', Some('t')) => Some('\t'),
            ('\\', Some('n')) => Some('\n'),
            ('\\', Some('v')) => Some('\u{b}'),
            ('\\', Some('f')) => Some('\u{c}'),
            ('\\', Some('r')) => Some('\r'),
            _ => None,
        };
        if let Some(escaped) = escaped {
            rest.next();
            text.push(escaped);
        } else {
            text.push(next);
        }
    }
    text.replace("''", "'")
}
