//! Reads every migration script below a folder and tallies the first thing that is not understood.
//!
//! `cargo run --example tally -- FOLDER`

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Instant;

use limbeck_python::{Inputs, Interp, Limits, NoSources, NullHost, Script, World, on_deep_stack};

fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            out.push(path);
        }
    }
}

fn main() {
    let mut files = Vec::new();
    for folder in std::env::args().skip(1) {
        collect(Path::new(&folder), &mut files);
    }
    let report = on_deep_stack(move || {
        let mut texts: Vec<(PathBuf, String)> = files
            .into_iter()
            .filter_map(|path| {
                let text = std::fs::read_to_string(&path).ok()?;
                let is_script = text.contains("down_revision") && text.contains("revision =")
                    || text.contains("down_revision:");
                is_script.then_some((path, text))
            })
            .collect();
        texts.sort();
        let start = Instant::now();
        let mut scripts = Vec::new();
        let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
        let mut headers = 0;
        for (path, text) in &texts {
            match Script::parse(path, text).and_then(|script| Ok((script.header()?, script))) {
                Ok((header, script)) => {
                    headers += usize::from(header.revision.is_some());
                    if let Some((name, _)) = header.computed.first() {
                        *reasons.entry(format!("computed {name}")).or_default() += 1;
                    }
                    scripts.push(script);
                }
                Err(error) => {
                    *reasons
                        .entry(format!("header: {}", error.diagnostic.message))
                        .or_default() += 1;
                }
            }
        }
        let read = start.elapsed();
        let inputs = Inputs {
            allow_nondeterminism: true,
            ..Inputs::default()
        };
        let world = World::new(Rc::new(NoSources), inputs, Limits::default());
        let start = Instant::now();
        let mut loaded = 0;
        let mut upgraded = 0;
        for script in &scripts {
            let mut host = NullHost;
            let mut ev = Interp::new(&world, &mut host);
            let module = match script.load(&mut ev) {
                Ok(module) => module,
                Err(error) => {
                    *reasons
                        .entry(format!("load: {}", error.diagnostic.message))
                        .or_default() += 1;
                    continue;
                }
            };
            loaded += 1;
            match Script::run_function(&mut ev, &module, "upgrade", limbeck_python::Args::none()) {
                Ok(_) => upgraded += 1,
                Err(error) => {
                    *reasons
                        .entry(format!("upgrade: {}", error.diagnostic.message))
                        .or_default() += 1;
                }
            }
        }
        let mut report = format!(
            "{} scripts, {headers} headers in {read:?}; {loaded} loaded, {upgraded} upgraded in {:?}\n",
            texts.len(),
            start.elapsed()
        );
        let mut sorted: Vec<(String, usize)> = reasons.into_iter().collect();
        sorted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        for (reason, count) in sorted.into_iter().take(60) {
            report.push_str(&format!("{count:5} {reason}\n"));
        }
        report
    });
    let _ = std::io::stdout().write_all(report.as_bytes());
}
