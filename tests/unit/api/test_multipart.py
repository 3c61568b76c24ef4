"""Forms parsed in memory."""

import asyncio
import resource

import pytest

from functions.api.multipart import MAX_TEXT_BYTES, MalformedMultipart, read_multipart
from shared.errors import AudioTooLarge

BOUNDARY = "5f2c9a"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"
AUDIO = bytes(range(256)) * 300 + b"\r\n--5f2c9" + b"\r\n" * 20


def form(*parts, boundary=BOUNDARY):
    """Write a form: parts are (headers, data), headers the lines after `form-data; `."""
    body = b""
    for headers, data in parts:
        body += f"--{boundary}\r\nContent-Disposition: form-data; {headers}\r\n\r\n".encode()
        body += data + b"\r\n"
    return body + f"--{boundary}--\r\n".encode()


FORM = form(
    ('name="audio"; filename="t.wav"\r\nContent-Type: Audio/WAV; x=y', AUDIO),
    ('name="definition"', b'{"locales": ["en-US"]}'),
)


async def arriving(body, chunk_bytes):
    for start in range(0, len(body), chunk_bytes):
        yield body[start : start + chunk_bytes]


def read(body, chunk_bytes=65536, content_type=CONTENT_TYPE, max_bytes=10**6, **options):
    chunks = arriving(body, chunk_bytes)
    return asyncio.run(
        read_multipart(chunks, content_type, max_bytes=max_bytes, audio_part="audio", **options)
    )


@pytest.mark.parametrize("chunk_bytes", [1, 7, 1000, 65536])
def test_parts_are_the_same_however_the_body_is_cut(chunk_bytes):
    audio, definition = read(FORM, chunk_bytes)
    assert (audio.name, audio.filename, audio.content_type) == ("audio", "t.wav", "audio/wav")
    assert audio.data == AUDIO
    assert (definition.name, definition.filename, definition.content_type) == (
        "definition", None, None
    )  # fmt: skip
    assert definition.text() == '{"locales": ["en-US"]}'


@pytest.mark.parametrize("n_parts", [1, 10])
def test_all_parts_beside_the_audio_have_a_megabyte_together(n_parts):
    """An audio of more is read beside them."""
    text = b"x" * (MAX_TEXT_BYTES // n_parts)
    texts = [(f'name="text{n}"', text) for n in range(n_parts)]
    audio = ('name="audio"', b"x" * 2_000_000)
    assert len(read(form(audio, *texts), max_bytes=10**7)) == n_parts + 1
    with pytest.raises(AudioTooLarge, match="beside the audio"):
        read(form(audio, *texts, ('name="more"', b"x")), max_bytes=10**7)


def test_a_large_text_part_is_refused_before_its_end():
    """Of 500 MB no more is read than the limit and a chunk."""
    n_read = 0

    async def endless():
        nonlocal n_read
        yield b'--X\r\nContent-Disposition: form-data; name="definition"\r\n\r\n'
        for _ in range(5_000):
            n_read += 100_000
            yield b"x" * 100_000

    form_type = "multipart/form-data; boundary=X"
    with pytest.raises(AudioTooLarge):
        asyncio.run(read_multipart(endless(), form_type, max_bytes=10**9, audio_part="audio"))
    assert n_read <= MAX_TEXT_BYTES + 100_000


def test_a_part_without_a_filename_is_bytes_all_the_same():
    (audio,) = read(form(('name="audio"', AUDIO)))
    assert audio.data == AUDIO
    assert audio.data.readonly


def test_the_data_is_of_the_bytes_that_came_and_is_not_copied_again():
    (audio,) = read(form(('name="audio"', AUDIO)))
    assert isinstance(audio.data.obj, bytearray)


def test_an_empty_part_and_an_empty_form_are_forms():
    assert read(form(('name="audio"', b"")))[0].data == b""
    assert read(form()) == ()


def test_a_quoted_boundary_and_a_preamble_are_fine():
    content_type = 'Multipart/Form-Data; charset=utf-8; boundary="5f2c9a"'
    assert len(read(b"preamble\r\n" + FORM, content_type=content_type)) == 2


@pytest.mark.parametrize(
    ("data", "text"), [("ä".encode(), "ä"), (b"\xef\xbb\xbf{}", "{}"), (b"", "")]
)
def test_text_is_utf_8_with_or_without_its_mark(data, text):
    assert read(form(('name="definition"', data)))[0].text() == text


def test_text_that_is_no_utf_8_is_malformed_and_not_quoted():
    (part,) = read(form(('name="definition"', b"\xff\xfe{}")))
    with pytest.raises(MalformedMultipart) as raised:
        part.text()
    assert raised.value.__context__ is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"remind me at five",
        FORM[:-8],
        FORM[:100],
        FORM.replace(b"\r\n", b"\n"),
        FORM.replace(b"form-data", b"attachment"),
        FORM.replace(b"Content-Disposition", b"Content-Nothing"),
        FORM.replace(b"name=", b"name", 1).replace(b"Content-Disposition:", b"x", 1),
        form(('name="a"\r\nX-Long: ' + "x" * 5000, b"")),
        form(('name="a"' + "\r\nX: y" * 9, b"")),
        form(*[('name="a"', b"")] * 17),
        form(('name="\udcff"'.encode("utf-8", "surrogateescape").decode("latin-1"), b""))[:-3],
    ],
)
def test_a_body_that_is_no_whole_form_is_malformed(body):
    with pytest.raises(MalformedMultipart):
        read(body)


def test_an_error_does_not_quote_the_body():
    with pytest.raises(MalformedMultipart) as raised:
        read(f"--{BOUNDARY}\r\nremind me at five\r\n\r\n".encode())
    assert "remind" not in str(raised.value)
    assert raised.value.__context__ is None


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "multipart/mixed; boundary=5f2c9a",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 201,
    ],
)
def test_another_content_type_is_malformed(content_type):
    with pytest.raises(MalformedMultipart):
        read(FORM, content_type=content_type)


def test_a_form_of_exactly_the_limit_passes():
    assert len(read(FORM, max_bytes=len(FORM))) == 2


def test_a_form_over_the_limit_is_too_large_and_read_no_further():
    n_taken = 0

    async def counted():
        nonlocal n_taken
        async for chunk in arriving(FORM, 100):
            n_taken += 1
            yield chunk

    with pytest.raises(AudioTooLarge, match="1000 bytes"):
        asyncio.run(read_multipart(counted(), CONTENT_TYPE, max_bytes=1000, audio_part="audio"))
    assert n_taken == 11


async def untouchable():
    pytest.fail("the body was read")
    yield b""


def test_a_length_over_the_limit_is_refused_unread():
    with pytest.raises(AudioTooLarge):
        asyncio.run(
            read_multipart(
                untouchable(), CONTENT_TYPE, max_bytes=1000, audio_part="audio", content_length=1001
            )
        )


def test_no_file_is_made():
    """With no file allowed to grow, a parser that spools would die."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        (audio,) = read(form(('name="audio"; filename="a"', bytes(2_000_000))), max_bytes=10**7)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert audio.data.nbytes == 2_000_000
