//! Keeps true what `docs/ARCHITECTURE.md` says about crates.

#[cfg(test)]
mod layers;
