//! Of hits that overlap, one stays.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::hit::Hit;

/// Puts hits in order and keeps, of those that overlap, the surest, then the longest.
pub(crate) fn settle(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| (hit.span.start, Reverse(hit.span.end)));
    let overlap = |pair: &[Hit]| matches!(pair, [a, b] if a.span.end > b.span.start);
    if !hits.windows(2).any(overlap) {
        return hits;
    }
    let mut kept = Vec::with_capacity(hits.len());
    let (mut group, mut end) = (Vec::new(), 0);
    for hit in hits {
        if hit.span.start >= end {
            kept.append(&mut best(&mut group));
        }
        end = end.max(hit.span.end);
        group.push(hit);
    }
    kept.append(&mut best(&mut group));
    kept
}

/// Takes the best of hits that hang together, and then the best of what does not overlap it.
fn best(group: &mut Vec<Hit>) -> Vec<Hit> {
    let mut hits = std::mem::take(group);
    if hits.len() < 2 {
        return hits;
    }
    hits.sort_by_key(|hit| (Reverse(hit.score), Reverse(hit.span.len())));
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    hits.retain(|hit| {
        let before = taken.range(..hit.span.end).next_back();
        let free = before.is_none_or(|(_, end)| *end <= hit.span.start);
        if free {
            taken.insert(hit.span.start, hit.span.end);
        }
        free
    });
    hits.sort_by_key(|hit| hit.span.start);
    hits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::settle;
    use crate::Entity;
    use crate::hit::Hit;

    fn spans(hits: &[(usize, usize, u8)]) -> Vec<(usize, usize)> {
        let hit =
            |(start, length, score)| Hit::new(Entity::Secret, "x", start..start + length, score);
        settle(hits.iter().copied().map(hit).collect())
            .iter()
            .map(|hit| (hit.span.start, hit.span.end))
            .collect()
    }

    #[test]
    fn the_surest_stays_then_the_longest_and_what_it_does_not_touch() {
        type Case<'a> = (&'a [(usize, usize, u8)], &'a [(usize, usize)]);
        let cases: [Case<'_>; 5] = [
            (&[(0, 4, 50), (2, 4, 60)], &[(2, 6)]),
            (&[(0, 4, 50), (2, 9, 50)], &[(2, 11)]),
            (&[(0, 4, 50), (3, 4, 60), (6, 4, 70)], &[(0, 4), (6, 10)]),
            (&[(5, 2, 50), (0, 5, 60)], &[(0, 5), (5, 7)]),
            (&[(0, 4, 50), (0, 4, 50)], &[(0, 4)]),
        ];
        for (hits, kept) in cases {
            assert_eq!(spans(hits), kept, "{hits:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_left_is_in_order_and_disjoint_and_nothing_free_is_lost(hits in proptest::collection::vec((0..200_usize, 1..20_usize, 0..100_u8), 0..40)) {
            let kept = spans(&hits);
            prop_assert!(kept.windows(2).all(|pair| pair[0].1 <= pair[1].0));
            for (start, length, _) in hits {
                prop_assert!(kept.iter().any(|(from, to)| *from < start + length && start < *to));
            }
        }
    }
}
