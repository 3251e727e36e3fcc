export async function run(pl, data, out) {
  const groups = await pl.scanJson(`${data}/flights.ndjson`, { format: 'lines' })
    .filter(pl.col('delay').gt(15))
    .groupBy('origin')
    .agg(pl.len().alias('flights'), pl.col('delay').mean().alias('mean_delay'))
    .collect();
  groups.writeCSV(out);
}
