// Runs the statements of a file by DuckDB:  node duckdb.mjs THREADS < statements
// Prints how long they took, without the start of the process, as JSON.
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const statements = readFileSync(0, 'utf8');
const instance = await DuckDBInstance.create(':memory:', { threads: process.argv[2] });
const connection = await instance.connect();
const cpu = process.cpuUsage();
const begin = performance.now();
await connection.run(statements);
const seconds = (performance.now() - begin) / 1000;
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ seconds, cpu_seconds: (user + system) / 1e6 }));
