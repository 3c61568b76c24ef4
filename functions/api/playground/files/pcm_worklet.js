// Runs in the audio thread: turns samples of the microphone into blocks of 100 ms, 16 bit.

class PcmBlocks extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Int16Array(Math.round(sampleRate / 10));
    this.filled = 0;
    this.port.onmessage = () => {
      this.post();
      this.port.postMessage(null); // the last block is sent
    };
  }

  process([channels]) {
    if (!channels.length) return true;
    for (let index = 0; index < channels[0].length; index += 1) {
      let sample = 0;
      for (const channel of channels) sample += channel[index] / channels.length;
      this.block[this.filled] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
      this.filled += 1;
      if (this.filled === this.block.length) this.post();
    }
    return true;
  }

  post() {
    if (!this.filled) return;
    this.port.postMessage(this.block.slice(0, this.filled));
    this.filled = 0;
  }
}

registerProcessor("pcm-blocks", PcmBlocks);
