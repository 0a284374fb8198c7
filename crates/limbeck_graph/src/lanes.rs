//! The graph drawn in text: a column, or *lane*, for each line of revisions that is open.

use crate::map::RevisionMap;
use crate::reach::Marks;
use crate::revision::RevisionId;

/// One row of the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneRow {
    /// The drawing, without blanks at its end: `| *`.
    pub lanes: String,
    /// The drawing for further lines of text below the row and before the next one.
    pub below: String,
    /// The revision that the row is for; `None` for a row that only leads lanes together or apart.
    pub revision: Option<RevisionId>,
}

/// With so many lanes open, no more are opened for dependencies: nobody could follow them, and a project
/// with one at every revision would fill the screen.
const WIDE: usize = 24;

/// What a lane leads down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lane {
    next: RevisionId,
    /// False while only a dependency leads there.
    is_solid: bool,
}

struct Drawing<'a> {
    map: &'a RevisionMap,
    /// Free lanes keep their place, so that no other lane moves.
    lanes: Vec<Option<Lane>>,
    rows: Vec<LaneRow>,
}

impl RevisionMap {
    /// Draws `revisions`, which stand children before parents, as
    /// [`iterate_revisions`](RevisionMap::iterate_revisions) gives them.
    ///
    /// `*` is a revision and `@` one of `current`. `|` leads to a parent, `:` to a dependency. `\` and
    /// `/`, and over other lanes `-.` and `-'`, are where lanes part and meet; `+` is where one leads
    /// into a lane that goes on. Dependencies are not drawn where the drawing is too wide for them.
    #[must_use]
    pub fn render_lanes(&self, revisions: &[RevisionId], current: &[RevisionId]) -> Vec<LaneRow> {
        let mut listed = Marks::new(self);
        for id in revisions {
            listed.insert(*id);
        }
        let mut marked = Marks::new(self);
        for id in current {
            marked.insert(*id);
        }
        let mut drawing = Drawing {
            map: self,
            lanes: Vec::new(),
            rows: Vec::new(),
        };
        for id in revisions {
            let mark = if marked.contains(*id) { '@' } else { '*' };
            let lane = drawing.arrive(*id);
            let leads_on = self
                .data(*id)
                .normalized_down
                .iter()
                .any(|it| listed.contains(*it));
            drawing.draw_revision(lane, *id, mark, leads_on);
            drawing.leave(lane, *id, &listed);
        }
        drawing.rows
    }
}

impl Drawing<'_> {
    /// Leads all lanes to `id` together and gives the one it stands in.
    fn arrive(&mut self, id: RevisionId) -> usize {
        let leads_here = |lane: &Option<Lane>| lane.is_some_and(|lane| lane.next == id);
        let Some(lane) = self.lanes.iter().position(leads_here) else {
            return self.open(
                0,
                Lane {
                    next: id,
                    is_solid: true,
                },
            );
        };
        for other in (lane + 1..self.lanes.len()).rev() {
            if self.lanes.get(other).is_some_and(leads_here) {
                self.clear(other);
                self.draw_link((lane, other), ('/', '-', '\''));
            }
        }
        lane
    }

    /// Opens lanes from `id`, which stands in `lane`, to its parents and dependencies.
    fn leave(&mut self, lane: usize, id: RevisionId, listed: &Marks) {
        let node = self.map.data(id);
        let is_listed = |it: &&RevisionId| listed.contains(**it);
        let below = node
            .normalized_down
            .iter()
            .filter(is_listed)
            .map(|next| Lane {
                next: *next,
                is_solid: node.down.contains(next),
            });
        let is_narrow = self.lanes.len() < WIDE;
        let mut below = below.filter(|it| it.is_solid || is_narrow);
        self.clear(lane);
        let Some(first) = below.next() else { return };
        self.put(lane, first);
        for next in below {
            let leads_there = |it: &Option<Lane>| it.is_some_and(|it| it.next == next.next);
            match self.lanes.iter().position(leads_there) {
                Some(other) => {
                    let is_solid = self.lanes.get(other).copied().flatten();
                    let is_solid = next.is_solid || is_solid.is_some_and(|it| it.is_solid);
                    let dash = if next.is_solid { '-' } else { '.' };
                    self.draw_link((lane, other), (dash, dash, '+'));
                    self.put(other, Lane { is_solid, ..next });
                }
                None => {
                    let before = self.lanes.clone();
                    let other = self.open(lane + 1, next);
                    let after = std::mem::replace(&mut self.lanes, before);
                    self.draw_link((lane, other), ('\\', '-', '.'));
                    self.lanes = after;
                }
            }
        }
    }

    /// Takes the first free lane from `from` on.
    fn open(&mut self, from: usize, lane: Lane) -> usize {
        let free = self.lanes.iter().skip(from).position(Option::is_none);
        let at = free.map_or(self.lanes.len().max(from), |it| it + from);
        self.put(at, lane);
        at
    }

    fn put(&mut self, at: usize, lane: Lane) {
        if at >= self.lanes.len() {
            self.lanes.resize(at + 1, None);
        }
        if let Some(slot) = self.lanes.get_mut(at) {
            *slot = Some(lane);
        }
    }

    fn clear(&mut self, at: usize) {
        if let Some(slot) = self.lanes.get_mut(at) {
            *slot = None;
        }
        while self.lanes.last().is_some_and(Option::is_none) {
            self.lanes.pop();
        }
    }

    /// Every lane at twice its number, blanks between.
    fn row(&self, width: usize) -> Vec<char> {
        let mut row = vec![' '; self.lanes.len().max(width) * 2];
        for (cell, lane) in row.iter_mut().step_by(2).zip(&self.lanes) {
            *cell = match lane {
                None => ' ',
                Some(lane) if lane.is_solid => '|',
                Some(_) => ':',
            };
        }
        row
    }

    fn draw_revision(&mut self, lane: usize, id: RevisionId, mark: char, leads_on: bool) {
        let mut row = self.row(lane + 1);
        let mut draw = |mark: char| {
            if let Some(cell) = row.get_mut(lane * 2) {
                *cell = mark;
            }
            text(&row)
        };
        let lanes = draw(mark);
        let below = draw(if leads_on { '|' } else { ' ' });
        self.rows.push(LaneRow {
            lanes,
            below,
            revision: Some(id),
        });
    }

    /// A row that leads from one lane to another: with `near` between them if they are neighbours and
    /// the other is not to be marked, else with dashes over the lanes between to `far`.
    fn draw_link(&mut self, (lane, other): (usize, usize), (near, dash, far): (char, char, char)) {
        let mut row = self.row(lane.max(other) + 1);
        let (from, to) = (lane.min(other) * 2 + 1, lane.max(other) * 2);
        let is_near = other == lane + 1;
        for cell in row
            .iter_mut()
            .take(to)
            .skip(from)
            .filter(|cell| **cell == ' ')
        {
            *cell = if is_near { near } else { dash };
        }
        if (!is_near || far == '+')
            && let Some(cell) = row.get_mut(other * 2)
        {
            *cell = far;
        }
        self.rows.push(LaneRow {
            lanes: text(&row),
            below: text(&self.row(0)),
            revision: None,
        });
    }
}

fn text(row: &[char]) -> String {
    row.iter().collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use crate::{RangeOptions, Revision, RevisionMap, Target};

    /// Revisions are written `id < parents : dependencies`, current ones after `@`.
    #[track_caller]
    fn check(revisions: &str, current: &str, expected: &[&str]) {
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let header = |line: &str| {
            let (links, depends_on) = line.split_once(':').unwrap_or((line, ""));
            let (id, down) = links.split_once('<').unwrap_or((links, ""));
            Revision {
                depends_on: words(depends_on),
                ..Revision::new(id.trim(), words(down))
            }
        };
        let lines = revisions.split(',').filter(|it| !it.is_empty());
        let map = RevisionMap::new(lines.map(header).collect()).unwrap();
        let options = RangeOptions {
            inclusive: true,
            ..RangeOptions::default()
        };
        let all = map.iterate_revisions(&Target::from("heads"), &Target::from("base"), options);
        let current: Vec<_> = words(current)
            .iter()
            .filter_map(|id| map.find(id))
            .collect();
        let rows = map.render_lanes(&all.unwrap(), &current);
        let drawn: Vec<String> = rows
            .iter()
            .map(|row| match row.revision {
                Some(id) => format!("{} {}", row.lanes, map.node(id).revision()),
                None => row.lanes.clone(),
            })
            .collect();
        assert_eq!(drawn, expected, "{}", drawn.join("\n"));
    }

    #[test]
    fn one_line() {
        check("a, b < a, c < b", "b", &["* c", "@ b", "* a"]);
        check("", "", &[]);
    }

    #[test]
    fn branches_meet_at_their_parent() {
        check("a, b < a, c < a", "b c", &["@ b", "| @ c", "|/", "* a"]);
        check(
            "a, b < a, c < a, d < a",
            "",
            &["* b", "| * c", "| | * d", "|-|-'", "|/", "* a"],
        );
    }

    #[test]
    fn a_merge_opens_lanes() {
        check(
            "a, b < a, c < a, m < b c, n < m",
            "m",
            &["* n", "@ m", "|\\", "* | b", "| * c", "|/", "* a"],
        );
        check(
            "a, b < a, c < a, d < a, m < b c d",
            "",
            &[
                "* m", "|\\", "|-|-.", "* | | b", "| * | c", "| | * d", "|-|-'", "|/", "* a",
            ],
        );
    }

    #[test]
    fn bases_stand_beside_each_other() {
        check("a, b < a, x, y < x", "", &["* b", "* a", "* y", "* x"]);
    }

    #[test]
    fn a_merge_after_a_merge() {
        check(
            "a, b < a, c < a, m < b c, d < a, n < m d",
            "",
            &[
                "* n", "|\\", "* | m", "|-|-.", "* | | b", "| * | d", "| | * c", "|-|-'", "|/",
                "* a",
            ],
        );
    }

    #[test]
    fn a_dependency_is_dotted() {
        check("a, b < a, c : b", "", &["* c", "* b", "* a"]);
        check("a, x, y < x : a", "", &["* y", "|\\", "* : x", "  * a"]);
        check(
            "a, b < a, x, y < x : a",
            "",
            &["* b", "| * y", "+.|", "| * x", "* a"],
        );
    }
}
