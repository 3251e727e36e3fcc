export async function run(pl, data, out) {
  const rows = await pl.scanCSV(`${data}/quoted.csv`).select(pl.len().alias('records')).collect();
  rows.writeCSV(out);
}
