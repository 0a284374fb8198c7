//! The revisions of a project and everything that follows from their headers alone.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_diag::Result;

use crate::derive;
use crate::reach::Links;
use crate::revision::{Revision, RevisionId};

/// All revisions of a project, linked, checked, and with their derived attributes.
#[derive(Debug, Clone, Default)]
pub struct RevisionMap {
    pub(crate) nodes: Vec<NodeData>,
    /// Ids and branch labels, each with its place in Alembic's map (ids first, then labels).
    pub(crate) names: BTreeMap<String, Name>,
    pub(crate) heads: Vec<RevisionId>,
    pub(crate) real_heads: Vec<RevisionId>,
    pub(crate) bases: Vec<RevisionId>,
    pub(crate) real_bases: Vec<RevisionId>,
}

/// What an id or a branch label stands for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name {
    pub(crate) id: RevisionId,
    /// The place in Alembic's map.
    pub(crate) order: usize,
    /// True for a branch label.
    pub(crate) is_label: bool,
}

/// A revision with what was derived for it.
#[derive(Debug, Clone, Default)]
pub(crate) struct NodeData {
    pub(crate) revision: Revision,
    /// Parents by `down_revision`.
    pub(crate) down: Vec<RevisionId>,
    /// `depends_on` with labels resolved.
    pub(crate) resolved_deps: Vec<RevisionId>,
    /// `resolved_deps` without those an ancestor has already.
    pub(crate) normalized_deps: Vec<RevisionId>,
    /// `down` and `normalized_deps`, without repetition.
    pub(crate) normalized_down: Vec<RevisionId>,
    /// Children by `down_revision`, in load order.
    pub(crate) nextrev: Vec<RevisionId>,
    /// Children by `down_revision` or `depends_on`, in load order.
    pub(crate) all_nextrev: Vec<RevisionId>,
    /// Own and inherited branch labels.
    pub(crate) branch_labels: BTreeSet<String>,
    /// Length of the longest path down to a base: smaller than that of every descendant.
    pub(crate) generation: u32,
}

impl RevisionMap {
    /// Links and checks `revisions`, which stand in load order.
    ///
    /// # Errors
    ///
    /// `ErrorKind::Graph`, located where the header gave a place: a character that is not allowed,
    /// a duplicate id, a branch label that is taken, a parent or dependency that is not there, a
    /// cycle.
    pub fn new(revisions: Vec<Revision>) -> Result<RevisionMap> {
        derive::build(revisions)
    }

    /// How many revisions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// True if there is no revision.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// All revisions in load order.
    pub fn iter(&self) -> impl Iterator<Item = Node<'_>> {
        (0..).zip(&self.nodes).map(|(index, _)| Node {
            map: self,
            id: RevisionId(index),
        })
    }

    /// The revision `id`, which must come from this map.
    #[must_use]
    pub fn node(&self, id: RevisionId) -> Node<'_> {
        Node { map: self, id }
    }

    /// The revision whose id is exactly `revision`; no labels, no prefixes, no symbols.
    #[must_use]
    pub fn find(&self, revision: &str) -> Option<RevisionId> {
        self.names
            .get(revision)
            .filter(|name| !name.is_label)
            .map(|name| name.id)
    }

    /// Revisions without a child by `down_revision`, in load order.
    #[must_use]
    pub fn heads(&self) -> &[RevisionId] {
        &self.heads
    }

    /// Revisions without a child of any kind, in load order.
    #[must_use]
    pub fn real_heads(&self) -> &[RevisionId] {
        &self.real_heads
    }

    /// Revisions without a parent, in load order.
    #[must_use]
    pub fn bases(&self) -> &[RevisionId] {
        &self.bases
    }

    /// Revisions without a parent and without a dependency, in load order.
    #[must_use]
    pub fn real_bases(&self) -> &[RevisionId] {
        &self.real_bases
    }

    /// What has been run when the version table holds `rows`: these revisions, and everything they follow or depend on.
    /// A row that names no revision is passed over.
    #[must_use]
    pub fn applied<'r>(&self, rows: impl IntoIterator<Item = &'r str>) -> BTreeSet<RevisionId> {
        let rows: Vec<RevisionId> = rows.into_iter().filter_map(|row| self.find(row)).collect();
        self.reach(&rows, Links::NormalizedDown).iter().collect()
    }

    pub(crate) fn data(&self, id: RevisionId) -> &NodeData {
        #[expect(
            clippy::indexing_slicing,
            reason = "a RevisionId counts the nodes of its map"
        )]
        &self.nodes[id.index()]
    }

    pub(crate) fn text(&self, id: RevisionId) -> &str {
        &self.data(id).revision.revision
    }

    pub(crate) fn texts(&self, ids: &[RevisionId]) -> Vec<String> {
        ids.iter().map(|id| self.text(*id).to_owned()).collect()
    }
}

/// A revision in its map.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    map: &'a RevisionMap,
    id: RevisionId,
}

impl<'a> Node<'a> {
    /// Its place in the map.
    #[must_use]
    pub fn id(self) -> RevisionId {
        self.id
    }

    /// Its identifier.
    #[must_use]
    pub fn revision(self) -> &'a str {
        self.map.text(self.id)
    }

    /// Its header as it was read.
    #[must_use]
    pub fn header(self) -> &'a Revision {
        &self.data().revision
    }

    /// The parents by `down_revision`, in the order written.
    #[must_use]
    pub fn down_revisions(self) -> &'a [RevisionId] {
        &self.data().down
    }

    /// The dependencies as ids, in the order written.
    #[must_use]
    pub fn resolved_dependencies(self) -> &'a [RevisionId] {
        &self.data().resolved_deps
    }

    /// The dependencies that no ancestor by `down_revision` has already.
    #[must_use]
    pub fn normalized_dependencies(self) -> &'a [RevisionId] {
        &self.data().normalized_deps
    }

    /// Parents and normalized dependencies: what must be there before it runs.
    #[must_use]
    pub fn normalized_down_revisions(self) -> &'a [RevisionId] {
        &self.data().normalized_down
    }

    /// The dependencies as written (`Also depends on:`).
    #[must_use]
    pub fn dependencies(self) -> &'a [String] {
        &self.data().revision.depends_on
    }

    /// The children by `down_revision`, in load order.
    #[must_use]
    pub fn nextrev(self) -> &'a [RevisionId] {
        &self.data().nextrev
    }

    /// The children by `down_revision` or `depends_on`, in load order.
    #[must_use]
    pub fn all_nextrev(self) -> &'a [RevisionId] {
        &self.data().all_nextrev
    }

    /// Its own and its inherited branch labels, sorted.
    #[must_use]
    pub fn branch_labels(self) -> &'a BTreeSet<String> {
        &self.data().branch_labels
    }

    /// No child by `down_revision`.
    #[must_use]
    pub fn is_head(self) -> bool {
        self.data().nextrev.is_empty()
    }

    /// No child of any kind; a head that is not real is an *effective head* in listings.
    #[must_use]
    pub fn is_real_head(self) -> bool {
        self.data().all_nextrev.is_empty()
    }

    /// No parent.
    #[must_use]
    pub fn is_base(self) -> bool {
        self.data().down.is_empty()
    }

    /// No parent and no dependency.
    #[must_use]
    pub fn is_real_base(self) -> bool {
        self.is_base() && self.data().resolved_deps.is_empty()
    }

    /// More than one child by `down_revision`.
    #[must_use]
    pub fn is_branch_point(self) -> bool {
        self.data().nextrev.len() > 1
    }

    /// More than one parent.
    #[must_use]
    pub fn is_merge_point(self) -> bool {
        self.data().down.len() > 1
    }

    /// The texts of the parents joined by `, `, or `<base>`.
    #[must_use]
    pub fn format_down_revision(self) -> String {
        if self.is_base() {
            "<base>".to_owned()
        } else {
            self.header().down_revision.join(", ")
        }
    }

    fn data(self) -> &'a NodeData {
        self.map.data(self.id)
    }
}
