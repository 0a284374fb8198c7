//! What holds for any text: nothing panics, and what is rendered reads back the same.

use limbeck_config::{
    AlembicConfig, ConfigSources, Ini, Logging, ProgramDefaults, Record, Url, parse_dotenv,
    render_slug, split_shell,
};
use limbeck_diag::SourceFile;
use proptest::prelude::*;

/// Lines made of the characters and words that mean something, and some that mean nothing.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("\n"),
        Just("\r\n"),
        Just("["),
        Just("]"),
        Just("="),
        Just(":"),
        Just("%"),
        Just("%("),
        Just(")s"),
        Just("%%"),
        Just("#"),
        Just(";"),
        Just(" "),
        Just("\t"),
        Just("'"),
        Just("\""),
        Just("\\"),
        Just("$"),
        Just("${"),
        Just("}"),
        Just("{"),
        Just("@"),
        Just("/"),
        Just("//"),
        Just("://"),
        Just("?"),
        Just("&"),
        Just("+"),
        Just(","),
        Just("[alembic]\n"),
        Just("[DEFAULT]\n"),
        Just("[loggers]\n"),
        Just("keys = root\n"),
        Just("[tool.alembic]\n"),
        Just("export "),
        Just("a"),
        Just("b"),
        Just("é"),
        Just("\u{feff}"),
        Just("\u{2028}"),
        Just("🎉"),
        Just("0"),
        Just("5432"),
        Just("-"),
        Just("."),
    ];
    proptest::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in text()) {
        let file = SourceFile::new("alembic.ini", text.as_str());
        if let Ok(ini) = Ini::parse(&file, ProgramDefaults::new()) {
            for section in ini.sections() {
                for option in ini.option_names(section) {
                    prop_assert!(ini.has_option(section, &option));
                    let _ = ini.get(section, &option);
                }
                let _ = ini.items(section);
            }
            if let Ok(logging) = Logging::parse(&ini) {
                let _ = logging.render(&Record {
                    logger: "alembic.x", level: 30, level_name: "WARNING", message: &text, asctime: &text,
                });
            }
        }
        let sources = ConfigSources {
            ini: Some(file),
            toml: Some(SourceFile::new("pyproject.toml", text.as_str())),
            section: "alembic".to_owned(),
            ..ConfigSources::default()
        };
        if let Ok(config) = AlembicConfig::read(&sources) {
            let _ = config.script_location();
            let _ = config.version_locations();
            let _ = config.post_write_hooks();
        }
        let _ = parse_dotenv(&SourceFile::new(".env", text.as_str()), |_| None);
        let _ = split_shell(&text);
    }

    #[test]
    fn a_url_reads_back(text in text(), driver in "[a-z]{1,5}") {
        if let Ok(url) = Url::parse(&format!("{driver}://{text}")) {
            // What SQLAlchemy writes without quoting may read as something else; then it is another URL.
            let plain = |it: &Option<String>| it.as_deref().is_none_or(|it| !it.contains(['@', '?', ']', '[', ':', '#', '\n']));
            if plain(&url.host) && plain(&url.database) && url.password.as_deref() != Some("") && url.query.iter().all(|(_, it)| it.iter().all(|it| !it.is_empty())) {
                let mut sorted = url.clone();
                sorted.query.sort_by(|left, right| left.0.cmp(&right.0));
                prop_assert_eq!(Url::parse(&url.render_with_password()).ok(), Some(sorted));
            }
        }
    }

    #[test]
    fn a_password_is_never_shown(password in "[A-Z]{6,20}", user in "[a-z@]{0,3}", rest in "[a-z/?=&:]{0,8}") {
        if let Ok(url) = Url::parse(&format!("postgresql://{user}:{password}@host/{rest}")) {
            prop_assert!(!url.to_string().contains(&password), "{}", url);
            let debug = format!("{url:?}");
            prop_assert!(!debug.contains(&password), "{}", debug);
        }
    }

    #[test]
    fn a_slug_has_words_only(message in "\\PC{0,80}", limit in -50i64..80) {
        let slug = render_slug(&message, limit);
        prop_assert!(!slug.contains([' ', '/', '-', '.']), "{}", slug);
    }
}
