"""An MCP server over stdio with the tools of an AgentDojo suite: `python agentdojo_server.py TOOLS.json SUITE`."""

import asyncio
import json
import sys

from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.types import CallToolResult, ListToolsResult, TextContent, Tool


async def main(path: str, suite: str) -> None:
    with open(path, encoding="utf-8") as file:
        tools = [Tool.model_validate(tool) for tool in json.load(file)[suite]]

    async def list_tools(ctx, params) -> ListToolsResult:
        return ListToolsResult(tools=tools)

    async def call_tool(ctx, params) -> CallToolResult:
        return CallToolResult(content=[TextContent(type="text", text="done")])

    server = Server(f"agentdojo-{suite}", version="1.0.0", on_list_tools=list_tools, on_call_tool=call_tool)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


asyncio.run(main(sys.argv[1], sys.argv[2]))
