copy (
  select state, count(*) as flights, avg(distance) as mean_distance
  from read_csv('${data}/flights.csv', columns={'date': 'TIMESTAMP', 'delay': 'BIGINT', 'distance': 'BIGINT', 'origin': 'VARCHAR', 'destination': 'VARCHAR'}, header=true) flights
  join read_csv('${data}/airports.csv', header=true, all_varchar=true) airports on flights.origin = airports.iata
  group by state
) to '${out}' (format csv, header);
