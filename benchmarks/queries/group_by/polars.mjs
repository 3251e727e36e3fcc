export async function run(pl, data, out) {
  const groups = await pl.scanCSV(`${data}/flights.csv`)
    .groupBy('origin')
    .agg(pl.len().alias('flights'), pl.col('delay').mean().alias('mean_delay'), pl.col('delay').max().alias('worst'))
    .collect();
  groups.writeCSV(out);
}
