//! From a distance in standard deviations to a score.

/// From here on nothing is learned at full weight: what may be an attack must not become the usual quickly.
pub(crate) const SUSPECT: f64 = 3.5;
/// The distance that is worth a score of 80.
pub(crate) const ALARMING: f64 = 5.0;
/// What is within what was seen before is at most this far away.
pub(crate) const SEEN_BEFORE: f64 = SUSPECT;
/// How much of one sample is learned of what is suspect.
pub(crate) const DOUBTED: f64 = 0.1;

/// Corners of the line between distances and scores.
const CORNERS: [(f64, f64); 4] = [(1.5, 0.0), (SUSPECT, 50.0), (ALARMING, 80.0), (8.0, 100.0)];

/// Turns a distance into a score from 0 to 100; one that is no number is 0.
pub(crate) fn score(distance: f64) -> u8 {
    let mut below = (f64::NEG_INFINITY, 0.0);
    for corner in CORNERS {
        if distance < corner.0 {
            let share = (distance - below.0) / (corner.0 - below.0);
            return rounded(if share.is_finite() {
                below.1 + share * (corner.1 - below.1)
            } else {
                0.0
            });
        }
        below = corner;
    }
    if distance.is_nan() { 0 } else { 100 }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is between 0 and 100"
)]
fn rounded(score: f64) -> u8 {
    score.clamp(0.0, 100.0).round() as u8
}

/// The signed root of the deviance of a Poisson count: how far `count` lies above what was expected, in standard
/// deviations (`McCullagh` and Nelder, Generalized Linear Models, §2.4). 0 where it does not lie above.
pub(crate) fn above_expected(count: f64, expected: f64) -> f64 {
    if expected <= 0.0 || count <= expected {
        return 0.0;
    }
    (2.0 * (count * (count / expected).ln() - (count - expected))).max(0.0).sqrt()
}

/// The signed root of the deviance of a binomial share: how far `count` of `of` lies above the share `usual`.
pub(crate) fn above_share(count: f64, of: f64, usual: f64) -> f64 {
    let share = if of > 0.0 { (count / of).min(1.0) } else { 0.0 };
    if share <= usual || usual <= 0.0 || usual >= 1.0 {
        return 0.0;
    }
    let rest = if share < 1.0 { (1.0 - share) * ((1.0 - share) / (1.0 - usual)).ln() } else { 0.0 };
    (2.0 * of * (share * (share / usual).ln() + rest)).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_grows_with_the_distance() {
        let at = |distance| score(distance);
        assert_eq!([at(-3.0), at(0.0), at(1.5), at(2.5), at(3.5)], [0, 0, 0, 25, 50]);
        assert_eq!([at(5.0), at(6.5), at(8.0), at(1e300)], [80, 90, 100, 100]);
        assert_eq!([at(f64::NAN), at(f64::INFINITY), at(f64::NEG_INFINITY)], [0, 100, 0]);
    }

    #[test]
    fn deviance_is_zero_where_nothing_is_above() {
        assert_eq!(above_expected(3.0, 3.0), 0.0);
        assert_eq!(above_expected(0.0, 3.0), 0.0);
        assert_eq!(above_share(1.0, 10.0, 0.1), 0.0);
        assert_eq!(above_share(0.0, 0.0, 0.1), 0.0);
        assert!(above_share(5.0, 5.0, 0.05) > ALARMING);
        assert!(above_expected(12.0, 4.0) > 2.5);
    }
}
