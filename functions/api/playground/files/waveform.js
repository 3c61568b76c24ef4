// The waveform: peaks of a file, drawn in the colour of who speaks, with bands where no words are. Nothing is drawn in a
// style sheet of its own, so the page's content security policy needs no exception.

import { kindOf } from "./pauses.js";

/** Draws peaks on a canvas; a click seeks. */
export class Waveform {
  /**
   * turns: {start, end, speaker} in seconds; pauses: of `pausesOf`.
   * seek: receives the second that was clicked.
   */
  constructor(canvas, { peaks, seconds }, { turns, pauses }, seek) {
    this.canvas = canvas;
    this.peaks = peaks;
    this.seconds = seconds;
    this.turns = turns;
    this.pauses = pauses;
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
    for (const pause of this.pauses) {
      const [from, to] = [pause.start, pause.end].map((at) =>
        Math.round((at / seconds) * canvas.width),
      );
      pen.fillStyle = style.getPropertyValue(`--${kindOf(pause)}`);
      pen.fillRect(from, 0, to - from, canvas.height);
    }
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
