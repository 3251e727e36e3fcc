copy (
  select * from read_csv('${data}/flights.csv', columns={'date': 'TIMESTAMP', 'delay': 'BIGINT', 'distance': 'BIGINT', 'origin': 'VARCHAR', 'destination': 'VARCHAR'}, header=true) order by distance desc, delay, origin, destination, date
) to '${out}' (format csv, header);
