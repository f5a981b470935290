//! What reports are made from.

mod baseline;

pub(crate) use baseline::baseline;
