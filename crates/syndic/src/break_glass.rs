//! Break-glass, by people whom the program has authenticated.

use syndic_gate::{BreakGlassError, BreakGlassView, Wish};
use syndic_model::{BreakGlassId, PersonId};

use crate::Governor;
use crate::governor::EMBEDDED;

impl Governor {
    /// Asks in the name of a person that policies marked `@break_glass` stop an agent no more for a while. Nothing
    /// changes until somebody else opens it.
    ///
    /// Who the person is, this program answers for.
    ///
    /// # Errors
    /// When it is not for this person to ask, one lives already, or it cannot be recorded.
    pub async fn ask_break_glass(
        &self,
        person: PersonId,
        wish: Wish,
    ) -> Result<BreakGlassView, BreakGlassError> {
        self.to_the_end(|gate| async move { gate.ask_break_glass(&person, EMBEDDED, wish).await })
            .await
    }

    /// Opens one in the name of a second person.
    ///
    /// # Errors
    /// When it is not for this person to open, its time is over, or it cannot be recorded.
    pub async fn open_break_glass(
        &self,
        person: PersonId,
        id: BreakGlassId,
    ) -> Result<BreakGlassView, BreakGlassError> {
        self.to_the_end(|gate| async move { gate.open_break_glass(&person, EMBEDDED, id).await })
            .await
    }

    /// Signs in the name of a third person what was done under one that has ended.
    ///
    /// # Errors
    /// When it is not for this person to review, there is nothing to sign, or it cannot be recorded.
    pub async fn review_break_glass(
        &self,
        person: PersonId,
        id: BreakGlassId,
        note: impl Into<String>,
    ) -> Result<BreakGlassView, BreakGlassError> {
        let note = note.into();
        self.to_the_end(|gate| async move {
            gate.review_break_glass(&person, EMBEDDED, id, &note).await
        })
        .await
    }

    /// Lists those that live, those that wait for their review, and the last that are over; newest first.
    #[must_use]
    pub fn break_glasses(&self) -> Vec<BreakGlassView> {
        self.gate.break_glasses()
    }
}
