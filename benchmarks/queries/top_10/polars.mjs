export async function run(pl, data, out) {
  const sorted = (await pl.scanCSV(`${data}/flights.csv`).collect())
    .sort(['delay', 'date', 'origin', 'destination'], [true, false, false, false]);
  sorted.head(10).writeCSV(out);
}
