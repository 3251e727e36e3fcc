copy (
  select id6, sum(v1) as v1, sum(v2) as v2, sum(v3) as v3 from read_csv('${data}/groups.csv', columns={'id1': 'VARCHAR', 'id2': 'VARCHAR', 'id3': 'VARCHAR', 'id4': 'BIGINT', 'id5': 'BIGINT', 'id6': 'BIGINT', 'v1': 'BIGINT', 'v2': 'BIGINT', 'v3': 'DOUBLE'}, header=true) group by id6
) to '${out}' (format csv, header);
