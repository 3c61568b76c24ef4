// The sound of a file as the browser decodes it: peaks to draw, and the level of a stretch.

const PEAKS_PER_SECOND = 50;
const MOST_PEAKS = 4000;
const POWERS_PER_SECOND = 100;
const DECODED_RATE = 8000; // Hz; enough for peaks, and a sixth of the memory of 48 kHz
const MOST_BYTES = 80e6; // a browser decodes a file as a whole
const LEAST_POWER = 1e-12; // -120 dB

/** Peaks and powers of samples, which are not kept. */
class Sound {
  constructor(decoded) {
    const { duration, numberOfChannels, length } = decoded;
    const channels = Array.from({ length: numberOfChannels }, (_, channel) =>
      decoded.getChannelData(channel),
    );
    this.seconds = duration;
    this.peaks = new Float32Array(bins(duration * PEAKS_PER_SECOND, MOST_PEAKS));
    this.powers = new Float32Array(bins(duration * POWERS_PER_SECOND));
    const counts = new Float32Array(this.powers.length);
    for (let index = 0; index < length; index += 1) {
      let [mixed, loudest] = [0, 0];
      for (const samples of channels) {
        mixed += samples[index] / channels.length;
        loudest = Math.max(loudest, Math.abs(samples[index]));
      }
      const peak = Math.floor((index * this.peaks.length) / length);
      this.peaks[peak] = Math.max(this.peaks[peak], loudest);
      const power = Math.floor((index * this.powers.length) / length);
      this.powers[power] += mixed * mixed;
      counts[power] += 1;
    }
    this.powers.forEach((sum, index) => {
      this.powers[index] = sum / Math.max(counts[index], 1);
    });
    const most = this.peaks.reduce((one, other) => Math.max(one, other), 1e-4);
    this.peaks = this.peaks.map((peak) => peak / most);
  }

  /** Level of the seconds from `start` to `end`: root mean square relative to full scale, dB. */
  level(start, end) {
    const perSecond = this.powers.length / this.seconds;
    const first = Math.floor(start * perSecond);
    const powers = this.powers.subarray(first, Math.max(first + 1, Math.floor(end * perSecond)));
    const sum = powers.reduce((total, power) => total + power, 0);
    return 10 * Math.log10(Math.max(sum / Math.max(powers.length, 1), LEAST_POWER));
  }
}

const bins = (count, most = Infinity) => Math.max(1, Math.min(most, Math.ceil(count)));

/** The sound of a file; null if the browser cannot decode it, or should not. */
export async function soundOf(file) {
  if (file.size > MOST_BYTES) return null;
  try {
    const context = new OfflineAudioContext(1, 1, DECODED_RATE);
    return new Sound(await context.decodeAudioData(await file.arrayBuffer()));
  } catch {
    return null;
  }
}
