//! How long things take, counted by size: an observation is two additions, and waits for nobody.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::{MetricType, TypedMetric};

const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000 * MICROSECOND;
const SECOND: u64 = 1_000 * MILLISECOND;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// What the sizes are, and how finely they are summed up.
#[derive(Debug)]
pub(super) struct Scale {
    /// Upper bounds, each included, in nanoseconds.
    bounds: &'static [u64],
    /// In nanoseconds.
    tick: u64,
}

/// 10 µs to 1 s; the sum lasts for 500 years.
pub(super) static OF_AN_ACTION: Scale = Scale {
    bounds: &[
        10 * MICROSECOND,
        25 * MICROSECOND,
        50 * MICROSECOND,
        100 * MICROSECOND,
        250 * MICROSECOND,
        500 * MICROSECOND,
        MILLISECOND,
        2_500 * MICROSECOND,
        5 * MILLISECOND,
        10 * MILLISECOND,
        25 * MILLISECOND,
        50 * MILLISECOND,
        100 * MILLISECOND,
        250 * MILLISECOND,
        500 * MILLISECOND,
        SECOND,
    ],
    tick: 1,
};

/// 1 s to a day.
pub(super) static OF_A_PERSON: Scale = Scale {
    bounds: &[
        SECOND,
        5 * SECOND,
        15 * SECOND,
        30 * SECOND,
        MINUTE,
        2 * MINUTE,
        5 * MINUTE,
        10 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
        HOUR,
        2 * HOUR,
        4 * HOUR,
        8 * HOUR,
        24 * HOUR,
    ],
    tick: MILLISECOND,
};

/// A histogram of durations.
#[derive(Clone)]
pub(super) struct Durations(Arc<Counts>);

struct Counts {
    scale: &'static Scale,
    /// One for each bound, and one for what is beyond all.
    buckets: Box<[AtomicU64]>,
    /// In ticks.
    sum: AtomicU64,
}

impl Durations {
    pub(super) fn new(scale: &'static Scale) -> Self {
        let buckets = (0..=scale.bounds.len()).map(|_| AtomicU64::default()).collect();
        Self(Arc::new(Counts { scale, buckets, sum: AtomicU64::default() }))
    }

    pub(super) fn observe(&self, took: Duration) {
        let Counts { scale, buckets, sum } = &*self.0;
        let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let place = scale.bounds.partition_point(|bound| took > *bound);
        if let Some(bucket) = buckets.get(place) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        sum.fetch_add(took / scale.tick, Ordering::Relaxed);
    }
}

impl fmt::Debug for Durations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Durations").finish_non_exhaustive()
    }
}

impl TypedMetric for Durations {
    const TYPE: MetricType = MetricType::Histogram;
}

impl EncodeMetric for Durations {
    #[expect(clippy::cast_precision_loss, reason = "the format has floating point numbers")]
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        let Counts { scale, buckets, sum } = &*self.0;
        let second = SECOND as f64;
        let bounds = scale.bounds.iter().map(|bound| *bound as f64 / second);
        let counts = buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed));
        let buckets: Vec<_> = bounds.chain([f64::INFINITY]).zip(counts).collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        let sum = sum.load(Ordering::Relaxed) as f64 * (scale.tick as f64 / second);
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use prometheus_client::encoding::text::encode;
    use prometheus_client::registry::Registry;

    use super::{Durations, OF_A_PERSON, OF_AN_ACTION, Scale};

    fn encoded(scale: &'static Scale, observed: &[Duration]) -> String {
        let (mut registry, durations) = (Registry::default(), Durations::new(scale));
        registry.register("took", "How long it took", durations.clone());
        observed.iter().for_each(|took| durations.observe(*took));
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        text
    }

    #[test]
    fn each_bound_counts_what_took_no_longer() {
        let observed = [0, 10, 11, 24_999, 25_001, 3_000_000].map(Duration::from_micros);
        let text = encoded(&OF_AN_ACTION, &observed);
        for line in [
            "took_count 6",
            "took_sum 3.050021",
            "took_bucket{le=\"0.00001\"} 2",
            "took_bucket{le=\"0.000025\"} 3",
            "took_bucket{le=\"0.01\"} 3",
            "took_bucket{le=\"0.025\"} 4",
            "took_bucket{le=\"1.0\"} 5",
            "took_bucket{le=\"+Inf\"} 6",
        ] {
            assert!(text.lines().any(|one| one == line), "{line}\n{text}");
        }
    }

    #[test]
    fn a_million_days_of_waiting_are_summed_up() {
        let text = encoded(&OF_A_PERSON, &[Duration::from_hours(24_000_000), Duration::MAX]);
        assert!(text.contains("took_count 2\n"), "{text}");
        assert!(text.contains("took_bucket{le=\"86400.0\"} 0\n"), "{text}");
    }
}
