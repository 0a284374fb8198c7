//! What holds for any graph: an upgrade runs every revision once and parents first, a downgrade undoes
//! it, and the version table follows.
#![expect(clippy::unwrap_used, reason = "a step that fails fails the test")]

use std::collections::BTreeSet;

use limbeck_graph::{HeadMaintainer, RangeOptions, Revision, RevisionMap, Step, Target};
use proptest::prelude::*;

/// Graphs of up to 14 revisions whose parents and dependencies stand before them, then shuffled.
fn graphs() -> impl Strategy<Value = Vec<Revision>> {
    let links = (
        any::<prop::sample::Index>(),
        0usize..10,
        any::<prop::sample::Index>(),
        0usize..10,
    );
    (proptest::collection::vec(links, 1..14)).prop_flat_map(|links| {
        let id = |n: usize| format!("rev{n:02}");
        let revision = |(n, (first, parents, second, deps)): (
            usize,
            (prop::sample::Index, usize, prop::sample::Index, usize),
        )| {
            if n == 0 {
                return Revision::new(id(0), None::<String>);
            }
            let (first, second) = (first.index(n), second.index(n));
            let down: Vec<String> = match parents {
                0 => Vec::new(),
                1 if first != second => vec![id(first), id(second)],
                _ => vec![id(first)],
            };
            let depends_on = if deps == 0 && !down.contains(&id(second)) {
                vec![id(second)]
            } else {
                Vec::new()
            };
            Revision {
                depends_on,
                ..Revision::new(id(n), down)
            }
        };
        let revisions: Vec<Revision> = links.into_iter().enumerate().map(revision).collect();
        Just(revisions).prop_shuffle()
    })
}

fn run(rows: &mut HeadMaintainer<'_>, steps: &[Step]) {
    for step in steps {
        rows.update_to_step(step).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn up_and_down_again(revisions in graphs()) {
        let map = RevisionMap::new(revisions).unwrap();
        let heads = Target::from("heads");
        let mut rows = HeadMaintainer::new(&map, Vec::<String>::new());

        let up = map.upgrade_steps(&heads, &Target::None).unwrap().steps;
        let mut done = BTreeSet::new();
        for step in &up {
            let id = step.revision().unwrap();
            for below in map.node(id).normalized_down_revisions() {
                prop_assert!(done.contains(below), "a parent comes after its child");
            }
            prop_assert!(done.insert(id), "a revision runs twice");
        }
        prop_assert_eq!(done.len(), map.len());
        run(&mut rows, &up);
        let real_heads: BTreeSet<String> =
            map.real_heads().iter().map(|id| map.node(*id).revision().to_owned()).collect();
        prop_assert_eq!(rows.heads(), &real_heads);

        let state = Target::many(rows.heads().iter().cloned());
        prop_assert!(map.upgrade_steps(&heads, &state).unwrap().steps.is_empty());
        let down = map.downgrade_steps(&Target::from("base"), &state).unwrap().steps;
        prop_assert_eq!(down.len(), map.len());
        run(&mut rows, &down);
        prop_assert!(rows.heads().is_empty());
    }

    #[test]
    fn an_upgrade_may_stop_anywhere(revisions in graphs(), stop in any::<prop::sample::Index>()) {
        let map = RevisionMap::new(revisions).unwrap();
        let heads = Target::from("heads");
        let all = map.upgrade_steps(&heads, &Target::None).unwrap().steps;
        let mut rows = HeadMaintainer::new(&map, Vec::<String>::new());
        let (before, _) = all.split_at(stop.index(all.len()));
        run(&mut rows, before);
        let state = Target::many(rows.heads().iter().cloned());
        let after = map.upgrade_steps(&heads, &state).unwrap().steps;
        prop_assert_eq!(before.len() + after.len(), all.len());
    }

    #[test]
    fn every_revision_is_drawn_once(revisions in graphs()) {
        let map = RevisionMap::new(revisions).unwrap();
        let options = RangeOptions { inclusive: true, ..RangeOptions::default() };
        let listed = map.iterate_revisions(&Target::from("heads"), &Target::from("base"), options).unwrap();
        let rows = map.render_lanes(&listed, &[]);
        let drawn: Vec<_> = rows.iter().filter_map(|row| row.revision).collect();
        prop_assert_eq!(&drawn, &listed);
        for row in &rows {
            prop_assert_eq!(row.lanes.matches('*').count(), usize::from(row.revision.is_some()));
        }
    }

    #[test]
    fn any_symbol_is_found_or_refused(revisions in graphs(), symbol in "(rev0|rev01|head|heads|base|current|[@+:-]|[0-9]|é| ){0,5}", rows in 0usize..3) {
        let map = RevisionMap::new(revisions).unwrap();
        let target = Target::from(symbol.as_str());
        let state = Target::many(map.real_heads().iter().take(rows).map(|id| map.node(*id).revision()));
        let _ = map.get_revisions(&target);
        let _ = map.get_revision(&target);
        let _ = map.upgrade_steps(&target, &state);
        let _ = map.downgrade_steps(&target, &state);
        let _ = map.stamp_steps(&target, &state);
        let _ = map.iterate_revisions(&target, &Target::from("base"), RangeOptions::default());
    }
}
