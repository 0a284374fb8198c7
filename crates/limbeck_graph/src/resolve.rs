//! From symbols to revisions.

use limbeck_diag::closest;

use crate::error::RevisionError;
use crate::map::RevisionMap;
use crate::reach::{Links, Marks};
use crate::revision::RevisionId;
use crate::symbol::{Target, parse_negative};

type Result<T> = std::result::Result<T, RevisionError>;

/// What a symbol stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A revision.
    Revision(RevisionId),
    /// Before the first revision, reached by walking down.
    Base,
    /// Beyond the end of the graph: a relative symbol walked too far.
    Beyond,
}

impl Place {
    /// The revision, if it is one.
    #[must_use]
    pub fn revision(self) -> Option<RevisionId> {
        match self {
            Place::Revision(id) => Some(id),
            Place::Base | Place::Beyond => None,
        }
    }
}

/// A symbol split into its parts, `head`, `heads` and `base` replaced by ids.
///
/// Partial ids and labels are left as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The ids, as far as they are known.
    pub ids: Vec<String>,
    /// The part before `@`.
    pub branch_label: Option<String>,
}

/// The revisions that share a line with some given ones.
pub(crate) struct Lineage {
    /// `None`: all of them.
    related: Option<Marks>,
}

impl Lineage {
    pub(crate) fn contains(&self, id: RevisionId) -> bool {
        self.related
            .as_ref()
            .is_none_or(|related| related.contains(id))
    }
}

impl RevisionMap {
    /// The revisions that `target` names, by Alembic's `get_revisions`: `base` gives none, `heads`
    /// the real heads, a prefix the one id or label that starts with it.
    ///
    /// # Errors
    ///
    /// What is not there, is ambiguous, or names several where one is meant.
    pub fn get_revisions(&self, target: &Target) -> Result<Vec<Place>> {
        match target {
            Target::None => Ok(Vec::new()),
            Target::One(symbol) => self.get_by_symbol(symbol),
            Target::Many(symbols) => {
                let mut places = Vec::with_capacity(symbols.len());
                for symbol in symbols {
                    places.extend(self.get_by_symbol(symbol)?);
                }
                Ok(places)
            }
        }
    }

    fn get_by_symbol(&self, symbol: &str) -> Result<Vec<Place>> {
        let Resolved { ids, branch_label } = self.resolve_symbol(symbol)?;
        if let [id] = ids.as_slice()
            && let Some(steps) = parse_negative(id)
        {
            // label@-n: down from the heads.
            let heads = self.get_by_symbol("heads")?;
            let mut places = Vec::with_capacity(heads.len());
            for head in heads.iter().filter_map(|place| place.revision()) {
                let labels = &self.data(head).branch_labels;
                if branch_label
                    .as_ref()
                    .is_none_or(|label| labels.contains(label))
                {
                    places.push(self.walk(Place::Revision(head), steps, None, true)?);
                }
            }
            return Ok(places);
        }
        let mut places = Vec::with_capacity(ids.len());
        for id in &ids {
            places.push(Place::Revision(
                self.revision_for_ident(id, branch_label.as_deref())?,
            ));
        }
        Ok(places)
    }

    /// The one revision that `target` names, or `None` for the base.
    ///
    /// # Errors
    ///
    /// What is not there, is ambiguous, or names several.
    pub fn get_revision(&self, target: &Target) -> Result<Option<RevisionId>> {
        let Resolved { ids, branch_label } = self.resolve(target)?;
        match ids.as_slice() {
            [] => match branch_label.as_deref() {
                // The label is looked up although nothing is checked against it.
                Some(label) if !label.is_empty() => self.resolve_branch(label).map(|_| None),
                _ => Ok(None),
            },
            [id] => self
                .revision_for_ident(id, branch_label.as_deref())
                .map(Some),
            _ => Err(RevisionError::MultipleHeads {
                heads: ids,
                argument: target.to_string(),
            }),
        }
    }

    /// Splits `target` and replaces `head`, `heads` and `base`, by Alembic's
    /// `_resolve_revision_number`. Several symbols are taken as plain ids.
    ///
    /// # Errors
    ///
    /// `head` with several heads; a branch that is not there.
    pub fn resolve(&self, target: &Target) -> Result<Resolved> {
        match target {
            Target::None => Ok(Resolved {
                ids: Vec::new(),
                branch_label: None,
            }),
            Target::One(symbol) => self.resolve_symbol(symbol),
            Target::Many(symbols) => Ok(Resolved {
                ids: symbols.clone(),
                branch_label: None,
            }),
        }
    }

    fn resolve_symbol(&self, symbol: &str) -> Result<Resolved> {
        let (branch_label, id) = match symbol.split_once('@') {
            Some((label, id)) => (Some(label), id),
            None => (None, symbol),
        };
        let named = branch_label.filter(|label| !label.is_empty());
        let ids = match (id, named) {
            ("heads", Some(label)) => {
                self.texts(&self.filter_for_lineage(&self.heads, label, false)?)
            }
            ("heads", None) => self.texts(&self.real_heads),
            ("head", _) => {
                let head = self.get_current_head(named)?;
                head.map(|head| self.text(head).to_owned())
                    .into_iter()
                    .collect()
            }
            ("base", _) => Vec::new(),
            _ => vec![id.to_owned()],
        };
        Ok(Resolved {
            ids,
            branch_label: branch_label.map(str::to_owned),
        })
    }

    /// The only head, or the only one that shares a line with `branch_label`; `None` without
    /// revisions.
    ///
    /// # Errors
    ///
    /// Several heads; a branch that is not there.
    pub fn get_current_head(&self, branch_label: Option<&str>) -> Result<Option<RevisionId>> {
        let filtered;
        let heads = match branch_label {
            Some(label) => {
                filtered = self.filter_for_lineage(&self.heads, label, false)?;
                filtered.as_slice()
            }
            None => self.heads.as_slice(),
        };
        match heads {
            [] => Ok(None),
            [head] => Ok(Some(*head)),
            _ => Err(RevisionError::MultipleHeads {
                heads: self.texts(heads),
                argument: branch_label.map_or("head".to_owned(), |label| format!("{label}@head")),
            }),
        }
    }

    /// The revision of an exact id or label, or of the one id or label that starts with `ident`;
    /// it must share a line with `check_branch` if that is given.
    pub(crate) fn revision_for_ident(
        &self,
        ident: &str,
        check_branch: Option<&str>,
    ) -> Result<RevisionId> {
        let check_branch = check_branch.filter(|label| !label.is_empty());
        let branch = check_branch
            .map(|label| self.resolve_branch(label))
            .transpose()?;
        let id = match self.names.get(ident) {
            Some(name) => name.id,
            None if ident.is_empty() => {
                return Err(RevisionError::unsupported(
                    "an empty text is not a revision",
                ));
            }
            None => self.revision_for_prefix(ident, check_branch)?,
        };
        if let (Some(branch), Some(label)) = (branch, check_branch)
            && !self.lineage_of(&[branch], false).contains(id)
        {
            return Err(RevisionError::Resolution {
                message: format!(
                    "Revision {} is not a member of branch '{label}'",
                    self.text(id)
                ),
                argument: ident.to_owned(),
                help: None,
            });
        }
        Ok(id)
    }

    fn revision_for_prefix(&self, prefix: &str, check_branch: Option<&str>) -> Result<RevisionId> {
        let mut matches: Vec<_> = self
            .names
            .range(prefix.to_owned()..)
            .take_while(|(name, _)| name.starts_with(prefix))
            .filter(|(name, _)| name.chars().count() > 3)
            .collect();
        matches.sort_by_key(|(_, name)| name.order);
        if let Some(label) = check_branch
            && !matches.is_empty()
        {
            let lineage = self.lineage(label, false)?;
            matches.retain(|(_, name)| lineage.contains(name.id));
        }
        match matches.as_slice() {
            [(_, name)] => Ok(name.id),
            [] => {
                let advice = if prefix.chars().count() < 4 {
                    "; please ensure at least four characters are present for partial revision \
                     identifier matches"
                } else {
                    ""
                };
                Err(RevisionError::Resolution {
                    message: format!("No such revision or branch '{prefix}'{advice}"),
                    argument: prefix.to_owned(),
                    help: self.did_you_mean(prefix),
                })
            }
            _ => {
                let quoted = |(name, _): &(&String, _)| format!("'{name}'");
                let first: Vec<String> = matches.iter().take(3).map(quoted).collect();
                Err(RevisionError::Resolution {
                    message: format!(
                        "Multiple revisions start with '{prefix}': {}...",
                        first.join(", ")
                    ),
                    argument: prefix.to_owned(),
                    help: Some("write more characters of the id".to_owned()),
                })
            }
        }
    }

    fn did_you_mean(&self, wanted: &str) -> Option<String> {
        let symbols = ["head", "heads", "base", "current"];
        let names = self.names.keys().map(String::as_str);
        let close = closest(wanted, names.chain(symbols))?;
        Some(format!("did you mean `{close}`?"))
    }

    /// The revision that carries the label, or whose id starts with it.
    pub(crate) fn resolve_branch(&self, branch_label: &str) -> Result<RevisionId> {
        if let Some(name) = self.names.get(branch_label) {
            return Ok(name.id);
        }
        self.revision_for_ident(branch_label, None)
            .map_err(|error| match error {
                RevisionError::Resolution { help, .. } => RevisionError::Resolution {
                    message: format!("No such branch: '{branch_label}'"),
                    argument: branch_label.to_owned(),
                    help,
                },
                other => other,
            })
    }

    /// Those of `targets` that share a line with what `check_against` names.
    ///
    /// # Errors
    ///
    /// `check_against` is not there; it is not looked up if there are no targets.
    pub(crate) fn filter_for_lineage(
        &self,
        targets: &[RevisionId],
        check_against: &str,
        include_dependencies: bool,
    ) -> Result<Vec<RevisionId>> {
        if targets.is_empty() {
            // `label@head` inside is resolved even so.
            self.resolve_symbol(check_against)?;
            return Ok(Vec::new());
        }
        let lineage = self.lineage(check_against, include_dependencies)?;
        Ok(targets
            .iter()
            .copied()
            .filter(|id| lineage.contains(*id))
            .collect())
    }

    /// The revisions that share a line with what `check_against` names; all if it names none.
    pub(crate) fn lineage(
        &self,
        check_against: &str,
        include_dependencies: bool,
    ) -> Result<Lineage> {
        let Resolved { ids, branch_label } = self.resolve_symbol(check_against)?;
        let shares: Vec<String> = branch_label
            .into_iter()
            .filter(|label| !label.is_empty())
            .chain(ids)
            .collect();
        if shares.is_empty() {
            return Ok(Lineage { related: None });
        }
        let mut against = Vec::with_capacity(shares.len());
        for share in &shares {
            against.push(self.revision_for_ident(share, None)?);
        }
        Ok(self.lineage_of(&against, include_dependencies))
    }

    fn lineage_of(&self, against: &[RevisionId], include_dependencies: bool) -> Lineage {
        let (up, down) = if include_dependencies {
            (Links::AllNext, Links::NormalizedDown)
        } else {
            (Links::Next, Links::Down)
        };
        let above = self.reach(against, up);
        let mut related = self.reach(against, down);
        for id in above.iter() {
            related.insert(id);
        }
        Lineage {
            related: Some(related),
        }
    }

    /// Looks an id up once more, as Alembic does with its own results: ids that are symbols
    /// (`head`, `base`, …) then mean the symbol.
    pub(crate) fn resolve_again(&self, id: RevisionId) -> Result<Vec<Place>> {
        match self.text(id) {
            symbol @ ("head" | "heads" | "base") => self.get_by_symbol(symbol),
            _ => Ok(vec![Place::Revision(id)]),
        }
    }

    /// The revisions in the table and all that are below them, as far as no other of them is
    /// above by `down_revision`: what `current` prints, in load order.
    ///
    /// # Errors
    ///
    /// A row that is not there.
    pub fn get_all_current(&self, rows: &Target) -> Result<Vec<RevisionId>> {
        let mut top = Vec::new();
        for place in self.get_revisions(rows)? {
            match place {
                Place::Revision(id) => top.push(id),
                Place::Base | Place::Beyond => {
                    return Err(RevisionError::unsupported(format!(
                        "'{rows}' is not a revision"
                    )));
                }
            }
        }
        let applied = self.reach(&top, Links::NormalizedDown);
        let mut below = Marks::new(self);
        for id in applied.iter() {
            let parents = &self.data(id).down;
            self.reach_into(&mut below, parents, Links::Down);
        }
        Ok(applied.iter().filter(|id| !below.contains(*id)).collect())
    }
}
