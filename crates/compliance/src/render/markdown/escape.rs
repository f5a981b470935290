//! Text that means nothing to Markdown.

/// Escapes text that somebody else wrote, for a paragraph, a list or a cell of a table.
pub(super) fn escape(text: &str) -> String {
    let begin = text.len() - text.trim_start().len();
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            // A heading, a list, or a line below a heading.
            '#' | '+' | '-' | '=' if at == begin => {
                out.push('\\');
                out.push(c);
            }
            '.' | ')' if at > begin && is_number(text, begin, at) => {
                out.push('\\');
                out.push(c);
            }
            // An address that would become a link.
            ':' if follows(text, at, "://") => out.push_str("&#58;"),
            '.' if precedes(text, at, "www") => out.push_str("&#46;"),
            _ => out.push(c),
        }
    }
    out
}

/// Writes code. What a span of code could not hold everywhere is an element.
pub(super) fn code(text: &str) -> String {
    let plain = |c: char| c != '`' && c != '|' && c != '<' && c != '\\' && c != '&';
    let fits = !text.is_empty() && text.trim().len() == text.len() && text.chars().all(plain);
    if fits { format!("`{text}`") } else { format!("<code>{}</code>", escape(text)) }
}

fn is_number(text: &str, begin: usize, end: usize) -> bool {
    text.get(begin..end).is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
}

fn follows(text: &str, at: usize, what: &str) -> bool {
    text.get(at..).is_some_and(|rest| rest.starts_with(what))
}

fn precedes(text: &str, at: usize, what: &str) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let start = before.len().saturating_sub(what.len());
    before.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(what))
}
