//! Reading durable lines as they are on disk.

use std::sync::Arc;

use syndic_ledger::Line;

use crate::positions::Positions;
use crate::read::{self, ReadError};

/// Gives `each` the lines of the records from `first` to before `end`, byte for byte and in order.
pub(crate) fn lines(
    positions: &Positions,
    first: u64,
    end: u64,
    mut each: impl FnMut(&Line<'_>),
) -> Result<(), ReadError> {
    let refused = |index| move |error| ReadError::Io(index, Arc::new(error));
    let mut index = first;
    while index < end {
        let mut lines = read::lines(positions, index)?;
        let begun = index;
        while index < end {
            let Some(line) = lines.next().map_err(refused(index))? else { break };
            let damaged = |error| ReadError::Line(index, Arc::new(error));
            let line = Line::parse(line).map_err(damaged)?;
            if line.index().map_err(damaged)? != index {
                return Err(ReadError::Changed(index));
            }
            each(&line);
            index += 1;
        }
        if index == begun {
            return Err(ReadError::Changed(index));
        }
    }
    Ok(())
}
