"""LiveKit's Azure plugin, unmodified: prints the events of one file as lines of JSON.

livekit_client.py FILE, a WAV file; `AZURE_SPEECH_HOST` names the server, as its users set it.
"""

import asyncio
import json
import sys
import wave

from livekit import rtc
from livekit.plugins import azure


async def main(path):
    """Push the file as it is spoken, and print the events."""
    stream = azure.STT(language="en-US").stream()

    async def feed():
        with wave.open(path) as reader:
            rate = reader.getframerate()
            while piece := reader.readframes(rate // 10):
                stream.push_frame(rtc.AudioFrame(piece, rate, 1, len(piece) // 2))
                await asyncio.sleep(0.1)
        stream.end_input()

    feeding = asyncio.create_task(feed())
    async for event in stream:
        texts = [one.text for one in event.alternatives]
        print(json.dumps([event.type.value, *texts]), flush=True)  # noqa: T201 - its output
    await feeding
    await stream.aclose()


asyncio.run(main(sys.argv[1]))
