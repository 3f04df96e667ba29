// Prints what dji-log-parser-js finds of positions in each file of a folder, one JSON object a line.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DJILog } from "dji-log-parser-js";

const folder = process.argv[2];

function positions(path) {
  let log;
  try {
    log = new DJILog(readFileSync(path));
    const osd = log.records().filter((record) => record.type === "OSD");
    return { positions: osd.map(({ content }) => [content.longitude, content.latitude, content.flyTime]) };
  } catch (error) {
    return { positions: [], error: String(error) };
  } finally {
    try {
      log?.free();
    } catch {
      // A panic inside the parser leaves it locked; the next file gets a new one.
    }
  }
}

for (const file of readdirSync(folder).sort()) {
  process.stdout.write(JSON.stringify({ file, ...positions(join(folder, file)) }) + "\n");
}
