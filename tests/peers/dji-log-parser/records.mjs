// Prints what dji-log-parser-js reads in a flight record, one JSON object a line: first the details, then the records.
import { readFileSync } from "node:fs";
import { DJILog } from "dji-log-parser-js";

const log = new DJILog(readFileSync(process.argv[2]));
const lines = [JSON.stringify({ type: "Details", content: log.details })];
for (const record of log.records()) {
  const pictureOrUnknown = record.type === "JPEG" || record.type === "Unknown" || record.type === "Invalid";
  lines.push(JSON.stringify(pictureOrUnknown ? { type: record.type } : record));
}
process.stdout.write(lines.join("\n") + "\n");
