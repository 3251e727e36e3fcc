export async function run(pl, data, out) {
  const sorted = (await pl.scanCSV(`${data}/flights.csv`).collect())
    .sort(['distance', 'delay', 'origin', 'destination', 'date'], [true, false, false, false, false]);
  sorted.writeCSV(out);
}
