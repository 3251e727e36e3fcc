export async function run(pl, data, out) {
  const groups = await pl.scanCSV(`${data}/groups.csv`)
    .groupBy('id3')
    .agg(pl.col('v1').sum().alias('v1'), pl.col('v3').mean().alias('v3'))
    .collect();
  groups.writeCSV(out);
}
