// The waveform: peaks of a file, drawn in the colour of who speaks. Nothing is drawn in a style sheet of its own, so the
// page's content security policy needs no exception.

const PEAKS_PER_SECOND = 50;
const DECODED_RATE = 8000; // Hz; enough for peaks, and a sixth of the memory of 48 kHz
const MOST_BYTES = 80e6; // a browser decodes a file as a whole
const MOST_PEAKS = 4000;

/** Peaks from 0 to 1 of a file and its seconds; null if the browser cannot decode it, or should not. */
export async function peaksOf(file) {
  if (file.size > MOST_BYTES) return null;
  let decoded;
  try {
    const context = new OfflineAudioContext(1, 1, DECODED_RATE);
    decoded = await context.decodeAudioData(await file.arrayBuffer());
  } catch {
    return null;
  }
  const count = Math.max(1, Math.min(MOST_PEAKS, Math.ceil(decoded.duration * PEAKS_PER_SECOND)));
  const peaks = new Float32Array(count);
  for (let channel = 0; channel < decoded.numberOfChannels; channel += 1) {
    const samples = decoded.getChannelData(channel);
    for (let index = 0; index < samples.length; index += 1) {
      const at = Math.floor((index * count) / samples.length);
      peaks[at] = Math.max(peaks[at], Math.abs(samples[index]));
    }
  }
  const loudest = peaks.reduce((most, peak) => Math.max(most, peak), 1e-4);
  return { peaks: peaks.map((peak) => peak / loudest), seconds: decoded.duration };
}

/** Draws peaks on a canvas; a click seeks. */
export class Waveform {
  /**
   * turns: {start, end, speaker} in seconds.
   * seek: receives the second that was clicked.
   */
  constructor(canvas, { peaks, seconds }, turns, seek) {
    this.canvas = canvas;
    this.peaks = peaks;
    this.seconds = seconds;
    this.turns = turns;
    this.at = 0;
    canvas.addEventListener("click", (event) =>
      seek((event.offsetX / canvas.clientWidth) * seconds),
    );
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    this.draw();
  }

  /** Move the cursor to a second. */
  moveTo(second) {
    this.at = second;
    this.draw();
  }

  draw() {
    const { canvas, peaks, seconds } = this;
    if (!canvas.clientWidth) return;
    const scale = devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * scale);
    canvas.height = Math.round(canvas.clientHeight * scale);
    const pen = canvas.getContext("2d");
    const style = getComputedStyle(canvas);
    const middle = canvas.height / 2;
    const barWidth = Math.ceil(Math.max(canvas.width / peaks.length, scale)); // whole pixels, or colours are pale
    for (let x = 0; x < canvas.width; x += barWidth) {
      const first = Math.floor((x / canvas.width) * peaks.length);
      const last = Math.max(first + 1, Math.floor(((x + barWidth) / canvas.width) * peaks.length));
      let peak = 0;
      for (let index = first; index < last && index < peaks.length; index += 1)
        peak = Math.max(peak, peaks[index]);
      const second = (x / canvas.width) * seconds;
      const turn = this.turns.find(({ start, end }) => start <= second && second < end);
      pen.fillStyle = style.getPropertyValue(turn ? `--speaker-${turn.speaker || 1}` : "--wave");
      pen.globalAlpha = turn ? 1 : 0.45;
      const height = Math.max(scale, peak * (middle - 2 * scale));
      pen.fillRect(x, middle - height, barWidth, 2 * height);
    }
    pen.globalAlpha = 1;
    pen.fillStyle = style.getPropertyValue("--error");
    pen.fillRect((this.at / seconds) * canvas.width - scale, 0, 2 * scale, canvas.height);
  }
}
