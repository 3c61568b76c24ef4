"""Forms of fast transcription as clients send them, and what its errors look like."""

import json

ROUTE = "/speechtotext/transcriptions:transcribe"
VERSION = "?api-version=2025-10-15"


def form(*parts):
    """Body and content type of a form; parts are (name, bytes) with no other header."""
    lines = b"".join(
        b'--sep\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), data)
        for name, data in parts
    )
    return {
        "content": lines + b"--sep--\r\n",
        "headers": {"Content-Type": "multipart/form-data; boundary=sep"},
    }


def transcribe(client, audio, definition=None, version=VERSION):
    """Post audio and perhaps a definition; the answer."""
    parts = [("audio", audio)]
    if definition is not None:
        parts.append(("definition", json.dumps(definition).encode()))
    return client.post(ROUTE + version, **form(*parts))


def refused(answer, status, code, inner_code=None):
    """Whether an answer is the flat error with these codes, the message said twice."""
    body = answer.json()
    expected = {"code": code, "message": body["message"]}
    if inner_code is not None:
        expected["innerError"] = {"code": inner_code, "message": body["message"]}
    return (answer.status_code, body) == (status, expected)
