"""The OpenAPI 3.1 document, made from the route table, the body models and the desk's views.

Nothing is described by hand but what every call shares: the problem document, the login, the header
of a repeatable request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from hotelbridge import __version__
from hotelbridge.web.bodies import LARGEST_ID, Form
from hotelbridge.web.routing import JSON, Route

Doc = dict[str, Any]
Key = tuple[Any, JsonSchemaMode]

PROBLEM_TYPE = "application/problem+json"
REFERENCE = "#/components/schemas/{model}"

PROBLEM: Doc = {
    "type": "object",
    "description": "What went wrong and what to do about it (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable, for programs"},
        "detail": {"type": "string", "description": "a sentence for people"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "detail": {"type": "string"},
                    "did_you_mean": {"type": "string"},
                },
            },
        },
    },
}

ONCE: Doc = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key with the same request again gives the first answer again, for 24 h.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}

PATH_SCHEMAS: dict[str, Doc] = {
    "p": {"type": "string", "minLength": 1, "description": "id of the property"},
    "id": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
    "number": {"type": "string", "minLength": 1, "description": "number of the room"},
}

NO_SUCH = {404: "There is no such thing."}
COMMON = {401: "No token, or not a good one.", 403: "The token may not do this."}


def document(routes: Sequence[Route]) -> Doc:
    """The whole document."""
    schemas, components = _schemas(routes)
    paths: dict[str, Doc] = {}
    for route in routes:
        paths.setdefault(route.pattern, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "hotelbridge",
            "version": __version__,
            "description": "Wake-up calls, rooms and alarms of a hotel on its telephone exchange.",
        },
        "paths": paths,
        "components": {
            "schemas": {**components, "Problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _schemas(routes: Iterable[Route]) -> tuple[dict[Key, Doc], Doc]:
    wanted: dict[Key, None] = {}
    for route in routes:
        if route.view is not None:
            wanted[route.view, "serialization"] = None
        for form in (route.query, route.body):
            if form is not None:
                wanted[form, "validation"] = None
    inputs = [((kind, mode), mode, TypeAdapter(kind)) for kind, mode in wanted]
    made, definitions = TypeAdapter.json_schemas(inputs, ref_template=REFERENCE)
    schemas = {key: schema for (key, _), schema in made.items()}
    return schemas, definitions.get("$defs", {})


def _operation(route: Route, schemas: dict[Key, Doc]) -> Doc:
    operation: Doc = {
        "operationId": _name(route),
        "summary": route.summary,
        "responses": _responses(route, schemas),
    }
    if parameters := _parameters(route, schemas):
        operation["parameters"] = parameters
    if route.body is not None:
        schema = schemas[route.body, "validation"]
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    if route.roles is None:
        operation["security"] = []
    else:
        operation["x-roles"] = sorted(role.value for role in route.roles)
    return operation


def _name(route: Route) -> str:
    words = re.findall(r"[a-z]+(?![a-z]*\})", route.pattern.removeprefix("/api/v1"))
    ending = ["one"] if route.pattern.endswith("}") else []
    return "_".join([route.method.lower(), *words, *ending])


def _parameters(route: Route, schemas: dict[Key, Doc]) -> list[Doc]:
    made = [
        {"name": name, "in": "path", "required": True, "schema": PATH_SCHEMAS[name]}
        for name in re.findall(r"{(\w+)}", route.pattern)
    ]
    if route.query is not None:
        made += _query_parameters(route.query, schemas)
    return [*made, ONCE] if route.method == "POST" else made


def _query_parameters(form: type[Form], schemas: dict[Key, Doc]) -> list[Doc]:
    schema = TypeAdapter(form).json_schema(ref_template=REFERENCE)
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "allowEmptyValue": True,
            "schema": _without_null(own),
        }
        for name, own in schema["properties"].items()
    ]


def _without_null(schema: Doc) -> Doc:
    """A parameter is left out, never null."""
    rest = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    if "anyOf" not in schema:
        return rest | ({"default": schema["default"]} if schema.get("default") is not None else {})
    (kind,) = (kind for kind in schema["anyOf"] if kind.get("type") != "null")
    return {**kind, **rest}


def _responses(route: Route, schemas: dict[Key, Doc]) -> Doc:
    content: Doc = {route.content_type: {}}
    if route.view is not None:
        content = {route.content_type: {"schema": schemas[route.view, "serialization"]}}
    elif route.content_type == JSON:
        content = {JSON: {"schema": {"type": "object"}}}
    content |= {} if route.also is None else {route.also: {}}
    responses: Doc = {str(route.status): {"description": route.summary, "content": content}}
    if route.tried is not None:
        responses[str(route.tried)] = {"description": "A preview: nothing was saved.", "content": content}
    problem = {PROBLEM_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
    for status, why in ({} if route.roles is None else COMMON).items():
        responses[str(status)] = {"description": why, "content": problem}
    responses["default"] = {"description": "Any other refusal; see `code`.", "content": problem}
    return responses
