export async function run(pl, data, out) {
  const groups = await pl.scanCSV(`${data}/measurements_10k.txt`, { sep: ';', hasHeader: false })
    .groupBy('column_1')
    .agg(pl.col('column_2').min().alias('least'), pl.col('column_2').mean().alias('mean'),
         pl.col('column_2').max().alias('greatest'))
    .collect();
  groups.writeCSV(out);
}
