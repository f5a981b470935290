//! How a value is recorded: the first of these that its type allows, chosen by the compiler where the function is.
//!
//! A method is looked for on `&&&Shown<T>` first, then with one reference less each time: whoever implements it for more
//! references comes first.

use std::fmt;

use serde::Serialize;

use super::args::{Args, debugged, quoted, serialized};
use super::call::Callee;

/// An argument.
#[derive(Debug)]
pub struct Shown<'a, T: ?Sized>(pub &'a T);

/// What a function returned.
#[derive(Debug)]
pub struct Answered<'a, T: ?Sized>(pub &'a T);

/// By `Serialize`.
#[derive(Debug)]
pub struct WaySerialize;
/// By `Debug`.
#[derive(Debug)]
pub struct WayDebug;
/// Not at all.
#[derive(Debug)]
pub struct WayNothing;

/// A value that can be recorded as an argument.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be recorded as an argument",
    label = "it implements neither `serde::Serialize` nor `Debug`",
    note = "leave the argument out with `#[audited(…, skip(argument))]`, or record that there was one with `redact(argument)`"
)]
pub trait Recordable {}

macro_rules! way {
    ($($trait:ident on $wrapper:ident by $method:ident is $way:ident: [$($bound:tt)*] for $self:ty;)*) => {$(
        #[doc = concat!("Chooses [`", stringify!($way), "`].")]
        pub trait $trait {
            /// Returns the way.
            fn $method(&self) -> $way;
        }

        impl<T: ?Sized $($bound)*> $trait for $self {
            fn $method(&self) -> $way {
                $way
            }
        }
    )*};
}

way! {
    BySerialize on Shown by syndic_way is WaySerialize: [+ Serialize] for &&Shown<'_, T>;
    ByDebug on Shown by syndic_way is WayDebug: [+ fmt::Debug] for &Shown<'_, T>;
    ByNothing on Shown by syndic_way is WayNothing: [] for Shown<'_, T>;
    AnswerBySerialize on Answered by syndic_answer is WaySerialize: [+ Serialize] for &&Answered<'_, T>;
    AnswerByDebug on Answered by syndic_answer is WayDebug: [+ fmt::Debug] for &Answered<'_, T>;
    AnswerByNothing on Answered by syndic_answer is WayNothing: [] for Answered<'_, T>;
}

impl WaySerialize {
    /// Records an argument.
    pub fn put<T: Serialize + ?Sized>(self, args: &mut Args, name: &str, value: &T) {
        args.put_serialized(name, value);
    }

    /// Returns a result as JSON.
    pub fn text<T: Serialize + ?Sized>(self, value: &T, callee: &Callee) -> Option<String> {
        let chars = callee.result_chars();
        Some(serialized(value, chars, chars))
    }
}

impl WayDebug {
    /// Records an argument.
    pub fn put<T: fmt::Debug + ?Sized>(self, args: &mut Args, name: &str, value: &T) {
        args.put_debugged(name, value);
    }

    /// Returns a result as JSON.
    pub fn text<T: fmt::Debug + ?Sized>(self, value: &T, callee: &Callee) -> Option<String> {
        Some(quoted(&debugged(value, callee.result_chars())))
    }
}

impl WayNothing {
    /// Is no way to record an argument.
    pub fn put<T: Recordable + ?Sized>(self, _args: &mut Args, _name: &str, _value: &T) {}

    /// Records nothing of a result.
    pub const fn text<T: ?Sized>(self, _value: &T, _callee: &Callee) -> Option<String> {
        None
    }
}
