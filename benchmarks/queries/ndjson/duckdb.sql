copy (
  select origin, count(*) as flights, avg(delay) as mean_delay
  from read_json('${data}/flights.ndjson', format='newline_delimited',
                 columns={'delay': 'BIGINT', 'origin': 'VARCHAR'})
  where delay > 15 group by origin
) to '${out}' (format csv, header);
