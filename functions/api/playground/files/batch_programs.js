// Lines of curl and Python that submit a job, wait for its end, and read its results.

import { JOBS, VERSION } from "./batch_jobs.js";
import { curl, python, pythonImports, pythonKey, quoted, serverAddress } from "./snippets.js";

/** Programs by title. */
export function batchPrograms(definition) {
  return {
    curl: curl(
      `${JOBS}:submit?${VERSION}`,
      "-H 'Content-Type: application/json'",
      `-d ${quoted(JSON.stringify(definition))}`,
    ),
    "Python, requests": [
      pythonImports(["import requests"], ["time"]),
      "",
      `headers = {"Ocp-Apim-Subscription-Key": ${pythonKey()}}`,
      `definition = ${python(definition)}`,
      `submit = "${serverAddress()}/${JOBS}:submit?${VERSION}"`,
      "answer = requests.post(submit, headers=headers, json=definition)",
      "answer.raise_for_status()",
      'address = answer.headers["Location"]',
      "job = answer.json()",
      'while job["status"] not in ("Succeeded", "Failed"):',
      "    time.sleep(2)",
      "    job = requests.get(address, headers=headers).json()",
      'files = requests.get(job["links"]["files"], headers=headers).json()["values"]',
      "for file in files:",
      '    print(file["name"], requests.get(file["links"]["contentUrl"]).json())',
      "requests.delete(address, headers=headers)",
    ].join("\n"),
  };
}
