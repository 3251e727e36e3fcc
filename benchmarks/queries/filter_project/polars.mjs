export async function run(pl, data, out) {
  const late = await pl.scanCSV(`${data}/flights.csv`)
    .filter(pl.col('delay').gt(15))
    .select('origin', 'destination', 'delay', 'distance')
    .collect();
  late.writeCSV(out);
}
