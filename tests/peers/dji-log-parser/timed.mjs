// Prints the CPU seconds that dji-log-parser-js takes for all frames of a file, round by round: timed.mjs FILE ROUNDS
import { readFileSync } from "node:fs";
import { DJILog } from "dji-log-parser-js";

const data = readFileSync(process.argv[2]);
const taken = [];
for (let round = 0; round <= Number(process.argv[3]); round++) {
  const began = process.cpuUsage();
  const log = new DJILog(data);
  const frames = log.frames().length;
  const { user, system } = process.cpuUsage(began);
  log.free();
  if (frames === 0) throw new Error("no frames");
  taken.push((user + system) / 1e6);
}
process.stdout.write(JSON.stringify(taken) + "\n");
