//! Tests of the evidence rules.

#[cfg(test)]
mod applicability;
#[cfg(test)]
mod canonical;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod fold;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod log;
#[cfg(test)]
mod status;
#[cfg(test)]
mod world;
