//! Values that were pulled apart or spelled, put together: `4 1 1 1`, `four one one one`, `jdoe at example dot com`.

mod address;
mod grouped;
mod spaced;
mod spelled;
pub(super) mod words;

use super::sign::Signs;
use super::view::View;

pub(super) use address::stands as address_stands;
pub(super) use grouped::{
    FEWEST as FEWEST_GROUPED, FEWEST_OF_CARD, is_parted_twice, stands as grouped_stands,
};
pub(super) use spaced::stands as spaced_stands;
pub(super) use spelled::stands as spelled_stands;

/// A way to put together what is pulled apart.
type Pass = fn(&View) -> Option<View>;

/// Puts together what shows `signs` of being pulled apart. Nothing if nothing is.
pub(super) fn compacted(view: &View, signs: Signs) -> Option<View> {
    let mut read = None;
    let passes: [(Signs, Pass); 4] = [
        (Signs::ADDRESS, address::joined),
        (Signs::SPELLED, spelled::joined),
        (Signs::SPACED, spaced::joined),
        (Signs::GROUPED, grouped::joined),
    ];
    for (sign, joined) in passes {
        if signs.has(sign) {
            read = joined(read.as_ref().unwrap_or(view)).or(read);
        }
    }
    read
}
