// Requests to the server that sent the page. Its address may have a prefix, as a stage of API Gateway.

export const API_VERSION = "2025-10-15";
export const facts = document.documentElement.dataset;

const root = new URL(".", document.baseURI);
const keyField = () => document.getElementById("key").value.trim();

/** Whether requests may be answered: the server has no keys, or one was entered. */
export const hasAccess = () => facts.needsKey !== "yes" || keyField() !== "";
export const KEY_MISSING = "Enter the key of this server at the top of the page.";

/** Address of a path of this server. */
export const addressOf = (path) => new URL(path.replace(/^\//, ""), root);

/** A refusal or a failure, in words for the page. */
export class Refused extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

const ADVICE = {
  401: "Check the key at the top of the page.",
  429: "The server is busy.",
  503: "The server cannot do this now; the message says what is missing.",
};

async function refusalOf(answer) {
  let message = "";
  try {
    const body = await answer.json();
    message = body.message ?? body.error?.message ?? "";
  } catch {
    // A proxy's page, or nothing.
  }
  const wait = answer.headers.get("retry-after");
  const parts = [message || `The server answered with status ${answer.status}.`];
  if (ADVICE[answer.status]) parts.push(ADVICE[answer.status]);
  if (wait && answer.status !== 401) parts.push(`Try again in ${wait} s.`);
  return new Refused(parts.join(" "), answer.status);
}

/** Header of a key, or of a token: a JWT has three parts. */
function credentialsOf(key) {
  const isToken = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(key);
  return isToken ? { Authorization: `Bearer ${key}` } : { "Ocp-Apim-Subscription-Key": key };
}

/** Send a request with the key; the answer, or a `Refused`. */
export async function send(path, { headers = {}, ...options } = {}) {
  const key = keyField();
  const credentials = key ? credentialsOf(key) : {};
  let answer;
  try {
    answer = await fetch(addressOf(path), {
      ...options,
      headers: { ...credentials, ...headers },
      credentials: "omit",
      cache: "no-store",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(
      "The server does not answer. It may have stopped, or refused a body that is too large.",
    );
  }
  if (!answer.ok) throw await refusalOf(answer);
  return answer;
}

/** JSON of an answer. */
export const json = async (path, options) => (await send(path, options)).json();

/**
 * Address of a WebSocket. A browser sets no headers there and the query may be in the log of a proxy, so a token of ten
 * minutes takes the place of the key.
 */
export async function socketAddress(path) {
  const address = addressOf(path);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  if (keyField()) {
    const token = await (await send("sts/v1.0/issueToken", { method: "POST" })).text();
    address.searchParams.set("Authorization", `Bearer ${token}`);
  }
  return address;
}
