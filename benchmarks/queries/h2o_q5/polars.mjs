export async function run(pl, data, out) {
  const groups = await pl.scanCSV(`${data}/groups.csv`)
    .groupBy('id6')
    .agg(pl.col('v1').sum().alias('v1'), pl.col('v2').sum().alias('v2'), pl.col('v3').sum().alias('v3'))
    .collect();
  groups.writeCSV(out);
}
