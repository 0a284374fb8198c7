//! How long a graph of so many revisions takes: `cargo run --release -p limbeck_graph --example scale 10000`.
#![expect(clippy::print_stdout, reason = "a measurement is for a person to read")]

use std::time::{Duration, Instant};

use limbeck_graph::{HeadMaintainer, RangeOptions, Revision, RevisionMap, Target};

fn main() -> limbeck_diag::Result<()> {
    let largest: usize = std::env::args()
        .nth(1)
        .and_then(|it| it.parse().ok())
        .unwrap_or(10_000);
    for count in [largest / 8, largest / 4, largest / 2, largest] {
        let id = |number: usize| format!("{number:012x}");
        // Two branches that are merged again and again, as a team's history is.
        let revision = |n: usize| match n % 3 {
            0 if n > 0 => Revision::new(id(n), [n - 2, n - 1].map(id)),
            1 => Revision::new(id(n), [id(n - 1)]),
            2 => Revision::new(id(n), [id(n - 2)]),
            _ => Revision::new(id(n), None::<String>),
        };
        let revisions: Vec<Revision> = (0..count).map(revision).collect();
        let (heads, base) = (Target::from("heads"), Target::from("base"));

        let (loaded, map) = time(|| RevisionMap::new(revisions));
        let map = map?;
        let options = RangeOptions {
            inclusive: true,
            ..RangeOptions::default()
        };
        let (listed, history) = time(|| map.iterate_revisions(&heads, &base, options));
        let history = history?;
        let (drawn, _) = time(|| map.render_lanes(&history, map.heads()));
        let (planned, steps) = time(|| map.upgrade_steps(&heads, &Target::None));
        let mut rows = HeadMaintainer::new(&map, Vec::<String>::new());
        let steps = steps?.steps;
        let (recorded, result) = time(|| {
            steps
                .iter()
                .try_for_each(|step| rows.update_to_step(step).map(drop))
        });
        result?;
        println!(
            "{count:>6} revisions: load {loaded:>7.2?}  history {listed:>7.2?}  lanes {drawn:>7.2?}  \
             upgrade plan {planned:>7.2?}  rows {recorded:>7.2?}"
        );
    }
    Ok(())
}

fn time<T>(run: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = run();
    (start.elapsed(), result)
}
