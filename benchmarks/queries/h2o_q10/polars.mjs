export async function run(pl, data, out) {
  const groups = await pl.scanCSV(`${data}/groups.csv`)
    .groupBy(['id1', 'id2', 'id3', 'id4', 'id5', 'id6'])
    .agg(pl.col('v3').sum().alias('v3'), pl.len().alias('n'))
    .collect();
  groups.writeCSV(out);
}
