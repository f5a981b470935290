//! Something found in one view of a text, before it is known what else overlaps it.

use std::ops::Range;

use crate::Entity;

/// Something found in one view of a text.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) entity: Entity,
    /// The pattern's name.
    pub(crate) pattern: &'static str,
    /// In bytes of the view.
    pub(crate) span: Range<usize>,
    /// In hundredths.
    pub(crate) score: u8,
    pub(crate) checksum: bool,
    pub(crate) context: bool,
}
