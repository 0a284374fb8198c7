//! Any headers, `id < parents : dependencies = labels` a line, and any symbol in the last line: answered
//! or refused, never a panic and never endless.
#![no_main]

use libfuzzer_sys::fuzz_target;
use limbeck_graph::{HeadMaintainer, RangeOptions, Revision, RevisionMap, Target};

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn header(line: &str) -> Revision {
    let (line, labels) = line.split_once('=').unwrap_or((line, ""));
    let (line, depends_on) = line.split_once(':').unwrap_or((line, ""));
    let (id, down) = line.split_once('<').unwrap_or((line, ""));
    Revision {
        depends_on: words(depends_on),
        branch_labels: words(labels),
        ..Revision::new(id.trim(), words(down))
    }
}

fuzz_target!(|text: &str| {
    let (headers, symbol) = text.rsplit_once('\n').unwrap_or((text, "head"));
    let Ok(map) = RevisionMap::new(headers.lines().map(header).collect()) else { return };
    let target = Target::from(symbol);
    let state = Target::many(map.real_heads().iter().map(|id| map.node(*id).revision()));
    for rows in [Target::None, state] {
        for steps in [map.upgrade_steps(&target, &rows), map.downgrade_steps(&target, &rows), map.stamp_steps(&target, &rows)] {
            let Ok(steps) = steps else { continue };
            let mut maintainer = HeadMaintainer::new(&map, rows.symbols().to_vec());
            for step in &steps.steps {
                if maintainer.update_to_step(step).is_err() {
                    break;
                }
            }
        }
    }
    if let Ok(listed) = map.iterate_revisions(&Target::from("heads"), &Target::from("base"), RangeOptions::default()) {
        let _ = map.render_lanes(&listed, map.heads());
    }
});
