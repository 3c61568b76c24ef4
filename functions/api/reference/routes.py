"""The API reference: OpenAPI as JSON, and a page rendered from it.

FastAPI's own pages load scripts from a content delivery network; this one loads nothing, so it
also works offline.
"""

from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse, JSONResponse, Response

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "code,pre{font:14px/1.5 ui-monospace,monospace;background:#8881;padding:.1em .3em}"
    "pre{padding:1rem;overflow:auto}section{border-top:1px solid #8886;margin-top:2rem}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;"
    "padding:.3rem .6rem;border-bottom:1px solid #8883}:root{color-scheme:light dark}"
)


def create_router(app: FastAPI) -> APIRouter:
    """Routes `/swagger` (also `/swagger/index.html`) and `/openapi.json`, for GET and HEAD."""
    router = APIRouter(include_in_schema=False)

    async def page() -> Response:
        return HTMLResponse(reference_page(app.openapi()))

    async def document() -> Response:
        return JSONResponse(app.openapi())

    for path in ("/swagger", "/swagger/index.html"):
        router.add_api_route(path, page, methods=["GET", "HEAD"])
    for path in ("/openapi.json", "/swagger/v1/swagger.json"):
        router.add_api_route(path, document, methods=["GET", "HEAD"])
    return router


def reference_page(document: dict[str, Any]) -> str:
    """Render an OpenAPI document as one self-contained HTML page."""
    operations = "".join(
        _operation(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    info = document["info"]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(info['title'])}: API reference</title><style>{_STYLE}</style>"
        f"<h1>{escape(info['title'])}</h1><p>{escape(info.get('description', ''))}</p>"
        f'<p>Machine-readable: <a href="/openapi.json">OpenAPI {escape(document["openapi"])}</a>'
        f"</p>{operations}</html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    parts = [
        f"<section><h2><code>{method.upper()} {escape(path)}</code></h2>",
        f"<p><strong>{escape(operation.get('summary', ''))}</strong></p>",
        f"<p>{escape(operation.get('description', ''))}</p>",
    ]
    if parameters := operation.get("parameters"):
        rows = [
            (f"{item['name']} ({item['in']})", _schema(item["schema"]), item.get("description", ""))
            for item in parameters
        ]
        parts.append(_table(("Parameter", "Type", "Meaning"), rows))
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        members = content.get("schema", {}).get("properties", {})
        rows = [
            (name, _schema(schema), schema.get("description", ""))
            for name, schema in members.items()
        ]
        parts.append(f"<p>Body: <code>{escape(media_type)}</code></p>")
        if rows:
            parts.append(_table(("Part", "Type", "Meaning"), rows))
    rows = [
        (status, "", response.get("description", ""))
        for status, response in operation.get("responses", {}).items()
    ]
    parts.append(_table(("Status", "", "When"), rows))
    parts.append("</section>")
    return "".join(parts)


def _table(head: tuple[str, str, str], rows: list[tuple[str, str, str]]) -> str:
    lines = [f"<tr>{''.join(f'<th>{escape(cell)}' for cell in head)}"]
    lines += [f"<tr>{''.join(f'<td>{escape(str(cell))}' for cell in row)}" for row in rows]
    return f"<table>{''.join(lines)}</table>"


def _schema(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    return str(schema.get("format") or schema.get("type") or "")
