"""The official Python client: runs the calls that its argument names and prints what came of them."""

import asyncio
import json
import sys
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp.types import ElicitResult


def server(spec: dict[str, Any]) -> Any:
    """Returns what the client connects to: a command, or a URL with headers."""
    if "url" not in spec:
        return StdioServerParameters(command=spec["command"], args=spec["args"], env=spec.get("env"))
    if not spec.get("headers"):
        return spec["url"]
    from mcp.shared._httpx_utils import create_mcp_http_client

    return streamable_http_client(spec["url"], http_client=create_mcp_http_client(headers=spec["headers"]))


async def attempt(client: Client, name: str, args: dict[str, Any]) -> dict[str, Any]:
    progress: list[float] = []

    async def step(done: float, total: float | None, message: str | None) -> None:
        progress.append(done)

    try:
        result = await client.call_tool(name, args, progress_callback=step, read_timeout_seconds=50)
    except MCPError as error:
        return {"error": {"code": error.error.code, "message": str(error), "data": error.error.data}, "progress": progress}
    text = "\n".join(getattr(part, "text", part.type) for part in result.content)
    decision = (result.meta or {}).get("dev.syndic/decision")
    return {"text": text, "isError": bool(result.is_error), "decision": decision, "progress": progress}


async def main(spec: dict[str, Any]) -> None:
    elicited: list[Any] = []

    async def asked(context: Any, params: Any) -> ElicitResult:
        elicited.append(params.model_dump(mode="json", by_alias=True))
        return ElicitResult(action="accept")

    callback = {"elicitation_callback": asked} if spec.get("elicit") else {}
    async with Client(server(spec), mode=spec.get("mode", "auto"), **callback) as client:
        told: dict[str, Any] = {"version": client.protocol_version, "server": client.server_info.name}
        told["tools"] = [tool.name for tool in (await client.list_tools()).tools]
        told["calls"] = [await attempt(client, call["name"], call["args"]) for call in spec["calls"]]
        told["elicited"] = elicited
        print(json.dumps(told), flush=True)


asyncio.run(main(json.loads(sys.argv[1])))
