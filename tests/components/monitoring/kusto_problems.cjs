// Prints, as JSON, what Kusto's language service finds in each query file that is named.
const fs = require("node:fs");

const [, , modules, ...files] = process.argv;
require(`${modules}/@kusto/language-service-next/bridge.min.js`);
require(`${modules}/@kusto/language-service-next/Kusto.Language.Bridge.min.js`);

const { Symbols, GlobalState, KustoCode } = Kusto.Language;
// Columns of the table that the queries may use:
// https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces
const schema = "(TimeGenerated: datetime, Message: string, SeverityLevel: int, Properties: dynamic)";
const table = new Symbols.TableSymbol.$ctor7("AppTraces", schema, null);
const workspace = new Symbols.DatabaseSymbol.$ctor1("workspace", [table]);
const globals = GlobalState.Default.WithDatabase(workspace);

const problems = {};
for (const file of files) {
  const found = KustoCode.ParseAndAnalyze(fs.readFileSync(file, "utf8"), globals).GetDiagnostics();
  problems[file] = Array.from({ length: found.Count }, (_, at) => found.getItem(at).Message);
}
process.stdout.write(JSON.stringify(problems));
