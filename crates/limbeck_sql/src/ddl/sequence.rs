//! Sequences, and the options that they share with identity columns.

use limbeck_diag::Result;
use limbeck_schema::{Identity, Sequence};

use super::Writer;
use crate::dialect::Dialect;
use crate::types::render_type;

/// `INCREMENT BY 2 START WITH 5 …`
pub(crate) fn identity_options(writer: &Writer<'_>, options: &Identity) -> String {
    let dialect = writer.target.dialect;
    let oracle = dialect == Dialect::Oracle;
    let mut words = Vec::new();
    let mut number = |word: &str, value: Option<i128>| {
        words.extend(value.map(|value| format!("{word} {value}")));
    };
    number("INCREMENT BY", options.increment);
    number("START WITH", options.start);
    number("MINVALUE", options.minvalue);
    number("MAXVALUE", options.maxvalue);
    if options.nominvalue {
        words.push(if oracle { "NOMINVALUE" } else { "NO MINVALUE" }.to_owned());
    }
    if options.nomaxvalue {
        words.push(if oracle { "NOMAXVALUE" } else { "NO MAXVALUE" }.to_owned());
    }
    words.extend(options.cache.map(|cache| format!("CACHE {cache}")));
    words.extend(options.cycle.map(|cycle| {
        match (cycle, dialect) {
            (true, _) => "CYCLE",
            (false, Dialect::Oracle | Dialect::MySql | Dialect::MariaDb) => "NOCYCLE",
            (false, Dialect::Postgres | Dialect::Sqlite | Dialect::MsSql) => "NO CYCLE",
        }
        .to_owned()
    }));
    if oracle {
        words.extend(
            options
                .order
                .map(|order| if order { "ORDER" } else { "NOORDER" }.to_owned()),
        );
    }
    words.join(" ")
}

/// `CREATE SEQUENCE …`
pub(crate) fn create_sequence(
    writer: &Writer<'_>,
    sequence: &Sequence,
    if_not_exists: bool,
) -> Result<String> {
    let mut text = "CREATE SEQUENCE ".to_owned();
    if if_not_exists {
        text.push_str("IF NOT EXISTS ");
    }
    text.push_str(&writer.target.format_table(&sequence.name));
    if let (Some(type_), Dialect::Postgres | Dialect::MsSql) =
        (&sequence.data_type, writer.target.dialect)
    {
        text.push_str(&format!(" AS {}", render_type(type_, writer.target)?));
    }
    let options = identity_options(writer, &sequence.options);
    if !options.is_empty() {
        text.push_str(&format!(" {options}"));
    }
    Ok(text)
}

/// `DROP SEQUENCE …`
pub(crate) fn drop_sequence(writer: &Writer<'_>, sequence: &Sequence, if_exists: bool) -> String {
    let if_exists = if if_exists { "IF EXISTS " } else { "" };
    format!(
        "DROP SEQUENCE {if_exists}{}",
        writer.target.format_table(&sequence.name)
    )
}
