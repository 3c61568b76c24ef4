// The microphone as 16 bit PCM of one channel, and WAV files of it. Samples stay in memory.

import { Refused, addressOf } from "./api.js";

const RATE = 16_000; // Hz, which recognition works at

const REASONS = {
  NotAllowedError: "The browser or its user does not allow the microphone for this page.",
  NotFoundError: "There is no microphone.",
  NotReadableError: "Another program uses the microphone.",
};

async function contextOf(stream) {
  try {
    const context = new AudioContext({ sampleRate: RATE });
    return { context, source: context.createMediaStreamSource(stream) };
  } catch {
    // Some browsers do not convert the rate of a microphone; the server does.
    const context = new AudioContext();
    return { context, source: context.createMediaStreamSource(stream) };
  }
}

/** A microphone that records from its opening to `stop`. */
export class Microphone {
  /** Open it. take: receives each block of samples (Int16Array) and the microphone. A refusal is in words. */
  static async open(take) {
    if (!navigator.mediaDevices || !window.AudioWorkletNode) {
      throw new Refused(
        "A browser gives the microphone to pages of https addresses and of this machine only.",
      );
    }
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    } catch (error) {
      throw new Refused(REASONS[error.name] ?? "The microphone cannot be opened.");
    }
    const { context, source } = await contextOf(stream);
    const microphone = new Microphone(stream, context, take);
    try {
      await context.audioWorklet.addModule(addressOf("playground/pcm_worklet.js"));
      const node = new AudioWorkletNode(context, "pcm-blocks", { numberOfOutputs: 0 });
      node.port.onmessage = ({ data }) => microphone.received(data);
      microphone.node = node;
      source.connect(node);
      await context.resume();
    } catch (error) {
      microphone.close();
      throw new Refused("The browser cannot read the microphone.", { cause: error });
    }
    return microphone;
  }

  constructor(stream, context, take) {
    this.stream = stream;
    this.context = context;
    this.take = take;
    this.blocks = [];
  }

  get sampleRate() {
    return this.context.sampleRate;
  }

  received(block) {
    if (block === null) {
      this.ended?.();
      return;
    }
    this.blocks.push(block);
    this.take(block, this);
  }

  /** End the recording, when its last block is taken. */
  async stop() {
    const last = new Promise((resolve) => {
      this.ended = resolve;
    });
    this.node.port.postMessage("end");
    await last;
    this.close();
  }

  close() {
    for (const track of this.stream.getTracks()) track.stop();
    if (this.context.state !== "closed") this.context.close();
  }

  /** Seconds that were recorded. */
  get seconds() {
    return this.blocks.reduce((sum, block) => sum + block.length, 0) / this.sampleRate;
  }

  /** The recording as a WAV file. */
  file() {
    const size = this.blocks.reduce((sum, block) => sum + block.byteLength, 0);
    return new Blob([wavHeader(this.sampleRate, size), ...this.blocks], { type: "audio/wav" });
  }
}

/** Header of a WAV file of 16 bit and one channel. size: bytes of its samples; 0 where they are not known yet. */
export function wavHeader(sampleRate, size = 0) {
  const header = new DataView(new ArrayBuffer(44));
  const text = (at, letters) =>
    [...letters].forEach((letter, index) => header.setUint8(at + index, letter.charCodeAt(0)));
  text(0, "RIFF");
  header.setUint32(4, size ? size + 36 : 0, true);
  text(8, "WAVEfmt ");
  header.setUint32(16, 16, true);
  header.setUint16(20, 1, true); // PCM
  header.setUint16(22, 1, true); // channels
  header.setUint32(24, sampleRate, true);
  header.setUint32(28, sampleRate * 2, true);
  header.setUint16(32, 2, true);
  header.setUint16(34, 16, true);
  text(36, "data");
  header.setUint32(40, size, true);
  return header.buffer;
}
