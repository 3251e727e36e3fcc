copy (
  select station, min(temperature) as least, avg(temperature) as mean, max(temperature) as greatest
  from read_csv('${data}/measurements.txt', columns={'station': 'VARCHAR', 'temperature': 'DOUBLE'}, delim=';', header=false)
  group by station
) to '${out}' (format csv, header);
