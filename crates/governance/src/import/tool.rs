//! The tools of an MCP server, as `tools/list` tells them.

use serde_json::Value;
use thiserror::Error;

/// How many tools one import takes.
const MOST_TOOLS: usize = 1000;

/// One tool.
#[derive(Debug, Clone, PartialEq)]
pub struct McpTool {
    /// Its name.
    pub name: String,
    /// What its server says of it; believed by nobody.
    pub description: String,
    /// JSON Schema of its arguments.
    pub input: Value,
    /// `readOnlyHint`, a claim of the server like the next two.
    pub read_only: Option<bool>,
    /// `destructiveHint`
    pub destructive: Option<bool>,
    /// `openWorldHint`
    pub open_world: Option<bool>,
}

/// Says why a document holds no tools.
#[derive(Debug, Error)]
pub enum NotTools {
    /// There is no list.
    #[error(
        "there is no list of tools: it should be the result of `tools/list`, `{{\"tools\": [...]}}`"
    )]
    NoList,
    /// An element is no tool.
    #[error("tool {0} has no `name`")]
    NoName(usize),
    /// There are more than one import takes.
    #[error("there are more than {MOST_TOOLS} tools")]
    TooMany,
}

/// Reads the result of `tools/list`, the answer around it, or the list alone.
///
/// # Errors
/// When it is none of these.
pub fn read_tools(document: &Value) -> Result<Vec<McpTool>, NotTools> {
    let result = document.get("result").unwrap_or(document);
    let tools = result.get("tools").unwrap_or(result).as_array().ok_or(NotTools::NoList)?;
    if tools.len() > MOST_TOOLS {
        return Err(NotTools::TooMany);
    }
    tools.iter().enumerate().map(|(n, tool)| read(tool).ok_or(NotTools::NoName(n + 1))).collect()
}

fn read(tool: &Value) -> Option<McpTool> {
    let text = |name: &str| tool.get(name).and_then(Value::as_str);
    let hint = |name: &str| tool.get("annotations")?.get(name)?.as_bool();
    let input = tool.get("inputSchema").or_else(|| tool.get("input_schema"));
    Some(McpTool {
        name: text("name").filter(|name| !name.is_empty())?.to_owned(),
        description: text("description").unwrap_or_default().to_owned(),
        input: input.cloned().unwrap_or(Value::Null),
        read_only: hint("readOnlyHint"),
        destructive: hint("destructiveHint"),
        open_world: hint("openWorldHint"),
    })
}
