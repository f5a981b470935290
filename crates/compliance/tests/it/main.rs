//! Tests of the evidence rules.

#[cfg(test)]
mod status;
