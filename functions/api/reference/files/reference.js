// Shows the OpenAPI document of the server that sent the page. Its address may have a prefix, as a stage of API Gateway.
// Options: https://swagger.io/docs/open-source-tools/swagger-ui/usage/configuration/

import { correct } from "./corrections.js";
import { playsReceivedAudio, withoutNestedLinks, writtenXmlExamples } from "./plugins.js";

const root = new URL(".", document.baseURI);
const place = document.getElementById("reference");

/** Follow the colours of the system, which Swagger UI's style sheet selects by a class. */
function followColours() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", apply);
  apply();
}

/** Let the field of a parameter be a field for text, and empty unless the parameter is required. */
function prepareField(parameter) {
  const { schema = {} } = parameter;
  // Swagger UI would ask for a file where a header is Base64.
  delete schema.contentEncoding;
  delete schema.contentMediaType;
  if (parameter.required) return;
  // It fills in examples, so every first request would have all options.
  for (const holder of [parameter, schema]) {
    delete holder.example;
    delete holder.examples;
  }
}

async function openapiDocument() {
  const answer = await fetch(new URL("openapi.json", root), { credentials: "omit" });
  if (!answer.ok) throw new Error(`The server answered with status ${answer.status}.`);
  const spec = await answer.json();
  // Requests go to this server, below the prefix; the policy of the page permits no other.
  spec.servers = [{ url: root.href.replace(/\/$/, "") }];
  // The address of an operation has its id. Swagger UI takes underscores there for spaces, and reports them as errors.
  for (const operation of Object.values(spec.paths).flatMap(Object.values)) {
    if (operation.operationId) operation.operationId = operation.operationId.replaceAll("_", "-");
    for (const parameter of operation.parameters ?? []) prepareField(parameter);
  }
  return spec;
}

function show(spec) {
  SwaggerUIBundle({
    spec,
    domNode: place,
    plugins: [withoutNestedLinks, playsReceivedAudio, writtenXmlExamples],
    docExpansion: "none",
    filter: true,
    deepLinking: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    requestSnippetsEnabled: true,
    syntaxHighlight: { theme: "obsidian" }, // the default has too faint numbers
    defaultModelsExpandDepth: 0,
    // Nothing leaves this server, and nothing stays in the browser.
    validatorUrl: null,
    persistAuthorization: false,
    withCredentials: false,
  });
}

followColours();
correct(place);
try {
  if (!window.SwaggerUIBundle) throw new Error("The script of Swagger UI was not loaded.");
  show(await openapiDocument());
} catch (error) {
  document.getElementById("failure").textContent = `The reference cannot be shown. ${error.message}`;
}
document.documentElement.dataset.started = "yes";
