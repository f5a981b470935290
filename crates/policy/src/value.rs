//! Values of the context in Rust, for policies that are written in it.

use std::collections::BTreeMap;

use cedar_policy_core::ast::{Literal, RepresentableExtensionValue, Value as Cedar, ValueKind};
use jiff::Timestamp;
use syndic_model::Decimal;

/// A value of the context, as Cedar has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContextValue {
    /// `Bool`.
    Bool(bool),
    /// `Long`.
    Long(i64),
    /// `String`.
    Text(String),
    /// `decimal`.
    Decimal(Decimal),
    /// `datetime`, which counts milliseconds.
    Time(Timestamp),
    /// `Set`, in order.
    Set(Vec<Self>),
    /// A record.
    Record(BTreeMap<String, Self>),
}

impl ContextValue {
    pub(crate) fn read(value: &Cedar) -> Option<Self> {
        match value.value_kind() {
            ValueKind::Lit(Literal::Bool(bool)) => Some(Self::Bool(*bool)),
            ValueKind::Lit(Literal::Long(long)) => Some(Self::Long(*long)),
            ValueKind::Lit(Literal::String(text)) => Some(Self::Text(text.to_string())),
            // The schema gives the context none.
            ValueKind::Lit(Literal::EntityUID(_)) => None,
            ValueKind::Set(items) => {
                items.iter().map(Self::read).collect::<Option<_>>().map(Self::Set)
            }
            ValueKind::Record(fields) => {
                let fields = fields.iter();
                let read = fields.map(|(name, value)| Some((name.to_string(), Self::read(value)?)));
                read.collect::<Option<_>>().map(Self::Record)
            }
            ValueKind::ExtensionValue(value) => extension(value),
        }
    }

    /// Returns the flag, where it is one.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(bool) = self { Some(*bool) } else { None }
    }

    /// Returns the whole number, where it is one.
    #[must_use]
    pub const fn as_long(&self) -> Option<i64> {
        if let Self::Long(long) = self { Some(*long) } else { None }
    }

    /// Returns the text, where it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Returns the exact number, where it is one.
    #[must_use]
    pub const fn as_decimal(&self) -> Option<Decimal> {
        if let Self::Decimal(decimal) = self { Some(*decimal) } else { None }
    }

    /// Returns the moment, where it is one.
    #[must_use]
    pub const fn as_time(&self) -> Option<Timestamp> {
        if let Self::Time(time) = self { Some(*time) } else { None }
    }

    /// Returns the elements, where it is a set.
    #[must_use]
    pub fn as_set(&self) -> Option<&[Self]> {
        if let Self::Set(items) = self { Some(items) } else { None }
    }

    /// Returns the attributes, where it is a record.
    #[must_use]
    pub const fn as_record(&self) -> Option<&BTreeMap<String, Self>> {
        if let Self::Record(fields) = self { Some(fields) } else { None }
    }
}

impl From<&str> for ContextValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Reads a `decimal` or a `datetime` from the call that makes it, since Cedar keeps their numbers to itself.
fn extension(value: &RepresentableExtensionValue) -> Option<ContextValue> {
    let (function, args) = value.value().canonical_repr();
    match (function.to_string().as_str(), args.as_slice()) {
        ("decimal", [text]) => {
            let text = text.as_borrowed().as_string()?.clone();
            text.parse().ok().map(ContextValue::Decimal)
        }
        // `datetime("1970-01-01").offset(duration("…ms"))`.
        ("offset", [_, since_epoch]) => {
            let since_epoch = since_epoch.as_borrowed();
            let (_, mut args) = since_epoch.as_extn_fn_call()?;
            let text = args.next()?.as_string()?.clone();
            let millis = text.strip_suffix("ms")?.parse().ok()?;
            Timestamp::from_millisecond(millis).ok().map(ContextValue::Time)
        }
        _ => None,
    }
}
