//! Times, windows and figures as people read them.

use jiff::Timestamp;

use crate::{Figure, Window};

/// Writes a time in UTC.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Writes a window; its end is not in it.
pub(crate) fn window(window: Window) -> String {
    format!("{} until {}", time(window.from), time(window.to))
}

/// Writes which records something rests on.
pub(crate) fn records((first, last): (u64, u64)) -> String {
    if first == last { format!("record {first}") } else { format!("records {first} to {last}") }
}

/// Writes a figure; what is in thousandths stands as a percentage beside it.
pub(crate) fn figure(name: &str, figure: &Figure) -> String {
    match figure {
        Figure::Count(count) if name.ends_with("_permille") => {
            format!("{count} ({}.{} %)", count / 10, count % 10)
        }
        Figure::Count(count) => count.to_string(),
        Figure::Text(text) => text.clone(),
        Figure::List(all) if all.is_empty() => "none".to_owned(),
        Figure::List(all) => all.join(", "),
        Figure::At(at) => time(*at),
    }
}

/// Writes a number with what it counts.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Tells whether what would close a gap is a command, not words.
pub(crate) fn is_command(closes: &str) -> bool {
    closes.starts_with("syndic ") && !closes.contains('`')
}
