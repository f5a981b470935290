//! Patterns that users declare: a regular expression, tried only near a literal that it needs.

mod literal;
mod search;

use std::str::FromStr;

use regex_automata::meta;
use regex_automata::util::syntax;
use thiserror::Error;

use crate::limits::Budget;
use crate::{Entity, Limits, Score};

pub(crate) use search::Patterns;

/// Something to look for that a user declares.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// Its name, as findings tell it: lower-case letters, digits and `-`.
    pub name: String,
    /// What it finds.
    pub entity: Entity,
    /// The regular expression, in the syntax of the `regex` crate. A match has at most 256 bytes. If it has a group
    /// named `value`, that is what was found; otherwise the whole match.
    pub regex: String,
    /// Literals of which one stands within 256 bytes of every match. Taken from the expression if there are none.
    pub literals: Vec<String>,
    /// The check that the letters and digits of the value must stand.
    pub checksum: Checksum,
    /// Words of which one may stand near the value, or in the key it stands under; it is surer then.
    pub context: Vec<String>,
    /// Without such a word it is not found at all.
    pub context_required: bool,
    /// How sure a match is, without a word near it.
    pub score: Score,
    /// What it must find and what not.
    pub examples: Examples,
}

impl Pattern {
    /// A pattern without checksum, context and examples, that is as good as certain.
    pub fn new(name: impl Into<String>, entity: Entity, regex: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            entity,
            regex: regex.into(),
            literals: Vec::new(),
            checksum: Checksum::None,
            context: Vec::new(),
            context_required: false,
            score: Score::BLOCK,
            examples: Examples::default(),
        }
    }
}

/// What a pattern must find and what not, each scanned by itself.
#[derive(Debug, Clone, Default)]
pub struct Examples {
    /// Texts in which it finds something.
    pub matches: Vec<String>,
    /// Texts in which it finds nothing.
    pub misses: Vec<String>,
}

/// A check over the letters and digits of a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Checksum {
    /// None.
    #[default]
    None,
    /// Luhn's, of digits (ISO/IEC 7812-1).
    Luhn,
    /// The rest modulo 97 is 1, of letters and digits (ISO 7064).
    Mod97,
    /// Modulo 11 and 10, of digits (ISO 7064).
    Mod1110,
    /// Verhoeff's, of digits.
    Verhoeff,
}

impl FromStr for Checksum {
    type Err = UnknownChecksum;

    fn from_str(text: &str) -> Result<Self, UnknownChecksum> {
        match text {
            "none" => Ok(Self::None),
            "luhn" => Ok(Self::Luhn),
            "mod97" => Ok(Self::Mod97),
            "mod11-10" => Ok(Self::Mod1110),
            "verhoeff" => Ok(Self::Verhoeff),
            _ => Err(UnknownChecksum(text.to_owned())),
        }
    }
}

/// No check has this name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no checksum `{0}`: use none, luhn, mod97, mod11-10 or verhoeff")]
pub struct UnknownChecksum(pub String);

/// Why a pattern cannot be looked for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PatternError {
    /// The name is no name.
    #[error("pattern `{0}`: a name has 1 to 64 of a-z, 0-9 and `-`")]
    Name(String),
    /// Another pattern has the name.
    #[error("pattern `{0}` is declared twice")]
    Twice(String),
    /// There are too many.
    #[error("pattern `{0}` is one too many: there may be {most}", most = MOST)]
    TooMany(String),
    /// The expression does not compile, or is too large.
    #[error("pattern `{name}`: the regular expression `{regex}` {why}")]
    Regex {
        /// The pattern's name.
        name: String,
        /// The expression.
        regex: String,
        /// Why, and where.
        why: String,
    },
    /// No literal is in every match.
    #[error(
        "pattern `{0}`: no text of 2 or more characters is part of every match of its regular expression; \
         name one that stands near every match in `literals`"
    )]
    NoLiteral(String),
    /// A literal is too short or too long.
    #[error("pattern `{name}`: the literal `{literal}` has not 2 to 64 bytes")]
    Literal {
        /// The pattern's name.
        name: String,
        /// The literal.
        literal: String,
    },
    /// Context is required and there is none.
    #[error("pattern `{0}` requires context but names no words: add some to `context`")]
    NoContext(String),
    /// An example is not found.
    #[error("pattern `{name}` finds nothing in its example `{example}`")]
    Missed {
        /// The pattern's name.
        name: String,
        /// The example.
        example: String,
    },
    /// An example is found that must not be.
    #[error("pattern `{name}` finds something in `{example}`, where it must not")]
    Matched {
        /// The pattern's name.
        name: String,
        /// The example.
        example: String,
    },
}

/// The most patterns of one scanner.
pub(crate) const MOST: usize = 256;
/// The most memory that a compiled expression takes, in bytes, several times over.
const SIZE: usize = 1 << 20;

/// A pattern that was checked.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    pattern: Pattern,
    regex: meta::Regex,
    /// The number of the group named `value`.
    value: Option<usize>,
}

impl Compiled {
    /// Checks and compiles a pattern, and tries its examples.
    pub(crate) fn new(mut pattern: Pattern) -> Result<Self, PatternError> {
        let name = || pattern.name.clone();
        if !is_name(&pattern.name) {
            return Err(PatternError::Name(name()));
        }
        if pattern.context_required && pattern.context.is_empty() {
            return Err(PatternError::NoContext(name()));
        }
        let regex = compile(&pattern.regex).map_err(|why| PatternError::Regex {
            name: name(),
            regex: pattern.regex.clone(),
            why,
        })?;
        if pattern.literals.is_empty() {
            pattern.literals =
                literal::required(&pattern.regex).ok_or_else(|| PatternError::NoLiteral(name()))?;
        }
        if let Some(literal) = pattern.literals.iter().find(|text| !(2..=64).contains(&text.len()))
        {
            return Err(PatternError::Literal { name: name(), literal: literal.clone() });
        }
        let value = regex.group_info().to_index(regex_automata::PatternID::ZERO, "value");
        let compiled = Self { pattern, regex, value };
        compiled.try_examples()?;
        Ok(compiled)
    }

    pub(crate) fn name(&self) -> &str {
        &self.pattern.name
    }

    fn try_examples(&self) -> Result<(), PatternError> {
        let alone = Patterns::new(vec![self.clone()]);
        let finds = |example: &str| {
            let Ok(mut budget) = Budget::new(Limits::default(), example.len()) else {
                return false;
            };
            let mut hits = Vec::new();
            alone.find(example.as_bytes(), None, &mut budget, &mut hits).is_ok() && !hits.is_empty()
        };
        let examples = &self.pattern.examples;
        let name = || self.pattern.name.clone();
        if let Some(example) = examples.matches.iter().find(|example| !finds(example)) {
            return Err(PatternError::Missed { name: name(), example: example.clone() });
        }
        if let Some(example) = examples.misses.iter().find(|example| finds(example)) {
            return Err(PatternError::Matched { name: name(), example: example.clone() });
        }
        Ok(())
    }
}

fn is_name(name: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(part)
}

fn compile(regex: &str) -> Result<meta::Regex, String> {
    if let Err(error) = literal::parser().parse(regex) {
        return Err(unparsed(regex, &error));
    }
    let config = meta::Config::new()
        .nfa_size_limit(Some(SIZE))
        .onepass_size_limit(Some(SIZE))
        .dfa_size_limit(Some(SIZE))
        .hybrid_cache_capacity(2 * SIZE)
        .utf8_empty(false);
    let syntax = syntax::Config::new().utf8(false).nest_limit(64);
    let built = meta::Regex::builder().configure(config).syntax(syntax).build(regex);
    built.map_err(|error| match error.size_limit() {
        Some(most) => format!("is too large: compiled it takes more than {most} bytes"),
        None => format!("does not compile: {error}"),
    })
}

/// Says why an expression is none, and at which of its characters.
fn unparsed(regex: &str, error: &regex_syntax::Error) -> String {
    let (why, at) = match error {
        regex_syntax::Error::Parse(error) => (error.kind().to_string(), error.span().start.offset),
        regex_syntax::Error::Translate(error) => {
            (error.kind().to_string(), error.span().start.offset)
        }
        _ => return format!("does not compile: {error}"),
    };
    let character = regex.get(..at).map_or(0, |before| before.chars().count()) + 1;
    format!("does not compile: {why}, at character {character}")
}
