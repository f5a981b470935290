//! Tests of `syndic-anomaly`, as its users see it.

#[cfg(test)]
mod alarm;
#[cfg(test)]
mod bounds;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod poison;
#[cfg(test)]
mod signals;
