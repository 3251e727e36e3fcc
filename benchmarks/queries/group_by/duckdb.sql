copy (
  select origin, count(*) as flights, avg(delay) as mean_delay, max(delay) as worst
  from read_csv('${data}/flights.csv', columns={'date': 'TIMESTAMP', 'delay': 'BIGINT', 'distance': 'BIGINT', 'origin': 'VARCHAR', 'destination': 'VARCHAR'}, header=true) group by origin
) to '${out}' (format csv, header);
