//! The order of columns in a rebuilt table: `insert_before`, `insert_after`, `partial_reordering`.

use limbeck_diag::Result;

use crate::ddl::python_error;

/// Collects where new columns are put, and orders all of them at the end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ordering {
    /// Columns of the old table that are still there.
    existing: Vec<String>,
    partial: Vec<Vec<String>>,
    pairs: Vec<(String, String)>,
}

impl Ordering {
    pub(crate) fn new(existing: Vec<String>, partial: Vec<Vec<String>>) -> Ordering {
        Ordering {
            existing,
            partial,
            pairs: Vec::new(),
        }
    }

    /// A column goes away.
    pub(crate) fn remove(&mut self, name: &str) {
        self.existing.retain(|column| column != name);
    }

    /// A column comes, before or after another if it says so, else at the end.
    ///
    /// # Errors
    /// The other column is not there.
    pub(crate) fn add(
        &mut self,
        name: &str,
        before: Option<&str>,
        after: Option<&str>,
    ) -> Result<()> {
        let mut before = before.map(str::to_owned);
        let mut after = after.map(str::to_owned);
        let place = |wanted: &str| self.existing.iter().position(|column| column == wanted);
        let missing = |wanted: &str| python_error(format!("no column '{wanted}' in the table"));
        if self.partial.is_empty() {
            if let (Some(other), None) = (&after, &before) {
                before = match place(other) {
                    Some(at) => self.existing.get(at + 1).cloned(),
                    None => Some(
                        self.pairs
                            .iter()
                            .rev()
                            .find(|(first, _)| first == other)
                            .map(|(_, second)| second.clone())
                            .ok_or_else(|| missing(other))?,
                    ),
                };
            }
            if let (Some(other), None) = (&before, &after) {
                after = match place(other) {
                    Some(at) => at
                        .checked_sub(1)
                        .and_then(|at| self.existing.get(at).cloned()),
                    None => Some(
                        self.pairs
                            .iter()
                            .rev()
                            .find(|(_, second)| second == other)
                            .map(|(first, _)| first.clone())
                            .ok_or_else(|| missing(other))?,
                    ),
                };
            }
        }
        let free = before.is_none() && after.is_none();
        if let Some(before) = before {
            self.pairs.push((name.to_owned(), before));
        }
        if let Some(after) = after {
            self.pairs.push((after, name.to_owned()));
        }
        if free
            && self.partial.is_empty()
            && let Some(last) = self.existing.last()
        {
            self.pairs.push((last.clone(), name.to_owned()));
        }
        Ok(())
    }

    /// All columns (`columns` as they stand: the old ones, then the new ones) in their final order.
    ///
    /// # Errors
    /// The wishes contradict each other.
    pub(crate) fn sort(&self, columns: &[String]) -> Result<Vec<String>> {
        if self.partial.is_empty() && self.pairs.is_empty() {
            return Ok(columns.to_vec());
        }
        let mut pairs = self.pairs.clone();
        if self.partial.is_empty() {
            pairs.extend(
                self.existing
                    .iter()
                    .skip(1)
                    .zip(columns)
                    .map(|(second, first)| (first.clone(), second.clone())),
            );
        }
        for chain in &self.partial {
            pairs.extend(chain.iter().cloned().zip(chain.iter().skip(1).cloned()));
        }
        pairs.retain(|(first, second)| first != second);
        let mut left: Vec<String> = columns.to_vec();
        let mut out = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let (ready, waiting): (Vec<String>, Vec<String>) =
                left.iter().cloned().partition(|column| {
                    !pairs
                        .iter()
                        .any(|(first, second)| second == column && left.contains(first))
                });
            if ready.is_empty() {
                return Err(python_error("Circular dependency detected."));
            }
            out.extend(ready);
            left = waiting;
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(added: &[(&str, Option<&str>, Option<&str>)], partial: &[&[&str]], expected: &[&str]) {
        let owned = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        let mut columns = owned(&["a", "b", "c"]);
        let partial = partial.iter().map(|chain| owned(chain)).collect();
        let mut ordering = Ordering::new(columns.clone(), partial);
        for (name, before, after) in added {
            ordering.add(name, *before, *after).unwrap();
            columns.push((*name).to_owned());
        }
        assert_eq!(ordering.sort(&columns).unwrap(), expected);
    }

    #[test]
    fn columns_stand_where_they_are_put() {
        check(&[("x", None, None)], &[], &["a", "b", "c", "x"]);
        check(&[("x", None, Some("a"))], &[], &["a", "x", "b", "c"]);
        check(&[("x", Some("a"), None)], &[], &["x", "a", "b", "c"]);
        check(
            &[("x", None, Some("a")), ("y", None, Some("x"))],
            &[],
            &["a", "x", "y", "b", "c"],
        );
        check(&[], &[&["c", "a", "b"]], &["c", "a", "b"]);
    }
}
