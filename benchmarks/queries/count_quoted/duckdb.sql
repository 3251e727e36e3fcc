copy (
  select count(*) as records from read_csv('${data}/quoted.csv', columns={'id': 'BIGINT', 'title': 'VARCHAR', 'body': 'VARCHAR', 'score': 'BIGINT'}, header=true, quote='"', escape='"')
) to '${out}' (format csv, header);
