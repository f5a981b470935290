//! What is not Cedar: where it stops being so, and what was probably meant.

use cedar_policy::{ParseError, ParseErrors};
use miette::Diagnostic as _;
use syndic_model::Finding;

use crate::finding::{error, file, near, position};
use crate::outline::{Token, tokens};
use crate::parse::offset;

/// The methods and functions of Cedar 4 that policies here can use.
const FUNCTIONS: [&str; 21] = [
    "contains",
    "containsAll",
    "containsAny",
    "isEmpty",
    "greaterThan",
    "greaterThanOrEqual",
    "lessThan",
    "lessThanOrEqual",
    "decimal",
    "datetime",
    "duration",
    "offset",
    "durationSince",
    "toDate",
    "toTime",
    "toMilliseconds",
    "toSeconds",
    "toMinutes",
    "toHours",
    "toDays",
    "isInRange",
];

const SCOPE: &str = "write the scope as `(principal, action, resource)`, in this order";

/// Tells where the text of a file is not Cedar.
#[must_use]
pub fn syntax(path: &str, text: &str, faults: &ParseErrors) -> Vec<Finding> {
    let finding = |fault: &ParseError| {
        let message = fault.to_string();
        let Some(at) = offset(fault) else {
            return error("syntax", file(path), message);
        };
        let help = fault.help().map(|help| help.to_string());
        let hint = remedy(text, at, &message, help.as_deref()).or(help);
        let finding = error("syntax", position(path, text, at), message);
        Finding { hint, ..finding }
    };
    faults.iter().map(finding).collect()
}

/// Guesses what was meant, from the fault and the text around it.
fn remedy(text: &str, at: usize, message: &str, help: Option<&str>) -> Option<String> {
    let said =
        |words: &str| message.contains(words) || help.is_some_and(|help| help.contains(words));
    let quoted = message.split('`').nth(1).unwrap_or_default();
    let last = message.rsplit([' ', '@']).next().unwrap_or_default();
    if said("'=' is not a valid operator") {
        return Some("write `==`".to_owned());
    }
    if said("policy scopes must contain") {
        return Some(SCOPE.to_owned());
    }
    if said("expected single entity uid, found set") {
        return Some("write `in` instead of `==` before several".to_owned());
    }
    if said("expected an entity uid, found name") {
        let (kind, id) = quoted.rsplit_once("::")?;
        return Some(format!("write `{kind}::\"{id}\"`"));
    }
    if said("invalid policy effect") {
        return near(last, ["permit", "forbid"]).or_else(|| semicolon(text, at));
    }
    if said("invalid policy condition") {
        let word = message.split_whitespace().nth(3).unwrap_or_default();
        return near(word, ["when", "unless"]);
    }
    if said("duplicate annotation") {
        return Some(format!("keep one `@{last}`"));
    }
    if said("is not a valid method") || said("is not a valid function") {
        return near(quoted, FUNCTIONS);
    }
    if said("has no fields or methods") {
        let start = quoted.split('.').next().unwrap_or_default();
        let part = matches!(start, "facts" | "input" | "call");
        return part.then(|| format!("write `context.{start}`"));
    }
    if said("invalid token") {
        return invalid(text.get(at..)?);
    }
    if said("unexpected token") || said("unexpected end of input") {
        unexpected(text, at)
    } else {
        None
    }
}

fn invalid(rest: &str) -> Option<String> {
    match rest.chars().next()? {
        '\'' => Some("texts stand in double quotes".to_owned()),
        '#' => Some("a comment starts with `//`".to_owned()),
        '"' => Some("close the text with a double quote on its line".to_owned()),
        _ => None,
    }
}

/// Looks at what comes before a token that does not belong.
fn unexpected(text: &str, at: usize) -> Option<String> {
    let before: Vec<Token<'_>> =
        tokens(text).take_while(|(start, _)| *start < at).map(|(_, token)| token).collect();
    let here = tokens(text.get(at..)?).next().map(|(_, token)| token);
    match (before.as_slice(), here) {
        (_, Some(Token::Word("and" | "AND"))) => Some("write `&&`".to_owned()),
        (_, Some(Token::Word("or" | "OR"))) => Some("write `||`".to_owned()),
        ([.., Token::Word("not" | "NOT")], _) => Some("write `!` instead of `not`".to_owned()),
        ([.., Token::Sign('@'), Token::Word(name), Token::Sign('(')], Some(Token::Word(word))) => {
            Some(format!("write `@{name}(\"{word}\")`"))
        }
        ([.., Token::Word(word @ ("when" | "unless"))], Some(Token::Sign('('))) => {
            Some(format!("write `{word} {{ … }}`"))
        }
        (before, Some(Token::Sign('}'))) if lacks_else(before) => {
            Some("write an `else` as well: `if … then … else …`".to_owned())
        }
        (before, Some(Token::Sign(';')) | None) if open_braces(before) > 0 => {
            Some("close the `{` with a `}`".to_owned())
        }
        _ => semicolon(text, at),
    }
}

/// Tells of a policy that ends without its semicolon.
fn semicolon(text: &str, at: usize) -> Option<String> {
    let before = tokens(text).take_while(|(start, _)| *start < at).last()?.1;
    let here = tokens(text.get(at..)?).next().map(|(_, token)| token);
    let starts = matches!(here, None | Some(Token::Sign('@') | Token::Word("permit" | "forbid")));
    let ends = matches!(before, Token::Sign(')' | '}'));
    (starts && ends).then(|| "end the policy before this with `;`".to_owned())
}

fn open_braces(tokens: &[Token<'_>]) -> usize {
    tokens.iter().fold(0, |open: usize, token| match token {
        Token::Sign('{') => open + 1,
        Token::Sign('}') => open.saturating_sub(1),
        Token::Sign(_) | Token::Word(_) => open,
    })
}

fn lacks_else(tokens: &[Token<'_>]) -> bool {
    let count = |word| tokens.iter().filter(|token| **token == Token::Word(word)).count();
    count("then") > count("else")
}
