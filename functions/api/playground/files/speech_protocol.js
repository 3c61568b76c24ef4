// One turn of the Speech SDK's protocol over a WebSocket: context and audio out, hypotheses and phrases in.

import { Refused, socketAddress } from "./api.js";

const PATH = "speech/universal/v2";
const MOST_WAITING = 8e6; // bytes that a slow connection may hold back

const identifier = () =>
  crypto
    .getRandomValues(new Uint8Array(16))
    .reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), "");

function textFrame(path, id, body) {
  return `Path:${path}\r\nX-RequestId:${id}\r\nContent-Type:application/json; charset=utf-8\r\n\r\n${JSON.stringify(body)}`;
}

function audioFrame(id, payload) {
  const head = new TextEncoder().encode(`Path:audio\r\nX-RequestId:${id}\r\n`);
  const length = new Uint8Array([head.length >> 8, head.length & 255]);
  return new Blob([length, head, payload]);
}

function read(frame) {
  const [head, ...body] = frame.split("\r\n\r\n");
  const path = /^path:\s*(\S+)/im.exec(head)?.[1].toLowerCase() ?? "";
  return { path, body: JSON.parse(body.join("\r\n\r\n") || "{}") };
}

/** A turn that is under way. */
export class Turn {
  /**
   * Connect and begin. context: of the protocol; receive: takes the path and the body of each message.
   * `ended` is a promise: it is kept with the turn, and fails with a `Refused`.
   */
  static async begin(context, receive) {
    const socket = new WebSocket(await socketAddress(PATH), "USP");
    const turn = new Turn(socket);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      // A browser hides the status of a refused connection.
      socket.onclose = () =>
        reject(
          new Refused(
            "The server refused the connection: it may serve no more sessions, or not admit this page.",
          ),
        );
    });
    turn.follow(receive);
    socket.send(textFrame("speech.context", turn.id, context));
    return turn;
  }

  constructor(socket) {
    this.socket = socket;
    this.id = identifier();
  }

  follow(receive) {
    const { socket } = this;
    this.ended = new Promise((resolve, reject) => {
      socket.onclose = ({ reason }) =>
        reject(new Refused(reason || "The connection to the server has ended."));
      socket.onmessage = ({ data }) => {
        if (typeof data !== "string") return; // a voice that was not asked for
        const { path, body } = read(data);
        const status = body.RecognitionStatus ?? body.SpeechPhrase?.RecognitionStatus;
        if (
          ["BadRequest", "Error", "ServiceUnavailable", "TooManyRequests", "Forbidden"].includes(
            status,
          )
        ) {
          reject(
            new Refused(
              body.Message ??
                body.SpeechPhrase?.Message ??
                "The server could not recognise the audio.",
            ),
          );
        }
        if (path === "turn.end") {
          resolve();
          socket.close(1000);
        } else receive(path, body);
      };
    });
    this.ended.catch(() => {}); // it is awaited later
  }

  /** Send audio; the first piece has the header of WAV. */
  send(piece) {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    if (this.socket.bufferedAmount > MOST_WAITING)
      this.socket.close(3000, "The connection is too slow for the microphone.");
    else this.socket.send(audioFrame(this.id, piece));
  }

  /** End the audio. The server answers with the last phrase and the end of the turn. */
  finish() {
    this.send(new Uint8Array());
  }

  /** Give the turn up. */
  close() {
    this.socket.close(1000);
  }
}
