//! Finds keys, tokens, passwords and other secrets.
//!
//! Four questions are asked of a text: [`in_token`] of every long run of token characters, [`assigned`] of every `=`
//! and `:`, [`named`] of a value whose key is known, and [`Leads`] of every block. What vendors write is data in [`formats`]
//! and [`keyed`]; what nobody's format tells is judged by the name it is assigned to and by how unlike words it is.

mod assign;
mod check;
mod format;
mod formats;
mod index;
mod jwt;
mod keyed;
mod kubernetes;
mod leads;
mod name;
mod pem;
mod rarity;
mod telling;
mod token;
mod url;
mod value;
mod worded;

use std::ops::Range;

pub(crate) use leads::Leads;

use crate::OverBudget;
use crate::hit::Hit;
use crate::limits::Budget;

/// Secrets that are told by more than a prefix.
const OTHERS: [&str; 16] = [
    "assigned-password",
    "assigned-token",
    "authorization-header",
    "azure-client-secret",
    "azure-devops-token",
    "facebook-app-token",
    "jwt",
    "kubernetes-secret",
    "login-password",
    "mailchimp-api-key",
    "maxmind-license-key",
    "private-key",
    "telegram-bot-token",
    "terraform-cloud-token",
    "told-password",
    "url-credentials",
];

/// Returns the names of all secrets that are known, some of them more than once.
pub fn secret_names() -> impl Iterator<Item = &'static str> {
    let formats = formats::all().map(|format| format.name);
    formats.chain(keyed::names()).chain(OTHERS)
}

/// Finds secrets of known formats in `token`, a maximal run of 16 or more of `[A-Za-z0-9_\-+/=.~]`.
pub(crate) fn in_token(
    bytes: &[u8],
    token: Range<usize>,
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    token::find(bytes, token, budget, hits)
}

/// Finds what is assigned at the `=` or `:` at `separator`: a password, a credential of a URL, a header's.
pub(crate) fn assigned(
    bytes: &[u8],
    separator: usize,
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    assign::at(bytes, separator, budget, hits)
}

/// Judges a whole value by the key it stands under.
pub(crate) fn named(
    bytes: &[u8],
    key: &str,
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    assign::whole(bytes, key.as_bytes(), budget, hits)
}

/// Tells whether a name promises a secret.
pub(crate) fn is_name(name: &[u8]) -> bool {
    name::may_have_kind(name) && name::Name::new(name).kind().is_some()
}
