//! Putting `syndic mcp` in front of a server's command, and taking it away.

use std::path::Path;

use serde_json::Value;

use super::members::offset;
use super::servers::{Command, word};
use super::splice::Splice;

/// The command that is put in front.
#[derive(Debug, Clone)]
pub(crate) struct Wrapper {
    /// The program `syndic`.
    pub(crate) program: String,
    /// Its arguments, `mcp` first and `--` last.
    pub(crate) args: Vec<String>,
}

impl Wrapper {
    /// Names the server behind it.
    pub(crate) fn for_server(&self, name: &str) -> Self {
        let own = ["--server", name, "--"].map(str::to_owned);
        Self { program: self.program.clone(), args: self.args.iter().cloned().chain(own).collect() }
    }

    /// Returns the whole command line around another.
    pub(crate) fn around(&self, words: &[String]) -> Vec<String> {
        std::iter::once(&self.program).chain(&self.args).chain(words).cloned().collect()
    }
}

/// What makes two wrappers the same one, wherever the program is and whatever else it is told.
const TELLING: [&str; 4] = ["--agent", "--url", "--dir", "--key-file"];

/// Tells whether `syndic mcp` stands in front of a server already, however it came there and whatever the program is
/// called.
pub(crate) fn is_wrapped(command: &Command<'_>) -> bool {
    is_wrapping(&command.words())
}

/// Tells whether anything in a configuration is wrapped, in whatever part of it.
pub(crate) fn holds_wrapped(text: &str) -> bool {
    serde_json::from_str(text).is_ok_and(|root| within(&root))
}

fn within(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            let args = members.get("args").and_then(Value::as_array).into_iter().flatten();
            let words = members
                .get("command")
                .into_iter()
                .chain(args)
                .map(|word| word.as_str().map(str::to_owned).unwrap_or_default());
            is_wrapping(&words.collect::<Vec<_>>()) || members.values().any(within)
        }
        Value::Array(elements) => elements.iter().any(within),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn is_wrapping(words: &[String]) -> bool {
    let [program, command, args @ ..] = words else { return false };
    let named = Path::new(program).file_name().is_some_and(|name| name == "syndic");
    let shaped = option(args, "--agent").is_some() && args.iter().any(|word| word == "--");
    command == "mcp" && (named || shaped)
}

/// Says how a server is wrapped otherwise than `wrapper` would; `None` where it is not.
pub(crate) fn difference(command: &Command<'_>, wrapper: &Wrapper) -> Option<String> {
    let words = command.words();
    TELLING.iter().find_map(|name| {
        let (has, wanted) = (option(&words, name), option(&wrapper.args, name));
        let shown = |value: Option<&str>| match value {
            Some(value) => format!("`{name} {value}`"),
            None => format!("no `{name}`"),
        };
        (has != wanted).then(|| format!("{}, not {}", shown(has), shown(wanted)))
    })
}

/// Returns what an option is set to, of those before `--`.
fn option<'a>(words: &'a [String], name: &str) -> Option<&'a str> {
    let mut own = words.iter().take_while(|word| *word != "--");
    while let Some(word) = own.next() {
        if word == name {
            return own.next().map(String::as_str);
        }
        if let Some(value) = word.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
            return Some(value);
        }
    }
    None
}

/// Puts `wrapper` in front of a server's command, which becomes its first argument after `--`.
pub(crate) fn wrap(text: &str, command: &Command<'_>, wrapper: &Wrapper) -> Vec<Splice> {
    let mut words: Vec<_> = wrapper.args.iter().map(|word| quoted(word)).collect();
    words.push(command.command.to_owned());
    let at = offset(text, command.command);
    let end = at + command.command.len();
    let program = Splice::replace(at..end, quoted(&wrapper.program));
    let args = match &command.args {
        Some((list, elements)) => {
            let start = offset(text, list) + 1;
            match elements.first() {
                None => Splice::insert(start, words.join(", ")),
                Some(first) => {
                    let first = offset(text, first);
                    let separator = separator(text.get(start..first).unwrap_or_default());
                    Splice::insert(first, words.join(&separator) + &separator)
                }
            }
        }
        // The space after the bracket marks a list that was not there.
        None => {
            let separator = separator(first_gap(command.entry));
            Splice::insert(end, format!("{separator}\"args\": [ {}]", words.join(", ")))
        }
    };
    vec![program, args]
}

/// Takes away what [`wrap`] put in front; `None` where the command behind it cannot be told.
pub(crate) fn unwrap(text: &str, command: &Command<'_>) -> Option<Vec<Splice>> {
    let (list, elements) = command.args.as_ref()?;
    let dashes = elements.iter().position(|element| word(element) == "--")?;
    let (first, inner) = (elements.first()?, elements.get(dashes + 1)?);
    let at = offset(text, command.command);
    let end = at + command.command.len();
    let program = Splice::replace(at..end, *inner);
    let first = offset(text, first);
    let args = match elements.get(dashes + 2) {
        Some(rest) => first..offset(text, rest),
        None => {
            let list_at = offset(text, list);
            let added = text.get(list_at..first) == Some("[ ")
                && text.get(end..list_at)
                    == Some(&format!("{}\"args\": ", separator(first_gap(command.entry))));
            if added { end..list_at + list.len() } else { first..offset(text, inner) + inner.len() }
        }
    };
    Some(vec![program, Splice::remove(args)])
}

/// Separates like the list or object whose first element stands after `gap`.
fn separator(gap: &str) -> String {
    if gap.contains('\n') { format!(",{gap}") } else { ", ".to_owned() }
}

/// Returns what stands between the bracket and the first name of an object.
fn first_gap(object: &str) -> &str {
    let inside = object.get(1..).unwrap_or_default();
    inside.get(..inside.len() - inside.trim_start().len()).unwrap_or_default()
}

fn quoted(word: &str) -> String {
    Value::from(word).to_string()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Wrapper, holds_wrapped, is_wrapped, unwrap, wrap};
    use crate::mcp_config::{Kind, apply, read};

    fn edited(text: &str, wrapping: bool) -> String {
        let wrapper = Wrapper {
            program: "/bin/syndic".to_owned(),
            args: ["mcp", "--agent", "a", "--"].map(str::to_owned).to_vec(),
        };
        let mut splices = Vec::new();
        for entry in read(text, Path::new("/p")).unwrap().unwrap() {
            let Kind::Command(command) = &entry.kind else { continue };
            assert_ne!(is_wrapped(command), wrapping, "{text}");
            splices.extend(if wrapping {
                wrap(text, command, &wrapper)
            } else {
                unwrap(text, command).unwrap()
            });
        }
        apply(text, splices)
    }

    #[test]
    fn what_is_put_in_front_is_taken_away_byte_for_byte() {
        for (text, wrapped) in [
            (
                r#"{"mcpServers": {"a": {"command": "npx", "args": ["-y", "x"], "env": {"K": "v"}}}}"#,
                r#"{"mcpServers": {"a": {"command": "/bin/syndic", "args": ["mcp", "--agent", "a", "--", "npx", "-y", "x"], "env": {"K": "v"}}}}"#,
            ),
            (
                "{\"mcpServers\":\n{\"a\":\n  {\n    \"args\": [\n      \"x\"\n    ],\n    \"command\" : \"np\\u0078\"\n}}}",
                "{\"mcpServers\":\n{\"a\":\n  {\n    \"args\": [\n      \"mcp\",\n      \"--agent\",\n      \"a\",\n      \"--\",\n      \"np\\u0078\",\n      \"x\"\n    ],\n    \"command\" : \"/bin/syndic\"\n}}}",
            ),
            (
                r#"{"mcpServers": {"a": {"command": "npx", "args": []}, "b": {"args": [ ], "command": "npx"}}}"#,
                r#"{"mcpServers": {"a": {"command": "/bin/syndic", "args": ["mcp", "--agent", "a", "--", "npx"]}, "b": {"args": ["mcp", "--agent", "a", "--", "npx" ], "command": "/bin/syndic"}}}"#,
            ),
            (
                r#"{"mcpServers": {"a": {"command": "npx"}}}"#,
                r#"{"mcpServers": {"a": {"command": "/bin/syndic", "args": [ "mcp", "--agent", "a", "--", "npx"]}}}"#,
            ),
            (
                "{\"mcpServers\": {\"a\": {\n\t\"command\": \"npx\",\n\t\"env\": {}\n}}}",
                "{\"mcpServers\": {\"a\": {\n\t\"command\": \"/bin/syndic\",\n\t\"args\": [ \"mcp\", \"--agent\", \"a\", \"--\", \"npx\"],\n\t\"env\": {}\n}}}",
            ),
            (
                r#"{"projects": {"/p": {"mcpServers": {"a": {"command": "x"}}}, "/q": {"mcpServers": {"a": {"command": "x"}}}}, "mcpServers": {"u": {"type": "http", "url": "https://h"}}}"#,
                r#"{"projects": {"/p": {"mcpServers": {"a": {"command": "/bin/syndic", "args": [ "mcp", "--agent", "a", "--", "x"]}}}, "/q": {"mcpServers": {"a": {"command": "x"}}}}, "mcpServers": {"u": {"type": "http", "url": "https://h"}}}"#,
            ),
        ] {
            assert_eq!(edited(text, true), wrapped);
            assert_eq!(edited(wrapped, false), text);
        }
    }

    #[test]
    fn a_wrapper_is_known_by_its_arguments_whatever_the_program_is_called() {
        for (command, args, wrapped) in [
            ("/bin/syndic-1.2", r#"["mcp", "--agent", "a", "--", "npx"]"#, true),
            ("x", r#"["mcp", "--wait", "1s", "--agent=a", "--", "npx"]"#, true),
            ("syndic", r#"["mcp", "--dir", "d"]"#, true),
            ("x", r#"["mcp", "--agent", "a"]"#, false),
            ("x", r#"["mcp", "--", "y", "--agent", "a"]"#, false),
            ("x", r#"["serve", "mcp", "--agent", "a", "--", "y"]"#, false),
        ] {
            let text = format!(
                r#"{{"projects": {{"/q": {{"mcpServers": {{"s": {{"args": {args}, "command": "{command}"}}}}}}}}}}"#
            );
            assert_eq!(holds_wrapped(&text), wrapped, "{text}");
            let entries = read(&text, Path::new("/q")).unwrap().unwrap();
            let Kind::Command(command) = &entries[0].kind else { panic!("{text}") };
            assert_eq!(is_wrapped(command), wrapped, "{text}");
        }
    }

    #[test]
    fn what_a_program_wrote_anew_keeps_its_meaning() {
        let wrapped = r#"{"mcpServers":{"a":{"command":"/bin/syndic","args":["mcp","--agent","a","--","npx"]}}}"#;
        assert_eq!(edited(wrapped, false), r#"{"mcpServers":{"a":{"command":"npx","args":[]}}}"#);
    }
}
