//! Any text as a database URL: read or refused, and its password never shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use limbeck_config::Url;

fuzz_target!(|text: &str| {
    if let Ok(url) = Url::parse(text) {
        let hidden = Url { password: None, ..url.clone() }.to_string();
        let shown = url.to_string();
        assert_eq!(shown.replacen(":***@", "@", 1), hidden.replacen(":***@", "@", 1));
        let _ = Url::parse(&url.render_with_password());
    }
});
