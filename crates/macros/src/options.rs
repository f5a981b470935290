//! What an attribute says.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Error, Ident, LitBool, LitInt, LitStr, Token, parenthesized};

use crate::function::Function;

/// After how many characters a result is cut.
const RESULT_CHARS: usize = 500;
const MOST_RESULT_CHARS: usize = 65_536;

/// Which attribute it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Audited,
    Governed,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Audited => "audited",
            Self::Governed => "governed",
        }
    }

    const fn known(self) -> &'static [&'static str] {
        match self {
            Self::Audited => &[
                "agent",
                "version",
                "action",
                "tool",
                "model",
                "skip",
                "skip_all",
                "redact",
                "result",
                "result_chars",
            ],
            Self::Governed => &[
                "agent",
                "version",
                "action",
                "tool",
                "model",
                "skip",
                "skip_all",
                "result",
                "result_chars",
                "wait",
            ],
        }
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) agent: LitStr,
    pub(crate) version: Option<LitStr>,
    pub(crate) action: Option<LitStr>,
    pub(crate) tool: Option<LitStr>,
    pub(crate) model: Option<LitStr>,
    skip: Vec<Ident>,
    skip_all: bool,
    redact: Vec<Ident>,
    pub(crate) result: bool,
    pub(crate) result_chars: usize,
    /// In seconds.
    pub(crate) wait: u64,
}

/// What is done with one argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Treated {
    Recorded,
    Redacted,
    Skipped,
}

enum Said {
    Nothing,
    Text(LitStr),
    Bool(LitBool),
    Number(LitInt),
    Names(Vec<Ident>),
}

struct Opt {
    name: Ident,
    said: Said,
}

impl Parse for Opt {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: Ident = input.parse()?;
        let said = if input.peek(syn::token::Paren) {
            let names;
            parenthesized!(names in input);
            let names = Punctuated::<Ident, Token![,]>::parse_terminated(&names)?;
            Said::Names(names.into_iter().collect())
        } else if input.peek(Token![=]) {
            let _is: Token![=] = input.parse()?;
            let ahead = input.lookahead1();
            if ahead.peek(LitStr) {
                Said::Text(input.parse()?)
            } else if ahead.peek(LitBool) {
                Said::Bool(input.parse()?)
            } else if ahead.peek(LitInt) {
                Said::Number(input.parse()?)
            } else {
                return Err(ahead.error());
            }
        } else {
            Said::Nothing
        };
        Ok(Self { name, said })
    }
}

impl Options {
    pub(crate) fn read(kind: Kind, tokens: TokenStream) -> syn::Result<Self> {
        let all = Punctuated::<Opt, Token![,]>::parse_terminated.parse2(tokens)?;
        let mut agent = None;
        let mut options = Self {
            agent: LitStr::new("", Span::call_site()),
            version: None,
            action: None,
            tool: None,
            model: None,
            skip: Vec::new(),
            skip_all: false,
            redact: Vec::new(),
            result: true,
            result_chars: RESULT_CHARS,
            wait: 0,
        };
        for option in all {
            let name = option.name.to_string();
            if !kind.known().contains(&name.as_str()) {
                let known: Vec<_> = kind.known().iter().map(|name| format!("`{name}`")).collect();
                let message = format!(
                    "`#[{}]` has no option `{name}`; it has {}",
                    kind.name(),
                    known.join(", ")
                );
                return Err(Error::new(option.name.span(), message));
            }
            match (name.as_str(), option.said) {
                ("agent", Said::Text(text)) => agent = Some(named(text, 64, "_.:-")?),
                ("version", Said::Text(text)) => options.version = Some(text),
                ("action", Said::Text(text)) => options.action = Some(named(text, 64, "_.:-")?),
                ("tool", Said::Text(text)) => options.tool = Some(named(text, 128, "_.:-/")?),
                ("model", Said::Text(text)) => options.model = Some(text),
                ("skip", Said::Names(names)) => options.skip.extend(names),
                ("skip_all", Said::Nothing) => options.skip_all = true,
                ("redact", Said::Names(names)) => options.redact.extend(names),
                ("result", Said::Bool(recorded)) => options.result = recorded.value,
                ("result_chars", Said::Number(number)) => options.result_chars = chars(&number)?,
                ("wait", Said::Text(text)) => options.wait = seconds(&text)?,
                (name, _) => return Err(Error::new(option.name.span(), form(name))),
            }
        }
        let needs = || {
            let name = kind.name();
            format!("`#[{name}]` needs to know who acts: `#[{name}(agent = \"support\")]`")
        };
        options.agent = agent.ok_or_else(|| Error::new(Span::call_site(), needs()))?;
        Ok(options)
    }

    /// Refuses what names an argument that the function has not.
    pub(crate) fn fit(&self, function: &Function) -> syn::Result<()> {
        if self.action.is_none() {
            let name = function.name();
            let named = named(LitStr::new(&name.unraw().to_string(), name.span()), 64, "_.:-");
            named.map_err(|error| {
                Error::new(error.span(), format!("{error}; give it another: `action = \"…\"`"))
            })?;
        }
        for name in self.skip.iter().chain(&self.redact) {
            if !function.arguments.contains(name) {
                return Err(Error::new(
                    name.span(),
                    format!("the function has no argument `{name}`"),
                ));
            }
        }
        Ok(())
    }

    pub(crate) fn treats(&self, argument: &Ident) -> Treated {
        if self.redact.contains(argument) {
            Treated::Redacted
        } else if self.skip_all || self.skip.contains(argument) {
            Treated::Skipped
        } else {
            Treated::Recorded
        }
    }
}

/// Says how an option is written.
fn form(option: &str) -> String {
    match option {
        "skip" | "redact" => format!("write `{option}(argument, other)`"),
        "skip_all" => "write `skip_all` alone".to_owned(),
        "result" => "write `result = false`".to_owned(),
        "result_chars" => "write `result_chars = 500`".to_owned(),
        "wait" => "write `wait = \"5m\"`".to_owned(),
        _ => format!("write `{option} = \"…\"`"),
    }
}

/// Refuses what is no name in the ledger, where the text can still be changed.
fn named(text: LitStr, most: usize, marks: &str) -> syn::Result<LitStr> {
    let name = text.value();
    let fits = |c: char| c.is_ascii_alphanumeric() || marks.contains(c);
    if (1..=most).contains(&name.len()) && name.chars().all(fits) {
        return Ok(text);
    }
    let message =
        format!("`{name}` is no name: 1 to {most} characters of `A-Z a-z 0-9` and `{marks}`");
    Err(Error::new(text.span(), message))
}

fn chars(number: &LitInt) -> syn::Result<usize> {
    let most = format!("a number of characters up to {MOST_RESULT_CHARS}");
    let read = number.base10_parse().ok().filter(|chars| *chars <= MOST_RESULT_CHARS);
    read.ok_or_else(|| Error::new(number.span(), most))
}

/// Reads `90s`, `5m` or `2h`.
fn seconds(text: &LitStr) -> syn::Result<u64> {
    let said = text.value();
    let read = [("s", 1), ("m", 60), ("h", 3600)].into_iter().find_map(|(unit, seconds)| {
        let count: u64 = said.strip_suffix(unit)?.parse().ok()?;
        count.checked_mul(seconds)
    });
    read.ok_or_else(|| Error::new(text.span(), "a time such as `90s`, `5m` or `2h`"))
}
