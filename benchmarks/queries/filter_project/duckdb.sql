copy (
  select origin, destination, delay, distance from read_csv('${data}/flights.csv', columns={'date': 'TIMESTAMP', 'delay': 'BIGINT', 'distance': 'BIGINT', 'origin': 'VARCHAR', 'destination': 'VARCHAR'}, header=true)
  where delay > 15
) to '${out}' (format csv, header);
