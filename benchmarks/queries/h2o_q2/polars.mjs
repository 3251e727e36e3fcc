export async function run(pl, data, out) {
  const groups = await pl.scanCSV(`${data}/groups.csv`)
    .groupBy(['id1', 'id2'])
    .agg(pl.col('v1').sum().alias('v1'))
    .collect();
  groups.writeCSV(out);
}
