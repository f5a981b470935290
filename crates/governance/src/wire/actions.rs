//! `actions/*.yaml`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use syndic_model::{ActionName, Capability, LabelName, Pointer, ToolName};

use crate::position::At;
use crate::text::Text;
use crate::wire::{Keyed, OutputFields};

/// A part of the action catalogue: what can be done, and what policy sees of it.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "syndic actions")]
pub(crate) struct ActionsFile {
    /// The actions by id.
    #[schemars(required)]
    pub(crate) actions: Option<Keyed<ActionName, ActionFields>>,
}

/// One action.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Action")]
pub(crate) struct ActionFields {
    /// What it does, for people.
    #[schemars(required)]
    pub(crate) description: Option<String>,
    /// What kind of thing it does; at least one.
    #[schemars(required)]
    pub(crate) capabilities: Option<At<Vec<Text<Capability>>>>,
    /// The tools that run it; the one of its own name if this is left out.
    pub(crate) tools: Option<Vec<Text<ToolName>>>,
    /// JSON Schema 2020-12 of its arguments: an object.
    #[schemars(required, schema_with = "object")]
    pub(crate) input: Option<At<Value>>,
    /// What policy sees of the arguments under `context.facts`.
    pub(crate) facts: Option<Facts>,
    /// What its result leaves on the session, for policies to see at later actions: `[untrusted_content]`.
    pub(crate) labels: Option<At<Vec<Text<LabelName>>>>,
    /// Places in the arguments that do not matter to an approval, like `[/description]`: it holds when they differ.
    pub(crate) incidental: Option<At<Vec<Text<Pointer>>>>,
    /// What of its result goes back to the agent and on record. All of it if left out.
    pub(crate) output: Option<OutputFields>,
}

/// What policy sees of the arguments, by the name it has there.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facts {
    /// How much money: a number.
    pub(crate) amount: Option<At<Fact>>,
    /// In which currency: three capital letters.
    pub(crate) currency: Option<At<Fact>>,
    /// Who receives it: a text or texts.
    pub(crate) recipients: Option<At<Fact>>,
    /// How many people are affected: a whole number.
    pub(crate) affected_people: Option<At<Fact>>,
    /// Texts that leave the organisation; personal data is looked for in them.
    pub(crate) content: Option<At<Fact>>,
    /// What is acted upon: a text.
    pub(crate) resource: Option<At<Fact>>,
}

/// Where a fact comes from.
#[derive(Debug)]
pub(crate) enum Fact {
    /// `/amount`
    Pointer(String),
    /// `[/to/*, /cc/*]`
    Pointers(Vec<Text<Pointer>>),
    /// `{pointer: /cc/*, default: []}`
    Fields(FactFields),
}

/// Where a fact comes from, at length. One of `pointer`, `pointers` and `const`.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FactSource")]
pub(crate) struct FactFields {
    /// A place in the arguments: a JSON pointer in which `*` means every element of an array.
    pub(crate) pointer: Option<Text<Pointer>>,
    /// Places in the arguments; what they find is joined.
    pub(crate) pointers: Option<Vec<Text<Pointer>>>,
    /// A fixed value.
    #[serde(rename = "const")]
    pub(crate) constant: Option<Value>,
    /// When nothing is found the fact is absent; otherwise the action is denied.
    pub(crate) optional: Option<bool>,
    /// When nothing is found the fact is this.
    pub(crate) default: Option<Value>,
}

fn object(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object"})
}

impl<'de> Deserialize<'de> for Fact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyForm;

        impl<'de> Visitor<'de> for AnyForm {
            type Value = Fact;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON pointer, a list of them, or a map with `pointer`, `pointers` or `const`")
            }

            fn visit_str<E>(self, pointer: &str) -> Result<Fact, E> {
                Ok(Fact::Pointer(pointer.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, pointers: A) -> Result<Fact, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(pointers)).map(Fact::Pointers)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Fact, A::Error> {
                FactFields::deserialize(MapAccessDeserializer::new(map)).map(Fact::Fields)
            }
        }

        deserializer.deserialize_any(AnyForm)
    }
}

impl JsonSchema for Fact {
    fn schema_name() -> Cow<'static, str> {
        "Fact".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let pointer = generator.subschema_for::<Text<Pointer>>();
        let pointers = generator.subschema_for::<Vec<Text<Pointer>>>();
        let fields = generator.subschema_for::<FactFields>();
        json_schema!({
            "description": "A JSON pointer into the arguments, like `/amount`, in which `*` means every element of an \
                            array; a list of pointers, whose finds are joined; or both at length. What is not found \
                            denies the action, unless there is a `default` or the fact is `optional`.",
            "anyOf": [pointer, pointers, fields],
        })
    }
}
