//! Any bytes as `alembic.ini` and as `pyproject.toml`: read or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use limbeck_config::{AlembicConfig, ConfigSources, Logging};
use limbeck_diag::SourceFile;

fuzz_target!(|text: &str| {
    let sources = ConfigSources {
        ini: Some(SourceFile::new("alembic.ini", text)),
        toml: Some(SourceFile::new("pyproject.toml", text)),
        section: "alembic".to_owned(),
        ..ConfigSources::default()
    };
    let both = AlembicConfig::read(&sources);
    let ini = AlembicConfig::read(&ConfigSources { toml: None, ..sources.clone() });
    let toml = AlembicConfig::read(&ConfigSources { ini: None, ..sources });
    for config in [both, ini, toml].into_iter().flatten() {
        for section in config.ini().sections() {
            let _ = config.get_section(section);
        }
        let _ = config.script_location();
        let _ = config.version_locations();
        let _ = config.prepend_sys_path();
        let _ = config.post_write_hooks();
        let _ = config.file_template();
        let _ = config.truncate_slug_length();
        let _ = config.revision_environment();
        let _ = Logging::parse(config.ini());
    }
});
