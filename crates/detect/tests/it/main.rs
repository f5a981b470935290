//! What the scanner promises, as cases.

#[cfg(test)]
mod api;
