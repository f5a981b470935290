"""The server that the conformance suite asks for: its tools, resources and prompts, in both eras, over HTTP.

The suite dictates names and texts. `python fixture.py PORT` serves `/mcp` on loopback.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Annotated, Any, Literal

from mcp.server import ServerRequestContext
from mcp.server.mcpserver import Context, MCPServer, RequestStateSecurity
from mcp.server.mcpserver.prompts.base import UserMessage
from mcp.server.streamable_http import EventMessage, EventStore
from mcp.shared.exceptions import MCPError
from mcp.types import (
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    AudioContent,
    Completion,
    CreateMessageRequest,
    CreateMessageRequestParams,
    ElicitRequest,
    ElicitRequestFormParams,
    EmbeddedResource,
    EmptyResult,
    ImageContent,
    InputRequiredResult,
    ListRootsRequest,
    SamplingMessage,
    SetLevelRequestParams,
    SubscribeRequestParams,
    TextContent,
    TextResourceContents,
    UnsubscribeRequestParams,
)
from pydantic import BaseModel, Field

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
SILENCE = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="

server = MCPServer(
    name="conformance-fixture",
    version="1.0.0",
    request_state_security=RequestStateSecurity(keys=[b"a key of the fixture, which protects nothing"]),
    log_level="ERROR",
)


def described(function: Callable) -> str:
    """Returns a description for a list: the suite wants one of each."""
    return function.__name__.replace("_", " ")


def tool(function: Callable) -> Callable:
    return server.tool(description=described(function))(function)


def prompt(function: Callable) -> Callable:
    return server.prompt(description=described(function))(function)


def image() -> ImageContent:
    return ImageContent(type="image", data=PIXEL, mime_type="image/png")


def resource(uri: str, mime: str, text: str) -> EmbeddedResource:
    return EmbeddedResource(type="resource", resource=TextResourceContents(uri=uri, mime_type=mime, text=text))


def text(words: str) -> TextContent:
    return TextContent(type="text", text=words)


# Tools that answer at once


@tool
def test_simple_text() -> str:
    return "This is a simple text response for testing."


@tool
def test_image_content() -> list[ImageContent]:
    return [image()]


@tool
def test_audio_content() -> list[AudioContent]:
    return [AudioContent(type="audio", data=SILENCE, mime_type="audio/wav")]


@tool
def test_embedded_resource() -> list[EmbeddedResource]:
    return [resource("test://embedded-resource", "text/plain", "This is an embedded resource content.")]


@tool
def test_multiple_content_types() -> list[TextContent | ImageContent | EmbeddedResource]:
    mixed = resource("test://mixed-content-resource", "application/json", '{"test":"data","value":123}')
    return [text("Multiple content types test:"), image(), mixed]


@tool
def test_error_handling() -> str:
    raise RuntimeError("This tool intentionally returns an error for testing")


@tool
def test_x_mcp_header(
    region: Annotated[str, Field(json_schema_extra={"x-mcp-header": "Region"})] = "none",
) -> str:
    return f"region={region}"


@tool
def json_schema_2020_12_tool() -> str:
    return "json_schema_2020_12_tool"


server._tool_manager._tools["json_schema_2020_12_tool"].parameters = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}


# Tools that talk while they work


@tool
async def test_tool_with_logging(ctx: Context) -> str:
    for step in ["Tool execution started", "Tool processing data", "Tool execution completed"]:
        await ctx.info(step)
        await asyncio.sleep(0.05)
    return "Tool with logging executed successfully"


@tool
async def test_tool_with_progress(ctx: Context) -> str:
    for done in [0, 50, 100]:
        await ctx.report_progress(progress=done, total=100, message=f"Completed step {done} of 100")
        await asyncio.sleep(0.05)
    return "progress told"


@tool
async def test_reconnection(ctx: Context) -> str:
    await ctx.info("Before disconnect")
    await ctx.close_sse_stream()
    await asyncio.sleep(0.2)
    await ctx.info("After reconnect")
    return "Reconnection test completed"


@tool
async def test_trigger_tool_change(ctx: Context) -> str:
    await ctx.notify_tools_changed()
    return "tool list changed"


@tool
async def test_trigger_prompt_change(ctx: Context) -> str:
    await ctx.notify_prompts_changed()
    return "prompt list changed"


# Tools that ask the client, in the way of 2025-11-25


@tool
async def test_sampling(prompt: str, ctx: Context) -> str:
    asked = [SamplingMessage(role="user", content=text(prompt))]
    answer = await ctx.session.create_message(messages=asked, max_tokens=100, related_request_id=ctx.request_id)
    return f"LLM response: {answer.content.text}"


class Answer(BaseModel):
    response: str = Field(description="User's response")


class Defaults(BaseModel):
    name: str = "John Doe"
    age: int = 30
    score: float = 95.5
    status: str = Field(default="active", json_schema_extra={"enum": ["active", "inactive", "pending"]})
    verified: bool = True


def titled(*words: str) -> list[dict[str, str]]:
    return [{"const": word, "title": word.title()} for word in words]


class Choices(BaseModel):
    untitledSingle: str = Field(json_schema_extra={"enum": ["option1", "option2", "option3"]})
    titledSingle: str = Field(json_schema_extra={"oneOf": titled("value1", "value2", "value3")})
    untitledMulti: list[str] = Field(json_schema_extra={"items": {"type": "string", "enum": ["option1", "option2"]}})
    titledMulti: list[str] = Field(json_schema_extra={"items": {"anyOf": titled("value1", "value2")}})
    legacyEnum: str = Field(json_schema_extra={"enum": ["opt1", "opt2"], "enumNames": ["One", "Two"]})


async def elicit(ctx: Context, message: str, schema: type[BaseModel]) -> str:
    answer = await ctx.elicit(message=message, schema=schema)
    content = answer.data.model_dump_json() if answer.action == "accept" else "{}"
    return f"action={answer.action}, content={content}"


@tool
async def test_elicitation(message: str, ctx: Context) -> str:
    return "User response: " + await elicit(ctx, message, Answer)


@tool
async def test_elicitation_sep1034_defaults(ctx: Context) -> str:
    return "Elicitation completed: " + await elicit(ctx, "Please review the defaults", Defaults)


@tool
async def test_elicitation_sep1330_enums(ctx: Context) -> str:
    return "Elicitation completed: " + await elicit(ctx, "Please select options", Choices)


# Tools that ask the client, in the way of 2026-07-28


def form(message: str, field: str, kind: Literal["string", "boolean"] = "string") -> ElicitRequest:
    schema = {"type": "object", "properties": {field: {"type": kind}}, "required": [field]}
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=schema))


def sample(question: str) -> CreateMessageRequest:
    asked = [SamplingMessage(role="user", content=text(question))]
    return CreateMessageRequest(params=CreateMessageRequestParams(messages=asked, max_tokens=100))


def answered(ctx: Context, key: str, field: str) -> str | None:
    """Returns what was filled in for `field`, if the client answered the elicitation `key`."""
    content = getattr((ctx.input_responses or {}).get(key), "content", None)
    return content.get(field) if isinstance(content, dict) else None


@tool
async def test_input_required_result_elicitation(ctx: Context) -> str | InputRequiredResult:
    if name := answered(ctx, "user_name", "name"):
        return f"Hello, {name}!"
    return InputRequiredResult(input_requests={"user_name": form("What is your name?", "name")})


@tool
async def test_input_required_result_sampling(ctx: Context) -> str | InputRequiredResult:
    if answer := (ctx.input_responses or {}).get("capital_question"):
        return f"The model said: {answer.content.text}"
    return InputRequiredResult(input_requests={"capital_question": sample("What is the capital of France?")})


@tool
async def test_input_required_result_list_roots(ctx: Context) -> str | InputRequiredResult:
    if answer := (ctx.input_responses or {}).get("client_roots"):
        return f"{len(answer.roots)} roots"
    return InputRequiredResult(input_requests={"client_roots": ListRootsRequest()})


@tool
async def test_input_required_result_request_state(ctx: Context) -> str | InputRequiredResult:
    if ctx.request_state == "asked" and "confirm" in (ctx.input_responses or {}):
        return "state-ok"
    return InputRequiredResult(input_requests={"confirm": form("Please confirm", "ok", "boolean")}, request_state="asked")


@tool
async def test_input_required_result_tampered_state(ctx: Context) -> str | InputRequiredResult:
    return await test_input_required_result_request_state(ctx)


@tool
async def test_input_required_result_multiple_inputs(ctx: Context) -> str | InputRequiredResult:
    asked = {
        "user_name": form("What is your name?", "name"),
        "greeting": sample("Write a greeting"),
        "client_roots": ListRootsRequest(),
    }
    if asked.keys() <= (ctx.input_responses or {}).keys():
        return "All inputs received"
    return InputRequiredResult(input_requests=asked, request_state="several")


@tool
async def test_input_required_result_multi_round(ctx: Context) -> str | InputRequiredResult:
    state: dict[str, Any] = json.loads(ctx.request_state or "{}")
    name = state.get("name") or answered(ctx, "step1", "name")
    color = answered(ctx, "step2", "color")
    if name and color:
        return f"{name} likes {color}"
    if name:
        asked = {"step2": form("What is your favorite color?", "color")}
        return InputRequiredResult(input_requests=asked, request_state=json.dumps({"name": name}))
    return InputRequiredResult(input_requests={"step1": form("What is your name?", "name")}, request_state="{}")


@tool
async def test_input_required_result_capabilities(ctx: Context) -> InputRequiredResult:
    can = ctx.client_capabilities
    asked: dict[str, Any] = {}
    if can is None or can.sampling is not None:
        asked["greeting"] = sample("Write a greeting")
    if can is None or can.elicitation is not None:
        asked["user_name"] = form("What is your name?", "name")
    return InputRequiredResult(input_requests=asked, request_state="as declared")


@tool
async def test_missing_capability(ctx: Context) -> str:
    can = ctx.session.client_capabilities
    if can is None or can.sampling is None:
        missing = {"requiredCapabilities": {"sampling": {}}}
        raise MCPError(code=MISSING_REQUIRED_CLIENT_CAPABILITY, message="the client cannot sample", data=missing)
    return "the client can sample"


# Resources, prompts, completion, and what only 2025-11-25 has


@server.resource("test://static-text", mime_type="text/plain")
def static_text() -> str:
    return "This is the content of the static text resource."


@server.resource("test://static-binary", mime_type="image/png")
def static_binary() -> bytes:
    return PIXEL.encode()


@server.resource("test://template/{id}/data", mime_type="application/json")
def template(id: str) -> str:
    return json.dumps({"id": id, "templateTest": True, "data": f"Data for ID: {id}"})


@server.resource("test://watched-resource", mime_type="text/plain")
def watched() -> str:
    return "Watched"


@prompt
def test_simple_prompt() -> list[UserMessage]:
    return [UserMessage(role="user", content=text("This is a simple prompt for testing."))]


@prompt
def test_prompt_with_arguments(arg1: str, arg2: str) -> list[UserMessage]:
    return [UserMessage(role="user", content=text(f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"))]


@prompt
def test_prompt_with_embedded_resource(resourceUri: str) -> list[UserMessage]:
    embedded = resource(resourceUri, "text/plain", "Embedded resource content for testing.")
    asked = text("Please process the embedded resource above.")
    return [UserMessage(role="user", content=embedded), UserMessage(role="user", content=asked)]


@prompt
def test_prompt_with_image() -> list[UserMessage]:
    asked = text("Please analyze the image above.")
    return [UserMessage(role="user", content=image()), UserMessage(role="user", content=asked)]


@prompt
async def test_input_required_result_prompt(ctx: Context) -> list[UserMessage] | InputRequiredResult:
    if context := answered(ctx, "user_context", "context"):
        return [UserMessage(role="user", content=text(f"Use this context: {context}"))]
    return InputRequiredResult(input_requests={"user_context": form("Which context?", "context")})


@server.completion()
async def complete(ref: Any, argument: Any, context: Any) -> Completion:
    return Completion(values=[], total=0, has_more=False)


async def nothing(ctx: ServerRequestContext, params: Any) -> EmptyResult:
    return EmptyResult()


for method, params in [
    ("logging/setLevel", SetLevelRequestParams),
    ("resources/subscribe", SubscribeRequestParams),
    ("resources/unsubscribe", UnsubscribeRequestParams),
]:
    server._lowlevel_server.add_request_handler(method, params, nothing)


class Events(EventStore):
    """What was sent on each stream, so that a client that comes back gets the rest."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []

    async def store_event(self, stream_id: str, message: Any) -> str:
        self.sent.append((stream_id, message))
        return str(len(self.sent))

    async def replay_events_after(self, last_event_id: str, send_callback: Any) -> str | None:
        last = int(last_event_id)
        if not 0 < last <= len(self.sent):
            return None
        stream = self.sent[last - 1][0]
        for number, (of, message) in enumerate(self.sent[last:], start=last + 1):
            if of == stream and message is not None:
                await send_callback(EventMessage(message, str(number)))
        return stream


if __name__ == "__main__":
    server.run(transport="streamable-http", port=int(sys.argv[1]), event_store=Events(), retry_interval=100)
