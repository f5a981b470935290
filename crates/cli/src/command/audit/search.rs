//! `syndic audit search`

use syndic_api::Events;
use syndic_client::{Client, EventFilter};

use crate::args::Global;
use crate::command::audit::coverage;
use crate::command::audit::filter::{FilterArgs, PeriodArgs};
use crate::command::audit::list::{header, row};
use crate::connect;
use crate::exit::Exit;
use crate::output::Output;

/// Find events by words of their arguments and reasons, newest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Every word must occur, whole, in arguments (keys and values) or in the reasons of what stood in
the way; case and accents do not count. Words in quotes, or joined by punctuation, must stand one
after another.

Examples:
  syndic audit search refund A-1001
  syndic audit search 'as agreed by phone' --agent customer-support
  syndic audit search ada@example.com --since 2026-08-01T00:00:00Z --json
  syndic audit search --policy transaction-limit --user ada@example.com")]
pub(crate) struct SearchArgs {
    /// What must occur
    #[arg(value_name = "WORDS")]
    words: Vec<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// The next page, as the last one said
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    period: PeriodArgs,
}

pub(crate) async fn run(args: SearchArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    connect::with(global, out, async |client| search(args, client, out).await).await?;
    Ok(Exit::Success)
}

async fn search(args: SearchArgs, client: &Client, out: &Output) -> anyhow::Result<()> {
    let SearchArgs { words, filter, period, limit, cursor } = args;
    let filter = EventFilter { q: query(&words), cursor, ..period.narrow(filter.filter()) };
    let page = full_page(filter, limit, client).await?;
    coverage::warn(client, out).await?;
    if out.is_json() {
        return Ok(out.document(&page)?);
    }
    if page.events.is_empty() {
        out.note("nothing was found");
        return Ok(());
    }
    let mut table = header();
    for event in &page.events {
        table.push(row(event));
    }
    table.write(out)?;
    if let Some(cursor) = page.next_cursor {
        out.note(format!("older ones: --cursor {cursor}"));
    }
    Ok(())
}

/// Reads on until the page is full or nothing follows: a page of phrases may have fewer.
async fn full_page(filter: EventFilter, limit: u16, client: &Client) -> anyhow::Result<Events> {
    let mut asked = EventFilter { limit: Some(limit), ..filter };
    let mut all = client.events(&asked).await?;
    while let Some(cursor) = &all.next_cursor {
        let left = usize::from(limit).saturating_sub(all.events.len());
        if left == 0 {
            break;
        }
        asked.limit = u16::try_from(left).ok();
        asked.cursor = Some(cursor.clone());
        let Events { events, next_cursor, indexed_through } = client.events(&asked).await?;
        all.events.extend(events);
        (all.next_cursor, all.indexed_through) = (next_cursor, indexed_through);
    }
    Ok(all)
}

/// Joins the words; what the shell was given as one argument is a phrase.
fn query(words: &[String]) -> Option<String> {
    let quoted = words.iter().map(|word| {
        let is_phrase = word.contains(char::is_whitespace) && !word.contains('"');
        if is_phrase { format!("\"{word}\"") } else { word.clone() }
    });
    (!words.is_empty()).then(|| quoted.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::query;

    #[test]
    fn one_argument_of_several_words_is_a_phrase() {
        for (words, expected) in [
            (&[][..], None),
            (&["refund", "A-1"], Some("refund A-1")),
            (&["as agreed", "x"], Some("\"as agreed\" x")),
            (&["late \"as agreed\""], Some("late \"as agreed\"")),
        ] {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(query(&words).as_deref(), expected);
        }
    }
}
