//! How an error is recorded, and whether it says that something forbids the call. See `ways` for how one is chosen.

use std::convert;
use std::error::Error;
use std::fmt;

use syndic_gate::Ended;

use super::args::{debugged, displayed};
use super::call::Callee;
use crate::{AsRefused, Refused};

/// How many causes of an error are looked at.
const MOST_CAUSES: usize = 64;

/// What a function returned.
#[derive(Debug)]
pub struct Returned<'a, T: ?Sized>(pub &'a T);
/// It returned a `Result`.
#[derive(Debug)]
pub struct FallibleKind;
/// It returned anything else.
#[derive(Debug)]
pub struct InfallibleKind;

/// Chooses [`FallibleKind`].
pub trait Fallible {
    /// Returns the kind.
    fn syndic_kind(&self) -> FallibleKind;
}

/// Chooses [`InfallibleKind`].
pub trait Infallible {
    /// Returns the kind.
    fn syndic_kind(&self) -> InfallibleKind;
}

impl<T, E> Fallible for &Returned<'_, Result<T, E>> {
    fn syndic_kind(&self) -> FallibleKind {
        FallibleKind
    }
}

impl<T: ?Sized> Infallible for Returned<'_, T> {
    fn syndic_kind(&self) -> InfallibleKind {
        InfallibleKind
    }
}

impl FallibleKind {
    /// Takes a result apart.
    pub const fn split<T, E>(self, returned: &Result<T, E>) -> (Option<&T>, Option<&E>) {
        match returned {
            Ok(value) => (Some(value), None),
            Err(error) => (None, Some(error)),
        }
    }
}

impl InfallibleKind {
    /// Has no error.
    pub const fn split<T: ?Sized>(
        self,
        returned: &T,
    ) -> (Option<&T>, Option<&convert::Infallible>) {
        (Some(returned), None)
    }
}

/// An error.
#[derive(Debug)]
pub struct Failed<'a, E: ?Sized>(pub &'a E);

macro_rules! failure {
    ($($trait:ident is $way:ident: [$($bound:tt)*] for $self:ty;)*) => {$(
        #[doc = concat!("Chooses [`", stringify!($way), "`].")]
        pub trait $trait {
            /// Returns the way.
            fn syndic_failure(&self) -> $way;
        }

        #[doc = concat!("See [`", stringify!($trait), "`].")]
        #[derive(Debug)]
        pub struct $way;

        impl<E: ?Sized $($bound)*> $trait for $self {
            fn syndic_failure(&self) -> $way {
                $way
            }
        }
    )*};
}

failure! {
    ErrorAsIs is AsIs: [+ AsRefused] for &&&&&&Failed<'_, E>;
    ErrorBySource is BySourceFailure: [+ Error + 'static] for &&&&&Failed<'_, E>;
    ErrorOfAnyhow is OfAnyhowFailure: [+ AsRef<dyn Error + Send + Sync + 'static> + fmt::Display] for &&&&Failed<'_, E>;
    ErrorOfBox is OfBoxFailure: [+ AsRef<dyn Error + 'static> + fmt::Display] for &&&Failed<'_, E>;
    ErrorByDisplay is ByDisplayFailure: [+ fmt::Display] for &&Failed<'_, E>;
    ErrorByDebug is ByDebugFailure: [+ fmt::Debug] for &Failed<'_, E>;
    ErrorByNothing is ByNothingFailure: [] for Failed<'_, E>;
}

impl AsIs {
    /// Says how the call ended.
    pub fn told<E: AsRefused + ?Sized>(self, error: &E, callee: &Callee) -> Ended {
        told(error.as_refused(), displayed(error, callee.result_chars()))
    }
}

impl BySourceFailure {
    /// Says how the call ended.
    pub fn told<E: Error + 'static>(self, error: &E, callee: &Callee) -> Ended {
        told(among_causes(error), displayed(error, callee.result_chars()))
    }
}

impl OfAnyhowFailure {
    /// Says how the call ended.
    pub fn told<E>(self, error: &E, callee: &Callee) -> Ended
    where
        E: AsRef<dyn Error + Send + Sync + 'static> + fmt::Display + ?Sized,
    {
        told(among_causes(error.as_ref()), displayed(error, callee.result_chars()))
    }
}

impl OfBoxFailure {
    /// Says how the call ended.
    pub fn told<E>(self, error: &E, callee: &Callee) -> Ended
    where
        E: AsRef<dyn Error + 'static> + fmt::Display + ?Sized,
    {
        told(among_causes(error.as_ref()), displayed(error, callee.result_chars()))
    }
}

impl ByDisplayFailure {
    /// Says how the call ended.
    pub fn told<E: fmt::Display + ?Sized>(self, error: &E, callee: &Callee) -> Ended {
        Ended::Error(displayed(error, callee.result_chars()))
    }
}

impl ByDebugFailure {
    /// Says how the call ended.
    pub fn told<E: fmt::Debug + ?Sized>(self, error: &E, callee: &Callee) -> Ended {
        Ended::Error(debugged(error, callee.result_chars()))
    }
}

impl ByNothingFailure {
    /// Says how the call ended.
    pub fn told<E: ?Sized>(self, _error: &E, _callee: &Callee) -> Ended {
        Ended::Error(std::any::type_name::<E>().to_owned())
    }
}

fn told(refused: Option<Refused>, error: String) -> Ended {
    match refused {
        Some(refused) => Ended::Refused(refused.refusal(), error),
        None => Ended::Error(error),
    }
}

fn among_causes(error: &(dyn Error + 'static)) -> Option<Refused> {
    let mut next = Some(error);
    for _ in 0..MOST_CAUSES {
        let cause = next?;
        if let Some(refused) = cause.downcast_ref::<Refused>() {
            return Some(refused.clone());
        }
        next = cause.source();
    }
    None
}
