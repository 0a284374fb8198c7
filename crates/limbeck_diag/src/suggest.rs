//! "Did you mean": the nearest of the known words.

/// The candidate closest to `word` by edit distance, if it is close enough to be a likely typo.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (edit_distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance > 0 && *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (left_index, left_char) in left.chars().enumerate() {
        let mut diagonal = left_index;
        let mut left_cell = left_index + 1;
        for (cell, right_char) in row.iter_mut().skip(1).zip(&right) {
            let substituted = diagonal + usize::from(left_char != *right_char);
            diagonal = *cell;
            *cell = substituted.min(diagonal + 1).min(left_cell + 1);
            left_cell = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = left_index + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_corrected_and_a_stranger_is_not() {
        assert_eq!(closest("upgrad", ["upgrade", "downgrade"]), Some("upgrade"));
        assert_eq!(closest("haed", ["head", "heads"]), None);
        assert_eq!(closest("ae10f3", ["ae10e3", "b33f00"]), Some("ae10e3"));
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("", "abc"), 3);
    }
}
