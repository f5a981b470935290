//! What a policy written in Rust sees: the action and the context of Cedar policies, converted where it looks.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cedar_policy::Schema;
use cedar_policy_core::ast::{Value as Cedar, ValueKind};
use cedar_policy_core::validator::types::Type;
use syndic_model::{ActionName, Capability, CatalogueEntry, Finding, ToolName};

use crate::convert::convert;
use crate::entry::told;
use crate::evaluate::Question;
use crate::fast::Fast;
use crate::finding::{error, file};
use crate::paths::Paths;
use crate::{Call, ContextValue, Facts};

/// The action that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct ActionView<'a> {
    /// Its id in the catalogue.
    pub name: &'a ActionName,
    /// What kind of thing it does.
    pub capabilities: &'a BTreeSet<Capability>,
    /// The tool it is asked for through: the one that was named, or the only one there is.
    pub tool: Option<&'a ToolName>,
}

impl<'a> ActionView<'a> {
    pub(crate) fn new(declared: &'a CatalogueEntry, tool: Option<&'a ToolName>) -> Self {
        let only = match declared.tools.as_slice() {
            [only] => Some(only),
            _ => None,
        };
        Self { name: &declared.name, capabilities: &declared.capabilities, tool: tool.or(only) }
    }

    /// Tells whether it does this kind of thing.
    #[must_use]
    pub fn is(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }
}

/// The context of one decision, as Cedar policies read it: `input`, `facts` and `call`.
pub struct ContextView<'a> {
    pub(crate) question: &'a Question<'a>,
    pub(crate) cedar: &'a Fast,
    pub(crate) attributes: &'a Attributes,
}

/// Says why the context does not tell something. A check passes it on with `?`, and denies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextError(String);

impl fmt::Display for ContextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ContextError {}

impl From<ContextError> for String {
    fn from(error: ContextError) -> Self {
        error.0
    }
}

impl fmt::Debug for ContextView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContextView").field("call", self.call()).finish_non_exhaustive()
    }
}

impl ContextView<'_> {
    /// Returns what the host knows about the call.
    #[must_use]
    pub const fn call(&self) -> &Call<'_> {
        self.question.call
    }

    /// Returns what the catalogue extracted from the arguments.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.question.examined.facts
    }

    /// Returns an attribute by its Cedar path without `context.`, such as `input.amount` or `call.session.id`; none
    /// where this action has none, or it is optional and absent.
    ///
    /// # Errors
    /// When no action has such an attribute, or its value cannot be converted exactly.
    pub fn get(&self, path: &str) -> Result<Option<ContextValue>, ContextError> {
        self.at(&path.split('.').collect::<Vec<_>>())
    }

    /// Does what [`Self::get`] does, for names that have a dot in them.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn at(&self, path: &[&str]) -> Result<Option<ContextValue>, ContextError> {
        if !self.attributes.have(path) {
            return Err(ContextError(format!("no action has `context.{}`", path.join("."))));
        }
        let Some((root, below)) = path.split_first() else { return Ok(None) };
        let Some(record) = self.convert(root, &Paths::to(below))? else { return Ok(None) };
        let Some(found) = walk(&record, below) else { return Ok(None) };
        let untold = || ContextError(format!("`context.{}` has no value in Rust", path.join(".")));
        ContextValue::read(found).map(Some).ok_or_else(untold)
    }

    /// Converts what is read of one record, by the same functions that convert it for Cedar.
    fn convert(&self, root: &str, read: &Paths) -> Result<Option<Cedar>, ContextError> {
        let Question { action, examined, call, .. } = self.question;
        let inexact = || ContextError(format!("`context.{root}` cannot be converted"));
        match root {
            "input" => {
                let Some(args) = &examined.args else { return Err(inexact()) };
                let input = convert(&action.entry.input.keep(read), args);
                input.map(Some).map_err(|fault| ContextError(fault.to_string()))
            }
            "facts" => told(&examined.facts, read).map(Some).ok_or_else(inexact),
            "call" => self.cedar.call(call, read).map(Some).map_err(|_| inexact()),
            _ => Ok(None),
        }
    }
}

fn walk<'a>(value: &'a Cedar, path: &[&str]) -> Option<&'a Cedar> {
    path.iter().try_fold(value, |value, name| match value.value_kind() {
        ValueKind::Record(fields) => fields.get(*name),
        ValueKind::Lit(_) | ValueKind::Set(_) | ValueKind::ExtensionValue(_) => None,
    })
}

/// Every attribute that the context of some action has, read from the schema that policies are validated against.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Attributes(BTreeMap<String, Self>);

impl Attributes {
    pub(crate) fn of(schema: &str) -> Result<Self, Finding> {
        let (schema, _) = Schema::from_cedarschema_str(schema)
            .map_err(|fault| error("schema", file("native"), fault.to_string()))?;
        let schema: &cedar_policy_core::validator::ValidatorSchema = schema.as_ref();
        let mut all = Self::default();
        for action in schema.action_ids() {
            if let Some(context) = action.context_type() {
                all.join(context);
            }
        }
        Ok(all)
    }

    fn join(&mut self, kind: &Type) {
        if let Type::Record { attrs, .. } = kind {
            for (name, attribute) in attrs.iter() {
                self.0.entry(name.to_string()).or_default().join(&attribute.attr_type);
            }
        }
    }

    fn have(&self, path: &[&str]) -> bool {
        path.iter().try_fold(self, |these, name| these.0.get(*name)).is_some()
    }
}
