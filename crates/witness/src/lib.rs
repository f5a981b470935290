//! A witness: keeps the newest checkpoint of each log it was told of, and cosigns one that contains it.
//!
//! Must never see a record, or cosign what does not follow from what it cosigned before.
