//! Apache Parquet: the 17 fields as columns, with their types.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use syndic_api::Event;

use super::{Sink, cells};

/// A row group is written when it has so many rows, or so many bytes of text: it is in memory until then.
const MOST_ROWS: usize = 65_536;
const MOST_BYTES: usize = 32 << 20;

/// What has structure is JSON text, as in CSV.
const MESSAGE: &str = "
message event {
    REQUIRED BYTE_ARRAY event_id (STRING);
    REQUIRED INT64 timestamp (TIMESTAMP(MICROS,true));
    REQUIRED BYTE_ARRAY agent_name (STRING);
    REQUIRED BYTE_ARRAY agent_version (STRING);
    REQUIRED BYTE_ARRAY session_id (STRING);
    OPTIONAL BYTE_ARRAY user_id (STRING);
    REQUIRED BYTE_ARRAY action (STRING);
    OPTIONAL BYTE_ARRAY tool_name (STRING);
    OPTIONAL BYTE_ARRAY tool_args (STRING);
    OPTIONAL BYTE_ARRAY tool_result (STRING);
    REQUIRED BYTE_ARRAY policy_checks (STRING);
    REQUIRED BOOLEAN allowed;
    OPTIONAL INT64 duration_ms;
    REQUIRED BYTE_ARRAY model (STRING);
    OPTIONAL INT64 input_tokens;
    OPTIONAL INT64 output_tokens;
    REQUIRED BYTE_ARRAY metadata (STRING);
}";

/// A file that is being written, and the rows that are not written yet.
pub(super) struct Columns<W: Write + Send> {
    file: SerializedFileWriter<W>,
    rows: Vec<[Cell; 17]>,
    bytes: usize,
}

enum Cell {
    Text(Option<String>),
    Number(Option<i64>),
    Truth(bool),
}

impl<W: Write + Send> Columns<W> {
    pub(super) fn new(to: W) -> anyhow::Result<Self> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("syndic ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let message = Arc::new(parse_message_type(MESSAGE)?);
        let file = SerializedFileWriter::new(to, message, Arc::new(properties))?;
        Ok(Self { file, rows: Vec::new(), bytes: 0 })
    }

    /// Writes the rows that there are, column by column.
    fn flush(&mut self) -> anyhow::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        let mut columns = self.rows.iter().map(|row| row.iter()).collect::<Vec<_>>();
        while let Some(mut writer) = group.next_column()? {
            let column: Vec<&Cell> = columns.iter_mut().filter_map(Iterator::next).collect();
            write(&column, &mut writer)?;
            writer.close()?;
        }
        group.close()?;
        self.rows.clear();
        self.bytes = 0;
        Ok(())
    }
}

impl<W: Write + Send> Sink for Columns<W> {
    fn write(&mut self, event: &Event) -> anyhow::Result<()> {
        let row = row(event);
        self.bytes += row.iter().map(Cell::bytes).sum::<usize>();
        self.rows.push(row);
        if self.rows.len() >= MOST_ROWS || self.bytes >= MOST_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> anyhow::Result<()> {
        self.flush()?;
        self.file.finish()?;
        Ok(self.file.flush()?)
    }
}

impl Cell {
    const fn bytes(&self) -> usize {
        match self {
            Self::Text(Some(text)) => text.len(),
            Self::Text(None) | Self::Number(_) | Self::Truth(_) => size_of::<Self>(),
        }
    }
}

/// Writes one column. Of one that is required every cell has a value, and how many have one is not written.
fn write(column: &[&Cell], writer: &mut SerializedColumnWriter<'_>) -> anyhow::Result<()> {
    let (mut texts, mut numbers, mut truths) = (Vec::new(), Vec::new(), Vec::new());
    let mut defined = Vec::with_capacity(column.len());
    for cell in column {
        let is_some = match cell {
            Cell::Text(text) => {
                texts.extend(text.as_deref().map(ByteArray::from));
                text.is_some()
            }
            Cell::Number(number) => {
                numbers.extend(*number);
                number.is_some()
            }
            Cell::Truth(truth) => {
                truths.push(*truth);
                true
            }
        };
        defined.push(i16::from(is_some));
    }
    let defined = Some(defined.as_slice());
    match column.first() {
        Some(Cell::Text(_)) => {
            writer.typed::<ByteArrayType>().write_batch(&texts, defined, None)?;
        }
        Some(Cell::Number(_)) => {
            writer.typed::<Int64Type>().write_batch(&numbers, defined, None)?;
        }
        Some(Cell::Truth(_)) => {
            writer.typed::<BoolType>().write_batch(&truths, defined, None)?;
        }
        None => {}
    }
    Ok(())
}

/// The cells of an event, in the order of [`MESSAGE`].
fn row(event: &Event) -> [Cell; 17] {
    let [
        event_id,
        _,
        agent_name,
        agent_version,
        session_id,
        user_id,
        action,
        tool_name,
        tool_args,
        tool_result,
        policy_checks,
        _,
        _,
        model,
        _,
        _,
        metadata,
    ] = cells(event);
    // No tool runs for 300 million years.
    let number =
        |number: Option<u64>| Cell::Number(number.map(|n| i64::try_from(n).unwrap_or(i64::MAX)));
    [
        Cell::Text(event_id),
        Cell::Number(Some(event.timestamp.as_microsecond())),
        Cell::Text(agent_name),
        Cell::Text(agent_version),
        Cell::Text(session_id),
        Cell::Text(user_id),
        Cell::Text(action),
        Cell::Text(tool_name),
        Cell::Text(tool_args),
        Cell::Text(tool_result),
        Cell::Text(policy_checks),
        Cell::Truth(event.allowed),
        number(event.duration_ms),
        Cell::Text(model),
        number(event.input_tokens),
        number(event.output_tokens),
        Cell::Text(metadata),
    ]
}

#[cfg(test)]
mod tests {
    use parquet::schema::parser::parse_message_type;

    use super::MESSAGE;
    use crate::command::audit::export::NAMES;

    #[test]
    fn the_columns_are_the_fields_of_an_event() {
        let message = parse_message_type(MESSAGE).unwrap();
        let names: Vec<_> = message.get_fields().iter().map(|field| field.name()).collect();
        assert_eq!(names, NAMES);
    }
}
