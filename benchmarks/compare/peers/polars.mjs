// Runs a query by Polars:  node polars.mjs QUERY.mjs DATA OUT
// The query's module exports `run(pl, data, out)`. Prints how long that took, as JSON.
import { pathToFileURL } from 'node:url';
import pl from 'nodejs-polars';

const [file, data, out] = process.argv.slice(2);
const { run } = await import(pathToFileURL(file));
const cpu = process.cpuUsage();
const begin = performance.now();
await run(pl, data, out);
const seconds = (performance.now() - begin) / 1000;
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ seconds, cpu_seconds: (user + system) / 1e6 }));
