copy (
  select id1, id2, sum(v1) as v1 from read_csv('${data}/groups.csv', columns={'id1': 'VARCHAR', 'id2': 'VARCHAR', 'id3': 'VARCHAR', 'id4': 'BIGINT', 'id5': 'BIGINT', 'id6': 'BIGINT', 'v1': 'BIGINT', 'v2': 'BIGINT', 'v3': 'DOUBLE'}, header=true) group by id1, id2
) to '${out}' (format csv, header);
