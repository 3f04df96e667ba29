// Writes age's public vectors as JSON: the file of each in base64, by its name.
import * as vectors from "cctv-age";

const files = Object.entries(vectors).map(([name, content]) => [name, Buffer.from(content).toString("base64")]);
process.stdout.write(JSON.stringify(Object.fromEntries(files)));
