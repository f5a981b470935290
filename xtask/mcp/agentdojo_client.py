"""Runs tasks with the official client, a server for each: tasks are read from standard input, effects written out.

A task is `{"command": [...], "calls": [{"name": ..., "args": {...}}]}`; its line of the output lists what became of
each call: `allow`, `hold` or `deny`.
"""

import asyncio
import json
import sys
from typing import Any

from mcp import Client, StdioServerParameters

AT_ONCE = 2


async def effects(task: dict[str, Any]) -> list[str]:
    program, *arguments = task["command"]
    async with Client(StdioServerParameters(command=program, args=arguments)) as client:
        await client.list_tools()
        return [await effect(client, call) for call in task["calls"]]


async def effect(client: Client, call: dict[str, Any]) -> str:
    result = await client.call_tool(call["name"], call["args"])
    decision = (result.meta or {}).get("dev.syndic/decision")
    if decision:
        return decision["effect"]
    if result.is_error:
        raise RuntimeError(f"{call['name']} failed: {result.content}")
    return "allow"


async def main() -> None:
    tasks = json.load(sys.stdin)
    free = asyncio.Semaphore(AT_ONCE)

    async def one(task: dict[str, Any]) -> list[str]:
        async with free:
            return await effects(task)

    for done in await asyncio.gather(*map(one, tasks)):
        print(json.dumps(done))


asyncio.run(main())
