//! A small MCP server with files and a bank, to try `syndic mcp` with: it reaches nobody.

use std::fs;
use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::exit::Exit;

/// Be an MCP server with files and a bank that reaches nobody, to try `syndic mcp` with
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic mcp --agent financial-advisor --dir governance -- syndic demo mcp-server files
  syndic mcp pin --dir governance --check -- syndic demo mcp-server files

Speaks MCP 2025-11-25 on its standard input and output, and tells on standard error what it does.")]
pub(super) struct ServerArgs {
    /// The folder whose files it reads
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
}

const METHOD_NOT_FOUND: i32 = -32601;
const PARSE_ERROR: i32 = -32700;

/// Answers line by line until nobody asks any more.
pub(super) fn run(args: &ServerArgs) -> anyhow::Result<Exit> {
    for line in io::stdin().lock().lines() {
        let line = line?;
        let answer = match serde_json::from_str::<Value>(&line) {
            Ok(message) => answer(&message, &args.folder),
            Err(_) => Some(failure(&Value::Null, PARSE_ERROR, "this is not JSON")),
        };
        if let Some(answer) = answer {
            let mut output = io::stdout().lock();
            writeln!(output, "{answer}")?;
            output.flush()?;
        }
    }
    Ok(Exit::Success)
}

fn answer(message: &Value, folder: &Path) -> Option<Value> {
    let id = message.get("id")?;
    let params = message.get("params").unwrap_or(&Value::Null);
    let result = match message.get("method").and_then(Value::as_str)? {
        "initialize" => json!({
            "protocolVersion": "2025-11-25",
            "capabilities": { "tools": {} },
            "serverInfo": { "name": "office", "version": env!("CARGO_PKG_VERSION") },
        }),
        "ping" => json!({}),
        "tools/list" => json!({ "tools": tools() }),
        "tools/call" => call(params, folder),
        _ => return Some(failure(id, METHOD_NOT_FOUND, "there is no such method")),
    };
    Some(json!({ "jsonrpc": "2.0", "id": id, "result": result }))
}

fn failure(id: &Value, code: i32, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}

fn tools() -> Value {
    let tool = |name: &str, description: &str, properties: Value| {
        let required: Vec<_> =
            properties.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        let input = json!({ "type": "object", "properties": properties, "required": required });
        json!({ "name": name, "description": description, "inputSchema": input })
    };
    let text = json!({ "type": "string" });
    json!([
        tool("read_file", "Reads a file.", json!({ "path": text })),
        tool(
            "execute_transaction",
            "Moves money, in USD.",
            json!({ "amount": { "type": "number" }, "recipient": text })
        ),
        tool("delete_file", "Deletes a file.", json!({ "path": text })),
    ])
}

fn call(params: &Value, folder: &Path) -> Value {
    let tool = params.get("name").and_then(Value::as_str).unwrap_or_default();
    let argument = |name: &str| params.get("arguments").and_then(|all| all.get(name));
    let text = |name: &str| argument(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let done = match tool {
        "read_file" => read(folder, &text("path")),
        "execute_transaction" => {
            let amount = argument("amount").map(ToString::to_string).unwrap_or_default();
            Ok(format!("{amount} USD sent to {}", text("recipient")))
        }
        "delete_file" => Ok(format!("{} deleted", text("path"))),
        _ => Err("there is no such tool".to_owned()),
    };
    tell(tool, &done);
    let (text, failed) = match done {
        Ok(text) => (text, false),
        Err(text) => (text, true),
    };
    json!({ "content": [{ "type": "text", "text": text }], "isError": failed })
}

/// Reads a file of the folder itself, and none elsewhere.
fn read(folder: &Path, name: &str) -> Result<String, String> {
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains('/');
    if !plain {
        return Err("name a file of the folder".to_owned());
    }
    fs::read_to_string(folder.join(name)).map_err(|error| format!("cannot read it: {error}"))
}

fn tell(tool: &str, done: &Result<String, String>) {
    let word = if done.is_ok() { "ran" } else { "could not run" };
    let tool = crate::visible::visible(tool);
    drop(writeln!(io::stderr().lock(), "office: {word} {tool}"));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::answer;

    #[test]
    fn it_reads_its_files_and_nobody_elses() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("files");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("note.txt"), "hello").unwrap();
        std::fs::write(root.path().join("secret.txt"), "secret").unwrap();
        for (path, text, failed) in [
            ("note.txt", "hello", false),
            ("../secret.txt", "name a file of the folder", true),
            ("", "name a file of the folder", true),
        ] {
            let call = json!({"name": "read_file", "arguments": {"path": path}});
            let message = json!({"id": 1, "method": "tools/call", "params": call});
            let result = answer(&message, &folder).unwrap()["result"].clone();
            assert_eq!(
                (&result["content"][0]["text"], &result["isError"]),
                (&json!(text), &json!(failed))
            );
        }
        assert_eq!(answer(&json!({"method": "notifications/initialized"}), &folder), None);
        let unknown = answer(&json!({"id": 0, "method": "server/discover"}), &folder).unwrap();
        assert_eq!((&unknown["id"], &unknown["error"]["code"]), (&json!(0), &json!(-32601)));
    }
}
