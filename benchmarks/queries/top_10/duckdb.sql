copy (
  select * from read_csv('${data}/flights.csv', columns={'date': 'TIMESTAMP', 'delay': 'BIGINT', 'distance': 'BIGINT', 'origin': 'VARCHAR', 'destination': 'VARCHAR'}, header=true) order by delay desc, date, origin, destination limit 10
) to '${out}' (format csv, header);
