"""Forms as OpenAI's clients send them, and what its errors and events look like."""

import json

ROUTE = "/v1/audio/transcriptions"
MODELS = "/v1/models"


def with_bearer(client):
    """Present the key as OpenAI's clients do."""
    del client.headers["Ocp-Apim-Subscription-Key"]
    client.headers["Authorization"] = "Bearer k"
    return client


def form(fields, audio=None):
    """Body of a form as the Python client sends it: arrays as `name[]`, the file last."""
    parts = [
        b'Content-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value.encode())
        for name, value in fields
    ]
    if audio is not None:
        head = b'Content-Disposition: form-data; name="file"; filename="t.wav"\r\n'
        parts.append(head + b"Content-Type: audio/wav\r\n\r\n" + audio + b"\r\n")
    return {
        "content": b"".join(b"--sep\r\n" + part for part in parts) + b"--sep--\r\n",
        "headers": {"Content-Type": "multipart/form-data; boundary=sep"},
    }


def transcribe(client, audio, *fields, model="whisper-1"):
    return client.post(ROUTE, **form([("model", model), *fields], audio))


def refused(answer, status, code, param=None):
    """Whether an answer is OpenAI's error of this code about this parameter."""
    error = answer.json()["error"]
    kind = "invalid_request_error" if status < 500 else "server_error"
    expected = {"message": error["message"], "type": kind, "param": param, "code": code}
    return (answer.status_code, error) == (status, expected)


def events(answer):
    """Events of a stream; each is one line of JSON."""
    blocks = answer.text.split("\n\n")
    assert blocks.pop() == ""
    return [json.loads(block.removeprefix("data: ")) for block in blocks if block[0] != ":"]
